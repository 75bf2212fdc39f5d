import Testing

@testable import Understanding

@Suite("Parts of an address")
struct AddressPartsTests {
  private func part(_ text: String, _ level: AddressLevel) -> [String] {
    AddressParts(text)[level].map { String(decoding: $0, as: UTF16.self) }
  }

  @Test(
    "finds each part",
    arguments: [
      ("上海市浦东新区花木街道梅花路1208弄15号302室", AddressLevel.road, "梅花路"),
      ("上海市浦东新区花木街道梅花路1208弄15号302室", .lane, "1208"),
      ("上海市浦东新区花木街道梅花路1208弄15号302室", .number, "15"),
      ("上海市浦东新区花木街道梅花路1208弄15号302室", .room, "302"),
      ("上海市浦东新区花木街道梅花路1208弄15号302室", .town, "花木街道"),
      ("春晓花园十二幢二单元六楼", .building, "12"),
      ("春晓花园十二幢二单元六楼", .unit, "2"),
      ("春晓花园十二幢二单元六楼", .floor, "6"),
      ("春晓花园B区3号楼", .phase, "b"),
      ("東門外大街16號", .number, "16"),
      ("東門外大街16號", .road, "东门外大街"),
      ("柳溪镇柳溪村四组", .group, "4"),
      ("柳溪镇柳溪村四组", .village, "柳溪村"),
      ("梅花路88号东湖超市", .place, "东湖超市"),
      ("春晓花园1单元1406", .room, "1406"),
      ("西四巷5号", .road, "西4巷"),
    ])
  func finds(text: String, level: AddressLevel, expected: String) {
    #expect(part(text, level).contains(expected))
  }

  @Test("two roads of a crossing are two roads")
  func crossing() {
    #expect(part("梅花路与兰花街交叉口", .road).count == 2)
  }

  @Test("what stands in brackets is a note")
  func note() {
    #expect(String(decoding: AddressParts("梅花路88号(东门)").note, as: UTF16.self) == "东门")
    #expect(AddressParts("梅花路88号（").note.isEmpty)
  }

  @Test("survives anything", arguments: ["", " ", "号", "路路路", "十", "))((", "-", "1-", "1-2-", "😀", "附", "12附", "#", "省市区路号"])
  func odd(text: String) {
    let parts = AddressParts(text)
    let values = AddressFeatures(parts, parts, rarity: AddressRarity()).values
    #expect(values.allSatisfy { $0.isFinite })
  }
}

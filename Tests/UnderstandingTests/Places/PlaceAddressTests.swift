import Testing
import Understanding

@Suite("Compounds by address")
struct PlaceAddressTests {
  @Test(
    "lanes, branch lanes, doors and villages",
    arguments: [
      ("青石路120弄3号402室", 1 as Int64), ("东江区青石路128弄", 2), ("渡口路21弄6号", 3), ("河滨大道500弄2支弄5号", 10), ("河滨大道500弄3支弄", 11),
      ("江边路9号1101室", 12), ("白鹭三村77号", 4), ("我是南丰路６１弄的居民，电梯坏了", 9),
    ])
  func found(_ text: String, _ id: Int64) { #expect(Town.sure(text) == id) }

  @Test(
    "unknown numbers and longer road names are no match",
    arguments: ["青石路122弄3号", "江边路8号", "河滨大道500弄7号", "新南丰路61弄", "青石路", "120弄3号"])
  func unknown(_ text: String) { #expect(Town.sure(text) == nil) }

  @Test("a road's name with a slip of sound, and it is said")
  func roadSlip() {
    let guess = Town.locator.locate("东江区清石路120弄3号").first
    #expect(guess?.id == 1 && guess?.sure == true && guess?.building == "3")
    #expect(guess?.reasons.first == "路名相近：‘清石路120弄’")
  }

  @Test("the reason names the lane as registered")
  func reason() {
    #expect(Town.locator.locate("青石路120弄3号").first?.reasons.first == "弄号一致：青石路120弄")
  }

  @Test("name and address that disagree make it ask")
  func conflict() {
    #expect(Town.sure("瑞景福邸，青石路128弄") == nil)
    #expect(Town.sure("云杉花园，青石路128弄") != 1)
    #expect(Town.sure("瑞景福邸，河滨大道500弄2支弄") == 10)
  }

  @Test("doors within one lane tell its compounds apart")
  func sharedLane() {
    let locator = CompoundLocator([
      CompoundEntry(id: 1, name: "甲苑", addresses: ["长湖路9弄1-20号"]), CompoundEntry(id: 2, name: "乙苑", addresses: ["长湖路9弄21-40号"]),
    ])
    #expect(locator.locate("长湖路9弄33号").first?.id == 2)
    #expect(locator.locate("长湖路9弄33号").first?.sure == true)
    #expect(locator.locate("长湖路9弄").first?.sure == false)
  }

  @Test(
    "building, unit and room",
    arguments: [
      ("瑞景福邸39号楼1306", "39", nil, "1306"), ("瑞景福邸20-705", "20", nil, "705"), ("瑞景福邸16幢2单元1106室", "16", "2", "1106"),
      ("瑞景福邸3号楼", "3", nil, nil), ("瑞景福邸A座1201室", "a", nil, "1201"), ("青石路120弄3号402室", "3", nil, "402"),
      ("白鹭三村77号楼下垃圾", "77", nil, nil), ("瑞景福邸二期12栋", "12", nil, nil), ("瑞景福邸十二号楼", "12", nil, nil),
      ("望江大厦地下车库", nil, nil, nil), ("江边路9号1101室", nil, nil, "1101"), ("瑞景福邸5月3号晚上", nil, nil, nil),
    ] as [(String, String?, String?, String?)])
  func door(_ text: String, _ building: String?, _ unit: String?, _ room: String?) {
    let guess = Town.locator.locate(text).first
    #expect(guess?.building == building)
    #expect(guess?.door.unit == unit)
    #expect(guess?.room == room)
  }

  @Test("entries may be added while others read")
  func concurrent() async {
    let locator = CompoundLocator(Town.entries)
    await withTaskGroup(of: Void.self) { group in
      for n in 0..<4 {
        group.addTask {
          for i in 0..<50 {
            locator.add(CompoundEntry(id: Int64(1000 + n * 50 + i), name: "试点\(n)号第\(i)里弄", addresses: ["试点路\(n * 50 + i)弄"]))
            _ = locator.locate("试点路\(i)弄3号")
          }
        }
      }
    }
    #expect(locator.locate("试点路199弄").first?.id == 1199)
  }
}

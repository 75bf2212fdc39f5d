/// The words that end the parts of an address.
enum AddressWords {
  private static func words(_ list: [(String, AddressLevel)]) -> [(units: [UInt16], level: AddressLevel)] {
    list.map { (Array($0.0.utf16), $0.1) }.sorted { $0.units.count > $1.units.count }
  }

  /// After a number, longest first.
  private static let afterNumber = words([
    ("号楼", .building), ("栋", .building), ("幢", .building), ("座", .building), ("号院", .number), ("号弄", .lane), ("弄", .lane), ("号", .number),
    ("单元", .unit), ("门洞", .unit), ("层", .floor), ("楼", .floor), ("室", .room), ("房", .room), ("户", .room), ("铺", .room), ("期", .phase),
    ("区", .phase), ("组", .group), ("队", .group), ("社", .group), ("#楼", .building), ("#", .building), ("f", .floor), ("门", .unit),
  ])

  /// After a name, longest first.
  private static let afterName = words([
    ("特别行政区", .province), ("自治区", .province), ("省", .province), ("自治州", .city), ("地区", .city), ("市", .city), ("自治县", .district),
    ("县", .district), ("区", .district), ("旗", .district), ("街道办事处", .town), ("办事处", .town), ("街道", .town), ("镇", .town), ("乡", .town),
    ("村委会", .village), ("居委会", .village), ("社区", .village), ("村", .village), ("开发区", .zone), ("工业区", .zone), ("工业园区", .zone),
    ("工业园", .zone), ("高新区", .zone), ("园区", .zone), ("新区", .district), ("大道", .road), ("大街", .road), ("公路", .road), ("国道", .road),
    ("省道", .road), ("县道", .road), ("乡道", .road), ("高速", .road), ("胡同", .road), ("路", .road), ("街", .road), ("巷", .road), ("弄", .road),
    ("道", .road), ("小区", .place), ("校区", .place), ("花园", .place), ("公寓", .place), ("大厦", .place), ("广场", .place), ("家园", .place),
    ("公司", .place), ("超市", .place), ("市场", .place), ("商业街", .place), ("步行街", .place), ("新村", .place), ("别墅", .place),
    ("宿舍区", .place), ("家属区", .place), ("景区", .place), ("住宅区", .place), ("生活区", .place), ("家属院", .place),
  ])

  /// Words of a level's ending that go on otherwise, and then end nothing: "路口" is no road's end for a second time.
  private static let afterwards: [AddressLevel: Set<UInt16>] = [
    .city: Set("场政民区".utf16), .district: Set("域".utf16), .village: Set("镇民路街".utf16), .town: Set("路街政村".utf16),
  ]

  /// End of the number at `at`: digits, with letters, or digits joined by dashes; `at` itself when there is none.
  static func numberEnd(_ units: [UInt16], _ at: Int) -> Int {
    var end = at
    while end < units.count {
      let unit = units[end]
      if FoldedText.isDigit(unit) || (FoldedText.isLetter(unit) && end - at < 6) {
        end += 1
      } else if unit == 0x2D, end > at, end + 1 < units.count, FoldedText.isDigit(units[end + 1]) {
        end += 1
      } else {
        break
      }
    }
    return end
  }

  /// A number with its word at `at`: the length of both, and the level.
  static func numbered(_ units: [UInt16], _ at: Int) -> (Int, AddressLevel)? {
    if at > 0, FoldedText.isDigit(units[at - 1]) { return nil }
    var end = numberEnd(units, at)
    guard end > at else { return nil }
    if match(units, end, Array("附".utf16)) { end = numberEnd(units, end + 1) }
    for word in afterNumber where match(units, end, word.units) { return (end - at + word.units.count, word.level) }
    return nil
  }

  /// A word at `at` that ends a name begun at `start`.
  static func ending(_ units: [UInt16], _ at: Int, from start: Int) -> (Int, AddressLevel)? {
    guard at > start else { return nil }
    for word in afterName where match(units, at, word.units) {
      let next = at + word.units.count
      if next < units.count, let others = afterwards[word.level], others.contains(units[next]) { continue }
      if word.level == .district, at - start < 1 || at - start > 6 { return (word.units.count, .place) }
      return (word.units.count, word.level)
    }
    return nil
  }

  static func match(_ units: [UInt16], _ at: Int, _ word: [UInt16]) -> Bool {
    at + word.count <= units.count && units[at..<at + word.count].elementsEqual(word)
  }
}

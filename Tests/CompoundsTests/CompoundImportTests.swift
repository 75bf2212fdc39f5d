import Compounds
import Foundation
import Kernel
import Offices
import People
import Sheets
import Storage
import TestHouse
import Testing

@Suite struct CompoundImportTests {
  static func mapping(_ name: String = "compounds-default") throws -> CompoundMapping {
    try CompoundMapping(file: CompoundsFixture.checkout.appending(path: "Data/mappings/\(name).json"))
  }
  static let header = ["小区名称", "地址", "区", "街镇", "户数", "建成年份", "物业公司", "居委会", "别名", "百度经度", "百度纬度"]
  static let good = [
    ["明珠新村", "明珠路100弄、明珠路120弄", "青浦区", "徐泾镇", "480", "1998", "永福物业管理有限公司。", "明珠居委会", "老明珠", "121.278", "31.181"],
    ["卫家角", "徐泾中路1弄", "青浦", "徐泾", "1,234户", "2004年", "无", "明珠居委会", "", "", ""],
    ["赵巷佳苑", "赵重公路8弄", "上海市青浦区", "赵巷镇", "", "0000", "永福物业管理有限公司", "", "", "0", "0"],
  ]
  static func table(_ rows: [[String]]) -> Table { Table(header: header, cells: rows) }

  func run(_ table: Table, _ fixture: CompoundsFixture, by login: String = "sys", mapping: CompoundMapping? = nil) async throws
    -> CompoundImportOutcome
  {
    try await CompoundImport.run(table, mapping: mapping ?? Self.mapping(), by: try fixture.person(login), in: fixture.house)
  }
  func counts(_ outcome: CompoundImportOutcome) -> [Int] { [outcome.added, outcome.changed, outcome.unchanged, outcome.problems.count] }

  @Test func aRegisterIsImportedWithEverythingAroundIt() async throws {
    let fixture = try await CompoundsFixture.make()
    #expect(counts(try await run(Self.table(Self.good), fixture)) == [3, 0, 0, 0])
    let scope = Scope.city
    let cards = try await fixture.house.store.read { db in try CompoundStore.list(scope: scope, db) }
    let card = try #require(cards.first { $0.compound.name == "明珠新村" })
    #expect(card.firmName == "永福物业管理有限公司")
    #expect([card.squadName, card.districtName] == ["徐泾中队", "青浦区局"])
    #expect([card.compound.households, card.compound.builtYear] == [480, 1998])
    // Baidu's position lies some hundred metres to the north-east of the true one.
    let position = try #require(card.compound.position)
    #expect((121.266...121.268).contains(position.longitude) && (31.176...31.178).contains(position.latitude))
    let id = card.compound.id
    let around = try await fixture.house.store.read { db in
      [try CompoundStore.aliases(of: id, db), try CompoundStore.addresses(of: id, db), try CommitteeStore.list(of: id, db).map(\.name)]
    }
    #expect(around == [["老明珠"], ["明珠路120弄"], ["明珠居委会"]])
    let other = try #require(cards.first { $0.compound.name == "卫家角" }?.compound)
    #expect(other.households == 1234 && other.builtYear == 2004 && other.firm == nil && other.position == nil)
    #expect(try await fixture.names(CompoundFilter(text: "明珠路120弄"), as: "qu") == ["明珠新村"])
  }

  @Test func theSameFileTwiceChangesNothing() async throws {
    let fixture = try await CompoundsFixture.make()
    _ = try await run(Self.table(Self.good), fixture)
    let before = try await fixture.house.store.read { db in try Journal.verify(db).entries }
    #expect(counts(try await run(Self.table(Self.good), fixture)) == [0, 0, 3, 0])
    #expect(try await fixture.house.store.read { db in try Journal.verify(db).entries } == before)
  }

  @Test func aChangedRowChangesItsCompoundAndOthersStay() async throws {
    let fixture = try await CompoundsFixture.make()
    _ = try await run(Self.table(Self.good), fixture)
    var rows = Self.good
    rows[1][4] = "1300"
    #expect(counts(try await run(Self.table(rows), fixture)) == [0, 1, 2, 0])
    let scope = Scope.city
    let found = try await fixture.house.store.read { db in try CompoundStore.list(CompoundFilter(text: "卫家角"), scope: scope, db) }
    let compound = try #require(found.first?.compound)
    #expect(compound.households == 1300)
    let entries = try await fixture.journal(compound.id)
    #expect(entries.map(\.action) == ["compound-imported", "compound-changed"])
    #expect(entries[1].detail == #"{"households":["1234","1300"]}"#)
  }

  @Test func whatPeopleChangedHereOutlivesAnUnchangedRow() async throws {
    let fixture = try await CompoundsFixture.make()
    _ = try await run(Self.table(Self.good), fixture)
    let scope = Scope.city
    let compound = try #require(
      try await fixture.house.store.read { db in try CompoundStore.list(CompoundFilter(text: "卫家角"), scope: scope, db).first?.compound })
    var edit = CompoundEdit(compound)
    edit.households = 1250
    edit.name = "卫家角小区"
    try await CompoundRegister.update(compound.id, edit, by: try fixture.person("qu"), in: fixture.house)
    #expect(counts(try await run(Self.table(Self.good), fixture)) == [0, 0, 3, 0])
    #expect(try await fixture.compound(compound.id).households == 1250)
  }

  @Test func aCompoundEnteredByHandIsTakenUp() async throws {
    let fixture = try await CompoundsFixture.make()
    let id = try await fixture.add("卫家角", address: "")
    #expect(counts(try await run(Self.table(Self.good), fixture)) == [2, 1, 0, 0])
    #expect(try await fixture.compound(id).households == 1234)
    #expect(counts(try await run(Self.table(Self.good), fixture)) == [0, 0, 3, 0])
  }

  @Test(arguments: [
    (4, "22,861,964", "户数 22,861,964 不合理"), (4, "很多", "户数“很多”不是数字"), (3, "徐径镇", "街镇“徐径镇”不在青浦区"), (3, "", "没有写街镇"),
    (2, "清浦区", "区“清浦区”不明"), (0, "", "没有写小区名称"), (9, "31.181", "坐标不在上海"), (9, "东经", "不是数字"), (5, "1066", "建成年份 1066 不合理"),
    (5, "九八年", "读不出年份"),
  ])
  func aBadRowIsToldByLineAndReasonAndTheRestImported(column: Int, cell: String, reason: String) async throws {
    let fixture = try await CompoundsFixture.make()
    var rows = Self.good
    rows[0][column] = cell
    let outcome = try await run(Self.table(rows), fixture)
    #expect(counts(outcome) == [2, 0, 0, 1])
    #expect(outcome.problems[0].line == 2)
    #expect(outcome.problems[0].reason.contains(reason), "\(outcome.problems[0].reason)")
  }

  @Test func swappedCoordinatesAreRecognisedAndDoublesTold() async throws {
    let fixture = try await CompoundsFixture.make()
    var rows = Self.good + [Self.good[1]]
    rows[0].swapAt(9, 10)
    let outcome = try await run(Self.table(rows), fixture)
    #expect(outcome.problems.map(\.line) == [2, 5])
    #expect(outcome.problems[0].reason.contains("经纬度似乎写反") && outcome.problems[1].reason == "与第 3 行重复")
  }

  @Test func aPreviewCountsAndChangesNothing() async throws {
    let fixture = try await CompoundsFixture.make()
    _ = try await run(Self.table(Array(Self.good.prefix(1))), fixture)
    var rows = Self.good
    rows[2][3] = "不知道"
    let preview = try await CompoundImport.preview(
      Self.table(rows), mapping: try Self.mapping(), by: try fixture.person("sys"), in: fixture.house)
    #expect(counts(preview) == [1, 0, 1, 1])
    #expect(preview.columns[.firm] == "物业公司" && preview.columns[.residentsCommittee] == "居委会" && preview.sample.count == 2)
    #expect(try await fixture.names(as: "shi") == ["明珠新村"])
  }

  @Test func aDistrictImportsItsOwnAndOthersImportNothing() async throws {
    let fixture = try await CompoundsFixture.make()
    var rows = Self.good
    rows[0][2] = "徐汇区"
    rows[0][3] = "湖南路街道"
    let outcome = try await run(Self.table(rows), fixture, by: "qu")
    #expect(counts(outcome) == [2, 0, 0, 1] && outcome.problems[0].reason.contains("不属于本区"))
    for login in ["wang", "chen", "shi", "sec"] {
      #expect(try await CompoundsTests.outcome { _ = try await run(Self.table(rows), fixture, by: login) } == "people-not-permitted")
    }
  }

  @Test func aListWithoutNamesOrStreetsIsRefusedAsAWhole() async throws {
    let fixture = try await CompoundsFixture.make()
    let table = Table(header: ["小区名称", "地址"], cells: [["甲", "乙"]])
    #expect(try await CompoundsTests.outcome { _ = try await run(table, fixture) } == "compounds-import-column")
  }

  @Test(arguments: [
    (#"{"title": "x", "fields": {"name": ["a"]}, "positions": []}"#, "street"),
    (#"{"title": "x", "fields": {"name": ["a"], "street": ["b"], "nmae": ["c"]}}"#, "nmae"),
    (
      #"{"title": "x", "fields": {"name": ["a"], "street": ["b"]}, "positions": [{"datum": "mars", "longitude": ["x"], "latitude": ["y"]}]}"#,
      "gcj02"
    ),
  ])
  func aMappingWithAFaultIsRefused(json: String, says: String) {
    let error = #expect(throws: DataFileError.self) { try CompoundMapping(json: Data(json.utf8), name: "m.json") }
    #expect(error?.description.contains(says) == true)
  }
}

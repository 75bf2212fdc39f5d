import Foundation
import Kernel
import Offices
import Storage
import TestHouse
import Testing

@Suite struct OfficeSeedingTests {
  static let json = """
    {"source": "test", "offices": [
      {"code": "310118105", "name": "徐泾镇综合行政执法队", "short": "徐泾中队", "kind": "squad", "parent": "310118", "area_code": "310118105"},
      {"code": "310000", "name": "上海市城市管理行政执法局", "short": "市局", "kind": "bureau", "parent": null, "area_code": "310000"},
      {"code": "310118", "name": "青浦区城市管理行政执法局", "short": "青浦区局", "kind": "district", "parent": "310000", "area_code": "310118"},
      {"code": "310104", "name": "徐汇区城市管理行政执法局", "short": "徐汇区局", "kind": "district", "parent": "310000", "area_code": "310104"},
      {"code": "310104003", "name": "湖南路街道综合行政执法队", "short": "湖南中队", "kind": "squad", "parent": "310104", "area_code": "310104003"},
      {"code": "310118-fg", "name": "青浦区住房保障和房屋管理局", "short": "青浦房管局", "kind": "department", "parent": "310118"}
    ]}
    """
  static var data: OfficesData { get throws { try OfficesData(json: Data(json.utf8)) } }

  @Test func plantingTwiceChangesNothing() async throws {
    let house = try await TestHouse.make(OfficesMigrations.all)
    #expect(try await OfficeSeeding.plant(Self.data, in: house) == .init(added: 6, changed: 0))
    #expect(try await OfficeSeeding.plant(Self.data, in: house) == .init())
    let verdict = try await house.store.read { db in try Journal.verify(db) }
    #expect(verdict.entries == 6 && verdict.faults.isEmpty)
  }

  @Test func aNewNameIsTakenOverAndJournaled() async throws {
    let house = try await TestHouse.make(OfficesMigrations.all)
    try await OfficeSeeding.plant(Self.data, in: house)
    let renamed = try OfficesData(json: Data(Self.json.replacing("湖南中队", with: "湖南路中队").utf8))
    #expect(try await OfficeSeeding.plant(renamed, in: house) == .init(added: 0, changed: 1))
    try await house.store.read { db in
      let squad = try #require(try OfficeStore.find(code: "310104003", db))
      #expect(squad.short == "湖南路中队")
      #expect(try Journal.entries(of: Subject("office", squad.id), db).map(\.action) == ["office-planted", "office-changed"])
    }
  }

  @Test func theTreeKnowsDistrictsAndTheirSquads() async throws {
    let house = try await TestHouse.make(OfficesMigrations.all)
    try await OfficeSeeding.plant(Self.data, in: house)
    try await house.store.read { db in
      #expect(try OfficeStore.districts(db).map(\.code) == ["310104", "310118"])
      let qingpu = try #require(try OfficeStore.find(code: "310118", db))
      #expect(qingpu.district == qingpu.id)
      #expect(try OfficeStore.squads(of: qingpu.id, db).map(\.short) == ["徐泾中队"])
      let squad = try #require(try OfficeStore.find(code: "310118105", db))
      #expect(try OfficeStore.ancestors(of: squad, db).map(\.code) == ["310118", "310000"])
    }
  }

  @Test(arguments: [
    ("徐汇", "湖南路街道", "310104003"), ("徐汇区", "湖南路", "310104003"), ("上海市青浦区", "徐泾镇", "310118105"), ("青浦", "徐泾", "310118105"),
    ("青浦", "湖南路街道", nil), ("黄浦", "湖南路街道", nil),
  ])
  func namesOfListsAreMatched(district: String, street: String, code: String?) async throws {
    let house = try await TestHouse.make(OfficesMigrations.all)
    try await OfficeSeeding.plant(Self.data, in: house)
    let tree = try await house.store.read { db in OfficeTree(try OfficeStore.all(db)) }
    let found = tree.district(named: district).flatMap { tree.squad(named: street, in: $0.id) }
    #expect(found?.code == code)
  }

  @Test func everyFaultOfAFileIsNamed() throws {
    let broken = """
      {"offices": [
        {"code": "1", "name": "甲", "short": "甲", "kind": "squad", "parent": "9", "area_code": "31"},
        {"code": "1", "name": "乙", "short": "乙", "kind": "bureau"},
        {"code": "2", "name": "丙", "short": "丙", "kind": "division", "parent": "3"},
        {"code": "3", "name": "丁", "short": "丁", "kind": "division", "parent": "2"}
      ]}
      """
    let error = #expect(throws: OfficesDataError.self) { try OfficesData(json: Data(broken.utf8)) }
    let said = error?.description ?? ""
    for part in ["代码重复", "上级 9 不在表中", "没有所属的区局", "区划代码 31", "成环"] { #expect(said.contains(part)) }
  }

  /// The city's own file, once it is there.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: cityFile.path), "Data/offices/shanghai.json is not there"))
  func theCityFileIsSound() async throws {
    let data = try OfficesData(file: Self.cityFile)
    #expect(data.offices.filter { $0.kind == .district }.count == 16)
    let house = try await TestHouse.make(OfficesMigrations.all)
    let outcome = try await OfficeSeeding.plant(data, in: house)
    #expect(outcome.added == data.offices.count)
  }
  static let cityFile = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Data/offices/shanghai.json")
}

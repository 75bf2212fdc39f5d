import Compounds
import Foundation
import Kernel
import Offices
import People
import Sheets
import Storage
import TestHouse

struct CompoundsFixture {
  let house: House
  let clock: TestClock
  let people: [String: Person]
  let offices: OfficeTree

  static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func make(_ data: OfficesData? = nil) async throws -> CompoundsFixture {
    let clock = TestClock()
    let house = try await TestHouse.make(
      OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all, clock: clock, demonstration: true)
    let small = try OfficesData(entries: [
      .init(code: "310000", name: "上海市城市管理行政执法局", short: "市局", kind: .bureau, parent: nil, areaCode: "310000"),
      .init(code: "310118", name: "上海市青浦区城市管理行政执法局", short: "青浦区局", kind: .district, parent: "310000", areaCode: "310118"),
      .init(code: "310104", name: "上海市徐汇区城市管理行政执法局", short: "徐汇区局", kind: .district, parent: "310000", areaCode: "310104"),
      .init(code: "310118105", name: "徐泾镇综合行政执法队", short: "徐泾中队", kind: .squad, parent: "310118", areaCode: "310118105"),
      .init(code: "310118106", name: "赵巷镇综合行政执法队", short: "赵巷中队", kind: .squad, parent: "310118", areaCode: "310118106"),
      .init(code: "310104003", name: "湖南路街道综合行政执法队", short: "湖南中队", kind: .squad, parent: "310104", areaCode: "310104003"),
    ])
    try await OfficeSeeding.plant(data ?? small, in: house)
    let offices = try await house.store.read { db in OfficeTree(try OfficeStore.all(db)) }
    func code(_ code: String) -> Office.ID? { offices.offices.first { $0.code == code }?.id }
    let made = try await Accounts.plantDemonstration(
      [
        NewAccount(login: "wang", name: "王建国", role: .officer, office: code("310118105")),
        NewAccount(login: "chen", name: "陈队", role: .squadLeader, office: code("310118105")),
        NewAccount(login: "zhao", name: "赵队", role: .squadLeader, office: code("310118106")),
        NewAccount(login: "qu", name: "区管", role: .districtManager, office: code("310118")),
        NewAccount(login: "shi", name: "市管", role: .cityManager, office: code("310000")),
        NewAccount(login: "sys", name: "系统", role: .systemAdmin),
        NewAccount(login: "sec", name: "安全", role: .securityAdmin),
      ], password: "Qingpu-Spring-8", in: house)
    let people = try await house.store.read { db in
      let found = try PersonStore.find(Array(made.values), db)
      return Dictionary(uniqueKeysWithValues: found.values.map { ($0.login, $0) })
    }
    return CompoundsFixture(house: house, clock: clock, people: people, offices: offices)
  }

  func person(_ login: String) throws -> Person {
    guard let person = people[login] else { throw StorageError.decoding("no person \(login)") }
    return person
  }
  func squad(_ code: String) throws -> Office.ID {
    guard let squad = offices.squad(area: code) else { throw StorageError.decoding("no squad \(code)") }
    return squad.id
  }
  func add(_ name: String, squad code: String = "310118105", address: String = "徐泾镇明珠路100弄", by login: String = "qu") async throws
    -> Compound.ID
  {
    try await CompoundRegister.add(
      CompoundEdit(name: name, squad: try squad(code), address: address), by: try person(login), in: house)
  }
  func compound(_ id: Compound.ID) async throws -> Compound {
    guard let found = try await house.store.read({ db in try CompoundStore.find(id, db) }) else {
      throw StorageError.decoding("no compound")
    }
    return found
  }
  func journal(_ id: Compound.ID) async throws -> [JournalEntry] {
    try await house.store.read { db in try Journal.entries(of: Subject("compound", id), db) }
  }
  func names(_ filter: CompoundFilter = CompoundFilter(), as login: String) async throws -> [String] {
    let scope = Scope(of: try person(login))
    return try await house.store.read { db in try CompoundStore.list(filter, scope: scope, db).map(\.compound.name) }
  }
}

/// The codes of the refusals a command ends in, or "done".
func outcome(_ body: () async throws -> Void) async throws -> String {
  do {
    try await body()
    return "done"
  } catch let refusal as Refusal {
    return refusal.code
  } catch let refusals as Refusals {
    return refusals.all.map(\.code).joined(separator: " ")
  }
}

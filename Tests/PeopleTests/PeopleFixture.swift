import Compounds
import Foundation
import Kernel
import Offices
import People
import Storage
import TestHouse

/// A small district: one squad beside another, a firm, and people of most roles, all with one password.
struct PeopleFixture {
  let house: House
  let clock: TestClock
  let people: [String: Person]
  let offices: [String: Office]
  static let password = "Qingpu-Spring-8"
  static let migrations = OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all

  static func make(demonstration: Bool = true) async throws -> PeopleFixture {
    let clock = TestClock()
    let house = try await TestHouse.make(migrations, clock: clock, demonstration: demonstration)
    let data = try OfficesData(entries: [
      .init(code: "310000", name: "上海市城市管理行政执法局", short: "市局", kind: .bureau, parent: nil, areaCode: "310000"),
      .init(code: "310118", name: "青浦区城市管理行政执法局", short: "青浦区局", kind: .district, parent: "310000", areaCode: "310118"),
      .init(code: "310104", name: "徐汇区城市管理行政执法局", short: "徐汇区局", kind: .district, parent: "310000", areaCode: "310104"),
      .init(code: "310118105", name: "徐泾镇综合行政执法队", short: "徐泾中队", kind: .squad, parent: "310118", areaCode: "310118105"),
      .init(code: "310118106", name: "赵巷镇综合行政执法队", short: "赵巷中队", kind: .squad, parent: "310118", areaCode: "310118106"),
      .init(code: "310104003", name: "湖南路街道综合行政执法队", short: "湖南中队", kind: .squad, parent: "310104", areaCode: "310104003"),
    ])
    try await OfficeSeeding.plant(data, in: house)
    let offices = try await house.store.read { db in
      Dictionary(uniqueKeysWithValues: try OfficeStore.all(db).map { ($0.short, $0) })
    }
    let firm: Int64 = 7
    let now = clock.now
    try await house.store.write { db in
      try db.run("INSERT INTO firm (id, name, folded, created_at) VALUES (\(firm), '永福物业', '永福物业', \(now))")
      try db.run("INSERT INTO committee (id, kind, name, created_at) VALUES (8, 'residents', '湖南居委会', \(now))")
    }
    func at(_ name: String) -> Office.ID? { offices[name]?.id }
    let accounts: [NewAccount] = [
      NewAccount(login: "wang", name: "王建国", role: .officer, office: at("徐泾中队")),
      NewAccount(login: "li", name: "李敏", role: .officer, office: at("徐泾中队")),
      NewAccount(login: "zhou", name: "周强", role: .officer, office: at("徐泾中队")),
      NewAccount(login: "chen", name: "陈队", role: .squadLeader, office: at("徐泾中队")),
      NewAccount(login: "sun", name: "孙燕", role: .officer, office: at("湖南中队")),
      NewAccount(login: "zhao", name: "赵队", role: .squadLeader, office: at("赵巷中队")),
      NewAccount(login: "pai", name: "派单", role: .dispatcher, office: at("青浦区局")),
      NewAccount(login: "qu", name: "区管", role: .districtManager, office: at("青浦区局")),
      NewAccount(login: "shi", name: "市管", role: .cityManager, office: at("市局")),
      NewAccount(login: "wuye", name: "物业甲", role: .firmUser, firm: firm),
      NewAccount(login: "juwei", name: "居委甲", role: .committeeUser, committee: 8),
      NewAccount(login: "sys", name: "系统", role: .systemAdmin),
      NewAccount(login: "sec", name: "安全", role: .securityAdmin),
      NewAccount(login: "sec2", name: "安全二", role: .securityAdmin),
      NewAccount(login: "audit", name: "审计", role: .auditAdmin),
    ]
    var people: [String: Person] = [:]
    if demonstration {
      let made = try await Accounts.plantDemonstration(accounts, password: password, in: house)
      people = try await house.store.read { db in
        try made.mapValues { id in
          guard let person = try PersonStore.find(id, db) else { throw StorageError.decoding("no person") }
          return person
        }
      }
    }
    return PeopleFixture(house: house, clock: clock, people: people, offices: offices)
  }

  func person(_ login: String) throws -> Person {
    guard let person = people[login] else { throw StorageError.decoding("no person \(login)") }
    return person
  }
  func office(_ short: String) throws -> Office.ID {
    guard let office = offices[short] else { throw StorageError.decoding("no office \(short)") }
    return office.id
  }
  /// The code of the refusal, "admitted" when let in.
  func attempt(_ login: String, _ password: String = PeopleFixture.password, address: String = "10.1.2.3") async throws -> String {
    do {
      _ = try await SignIn.signIn(login: login, password: password, address: address, in: house)
      return "admitted"
    } catch let refusal as Refusal {
      return refusal.code
    }
  }
  func signIn(_ login: String, _ password: String = PeopleFixture.password) async throws -> (token: String, signedIn: SignedIn) {
    try await SignIn.signIn(login: login, password: password, address: "10.1.2.3", agent: "test", in: house)
  }
  func actions(_ login: String) async throws -> [String] {
    let id = try person(login).id
    return try await house.store.read { db in try Journal.entries(of: Subject("account", id), db).map(\.action) }
  }
}

/// The code of the refusal a command ends in, or "done".
func outcome(_ body: () async throws -> Void) async throws -> String {
  do {
    try await body()
    return "done"
  } catch let refusal as Refusal {
    return refusal.code
  }
}

import Catalogue
import ClockBook
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse
import WorkCalendar

/// A district with two squads, their people and one compound, with accounts that can sign in: what tests of the doors walk through.
public struct TestOffice: Sendable {
  public let clock: TestClock
  public let house: House
  public let matters: Matters
  /// By log-in: officer, second, leader, leader2, dispatcher, manager, stranger (of the other squad), audit.
  public let people: [String: Person]
  public let squad: Office
  public let otherSquad: Office
  public let fire: Office
  public let compound: Compound.ID
  public static let password = "longtang-demo-2026"

  public static func make(understander: any Understander = PlainUnderstander()) async throws -> TestOffice {
    let clock = TestClock()
    let house = try await TestHouse.make(
      [ClockBook.migration] + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
        + MattersMigrations.all, clock: clock, demonstration: true)
    let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data")
    let calendar = try WorkCalendar(reading: try Data(contentsOf: data.appending(path: "holidays/china.json")))
    let clocks = try ClockBook(
      calendar: calendar, table: try ClockTable(reading: try Data(contentsOf: data.appending(path: "clocks/clocks.json"))))
    let catalogue = try Catalogue(reading: try Data(contentsOf: data.appending(path: "catalogue/items.json")))
    let now = clock.now
    func office(_ code: String, _ name: String, _ kind: Office.Kind, parent: Office.ID?, district: Office.ID?) -> Office {
      Office(id: house.ids.next(at: now), code: code, name: name, short: name, kind: kind, parent: parent, district: district)
    }
    let bureau = office("310000", "上海市城管执法局", .bureau, parent: nil, district: nil)
    let id: Office.ID = house.ids.next(at: now)
    let district = Office(id: id, code: "310118", name: "青浦区城管执法局", short: "青浦区局", kind: .district, parent: bureau.id, district: id)
    let squad = office("310118107", "徐泾中队", .squad, parent: id, district: id)
    let other = office("310118001", "夏阳中队", .squad, parent: id, district: id)
    let fire = office("310118-xf", "青浦区消防救援支队", .department, parent: id, district: id)
    let compound: Compound.ID = house.ids.next(at: now)
    try await house.store.write { db in
      try clocks.plantRules(at: now, db)
      for one in [bureau, district, squad, other, fire] { try OfficeStore.insert(one, at: now, db) }
      try db.run(
        """
        INSERT INTO compound (id, no, name, squad_id, district_id, address, state, search, created_at, updated_at)
        VALUES (\(compound), '7KQ4M9XD', '元邑小城', \(squad.id), \(id), '盈港东路8900弄', 'active', '元邑小城盈港东路8900弄', \(now), \(now))
        """)
    }
    _ = try await Accounts.plantDemonstration(
      [
        NewAccount(login: "officer", name: "王建国", role: .officer, office: squad.id),
        NewAccount(login: "second", name: "李敏", role: .officer, office: squad.id),
        NewAccount(login: "leader", name: "陈队长", role: .squadLeader, office: squad.id),
        NewAccount(login: "leader2", name: "周队长", role: .squadLeader, office: squad.id),
        NewAccount(login: "dispatcher", name: "赵派单", role: .dispatcher, office: id),
        NewAccount(login: "manager", name: "孙局长", role: .districtManager, office: id),
        NewAccount(login: "stranger", name: "外队员", role: .officer, office: other.id),
        NewAccount(login: "audit", name: "周审计", role: .auditAdmin),
      ], password: password, in: house)
    let people = try await house.store.read { db in
      var out: [String: Person] = [:]
      for login in ["officer", "second", "leader", "leader2", "dispatcher", "manager", "stranger", "audit"] {
        out[login] = try PersonStore.find(login: login, db)
      }
      return out
    }
    return TestOffice(
      clock: clock, house: house, matters: Matters(house: house, clocks: clocks, catalogue: catalogue, understander: understander),
      people: people, squad: squad, otherSquad: other, fire: fire, compound: compound)
  }

  public func person(_ login: String) throws -> Person {
    guard let person = people[login] else { throw Refusal(.missing, "test-nobody", login) }
    return person
  }

  /// The cookie of a session and the token that its forms carry.
  public func signIn(_ login: String) async throws -> (cookie: String, csrf: String) {
    let (token, signedIn) = try await SignIn.signIn(login: login, password: Self.password, address: "192.0.2.1", in: house)
    return ("longtang=\(token)", signedIn.csrf)
  }

  /// A resident's report by the compound's code.
  @discardableResult
  public func report(_ content: String = "楼上把阳台改成卫生间，水漏到我家。", phone: String? = "13800001234", item: String? = "kitchen-bathroom-conversion")
    async throws -> Received
  {
    var new = NewReport(channel: .code, content: content, saidAt: clock.now)
    new.compound = compound.raw
    new.item = item
    new.callerPhone = phone
    new.callerName = phone == nil ? nil : "王芳"
    return try await matters.receive(new, by: .resident)
  }

  public func matter(_ no: String) async throws -> Matter {
    try await house.store.read { db in
      guard let matter = try MatterStore.find(no: no, db) else { throw Refusal(.missing, "test-no-matter", no) }
      return matter
    }
  }
}

/// Takes what the channel says and guesses nothing.
public struct PlainUnderstander: Understander {
  public var same: [SameAs]
  public init(same: [SameAs] = []) { self.same = same }
  public func read(_ report: NewReport) -> (reading: Reading, room: String?) {
    (
      Reading(
        compound: report.compound, placeScore: report.compound == nil ? 0 : 1, placeReasons: report.compound == nil ? [] : ["扫码小区"],
        item: report.item, itemScore: report.item == nil ? 0 : 1, ongoing: report.item == "illegal-construction-ongoing"), nil
    )
  }
  public func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] { same }
  public func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {}
  public func settled(_ reports: [Int64], open: Bool) {}
  public func learn(words: String, place: String, from before: Reading, to after: Reading) {}
}

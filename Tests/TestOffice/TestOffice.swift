import Cases
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
  public let cases: Cases
  /// By log-in: officer, second, leader, leader2, reviewer, head, dispatcher, manager, stranger and
  /// chief (of the other squad), system, audit.
  public let people: [String: Person]
  public let squad: Office
  public let otherSquad: Office
  public let fire: Office
  public let compound: Compound.ID
  public static let password = TestGround.password

  public static func make(understander: any Understander = PlainUnderstander(), more: [Migration] = []) async throws -> TestOffice {
    let ground = try await TestGround.make(understander: understander, more: more)
    let (house, now) = (ground.house, ground.clock.now)
    let fire = Office(
      id: house.ids.next(at: now), code: "310118-xf", name: "青浦区消防救援支队", short: "青浦区消防救援支队", kind: .department,
      parent: ground.district.id, district: ground.district.id)
    let compound: Compound.ID = house.ids.next(at: now)
    try await house.store.write { db in
      try OfficeStore.insert(fire, at: now, db)
      try db.run(
        """
        INSERT INTO compound (id, no, name, squad_id, district_id, address, state, search, created_at, updated_at)
        VALUES (\(compound), '7KQ4M9XD', '元邑小城', \(ground.squad.id), \(ground.district.id), '盈港东路8900弄', 'active', '元邑小城盈港东路8900弄',
          \(now), \(now))
        """)
    }
    let people = try await ground.plant([
      NewAccount(login: "officer", name: "王建国", role: .officer, office: ground.squad.id),
      NewAccount(login: "second", name: "李敏", role: .officer, office: ground.squad.id),
      NewAccount(login: "leader", name: "陈队长", role: .squadLeader, office: ground.squad.id),
      NewAccount(login: "leader2", name: "周队长", role: .squadLeader, office: ground.squad.id),
      NewAccount(login: "reviewer", name: "钱法制", role: .legalReviewer, office: ground.squad.id),
      NewAccount(login: "head", name: "孙主任", role: .agencyHead, office: ground.squad.id),
      NewAccount(login: "dispatcher", name: "赵派单", role: .dispatcher, office: ground.district.id),
      NewAccount(login: "manager", name: "孙局长", role: .districtManager, office: ground.district.id),
      NewAccount(login: "stranger", name: "外队员", role: .officer, office: ground.otherSquad.id),
      NewAccount(login: "chief", name: "外队长", role: .squadLeader, office: ground.otherSquad.id),
      NewAccount(login: "system", name: "郑系统", role: .systemAdmin),
      NewAccount(login: "audit", name: "周审计", role: .auditAdmin),
    ])
    return TestOffice(
      clock: ground.clock, house: house, matters: ground.matters, cases: ground.cases, people: people, squad: ground.squad,
      otherSquad: ground.otherSquad,
      fire: fire, compound: compound)
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

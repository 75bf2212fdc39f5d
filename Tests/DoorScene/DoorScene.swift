import Cases
import Compounds
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import Kernel
import Logging
import Matters
import NIOCore
import Offices
import People
import Pictures
import Storage
import Synchronization
import TestHouse
import TestOffice
import WebSupport

/// A squad with one compound, a studio, a firm and a committee, its people able to sign in, and doors without a socket.
public struct DoorScene: Sendable {
  public let clock: TestClock
  public let house: House
  public let matters: Matters
  public let cases: Cases
  public let people: [String: Person]
  public let squad: Office.ID
  public let compound: Compound.ID
  public let otherCompound: Compound.ID
  public let firm: Firm.ID
  public let otherFirm: Firm.ID

  public static let password = TestGround.password
  public static let compoundNo = "7KQ4M9XD"
  public static let otherCompoundNo = "8ZZZZZZZ"
  public static let studioNo = "5ST0D10X"

  public static func make() async throws -> DoorScene {
    let ground = try await TestGround.make(understander: SamePlaceUnderstander())
    let (house, now) = (ground.house, ground.clock.now)
    let (squad, otherSquad, district) = (ground.squad.id, ground.otherSquad.id, ground.district.id)
    let compounds = [
      (house.ids.next(Compound.self, at: now), compoundNo, "元邑小城"), (house.ids.next(Compound.self, at: now), otherCompoundNo, "别家花园"),
    ]
    let firms = [(house.ids.next(Firm.self, at: now), "青浦物业"), (house.ids.next(Firm.self, at: now), "别家物业")]
    let committees = [
      (house.ids.next(Committee.self, at: now), "residents", "元邑居委会"), (house.ids.next(Committee.self, at: now), "owners", "别家业委会"),
    ]
    let studio: Studio.ID = house.ids.next(at: now)
    try await house.store.write { db in
      for (id, name) in firms {
        try db.run("INSERT INTO firm (id, name, folded, created_at) VALUES (\(id), \(name), \(Firm.folded(name)), \(now))")
      }
      for (index, one) in compounds.enumerated() {
        try db.run(
          """
          INSERT INTO compound (id, no, name, squad_id, district_id, address, firm_id, state, search, created_at, updated_at)
          VALUES (\(one.0), \(one.1), \(one.2), \(index == 0 ? squad : otherSquad), \(district), '盈港东路8900弄', \(firms[index].0), 'active',
            \(one.2), \(now), \(now))
          """)
        try db.run(
          """
          INSERT INTO committee (id, kind, name, phone, created_at)
          VALUES (\(committees[index].0), \(committees[index].1), \(committees[index].2), '021-59760000', \(now))
          """)
        try db.run("INSERT INTO committee_compound (committee_id, compound_id) VALUES (\(committees[index].0), \(one.0))")
      }
      try db.run(
        """
        INSERT INTO studio (id, squad_id, no, name, address, hours, phone, state, created_at)
        VALUES (\(studio), \(squad), \(studioNo), '徐泾社区工作室', '京华路 1 号', '工作日 9:00–17:00', '021-59761234', 'open', \(now))
        """)
    }
    var accounts = [
      NewAccount(login: "officer", name: "王建国", role: .officer, office: squad),
      NewAccount(login: "leader", name: "陈队", role: .squadLeader, office: squad),
      NewAccount(login: "dispatcher", name: "赵派", role: .dispatcher, office: district),
      NewAccount(login: "stranger", name: "外人", role: .officer, office: otherSquad),
    ]
    for (login, name, index) in [("firm", "周巡查", 0), ("firm2", "吴巡查", 1)] {
      accounts.append(NewAccount(login: login, name: name, role: .firmUser, firm: firms[index].0.raw))
    }
    for (login, name, index) in [("committee", "孙主任", 0), ("committee2", "钱主任", 1)] {
      accounts.append(NewAccount(login: login, name: name, role: .committeeUser, committee: committees[index].0.raw))
    }
    return DoorScene(
      clock: ground.clock, house: house, matters: ground.matters, cases: ground.cases, people: try await ground.plant(accounts),
      squad: squad,
      compound: compounds[0].0, otherCompound: compounds[1].0, firm: firms[0].0, otherFirm: firms[1].0)
  }

  public func person(_ login: String) throws -> Person {
    guard let person = people[login] else { throw Refusal(.missing, "test", "no \(login)") }
    return person
  }

  /// Opens the doors of `register` to a client.
  public func walk(_ register: (inout RouteBook) -> Void, _ body: @escaping @Sendable (Walker) async throws -> Void) async throws {
    var book = RouteBook()
    register(&book)
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let site = Site(house: house, publicURL: "http://longtang.test", limits: .off)
    let app = Application(responder: try book.router(site, logger: quiet).buildResponder(), logger: quiet)
    try await app.test(.router) { client in try await body(Walker(client: client, house: house)) }
  }

  /// A resident's complaint by the compound's code.
  public func complaint(_ words: String, item: String? = "kitchen-bathroom-conversion") async throws -> Received {
    var new = NewReport(channel: .code, content: words, saidAt: clock.now)
    new.compound = compound.raw
    new.item = item
    new.callerPhone = "13800001234"
    new.callerName = "王芳"
    return try await matters.receive(new, by: .resident)
  }

  /// Brings a matter by real steps to its answer.
  public func answer(_ no: String, _ reports: [Report.ID], text: String = "已责令恢复原状，10 月 8 日前复查。") async throws {
    let officer = try person("officer")
    let leader = try person("leader")
    try await matters.dispatch(no, to: squad, note: "", version: nil, by: try person("dispatcher"))
    try await matters.accept(no, officer: nil, version: nil, by: officer)
    for report in reports { try await matters.contact(no, report: report, outcome: .reached, note: "", version: nil, by: officer) }
    try await matters.visit(no, NewVisit(outcome: .seen, note: "现场笔记：阳台已铺瓷砖"), version: nil, by: officer)
    try await matters.find(
      no, fact: .confirmed, factNote: "内部认定理由：阳台改为卫生间", claim: .reasonable, claimNote: "违反住宅物业管理规定", version: nil, by: officer)
    try await matters.measure(no, kind: .ordered, note: "内部措施记录：责令十日内恢复原状", version: nil, by: officer)
    try await matters.reply(no, outcome: .solved, text: text, version: nil, by: officer)
    try await matters.approve(no, note: "", version: nil, by: leader)
  }

  /// A small valid picture.
  public static func picture() throws -> Data { try QRCode.png("照片", scale: 4) }
}

/// Takes what the channel says, and joins reports of one item in one compound.
final class SamePlaceUnderstander: Understander {
  private let seen = Mutex<[(report: Int64, compound: Int64?, item: String?)]>([])
  func read(_ report: NewReport) -> (reading: Reading, room: String?) {
    (
      Reading(
        compound: report.compound, compoundName: report.compound == nil ? nil : "元邑小城", placeScore: report.compound == nil ? 0 : 1,
        item: report.item, itemScore: report.item == nil ? 0 : 1), nil
    )
  }
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] {
    guard reading.item != nil else { return [] }
    return seen.withLock { seen in
      seen.filter { $0.compound == reading.compound && $0.item == reading.item }.map {
        SameAs(report: $0.report, score: 1, sure: true, reasons: ["同一小区同一事项"])
      }
    }
  }
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {
    seen.withLock { $0.append((id.raw, reading.compound, reading.item)) }
  }
  func settled(_ reports: [Int64], open: Bool) {}
  func learn(words: String, place: String, from before: Reading, to after: Reading) {}
}

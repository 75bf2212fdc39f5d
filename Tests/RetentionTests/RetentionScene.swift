import Foundation
import Grades
import Intake
import Kernel
import Matters
import Patterns
import People
import Retention
import Storage
import TestHouse
import TestOffice

/// An office whose rules are all adopted, two security administrators, and reports to forget.
struct RetentionScene: Sendable {
  let office: TestOffice
  let retention: Retention
  let security: [Person]
  var house: House { office.house }
  var clock: TestClock { office.clock }

  static func rules(adopted: Bool = true) throws -> RetentionRules {
    let text = try String(contentsOf: TestGround.data.appending(path: "retention/rules.json"), encoding: .utf8)
    return try RetentionRules(reading: Data(text.replacing("\"adopted\": false", with: "\"adopted\": \(adopted)").utf8))
  }
  static func make(adopted: Bool = true) async throws -> RetentionScene {
    let office = try await TestOffice.make(more: RetentionMigrations.all + PatternsMigrations.all + GradesMigrations.all)
    let accounts = [
      NewAccount(login: "sec1", name: "郑安全", role: .securityAdmin), NewAccount(login: "sec2", name: "吴安全", role: .securityAdmin),
    ]
    let ids = try await Accounts.plantDemonstration(accounts, password: TestOffice.password, in: office.house)
    let security = try await office.house.store.read { db in
      try accounts.compactMap { try ids[$0.login].flatMap { try PersonStore.find($0, db) } }
    }
    return RetentionScene(
      office: office, retention: Retention(house: office.house, rules: try rules(adopted: adopted)), security: security)
  }

  /// A resident's report with everything that can be erased of it, its matter closed now.
  func closed(_ content: String = "我叫王芳，楼上把阳台改成卫生间，水漏到我家天花板。", files: [ReportFile] = []) async throws -> Received {
    var new = NewReport(channel: .code, content: content, saidAt: clock.now)
    new.compound = office.compound.raw
    new.item = "kitchen-bathroom-conversion"
    new.callerName = "王芳"
    new.callerPhone = "13800001234"
    new.place = "盈港东路8900弄12号302室"
    new.position = Coordinates(latitude: 31.18, longitude: 121.27)
    new.files = files
    let received = try await office.matters.receive(new, by: .resident)
    try await close(received)
    return received
  }
  func close(_ received: Received) async throws {
    let now = clock.now
    try await house.store.write { db in
      try db.run("UPDATE matter SET state = 'closed', open = 0, closed_at = \(now) WHERE no = \(received.matterNo)")
      _ = try db.run("UPDATE promise SET reply_text = '王女士您好，已责令恢复原状。' WHERE report_id = \(received.report.id)")
    }
  }
  func years(_ count: Int) { clock.advance(minutes: count * 366 * 24 * 60) }

  func report(_ received: Received) async throws -> Report {
    try await house.store.read { db in
      guard let report = try ReportStore.find(received.report.id, db) else { throw Refusal(.missing, "test", "no report") }
      return report
    }
  }
  /// The code of the refusal with which opening ends, or the name that was sealed.
  func opened(_ received: Received) async throws -> String {
    let officer = try office.person("officer")
    let (house, now) = (house, clock.now)
    do {
      return try await house.store.write { db in
        try ReportStore.open(received.report.id, purpose: .reply, by: officer.actor, house: house, at: now, db).name ?? ""
      }
    } catch let refusal as Refusal { return refusal.code }
  }
  func found(_ words: String) async throws -> Int {
    try await house.store.read { db in
      guard let match = TextSearch.match("report_search", words, in: db.dialect) else { return -1 }
      return try db.all(match.hits).count
    }
  }
  func isWhole() async throws -> Bool { try await house.store.read { db in try Journal.verify(db).faults.isEmpty } }
  func number(_ query: Query) async throws -> Int64 { try await house.store.read { db in try db.number(query) } }
}

/// The code of the refusal a command ends in, or "done".
func outcome(_ body: () async throws -> Void) async throws -> String {
  do {
    try await body()
    return "done"
  } catch let refusal as Refusal { return refusal.code }
}

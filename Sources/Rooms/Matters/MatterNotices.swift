import ClockBook
import Foundation
import Intake
import Kernel
import Offices
import People
import Storage
import WorkCalendar

/// A line on somebody's day page.
public struct Notice: Sendable {
  public let id: Int64
  public let at: Moment
  public let kind: String
  public let matterNo: String?
  public let text: String
  public let mustAcknowledge: Bool
  public let seenAt: Moment?
}

extension Matters {
  static let ringKind = "matters-ring"
  struct Ring: Codable, Sendable {
    var matter: Int64
    /// Accounts that have been rung already.
    var rung: [Int64]
  }

  func notify(_ accounts: [Int64], kind: String, matter: Matter.ID?, text: String, mustAcknowledge: Bool = false, at now: Moment, _ db: any Writer) throws {
    for account in Set(accounts).sorted() {
      let id: Identifier<Notice> = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO notice (id, account_id, at, kind, matter_id, text, must_acknowledge, seen_at)
        VALUES (\(id), \(account), \(now), \(kind), \(matter), \(text), \(mustAcknowledge), NULL)
        """)
    }
  }

  /// The people who lead a squad today, deputies in place of the absent.
  func leaders(of office: Office.ID, on day: Day, _ db: any Reader) throws -> [Int64] { try accounts(.squadLeader, of: office, on: day, db) }

  func accounts(_ role: Role, of office: Office.ID, on day: Day, _ db: any Reader) throws -> [Int64] {
    try db.all("SELECT id FROM account WHERE office_id = \(office) AND role = \(role) AND state = 'active' ORDER BY id").map {
      try Deputies.acting(for: $0.id("id"), on: day, db).raw
    }
  }

  /// A two-hour clock cannot wait for the morning: rings whoever is on duty now, or the leaders in working hours.
  func ringNow(_ matter: Matter, at now: Moment, _ db: any Writer) throws {
    try Jobs.enqueue(Self.ringKind, Ring(matter: matter.id.raw, rung: []), at: now, dedupe: "ring-\(matter.id)", now: now, ids: house.ids, db)
  }

  /// Minutes a ring may stay unanswered before the next person is rung.
  static let escalateAfter = 15

  /// Jobs this room runs.
  public var jobs: [JobHandler] {
    [JobHandler(Self.ringKind) { job in try await ring(job) }]
  }

  func ring(_ job: Job) async throws {
    let now = house.now()
    let payload = try job.decode(Ring.self)
    try await house.store.write { db in
      guard let matter = try MatterStore.find(Matter.ID(payload.matter), db), let squad = matter.squad else { return }
      guard matter.state == .registered || matter.state == .dispatched else { return }
      if try db.exists("SELECT 1 AS one FROM notice WHERE matter_id = \(matter.id) AND kind = 'ring' AND seen_at IS NOT NULL LIMIT 1") { return }
      let chain = try ringChain(squad, at: now, db)
      guard let next = chain.first(where: { !payload.rung.contains($0) }) else { return }
      try notify(
        [next], kind: "ring", matter: matter.id, text: "正在搭建，须在 2 小时内到场：\(matter.title)（\(matter.no)）", mustAcknowledge: true, at: now, db)
      try Journal.append(
        "matter-rung", on: Subject("matter", matter.id), by: .system, at: now, facts: ["account": String(next), "turn": String(payload.rung.count + 1)],
        ids: house.ids, db)
      let rung = payload.rung + [next]
      if rung.count < chain.count {
        try Jobs.enqueue(
          Self.ringKind, Ring(matter: matter.id.raw, rung: rung), at: now.adding(minutes: Self.escalateAfter), dedupe: "ring-\(matter.id)-\(rung.count)",
          now: now, ids: house.ids, db)
      }
    }
  }

  /// Whom to ring, in order: on duty, their second, then the squad's leaders, then the district's dispatchers.
  func ringChain(_ squad: Office.ID, at now: Moment, _ db: any Reader) throws -> [Int64] {
    var chain: [Int64] = []
    if let duty = try Duty.onDuty(squad, at: now, calendar: clocks.calendar, db) {
      chain.append(duty.account.raw)
      if let second = duty.second { chain.append(second.raw) }
    }
    chain += try leaders(of: squad, on: now.day, db)
    if let district = try OfficeStore.find(squad, db)?.district { chain += try accounts(.dispatcher, of: district, on: now.day, db) }
    var seen: Set<Int64> = []
    return chain.filter { seen.insert($0).inserted }
  }

  /// Warns of clocks that are soon due and tells of those that are overdue; called every minute by the scheduler.
  /// - Returns: how many rang.
  @discardableResult
  public func ringClocks() async throws -> Int {
    let now = house.now()
    return try await house.store.write { db in
      let ringing = try clocks.ringing(at: now, limit: 200, db)
      for (clock, overdue) in ringing {
        try clocks.rung(clock.id, overdue: overdue, db)
        let matterID: Int64? =
          clock.subject.kind == "matter"
          ? clock.subject.id : try db.first("SELECT matter_id FROM promise WHERE report_id = \(clock.subject.id)")?.int("matter_id")
        guard let matterID, let matter = try MatterStore.find(Matter.ID(matterID), db) else { continue }
        var people: [Int64] = []
        if let officer = matter.officer { people.append(try Deputies.acting(for: officer, on: now.day, db).raw) }
        if let squad = matter.squad, overdue || people.isEmpty { people += try leaders(of: squad, on: now.day, db) }
        if matter.state == .registered, let district = matter.district { people += try accounts(.dispatcher, of: district, on: now.day, db) }
        let remaining = clock.clock.remaining(at: now, on: clocks.calendar)
        try notify(
          people, kind: overdue ? "overdue" : "soon", matter: matter.id, text: "\(clock.clock.spec.name) \(remaining.text)：\(matter.title)（\(matter.no)）",
          at: now, db)
        if overdue {
          try Journal.append(
            "matter-overdue", on: Subject("matter", matter.id), by: .system, at: now, facts: ["clock": clock.clock.spec.name, "due": clock.due.text],
            ids: house.ids, db)
        }
      }
      return ringing.count
    }
  }

  public func notices(of person: Person, limit: Int = 20) async throws -> [Notice] {
    try await house.store.read { db in
      try db.all(
        """
        SELECT n.*, m.no AS matter_no FROM notice n LEFT JOIN matter m ON m.id = n.matter_id
        WHERE n.account_id = \(person.id) AND n.seen_at IS NULL ORDER BY n.id DESC LIMIT \(limit)
        """
      ).map { row in
        Notice(
          id: try row.int("id"), at: try row.moment("at"), kind: try row.text("kind"), matterNo: try row.optionalText("matter_no"),
          text: try row.text("text"), mustAcknowledge: try row.bool("must_acknowledge"), seenAt: try row.optionalMoment("seen_at"))
      }
    }
  }
  /// “收到”: the ring stops.
  public func acknowledge(_ id: Int64, by person: Person) async throws {
    let now = house.now()
    try await house.store.write { db in
      try db.run("UPDATE notice SET seen_at = \(now) WHERE id = \(id) AND account_id = \(person.id) AND seen_at IS NULL")
    }
  }
}

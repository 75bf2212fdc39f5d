import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Offices
import People
import Storage
import WorkCalendar
import Workflow

/// A line on somebody's day page.
public struct Notice: Sendable {
  public let id: Int64
  public let at: Moment
  public let kind: String
  public let matterNo: String?
  public let caseNo: String?
  public let text: String
  public let mustAcknowledge: Bool
  public let seenAt: Moment?
}

extension Matters {
  public func notify(
    _ accounts: [Int64], kind: String, matter: Matter.ID?, text: String, mustAcknowledge: Bool = false, at now: Moment, _ db: any Writer
  ) throws {
    for account in Set(accounts).sorted() {
      let id: Identifier<Notice> = house.ids.next(at: now)
      try db.later(
        """
        INSERT INTO notice (id, account_id, at, kind, matter_id, text, must_acknowledge, seen_at)
        VALUES (\(id), \(account), \(now), \(kind), \(matter), \(text), \(mustAcknowledge), NULL)
        """)
    }
  }

  /// The people who lead a squad today, deputies in place of the absent.
  public func leaders(of office: Office.ID, on day: Day, _ db: any Reader) throws -> [Int64] {
    try accounts(.squadLeader, of: office, on: day, db)
  }

  func accounts(_ role: Role, of office: Office.ID, on day: Day, _ db: any Reader) throws -> [Int64] {
    try db.all("SELECT id FROM account WHERE office_id = \(office) AND role = \(role) AND state = 'active' ORDER BY id").map {
      try Deputies.acting(for: $0.id("id", Person.self), on: day, db).raw
    }
  }

  /// A two-hour clock cannot wait for the morning: calls whoever is on duty now, and on until somebody answers.
  func ringNow(_ matter: Matter, at now: Moment, _ db: any Writer) throws {
    guard let squad = matter.squad else { return }
    try DutyCalls.ring(
      squad, about: Subject("matter", matter.id), reason: "正在搭建，须在 2 小时内到场：\(matter.title)（\(matter.no)）", at: now,
      isWorkday: clocks.calendar.isWorkday, ids: house.ids, db)
    try Journal.append("matter-rung", on: Subject("matter", matter.id), by: .system, at: now, ids: house.ids, db)
  }

  /// Warns of clocks that are soon due and tells of those that are overdue; called every minute by the scheduler.
  /// - Returns: how many rang.
  @discardableResult
  public func ringClocks() async throws -> Int {
    let now = house.now()
    return try await house.store.write { db in
      let ringing = try clocks.ringing(of: ["matter", "report"], at: now, limit: 200, db)
      for (clock, overdue) in ringing {
        try clocks.rung(clock.id, overdue: overdue, db)
        let matterID: Int64? =
          clock.subject.kind == "matter"
          ? clock.subject.id : try db.first("SELECT matter_id FROM promise WHERE report_id = \(clock.subject.id)")?.int("matter_id")
        guard let matterID, let matter = try MatterStore.find(Matter.ID(matterID), db) else { continue }
        var people: [Int64] = []
        if let officer = matter.officer { people.append(try Deputies.acting(for: officer, on: now.day, db).raw) }
        if let squad = matter.squad, overdue || people.isEmpty { people += try leaders(of: squad, on: now.day, db) }
        if matter.state == .registered, let district = matter.district {
          people += try accounts(.dispatcher, of: district, on: now.day, db)
        }
        let remaining = clock.clock.remaining(at: now, on: clocks.calendar)
        // Hours run through nights and holidays, so somebody who is awake is called; days can wait for the day page.
        if clock.clock.spec.unit == .hours, matter.state.isOpen, let squad = matter.squad {
          try DutyCalls.ring(
            squad, about: Subject("matter", matter.id), reason: "\(clock.clock.spec.name) \(remaining.text)：\(matter.title)（\(matter.no)）",
            at: now,
            isWorkday: clocks.calendar.isWorkday, ids: house.ids, db)
        }
        try notify(
          people, kind: overdue ? "overdue" : "soon", matter: matter.id,
          text: "\(clock.clock.spec.name) \(remaining.text)：\(matter.title)（\(matter.no)）",
          at: now, db)
        if overdue {
          try Journal.append(
            "matter-overdue", on: Subject("matter", matter.id), by: .system, at: now,
            facts: ["clock": clock.clock.spec.name, "due": clock.due.text],
            ids: house.ids, db)
        }
      }
      return ringing.count
    }
  }

  public func notices(of person: Person, limit: Int = 20) async throws -> [Notice] {
    try await house.store.read { db in try notices(of: person, db, limit: limit) }
  }
  /// “收到”: the ring stops.
  public func acknowledge(_ id: Int64, by person: Person) async throws {
    let now = house.now()
    _ = try await house.store.write { db in
      try db.run("UPDATE notice SET seen_at = \(now) WHERE id = \(id) AND account_id = \(person.id) AND seen_at IS NULL")
    }
  }
}

import Kernel
import Offices
import Storage

/// Somebody was called about something that cannot wait until morning.
public struct DutyCall: Sendable, Hashable {
  public typealias ID = Identifier<DutyCall>
  public let id: ID
  public let office: Office.ID
  public let subject: Subject
  /// A sentence without personal data: "先行联系将于 02:10 到时".
  public let reason: String
  public let calledAt: Moment
  /// Who is to answer now; nil when nobody could be found.
  public let account: Person.ID?
  /// 0 the one on duty, 1 the second, 2 the squad's leader, 3 the district's roster.
  public let level: Int
  public let acknowledgedAt: Moment?
}

/// Calls to the duty roster that climb until somebody answers: the one on duty, the second, the squad's leader, the district.
public enum DutyCalls {
  /// Minutes each is given.
  public static let patience = 15
  public static let jobKind = "people-duty-escalate"

  /// Calls whoever is on duty, within the caller's transaction, and plans the next rung. One open call for a subject is enough.
  @discardableResult
  public static func ring(
    _ office: Office.ID, about subject: Subject, reason: String, at now: Moment, isWorkday: (Day) -> Bool, ids: IdentifierSource,
    _ db: any Writer
  ) throws -> DutyCall.ID {
    if let open = try db.first(
      "SELECT id FROM duty_call WHERE subject_kind = \(subject.kind) AND subject_id = \(subject.id) AND acknowledged_at IS NULL LIMIT 1")
    {
      return try open.id("id")
    }
    let ladder = try ladder(office, at: now, isWorkday: isWorkday, db)
    let first = ladder.first
    let id: DutyCall.ID = ids.next(at: now)
    try db.run(
      """
      INSERT INTO duty_call (id, office_id, subject_kind, subject_id, reason, called_at, account_id, level)
      VALUES (\(id), \(office), \(subject.kind), \(subject.id), \(reason), \(now), \(first?.account), \(first?.level ?? 0))
      """)
    try Journal.append(
      "office-duty-called", on: Subject("office", office), by: .system, at: now, facts: facts(first, about: subject), ids: ids, db)
    try plan(id, level: first?.level ?? 0, now: now, ids: ids, db)
    return id
  }

  /// "我来处理". The one called, the second, or anybody of the office who leads or dispatches may answer.
  public static func acknowledge(_ id: DutyCall.ID, by person: Person, in house: House) async throws {
    let now = house.now()
    try await house.store.write { db in
      guard let call = try find(id, db) else { throw Refusal(.missing, "people-no-call", "没有这条值班呼叫。") }
      let above = person.district != nil && person.office == person.district
      let over = try OfficeStore.find(call.office, db)?.district == person.district && above
      guard call.account == person.id || call.office == person.office || over
      else { throw Refusal(.forbidden, "people-call-not-yours", "这条值班呼叫不由您应答。") }
      guard
        try db.run(
          "UPDATE duty_call SET acknowledged_at = \(now), acknowledged_by = \(person.id) WHERE id = \(id) AND acknowledged_at IS NULL") > 0
      else { return }
      try Journal.append(
        "office-duty-answered", on: Subject("office", call.office), by: person.actor, at: now,
        facts: ["subject": "\(call.subject.kind)/\(call.subject.id)", "level": String(call.level)], ids: house.ids, db)
    }
  }

  /// The next rung, when nobody has answered. Idempotent: an answered call stays as it is.
  /// - Returns: who was called now; nil when answered or when there is nobody left.
  @discardableResult
  public static func escalate(
    _ id: DutyCall.ID, from level: Int, at now: Moment, isWorkday: (Day) -> Bool, ids: IdentifierSource, _ db: any Writer
  ) throws -> Person.ID? {
    guard let call = try find(id, db), call.acknowledgedAt == nil, call.level == level else { return nil }
    guard
      let next = try ladder(call.office, at: now, isWorkday: isWorkday, db).first(where: { $0.level > level && $0.account != call.account })
    else {
      return nil
    }
    try db.run("UPDATE duty_call SET account_id = \(next.account), level = \(next.level) WHERE id = \(id)")
    try Journal.append(
      "office-duty-escalated", on: Subject("office", call.office), by: .system, at: now, facts: facts(next, about: call.subject), ids: ids,
      db)
    try plan(id, level: next.level, now: now, ids: ids, db)
    return next.account
  }

  public static func handler(in house: House, isWorkday: @Sendable @escaping (Day) -> Bool) -> JobHandler {
    JobHandler(jobKind) { job in
      let payload = try job.decode(Plan.self)
      let now = house.now()
      try await house.store.write { db in
        _ = try escalate(DutyCall.ID(payload.call), from: payload.level, at: now, isWorkday: isWorkday, ids: house.ids, db)
      }
    }
  }

  /// Unanswered calls to somebody, oldest first.
  public static func open(for account: Person.ID, _ db: any Reader) throws -> [DutyCall] {
    try db.all("SELECT * FROM duty_call WHERE account_id = \(account) AND acknowledged_at IS NULL ORDER BY id").map(call)
  }
  /// Unanswered calls of an office, and of the squads below it when it is a district.
  public static func open(in office: Office.ID, _ db: any Reader) throws -> [DutyCall] {
    try db.all(
      """
      SELECT * FROM duty_call WHERE acknowledged_by IS NULL
        AND office_id IN (SELECT id FROM office WHERE id = \(office) OR district_id = \(office)) ORDER BY id LIMIT 100
      """
    ).map(call)
  }
  public static func find(_ id: DutyCall.ID, _ db: any Reader) throws -> DutyCall? {
    try db.first("SELECT * FROM duty_call WHERE id = \(id)").map(call)
  }

  // MARK: The ladder

  struct Rung: Sendable, Hashable {
    let level: Int
    let account: Person.ID
  }
  struct Plan: Codable {
    let call: Int64
    let level: Int
  }
  static func ladder(_ office: Office.ID, at now: Moment, isWorkday: (Day) -> Bool, _ db: any Reader) throws -> [Rung] {
    var rungs: [Rung] = []
    let own = try Duty.onDuty(office, at: now, isWorkday: isWorkday, db)
    if let own {
      rungs.append(Rung(level: 0, account: own.account))
      if let second = own.second { rungs.append(Rung(level: 1, account: second)) }
    }
    if let leader = try PersonStore.active(in: office, roles: [.squadLeader], db).first {
      rungs.append(Rung(level: 2, account: try Deputies.acting(for: leader.id, on: now.day, db)))
    }
    if let district = try OfficeStore.find(office, db)?.district, district != office, own?.office != district,
      let above = try Duty.onDuty(district, at: now, isWorkday: isWorkday, db)
    {
      rungs.append(Rung(level: 3, account: above.account))
    }
    return rungs
  }
  static func plan(_ id: DutyCall.ID, level: Int, now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(jobKind, Plan(call: id.raw, level: level), at: now.adding(minutes: patience), now: now, ids: ids, db)
  }
  static func facts(_ rung: Rung?, about subject: Subject) -> [String: String] {
    [
      "subject": "\(subject.kind)/\(subject.id)", "account": rung.map { String($0.account.raw) } ?? "",
      "level": rung.map { String($0.level) } ?? "",
    ]
  }
  static func call(_ row: ResultRow) throws -> DutyCall {
    DutyCall(
      id: try row.id("id"), office: try row.id("office_id"), subject: Subject(try row.text("subject_kind"), try row.int("subject_id")),
      reason: try row.text("reason"), calledAt: try row.moment("called_at"), account: try row.optionalID("account_id"),
      level: try row.count("level"),
      acknowledgedAt: try row.optionalMoment("acknowledged_at"))
  }
}

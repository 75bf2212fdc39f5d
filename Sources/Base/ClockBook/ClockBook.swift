import Crypto
import Foundation
import Kernel
import Storage
import Synchronization
import WorkCalendar

/// A clock as it stands in the store.
public struct BookedClock: Sendable {
  public let id: Int64
  public let subject: Subject
  public let clock: Clock
  public let state: State
  public let due: Moment
  public let warn: Moment
  public let endedAt: Moment?
  public var kind: String { clock.spec.kind }
  public enum State: String, Sendable, CaseIterable {
    case running, paused
    /// Done before it was due.
    case met
    /// Done, but late.
    case late
    /// No longer wanted.
    case cancelled
  }
}

/// Clocks as rows: started, paused, extended and ended in the transaction of the step that does so. The facts are stored, the due
/// moment is reckoned from them and kept beside for the index.
public struct ClockBook: Sendable {
  public let calendar: WorkCalendar
  public let table: ClockTable
  private let ruleKeys: [ClockSpec: String]
  private let begun = Begun()

  public init(calendar: WorkCalendar, table: ClockTable) throws {
    self.calendar = calendar
    self.table = table
    var keys: [ClockSpec: String] = [:]
    for spec in table.specs { keys[spec] = try Self.key(spec) }
    ruleKeys = keys
  }

  public static let migrations = [first, runningOnly]
  private static let first = Migration(
    "clocks-001",
    [
      "CREATE TABLE clock_rule (id text PRIMARY KEY, spec text NOT NULL, created_at bigint NOT NULL)",
      """
      CREATE TABLE clock (id integer primary key, subject_kind text NOT NULL, subject_id bigint NOT NULL, kind text NOT NULL,
        rule_id text NOT NULL REFERENCES clock_rule (id), facts text NOT NULL, state text NOT NULL, due_at bigint NOT NULL,
        warn_at bigint NOT NULL, warned bigint NOT NULL, ended_at bigint,
        CHECK (state IN ('running', 'paused', 'met', 'late', 'cancelled')))
      """,
      "CREATE INDEX clock_subject ON clock (subject_kind, subject_id)",
      "CREATE INDEX clock_due ON clock (state, warned, due_at)",
      "CREATE INDEX clock_warn ON clock (state, warned, warn_at)",
      "CREATE INDEX clock_rule_id ON clock (rule_id)",
    ])

  /// Only running clocks ring.
  private static let runningOnly = Migration(
    "clocks-002",
    [
      "DROP INDEX clock_due", "CREATE INDEX clock_due ON clock (state, warned, due_at) WHERE state = 'running'",
      "DROP INDEX clock_warn", "CREATE INDEX clock_warn ON clock (state, warned, warn_at) WHERE state = 'running'",
    ])

  /// Writes the rules of the table, once at start, so that clocks can point to them.
  public func plantRules(at now: Moment, _ db: any Writer) throws {
    for (spec, key) in ruleKeys.sorted(by: { $0.value < $1.value }) {
      try db.later(into: Self.ruleShape, "\(key)\(try Self.json(spec))\(now)")
    }
  }

  /// Starts a clock under the rule in force on the day of `start`.
  /// - Throws: `Refusal` `clocks-no-rule` when the table has no rule of that kind for the day.
  @discardableResult
  public func start(_ kind: String, on subject: Subject, from start: Moment, ids: IdentifierSource, now: Moment, _ db: any Writer) throws
    -> Deadline
  {
    let (key, deadline) = try begun.at(kind, start, now) { () throws(Refusal) -> (String, Deadline) in
      guard let spec = table.spec(kind, on: start.day), let key = ruleKeys[spec] else {
        throw Refusal(.unavailable, "clocks-no-rule", "时限表中没有“\(kind)”在 \(start.day.iso) 的规则，请系统管理员补充。")
      }
      return (key, Clock(spec, ClockState(start: start)).deadline(on: calendar, asOf: now))
    }
    let id: Identifier<BookedClock> = ids.next(at: now)
    try insert(id.raw, kind, on: subject, key, ClockState(start: start), deadline, db)
    return deadline
  }

  private static let ruleShape = RowShape("clock_rule", "id spec created_at", .once)
  private static let shape = RowShape("clock", "id subject_kind subject_id kind rule_id facts state due_at warn_at warned ended_at")
  private func insert(
    _ id: Int64, _ kind: String, on subject: Subject, _ rule: String, _ state: ClockState, _ deadline: Deadline, _ db: any Writer
  ) throws {
    try db.later(
      into: Self.shape,
      """
      \(id)\(subject.kind)\(subject.id)\(kind)\(rule)\(try Self.facts(state))\(BookedClock.State.running)\(deadline.due)\(deadline.warn)\(0)\(SQLValue.null)
      """)
  }

  /// The clock of each kind that began last: the rows of a file begin theirs at one moment, and the steps of a deadline take longer to
  /// write down than the row.
  private final class Begun: Sendable {
    private struct One {
      let start: Moment
      let now: Moment
      let key: String
      let deadline: Deadline
    }
    private let last = Mutex<[String: One]>([:])

    func at(_ kind: String, _ start: Moment, _ now: Moment, _ reckon: () throws(Refusal) -> (String, Deadline)) throws(Refusal) -> (
      String, Deadline
    ) {
      if let one = last.withLock({ $0[kind] }), one.start == start, one.now == now { return (one.key, one.deadline) }
      let (key, deadline) = try reckon()
      last.withLock { $0[kind] = One(start: start, now: now, key: key, deadline: deadline) }
      return (key, deadline)
    }
  }

  /// Starts a clock whose end somebody else has fixed, such as the due time printed on the hotline's order.
  /// - Parameter spec: its name and basis; length and unit are made to end at `due` exactly.
  @discardableResult
  public func start(
    fixed kind: String, name: String, basis: String, due: Moment, on subject: Subject, ids: IdentifierSource, now: Moment, _ db: any Writer
  ) throws -> Deadline {
    let hours = max(1, Int((due.milliseconds(since: now) + 3_599_999) / 3_600_000))
    let spec = ClockSpec(
      kind: kind, name: name, unit: .hours, length: hours, startEvent: "按工单载明的时限倒推",
      warnBefore: ClockWarning(min(24, max(1, hours / 4)), .hours), basis: basis,
      confidence: .quotedFromText)
    let state = ClockState(start: due.adding(hours: -hours))
    let deadline = Clock(spec, state).deadline(on: calendar, asOf: now)
    let key = try ruleKeys[spec] ?? Self.key(spec)
    try db.later(into: Self.ruleShape, "\(key)\(try Self.json(spec))\(now)")
    let id: Identifier<BookedClock> = ids.next(at: now)
    try insert(id.raw, kind, on: subject, key, state, deadline, db)
    return deadline
  }

  public func clocks(of subject: Subject, _ db: any Reader) throws -> [BookedClock] {
    try clocks(where: "c.subject_kind = \(subject.kind) AND c.subject_id = \(subject.id)", db)
  }
  public func clocks(of kind: String, ids: [Int64], _ db: any Reader) throws -> [BookedClock] {
    try clocks(where: "c.subject_kind = \(kind) AND c.subject_id IN (\(list: ids))", db)
  }
  func clocks(where condition: Query, _ db: any Reader) throws -> [BookedClock] {
    // Thousands of clocks have a few dozen rules between them.
    var specs: [String: ClockSpec] = [:]
    var out: [BookedClock] = []
    try db.each(
      """
      SELECT c.id, c.subject_kind, c.subject_id, c.rule_id, c.facts, c.state, c.due_at, c.warn_at, c.ended_at, r.spec
      FROM clock c JOIN clock_rule r ON r.id = c.rule_id WHERE \(condition) ORDER BY c.id
      """
    ) { row in
      let rule = try row.text(3)
      let facts = try row.text(4)
      let spec: ClockSpec
      if let known = specs[rule] {
        spec = known
      } else {
        spec = try Self.decoded(row.text(9))
        specs[rule] = spec
      }
      guard let state = BookedClock.State(rawValue: try row.text(5)) else { throw StorageError.decoding("unknown state of a clock") }
      out.append(
        BookedClock(
          id: try row.whole(0), subject: Subject(try row.text(1), try row.whole(2)),
          clock: Clock(spec, try Self.state(facts) ?? Self.decoded(facts)), state: state, due: Moment(milliseconds: try row.whole(6)),
          warn: Moment(milliseconds: try row.whole(7)), endedAt: try row.int(8).map(Moment.init(milliseconds:))))
    }
    return out
  }
  private static func decoded<T: Decodable>(_ text: String) throws -> T { try JSONDecoder().decode(T.self, from: Data(text.utf8)) }

  /// Ends the running or paused clocks of these kinds; nil means all.
  public func finish(_ kinds: [String]?, of subject: Subject, at now: Moment, _ db: any Writer) throws {
    try end(kinds, of: subject, as: nil, at: now, db)
  }
  public func cancel(_ kinds: [String]?, of subject: Subject, at now: Moment, _ db: any Writer) throws {
    try end(kinds, of: subject, as: .cancelled, at: now, db)
  }
  private func end(_ kinds: [String]?, of subject: Subject, as state: BookedClock.State?, at now: Moment, _ db: any Writer) throws {
    let only: Query = kinds.map { " AND kind IN (\(list: $0))" } ?? ""
    let outcome: Query = state.map { "\($0)" } ?? "CASE WHEN due_at < \(now) THEN 'late' ELSE 'met' END"
    try db.later(
      """
      UPDATE clock SET state = \(outcome), ended_at = \(now)
      WHERE subject_kind = \(subject.kind) AND subject_id = \(subject.id) AND state IN ('running', 'paused')\(only)
      """)
  }

  public func pause(_ kinds: [String]?, of subject: Subject, reason: String, at now: Moment, _ db: any Writer) throws {
    try change(kinds, of: subject, from: [.running], at: now, db) {
      ($0.state == .running ? .paused : $0.state, try $0.clock.state.paused(at: now, reason: reason))
    }
  }
  public func resume(_ kinds: [String]?, of subject: Subject, at now: Moment, _ db: any Writer) throws {
    try change(kinds, of: subject, from: [.paused], at: now, db) { (.running, try $0.clock.state.resumed(at: now)) }
  }
  public func extend(_ kinds: [String]?, of subject: Subject, by length: Int, reason: String, at now: Moment, _ db: any Writer) throws {
    try change(kinds, of: subject, from: [.running, .paused], at: now, db) {
      ($0.state, try $0.clock.state.extended(by: length, reason: reason))
    }
  }
  private func change(
    _ kinds: [String]?, of subject: Subject, from states: [BookedClock.State], at now: Moment, _ db: any Writer,
    _ step: (BookedClock) throws -> (BookedClock.State, ClockState)
  ) throws {
    for booked in try clocks(of: subject, db) where states.contains(booked.state) && kinds?.contains(booked.kind) != false {
      let (state, facts) = try step(booked)
      let deadline = Clock(booked.clock.spec, facts).deadline(on: calendar, asOf: now, steps: false)
      try db.later(
        """
        UPDATE clock SET state = \(state), facts = \(try Self.json(facts)), due_at = \(deadline.due), warn_at = \(deadline.warn), warned = 0
        WHERE id = \(booked.id)
        """)
    }
  }

  /// Clocks that should ring now: first when the warning time comes (`warned` 0), then when they are overdue (`warned` 1).
  /// - Parameter kinds: of the subjects; each room rings its own.
  public func ringing(of kinds: [String], at now: Moment, limit: Int, _ db: any Reader) throws -> [(clock: BookedClock, overdue: Bool)] {
    let late = try clocks(
      where:
        "c.id IN (SELECT id FROM clock WHERE state = 'running' AND warned IN (0, 1) AND due_at < \(now) AND subject_kind IN (\(list: kinds)) ORDER BY due_at LIMIT \(limit))",
      db
    )
    let soon = try clocks(
      where:
        "c.id IN (SELECT id FROM clock WHERE state = 'running' AND warned = 0 AND warn_at <= \(now) AND due_at >= \(now) AND subject_kind IN (\(list: kinds)) ORDER BY warn_at LIMIT \(limit))",
      db)
    return late.map { ($0, true) } + soon.map { ($0, false) }
  }
  /// Running clocks that are overdue and have not rung: more than one minute's worth means that nobody rings them.
  /// - Returns: how many, counted up to `cap`, and when the oldest of them was due.
  public static func backlog(at now: Moment, cap: Int = 10_000, _ db: any Reader) throws -> (count: Int, oldest: Moment?) {
    let unrung: Query = "FROM clock WHERE state = 'running' AND warned IN (0, 1) AND due_at < \(now)"
    return (
      Int(try db.number("SELECT count(*) AS n FROM (SELECT id \(unrung) LIMIT \(cap)) x")),
      try db.first("SELECT min(due_at) AS at \(unrung)")?.optionalMoment("at")
    )
  }
  public func rung(_ id: Int64, overdue: Bool, _ db: any Writer) throws {
    try db.run("UPDATE clock SET warned = \(overdue ? 2 : 1) WHERE id = \(id)")
  }

  /// Nearly every clock begins with nothing but its start: the same text as the general encoder gives.
  static func facts(_ state: ClockState) throws -> String {
    guard state.pauses.isEmpty, state.extensions.isEmpty else { return try json(state) }
    return "\(begun)\(state.start.milliseconds)}"
  }
  private static let begun = #"{"extensions":[],"pauses":[],"start":"#
  /// Reads what `facts` wrote the short way; nil for anything else, which the general decoder reads.
  static func state(_ facts: String) -> ClockState? {
    // By bytes: to step over whole characters would take longer than everything else.
    guard facts.utf8.starts(with: begun.utf8), facts.utf8.last == UInt8(ascii: "}"),
      let start = Int64(Substring(facts.utf8.dropFirst(begun.utf8.count).dropLast()))
    else { return nil }
    return ClockState(start: Moment(milliseconds: start))
  }
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
  static func key(_ spec: ClockSpec) throws -> String {
    "\(spec.kind)@\(Data(SHA256.hash(data: Data(try json(spec).utf8))).hex.prefix(12))"
  }
}

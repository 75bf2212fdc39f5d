import Cases
import Foundation
import Intake
import Kernel
import Matters
import People
import Storage

/// Erases personal data when its time has come, or when its person asks, by destroying its key and what stands beside it; see the README.
public struct Retention: Sendable {
  public let house: House
  public let rules: RetentionRules
  public init(house: House, rules: RetentionRules) {
    self.house = house
    self.rules = rules
  }

  public static let jobKind = "retention-run"
  /// Things that share a transaction.
  static let batch = 200

  /// Why a report is kept whatever a rule or its reporter says, as conditions on its matter `m`.
  static let holds: [(why: String, condition: Query)] = [
    ("事项还在办理", "m.open = 1"), ("已成为案件，案卷依法归档保存（行政处罚法第四十七条）", CaseStore.keepsMatter),
  ]
  static var held: Query {
    var sum: Query = "(1 = 0"
    for hold in holds { sum += " OR " + hold.condition }
    return sum + ")"
  }

  /// Asks the worker for the day's round; once is enough, however often it is asked.
  public static func enqueue(at now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(jobKind, [String: String](), at: now, dedupe: jobKind, now: now, ids: ids, db)
  }
  public var handler: JobHandler {
    JobHandler(Self.jobKind) { _ in try await run() }
  }

  /// One round: what was begun and cut off, what an older back-up has brought back, what the adopted rules say today.
  public func run() async throws {
    try await carryOut()
    try await repeatRequests()
    for rule in rules.all where rule.adopted {
      while try await decide(rule) > 0 { try await carryOut() }
    }
  }

  // MARK: What is due

  struct Due: Sendable {
    let subject: Subject
    let part: RetentionKind
  }

  /// Writes down the next handful of what a rule makes due. Nothing is erased yet, but from here on it will be.
  /// - Returns: how many there were.
  private func decide(_ rule: RetentionRule) async throws -> Int {
    let house = house
    let now = house.now()
    return try await house.store.write { db in
      let due = try Self.due(rule, at: now, limit: Self.batch, db)
      for one in due { try Self.note(one, request: nil, at: now, house, db) }
      return due.count
    }
  }

  static func note(_ due: Due, request: ErasureRequest.ID?, at now: Moment, _ house: House, _ db: any Writer) throws {
    let id: Erasure.ID = house.ids.next(at: now)
    try db.run(
      """
      INSERT INTO erasure (id, subject_kind, subject_id, part, decided_at, request_id)
      VALUES (\(id), \(due.subject.kind), \(due.subject.id), \(due.part), \(now), \(request))
      ON CONFLICT (subject_kind, subject_id, part) DO NOTHING
      """)
  }

  static func due(_ rule: RetentionRule, at now: Moment, limit: Int, _ db: any Reader) throws -> [Due] {
    let (kind, from) = source(rule.kind, before: rule.cutoff(at: now))
    return try db.all("SELECT x.id \(from) LIMIT \(limit)").map { Due(subject: Subject(kind, try $0.int("id")), part: rule.kind) }
  }
  /// How many are due at a moment, counted up to `most`.
  static func count(_ rule: RetentionRule, at now: Moment, most: Int, _ db: any Reader) throws -> Int {
    let (_, from) = source(rule.kind, before: rule.cutoff(at: now))
    return Int(try db.number("SELECT count(*) AS n FROM (SELECT x.id \(from) LIMIT \(most)) y"))
  }

  /// The things of a kind that began before a moment and are not erased, as `FROM … x WHERE …`.
  private static func source(_ kind: RetentionKind, before cutoff: Moment) -> (subject: String, from: Query) {
    func left(_ subject: String) -> Query {
      "NOT EXISTS (SELECT e.id FROM erasure e WHERE e.subject_kind = \(subject) AND e.subject_id = x.id AND e.part = \(kind))"
    }
    switch kind {
    case .identity, .words, .photos:
      return (
        "report",
        """
        FROM matter m JOIN report x ON x.matter_id = m.id
        WHERE m.erased_at IS NULL AND m.open = 0 AND m.closed_at < \(cutoff) AND NOT \(held) AND \(left("report"))
        """
      )
    case .inspectionPhotos:
      return (
        "inspection",
        """
        FROM inspection x LEFT JOIN matter m ON m.id = x.matter_id
        WHERE x.done_at < \(cutoff) AND \(left("inspection")) AND (m.id IS NULL OR NOT \(held))
          AND EXISTS (SELECT p.id FROM inspection_photo p WHERE p.inspection_id = x.id)
        """
      )
    case .ratings:
      return (
        "service_rating",
        "FROM service_rating x WHERE x.at < \(cutoff) AND (x.sealed IS NOT NULL OR x.masked <> '') AND \(left("service_rating"))"
      )
    case .importRows:
      return (
        "import",
        """
        FROM import x WHERE x.finished_at < \(cutoff) AND \(left("import"))
          AND EXISTS (SELECT r.id FROM import_error r WHERE r.import_id = x.id)
        """
      )
    case .importFiles:
      return ("import", "FROM import x WHERE x.finished_at < \(cutoff) AND x.sha256 <> '' AND \(left("import"))")
    }
  }

  /// Requests are remembered beside the keys. A store brought back from an older back-up does not know of them, and learns it here.
  private func repeatRequests() async throws {
    let house = house
    let now = house.now()
    let remembered = try house.seals.erasedOnRequest()
    for part in stride(from: 0, to: remembered.count, by: Self.batch) {
      let subjects = Array(remembered[part..<min(part + Self.batch, remembered.count)])
      try await house.store.write { db in
        let known = Set(try db.all("SELECT id FROM report WHERE id IN (\(list: subjects.map(\.id)))").map { try $0.int("id") })
        for subject in subjects where subject.kind == "report" && known.contains(subject.id) {
          for kind in RetentionKind.ofReports { try Self.note(Due(subject: subject, part: kind), request: nil, at: now, house, db) }
        }
      }
    }
    try await carryOut()
  }
}

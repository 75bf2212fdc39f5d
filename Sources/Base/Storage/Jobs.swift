import Foundation
import Kernel

/// Work to be done later, as a row written in the transaction that wants it. Handlers are idempotent: after a crash a job runs again.
public struct Job: Sendable {
  public let id: Int64
  /// Room first: "intake-import".
  public let kind: String
  public let payload: String
  public let runAt: Moment
  /// How often it was begun, 0 before the first time.
  public let attempts: Int
  public let state: State
  public let lastError: String?
  public enum State: String, Sendable, CaseIterable {
    case waiting, running, done, dead
    public var chinese: String {
      switch self {
      case .waiting: "等待"
      case .running: "执行中"
      case .done: "已完成"
      case .dead: "多次失败，已停"
      }
    }
  }
  public func decode<P: Decodable>(_: P.Type = P.self) throws -> P { try JSONDecoder().decode(P.self, from: Data(payload.utf8)) }
}

public enum Jobs {
  public static let migration = Migration(
    "jobs-001",
    [
      """
      CREATE TABLE job (id integer primary key, kind text NOT NULL, payload text NOT NULL, run_at bigint NOT NULL, state text NOT NULL,
        attempts bigint NOT NULL, lease_until bigint, dedupe text, last_error text, created_at bigint NOT NULL, finished_at bigint,
        CHECK (state IN ('waiting', 'running', 'done', 'dead')))
      """,
      "CREATE INDEX job_due ON job (state, run_at)",
      "CREATE UNIQUE INDEX job_dedupe ON job (dedupe)",
    ])
  /// After this many failures a job is put aside for a person to look at.
  public static let maxAttempts = 8

  /// - Parameter dedupe: while a job of this name is unfinished, another is not added.
  public static func enqueue(
    _ kind: String, _ payload: some Encodable, at runAt: Moment, dedupe: String? = nil, now: Moment, ids: IdentifierSource, _ db: any Writer
  ) throws {
    let id: Identifier<Job> = ids.next(at: now)
    try db.later(
      """
      INSERT INTO job (id, kind, payload, run_at, state, attempts, dedupe, created_at)
      VALUES (\(id), \(kind), \(try Journal.canonical(payload)), \(runAt), 'waiting', 0, \(dedupe), \(now)) ON CONFLICT (dedupe) DO NOTHING
      """)
  }

  /// Takes up to `limit` due jobs for `lease` milliseconds; a job whose holder died becomes due again when the lease ends. Stands by
  /// itself, for `Store.writeBeside`: what another worker is just taking is passed over.
  public static func claim(kinds: [String], limit: Int, lease: Int64 = lease, at now: Moment, _ db: any Writer) throws -> [Job] {
    try db.all(
      """
      WITH due AS MATERIALIZED (SELECT id FROM job WHERE \(due(kinds, at: now)) ORDER BY run_at LIMIT \(limit)\(db.dialect.skipLocked))
      UPDATE job SET state = 'running', attempts = attempts + 1, lease_until = \(now.adding(milliseconds: lease))
      WHERE id IN (SELECT id FROM due) RETURNING *
      """
    ).map(job)
  }
  /// Whether there is something to claim: a look costs less than a write that finds nothing.
  public static func isDue(kinds: [String], at now: Moment, _ db: any Reader) throws -> Bool {
    try db.exists("SELECT id FROM job WHERE \(due(kinds, at: now)) LIMIT 1")
  }
  private static func due(_ kinds: [String], at now: Moment) -> Query {
    "kind IN (\(list: kinds)) AND ((state = 'waiting' AND run_at <= \(now)) OR (state = 'running' AND lease_until < \(now)))"
  }
  /// Milliseconds; renewed long before they are over as long as the worker lives.
  public static let lease: Int64 = 300_000

  /// A long job says that it is still at it, so that nobody else takes it up.
  public static func renew(_ id: Int64, lease: Int64 = lease, at now: Moment, _ db: any Writer) throws {
    try db.run("UPDATE job SET lease_until = \(now.adding(milliseconds: lease)) WHERE id = \(id) AND state = 'running'")
  }
  /// As above, by the worker that holds it.
  /// - Returns: false when its lease had ended and another has taken the job up, or a person has put it aside.
  public static func renew(_ job: Job, lease: Int64 = lease, at now: Moment, _ db: any Writer) throws -> Bool {
    try db.run("UPDATE job SET lease_until = \(now.adding(milliseconds: lease)) WHERE \(held(job))") == 1
  }
  /// Each time a job is taken up it has one attempt more, so of two who think they hold it one is right.
  private static func held(_ job: Job) -> Query { "id = \(job.id) AND state = 'running' AND attempts = \(job.attempts)" }

  public static func finish(_ id: Int64, at now: Moment, _ db: any Writer) throws {
    try db.run("UPDATE job SET state = 'done', finished_at = \(now), dedupe = NULL, lease_until = NULL WHERE id = \(id)")
  }
  /// As above, by the worker that holds it; without effect when another has taken it up.
  public static func finish(_ job: Job, at now: Moment, _ db: any Writer) throws {
    try db.run("UPDATE job SET state = 'done', finished_at = \(now), dedupe = NULL, lease_until = NULL WHERE \(held(job))")
  }

  /// Puts a failed job back with a growing pause (30 s doubled each time, at most an hour), or aside after `maxAttempts`.
  public static func fail(_ job: Job, error: String, at now: Moment, _ db: any Writer) throws {
    if job.attempts >= maxAttempts {
      try db.run(
        "UPDATE job SET state = 'dead', last_error = \(error), finished_at = \(now), dedupe = NULL, lease_until = NULL WHERE \(held(job))")
    } else {
      let pause: Int64 = min(3_600_000, 30_000 << Int64(min(job.attempts, 10)))
      try db.run(
        """
        UPDATE job SET state = 'waiting', last_error = \(error), run_at = \(now.adding(milliseconds: pause)), lease_until = NULL
        WHERE \(held(job))
        """)
    }
  }

  public static func list(state: Job.State?, limit: Int = 100, _ db: any Reader) throws -> [Job] {
    let condition: Query = state.map { "state = \($0)" } ?? "1 = 1"
    return try db.all("SELECT * FROM job WHERE \(condition) ORDER BY id DESC LIMIT \(limit)").map(job)
  }
  /// A person puts a dead job back to work.
  public static func revive(_ id: Int64, at now: Moment, _ db: any Writer) throws {
    try db.run("UPDATE job SET state = 'waiting', attempts = 0, run_at = \(now) WHERE id = \(id) AND state = 'dead'")
  }
  public static func counts(_ db: any Reader) throws -> [Job.State: Int] {
    var out: [Job.State: Int] = [:]
    for row in try db.all("SELECT state, count(*) AS n FROM job GROUP BY state") { out[try row.choice("state")] = try row.count("n") }
    return out
  }

  static func job(_ row: ResultRow) throws -> Job {
    Job(
      id: try row.int("id"), kind: try row.text("kind"), payload: try row.text("payload"), runAt: try row.moment("run_at"),
      attempts: try row.count("attempts"), state: try row.choice("state"), lastError: try row.optionalText("last_error"))
  }
}

/// Runs one kind of job. Shallow: decode, call a room, done.
public struct JobHandler: Sendable {
  public let kind: String
  public let run: @Sendable (Job) async throws -> Void
  public init(_ kind: String, _ run: @escaping @Sendable (Job) async throws -> Void) {
    self.kind = kind
    self.run = run
  }
}

import Kernel

/// A sign of life of the worker, so that a page can tell “nothing to do” from “nobody works”.
public enum Heartbeat {
  static let mark = "worker-heartbeat"
  /// Milliseconds without a beat after which somebody should look.
  public static let late: Int64 = 180_000

  /// The worker calls this every minute.
  public static func beat(at now: Moment, _ db: any Writer) throws { try House.setMark(mark, String(now.milliseconds), db) }
  public static func last(_ db: any Reader) throws -> Moment? {
    try House.mark(mark, db).flatMap { Int64($0) }.map { Moment(milliseconds: $0) }
  }
}

/// How full the store is and how its jobs stand; no content.
public struct StoreState: Sendable {
  public let journalEntries: Int
  public let seals: Int
  public let lastSeal: JournalSeal?
  public let jobs: [Job.State: Int]
  /// Due and not begun.
  public let overdueJobs: Int
  /// Since when the oldest of them is due.
  public let oldestDue: Moment?
  public let heartbeat: Moment?
  /// Steps of the schema that are applied, and the last of them.
  public let migrations: Int

  public init(at now: Moment, _ db: any Reader) throws {
    // What is sealed was counted when it was sealed; only the days since are counted now.
    let sealed = try db.first("SELECT COALESCE(sum(entries), 0) AS n, COALESCE(max(last_id), 0) AS last FROM journal_seal")
    let last = try sealed?.int("last") ?? 0
    journalEntries = try Int(db.number("SELECT count(*) AS n FROM journal WHERE id > \(last)")) + (sealed?.count("n") ?? 0)
    seals = try Journal.sealCount(db)
    lastSeal = try Journal.seals(limit: 1, db).first
    jobs = try Jobs.tally(db)
    overdueJobs = Int(try db.number("SELECT count(*) AS n FROM job WHERE state = 'waiting' AND run_at <= \(now)"))
    oldestDue = try db.first("SELECT min(run_at) AS at FROM job WHERE state = 'waiting' AND run_at <= \(now)")?.optionalMoment("at")
    heartbeat = try Heartbeat.last(db)
    migrations = Int(try db.number("SELECT count(*) AS n FROM migration"))
  }
  /// Bytes on disk, with indexes.
  public static func bytes(_ db: any Reader) throws -> Int64 { try db.number(db.dialect.size) }
  public func workerIsLate(at now: Moment) -> Bool { heartbeat.map { now.milliseconds(since: $0) > Heartbeat.late } ?? true }
}

extension Jobs {
  /// One kind's jobs that are not done.
  public struct Line: Sendable, Equatable {
    public let kind: String
    public let counts: [Job.State: Int]
    /// Since when the oldest waiting one is due; nil when none is due yet.
    public let oldestDue: Moment?
  }
  /// By kind, in the order of their names.
  public static func queue(at now: Moment, _ db: any Reader) throws -> [Line] {
    var counts: [String: [Job.State: Int]] = [:]
    var oldest: [String: Moment] = [:]
    for row in try db.all(
      "SELECT kind, state, count(*) AS n, min(run_at) AS at FROM job WHERE state IN ('waiting', 'running', 'dead') GROUP BY kind, state")
    {
      let (kind, state): (String, Job.State) = (try row.text("kind"), try row.choice("state"))
      counts[kind, default: [:]][state] = try row.count("n")
      if state == .waiting, let at = try row.optionalMoment("at"), at <= now { oldest[kind] = at }
    }
    return counts.map { Line(kind: $0, counts: $1, oldestDue: oldest[$0]) }.sorted { $0.kind < $1.kind }
  }
  /// For the page of the system administrator: newest first, `before` being the last id already shown.
  public static func page(state: Job.State?, kind: String? = nil, before: Int64? = nil, limit: Int = 50, _ db: any Reader) throws -> [Job] {
    var conditions: [Query] = []
    if let state { conditions.append("state = \(state)") }
    if let kind { conditions.append("kind = \(kind)") }
    if let before { conditions.append("id < \(before)") }
    return try db.all("SELECT * FROM job WHERE \(conditions.conjunction) ORDER BY id DESC LIMIT \(limit)").map(job)
  }
  /// How many there are of each state, counted up to `cap`.
  public static func tally(cap: Int = 100_000, _ db: any Reader) throws -> [Job.State: Int] {
    var out: [Job.State: Int] = [:]
    for state in Job.State.allCases {
      out[state] = Int(try db.number("SELECT count(*) AS n FROM (SELECT id FROM job WHERE state = \(state) LIMIT \(cap)) x"))
    }
    return out
  }
}

import Foundation
import Kernel

/// One process at work on a store, under a number of its own that goes into every identifier it hands out.
public struct Node: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    case serve, work
    /// A command that ends by itself.
    case command
    public var chinese: String {
      switch self {
      case .serve: "网页和接口"
      case .work: "后台作业"
      case .command: "一次性命令"
      }
    }
  }
  public let number: Int
  public let kind: Kind
  public let host: String
  public let pid: Int64
  public let version: String
  /// Steps of the schema that its program knows.
  public let steps: Set<String>
  public let isLeading: Bool
  public let startedAt: Moment
  /// Milliseconds since its last sign of life.
  public let silence: Int64
  /// It took its leave, or was silent for longer than its lease.
  public let isGone: Bool
}

/// The register of processes: numbers are lent for a lease, renewed while the process lives, and given back when it ends.
public enum Nodes {
  /// What is lent. The rest of the 512 belongs to loaders of past reports.
  public static let numbers = 0..<500
  /// Milliseconds without a sign of life after which a process counts as dead.
  public static let lease: Int64 = 30_000
  /// Milliseconds for which a dead process's number is lent to nobody: it may only have stood still.
  static let quarantine: Int64 = 3_600_000

  public static let migration = Migration(
    "house-002",
    [
      """
      CREATE TABLE node (number integer primary key, kind text NOT NULL, host text NOT NULL, pid bigint NOT NULL, version text NOT NULL,
        steps text NOT NULL, keys text NOT NULL, holder text NOT NULL, leads bigint NOT NULL, started_at bigint NOT NULL,
        seen_at bigint NOT NULL, left_at bigint, CHECK (kind IN ('serve', 'work', 'command')))
      """
    ])

  /// What a process says of itself.
  public struct Card: Sendable {
    public let kind: Node.Kind
    public let version: String
    public let steps: [String]
    /// By which it is seen whether two processes have the same keys; tells nothing of them.
    public let keys: String
    let host: String
    let pid: Int64
    public init(kind: Node.Kind, version: String, steps: [String], keys: String) {
      self.kind = kind
      self.version = version
      self.steps = steps
      self.keys = keys
      host = ProcessInfo.processInfo.hostName
      pid = Int64(ProcessInfo.processInfo.processIdentifier)
    }
  }

  /// Takes a free number, going round, so that one is lent again only long after.
  /// - Parameter holder: a word that only this process has.
  /// - Throws: `StorageError.tooNew` when the store was contracted by a newer program; `Refusal` `storage-other-keys`, `storage-nodes-full`.
  static func take(_ card: Card, holder: String, at now: Moment, _ db: any Writer) throws -> Int {
    let strange = try Migrator.strange(to: Set(card.steps), db)
    guard strange.isEmpty else { throw StorageError.tooNew(strange) }
    let living = try living(at: now, db)
    // An embedded store is used on one machine; what a restored one says of others is past.
    if db.dialect.isShared,
      let other = try db.first(
        "SELECT number, host FROM node WHERE number IN (\(list: living.map(\.number))) AND keys <> \(card.keys) LIMIT 1")
    {
      throw Refusal(
        .conflict, "storage-other-keys",
        "这台主机的身份密钥和正在运行的另一台（\(try other.text("host"))）不同。各台主机的 store.folder 与 store.keys 要指向同一份，请检查共享目录后再启动。")
    }
    let present = db.dialect.present(now)
    let kept = Set(
      try db.all("SELECT number FROM node WHERE left_at IS NULL AND seen_at >= \(present) - \(quarantine)").map { try $0.count("number") })
    let first = Int(try Counter.next("node", db)) % numbers.count
    let round = numbers.map { (first + $0) % numbers.count }
    guard let number = round.first(where: { !kept.contains($0) }) ?? round.first(where: { n in !living.contains { $0.number == n } }) else {
      throw Refusal(.unavailable, "storage-nodes-full", "同时运行的程序已达 \(numbers.count) 个，请先停止不用的。")
    }
    try db.run(
      """
      INSERT INTO node (number, kind, host, pid, version, steps, keys, holder, leads, started_at, seen_at, left_at)
      VALUES (\(number), \(card.kind), \(card.host), \(card.pid), \(card.version), \(card.steps.joined(separator: " ")), \(card.keys), \(holder), 0,
        \(present), \(present), NULL)
      ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, host = excluded.host, pid = excluded.pid, version = excluded.version,
        steps = excluded.steps, keys = excluded.keys, holder = excluded.holder, leads = excluded.leads,
        started_at = excluded.started_at, seen_at = excluded.seen_at, left_at = NULL
      """)
    return number
  }
  /// - Returns: false when the number is another's by now.
  static func renew(_ number: Int, holder: String, leading: Bool, at now: Moment, _ db: any Writer) throws -> Bool {
    try db.run(
      """
      UPDATE node SET seen_at = \(db.dialect.present(now)), leads = \(leading)
      WHERE number = \(number) AND holder = \(holder) AND left_at IS NULL
      """) == 1
  }
  static func leave(_ number: Int, holder: String, at now: Moment, _ db: any Writer) throws {
    try db.run("UPDATE node SET left_at = \(db.dialect.present(now)), leads = 0 WHERE number = \(number) AND holder = \(holder)")
  }

  public static func living(at now: Moment, _ db: any Reader) throws -> [Node] { try all(at: now, db).filter { !$0.isGone } }

  /// Servers and workers that fell silent within the last `hours` without taking their leave, and were not started again since.
  public static func lost(within hours: Int64 = 24, at now: Moment, _ db: any Reader) throws -> [Node] {
    let all = try all(at: now, db)
    return all.filter { node in
      node.isGone && node.kind != .command && node.silence < hours * 3_600_000
        && !all.contains { !$0.isGone && $0.kind == node.kind && $0.host == node.host && $0.startedAt > node.startedAt }
    }
  }

  private static func all(at now: Moment, _ db: any Reader) throws -> [Node] {
    let present = db.dialect.present(now)
    return try db.all("SELECT node.*, \(present) - seen_at AS silence FROM node WHERE left_at IS NULL ORDER BY started_at").map { row in
      let silence = max(0, try row.int("silence"))
      return Node(
        number: try row.count("number"), kind: try row.choice("kind"), host: try row.text("host"), pid: try row.int("pid"),
        version: try row.text("version"), steps: Set(try row.text("steps").split(separator: " ").map(String.init)),
        isLeading: try row.bool("leads"), startedAt: try row.moment("started_at"), silence: silence, isGone: silence > lease)
    }
  }

  public static let contractWaits = "storage-contract-waits"
  /// Why a contract step has to wait.
  static func stillThere(_ older: [Node]) -> Refusal {
    let names = older.map { "\($0.host) 上的\($0.kind.chinese)（进程 \($0.pid)，版本 \($0.version)）" }.joined(separator: "、")
    return Refusal(
      .conflict, contractWaits,
      "还有旧版本的程序在用这个库：\(names)。收缩库结构会让它们出错，没有做任何改动。请先把它们换成新版本或停止，等 \(lease / 1000) 秒后再运行。")
  }
}

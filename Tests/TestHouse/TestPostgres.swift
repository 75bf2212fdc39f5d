import Foundation
import Kernel
import Logging
import Storage
import StoragePostgres
import Synchronization

/// The server of the tests: `LONGTANG_TEST_POSTGRES` holds a connection string of somebody who may create databases there
/// (`scripts/test-postgres.sh start` prints one). With it every test house stands on PostgreSQL, without it on SQLite.
public enum TestPostgres {
  public static let conninfo = ProcessInfo.processInfo.environment["LONGTANG_TEST_POSTGRES"].flatMap { $0.isEmpty ? nil : $0 }
  public static var isThere: Bool { conninfo != nil }

  /// Says little: a test that breaks connections on purpose would fill the output.
  public static let quiet: Logger = {
    var logger = Logger(label: "test.postgres")
    logger.logLevel = .critical
    return logger
  }()

  /// A database of its own. When nobody holds it any more it is emptied for the next test.
  public final class Database: Sendable {
    public let name: String
    public let target: PostgresTarget
    private let shelf: Shelf?
    init(_ name: String, shelf: Shelf?) throws {
      self.name = name
      self.shelf = shelf
      target = try TestPostgres.target(name)
    }
    /// On another server than that of the tests; goes with it.
    init(_ name: String, at target: PostgresTarget) {
      (self.name, self.target, shelf) = (name, target, nil)
    }
    public func store(readers: Int = 2, patience: PostgresPatience = PostgresPatience()) throws -> PostgresStore {
      try PostgresStore(target, readers: readers, patience: patience, logger: TestPostgres.quiet)
    }
    deinit {
      // One that was made for a single test stays: to drop it, the server would sync all it has. They go with the server.
      guard let shelf else { return }
      let name = name
      Task {
        do { try await shelf.takeBack(name) } catch { print("could not clear \(name): \(error)") }
      }
    }
  }

  public static func target(_ database: String? = nil) throws -> PostgresTarget {
    try PostgresTarget((conninfo ?? "") + (database.map { " dbname=\($0)" } ?? ""))
  }
  /// Statements of the administrator, outside of any transaction.
  public static func errand(_ statements: String...) throws { try PostgresErrand.run(target(), statements) }
  /// What the server answers, asked outside every database of a test.
  public static func asked(_ statement: String) throws -> [ResultRow] { try PostgresErrand.run(target(), [statement]) }

  /// An empty database.
  public static func empty(_ options: String = "") throws -> Database {
    let name = fresh()
    try errand("CREATE DATABASE \(name) \(options)")
    return try Database(name, shelf: nil)
  }
  /// A database with these migrations applied and nothing else in it.
  public static func database(_ migrations: [Migration], at now: Moment) async throws -> Database {
    let key = migrations.map(\.text).joined()
    let shelf = shelves.withLock { shelves in
      if let shelf = shelves[key] { return shelf }
      let shelf = Shelf(migrations, now)
      shelves[key] = shelf
      return shelf
    }
    return try Database(try await shelf.take(), shelf: shelf)
  }
  private static let shelves = Mutex<[String: Shelf]>([:])
  static func fresh() -> String { "t" + UUID().uuidString.lowercased().replacing("-", with: "") }

  /// Databases of one schema. To make one costs some hundred files to be synced, to empty one a few milliseconds.
  actor Shelf {
    private let migrations: [Migration]
    private let now: Moment
    private var template: Task<(name: String, shape: String), any Error>?
    private var free: [String] = []
    private var lent = 0
    /// So many tests at once are enough for the machine; but one that needs several houses is not kept waiting for long.
    static let enough = 8

    init(_ migrations: [Migration], _ now: Moment) {
      self.migrations = migrations
      self.now = now
    }

    func take() async throws -> String {
      for _ in 0..<100 where free.isEmpty && lent >= Self.enough { try await Task.sleep(for: .milliseconds(30)) }
      lent += 1
      if let name = free.popLast() { return name }
      return try await copy()
    }

    func takeBack(_ name: String) async throws {
      lent -= 1
      // What the test left running must not write into the next one's tables.
      try errand("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'")
      // One whose test took further steps of migration is not what the next test asks for.
      guard let made = try await template?.value, try Self.shape(name) == made.shape else { return }
      let tables = try PostgresErrand.run(
        try target(name), ["SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"]
      ).map { try $0.text("name") }.filter { $0 != "migration" }
      // Without triggers the order does not matter.
      try PostgresErrand.run(
        try target(name), [(["SET session_replication_role = replica"] + tables.map { "DELETE FROM \($0)" }).joined(separator: ";")])
      free.append(name)
    }

    /// The steps a database says it has taken, and its columns as they are.
    private static func shape(_ name: String) throws -> String {
      let target = try target(name)
      let steps = try PostgresErrand.run(target, ["SELECT id AS word FROM migration ORDER BY id"])
      let columns = try PostgresErrand.run(
        target,
        [
          """
          SELECT format('%s.%s %s %s', c.relname, a.attname, a.atttypid::regtype, a.attnotnull) AS word
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          WHERE c.relkind IN ('r', 'i') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1
          """
        ])
      return try (steps + columns).map { try $0.text("word") }.joined(separator: "\n")
    }

    private func copy() async throws -> String {
      let task =
        template
        ?? Task { [migrations, now] in
          let name = fresh()
          try errand("CREATE DATABASE \(name)")
          let store = try PostgresStore(try target(name), readers: 1, logger: quiet)
          try await Migrator.migrate(store, migrations, at: now)
          try await store.close()
          return (name, try Self.shape(name))
        }
      template = task
      let template = try await task.value.name
      let name = fresh()
      try errand("CREATE DATABASE \(name) TEMPLATE \(template)")
      return name
    }
  }
}

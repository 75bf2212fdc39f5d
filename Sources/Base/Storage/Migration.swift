import Kernel

/// One numbered, forward-only step of the schema. Named room first: `matters-001`.
///
/// Column types are `integer primary key`, `bigint`, `double precision`, `text`, `blob`; booleans are bigint 0/1.
public struct Migration: Sendable {
  public let id: String
  public let statements: [String]
  public let searchTables: [String]
  /// - Parameter searchTables: full-text tables to create, which each engine does in its own way.
  public init(_ id: String, _ statements: [String], searchTables: [String] = []) {
    self.id = id
    self.statements = statements
    self.searchTables = searchTables
  }
}

public enum Migrator {
  static let table = "CREATE TABLE IF NOT EXISTS migration (id text PRIMARY KEY, applied_at bigint NOT NULL)"

  /// What this store has been brought to.
  public static func applied(_ db: any Reader) throws -> Set<String> {
    Set(try db.all("SELECT id FROM migration").map { try $0.text("id") })
  }

  /// Brings a store up to the program's schema; refuses one that is newer.
  /// - Parameter more: done in the same transaction.
  public static func migrate(
    _ store: any Store, _ migrations: [Migration], at now: Moment, more: @Sendable @escaping (any Writer) throws -> Void = { _ in }
  ) async throws {
    try await store.write { db in
      for statement in db.dialect.beforeLongWork { try db.run("\(raw: statement)") }
      try db.run("\(raw: db.dialect.ddl(table))")
      let applied = try Self.applied(db)
      let unknown = applied.subtracting(migrations.map(\.id))
      guard unknown.isEmpty else { throw StorageError.tooNew(unknown.sorted()) }
      for migration in migrations where !applied.contains(migration.id) {
        do { try apply(migration, db) } catch StorageError.other(let reason) { throw StorageError.migration(migration.id, reason) }
        try db.run("INSERT INTO migration (id, applied_at) VALUES (\(migration.id), \(now))")
      }
      try more(db)
    }
  }
  private static func apply(_ migration: Migration, _ db: any Writer) throws {
    for statement in migration.statements { try db.run("\(raw: db.dialect.ddl(statement))") }
    for name in migration.searchTables {
      for statement in db.dialect.searchTable(name) { try db.run("\(raw: statement)") }
    }
  }
}

/// Numbers without gaps or doubles, counted within the caller's transaction.
public enum Counter {
  ///
  /// Two statements and no RETURNING: for SQLite that is a trigger, which opens a statement of its own within the transaction and makes
  /// the full-text index write out what it has gathered, once for every report.
  public static func next(_ name: String, _ db: any Writer) throws -> Int64 {
    try db.run("INSERT INTO counter (name, value) VALUES (\(name), 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1")
    return try db.number("SELECT value FROM counter WHERE name = \(name)")
  }
}

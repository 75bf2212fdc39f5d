import Kernel

/// One numbered, forward-only step of the schema. Named room first: `matters-001`.
///
/// Column types are `integer primary key`, `bigint`, `double precision`, `text`, `blob`; booleans are bigint 0/1. `CREATE PASSING TABLE`
/// makes a table whose rows may be lost with the server and cost no sync to disk.
public struct Migration: Sendable {
  public enum Kind: Sendable {
    /// Adds what older programs do not look at. Runs while they serve.
    case expand
    /// Takes away or narrows what no program of this version uses any more. Runs when the last older one has gone.
    case contract
  }
  public let id: String
  public let kind: Kind
  public let statements: [String]
  public let searchTables: [String]
  /// Full-text tables whose entries get the marks of `SearchWindows`.
  public let searchWindows: [String]
  /// Full-text tables that are written to all day, entry by entry.
  public let searchBusy: [String]
  /// Marks for entries that are there, see `TextSearch.mark`.
  public let searchMarks: [(table: String, rows: String)]
  /// - Parameter searchTables: full-text tables to create, which each engine does in its own way.
  public init(
    _ id: String, kind: Kind = .expand, _ statements: [String], searchTables: [String] = [], searchWindows: [String] = [],
    searchBusy: [String] = [], searchMarks: [(table: String, rows: String)] = []
  ) {
    self.id = id
    self.kind = kind
    self.statements = statements
    self.searchTables = searchTables
    self.searchWindows = searchWindows
    self.searchBusy = searchBusy
    self.searchMarks = searchMarks
  }
  /// The step as docs/schema.sql keeps it.
  public var text: String {
    var lines = ["-- \(id)"] + statements.map { $0 + ";" }
    lines += searchTables.map { "-- full text: \($0)" }
    lines += searchWindows.map { "-- windows of full text: \($0)" }
    lines += searchBusy.map { "-- full text written to all day: \($0)" }
    lines += searchMarks.map { "-- marks of full text: \($0.table)" }
    return lines.joined(separator: "\n") + "\n\n"
  }
}

/// What a migration did, and what it left for later.
public struct MigrationOutcome: Sendable, Equatable {
  public var applied: [String]
  /// Contract steps that wait until no older process lives.
  public var waiting: [String]
  public init(applied: [String] = [], waiting: [String] = []) {
    self.applied = applied
    self.waiting = waiting
  }
}

public enum Migrator {
  /// Steps of unknown kind count as contracting: better to refuse a store than to misread it.
  static let table =
    "CREATE TABLE IF NOT EXISTS migration (id text PRIMARY KEY, applied_at bigint NOT NULL, contract bigint NOT NULL DEFAULT 1)"
  /// For stores from before steps had a kind.
  static let column = "ALTER TABLE migration ADD COLUMN contract bigint NOT NULL DEFAULT 1"
  /// How often a step is tried that finds a table in use, a second apart.
  static let attempts = 10

  /// What this store has been brought to.
  public static func applied(_ db: any Reader) throws -> Set<String> {
    Set(try db.all("SELECT id FROM migration").map { try $0.text("id") })
  }

  /// Steps of a newer program after which this one must not touch the store. Its expanding steps do no harm.
  public static func strange(to known: Set<String>, _ db: any Reader) throws -> [String] {
    try db.all("SELECT id FROM migration WHERE contract = 1 ORDER BY id").map { try $0.text("id") }.filter { !known.contains($0) }
  }

  /// Brings a store up to the program's schema; refuses one that a newer program has contracted.
  /// - Parameters:
  ///   - waits: leave contract steps for later while a process lives that does not know them; otherwise refuse.
  ///   - more: done in the same transaction.
  /// - Throws: `StorageError.tooNew`; `Refusal` `storage-contract-waits`, with nothing changed.
  @discardableResult
  public static func migrate(
    _ store: any Store, _ migrations: [Migration], waits: Bool = true, at now: Moment,
    more: @Sendable @escaping (any Writer) throws -> Void = { _ in }
  ) async throws -> MigrationOutcome {
    for _ in 1..<attempts {
      do { return try await once(store, migrations, waits, now, more) } catch StorageError.busy { try await Task.sleep(for: .seconds(1)) }
    }
    return try await once(store, migrations, waits, now, more)
  }

  private static func once(
    _ store: any Store, _ migrations: [Migration], _ waits: Bool, _ now: Moment, _ more: @Sendable @escaping (any Writer) throws -> Void
  ) async throws -> MigrationOutcome {
    try await store.write { db in
      for statement in db.dialect.beforeMigration { try db.run("\(raw: statement)") }
      try db.run("\(raw: db.dialect.ddl(table))")
      if try !db.exists(db.dialect.column("contract", of: "migration")) { try db.run("\(raw: db.dialect.ddl(column))") }
      let applied = try Self.applied(db)
      let strange = try Self.strange(to: Set(migrations.map(\.id)), db)
      guard strange.isEmpty else { throw StorageError.tooNew(strange) }
      var outcome = MigrationOutcome()
      let pending = migrations.filter { !applied.contains($0.id) }
      for migration in pending where migration.kind == .expand { try apply(migration, at: now, db, &outcome) }
      let contracts = pending.filter { $0.kind == .contract }
      // By now the table of nodes is there, whatever the store's age.
      let older =
        contracts.isEmpty ? [] : try Nodes.living(at: now, db).filter { node in contracts.contains { !node.steps.contains($0.id) } }
      guard older.isEmpty || waits else { throw Nodes.stillThere(older) }
      for migration in contracts {
        if older.isEmpty { try apply(migration, at: now, db, &outcome) } else { outcome.waiting.append(migration.id) }
      }
      try more(db)
      return outcome
    }
  }

  private static func apply(_ migration: Migration, at now: Moment, _ db: any Writer, _ outcome: inout MigrationOutcome) throws {
    do {
      for statement in migration.statements { try db.run("\(raw: db.dialect.ddl(statement))") }
      for name in migration.searchTables {
        for statement in db.dialect.searchTable(name) { try db.run("\(raw: statement)") }
      }
      for name in migration.searchWindows {
        for statement in db.dialect.searchWindows(name) { try db.run("\(raw: statement)") }
      }
      for name in migration.searchBusy {
        for statement in db.dialect.searchBusy(name) { try db.run("\(raw: statement)") }
      }
      for (table, rows) in migration.searchMarks { try TextSearch.mark(table, rows: "\(raw: rows)", db) }
    } catch StorageError.other(let reason) { throw StorageError.migration(migration.id, reason) }
    try db.run("INSERT INTO migration (id, applied_at, contract) VALUES (\(migration.id), \(now), \(migration.kind == .contract))")
    outcome.applied.append(migration.id)
  }
}

extension Migrator {
  /// The greatest identifier that any row of these tables has, if there is one.
  ///
  /// A process that begins anew must hand out greater ones: where the clock was set back, it would give the same once more, and journal
  /// entries would slip in behind a seal. What lies more than a day ahead comes of a clock that was utterly wrong, and is let be.
  public static func newestIdentifier(_ migrations: [Migration], at now: Moment, _ db: any Reader) throws -> Int64 {
    let tables = migrations.flatMap(\.statements).compactMap { $0.firstMatch(of: /^CREATE TABLE (\w+) \(id integer primary key/)?.1 }
    let bound = IdentifierSource.floor(of: now.adding(hours: 24))
    return try tables.map { try db.number("SELECT COALESCE(max(id), 0) AS n FROM \(raw: String($0)) WHERE id < \(bound)") }.max() ?? 0
  }
}

/// Numbers without gaps or doubles, counted within the caller's transaction.
public enum Counter {
  /// The next number of a name, from 1 on.
  public static func next(_ name: String, _ db: any Writer) throws -> Int64 { try next([name], db)[0] }

  /// The next number of each name, all waited for at once.
  ///
  /// No RETURNING: for SQLite that is a trigger, which opens a statement of its own within the transaction and makes the full-text index
  /// write out what it has gathered, once for every report.
  public static func next(_ names: [String], _ db: any Writer) throws -> [Int64] {
    for name in names {
      try db.later("INSERT INTO counter (name, value) VALUES (\(name), 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1")
    }
    let values = try db.all("SELECT name, value FROM counter WHERE name IN (\(list: names))").reduce(into: [String: Int64]()) {
      $0[try $1.text("name")] = try $1.int("value")
    }
    return try names.map { name in
      guard let value = values[name] else { throw StorageError.corrupted("counter vanished") }
      return value
    }
  }

  /// Numbers for many rows of one transaction, in which nobody else counts: asked for once and written once.
  public struct Run {
    private var last: [String: Int64] = [:]
    public init() {}
    public mutating func next(_ name: String, _ db: any Reader) throws -> Int64 {
      let before = try last[name] ?? db.first("SELECT value FROM counter WHERE name = \(name)")?.int("value") ?? 0
      last[name] = before + 1
      return before + 1
    }
    /// Before anything else in the transaction counts, and before it ends.
    public mutating func write(_ db: any Writer) throws {
      for (name, value) in last.sorted(by: { $0.key < $1.key }) {
        try db.later("INSERT INTO counter (name, value) VALUES (\(name), \(value)) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
      }
      last = [:]
    }
  }
}

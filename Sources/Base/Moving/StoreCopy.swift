import Kernel
import Storage

public enum StoreCopy {
  /// Fills an empty store with all rows of another one as they are at one moment, whoever writes meanwhile. The copy has the steps of the
  /// schema that the other has, and nothing in its search tables: these are made where the copy is put to use.
  /// - Parameter migrations: all that this program knows.
  public static func rows(
    of source: any Store, into target: any Store, migrations: [Migration], search: [SearchSource], at now: Moment,
    progress: @escaping @Sendable (MoveProgress) -> Void
  ) async throws {
    let applied = try await source.read { db in try Migrator.applied(db) }
    let unknown = applied.subtracting(migrations.map(\.id))
    guard unknown.isEmpty else { throw StorageError.tooNew(unknown.sorted()) }
    try await Migrator.migrate(target, migrations.filter { applied.contains($0.id) }, at: now)
    let names = search.map(\.name)
    let (tables, indexes) = try await target.write { db in
      let indexes = try db.all(db.dialect.indexes).map { (name: try $0.text("name"), sql: try $0.text("sql")) }
      for index in indexes { try db.run("DROP INDEX \(raw: index.name)") }
      // Its rows come with the others.
      try db.run("DELETE FROM migration")
      return (try StoreTables.all(db, search: names), indexes)
    }
    try await source.read { db in
      let there = Set(try StoreTables.names(db))
      try RowCarrying(tables: tables.filter { there.contains($0.name) }, search: []).copy(
        from: db, into: { part in Waiting.begin { try await target.writeAlone(part) } }, progress)
    }
    for (done, index) in indexes.enumerated() {
      progress(MoveProgress(stage: .indexes, done: Int64(done), total: Int64(indexes.count)))
      try await target.write { db in try db.run("\(raw: index.sql)") }
    }
  }

  /// Fills search tables that were left empty.
  public static func search(_ sources: [SearchSource], _ db: any Writer, progress: (MoveProgress) -> Void) throws {
    let tables = try StoreTables.all(db, search: sources.map(\.name))
    for source in sources {
      guard let table = tables.first(where: { $0.name == source.table }) else { continue }
      let total = try table.count(db)
      var done: Int64 = 0
      var after: [SQLValue]?
      while case let rows = try table.rows(after: after, limit: RowCarrying.page, db), let last = rows.last {
        try source.add(rows, of: table, db)
        after = table.key(of: last)
        done += Int64(rows.count)
        progress(MoveProgress(stage: .indexes, done: done, total: total))
      }
      try source.mark(db)
    }
  }
}

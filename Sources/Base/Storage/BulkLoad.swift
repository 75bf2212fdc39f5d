import Kernel

/// Filling a store that is only being made: indexes and foreign keys are taken off before and put back after, which is many times as fast as
/// keeping them up row by row.
///
/// Should the process die between, the store stays without them; so it is for stores that would be made anew then.
public enum BulkLoad {
  /// - Parameter building: told before each index, with how many are there again and how many there are in all.
  public static func withoutIndexes(
    of tables: [String], in store: any Store, building: @Sendable (_ statement: String, _ done: Int, _ all: Int) -> Void = { _, _, _ in },
    _ body: () async throws -> Void
  ) async throws {
    let restore = try await store.write { db in try takeOff(tables, db) }
    try await body()
    for (done, statement) in restore.enumerated() {
      building(statement, done, restore.count)
      try await atLength(store) { db in
        for setting in db.dialect.beforeIndexing { try db.run("\(raw: setting)") }
        try db.run("\(raw: statement)")
      }
    }
    try await atLength(store) { db in
      for statement in db.dialect.afterLoading { try db.run("\(raw: statement)") }
    }
  }

  /// - Returns: the statements that put it back, references last.
  private static func takeOff(_ tables: [String], _ db: any Writer) throws -> [String] {
    var restore: [String] = []
    for index in try db.all(db.dialect.indexes) where tables.contains(try index.text("holder")) {
      try db.run("DROP INDEX \(raw: index.text("name"))")
      restore.append(try index.text("sql"))
    }
    for reference in try db.dialect.references.map({ try db.all($0) }) ?? [] where tables.contains(try reference.text("holder")) {
      let (holder, name) = (try reference.text("holder"), try reference.text("name"))
      try db.run("ALTER TABLE \(raw: holder) DROP CONSTRAINT \(raw: name)")
      restore.append("ALTER TABLE \(holder) ADD CONSTRAINT \(name) \(try reference.text("definition"))")
    }
    return restore
  }

  /// A transaction whose statements may take longer than a page has patience for. Nobody else writes meanwhile.
  public static func atLength(_ store: any Store, _ body: @Sendable @escaping (any Writer) throws -> Void) async throws {
    try await store.writeAlone { db in
      for setting in db.dialect.beforeLongWork { try db.run("\(raw: setting)") }
      try body(db)
    }
  }
}

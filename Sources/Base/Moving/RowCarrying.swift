import Storage

/// Copies all rows of a store, table by table in the order of their keys, a page to a transaction.
struct RowCarrying: Sendable {
  let tables: [StoreTable]
  let search: [SearchSource]
  /// Rows of a page: some megabytes of the largest table.
  static let page = 2000

  func sources(of table: StoreTable) -> [SearchSource] { search.filter { $0.table == table.name } }

  /// While the office works: every page is another moment, and what changes behind it is mended at the end.
  func copy(from source: any Store, to target: any Store, _ progress: @escaping @Sendable (MoveProgress) -> Void) async throws {
    let tables = tables
    let total = try await source.read { db in try tables.reduce(Int64(0)) { $0 + (try $1.count(db)) } }
    var done: Int64 = 0
    for table in tables {
      let sources = sources(of: table)
      var (after, isDone) = try await target.read { db in try MoveLedger.place(in: table.name, db) }
      if after != nil { done += try await target.read { db in try table.count(db) } }
      var writing: Task<Void, any Error>?
      while !isDone {
        let from = after
        let rows = try await source.read { db in try table.rows(after: from, limit: Self.page, db) }
        // The next page is read while this one is being written.
        try await writing?.value
        isDone = rows.count < Self.page
        after = rows.last.map(table.key) ?? after
        let (last, end) = (after, isDone)
        writing = Task {
          try await target.writeAlone { db in
            try Self.add(rows, to: table, sources, db)
            try MoveLedger.set(table.name, after: last, isDone: end, db)
          }
        }
        done += Int64(rows.count)
        progress(MoveProgress(stage: .rows, done: done, total: max(total, done)))
      }
      try await writing?.value
    }
  }

  /// All at one moment, from a snapshot at hand into a file that nobody else knows.
  /// - Parameter begin: begins to write and goes on; what it returns waits for the end.
  func copy(
    from db: any Reader, into begin: (@escaping @Sendable (any Writer) throws -> Void) -> () throws -> Void,
    _ progress: (MoveProgress) -> Void
  ) throws {
    let total = try tables.reduce(Int64(0)) { $0 + (try $1.count(db)) }
    var done: Int64 = 0
    var written: () throws -> Void = {}
    do {
      for table in tables {
        let sources = sources(of: table)
        var after: [SQLValue]?
        while true {
          // Read while the page before is being written.
          let rows = try table.rows(after: after, limit: Self.page, db)
          let before = written
          written = {}
          try before()
          if !rows.isEmpty { written = begin { db in try Self.add(rows, to: table, sources, db) } }
          done += Int64(rows.count)
          progress(MoveProgress(stage: .rows, done: done, total: max(total, done)))
          guard rows.count == Self.page, let last = rows.last else { break }
          after = table.key(of: last)
        }
      }
    } catch {
      // Nobody may close the file under a page.
      try? written()
      throw error
    }
    try written()
  }

  static func add(_ rows: [[SQLValue]], to table: StoreTable, _ sources: [SearchSource], _ db: any Writer) throws {
    if rows.isEmpty { return }
    try db.insert(rows, into: table.name, columns: table.columns)
    for source in sources { try source.add(rows, of: table, db) }
  }
}

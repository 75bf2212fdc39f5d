import Storage

/// A column whose values name files of the vault.
public typealias FileColumn = (table: String, column: String)

public enum ReferredFiles {
  /// Every file the store refers to, once each and in the order of the names, in handfuls. A store of an older program may lack some columns.
  /// - Parameter ask: carries out one query; each may see another moment.
  public static func each(
    _ columns: [FileColumn], in tables: [StoreTable], ask: (Query) async throws -> [ResultRow], _ body: ([String]) async throws -> Void
  ) async throws {
    var page = Page(columns, in: tables)
    while let query = page.next, try await page.turn(ask(query)) { try await body(page.names) }
  }
  /// The same where the store is at hand, as within a transaction.
  public static func each(
    _ columns: [FileColumn], in tables: [StoreTable], askNow: (Query) throws -> [ResultRow], _ body: ([String]) throws -> Void
  ) throws {
    var page = Page(columns, in: tables)
    while let query = page.next, try page.turn(askNow(query)) { try body(page.names) }
  }

  private struct Page {
    let columns: [FileColumn]
    var names: [String] = []
    private var last = ""
    static let size = 5000
    init(_ columns: [FileColumn], in tables: [StoreTable]) {
      self.columns = columns.filter { column in tables.contains { $0.name == column.table && $0.columns.contains(column.column) } }
    }
    /// Nil where no column names a file.
    var next: Query? {
      guard !columns.isEmpty else { return nil }
      var query: Query = "SELECT sha256 FROM ("
      for (index, column) in columns.enumerated() {
        if index > 0 { query += " UNION " }
        // Each column gives what may be among the next ones, from its index.
        query += """
          SELECT sha256 FROM (SELECT DISTINCT \(raw: column.column) AS sha256 FROM \(raw: column.table)
            WHERE \(raw: column.column) > \(last) ORDER BY sha256 LIMIT \(Self.size)) \(raw: "x\(index)")
          """
      }
      return query + ") y ORDER BY sha256 LIMIT \(Self.size)"
    }
    mutating func turn(_ rows: [ResultRow]) throws -> Bool {
      names = try rows.map { try $0.text("sha256") }
      guard let end = names.last else { return false }
      last = end
      return true
    }
  }
}

/// A table as the engine's catalogue has it.
public struct StoreTable: Sendable, Equatable {
  public let name: String
  public let columns: [String]
  /// The columns of its primary key, in the order of the key.
  public let key: [String]
  /// Where those stand among the columns.
  public let keyPlaces: [Int]

  init(name: String, columns: [(name: String, place: Int)]) {
    self.name = name
    self.columns = columns.map(\.name)
    let inOrder = columns.enumerated().filter { $0.element.place > 0 }.sorted { $0.element.place < $1.element.place }
    key = inOrder.map(\.element.name)
    keyPlaces = inOrder.map(\.offset)
  }
  public func key(of row: [SQLValue]) -> [SQLValue] { keyPlaces.map { row[$0] } }

  /// Rows in the order of the key, which is the same on both engines, after one key and up to another.
  public func rows(after: [SQLValue]?, through: [SQLValue]? = nil, limit: Int?, _ db: any Reader) throws -> [[SQLValue]] {
    var conditions: [Query] = []
    if let after { conditions.append("\(raw: keyList) > \(tuple(after))") }
    if let through { conditions.append("\(raw: keyList) <= \(tuple(through))") }
    var query: Query =
      "SELECT \(raw: columns.map(Self.quoted).joined(separator: ", ")) FROM \(raw: Self.quoted(name)) WHERE \(conditions.conjunction)"
    query += " ORDER BY \(raw: key.map(Self.quoted).joined(separator: ", "))"
    if let limit { query += " LIMIT \(raw: String(limit))" }
    return try db.all(query).map(\.cells)
  }
  public func remove(_ key: [SQLValue], _ db: any Writer) throws {
    try db.run("DELETE FROM \(raw: Self.quoted(name)) WHERE \(raw: keyList) = \(tuple(key))")
  }
  public func count(_ db: any Reader) throws -> Int64 { try db.number("SELECT count(*) AS n FROM \(raw: Self.quoted(name))") }

  /// Names come from the catalogue, yet some are also words of the language.
  static func quoted(_ name: String) -> String { "\"\(name)\"" }
  private var keyList: String {
    let names = key.map(Self.quoted)
    return names.count == 1 ? names[0] : "(\(names.joined(separator: ", ")))"
  }
  private func tuple(_ values: [SQLValue]) -> Query {
    if values.count == 1 { return "\(values[0])" }
    return "(\(list: values))"
  }
}

public enum StoreTables {
  public static func names(_ db: any Reader) throws -> [String] { try db.all(db.dialect.tables).map { try $0.text("name") } }
  /// Every table whose rows belong to the store: not what the engines keep for full-text search, nor what is said of running processes.
  public static func all(_ db: any Reader, search: [String] = []) throws -> [StoreTable] {
    try names(db).filter { !House.passingTables.contains($0) }.filter { name in !search.contains { name == $0 || name.hasPrefix($0 + "_") }
    }
    .map { name in
      StoreTable(
        name: name, columns: try db.all(db.dialect.columns(of: name)).map { (try $0.text("name"), try $0.count("place")) })
    }
  }
}

/// Where the words of a full-text table come from, so that it can be made anew for the other engine.
public struct SearchSource: Sendable {
  /// The full-text table.
  public let name: String
  /// The table whose rows it finds, by `id`.
  public let table: String
  let text: @Sendable (ResultRow) throws -> String
  private var marks: [String] = []
  public init(_ name: String, of table: String, text: @escaping @Sendable (ResultRow) throws -> String) {
    self.name = name
    self.table = table
    self.text = text
  }
  /// With the marks that other tables' rows give its entries.
  /// - Parameter rows: queries as for `TextSearch.mark`.
  public func marked(by rows: [String]) -> SearchSource {
    var source = self
    source.marks = rows
    return source
  }

  /// Gives the entries their marks, once all tables are there. What is marked already stays as it is.
  public func mark(_ db: any Writer) throws {
    for rows in marks { try TextSearch.mark(name, rows: "\(raw: rows)", db) }
  }

  public func add(_ rows: [[SQLValue]], of table: StoreTable, _ db: any Writer) throws {
    let columns = ResultColumns(table.columns)
    let entries = try rows.map { cells in
      let row = ResultRow(columns: columns, values: cells)
      return TextSearch.row(id: try row.int("id"), words: TextSearch.words(try text(row)), marks: [], in: db.dialect)
    }
    try db.insert(entries, into: name, columns: TextSearch.columns(db.dialect))
  }
  public func remove(_ cells: [SQLValue], of table: StoreTable, _ db: any Writer) throws {
    let row = ResultRow(columns: ResultColumns(table.columns), values: cells)
    try db.run(db.dialect.searchEntryRemoval(name, id: try row.int("id"), tokens: TextSearch.words(try text(row))))
  }
}

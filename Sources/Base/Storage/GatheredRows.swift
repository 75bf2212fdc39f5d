/// How rows of a table are given: which table, and its columns in their order.
public struct RowShape: Sendable {
  public enum Kind: Sendable {
    /// A new row.
    case row
    /// A row that may be there already and is left as it is then.
    case once
    /// An entry of `TextSearch`.
    case search
  }
  public let table: String
  public let columns: [String]
  let kind: Kind
  /// The columns as a statement names them.
  let names: String

  public init(_ table: String, _ columns: [String], _ kind: Kind = .row) {
    (self.table, self.columns, self.kind) = (table, columns, kind)
    names = columns.joined(separator: ", ")
  }
  /// - Parameter columns: separated by white space.
  public init(_ table: String, _ columns: String, _ kind: Kind = .row) {
    self.init(table, columns.split(whereSeparator: \.isWhitespace).map(String.init), kind)
  }
}

/// A long write whose new rows are gathered and written table by table: a table's indexes stay in the processor's cache then, and a
/// statement is prepared once for a thousand rows. Row by row the embedded store took a quarter longer for a file of the hotline.
///
/// What is gathered is written before anything is read and before any other statement, so a body notices nothing; a row that the store
/// refuses shows only then, or when the writer settles.
public final class GatheredRows: Writer {
  private let db: any Writer
  private let order: [String]
  private var gathered: [String: (shape: RowShape, rows: [[SQLValue]])] = [:]

  /// - Parameter order: tables in the order in which they refer to each other; rows of others are not gathered.
  public init(_ db: any Writer, order: [String]) {
    self.db = db
    self.order = order
  }

  public var dialect: Dialect { db.dialect }
  public func all(_ query: Query) throws -> [ResultRow] {
    try write()
    return try db.all(query)
  }
  @discardableResult public func run(_ query: Query) throws -> Int {
    try write()
    return try db.run(query)
  }
  public func later(_ query: Query) throws {
    try write()
    try db.later(query)
  }
  public func later(_ row: [SQLValue], into shape: RowShape) throws {
    guard order.contains(shape.table) else {
      try write()
      return try db.later(row, into: shape)
    }
    gathered[shape.table, default: (shape, [])].rows.append(row)
  }
  public func insert(_ rows: [[SQLValue]], into table: String, columns: [String]) throws {
    try write()
    try db.insert(rows, into: table, columns: columns)
  }
  public func settle() throws {
    try write()
    try db.settle()
  }

  /// Fewer rows than this are as well written one by one: over a line these need no waiting.
  private static let many = 8

  private func write() throws {
    if gathered.isEmpty { return }
    defer { gathered = [:] }
    for table in order {
      guard let (shape, rows) = gathered[table] else { continue }
      switch shape.kind {
      case .once: for row in Set(rows) { try db.later(row, into: shape) }
      case .row, .search:
        if rows.count < Self.many {
          for row in rows { try db.later(row, into: shape) }
        } else {
          try db.insert(rows, into: table, columns: shape.columns)
        }
      }
    }
  }
}

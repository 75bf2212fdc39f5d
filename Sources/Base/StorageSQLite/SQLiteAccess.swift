import Foundation
import GRDB
import GRDBSQLite
import Kernel
import Storage

/// Our statements on one GRDB connection.
///
/// GRDB keeps the connections and the prepared statements; values are bound and read directly, because its general arguments and rows
/// cost as much again as SQLite itself for the short statements of which a report takes two dozen.
struct SQLiteAccess: Writer {
  let db: Database
  var dialect: Dialect { .sqlite }

  func all(_ query: Query) throws -> [ResultRow] {
    var (statement, columns) = try prepare(query)
    defer { sqlite3_reset(statement) }
    var out: [ResultRow] = []
    var width = sqlite3_column_count(statement)
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW:
        // A column was added since: SQLite has prepared the statement anew, and what stood behind `*` has moved.
        if out.isEmpty, sqlite3_column_count(statement) != columns.names.count {
          width = sqlite3_column_count(statement)
          columns = ResultColumns((0..<width).map { sqlite3_column_name(statement, $0).map(String.init(cString:)) ?? "" })
        }
        out.append(ResultRow(columns: columns, values: (0..<width).map { SQLValue(statement, column: $0) }))
      case SQLITE_DONE: return out
      default: throw failure
      }
    }
  }

  func each(_ query: Query, _ body: (any PassingRow) throws -> Void) throws {
    let (statement, columns) = try prepare(query)
    defer { sqlite3_reset(statement) }
    let row = SQLiteRow(statement: statement, columns: columns)
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: try body(row)
      case SQLITE_DONE: return
      default: throw failure
      }
    }
  }

  func run(_ query: Query) throws -> Int {
    let (statement, _) = try prepare(query)
    defer { sqlite3_reset(statement) }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: continue
      case SQLITE_DONE: return db.changesCount
      default: throw failure
      }
    }
  }

  func insert(_ rows: [[SQLValue]], into table: String, columns: [String]) throws {
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let places = [String](repeating: "?", count: columns.count).joined(separator: ", ")
    do {
      let statement = try db.cachedStatement(sql: "INSERT INTO \"\(table)\" (\(names)) VALUES (\(places))").sqliteStatement
      defer { sqlite3_reset(statement) }
      for row in rows {
        guard row.count == columns.count else { throw StorageError.other("\(row.count) values for \(columns.count) columns") }
        sqlite3_reset(statement)
        for (index, value) in row.enumerated() where value.bind(to: statement, at: Int32(index + 1)) != SQLITE_OK { throw failure }
        guard sqlite3_step(statement) == SQLITE_DONE else { throw failure }
      }
    } catch let error as DatabaseError {
      throw storageError(error)
    }
  }

  private func prepare(_ query: Query) throws -> (SQLiteStatement, ResultColumns) {
    let (sql, values) = query.rendered { _ in "?" }
    do {
      let cached = try db.cachedStatement(sql: sql)
      let statement = cached.sqliteStatement
      guard sqlite3_bind_parameter_count(statement) == values.count else {
        throw StorageError.other("\(values.count) values for \(sqlite3_bind_parameter_count(statement)) places")
      }
      for (index, value) in values.enumerated() where value.bind(to: statement, at: Int32(index + 1)) != SQLITE_OK { throw failure }
      return (statement, ResultColumns(cached.columnNames))
    } catch let error as DatabaseError {
      throw storageError(error)
    }
  }

  private var failure: StorageError {
    let code = sqlite3_extended_errcode(db.sqliteConnection)
    return storageError(DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage))
  }
}

/// The row on which a statement stands.
private struct SQLiteRow: PassingRow {
  let statement: SQLiteStatement
  let columns: ResultColumns

  func int(_ place: Int) throws -> Int64? {
    switch sqlite3_column_type(statement, Int32(place)) {
    case SQLITE_INTEGER: return sqlite3_column_int64(statement, Int32(place))
    case SQLITE_NULL: return nil
    default: throw StorageError.decoding("\(columns.names[place]) is not a whole number")
    }
  }
  func withBytes<T>(_ place: Int, _ body: (UnsafeRawBufferPointer) throws -> T) throws -> T? {
    switch sqlite3_column_type(statement, Int32(place)) {
    case SQLITE_TEXT, SQLITE_BLOB:
      let start = sqlite3_column_blob(statement, Int32(place))
      return try body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, Int32(place)))))
    case SQLITE_NULL: return nil
    default: throw StorageError.decoding("\(columns.names[place]) is neither text nor bytes")
    }
  }
}

extension SQLValue {
  /// SQLite copies what it is given: the values may be gone before the statement is stepped.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  func bind(to statement: SQLiteStatement, at index: Int32) -> Int32 {
    switch self {
    case .null: return sqlite3_bind_null(statement, index)
    case .int(let v): return sqlite3_bind_int64(statement, index, v)
    case .double(let v): return sqlite3_bind_double(statement, index, v)
    case .text(var v):
      return v.withUTF8 { bytes in
        // A nil address would bind NULL where an empty text is meant.
        guard let base = bytes.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, Self.copied) }
        return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          sqlite3_bind_text64(statement, index, $0, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let v):
      if v.isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
      return v.withUnsafeBytes { sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), Self.copied) }
    }
  }

  init(_ statement: SQLiteStatement, column: Int32) {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: self = .int(sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: self = .double(sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
      let bytes = sqlite3_column_text(statement, column)
      self = .text(String(decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))), as: UTF8.self))
    case SQLITE_BLOB:
      let bytes = sqlite3_column_blob(statement, column)
      self = .blob(bytes.map { Data(bytes: $0, count: Int(sqlite3_column_bytes(statement, column))) } ?? Data())
    default: self = .null
    }
  }
}

/// SQLite's codes in the words of the store's interface. Messages name tables and columns, never values.
func storageError(_ error: DatabaseError) -> StorageError {
  let message = error.message ?? ""
  switch error.extendedResultCode {
  case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: return .unique(message)
  case .SQLITE_CONSTRAINT_FOREIGNKEY: return .foreignKey(message)
  case .SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_NOTNULL: return .check(message)
  default: break
  }
  switch error.resultCode {
  case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy
  case .SQLITE_FULL: return .diskFull
  // The index of the write-ahead log could not be made as large as it has to be.
  case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: return .diskFull
  case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
    return .denied("SQLite \(error.extendedResultCode.rawValue): \(message)")
  case .SQLITE_IOERR: return .disk("SQLite \(error.extendedResultCode.rawValue): \(message)")
  case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corrupted(message)
  default: return .other("SQLite \(error.extendedResultCode.rawValue): \(message)")
  }
}

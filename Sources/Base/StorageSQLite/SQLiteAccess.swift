import Foundation
import GRDB
import GRDBSQLite
import Kernel
import Storage

/// Our statements on one GRDB connection.
struct SQLiteAccess: Writer {
  let db: Database
  var dialect: Dialect { .sqlite }

  func all(_ query: Query) throws -> [ResultRow] {
    let (sql, values) = query.rendered { _ in "?" }
    do {
      let statement = try db.cachedStatement(sql: sql)
      statement.arguments = StatementArguments(values.map(\.grdb))
      let columns = ResultColumns(statement.columnNames)
      let width = statement.columnCount
      var out: [ResultRow] = []
      let cursor = try Row.fetchCursor(statement)
      while let row = try cursor.next() {
        var cells: [SQLValue] = []
        cells.reserveCapacity(width)
        for i in 0..<width { cells.append(SQLValue(row[i] as DatabaseValue)) }
        out.append(ResultRow(columns: columns, values: cells))
      }
      return out
    } catch let error as DatabaseError {
      throw storageError(error)
    }
  }

  func run(_ query: Query) throws -> Int {
    let (sql, values) = query.rendered { _ in "?" }
    do {
      let statement = try db.cachedStatement(sql: sql)
      try statement.execute(arguments: StatementArguments(values.map(\.grdb)))
      return db.changesCount
    } catch let error as DatabaseError {
      throw storageError(error)
    }
  }
}

extension SQLValue {
  var grdb: DatabaseValue {
    switch self {
    case .null: .null
    case .int(let v): v.databaseValue
    case .double(let v): v.databaseValue
    case .text(let v): v.databaseValue
    case .blob(let v): v.databaseValue
    }
  }
  init(_ value: DatabaseValue) {
    self =
      switch value.storage {
      case .null: .null
      case .int64(let v): .int(v)
      case .double(let v): .double(v)
      case .string(let v): .text(v)
      case .blob(let v): .blob(v)
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
  case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .corrupted(message)
  default: return .other("SQLite \(error.extendedResultCode.rawValue): \(message)")
  }
}

import Kernel
import Storage

/// Statements outside of any transaction, such as CREATE DATABASE: for tests and tools, on a connection that is closed after.
package enum PostgresErrand {
  @discardableResult
  package static func run(_ target: PostgresTarget, _ statements: [String]) throws -> [ResultRow] {
    let connection: PostgresConnection
    do { connection = try PostgresConnection(target, PostgresPatience()) } catch let error as PostgresUnreachable {
      throw StorageError.other(error.message)
    }
    var rows: [ResultRow] = []
    for statement in statements { rows = try connection.simpleRows(statement) }
    return rows
  }
}

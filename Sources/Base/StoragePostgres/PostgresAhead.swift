import Foundation
import Storage

/// A statement that goes out with the next one that is waited for.
enum PostgresAhead {
  /// Without values or result: BEGIN, SAVEPOINT, RELEASE.
  case text(String)
  /// Under the name it was prepared with.
  case prepared(String, PostgresConnection.Parameters)

  var isPrepared: Bool { if case .prepared = self { true } else { false } }
  var text: String? { if case .text(let sql) = self { sql } else { nil } }
  func isText(_ sql: String) -> Bool { text == sql }
}

import Foundation
import Storage

/// One writing thread's row in `commit_mark`.
final class PostgresCommitMarks {
  private let writer = UUID().uuidString.lowercased()
  private var number: Int64 = 0
  /// Before the first step of the schema there is no table to write into.
  private var isThere = false
  private var hasTidied = false

  private static let turn = "SELECT pg_advisory_xact_lock(\(Dialect.turnClass), current_schema()::regnamespace::oid::integer)"
  private static let present = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"

  /// Begins and waits for the turn. Each statement sees what was committed before it, and with the turn nobody else commits.
  /// - Returns: the mark that is there as soon as the transaction is; nil while the store has no place for it.
  func begin(_ connection: PostgresConnection) throws -> Int64? {
    if !isThere {
      isThere = try connection.simpleRows("SELECT to_regclass('commit_mark') IS NOT NULL AS there").first?.bool("there") ?? false
    }
    var statements = ["BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", Self.turn]
    guard isThere else {
      try connection.simple(statements.joined(separator: "; "))
      return nil
    }
    number += 1
    if !hasTidied { statements.append("DELETE FROM commit_mark WHERE at < \(Self.present) - \(CommitMarks.keep)") }
    statements.append(
      """
      INSERT INTO commit_mark (writer, number, at) VALUES ('\(writer)', \(number), \(Self.present))
      ON CONFLICT (writer) DO UPDATE SET number = excluded.number, at = excluded.at
      """)
    try connection.simple(statements.joined(separator: "; "))
    hasTidied = true
    return number
  }

  /// Asks until it is known. With the turn in hand no older session can still be committing what it was sent.
  /// - Throws: `StorageError.busy` when there is no answer in time.
  func wasCommitted(_ mark: Int64?, _ line: PostgresLine, until deadline: ContinuousClock.Instant) throws -> Bool {
    // Steps of the schema look themselves whether they have been taken.
    guard let mark else { return false }
    while true {
      let connection = try line.open(until: deadline)
      do {
        let rows = try connection.simpleRows("BEGIN; \(Self.turn); SELECT number FROM commit_mark WHERE writer = '\(writer)'")
        try connection.simple("COMMIT")
        return try rows.first?.int("number") == mark
      } catch {
        // A server that is coming back may go down once more, and a full disk may not let it read at once.
        line.drop()
        guard ContinuousClock.now < deadline else { throw StorageError.busy }
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
  }
}

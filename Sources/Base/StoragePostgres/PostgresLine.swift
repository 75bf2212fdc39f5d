import Foundation
import Kernel
import Logging
import Storage

/// The connection of one thread: made when it is needed, made anew when it was lost.
final class PostgresLine {
  let target: PostgresTarget
  let patience: PostgresPatience
  let logger: Logger
  private let left: LeftStore
  private var connection: PostgresConnection?

  init(_ target: PostgresTarget, _ patience: PostgresPatience, _ logger: Logger, left: LeftStore = .isRefused) {
    self.target = target
    self.patience = patience
    self.logger = logger
    self.left = left
  }

  /// A connection that looks alive. Tries again after 50 ms, doubled each time up to 2 s, until `deadline`.
  func open(until deadline: ContinuousClock.Instant) throws -> PostgresConnection {
    if let connection, !connection.isLost { return connection }
    connection = nil
    var pause = 0.05
    while true {
      do {
        let fresh = try PostgresConnection(target, patience)
        // Whoever moves an office ends all sessions of the store it left; this is where they come back.
        if left == .isRefused, let place = try StoreMarks.movedTo(PostgresAccess(connection: fresh)) { throw StorageError.moved(place) }
        connection = fresh
        return fresh
      } catch StorageError.moved(let place) {
        throw StorageError.moved(place)
      } catch {
        let reason = (error as? PostgresUnreachable)?.message ?? "\(error)"
        logger.warning("no connection to the database", metadata: ["database": "\(target)", "reason": "\(reason)"])
        guard ContinuousClock.now.advanced(by: .milliseconds(Int64(pause * 1000))) < deadline else { throw StorageError.busy }
        Thread.sleep(forTimeInterval: pause)
        pause = min(pause * 2, 2)
      }
    }
  }
  func drop() { connection = nil }
  /// After a failure: the connection is clean again, or gone.
  func settle(_ failure: PostgresFailure?) {
    if failure?.remedy == .reconnect { connection = nil }
    connection?.rollBack()
    if let connection, connection.isLost || !connection.isIdle { self.connection = nil }
  }
}

/// What becomes of a store whose office was moved to another.
package enum LeftStore: Sendable {
  /// Nothing is read and nothing written.
  case isRefused
  /// It may be looked at: by proofs, back-ups and the move itself.
  case isShown
}

/// Work that waits for a thread.
struct Waiting<Work: Sendable>: Sendable {
  let work: Work
  let deadline: ContinuousClock.Instant
}

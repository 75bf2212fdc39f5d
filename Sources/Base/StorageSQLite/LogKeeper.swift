import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// Copies the write-ahead log back into the store's file, beside the work.
///
/// Left to itself SQLite does so within the commit that finds the log long: of two hundred reports one waited 90 ms for it. Here a
/// connection of its own copies what is long, while others write; what they add meanwhile is little, and the one that writes copies that
/// between two commits, for only when nothing is left to copy does the log begin anew.
///
/// Nothing is lost whatever fails here: what is not copied stays in the log, which was synced with each commit, and is copied later.
final class LogKeeper: Sendable {
  private struct State {
    /// Frames of the log after the last commit.
    var frames = 0
    /// Of these, how many have been copied.
    var copied = 0
    /// Nothing is tried while there are fewer.
    var next: Int
    var isCopying = false
    var left: Int { frames - copied }
  }
  private enum Turn { case none, beside, rest }

  private let queue: DatabaseQueue
  private let length: Int
  private let state: Mutex<State>

  /// - Parameter length: pages of the log from which it is copied back. A page that many commits change is copied once for all of them.
  init(path: String, length: Int) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
    queue = try DatabaseQueue(path: path, configuration: configuration)
    self.length = length
    state = Mutex(State(next: length))
  }

  /// Has the connection that writes tell how long the log is; takes the place of SQLite's own copying within commits.
  func follow(_ db: Database) {
    let listen: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = { keeper, _, _, frames in
      if let keeper { Unmanaged<LogKeeper>.fromOpaque(keeper).takeUnretainedValue().note(Int(frames)) }
      return SQLITE_OK
    }
    // Not retained: the store closes the connection before it lets go of its keeper.
    sqlite3_wal_hook(db.sqliteConnection, listen, Unmanaged.passUnretained(self).toOpaque())
  }
  private func note(_ frames: Int) {
    state.withLock { state in
      // Begun anew.
      if frames < state.frames { (state.copied, state.next) = (0, length) }
      state.frames = frames
    }
  }

  /// After a commit whose writers have been told.
  func committed(_ db: Database) {
    let turn = state.withLock { state -> Turn in
      if state.isCopying || state.frames < state.next { return .none }
      // A file that is being imported adds more with each commit than should be waited for: then the log may grow for a while.
      if state.left <= length / 20 || state.frames >= 4 * length { return .rest }
      if state.left < length / 2 { return .none }
      state.isCopying = true
      return .beside
    }
    switch turn {
    case .none: return
    case .rest:
      let copied = Self.copy(db)?.copied
      state.withLock { state in
        state.copied = copied ?? state.copied
        // Whoever reads just then keeps the log from beginning anew: soon again.
        state.next = state.frames + length / 10
      }
    case .beside: queue.asyncWriteWithoutTransaction { [self] db in copyBeside(db) }
    }
  }

  private func copyBeside(_ db: Database) {
    var last: (log: Int, copied: Int)?
    // Each time there is less that was added meanwhile.
    for _ in 0..<3 {
      last = Self.copy(db)
      guard let last, last.copied == last.log, state.withLock({ $0.frames }) - last.log > length / 20 else { break }
    }
    state.withLock { state in
      state.isCopying = false
      // Unless it has begun anew meanwhile.
      if let last, state.frames >= last.log { state.copied = last.copied }
      // A reader of long ago, such as a back-up, is in the way of the rest.
      if last.map({ $0.copied < $0.log }) ?? true { state.next = state.frames + length / 4 }
    }
  }
  /// - Returns: frames in the log and how many of them have been copied; nil when it failed, and the next time finds them there.
  private static func copy(_ db: Database) -> (log: Int, copied: Int)? {
    guard let (log, copied) = try? db.checkpoint(.passive), log >= 0 else { return nil }
    return (log, copied)
  }

  func close() throws { try queue.close() }
}

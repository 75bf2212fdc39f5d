import Dispatch
import Foundation
import Logging
import Storage
import Synchronization

/// One write that waits for its turn, with its result type hidden.
struct PostgresWrite: Sendable {
  /// Runs the body; the returned closure tells the caller, once the fate of the commit is known.
  let run: @Sendable (PostgresConnection) throws -> @Sendable ((any Error)?) -> Void
  let refuse: @Sendable (any Error) -> Void
  /// Many savepoints of its own: beside those of others they would be more than the server keeps at hand.
  let alone: Bool

  init<T: Sendable>(body: @Sendable @escaping (any Writer) throws -> T, alone: Bool, continuation: CheckedContinuation<T, any Error>) {
    run = { connection in
      let value = try body(PostgresAccess(connection: connection))
      // What was put off belongs to this write, and so does its failure.
      try connection.settle()
      return { failure in
        if let failure { continuation.resume(throwing: failure) } else { continuation.resume(returning: value) }
      }
    }
    refuse = { continuation.resume(throwing: $0) }
    self.alone = alone
  }
}

/// The one thread of this process that writes.
///
/// Writes of all processes take turns, as they do in SQLite: whoever writes holds the turn, a lock of the database that ends with the
/// transaction, so a command may read, decide and write without another coming between (docs/adr/0007). Those that wait in
/// this process share a commit, each in a savepoint of its own.
final class PostgresWriter: Sendable {
  private struct State {
    var waiting: [Waiting<PostgresWrite>] = []
    var running = false
    var closed = false
    var commits = 0
    var writes = 0
    var sizes = CommitSizes()
  }
  private let state = Mutex(State())
  private let bell = DispatchSemaphore(value: 0)
  private let gone = DispatchGroup()
  private let target: PostgresTarget
  private let patience: PostgresPatience
  private let logger: Logger
  private let left: LeftStore

  /// The server keeps 64 savepoints of a transaction at hand; beyond, everybody's snapshots become dear.
  static let largestBatch = 48
  static let mostAttempts = 4

  init(_ target: PostgresTarget, _ patience: PostgresPatience, _ logger: Logger, left: LeftStore) {
    self.target = target
    self.patience = patience
    self.logger = logger
    self.left = left
  }
  var counts: (commits: Int, writes: Int) { state.withLock { ($0.commits, $0.writes) } }
  var figures: StoreFigures {
    state.withLock { state in
      var out = StoreFigures()
      (out.commits, out.writes, out.sizes, out.waiting) = (state.commits, state.writes, state.sizes, state.waiting.count)
      return out
    }
  }

  func add(_ write: PostgresWrite) {
    let deadline = ContinuousClock.now.advanced(by: .milliseconds(patience.reconnect))
    let (accepted, start) = state.withLock { state in
      guard !state.closed else { return (false, false) }
      state.waiting.append(Waiting(work: write, deadline: deadline))
      defer { state.running = true }
      return (true, !state.running)
    }
    guard accepted else { return write.refuse(StorageError.other("the store is closed")) }
    if start { startThread() }
    bell.signal()
  }
  /// What waits is still written; then the thread ends.
  func close() {
    state.withLock { $0.closed = true }
    bell.signal()
  }
  func waitUntilGone() async {
    await withCheckedContinuation { continuation in gone.notify(queue: .global()) { continuation.resume() } }
  }

  private func startThread() {
    gone.enter()
    let thread = Thread { [self] in
      let line = PostgresLine(target, patience, logger, left: left)
      let marks = PostgresCommitMarks()
      while let batch = take() {
        if !batch.isEmpty { commit(batch, line, marks) }
      }
      line.drop()
      gone.leave()
    }
    thread.stackSize = 8 << 20
    thread.name = "pg-write"
    thread.start()
  }
  private func take() -> [Waiting<PostgresWrite>]? {
    bell.wait()
    return state.withLock { state in
      if state.waiting.isEmpty { return state.closed ? nil : [] }
      let together = state.waiting[0].work.alone ? 1 : state.waiting.firstIndex { $0.work.alone } ?? state.waiting.count
      let batch = Array(state.waiting.prefix(min(together, Self.largestBatch)))
      state.waiting.removeFirst(batch.count)
      // One signal was waited for; the others of this batch only make the loop look once more.
      if state.closed { bell.signal() }
      return batch
    }
  }

  // MARK: One commit

  private func commit(_ batch: [Waiting<PostgresWrite>], _ line: PostgresLine, _ marks: PostgresCommitMarks) {
    var left = batch
    var last = StorageError.busy
    for attempt in 1...Self.mostAttempts {
      guard let deadline = left.map(\.deadline).min() else { return }
      do {
        let connection = try line.open(until: deadline)
        let outcome = try attemptOnce(&left, connection, line, marks)
        line.settle(nil)
        return outcome()
      } catch let failure as PostgresFailure {
        line.settle(failure)
        last = failure.error
        logger.notice("a commit is tried again", metadata: ["attempt": "\(attempt)", "reason": "\(failure.error)"])
        if failure.remedy == .again { Thread.sleep(forTimeInterval: 0.01 * Double(attempt)) }
      } catch {
        line.settle(nil)
        for write in left { write.work.refuse(error) }
        return
      }
    }
    for write in left { write.work.refuse(last) }
  }

  /// A write that fails by itself is told so after the commit: it may have been decided on what others have written and nobody else sees yet.
  /// - Parameter left: in another order afterwards.
  /// - Returns: what tells the callers.
  /// - Throws: `PostgresFailure` when nothing was committed and all of `left` should be run again; any other error for all of `left`.
  private func attemptOnce(
    _ left: inout [Waiting<PostgresWrite>], _ connection: PostgresConnection, _ line: PostgresLine, _ marks: PostgresCommitMarks
  ) throws -> () -> Void {
    let mark = try asOne(connection) { try marks.begin(connection) }
    var settled: [@Sendable ((any Error)?) -> Void] = []
    var kept: [Waiting<PostgresWrite>] = []
    var refused: [(Waiting<PostgresWrite>, any Error)] = []
    let many = left.count > 1
    var isInside = false
    /// All over again.
    func again(from index: Int, _ undone: PostgresFailure) -> PostgresFailure {
      left = kept + refused.map(\.0) + left[index...]
      return undone
    }
    for (index, write) in left.enumerated() {
      if many {
        if isInside { connection.later("RELEASE one") }
        connection.later("SAVEPOINT one")
        isInside = true
      }
      do {
        let settle = try write.work.run(connection)
        // Somebody may have caught the error of a statement and gone on: the engine has not.
        if connection.isUndone, connection.undone == nil { throw StorageError.other("a statement had failed and the work went on") }
        if let undone = connection.undone { throw again(from: index, undone) }
        settled.append(settle)
        kept.append(write)
      } catch {
        if error is PostgresFailure { throw error }
        if let undone = connection.undone { throw again(from: index, undone) }
        refused.append((write, error))
        if many {
          try asOne(connection) { try connection.rollBack(to: "one") }
        }
      }
    }
    left = kept + refused.map(\.0)
    let told = refused
    guard !kept.isEmpty else { return { for (write, error) in told { write.work.refuse(error) } } }
    do {
      let tag = try connection.simple("COMMIT")
      guard tag == "COMMIT" else { throw StorageError.other("the commit became a \(tag)") }
    } catch {
      guard connection.undone?.remedy == .reconnect else {
        if let undone = connection.undone { throw undone }
        throw error
      }
      // The answer to COMMIT was lost. The store knows what became of the transaction.
      line.drop()
      guard try marks.wasCommitted(mark, line, until: .now.advanced(by: .milliseconds(patience.reconnect))) else {
        throw PostgresFailure(.reconnect, .busy)
      }
    }
    state.withLock { state in
      state.commits += 1
      state.writes += kept.count
      state.sizes.add(kept.count)
    }
    return {
      for settle in settled { settle(nil) }
      for (write, error) in told { write.work.refuse(error) }
    }
  }

  /// A statement of ours rather than of a write: its failure is the failure of the whole commit.
  @discardableResult private func asOne<T>(_ connection: PostgresConnection, _ body: () throws -> T) throws -> T {
    do { return try body() } catch {
      if let undone = connection.undone { throw undone }
      throw error
    }
  }
}

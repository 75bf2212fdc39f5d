import Dispatch
import Foundation
import Logging
import Storage
import Synchronization

/// Threads with one connection each that read. They are started when all others are busy, up to a number.
final class PostgresReaders: Sendable {
  /// Does the work on a connection; throws `PostgresFailure` when it should be done again, and tells its caller in all other cases.
  typealias Work = @Sendable (PostgresConnection?, (any Error)?) throws -> Void
  private struct State {
    var waiting: [Waiting<Work>] = []
    var threads = 0
    var idle = 0
    var closed = false
  }
  private let state = Mutex(State())
  private let bell = DispatchSemaphore(value: 0)
  private let gone = DispatchGroup()
  private let most: Int
  private let target: PostgresTarget
  private let patience: PostgresPatience
  private let logger: Logger
  private let left: LeftStore

  init(_ target: PostgresTarget, most: Int, _ patience: PostgresPatience, _ logger: Logger, left: LeftStore) {
    self.target = target
    self.most = most
    self.left = left
    self.patience = patience
    self.logger = logger
  }

  var pool: StoreFigures.Pool {
    state.withLock { .init(most: most, open: $0.threads, idle: $0.idle, waiting: $0.waiting.count) }
  }

  func add(_ work: @escaping Work) {
    let deadline = ContinuousClock.now.advanced(by: .milliseconds(patience.reconnect))
    let (accepted, start) = state.withLock { state in
      guard !state.closed else { return (false, false) }
      state.waiting.append(Waiting(work: work, deadline: deadline))
      guard state.waiting.count > state.idle, state.threads < most else { return (true, false) }
      state.threads += 1
      return (true, true)
    }
    guard accepted else { return refuse(work, StorageError.other("the store is closed")) }
    if start { startThread() }
    bell.signal()
  }

  /// What waits is still done; then the threads end.
  func close() {
    let threads = state.withLock { state in
      state.closed = true
      return state.threads
    }
    for _ in 0..<threads { bell.signal() }
  }
  func waitUntilGone() async {
    await withCheckedContinuation { continuation in gone.notify(queue: .global()) { continuation.resume() } }
  }

  private func startThread() {
    gone.enter()
    let thread = Thread { [self] in
      let line = PostgresLine(target, patience, logger, left: left)
      while let next = take() { serve(next, line) }
      line.drop()
      gone.leave()
    }
    thread.stackSize = 4 << 20
    thread.name = "pg-read"
    thread.start()
  }
  private func take() -> Waiting<Work>? {
    while true {
      state.withLock { $0.idle += 1 }
      bell.wait()
      let (next, closed) = state.withLock { state -> (Waiting<Work>?, Bool) in
        state.idle -= 1
        return (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.closed)
      }
      if let next { return next }
      if closed { return nil }
    }
  }

  private func serve(_ next: Waiting<Work>, _ line: PostgresLine) {
    // A read changes nothing, so it may always be done again.
    var last = StorageError.busy
    for _ in 0..<4 {
      do {
        let connection = try line.open(until: next.deadline)
        do {
          try next.work(connection, nil)
          return line.settle(nil)
        } catch let failure as PostgresFailure {
          line.settle(failure)
          last = failure.error
        }
      } catch {
        return refuse(next.work, error)
      }
    }
    refuse(next.work, last)
  }
  private func refuse(_ work: Work, _ error: any Error) {
    do { try work(nil, error) } catch { logger.error("a refused read failed", metadata: ["error": "\(error)"]) }
  }
}

import Foundation
import Kernel
import Storage
import Synchronization

/// A store that commits many writes together: thousands of commands, each in a savepoint, without a sync to disk for each.
///
/// Only for planting: what it acknowledges is lost when the process dies before the next commit, and the city is planted anew.
final class PilotBatch: Store {
  typealias Work = @Sendable (any Writer) -> Void
  private struct State {
    var waiting: [Work] = []
    var closed = false
    var failure: (any Error)?
  }
  let dialect: Dialect
  private let inner: any Store
  private let each: Int
  private let state = Mutex(State())
  private let bell = DispatchSemaphore(value: 0)
  private let lane = Mutex<Task<Void, Never>?>(nil)

  /// - Parameter each: how many writes share a commit.
  init(_ inner: any Store, each: Int = 2000) {
    self.inner = inner
    self.each = each
    dialect = inner.dialect
    lane.withLock { $0 = Task { await self.serve() } }
  }

  func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T {
    try await hand { db in try body(db) }
  }
  func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await hand { db in try db.attempt { try body(db) } }
  }
  func notify(_ channel: String, _ payload: String) async throws { try await inner.notify(channel, payload) }
  func listen(_ channel: String) -> AsyncStream<String> { inner.listen(channel) }
  /// Commits what is left. The inner store stays open.
  func close() async throws {
    state.withLock { $0.closed = true }
    bell.signal()
    await lane.withLock { $0 }?.value
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func hand<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      let failure = state.withLock { state in
        if state.failure == nil { state.waiting.append { db in continuation.resume(with: Result { try body(db) }) } }
        return state.failure
      }
      if let failure { return continuation.resume(throwing: failure) }
      bell.signal()
    }
  }

  private func serve() async {
    while true {
      do {
        let begun = Mutex(false)
        let done = try await inner.write { [self] db in
          // What was handed in has been told its answer already: it cannot be done again.
          let again = begun.withLock { begun in
            defer { begun = true }
            return begun
          }
          if again { throw StorageError.other("the connection was lost while planting") }
          return serve(db)
        }
        if done { return }
      } catch {
        return state.withLock { $0.failure = error }
      }
    }
  }
  /// Runs on the writer's own thread, so waiting here holds up no task.
  private func serve(_ db: any Writer) -> Bool {
    for _ in 0..<each {
      bell.wait()
      let (work, closed) = state.withLock { ($0.waiting.isEmpty ? nil : $0.waiting.removeFirst(), $0.closed) }
      if let work { work(db) } else if closed { return true }
    }
    return false
  }
}

import Dispatch
import Synchronization

/// Lets a thread that a store's transaction owns wait for work on the other store. Never for a thread of the concurrency pool, which
/// that work may need.
package enum Waiting {
  package static func on<T: Sendable>(_ body: @Sendable @escaping () async throws -> T) throws -> T { try begin(body)() }
  /// Begins and goes on.
  /// - Returns: what waits for it, to be called once.
  package static func begin<T: Sendable>(_ body: @Sendable @escaping () async throws -> T) -> () throws -> T {
    let answer = Answer<T>()
    Task.detached {
      do { answer.give(.success(try await body())) } catch { answer.give(.failure(error)) }
    }
    return { try answer.wait() }
  }
  private final class Answer<T: Sendable>: Sendable {
    private let there = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<T, any Error>?>(nil)
    func give(_ value: Result<T, any Error>) {
      result.withLock { $0 = value }
      there.signal()
    }
    func wait() throws -> T {
      there.wait()
      guard let value = result.withLock({ $0 }) else { throw CancellationError() }
      return try value.get()
    }
  }
}

import Storage
import Synchronization

/// Asks something that may hang, such as a store whose server is gone, and goes on without an answer when it takes too long. What was
/// asked is not stopped: nobody waits for it any more.
enum Patience {
  static func ask<T: Sendable>(_ limit: Duration, _ body: @Sendable @escaping () async throws -> T) async throws -> T {
    let answer = FirstAnswer<T>()
    return try await withCheckedThrowingContinuation { continuation in
      answer.wait(continuation)
      let late = Task {
        // A cancelled sleep means that the answer was there first.
        try await Task.sleep(for: limit)
        answer.give(.failure(StorageError.busy))
      }
      Task {
        do { answer.give(.success(try await body())) } catch { answer.give(.failure(error)) }
        late.cancel()
      }
    }
  }
}

private final class FirstAnswer<T: Sendable>: Sendable {
  private let continuation = Mutex<CheckedContinuation<T, any Error>?>(nil)
  func wait(_ one: CheckedContinuation<T, any Error>) { continuation.withLock { $0 = one } }
  func give(_ result: Result<T, any Error>) {
    let one = continuation.withLock { one in
      defer { one = nil }
      return one
    }
    one?.resume(with: result)
  }
}

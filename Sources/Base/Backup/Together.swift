import Dispatch
import Synchronization

/// Two pieces of work that each read much, side by side; both are waited for.
enum Together {
  /// - Throws: what the first threw, else what the second did.
  static func run<A: Sendable, B: Sendable>(_ first: @Sendable () throws -> A, and second: @Sendable () throws -> B) throws -> (A, B) {
    let a = Mutex<Result<A, any Error>?>(nil)
    let b = Mutex<Result<B, any Error>?>(nil)
    DispatchQueue.concurrentPerform(iterations: 2) { index in
      if index == 0 {
        let result = Result { try first() }
        a.withLock { $0 = result }
      } else {
        let result = Result { try second() }
        b.withLock { $0 = result }
      }
    }
    // Both are set: `concurrentPerform` returns after its last iteration.
    guard let left = a.withLock({ $0 }), let right = b.withLock({ $0 }) else { throw CancellationError() }
    return (try left.get(), try right.get())
  }
}

import Dispatch
import Foundation
import Synchronization

/// Pieces of work that each read much, side by side; all are waited for.
///
/// Each has a thread of its own: `concurrentPerform` does what is nested in it one after the other on two cores, and one of them may do
/// nothing but wait for the disk.
enum Together {
  /// - Throws: what the first threw, else what the second did, else the third.
  static func run<A: Sendable, B: Sendable, C: Sendable>(
    _ first: @escaping @Sendable () throws -> A, and second: @escaping @Sendable () throws -> B,
    and third: @escaping @Sendable () throws -> C
  ) throws -> (A, B, C) {
    let work = (Errand(first), Errand(second), Errand(third))
    let (a, b, c) = (work.0.wait(), work.1.wait(), work.2.wait())
    return (try a.get(), try b.get(), try c.get())
  }

  private final class Errand<T: Sendable>: Sendable {
    private let result = Mutex<Result<T, any Error>>(.failure(CancellationError()))
    private let done = DispatchSemaphore(value: 0)

    init(_ work: @escaping @Sendable () throws -> T) {
      let thread = Thread { [self] in
        let outcome = Result { try work() }
        result.withLock { $0 = outcome }
        done.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    func wait() -> Result<T, any Error> {
      done.wait()
      return result.withLock { $0 }
    }
  }
}

import Synchronization

/// Counts down.
final class Counting: Sendable {
  private let left: Mutex<Int>
  init(_ left: Int) { self.left = Mutex(left) }
  func next() -> Int {
    left.withLock {
      $0 -= 1
      return $0
    }
  }
}

/// What was acknowledged to somebody.
final class Acknowledged: Sendable {
  private let numbers = Mutex<Set<Int>>([])
  func add(_ number: Int) { numbers.withLock { _ = $0.insert(number) } }
  var all: Set<Int> { numbers.withLock { $0 } }
}

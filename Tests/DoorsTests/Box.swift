import Synchronization

/// Something a test collects from closures that may run anywhere.
final class Box<Value: Sendable>: Sendable {
  private let held: Mutex<Value>
  init(_ value: Value) { held = Mutex(value) }
  var value: Value { held.withLock { $0 } }
  func change(_ body: (inout Value) -> Void) {
    held.withLock { kept in
      var copy = kept
      body(&copy)
      kept = copy
    }
  }
}

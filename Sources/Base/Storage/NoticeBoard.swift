import Foundation
import Synchronization

/// Who listens within this process, and to what.
public final class NoticeBoard: Sendable {
  private struct Ear {
    let channel: String
    let stream: AsyncStream<String>.Continuation
  }
  private let ears = Mutex<[UUID: Ear]>([:])
  public init() {}

  public func listen(_ channel: String) -> AsyncStream<String> {
    let id = UUID()
    // A listener that is behind misses the oldest, never holds up who tells.
    let (stream, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(256))
    continuation.onTermination = { [weak self] _ in self?.forget(id) }
    ears.withLock { $0[id] = Ear(channel: channel, stream: continuation) }
    return stream
  }
  public func tell(_ channel: String, _ payload: String) {
    for ear in ears.withLock({ Array($0.values) }) where ear.channel == channel {
      // Who misses something is told that it did.
      if case .dropped = ear.stream.yield(payload) { ear.stream.yield("") }
    }
  }
  public func tellAll(_ payload: String) {
    for ear in ears.withLock({ Array($0.values) }) { ear.stream.yield(payload) }
  }
  /// Ends every listener's stream.
  public func close() {
    let all = ears.withLock { ears in
      defer { ears = [:] }
      return Array(ears.values)
    }
    for ear in all { ear.stream.finish() }
  }
  private func forget(_ id: UUID) { _ = ears.withLock { $0.removeValue(forKey: id) } }
}

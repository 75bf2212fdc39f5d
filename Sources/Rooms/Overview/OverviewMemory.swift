import Figures
import Kernel
import Synchronization

/// Sums of kept counts, remembered until these are counted anew. A city's month is ten thousand rows; a page that is opened a hundred times
/// between two rounds adds them up once. What is remembered is known by the mark of the round, which all servers see.
final class OverviewMemory: Sendable {
  struct Key: Hashable, Sendable {
    let what: String
    let scope: String
    let month: Int
  }
  private struct Entry: Sendable {
    let mark: Moment?
    let value: any Sendable
  }
  private let entries = Mutex<[Key: Entry]>([:])
  private let limit = 400

  func value<Value: Sendable>(_ key: Key, at mark: Moment?, _ make: () async throws -> Value) async throws -> Value {
    if let known = entries.withLock({ $0[key] }), known.mark == mark, mark != nil, let value = known.value as? Value { return value }
    let made = try await make()
    entries.withLock { entries in
      // Rather than by age: what is wanted again is soon made again.
      if entries.count >= limit { entries.removeAll() }
      entries[key] = Entry(mark: mark, value: made)
    }
    return made
  }
}

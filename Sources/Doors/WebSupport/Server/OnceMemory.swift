import Kernel
import Synchronization

/// Makes a second tap the same request: while the first is under way the second waits for it, afterwards it gets the same answer.
///
/// Kept in memory for some minutes, of this server's requests; `OnceAcross` asks the others. The rooms' own checks hold beyond a restart.
actor OnceMemory {
  private enum Entry {
    case running([CheckedContinuation<Answer?, Never>])
    case done(Answer, at: Moment)
  }
  private var entries: [String: Entry] = [:]
  static let keep: Int64 = 10 * 60_000
  static let most = 20_000

  /// - Returns: the earlier answer, or nil when this one is to be carried out (and then reported by `finish`).
  func begin(_ key: String, at now: Moment) async -> Answer? {
    if entries.count > Self.most { prune(at: now) }
    switch entries[key] {
    case .done(let answer, let at) where now.milliseconds(since: at) < Self.keep:
      return answer
    case .running(let waiting):
      let answer = await withCheckedContinuation { entries[key] = .running(waiting + [$0]) }
      // The first failed: this one tries.
      if let answer { return answer }
      return await begin(key, at: now)
    default:
      entries[key] = .running([])
      return nil
    }
  }
  /// - Parameter answer: nil when it failed, so that the next try is carried out.
  func finish(_ key: String, _ answer: Answer?, at now: Moment) {
    guard case .running(let waiting) = entries[key] else { return }
    entries[key] = answer.map { .done($0, at: now) }
    for one in waiting { one.resume(returning: answer) }
  }
  private func prune(at now: Moment) {
    entries = entries.filter {
      switch $0.value {
      case .running: true
      case .done(_, let at): now.milliseconds(since: at) < Self.keep
      }
    }
  }
}

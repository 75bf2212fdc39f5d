import Storage
import Synchronization

/// Knows how far a replica is behind, without comparing the clocks of two machines: it notes every second how far the primary's log has
/// been written, and looks which of these notes the replica has reached.
final class ReplicaWatch: Sendable {
  private struct Note {
    let at: ContinuousClock.Instant
    let position: Int64
  }
  private struct State {
    var notes: [Note] = []
    /// When the newest note was made that the replica has reached: everything committed before can be read there.
    var reached: ContinuousClock.Instant?
    var reads = 0
    var turnedBack = 0
  }
  private let state = Mutex(State())
  private let lag: Duration
  static let interval = Duration.seconds(1)

  /// - Parameter lag: how far behind a replica may be to be read from.
  init(lag: Duration) { self.lag = lag }

  /// Whether what the replica shows is no older than allowed, at this very moment: when nobody has looked for a while, it is not.
  var isFresh: Bool { behind.map { $0 <= lag } ?? false }
  var behind: Duration? { state.withLock { $0.reached }.map { $0.duration(to: .now) } }
  var figures: StoreFigures.Replica {
    let (behind, fresh) = (behind, isFresh)
    return state.withLock { .init(isFresh: fresh, behind: behind, reads: $0.reads, turnedBack: $0.turnedBack) }
  }

  func note(_ position: Int64, at now: ContinuousClock.Instant) {
    state.withLock { state in
      state.notes.append(Note(at: now, position: position))
      let horizon = now - lag - .seconds(60)
      state.notes.removeAll { $0.at < horizon }
    }
  }
  /// - Parameter position: up to which the replica shows the primary's log; nil when it does not say, or follows somebody else.
  func reached(_ position: Int64?) {
    state.withLock { state in
      guard let position else {
        state.reached = nil
        return
      }
      if let newest = state.notes.last(where: { $0.position <= position }) { state.reached = max(state.reached ?? newest.at, newest.at) }
    }
  }
  func count(turnedBack: Bool) {
    state.withLock { state in
      if turnedBack {
        state.turnedBack += 1
        // Not asked again before somebody has seen it well.
        state.reached = nil
      } else {
        state.reads += 1
      }
    }
  }
}

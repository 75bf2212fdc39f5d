import Kernel
import Synchronization

/// The clock on a test's wall: stands still until the test moves it.
public final class TestClock: Sendable {
  private let moment: Mutex<Moment>
  /// - Parameter moment: begins on Thursday 2026-09-24, a working day, at 10:00 unless told otherwise.
  public init(_ moment: Moment = TestClock.start) { self.moment = Mutex(moment) }
  public static let start = Moment(milliseconds: 1_790_215_200_000)
  public var now: Moment { moment.withLock { $0 } }
  public func set(_ to: Moment) { moment.withLock { $0 = to } }
  public func advance(minutes: Int) { moment.withLock { $0 = $0.adding(minutes: minutes) } }
  public func advance(milliseconds: Int64) { moment.withLock { $0 = $0.adding(milliseconds: milliseconds) } }
}

import Kernel
import WorkCalendar

/// A clock as a page shows it.
public struct ClockSheet: Sendable {
  public let id: Int64
  public let name: String
  public let kind: String
  public let basis: String
  public let state: BookedClock.State
  public let due: Moment
  public let remaining: Remaining
  public let steps: [DeadlineStep]
  public let note: String?
  public let endedAt: Moment?
  public let startedAt: Moment
  public var isLive: Bool { state == .running || state == .paused }
}

extension ClockBook {
  public func sheet(_ booked: BookedClock, at now: Moment) -> ClockSheet {
    let moment = booked.endedAt ?? now
    let deadline = booked.clock.deadline(on: calendar, asOf: moment)
    return ClockSheet(
      id: booked.id, name: booked.clock.spec.name, kind: booked.kind, basis: booked.clock.spec.basis, state: booked.state, due: booked.due,
      remaining: booked.clock.remaining(at: moment, on: calendar), steps: deadline.steps, note: deadline.note, endedAt: booked.endedAt,
      startedAt: booked.clock.state.start)
  }
}

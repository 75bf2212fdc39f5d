import Kernel

/// A time during which a clock stood still.
public struct ClockPause: Hashable, Sendable, Codable {
  public let from: Moment
  /// Nil while it lasts.
  public let to: Moment?
  public let reason: String
  public init(from: Moment, to: Moment?, reason: String) {
    self.from = from
    self.to = to
    self.reason = reason
  }
}

/// More time, in the unit of the clock.
public struct ClockExtension: Hashable, Sendable, Codable {
  public let length: Int
  public let reason: String
  public init(length: Int, reason: String) {
    self.length = length
    self.reason = reason
  }
}

/// What happened to one clock. Stored as it is; the deadline is always reckoned anew from it.
public struct ClockState: Hashable, Sendable, Codable {
  public let start: Moment
  public let pauses: [ClockPause]
  public let extensions: [ClockExtension]
  public init(start: Moment, pauses: [ClockPause] = [], extensions: [ClockExtension] = []) {
    self.start = start
    self.pauses = pauses
    self.extensions = extensions
  }
  /// The pause that still lasts.
  public var openPause: ClockPause? { pauses.last { $0.to == nil } }

  /// Refused while already paused, before the start, or inside an earlier pause.
  public func paused(at moment: Moment, reason: String) throws(Refusal) -> ClockState {
    if let open = openPause { throw Refusal(.conflict, "clock-already-paused", "时限已暂停（\(open.reason)），恢复后才能再次暂停。") }
    guard moment >= start, pauses.allSatisfy({ $0.to ?? moment <= moment }) else {
      throw Refusal(.invalid, "clock-pause-too-early", "暂停时间早于时限起算或上次恢复的时间，请核对。", field: "from")
    }
    guard !reason.isEmpty else { throw Refusal(.invalid, "clock-pause-without-reason", "请写明暂停时限的原因。", field: "reason") }
    return ClockState(start: start, pauses: pauses + [ClockPause(from: moment, to: nil, reason: reason)], extensions: extensions)
  }
  /// Refused when not paused, or before the pause began.
  public func resumed(at moment: Moment) throws(Refusal) -> ClockState {
    guard let index = pauses.lastIndex(where: { $0.to == nil }) else {
      throw Refusal(.conflict, "clock-not-paused", "时限没有暂停，无需恢复。")
    }
    guard moment >= pauses[index].from else {
      throw Refusal(.invalid, "clock-resume-too-early", "恢复时间早于暂停时间，请核对。", field: "to")
    }
    var pauses = pauses
    pauses[index] = ClockPause(from: pauses[index].from, to: moment, reason: pauses[index].reason)
    return ClockState(start: start, pauses: pauses, extensions: extensions)
  }
  /// - Parameter length: in the unit of the clock, 1 or more.
  public func extended(by length: Int, reason: String) throws(Refusal) -> ClockState {
    guard (1...3660).contains(length) else { throw Refusal(.invalid, "clock-extension-length", "请填写延长的时间，至少为 1。", field: "length") }
    guard !reason.isEmpty else { throw Refusal(.invalid, "clock-extension-without-reason", "请写明延长时限的原因。", field: "reason") }
    return ClockState(start: start, pauses: pauses, extensions: extensions + [ClockExtension(length: length, reason: reason)])
  }
}

/// A running clock: the rule it began with, and what happened since.
public struct Clock: Hashable, Sendable, Codable {
  /// Kept with the clock: a matter keeps the rule it began under when the table changes.
  public let spec: ClockSpec
  public let state: ClockState
  public init(_ spec: ClockSpec, _ state: ClockState) {
    self.spec = spec
    self.state = state
  }
  /// - Parameter now: only matters while paused: a pause that still lasts counts up to it, so the deadline is the one the clock would have if
  ///   it were resumed now.
  /// - Parameter steps: whether the arithmetic is written down, for a page that shows it.
  public func deadline(on calendar: WorkCalendar, asOf now: Moment, steps: Bool = true) -> Deadline {
    var reckoning = DeadlineReckoning(spec: spec, state: state, calendar: calendar, now: now, isWritten: steps)
    return reckoning.deadline()
  }
  /// How it stands now, in words.
  public func remaining(at now: Moment, on calendar: WorkCalendar) -> Remaining {
    deadline(on: calendar, asOf: now, steps: false).remaining(at: now, on: calendar)
  }
}

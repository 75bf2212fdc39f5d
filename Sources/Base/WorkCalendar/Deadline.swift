import Kernel

/// One line of the arithmetic, as an officer would write it on paper.
public struct DeadlineStep: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case length, start, rest, makeup, paused, extended, rolled, assumed, due
  }
  public let kind: Kind
  public let text: String
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

/// When a clock runs out, and how that was reckoned.
public struct Deadline: Hashable, Sendable, Codable {
  /// In time means before this moment: the end of a last day is the first moment of the next.
  public let due: Moment
  /// From here on it is `soon`. Never before the start.
  public let warn: Moment
  public let unit: ClockUnit
  public let steps: [DeadlineStep]
  /// Why it stands still, while it does.
  public let pausedFor: String?
  /// "2027年放假安排未公布，暂按周末计算": to be shown wherever the deadline is.
  public let note: String?
  public var assumed: Bool { note != nil }
  /// "9月24日 24:00", "9月19日 01:30".
  public var dueText: String { due.asEnd }

  /// How it stands at a moment. Settled clocks are asked with `outcome` instead.
  public func remaining(at now: Moment, on calendar: WorkCalendar) -> Remaining {
    if now >= due { return Remaining(severity: .overdue, text: "超期 " + Self.span(now.milliseconds(since: due))) }
    if let pausedFor { return Remaining(severity: .paused, text: "已暂停：\(pausedFor)") }
    let lastDay = due.adding(milliseconds: -1).day
    let amount: String
    if unit == .hours || now.day == lastDay {
      amount = Self.span(due.milliseconds(since: now))
    } else if unit == .workingDays {
      amount = "\(calendar.workingDays(after: now.day, through: lastDay)) 个工作日"
    } else {
      amount = "\(lastDay.days(since: now.day)) 天"
    }
    let when = now.day == lastDay ? "今天 \(due.endClock)" : due.asEnd(besideYear: now.day.year)
    return Remaining(severity: now >= warn ? .soon : .ok, text: "还剩 \(amount)（\(when) 前）")
  }
  /// Whether a clock settled at a moment was in time: "按时" or "超期 1 天 3 小时".
  public func outcome(settled moment: Moment) -> (inTime: Bool, text: String) {
    moment < due ? (true, "按时") : (false, "超期 " + Self.span(moment.milliseconds(since: due)))
  }

  /// "1 天 3 小时", "3 小时 20 分", "20 分钟": the two largest units, rounded down.
  static func span(_ milliseconds: Int64) -> String {
    let minutes = milliseconds / 60_000
    let (days, hours) = (minutes / 1440, minutes % 1440 / 60)
    if days > 0 { return hours == 0 ? "\(days) 天" : "\(days) 天 \(hours) 小时" }
    if hours > 0 { return minutes % 60 == 0 ? "\(hours) 小时" : "\(hours) 小时 \(minutes % 60) 分" }
    return minutes > 0 ? "\(minutes) 分钟" : "不到 1 分钟"
  }
}

/// How a clock stands, in one short phrase.
public struct Remaining: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable, CaseIterable { case ok, soon, overdue, paused }
  public let severity: Severity
  /// "还剩 2 个工作日（9月24日 24:00 前）", "超期 1 天 3 小时", "已暂停：等待鉴定".
  public let text: String
}

extension Moment {
  /// A moment that ends something: midnight is written as 24:00 of the day before.
  var asEnd: String { endDay.chinese + " " + endClock }
  /// As `asEnd`, with the year when it is not the one the reader is in.
  func asEnd(besideYear year: Int) -> String { endDay.chinese(besideYear: year) + " " + endClock }
  var endDay: Day { adding(milliseconds: -1).day }
  var endClock: String { self == day.start ? "24:00" : clockText }
}

extension Day {
  /// With the year only when it is not `year`.
  func chinese(besideYear year: Int) -> String { self.year == year ? chinese : chineseLong }
}

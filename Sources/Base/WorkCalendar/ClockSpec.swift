import Kernel

/// What a clock counts.
public enum ClockUnit: String, Hashable, Sendable, Codable, CaseIterable {
  /// From the moment of the start, through nights and holidays.
  case hours
  case naturalDays
  case workingDays
  /// To the same day of a later month; to its last day when it has no such day.
  case months
  /// "个工作日", as in "5个工作日".
  public var chinese: String {
    switch self {
    case .hours: "小时"
    case .naturalDays: "日"
    case .workingDays: "个工作日"
    case .months: "个月"
    }
  }
}

/// How long before the end a clock warns.
public struct ClockWarning: Hashable, Sendable, Codable {
  public enum Unit: String, Hashable, Sendable, Codable, CaseIterable { case minutes, hours, naturalDays, workingDays }
  public let amount: Int
  public let unit: Unit
  public init(_ amount: Int, _ unit: Unit) {
    self.amount = amount
    self.unit = unit
  }
}

/// A deadline as a rule: of the law, of the hotline, or of the unit itself.
public struct ClockSpec: Hashable, Sendable, Codable {
  /// Stable, kebab-case: `reply-general`.
  public let kind: String
  /// "一般诉件答复".
  public let name: String
  public let unit: ClockUnit
  /// In `unit`, 1 or more.
  public let length: Int
  /// The event it runs from, "收件".
  public let startEvent: String
  /// The day of the event does not count (民事诉讼法 85). Without meaning for hours.
  public let startsNextDay: Bool
  public let warnBefore: ClockWarning
  /// For natural days and months.
  public let roll: WorkCalendar.RollRule
  public var rollsOverHolidays: Bool { roll != .none }
  /// Article, or whose practice it is.
  public let basis: String
  public let confidence: SourceConfidence
  /// True when the unit sets the length itself.
  public let local: Bool
  public let note: String?
  /// First day the rule is in force; nil when the source shows none.
  public let validFrom: Day?
  /// Last day the rule is in force.
  public let validUntil: Day?
  public init(
    kind: String, name: String, unit: ClockUnit, length: Int, startEvent: String, startsNextDay: Bool = true, warnBefore: ClockWarning,
    roll: WorkCalendar.RollRule = .none, basis: String, confidence: SourceConfidence, local: Bool = false, note: String? = nil,
    validFrom: Day? = nil, validUntil: Day? = nil
  ) {
    self.kind = kind
    self.name = name
    self.unit = unit
    self.length = length
    self.startEvent = startEvent
    self.startsNextDay = startsNextDay
    self.warnBefore = warnBefore
    self.roll = roll
    self.basis = basis
    self.confidence = confidence
    self.local = local
    self.note = note
    self.validFrom = validFrom
    self.validUntil = validUntil
  }
  /// "5个工作日", "24小时", "90日".
  public var lengthText: String { "\(length)\(unit.chinese)" }
}

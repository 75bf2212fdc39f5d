import Foundation

/// A point in time: milliseconds since 1970-01-01 UTC. The only form in which time is stored.
public struct Moment: Hashable, Comparable, Sendable, Codable {
  /// Milliseconds since the Unix epoch, UTC.
  public let milliseconds: Int64
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }
  public init(from decoder: any Decoder) throws { milliseconds = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var c = encoder.singleValueContainer()
    try c.encode(milliseconds)
  }
  public static func < (a: Moment, b: Moment) -> Bool { a.milliseconds < b.milliseconds }
  public func adding(milliseconds delta: Int64) -> Moment { Moment(milliseconds: milliseconds + delta) }
  public func adding(hours: Int) -> Moment { adding(milliseconds: Int64(hours) * 3_600_000) }
  public func adding(minutes: Int) -> Moment { adding(milliseconds: Int64(minutes) * 60_000) }
  /// Milliseconds from `earlier` to this moment; negative when this is before it.
  public func milliseconds(since earlier: Moment) -> Int64 { milliseconds - earlier.milliseconds }

  /// Shanghai has kept UTC+8 without summer time since 1991-09-15, so a constant is exact for every date this program knows.
  static let shanghaiOffset: Int64 = 8 * 3_600_000

  /// The civil day in Shanghai.
  public var day: Day { Day(daysSinceEpoch: Int((milliseconds + Self.shanghaiOffset).floorDiv(86_400_000))) }
  /// Minutes since midnight in Shanghai, 0..<1440.
  public var minuteOfDay: Int { Int((milliseconds + Self.shanghaiOffset).floorMod(86_400_000) / 60_000) }
  /// "2026-09-24 14:05", Shanghai.
  public var text: String { "\(day.iso) \(clockText)" }
  /// "14:05", Shanghai.
  public var clockText: String {
    let m = minuteOfDay
    return (m / 60).padded(2) + ":" + (m % 60).padded(2)
  }
  /// "9月24日 14:05", Shanghai.
  public var chinese: String { "\(day.month)月\(day.dayOfMonth)日 \(clockText)" }
  /// "2026-09-24T14:05:09+08:00": how the API and the hotline's files write a time.
  public var iso8601: String {
    let second = Int((milliseconds + Self.shanghaiOffset).floorMod(60_000) / 1000)
    return "\(day.iso)T\(clockText):\(second.padded(2))+08:00"
  }
}

/// A civil day in Asia/Shanghai, stored as its ISO date.
public struct Day: Hashable, Comparable, Sendable, Codable {
  /// Days since 1970-01-01.
  public let daysSinceEpoch: Int
  public init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }
  /// Nil when the three numbers name no day of the calendar.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Day.length(month: month, year: year), (1...9999).contains(year) else { return nil }
    // Days from civil, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yoe = y - era * 400
    let doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy
    daysSinceEpoch = era * 146_097 + doe - 719_468
  }
  /// Parses "2026-09-24"; nil for anything else.
  public init?(iso text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, let y = Int(parts[0]), let m = Int(parts[1]), let d = Int(parts[2]) else { return nil }
    self.init(year: y, month: m, day: d)
  }
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let day = Day(iso: text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not an ISO date: \(text)"))
    }
    self = day
  }
  public func encode(to encoder: any Encoder) throws {
    var c = encoder.singleValueContainer()
    try c.encode(iso)
  }
  static func length(month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
  var civil: (year: Int, month: Int, day: Int) {
    let z = daysSinceEpoch + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    let m = mp < 10 ? mp + 3 : mp - 9
    return (yoe + era * 400 + (m <= 2 ? 1 : 0), m, doy - (153 * mp + 2) / 5 + 1)
  }
  public var year: Int { civil.year }
  public var month: Int { civil.month }
  public var dayOfMonth: Int { civil.day }
  /// 1 = Monday … 7 = Sunday.
  public var weekday: Int { (daysSinceEpoch + 3).floorMod(7) + 1 }
  public var iso: String {
    let c = civil
    return "\(c.year.padded(4))-\(c.month.padded(2))-\(c.day.padded(2))"
  }
  /// "20260924", as numbers of the day begin.
  public var digits: String {
    let c = civil
    return (c.year * 10_000 + c.month * 100 + c.day).padded(8)
  }
  /// "9月24日".
  public var chinese: String { "\(month)月\(dayOfMonth)日" }
  /// "2026年9月24日".
  public var chineseLong: String { "\(year)年\(month)月\(dayOfMonth)日" }
  public var chineseWeekday: String { ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][weekday - 1] }
  public static func < (a: Day, b: Day) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }
  public func adding(days: Int) -> Day { Day(daysSinceEpoch: daysSinceEpoch + days) }
  public func days(since earlier: Day) -> Int { daysSinceEpoch - earlier.daysSinceEpoch }
  /// The first moment of this day in Shanghai.
  public var start: Moment { Moment(milliseconds: Int64(daysSinceEpoch) * 86_400_000 - Moment.shanghaiOffset) }
  /// The moment written "24:00": the first moment of the next day.
  public var end: Moment { adding(days: 1).start }
  public func at(hour: Int, minute: Int = 0) -> Moment { start.adding(milliseconds: Int64(hour * 60 + minute) * 60_000) }
}

extension SignedInteger {
  /// Division that rounds toward minus infinity, so that days before 1970 come out right.
  func floorDiv(_ divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
  func floorMod(_ divisor: Self) -> Self {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}

extension Int {
  /// "12,340".
  public var grouped: String {
    var out = ""
    for (index, digit) in String(magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return (self < 0 ? "-" : "") + String(out.reversed())
  }
  /// Left-padded with zeros.
  public func padded(_ width: Int) -> String {
    let s = String(self)
    return s.count >= width ? s : String(repeating: "0", count: width - s.count) + s
  }
}

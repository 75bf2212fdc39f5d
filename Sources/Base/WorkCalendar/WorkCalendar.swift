import Kernel

/// Which days are worked, by the State Council's yearly notices. A value: it reads no clock and no file.
///
/// A year whose notice is not loaded is reckoned by weekends alone, and whatever rests on that says so: see `Reckoned.note`.
public struct WorkCalendar: Hashable, Sendable {
  /// What a day is.
  public enum DayKind: Hashable, Sendable {
    /// Monday to Friday, nothing special.
    case workday
    /// A Saturday or Sunday worked in exchange for the named holiday.
    case makeup(String)
    case weekend
    /// Off by a notice, weekends inside the span included.
    case holiday(String)
    public var isWorked: Bool {
      switch self {
      case .workday, .makeup: true
      case .weekend, .holiday: false
      }
    }
  }
  /// A day that was reckoned, with the reservation it is to be shown with.
  public struct Reckoned: Hashable, Sendable {
    public let day: Day
    /// Chinese sentence when years without a notice were passed over; nil when the day is certain.
    public let note: String?
    public var assumed: Bool { note != nil }
  }
  /// How a period of natural days or months ends when its last day is not worked.
  public enum RollRule: String, Hashable, Sendable, Codable, CaseIterable {
    /// It ends all the same.
    case none
    /// It ends with the first working day after: 法定休假日 read as holidays and weekends, as courts do (民事诉讼法 85).
    case restDays
    /// Only a holiday by notice moves it, a bare weekend does not.
    case holidays
  }

  /// The notices, oldest year first.
  public let years: [HolidayYear]
  private let holidays: [Day: String]
  private let makeups: [Day: String]
  private let known: Set<Int>

  /// - Parameter years: a later entry for the same year replaces the earlier one.
  public init(years: [HolidayYear]) {
    var byYear: [Int: HolidayYear] = [:]
    for year in years { byYear[year.year] = year }
    self.years = byYear.values.sorted { $0.year < $1.year }
    known = Set(byYear.keys)
    var holidays: [Day: String] = [:]
    var makeups: [Day: String] = [:]
    for year in self.years {
      for holiday in year.holidays {
        for offset in 0...max(0, holiday.end.days(since: holiday.start)) { holidays[holiday.start.adding(days: offset)] = holiday.name }
      }
      for makeup in year.makeups { makeups[makeup.day] = makeup.name }
    }
    self.holidays = holidays
    self.makeups = makeups
  }
  /// This calendar with more years, those of `extra` taking precedence.
  public func adding(years extra: [HolidayYear]) -> WorkCalendar { WorkCalendar(years: years + extra) }

  // MARK: One day

  public func kind(of day: Day) -> DayKind {
    if let name = makeups[day] { return .makeup(name) }
    if let name = holidays[day] { return .holiday(name) }
    return day.weekday >= 6 ? .weekend : .workday
  }
  public func isWorkday(_ day: Day) -> Bool { kind(of: day).isWorked }
  /// Whether the notice of that year is loaded.
  public func isKnown(year: Int) -> Bool { known.contains(year) }

  /// The reservation for whatever was reckoned over these days; nil when all their years are known.
  public func note(from first: Day, through last: Day) -> String? {
    let unknown = (min(first, last).year...max(first, last).year).filter { !known.contains($0) }
    guard let firstUnknown = unknown.first else { return nil }
    let which = unknown.prefix(3).map { "\($0)年" }.joined(separator: "、") + (unknown.count > 3 ? "等" : "")
    // A year before the tables begin was published long ago: only we do not have it.
    let why = firstUnknown > (years.last?.year ?? 0) ? "未公布" : "未收录"
    return "\(which)放假安排\(why)，暂按周末计算"
  }

  // MARK: Reckoning

  /// The first working day on or after `day`.
  public func workday(onOrAfter day: Day) -> Reckoned {
    var last = day
    while !isWorkday(last) { last = last.adding(days: 1) }
    return Reckoned(day: last, note: note(from: day, through: last))
  }
  /// The next working day, `day` itself not counted.
  public func workday(after day: Day) -> Reckoned { adding(workingDays: 1, to: day) }
  /// `count` working days on from `day`, which does not count itself; back when negative. Zero gives `day`, worked or not.
  public func adding(workingDays count: Int, to day: Day) -> Reckoned {
    let step = count < 0 ? -1 : 1
    var left = abs(count)
    var last = day
    while left > 0 {
      last = last.adding(days: step)
      if isWorkday(last) { left -= 1 }
    }
    return Reckoned(day: last, note: count == 0 ? nil : note(from: day, through: last))
  }
  /// Working days after `start` up to and including `end`; negative when `end` is before `start`.
  public func workingDays(after start: Day, through end: Day) -> Int {
    if end < start { return -workingDays(after: end, through: start) }
    var count = 0
    var day = start
    while day < end {
      day = day.adding(days: 1)
      if isWorkday(day) { count += 1 }
    }
    return count
  }
  /// Where a period ends whose last day by plain counting is `day`.
  public func rolled(_ day: Day, by rule: RollRule) -> Reckoned {
    switch (rule, kind(of: day)) {
    case (.none, _): Reckoned(day: day, note: nil)
    case (.holidays, .weekend), (_, .workday), (_, .makeup): Reckoned(day: day, note: note(from: day, through: day))
    case (.holidays, .holiday), (.restDays, _): workday(onOrAfter: day)
    }
  }
}

/// One year's notice of the State Council on holidays.
public struct HolidayYear: Hashable, Sendable {
  public struct Holiday: Hashable, Sendable {
    public let name: String
    public let start: Day
    /// Included.
    public let end: Day
    public init(name: String, start: Day, end: Day) {
      self.name = name
      self.start = start
      self.end = end
    }
  }
  public struct Makeup: Hashable, Sendable {
    public let day: Day
    /// The holiday it is worked for.
    public let name: String
    public init(day: Day, name: String) {
      self.day = day
      self.name = name
    }
  }
  public let year: Int
  public let holidays: [Holiday]
  public let makeups: [Makeup]
  /// Title, number, date and addresses of the notice, as text.
  public let source: String
  public let confidence: SourceConfidence
  public init(year: Int, holidays: [Holiday], makeups: [Makeup], source: String, confidence: SourceConfidence) {
    self.year = year
    self.holidays = holidays
    self.makeups = makeups
    self.source = source
    self.confidence = confidence
  }
}

import Cases
import Intake
import Kernel
import Matters

/// What is counted and listed.
public enum LookupSubject: String, Sendable, CaseIterable {
  case reports, matters, cases
  public var chinese: String {
    switch self {
    case .reports: "诉件"
    case .matters: "事项"
    case .cases: "案件"
    }
  }
  /// By what it can be asked for, in the order of the form.
  public var fields: [LookupField] {
    let common: [LookupField] = [.month, .quarter, .year, .district, .squad, .compound, .firm, .item]
    return switch self {
    case .reports: common + [.channel, .nature, .outcome, .satisfaction, .state]
    case .matters: common + [.state, .outcome, .finding]
    case .cases: common + [.procedure, .caseState]
    }
  }
  /// What extracts tell of each, in their order; squad, district and month are an extract's own, and a firm is its compound's. Empty where none
  /// are kept: cases are few.
  var kept: [LookupField] {
    switch self {
    case .reports: [.compound, .item, .channel, .nature, .outcome, .satisfaction, .state]
    case .matters: [.compound, .item, .state, .outcome, .finding]
    case .cases: []
    }
  }
}

/// A side of a cross table, or a condition.
public enum LookupField: String, Sendable, CaseIterable {
  case month, quarter, year, district, squad, compound, firm, item, channel, nature, outcome, satisfaction, state, finding, procedure
  case caseState = "case-state"

  public var chinese: String {
    switch self {
    case .month: "月份"
    case .quarter: "季度"
    case .year: "年份"
    case .district: "区"
    case .squad: "中队"
    case .compound: "小区"
    case .firm: "物业企业"
    case .item: "事项"
    case .channel: "来源"
    case .nature: "性质"
    case .outcome: "结果"
    case .satisfaction: "回访评价"
    case .state: "办理状态"
    case .finding: "事实认定"
    case .procedure: "案件程序"
    case .caseState: "案件状态"
    }
  }
  /// Made of the moment a thing came; a condition on it is a shorter period.
  public var isTime: Bool { [.month, .quarter, .year].contains(self) }
  /// Told by its number.
  var isPlace: Bool { [.district, .squad, .compound, .firm].contains(self) }
  /// What it can be, where that is a short list of words; nil for places, items and times.
  public var choices: [(key: String, chinese: String)]? {
    switch self {
    case .channel: Report.Channel.allCases.map { ($0.rawValue, $0.chinese) }
    case .nature: Report.Nature.allCases.map { ($0.rawValue, $0.chinese) }
    case .outcome: LookupOutcome.allCases.map { ($0.rawValue, $0.chinese) }
    case .satisfaction: Satisfaction.allCases.map { ($0.rawValue, $0.chinese) } + [("", "没有评价")]
    case .state: MatterState.allCases.map { ($0.rawValue, $0.chinese) }
    case .finding: FactFinding.allCases.map { ($0.rawValue, $0.chinese) } + [("", "尚未认定")]
    case .procedure: CaseProcedure.allCases.map { ($0.rawValue, $0.chinese) }
    case .caseState: CaseState.allCases.map { ($0.rawValue, $0.chinese) }
    case .month, .quarter, .year, .district, .squad, .compound, .firm, .item: nil
    }
  }
}

/// What became of a report. What the city or the reporter says beats what was written in the reply.
public enum LookupOutcome: String, Sendable, CaseIterable {
  case open, solved, explained, unsolved
  public var chinese: String {
    switch self {
    case .open: "尚未答复"
    case .solved: "实际解决"
    case .explained: "解释说明"
    case .unsolved: "回访、通报说没有解决"
    }
  }
}

/// From which day to which. One that moves with today stays true in a saved lookup.
public enum LookupPeriod: Sendable, Hashable {
  case thisMonth, lastMonth, thisYear, lastYear, twelveMonths
  case days(Day, Day)

  public static let moving: [LookupPeriod] = [.thisMonth, .lastMonth, .thisYear, .lastYear, .twelveMonths]
  public var name: String {
    switch self {
    case .thisMonth: "this-month"
    case .lastMonth: "last-month"
    case .thisYear: "this-year"
    case .lastYear: "last-year"
    case .twelveMonths: "twelve-months"
    case .days: "days"
    }
  }
  public var chinese: String {
    switch self {
    case .thisMonth: "本月"
    case .lastMonth: "上月"
    case .thisYear: "今年"
    case .lastYear: "去年"
    case .twelveMonths: "近十二个月"
    case .days: "指定日期"
    }
  }
  /// Both days belong to it.
  public func days(today: Day) -> ClosedRange<Day> {
    let month = Month(today)
    switch self {
    case .thisMonth: return month.first...today
    case .lastMonth: return month.adding(-1).first...month.adding(-1).last
    case .thisYear: return Month(count: today.year * 12).first...today
    case .lastYear: return Month(count: (today.year - 1) * 12).first...Month(count: today.year * 12 - 1).last
    case .twelveMonths: return month.adding(-11).first...today
    case .days(let from, let through): return from...max(from, through)
    }
  }
}

/// A question asked of the register: which things, of which time, under which conditions, counted by what.
public struct Lookup: Sendable, Hashable {
  public var subject: LookupSubject
  public var period: LookupPeriod
  /// Only these. Empty stands for what is not known.
  public var only: [LookupField: String]
  public var rows: LookupField
  /// Nil for one column of numbers.
  public var columns: LookupField?
  public init(
    _ subject: LookupSubject, _ period: LookupPeriod = .twelveMonths, only: [LookupField: String] = [:], rows: LookupField = .item,
    columns: LookupField? = .month
  ) {
    self.subject = subject
    self.period = period
    self.only = only
    self.rows = rows
    self.columns = columns
  }

  /// The period with its conditions on months, quarters and years; nil when they leave no day.
  func days(today: Day) throws(Refusal) -> ClosedRange<Day>? {
    var days = period.days(today: today)
    for (field, key) in only where field.isTime {
      guard let span = LookupTime.span(field, key) else { throw Self.unknown(field) }
      guard span.overlaps(days) else { return nil }
      days = span.clamped(to: days)
    }
    return days
  }
  static func unknown(_ field: LookupField) -> Refusal {
    Refusal(.invalid, "lookups-condition", "“\(field.chinese)”的条件看不懂，请重新选择。", field: field.rawValue)
  }
  /// - Throws: `Refusal` `lookups-period`, `lookups-sides`, `lookups-condition`.
  func check() throws(Refusal) {
    if case .days(let from, let through) = period {
      guard from <= through else { throw Refusal(.invalid, "lookups-period", "开始日期在结束日期之后，请改过来。", field: "from") }
      guard from.adding(days: 3660) >= through else { throw Refusal(.invalid, "lookups-period", "一次最多看十年。", field: "from") }
    }
    let fields = subject.fields
    guard fields.contains(rows), columns.map(fields.contains) ?? true else {
      throw Refusal(.invalid, "lookups-sides", "\(subject.chinese)不能按这一项统计，请另选。", field: "rows")
    }
    guard rows != columns else { throw Refusal(.invalid, "lookups-sides", "行和列选了同一项，请另选一项。", field: "columns") }
    for (field, key) in only {
      guard fields.contains(field) else { throw Self.unknown(field) }
      if let choices = field.choices, !choices.contains(where: { $0.key == key }) { throw Self.unknown(field) }
      if field.isPlace, !key.isEmpty, Int64(key) == nil { throw Self.unknown(field) }
    }
  }
}

/// Months, quarters and years as keys: "2026-11", "2026-Q4", "2026".
enum LookupTime {
  static func key(_ field: LookupField, _ day: Day) -> String {
    switch field {
    case .quarter: "\(day.year)-Q\((day.month + 2) / 3)"
    case .year: "\(day.year)"
    default: String(day.iso.prefix(7))
    }
  }
  static func span(_ field: LookupField, _ key: String) -> ClosedRange<Day>? {
    let year = key.prefix(4)
    let first: Day? =
      switch field {
      case .year: key.count == 4 ? Day(iso: year + "-01-01") : nil
      case .quarter: key.count == 7 ? Int(key.suffix(1)).flatMap { Day(iso: "\(year)-\(($0 * 3 - 2).padded(2))-01") } : nil
      default: key.count == 7 ? Day(iso: key + "-01") : nil
      }
    guard let first else { return nil }
    let months = field == .year ? 12 : field == .quarter ? 3 : 1
    return first...Month(first).adding(months - 1).last
  }
  static func chinese(_ field: LookupField, _ key: String) -> String {
    let year = key.prefix(4)
    switch field {
    case .year: return "\(year)年"
    case .quarter: return "\(year)年第\(["一", "二", "三", "四"][max(0, min(3, (Int(key.suffix(1)) ?? 1) - 1))])季度"
    default: return "\(year)年\(Int(key.suffix(2)) ?? 0)月"
    }
  }
  /// All keys from one day to another, in order.
  static func keys(_ field: LookupField, _ days: ClosedRange<Day>) -> [String] {
    var keys: [String] = []
    for count in Month(days.lowerBound).count...Month(days.upperBound).count {
      let key = key(field, Month(count: count).first)
      if keys.last != key { keys.append(key) }
    }
    return keys
  }
}

/// A side's value with its name.
public struct LookupKey: Sendable, Hashable {
  public let key: String
  public let name: String
}

/// Counts by two sides, with their sums.
public struct CrossTable: Sendable {
  public let rows: [LookupKey]
  /// One without a name when there is only one column of numbers.
  public let columns: [LookupKey]
  /// By row, then by column.
  public let cells: [[Int]]
  /// Rows that are not shown because there are too many, and what they count together by column.
  public let restCount: Int
  public let rest: [Int]
  public let total: Int
  public func sum(row: Int) -> Int { cells[row].reduce(0, +) }
  public func sum(column: Int) -> Int { cells.reduce(rest[column]) { $0 + $1[column] } }
}

/// One thing of a list. Nothing of who complained stands in it.
public struct LookupRow: Sendable {
  public let id: Int64
  public let subject: LookupSubject
  /// Its own number, and the number of what it opens.
  public let no: String
  public let opens: String
  public let at: Moment
  public let item: String?
  public let compound: String?
  public let squad: String?
  /// What is known of its state and result, in words.
  public let state: String
  public let result: String
}

import Kernel
import Offices
import People

public enum BulletinKind: String, Sendable, Codable, CaseIterable {
  case weekly, monthly, annual
  public var chinese: String {
    switch self {
    case .weekly: "周通报"
    case .monthly: "月通报"
    case .annual: "年度考核通报"
    }
  }
}

/// What a bulletin says: its words, and the figures they were drafted from. Frozen when it is issued.
public struct BulletinContent: Sendable, Codable, Hashable {
  public struct Section: Sendable, Codable, Hashable {
    public let title: String
    public var text: String
  }
  public struct Sheet: Sendable, Codable, Hashable {
    public let title: String
    public let header: [String]
    public let rows: [[String]]
    public let note: String
  }
  public struct Course: Sendable, Codable, Hashable {
    public let title: String
    public let unit: String
    public let series: String
    public let comparison: String
    public let labels: [String]
    public let values: [Int]
    public let others: [Int]
  }
  /// "2026年11月"
  public let period: String
  public let place: String
  /// When the figures were counted, and by which version of their definitions.
  public let basis: String
  public var sections: [Section]
  /// As they were drafted, to tell which numbers people have put in themselves.
  public let drafted: [Section]
  public let course: Course
  public let sheets: [Sheet]

  /// Numbers in the words that stand neither in the draft nor in a table: perhaps a slip.
  public var strangers: [String] {
    let known = Set(drafted.flatMap { Self.numbers($0.text) } + sheets.flatMap { $0.rows.flatMap { $0.flatMap(Self.numbers) } })
    var out: [String] = []
    for number in sections.flatMap({ Self.numbers($0.text) }) where !known.contains(number) && !out.contains(number) { out.append(number) }
    return out
  }
  /// "1,234" and "93.27%" as they stand there, commas left out.
  static func numbers(_ text: String) -> [String] {
    text.matches(of: /[0-9][0-9,]*(?:\.[0-9]+)?%?/).map { String($0.output).replacing(",", with: "") }
  }
}

public struct Bulletin: Sendable, Hashable {
  public typealias ID = Identifier<Bulletin>
  public let id: ID
  public let no: String
  public let kind: BulletinKind
  public let office: Office.ID
  public let officeName: String
  public let from: Day
  public let through: Day
  public let title: String
  public let state: State
  public let version: Int
  public let madeBy: String
  public let madeAt: Moment
  public let issuedBy: String?
  public let issuedAt: Moment?
  let sha256: String?
  public enum State: String, Sendable, CaseIterable {
    case draft, issued, dropped
    public var chinese: String {
      switch self {
      case .draft: "草稿"
      case .issued: "已印发"
      case .dropped: "已作废"
      }
    }
  }
}

/// Which time a bulletin is about, from what a form says.
public struct BulletinPeriod: Sendable, Hashable {
  public let kind: BulletinKind
  public let from: Day
  public let through: Day
  /// - Parameter day: any day of it.
  public init(_ kind: BulletinKind, holding day: Day) {
    self.kind = kind
    switch kind {
    case .weekly:
      from = day.adding(days: 1 - day.weekday)
      through = from.adding(days: 6)
    case .monthly:
      from = Month(day).first
      through = Month(day).last
    case .annual:
      from = Day(year: day.year, month: 1, day: 1) ?? day
      through = Day(year: day.year, month: 12, day: 31) ?? day
    }
  }
  /// The last whole one before a day.
  public static func last(_ kind: BulletinKind, before today: Day) -> BulletinPeriod {
    let this = BulletinPeriod(kind, holding: today)
    // A year is told in its December, before it is over.
    if kind == .annual, today.month == 12 { return this }
    return BulletinPeriod(kind, holding: this.from.adding(days: -1))
  }
  public var before: BulletinPeriod { BulletinPeriod(kind, holding: from.adding(days: -1)) }
  /// The same weekdays of the year before, the same month, the year before.
  public var yearBefore: BulletinPeriod {
    switch kind {
    case .weekly: BulletinPeriod(kind, holding: from.adding(days: -364))
    case .monthly: BulletinPeriod(kind, holding: Month(from).adding(-12).first)
    case .annual: before
    }
  }
  public var chinese: String {
    switch kind {
    case .weekly: "\(from.chineseLong)至\(through.chinese)"
    case .monthly: "\(from.year)年\(from.month)月"
    case .annual: "\(from.year)年"
    }
  }
  /// How the two others are called in a sentence.
  var names: (before: String, year: String) {
    switch kind {
    case .weekly: ("上周", "去年同一周")
    case .monthly: ("上月", "去年同月")
    case .annual: ("上年", "上年")
    }
  }
}

import Kernel
import People
import Storage

/// One look at a sealed identity: who, when, for what, at which report; never what was seen.
public struct Look: Sendable, Hashable {
  public typealias ID = Identifier<Look>
  public let id: ID
  public let at: Moment
  public let account: Person.ID
  public let reportNo: String
  public let purpose: ReportStore.Purpose
}

/// Which looks somebody asks for.
public struct LookFilter: Sendable, Hashable {
  /// Nil for everybody; an empty list for nobody.
  public var accounts: [Person.ID]?
  public var report: Report.ID?
  public var purpose: ReportStore.Purpose?
  /// Whole days, both included.
  public var from: Day?
  public var through: Day?
  public init(
    accounts: [Person.ID]? = nil, report: Report.ID? = nil, purpose: ReportStore.Purpose? = nil, from: Day? = nil, through: Day? = nil
  ) {
    self.accounts = accounts
    self.report = report
    self.purpose = purpose
    self.from = from
    self.through = through
  }

  var condition: Query {
    var conditions: [Query] = []
    if let accounts { conditions.append("l.account_id IN (\(list: accounts))") }
    if let report { conditions.append("l.report_id = \(report)") }
    if let purpose { conditions.append("l.purpose = \(purpose)") }
    // Identifiers carry their time, so days are a range of the key by which the list is read.
    if let from { conditions.append("l.id >= \(IdentifierSource.floor(of: from.start))") }
    if let through { conditions.append("l.id < \(IdentifierSource.floor(of: through.end))") }
    return conditions.conjunction
  }
}

/// Looks of one person on one day that are worth asking about: a question, not a judgement.
public struct UnusualLooks: Sendable, Hashable {
  public let account: Person.ID
  public let day: Day
  public let looks: Int
  public let reports: Int
  public let kind: Kind
  public enum Kind: String, Sendable, CaseIterable {
    /// More than a day's work asks for.
    case many
    /// One report again and again.
    case repeated
    /// Between ten at night and six in the morning.
    case night
    public var chinese: String {
      switch self {
      case .many: "一天里次数多"
      case .repeated: "反复看同一件"
      case .night: "夜间查看"
      }
    }
  }
}

/// For the audit administrator.
public enum LookLog {
  /// Looks of one person in one day from which on they are shown as many, at one report as repeated, and at night.
  public static let many = 30
  public static let again = 5
  public static let atNight = 3

  /// Newest first; `before` is the last id already shown.
  public static func list(_ filter: LookFilter = LookFilter(), before: Look.ID? = nil, limit: Int = 50, by person: Person, _ db: any Reader)
    throws -> [Look]
  {
    try person.require(.audit)
    let earlier: Query = before.map { " AND l.id < \($0)" } ?? ""
    return try db.all(
      """
      SELECT l.id, l.at, l.account_id, l.purpose, r.no FROM look l JOIN report r ON r.id = l.report_id
      WHERE \(filter.condition)\(earlier) ORDER BY l.id DESC LIMIT \(limit)
      """
    ).map { row in
      Look(
        id: try row.id("id"), at: try row.moment("at"), account: try row.id("account_id"), reportNo: try row.text("no"),
        purpose: try row.choice("purpose"))
    }
  }

  /// What stands out since a day, by day and account, never by number: nobody is ranked.
  public static func unusual(since day: Day, limit: Int = 50, by person: Person, _ db: any Reader) throws -> [UnusualLooks] {
    try person.require(.audit)
    // In the order of the key, so that only the days asked for are read.
    let recent: Query =
      """
      SELECT account_id, report_id, (at + 28800000) / 86400000 AS day, (at + 28800000) / 3600000 % 24 AS hour
      FROM look WHERE id >= \(IdentifierSource.floor(of: day.start)) ORDER BY id DESC LIMIT 500000
      """
    func found(_ kind: UnusualLooks.Kind, _ query: Query) throws -> [UnusualLooks] {
      try db.all("\(query) ORDER BY day DESC, account_id LIMIT \(limit)").map { row in
        UnusualLooks(
          account: try row.id("account_id"), day: Day(daysSinceEpoch: try row.count("day")), looks: try row.count("looks"),
          reports: try row.count("reports"), kind: kind)
      }
    }
    return try
      (found(
        .many,
        """
        SELECT account_id, day, count(*) AS looks, count(DISTINCT report_id) AS reports FROM (\(recent)) x
        GROUP BY account_id, day HAVING count(*) >= \(many)
        """)
      + found(
        .repeated,
        """
        SELECT account_id, day, max(n) AS looks, count(*) AS reports FROM (
          SELECT account_id, day, report_id, count(*) AS n FROM (\(recent)) x GROUP BY account_id, day, report_id HAVING count(*) >= \(again)) y
        GROUP BY account_id, day
        """)
      + found(
        .night,
        """
        SELECT account_id, day, count(*) AS looks, count(DISTINCT report_id) AS reports FROM (\(recent)) x WHERE hour >= 22 OR hour < 6
        GROUP BY account_id, day HAVING count(*) >= \(atNight)
        """)).sorted { ($0.day, $1.account, $0.kind.rawValue) > ($1.day, $0.account, $1.kind.rawValue) }
  }
}

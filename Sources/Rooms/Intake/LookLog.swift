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

/// For the audit administrator.
public enum LookLog {
  /// Newest first; `before` is the last id already shown.
  public static func list(
    account: Person.ID? = nil, report: Report.ID? = nil, purpose: ReportStore.Purpose? = nil, before: Look.ID? = nil, limit: Int = 50,
    by person: Person, _ db: any Reader
  ) throws -> [Look] {
    try person.require(.audit)
    var conditions: [Query] = []
    if let account { conditions.append("l.account_id = \(account)") }
    if let report { conditions.append("l.report_id = \(report)") }
    if let purpose { conditions.append("l.purpose = \(purpose)") }
    if let before { conditions.append("l.id < \(before)") }
    return try db.all(
      """
      SELECT l.id, l.at, l.account_id, l.purpose, r.no FROM look l JOIN report r ON r.id = l.report_id
      WHERE \(conditions.conjunction) ORDER BY l.id DESC LIMIT \(limit)
      """
    ).map { row in
      Look(
        id: try row.id("id"), at: try row.moment("at"), account: try row.id("account_id"), reportNo: try row.text("no"),
        purpose: try row.choice("purpose"))
    }
  }

  /// Who looked most since a moment: a figure to ask about, not a judgement.
  public static func most(since: Moment, limit: Int = 10, by person: Person, _ db: any Reader) throws -> [(account: Person.ID, looks: Int)]
  {
    try person.require(.audit)
    return try db.all(
      """
      SELECT account_id, count(*) AS n FROM (
        SELECT account_id FROM look WHERE id >= \(IdentifierSource.floor(of: since)) ORDER BY id DESC LIMIT 50000) x
      GROUP BY account_id ORDER BY n DESC, account_id LIMIT \(limit)
      """
    ).map { (try $0.id("account_id"), try $0.count("n")) }
  }
}

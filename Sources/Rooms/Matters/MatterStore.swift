import Catalogue
import ClockBook
import Compounds
import Foundation
import Intake
import Kernel
import Offices
import People
import Storage
import WorkCalendar
import Workflow

/// The SQL of single matters.
public enum MatterStore {
  /// Stored as the due moment of a matter without running clocks, so that lists by due date need no special case.
  static let never: Int64 = 9_999_999_999_999

  static let columns: Query =
    """
    m.*, c.name AS compound_name, s.short AS squad_name, a.name AS officer_name
    FROM matter m LEFT JOIN compound c ON c.id = m.compound_id LEFT JOIN office s ON s.id = m.squad_id LEFT JOIN account a ON a.id = m.officer_id
    """

  static func matter(_ row: ResultRow) throws -> Matter {
    let due = try row.int("due_at")
    return Matter(
      id: try row.id("id"), no: try row.text("no"), state: try row.choice("state"), title: try row.text("title"),
      compound: try row.optionalInt("compound_id"), compoundName: try row.optionalText("compound_name"),
      building: try row.optionalText("building"),
      placeText: try row.text("place_text"), item: try row.optionalText("item"), squad: try row.optionalID("squad_id"),
      squadName: try row.optionalText("squad_name"), district: try row.optionalID("district_id"), holder: try row.optionalID("holder_id"),
      officer: try row.optionalID("officer_id"), officerName: try row.optionalText("officer_name"), reports: try row.count("reports"),
      urgent: try row.bool("urgent"), supervised: try row.bool("supervised"), ongoing: try row.bool("ongoing"),
      outOfScope: try row.bool("out_of_scope"),
      returns: try row.count("returns"), reopened: try row.count("reopened"), unreasonable: try row.choice("unreasonable"),
      hungReason: try row.optionalText("hung_reason"), outcome: try row.optionalChoice("outcome"), firstAt: try row.moment("first_at"),
      lastAt: try row.moment("last_at"), due: due >= never ? nil : Moment(milliseconds: due), closedAt: try row.optionalMoment("closed_at"),
      version: try row.count("version"), updatedAt: try row.moment("updated_at"))
  }

  public static func find(_ id: Matter.ID, _ db: any Reader) throws -> Matter? {
    try db.first("SELECT \(columns) WHERE m.id = \(id)").map(matter)
  }
  public static func find(no: String, _ db: any Reader) throws -> Matter? {
    try db.first("SELECT \(columns) WHERE m.no = \(no)").map(matter)
  }
  /// The matter if this person may see it; one outside their scope does not exist for them.
  public static func find(no: String, for person: Person, _ db: any Reader) throws -> Matter? {
    try db.first("SELECT \(columns) WHERE m.no = \(no) AND \(visible(to: person))").map(matter)
  }

  /// Rows of `m` within a person's scope. Co-handling squads see what they help with.
  public static func visible(to person: Person) -> Query {
    guard person.may(.seeMatters) else { return "1 = 0" }
    switch Scope(of: person) {
    case .city: return "1 = 1"
    case .district(let id): return "m.district_id = \(id)"
    case .squad(let id):
      return "(m.squad_id = \(id) OR m.id IN (SELECT matter_id FROM co_handler WHERE office_id = \(id)))"
    case .firm, .committee, .nothing: return "1 = 0"
    }
  }

  /// The same rows in parts that do not overlap, each of which an index gives in order; for one OR over them everything would be sorted.
  /// - Parameter narrowed: another condition leaves few rows. The plus, which changes nothing, keeps the engines from walking the
  ///   scope's index for them instead.
  static func parts(visibleTo person: Person, narrowed: Bool = false) -> [Query] {
    guard person.may(.seeMatters) else { return ["1 = 0"] }
    let plus: Query = narrowed ? "+" : ""
    if narrowed, case .district(let id) = Scope(of: person) { return ["+m.district_id = \(id)"] }
    guard case .squad(let id) = Scope(of: person) else { return [visible(to: person)] }
    return [
      "\(plus)m.squad_id = \(id)",
      "m.id IN (SELECT matter_id FROM co_handler WHERE office_id = \(id)) AND (m.squad_id IS NULL OR m.squad_id <> \(id))",
    ]
  }

  /// Open matters by compound, as far as a person may see them.
  /// - Parameter compounds: only these; nil for all.
  public static func openCounts(_ compounds: [Compound.ID]?, for person: Person, _ db: any Reader) throws -> [Int64: Int] {
    // All of the city's are read out of their index by compound; a squad's few are found by the squad's, to which the plus leads SQLite.
    let plus: Query = compounds == nil && Scope(of: person) != .city ? "+" : ""
    let place: Query = compounds.map { "m.compound_id IN (\(list: $0))" } ?? "\(plus)m.compound_id IS NOT NULL"
    var out: [Int64: Int] = [:]
    for part in parts(visibleTo: person, narrowed: compounds != nil) {
      for row in try db.all(
        "SELECT \(plus)m.compound_id AS compound_id, count(*) AS n FROM matter m WHERE \(place) AND m.open = 1 AND \(part) GROUP BY 1")
      {
        out[try row.int("compound_id"), default: 0] += try row.count("n")
      }
    }
    return out
  }

  private static let shape = RowShape(
    "matter",
    """
    id no state open title compound_id building place_text item squad_id district_id holder_id
    officer_id reports urgent supervised ongoing out_of_scope returns reopened unreasonable
    hung_reason outcome first_at last_at due_at closed_at merged_into version updated_at
    """)
  static func insert(_ m: Matter, _ db: any Writer) throws {
    try db.later(
      into: shape,
      """
      \(m.id)\(m.no)\(m.state)\(m.state.isOpen)\(m.title)\(m.compound)\(m.building)\(m.placeText)\(m.item)\(m.squad)\(m.district)\(m.holder)
      \(m.officer)\(m.reports)\(m.urgent)\(m.supervised)\(m.ongoing)\(m.outOfScope)\(m.returns)\(m.reopened)\(m.unreasonable)
      \(m.hungReason)\(m.outcome)\(m.firstAt)\(m.lastAt)\(m.due?.milliseconds ?? never)\(m.closedAt)\(SQLValue.null)\(m.version)\(m.updatedAt)
      """)
  }
  private static let promiseShape = RowShape("promise", "report_id matter_id reachable contact_tries")
  static func promise(_ report: Report, by matter: Matter.ID, _ db: any Writer) throws {
    try db.later(into: promiseShape, "\(report.id)\(matter)\(report.reachable)\(0)")
  }

  public static func promises(of matter: Matter.ID, _ db: any Reader) throws -> [Promise] {
    try db.all("SELECT * FROM promise WHERE matter_id = \(matter) ORDER BY report_id").map(promise)
  }
  public static func promise(ofReport report: Int64, _ db: any Reader) throws -> Promise? {
    try db.first("SELECT * FROM promise WHERE report_id = \(report)").map(promise)
  }
  static func promise(_ row: ResultRow) throws -> Promise {
    Promise(
      report: try row.int("report_id"), matter: try row.id("matter_id"), contactedAt: try row.optionalMoment("contacted_at"),
      contactOutcome: try row.optionalChoice("contact_outcome"), contactTries: try row.count("contact_tries"),
      repliedAt: try row.optionalMoment("replied_at"), outcome: try row.optionalChoice("outcome"),
      replyText: try row.optionalText("reply_text"),
      revisitedAt: try row.optionalMoment("revisited_at"), satisfaction: try row.optionalChoice("satisfaction"),
      solved: try row.optionalInt("solved").map { $0 != 0 }, revisitSource: try row.optionalChoice("revisit_source"),
      reachable: try row.bool("reachable"))
  }

  /// What the guards look at, read within the step's own transaction.
  public static func facts(_ matter: Matter, actor: Person?, _ db: any Reader) throws -> MatterFacts {
    let promises = try promises(of: matter.id, db)
    let reply = try db.first("SELECT account_id FROM reply WHERE matter_id = \(matter.id) AND state = 'asked' ORDER BY id DESC LIMIT 1")
    return MatterFacts(
      state: matter.state, hasSquad: matter.squad != nil, returns: matter.returns,
      uncontacted: promises.filter { $0.reachable && $0.contactTries == 0 }.count,
      hasVisit: try db.exists("SELECT 1 AS one FROM visit WHERE matter_id = \(matter.id) LIMIT 1"),
      hasFinding: try db.exists("SELECT 1 AS one FROM finding WHERE matter_id = \(matter.id) LIMIT 1"),
      hasMeasure: try db.exists("SELECT 1 AS one FROM measure WHERE matter_id = \(matter.id) LIMIT 1"),
      pendingDelay: try db.exists("SELECT 1 AS one FROM delay WHERE matter_id = \(matter.id) AND state = 'asked' LIMIT 1"),
      unreasonable: matter.unreasonable, unrevisited: promises.filter { $0.reachable && !$0.revisited }.count, reports: promises.count,
      actorReplied: try reply.map { try actor?.id.raw == $0.int("account_id") } ?? false, outcome: matter.outcome,
      ownPatrol: try db.exists(
        "SELECT 1 AS one FROM report WHERE matter_id = \(matter.id) AND channel = 'patrol' AND reporter_id = \(actor?.id) LIMIT 1"))
  }

  /// Reckons the earliest due moment anew from the running clocks of the matter and of its reports.
  static func refreshDue(_ id: Matter.ID, _ db: any Writer) throws {
    // By subject and never by state: otherwise SQLite reads every running clock of the city.
    try db.later(
      """
      UPDATE matter SET due_at = COALESCE((SELECT min(x.due) FROM (
          SELECT min(CASE WHEN c.state = 'running' THEN c.due_at END) AS due FROM clock c WHERE c.subject_kind = 'matter' AND c.subject_id = \(id)
          UNION ALL
          SELECT min(CASE WHEN c.state = 'running' THEN c.due_at END) AS due FROM clock c
            WHERE c.subject_kind = 'report' AND c.subject_id IN (SELECT report_id FROM promise WHERE matter_id = \(id))) x), \(never))
      WHERE id = \(id)
      """)
  }
}

import Foundation
import Intake
import Kernel
import People
import Sheets
import Storage

extension Matters {
  /// What goes back to the system the reports came from, in its own columns: first contacts, findings, replies, returns and delays.
  /// Holds no caller's name or phone: the receiving system has its own.
  /// - Parameter days: by the day the report reached us, both ends included.
  public func export(_ mapping: ImportMapping, from first: Day, through last: Day, by person: Person) async throws -> Table {
    try person.require(.exportReports)
    guard first <= last, last.days(since: first) <= 366 else {
      throw Refusal(.invalid, "matters-export-period", "请选择一年以内的起止日期。", field: "from")
    }
    let now = house.now()
    let house = house
    return try await house.store.write { db in
      let rows = try db.all(
        """
        SELECT r.id AS report_id, r.source_no, r.no AS report_no, m.id AS matter_id, m.no AS matter_no, m.state, m.returns, m.due_at, m.closed_at,
          s.short AS squad_name, p.contacted_at, p.contact_outcome, p.contact_tries, p.replied_at, p.outcome, p.reply_text, p.satisfaction
        FROM report r JOIN promise p ON p.report_id = r.id JOIN matter m ON m.id = p.matter_id LEFT JOIN office s ON s.id = m.squad_id
        WHERE r.channel = \(mapping.channel) AND r.received_at >= \(first.start) AND r.received_at < \(last.end) AND \(MatterStore.visible(to: person))
        ORDER BY r.id LIMIT 100000
        """)
      let cells = try rows.map { row in
        let extra = try ExportExtra(matter: Matter.ID(try row.int("matter_id")), db)
        return try mapping.export.map { try Self.cell($0.field, row, extra) }
      }
      let id: Identifier<Table> = house.ids.next(at: now)
      try Journal.append(
        "reports-exported", on: Subject("export", id), by: person.actor, at: now,
        facts: ["mapping": mapping.name, "from": first.iso, "through": last.iso, "rows": String(rows.count)], ids: house.ids, db)
      return Table(header: mapping.export.map(\.title), cells: cells)
    }
  }

  /// The last finding, first visit, last return and delay of a matter.
  struct ExportExtra {
    let visit: Moment?
    let finding: ResultRow?
    let delay: ResultRow?
    let accepted: Moment?
    let returned: String?
    init(matter: Matter.ID, _ db: any Reader) throws {
      visit = try db.first("SELECT min(at) AS at FROM visit WHERE matter_id = \(matter)")?.optionalMoment("at")
      finding = try db.first("SELECT * FROM finding WHERE matter_id = \(matter) ORDER BY id DESC LIMIT 1")
      delay = try db.first("SELECT length, reason FROM delay WHERE matter_id = \(matter) AND state = 'granted' ORDER BY id DESC LIMIT 1")
      let entries = try Journal.entries(of: Subject("matter", matter), db)
      accepted = entries.last { $0.action == "matter-accept" }?.at
      returned = entries.last { $0.action == "matter-object" }?.note
    }
  }

  static func cell(_ field: ImportMapping.ExportField, _ row: ResultRow, _ extra: ExportExtra) throws -> String {
    switch field {
    case .sourceNo: return try row.optionalText("source_no") ?? ""
    case .reportNo: return try row.text("report_no")
    case .matterNo: return try row.text("matter_no")
    case .state: return try row.choice("state", MatterState.self).chinese
    case .squad: return try row.optionalText("squad_name") ?? ""
    case .acceptedAt: return extra.accepted?.text ?? ""
    case .contacted: return try row.optionalMoment("contacted_at") != nil ? "是" : (row.count("contact_tries") > 0 ? "联系未果" : "否")
    case .contactedAt: return try row.optionalMoment("contacted_at")?.text ?? ""
    case .contactOutcome: return try row.optionalChoice("contact_outcome", ContactOutcome.self)?.chinese ?? ""
    case .visitedAt: return extra.visit?.text ?? ""
    case .fact: return try extra.finding?.choice("fact", FactFinding.self).chinese ?? ""
    case .factNote: return try extra.finding?.text("fact_note") ?? ""
    case .claim: return try extra.finding?.choice("claim", ClaimFinding.self).chinese ?? ""
    case .claimNote: return try extra.finding?.text("claim_note") ?? ""
    case .outcome: return try row.optionalChoice("outcome", Matter.Outcome.self)?.chinese ?? ""
    case .repliedAt: return try row.optionalMoment("replied_at")?.text ?? ""
    case .reply: return try row.optionalText("reply_text") ?? ""
    case .returns: return String(try row.count("returns"))
    case .returnReason: return extra.returned ?? ""
    case .delayDays: return try extra.delay.map { String(try $0.count("length")) } ?? ""
    case .delayReason: return try extra.delay?.text("reason") ?? ""
    case .due:
      let due = try row.int("due_at")
      return due >= MatterStore.never ? "" : Moment(milliseconds: due).text
    case .closedAt: return try row.optionalMoment("closed_at")?.text ?? ""
    case .satisfaction: return try row.optionalChoice("satisfaction", Satisfaction.self)?.chinese ?? ""
    }
  }
}

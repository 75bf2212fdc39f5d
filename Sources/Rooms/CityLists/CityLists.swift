import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Sheets
import Storage
import WorkCalendar

/// The city's monthly lists and what we answer (市级通报件); see the README.
public struct CityLists: Sendable {
  public let matters: Matters
  public let mapping: CityListMapping
  public var house: House { matters.house }
  public init(matters: Matters, mapping: CityListMapping) {
    self.matters = matters
    self.mapping = mapping
  }

  public static let jobKind = "city-lists-night"
  public static func enqueue(at now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(jobKind, [String: String](), at: now, dedupe: jobKind, now: now, ids: ids, db)
  }
  public var handler: JobHandler { JobHandler(Self.jobKind) { _ in try await match() } }

  // MARK: Entering a list

  /// Who a list came to: the importer's district.
  private func district(of person: Person) throws(Refusal) -> Office.ID {
    guard let district = person.district else { throw Refusal(.missing, "people-no-office", "您的账号不属于任何一个区，不能导入通报件。") }
    return district
  }
  private func read(_ table: Table, kind: CityEntry.Kind?, month: Month, at now: Moment) throws(Refusal) -> CityListMapping.Reading {
    guard month <= Month(now.day), month >= Month(now.day).adding(-24) else {
      throw Refusal(.invalid, "city-lists-month", "通报月份要在近两年内，不能晚于本月。", field: "month")
    }
    return try mapping.read(
      table, kind: kind, month: month,
      usual: matters.clocks.calendar.adding(workingDays: mapping.answerDays, to: now.day).day)
  }

  /// What importing this table would do; writes nothing.
  /// - Throws: `Refusal` `city-lists-column`, `city-lists-kind`, `city-lists-month`, `people-no-office`.
  public func preview(_ table: Table, kind: CityEntry.Kind?, month: Month, by person: Person) async throws -> CityPreview {
    try person.require(.keepCityLists)
    let reading = try read(table, kind: kind, month: month, at: house.now())
    let district = try district(of: person)
    return try await house.store.read { db in
      let found = try find(reading.drafts.map(\.sourceNo), MatterStore.visible(to: person), db)
      let known = try known(reading.drafts, district, month, db)
      return CityPreview(
        lines: table.rows.count + table.troubles.count, columns: reading.columns,
        rows: reading.drafts.map { draft in
          CityPreview.Row(
            line: draft.line, kind: draft.kind, sourceNo: draft.sourceNo, said: draft.said, due: draft.due,
            isKnown: known.contains(Key(draft)), matterNo: found[draft.sourceNo]?.matterNo, matterTitle: found[draft.sourceNo]?.title)
        }, bad: reading.bad)
    }
  }

  /// Enters a list. A line that is there already changes nothing.
  /// - Throws: as `preview`.
  @discardableResult
  public func take(_ table: Table, kind: CityEntry.Kind?, month: Month, by person: Person) async throws -> CityImport {
    try person.require(.keepCityLists)
    let now = house.now()
    let reading = try read(table, kind: kind, month: month, at: now)
    let district = try district(of: person)
    return try await house.store.write { db in
      let found = try find(reading.drafts.map(\.sourceNo), MatterStore.visible(to: person), db)
      let known = try known(reading.drafts, district, month, db)
      var out = CityImport(bad: reading.bad)
      var told: [Int64: (entries: Int, due: Day)] = [:]
      for draft in reading.drafts {
        if known.contains(Key(draft)) {
          out.same += 1
          continue
        }
        let match = found[draft.sourceNo]
        let id: CityEntry.ID = house.ids.next(at: now)
        try db.later(
          """
          INSERT INTO city_entry (id, district_id, kind, month, source_no, said, due_day, state, report_id, squad_id, entered_by, entered_at,
            answer, evidence, answered_by, answered_at, reviewed_by, reviewed_at, review_note, decided_by, decided_at, verdict, version)
          VALUES (\(id), \(district), \(draft.kind), \(month.count), \(draft.sourceNo), \(draft.said), \(draft.due), 'open', \(match?.report),
            \(match?.squad), \(person.id), \(now), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1)
          """)
        try Journal.append(
          "city-entry-entered", on: Subject("city_entry", id), by: person.actor, at: now,
          facts: ["kind": draft.kind.rawValue, "month": "\(month.year)-\(month.number.padded(2))", "due": draft.due.iso], opening: true,
          ids: house.ids, db)
        out.added += 1
        guard let match else {
          out.unmatched += 1
          continue
        }
        try listed(match.report, draft.kind, by: person.actor, at: now, db)
        if let squad = match.squad { told[squad] = ((told[squad]?.entries ?? 0) + 1, min(told[squad]?.due ?? draft.due, draft.due)) }
      }
      for (squad, news) in told.sorted(by: { $0.key < $1.key }) {
        try matters.notify(
          try matters.leaders(of: Office.ID(squad), on: now.day, db), kind: "city-list", matter: nil,
          text: "市级通报 \(month.number) 月：\(news.entries) 件涉及本队，最早 \(news.due.chinese)前答复，在“更多—市级通报件”里", at: now, db)
      }
      return out
    }
  }

  private struct Key: Hashable {
    let kind: CityEntry.Kind
    let no: String
    init(_ draft: CityListMapping.Draft) { (kind, no) = (draft.kind, draft.sourceNo) }
    init(kind: CityEntry.Kind, no: String) { (self.kind, self.no) = (kind, no) }
  }
  private func known(_ drafts: [CityListMapping.Draft], _ district: Office.ID, _ month: Month, _ db: any Reader) throws -> Set<Key> {
    var out: Set<Key> = []
    for kind in CityEntry.Kind.allCases {
      for part in pieces(drafts.filter { $0.kind == kind }.map(\.sourceNo)) {
        for row in try db.all(
          """
          SELECT source_no FROM city_entry WHERE district_id = \(district) AND kind = \(kind) AND month = \(month.count)
            AND source_no IN (\(list: part))
          """)
        {
          out.insert(Key(kind: kind, no: try row.text("source_no")))
        }
      }
    }
    return out
  }

  private struct Match {
    let report: Int64
    let matterNo: String
    let title: String
    let squad: Int64?
  }
  /// Reports by the hotline's number, as far as a condition on their matters allows.
  private func find(_ numbers: [String], _ visible: Query, _ db: any Reader) throws -> [String: Match] {
    var out: [String: Match] = [:]
    for part in pieces(Array(Set(numbers))) {
      for row in try db.all(
        """
        SELECT r.id, r.source_no, m.no, m.title, m.squad_id FROM report r JOIN promise p ON p.report_id = r.id
        JOIN matter m ON m.id = p.matter_id
        WHERE r.channel = \(mapping.channel) AND r.source_no IN (\(list: part)) AND \(visible)
        """)
      {
        out[try row.text("source_no")] = Match(
          report: try row.int("id"), matterNo: try row.text("no"), title: try row.text("title"), squad: try row.optionalInt("squad_id"))
      }
    }
    return out
  }
  private func pieces(_ all: [String]) -> [[String]] {
    stride(from: 0, to: all.count, by: 500).map { Array(all[$0..<min($0 + 500, all.count)]) }
  }
  /// By its journal the figures notice that a month has to be counted again.
  private func listed(_ report: Int64, _ kind: CityEntry.Kind, by actor: Actor, at now: Moment, _ db: any Writer) throws {
    try Journal.append(
      "report-city-listed", on: Subject("report", report), by: actor, at: now, facts: ["kind": kind.rawValue], ids: house.ids, db)
  }

  /// Looks again for reports of numbers that nobody knew, and brings entries to the squad that has the matter now.
  /// - Returns: how many found their report.
  @discardableResult
  public func match() async throws -> Int {
    let now = house.now()
    return try await house.store.write { db in
      var count = 0
      let waiting = try db.all("SELECT id, district_id, kind, source_no FROM city_entry WHERE report_id IS NULL ORDER BY id LIMIT 20000")
      for (district, rows) in Dictionary(grouping: waiting, by: { (try? $0.int("district_id")) ?? 0 }) {
        let found = try find(try rows.map { try $0.text("source_no") }, "m.district_id = \(district)", db)
        for row in rows {
          guard let match = found[try row.text("source_no")] else { continue }
          let id: CityEntry.ID = try row.id("id")
          try db.run("UPDATE city_entry SET report_id = \(match.report), squad_id = \(match.squad), version = version + 1 WHERE id = \(id)")
          try Journal.append("city-entry-matched", on: Subject("city_entry", id), by: .system, at: now, ids: house.ids, db)
          try listed(match.report, try row.choice("kind"), by: .system, at: now, db)
          count += 1
        }
      }
      for row in try db.all(
        """
        SELECT e.id, m.squad_id FROM city_entry e JOIN promise p ON p.report_id = e.report_id JOIN matter m ON m.id = p.matter_id
        WHERE e.state = 'open' AND m.squad_id IS NOT NULL AND COALESCE(e.squad_id, 0) <> m.squad_id
        """)
      {
        try db.run("UPDATE city_entry SET squad_id = \(try row.int("squad_id")) WHERE id = \(try row.int("id"))")
      }
      return count
    }
  }
}

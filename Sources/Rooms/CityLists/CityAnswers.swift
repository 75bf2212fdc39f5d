import Foundation
import Kernel
import Matters
import Offices
import People
import Sheets
import Storage

public struct CityFilter: Sendable, Hashable {
  public var state: CityEntry.State?
  public var kind: CityEntry.Kind?
  public var month: Month?
  public var unmatched = false
  public init() {}
}

extension CityLists {
  // MARK: Lists

  private static func visible(_ person: Person, _ table: String) -> Query {
    guard person.may(.seeMatters) else { return "1 = 0" }
    return Scope(of: person).rows(of: table)
  }
  private static let columns: Query =
    """
    e.*, r.no AS report_no, m.no AS matter_no, m.title, s.short AS squad_name, a.name AS answered_name, b.name AS reviewed_name,
      d.name AS decided_name
    FROM city_entry e LEFT JOIN report r ON r.id = e.report_id LEFT JOIN promise p ON p.report_id = e.report_id
    LEFT JOIN matter m ON m.id = p.matter_id LEFT JOIN office s ON s.id = e.squad_id LEFT JOIN account a ON a.id = e.answered_by
    LEFT JOIN account b ON b.id = e.reviewed_by LEFT JOIN account d ON d.id = e.decided_by
    """
  private static func entry(_ row: ResultRow) throws -> CityEntry {
    CityEntry(
      id: try row.id("id"), kind: try row.choice("kind"), month: Month(count: try row.count("month")), sourceNo: try row.text("source_no"),
      said: try row.text("said"), due: try row.day("due_day"), state: try row.choice("state"), squad: try row.optionalID("squad_id"),
      squadName: try row.optionalText("squad_name"), report: try row.optionalInt("report_id"), reportNo: try row.optionalText("report_no"),
      matterNo: try row.optionalText("matter_no"), matterTitle: try row.optionalText("title"), answer: try row.optionalText("answer"),
      evidence: try row.optionalText("evidence"), answeredBy: try row.optionalText("answered_name"),
      answeredAt: try row.optionalMoment("answered_at"), reviewedBy: try row.optionalText("reviewed_name"),
      reviewedAt: try row.optionalMoment("reviewed_at"), reviewNote: try row.optionalText("review_note"),
      decidedBy: try row.optionalText("decided_name"), decidedAt: try row.optionalMoment("decided_at"),
      verdict: try row.optionalText("verdict"), version: try row.count("version"))
  }

  /// Within a person's scope, the earliest due first.
  public func entries(_ filter: CityFilter, for person: Person, limit: Int = 200) async throws -> [CityEntry] {
    try person.require(.seeMatters)
    var conditions: [Query] = [Self.visible(person, "e")]
    if filter.unmatched {
      conditions.append("e.report_id IS NULL")
    } else if let state = filter.state {
      conditions.append("e.state = \(state) AND e.report_id IS NOT NULL")
    }
    if let kind = filter.kind { conditions.append("e.kind = \(kind)") }
    if let month = filter.month { conditions.append("e.month = \(month.count)") }
    let whole = conditions.conjunction
    let order: Query = filter.state == nil && !filter.unmatched ? "e.id DESC" : "e.due_day, e.id"
    return try await house.store.read { db in
      try db.all("SELECT \(Self.columns) WHERE \(whole) ORDER BY \(order) LIMIT \(limit)").map(Self.entry)
    }
  }
  /// Of what is going on: by state, those nobody can match apart, and the earliest day to answer by.
  public func counts(for person: Person) async throws -> (states: [CityEntry.State: Int], unmatched: Int, due: Day?) {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      var states: [CityEntry.State: Int] = [:]
      for state in [CityEntry.State.open, .asked, .sent] {
        let n = try db.number(
          "SELECT count(*) AS n FROM city_entry e WHERE e.state = \(state) AND e.report_id IS NOT NULL AND \(Self.visible(person, "e"))")
        states[state] = Int(n)
      }
      let unmatched = Int(
        try db.number("SELECT count(*) AS n FROM city_entry e WHERE e.report_id IS NULL AND \(Self.visible(person, "e"))"))
      let due = try db.first(
        """
        SELECT e.due_day FROM city_entry e WHERE e.state = 'open' AND e.report_id IS NOT NULL AND \(Self.visible(person, "e"))
        ORDER BY e.due_day LIMIT 1
        """)?.day("due_day")
      return (states, unmatched, due)
    }
  }
  /// What the city says of the reports of a matter that this person has opened.
  public func entries(ofMatter no: String, for person: Person) async throws -> [CityEntry] {
    guard person.may(.seeMatters) else { return [] }
    return try await house.store.read { db in
      guard let matter = try MatterStore.find(no: no, for: person, db) else { return [] }
      return try db.all(
        """
        SELECT \(Self.columns) WHERE e.report_id IN (SELECT x.report_id FROM promise x WHERE x.matter_id = \(matter.id)) ORDER BY e.id DESC LIMIT 50
        """
      ).map(Self.entry)
    }
  }
  /// - Throws: `Refusal` `city-lists-missing` also for one outside the person's scope.
  public func entry(_ id: CityEntry.ID, for person: Person) async throws -> CityEntry {
    try person.require(.seeMatters)
    return try await house.store.read { db in try find(id, for: person, db) }
  }
  private func find(_ id: CityEntry.ID, for person: Person, _ db: any Reader) throws -> CityEntry {
    guard let row = try db.first("SELECT \(Self.columns) WHERE e.id = \(id) AND \(Self.visible(person, "e"))") else {
      throw Refusal(.missing, "city-lists-missing", "没有这件通报，或者它不在您的范围内。")
    }
    return try Self.entry(row)
  }

  // MARK: Answering

  private func one(
    _ id: CityEntry.ID, _ states: Set<CityEntry.State>, version: Int, for person: Person, _ db: any Reader
  ) throws -> CityEntry {
    let entry = try find(id, for: person, db)
    guard entry.report != nil else {
      throw Refusal(.conflict, "city-lists-unmatched", "这件通报还没有找到对应的诉件，找到以后才能答复。")
    }
    guard states.contains(entry.state) else {
      throw Refusal(.conflict, "city-lists-decided", "这件通报\(entry.state.chinese)，请刷新后再看。")
    }
    guard entry.version == version else { throw Refusal(.conflict, "city-lists-changed", "这件通报刚被别人改过，请刷新后再看。") }
    return entry
  }
  private func text(_ text: String, _ least: Int, _ field: String, _ sentence: String) throws(Refusal) -> String {
    let clean = text.trimming()
    guard (least...1000).contains(clean.utf16.count) else {
      throw Refusal(.invalid, "city-lists-\(field)", "\(sentence)，\(least) 至 1000 字。", field: field)
    }
    return clean
  }
  private func own(_ entry: CityEntry, _ person: Person) throws(Refusal) {
    guard entry.squad != nil, entry.squad == person.office else {
      throw Refusal(.forbidden, "city-lists-not-yours", "由承办的执法队答复，您所在的单位不承办这件事项。")
    }
  }

  /// 认可: the city is right, and this will be done.
  /// - Throws: `Refusal` `city-lists-missing`, `city-lists-unmatched`, `city-lists-decided`, `city-lists-changed`, `city-lists-not-yours`,
  ///   `city-lists-answer`.
  public func accept(_ id: CityEntry.ID, answer: String, version: Int, by person: Person) async throws {
    try person.require(.handleMatters)
    let words = try text(answer, 5, "answer", "请写明接下来怎么做")
    let now = house.now()
    try await house.store.write { db in
      let entry = try one(id, [.open, .asked], version: version, for: person, db)
      try own(entry, person)
      try db.run(
        """
        UPDATE city_entry SET state = 'accepted', answer = \(words), evidence = NULL, answered_by = \(person.id), answered_at = \(now),
          version = version + 1 WHERE id = \(id)
        """)
      try Journal.append("city-entry-accepted", on: Subject("city_entry", id), by: person.actor, at: now, note: words, ids: house.ids, db)
    }
  }

  /// 申诉: the city is wrong. Waits for the squad's leader.
  /// - Throws: `Refusal` as `accept`, and `city-lists-late`; of the words all at once, as `Refusals`: `city-lists-reason`, `city-lists-evidence`.
  public func appeal(_ id: CityEntry.ID, reason: String, evidence: String, version: Int, by person: Person) async throws {
    try person.require(.handleMatters)
    var wrong: [Refusal] = []
    var (why, proof) = ("", "")
    do { why = try text(reason, 10, "reason", "请写明为什么通报与事实不符") } catch { wrong.append(error) }
    do { proof = try text(evidence, 5, "evidence", "请写明证据：哪一次联系、核查、照片或者答复") } catch { wrong.append(error) }
    if !wrong.isEmpty { throw Refusals(wrong) }
    let (now, said, shown) = (house.now(), why, proof)
    try await house.store.write { db in
      let entry = try one(id, [.open], version: version, for: person, db)
      try own(entry, person)
      try inTime(entry, now)
      try db.run(
        """
        UPDATE city_entry SET state = 'asked', answer = \(said), evidence = \(shown), answered_by = \(person.id), answered_at = \(now),
          version = version + 1 WHERE id = \(id)
        """)
      try Journal.append("city-entry-asked", on: Subject("city_entry", id), by: person.actor, at: now, note: said, ids: house.ids, db)
    }
  }
  private func inTime(_ entry: CityEntry, _ now: Moment) throws(Refusal) {
    guard now.day <= entry.due else {
      throw Refusal(.conflict, "city-lists-late", "申诉要在 \(entry.due.chineseLong) 前报出，已经过期；可以认可并写明怎么做。")
    }
  }

  /// The leader lets an appeal go to the district, or sends it back with a word.
  /// - Throws: `Refusal` as `accept`, and `city-lists-late`, `city-lists-note`.
  public func review(_ id: CityEntry.ID, approve: Bool, note: String, version: Int, by person: Person) async throws {
    try person.require(.leadMatters)
    let words = approve && note.trimming().isEmpty ? nil : try text(note, 2, "note", "请写明退回的理由")
    let now = house.now()
    try await house.store.write { db in
      let entry = try one(id, [.asked], version: version, for: person, db)
      try own(entry, person)
      if approve { try inTime(entry, now) }
      try db.run(
        """
        UPDATE city_entry SET state = \(approve ? CityEntry.State.sent : .open), reviewed_by = \(person.id), reviewed_at = \(now),
          review_note = \(words), version = version + 1 WHERE id = \(id)
        """)
      try Journal.append(
        approve ? "city-entry-sent" : "city-entry-returned", on: Subject("city_entry", id), by: person.actor, at: now, note: words,
        ids: house.ids, db)
    }
  }

  /// What the city answered to an appeal. Upheld, its word no longer stands in the figures.
  /// - Throws: `Refusal` `city-lists-missing`, `city-lists-decided`, `city-lists-changed`, `city-lists-verdict`.
  public func decide(_ id: CityEntry.ID, upheld: Bool, verdict: String, version: Int, by person: Person) async throws {
    try person.require(.keepCityLists)
    let words = try text(verdict, 2, "verdict", "请照录市局的答复")
    let now = house.now()
    try await house.store.write { db in
      let entry = try one(id, [.sent], version: version, for: person, db)
      let state = upheld ? CityEntry.State.upheld : .rejected
      try db.run(
        """
        UPDATE city_entry SET state = \(state), decided_by = \(person.id), decided_at = \(now), verdict = \(words), version = version + 1
        WHERE id = \(id)
        """)
      try Journal.append(
        "city-entry-\(state.rawValue)", on: Subject("city_entry", id), by: person.actor, at: now, note: words, ids: house.ids, db)
      if upheld, let report = entry.report {
        // By its journal the figures notice that a month has to be counted again.
        try Journal.append(
          "report-city-withdrawn", on: Subject("report", report), by: person.actor, at: now, facts: ["kind": entry.kind.rawValue],
          ids: house.ids, db)
      }
      if let squad = entry.squad {
        try matters.notify(
          try matters.leaders(of: squad, on: now.day, db), kind: "city-list", matter: nil,
          text: "市级通报（\(entry.kind.chinese)）\(state.chinese)：\(entry.matterTitle ?? entry.sourceNo)", at: now, db)
      }
    }
  }

  /// Appeals as a table, for the city. Holds no caller.
  public func appeals(_ month: Month?, by person: Person) async throws -> Table {
    try person.require(.keepCityLists)
    let now = house.now()
    var conditions: [Query] = [Self.visible(person, "e"), "e.state IN ('sent', 'upheld', 'rejected')"]
    if let month { conditions.append("e.month = \(month.count)") }
    let whole = conditions.conjunction
    return try await house.store.write { db in
      let all = try db.all("SELECT \(Self.columns) WHERE \(whole) ORDER BY e.month, e.id LIMIT 20000").map(Self.entry)
      let id: Identifier<Table> = house.ids.next(at: now)
      try Journal.append(
        "city-appeals-exported", on: Subject("export", id), by: person.actor, at: now, facts: ["rows": "\(all.count)"], opening: true,
        ids: house.ids, db)
      return Table(
        header: ["工单编号", "通报类型", "通报月份", "通报原因", "承办单位", "诉件编号", "申诉理由", "证据", "审核人", "报出时间", "市局答复", "答复内容"],
        cells: all.map { one in
          [
            one.sourceNo, one.kind.chinese, "\(one.month.year)年\(one.month.number)月", one.said, one.squadName ?? "", one.reportNo ?? "",
            one.answer ?? "", one.evidence ?? "", one.reviewedBy ?? "", one.reviewedAt?.text ?? "",
            one.state == .sent ? "" : one.state.chinese, one.verdict ?? "",
          ]
        })
    }
  }
}

import Catalogue
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage

/// What an officer writes down of a visit, once.
public struct InspectionReport: Sendable {
  public var on: Day?
  public var result: Inspection.Result?
  public var note: String
  /// Of what becomes a matter.
  public var place = ""
  public var item: String?
  public var urgent = false
  public var files: [ReportFile] = []
  public var position: Coordinates?
  /// Goes on with the matter themself.
  public var mine = true
  /// When somebody comes again to see whether it was put right.
  public var recheck: Day?
  public init(on: Day?, result: Inspection.Result?, note: String) {
    self.on = on
    self.result = result
    self.note = note
  }
}

/// What came of writing it down.
public struct CarriedOut: Sendable {
  /// The matter's number, when there is one.
  public var matterNo: String?
  /// Why the officer does not go on with it themself.
  public var notAccepted: String?
}

extension Grades {
  private func open(_ no: String, version: Int, for person: Person, _ db: any Reader) throws -> Inspection {
    let one = try findInspection(no, for: person, db)
    guard one.state == .planned else { throw Refusal(.conflict, "inspections-closed", "这次检查\(one.state.chinese)，不能再改。") }
    guard one.version == version else { throw Refusal(.conflict, "inspections-changed", "这次检查刚被别人改过，请刷新后再看。") }
    return one
  }

  /// All that is wrong with what was written down.
  func problems(_ report: InspectionReport, at now: Moment) -> [Refusal] {
    let length = report.note.trimming().utf16.count
    var wrong: [Refusal] = []
    if report.result == nil { wrong.append(Refusal(.invalid, "inspections-result", "请选择检查结果。", field: "result")) }
    if !(report.on.map { $0 <= now.day && $0 >= now.day.adding(days: -30) } ?? false) {
      wrong.append(Refusal(.invalid, "inspections-day", "检查日期要在近 30 天内，不能晚于今天。", field: "on"))
    }
    if length < (report.result == .nothing ? 0 : 5) || length > 2000 {
      wrong.append(Refusal(.invalid, "inspections-note", "请写明看到什么、告知了谁，5 至 2000 字。", field: "note"))
    }
    if let day = report.recheck, report.result != .told || day <= now.day || day > now.day.adding(days: 92) {
      wrong.append(Refusal(.invalid, "inspections-recheck", "复查日期只用于当场告知改正的，要在今天之后、三个月之内。", field: "recheck"))
    }
    if report.files.count > NewReport.mostFiles {
      wrong.append(Refusal(.invalid, "inspections-photos", "照片最多 \(NewReport.mostFiles) 张，请减少后再传。", field: "photos"))
    }
    return wrong
  }

  /// Carries an inspection out. What becomes a matter goes in by the command of every patrol finding, under the inspection's own key: sent
  /// again it is the same matter.
  /// - Throws: `Refusal` `inspections-missing`, `inspections-closed`, `inspections-changed`; what is wrong with the form all at once, as
  ///   `Refusals`: `inspections-result`, `inspections-day`, `inspections-note`, `inspections-recheck`, and what `Matters.receive` refuses.
  @discardableResult
  public func carryOut(_ no: String, _ report: InspectionReport, version: Int, by person: Person) async throws -> CarriedOut {
    try person.require(.reportOnPatrol)
    let now = house.now()
    let note = report.note.trimming()
    let wrong = problems(report, at: now)
    guard wrong.isEmpty, let result = report.result, let on = report.on else { throw Refusals(wrong) }
    let one = try await house.store.read { db in try open(no, version: version, for: person, db) }
    let out = result == .matter ? try await makeMatter(one, report, note, by: person, at: now) : CarriedOut()
    try await house.store.write { db in
      let one = try open(no, version: version, for: person, db)
      // What became a matter stands there, sealed and masked, and nowhere else.
      let words = note.isEmpty || result == .matter ? nil : note
      try db.run(
        """
        UPDATE inspection SET state = 'done', result = \(result), note = \(words), done_day = \(on), done_at = \(now), done_by = \(person.id),
          matter_id = (SELECT m.id FROM matter m WHERE m.no = \(out.matterNo)), version = version + 1 WHERE id = \(one.id)
        """)
      try keep(report.files, of: one.id, at: now, db)
      try Journal.append(
        "inspection-done", on: Subject("inspection", one.id), by: person.actor, at: now,
        facts: [
          "result": result.rawValue, "on": on.iso, "matter": out.matterNo ?? "",
          "files": report.files.map(\.original.sha256).joined(separator: " "),
        ], note: words, ids: house.ids, db)
      if let day = report.recheck { try recheck(one, note, on: day, by: person, at: now, db) }
    }
    return out
  }

  /// What was told at a visit and not put right becomes a matter: in the words and with the photos of the inspection, nothing typed or sent again.
  /// - Throws: `Refusal` `inspections-missing`, `inspections-changed`; `inspections-not-told` for one at which nothing was told, or whose words are a
  ///   matter already; what `Matters.receive` refuses.
  @discardableResult
  public func register(_ no: String, version: Int, by person: Person) async throws -> CarriedOut {
    try person.require(.reportOnPatrol)
    let now = house.now()
    let one = try await inspection(no, for: person)
    // Sent a second time it says nothing new.
    if one.result == .told, let matter = one.matterNo { return CarriedOut(matterNo: matter) }
    guard one.version == version else { throw Refusal(.conflict, "inspections-changed", "这次检查刚被别人改过，请刷新后再看。") }
    guard one.state == .done, one.result == .told, let told = one.note, let on = one.doneOn else {
      throw Refusal(.conflict, "inspections-not-told", "只有当场告知改正的检查可以这样登记为事项。")
    }
    var report = InspectionReport(on: on, result: .told, note: told)
    report.files = try await photos(of: one)
    let out = try await makeMatter(one, report, "\(on.chineseLong)检查时告知改正，至今没有改正：\(told)", by: person, at: now)
    try await house.store.write { db in
      // Those words stand in the matter now, sealed and masked, and nowhere else.
      try db.run(
        """
        UPDATE inspection SET matter_id = (SELECT m.id FROM matter m WHERE m.no = \(out.matterNo)), note = NULL, version = version + 1
        WHERE id = \(one.id) AND matter_id IS NULL
        """)
      try Journal.append(
        "inspection-registered", on: Subject("inspection", one.id), by: person.actor, at: now, facts: ["matter": out.matterNo ?? ""],
        ids: house.ids, db)
    }
    return out
  }

  /// A patrol finding, as it goes to the desk.
  func patrol(_ report: InspectionReport, _ note: String, compound: Compound.ID, by person: Person, at now: Moment) throws -> NewReport {
    var new = NewReport(channel: .patrol, content: note, saidAt: now)
    new.place = report.place
    new.compound = compound.raw
    new.reporter = person.id.raw
    new.receiver = person.office?.raw
    new.urgent = report.urgent
    new.files = report.files
    new.position = report.position
    if let item = report.item { new.item = try matters.catalogue.known(item).slug }
    return new
  }
  private func makeMatter(_ one: Inspection, _ report: InspectionReport, _ note: String, by person: Person, at now: Moment) async throws
    -> CarriedOut
  {
    var new = try patrol(report, note, compound: one.compound, by: person, at: now)
    new.idempotencyKey = "inspection-\(one.id)"
    let received = try await matters.receive(new, by: person.actor)
    var out = CarriedOut(matterNo: received.matterNo)
    if report.mine, !received.joined, !received.repeated {
      do {
        try await matters.accept(received.matterNo, officer: nil, version: nil, by: person)
      } catch let refusal as Refusal { out.notAccepted = refusal.message }
    }
    return out
  }

  private func recheck(_ one: Inspection, _ note: String, on day: Day, by person: Person, at now: Moment, _ db: any Writer) throws {
    let id: Inspection.ID = house.ids.next(at: now)
    let month = Month(day)
    let no = "J\(month.year)\(month.number.padded(2))-\(Int(try Counter.next("inspection-\(month.count)", db)).padded(6))"
    try db.run(
      """
      INSERT INTO inspection (id, no, kind, compound_id, squad_id, district_id, officer_id, month, turn, grade, reason, due_day, state, result,
        note, matter_id, done_day, done_at, done_by, version)
      SELECT \(id), \(no), 'recheck', i.compound_id, i.squad_id, i.district_id, \(person.id), \(month.count), 0, i.grade,
        \("复查 \(one.no) 告知改正的：\(note.prefix(200))"), \(day), 'planned', NULL, NULL, NULL, NULL, NULL, NULL, 1
      FROM inspection i WHERE i.id = \(one.id)
      """)
    try Journal.append(
      "inspection-planned", on: Subject("inspection", id), by: person.actor, at: now, facts: ["no": no, "of": one.no, "due": day.iso],
      opening: true, ids: house.ids, db)
  }

  /// Names who goes, and by when.
  /// - Throws: `Refusal` `inspections-missing`, `inspections-closed`, `inspections-changed`, `inspections-officer`, `inspections-due`.
  public func assign(_ no: String, officer: Person.ID?, due: Day?, version: Int, by person: Person) async throws {
    try person.require(.makePlans)
    let now = house.now()
    try await house.store.write { db in
      let before = try findInspection(no, for: person, db)
      // Sent a second time it says nothing new.
      if before.state == .planned, before.officer == officer?.raw, before.due == due { return }
      let one = try open(no, version: version, for: person, db)
      guard
        try db.exists(
          """
          SELECT 1 AS one FROM account WHERE id = \(officer) AND state = 'active' AND role IN ('officer', 'squadLeader')
            AND office_id = \(one.squad)
          """)
      else { throw Refusal(.invalid, "inspections-officer", "检查人须是\(one.squadName)在岗的队员或中队长。", field: "officer") }
      guard let due, due >= now.day, one.kind == .recheck || Month(due) == one.month else {
        throw Refusal(.invalid, "inspections-due", "期限要在今天之后、当月之内。", field: "due")
      }
      try db.run("UPDATE inspection SET officer_id = \(officer), due_day = \(due), version = version + 1 WHERE id = \(one.id)")
      try Journal.append(
        "inspection-assigned", on: Subject("inspection", one.id), by: person.actor, at: now,
        facts: ["officer": "\(officer.map { $0.raw } ?? 0)", "due": due.iso], ids: house.ids, db)
    }
  }

  /// Says why nobody goes.
  /// - Throws: `Refusal` `inspections-missing`, `inspections-closed`, `inspections-changed`, `inspections-reason`.
  public func drop(_ no: String, reason: String, version: Int, by person: Person) async throws {
    try person.require(.makePlans)
    let why = reason.trimming()
    guard (5...500).contains(why.utf16.count) else {
      throw Refusal(.invalid, "inspections-reason", "请写明为什么不再检查，5 至 500 字。", field: "reason")
    }
    let now = house.now()
    try await house.store.write { db in
      let one = try open(no, version: version, for: person, db)
      try end(one.id, .dropped, note: why, by: person.actor, at: now, db)
    }
  }

  /// Who may be sent.
  public func officers(of squad: Office.ID) async throws -> [(id: Int64, name: String)] {
    try await house.store.read { db in
      try db.all(
        """
        SELECT id, name FROM account WHERE office_id = \(squad) AND state = 'active' AND role IN ('officer', 'squadLeader') ORDER BY role, id
        """
      ).map { (try $0.int("id"), try $0.text("name")) }
    }
  }
}

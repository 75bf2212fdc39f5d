import Compounds
import Intake
import Kernel
import Matters
import Offices
import People
import Storage

/// Where somebody means to look without a plan, and what speaks for it.
public struct UnplannedGround: Sendable {
  public let compound: Compound.ID
  public let no: String
  public let name: String
  public let address: String
  /// nil for a compound that has not been graded yet.
  public let grade: CompoundGrade?
  /// This month's visit that is planned already: to be carried out instead.
  public let planned: Inspection?
  /// Data show nothing, so that going there needs a reason of its own.
  public var needsReason: Bool { grade?.isQuiet ?? true }
}

/// 临时检查: visits that nobody planned. An administrative inspection must not be arbitrary (国办发〔2024〕54号): where data show nothing, who goes says why;
/// and what is planned comes first.
extension Grades {
  /// - Throws: `Refusal` `inspections-compound` also for one outside the person's scope.
  public func ground(of no: String, on day: Day? = nil, for person: Person) async throws -> UnplannedGround {
    try person.require(.reportOnPatrol)
    let month = Month(day ?? house.now().day)
    return try await house.store.read { db in try ground(of: no, month, for: person, db) }
  }
  private func ground(of no: String, _ month: Month, for person: Person, _ db: any Reader) throws -> UnplannedGround {
    guard
      let row = try db.first(
        "SELECT c.id, c.no, c.name, c.address FROM compound c WHERE c.no = \(no) AND c.state = 'active' AND \(Self.visible(person, "c"))")
    else { throw Refusal(.missing, "inspections-compound", "没有这个小区，或者它不在您的范围内。") }
    let compound: Compound.ID = try row.id("id")
    let planned = try db.first(
      """
      SELECT no FROM inspection WHERE compound_id = \(compound) AND month = \(month.count) AND kind = 'routine' AND state = 'planned'
      ORDER BY turn LIMIT 1
      """)
    return UnplannedGround(
      compound: compound, no: try row.text("no"), name: try row.text("name"), address: try row.text("address"),
      grade: try find(no, for: person, db), planned: try planned.map { try findInspection(try $0.text("no"), for: person, db) })
  }

  /// Writes down a visit that nobody planned. It takes a turn of its month like a planned one, so that the grade's next visit is reckoned from
  /// it, and is carried out by the same command.
  /// - Parameters:
  ///   - why: needed where data show nothing.
  ///   - key: under which the form was sent; the same again is the same visit.
  /// - Returns: its number, and what came of it.
  /// - Throws: `Refusal` `inspections-compound`; `inspections-planned` where this month's visit waits to be carried out; of what is wrong all at
  ///   once, as `Refusals`: `inspections-why` and what `carryOut` refuses.
  @discardableResult
  public func recordUnplanned(
    in no: String, because why: String, _ report: InspectionReport, key: String?, by person: Person
  ) async throws -> (no: String, out: CarriedOut) {
    try person.require(.reportOnPatrol)
    let now = house.now()
    let why = why.trimming()
    let month = Month(report.on ?? now.day)
    let ground = try await self.ground(of: no, on: report.on, for: person)
    var wrong = problems(report, at: now)
    if ground.needsReason ? !(10...500).contains(why.utf16.count) : why.utf16.count > 500 {
      wrong.insert(
        Refusal(
          .invalid, "inspections-why",
          ground.needsReason ? "数据没有显示这个小区有问题。确需检查的，请写明依据和原因，10 至 500 字。" : "原因最多 500 字。", field: "why"), at: 0)
    }
    if !wrong.isEmpty { throw Refusals(wrong) }
    if report.result == .matter {
      try patrol(report, report.note.trimming(), compound: ground.compound, by: person, at: now).check(now: now)
    }
    let (begun, version) = try await house.store.write { db -> (String, Int) in
      if let key, let before = try db.first("SELECT no, version FROM inspection WHERE sent_key = \(key)") {
        return (try before.text("no"), try before.count("version"))
      }
      return (try begin(no, month, why, report, key: key, by: person, at: now, db), 1)
    }
    let one = try await inspection(begun, for: person)
    // Sent a second time it says nothing new.
    if one.state == .done { return (begun, CarriedOut(matterNo: one.matterNo)) }
    return (begun, try await carryOut(begun, report, version: version, by: person))
  }

  private func begin(
    _ no: String, _ month: Month, _ why: String, _ report: InspectionReport, key: String?, by person: Person, at now: Moment,
    _ db: any Writer
  ) throws -> String {
    let ground = try self.ground(of: no, month, for: person, db)
    if let planned = ground.planned {
      throw Refusal(.conflict, "inspections-planned", "这个小区本月已安排检查 \(planned.no)，请记录在那次检查里。")
    }
    let taken = Set(
      try db.all("SELECT turn FROM inspection WHERE compound_id = \(ground.compound) AND month = \(month.count) AND kind = 'routine'").map {
        try $0.count("turn")
      })
    let turn = (1...).first { !taken.contains($0) } ?? 1
    let number = "J\(month.year)\(month.number.padded(2))-\(Int(try Counter.next("inspection-\(month.count)", db)).padded(6))"
    let id: Inspection.ID = house.ids.next(at: now)
    let due = report.on ?? now.day
    try db.run(
      """
      INSERT INTO inspection (id, no, kind, compound_id, squad_id, district_id, officer_id, month, turn, grade, reason, due_day, state, result,
        note, matter_id, done_day, done_at, done_by, version, unplanned, sent_key)
      SELECT \(id), \(number), 'routine', c.id, c.squad_id, c.district_id, \(person.id), \(month.count), \(turn),
        \(ground.grade?.effective ?? ""), \(reason(ground, why)), \(due), 'planned', NULL, NULL, NULL, NULL, NULL, NULL, 1, 1, \(key)
      FROM compound c WHERE c.id = \(ground.compound)
      """)
    try Journal.append(
      "inspection-unplanned", on: Subject("inspection", id), by: person.actor, at: now,
      facts: ["no": number, "grade": ground.grade?.effective ?? "", "due": due.iso], note: why.isEmpty ? nil : why, opening: true,
      ids: house.ids, db)
    return number
  }
  private func reason(_ ground: UnplannedGround, _ why: String) -> String {
    guard let grade = ground.grade else { return "临时检查，小区还没有分级：\(why)" }
    if grade.isQuiet { return "临时检查，数据没有显示问题：\(why)" }
    return "临时检查，\(grade.effective) 级：\(why.isEmpty ? grading.reasons(grade.graded) : why)"
  }
}

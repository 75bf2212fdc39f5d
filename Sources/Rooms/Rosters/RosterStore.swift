import Foundation
import Kernel
import Offices
import People
import Staffing
import Storage

/// The SQL of reading plans.
enum RosterStore {
  static let columns: Query =
    """
    p.id, p.no, p.squad_id, p.district_id, p.number, p.start_day, p.until_day, p.state, p.what_if, p.change, p.notes, p.score, p.proportional,
    p.proportional_note, p.remarks, p.obstacles, p.objective, p.bound, p.time_limited, p.asked_at, p.begun_at, p.ended_at, p.issued_at,
    p.version, s.short AS squad_name, a.name AS asker, i.name AS issuer, b.no AS base_no
    FROM roster_plan p JOIN office s ON s.id = p.squad_id JOIN account a ON a.id = p.asked_by LEFT JOIN account i ON i.id = p.issued_by
    LEFT JOIN roster_plan b ON b.id = p.based_on
    """
  static func plan(_ row: ResultRow) throws -> RosterPlan {
    func score(_ name: String) throws -> PlanScore? {
      try row.optionalText(name).map { try JSONDecoder().decode(PlanScore.self, from: Data($0.utf8)) }
    }
    return RosterPlan(
      id: try row.id("id"), no: try row.text("no"), squad: try row.id("squad_id"), squadName: try row.text("squad_name"),
      district: try row.optionalID("district_id"), number: try row.count("number"), start: try row.day("start_day"),
      until: try row.day("until_day"), state: try row.choice("state"), isWhatIf: try row.bool("what_if"),
      basedOn: try row.optionalText("base_no"), change: try row.text("change"), notes: try row.json("notes"), score: try score("score"),
      proportional: try score("proportional"), proportionalNote: try row.optionalText("proportional_note"),
      remarks: try row.json("remarks"), obstacles: try row.json("obstacles"), objective: try row.optionalInt("objective").map(Int.init),
      bound: try row.optionalInt("bound").map(Int.init), timeLimited: try row.bool("time_limited"), askedBy: try row.text("asker"),
      askedAt: try row.moment("asked_at"), begunAt: try row.optionalMoment("begun_at"), endedAt: try row.optionalMoment("ended_at"),
      issuedBy: try row.optionalText("issuer"), issuedAt: try row.optionalMoment("issued_at"), version: try row.count("version"))
  }
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func find(_ id: RosterPlan.ID, _ db: any Reader) throws -> RosterPlan? {
    try db.first("SELECT \(columns) WHERE p.id = \(id)").map(plan)
  }
  static func instance(_ id: RosterPlan.ID, _ db: any Reader) throws -> StaffingInstance {
    guard let row = try db.first("SELECT instance FROM roster_plan WHERE id = \(id)") else { throw StorageError.corrupted("roster_plan") }
    return try row.json("instance")
  }

  static func places(of plan: RosterPlan.ID, compound: Int64? = nil, _ db: any Reader) throws -> [RosterPlace] {
    let one: Query = compound.map { "x.compound_id = \($0)" } ?? "1 = 1"
    return try db.all(
      """
      SELECT x.*, c.no AS compound_no, c.name AS compound_name, a.name AS contact_name, b.name AS second_name FROM roster_place x
      JOIN compound c ON c.id = x.compound_id JOIN account a ON a.id = x.contact_id LEFT JOIN account b ON b.id = x.second_id
      WHERE x.plan_id = \(plan) AND \(one)
      """
    ).map(place).sorted { ($0.compoundName, $0.compound) < ($1.compoundName, $1.compound) }
  }
  private static func place(_ row: ResultRow) throws -> RosterPlace {
    RosterPlace(
      compound: try row.id("compound_id"), compoundNo: try row.text("compound_no"), compoundName: try row.text("compound_name"),
      mode: try row.choice("mode"), modeName: try row.text("mode_name"), visits: try row.count("visits"),
      demandHours: try row.double("demand_hours"), servedHours: try row.double("served_hours"), contact: try row.int("contact_id"),
      contactName: try row.text("contact_name"), second: try row.optionalInt("second_id"), secondName: try row.optionalText("second_name"),
      reason: try row.text("reason"), contactReason: try row.text("contact_reason"), secondReason: try row.optionalText("second_reason"))
  }

  static func loads(of plan: RosterPlan.ID, _ db: any Reader) throws -> [RosterLoad] {
    try db.all(
      """
      SELECT x.*, a.name, o.short AS home FROM roster_load x JOIN account a ON a.id = x.account_id LEFT JOIN office o ON o.id = x.home_id
      WHERE x.plan_id = \(plan) ORDER BY CASE WHEN x.home_id IS NULL THEN 0 ELSE 1 END, x.account_id
      """
    )
    .map { row in
      RosterLoad(
        account: try row.int("account_id"), name: try row.text("name"), home: try row.optionalText("home"),
        available: try row.count("available"),
        visits: try row.count("visits"), standIns: try row.count("stand_ins"), duties: try row.count("duties"),
        load: try row.count("load"), percent: try row.count("percent"))
    }
  }

  static let shiftColumns: Query =
    """
    x.*, a.name, c.no AS compound_no, c.name AS compound_name, d.name AS duty_name, o.name AS instead_name FROM roster_shift x
    JOIN account a ON a.id = x.account_id LEFT JOIN compound c ON c.id = x.compound_id LEFT JOIN roster_duty d ON d.id = x.duty_id
    LEFT JOIN account o ON o.id = x.instead_id
    """
  static func shifts(_ condition: Query, _ db: any Reader) throws -> [RosterShift] {
    try db.all("SELECT \(shiftColumns) WHERE \(condition)").map(shift).sorted {
      ($0.day.daysSinceEpoch, RosterShift.order($0.half), $0.account, $0.id.raw) < (
        $1.day.daysSinceEpoch, RosterShift.order($1.half), $1.account, $1.id.raw
      )
    }
  }
  static func shift(_ row: ResultRow) throws -> RosterShift {
    RosterShift(
      id: try row.id("id"), account: try row.int("account_id"), name: try row.text("name"), day: try row.day("day"),
      half: try row.choice("half"), task: try row.choice("task"), compound: try row.optionalID("compound_id"),
      compoundNo: try row.optionalText("compound_no"), compoundName: try row.optionalText("compound_name"),
      duty: try row.optionalInt("duty_id"), dutyName: try row.optionalText("duty_name"), role: try row.optionalChoice("role"),
      insteadOf: try row.optionalInt("instead_id"), insteadName: try row.optionalText("instead_name"), isFixed: try row.bool("fixed"),
      reason: try row.text("reason"))
  }

  static func fixes(of plan: RosterPlan.ID, _ db: any Reader) throws -> [RosterFix] {
    try db.all(
      """
      SELECT x.*, c.name AS compound_name, k.name AS contact_name, s.name AS second_name, a.name AS account_name, d.name AS duty_name,
        f.name AS fixer FROM roster_fix x LEFT JOIN compound c ON c.id = x.compound_id LEFT JOIN account k ON k.id = x.contact_id
      LEFT JOIN account s ON s.id = x.second_id LEFT JOIN account a ON a.id = x.account_id LEFT JOIN roster_duty d ON d.id = x.duty_id
      JOIN account f ON f.id = x.fixed_by WHERE x.plan_id = \(plan) ORDER BY x.id
      """
    ).map { row in
      RosterFix(
        id: try row.id("id"), kind: try row.choice("kind"), compound: try row.optionalInt("compound_id"),
        compoundName: try row.optionalText("compound_name"), contact: try row.optionalInt("contact_id"),
        contactName: try row.optionalText("contact_name"), second: try row.optionalInt("second_id"),
        secondName: try row.optionalText("second_name"), mode: try row.optionalChoice("mode"),
        day: try row.optionalText("day").flatMap { Day(iso: $0) }, half: try row.optionalChoice("half"),
        account: try row.optionalInt("account_id"), name: try row.optionalText("account_name"), task: try row.optionalChoice("task"),
        duty: try row.optionalInt("duty_id"), dutyName: try row.optionalText("duty_name"), isApplied: try row.bool("applied"),
        by: try row.text("fixer"), at: try row.moment("fixed_at"))
    }
  }
  /// As the solver takes them.
  static func fixed(_ fixes: [RosterFix]) -> FixedChanges {
    func text(_ id: Int64?) -> String? { id.map { "\($0)" } }
    var changes = FixedChanges()
    for fix in fixes {
      switch fix.kind {
      case .team:
        guard let compound = text(fix.compound) else { continue }
        changes.teams.append(.init(compound: compound, contact: text(fix.contact), second: text(fix.second), mode: fix.mode))
      case .shift:
        guard let day = fix.day, let half = fix.half, let officer = text(fix.account), let task = fix.task else { continue }
        changes.rows.append(
          .init(date: day, half: half, officer: officer, task: task, compound: text(fix.compound), duty: text(fix.duty)))
      }
    }
    return changes
  }

  /// Half-days of these people in issued rosters of other squads.
  static func elsewhere(_ accounts: [Int64], from: Day, through: Day, but squad: Office.ID, _ db: any Reader) throws
    -> [RosterFacts.Elsewhere]
  {
    guard !accounts.isEmpty else { return [] }
    return try db.all(
      """
      SELECT DISTINCT x.account_id, x.day, x.half, o.short FROM roster_shift x JOIN roster_plan p ON p.id = x.plan_id
      JOIN office o ON o.id = p.squad_id
      WHERE x.account_id IN (\(list: accounts)) AND x.day >= \(from) AND x.day <= \(through) AND p.state = 'issued' AND p.until_day >= x.day
        AND p.squad_id <> \(squad) ORDER BY x.account_id, x.day, x.half
      """
    ).map {
      RosterFacts.Elsewhere(
        account: try $0.int("account_id"), day: try $0.day("day"), half: try $0.choice("half"), squadName: try $0.text("short"))
    }
  }

  /// Who is the contact by the issued plan of a day.
  static func contacts(of compounds: [Int64], on day: Day, _ db: any Reader) throws -> [(Int64, Int64)] {
    try db.all(
      """
      SELECT x.compound_id, x.contact_id FROM roster_place x JOIN roster_plan p ON p.id = x.plan_id
      WHERE x.compound_id IN (\(list: compounds)) AND p.state = 'issued' AND p.until_day >= \(day.adding(days: -28)) ORDER BY p.start_day
      """
    ).reduce(into: [Int64: Int64]()) { $0[try $1.int("compound_id")] = try $1.int("contact_id") }.map { ($0.key, $0.value) }
  }
}

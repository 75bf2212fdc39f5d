import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage

/// One visit to a compound (分级检查): that its grade asks for, that somebody comes again for, or that nobody planned.
public struct Inspection: Sendable {
  public typealias ID = Identifier<Inspection>
  public let id: ID
  /// "J202611-000001"
  public let no: String
  public let kind: Kind
  public let compound: Compound.ID
  public let compoundNo: String
  public let compoundName: String
  public let address: String
  public let squad: Office.ID
  public let squadName: String
  public let officer: Int64?
  public let officerName: String?
  public let month: Month
  public let turn: Int
  public let grade: String
  /// Why it is here, in words.
  public let reason: String
  public let due: Day
  public let state: State
  public let result: Result?
  public let note: String?
  public let matterNo: String?
  public let doneOn: Day?
  public let doneBy: String?
  public let version: Int

  public enum Kind: String, Sendable, CaseIterable {
    case routine, recheck, unplanned
    public var chinese: String {
      switch self {
      case .routine: "分级检查"
      case .recheck: "复查"
      case .unplanned: "临时检查"
      }
    }
  }
  public enum State: String, Sendable, CaseIterable {
    case planned, done
    /// Its month went by.
    case missed
    case dropped
    public var chinese: String {
      switch self {
      case .planned: "待检查"
      case .done: "已检查"
      case .missed: "当月未检查"
      case .dropped: "不再检查"
      }
    }
  }
  public enum Result: String, Sendable, CaseIterable {
    case nothing, told, matter
    public var chinese: String {
      switch self {
      case .nothing: "未发现问题"
      case .told: "当场告知改正"
      case .matter: "登记为事项"
      }
    }
  }
  public func isOverdue(on day: Day) -> Bool { state == .planned && due < day }
}

public struct InspectionFilter: Sendable, Hashable {
  public var month: Month
  public var state: Inspection.State?
  public var squad: Office.ID?
  public var kind: Inspection.Kind?
  public var mine = false
  public init(_ month: Month) { self.month = month }
}

/// 执法频次 of one squad and month: visits carried out beside those that the grades ask for. Of squads, never of persons.
public struct VisitFrequency: Sendable {
  public let squad: Office.ID
  public let squadName: String
  public let required: Int
  public let done: Int
  /// Visits that nobody planned. They are told apart from those asked for: nobody looks better by going where nothing is.
  public let unplanned: Int
  public let overdue: Int
  public let missed: Int
  /// "83.33%"; nil where nothing was asked for.
  public var rate: String? {
    guard required > 0 else { return nil }
    let hundredths = (done * 10_000 + required / 2) / required
    return "\(hundredths / 100).\((hundredths % 100).padded(2))%"
  }
}

extension Grades {
  // MARK: The month's plan

  /// Completes this month's inspections: what went by is told missed, what data no longer ask for is taken back, what is missing is added.
  /// - Returns: how many were added.
  @discardableResult
  public func plan() async throws -> Int {
    let now = house.now()
    return try await house.store.write { db in try plan(at: now, db) }
  }

  private struct Standing {
    var squad: Int64
    var district: Int64?
    var graded: Graded
    var effective: Grade
    var override: String?
    var isQuiet: Bool
  }

  private func plan(at now: Moment, _ db: any Writer) throws -> Int {
    let (today, month) = (now.day, Month(now.day))
    for row in try db.all("SELECT id FROM inspection WHERE month < \(month.count) AND state = 'planned' AND kind = 'routine'") {
      try end(try row.id("id"), .missed, note: nil, by: .system, at: now, db)
    }
    var standings: [Int64: Standing] = [:]
    for row in try db.all(
      """
      SELECT g.*, v.grade AS set_grade, v.reason AS set_reason FROM grade g
      LEFT JOIN grade_override v ON v.compound_id = g.compound_id AND v.ended_at IS NULL AND v.until_day >= \(today) WHERE g.over_day IS NULL
      """)
    {
      let graded = try Self.graded(row, grading)
      let override = try row.optionalText("set_grade")
      // A grade that a newer version of the rules does not know any more waits for the next grading.
      guard let effective = rules[grade: override ?? graded.grade] else { continue }
      standings[try row.int("compound_id")] = Standing(
        squad: try row.int("squad_id"), district: try row.optionalInt("district_id"), graded: graded, effective: effective,
        override: try row.optionalText("set_reason"), isQuiet: override == nil && graded.isQuiet)
    }
    var turns: [Int64: Set<Int>] = [:]
    let officers = try Self.officers(on: today, db)
    for row in try db.all("SELECT id, compound_id, squad_id, turn, state FROM inspection WHERE month = \(month.count) AND kind = 'routine'")
    {
      let compound = try row.int("compound_id")
      turns[compound, default: []].insert(try row.count("turn"))
      // A compound that came to another squad takes its visits along.
      if try row.text("state") == "planned", let standing = standings[compound], try row.int("squad_id") != standing.squad {
        let officer = officers[compound].flatMap { $0.squad == standing.squad ? $0.officer : nil }
        try db.run(
          """
          UPDATE inspection SET squad_id = \(standing.squad), district_id = \(standing.district), officer_id = \(officer), version = version + 1
          WHERE id = \(try row.int("id"))
          """)
      }
      if try row.text("state") == "planned", standings[compound]?.isQuiet ?? false {
        try end(try row.id("id"), .dropped, note: "无事不扰：\(rules.undisturbed)", by: .system, at: now, db)
      }
    }
    let last = try Self.last(before: month, db)
    let wanted = InspectionPlanner.plan(
      standings.keys.sorted().compactMap { compound in
        standings[compound].map {
          Inspectable(
            compound: compound, grade: $0.effective, isQuiet: $0.isQuiet, turns: turns[compound] ?? [],
            lastDone: last[compound]?.done, wasMissed: last[compound]?.missed ?? false)
        }
      }, month: month, today: today)
    if wanted.isEmpty { return 0 }
    var numbers = Counter.Run()
    for visit in wanted {
      guard let standing = standings[visit.compound] else { continue }
      let id: Inspection.ID = house.ids.next(at: now)
      let no = "J\(month.year)\(month.number.padded(2))-\(Int(try numbers.next("inspection-\(month.count)", db)).padded(6))"
      let officer = officers[visit.compound].flatMap { $0.squad == standing.squad ? $0.officer : nil }
      try db.later(
        """
        INSERT INTO inspection (id, no, kind, compound_id, squad_id, district_id, officer_id, month, turn, grade, reason, due_day, state, result,
          note, matter_id, done_day, done_at, done_by, version)
        VALUES (\(id), \(no), 'routine', \(visit.compound), \(standing.squad), \(standing.district), \(officer), \(month.count), \(visit.turn),
          \(standing.effective.id), \(reason(standing)), \(visit.due), 'planned', NULL, NULL, NULL, NULL, NULL, NULL, 1)
        """)
      try Journal.append(
        "inspection-planned", on: Subject("inspection", id), by: .system, at: now,
        facts: ["no": no, "grade": standing.effective.id, "due": visit.due.iso], opening: true, ids: house.ids, db)
    }
    try numbers.write(db)
    return wanted.count
  }
  private func reason(_ one: Standing) -> String {
    let why = one.override.map { "区局调整为 \(one.effective.id)：\($0)" } ?? grading.reasons(one.graded)
    return "\(one.effective.id) 级，\(one.effective.period)；\(why)"
  }

  private static func last(before month: Month, _ db: any Reader) throws -> [Int64: (done: Month?, missed: Bool)] {
    var out: [Int64: (done: Month?, missed: Bool)] = [:]
    // No period is longer than a year.
    for row in try db.all(
      """
      SELECT compound_id, month, state FROM inspection WHERE month >= \(month.count - 12) AND month < \(month.count) AND state IN ('done', 'missed')
        AND kind = 'routine' ORDER BY month, turn
      """)
    {
      let compound = try row.int("compound_id")
      let isDone = try row.text("state") == "done"
      out[compound] = (isDone ? Month(count: try row.count("month")) : out[compound]?.done, !isDone)
    }
    return out
  }
  private static func officers(on today: Day, _ db: any Reader) throws -> [Int64: (officer: Int64, squad: Int64)] {
    try db.all(
      """
      SELECT o.compound_id, a.id, a.office_id FROM compound_officer o JOIN account a ON a.id = o.account_id
      WHERE a.state = 'active' AND a.office_id IS NOT NULL AND o.from_day = (
        SELECT max(x.from_day) FROM compound_officer x WHERE x.compound_id = o.compound_id AND x.from_day <= \(today))
      """
    ).reduce(into: [:]) { $0[try $1.int("compound_id")] = (try $1.int("id"), try $1.int("office_id")) }
  }

  func end(_ id: Inspection.ID, _ state: Inspection.State, note: String?, by actor: Actor, at now: Moment, _ db: any Writer) throws {
    try db.run("UPDATE inspection SET state = \(state), note = \(note), version = version + 1 WHERE id = \(id)")
    try Journal.append("inspection-\(state.rawValue)", on: Subject("inspection", id), by: actor, at: now, note: note, ids: house.ids, db)
  }
}

import Compounds
import Kernel
import Matters
import Offices
import People
import Storage

extension Grades {
  private static let inspectionColumns: Query =
    """
    i.*, c.no AS compound_no, c.name AS compound_name, c.address, s.short AS squad_name, o.name AS officer_name, d.name AS done_name,
      m.no AS matter_no
    FROM inspection i JOIN compound c ON c.id = i.compound_id JOIN office s ON s.id = i.squad_id LEFT JOIN account o ON o.id = i.officer_id
    LEFT JOIN account d ON d.id = i.done_by LEFT JOIN matter m ON m.id = i.matter_id
    """
  private static func inspection(_ row: ResultRow) throws -> Inspection {
    Inspection(
      id: try row.id("id"), no: try row.text("no"), kind: try row.bool("unplanned") ? .unplanned : row.choice("kind"),
      compound: try row.id("compound_id"),
      compoundNo: try row.text("compound_no"), compoundName: try row.text("compound_name"), address: try row.text("address"),
      squad: try row.id("squad_id"), squadName: try row.text("squad_name"), officer: try row.optionalInt("officer_id"),
      officerName: try row.optionalText("officer_name"), month: Month(count: try row.count("month")), turn: try row.count("turn"),
      grade: try row.text("grade"), reason: try row.text("reason"), due: try row.day("due_day"), state: try row.choice("state"),
      result: try row.optionalChoice("result"), note: try row.optionalText("note"), matterNo: try row.optionalText("matter_no"),
      doneOn: try row.optionalText("done_day").flatMap { Day(iso: $0) }, doneBy: try row.optionalText("done_name"),
      version: try row.count("version"))
  }

  /// A month's within a person's scope, the earliest due first.
  public func inspections(_ filter: InspectionFilter, for person: Person, limit: Int = 200) async throws -> [Inspection] {
    try person.require(.seeMatters)
    var conditions: [Query] = ["i.month = \(filter.month.count)", Self.visible(person, "i")]
    if let state = filter.state { conditions.append("i.state = \(state)") }
    if let squad = filter.squad { conditions.append("i.squad_id = \(squad)") }
    switch filter.kind {
    case .routine?: conditions.append("i.kind = 'routine' AND i.unplanned = 0")
    case .recheck?: conditions.append("i.kind = 'recheck'")
    case .unplanned?: conditions.append("i.unplanned = 1")
    case nil: break
    }
    if filter.mine { conditions.append("i.officer_id = \(person.id)") }
    let whole = conditions.conjunction
    return try await house.store.read { db in
      try db.all("SELECT \(Self.inspectionColumns) WHERE \(whole) ORDER BY i.due_day, i.id LIMIT \(limit)").map(Self.inspection)
    }
  }
  /// What this person has to go to: due within a week or overdue, of whatever month.
  public func soon(for person: Person, limit: Int = 6) async throws -> [Inspection] {
    let until = house.now().day.adding(days: 7)
    return try await house.store.read { db in
      try db.all(
        """
        SELECT \(Self.inspectionColumns) WHERE i.officer_id = \(person.id) AND i.due_day <= \(until) AND i.state = 'planned'
          AND \(Self.visible(person, "i")) ORDER BY i.due_day, i.id LIMIT \(limit)
        """
      ).map(Self.inspection)
    }
  }
  /// Of a squad: overdue, and those nobody is named for.
  public func troubles(for person: Person) async throws -> (overdue: Int, unassigned: Int) {
    guard case .squad(let squad) = Scope(of: person) else { return (0, 0) }
    let today = house.now().day
    return try await house.store.read { db in
      let row = try db.first(
        """
        SELECT COALESCE(sum(CASE WHEN i.due_day < \(today) THEN 1 ELSE 0 END), 0) AS overdue,
          COALESCE(sum(CASE WHEN i.officer_id IS NULL THEN 1 ELSE 0 END), 0) AS unassigned
        FROM inspection i WHERE i.squad_id = \(squad) AND i.state = 'planned'
        """)
      return (try row?.count("overdue") ?? 0, try row?.count("unassigned") ?? 0)
    }
  }
  public func inspections(of compound: Compound.ID, for person: Person, limit: Int = 12) async throws -> [Inspection] {
    try await house.store.read { db in
      try db.all(
        "SELECT \(Self.inspectionColumns) WHERE i.compound_id = \(compound) AND \(Self.visible(person, "i")) ORDER BY i.id DESC LIMIT \(limit)"
      ).map(Self.inspection)
    }
  }
  /// - Throws: `Refusal` `inspections-missing` also for one outside the person's scope.
  public func inspection(_ no: String, for person: Person) async throws -> Inspection {
    try person.require(.seeMatters)
    return try await house.store.read { db in try findInspection(no, for: person, db) }
  }
  func findInspection(_ no: String, for person: Person, _ db: any Reader) throws -> Inspection {
    guard let row = try db.first("SELECT \(Self.inspectionColumns) WHERE i.no = \(no) AND \(Self.visible(person, "i"))") else {
      throw Refusal(.missing, "inspections-missing", "没有这次检查，或者它不在您的范围内。")
    }
    return try Self.inspection(row)
  }

  /// By squad, in the order of their codes and never of their rates.
  public func frequency(_ month: Month, for person: Person) async throws -> [VisitFrequency] {
    try person.require(.seeMatters)
    let today = house.now().day
    return try await house.store.read { db in
      try db.all(
        """
        SELECT i.squad_id, s.short, s.code, sum(CASE WHEN i.unplanned = 0 AND i.state <> 'dropped' THEN 1 ELSE 0 END) AS required,
          sum(CASE WHEN i.unplanned = 0 AND i.state = 'done' THEN 1 ELSE 0 END) AS done,
          sum(CASE WHEN i.unplanned = 1 AND i.state = 'done' THEN 1 ELSE 0 END) AS unplanned,
          sum(CASE WHEN i.unplanned = 0 AND i.state = 'planned' AND i.due_day < \(today) THEN 1 ELSE 0 END) AS overdue,
          sum(CASE WHEN i.unplanned = 0 AND i.state = 'missed' THEN 1 ELSE 0 END) AS missed
        FROM inspection i JOIN office s ON s.id = i.squad_id WHERE i.month = \(month.count) AND i.kind = 'routine' AND \(Self.visible(person, "i"))
        GROUP BY i.squad_id, s.short, s.code ORDER BY s.code
        """
      ).map { row in
        VisitFrequency(
          squad: try row.id("squad_id"), squadName: try row.text("short"), required: try row.count("required"), done: try row.count("done"),
          unplanned: try row.count("unplanned"), overdue: try row.count("overdue"), missed: try row.count("missed"))
      }
    }
  }
}

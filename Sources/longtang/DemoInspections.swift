import Compounds
import Grades
import Kernel
import Offices
import People
import Storage

/// Inspections carried out in the pilot city, so that the month's plan, a compound's year and the squads' frequencies have something to show: what
/// the grades ask for, and some that nobody planned. Written down by the commands that an officer uses.
enum DemoInspections {
  /// So many squads have been out; elsewhere the month has only begun.
  static let squads = 40

  /// - Parameter grades: the night has not graded yet; what patterns it takes into account are found.
  static func plant(_ grades: Grades) async throws {
    try await grades.night()
    let officers = try await grades.house.store.read { db in
      try db.all(
        """
        SELECT min(id) AS id FROM account WHERE role = \(Role.officer) AND state = 'active' AND office_id IS NOT NULL
        GROUP BY office_id ORDER BY min(id) LIMIT \(squads)
        """
      ).compactMap { try PersonStore.find($0.id("id"), db) }
    }
    for (turn, officer) in officers.enumerated() {
      try await planned(turn, by: officer, grades)
      try await unplanned(turn, by: officer, grades)
    }
  }

  private static func report(_ turn: Int, on day: Day) -> InspectionReport {
    switch turn % 4 {
    case 1:
      var told = InspectionReport(on: day, result: .told, note: "3 号楼楼道堆放纸箱和旧家具，已当场告知物业清理并张贴提示。")
      told.recheck = day.adding(days: 40)
      return told
    case 3:
      var matter = InspectionReport(on: day, result: .matter, note: "底楼信箱和单元门上贴满小广告，需要清理。")
      matter.place = "1号楼门厅"
      matter.item = "illegal-posting"
      return matter
    default: return InspectionReport(on: day, result: .nothing, note: turn % 4 == 0 ? "查看楼道、绿地和车棚，未发现问题。" : "")
    }
  }

  /// The half of what the month asks for.
  private static func planned(_ turn: Int, by officer: Person, _ grades: Grades) async throws {
    let today = grades.house.now().day
    var filter = InspectionFilter(Month(today))
    filter.state = .planned
    filter.squad = officer.office
    let all = try await grades.inspections(filter, for: officer, limit: 8)
    for (i, one) in all.prefix((all.count + 1) / 2).enumerated() {
      // Earlier in the month, as far as there is any of it.
      let day = max(Month(today).first, today.adding(days: -2 * i))
      try await grades.carryOut(one.no, report(turn + i, on: day), version: one.version, by: officer)
    }
  }
  /// One of this month or of the last, where nothing is planned.
  private static func unplanned(_ turn: Int, by officer: Person, _ grades: Grades) async throws {
    let day = grades.house.now().day.adding(days: -(turn * 5 % 28))
    let compound = try await grades.house.store.read { db in
      try db.first(
        """
        SELECT c.no FROM compound c WHERE c.squad_id = \(officer.office) AND c.state = 'active' AND NOT EXISTS (
          SELECT 1 FROM inspection i WHERE i.compound_id = c.id AND i.month = \(Month(day).count) AND i.kind = 'routine' AND i.state = 'planned')
        ORDER BY c.id LIMIT 1
        """)?.text("no")
    }
    guard let compound else { return }
    try await grades.recordUnplanned(
      in: compound, because: "居委会反映近期夜间有人占用消防通道，先去看一看。", report(2 * turn, on: day), key: nil, by: officer)
  }
}

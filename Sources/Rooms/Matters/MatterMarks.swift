import Kernel
import Offices
import People
import Storage

/// By whose they are reports are found in the search: each entry is marked with the squads and districts that have ever handled its
/// matter, so that a squad's search walks the squad's own hits and not the city's.
///
/// Marks are only added. A matter that has gone elsewhere keeps its old ones, and the search asks the rows in the end.
public enum MatterMarks {
  public static func marks(squad: Office.ID?, district: Office.ID?) -> [String] {
    [squad.map { TextSearch.mark(squadLetter, $0.raw) }, district.map { TextSearch.mark(districtLetter, $0.raw) }].compactMap { $0 }
  }
  /// What every hit within a person's scope carries.
  static func marks(within scope: Scope) -> [String] {
    switch scope {
    case .squad(let id): marks(squad: id, district: nil)
    case .district(let id): marks(squad: nil, district: id)
    case .city, .firm, .committee, .nothing: []
    }
  }
  /// Of the squads that help with a matter.
  static func helpers(of matter: Matter.ID, _ db: any Reader) throws -> [String] {
    try db.all("SELECT office_id FROM co_handler WHERE matter_id = \(matter)").flatMap {
      try marks(squad: $0.id("office_id"), district: nil)
    }
  }

  /// Marks all reports of a matter for a squad or district that has just got it.
  static func add(_ marks: [String], to matter: Matter.ID, _ db: any Writer) throws {
    if marks.isEmpty { return }
    let text = marks.joined(separator: " ")
    try TextSearch.mark(
      "report_search", rows: "SELECT report_id AS id, CAST(\(text) AS text) AS marks FROM promise WHERE matter_id = \(matter)", db)
  }

  private static let squadLetter: Character = "队"
  private static let districtLetter: Character = "区"

  /// The marks of all entries: for a store from before there were marks, and one that is moved or brought back.
  public static let rows = [
    """
    SELECT p.report_id AS id, COALESCE(m.squad_id || '\(squadLetter)', '') || ' ' || COALESCE(m.district_id || '\(districtLetter)', '') AS marks
    FROM promise p JOIN matter m ON m.id = p.matter_id
    """,
    "SELECT p.report_id AS id, h.office_id || '\(squadLetter)' AS marks FROM promise p JOIN co_handler h ON h.matter_id = p.matter_id",
  ]
}

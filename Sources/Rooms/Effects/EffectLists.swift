import Compounds
import Kernel
import Offices
import Patterns
import People
import Storage

/// What one person may see of assessments.
extension Effects {
  /// On `assessment` as `a`: of one's own office, or with a compound of one's own.
  static func visible(_ person: Person) -> Query {
    let own: Query =
      "EXISTS (SELECT 1 FROM assessment_place p JOIN compound c ON c.id = p.compound_id WHERE p.assessment_id = a.id AND \(Patterns.visible(person, "c")))"
    return switch Scope(of: person) {
    case .city: "1 = 1"
    case .district(let id): "(a.district_id = \(id) OR \(own))"
    default: own
    }
  }
  static let columns: Query =
    """
    a.*, o.short AS office_name, u.name AS opener, f.no AS list_no, f.name AS list_name FROM assessment a
    JOIN office o ON o.id = a.office_id JOIN account u ON u.id = a.opened_by LEFT JOIN focus_list f ON f.id = a.list_id
    """
  static func assessment(_ row: ResultRow) throws -> Assessment {
    Assessment(
      id: try row.id("id"), no: try row.text("no"), title: try row.text("title"), kind: try row.choice("kind"),
      officeName: try row.text("office_name"), listNo: try row.optionalText("list_no"), listName: try row.optionalText("list_name"),
      item: try row.optionalText("item"), from: try row.day("from_day"), through: try row.day("through_day"),
      openedBy: try row.text("opener"), openedAt: try row.moment("opened_at"))
  }
  func find(_ no: String, for person: Person, _ db: any Reader) throws -> Assessment {
    guard let row = try db.first("SELECT \(Self.columns) WHERE a.no = \(no) AND \(Self.visible(person))") else {
      throw Refusal(.missing, "effects-missing", "没有这项评估，或者它没有您范围内的小区。")
    }
    return try Self.assessment(row)
  }

  /// The newest first, each with the verdict of its last result.
  public func assessments(for person: Person, limit: Int = 100) async throws -> [(one: Assessment, verdict: AssessmentResult.Verdict?)] {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      try db.all("SELECT \(Self.columns) WHERE \(Self.visible(person)) ORDER BY a.id DESC LIMIT \(limit)").map { row in
        let one = try Self.assessment(row)
        let last = try db.first("SELECT verdict FROM assessment_result WHERE assessment_id = \(one.id) ORDER BY id DESC LIMIT 1")
        return (one, try last?.choice("verdict"))
      }
    }
  }

  public struct Kept: Sendable {
    public let id: Int64
    public let at: Moment
    public let who: String
    public let version: String
    public let result: AssessmentResult
  }
  public struct Name: Sendable {
    public let no: String
    public let name: String
    public let squadName: String
  }
  /// An assessment with all its results, the newest first, and the names of those compounds that the person may see.
  /// - Throws: `Refusal` `effects-missing` also for one without a compound of the person's own.
  public func assessment(_ no: String, for person: Person) async throws -> (one: Assessment, kept: [Kept], names: [Int64: Name]) {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      let one = try find(no, for: person, db)
      let kept = try db.all(
        """
        SELECT r.id, r.at, r.version, r.result, u.name FROM assessment_result r JOIN account u ON u.id = r.account_id
        WHERE r.assessment_id = \(one.id) ORDER BY r.id DESC LIMIT 50
        """
      ).map { row in
        Kept(
          id: try row.int("id"), at: try row.moment("at"), who: try row.text("name"), version: try row.text("version"),
          result: try row.json("result"))
      }
      let ids = Set(kept.flatMap { ($0.result.treated + $0.result.controls).map(\.compound) + $0.result.unsized })
      var names: [Int64: Name] = [:]
      for row in try db.all(
        """
        SELECT c.id, c.no, c.name, s.short FROM compound c JOIN office s ON s.id = c.squad_id
        WHERE c.id IN (\(list: ids.sorted())) AND \(Patterns.visible(person, "c"))
        """)
      {
        names[try row.int("id")] = Name(no: try row.text("no"), name: try row.text("name"), squadName: try row.text("short"))
      }
      return (one, kept, names)
    }
  }
}

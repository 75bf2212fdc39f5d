import Catalogue
import Compounds
import Kernel
import Offices
import Patterns
import People
import Storage

/// What somebody looks at.
public struct HotSpotView: Sendable {
  /// nil for the city.
  public var district: Office.ID?
  public var subject: String
  public init(district: Office.ID? = nil, subject: String = "") {
    self.district = district
    self.subject = subject
  }
}

extension HotSpots {
  /// The view of a person: the city for those of the city, otherwise their own district, whatever was asked for.
  public func view(_ asked: HotSpotView, for person: Person) throws(Refusal) -> HotSpotView {
    try person.require(.seeMatters)
    var view = asked
    if Scope(of: person) != .city { view.district = person.district }
    if view.district == nil { view.subject = "" }
    if !catalogue.categories.contains(where: { $0.slug == view.subject }) { view.subject = "" }
    return view
  }

  /// The scan of a view; nil before the first night, and where an area has no compound.
  public func area(_ view: HotSpotView, for person: Person) async throws -> HotArea? {
    let view = try self.view(view, for: person)
    return try await house.store.read { db in try area(view, db) }
  }
  func area(_ view: HotSpotView, _ db: any Reader) throws -> HotArea? {
    try db.first("SELECT * FROM hot_area WHERE area = \(view.district?.raw ?? 0) AND subject = \(view.subject)").map { row in
      let subject = try row.text("subject")
      return HotArea(
        id: try row.id("id"), subject: subject.isEmpty ? nil : subject, version: try row.text("version"), from: try row.day("from_day"),
        through: try row.day("through_day"), seasonYears: try row.count("season_years"), reports: try row.count("reports"),
        places: try row.count("places"), rate: try row.double("rate"), problem: try row.optionalText("problem"), at: try row.moment("at"))
    }
  }

  /// Clusters with at least one compound within the scope; only these are named.
  public func clusters(_ area: HotArea, for person: Person) async throws -> [HotCluster] {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      try db.all("SELECT * FROM hot_cluster WHERE hot_area_id = \(area.id) ORDER BY position").compactMap { row in
        let seen = try db.all(
          """
          SELECT c.no, c.name, s.short, m.observed, m.expected, m.position FROM hot_member m JOIN compound c ON c.id = m.compound_id
          JOIN office s ON s.id = c.squad_id WHERE m.hot_cluster_id = \(row.int("id")) AND \(Patterns.visible(person, "c")) ORDER BY m.position
          """
        ).map { row in
          HotCluster.Member(
            no: try row.text("no"), name: try row.text("name"), squadName: try row.text("short"), observed: try row.count("observed"),
            expected: try row.double("expected"), isCentre: try row.count("position") == 0)
        }
        guard !seen.isEmpty else { return nil }
        return HotCluster(
          position: try row.count("position"), radius: try row.double("radius"), from: try row.day("from_day"),
          through: try row.day("through_day"), observed: try row.count("observed"), expected: try row.double("expected"),
          risk: try row.optionalDouble("risk"), chance: try row.double("chance"), places: try row.count("places"), seen: seen)
      }
    }
  }

  /// Which rates are wanted.
  public enum Wanted: Sendable, Equatable {
    /// Those proposed for a list.
    case listed
    case all
    /// Those of which something is missing.
    case troubled
  }
  static let columns: Query =
    """
    h.compound_id, h.reports, h.households, h.raw, h.shrunk, h.low, h.high, h.above, h.listed, h.why, h.trouble, c.no AS compound_no,
    c.name AS compound_name, s.short AS squad_name FROM hot_rate h JOIN compound c ON c.id = h.compound_id JOIN office s ON s.id = c.squad_id
    """
  static func rate(_ row: ResultRow) throws -> HotRate {
    HotRate(
      compound: try row.id("compound_id"), compoundNo: try row.text("compound_no"), compoundName: try row.text("compound_name"),
      squadName: try row.text("squad_name"), reports: try row.count("reports"),
      households: try row.optionalInt("households").map(Int.init), figures: try HotFigures(row), listed: try row.bool("listed"),
      why: try row.text("why"), trouble: try row.optionalChoice("trouble"))
  }
  /// The highest shrunk rate first.
  public func rates(_ area: HotArea, _ wanted: Wanted, for person: Person, limit: Int = 100) async throws -> [HotRate] {
    try person.require(.seeMatters)
    let which: Query =
      switch wanted {
      case .listed: "h.listed = 1"
      case .all: "1 = 1"
      case .troubled: "h.trouble IS NOT NULL"
      }
    return try await house.store.read { db in
      try db.all(
        """
        SELECT \(Self.columns) WHERE h.hot_area_id = \(area.id) AND \(which) AND \(Patterns.visible(person, "c"))
        ORDER BY h.position LIMIT \(limit)
        """
      ).map(Self.rate)
    }
  }
  /// How many compounds lack something, by what.
  public func troubles(_ area: HotArea, for person: Person) async throws -> [HotTrouble: Int] {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      try db.all(
        """
        SELECT h.trouble, count(*) AS n FROM hot_rate h JOIN compound c ON c.id = h.compound_id
        WHERE h.hot_area_id = \(area.id) AND h.trouble IS NOT NULL AND \(Patterns.visible(person, "c")) GROUP BY h.trouble
        """
      ).reduce(into: [:]) { $0[try $1.choice("trouble")] = try $1.count("n") }
    }
  }
}

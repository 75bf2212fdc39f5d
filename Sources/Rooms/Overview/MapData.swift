import Catalogue
import Compounds
import Figures
import Kernel
import Matters
import Offices
import People
import Storage

extension Overview {
  static let mostPlaces = 20_000

  /// The compounds of a person's scope with what was complained of and what is going on.
  ///
  /// Without an item the complaints of kept counts; with one the matters of the time, of which several reports of one thing are one: counts by
  /// compound and item are not kept, and the matters of one item are quickly found.
  /// - Throws: `Refusal` `people-not-permitted`, `figures-period`, `overview-item`.
  public func map(_ query: MapQuery, for person: Person) async throws -> CityMap {
    try person.require(.seeMatters)
    if let item = query.item, catalogue.item(item) == nil { throw Refusal(.invalid, "overview-item", "没有这个事项，请重新选择。", field: "item") }
    let scope = FigureScope(from: query.from, through: query.through)
    let known: [Int64: Int]
    if let item = query.item {
      known = try await matterCounts(item, scope, for: person)
    } else {
      known = try await figures.places(scope, for: person).reduce(into: [:]) { $0[$1.compound] = $1.complaints }
    }
    return try await house.store.read { db in
      let open = try MatterStore.openCounts(nil, for: person, db)
      let rows = try db.all(
        """
        SELECT c.id, c.no, c.name, c.latitude, c.longitude, c.households, s.short AS squad, d.short AS district FROM compound c
        JOIN office s ON s.id = c.squad_id JOIN office d ON d.id = c.district_id
        WHERE \(CompoundStore.condition(Scope(of: person))) AND c.state = 'active' ORDER BY c.name, c.id LIMIT \(raw: String(Self.mostPlaces + 1))
        """)
      let places = try rows.prefix(Self.mostPlaces).map { row in
        let id = try row.int("id")
        let position = try row.optionalDouble("latitude").flatMap { latitude in
          try row.optionalDouble("longitude").flatMap { Coordinates(latitude: latitude, longitude: $0) }
        }
        return MapPlace(
          id: id, no: try row.text("no"), name: try row.text("name"), squad: try row.text("squad"), district: try row.text("district"),
          position: position, households: try row.optionalInt("households").map(Int.init), count: known[id] ?? 0,
          open: open[id] ?? 0)
      }
      return CityMap(
        query, places, outlines: try Self.outlines(db), byDistrict: Scope(of: person) == .city, isCut: rows.count > Self.mostPlaces)
    }
  }

  private func matterCounts(_ item: String, _ scope: FigureScope, for person: Person) async throws -> [Int64: Int] {
    guard scope.from <= scope.through, scope.months <= 120 else {
      throw Refusal(.invalid, "figures-period", "开始月份不能在结束月份之后，最多看十年。", field: "from")
    }
    let place: Query? =
      switch Scope(of: person) {
      case .city: nil
      case .district(let id): "m.district_id = \(id)"
      case .squad(let id): "m.squad_id = \(id)"
      case .firm, .committee, .nothing: "1 = 0"
      }
    let (from, to) = (IdentifierSource.floor(of: scope.from.first.start), IdentifierSource.floor(of: scope.through.last.end))
    return try await house.store.read { db in
      var counts: [Int64: Int] = [:]
      // The index by item tells open matters from closed ones: each part is found by it.
      for isOpen in [1, 0] {
        let conditions: [Query?] = [
          place, "m.item = \(item)", "m.open = \(isOpen)", "m.id >= \(from)", "m.id < \(to)", "m.merged_into IS NULL",
        ]
        for row in try db.all(
          "SELECT m.compound_id, count(*) AS n FROM matter m WHERE \(conditions.compactMap(\.self).conjunction) GROUP BY m.compound_id")
        {
          if let id = try row.optionalInt("compound_id") { counts[id, default: 0] += try row.count("n") }
        }
      }
      return counts
    }
  }
}

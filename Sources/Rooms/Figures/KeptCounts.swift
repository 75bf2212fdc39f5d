import Kernel
import Offices
import People
import Storage

/// The rows of kept counts that make up what somebody looks at: what was added up for a district or the city where that is all of it,
/// otherwise the counts of squads.
struct KeptCounts: Sendable {
  let scope: FigureScope
  /// On the columns `squad_id` and `district_id` of `t`.
  private let visible: Query
  private let months: Query
  private let sum: (level: SumKey.Level, district: Int64)?

  /// - Throws: `Refusal` `figures-period`, `people-not-permitted`.
  init(_ scope: FigureScope, _ person: Person) throws(Refusal) {
    self.scope = scope
    visible = try Figures.visible(person, scope, "t")
    months = "t.month >= \(scope.from.count) AND t.month <= \(scope.through.count)"
    sum =
      switch Scope(of: person) {
      case _ where scope.squad != nil || scope.compound != nil: nil
      case .city: scope.district.map { (.district, $0.raw) } ?? (.city, 0)
      case .district(let own) where scope.district == nil || scope.district == own: (.district, own.raw)
      case .district, .squad, .firm, .committee, .nothing: nil
      }
  }

  /// `tally t WHERE …`, with the columns `month`, `key` and `counts`.
  func rows(_ facet: Facet, _ db: any Reader) throws -> Query {
    if let compound = scope.compound { return rows(ofCompounds: [compound]) }
    guard let sum, facet != .compound, try Figures.isSummed(db) else {
      return bySquad(facet)
    }
    return "tally_sum t WHERE t.level = \(sum.level) AND t.district_id = \(sum.district) AND t.facet = \(facet) AND \(months)"
  }
  func rows(ofCompounds compounds: [Int64]) -> Query {
    "tally t WHERE t.facet = 'compound' AND t.key IN (\(list: compounds.map(String.init))) AND \(months) AND \(visible)"
  }
  /// The counts of squads, whatever was added up of them.
  func bySquad(_ facet: Facet) -> Query { "tally t WHERE t.facet = \(facet) AND \(months) AND \(visible)" }
  /// By squad.
  var squads: Query {
    scope.compound.map { rows(ofCompounds: [$0]) } ?? bySquad(.all)
  }
  /// By district, of the city.
  func districts(_ db: any Reader) throws -> Query {
    guard scope.compound == nil, try Figures.isSummed(db) else { return squads }
    return "tally_sum t WHERE t.level = 'district' AND t.facet = 'all' AND \(months)"
  }

  /// Complaints of the compounds that have any, the most first.
  func places(_ db: any Reader) throws -> [FigurePlace] {
    var sums: [Int64: Int] = [:]
    if scope.compound == nil, try Figures.isSummed(db) {
      for row in try db.all("SELECT t.complaints FROM tally_place t WHERE \(months) AND \(visible)") {
        try TallyStore.add(row.text("complaints"), to: &sums)
      }
    } else {
      for row in try db.all("SELECT t.key, t.counts FROM \(rows(.compound, db)) AND t.key <> ''") {
        let counts = try TallyStore.counts(row.text("counts"))
        if let id = Int64(try row.text("key")), counts[.complaints] > 0 { sums[id, default: 0] += counts[.complaints] }
      }
    }
    return FigurePlace.sorted(sums)
  }
}

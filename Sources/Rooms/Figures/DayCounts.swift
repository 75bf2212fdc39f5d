import Kernel
import Offices
import People
import Storage

/// Counts of one time by item and channel, and by office; complaints by compound.
public struct PeriodCounts: Sendable {
  public let all: Counts
  public let facets: [Facet: [FigurePart]]
  /// Those that have any, the most first.
  public let places: [FigurePlace]
  /// In the order of their codes: districts for the city, squads otherwise.
  public let offices: [FigurePart]
  init(all: Counts, facets: [Facet: [FigurePart]], places: [FigurePlace], offices: [FigurePart]) {
    self.all = all
    self.facets = facets
    self.places = places
    self.offices = offices
  }
}

extension Figures {
  /// Of whole months, from kept counts.
  public func period(_ scope: FigureScope, for person: Person) async throws -> PeriodCounts {
    var facets: [Facet: [FigurePart]] = [:]
    for facet in [Facet.item, .channel] { facets[facet] = try await parts(facet, scope, for: person) }
    return PeriodCounts(
      all: try await counts(scope, for: person), facets: facets, places: try await places(scope, for: person),
      offices: try await offices(scope, for: person))
  }

  /// Of some days, from the reports themselves: a week is no part of a month's counts.
  /// - Throws: `Refusal` `figures-period`, `people-not-permitted`.
  public func period(from: Day, through: Day, for person: Person) async throws -> PeriodCounts {
    guard from <= through, through.daysSinceEpoch - from.daysSinceEpoch < 62 else {
      throw Refusal(.invalid, "figures-period", "按日统计最多 62 天，开始不能在结束之后。", field: "from")
    }
    let visible = try Self.visible(person, FigureScope(from: Month(from), through: Month(through)), "m")
    let isNarrow = if case .squad = Scope(of: person) { true } else { false }
    var tally = Tally()
    for number in from.daysSinceEpoch...through.daysSinceEpoch {
      // A reading for each day: a city's week is not held at once, and nobody waits for it.
      let day = Day(daysSinceEpoch: number)
      tally.add(
        try await house.store.read { db in
          try TallyStore.rows(from: day.start, to: day.end, where: visible, isNarrow: isNarrow, db)
        })
    }
    var sums: [Facet: [String: Counts]] = [:]
    var places: [Int64: Int] = [:]
    var offices: [Int64: Counts] = [:]
    let byDistrict = Scope(of: person) == .city
    for (key, counts) in tally.counts {
      switch key.facet {
      case .compound: if let id = Int64(key.key), counts[.complaints] > 0 { places[id, default: 0] += counts[.complaints] }
      case .all: offices[byDistrict ? key.district : key.squad, default: Counts()].add(counts)
      case .item, .channel: break
      }
      if key.facet != .compound { sums[key.facet, default: [:]][key.key, default: Counts()].add(counts) }
    }
    let (byOffice, ids) = (offices, Array(offices.keys))
    let known = try await house.store.read { db in
      try db.all("SELECT id, short, code FROM office WHERE id IN (\(list: ids))").reduce(
        into: [Int64: (name: String, code: String)]()
      ) {
        $0[try $1.int("id")] = (try $1.text("short"), try $1.text("code"))
      }
    }
    return PeriodCounts(
      all: sums[.all]?[""] ?? Counts(),
      facets: sums.mapValues { parts in parts.map { FigurePart(key: $0.key, name: "", counts: $0.value) }.sorted { $0.key < $1.key } },
      places: FigurePlace.sorted(places),
      offices: byOffice.map { id, counts in
        (code: known[id]?.code ?? "", part: FigurePart(key: String(id), name: known[id]?.name ?? "未派单", counts: counts))
      }.sorted { $0.code < $1.code }.map(\.part))
  }
}

extension Figures {
  /// The reports of one compound, by the matters of a person's scope.
  public static func rows(of compound: Int64, from: Moment, to: Moment, for person: Person, _ db: any Reader) throws -> [TallyRow] {
    var scope = FigureScope(from: Month(from.day), through: Month(from.day))
    scope.compound = compound
    // The plus, which changes nothing, keeps SQLite from going through the whole squad instead of the compound.
    let visible = try visible(person, scope, "+m")
    return try TallyStore.rows(from: from, to: to, where: visible + " AND m.compound_id = \(compound)", isNarrow: true, db)
  }
}

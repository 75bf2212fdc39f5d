import Cases
import Compounds
import Figures
import Foundation
import Kernel
import Matters
import Patterns
import People
import Storage

/// One month of a scope beside the month before and the same month of the year before, and how things stand now.
public struct Dashboard: Sendable {
  public let month: Month
  /// When the counts were made; nil before the first time: then they are all zero, and the page says so.
  public let countedAt: Moment?
  public let standing: Standing
  public let sums: Sums
  /// Of the places with the most complaints of the month: households and open matters.
  public let places: [Place]
  public let patterns: (going: Int, waiting: Int)
  public let plans: (open: Int, overdue: Int)
  /// nil for who sees no cases.
  public let cases: (states: [(state: CaseState, count: Int)], overdue: Int)?

  /// What comes from kept counts alone.
  public struct Sums: Sendable {
    public let now: Counts
    public let before: Counts
    public let year: Counts
    /// Thirteen months up to this one, each beside the same month of the year before.
    public let course: [(month: Month, counts: Counts, yearBefore: Counts)]
    public let items: [Line]
    public let channels: [Line]
    public let offices: [FigurePart]
    let compounds: [FigurePlace]
  }
  public struct Line: Sendable {
    /// Slug of an item, or a channel; empty for what is not known.
    public let key: String
    public let now: Counts
    public let before: Counts
    public let year: Counts
  }
  public struct Place: Sendable {
    public let id: Int64
    public let no: String
    public let name: String
    public let complaints: Int
    public let households: Int?
    public let open: Int
  }
}

/// An officer's own work; nobody else's stands beside it.
public struct OwnBoard: Sendable {
  public let standing: Standing
  public let course: [(month: Month, came: Int, closed: Int)]
  public let plans: (open: Int, overdue: Int)
  public let cases: (states: [(state: CaseState, count: Int)], overdue: Int)
  public let compounds: [(no: String, name: String, open: Int)]
}

extension Overview {
  /// This month; in its first week the last one, because a few days tell nothing.
  public static func usualMonth(_ today: Day) -> Month { today.dayOfMonth <= 7 ? Month(today).adding(-1) : Month(today) }

  /// - Throws: `Refusal` `people-not-permitted`, `overview-month` for a month that has not begun or is more than ten years ago.
  public func dashboard(_ month: Month, for person: Person) async throws -> Dashboard {
    try person.require(.seeMatters)
    try check(month)
    let countedAt = try await figures.countedAt()
    let sums = try await add(month, for: person)
    let patternCounts = try await patterns.counts(for: person).values
    return Dashboard(
      month: month, countedAt: countedAt, standing: try await matters.standing(for: person), sums: sums,
      places: try await places(sums.compounds, for: person),
      patterns: (patternCounts.reduce(0) { $0 + $1.all }, patternCounts.reduce(0) { $0 + $1.waiting }),
      plans: try await patterns.planCounts(for: person),
      cases: person.may(.seeCases) ? try await cases.states(for: person) : nil)
  }
  func check(_ month: Month) throws(Refusal) {
    let now = Month(house.now().day)
    guard month <= now, month > now.adding(-120) else {
      throw Refusal(.invalid, "overview-month", "请选十年以内、已经开始的月份。", field: "month")
    }
  }

  private func add(_ month: Month, for person: Person) async throws -> Dashboard.Sums {
    let one = FigureScope(from: month, through: month)
    let long = FigureScope(from: month.adding(-24), through: month)
    let months = try await figures.course(long, for: person).reduce(into: [Int: Counts]()) { $0[$1.month.count] = $1.counts }
    func at(_ month: Month) -> Counts { months[month.count] ?? Counts() }
    func lines(_ facet: Facet) async throws -> [Dashboard.Line] {
      let now = try await figures.parts(facet, one, for: person).reduce(into: [String: Counts]()) { $0[$1.key] = $1.counts }
      let before = try await figures.parts(facet, one.before, for: person).reduce(into: [String: Counts]()) { $0[$1.key] = $1.counts }
      let year = try await figures.parts(facet, one.yearBefore, for: person).reduce(into: [String: Counts]()) { $0[$1.key] = $1.counts }
      return now.map { Dashboard.Line(key: $0.key, now: $0.value, before: before[$0.key] ?? Counts(), year: year[$0.key] ?? Counts()) }
        .filter { $0.now[.complaints] > 0 }.sorted { ($1.now[.complaints], $0.key) < ($0.now[.complaints], $1.key) }
    }
    return Dashboard.Sums(
      now: at(month), before: at(month.adding(-1)), year: at(month.adding(-12)),
      course: (month.count - 12...month.count).map { (Month(count: $0), at(Month(count: $0)), at(Month(count: $0 - 12))) },
      items: try await lines(.item), channels: try await lines(.channel), offices: try await figures.offices(one, for: person),
      compounds: Array(try await figures.places(one, for: person).prefix(10)))
  }

  private func places(_ places: [FigurePlace], for person: Person) async throws -> [Dashboard.Place] {
    let ids = places.map { Compound.ID($0.compound) }
    let open = try await matters.openCounts(ids, for: person)
    let facts = try await house.store.read { db in
      try db.all("SELECT id, no, name, households FROM compound WHERE id IN (\(list: ids))").reduce(
        into: [Int64: (no: String, name: String, households: Int?)]()
      ) {
        $0[try $1.int("id")] = (try $1.text("no"), try $1.text("name"), try $1.optionalInt("households").map(Int.init))
      }
    }
    return places.compactMap { place in
      guard let fact = facts[place.compound] else { return nil }
      return Dashboard.Place(
        id: place.compound, no: fact.no, name: fact.name, complaints: place.complaints, households: fact.households,
        open: open[Compound.ID(place.compound)] ?? 0)
    }
  }

  /// - Throws: `Refusal` `people-not-permitted`.
  public func ownBoard(for person: Person) async throws -> OwnBoard {
    try person.require(.handleMatters)
    let now = Month(house.now().day)
    let today = house.now().day
    let compounds = try await house.store.read { db in
      try db.all(
        """
        SELECT c.id, c.no, c.name FROM compound_officer o JOIN compound c ON c.id = o.compound_id
        WHERE o.account_id = \(person.id) AND o.from_day <= \(today) AND c.state = 'active' AND NOT EXISTS (SELECT 1 FROM compound_officer p
          WHERE p.compound_id = o.compound_id AND p.from_day <= \(today) AND p.from_day > o.from_day) ORDER BY c.name LIMIT 100
        """
      ).map { (id: try $0.id("id", Compound.self), no: try $0.text("no"), name: try $0.text("name")) }
    }
    let open = try await matters.openCounts(compounds.map(\.id), for: person)
    return OwnBoard(
      standing: try await matters.standing(for: person),
      course: try await matters.ownCourse(of: person, from: now.adding(-24), through: now),
      plans: try await patterns.planCounts(for: person), cases: try await cases.states(for: person),
      compounds: compounds.map { ($0.no, $0.name, open[$0.id] ?? 0) })
  }
}

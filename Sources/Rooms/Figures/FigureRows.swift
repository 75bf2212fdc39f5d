import Kernel
import Offices
import People
import Storage

/// What a number opens to.
extension Figures {
  /// In a month of which a count holds for more reports than this, a page of them is soon full day by day; otherwise they are looked for
  /// where the kept counts say that they are.
  static let rare = 500

  /// Reports that a count holds for, the newest first, in pages.
  /// - Parameter after: the report after which to go on.
  /// - Throws: `Refusal` `figures-period`, `people-not-permitted`.
  public func rows(
    _ count: Count, _ facet: Facet?, key: String, _ scope: FigureScope, for person: Person, after: Int64? = nil, limit: Int = 50
  ) async throws -> [TallyRow] {
    let isSquad = if case .squad = Scope(of: person) { true } else { scope.squad != nil }
    let isCompound = scope.compound != nil || facet == .compound && !key.isEmpty
    // The plus, which changes nothing, keeps SQLite from going through a whole squad or district instead of some compounds.
    var condition = try Self.visible(person, scope, isSquad && !isCompound ? "m" : "+m")
    switch facet {
    case .item: condition += key.isEmpty ? " AND m.item IS NULL" : " AND m.item = \(key)"
    case .channel: condition += " AND r.channel = \(key)"
    case .compound: condition += Int64(key).map { " AND m.compound_id = \($0)" } ?? " AND m.compound_id IS NULL"
    case .all, nil: break
    }
    if let compound = scope.compound { condition += " AND m.compound_id = \(compound)" }
    let search = RowSearch(count: count, condition: condition, before: after ?? .max, limit: limit)
    if isSquad || isCompound {
      return try await house.store.read { db in
        Array(try search.narrow(from: scope.from.first.start, to: scope.through.last.end, db).prefix(limit))
      }
    }
    let kept = try KeptCounts(scope, person)
    let newest = min(after.map { IdentifierSource.moment(of: $0).day } ?? scope.through.last, scope.through.last, house.now().day)
    return try await house.store.read { db in
      let places = try RarePlaces(count, facet ?? .all, key: key, kept, db)
      var found: [TallyRow] = []
      var month = Month(newest)
      while month >= scope.from, found.count < limit {
        let rows =
          try places?.rows(in: month, search, db)
          ?? search.daily(from: month.first, through: min(month.last, newest), limit: limit - found.count, db)
        found += rows.prefix(limit - found.count)
        month = month.adding(-1)
      }
      return found
    }
  }
}

/// Which rows are wanted, the newest first.
private struct RowSearch: Sendable {
  let count: Count
  /// On `m` and `r`.
  let condition: Query
  let before: Int64
  let limit: Int

  func page(_ rows: [TallyRow]) -> [TallyRow] { rows.reversed().filter { count.holds($0) && $0.report < before } }
  /// From the side of one squad's or some compounds' matters.
  func narrow(from: Moment, to: Moment, and more: Query = "", _ db: any Reader) throws -> [TallyRow] {
    page(try TallyStore.rows(from: from, to: to, where: condition + more, isNarrow: true, db))
  }
  /// Day by day from the newest on, until there are enough.
  func daily(from first: Day, through last: Day, limit: Int, _ db: any Reader) throws -> [TallyRow] {
    var found: [TallyRow] = []
    var day = last
    while day >= first, found.count < limit {
      found += page(try TallyStore.rows(from: day.start, to: day.end, where: condition, db))
      day = day.adding(days: -1)
    }
    return found
  }
}

/// Where the few reports are that a count holds for: in the compounds whose kept counts have any, and among those of which something has
/// changed since they were counted. So nothing is missed that going through all reports would find.
private struct RarePlaces {
  private let count: Count
  private let facet: Facet
  private let key: String
  private let kept: KeptCounts
  private let numbers: [Int: Int]
  private let changed: [Int: [Int64]]

  /// - Returns: nil where no counts are kept yet, or too much has changed since.
  init?(_ count: Count, _ facet: Facet, key: String, _ kept: KeptCounts, _ db: any Reader) throws {
    guard let text = try House.mark(Figures.mark, db), let at = Int64(text), try Figures.isSummed(db) else { return nil }
    let touched = try TallyStore.touched(since: Moment(milliseconds: at).adding(minutes: -Figures.overlap), db)
    guard touched.count <= 20_000 else { return nil }
    self.count = count
    self.facet = facet
    self.key = key
    self.kept = kept
    changed = Dictionary(grouping: touched, by: TallyStore.month)
    numbers = try db.all("SELECT t.month, t.counts FROM \(try kept.rows(facet, db)) AND t.key = \(key)").reduce(into: [:]) {
      $0[try $1.count("month"), default: 0] += try TallyStore.counts($1.text("counts"))[count]
    }
  }

  /// - Returns: nil for a month that has too many.
  func rows(in month: Month, _ search: RowSearch, _ db: any Reader) throws -> [TallyRow]? {
    let (number, touched) = (numbers[month.count] ?? 0, changed[month.count] ?? [])
    guard number <= Figures.rare else { return nil }
    let (from, to) = (month.first.start, month.last.end)
    var found: [Int64: TallyRow] = [:]
    func add(_ rows: [TallyRow]) { for row in rows { found[row.report] = row } }
    for piece in pieces(touched) {
      let rows = try TallyStore.rows(from: from, to: to, where: search.condition + " AND r.id IN (\(list: piece))", db)
      add(search.page(rows))
    }
    if number > 0 {
      let squads = try holding("t.squad_id", facet, "t.key = \(key)", month, db)
      let places = Set(try holding("t.key", .compound, "t.squad_id IN (\(list: squads.compactMap { Int64($0) }))", month, db))
      for piece in pieces(places.compactMap { Int64($0) }) {
        add(try search.narrow(from: from, to: to, and: " AND m.compound_id IN (\(list: piece))", db))
      }
      if places.contains("") { add(try search.narrow(from: from, to: to, and: " AND m.compound_id IS NULL", db)) }
    }
    return found.values.sorted { $0.report > $1.report }
  }
  /// Squads or compounds for which the count has anything in a month.
  private func holding(_ place: Query, _ facet: Facet, _ condition: Query, _ month: Month, _ db: any Reader) throws -> [String] {
    let rows = try db.all(
      "SELECT CAST(\(place) AS text) AS place, t.counts FROM \(kept.bySquad(facet)) AND t.month = \(month.count) AND \(condition)")
    return try rows.filter { try TallyStore.counts($0.text("counts"))[count] > 0 }.map { try $0.text("place") }
  }
  private func pieces(_ ids: [Int64]) -> [[Int64]] {
    stride(from: 0, to: ids.count, by: 500).map { Array(ids[$0..<min($0 + 500, ids.count)]) }
  }
}

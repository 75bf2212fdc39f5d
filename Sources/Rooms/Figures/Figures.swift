import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage

/// Numbers that open (指标): counts of reports by month, the figures made of them, and their rows; see the README.
public struct Figures: Sendable {
  public let house: House
  public let book: FigureBook
  public init(house: House, book: FigureBook) {
    self.house = house
    self.book = book
  }

  // MARK: Keeping the counts

  public static let jobKind = "figures-count"
  static let mark = "figures-counted"
  /// Which counts the months were counted by, and what was added up of them.
  static let shapeMark = "figures-shape"
  static let shape = "sums places " + Count.allCases.map(\.rawValue).joined(separator: " ")
  /// Transactions that began before the last round may have been committed after it.
  static let overlap = 10
  /// How often counts are brought up to date.
  public static let minutes = 5

  public static func enqueue(at now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(jobKind, [String: String](), at: now, dedupe: jobKind, now: now, ids: ids, db)
  }
  /// Asks for a round when the last one is `minutes` ago.
  public func enqueueWhenDue() async throws {
    let now = house.now()
    if let last = try await countedAt(), now.milliseconds(since: last) < Int64(Self.minutes) * 60_000 { return }
    let ids = house.ids
    try await house.store.write { db in try Self.enqueue(at: now, ids: ids, db) }
  }
  public var handler: JobHandler { JobHandler(Self.jobKind) { _ in try await count() } }

  /// Counts anew every month in which something has changed since the last round; the first time, and when there are other counts than last time, all of them.
  /// - Returns: how many rows were changed.
  @discardableResult
  public func count() async throws -> Int {
    let now = house.now()
    let months: [Int] = try await house.store.read { db in
      // Counts that were added since are in none of the months that are kept.
      if let text = try House.mark(Self.mark, db), let last = Int64(text), try Self.isSummed(db) {
        let touched = try TallyStore.touched(since: Moment(milliseconds: last).adding(minutes: -Self.overlap), db)
        return Set(touched.map(TallyStore.month)).sorted()
      }
      guard let first = try db.first("SELECT min(id) AS id FROM report")?.optionalInt("id") else { return [] }
      return Array(Month(IdentifierSource.moment(of: first).day).count...Month(now.day).count)
    }
    var changed = 0
    for month in months { changed += try await count(Month(count: month), at: now) }
    try await house.store.write { db in
      try House.setMark(Self.mark, String(now.milliseconds), db)
      try House.setMark(Self.shapeMark, Self.shape, db)
    }
    return changed
  }
  /// Whether the last round was one of this version's: an older one keeps no sums, and may have counted since they were made.
  static func isSummed(_ db: any Reader) throws -> Bool { try House.mark(shapeMark, db) == shape }
  private func count(_ month: Month, at now: Moment) async throws -> Int {
    let fresh = TallyStore.Texts(try await house.store.read { db in try TallyStore.count(month, db) })
    let ids = house.ids
    return try await house.store.write { db in try TallyStore.keep(fresh, of: month, ids: ids, at: now, db) }
  }
  /// What is kept, sums included, beside what a count of everything says now: months in which they differ.
  public func differences() async throws -> [Month] {
    let now = house.now()
    return try await house.store.read { db in
      let first = try db.first("SELECT min(id) AS id FROM report")?.optionalInt("id").map { Month(IdentifierSource.moment(of: $0).day) }
      guard let first else { return [] }
      return try (first.count...Month(now.day).count).map(Month.init(count:)).filter { month in
        try TallyStore.kept(month, db) != TallyStore.Texts(try TallyStore.count(month, db))
      }
    }
  }
  /// When the counts were made last; nil before the first time.
  public func countedAt() async throws -> Moment? {
    try await house.store.read { db in
      try House.mark(Self.mark, db).flatMap { Int64($0) }.map { Moment(milliseconds: $0) }
    }
  }
}

/// Which reports somebody looks at.
public struct FigureScope: Sendable, Hashable {
  public var from: Month
  public var through: Month
  /// Narrower than what the person may see.
  public var squad: Office.ID?
  public var district: Office.ID?
  public var compound: Int64?
  public init(from: Month, through: Month, squad: Office.ID? = nil, district: Office.ID? = nil, compound: Int64? = nil) {
    self.from = from
    self.through = through
    self.squad = squad
    self.district = district
    self.compound = compound
  }
  public var months: Int { through.count - from.count + 1 }
  /// As many months directly before.
  public var before: FigureScope { moved(-months) }
  /// The same months of the year before.
  public var yearBefore: FigureScope { moved(-12) }
  private func moved(_ by: Int) -> FigureScope {
    var other = self
    other.from = from.adding(by)
    other.through = through.adding(by)
    return other
  }
}

/// Complaints of a compound.
public struct FigurePlace: Sendable, Hashable {
  public let compound: Int64
  public let complaints: Int
  /// The most first.
  static func sorted(_ sums: [Int64: Int]) -> [FigurePlace] {
    sums.map { FigurePlace(compound: $0.key, complaints: $0.value) }.sorted { ($1.complaints, $0.compound) < ($0.complaints, $1.compound) }
  }
}

/// A part of the reports with its counts: a squad, an item, a channel, a compound, a month.
public struct FigurePart: Sendable {
  /// Id or slug; empty for what is not known.
  public let key: String
  public let name: String
  public let counts: Counts
  public init(key: String, name: String, counts: Counts) {
    self.key = key
    self.name = name
    self.counts = counts
  }
}

extension Figures {
  /// On the columns `squad_id` and `district_id` of a table.
  static func visible(_ person: Person, _ scope: FigureScope, _ table: String) throws(Refusal) -> Query {
    try person.require(.seeMatters)
    guard scope.from <= scope.through else { throw Refusal(.invalid, "figures-period", "开始月份在结束月份之后，请改过来。", field: "from") }
    guard scope.months <= 120 else { throw Refusal(.invalid, "figures-period", "最多看十年。", field: "from") }
    var conditions = [Scope(of: person).rows(of: table)]
    if let squad = scope.squad { conditions.append("\(raw: table).squad_id = \(squad)") }
    if let district = scope.district { conditions.append("\(raw: table).district_id = \(district)") }
    return conditions.conjunction
  }

  /// All reports of a scope.
  /// - Throws: `Refusal` `figures-period`, `people-not-permitted`.
  public func counts(_ scope: FigureScope, for person: Person) async throws -> Counts {
    try await parts(.all, scope, for: person).reduce(Counts()) { $0 + $1.counts }
  }

  /// The counts of a scope by facet. Without a name are those whose name is looked up elsewhere: items and channels.
  public func parts(_ facet: Facet, _ scope: FigureScope, for person: Person) async throws -> [FigurePart] {
    let kept = try KeptCounts(scope, person)
    return try await house.store.read { db in
      var sums: [String: Counts] = [:]
      for row in try db.all("SELECT t.key, t.counts FROM \(try kept.rows(facet, db))") {
        sums[try row.text("key"), default: Counts()].add(try TallyStore.counts(row.text("counts")))
      }
      let names = facet == .compound || scope.compound != nil ? try Self.compounds(sums.keys.compactMap { Int64($0) }, db) : [:]
      return sums.map { FigurePart(key: $0.key, name: names[$0.key] ?? "", counts: $0.value) }.sorted { $0.key < $1.key }
    }
  }
  private static func compounds(_ ids: [Int64], _ db: any Reader) throws -> [String: String] {
    try db.all("SELECT id, name FROM compound WHERE id IN (\(list: ids))").reduce(into: [:]) {
      $0[String(try $1.int("id"))] = try $1.text("name")
    }
  }

  /// Complaints of the compounds that have any, the most first.
  public func places(_ scope: FigureScope, for person: Person) async throws -> [FigurePlace] {
    let kept = try KeptCounts(scope, person)
    return try await house.store.read { db in try kept.places(db) }
  }
  /// The counts of the compounds with the most complaints.
  public func topPlaces(_ count: Int, _ scope: FigureScope, for person: Person) async throws -> [FigurePart] {
    let kept = try KeptCounts(scope, person)
    return try await house.store.read { db in
      let top = try kept.places(db).prefix(count).map(\.compound)
      let names = try Self.compounds(top, db)
      var sums: [String: Counts] = [:]
      for row in try db.all("SELECT t.key, t.counts FROM \(kept.rows(ofCompounds: top))") {
        sums[try row.text("key"), default: Counts()].add(try TallyStore.counts(row.text("counts")))
      }
      return top.map { FigurePart(key: String($0), name: names[String($0)] ?? "", counts: sums[String($0)] ?? Counts()) }
    }
  }

  /// The counts of each month of a scope.
  public func course(_ scope: FigureScope, for person: Person) async throws -> [(month: Month, counts: Counts)] {
    let kept = try KeptCounts(scope, person)
    return try await house.store.read { db in
      var sums: [Int: Counts] = [:]
      for row in try db.all("SELECT t.month, t.counts FROM \(try kept.rows(.all, db))") {
        sums[try row.count("month"), default: Counts()].add(try TallyStore.counts(row.text("counts")))
      }
      return (scope.from.count...scope.through.count).map { (Month(count: $0), sums[$0] ?? Counts()) }
    }
  }

  /// Squads of a scope, or the districts of the city, by name and never by rank.
  public func offices(_ scope: FigureScope, for person: Person) async throws -> [FigurePart] {
    let kept = try KeptCounts(scope, person)
    let byDistrict = Scope(of: person) == .city && scope.district == nil && scope.squad == nil
    return try await house.store.read { db in
      var sums: [Int64: Counts] = [:]
      let rows: Query =
        byDistrict
        ? "SELECT t.district_id AS office, t.counts FROM \(try kept.districts(db))"
        : "SELECT t.squad_id AS office, t.counts FROM \(kept.squads)"
      for row in try db.all(rows) { sums[try row.int("office"), default: Counts()].add(try TallyStore.counts(row.text("counts"))) }
      let names = try db.all("SELECT id, short, code FROM office WHERE id IN (\(list: Array(sums.keys)))").reduce(
        into: [Int64: (name: String, code: String)]()
      ) {
        $0[try $1.int("id")] = (try $1.text("short"), try $1.text("code"))
      }
      return sums.map {
        (code: names[$0.key]?.code ?? "", part: FigurePart(key: String($0.key), name: names[$0.key]?.name ?? "未派单", counts: $0.value))
      }
      .sorted { $0.code < $1.code }.map(\.part)
    }
  }
}

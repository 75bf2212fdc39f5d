import Catalogue
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import Patterns
import People
import Statistics
import Storage

/// Where complaints gather, and the lists of compounds that are made of it; see the README.
public struct HotSpots: Sendable {
  public let house: House
  public let catalogue: Catalogue
  public let method: HotSpotMethod
  public init(house: House, catalogue: Catalogue, method: HotSpotMethod) {
    self.house = house
    self.catalogue = catalogue
    self.method = method
  }

  public static let jobKind = "hotspots-night"
  /// Asks the worker for the night's round.
  public static func enqueue(at now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(jobKind, [String: String](), at: now, dedupe: jobKind, now: now, ids: ids, db)
  }
  public var handler: JobHandler { JobHandler(Self.jobKind) { _ in try await run() } }

  public var finder: HotSpotFinder {
    HotSpotFinder(
      method, categories: Dictionary(catalogue.items.map { ($0.slug, $0.category.slug) }, uniquingKeysWith: { a, _ in a }))
  }

  /// One round: what stands out up to yesterday. Running it twice in a day with the same reports changes nothing.
  /// - Returns: whether anything is different from what is kept.
  @discardableResult
  public func run() async throws -> Bool {
    let now = house.now()
    let last = now.day.adding(days: -1)
    let finder = finder
    let start = finder.first(through: last)
    let known = try await house.store.read { db in try know(from: start, through: last, db) }
    let areas = try await finder.find(
      known.places, counts: known.counts, seasons: known.seasons, months: known.months, through: last)
    return try await HotSpotNight(house: house, version: method.version, from: start, through: last, at: now).keep(areas)
  }

  // MARK: Reading

  private struct Known: Sendable {
    let places: [HotPlace]
    let counts: [WeekCount]
    let seasons: [SeasonCount]
    let months: ClosedRange<Int>?
  }
  private func know(from start: Day, through last: Day, _ db: any Reader) throws -> Known {
    // Whole months before the period: as far back as there are reports.
    let end = Month(start).count - 1
    var begin = end + 1
    if let oldest = try db.first("SELECT min(id) AS id FROM report")?.optionalInt("id") {
      begin = max(Month(IdentifierSource.moment(of: oldest).day).count + 1, end - 12 * method.seasonYears + 1)
    }
    let months: ClosedRange<Int>? = begin <= end ? begin...end : nil
    return Known(
      places: try Self.places(db), counts: try weeks(from: start, through: last, db),
      seasons: try months.map { try seasons($0, db) } ?? [], months: months)
  }
  static func places(_ db: any Reader) throws -> [HotPlace] {
    try db.all(
      "SELECT id, name, squad_id, district_id, latitude, longitude, households FROM compound WHERE state = 'active' ORDER BY id"
    ).map { row in
      var position: Coordinates?
      if let latitude = try row.optionalDouble("latitude"), let longitude = try row.optionalDouble("longitude") {
        position = Coordinates(latitude: latitude, longitude: longitude)
      }
      return HotPlace(
        id: try row.int("id"), name: try row.text("name"), squad: try row.int("squad_id"), district: try row.int("district_id"),
        position: position, households: try row.optionalInt("households").map(Int.init))
    }
  }
  private func weeks(from start: Day, through last: Day, _ db: any Reader) throws -> [WeekCount] {
    // No hour is ever skipped or repeated in Shanghai, so a week is always as long. Twelve reports of one matter within a week are one: the
    // scan takes counts for independent, and a stairwell that calls together would be a hot spot.
    try db.all(
      """
      SELECT m.compound_id, m.item, (r.said_at - \(start.start)) / 604800000 AS week, count(DISTINCT m.id) AS n FROM report r JOIN matter m ON m.id = r.matter_id
      WHERE r.id >= \(IdentifierSource.floor(of: start.start)) AND r.said_at >= \(start.start) AND r.said_at < \(last.end)
        AND \(Patterns.counted) GROUP BY 1, 2, 3
      """
    ).map { row in
      WeekCount(
        compound: try row.int("compound_id"), item: try row.text("item"), week: try row.count("week"), reports: try row.count("n"))
    }
  }
  private func seasons(_ months: ClosedRange<Int>, _ db: any Reader) throws -> [SeasonCount] {
    let (first, end) = (Month(count: months.lowerBound), Month(count: months.upperBound + 1))
    var branches: Query = ""
    for count in months { branches += " WHEN r.said_at < \(Month(count: count + 1).first.start) THEN \(raw: String(count))" }
    return try db.all(
      """
      SELECT c.district_id, m.item, CASE\(branches) END AS month, count(DISTINCT m.id) AS n FROM report r JOIN matter m ON m.id = r.matter_id
      JOIN compound c ON c.id = m.compound_id
      WHERE r.id >= \(IdentifierSource.floor(of: first.first.start)) AND r.said_at >= \(first.first.start) AND r.said_at < \(end.first.start)
        AND \(Patterns.counted) GROUP BY 1, 2, 3
      """
    ).map { row in
      SeasonCount(
        district: try row.int("district_id"), item: try row.text("item"), month: Month(count: try row.count("month")),
        reports: try row.count("n"))
    }
  }
}

import Catalogue
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage

/// Tells what is complained of again and again, and keeps what is done about it; see the README.
public struct Patterns: Sendable {
  public let house: House
  public let catalogue: Catalogue
  public let rules: PatternRules
  public init(house: House, catalogue: Catalogue, rules: PatternRules) {
    self.house = house
    self.catalogue = catalogue
    self.rules = rules
  }

  public static let jobKind = "patterns-night"
  /// Asks the worker for the night's round.
  public static func enqueue(at now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(jobKind, [String: String](), at: now, dedupe: jobKind, now: now, ids: ids, db)
  }
  public var handler: JobHandler { JobHandler(Self.jobKind) { _ in try await run() } }

  /// Begins what stands for a place of which no building is known: the matter's number.
  static let unknownPlace = "#"

  /// Which reports count: complaints of a known place and item that were neither out of scope nor found unreasonable.
  public static let counted: Query =
    """
    r.nature = 'complaint' AND r.channel IN (\(list: Report.Channel.ofThePublic.map(\.rawValue).sorted())) AND m.compound_id IS NOT NULL AND m.item IS NOT NULL
    AND m.out_of_scope = 0 AND m.unreasonable <> \(Matter.Unreasonable.agreed)
    """

  /// One round: what the rules find today. Running it twice changes nothing.
  /// - Returns: how many findings are new.
  @discardableResult
  public func run() async throws -> Int {
    let now = house.now()
    let today = now.day
    let finder = PatternFinder(rules)
    let found = try await house.store.read { db in
      finder.find(
        try Self.told(since: today.adding(days: -max(finder.days, PatternFinder.looksBack)), through: today, db),
        counts: try Self.counts(Month(today).adding(-finder.months), before: Month(today), db), peers: try Self.peers(db), today: today)
    }
    return try await PatternNight(house: house, rules: rules, today: today, at: now).keep(found)
  }

  private static func told(since: Day, through: Day, _ db: any Reader) throws -> [Told] {
    // Identifiers grow with the time of arrival, and nobody says anything after it has arrived.
    try db.all(
      """
      SELECT r.id, r.said_at, r.caller_tag, m.compound_id, m.building, m.item, m.no FROM report r JOIN matter m ON m.id = r.matter_id
      WHERE r.id >= \(IdentifierSource.floor(of: since.start)) AND r.said_at >= \(since.start) AND r.said_at < \(through.end) AND \(counted)
      """
    ).map { row in
      Told(
        report: try row.int("id"), compound: try row.int("compound_id"),
        place: try row.optionalText("building") ?? unknownPlace + row.text("no"),
        item: try row.text("item"), day: try row.moment("said_at").day, caller: try row.optionalText("caller_tag"))
    }
  }
  private static func counts(_ first: Month, before end: Month, _ db: any Reader) throws -> [MonthCount] {
    guard first < end else { return [] }
    // Neither engine is asked what a month is, and the reports are read once.
    var branches: Query = ""
    for count in first.count..<end.count {
      branches += " WHEN r.said_at < \(Month(count: count + 1).first.start) THEN \(raw: String(count))"
    }
    return try db.all(
      """
      SELECT m.compound_id, m.item, CASE\(branches) END AS month, count(*) AS n FROM report r JOIN matter m ON m.id = r.matter_id
      WHERE r.id >= \(IdentifierSource.floor(of: first.first.start)) AND r.said_at >= \(first.first.start) AND r.said_at < \(end.first.start)
        AND \(counted) GROUP BY 1, 2, 3
      """
    ).map { row in
      MonthCount(
        compound: try row.int("compound_id"), item: try row.text("item"), month: Month(count: try row.count("month")),
        reports: try row.count("n"))
    }
  }
  private static func peers(_ db: any Reader) throws -> [Int64: Peer] {
    try db.all("SELECT id, squad_id, district_id FROM compound WHERE state = 'active'").reduce(into: [:]) {
      $0[try $1.int("id")] = Peer(squad: try $1.int("squad_id"), district: try $1.int("district_id"))
    }
  }
}

import Kernel
import Patterns
import Statistics
import Storage

/// Writes what a night has found and puts it in place of the night before.
///
/// A city's night is a hundred thousand rows: written at once, everybody else's work would wait for it for seconds. So it is written in pieces
/// under subjects that nobody looks for (`new …`), and takes its place in one short transaction when all of it is there. What it replaces stays
/// under others (`old …`) until the next night, so that a page that has begun with it ends with it. A night that was cut off is never seen.
struct HotSpotNight {
  let house: House
  let version: String
  let from: Day
  let through: Day
  let at: Moment

  static let mark = "hotspots-kept"
  /// So many rows at most are written in one transaction.
  static let piece = 1000

  /// - Returns: whether anything is different from what is kept.
  func keep(_ areas: [FoundArea]) async throws -> Bool {
    // What would be written, without identifiers: equal to what is there, nothing is.
    let said = try house.seals.tag("hotspots:\(version):\(through.iso):" + Self.fingerprint(areas))
    if try await house.store.read({ db in try House.mark(Self.mark, db) }) == said { return false }
    // What another left unfinished, or is still writing: that one then finds its areas gone and gives up. And the night before the last.
    try await house.store.write { db in
      try db.run("UPDATE hot_area SET subject = 'old ' || id WHERE subject LIKE 'new %'")
    }
    try await clear()
    var staged: [Identifier<HotArea>] = []
    for area in areas { staged.append(try await stage(area)) }
    let all = staged
    try await house.store.write { db in
      let waiting = try db.number("SELECT count(*) AS n FROM hot_area WHERE subject LIKE 'new %' AND id IN (\(list: all))")
      guard waiting == all.count else {
        throw Refusal(.conflict, "hotspots-overtaken", "另一个程序同时在写今晚的研判结果，本次作废，稍后会自动重做。")
      }
      try db.run("UPDATE hot_area SET subject = 'old ' || id WHERE subject NOT LIKE 'new %'")
      try db.run("UPDATE hot_area SET subject = substr(subject, 5) WHERE subject LIKE 'new %'")
      try House.setMark(Self.mark, said, db)
    }
    return true
  }

  private func stage(_ one: FoundArea) async throws -> Identifier<HotArea> {
    let area: Identifier<HotArea> = house.ids.next(at: at)
    try await house.store.write { db in
      try db.run(
        """
        INSERT INTO hot_area (id, area, subject, version, from_day, through_day, season_years, reports, places, rate, problem, at)
        VALUES (\(area), \(one.area), \("new " + one.subject), \(version), \(from), \(through), \(one.seasonYears), \(one.reports),
          \(one.places), \(one.rate), \(one.problem), \(at))
        """)
    }
    for found in one.clusters {
      try await house.store.write { db in try write(found, of: area, db) }
    }
    // In the order in which the page shows them: the highest shrunk rate first, what has none last.
    let rows = one.rates.enumerated().sorted { a, b in
      let (x, y) = (a.element.rate?.shrunk ?? -1, b.element.rate?.shrunk ?? -1)
      return x == y ? (b.element.reports, a.offset) < (a.element.reports, b.offset) : x > y
    }.enumerated().map { position, rate in row(rate.element, of: area, position) }
    for start in stride(from: 0, to: rows.count, by: Self.piece) {
      let piece = Array(rows[start..<min(start + Self.piece, rows.count)])
      try await house.store.write { db in try db.insert(piece, into: "hot_rate", columns: Self.rateColumns) }
    }
    return area
  }
  private static let rateColumns = [
    "id", "hot_area_id", "compound_id", "squad_id", "district_id", "position", "reports", "households", "raw", "shrunk", "low", "high",
    "above", "listed", "why", "trouble",
  ]
  private func row(_ rate: FoundRate, of area: Identifier<HotArea>, _ position: Int) -> [SQLValue] {
    let id: Identifier<HotRate> = house.ids.next(at: at)
    let values: [(any SQLBindable)?] = [
      id, area, rate.place.id, rate.place.squad, rate.place.district, position, rate.reports,
      rate.place.trouble == .households ? nil : rate.place.households, rate.rate?.raw, rate.rate?.shrunk, rate.rate?.interval.lowerBound,
      rate.rate?.interval.upperBound, rate.rate?.aboveAll, rate.listed, rate.why, rate.place.trouble?.rawValue,
    ]
    return values.map { $0?.sqlValue ?? .null }
  }
  private func write(_ found: FoundCluster, of area: Identifier<HotArea>, _ db: any Writer) throws {
    let cluster: Identifier<HotCluster> = house.ids.next(at: at)
    try db.run(
      """
      INSERT INTO hot_cluster (id, hot_area_id, position, radius, from_day, through_day, observed, expected, risk, chance, places)
      VALUES (\(cluster), \(area), \(found.rank), \(found.radius), \(found.from), \(through), \(found.observed), \(found.expected),
        \(found.risk), \(found.p), \(found.members.count))
      """)
    for (position, member) in found.members.enumerated() {
      let id: Identifier<HotCluster> = house.ids.next(at: at)
      try db.later(
        """
        INSERT INTO hot_member (id, hot_cluster_id, compound_id, squad_id, district_id, position, observed, expected)
        VALUES (\(id), \(cluster), \(member.place.id), \(member.place.squad), \(member.place.district), \(position), \(member.observed),
          \(member.expected))
        """)
    }
  }

  /// Takes away, in pieces as well, what is no longer in its place: what hangs on an area before the area itself.
  private func clear() async throws {
    let gone: Query = "SELECT id FROM hot_area WHERE subject LIKE 'old %'"
    let rows: [(table: String, which: Query)] = [
      ("hot_member", "SELECT id FROM hot_member WHERE hot_cluster_id IN (SELECT id FROM hot_cluster WHERE hot_area_id IN (\(gone)))"),
      ("hot_cluster", "SELECT id FROM hot_cluster WHERE hot_area_id IN (\(gone))"),
      ("hot_rate", "SELECT id FROM hot_rate WHERE hot_area_id IN (\(gone))"), ("hot_area", gone),
    ]
    for (table, which) in rows {
      while try await house.store.write({ db in
        try db.run("DELETE FROM \(raw: table) WHERE id IN (\(which) LIMIT \(Self.piece))")
      }) > 0 {}
    }
  }

  private static func fingerprint(_ areas: [FoundArea]) -> String {
    areas.map { area in
      let clusters = area.clusters.map { "\($0.rank) \($0.from.iso) \($0.observed) \($0.p) \($0.members.map(\.place.id))" }
      let rates = area.rates.map { "\($0.place.id) \($0.place.squad) \($0.listed) \($0.why) \($0.place.trouble?.rawValue ?? "")" }
      return "\(area.area)|\(area.subject)|\(area.seasonYears)|\(area.problem ?? "")|\(clusters)|\(rates)"
    }.joined(separator: "\n")
  }
}

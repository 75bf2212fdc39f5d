import Compounds
import Kernel
import Storage

/// Writes what a round has found beside what is known: new findings, what has grown, what is over.
///
/// In pieces, because a city has tens of thousands of findings and everybody else's work would wait for all of them. Each finding is written
/// with its reports in one transaction and says of itself when it was last looked at (`seen_at`), so that one of tonight beside one of the
/// night before misleads nobody. What is over is told only when all that was found has been written.
struct PatternNight {
  let house: House
  let rules: PatternRules
  let today: Day
  let at: Moment

  /// So many findings at most are written in one transaction.
  static let piece = 100

  /// - Returns: how many findings are new.
  func keep(_ found: [FoundPattern]) async throws -> Int {
    var fresh = 0
    for piece in Self.pieces(found) { fresh += try await house.store.write { db in try write(piece, db) } }
    // What was not found again: over when it has been quiet for long enough and nobody is still at it.
    let missed = try await house.store.read { db in
      try db.all("SELECT id FROM pattern WHERE over_at IS NULL AND seen_at <> \(at)").map { try $0.int("id") }
    }
    for piece in Self.pieces(missed) { try await house.store.write { db in try end(piece, db) } }
    return fresh
  }
  private static func pieces<One>(_ all: [One]) -> [[One]] {
    stride(from: 0, to: all.count, by: piece).map { Array(all[$0..<min($0 + piece, all.count)]) }
  }

  private struct Key: Hashable {
    let rule: String, compound: Int64, item: String, place: String
  }
  private func write(_ found: [FoundPattern], _ db: any Writer) throws -> Int {
    let compounds = Array(Set(found.map(\.compound)))
    var known: [Key: Pattern.ID] = [:]
    for row in try db.all(
      "SELECT id, rule, compound_id, item, place FROM pattern WHERE over_at IS NULL AND compound_id IN (\(list: compounds))")
    {
      let key = Key(
        rule: try row.text("rule"), compound: try row.int("compound_id"), item: try row.text("item"), place: try row.text("place"))
      known[key] = try row.id("id")
    }
    let offices = try db.all("SELECT id, squad_id, district_id FROM compound WHERE id IN (\(list: compounds))")
      .reduce(into: [Int64: (squad: Int64, district: Int64?)]()) {
        $0[try $1.int("id")] = (try $1.int("squad_id"), try $1.optionalInt("district_id"))
      }
    var fresh = 0
    for one in found {
      guard let rule = rules[rule: one.rule], let office = offices[one.compound] else { continue }
      let months = one.months.map(String.init).joined(separator: " ")
      if let id = known[Key(rule: one.rule, compound: one.compound, item: one.item, place: one.place)] {
        try db.run(
          """
          UPDATE pattern SET from_day = \(one.from), through_day = \(one.through), reports = \(one.reports), callers = \(one.callers),
            unnamed = \(one.unnamed), most = \(one.most), places = \(one.places), level = \(one.level), months = \(months),
            items = \(one.items), squad_id = \(office.squad), district_id = \(office.district), seen_at = \(at) WHERE id = \(id)
          """)
        try rows(of: id, one.rows, db)
      } else {
        let id: Pattern.ID = house.ids.next(at: at)
        try db.run(
          """
          INSERT INTO pattern (id, rule, version, kind, compound_id, squad_id, district_id, item, place, from_day, through_day, reports,
            callers, unnamed, most, places, level, months, items, state, found_at, seen_at, over_at, decided_by, decided_at, reason)
          VALUES (\(id), \(one.rule), \(rules.version), \(rule.kind), \(one.compound), \(office.squad), \(office.district), \(one.item),
            \(one.place), \(one.from), \(one.through), \(one.reports), \(one.callers), \(one.unnamed), \(one.most), \(one.places),
            \(one.level), \(months), \(one.items), 'found', \(at), \(at), NULL, NULL, NULL, NULL)
          """)
        try rows(of: id, one.rows, db)
        try Journal.append(
          "pattern-found", on: Subject("pattern", id), by: .system, at: at,
          facts: ["rule": one.rule, "version": rules.version, "reports": "\(one.reports)"], opening: true, ids: house.ids, db)
        fresh += 1
      }
    }
    return fresh
  }
  private func rows(of id: Pattern.ID, _ reports: [Int64], _ db: any Writer) throws {
    for report in reports {
      let row: Identifier<Pattern> = house.ids.next(at: at)
      try db.later(
        """
        INSERT INTO pattern_report (id, pattern_id, report_id) VALUES (\(row), \(id), \(report))
        ON CONFLICT (pattern_id, report_id) DO NOTHING
        """)
    }
  }

  private func end(_ missed: [Int64], _ db: any Writer) throws {
    let quiet = today.adding(days: -rules.quietDays)
    for row in try db.all(
      "SELECT id, months, through_day FROM pattern WHERE id IN (\(list: missed)) AND over_at IS NULL AND seen_at <> \(at)")
    {
      let id: Pattern.ID = try row.id("id")
      let isSeason = try row.text("months") != ""
      guard try isSeason || row.day("through_day") < quiet,
        try !db.exists("SELECT 1 AS one FROM plan WHERE pattern_id = \(id) AND state = 'open'")
      else { continue }
      try db.run("UPDATE pattern SET over_at = \(at) WHERE id = \(id)")
      try Journal.append("pattern-over", on: Subject("pattern", id), by: .system, at: at, ids: house.ids, db)
    }
  }
}

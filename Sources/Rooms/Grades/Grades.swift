import Cases
import Foundation
import Intake
import Kernel
import Matters
import Offices
import Patterns
import People
import Storage

/// Grades every compound, keeps why, and makes the month's inspections out of it; see the README.
public struct Grades: Sendable {
  public let matters: Matters
  public let rules: GradeRules
  public var house: House { matters.house }
  public var grading: Grading { Grading(rules) }
  public init(matters: Matters, rules: GradeRules) {
    self.matters = matters
    self.rules = rules
  }

  public static let jobKind = "grades-night"
  /// Asks the worker for the night's round.
  public static func enqueue(at now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(jobKind, [String: String](), at: now, dedupe: jobKind, now: now, ids: ids, db)
  }
  public var handler: JobHandler { JobHandler(Self.jobKind) { _ in try await night() } }

  static let mark = "grades-made"
  /// Compounds that share a transaction.
  static let piece = 250

  /// Grades once a week and whenever the rules are of another version; the month's inspections are completed every night.
  public func night() async throws {
    let today = house.now().day
    let week = today.adding(days: -((today.weekday - rules.weekday + 7) % 7))
    let last =
      try await house.store.read { db in try House.mark(Self.mark, db) }?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
    let isDue = last.count < 2 || last[1] != rules.version || (Day(iso: last[0]).map { $0 < week } ?? true)
    if isDue { try await grade() }
    try await plan()
  }

  // MARK: Grading

  struct Ground: Sendable {
    let id: Int64
    let squad: Int64
    let district: Int64?
    let households: Int?
  }

  /// Grades every compound now. The second time on a day changes nothing unless something has happened.
  /// - Returns: how many compounds have another grade than before, first grades included.
  @discardableResult
  public func grade() async throws -> Int {
    let now = house.now()
    let (grounds, facts) = try await house.store.read { db in
      let grounds = try Self.grounds(db)
      return (grounds, try GradeReading(rules: rules, now: now).facts(of: grounds, db))
    }
    // In pieces, so that nobody who writes waits for a whole city. Whoever is cut off begins again: what was graded stays as it is.
    var changed = 0
    for start in stride(from: 0, to: grounds.count, by: Self.piece) {
      let some = grounds[start..<min(start + Self.piece, grounds.count)]
      changed += try await house.store.write { db in try keep(facts, of: some, at: now, db) }
    }
    try await house.store.write { db in
      // Compounds that are no longer in the register have no grade.
      try db.run(
        """
        UPDATE grade SET over_day = \(now.day) WHERE over_day IS NULL
          AND NOT EXISTS (SELECT 1 FROM compound c WHERE c.id = grade.compound_id AND c.state = 'active')
        """)
      try House.setMark(Self.mark, "\(now.day.iso) \(rules.version)", db)
    }
    return changed
  }

  private static func grounds(_ db: any Reader) throws -> [Ground] {
    try db.all("SELECT id, squad_id, district_id, households FROM compound WHERE state = 'active' ORDER BY id").map { row in
      Ground(
        id: try row.int("id"), squad: try row.int("squad_id"), district: try row.optionalInt("district_id"),
        households: try row.optionalInt("households").map { Int($0) })
    }
  }

  private func keep(_ facts: [Int64: GradeFacts], of grounds: ArraySlice<Ground>, at now: Moment, _ db: any Writer) throws -> Int {
    let known = try db.all("SELECT * FROM grade WHERE over_day IS NULL AND compound_id IN (\(list: grounds.map(\.id)))").reduce(
      into: [Int64: ResultRow]()
    ) { $0[try $1.int("compound_id")] = $1 }
    let today = now.day
    var changed = 0
    for ground in grounds {
      let graded = grading.grade(facts[ground.id] ?? GradeFacts())
      let row = known[ground.id]
      var before: String?
      var because = "首次研判：" + grading.reasons(graded)
      if let row {
        let old = try Self.graded(row, grading)
        let version = try row.text("version")
        if old.facts == graded.facts, old.grade == graded.grade, version == rules.version {
          // A compound that came to another squad takes its grade along.
          if try row.int("squad_id") != ground.squad {
            try db.later("UPDATE grade SET squad_id = \(ground.squad), district_id = \(ground.district) WHERE id = \(try row.int("id"))")
          }
          continue
        }
        before = old.grade
        because = grading.change(from: old, to: graded, version: version == rules.version ? nil : version)
        try db.run("UPDATE grade SET over_day = \(today) WHERE id = \(try row.int("id"))")
      }
      let id: Identifier<Graded> = house.ids.next(at: now)
      try db.later(
        """
        INSERT INTO grade (id, compound_id, squad_id, district_id, grade, rank, points, quiet, version, facts, because, before, from_day, over_day)
        VALUES (\(id), \(ground.id), \(ground.squad), \(ground.district), \(graded.grade), \(rules.rank(graded.grade)), \(graded.points),
          \(graded.isQuiet), \(rules.version), \(CanonicalJSON.object(graded.facts.values.mapValues(String.init))), \(because), \(before),
          \(today), NULL)
        """)
      guard before != graded.grade else { continue }
      changed += 1
      try Journal.append(
        "compound-graded", on: Subject("compound", ground.id), by: .system, at: now,
        facts: ["from": before ?? "", "to": graded.grade, "version": rules.version], ids: house.ids, db)
    }
    return changed
  }

  static func facts(_ row: ResultRow) throws -> GradeFacts {
    GradeFacts(try row.json("facts", [String: String].self).compactMapValues { Int($0) })
  }
  /// As it was kept; the floor is what today's rules say of those facts.
  static func graded(_ row: ResultRow, _ grading: Grading) throws -> Graded {
    let facts = try facts(row)
    let again = grading.grade(facts)
    return Graded(
      grade: try row.text("grade"), points: try row.count("points"), floor: again.grade == (try row.text("grade")) ? again.floor : nil,
      isQuiet: try row.bool("quiet"), facts: facts)
  }
}

/// Reads what the rules ask for, of all compounds at once: a statement for each factor.
struct GradeReading {
  let rules: GradeRules
  let now: Moment

  func facts(of grounds: [Grades.Ground], _ db: any Reader) throws -> [Int64: GradeFacts] {
    var out = grounds.reduce(into: [Int64: GradeFacts]()) { $0[$1.id] = GradeFacts() }
    for factor in rules.factors {
      let counts = try counts(factor, db)
      for ground in grounds {
        let count = counts[ground.id] ?? 0
        guard factor.measure == .complaints else {
          out[ground.id]?.values[factor.id] = count
          continue
        }
        // None is none, however many people live there.
        if count < factor.least {
          out[ground.id]?.values[factor.id] = 0
          continue
        }
        guard let households = ground.households, households > 0 else { continue }
        // For each ten thousand households and thirty days, rounded half up.
        let per = households * factor.days
        out[ground.id]?.values[factor.id] = (count * 300_000 + per / 2) / per
      }
    }
    return out
  }

  private func counts(_ factor: GradeFactor, _ db: any Reader) throws -> [Int64: Int] {
    let from = now.day.adding(days: 1 - factor.days).start
    let floor = IdentifierSource.floor(of: from)
    if factor.measure == .overdueCorrections { return try overdueCorrections(db) }
    let query: Query =
      switch factor.measure {
      case .complaints:
        """
        SELECT m.compound_id AS compound, count(*) AS n FROM report r JOIN matter m ON m.id = r.matter_id
        WHERE r.id >= \(floor) AND r.nature = 'complaint' AND r.channel IN (\(list: Report.Channel.ofThePublic.map(\.rawValue).sorted()))
          AND m.compound_id IS NOT NULL AND m.out_of_scope = 0 AND m.unreasonable <> \(Matter.Unreasonable.agreed) GROUP BY m.compound_id
        """
      case .patterns:
        """
        SELECT p.compound_id AS compound, count(*) AS n FROM pattern p WHERE p.over_at IS NULL AND p.state <> 'dismissed' GROUP BY p.compound_id
        """
      case .confirmed:
        """
        SELECT m.compound_id AS compound, count(*) AS n FROM matter m WHERE m.id >= \(floor) AND m.compound_id IS NOT NULL
          AND m.merged_into IS NULL AND m.out_of_scope = 0 AND \(items(factor)) AND (SELECT n.fact FROM finding n WHERE n.matter_id = m.id
            ORDER BY n.id DESC LIMIT 1) IN ('confirmed', 'partly') GROUP BY m.compound_id
        """
      case .cases:
        """
        SELECT f.compound_id AS compound, count(*) AS n FROM case_file f WHERE f.filed_at >= \(from) AND f.compound_id IS NOT NULL
        GROUP BY f.compound_id
        """
      case .firmFailed:
        """
        SELECT m.compound_id AS compound, count(*) AS n FROM firm_check d JOIN matter m ON m.id = d.matter_id
        WHERE d.state = 'failed' AND d.checked_at >= \(from) AND m.compound_id IS NOT NULL GROUP BY m.compound_id
        """
      case .creditPoints:
        """
        SELECT f.compound_id AS compound, sum(k.points) AS n FROM case_credit k JOIN case_file f ON f.id = k.case_id
        WHERE k.subject = 'firm' AND k.at >= \(from) AND f.compound_id IS NOT NULL GROUP BY f.compound_id
        """
      case .overdueMatters:
        """
        SELECT m.compound_id AS compound, count(*) AS n FROM matter m WHERE m.open = 1 AND m.due_at < \(now) AND m.compound_id IS NOT NULL
        GROUP BY m.compound_id
        """
      case .inspectionFindings:
        """
        SELECT i.compound_id AS compound, count(*) AS n FROM inspection i WHERE i.state = 'done' AND i.result <> 'nothing'
          AND i.done_day >= \(from.day) GROUP BY i.compound_id
        """
      case .overdueCorrections: "SELECT 0 AS compound, 0 AS n WHERE 1 = 0"
      }
    return try db.all(query).reduce(into: [:]) { $0[try $1.int("compound")] = try $1.count("n") }
  }
  private func items(_ factor: GradeFactor) -> Query { factor.items.isEmpty ? "m.item IS NOT NULL" : "m.item IN (\(list: factor.items))" }

  /// Orders to correct whose day is over and of which nobody has found them followed.
  private func overdueCorrections(_ db: any Reader) throws -> [Int64: Int] {
    var out: [Int64: Int] = [:]
    for row in try db.all("SELECT f.compound_id, f.file FROM case_file f WHERE f.open = 1 AND f.compound_id IS NOT NULL") {
      let file: CaseFile = try row.json("file")
      guard let until = file.correction?.until, until < now.day, !file.isCorrected else { continue }
      out[try row.int("compound_id"), default: 0] += 1
    }
    return out
  }
}

import Compounds
import Intake
import Kernel
import Matters
import Offices
import People
import Storage

/// Which patterns are wanted.
public struct PatternFilter: Sendable {
  /// nil for all that are going on.
  public var state: Pattern.State?
  public var kind: PatternKind?
  public var compound: Compound.ID?
  /// What is over instead of what is going on.
  public var over = false
  public init(state: Pattern.State? = nil, kind: PatternKind? = nil, compound: Compound.ID? = nil, over: Bool = false) {
    self.state = state
    self.kind = kind
    self.compound = compound
    self.over = over
  }
}

/// A report that a pattern was found in, as anybody who sees the matter may see it.
public struct PatternRow: Sendable {
  public let reportNo: String
  public let saidAt: Moment
  public let channel: Report.Channel
  public let place: String
  /// 1, 2, 3 … for each different caller of this pattern in the order of their first report; nil for those without a name.
  public let caller: Int?
  public let matterNo: String
  public let state: MatterState
}

extension Patterns {
  /// On the columns `squad_id` and `district_id` of a table.
  public static func visible(_ person: Person, _ table: String) -> Query {
    guard person.may(.seeMatters) else { return "1 = 0" }
    return Scope(of: person).rows(of: table)
  }

  private static let columns: Query =
    """
    p.*, c.no AS compound_no, c.name AS compound_name, s.short AS squad_name, a.name AS who, l.no AS plan_no
    FROM pattern p JOIN compound c ON c.id = p.compound_id JOIN office s ON s.id = p.squad_id LEFT JOIN account a ON a.id = p.decided_by
    LEFT JOIN plan l ON l.pattern_id = p.id
    """
  private static func pattern(_ row: ResultRow) throws -> Pattern {
    let (item, place) = (try row.text("item"), try row.text("place"))
    return Pattern(
      id: try row.id("id"), rule: try row.text("rule"), version: try row.text("version"), kind: try row.choice("kind"),
      compound: try row.id("compound_id"), compoundNo: try row.text("compound_no"), compoundName: try row.text("compound_name"),
      squad: try row.id("squad_id"), squadName: try row.text("squad_name"), item: item.isEmpty ? nil : item,
      place: place.isEmpty || place.hasPrefix(Self.unknownPlace) ? nil : place, from: try row.day("from_day"),
      through: try row.day("through_day"),
      reports: try row.count("reports"), callers: try row.count("callers"), unnamed: try row.count("unnamed"), most: try row.count("most"),
      places: try row.count("places"), level: try row.count("level"),
      months: try row.text("months").split(separator: " ").compactMap { Int($0) }, items: try row.count("items"),
      state: try row.choice("state"), foundAt: try row.moment("found_at"), seenAt: try row.moment("seen_at"),
      overAt: try row.optionalMoment("over_at"), decidedBy: try row.optionalText("who"), decidedAt: try row.optionalMoment("decided_at"),
      reason: try row.optionalText("reason"), planNo: try row.optionalText("plan_no"))
  }

  /// Those within a person's scope: the highest level first, then the newest.
  public func patterns(_ filter: PatternFilter, for person: Person, limit: Int = 100) async throws -> [Pattern] {
    try person.require(.seeMatters)
    var conditions: [Query] = [Self.visible(person, "p"), filter.over ? "p.over_at IS NOT NULL" : "p.over_at IS NULL"]
    if let state = filter.state { conditions.append("p.state = \(state)") }
    if let kind = filter.kind { conditions.append("p.kind = \(kind)") }
    if let compound = filter.compound { conditions.append("p.compound_id = \(compound)") }
    let order: Query = filter.over ? "p.over_at DESC, p.id DESC" : "p.level DESC, p.reports DESC, p.id DESC"
    let whole = conditions.conjunction
    return try await house.store.read { db in
      try db.all("SELECT \(Self.columns) WHERE \(whole) ORDER BY \(order) LIMIT \(limit)").map(Self.pattern)
    }
  }
  /// How many of each kind are going on, and how many of them wait to be looked at.
  public func counts(for person: Person) async throws -> [PatternKind: (all: Int, waiting: Int)] {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      try db.all(
        """
        SELECT p.kind, count(*) AS n, sum(CASE WHEN p.state = 'found' THEN 1 ELSE 0 END) AS waiting FROM pattern p
        WHERE p.over_at IS NULL AND \(Self.visible(person, "p")) GROUP BY p.kind
        """
      ).reduce(into: [:]) { $0[try $1.choice("kind")] = (try $1.count("n"), try $1.count("waiting")) }
    }
  }
  /// - Throws: `Refusal` `patterns-missing` also for one outside the person's scope.
  public func pattern(_ id: Pattern.ID, for person: Person) async throws -> Pattern {
    try person.require(.seeMatters)
    return try await house.store.read { db in try find(id, for: person, db) }
  }
  func find(_ id: Pattern.ID, for person: Person, _ db: any Reader) throws -> Pattern {
    guard let row = try db.first("SELECT \(Self.columns) WHERE p.id = \(id) AND \(Self.visible(person, "p"))") else {
      throw Refusal(.missing, "patterns-missing", "没有这条研判结果，或者它不在您的范围内。")
    }
    return try Self.pattern(row)
  }
  /// The reports that a rule counted; none for those that count whole months.
  public func rows(of pattern: Pattern) async throws -> [PatternRow] {
    try await house.store.read { db in
      var callers: [String: Int] = [:]
      return try db.all(
        """
        SELECT r.no, r.said_at, r.channel, r.place_text, r.caller_tag, m.no AS matter_no, m.building, m.state FROM pattern_report x
        JOIN report r ON r.id = x.report_id JOIN matter m ON m.id = r.matter_id WHERE x.pattern_id = \(pattern.id)
        ORDER BY r.said_at, r.id LIMIT 500
        """
      ).map { row in
        let tag = try row.optionalText("caller_tag")
        let caller = tag.map { callers[$0, default: callers.count + 1] }
        if let tag, let caller { callers[tag] = caller }
        return PatternRow(
          reportNo: try row.text("no"), saidAt: try row.moment("said_at"), channel: try row.choice("channel"),
          place: try row.optionalText("building") ?? row.text("place_text"), caller: caller, matterNo: try row.text("matter_no"),
          state: try row.choice("state"))
      }
    }
  }

  /// Complaints a month of a pattern's compound and item, the last `months` months with this one, to see what became of it.
  public func course(compound: Compound.ID, item: String?, months: Int = 12) async throws -> [(month: Month, reports: Int)] {
    let last = Month(house.now().day)
    let first = last.adding(1 - months)
    return try await house.store.read { db in
      var counts: [Int: Int] = [:]
      let those: Query = item.map { "m.item = \($0)" } ?? "m.item IS NOT NULL"
      for row in try db.all(
        """
        SELECT r.said_at FROM matter m JOIN report r ON r.matter_id = m.id
        WHERE m.compound_id = \(compound) AND \(those) AND \(Self.counted) AND r.said_at >= \(first.first.start)
        """)
      {
        counts[Month(try row.moment("said_at").day).count, default: 0] += 1
      }
      return (first.count...last.count).map { (Month(count: $0), counts[$0] ?? 0) }
    }
  }
}

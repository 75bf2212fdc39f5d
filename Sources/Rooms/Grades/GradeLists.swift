import Compounds
import Kernel
import Offices
import People
import Storage

/// A compound with its grade as somebody sees it.
public struct CompoundGrade: Sendable {
  public let compound: Compound.ID
  public let no: String
  public let name: String
  public let squad: Office.ID
  public let squadName: String
  public let households: Int?
  public let graded: Graded
  public let version: String
  /// What has changed, or why it begins here.
  public let because: String
  public let before: String?
  public let from: Day
  public let over: Day?
  public let override: GradeOverride?
  /// A person's word until its day, else what the rules say.
  public var effective: String { override?.grade ?? graded.grade }
  public var isQuiet: Bool { override == nil && graded.isQuiet }
}

/// A person has decided otherwise than the rules, for a time.
public struct GradeOverride: Sendable, Hashable {
  public let grade: String
  public let reason: String
  public let until: Day
  public let at: Moment
  public let who: String
  public let endedAt: Moment?
}

public struct GradeFilter: Sendable, Hashable {
  public var grade: String?
  public var squad: Office.ID?
  /// Another grade than before since so many days.
  public var changedDays: Int?
  public var overridden = false
  public var quiet = false
  public init() {}
}

extension Grades {
  static func visible(_ person: Person, _ table: String) -> Query {
    guard person.may(.seeMatters) else { return "1 = 0" }
    return Scope(of: person).rows(of: table)
  }

  /// The grades that hold on a day: a person's word until its day, else what the rules say; nothing for what has not been graded.
  public static func effective(of compounds: [Int64], on day: Day, _ db: any Reader) throws -> [Int64: String] {
    try db.all(
      """
      SELECT g.compound_id, coalesce(v.grade, g.grade) AS grade FROM grade g
      LEFT JOIN grade_override v ON v.compound_id = g.compound_id AND v.ended_at IS NULL AND v.until_day >= \(day)
      WHERE g.compound_id IN (\(list: compounds)) AND g.over_day IS NULL
      """
    ).reduce(into: [:]) { $0[try $1.int("compound_id")] = try $1.text("grade") }
  }

  private static func columns(_ today: Day) -> Query {
    """
    g.*, c.no, c.name, c.households, s.short AS squad_name, v.grade AS set_grade, v.reason AS set_reason, v.until_day AS set_until,
      v.at AS set_at, a.name AS set_by
    FROM grade g JOIN compound c ON c.id = g.compound_id JOIN office s ON s.id = g.squad_id
    LEFT JOIN grade_override v ON v.compound_id = g.compound_id AND v.ended_at IS NULL AND v.until_day >= \(today)
    LEFT JOIN account a ON a.id = v.account_id
    """
  }
  private func compoundGrade(_ row: ResultRow) throws -> CompoundGrade {
    var override: GradeOverride?
    if let grade = try row.optionalText("set_grade") {
      override = GradeOverride(
        grade: grade, reason: try row.text("set_reason"), until: try row.day("set_until"), at: try row.moment("set_at"),
        who: try row.text("set_by"), endedAt: nil)
    }
    return CompoundGrade(
      compound: try row.id("compound_id"), no: try row.text("no"), name: try row.text("name"), squad: try row.id("squad_id"),
      squadName: try row.text("squad_name"), households: try row.optionalInt("households").map { Int($0) },
      graded: try Self.graded(row, grading), version: try row.text("version"), because: try row.text("because"),
      before: try row.optionalText("before"), from: try row.day("from_day"),
      over: try row.optionalText("over_day").flatMap { Day(iso: $0) },
      override: override)
  }

  /// Those within a person's scope, the worst first.
  public func list(_ filter: GradeFilter, for person: Person, limit: Int = 100) async throws -> [CompoundGrade] {
    try person.require(.seeMatters)
    let today = house.now().day
    var conditions: [Query] = ["g.over_day IS NULL", Self.visible(person, "g")]
    if let grade = filter.grade { conditions.append("COALESCE(v.grade, g.grade) = \(grade)") }
    if let squad = filter.squad { conditions.append("g.squad_id = \(squad)") }
    if let days = filter.changedDays {
      conditions.append("g.from_day >= \(today.adding(days: -days)) AND g.before IS NOT NULL AND g.before <> g.grade")
    }
    if filter.overridden { conditions.append("v.grade IS NOT NULL") }
    if filter.quiet { conditions.append("g.quiet = 1 AND v.grade IS NULL") }
    let whole = conditions.conjunction
    return try await house.store.read { db in
      try db.all(
        "SELECT \(Self.columns(today)) WHERE \(whole) ORDER BY g.rank DESC, g.points DESC, g.id DESC LIMIT \(limit)"
      ).map(compoundGrade)
    }
  }

  /// How many compounds have each grade, a person's word before the rules'; and how many need not be disturbed.
  public func counts(for person: Person) async throws -> (grades: [String: Int], quiet: Int) {
    try person.require(.seeMatters)
    let today = house.now().day
    return try await house.store.read { db in
      var grades: [String: Int] = [:]
      var quiet = 0
      for row in try db.all(
        """
        SELECT COALESCE(v.grade, g.grade) AS grade, count(*) AS n, sum(CASE WHEN v.grade IS NULL THEN g.quiet ELSE 0 END) AS quiet
        FROM grade g LEFT JOIN grade_override v ON v.compound_id = g.compound_id AND v.ended_at IS NULL AND v.until_day >= \(today)
        WHERE g.over_day IS NULL AND \(Self.visible(person, "g")) GROUP BY COALESCE(v.grade, g.grade)
        """)
      {
        grades[try row.text("grade")] = try row.count("n")
        quiet += try row.count("quiet")
      }
      return (grades, quiet)
    }
  }

  /// When grades were made last; nil before the first time.
  public func gradedOn() async throws -> Day? {
    try await house.store.read { db in try House.mark(Self.mark, db).flatMap { Day(iso: $0.prefix(10)) } }
  }

  /// - Throws: `Refusal` `grades-missing` also for a compound outside the person's scope, or one that has no grade yet.
  public func grade(of no: String, for person: Person) async throws -> CompoundGrade {
    guard let found = try await ifGraded(no, for: person) else {
      throw Refusal(.missing, "grades-missing", "没有这个小区的分级，或者它不在您的范围内。")
    }
    return found
  }
  public func ifGraded(_ no: String, for person: Person) async throws -> CompoundGrade? {
    try person.require(.seeMatters)
    return try await house.store.read { db in try find(no, for: person, db) }
  }
  func find(_ no: String, for person: Person, _ db: any Reader) throws -> CompoundGrade? {
    let today = house.now().day
    return try db.first("SELECT \(Self.columns(today)) WHERE c.no = \(no) AND g.over_day IS NULL AND \(Self.visible(person, "g"))").map(
      compoundGrade)
  }

  /// What stood before, the newest first; and what persons have decided.
  public func history(of one: CompoundGrade, limit: Int = 60) async throws -> (grades: [CompoundGrade], overrides: [GradeOverride]) {
    let today = house.now().day
    return try await house.store.read { db in
      (
        try db.all("SELECT \(Self.columns(today)) WHERE g.compound_id = \(one.compound) ORDER BY g.id DESC LIMIT \(limit)").map(
          compoundGrade),
        try db.all(
          """
          SELECT v.*, a.name FROM grade_override v JOIN account a ON a.id = v.account_id WHERE v.compound_id = \(one.compound)
          ORDER BY v.id DESC LIMIT \(limit)
          """
        ).map { row in
          GradeOverride(
            grade: try row.text("grade"), reason: try row.text("reason"), until: try row.day("until_day"), at: try row.moment("at"),
            who: try row.text("name"), endedAt: try row.optionalMoment("ended_at"))
        }
      )
    }
  }

  // MARK: Deciding otherwise

  /// Another grade than the rules give, with a reason, until a day.
  /// - Throws: `Refusal` `grades-missing`, `grades-same`; of what is wrong all at once, as `Refusals`: `grades-grade`, `grades-reason`, `grades-until`.
  public func override(_ no: String, grade: String, reason: String, until: Day?, by person: Person) async throws {
    try person.require(.overrideGrades)
    let now = house.now()
    let why = reason.trimming()
    var wrong: [Refusal] = []
    if rules[grade: grade] == nil { wrong.append(Refusal(.invalid, "grades-grade", "请选择等级。", field: "grade")) }
    if !(10...500).contains(why.utf16.count) {
      wrong.append(Refusal(.invalid, "grades-reason", "请写明为什么与规则不同，10 至 500 字。", field: "reason"))
    }
    if !(until.map { $0 > now.day && $0 <= now.day.adding(days: 366) } ?? false) {
      wrong.append(Refusal(.invalid, "grades-until", "截止日期要在今天之后、一年之内；到期后自动按规则。", field: "until"))
    }
    guard wrong.isEmpty, let until else { throw Refusals(wrong) }
    try await house.store.write { db in
      guard let one = try find(no, for: person, db) else {
        throw Refusal(.missing, "grades-missing", "没有这个小区的分级，或者它不在您的范围内。")
      }
      // Sent a second time it says nothing new.
      if let old = one.override, old.grade == grade, old.reason == why, old.until == until { return }
      if one.override == nil, one.graded.grade == grade {
        throw Refusal(.invalid, "grades-same", "按规则已经是 \(grade)，不需要调整。", field: "grade")
      }
      try end(one.compound, by: person, at: now, db)
      let id: Identifier<GradeOverride> = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO grade_override (id, compound_id, grade, reason, until_day, at, account_id, ended_at, ended_by)
        VALUES (\(id), \(one.compound), \(grade), \(why), \(until), \(now), \(person.id), NULL, NULL)
        """)
      try Journal.append(
        "compound-grade-set", on: Subject("compound", one.compound), by: person.actor, at: now,
        facts: ["from": one.effective, "to": grade, "until": until.iso], note: why, ids: house.ids, db)
    }
  }

  /// Back to what the rules say.
  /// - Throws: `Refusal` `grades-missing`, `grades-not-set`.
  public func followRules(_ no: String, by person: Person) async throws {
    try person.require(.overrideGrades)
    let now = house.now()
    try await house.store.write { db in
      guard let one = try find(no, for: person, db) else {
        throw Refusal(.missing, "grades-missing", "没有这个小区的分级，或者它不在您的范围内。")
      }
      guard one.override != nil else { throw Refusal(.conflict, "grades-not-set", "这个小区现在就是按规则分级的。") }
      try end(one.compound, by: person, at: now, db)
      try Journal.append(
        "compound-grade-freed", on: Subject("compound", one.compound), by: person.actor, at: now,
        facts: ["to": one.graded.grade], ids: house.ids, db)
    }
  }
  private func end(_ compound: Compound.ID, by person: Person, at now: Moment, _ db: any Writer) throws {
    try db.run(
      "UPDATE grade_override SET ended_at = \(now), ended_by = \(person.id) WHERE compound_id = \(compound) AND ended_at IS NULL")
  }
}

import Kernel
import Offices
import People
import Sheets
import Storage

/// How many people live in a district, a sub-district or a compound, by whom and when it was said.
public struct Population: Sendable, Hashable {
  /// An office's area code, or a compound's number.
  public let area: String
  public let people: Int
  public let asOf: Day
  public let source: String
  public init(area: String, people: Int, asOf: Day, source: String) {
    self.area = area
    self.people = people
    self.asOf = asOf
    self.source = source
  }
}

extension Figures {
  /// What a file of populations would do: rows that can be taken, and why others cannot.
  public struct PopulationReading: Sendable {
    public let good: [Population]
    public let bad: [(line: Int, reason: String)]
  }

  /// Reads a table with the columns 地区代码 (or 小区编号), 常住人口, 截至日期, 来源.
  /// - Throws: `Refusal` `population-columns`, and the refusals of an unreadable file.
  public func readPopulation(_ table: Table) throws(Refusal) -> PopulationReading {
    guard let area = table.column(anyOf: ["地区代码", "小区编号", "区划代码"]), let people = table.column(anyOf: ["常住人口", "人口"]),
      let asOf = table.column(anyOf: ["截至日期", "日期"]), let source = table.column("来源")
    else {
      throw Refusal(.invalid, "population-columns", "第一行要有“地区代码”（或“小区编号”）“常住人口”“截至日期”“来源”四列。", field: "file")
    }
    var good: [Population] = []
    var bad: [(Int, String)] = []
    for row in table.rows {
      func cell(_ at: Int) -> String { at < row.cells.count ? row.cells[at].trimming() : "" }
      let line = row.line
      guard !cell(area).isEmpty else {
        bad.append((line, "没有地区代码或小区编号"))
        continue
      }
      guard let number = Int(cell(people).replacing(",", with: "")), number > 0 else {
        bad.append((line, "常住人口要是大于零的整数，这里是“\(cell(people).prefix(20))”"))
        continue
      }
      guard let day = Day(iso: cell(asOf).replacing("/", with: "-").prefix(10)), day <= house.now().day else {
        bad.append((line, "截至日期要写成 2025-12-31，并且不在今天之后"))
        continue
      }
      guard (2...200).contains(cell(source).count) else {
        bad.append((line, "没有写来源"))
        continue
      }
      good.append(Population(area: cell(area), people: number, asOf: day, source: cell(source)))
    }
    return PopulationReading(good: good, bad: bad)
  }

  /// Keeps populations; the same area and day again replaces what was said before.
  /// - Returns: those whose area nobody knows; they are not kept.
  @discardableResult
  public func keep(_ populations: [Population], by person: Person) async throws -> [String] {
    try person.require(.importCompounds)
    let now = house.now()
    let ids = house.ids
    return try await house.store.write { db in
      var unknown: [String] = []
      for one in populations {
        guard
          try db.exists(
            "SELECT 1 AS one FROM office WHERE area_code = \(one.area) OR code = \(one.area) UNION SELECT 1 FROM compound WHERE no = \(one.area)"
          )
        else {
          unknown.append(one.area)
          continue
        }
        let id: Identifier<Population> = ids.next(at: now)
        try db.run(
          """
          INSERT INTO population (id, area, people, as_of, source, at, account_id)
          VALUES (\(id), \(one.area), \(one.people), \(one.asOf), \(one.source), \(now), \(person.id))
          ON CONFLICT (area, as_of) DO UPDATE SET people = excluded.people, source = excluded.source, at = excluded.at,
            account_id = excluded.account_id
          """)
        try Journal.append(
          "population-set", on: Subject("population", 0), by: person.actor, at: now,
          facts: ["area": one.area, "people": "\(one.people)", "asOf": one.asOf.iso, "source": one.source], ids: ids, db)
      }
      return unknown
    }
  }

  /// The newest population of the place that a scope is about, not after its end; nil where none was imported.
  public func population(of scope: FigureScope, for person: Person) async throws -> Population? {
    let last = scope.through.last
    let office: Office.ID? =
      switch Scope(of: person) {
      case .squad(let id): id
      case .district(let id): scope.squad ?? id
      default: scope.squad ?? scope.district
      }
    return try await house.store.read { db in
      let areas: [String]
      if let compound = scope.compound {
        areas = try db.all("SELECT no FROM compound WHERE id = \(compound)").map { try $0.text("no") }
      } else if let office {
        areas = try db.all("SELECT code, area_code FROM office WHERE id = \(office)").flatMap {
          [try $0.text("code"), try $0.optionalText("area_code")].compactMap(\.self)
        }
      } else {
        areas = ["310000"]
      }
      return try db.first(
        "SELECT area, people, as_of, source FROM population WHERE area IN (\(list: areas)) AND as_of <= \(last) ORDER BY as_of DESC LIMIT 1"
      ).map { row in
        Population(area: try row.text("area"), people: try row.count("people"), asOf: try row.day("as_of"), source: try row.text("source"))
      }
    }
  }
}

extension Figures {
  /// The newest of every area, by area.
  public func populations(limit: Int = 500) async throws -> [(population: Population, name: String)] {
    try await house.store.read { db in
      try db.all(
        """
        SELECT p.area, p.people, p.as_of, p.source, COALESCE((SELECT min(o.name) FROM office o WHERE o.code = p.area OR o.area_code = p.area),
          (SELECT c.name FROM compound c WHERE c.no = p.area), p.area) AS name
        FROM population p WHERE NOT EXISTS (SELECT 1 FROM population q WHERE q.area = p.area AND q.as_of > p.as_of) ORDER BY p.area LIMIT \(limit)
        """
      ).map { row in
        (
          Population(
            area: try row.text("area"), people: try row.count("people"), asOf: try row.day("as_of"), source: try row.text("source")),
          try row.text("name")
        )
      }
    }
  }
}

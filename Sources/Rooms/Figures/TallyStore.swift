import CityLists
import Intake
import Kernel
import Matters
import Storage

/// The SQL of rows and of counts.
enum TallyStore {
  /// Counts the reports of a month day by day: a city's month is a hundred thousand rows, and need not be held at once.
  static func count(_ month: Month, _ db: any Reader) throws -> Tally {
    var tally = Tally()
    for day in days(of: month) { tally.add(try rows(from: day.start, to: day.end, db)) }
    return tally
  }
  static func days(of month: Month) -> [Day] {
    (month.first.daysSinceEpoch...month.last.daysSinceEpoch).map(Day.init(daysSinceEpoch:))
  }

  /// Reports that came from one moment to before another, as they stand now.
  /// - Parameters:
  ///   - scope: on `m` and `r`.
  ///   - isNarrow: the scope is one squad or compound: its matters are gone through, however long the time. Otherwise the reports of the
  ///     time are, whatever the scope. CROSS JOIN says so to SQLite, which has no figures to choose by; PostgreSQL has, and chooses itself.
  static func rows(from: Moment, to: Moment, where scope: Query = "1 = 1", isNarrow: Bool = false, _ db: any Reader) throws -> [TallyRow] {
    let (from, to) = (IdentifierSource.floor(of: from), IdentifierSource.floor(of: to))
    let tables: Query =
      isNarrow ? "matter m CROSS JOIN promise p CROSS JOIN report r" : "report r CROSS JOIN promise p CROSS JOIN matter m"
    return try db.all(
      """
      SELECT r.id, r.no, r.channel, r.nature, r.received_at, r.duty, m.no AS matter_no, m.squad_id, m.district_id, m.compound_id, m.item, m.out_of_scope,
        m.unreasonable, m.open, m.reopened, p.reachable, p.contacted_at, p.outcome, p.solved, p.satisfaction, f.state AS firm_state,
        (SELECT max(CASE c.state WHEN 'late' THEN 3 WHEN 'met' THEN 1 WHEN 'running' THEN CASE c.warned WHEN 2 THEN 2 ELSE 0 END ELSE 0 END)
          FROM clock c WHERE c.subject_kind = 'report' AND c.subject_id = r.id AND c.kind <> 'first-contact') AS due,
        (SELECT n.fact FROM finding n WHERE n.matter_id = m.id ORDER BY n.id DESC LIMIT 1) AS fact,
        (SELECT count(*) FROM delay d WHERE d.matter_id = m.id AND d.state = 'granted') AS delays,
        (SELECT count(*) FROM case_file x WHERE x.matter_id = m.id AND x.filed_at IS NOT NULL) AS filed,
        (SELECT count(*) FROM offered_same o JOIN matter e ON e.id = o.other_id WHERE o.matter_id = m.id AND o.state = 'earlier'
          AND e.compound_id = m.compound_id AND e.building = m.building AND e.item = m.item) AS again,
        (SELECT sum(DISTINCT CASE y.kind WHEN 'dissatisfied' THEN 1 WHEN 'unsolved' THEN 2 ELSE 4 END) FROM city_entry y
          WHERE y.report_id = r.id AND y.state <> 'upheld') AS city
      FROM \(tables) LEFT JOIN firm_check f ON f.matter_id = m.id
      WHERE p.report_id = r.id AND m.id = p.matter_id AND r.id >= \(from) AND r.id < \(to) AND \(scope)
      ORDER BY r.id
      """
    ).map(row)
  }
  private static func row(_ row: ResultRow) throws -> TallyRow {
    var out = TallyRow(
      report: try row.int("id"), reportNo: try row.text("no"), matterNo: try row.text("matter_no"), channel: try row.choice("channel"),
      nature: try row.choice("nature"))
    out.squad = try row.optionalInt("squad_id")
    out.district = try row.optionalInt("district_id")
    out.compound = try row.optionalInt("compound_id")
    out.item = try row.optionalText("item")
    out.outOfScope = try row.bool("out_of_scope")
    out.unreasonable = try row.choice("unreasonable", Matter.Unreasonable.self) == .agreed
    out.reachable = try row.bool("reachable")
    out.contacted = try row.optionalInt("contacted_at") != nil
    out.due =
      switch try row.optionalInt("due") {
      case 1: .met
      case 2: .overdue
      case 3: .late
      default: .open
      }
    out.delayed = try row.int("delays") > 0
    out.outcome = try row.optionalChoice("outcome")
    out.solved = try row.optionalInt("solved").map { $0 != 0 }
    out.satisfaction = try row.optionalChoice("satisfaction")
    let city = try row.optionalInt("city") ?? 0
    out.city = Set([(1, CityEntry.Kind.dissatisfied), (2, .unsolved), (4, .uncontacted)].filter { city & $0.0 != 0 }.map(\.1))
    out.closed = try !row.bool("open")
    out.reopened = try row.int("reopened") > 0
    out.confirmed = try row.optionalChoice("fact", FactFinding.self).map { [.confirmed, .partly].contains($0) } ?? false
    out.filed = try row.int("filed") > 0
    out.again = try row.int("again") > 0
    out.firmPerformed =
      switch try row.optionalText("firm_state") {
      case "performed": true
      case "failed": false
      default: nil
      }
    if out.channel == .firm, try row.optionalText("duty") != nil {
      out.firmInTime = try row.json("duty", FirmDuty.self).inTime(receivedAt: row.moment("received_at"))
    }
    return out
  }

  // MARK: Counts as they are kept

  /// The rows of one month, each with its text.
  struct Texts: Equatable, Sendable {
    var counts: [TallyKey: String] = [:]
    var sums: [SumKey: String] = [:]
    var places: [PlacesKey: String] = [:]
    init() {}
    init(_ tally: Tally) {
      counts = tally.counts.mapValues(text)
      sums = tally.sums.mapValues(text)
      places = tally.places.mapValues { $0.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " ") }
    }
  }

  static func text(_ counts: Counts) -> String { counts.values.map(String.init).joined(separator: " ") }
  static func counts(_ text: String) throws -> Counts {
    var values = try numbers(text)
    guard values.count <= Count.allCases.count else { throw StorageError.corrupted("tally") }
    // Written before a count was added: recounted by the next round, and nothing until then.
    values += Array(repeating: 0, count: Count.allCases.count - values.count)
    return Counts(values: values)
  }
  /// Adds the complaints of compounds to sums of them.
  static func add(_ text: String, to sums: inout [Int64: Int]) throws {
    let values = try numbers(text)
    guard values.count.isMultiple(of: 2) else { throw StorageError.corrupted("tally_place") }
    for i in stride(from: 0, to: values.count, by: 2) { sums[Int64(values[i]), default: 0] += values[i + 1] }
  }
  /// Read byte by byte: a city's years are a million numbers.
  private static func numbers(_ text: String) throws -> [Int] {
    var values: [Int] = []
    values.reserveCapacity(Count.allCases.count)
    var number = 0
    for byte in text.utf8 {
      if byte == 0x20 {
        values.append(number)
        number = 0
        continue
      }
      guard (0x30...0x39).contains(byte), number < Int.max / 10 else { throw StorageError.corrupted("tally") }
      number = number * 10 + Int(byte - 0x30)
    }
    values.append(number)
    return values
  }

  static func kept(_ month: Month, _ db: any Reader) throws -> Texts {
    var texts = Texts()
    texts.counts = try kept(counts: month, db).mapValues(\.text)
    texts.sums = try kept(sums: month, db).mapValues(\.text)
    texts.places = try kept(places: month, db).mapValues(\.text)
    return texts
  }
  private typealias Kept = (id: Int64, text: String)
  private static func kept(counts month: Month, _ db: any Reader) throws -> [TallyKey: Kept] {
    try db.all(
      "SELECT id, squad_id, district_id, facet, key, counts FROM tally WHERE facet IN ('all', 'item', 'channel', 'compound') AND month = \(month.count)"
    )
    .reduce(into: [:]) { out, row in
      let key = TallyKey(
        squad: try row.int("squad_id"), district: try row.int("district_id"), facet: try row.choice("facet"), key: try row.text("key"))
      out[key] = (try row.int("id"), try row.text("counts"))
    }
  }
  private static func kept(sums month: Month, _ db: any Reader) throws -> [SumKey: Kept] {
    try db.all(
      """
      SELECT id, level, district_id, facet, key, counts FROM tally_sum WHERE level IN ('district', 'city')
        AND facet IN ('all', 'item', 'channel') AND month = \(month.count)
      """
    )
    .reduce(into: [:]) { out, row in
      let key = SumKey(
        level: try row.choice("level"), district: try row.int("district_id"), facet: try row.choice("facet"), key: try row.text("key"))
      out[key] = (try row.int("id"), try row.text("counts"))
    }
  }
  private static func kept(places month: Month, _ db: any Reader) throws -> [PlacesKey: Kept] {
    try db.all("SELECT id, squad_id, district_id, complaints FROM tally_place WHERE month = \(month.count)")
      .reduce(into: [:]) { out, row in
        out[PlacesKey(squad: try row.int("squad_id"), district: try row.int("district_id"))] = (
          try row.int("id"), try row.text("complaints")
        )
      }
  }

  /// Writes only what differs.
  /// - Returns: how many rows were changed.
  @discardableResult
  static func keep(_ fresh: Texts, of month: Month, ids: IdentifierSource, at now: Moment, _ db: any Writer) throws -> Int {
    func id() -> Identifier<Figure> { ids.next(at: now) }
    var changed = try keep(fresh.counts, insteadOf: try kept(counts: month, db), in: "tally", "counts", db) { key, text in
      """
      INSERT INTO tally (id, month, squad_id, district_id, facet, key, counts)
      VALUES (\(id()), \(month.count), \(key.squad), \(key.district), \(key.facet), \(key.key), \(text))
      """
    }
    changed += try keep(fresh.sums, insteadOf: try kept(sums: month, db), in: "tally_sum", "counts", db) { key, text in
      """
      INSERT INTO tally_sum (id, month, level, district_id, facet, key, counts)
      VALUES (\(id()), \(month.count), \(key.level), \(key.district), \(key.facet), \(key.key), \(text))
      """
    }
    changed += try keep(fresh.places, insteadOf: try kept(places: month, db), in: "tally_place", "complaints", db) { key, text in
      """
      INSERT INTO tally_place (id, month, squad_id, district_id, complaints)
      VALUES (\(id()), \(month.count), \(key.squad), \(key.district), \(text))
      """
    }
    return changed
  }
  private static func keep<Key: Hashable>(
    _ fresh: [Key: String], insteadOf known: [Key: Kept], in table: String, _ column: String, _ db: any Writer,
    insert: (Key, String) -> Query
  ) throws -> Int {
    var old = known
    var changed = 0
    for (key, text) in fresh {
      if let known = old.removeValue(forKey: key) {
        if known.text == text { continue }
        try db.later("UPDATE \(raw: table) SET \(raw: column) = \(text) WHERE id = \(known.id)")
      } else {
        try db.later(insert(key, text))
      }
      changed += 1
    }
    for gone in old.values {
      try db.later("DELETE FROM \(raw: table) WHERE id = \(gone.id)")
      changed += 1
    }
    return changed
  }

  // MARK: What has changed

  /// Reports whose matter, case or clock has an entry in the journal since a moment, or the matter that they came again after.
  static func touched(since moment: Moment, _ db: any Reader) throws -> [Int64] {
    let from = IdentifierSource.floor(of: moment)
    return try db.all(
      """
      WITH news AS MATERIALIZED (SELECT subject_kind, subject_id FROM journal WHERE id >= \(from))
      SELECT p.report_id AS id FROM news JOIN promise p ON p.matter_id = news.subject_id WHERE news.subject_kind = 'matter'
      UNION SELECT p.report_id FROM news JOIN offered_same o ON o.other_id = news.subject_id JOIN promise p ON p.matter_id = o.matter_id
        WHERE news.subject_kind = 'matter' AND o.state = 'earlier'
      UNION SELECT p.report_id FROM news JOIN case_file x ON x.id = news.subject_id JOIN promise p ON p.matter_id = x.matter_id
        WHERE news.subject_kind = 'case'
      UNION SELECT news.subject_id FROM news WHERE news.subject_kind = 'report'
      """
    ).map { try $0.int("id") }
  }
  static func month(of report: Int64) -> Int { Month(IdentifierSource.moment(of: report).day).count }
}

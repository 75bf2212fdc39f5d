import Cases
import CityLists
import Kernel
import Matters
import Offices
import People
import Storage

/// The SQL of lookups.
struct LookupStore {
  let subject: LookupSubject
  let person: Person
  /// One squad's or one compound's things are gone through from their side; a city's by time.
  let isNarrow: Bool

  init(_ lookup: Lookup, _ person: Person) {
    subject = lookup.subject
    self.person = person
    let isSquad = if case .squad = Scope(of: person) { true } else { false }
    isNarrow = isSquad || !(lookup.only[.squad] ?? "").isEmpty || !(lookup.only[.compound] ?? "").isEmpty
  }

  /// What has an id that tells when it came.
  private var timed: Query {
    switch subject {
    case .reports: "r"
    case .matters: "m"
    case .cases: "f"
    }
  }
  private var tables: Query {
    switch subject {
    case .reports where isNarrow:
      "matter m CROSS JOIN promise p CROSS JOIN report r LEFT JOIN compound c ON c.id = m.compound_id"
    case .reports: "report r CROSS JOIN promise p CROSS JOIN matter m LEFT JOIN compound c ON c.id = m.compound_id"
    case .matters: "matter m LEFT JOIN compound c ON c.id = m.compound_id"
    case .cases: "case_file f LEFT JOIN compound c ON c.id = f.compound_id"
    }
  }
  private var basis: Query {
    switch subject {
    case .reports: "p.report_id = r.id AND m.id = p.matter_id"
    // A matter that was merged into another is that other one.
    case .matters: "m.merged_into IS NULL"
    case .cases: CaseStore.visible(to: person)
    }
  }
  private var visible: Query {
    guard subject != .cases else { return "1 = 1" }
    return Scope(of: person).rows(of: "m")
  }
  private func column(_ field: LookupField) -> Query {
    let owner: Query = subject == .cases ? "f" : "m"
    switch field {
    case .district: return owner + ".district_id"
    case .squad: return owner + ".squad_id"
    case .compound: return owner + ".compound_id"
    case .item: return owner + ".item"
    case .firm: return "c.firm_id"
    case .channel: return "r.channel"
    case .nature: return "r.nature"
    case .state: return "m.state"
    case .satisfaction: return "CASE WHEN " + Self.city(.dissatisfied) + " THEN 'dissatisfied' ELSE p.satisfaction END"
    case .procedure: return "f.procedure"
    case .caseState: return "f.state"
    case .finding: return "(SELECT n.fact FROM finding n WHERE n.matter_id = m.id ORDER BY n.id DESC LIMIT 1)"
    case .outcome where subject == .matters: return "CASE WHEN m.outcome IS NULL THEN 'open' ELSE m.outcome END"
    case .outcome:
      return
        "CASE WHEN " + Self.city(.unsolved) + " THEN 'unsolved' WHEN p.outcome IS NULL THEN 'open' WHEN p.solved = 0 THEN 'unsolved'"
        + " WHEN p.solved = 1 THEN 'solved' ELSE p.outcome END"
    case .month, .quarter, .year:
      // The day by China's clock, from the moment in the id.
      let offset = IdentifierSource.moment(of: 0).milliseconds + 28_800_000
      return "(" + timed + ".id / 2097152 + \(raw: String(offset))) / 86400000"
    }
  }
  /// What the city says on its lists and has not taken back beats what we know.
  private static func city(_ kind: CityEntry.Kind) -> Query {
    "EXISTS (SELECT 1 FROM city_entry y WHERE y.report_id = r.id AND y.kind = \(raw: "'\(kind.rawValue)'") AND y.state <> 'upheld')"
  }
  private func conditions(_ lookup: Lookup, _ days: ClosedRange<Day>) -> Query {
    let (from, to) = (IdentifierSource.floor(of: days.lowerBound.start), IdentifierSource.floor(of: days.upperBound.end))
    var all = [basis, visible, timed + ".id >= \(from)", timed + ".id < \(to)"]
    for (field, key) in lookup.only.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where !field.isTime {
      if key.isEmpty {
        all.append(column(field) + " IS NULL")
      } else if [.district, .squad, .compound, .firm].contains(field) {
        all.append(column(field) + " = \(Int64(key) ?? 0)")
      } else {
        all.append(column(field) + " = \(key)")
      }
    }
    return all.conjunction
  }

  /// Stretches of a period, so that no single statement reads a city's years at once.
  func windows(_ days: ClosedRange<Day>) -> [ClosedRange<Day>] {
    guard !isNarrow else { return [days] }
    return (Month(days.lowerBound).count...Month(days.upperBound).count).map { count in
      let month = Month(count: count)
      return max(month.first, days.lowerBound)...min(month.last, days.upperBound)
    }
  }

  struct Sides: Hashable {
    let row: String
    let column: String
  }
  /// Counts of one stretch.
  func count(_ lookup: Lookup, _ days: ClosedRange<Day>, _ db: any Reader) throws -> [Sides: Int] {
    let second: Query = lookup.columns.map { "CAST(" + column($0) + " AS text)" } ?? "''"
    let rows = try db.all(
      "SELECT CAST(" + column(lookup.rows) + " AS text) AS a, " + second + " AS b, count(*) AS n FROM " + tables + " WHERE "
        + conditions(lookup, days) + " GROUP BY 1, 2")
    return try rows.reduce(into: [:]) { out, row in
      let a = try Self.key(lookup.rows, row.optionalText("a"))
      let b = try lookup.columns.map { try Self.key($0, row.optionalText("b")) } ?? ""
      out[Sides(row: a, column: b), default: 0] += try row.count("n")
    }
  }
  private static func key(_ field: LookupField, _ text: String?) -> String {
    guard let text else { return "" }
    guard field.isTime, let day = Int(text) else { return text }
    return LookupTime.key(field, Day(daysSinceEpoch: day))
  }

  /// The newest of one stretch before an id.
  func list(_ lookup: Lookup, _ days: ClosedRange<Day>, before: Int64?, limit: Int, _ db: any Reader) throws -> [LookupRow] {
    var condition = conditions(lookup, days)
    if let before { condition += " AND " + timed + ".id < \(before)" }
    let what: Query =
      switch subject {
      case .reports:
        "r.id, r.no, m.no AS opens, m.item, c.name AS compound, s.short AS squad, m.state, " + column(.outcome) + " AS outcome, "
          + column(.satisfaction) + " AS satisfaction"
      case .matters: "m.id, m.no, m.no AS opens, m.item, c.name AS compound, s.short AS squad, m.state, m.outcome"
      case .cases: "f.id, f.no, f.no AS opens, f.item, c.name AS compound, s.short AS squad, f.state, f.procedure"
      }
    let owner: Query = subject == .cases ? "f" : "m"
    return try db.all(
      "SELECT " + what + " FROM " + tables + " LEFT JOIN office s ON s.id = " + owner + ".squad_id WHERE " + condition + " ORDER BY "
        + timed
        + ".id DESC LIMIT \(raw: String(limit))"
    ).map(row)
  }
  private func row(_ row: ResultRow) throws -> LookupRow {
    let id = try row.int("id")
    let (state, result): (String, String)
    switch subject {
    case .cases:
      state = try row.choice("state", CaseState.self).chinese
      result = try row.choice("procedure", CaseProcedure.self).chinese
    case .matters:
      state = try row.choice("state", MatterState.self).chinese
      result = try row.optionalChoice("outcome", Matter.Outcome.self)?.chinese ?? LookupOutcome.open.chinese
    case .reports:
      state = try row.choice("state", MatterState.self).chinese
      let outcome = try row.choice("outcome", LookupOutcome.self)
      let rated = try row.optionalChoice("satisfaction", Satisfaction.self)
      result = [outcome.chinese, rated?.chinese].compactMap { $0 }.joined(separator: "，")
    }
    return LookupRow(
      id: id, subject: subject, no: try row.text("no"), opens: try row.text("opens"), at: IdentifierSource.moment(of: id),
      item: try row.optionalText("item"), compound: try row.optionalText("compound"), squad: try row.optionalText("squad"), state: state,
      result: result)
  }

  /// Names of places by their ids.
  static func names(_ field: LookupField, _ keys: [String], _ db: any Reader) throws -> [String: String] {
    let ids = keys.compactMap { Int64($0) }
    let rows: [ResultRow]
    switch field {
    case .district, .squad: rows = try db.all("SELECT id, short AS name FROM office WHERE id IN (\(list: ids))")
    case .compound: rows = try db.all("SELECT id, name FROM compound WHERE id IN (\(list: ids))")
    case .firm: rows = try db.all("SELECT id, name FROM firm WHERE id IN (\(list: ids))")
    default: return [:]
    }
    return try rows.reduce(into: [:]) { $0[String(try $1.int("id"))] = try $1.text("name") }
  }
}

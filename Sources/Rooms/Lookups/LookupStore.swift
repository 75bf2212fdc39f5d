import Cases
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
  /// Whose extracts answer it; nil where things are gone through: cases, and one compound's few.
  let part: ExtractPart?

  init(_ lookup: Lookup, _ person: Person) {
    subject = lookup.subject
    self.person = person
    let isOfCompound = !(lookup.only[.compound] ?? "").isEmpty
    var part: ExtractPart? =
      switch Scope(of: person) {
      case .city: ExtractPart()
      case .district(let id): ExtractPart(district: id.raw)
      case .squad(let id): ExtractPart(squad: id.raw)
      case .firm, .committee, .nothing: nil
      }
    isNarrow = part?.squad != nil || !(lookup.only[.squad] ?? "").isEmpty || isOfCompound
    if part?.squad == nil { part?.squad = lookup.only[.squad].flatMap { Int64($0) } }
    self.part = subject.kept.isEmpty || isOfCompound ? nil : part
  }

  private var tables: Query { subject.tables(isNarrow: isNarrow) }
  private var timed: Query { subject.timed }
  private func column(_ field: LookupField) -> Query { subject.column(field) }
  private var basis: Query { subject == .cases ? CaseStore.visible(to: person) : subject.basis }
  private var visible: Query {
    guard subject != .cases else { return "1 = 1" }
    return Scope(of: person).rows(of: "m")
  }
  private func conditions(_ lookup: Lookup, _ days: ClosedRange<Day>) -> Query {
    let (from, to) = (IdentifierSource.floor(of: days.lowerBound.start), IdentifierSource.floor(of: days.upperBound.end))
    var all = [basis, visible, timed + ".id >= \(from)", timed + ".id < \(to)"]
    for (field, key) in lookup.only.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where !field.isTime {
      if key.isEmpty {
        all.append(column(field) + " IS NULL")
      } else if field.isPlace {
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

  /// The newest of one stretch.
  /// - Parameters:
  ///   - before: only those with a smaller id.
  ///   - ids: only these, where it is known which the conditions hold for.
  func list(_ lookup: Lookup, _ days: ClosedRange<Day>, before: Int64?, ids: [Int64]? = nil, limit: Int, _ db: any Reader) throws
    -> [LookupRow]
  {
    var condition = conditions(lookup, days)
    if let before { condition += " AND " + timed + ".id < \(before)" }
    if let ids { condition += " AND " + timed + ".id IN (\(list: ids))" }
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

import Catalogue
import Kernel
import Matters
import Offices
import People
import Storage

/// Ad-hoc cross tables and lists over reports, matters and cases (交叉统计), and those that are saved; see the README.
public struct Lookups: Sendable {
  public let house: House
  public let catalogue: Catalogue
  public init(house: House, catalogue: Catalogue) {
    self.house = house
    self.catalogue = catalogue
  }

  /// More rows than this are summed up in one; columns likewise stay readable.
  public static let mostRows = 200
  static let mostColumns = 36
  /// Rows an export may have.
  public static let mostExported = 20_000

  private func allowed(_ lookup: Lookup, _ person: Person) throws(Refusal) {
    try person.require(lookup.subject == .cases ? .seeCases : .seeMatters)
    try lookup.check()
  }

  /// Counts by two sides.
  /// - Throws: `Refusal` `lookups-period`, `lookups-sides`, `lookups-condition`, `lookups-columns`, `people-not-permitted`.
  public func table(_ lookup: Lookup, for person: Person) async throws -> CrossTable {
    try allowed(lookup, person)
    let today = house.now().day
    guard let days = try lookup.days(today: today) else {
      return CrossTable(rows: [], columns: [], cells: [], restCount: 0, rest: [], total: 0)
    }
    let store = LookupStore(lookup, person)
    if let counts = try await house.store.read({ db in try store.countKept(lookup, days, db) }) {
      return try await arrange(counts, lookup, days)
    }
    var counts: [LookupStore.Sides: Int] = [:]
    for window in store.windows(days) {
      // Each stretch by itself: nobody waits for the whole.
      let found = try await house.store.read { db in try store.count(lookup, window, db) }
      counts.merge(found, uniquingKeysWith: +)
    }
    return try await arrange(counts, lookup, days)
  }

  private func arrange(_ counts: [LookupStore.Sides: Int], _ lookup: Lookup, _ days: ClosedRange<Day>) async throws -> CrossTable {
    let sums = (rows: Self.sums(counts, \.row), columns: Self.sums(counts, \.column))
    let rows = try await keys(lookup.rows, sums.rows, days)
    var columns = [LookupKey(key: "", name: "件数")]
    if let field = lookup.columns { columns = try await keys(field, sums.columns, days) }
    guard columns.count <= Self.mostColumns else {
      let name = lookup.columns?.chinese ?? ""
      throw Refusal(
        .invalid, "lookups-columns", "列有 \(columns.count) 个，太多，看不清。请把“\(name)”放到行上，或者缩短期间、加上条件。", field: "columns")
    }
    let shown = Array(rows.prefix(Self.mostRows))
    let hidden = rows.dropFirst(Self.mostRows)
    func cells(_ row: LookupKey) -> [Int] { columns.map { counts[LookupStore.Sides(row: row.key, column: $0.key)] ?? 0 } }
    var rest = columns.map { _ in 0 }
    for row in hidden { rest = zip(rest, cells(row)).map(+) }
    return CrossTable(
      rows: shown, columns: columns, cells: shown.map(cells), restCount: hidden.count, rest: rest, total: counts.values.reduce(0, +))
  }
  private static func sums(_ counts: [LookupStore.Sides: Int], _ side: KeyPath<LookupStore.Sides, String>) -> [String: Int] {
    counts.reduce(into: [:]) { $0[$1.key[keyPath: side], default: 0] += $1.value }
  }

  /// Time in its order with its empty months, words in theirs, places and items by how many there are.
  private func keys(_ field: LookupField, _ sums: [String: Int], _ days: ClosedRange<Day>) async throws -> [LookupKey] {
    if field.isTime { return LookupTime.keys(field, days).map { LookupKey(key: $0, name: LookupTime.chinese(field, $0)) } }
    if let choices = field.choices {
      var known = choices.filter { sums[$0.key] != nil }.map { LookupKey(key: $0.key, name: $0.chinese) }
      if sums[""] != nil, !known.contains(where: { $0.key.isEmpty }) { known.append(LookupKey(key: "", name: Self.unknown(field))) }
      return known
    }
    let order = sums.keys.sorted { (sums[$1] ?? 0, $0) < (sums[$0] ?? 0, $1) }
    let names = try await house.store.read { db in try LookupStore.names(field, order, db) }
    return order.map { LookupKey(key: $0, name: name(field, $0, names)) }
  }
  private func name(_ field: LookupField, _ key: String, _ names: [String: String]) -> String {
    if key.isEmpty { return Self.unknown(field) }
    return field == .item ? catalogue.item(key)?.name ?? key : names[key] ?? key
  }
  private static func unknown(_ field: LookupField) -> String {
    switch field {
    case .item: "未认定事项"
    case .compound: "没有定位到小区"
    case .firm: "没有物业企业"
    case .district, .squad: "未派单"
    default: "没有记录"
    }
  }

  /// How the conditions read: 事项：违法搭建.
  public func words(_ lookup: Lookup) async throws -> [(field: LookupField, words: String)] {
    var out: [(LookupField, String)] = []
    for field in lookup.subject.fields {
      guard let key = lookup.only[field] else { continue }
      let names = try await house.store.read { db in try LookupStore.names(field, [key], db) }
      let words =
        if field.isTime { LookupTime.chinese(field, key) } else {
          field.choices?.first { $0.key == key }?.chinese ?? name(field, key, names)
        }
      out.append((field, words))
    }
    return out
  }

  /// Notes that somebody takes the answer to a question along: who, which question, how many rows; nothing of what stands in them.
  public func noteExport(of lookup: Lookup, rows: Int, by person: Person) async throws {
    try allowed(lookup, person)
    let now = house.now()
    let days = lookup.period.days(today: now.day)
    let conditions = try await words(lookup).map { "\($0.field.chinese)：\($0.words)" }.joined(separator: "；")
    let sides = [lookup.rows, lookup.columns].compactMap { $0?.chinese }.joined(separator: "×")
    let id: Identifier<Lookup> = house.ids.next(at: now)
    let house = house
    try await house.store.write { db in
      try Journal.append(
        "lookup-exported", on: Subject("export", id), by: person.actor, at: now,
        facts: [
          "subject": lookup.subject.chinese, "from": days.lowerBound.iso, "through": days.upperBound.iso, "sides": sides,
          "conditions": conditions, "rows": String(rows),
        ], opening: true, ids: house.ids, db)
    }
  }

  /// The newest things under the conditions, in pages.
  public func list(_ lookup: Lookup, before: Int64? = nil, limit: Int = 50, for person: Person) async throws -> [LookupRow] {
    try allowed(lookup, person)
    guard let days = try lookup.days(today: house.now().day) else { return [] }
    let store = LookupStore(lookup, person)
    let kept = try await house.store.read { db in try store.listKept(lookup, days, before: before, limit: limit, db) }
    if let kept { return kept }
    var found: [LookupRow] = []
    for window in store.windows(days).reversed() where found.count < limit {
      if let before, IdentifierSource.floor(of: window.lowerBound.start) >= before { continue }
      let wanted = limit - found.count
      found += try await house.store.read { db in try store.list(lookup, window, before: before, limit: wanted, db) }
    }
    return found
  }

  /// The compound or firm somebody named: by number or by its whole name, within what they may see.
  /// - Throws: `Refusal` `lookups-name` when there is none or more than one.
  public func place(_ field: LookupField, named text: String, for person: Person) async throws -> String {
    let clean = text.trimming()
    if Int64(clean) != nil { return clean }
    let scope = Scope(of: person).rows(of: "c")
    let rows = try await house.store.read { db in
      field == .firm
        ? try db.all("SELECT id FROM firm WHERE name = \(clean) ORDER BY id LIMIT 3")
        : try db.all("SELECT c.id FROM compound c WHERE (c.name = \(clean) OR c.no = \(clean)) AND \(scope) ORDER BY c.id LIMIT 3")
    }
    guard rows.count < 2 else {
      throw Refusal(.invalid, "lookups-name", "“\(clean)”不止一个，请填编号，或者从表里点进去。", field: field.rawValue)
    }
    guard let row = rows.first else {
      throw Refusal(.invalid, "lookups-name", "没有叫“\(clean)”的\(field.chinese)，请填全名。", field: field.rawValue)
    }
    return String(try row.int("id"))
  }
}

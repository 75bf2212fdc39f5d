import Kernel
import Lookups
import People
import WebSupport

/// A lookup as a page's address says it, read and written.
struct LookupQuery {
  var lookup: Lookup
  /// What was typed for places, to show it again.
  var typed: [LookupField: String] = [:]

  /// - Throws: `Refusal` `lookups-condition`, `lookups-name`, `lookups-period`.
  init(_ query: Fields, today: Day, lookups: Lookups, for person: Person) async throws {
    let subject = query["subject"].flatMap(LookupSubject.init) ?? .reports
    lookup = Lookup(subject)
    typed = Self.typed(query, subject)
    lookup.period = try Self.period(query, today: today)
    if let rows = query["rows"].flatMap(LookupField.init), subject.fields.contains(rows) { lookup.rows = rows }
    if let text = query["columns"] { lookup.columns = LookupField(rawValue: text).flatMap { subject.fields.contains($0) ? $0 : nil } }
    for field in subject.fields {
      guard let text = query[field.rawValue]?.trimming(), !text.isEmpty else { continue }
      let isPlace = field == .compound || field == .firm
      lookup.only[field] =
        if text == Self.none { "" } else if isPlace { try await lookups.place(field, named: text, for: person) } else { text }
    }
  }
  /// The question without its conditions: what a page shows beside the sentence that one of them cannot be understood.
  init(bare query: Fields) {
    let subject = query["subject"].flatMap(LookupSubject.init) ?? .reports
    lookup = Lookup(subject)
    typed = Self.typed(query, subject)
  }
  private static func typed(_ query: Fields, _ subject: LookupSubject) -> [LookupField: String] {
    subject.fields.reduce(into: [:]) { $0[$1] = query[$1.rawValue] }
  }

  /// Stands in an address for what is not known.
  static let none = "none"
  private static func period(_ query: Fields, today: Day) throws -> LookupPeriod {
    let name = query["period"] ?? LookupPeriod.twelveMonths.name
    if let moving = LookupPeriod.moving.first(where: { $0.name == name }) { return moving }
    func day(_ field: String, _ usual: Day) throws -> Day {
      guard let text = query[field], !text.isEmpty else { return usual }
      guard let day = Day(iso: text) else { throw Refusal(.invalid, "lookups-period", "日期要写成 2026-11-29。", field: field) }
      return day
    }
    return .days(try day("from", Month(today).adding(-11).first), try day("through", today))
  }

  /// The same lookup as fields of an address or of a form.
  static func pairs(_ lookup: Lookup) -> [(name: String, value: String)] {
    var pairs = [("subject", lookup.subject.rawValue), ("period", lookup.period.name)]
    if case .days(let from, let through) = lookup.period { pairs += [("from", from.iso), ("through", through.iso)] }
    pairs += [("rows", lookup.rows.rawValue), ("columns", lookup.columns?.rawValue ?? none)]
    for field in lookup.subject.fields {
      guard let key = lookup.only[field] else { continue }
      pairs.append((field.rawValue, key.isEmpty ? none : key))
    }
    return pairs
  }
  static func address(_ path: String, _ lookup: Lookup) -> String { Address.of(path, pairs(lookup).map { ($0.name, $0.value) }) }
  func address(_ path: String, _ change: (inout Lookup) -> Void = { _ in }) -> String {
    var other = lookup
    change(&other)
    return Self.address(path, other)
  }
}

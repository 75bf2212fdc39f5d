import Cases
import Compounds
import Figures
import Kernel
import Matters
import Patterns
import People
import Storage

/// Twelve months of one compound (这一年): complaints by item and month, and what was done.
public struct CompoundYear: Sendable {
  public let from: Month
  public let through: Month
  /// Most first; empty for what is not known. As many months as there are from `from` on.
  public let items: [(item: String, months: [Int])]
  public var complaints: Int { items.reduce(0) { $0 + $1.months.reduce(0, +) } }
  /// The twelve months before.
  public let before: Int
  public let mattersCame: Int
  public let mattersClosed: Int
  /// nil for who sees no cases.
  public let cases: (opened: Int, filed: Int, decided: Int)?
  public let patterns: [Pattern]
  public let plans: (open: Int, done: Int)
  /// What was found when the firm's duty was checked (物业管理规定: 发现、劝阻、报告).
  public let firm: (checked: Int, performed: Int)
}

extension Overview {
  /// - Throws: `Refusal` `people-not-permitted`.
  public func year(of compound: Compound.ID, for person: Person) async throws -> CompoundYear {
    try person.require(.seeMatters)
    let last = Month(house.now().day)
    let first = last.adding(-11)
    let going = try await patterns.patterns(PatternFilter(compound: compound), for: person, limit: 20)
    let seesCases = person.may(.seeCases)
    return try await house.store.read { db in
      // The same conditions as the figures', on the reports themselves: a compound has few.
      var items: [String: [Int]] = [:]
      var before = 0
      var checked = 0
      var performed = 0
      let rows = try Figures.rows(of: compound.raw, from: first.adding(-12).first.start, to: last.last.end, for: person, db)
      for row in rows where Count.complaints.holds(row) {
        let month = Month(IdentifierSource.moment(of: row.report).day)
        guard month >= first else {
          before += 1
          continue
        }
        items[row.item ?? "", default: Array(repeating: 0, count: 12)][month.count - first.count] += 1
        if Count.firmChecked.holds(row) { checked += 1 }
        if Count.firmPerformed.holds(row) { performed += 1 }
      }
      func number(_ query: Query) throws -> Int { Int(try db.number(query)) }
      let matter: Query = "m.compound_id = \(compound.raw) AND m.merged_into IS NULL AND \(MatterStore.visible(to: person))"
      let start = first.first.start
      let id = IdentifierSource.floor(of: start)
      let visibleCase: Query = "f.compound_id = \(compound.raw) AND \(CaseStore.visible(to: person))"
      let cases: (Int, Int, Int)? =
        seesCases
        ? (
          try number("SELECT count(*) AS n FROM case_file f WHERE \(visibleCase) AND f.id >= \(id)"),
          try number("SELECT count(*) AS n FROM case_file f WHERE \(visibleCase) AND f.filed_at >= \(start)"),
          try number("SELECT count(*) AS n FROM case_file f WHERE \(visibleCase) AND f.decided_at >= \(start)")
        ) : nil
      let plan: Query = "SELECT count(*) AS n FROM plan l WHERE l.compound_id = \(compound.raw)"
      return CompoundYear(
        from: first, through: last,
        items: items.map { ($0.key, $0.value) }.sorted { a, b in
          let (x, y) = (a.1.reduce(0, +), b.1.reduce(0, +))
          return (a.0.isEmpty ? 1 : 0, -x, a.0) < (b.0.isEmpty ? 1 : 0, -y, b.0)
        },
        before: before, mattersCame: try number("SELECT count(*) AS n FROM matter m WHERE \(matter) AND m.first_at >= \(start)"),
        mattersClosed: try number("SELECT count(*) AS n FROM matter m WHERE \(matter) AND m.open = 0 AND m.closed_at >= \(start)"),
        cases: cases, patterns: going,
        plans: (
          try number(plan + " AND l.state = 'open'"), try number(plan + " AND l.state = 'done' AND l.closed_at >= \(start)")
        ), firm: (checked, performed))
    }
  }
}

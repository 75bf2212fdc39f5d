import Cases
import Compounds
import Figures
import Grades
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
  /// Planned, made and missed in these months, the newest first.
  public let inspections: [Inspection]
  /// From the Monday of the first week on.
  public let weeks: [Week]

  /// What happened in one week.
  public struct Week: Sendable, Equatable {
    public let from: Day
    public var complaints = 0
    public var inspections = 0
    /// Filed; nil for who sees no cases.
    public var cases: Int?
    /// Plans that were being carried out.
    public var plans = 0
  }
  public var inspected: (done: Int, found: Int, unplanned: Int, missed: Int) {
    let done = inspections.filter { $0.state == .done }
    return (
      done.count, done.count { $0.result != .nothing }, done.count { $0.kind == .unplanned }, inspections.count { $0.state == .missed }
    )
  }
}

extension Overview {
  /// - Throws: `Refusal` `people-not-permitted`.
  public func year(of compound: Compound.ID, for person: Person) async throws -> CompoundYear {
    try person.require(.seeMatters)
    let last = Month(house.now().day)
    let first = last.adding(-11)
    let going = try await patterns.patterns(PatternFilter(compound: compound), for: person, limit: 20)
    let seesCases = person.may(.seeCases)
    let inspections = try await grades.inspections(of: compound, for: person, limit: 200).filter { $0.month >= first }
    var weeks = Self.weeks(from: first.first, through: house.now().day, seesCases: seesCases)
    for day in inspections.compactMap(\.doneOn) { weeks.count(in: day) { $0.inspections += 1 } }
    let empty = weeks
    return try await house.store.read { db in
      // The same conditions as the figures', on the reports themselves: a compound has few.
      var items: [String: [Int]] = [:]
      var before = 0
      var checked = 0
      var performed = 0
      let rows = try Figures.rows(of: compound.raw, from: first.adding(-12).first.start, to: last.last.end, for: person, db)
      var weeks = empty
      for row in rows where Count.complaints.holds(row) {
        let day = IdentifierSource.moment(of: row.report).day
        let month = Month(day)
        guard month >= first else {
          before += 1
          continue
        }
        weeks.count(in: day) { $0.complaints += 1 }
        items[row.item ?? "", default: Array(repeating: 0, count: 12)][month.count - first.count] += 1
        if Count.firmChecked.holds(row) { checked += 1 }
        if Count.firmPerformed.holds(row) { performed += 1 }
      }
      func number(_ query: Query) throws -> Int { Int(try db.number(query)) }
      let matter: Query = "m.compound_id = \(compound.raw) AND m.merged_into IS NULL AND \(MatterStore.visible(to: person))"
      let start = first.first.start
      let id = IdentifierSource.floor(of: start)
      let visibleCase: Query = "f.compound_id = \(compound.raw) AND \(CaseStore.visible(to: person))"
      var cases: (Int, Int, Int)?
      if seesCases {
        let filed = try db.all("SELECT f.filed_at FROM case_file f WHERE \(visibleCase) AND f.filed_at >= \(start)")
        for row in filed { weeks.count(in: try row.moment("filed_at").day) { $0.cases = ($0.cases ?? 0) + 1 } }
        cases = (
          try number("SELECT count(*) AS n FROM case_file f WHERE \(visibleCase) AND f.id >= \(id)"), filed.count,
          try number("SELECT count(*) AS n FROM case_file f WHERE \(visibleCase) AND f.decided_at >= \(start)")
        )
      }
      let plan: Query = "SELECT count(*) AS n FROM plan l WHERE l.compound_id = \(compound.raw)"
      for row in try db.all("SELECT l.opened_at, l.closed_at FROM plan l WHERE l.compound_id = \(compound.raw)") {
        let (opened, closed) = (try row.moment("opened_at").day, try row.optionalMoment("closed_at")?.day)
        for i in weeks.indices where opened <= weeks[i].from.adding(days: 6) && (closed.map { $0 >= weeks[i].from } ?? true) {
          weeks[i].plans += 1
        }
      }
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
        ), firm: (checked, performed), inspections: inspections, weeks: weeks)
    }
  }

  private static func weeks(from first: Day, through last: Day, seesCases: Bool) -> [CompoundYear.Week] {
    let monday = first.adding(days: 1 - first.weekday)
    return (0...max(0, last.days(since: monday) / 7)).map {
      CompoundYear.Week(from: monday.adding(days: 7 * $0), cases: seesCases ? 0 : nil)
    }
  }
}

extension [CompoundYear.Week] {
  /// Changes the week that holds a day; a day outside changes nothing.
  fileprivate mutating func count(in day: Day, _ change: (inout CompoundYear.Week) -> Void) {
    guard let first, day >= first.from else { return }
    let index = day.days(since: first.from) / 7
    if indices.contains(index) { change(&self[index]) }
  }
}

import Compounds
import Intake
import Kernel
import People
import Storage

/// What happened in one compound: the part of 一小区一档 that matters and reports tell.
public struct CompoundRecord: Sendable {
  public let year: Int
  /// Open, the earliest due first; `openCount` may be more.
  public let open: [Matter]
  public let openCount: Int
  public let overdue: Int
  /// Closed within the year.
  public let closed: Int
  /// Closed within the year, an item to January … December; nil for those whose item nobody knows. Most first.
  public let closedByItem: [(item: String?, months: [Int])]
  public var closedByMonth: [Int] { (0..<12).map { month in closedByItem.reduce(0) { $0 + $1.months[month] } } }
  /// Matters of the year with more than one report or opened again, most reports first.
  public let repeated: [Matter]
  public let repeatedCount: Int
  /// Reports received within the year. Most first.
  public let reportsByChannel: [(channel: Report.Channel, count: Int)]
  public let reports: Int
  /// Reports of the last 90 days, and of the 90 before.
  public let recent: Int
  public let before: Int
}

extension Matters {
  /// - Parameter limit: of open and of repeated matters shown.
  public func record(of compound: Compound.ID, year: Int, for person: Person, limit: Int = 12) async throws -> CompoundRecord {
    try person.require(.seeMatters)
    guard let first = Day(year: year, month: 1, day: 1), let last = Day(year: year, month: 12, day: 31) else {
      throw Refusal(.missing, "matters-no-year", "没有这一年的记录。")
    }
    let now = house.now()
    return try await house.store.read { db in
      let here: Query = "m.compound_id = \(compound.raw) AND \(MatterStore.visible(to: person))"
      // The plus, which changes nothing, keeps SQLite from going through everybody's open matters because they stand in this order.
      let open = try db.all("SELECT \(MatterStore.columns) WHERE \(here) AND m.open = 1 ORDER BY +m.due_at, m.id LIMIT \(limit)").map(
        MatterStore.matter)
      let counts = try db.first(
        """
        SELECT count(*) AS n, COALESCE(sum(CASE WHEN m.due_at < \(now) THEN 1 ELSE 0 END), 0) AS late FROM matter m
        WHERE \(here) AND m.open = 1
        """)
      let closed = try db.all(
        """
        SELECT m.item, m.closed_at FROM matter m
        WHERE \(here) AND m.open = 0 AND m.merged_into IS NULL AND m.closed_at >= \(first.start) AND m.closed_at < \(last.end)
        """)
      var byItem: [String?: [Int]] = [:]
      for row in closed {
        let month = try row.moment("closed_at").day.month - 1
        byItem[try row.optionalText("item"), default: Array(repeating: 0, count: 12)][month] += 1
      }
      // The unknown come last, whatever their number.
      let items = byItem.map { (item: $0.key, months: $0.value, sum: $0.value.reduce(0, +)) }
        .sorted { ($0.item == nil ? 1 : 0, -$0.sum, $0.item ?? "") < ($1.item == nil ? 1 : 0, -$1.sum, $1.item ?? "") }
      let again: Query =
        """
        \(here) AND (m.reports > 1 OR m.reopened > 0) AND m.merged_into IS NULL AND m.last_at >= \(first.start) AND m.first_at < \(last.end)
        """
      let repeated = try db.all("SELECT \(MatterStore.columns) WHERE \(again) ORDER BY m.reports DESC, m.id DESC LIMIT \(limit)").map(
        MatterStore.matter)
      // Of what this person may see: a report counts where its matter does.
      let heard: Query = "r.compound_id = \(compound.raw) AND \(MatterStore.visible(to: person))"
      func reports(_ from: Moment, _ to: Moment) throws -> Int {
        Int(
          try db.number(
            """
            SELECT count(*) AS n FROM report r JOIN matter m ON m.id = r.matter_id
            WHERE \(heard) AND r.received_at >= \(from) AND r.received_at < \(to)
            """))
      }
      let channels = try db.all(
        """
        SELECT r.channel, count(*) AS n FROM report r JOIN matter m ON m.id = r.matter_id
        WHERE \(heard) AND r.received_at >= \(first.start) AND r.received_at < \(last.end) GROUP BY r.channel ORDER BY n DESC, r.channel
        """
      ).map { (channel: try $0.choice("channel", Report.Channel.self), count: try $0.count("n")) }
      let quarter = now.adding(hours: -24 * 90)
      return CompoundRecord(
        year: year, open: open, openCount: try counts?.count("n") ?? 0, overdue: try counts?.count("late") ?? 0, closed: closed.count,
        closedByItem: items.map { ($0.item, $0.months) }, repeated: repeated,
        repeatedCount: Int(try db.number("SELECT count(*) AS n FROM matter m WHERE \(again)")), reportsByChannel: channels,
        reports: channels.reduce(0) { $0 + $1.count }, recent: try reports(quarter, now.adding(minutes: 1)),
        before: try reports(quarter.adding(hours: -24 * 90), quarter))
    }
  }

  /// Open matters in each of these compounds, as far as this person may see them.
  public func openCounts(_ compounds: [Compound.ID], for person: Person) async throws -> [Compound.ID: Int] {
    guard person.may(.seeMatters), !compounds.isEmpty else { return [:] }
    return try await house.store.read { db in
      try MatterStore.openCounts(compounds, for: person, db).reduce(into: [:]) { $0[Compound.ID($1.key)] = $1.value }
    }
  }
}

import ClockBook
import Kernel
import Storage
import WorkCalendar

/// Rows written directly in large transactions, for cities too large to be played command by command.
///
/// A matter's whole course is drawn when its first report comes; its rows are written then, and its journal entries in the order
/// of time, so that chains and identifiers grow as they would have. Place and item are what the writer meant: nothing is read.
enum PilotBulk {
  enum Depth: Sendable {
    /// Everything a played matter leaves: journal, clocks, visits, findings, replies, sealed words.
    case whole
    /// The same of matters that are still open. Of closed ones what they were when they came and when they were closed, with clocks and
    /// chains whole but nothing sealed, no visits and no steps between: ten million reports would not fit on a disk otherwise.
    case broad
    /// Whole since a moment, broad before.
    case recent(Moment)
  }
  /// What it writes into, in the order in which the tables refer to each other.
  static let tables = PilotSheaf.Table.allCases.map(\.rawValue)

  /// - Parameters:
  ///   - days: how many days before today the reports begin.
  ///   - ending: how many days before today they end.
  ///   - isSettled: every matter has come to its end by now; none is stuck.
  ///   - passed: told before each day, with how many days are done and how many there are.
  static func write(
    _ count: Int, of plan: PilotPlan, files: PilotFiles, until now: Moment, days: Int = 365, ending: Int = 0, in house: House,
    seed: UInt64, depth: Depth = .whole, node: Int = 511, plants: PilotPlants? = nil, isSettled: Bool = false,
    passed: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) async throws {
    guard count > 0, !plan.compounds.isEmpty else { return }
    let (rules, numbers) = try await house.store.read { db in
      (
        try db.all("SELECT id, spec FROM clock_rule")
          .reduce(into: [ClockSpec: String]()) { out, row in out[try row.json("spec")] = try row.text("id") },
        try db.all("SELECT name, value FROM counter").reduce(into: [String: Int64]()) { $0[try $1.text("name")] = try $1.int("value") }
      )
    }
    var writing = PilotBulkWriting(
      plan: plan, files: files, rules: rules, numbers: numbers, seals: house.seals, ids: IdentifierSource(node: node), until: now,
      depth: depth, dialect: house.store.dialect, random: PilotRandom(seed: seed), plants: plants, isSettled: isSettled)
    let days = (ending...max(1, days)).reversed().map { now.day.adding(days: -$0) }
    let weights = days.map { files.calendar.isWorkday($0) ? 1.0 : 0.7 }
    let total = weights.reduce(0, +)
    var owed = 0.0
    // While one sheaf is written the next is drawn.
    try await withThrowingTaskGroup(of: Void.self) { group in
      func hand(over sheaf: PilotSheaf) async throws {
        try await group.next()
        group.addTask { try await house.store.writeAlone { db in try sheaf.write(db) } }
      }
      for (done, (day, weight)) in zip(days, weights).enumerated() {
        passed(done, days.count)
        // Those who join an earlier matter count too.
        owed += weight / total * Double(count) - Double(writing.joined)
        writing.joined = 0
        let today = max(0, Int(owed))
        owed -= Double(today)
        writing.fill(day, today)
        while writing.isBusy(before: day.end) {
          try writing.gather(before: day.end)
          if writing.sheaf.isThick { try await hand(over: writing.take()) }
        }
      }
      try writing.gather(before: now)
      try await hand(over: writing.take())
      try await group.waitForAll()
    }
  }
}

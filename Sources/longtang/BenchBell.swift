import Cases
import ClockBook
import Foundation
import Kernel
import Storage
import WorkCalendar

/// The bell: one round over a store in which as many clocks run as there are reports, and each of them reckoned anew.
struct BenchBell {
  let round: BenchRound
  let composition: Composition
  private var house: House { composition.house }
  /// Of made-up clocks: beyond every identifier an office gives out.
  private static let first: Int64 = 8_000_000_000_000_000_000

  func run() async throws -> [(String, String, String)] {
    let count = round.size
    let now = house.now()
    try await plant(count, at: now)
    let running = try await house.store.read { db in try db.number("SELECT count(*) AS n FROM clock WHERE state = 'running'") }
    // A hundred days on, everything that the bench itself has begun is due.
    let late = House(
      store: house.store, vault: house.vault, seals: house.seals, ids: house.ids, isDemonstration: true,
      now: { now.adding(hours: 24 * 100) })
    let data = round.place.config.data
    let cases = try Cases(house: late, clocks: composition.clocks, catalogue: composition.catalogue) {
      try Data(contentsOf: data.appending(path: $0))
    }
    var begun = ContinuousClock.now
    let rung = try await cases.ringClocks()
    let ring = begun.duration(to: .now) / .seconds(1)

    begun = .now
    var (reckoned, overdue) = (0, 0)
    var after = Self.first - 1
    while true {
      let last = after
      let page = try await house.store.read { db in
        try composition.clocks.clocks(of: "case", ids: Array((last + 1)...min(last + 1000, Self.first + Int64(count) - 1)), db)
      }
      for clock in page where clock.clock.remaining(at: now, on: composition.clocks.calendar).severity == .overdue { overdue += 1 }
      reckoned += page.count
      after += 1000
      if after >= Self.first + Int64(count) - 1 { break }
    }
    let all = begun.duration(to: .now) / .seconds(1)
    guard reckoned == count, overdue == 0 else { throw BenchTrouble(what: "\(reckoned) of \(count) clocks reckoned, \(overdue) overdue") }
    let aim = "每百万个 5 秒"
    return [
      ("到期提醒一轮", "\(BenchTables.number(ring * 1000)) ms（\(running) 个时限在走，响 \(rung) 个）", aim),
      ("在走的时限逐个重算", "\(count) 个 \(BenchTables.number(all)) 秒，每百万个 \(BenchTables.number(all / Double(count) * 1_000_000)) 秒", aim),
    ]
  }

  /// Clocks of cases that nobody has opened, due in a year: what a round has to look past.
  private func plant(_ count: Int, at now: Moment) async throws {
    try await BulkLoad.atLength(house.store) { db in
      guard let rule = try db.first("SELECT rule_id FROM clock WHERE subject_kind = 'case' ORDER BY id DESC LIMIT 1")?.text("rule_id")
      else {
        throw BenchTrouble(what: "no clock of a case")
      }
      let facts = #"{"extensions":[],"pauses":[],"start":\#(now.milliseconds)}"#
      let due = now.adding(hours: 24 * 365)
      try db.run(
        """
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < \(count - 1))
        INSERT INTO clock (id, subject_kind, subject_id, kind, rule_id, facts, state, due_at, warn_at, warned, ended_at)
        SELECT \(Self.first) + i, 'case', \(Self.first) + i, 'bench', \(rule), \(facts), 'running', \(due.milliseconds) + i,
          \(due.milliseconds) + i - 1000, 0, NULL FROM n
        """)
      try db.run("ANALYZE clock")
    }
  }
}

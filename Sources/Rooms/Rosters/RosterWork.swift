import Dispatch
import Foundation
import Kernel
import Staffing
import Storage
import Synchronization

/// Says to a search in other threads that it is to end.
final class StopSign: Sendable {
  private let state = Mutex(false)
  var isUp: Bool { state.withLock { $0 } }
  func raise() { state.withLock { $0 = true } }
}

extension Rosters {
  public static let jobKind = "rosters-plan"
  struct Ticket: Codable { let plan: RosterPlan.ID }
  public var handler: JobHandler {
    JobHandler(Self.jobKind) { job in try await work(job.decode(Ticket.self).plan) }
  }
  /// How often it is asked whether somebody has cancelled.
  static let look = Duration.milliseconds(500)

  /// Reckons a plan that waits, and keeps what came of it. After a crash it is begun again; cancelled meanwhile, nothing is kept.
  public func work(_ id: RosterPlan.ID) async throws {
    let now = house.now()
    let instance: StaffingInstance? = try await house.store.write { db in
      guard try db.exists("SELECT 1 AS one FROM roster_plan WHERE id = \(id) AND state IN ('waiting', 'running')") else { return nil }
      try db.run("UPDATE roster_plan SET state = 'running', begun_at = \(now) WHERE id = \(id)")
      return try RosterStore.instance(id, db)
    }
    guard let instance else { return }
    let sign = StopSign()
    do {
      let outcome = try await solve(instance, of: id, sign)
      try await keep(outcome, of: id)
    } catch is CancellationError {
      // Cancelled by a person it is done with; ended with the program it is taken up by the next one.
      if !sign.isUp || Task.isCancelled { throw CancellationError() }
    } catch let wrong as Refusals {
      try await fail(id, wrong.all.map(\.message))
    } catch let wrong as Refusal {
      try await fail(id, [wrong.message])
    }
  }

  /// Beside the pool of threads: a search takes seconds and must keep no request waiting.
  private func solve(_ instance: StaffingInstance, of id: RosterPlan.ID, _ sign: StopSign) async throws -> StaffingOutcome {
    let (limits, store) = (limits, house.store)
    return try await withThrowingTaskGroup(of: StaffingOutcome?.self) { group in
      group.addTask {
        let ended = StopSign()
        return try await withTaskCancellationHandler {
          try await withCheckedThrowingContinuation { waiting in
            DispatchQueue.global(qos: .utility).async {
              waiting.resume(
                with: Result { try StaffingPlanner.plan(instance, limits: limits, cancelled: { sign.isUp || ended.isUp }) })
            }
          }
        } onCancel: {
          ended.raise()
        }
      }
      group.addTask {
        while true {
          try await Task.sleep(for: Self.look)
          if try await !store.read({ db in try db.exists("SELECT 1 AS one FROM roster_plan WHERE id = \(id) AND state = 'running'") }) {
            sign.raise()
            return nil
          }
        }
      }
      defer { group.cancelAll() }
      while let one = try await group.next() { if let one { return one } }
      throw CancellationError()
    }
  }

  private func keep(_ outcome: StaffingOutcome, of id: RosterPlan.ID) async throws {
    let now = house.now()
    let ids = house.ids
    try await house.store.write { db in
      guard let plan = try RosterStore.find(id, db), plan.state == .running else { return }
      var facts = ["no": plan.no]
      switch outcome {
      case .plan(let made):
        let homes = Dictionary(uniqueKeysWithValues: try RosterStore.instance(id, db).officers.map { ($0.id, $0.squad) })
        try rows(made, of: id, homes: homes.filter { $0.value != "\(plan.squad)" }, at: now, db)
        try db.run(
          """
          UPDATE roster_plan SET state = 'draft', ended_at = \(now), score = \(try RosterStore.json(made.score)),
            proportional = \(try made.proportional.map { try RosterStore.json($0) }), proportional_note = \(made.proportionalNote),
            remarks = \(try RosterStore.json(made.notes)), objective = \(made.objective), bound = \(made.bound),
            time_limited = \(made.timeLimited), version = version + 1 WHERE id = \(id)
          """)
        facts["objective"] = "\(made.objective)"
        facts["bound"] = "\(made.bound)"
      case .impossible(let rules):
        try db.run(
          """
          UPDATE roster_plan SET state = 'impossible', ended_at = \(now), obstacles = \(try RosterStore.json(rules.map { Self.spoken($0.sentence) })),
            version = version + 1 WHERE id = \(id)
          """)
        facts["rules"] = rules.map(\.rule.code).joined(separator: " ")
      case .undecided:
        try db.run("UPDATE roster_plan SET state = 'undecided', ended_at = \(now), version = version + 1 WHERE id = \(id)")
      }
      try Journal.append("roster-reckoned", on: Subject("roster_plan", id), by: .system, at: now, facts: facts, ids: ids, db)
    }
  }
  /// Without the names of a file's keys, which mean nothing on a page.
  static func spoken(_ sentence: String) -> String { sentence.replacing(/（[a-z_]+）/, with: "") }
  private func fail(_ id: RosterPlan.ID, _ sentences: [String]) async throws {
    let now = house.now()
    try await house.store.write { db in
      try db.run(
        """
        UPDATE roster_plan SET state = 'failed', ended_at = \(now), obstacles = \(try RosterStore.json(sentences)), version = version + 1
        WHERE id = \(id) AND state = 'running'
        """)
    }
  }

  private func rows(
    _ made: StaffingPlan, of plan: RosterPlan.ID, homes: [String: String], at now: Moment, _ db: any Writer
  ) throws {
    func number(_ text: String?) -> SQLValue { text.flatMap { Int64($0) }.map(SQLValue.int) ?? .null }
    func text(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }
    func id() -> SQLValue { house.ids.next(RosterPlan.self, at: now).sqlValue }
    try db.insert(
      made.compounds.map {
        [
          id(), plan.sqlValue, number($0.compound), .text($0.mode.rawValue), .text($0.modeName), $0.visits.sqlValue,
          $0.demandHours.sqlValue, $0.servedHours.sqlValue, number($0.contact), number($0.second), .text($0.reason),
          .text($0.contactReason), text($0.secondReason),
        ]
      }, into: "roster_place",
      columns: [
        "id", "plan_id", "compound_id", "mode", "mode_name", "visits", "demand_hours", "served_hours", "contact_id", "second_id", "reason",
        "contact_reason", "second_reason",
      ])
    try db.insert(
      made.loads.map {
        [
          id(), plan.sqlValue, number($0.officer), $0.available.sqlValue, $0.visits.sqlValue, $0.standIns.sqlValue, $0.duties.sqlValue,
          $0.load.sqlValue, $0.percent.sqlValue, number(homes[$0.officer]),
        ]
      }, into: "roster_load",
      columns: ["id", "plan_id", "account_id", "available", "visits", "stand_ins", "duties", "load", "percent", "home_id"])
    try db.insert(
      made.roster.map {
        [
          id(), plan.sqlValue, number($0.officer), $0.date.sqlValue, .text($0.half.rawValue), .text($0.task.rawValue), number($0.compound),
          number($0.duty), text($0.role?.rawValue), number($0.insteadOf), $0.fixed.sqlValue, .text($0.reason),
        ]
      }, into: "roster_shift",
      columns: [
        "id", "plan_id", "account_id", "day", "half", "task", "compound_id", "duty_id", "role", "instead_id", "fixed", "reason",
      ])
  }
}

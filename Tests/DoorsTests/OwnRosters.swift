import Kernel
import People
import Rosters
import Staffing
import Storage
import TestHouse

@testable import longtang

extension OwnObjects {
  /// A draft of `Side.own` with something changed by hand, and what it was set up with.
  static func rosterThings(_ scene: WholeHouse) async throws -> [String: String] {
    let leader = try scene.somebody(.squadLeader).person
    let officer = try scene.somebody(.officer).person
    guard let squad = leader.office, let compound = scene.compounds[.own] else { throw Refusal(.missing, "test", "no squad") }
    let rosters = scene.composition.rosters
    try await rosters.add(.init(name: "窗口值班", half: .am, days: .working, officers: 1), to: squad, by: leader)
    let start = Rosters.mondays(from: scene.clock.now.day)[2]
    try await rosters.leave(officer.id.raw, from: start.adding(days: 60), to: start.adding(days: 61), by: leader)
    let no = try await rosters.ask(squad, from: start, by: leader)
    try await rosters.work(try await rosters.plan(no, for: leader).id)
    let made = try await rosters.book(no, for: leader)
    guard let shift = made.shifts.first(where: { $0.task == .visit }) else {
      throw Refusal(.missing, "test", "\(made.plan.state) \(made.plan.obstacles)")
    }
    try await rosters.fix(RosterTeam(compound: compound.id, mode: .regular), in: no, version: made.plan.version, by: leader)
    let book = try await rosters.book(no, for: leader)
    let setup = try await rosters.setup(squad, by: leader)
    return [
      "roster": no, "roster-officer": "\(officer.id)", "roster-shift": "\(shift.id)", "roster-fix": "\(book.fixes.first?.id.raw ?? 0)",
      "roster-duty": "\(setup.facts.duties.first?.id ?? 0)", "roster-leave": "\(setup.leaves.first?.id.raw ?? 0)",
    ]
  }
}

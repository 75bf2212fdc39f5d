import Intake
import Kernel
import Matters
import Patterns
import People
import Storage
import TestHouse

@testable import longtang

extension OwnObjects {
  /// A finding that waits and a plan under way, both of `Side.own`.
  static func patternThings(_ scene: WholeHouse) async throws -> [String: String] {
    let leader = try scene.somebody(.squadLeader).person
    for i in 0..<6 {
      var new = NewReport(channel: .code, content: "第 \(i) 次反映：还是没有人管。", saidAt: scene.clock.now)
      new.compound = scene.compounds[.own]?.id
      new.item = ["pet-feces", "illegal-posting"][i % 2]
      _ = try await scene.composition.matters.receive(new, by: .resident)
    }
    try await scene.composition.patterns.run()
    let found = try await scene.composition.patterns.patterns(PatternFilter(state: .found), for: leader)
    guard found.count >= 2 else { throw Refusal(.missing, "test", "\(found.count) patterns") }
    let plan = try await scene.composition.patterns.plan(
      found[1].id,
      NewPlan(
        measure: "special-action", goal: "两周内清理干净，月底前不再有同类投诉。", owner: try scene.somebody(.officer).person.id,
        due: scene.clock.now.day.adding(days: 30)), by: leader)
    return ["pattern": "\(found[0].id)", "plan": plan]
  }
}

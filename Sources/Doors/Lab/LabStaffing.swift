import Foundation
import Kernel
import Staffing

/// Plans stationing and rosters from a file, says what is proven, and tries what-ifs. `docs/staffing.md` describes both files.
public enum LabStaffing {
  public struct Options: Sendable {
    public var input: String
    public var out: String?
    public var limits: StaffingLimits
    public var changes: [StaffingChange]
    public init(input: String, out: String?, limits: StaffingLimits, changes: [StaffingChange]) {
      (self.input, self.out, self.limits, self.changes) = (input, out, limits, changes)
    }
  }

  /// What is written to `out`.
  private struct Answer: Encodable {
    struct Rule: Encodable {
      var code: String
      var sentence: String
    }
    var feasible: Bool
    var seconds: Double
    var plan: StaffingPlan?
    var relax: [Rule]?
    var withoutChanges: PlanScore?
    var whatIf: String?
  }

  /// - Returns: whether there is a plan.
  public static func run(_ options: Options, cancelled: @escaping @Sendable () -> Bool = { false }) throws -> Bool {
    let given = try StaffingInstance(reading: try Data(contentsOf: URL(fileURLWithPath: options.input)))
    let changed = try options.changes.reduce(given) { try $0.applying($1) }
    let began = ContinuousClock.now
    let outcome = try StaffingPlanner.plan(changed, limits: options.limits, cancelled: cancelled)
    var answer = Answer(feasible: false, seconds: began.duration(to: .now) / .seconds(1))
    switch outcome {
    case .plan(let plan):
      answer.feasible = true
      answer.plan = plan
      show(plan, of: changed, seconds: answer.seconds)
    case .impossible(let rules):
      answer.relax = rules.map { Answer.Rule(code: $0.rule.code, sentence: $0.sentence) }
      print("排不出满足全部规则的方案。放宽下列 \(rules.count) 条即可（少放宽其中任何一条都不够）：")
      for rule in rules { print("- \(rule.sentence)") }
    case .undecided:
      print("时限内没有找到可行方案，也没有证明不存在。请加大 --seconds，或减少一次计划的中队。")
    }
    if !options.changes.isEmpty, case .plan(let before) = try StaffingPlanner.plan(given, limits: options.limits, cancelled: cancelled) {
      answer.withoutChanges = before.score
      let text = compare(before, answer.plan)
      answer.whatIf = text
      print(text)
    }
    if let out = options.out {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try encoder.encode(answer).write(to: URL(fileURLWithPath: out), options: .atomic)
    }
    return answer.feasible
  }

  private static func show(_ plan: StaffingPlan, of instance: StaffingInstance, seconds: Double) {
    let modes = StationingMode.allCases.reversed().map { mode in "\(mode.chinese) \(plan.compounds.count { $0.mode == mode })" }
    print("\(instance.compounds.count) 个小区、\(instance.officers.count) 名队员：\(modes.joined(separator: "，"))；班次 \(plan.roster.count) 行")
    print(
      "目标 \(plan.objective) 分，下界 \(plan.bound) 分，差距 \(String(format: "%.2f", plan.gap * 100))%，用时 \(String(format: "%.1f", seconds)) 秒\(plan.timeLimited ? "（到了时限）" : "")"
    )
    print(plan.score.named.map { "\($0.0) \($0.1)" }.joined(separator: "，"))
    print(plan.proportionalNote)
    for note in plan.notes { print(note) }
  }

  private static func compare(_ before: StaffingPlan, _ after: StaffingPlan?) -> String {
    guard let after else { return "假如这样改：排不出方案；不改时为 \(before.objective) 分。" }
    let parts = zip(before.score.named, after.score.named).filter { $0.1 != $1.1 }.map { "\($0.0) \($0.1)→\($1.1)" }
    let old = Dictionary(uniqueKeysWithValues: before.compounds.map { ($0.compound, $0) })
    let modes = after.compounds.count { old[$0.compound]?.mode != $0.mode }
    let people = after.compounds.count { old[$0.compound]?.contact != $0.contact }
    return
      "假如这样改：\(before.objective) 分变为 \(after.objective) 分（\(parts.isEmpty ? "各项不变" : parts.joined(separator: "，"))）；\(modes) 个小区换进驻方式，\(people) 个换联系人。"
  }
}

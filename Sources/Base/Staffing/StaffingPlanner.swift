import Dispatch
import Kernel
import Synchronization

/// Stationing and rosters: values in, a plan or the rules that stand in its way out. No clock of the day, no store, no network.
///
///     switch try StaffingPlanner.plan(instance) {
///     case .plan(let plan): plan.compounds, plan.roster, plan.objective, plan.bound
///     case .impossible(let rules): rules.map(\.sentence)
///     case .undecided: …
///     }
public enum StaffingPlanner {
  /// - Parameters:
  ///   - limits: the same instance and limits give the same plan unless `seconds` ran out.
  ///   - cancelled: asked often, from several threads; `CancellationError` is thrown soon after it says yes.
  /// - Throws: `Refusals` for an instance that cannot be read as one.
  public static func plan(
    _ instance: StaffingInstance, limits: StaffingLimits = StaffingLimits(), cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> StaffingOutcome {
    try instance.check()
    let ground = Ground(instance)
    let parts = ground.components().filter { !$0.compounds.isEmpty || !$0.groups.isEmpty }
    let seconds = limits.seconds ?? (instance.compounds.count <= 100 ? 9 : 110)
    let end = ContinuousClock.now + .seconds(seconds)
    // Two at a time is what a small server has to spare.
    let lanes = min(2, parts.count)
    let share = seconds * Double(max(1, lanes)) / Double(max(1, parts.count))
    let results = Mutex<[PartResult?]>(Array(repeating: nil, count: parts.count))
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      for place in stride(from: lane, to: parts.count, by: max(1, lanes)) {
        let result = solve(ground, parts[place], limits, min(end, .now + .seconds(share)), cancelled)
        results.withLock { $0[place] = result }
      }
    }
    if cancelled() { throw CancellationError() }
    let all = results.withLock { $0.compactMap { $0 } }
    var broken: [RelaxedRule] = []
    var undecided = false
    var solved: [SolvedPart] = []
    for result in all {
      switch result {
      case .solved(let part): solved.append(part)
      case .impossible(let rules): broken += rules
      case .undecided: undecided = true
      }
    }
    if !broken.isEmpty { return .impossible(broken) }
    if undecided { return .undecided }
    return .plan(PlanWriter(ground, solved).write())
  }

  struct SolvedPart: Sendable {
    var part: Ground.Part
    var answer: PartSolver.Answer
    var visits: [Timetable.Visit]
    var services: [Timetable.Service]
    var proportional: Proportional.Result?
  }
  private enum PartResult: Sendable {
    case solved(SolvedPart)
    case impossible([RelaxedRule])
    case undecided
  }

  private static func solve(
    _ ground: Ground, _ part: Ground.Part, _ limits: StaffingLimits, _ deadline: ContinuousClock.Instant,
    _ cancelled: @escaping @Sendable () -> Bool
  ) -> PartResult {
    guard let answer = PartSolver(ground: ground, part: part, limits: limits, deadline: deadline, cancelled: cancelled).solve() else {
      if cancelled() { return .undecided }
      // What is in the way has its own time: an answer late is better than none.
      let rules = Obstacles(ground: ground, part: part, deadline: .now + .seconds(max(5, (limits.seconds ?? 40) / 4)), cancelled: cancelled)
        .find()
      return rules.isEmpty ? .undecided : .impossible(rules.map { RelaxedRule(rule: $0, sentence: ground.sentence($0)) })
    }
    let fillers = Dictionary(uniqueKeysWithValues: part.squads.map { ($0, SquadFiller(ground, squad: $0)) })
    let table = Timetable(ground, part, answer.assignment, answer.fills, fillers)
    if !table.unplaced.isEmpty || !table.dutyShort.isEmpty {
      let visits = table.unplaced.map { StaffingRule.timetable(compound: ground.instance.compounds[$0.compound].id) }
      let duties = table.dutyShort.map { occurrence in
        StaffingRule.duty(duty: ground.instance.duties[ground.occurrences[occurrence].duty].id, week: ground.occurrences[occurrence].week)
      }
      return .impossible(Set(visits + duties).sorted().map { RelaxedRule(rule: $0, sentence: ground.sentence($0)) })
    }
    return .solved(
      SolvedPart(
        part: part, answer: answer, visits: table.visits, services: table.services,
        proportional: Proportional(ground: ground, part: part).plan()))
  }
}

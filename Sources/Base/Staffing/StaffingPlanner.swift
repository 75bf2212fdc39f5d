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
    // Two at a time is what a small server has to spare; what one part leaves of its time the later ones have.
    let lanes = min(2, parts.count)
    let results = Mutex<[PartResult?]>(Array(repeating: nil, count: parts.count))
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: lanes) { _ in
      while true {
        let place = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard place < parts.count else { return }
        let rounds = (parts.count - place + lanes - 1) / lanes
        let share = ContinuousClock.now.duration(to: end) / rounds
        let result = solve(ground, parts[place], limits, .now + share, parts.count == 1 ? 2 : 1, cancelled)
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
    var assignment: Assignment
    var bound: Int
    var ranOut: Bool
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
    _ lanes: Int, _ cancelled: @escaping @Sendable () -> Bool
  ) -> PartResult {
    let answer: PartSolver.Answer
    switch PartSolver(ground: ground, part: part, limits: limits, deadline: deadline, cancelled: cancelled, lanes: lanes).solve() {
    case .plans(let found): answer = found
    case .none(let tight):
      if cancelled() { return .undecided }
      // What is in the way has its own time: an answer late is better than none.
      let rules = Obstacles(ground: ground, part: part, deadline: .now + .seconds(max(5, (limits.seconds ?? 40) / 4)), cancelled: cancelled)
        .find()
      // The weeks' sums can be kept, and yet nobody who may go has a half-day left.
      if rules.isEmpty, !tight.isEmpty {
        return .impossible(
          tight.map { .timetable(compound: ground.instance.compounds[$0].id) }.sorted()
            .map { RelaxedRule(rule: $0, sentence: ground.sentence($0)) })
      }
      return rules.isEmpty ? .undecided : .impossible(rules.map { RelaxedRule(rule: $0, sentence: ground.sentence($0)) })
    }
    let fillers = Dictionary(uniqueKeysWithValues: part.squads.map { ($0, SquadFiller(ground, squad: $0)) })
    var best: (table: Timetable, cost: Int)?
    var inTheWay: [StaffingRule] = []
    for plan in answer.plans where plan.cost < best?.cost ?? .max {
      let table = Timetable(ground, part, plan.assignment, plan.fills, fillers)
      if table.unplaced.isEmpty, table.dutyShort.isEmpty {
        let cost = table.cost
        if cost < best?.cost ?? .max { best = (table, cost) }
      } else if inTheWay.isEmpty {
        inTheWay = table.inTheWay
      }
    }
    guard let best else { return .impossible(inTheWay.map { RelaxedRule(rule: $0, sentence: ground.sentence($0)) }) }
    return .solved(
      SolvedPart(
        part: part, assignment: best.table.assignment, bound: answer.bound, ranOut: answer.ranOut, visits: best.table.visits,
        services: best.table.services, proportional: Proportional(ground: ground, part: part).plan()))
  }
}

extension Timetable {
  /// What could not be placed, as the rules that somebody can relax.
  var inTheWay: [StaffingRule] {
    let visits = unplaced.map { StaffingRule.timetable(compound: ground.instance.compounds[$0.compound].id) }
    let duties = dutyShort.map { occurrence in
      StaffingRule.duty(duty: ground.instance.duties[ground.occurrences[occurrence].duty].id, week: ground.occurrences[occurrence].week)
    }
    return Set(visits + duties).sorted()
  }
}

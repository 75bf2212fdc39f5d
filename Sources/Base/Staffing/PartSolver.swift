/// Plans one part of the office: a relaxation, a plan rounded from it and made better, then branching until the gap is as wanted.
struct PartSolver {
  let ground: Ground
  let part: Ground.Part
  let limits: StaffingLimits
  let deadline: ContinuousClock.Instant
  let cancelled: @Sendable () -> Bool
  /// How many threads it may use.
  var lanes = 1
  /// So many are kept for the timetable to choose from.
  private static let mostPlans = 40

  struct Plan: Sendable {
    var assignment: Assignment
    /// By squad.
    var fills: [Int: SquadFill]
    var cost: Int
  }
  struct Answer: Sendable {
    /// The cheapest first: not every plan of weeks can be put into half-days as it stands.
    var plans: [Plan]
    var bound: Int
    var nodes: Int
    /// The time limit ended it, so another run may go farther.
    var ranOut: Bool
  }

  enum Found: Sendable {
    case plans(Answer)
    /// No plan; by the nearest to one, the compounds whose visits nobody can take.
    case none(tight: [Int])
  }

  func solve() -> Found {
    let model = WeekModel(ground, part)
    let tree = TreeSearch(
      model,
      TreeSearch.Limits(
        gap: limits.gap, nodes: max(limits.nodes, limits.nodes * 4000 / max(1, model.program.columns.count)), deadline: deadline,
        cancelled: cancelled))
    guard let search = LocalSearch(ground, part, stop: { [deadline, cancelled] in cancelled() || deadline <= .now }), tree.root() else {
      return .none(tight: [])
    }
    var plans: [Plan] = []
    var best: Plan? { plans.first }
    /// Keeps what the search has found; says whether it is the best so far.
    @discardableResult func keep() -> Bool {
      guard search.excess == 0, search.cost < plans.last?.cost ?? .max || plans.count < Self.mostPlans else { return false }
      let plan = Plan(assignment: search.current, fills: search.fills, cost: search.cost)
      if plans.contains(where: { $0.cost == plan.cost && $0.assignment == plan.assignment }) { return false }
      let place = plans.firstIndex { plan.cost < $0.cost } ?? plans.count
      plans.insert(plan, at: place)
      if plans.count > Self.mostPlans { plans.removeLast() }
      if place == 0 { tree.know(Double(plan.cost)) }
      return place == 0
    }
    func take(_ solution: [Double], descend: Bool) {
      guard let rounded = round(solution, model, search) else { return }
      search.adopt(rounded)
      if descend { search.descend() }
      keep()
    }
    take(model.program.solution, descend: true)

    func close() {
      if let best { search.close(model, reduced: tree.relaxed.reduced, room: Double(best.cost) - tree.relaxedBound) }
    }
    func near() -> Bool { best.map { Double($0.cost) - tree.rootBound <= limits.gap * Double($0.cost) } ?? false }
    var dice = Dice()
    func shake(_ tries: Int) {
      close()
      var fruitless = 0
      while let found = best, !near(), fruitless < tries, !search.stopped {
        search.adopt(found.assignment)
        search.shake(&dice) { keep() }
        fruitless += 1
        if keep() { fruitless = 0 }
      }
    }
    shake(limits.shakes / 4)
    let prices = near() ? nil : PriceSearch(model, lanes: lanes, stop: { [deadline, cancelled] in cancelled() || deadline <= .now })
    for _ in 0..<6 {
      guard let prices, let found = best, !near(), !search.stopped else { break }
      search.adopt(found.assignment)
      let loads = search.loads().loads
      let known = prices.bound(
        target: (Double(found.cost) * (1 - limits.gap)).rounded(.up),
        totals: model.fairness.map { fair in fair.loads.keys.reduce(0) { $0 + loads[$1] } }, root: tree.rootBound
      ) { take($0, descend: true) }
      tree.raise(known)
      shake(limits.shakes / 4)
    }
    tree.run { solution, node in take(solution, descend: node % 40 == 0) }
    if let whole = tree.bestSolution, Int(tree.best) < best?.cost ?? .max, let found = exact(whole, model, search) {
      search.adopt(found.0)
      // The filler's hand-overs are of visits that somebody can take; the tree's are only counted.
      if search.excess > 0 || Double(search.cost) > tree.best * 1.002 {
        plans.insert(Plan(assignment: found.0, fills: found.1, cost: Int(tree.best)), at: 0)
      } else {
        keep()
      }
    }
    guard let best else { return .none(tight: tree.ranOut || search.stopped ? [] : search.tight()) }
    return .plans(
      Answer(
        plans: plans, bound: min(best.cost, Int(tree.bound)), nodes: tree.nodes,
        ranOut: tree.ranOut && Double(best.cost) - tree.bound > limits.gap * Double(best.cost)))
  }

  /// Of each compound the choice with most of it; a second who goes with it.
  private func round(_ solution: [Double], _ model: WeekModel, _ search: LocalSearch) -> Assignment? {
    var assignment = Assignment(compounds: ground.squadOf.count)
    for compound in part.compounds {
      var best = -1.0
      for place in model.contactsOf[compound] ?? [] where solution[model.contacts[place].column] > best + 1e-9 {
        best = solution[model.contacts[place].column]
        assignment.contact[compound] = model.contacts[place].officer
        assignment.pattern[compound] = model.contacts[place].pattern
      }
      guard assignment.contact[compound] >= 0 else { return nil }
      guard ground.instance.compounds[compound].needsTwo else { continue }
      var shares: [Int: Double] = [:]
      for place in model.secondsOf[compound] ?? [] {
        shares[model.seconds[place].officer, default: 0] += solution[model.seconds[place].column]
      }
      let others = search.seconds(compound).filter { $0 != assignment.contact[compound] }
      let nearest = others.max {
        (shares[$0] ?? 0, -(ground.metres[compound][$0] ?? 0), -$0) < (shares[$1] ?? 0, -(ground.metres[compound][$1] ?? 0), -$1)
      }
      guard let nearest else { return nil }
      assignment.second[compound] = nearest
    }
    return assignment
  }

  /// A whole solution of the tree as an assignment with its duties as the tree has them.
  private func exact(_ solution: [Double], _ model: WeekModel, _ search: LocalSearch) -> (Assignment, [Int: SquadFill])? {
    guard let assignment = round(solution, model, search) else { return nil }
    var fills: [Int: SquadFill] = [:]
    for squad in part.squads {
      guard let filler = search.filler(squad) else { continue }
      var fill = SquadFill()
      fill.given = filler.officers.map { officer in (model.givenColumn[officer] ?? []).map { Int(solution[$0].rounded()) } }
      fill.standIn = filler.officers.map { officer in (model.standInColumn[officer] ?? []).map { Int(solution[$0].rounded()) } }
      fill.duty = filler.groupOrder.map { group in
        filler.officers.map { officer in
          Int((model.dutyColumn[group]?.first { $0.officer == officer }).map { solution[$0.column].rounded() } ?? 0)
        }
      }
      fills[squad] = fill
    }
    return (assignment, fills)
  }
}

/// How long and how far a plan is looked for. Only `seconds` makes the answer depend on the machine, and then the plan says so.
public struct StaffingLimits: Hashable, Sendable {
  /// The search ends when the plan is proven to be within this share of the best.
  public var gap: Double
  /// Of each part of the office; of small ones, whose nodes are quick, more.
  public var nodes: Int
  /// Random changes in a row that may bring nothing before branching begins.
  public var shakes: Int
  /// Nil: nine for a squad, 110 for a district.
  public var seconds: Double?
  public init(gap: Double = 0.01, nodes: Int = 300, shakes: Int = 60, seconds: Double? = nil) {
    (self.gap, self.nodes, self.shakes, self.seconds) = (gap, nodes, shakes, seconds)
  }
}

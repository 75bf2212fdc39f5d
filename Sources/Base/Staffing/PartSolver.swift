/// Plans one part of the office: a relaxation, a plan rounded from it and made better, then branching until the gap is as wanted.
struct PartSolver {
  let ground: Ground
  let part: Ground.Part
  let limits: StaffingLimits
  let deadline: ContinuousClock.Instant
  let cancelled: @Sendable () -> Bool

  struct Answer: Sendable {
    var assignment: Assignment
    /// By squad.
    var fills: [Int: SquadFill]
    var cost: Int
    var bound: Int
    var nodes: Int
    /// The time limit ended it, so another run may go farther.
    var ranOut: Bool
  }

  /// Nil when no plan keeps all rules.
  func solve() -> Answer? {
    let model = WeekModel(ground, part)
    let tree = TreeSearch(
      model,
      TreeSearch.Limits(
        gap: limits.gap, nodes: max(limits.nodes, limits.nodes * 4000 / max(1, model.program.columns.count)), deadline: deadline,
        cancelled: cancelled))
    guard let search = LocalSearch(ground, part, stop: { [deadline, cancelled] in cancelled() || deadline <= .now }), tree.root() else {
      return nil
    }
    var best: (assignment: Assignment, fills: [Int: SquadFill], cost: Int)?
    func take(_ solution: [Double], descend: Bool) {
      guard let rounded = round(solution, model, search) else { return }
      search.adopt(rounded)
      if descend { search.descend() }
      if search.excess == 0, search.cost < best?.cost ?? .max {
        best = (search.current, search.fills, search.cost)
        tree.know(Double(search.cost))
      }
    }
    take(model.program.solution, descend: true)

    var dice = Dice()
    var fruitless = 0
    // A squad's worth of tries at least, and as long as they help.
    while let found = best, Double(found.cost) - tree.rootBound > limits.gap * Double(found.cost), fruitless < limits.shakes,
      !search.stopped
    {
      search.adopt(found.assignment)
      search.shake(&dice)
      fruitless += 1
      if search.excess == 0, search.cost < found.cost {
        best = (search.current, search.fills, search.cost)
        tree.know(Double(search.cost))
        fruitless = 0
      }
    }

    tree.run { solution, node in take(solution, descend: node % 40 == 0) }
    if let whole = tree.bestSolution, Int(tree.best) < best?.cost ?? .max, let found = exact(whole, model, search) {
      search.adopt(found.0)
      // The filler's hand-overs are of visits that somebody can take; the tree's are only counted.
      best =
        search.excess == 0 && Double(search.cost) <= tree.best * 1.002
        ? (search.current, search.fills, search.cost) : (found.0, found.1, Int(tree.best))
    }
    guard let best else { return nil }
    return Answer(
      assignment: best.assignment, fills: best.fills, cost: best.cost, bound: min(best.cost, Int(tree.bound)), nodes: tree.nodes,
      ranOut: tree.ranOut && Double(best.cost) - tree.bound > limits.gap * Double(best.cost))
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

/// Branch and bound over a week model: the better of two branches first, down to whole numbers, then wherever the bound is lowest.
///
/// A branch is given up when it cannot be cheaper than the best by more than the wanted gap; the bound that is reported is the lowest of all
/// branches given up and still open, so it holds for every plan.
final class TreeSearch {
  struct Limits {
    var gap: Double
    var nodes: Int
    var deadline: ContinuousClock.Instant
    var cancelled: () -> Bool
  }
  private struct Node {
    var changes: [(column: Int, lower: Double, upper: Double)]
    var bound: Double
  }
  private let model: WeekModel
  private let limits: Limits
  private(set) var lower: [Double]
  private(set) var upper: [Double]
  private(set) var best = Double.infinity
  /// Values of the columns, when the best came from the tree.
  private(set) var bestSolution: [Double]?
  private(set) var bound = -Double.infinity
  private(set) var rootBound = -Double.infinity
  /// The relaxation's, before `raise`; the reduced costs belong to it.
  private(set) var relaxedBound = -Double.infinity
  private(set) var relaxed: (solution: [Double], reduced: [Double]) = ([], [])
  private(set) var nodes = 0
  private(set) var infeasible = false
  /// The clock or somebody ended it, not the number of nodes.
  private(set) var ranOut = false

  init(_ model: WeekModel, _ limits: Limits) {
    (self.model, self.limits) = (model, limits)
    lower = model.program.columns.map(\.lower)
    upper = model.program.columns.map(\.upper)
  }

  private func stopped() -> Bool { limits.cancelled() || limits.deadline <= .now }

  /// Solves the relaxation. False when there is no point at all, even in fractions.
  func root() -> Bool {
    nodes = 1
    let outcome = model.program.solve(lower: lower, upper: upper, stop: stopped)
    if outcome == .infeasible {
      infeasible = true
      return false
    }
    if outcome == .stopped { ranOut = true }
    // Costs are whole points, and so is the least of them.
    rootBound = model.program.safeBound(lower: lower, upper: upper).rounded(.up)
    (bound, relaxedBound) = (rootBound, rootBound)
    relaxed = (model.program.solution, model.program.reducedCosts)
    return true
  }

  /// A bound found elsewhere.
  func raise(_ known: Double) {
    rootBound = max(rootBound, known)
    bound = max(bound, rootBound)
  }

  /// A plan found elsewhere: what costs more than it needs no looking at.
  func know(_ cost: Double) { best = min(best, cost) }

  private func enough(_ bound: Double) -> Bool { bound >= best - max(0.5, limits.gap * abs(best)) }

  /// - Parameter round: called with the values of a relaxation; may `know` something better.
  func run(round: (_ solution: [Double], _ node: Int) -> Void) {
    if enough(rootBound) { return }
    fixByReducedCost()
    var open = [Node(changes: [], bound: rootBound)]
    var givenUp = Double.infinity
    var dive: Node? = open.removeLast()
    while dive != nil || !open.isEmpty {
      if dive == nil {
        guard let place = open.indices.min(by: { open[$0].bound < open[$1].bound }) else { break }
        dive = open.remove(at: place)
      }
      guard let node = dive else { break }
      dive = nil
      if enough(node.bound) {
        givenUp = min(givenUp, node.bound)
        continue
      }
      if nodes >= limits.nodes || stopped() {
        ranOut = nodes < limits.nodes
        open.append(node)
        break
      }
      nodes += 1
      var (low, high) = (lower, upper)
      for change in node.changes {
        (low[change.column], high[change.column]) = (max(low[change.column], change.lower), min(high[change.column], change.upper))
      }
      let outcome = model.program.solve(lower: low, upper: high, stop: stopped)
      if outcome == .infeasible { continue }
      let nodeBound = max(node.bound, model.program.safeBound(lower: low, upper: high).rounded(.up))
      if outcome == .stopped {
        ranOut = true
        open.append(Node(changes: node.changes, bound: nodeBound))
        break
      }
      let solution = model.program.solution
      guard let branches = branches(solution) else {
        let cost = zip(model.program.columns, solution).reduce(0.0) { $0 + $1.0.cost * $1.1 }.rounded()
        if cost < best { (best, bestSolution) = (cost, solution) }
        givenUp = min(givenUp, nodeBound)
        continue
      }
      round(solution, nodes)
      if enough(nodeBound) {
        givenUp = min(givenUp, nodeBound)
        continue
      }
      open.append(Node(changes: node.changes + branches.1, bound: nodeBound))
      dive = Node(changes: node.changes + branches.0, bound: nodeBound)
    }
    bound = min(best, open.map(\.bound).min() ?? .infinity, givenUp)
    if bound == .infinity { (infeasible, bound) = (true, rootBound) }
    bound = max(bound, rootBound)
  }

  /// A column that alone would make the relaxation dearer than the best plan stays at its bound.
  private func fixByReducedCost() {
    guard best.isFinite else { return }
    let room = best - relaxedBound
    for (place, reduced) in relaxed.reduced.enumerated() where model.program.columns[place].whole && upper[place] > lower[place] {
      if reduced > room + 1, relaxed.solution[place] < lower[place] + 1e-7 { upper[place] = lower[place] }
    }
  }

  private typealias Changes = [(column: Int, lower: Double, upper: Double)]

  /// Two halves of what is left: first whether an officer serves a compound, then how often, then the other whole numbers. Nil: all whole.
  private func branches(_ solution: [Double]) -> (Changes, Changes)? {
    var worst = 1e-6
    // Which rule is broken decides everything else, and breaking it soonest gives a plan.
    let rule = model.ruleColumn.map(\.column).max { min(solution[$0], 1 - solution[$0]) < min(solution[$1], 1 - solution[$1]) }
    if let rule, solution[rule] > 1e-6, solution[rule] < 1 - 1e-6 {
      return ([(column: rule, lower: 1, upper: 1e30)], [(column: rule, lower: -1e30, upper: 0)])
    }
    var found: (Changes, Changes)?
    func consider(_ places: [Int], _ choices: [WeekModel.Choice], _ sums: [Int: Double], _ key: (WeekModel.Choice) -> Int, weight: Double) {
      guard
        let (value, share) = sums.filter({ $0.value > 1e-6 && $0.value < 1 - 1e-6 }).max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) })
      else { return }
      let score = min(share, 1 - share) * weight
      guard score > worst else { return }
      worst = score
      let yes = places.filter { key(choices[$0]) != value }.map { (column: choices[$0].column, lower: 0.0, upper: 0.0) }
      let no = places.filter { key(choices[$0]) == value }.map { (column: choices[$0].column, lower: 0.0, upper: 0.0) }
      found = (yes, no)
    }
    for compound in model.part.compounds {
      for (places, choices) in [(model.contactsOf[compound] ?? [], model.contacts), (model.secondsOf[compound] ?? [], model.seconds)] {
        var byOfficer: [Int: Double] = [:]
        var byPattern: [Int: Double] = [:]
        for place in places where solution[choices[place].column] > 1e-9 {
          byOfficer[choices[place].officer, default: 0] += solution[choices[place].column]
          byPattern[choices[place].pattern, default: 0] += solution[choices[place].column]
        }
        let weight = 1 + min(5, model.ground.demand[compound].hours)
        consider(places, choices, byPattern, \.pattern, weight: 1.5 * weight)
        consider(places, choices, byOfficer, \.officer, weight: weight)
      }
    }
    if let found { return found }
    for (place, column) in model.program.columns.enumerated() where column.whole {
      let part = solution[place] - solution[place].rounded(.down)
      let score = min(part, 1 - part)
      guard score > worst else { continue }
      worst = score
      let below = solution[place].rounded(.down)
      let (down, up) = ([(column: place, lower: -1e30, upper: below)], [(column: place, lower: below + 1, upper: 1e30)])
      found = part < 0.5 ? (down, up) : (up, down)
    }
    return found
  }
}

import Dispatch
import Synchronization

/// A bound better than the relaxation's: the rules between officers get prices, and each officer's weeks are then the cheapest whole ones
/// (Dantzig and Wolfe 1960, in the boxes of du Merle and others 1999).
///
/// The relaxation evens loads by halves and thirds of compounds, which nobody can do. Here a load is a whole one; only the squad's total, of
/// which the fair share is reckoned, is taken within an interval, and the intervals are searched one by one. Any prices give a true bound,
/// so neither Clp nor the number of rounds can make it wrong.
final class PriceSearch {
  private let model: WeekModel
  private let stop: () -> Bool
  private let lanes: Int
  /// Rows that have prices, as in the model; and the place of each among them.
  private let rows: [Int]
  private let place: [Int: Int]
  private let officers: [Int]
  private let weeks: [OfficerWeeks]
  private let fairnessOf: [Int?]
  private let share: [(share: Double, band: Double)]

  private struct Column {
    var officer: Int
    var cost: Double
    var load: Int
    var column: Int
    var choice: [(column: Int, value: Int)]
  }
  private var columns: [Column] = []
  private let master = LinearProgram()
  private var convexity: [Int] = []
  private var totals: [Int] = []
  private var slack: [(up: Int, down: Int)] = []
  private var center: [Double] = []
  private var nodes: [Node] = []
  /// Rounds of prices so far.
  private(set) var rounds = 0
  static let mostRounds = 250
  /// A total within so few half-days of another makes the same loads fair.
  static let narrow = 8

  typealias Interval = ClosedRange<Int>
  private struct Node {
    var totals: [Interval]
    var bound: Double
    var done = false
  }

  /// Nil when some officer's weeks are too many to be tabled.
  init?(_ model: WeekModel, lanes: Int, stop: @escaping () -> Bool) {
    (self.model, self.lanes, self.stop) = (model, lanes, stop)
    let ground = model.ground
    let program = model.program
    let priced = program.rowLower.indices.filter { !model.own.contains($0) }
    rows = priced
    place = Dictionary(uniqueKeysWithValues: priced.enumerated().map { ($1, $0) })
    officers = model.part.officers
    var weeks: [OfficerWeeks] = []
    var fairnessOf: [Int?] = []
    var share: [(Double, Double)] = []
    for officer in officers {
      guard let given = model.givenColumn[officer], let standIn = model.standInColumn[officer] else { return nil }
      let options = (model.contacts + model.seconds).filter { $0.officer == officer }
        .map { OfficerWeeks.Option(column: $0.column, compound: $0.compound, pattern: $0.pattern) }
      var limits: [Int: Int] = [:]
      var duties: [OfficerWeeks.Duty] = []
      for group in model.part.groups {
        guard let entry = model.dutyColumn[group]?.first(where: { $0.officer == officer }) else { continue }
        let duty = ground.instance.duties[ground.groups[group].duty]
        let column = program.columns[entry.column]
        limits[ground.groups[group].duty, default: 0] += Int(column.upper)
        duties.append(
          OfficerWeeks.Duty(
            column: entry.column, least: Int(column.lower), most: Int(column.upper), takes: ground.groups[group].takes,
            weight: duty.loadHalfDays))
      }
      let limit = limits.reduce(0) { $0 + min($1.value, ground.instance.duties[$1.key].maxPerOfficer ?? .max) }
      guard
        let one = OfficerWeeks(
          weeks: ground.weeks, budget: ground.budget[officer], presentDays: ground.presentDays[officer], given: given, standIn: standIn,
          mostGiven: ground.slots.count, options: options, duties: duties, dutyLimit: limit, visits: ground.patterns.map(\.visits))
      else { return nil }
      weeks.append(one)
      let fair = model.fairness.firstIndex { $0.loads[officer] != nil }
      fairnessOf.append(fair)
      let all = fair.map { model.fairness[$0].loads.keys.reduce(0) { $0 + ground.available($1) } } ?? 1
      share.append(
        (Double(ground.available(officer)) / Double(all), Double(ground.available(officer) * ground.instance.rules.fairBand) / 100))
    }
    (self.weeks, self.fairnessOf, self.share) = (weeks, fairnessOf, share)
    layMaster()
  }

  private func layMaster() {
    for row in rows { _ = master.addRow(model.program.rowLower[row], model.program.rowUpper[row]) }
    convexity = officers.map { _ in master.addRow(1, 1) }
    for fair in model.fairness {
      let column = master.addColumn(cost: 0, 0, model.program.columns[fair.total].upper)
      if let row = place[fair.sum] { master.add(-1, column, to: row) }
      totals.append(column)
    }
    for row in rows.indices {
      let up = master.addColumn(cost: 0, 0, 1e6)
      master.add(1, up, to: row)
      let down = master.addColumn(cost: 0, 0, 1e6)
      master.add(-1, down, to: row)
      slack.append((up, down))
    }
  }

  /// - Parameters:
  ///   - target: where it is enough.
  ///   - good: of each squad compared, the load in a good plan; the search begins there.
  ///   - root: the relaxation's.
  ///   - found: called with a mixture of whole weeks for all officers, as values of the model's columns; a good start for a plan.
  /// - Returns: no plan costs less.
  func bound(target: Double, totals good: [Int], root: Double, found: (_ mixture: [Double]) -> Void) -> Double {
    let program = model.program
    if nodes.isEmpty { nodes = [Node(totals: model.fairness.map { 0...Int(program.columns[$0.total].upper) }, bound: root)] }
    let most = rounds + Self.mostRounds
    while let lowest = nodes.indices.filter({ !nodes[$0].done && nodes[$0].bound < target })
      .min(by: { (nodes[$0].bound, $0) < (nodes[$1].bound, $1) })
    {
      if stop() || rounds >= most { break }
      var node = nodes.remove(at: lowest)
      let wide = node.totals.indices.max { node.totals[$0].count < node.totals[$1].count }
      if let wide, node.totals[wide].count > Self.narrow {
        nodes += split(node, wide, at: good[wide])
        continue
      }
      node.bound = max(node.bound, price(node, target))
      if node.bound >= target {
        nodes.append(node)
        continue
      }
      found(mixture())
      if let wide, node.totals[wide].count > 1 {
        nodes += halves(node, wide)
      } else {
        node.done = true
        nodes.append(node)
      }
      // A plan as good as that may not exist: first another plan is looked for.
      break
    }
    return nodes.map(\.bound).min() ?? root
  }

  private func mixture() -> [Double] {
    var values = Array(repeating: 0.0, count: model.program.columns.count)
    for column in columns where column.column < master.solution.count && master.solution[column.column] > 1e-9 {
      for (place, value) in column.choice { values[place] += master.solution[column.column] * Double(value) }
    }
    return values
  }

  /// A narrow interval at or next to the good total, and the rest; each with the relaxation's bound.
  private func split(_ node: Node, _ wide: Int, at good: Int) -> [Node] {
    let interval = node.totals[wide]
    let edge: Int
    if interval.contains(good), good - Self.narrow / 2 > interval.lowerBound {
      edge = good - Self.narrow / 2
    } else if interval.lowerBound > good - Self.narrow {
      edge = interval.lowerBound + Self.narrow
    } else {
      edge = interval.upperBound - Self.narrow + 1
    }
    return [interval.lowerBound...(edge - 1), edge...interval.upperBound].compactMap { relaxed(node, wide, $0) }
  }
  private func halves(_ node: Node, _ wide: Int) -> [Node] {
    let interval = node.totals[wide]
    let edge = interval.lowerBound + interval.count / 2
    return [interval.lowerBound...(edge - 1), edge...interval.upperBound].compactMap { relaxed(node, wide, $0) }
  }
  private func relaxed(_ node: Node, _ wide: Int, _ interval: Interval) -> Node? {
    var child = node
    child.totals[wide] = interval
    var (lower, upper) = (model.program.columns.map(\.lower), model.program.columns.map(\.upper))
    for (fair, interval) in zip(model.fairness, child.totals) {
      (lower[fair.total], upper[fair.total]) = (Double(interval.lowerBound), Double(interval.upperBound))
    }
    if model.program.solve(lower: lower, upper: upper, stop: stop) == .infeasible { return nil }
    child.bound = max(node.bound, model.program.safeBound(lower: lower, upper: upper).rounded(.up))
    return child
  }

  // MARK: Prices of one node

  private func band(_ officer: Int, _ totals: [Interval]) -> (cost: Double, from: Double, to: Double)? {
    guard let fair = fairnessOf[officer] else { return nil }
    let (share, band) = share[officer]
    return (
      Double(model.ground.unfairCost), share * Double(totals[fair].lowerBound) - band, share * Double(totals[fair].upperBound) + band
    )
  }
  private func cost(_ column: Column, _ totals: [Interval]) -> Double {
    guard let band = band(column.officer, totals) else { return column.cost }
    let (less, more) = OfficerWeeks.outside(column.load, band.from, band.to)
    return column.cost + band.cost * (less + more)
  }

  private func price(_ node: Node, _ target: Double) -> Double {
    for column in columns { master.price(column.column, cost(column, node.totals)) }
    for (column, interval) in zip(totals, node.totals) {
      master.limit(column, Double(interval.lowerBound), Double(interval.upperBound))
    }
    var best = -Double.infinity
    // The last relaxation's prices, and those that were good for a neighbour.
    let relaxed = rows.map { model.program.duals[$0] }
    for prices in center.isEmpty ? [relaxed] : [center, relaxed] {
      let value = evaluate(prices, node.totals)
      if value > best { (best, center) = (value, prices) }
      if best >= target { return best }
    }
    var box = 10.0
    var poor = 0
    while !stop(), rounds < Self.mostRounds {
      for (row, slack) in slack.enumerated() {
        master.price(slack.up, center[row] + box)
        master.price(slack.down, box - center[row])
      }
      guard master.resolve(stop: stop) == .optimal else { break }
      let value = zip(master.columns, master.solution).reduce(0) { $0 + $1.0.cost * $1.1 }
      let used = slack.reduce(0) { $0 + master.solution[$1.up] + master.solution[$1.down] }
      // The boxes closed: nothing better is to be had than `value`.
      if used < 1e-6, value < target || value - best < 1 { break }
      let found = evaluate(Array(master.duals[..<rows.count]), node.totals)
      if found > best + 0.5 {
        poor = found > best + 0.02 * (target - best) ? 0 : poor + 1
        (best, center) = (found, Array(master.duals[..<rows.count]))
        box = min(box * 1.5, 200)
      } else {
        poor += 1
        box = max(box * 0.75, 0.5)
      }
      if best >= target || poor > 25 { break }
    }
    return best
  }

  /// What no plan within the totals is below, by these prices; the officers' cheapest weeks are new columns.
  private func evaluate(_ prices: [Double], _ totals: [Interval]) -> Double {
    rounds += 1
    let program = model.program
    var bound = 0.0
    var prices = prices
    for (place, row) in rows.enumerated() {
      let (lower, upper) = (program.rowLower[row], program.rowUpper[row])
      if !prices[place].isFinite || (prices[place] > 0 && lower < -1e29) || (prices[place] < 0 && upper > 1e29) { prices[place] = 0 }
      if prices[place] != 0 { bound += prices[place] * (prices[place] > 0 ? lower : upper) }
    }
    var full = Array(repeating: 0.0, count: program.rowLower.count)
    for (place, row) in rows.enumerated() { full[row] = prices[place] }
    let reduced = program.columns.map { column in
      var cost = column.cost
      for (row, value) in zip(column.rows, column.values) { cost -= full[Int(row)] * value }
      return cost
    }
    for (fair, interval) in zip(model.fairness, totals) {
      bound += min(reduced[fair.total] * Double(interval.lowerBound), reduced[fair.total] * Double(interval.upperBound))
    }
    let asked = officers.indices.map { officer in
      OfficerWeeks.Prices(
        reduced: reduced, load: fairnessOf[officer].flatMap { model.fairness[$0].loads[officers[officer]] }.map { reduced[$0] } ?? 0,
        unfair: band(officer, totals))
    }
    let answers = Mutex<[OfficerWeeks.Choice?]>(Array(repeating: nil, count: officers.count))
    let (weeks, lanes) = (weeks, max(1, lanes))
    nonisolated(unsafe) let shared = weeks
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      for officer in stride(from: lane, to: asked.count, by: lanes) {
        let answer = shared[officer].cheapest(asked[officer])
        answers.withLock { $0[officer] = answer }
      }
    }
    let all = answers.withLock { $0 }
    for (officer, answer) in all.enumerated() {
      // Without any way the relaxation has none either, or the table is at fault: nothing is claimed.
      guard let answer else { return -.infinity }
      bound += answer.cost
      add(answer, officer, totals)
    }
    return (bound - 1e-9 * abs(bound) - 1e-6).rounded(.up)
  }

  private func add(_ choice: OfficerWeeks.Choice, _ officer: Int, _ totals: [Interval]) {
    let program = model.program
    var cost = 0.0
    var activity: [Int: Double] = [:]
    for (column, value) in choice.columns {
      cost += program.columns[column].cost * Double(value)
      for (row, factor) in zip(program.columns[column].rows, program.columns[column].values) {
        if let place = place[Int(row)] { activity[place, default: 0] += factor * Double(value) }
      }
    }
    if let fair = fairnessOf[officer], let row = place[model.fairness[fair].sum] { activity[row, default: 0] += Double(choice.load) }
    var column = Column(officer: officer, cost: cost, load: choice.load, column: 0, choice: choice.columns)
    column.column = master.addColumn(cost: self.cost(column, totals), 0, 1e6)
    for (row, value) in activity.sorted(by: { $0.key < $1.key }) { master.add(value, column.column, to: row) }
    master.add(1, column.column, to: convexity[officer])
    columns.append(column)
  }
}

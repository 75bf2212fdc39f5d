/// The cheapest weeks of one officer at given prices: whom to serve how often, which duties, what to give away and where to stand in.
///
/// Exact for what the model asks of one officer: whole visits within the hours of each week, whole duties, whole half-days outside the fair
/// band. The rules between officers are in the prices. A table over the half-days used of each week, compound by compound; what is more than
/// a week holds is given away at once, which costs the same sooner or later because giving away is never paid for.
final class OfficerWeeks {
  struct Option {
    /// A place in the model's columns.
    var column: Int
    var compound: Int
    var pattern: Int
  }
  struct Duty {
    var column: Int
    /// At least, put by a manager.
    var least: Int
    var most: Int
    var takes: [Int]
    var weight: Int
  }
  /// What was found: columns that are one (or how many), and what the officer's load comes to.
  struct Choice {
    var columns: [(column: Int, value: Int)]
    var load: Int
    var cost: Double
  }
  /// Prices of one call.
  struct Prices {
    /// By column of the model.
    var reduced: [Double]
    /// Of a half-day of load.
    var load: Double
    /// Of a half-day outside the band, and the band's ends; nil where nobody is compared.
    var unfair: (cost: Double, from: Double, to: Double)?
  }

  private let weeks: Int
  private let budget: [Int]
  private let given: [Int]
  private let standIn: [Int]
  private let mostGiven: Int
  /// By compound.
  private let options: [[Option]]
  private let duties: [Duty]
  private let strides: [Int]
  private let states: Int
  /// Load beyond the half-days taken, by duties that weigh more or less than they take.
  private let extra: ClosedRange<Int>
  private let digits: [Int]
  /// Half-days of each state, and of each duty the states with room for it.
  private let taken: [Int]
  private let roomy: [[Int]]
  /// Of each pattern and state: where it leads, and (by week) what must be given away at once.
  private let patterns: [(target: [Int32], over: [UInt8], total: Int)]
  /// Beyond this a table is not worth its time.
  static let mostStates = 60_000

  /// Nil when the officer's weeks are too many to be tabled.
  init?(
    weeks: Int, budget: [Int], presentDays: [Int], given: [Int], standIn: [Int], mostGiven: Int, options: [Option], duties: [Duty],
    dutyLimit: Int, visits: [[Int]]
  ) {
    (self.weeks, self.budget, self.given, self.standIn, self.mostGiven) = (weeks, budget, given, standIn, mostGiven)
    self.duties = duties
    var byCompound: [Int: [Option]] = [:]
    for option in options { byCompound[option.compound, default: []].append(option) }
    self.options = byCompound.sorted { $0.key < $1.key }.map(\.value)
    var strides: [Int] = []
    var states = 1
    for week in 0..<weeks {
      strides.append(states)
      states *= budget[week] + 1
      guard states <= Self.mostStates else { return nil }
    }
    (self.strides, self.states) = (strides, states)
    let differences = duties.map { $0.weight - $0.takes.reduce(0, +) }
    let most = zip(differences, duties).reduce(0) { $0 + max(0, $1.0) * $1.1.most }
    let least = zip(differences, duties).reduce(0) { $0 + min(0, $1.0) * $1.1.most }
    let (high, low) = (max(0, differences.max() ?? 0), min(0, differences.min() ?? 0))
    extra = max(least, low * dutyLimit)...min(most, high * dutyLimit)
    guard states * extra.count <= Self.mostStates * 4 else { return nil }
    var digits = Array(repeating: 0, count: states * weeks)
    for state in 0..<states { for week in 0..<weeks { digits[state * weeks + week] = state / strides[week] % (budget[week] + 1) } }
    self.digits = digits
    taken = (0..<states).map { state in (0..<weeks).reduce(0) { $0 + digits[state * weeks + $1] } }
    roomy = duties.map { duty in
      (0..<states).filter { state in (0..<weeks).allSatisfy { digits[state * weeks + $0] + duty.takes[$0] <= budget[$0] } }
    }
    patterns = visits.map { visits in
      var target = Array(repeating: Int32(0), count: states)
      var over = Array(repeating: UInt8(0), count: states * weeks)
      for state in 0..<states {
        var place = 0
        for week in 0..<weeks {
          // Not more often than there are days: what is beyond is given away too.
          let may = min(visits[week], presentDays[week])
          let after = digits[state * weeks + week] + may
          place += min(after, budget[week]) * strides[week]
          over[state * weeks + week] = UInt8(clamping: visits[week] - may + max(0, after - budget[week]))
        }
        target[state] = Int32(place)
      }
      return (target, over, visits.reduce(0, +))
    }
  }

  /// - Returns: nil when a manager's duties leave no way.
  func cheapest(_ prices: Prices) -> Choice? {
    // Whatever pays for itself. What does not can only serve to reach the band, and is worth no more than what that would save.
    guard let first = table(prices, worth: 0) else { return nil }
    let saving = first.choice.cost - first.withoutBand
    return saving < 1e-7 ? first.choice : table(prices, worth: saving)?.choice
  }

  private typealias Stage = (options: [Option], from: [Int32], option: [Int8])
  private typealias Unit = (duty: Int, marks: [Bool])

  /// - Returns: the cheapest weeks of what is worth something, and what they would cost if no load were too small.
  private func table(_ prices: Prices, worth: Double) -> (choice: Choice, withoutBand: Double)? {
    var constant = 0.0
    // Giving away must not be paid for, or it would never end; the difference is taken at its most, which keeps the bound.
    let giving = given.map { column in
      let price = prices.reduced[column]
      if price < 0 { constant += price * Double(mostGiven) }
      return max(0, price)
    }
    var table = Array(repeating: Double.infinity, count: states)
    table[0] = 0
    let credit = min(0, prices.load)
    let overCost = patterns.map { pattern in
      (0..<states).map { state in
        var cost = 0.0
        for week in 0..<weeks { cost += Double(pattern.over[state * weeks + week]) * giving[week] }
        return cost
      }
    }
    var stages: [Stage] = []
    for all in options {
      let able = all.filter { prices.reduced[$0.column] + credit * Double(patterns[$0.pattern].total) < worth }
      if able.isEmpty { continue }
      var next = table
      var from = Array(repeating: Int32(-1), count: states)
      var chosen = Array(repeating: Int8(-1), count: states)
      for (number, option) in able.enumerated() {
        let cost = prices.reduced[option.column]
        let (target, beyond) = (patterns[option.pattern].target, overCost[option.pattern])
        for state in 0..<states {
          let old = table[state]
          if old == .infinity { continue }
          let place = Int(target[state])
          let value = old + cost + beyond[state]
          if value < next[place] {
            next[place] = value
            from[place] = Int32(state)
            chosen[place] = Int8(number)
          }
        }
      }
      table = next
      stages.append((able, from, chosen))
    }
    return finish(table, giving, prices, constant, stages, worth)
  }

  /// Gives away, does duties, stands in; then the load is known.
  private func finish(
    _ served: [Double], _ giving: [Double], _ prices: Prices, _ constant: Double, _ stages: [Stage], _ worth: Double
  ) -> (choice: Choice, withoutBand: Double)? {
    var table = served
    var gave: [[Bool]] = []
    for week in 0..<weeks {
      var marks = Array(repeating: false, count: states)
      for state in stride(from: states - 1, through: 0, by: -1) where digits[state * weeks + week] > 0 {
        let less = state - strides[week]
        if table[state] + giving[week] < table[less] {
          table[less] = table[state] + giving[week]
          marks[less] = true
        }
      }
      gave.append(marks)
    }
    // With what duties weigh beyond what they take.
    let width = extra.count
    var wide = Array(repeating: Double.infinity, count: states * width)
    for state in 0..<states { wide[state * width - extra.lowerBound] = table[state] }
    var units: [Unit] = []
    for (number, duty) in duties.enumerated() {
      let difference = duty.weight - duty.takes.reduce(0, +)
      let price = prices.reduced[duty.column]
      let shift = (0..<weeks).reduce(0) { $0 + duty.takes[$1] * strides[$1] } * width + difference
      for unit in 0..<duty.most {
        let forced = unit < duty.least
        if !forced, price + min(0, prices.load) * Double(duty.weight) >= worth { break }
        var marks = Array(repeating: false, count: states * width)
        var next = forced ? Array(repeating: Double.infinity, count: states * width) : wide
        var some = false
        let beyonds = max(0, -difference)..<min(width, width - difference)
        if !beyonds.isEmpty {
          for state in roomy[number] {
            for here in (state * width + beyonds.lowerBound)..<(state * width + beyonds.upperBound) {
              let value = wide[here] + price
              if value < next[here + shift] {
                next[here + shift] = value
                marks[here + shift] = true
                some = true
              }
            }
          }
        }
        if !some { if forced { return nil } else { break } }
        wide = next
        units.append((number, marks))
      }
    }
    var stood: [[Bool]] = []
    for week in 0..<weeks {
      var marks = Array(repeating: false, count: states * width)
      let price = prices.reduced[standIn[week]]
      for state in 0..<states where digits[state * weeks + week] < budget[week] {
        for beyond in 0..<width {
          let (here, more) = (state * width + beyond, (state + strides[week]) * width + beyond)
          if wide[here] + price < wide[more] {
            wide[more] = wide[here] + price
            marks[more] = true
          }
        }
      }
      stood.append(marks)
    }
    var (best, place, withoutBand) = (Double.infinity, -1, Double.infinity)
    let loads = (0...(taken.last ?? 0) + width).map { load in
      let (less, more) = prices.unfair.map { Self.outside(load + extra.lowerBound, $0.from, $0.to) } ?? (0, 0)
      let (cost, point) = (prices.load * Double(load + extra.lowerBound), prices.unfair?.cost ?? 0)
      return (within: cost + point * more, all: cost + point * (less + more))
    }
    for state in 0..<states {
      for beyond in 0..<width {
        let (cost, load) = (wide[state * width + beyond], loads[taken[state] + beyond])
        withoutBand = min(withoutBand, cost + load.within)
        if cost + load.all < best { (best, place) = (cost + load.all, state * width + beyond) }
      }
    }
    guard place >= 0 else { return nil }
    return (trace(place, best + constant, stood, units, gave, stages), withoutBand + constant)
  }

  /// Half-days below and above the band when the load is this; whole, as they are paid.
  static func outside(_ load: Int, _ from: Double, _ to: Double) -> (less: Double, more: Double) {
    (max(0, (from - Double(load) - 1e-6).rounded(.up)), max(0, (Double(load) - to - 1e-6).rounded(.up)))
  }

  private func trace(
    _ end: Int, _ cost: Double, _ stood: [[Bool]], _ units: [Unit], _ gave: [[Bool]], _ stages: [Stage]
  ) -> Choice {
    let width = extra.count
    var place = end
    let load = taken[end / width] + end % width + extra.lowerBound
    var values: [Int: Int] = [:]
    for week in (0..<weeks).reversed() {
      while stood[week][place] {
        values[standIn[week], default: 0] += 1
        place -= strides[week] * width
      }
    }
    for unit in units.reversed() where unit.marks[place] {
      let duty = duties[unit.duty]
      values[duty.column, default: 0] += 1
      place -= (0..<weeks).reduce(0) { $0 + duty.takes[$1] * strides[$1] } * width + duty.weight - duty.takes.reduce(0, +)
    }
    var state = place / width
    for week in (0..<weeks).reversed() {
      while gave[week][state] {
        values[given[week], default: 0] += 1
        state += strides[week]
      }
    }
    for stage in stages.reversed() where stage.option[state] >= 0 {
      let option = stage.options[Int(stage.option[state])]
      let before = Int(stage.from[state])
      values[option.column, default: 0] += 1
      for week in 0..<weeks {
        let over = Int(patterns[option.pattern].over[before * weeks + week])
        if over > 0 { values[given[week], default: 0] += over }
      }
      state = before
    }
    return Choice(columns: values.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }, load: load, cost: cost)
  }
}

import Testing

@testable import Staffing

/// The table of one officer's weeks against every way there is.
@Suite struct OfficerWeeksTests {
  /// Two weeks of three and two half-days; columns: given 0–1, stand-in 2–3, duty 4, then compound × pattern.
  private static let budget = [3, 2]
  private static let visits = [[1, 0], [1, 1], [2, 1]]
  private static let takes = [0, 1]
  private static let weight = 2
  private static func column(_ compound: Int, _ pattern: Int) -> Int { 5 + compound * 3 + pattern }

  private func cheapest(_ prices: [Double], _ load: Double, _ band: (cost: Double, from: Double, to: Double)?) -> Double {
    var best = Double.infinity
    for way in 0..<64 {
      let chosen = [way % 4, way / 4 % 4, way / 16].map { $0 - 1 }  // -1: not served
      var used = [0, 0]
      var direct = 0.0
      for (compound, pattern) in chosen.enumerated() where pattern >= 0 {
        direct += prices[Self.column(compound, pattern)]
        for week in 0..<2 { used[week] += Self.visits[pattern][week] }
      }
      for duty in 0...1 {
        for given in 0...used[0] {
          for otherGiven in 0...used[1] {
            for stand in 0...3 {
              for otherStand in 0...2 {
                let after = [used[0] - given + stand + duty * Self.takes[0], used[1] - otherGiven + otherStand + duty * Self.takes[1]]
                guard after[0] <= Self.budget[0], after[1] <= Self.budget[1] else { continue }
                let total = used[0] + used[1] - given - otherGiven + stand + otherStand + duty * Self.weight
                let (less, more) = band.map { OfficerWeeks.outside(total, $0.from, $0.to) } ?? (0, 0)
                let away = Double(given) * prices[0] + Double(otherGiven) * prices[1]
                let stood = Double(stand) * prices[2] + Double(otherStand) * prices[3]
                let cost = direct + away + stood + Double(duty) * prices[4] + load * Double(total) + (band?.cost ?? 0) * (less + more)
                best = min(best, cost)
              }
            }
          }
        }
      }
    }
    return best
  }

  @Test func findsTheCheapestOfAllWays() throws {
    let options = (0..<3).flatMap { compound in
      (0..<3).map { OfficerWeeks.Option(column: Self.column(compound, $0), compound: compound, pattern: $0) }
    }
    let duty = OfficerWeeks.Duty(column: 4, least: 0, most: 1, takes: Self.takes, weight: Self.weight)
    let weeks = try #require(
      OfficerWeeks(
        weeks: 2, budget: Self.budget, presentDays: [5, 5], given: [0, 1], standIn: [2, 3], mostGiven: 20, options: options, duties: [duty],
        dutyLimit: 1, visits: Self.visits))
    var dice = Dice()
    for turn in 0..<300 {
      var prices = (0..<14).map { _ in Double(dice.below(400)) - 250 }
      // Giving away is never paid for.
      for place in 0..<2 { prices[place] = Double(dice.below(60)) }
      for place in 2..<4 { prices[place] = Double(dice.below(80)) - 20 }
      let load = Double(dice.below(60)) - 30
      let from = Double(dice.below(5))
      let band = turn % 3 == 0 ? nil : (cost: 80.0, from: from, to: from + Double(dice.below(2)))
      let found = try #require(weeks.cheapest(.init(reduced: prices, load: load, unfair: band)))
      #expect(abs(found.cost - cheapest(prices, load, band)) < 1e-6, "turn \(turn)")
      // What is named costs what is said.
      let (less, more) = band.map { OfficerWeeks.outside(found.load, $0.from, $0.to) } ?? (0, 0)
      let named = found.columns.reduce(0.0) { $0 + prices[$1.column] * Double($1.value) } + load * Double(found.load)
      #expect(abs(named + (band?.cost ?? 0) * (less + more) - found.cost) < 1e-6, "turn \(turn)")
    }
  }
}

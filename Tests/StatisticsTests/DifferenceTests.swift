import Foundation
import Testing

@testable import Statistics

@Suite struct DifferenceTests {
  /// Compounds of which the first are treated; complaints by size, season and a level of their own.
  private func town(_ seed: UInt64, treated: Int, controls: Int, periods: Int, start: Int, effect: Double, drift: Double = 0)
    -> [PanelPlace]
  {
    var random = SeededRandom(seed: seed)
    func poisson(_ mean: Double) -> Int {
      var (n, sum) = (0, log(1 - random.unit()))
      while sum > -mean {
        n += 1
        sum += log(1 - random.unit())
      }
      return n
    }
    return (0..<(treated + controls)).map { n in
      let households = 400 + (1200 * random.unit()).rounded()
      let level = 0.006 + 0.008 * random.unit()
      let mine = n < treated
      return PanelPlace(
        id: "小区\(n)", treated: mine, households: households,
        cases: (0..<periods).map { period in
          let season = 1 + 0.3 * sin(Double(period))
          let change = mine ? (period >= start ? effect : 1) * (1 + drift * Double(period)) : 1
          return poisson(households * level * season * change)
        })
    }
  }

  @Test func aFallIsSeen() throws {
    let places = town(1, treated: 25, controls: 100, periods: 16, start: 8, effect: 0.5)
    let result = try DifferenceInDifferences.run(places, DifferenceOptions(start: 8))
    #expect(result.verdict == .fell)
    let change = try #require(result.change)
    #expect(change.interval.contains(-5))
    #expect(change.p < 0.001)
    #expect(try #require(result.relative) < -0.3)
    #expect(try #require(result.fakePlaces) <= 0.01)
    #expect(abs(change.value - (result.treatedAfter - result.treatedBefore - result.controlAfter + result.controlBefore)) < 1e-9)
  }

  @Test func aRiseIsSeenAndNothingIsNothing() throws {
    var rising = DifferenceOptions(start: 8)
    rising.placebos = 19
    #expect(
      try DifferenceInDifferences.run(town(2, treated: 25, controls: 60, periods: 16, start: 8, effect: 1.6), rising).verdict == .rose)
    var wrong = 0
    for seed in 100..<140 as Range<UInt64> {
      var options = DifferenceOptions(start: 6)
      options.placebos = 0
      let result = try DifferenceInDifferences.run(town(seed, treated: 15, controls: 40, periods: 12, start: 6, effect: 1), options)
      if result.verdict == .fell || result.verdict == .rose { wrong += 1 }
    }
    #expect(wrong <= 6)
  }

  @Test func trendsThatPartedBeforeAreSaid() throws {
    let places = town(3, treated: 30, controls: 60, periods: 16, start: 8, effect: 1, drift: 0.12)
    var options = DifferenceOptions(start: 8)
    options.matching = nil
    let result = try DifferenceInDifferences.run(places, options)
    #expect(result.verdict == .cannotSay([.trendsDiffer]))
    #expect(try #require(result.trend).value > 0)
  }

  @Test func saysWhyItCannotSay() throws {
    let places = town(4, treated: 3, controls: 40, periods: 10, start: 5, effect: 0.4)
    func verdict(_ places: [PanelPlace], start: Int, end: Int? = nil, matched: Bool = false) throws -> DifferenceVerdict {
      var options = DifferenceOptions(start: start)
      options.end = end
      if !matched { options.matching = nil }
      options.placebos = 0
      return try DifferenceInDifferences.run(places, options).verdict
    }
    #expect(try verdict(places, start: 5).reasons.contains(.tooFewTreated(3, needed: 5)))
    let enough = town(4, treated: 8, controls: 60, periods: 10, start: 5, effect: 0.4)
    #expect(try verdict(enough, start: 5, end: 5) == .cannotSay([.datesReversed]))
    #expect(try verdict(enough, start: 2) == .cannotSay([.tooFewBefore(2, needed: 4)]))
    #expect(try verdict(enough, start: 10) == .cannotSay([.datesReversed, .nothingAfter]))
    #expect(try verdict(enough, start: -1).reasons.contains(.tooFewBefore(0, needed: 4)))
    let alone = town(4, treated: 8, controls: 2, periods: 10, start: 5, effect: 0.4)
    #expect(try verdict(alone, start: 5).reasons.contains { if case .tooFewControls = $0 { true } else { false } })
    let quiet = enough.map { PanelPlace(id: $0.id, treated: $0.treated, households: $0.households, cases: $0.cases.map { _ in 0 }) }
    let result = try DifferenceInDifferences.run(quiet, DifferenceOptions(start: 5))
    #expect(result.verdict.reasons.contains { if case .tooFewCases(0, _) = $0 { true } else { false } })
    #expect(result.change?.value == 0)
    let giants = enough.map { place in
      PanelPlace(id: place.id, treated: place.treated, households: place.treated ? 50_000 : place.households, cases: place.cases)
    }
    #expect(try verdict(giants, start: 5, matched: true).reasons.contains(.unmatched(8, of: 8)))
  }

  @Test func refusesWhatItCannotRead() {
    let places = town(5, treated: 2, controls: 2, periods: 4, start: 2, effect: 1)
    func problem(_ change: (inout [PanelPlace]) -> Void) -> DifferenceProblem? {
      var places = places
      change(&places)
      do {
        _ = try DifferenceInDifferences.run(places, DifferenceOptions(start: 2))
        return nil
      } catch { return error }
    }
    #expect(problem { $0 = [] } == .noPlaces)
    #expect(problem { $0[1].id = "小区0" } == .sameID("小区0"))
    #expect(problem { $0[1].households = 0 } == .households(place: "小区1"))
    #expect(problem { $0[2].cases = [1] } == .periods(place: "小区2"))
    #expect(problem { $0[2].cases[3] = -2 } == .negativeCases(place: "小区2", period: 3))
  }

  /// Controls like the treated are taken, others are not; a treated place without any is told.
  @Test func matchesWhatIsAlike() throws {
    func place(_ id: String, _ treated: Bool, _ households: Double, _ cases: [Int]) -> PanelPlace {
      PanelPlace(id: id, treated: treated, households: households, cases: cases)
    }
    let places =
      [place("治理", true, 1000, [10, 10, 10, 10, 4, 4]), place("巨大", true, 90_000, [900, 900, 900, 900, 900, 900])]
      + (0..<4).map { place("相似\($0)", false, 1000 + Double($0), [10, 10, 10, 10, 10, 10]) }
      + (0..<4).map { place("上升\($0)", false, 1000, [2, 8, 14, 20, 26, 32]) }
    var options = DifferenceOptions(start: 4)
    options.placebos = 0
    let result = try DifferenceInDifferences.run(places, options)
    #expect(result.unmatched == [1])
    #expect(result.weights[2] > 0 && result.weights[3] > 0 && result.weights[4] > 0)
    #expect(result.weights[1] == 0 && result.weights[6...].allSatisfy { $0 == 0 })
    #expect(abs(result.weights[2...4].reduce(0, +) - 1000) < 1e-9)
    #expect(abs(try #require(result.change).value + 6) < 0.1)
  }

  @Test func sentencesSayIt() throws {
    let places = town(1, treated: 25, controls: 100, periods: 16, start: 8, effect: 0.5)
    var options = DifferenceOptions(start: 8)
    options.placebos = 0
    let result = try DifferenceInDifferences.run(places, options)
    #expect(result.sentence(period: "周").contains("下降"))
    let none = DifferenceVerdict.cannotSay([.tooFewTreated(3, needed: 5), .trendsDiffer])
    #expect(none.sentence.contains("3 个") && none.sentence.contains("；"))
  }
}

extension DifferenceVerdict {
  fileprivate var reasons: [Reason] { if case .cannotSay(let reasons) = self { reasons } else { [] } }
}

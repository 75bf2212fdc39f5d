import Foundation
import Testing

@testable import Statistics

@Suite struct RateTests {
  typealias Place = ShrunkRates.Place

  /// Values of SciPy 1.17 (`gamma.ppf`, `gamma.cdf`, `t.ppf`, `t.sf`), to ten digits.
  @Test func probabilitiesAreThose() {
    func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-10 * abs(b) }
    for (shape, p, x) in [
      (0.3, 0.025, 3.185_679_031_739_169e-06), (1, 0.975, 3.688_879_454_113_935), (3.5, 0.5, 3.172_905_597_760_757),
      (40, 0.025, 28.576_586_441_788_96), (2500, 0.975, 2598.941_885_961_899), (0.02, 0.5, 5.068_667_656_480_132e-16),
    ] {
      #expect(near(Distributions.gammaQuantile(p, shape: shape), x), "\(shape), \(p)")
    }
    for (shape, x, p) in [
      (0.5, 0.2, 0.472_910_743_134_461_96), (3, 2.5, 0.456_186_884_116_670_35), (3, 9, 0.993_767_804_893_622_7),
      (100, 80, 0.017_108_313_035_133_1), (100, 130, 0.997_249_591_632_693_4),
    ] {
      #expect(near(Distributions.gamma(x, shape: shape), p), "\(shape), \(x)")
    }
    for (freedom, p, t) in [
      (1.0, 0.975, 12.706_204_736_174_69), (2, 0.9, 1.885_618_083_164_127), (9, 0.975, 2.262_157_162_798_205),
      (29, 0.995, 2.756_385_903_670_605), (400, 0.975, 1.965_912_343_229_463), (9, 0.025, -2.262_157_162_798_205),
    ] {
      #expect(near(Distributions.studentQuantile(p, freedom: freedom), t), "\(freedom), \(p)")
    }
    for (freedom, t, p) in [
      (1.0, 3.0, 0.204_832_764_699_133_45), (9, 2.262, 0.050_012_845_502_454_63), (50, -0.5, 0.619_268_567_511_771_4),
      (200, 8, 9.879_200_909_330_596e-14),
    ] {
      #expect(near(Distributions.studentTails(t, freedom: freedom), p), "\(freedom), \(t)")
    }
  }

  @Test func threeComplaintsInASmallCompoundDoNotTopTheList() throws {
    var places = (0..<40).map { Place(cases: 8 + $0 % 9, size: 800) }
    places.append(Place(cases: 3, size: 20))
    places.append(Place(cases: 60, size: 1000))
    let result = try ShrunkRates.run(places)
    let (small, large) = (result.rates[40], result.rates[41])
    #expect(small.rawRank == 1)
    #expect(large.rank == 1)
    #expect(small.shrunk < small.raw / 2)
    #expect(large.raw - large.shrunk < (small.raw - small.shrunk) / 3)
    #expect(small.interval.upperBound - small.interval.lowerBound > large.interval.upperBound - large.interval.lowerBound)
    #expect(large.aboveAll > 0.999)
    for rate in result.rates { #expect(rate.interval.contains(rate.shrunk)) }
  }

  /// The posterior mean is a mean of the place's rate and that of all, by what is known of each.
  @Test func shrinksByTheRule() throws {
    let places = (0..<30).map { Place(cases: ($0 * 13) % 17, size: 100 + Double($0 % 5) * 50) }
    let result = try ShrunkRates.run(places)
    for (place, rate) in zip(places, result.rates) {
      let wanted = (result.shape + Double(place.cases)) / (result.rate + place.size)
      #expect(abs(rate.shrunk - wanted) < 1e-12)
    }
    // At the best shape and rate the likelihood falls whichever way one goes.
    func likelihood(_ a: Double, _ b: Double) -> Double {
      places.reduce(0) { sum, place in
        let o = Double(place.cases)
        return sum + Distributions.logGamma(a + o) - Distributions.logGamma(a) + a * log(b / (b + place.size))
          - o * log(b + place.size)
      }
    }
    let best = likelihood(result.shape, result.rate)
    for (a, b) in [(1.01, 1.0), (0.99, 1), (1, 1.01), (1, 0.99), (1.01, 1.01), (0.99, 0.99)] {
      #expect(likelihood(result.shape * a, result.rate * b) < best)
    }
  }

  @Test func findsThePriorThatMadeThem() throws {
    var random = SeededRandom(seed: 3)
    let places = (0..<2000).map { n -> Place in
      let size = 100 + Double(n % 7) * 100
      // Shape 2 is the sum of two exponentials; mean 0.02.
      let rate = -(log(1 - random.unit()) + log(1 - random.unit())) / 100
      var (cases, left) = (0, 1 - random.unit())
      left = log(left)
      var sum = left
      while sum > -rate * size {
        cases += 1
        sum += log(1 - random.unit())
      }
      return Place(cases: cases, size: size)
    }
    let result = try ShrunkRates.run(places)
    #expect(abs(result.shape - 2) < 0.25)
    #expect(abs(result.shape / result.rate - 0.02) < 0.001)
    let within = zip(places, result.rates).count { $1.interval.lowerBound <= 0.1 && $0.size > 0 }
    #expect(within == places.count)
  }

  @Test func edges() throws {
    #expect(throws: ShrunkRates.Problem.noPlaces) { try ShrunkRates.run([]) }
    #expect(throws: ShrunkRates.Problem.size(place: 1)) { try ShrunkRates.run([Place(cases: 1, size: 1), Place(cases: 1, size: 0)]) }
    #expect(throws: ShrunkRates.Problem.negativeCases(place: 0)) { try ShrunkRates.run([Place(cases: -1, size: 1)]) }
    #expect(throws: ShrunkRates.Problem.credibility) { try ShrunkRates.run([Place(cases: 1, size: 1)], credibility: 1) }
    let none = try ShrunkRates.run([Place(cases: 0, size: 100), Place(cases: 0, size: 300)])
    #expect(none.rates.map(\.shrunk) == [0, 0])
    #expect(none.rates.map(\.rank) == [1, 1])
    // Nothing in 400: at most 3.69 (the rule of three, two-sided).
    #expect(abs(none.rates[0].interval.upperBound - 3.688_879_454 / 400) < 1e-9)
    let one = try ShrunkRates.run([Place(cases: 4, size: 100)])
    #expect(one.rates[0].shrunk == 0.04)
    #expect(one.rates[0].interval.contains(0.04))
    // Equal places differ by less than chance.
    let equal = try ShrunkRates.run((0..<10).map { _ in Place(cases: 5, size: 100) })
    #expect(equal.shape == .infinity)
    #expect(equal.rates.allSatisfy { $0.shrunk == 0.05 })
    let huge = try ShrunkRates.run([Place(cases: 2_000_000, size: 1e6), Place(cases: 10, size: 1e6), Place(cases: 0, size: 1e-3)])
    #expect(huge.rates.allSatisfy { $0.shrunk.isFinite && $0.interval.upperBound.isFinite })
  }
}

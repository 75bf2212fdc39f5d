import Foundation
import Kernel

/// Rates of small and large places that can be put in one list: each is drawn toward the rate of all, the more the less is known of it.
///
/// Counts are Poisson with mean rate × size, rates vary among places like a gamma variable (Clayton and Kaldor 1987). The gamma's two
/// numbers are found from all places by maximum likelihood, beginning from Marshall's moments (1991).
public enum ShrunkRates {
  public struct Place: Hashable, Sendable {
    public var cases: Int
    /// Households, or what is expected: what the rate is a rate of. Above zero.
    public var size: Double
    public init(cases: Int, size: Double) {
      self.cases = cases
      self.size = size
    }
  }
  public struct Rate: Hashable, Sendable {
    /// Cases by size.
    public var raw: Double
    /// The mean of what the rate may be.
    public var shrunk: Double
    /// Within which the rate lies with the credibility asked for.
    public var interval: ClosedRange<Double>
    /// The probability that the rate is above that of all places together; 0 where one rate serves all.
    public var aboveAll: Double
    /// From 1 for the highest shrunk rate; equal rates have equal ranks.
    public var rank: Int
    /// The same for raw rates.
    public var rawRank: Int
  }
  public struct Result: Hashable, Sendable {
    /// In the order of the places.
    public var rates: [Rate]
    /// Cases of all by size of all.
    public var all: Double
    /// The gamma's shape and rate. Infinite when the places differ by no more than chance: every shrunk rate is then the rate of all.
    public var shape: Double
    public var rate: Double
  }
  public enum Problem: Error, Hashable, Sendable {
    case noPlaces
    case negativeCases(place: Int)
    case size(place: Int)
    case credibility
    public var refusal: Refusal {
      switch self {
      case .noPlaces: Refusal(.invalid, "rates-no-places", "没有小区可供比较，请先选定范围。")
      case .negativeCases(let place): Refusal(.invalid, "rates-negative", "第 \(place + 1) 个小区的诉件数是负数，请改正。")
      case .size(let place): Refusal(.invalid, "rates-size", "第 \(place + 1) 个小区没有户数或户数为零，算不出比率，请补上户数。")
      case .credibility: Refusal(.invalid, "rates-credibility", "可信度应大于 0、小于 1。")
      }
    }
  }

  /// - Parameter credibility: of the interval; the same is left out at either end.
  public static func run(_ places: [Place], credibility: Double = 0.95) throws(Problem) -> Result {
    if places.isEmpty { throw .noPlaces }
    if !(credibility > 0 && credibility < 1) { throw .credibility }
    for (i, place) in places.enumerated() {
      if place.cases < 0 { throw .negativeCases(place: i) }
      if !(place.size > 0 && place.size.isFinite) { throw .size(place: i) }
    }
    let size = places.reduce(0) { $0 + $1.size }
    let cases = places.reduce(0) { $0 + $1.cases }
    let all = Double(cases) / size
    let prior = prior(places, mean: all)
    let tail = (1 - credibility) / 2
    // Of one rate for all the exact interval of a Poisson count (Garwood 1936).
    let least = cases == 0 ? 0 : Distributions.gammaQuantile(tail, shape: Double(cases)) / size
    let common = least...max(least, Distributions.gammaQuantile(1 - tail, shape: Double(cases + 1)) / size)
    var rates = places.map { place -> Rate in
      let raw = Double(place.cases) / place.size
      guard let prior else { return Rate(raw: raw, shrunk: all, interval: common, aboveAll: 0, rank: 0, rawRank: 0) }
      let shape = prior.shape + Double(place.cases)
      let rate = prior.rate + place.size
      let low = Distributions.gammaQuantile(tail, shape: shape) / rate
      let high = Distributions.gammaQuantile(1 - tail, shape: shape) / rate
      return Rate(
        raw: raw, shrunk: shape / rate, interval: low...max(low, high), aboveAll: 1 - Distributions.gamma(all * rate, shape: shape),
        rank: 0, rawRank: 0)
    }
    for (i, rank) in ranks(rates.map(\.shrunk)).enumerated() { rates[i].rank = rank }
    for (i, rank) in ranks(rates.map(\.raw)).enumerated() { rates[i].rawRank = rank }
    return Result(rates: rates, all: all, shape: prior?.shape ?? .infinity, rate: prior?.rate ?? .infinity)
  }

  private static func ranks(_ values: [Double]) -> [Int] {
    let sorted = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    var ranks = Array(repeating: 0, count: values.count)
    for (n, i) in sorted.enumerated() { ranks[i] = n > 0 && values[sorted[n - 1]] == values[i] ? ranks[sorted[n - 1]] : n + 1 }
    return ranks
  }

  /// Nil when the places differ by no more than chance, or there is but one, or no case.
  static func prior(_ places: [Place], mean: Double) -> (shape: Double, rate: Double)? {
    guard places.count > 1, mean > 0 else { return nil }
    let size = places.reduce(0) { $0 + $1.size }
    // Marshall: the variance of raw rates, weighted by size, less what Poisson gives.
    let spread = places.reduce(0.0) { sum, place in
      let off = Double(place.cases) / place.size - mean
      return sum + place.size * off * off
    }
    let moment = spread / size - mean / (size / Double(places.count))
    let start = moment > 0 ? mean * mean / moment : 1e4
    // The likelihood of the shape, with the best scale for it, over ln shape: a golden section is enough and cannot run away.
    var (low, high) = (log(start) - 8, log(start) + 8)
    let golden = (5.0.squareRoot() - 1) / 2
    var a = high - golden * (high - low)
    var b = low + golden * (high - low)
    var fa = profile(places, shape: exp(a), mean)
    var fb = profile(places, shape: exp(b), mean)
    while high - low > 1e-10 {
      if fa.likelihood > fb.likelihood {
        (high, b, fb) = (b, a, fa)
        a = high - golden * (high - low)
        fa = profile(places, shape: exp(a), mean)
      } else {
        (low, a, fa) = (a, b, fb)
        b = low + golden * (high - low)
        fb = profile(places, shape: exp(b), mean)
      }
    }
    let shape = exp((low + high) / 2)
    let best = profile(places, shape: shape, mean)
    // No better than one rate for all: nothing is known of how places differ.
    let poisson = places.reduce(0.0) { $0 + Double($1.cases) * log(mean * $1.size) - mean * $1.size }
    if best.likelihood <= poisson + 1e-9 { return nil }
    return (shape, best.rate)
  }

  /// The likelihood of the counts as negative binomial variables, up to what depends on the counts alone, at the best rate.
  private static func profile(_ places: [Place], shape: Double, _ mean: Double) -> (likelihood: Double, rate: Double) {
    // d/dβ: Σ α/β − (α + O)/(β + E) = 0. With m = α/β: Σ (O − m E) / (α + m E) = 0, which falls in m.
    func slope(_ m: Double) -> Double { places.reduce(0) { $0 + (Double($1.cases) - m * $1.size) / (shape + m * $1.size) } }
    var (low, high) = (mean / 2, mean * 2)
    while slope(low) < 0, low > mean * 1e-12 { low /= 4 }
    while slope(high) > 0, high < mean * 1e12 { high *= 4 }
    while high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    let m = (low + high) / 2
    let likelihood = places.reduce(0.0) { sum, place in
      let (o, e) = (Double(place.cases), m * place.size)
      // ln Γ(α+O)/Γ(α) − O ln(α + e) + O ln e − α ln(1 + e/α): the product form keeps its digits where α is large.
      let rising =
        place.cases < 200
        ? (0..<place.cases).reduce(0.0) { $0 + log((shape + Double($1)) / (shape + e)) }
        : Distributions.logGamma(shape + o) - Distributions.logGamma(shape) - o * log(shape + e)
      return sum + rising + (o > 0 ? o * log(e) : 0) - shape * log1p(e / shape)
    }
    return (likelihood, shape / m)
  }
}

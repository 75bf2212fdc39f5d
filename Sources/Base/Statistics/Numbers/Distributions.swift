import Foundation

/// Probabilities of the gamma and Student's t distribution, good to at least ten digits where the tests look.
enum Distributions {
  /// ln Γ(x) for x > 0 (Lanczos 1964, g = 7).
  static func logGamma(_ x: Double) -> Double {
    if x < 0.5 { return log(.pi / sin(.pi * x)) - logGamma(1 - x) }
    let terms = [
      0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13, -176.615_029_162_140_59,
      12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
    ]
    let y = x - 1
    var sum = terms[0]
    for (i, term) in terms.enumerated().dropFirst() { sum += term / (y + Double(i)) }
    let t = y + 7.5
    return 0.5 * log(2 * .pi) + (y + 0.5) * log(t) - t + log(sum)
  }

  /// The probability that a gamma variable of this shape and rate 1 is at most `x` (series below the mean, continued fraction above;
  /// Abramowitz and Stegun 6.5.29, 6.5.31).
  static func gamma(_ x: Double, shape a: Double) -> Double {
    if x <= 0 { return 0 }
    if x.isInfinite { return 1 }
    let front = exp(a * log(x) - x - logGamma(a))
    if x < a + 1 {
      var term = 1 / a
      var sum = term
      var n = a
      while abs(term) > abs(sum) * 1e-16 {
        n += 1
        term *= x / n
        sum += term
      }
      return min(1, front * sum)
    }
    return max(0, 1 - front * fraction { i in i == 0 ? (1, x + 1 - a) : (Double(i) * (a - Double(i)), x + 1 - a + 2 * Double(i)) })
  }

  /// The `x` at which `gamma` is `p`: from the cube of a normal (Wilson and Hilferty 1931), then Newton's steps held between bounds.
  static func gammaQuantile(_ p: Double, shape a: Double) -> Double {
    if p <= 0 { return 0 }
    if p >= 1 { return .infinity }
    let z = normalQuantile(p)
    let cube = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
    var x = a * cube * cube * cube
    if !(x > 0) || a < 0.5 { x = exp((log(p) + logGamma(a + 1)) / a) }
    return invert(p, from: x, { gamma($0, shape: a) }, { exp((a - 1) * log($0) - $0 - logGamma(a)) })
  }

  /// The probability that a variable of Student's distribution is at most `t`.
  static func student(_ t: Double, freedom: Double) -> Double {
    let tail = 0.5 * beta(freedom / (freedom + t * t), freedom / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }
  /// Two-sided; never below what a double can tell from 0.
  static func studentTails(_ t: Double, freedom: Double) -> Double {
    t.isFinite ? beta(freedom / (freedom + t * t), freedom / 2, 0.5) : 0
  }
  static func studentQuantile(_ p: Double, freedom n: Double) -> Double {
    if p == 0.5 { return 0 }
    if p < 0.5 { return -studentQuantile(1 - p, freedom: n) }
    let scale = logGamma((n + 1) / 2) - logGamma(n / 2) - 0.5 * log(n * .pi)
    return invert(
      p, from: max(1e-3, normalQuantile(p)), { student($0, freedom: n) }, { exp(scale - (n + 1) / 2 * log(1 + $0 * $0 / n)) })
  }

  /// The regularised incomplete beta function (Didonato and Morris 1992, their continued fraction by Lentz's method).
  static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
    let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x)) / a
    let value = fraction { i in
      if i == 0 { return (1, 1) }
      let m = Double((i - 1) / 2)
      if i % 2 == 0 {
        let n = Double(i / 2)
        return (n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n)), 1)
      }
      return (-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1)
    }
    return front * value
  }

  /// a₀ / (b₀ + a₁ / (b₁ + …)) by Lentz's method as Thompson and Barnett (1986) have it.
  private static func fraction(_ term: (Int) -> (a: Double, b: Double)) -> Double {
    let tiny = 1e-300
    var (f, c, d) = (tiny, tiny, 0.0)
    for i in 0..<100_000 {
      let (a, b) = term(i)
      d = b + a * d
      if d == 0 { d = tiny }
      c = b + a / c
      if c == 0 { c = tiny }
      d = 1 / d
      f *= c * d
      if i > 0, abs(c * d - 1) < 1e-15 { break }
    }
    return f
  }

  /// Good to three digits, as a place to begin (Abramowitz and Stegun 26.2.23).
  private static func normalQuantile(_ p: Double) -> Double {
    let tail = min(p, 1 - p)
    let t = (-2 * log(tail)).squareRoot()
    let z = t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)))
    return p < 0.5 ? -z : z
  }

  /// A positive `x` at which a rising function is `p`.
  private static func invert(_ p: Double, from start: Double, _ value: (Double) -> Double, _ slope: (Double) -> Double) -> Double {
    var (low, high) = (0.0, Double.infinity)
    var x = start
    for _ in 0..<200 {
      let miss = value(x) - p
      if miss > 0 { high = min(high, x) } else { low = max(low, x) }
      var next = x - miss / slope(x)
      if !(next > low && next < high) { next = high.isFinite ? (low + high) / 2 : 2 * x }
      if abs(next - x) <= 1e-14 * x { return next }
      x = next
    }
    return x
  }
}

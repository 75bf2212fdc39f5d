/// Weighted least squares whose errors may hang together within a cluster (Liang and Zeger 1986).
///
/// The covariance is (X'WX)⁻¹ (Σ X'Wu u'WX) (X'WX)⁻¹ · G/(G−1) · (n−1)/(n−k), and probabilities are Student's with G−1 degrees of
/// freedom (Cameron and Miller 2015, II.C and VI.D).
struct ClusteredRegression {
  private let width: Int
  private var gram: [Double]
  private var moment: [Double]
  private var rows: [(x: [Double], y: Double, weight: Double, cluster: Int)] = []

  init(width: Int) {
    self.width = width
    gram = Array(repeating: 0, count: width * width)
    moment = Array(repeating: 0, count: width)
  }

  mutating func add(_ x: [Double], _ y: Double, weight: Double, cluster: Int) {
    rows.append((x, y, weight, cluster))
    for i in 0..<width {
      for j in 0..<width { gram[i * width + j] += weight * x[i] * x[j] }
      moment[i] += weight * x[i] * y
    }
  }

  /// The coefficient at `place`; nil when the columns depend on each other or there is one cluster only.
  func estimate(_ place: Int, confidence: Double) -> Estimate? {
    guard let inverse = Self.inverse(gram, width) else { return nil }
    let coefficients = (0..<width).map { i in (0..<width).reduce(0.0) { $0 + inverse[i * width + $1] * moment[$1] } }
    var scores: [Int: [Double]] = [:]
    for row in rows {
      let fitted = (0..<width).reduce(0.0) { $0 + row.x[$1] * coefficients[$1] }
      let miss = row.weight * (row.y - fitted)
      for i in 0..<width { scores[row.cluster, default: Array(repeating: 0, count: width)][i] += miss * row.x[i] }
    }
    let clusters = scores.count
    guard clusters > 1, rows.count > width else { return nil }
    var variance = 0.0
    for cluster in scores.keys.sorted() {
      guard let score = scores[cluster] else { continue }
      let part = (0..<width).reduce(0.0) { $0 + inverse[place * width + $1] * score[$1] }
      variance += part * part
    }
    variance *= Double(clusters) / Double(clusters - 1) * Double(rows.count - 1) / Double(rows.count - width)
    let error = variance.squareRoot()
    let freedom = Double(clusters - 1)
    let reach = Distributions.studentQuantile(0.5 + confidence / 2, freedom: freedom) * error
    let value = coefficients[place]
    // Without any scatter, rounding is all there is.
    let still = error <= 1e-12 * max(1, abs(value))
    let p = still ? (abs(value) <= 1e-9 ? 1 : 0) : Distributions.studentTails(value / error, freedom: freedom)
    return Estimate(value: value, error: error, interval: (value - reach)...(value + reach), p: p)
  }

  /// Gauss and Jordan with pivots; the matrices have four columns.
  private static func inverse(_ matrix: [Double], _ n: Int) -> [Double]? {
    var a = matrix
    var b = (0..<(n * n)).map { $0 / n == $0 % n ? 1.0 : 0.0 }
    let scale = matrix.map(abs).max() ?? 0
    for column in 0..<n {
      guard let pivot = (column..<n).max(by: { abs(a[$0 * n + column]) < abs(a[$1 * n + column]) }),
        abs(a[pivot * n + column]) > 1e-12 * scale
      else { return nil }
      for j in 0..<n {
        a.swapAt(pivot * n + j, column * n + j)
        b.swapAt(pivot * n + j, column * n + j)
      }
      let by = a[column * n + column]
      for j in 0..<n {
        a[column * n + j] /= by
        b[column * n + j] /= by
      }
      for i in 0..<n where i != column {
        let times = a[i * n + column]
        for j in 0..<n {
          a[i * n + j] -= times * a[column * n + j]
          b[i * n + j] -= times * b[column * n + j]
        }
      }
    }
    return b
  }
}

import Foundation

/// Kulldorff's likelihood ratio for a Poisson model, given that `total` cases were counted.
public enum ScanLikelihood {
  /// c ln(c/μ) + (C−c) ln((C−c)/(C−μ)) where more was counted than expected, else 0. Never not a number.
  public static func logRatio(cases: Int, expected: Double, total: Int) -> Double {
    let (c, whole) = (Double(cases), Double(total))
    guard c > expected, expected > 0, expected < whole, cases <= total else { return 0 }
    let inside = c * log(c / expected)
    return cases == total ? inside : inside + (whole - c) * log((whole - c) / (whole - expected))
  }

  /// The fewest cases, at least `from`, whose ratio against this expectation is above `bar`; nil when no number reaches it.
  /// For a given number of cases the ratio falls as the expectation grows, so a window that expects more needs at least as many.
  static func fewest(above bar: Double, expected: Double, total: Int, from: Int) -> Int? {
    func passes(_ cases: Int) -> Bool { Double(cases) > expected && logRatio(cases: cases, expected: expected, total: total) > bar }
    if from > total { return nil }
    if expected <= 0 || passes(from) { return from }
    var low = from
    var step = 1
    while !passes(min(total, low + step)) {
      if low + step >= total { return nil }
      low += step
      step *= 2
    }
    var high = min(total, low + step)
    while high - low > 1 {
      let middle = (low + high) / 2
      if passes(middle) { high = middle } else { low = middle }
    }
    return high
  }
}

/// Steps of population, fine enough that a step changes the number of cases needed by little.
///
/// What a circle expects in a window is at least its level's least times what all places expect in that window. Where expectations
/// are place × period that is exact up to the width of a step.
struct ScanLevels: Sendable {
  /// The least of each level; level 0 is everything below the first step.
  let least: [Double]
  /// What all places expect in the window that expects most.
  let widest: Double
  static let most = 32_000

  init(smallest: Double, widest: Double) {
    self.widest = widest
    var least = [0.0]
    var at = max(smallest * (1 - 1e-9), 1e-12)
    while at <= 1, least.count < Self.most {
      least.append(at)
      let wanted = at * widest
      at *= 1 + min(0.02, max(0.000_5, 0.2 / max(wanted, 1e-9).squareRoot()))
    }
    self.least = least
  }

  /// The level of a population that is no less than the one `from` was found for.
  func level(_ population: Double, from: Int = 0) -> Int {
    let safe = population * (1 - 1e-9)
    var level = from
    while level + 1 < least.count, least[level + 1] <= safe { level += 1 }
    return level
  }
}

/// How many cases a window must have before its ratio can be above a bar, for every level of population.
///
/// One row for each level, laid out as the kernels read it. What is stored is the number less one, so that subtracting the cases
/// gives something negative exactly where they suffice.
final class ScanBars<V: LaneVector>: @unchecked Sendable {
  let bar: Double
  /// Vectors in a row.
  let stride: Int
  private let rows: UnsafeMutablePointer<V>
  private let count: Int

  init(bar: Double, levels: ScanLevels, whole: [Double], windows: ScanWindows, layout: ScanLayout, total: Int, cases: Int) {
    self.bar = bar
    stride = layout.barLanes / V.width
    count = levels.least.count * stride
    rows = .allocate(capacity: count)
    rows.initialize(repeating: V.same(V.Scalar.max), count: count)
    let lanes = UnsafeMutableRawPointer(rows).assumingMemoryBound(to: V.Scalar.self)
    // Windows that expect the same need the same; without seasons that is all of one length.
    var known: [Double: [V.Scalar]] = [:]
    windows.each { before, length in
      let lane = layout.lane(windows, before: before, length: length)
      let wanted = whole[before + length - 1] - (before > 0 ? whole[before - 1] : 0)
      if wanted <= 0 { return }
      // Sums that differ by rounding only are one; what is a little less than true is still a bound.
      let rounded = max(0, wanted * (1 - 1e-9) - 1e-9)
      let key = (wanted * 1e9).rounded()
      let column = known[key] ?? Self.column(bar, levels, rounded, total, cases)
      known[key] = column
      for level in levels.least.indices { lanes[level * stride * V.width + lane] = column[level] }
    }
  }
  deinit { rows.deallocate() }

  @inline(__always)
  func row(_ level: Int) -> UnsafePointer<V> { UnsafePointer(rows + level * stride) }

  private static func column(_ bar: Double, _ levels: ScanLevels, _ wanted: Double, _ total: Int, _ cases: Int) -> [V.Scalar] {
    var from: Int? = cases
    return levels.least.map { least in
      if let start = from { from = ScanLikelihood.fewest(above: bar, expected: least * wanted, total: total, from: start) }
      return from.map { V.Scalar(clamping: $0 - 1) } ?? V.Scalar.max
    }
  }
}

/// Where the kernels find a window in a row of bars.
struct ScanLayout: Sendable {
  /// Lanes of a place's row of cases, filled up.
  let lanes: Int
  let barLanes: Int
  /// For every eight first periods of intervals: where their bars begin, eight lanes for each length.
  let starts: [Int]

  init(_ windows: ScanWindows, width: Int) {
    func filled(_ count: Int) -> Int { (count + width - 1) / width * width }
    switch windows.time {
    case .alive:
      lanes = filled(windows.lanes)
      barLanes = lanes
      starts = []
    case .ever:
      // The kernel reads up to eight lanes beyond the last.
      lanes = filled(windows.lanes + 8)
      var next = 0
      var starts: [Int] = []
      for before in stride(from: 0, through: windows.periods - windows.shortest, by: 8) {
        starts.append(next)
        next += 8 * (min(windows.longest, windows.periods - before) - windows.shortest + 1)
      }
      self.starts = starts
      barLanes = filled(next)
    }
  }

  func lane(_ windows: ScanWindows, before: Int, length: Int) -> Int {
    windows.time == .alive ? length - 1 : starts[before / 8] + 8 * (length - windows.shortest) + before % 8
  }
}

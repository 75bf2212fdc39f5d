import Foundation
import Kernel

/// The intervals of a scan, told by lanes: running sums over time of a place's cases.
///
/// For what is alive lane 0 is the last period and lane k the last k + 1 periods; else lanes run forward in time.
struct ScanWindows: Sendable {
  let time: ScanOptions.Time
  let periods: Int
  let shortest: Int
  let longest: Int
  var lanes: Int { time == .alive ? longest : periods }
  var count: Int {
    switch time {
    case .alive: longest - shortest + 1
    case .ever: (shortest...longest).reduce(0) { $0 + periods - $1 + 1 }
    }
  }
  func each(_ body: (_ before: Int, _ length: Int) -> Void) {
    for length in shortest...longest {
      for before in 0...(time == .alive ? 0 : periods - length) { body(before, length) }
    }
  }
  /// The lane that a period's cases are added to first; nil when no window reaches it.
  func lane(_ period: Int) -> Int? {
    switch time {
    case .alive: periods - 1 - period < longest ? periods - 1 - period : nil
    case .ever: period
    }
  }
  /// - Parameters: a window begins after `before` lanes and is `length` long; what is alive has nothing before.
  func range(before: Int, length: Int) -> ClosedRange<Int> {
    switch time {
    case .alive: (periods - length)...(periods - 1)
    case .ever: before...(before + length - 1)
    }
  }
}

/// What is scanned once the input was checked: places in an order that keeps neighbours together, expectations by lane.
struct ScanField: Sendable {
  /// Places of the input, along a Hilbert curve: rows of neighbours then lie near each other in memory.
  var places: [Int] = []
  /// Kilometres in a plane.
  var x: [Double] = []
  var y: [Double] = []
  var windows: ScanWindows
  /// Whether every place expects the same part of its whole in each period.
  var proportional: Bool
  /// Expected cases of each place by lane: `expected[place * lanes + lane]`; and the same summed over lanes.
  var expected: [Double] = []
  var cumulative: [Double] = []
  /// Each place's part of what is expected over all periods.
  var share: [Double] = []
  /// Cases of each place by lane, not summed.
  var cases: [Int32] = []
  var total = 0
  var warnings: [ScanWarning] = []
  var count: Int { places.count }

  /// What all places expect in a window.
  func whole() -> [Double] {
    let lanes = windows.lanes
    var sum = [Double](repeating: 0, count: lanes)
    for place in 0..<count {
      for lane in 0..<lanes { sum[lane] += cumulative[place * lanes + lane] }
    }
    return sum
  }
}

extension ScanField {
  init(checking input: ScanInput, _ options: ScanOptions) throws(ScanProblem) {
    try Self.check(options)
    if input.places.isEmpty { throw .noPlaces }
    if input.periods < 1 { throw .noPeriods }
    let periods = input.periods
    let longest = min(periods, max(1, options.longest ?? periods / 2))
    if options.shortest > longest { throw .option("最短 \(options.shortest) 个时段，比最长的 \(longest) 个还长，请改正。") }
    windows = ScanWindows(time: options.time, periods: periods, shortest: options.shortest, longest: longest)
    if case .expected = input.baseline { proportional = false } else { proportional = true }
    var seen: Set<String> = []
    for place in input.places where !seen.insert(place.id).inserted { throw .sameID(place.id) }
    var counted = [Int32](repeating: 0, count: input.places.count * periods)
    for count in input.counts {
      guard input.places.indices.contains(count.place), (0..<periods).contains(count.period) else {
        throw .unknownCell(place: count.place, period: count.period)
      }
      let cell = count.place * periods + count.period
      let (sum, overflow) = counted[cell].addingReportingOverflow(Int32(clamping: count.cases))
      if count.cases < 0 || overflow {
        throw .negativeCount(place: input.places[count.place].id, period: count.period, cases: count.cases)
      }
      counted[cell] = sum
    }
    let expected = try Self.expected(input)
    try choose(input, options, counted, expected)
    try fill(input, counted, expected)
  }

  private static func check(_ options: ScanOptions) throws(ScanProblem) {
    if !(options.share > 0 && options.share <= 1) { throw .option("圆内份额应大于 0、不超过 1，现为 \(options.share)。") }
    if let radius = options.radius, !(radius >= 0 && radius.isFinite) { throw .option("最大半径应是不小于 0 的公里数。") }
    if options.shortest < 1 { throw .option("最短时段数至少为 1。") }
    if let longest = options.longest, longest < 1 { throw .option("最长时段数至少为 1。") }
    if options.neighbours < 1 || options.cases < 1 || options.clusters < 1 || options.threads < 1 {
      throw .option("圆内小区数上限、最少诉件数、聚集区个数和线程数都至少为 1。")
    }
    switch options.replications {
    case .full(let count): if !(0...999_999).contains(count) { throw .option("模拟次数应在 0 至 999999 之间。") }
    case .until(let extreme, let most):
      if extreme < 1 || !(1...999_999).contains(most) { throw .option("模拟次数应在 1 至 999999 之间，提前停止的次数至少为 1。") }
    }
  }

  /// For each place and period; zero where a place expects nothing, and nothing that is no number.
  private static func expected(_ input: ScanInput) throws(ScanProblem) -> [Double] {
    let periods = input.periods
    func sound(_ value: Double?) -> Double { value.map { $0.isFinite && $0 > 0 ? $0 : 0 } ?? 0 }
    switch input.baseline {
    case .population: return input.places.flatMap { Array(repeating: sound($0.population), count: periods) }
    case .seasonal(let weights):
      guard weights.count == periods, weights.allSatisfy({ $0 >= 0 && $0.isFinite }), weights.contains(where: { $0 > 0 }) else {
        throw .weights
      }
      return input.places.flatMap { place in weights.map { sound(place.population) * $0 } }
    case .expected(let cells):
      guard cells.count == input.places.count * periods, cells.allSatisfy({ $0 >= 0 && $0.isFinite }), cells.contains(where: { $0 > 0 })
      else {
        throw .expected
      }
      return cells
    }
  }

  /// Which places take part.
  private mutating func choose(
    _ input: ScanInput, _ options: ScanOptions, _ counted: [Int32], _ expected: [Double]
  ) throws(ScanProblem) {
    let periods = input.periods
    var (lost, outside, empty): ([Int], [Int], [Int]) = ([], [], [])
    for (i, place) in input.places.enumerated() {
      guard let at = place.coordinates else {
        lost.append(i)
        continue
      }
      if let region = options.region, !region.latitude.contains(at.latitude) || !region.longitude.contains(at.longitude) {
        outside.append(i)
      } else if expected[(i * periods)..<((i + 1) * periods)].allSatisfy({ $0 == 0 }) {
        empty.append(i)
      } else {
        places.append(i)
      }
    }
    func names(_ chosen: [Int]) -> [String] { chosen.map { input.places[$0].id } }
    func cases(_ chosen: [Int]) -> Int {
      chosen.reduce(0) { sum, i in sum + (0..<periods).reduce(0) { $0 + Int(counted[i * periods + $1]) } }
    }
    if !lost.isEmpty { warnings.append(.withoutCoordinates(places: names(lost), cases: cases(lost))) }
    if !outside.isEmpty { warnings.append(.outsideRegion(places: names(outside), cases: cases(outside))) }
    if !empty.isEmpty { warnings.append(.withoutPopulation(places: names(empty), cases: cases(empty))) }
    if places.isEmpty { throw .nothingLeft(warnings) }
    var first: [Coordinates: Int] = [:]
    var twins: Set<Int> = []
    for i in places {
      guard let at = input.places[i].coordinates else { continue }
      if let other = first[at] { twins.formUnion([other, i]) } else { first[at] = i }
    }
    if !twins.isEmpty { warnings.append(.samePosition(places: names(twins.sorted()))) }
    order(input)
  }

  /// A plane that is true at the middle: within a city the error is below a thousandth.
  private mutating func order(_ input: ScanInput) {
    let positions = places.map { input.places[$0].coordinates }
    let latitudes = positions.map { $0?.latitude ?? 0 }
    let longitudes = positions.map { $0?.longitude ?? 0 }
    let middle = ((latitudes.min() ?? 0) + (latitudes.max() ?? 0)) / 2
    let degree = 6371.0088 * Double.pi / 180
    let east = longitudes.map { $0 * degree * cos(middle * Double.pi / 180) }
    let north = latitudes.map { $0 * degree }
    let west = east.min() ?? 0
    let south = north.min() ?? 0
    let side = max((east.max() ?? 0) - west, (north.max() ?? 0) - south, 1e-9)
    let keys = places.indices.map { HilbertCurve.place((east[$0] - west) / side, (north[$0] - south) / side) }
    let sorted = places.indices.sorted { (keys[$0], places[$0]) < (keys[$1], places[$1]) }
    x = sorted.map { east[$0] }
    y = sorted.map { north[$0] }
    places = sorted.map { places[$0] }
  }

  private mutating func fill(_ input: ScanInput, _ counted: [Int32], _ expected: [Double]) throws(ScanProblem) {
    let periods = input.periods
    let lanes = windows.lanes
    var whole = 0.0
    for place in places {
      for period in 0..<periods {
        let cell = place * periods + period
        if counted[cell] > 0, expected[cell] == 0 { throw .casesWithoutExpectation(place: input.places[place].id, period: period) }
        total += Int(counted[cell])
        whole += expected[cell]
      }
    }
    if total == 0 { throw .noCases }
    if total < 5 { warnings.append(.fewCases(total)) }
    let scale = Double(total) / whole
    self.expected = Array(repeating: 0, count: count * lanes)
    cases = Array(repeating: 0, count: count * lanes)
    share = Array(repeating: 0, count: count)
    for (n, place) in places.enumerated() {
      for period in 0..<periods {
        let cell = place * periods + period
        share[n] += expected[cell] / whole
        guard let lane = windows.lane(period) else { continue }
        self.expected[n * lanes + lane] = expected[cell] * scale
        cases[n * lanes + lane] = counted[cell]
      }
    }
    cumulative = self.expected
    for n in places.indices {
      for lane in stride(from: 1, to: lanes, by: 1) { cumulative[n * lanes + lane] += cumulative[n * lanes + lane - 1] }
    }
  }
}

/// Hilbert's curve on a grid of 2¹⁶ by 2¹⁶.
enum HilbertCurve {
  /// - Parameters: both from 0 to 1.
  static func place(_ u: Double, _ v: Double) -> UInt64 {
    var x = UInt64(max(0, min(65_535, u * 65_535)))
    var y = UInt64(max(0, min(65_535, v * 65_535)))
    var key: UInt64 = 0
    var side: UInt64 = 32_768
    while side > 0 {
      let right: UInt64 = x & side > 0 ? 1 : 0
      let upper: UInt64 = y & side > 0 ? 1 : 0
      key += side * side * ((3 * right) ^ upper)
      if upper == 0 {
        if right == 1 {
          x = 65_535 - x
          y = 65_535 - y
        }
        swap(&x, &y)
      }
      side /= 2
    }
    return key
  }
}

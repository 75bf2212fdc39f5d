import Foundation
import Synchronization

/// Kulldorff's space-time scan: where and when were there more complaints than the places' size explains, and could it be chance?
///
///     let result = try await SpaceTimeScan.run(input, options)
///     for cluster in result.clusters where cluster.p <= 0.05 { … }
///
/// The same input, options and seed give the same result, whatever the number of threads. Cancelling the task ends it. Other tasks get their
/// turn between replications; a process that also answers requests should use one thread.
public enum SpaceTimeScan {
  /// - Parameter progress: told from time to time how many replications are done.
  /// - Throws: `ScanProblem`, `CancellationError`.
  public static func run(
    _ input: ScanInput, _ options: ScanOptions = ScanOptions(), progress: (@Sendable (Int) -> Void)? = nil
  ) async throws -> ScanResult {
    try await ScanRun(try ScanField(checking: input, options), options, progress).result()
  }
}

struct ScanRun: Sendable {
  let field: ScanField
  let options: ScanOptions
  let progress: (@Sendable (Int) -> Void)?
  let whole: [Double]
  let levels: ScanLevels
  /// Ratios that are equal in truth may differ in their last digits.
  static let tolerance = 1e-10

  init(_ field: ScanField, _ options: ScanOptions, _ progress: (@Sendable (Int) -> Void)?) throws(ScanProblem) {
    self.field = field
    self.options = options
    self.progress = progress
    whole = field.whole()
    var widest = 0.0
    let whole = whole
    field.windows.each { widest = max(widest, whole[$0 + $1 - 1] - ($0 > 0 ? whole[$0 - 1] : 0)) }
    var smallest = 1.0
    var sum = PopulationSum(field, whole: whole)
    for place in 0..<field.count {
      sum.reset()
      let population = sum.adding(place)
      if population > 0 { smallest = min(smallest, population) }
    }
    levels = ScanLevels(smallest: smallest, widest: widest)
    let row = ScanLayout(field.windows, width: 32).barLanes
    let bytes = field.count * min(field.count, options.neighbours) * 6 + 12 * levels.least.count * row * 4
    if bytes > 6 << 30 { throw .tooLarge(gigabytes: bytes >> 30) }
  }

  func result() async throws -> ScanResult {
    var circles = try await around()
    var warnings = field.warnings
    if circles.cut > 0 { warnings.append(.circlesCut(places: circles.cut, neighbours: options.neighbours)) }
    circles.divide(levels: levels, bar: 4, time: field.windows.time)
    let found = apart(try await strongest(circles), circles)
    var clusters: [ScanCluster] = []
    var made = 0
    if let first = found.first, let last = found.last {
      var ladder = [last.ratio * (1 - 2 * Self.tolerance)]
      // Beyond the first cluster's ratio nothing needs to be known.
      let step = field.windows.time == .alive ? 0.5 : 1
      while ladder.count < (field.windows.time == .alive ? 30 : 12), let top = ladder.last, top + step < first.ratio {
        ladder.append(top + step)
      }
      circles.divide(levels: levels, bar: max(last.ratio, 6), time: field.windows.time)
      let extremes = try await replicate(circles, ladder, enough: first.ratio * (1 - Self.tolerance))
      made = extremes.count
      clusters = found.enumerated().map { rank, best in cluster(rank + 1, best, circles, extremes) }
    }
    return ScanResult(
      clusters: clusters, warnings: warnings, places: field.count, cases: field.total, replications: made,
      cylinders: circles.closed * field.windows.count)
  }

  // MARK: Steps

  private func around() async throws -> ScanCircles {
    let parts = try await spread(Self.stretches(field.count, of: 500)) { stretch in
      ScanCircles(field, centres: stretch, levels: levels, whole: whole, options: options)
    }
    var circles = ScanCircles()
    circles.neighbours.reserveCapacity(parts.reduce(0) { $0 + $1.neighbours.count })
    circles.levels.reserveCapacity(circles.neighbours.capacity)
    for part in parts { circles.append(part) }
    return circles
  }

  private func ground<V: LaneVector>(_ circles: ScanCircles, _ ladder: [Double]) async throws -> ScanGround<V> {
    let layout = ScanLayout(field.windows, width: V.width)
    let bars = try await spread(ladder) { bar in
      ScanBars<V>(
        bar: bar, levels: levels, whole: whole, windows: field.windows, layout: layout, total: field.total, cases: options.cases)
    }
    return ScanGround(field: field, circles: circles, levels: levels, layout: layout, whole: whole, bars: bars, fewest: options.cases)
  }

  /// The strongest cylinder around each place.
  private func strongest(_ circles: ScanCircles) async throws -> [ScanBest] {
    switch (mostCounted(circles) < Self.short, narrow) {
    case (true, true): try await strongest(circles, Short8.self)
    case (true, false): try await strongest(circles, Short32.self)
    case (false, true): try await strongest(circles, Long8.self)
    case (false, false): try await strongest(circles, Long32.self)
    }
  }
  private func strongest<V: LaneVector>(_ circles: ScanCircles, _: V.Type) async throws -> [ScanBest] {
    let ground: ScanGround<V> = try await ground(circles, [0, 1, 2, 4, 6, 8, 12, 20, 40, 100, 400, 2000])
    let parts = try await spread(Self.stretches(field.count, of: max(100, field.count / 32))) { stretch in
      let search = ScanSearch(ground)
      search.load()
      return stretch.map { centre in
        var best = ScanBest()
        search.search(centre..<(centre + 1), enough: .infinity, &best)
        return best
      }
    }
    return parts.flatMap(\.self)
  }

  /// The strongest, then the strongest of those that share no place with it, and so on.
  private func apart(_ found: [ScanBest], _ circles: ScanCircles) -> [ScanBest] {
    var taken = Array(repeating: false, count: field.count)
    var chosen: [ScanBest] = []
    let sorted = found.filter { $0.ratio > 0 }.sorted {
      ($1.ratio, $0.neighbours, field.places[$0.centre]) < ($0.ratio, $1.neighbours, field.places[$1.centre])
    }
    for best in sorted where chosen.count < options.clusters {
      let start = circles.starts[best.centre]
      let inside = circles.neighbours[start..<(start + best.neighbours)]
      if inside.contains(where: { taken[Int($0)] }) { continue }
      for place in inside { taken[Int(place)] = true }
      chosen.append(best)
    }
    return chosen
  }

  /// Whether eight lanes hold all.
  private var narrow: Bool { field.windows.lanes + (field.windows.time == .ever ? 8 : 0) <= 8 }
  /// Sixteen bits hold so much, at half the cost of thirty-two.
  private static let short = 32_000

  /// The most cases in the windows of any circle.
  private func mostCounted(_ circles: ScanCircles) -> Int {
    let lanes = field.windows.lanes
    let counted = (0..<field.count).map { place in (0..<lanes).reduce(0) { $0 + Int(field.cases[place * lanes + $1]) } }
    return (0..<field.count).reduce(0) { most, centre in
      max(most, circles.neighbours[circles.starts[centre]..<circles.starts[centre + 1]].reduce(0) { $0 + counted[Int($1)] })
    }
  }

  /// The strongest ratio of each replication, as far as it matters: at least `enough`, or below all clusters, is said no more exactly.
  private func replicate(_ circles: ScanCircles, _ ladder: [Double], enough: Double) async throws -> [Double] {
    // What is drawn into a circle varies, but twenty deviations above the mean never come.
    let lanes = field.windows.lanes
    let mean = (0..<field.count).reduce(0.0) { most, centre in
      max(
        most,
        circles.neighbours[circles.starts[centre]..<circles.starts[centre + 1]].reduce(0.0) {
          $0 + field.cumulative[Int($1) * lanes + lanes - 1]
        })
    }
    let most = min(Double(field.total), mean + 20 * mean.squareRoot() + 20)
    return switch (most < Double(Self.short), narrow) {
    case (true, true): try await replicate(circles, ladder, enough: enough, Short8.self)
    case (true, false): try await replicate(circles, ladder, enough: enough, Short32.self)
    case (false, true): try await replicate(circles, ladder, enough: enough, Long8.self)
    case (false, false): try await replicate(circles, ladder, enough: enough, Long32.self)
    }
  }
  private func replicate<V: LaneVector>(
    _ circles: ScanCircles, _ ladder: [Double], enough: Double, _: V.Type
  ) async throws -> [Double] {
    let (most, extreme) =
      switch options.replications {
      case .full(let count): (count, Int.max)
      case .until(let extreme, let most): (most, extreme)
      }
    if most == 0 { return [] }
    let ground: ScanGround<V> = try await ground(circles, ladder)
    var weights = field.expected
    weights.append(max(0, Double(field.total) - (whole.last ?? 0)))
    let cells = AliasTable(weights)
    let searches = (0..<options.threads).map { _ in ScanSearch(ground) }
    var ratios: [Double] = []
    var extremes = 0
    while ratios.count < most {
      // A wave is short enough to be cancelled and to end soon after enough was seen.
      let wave = min(most - ratios.count, 32 * options.threads)
      let next = Turns()
      let results = try await withThrowingTaskGroup(of: [(Int, Double)].self) { group in
        let offset = ratios.count
        for search in searches {
          group.addTask { try await Self.take(wave, offset, search, cells, options.seed, enough, next) }
        }
        return try await group.reduce(into: Array(repeating: 0.0, count: wave)) { all, part in
          for (n, ratio) in part { all[n] = ratio }
        }
      }
      for ratio in results {
        ratios.append(ratio)
        if ratio >= enough { extremes += 1 }
        if extremes == extreme { return ratios }
      }
      progress?(ratios.count)
    }
    return ratios
  }

  private static func take<V: LaneVector>(
    _ wave: Int, _ offset: Int, _ search: ScanSearch<V>, _ cells: AliasTable, _ seed: UInt64, _ enough: Double, _ turns: Turns
  ) async throws -> [(Int, Double)] {
    var done: [(Int, Double)] = []
    while let n = turns.next(below: wave) {
      try Task.checkCancellation()
      var random = SeededRandom(seed: seed, stream: UInt64(offset + n + 1))
      search.draw(cells, &random)
      var best = ScanBest()
      search.search(0..<search.ground.field.count, enough: enough, &best)
      done.append((n, best.ratio))
      // Whoever else wants this thread has it after every replication.
      await Task.yield()
    }
    return done
  }

  private func cluster(_ rank: Int, _ best: ScanBest, _ circles: ScanCircles, _ extremes: [Double]) -> ScanCluster {
    let start = circles.starts[best.centre]
    let inside = circles.neighbours[start..<(start + best.neighbours)].map { Int($0) }
    let edge = inside.last ?? best.centre
    let (dx, dy) = (field.x[edge] - field.x[best.centre], field.y[edge] - field.y[best.centre])
    let outside = Double(field.total) - best.expected
    let risk =
      best.cases == field.total
      ? Double.infinity : (Double(best.cases) / best.expected) / (Double(field.total - best.cases) / outside)
    let stronger = extremes.reduce(0) { $0 + ($1 >= best.ratio * (1 - Self.tolerance) ? 1 : 0) }
    var p = Double(stronger + 1) / Double(extremes.count + 1)
    // Besag and Clifford: stopped at the h-th extreme one of l, it is h / l.
    if case .until(let extreme, _) = options.replications, stronger == extreme, rank == 1 { p = Double(stronger) / Double(extremes.count) }
    return ScanCluster(
      rank: rank, places: inside.map { field.places[$0] }, radius: (dx * dx + dy * dy).squareRoot(),
      periods: field.windows.range(before: best.before, length: best.length), observed: best.cases, expected: best.expected,
      relativeRisk: risk, logLikelihoodRatio: best.ratio, p: p)
  }

  /// Work on as many threads as wanted, the results in the order of the parts.
  private func spread<Part: Sendable, Made: Sendable>(
    _ parts: [Part], _ body: @escaping @Sendable (Part) throws -> Made
  ) async throws -> [Made] {
    let turns = Turns()
    let made = try await withThrowingTaskGroup(of: [(Int, Made)].self) { group in
      for _ in 0..<min(options.threads, parts.count) {
        group.addTask {
          var mine: [(Int, Made)] = []
          while let n = turns.next(below: parts.count) {
            try Task.checkCancellation()
            mine.append((n, try body(parts[n])))
            await Task.yield()
          }
          return mine
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    return made.sorted { $0.0 < $1.0 }.map(\.1)
  }
  private static func stretches(_ count: Int, of length: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: length).map { $0..<min(count, $0 + length) }
  }
}

/// Hands out numbers to threads.
private final class Turns: Sendable {
  private let taken = Atomic(0)
  func next(below count: Int) -> Int? {
    let n = taken.add(1, ordering: .relaxed).oldValue
    return n < count ? n : nil
  }
}

/// All that a search needs and no replication changes.
struct ScanGround<V: LaneVector>: Sendable {
  let field: ScanField
  let circles: ScanCircles
  let levels: ScanLevels
  let layout: ScanLayout
  /// What all places expect, summed over lanes.
  let whole: [Double]
  /// By their bars, rising.
  let bars: [ScanBars<V>]
  let fewest: Int
}

/// The strongest cylinder found so far.
struct ScanBest: Sendable {
  var ratio = 0.0
  var centre = 0
  var neighbours = 0
  var before = 0
  var length = 0
  var cases = 0
  var expected = 0.0
  /// Which bars must be passed to be stronger.
  var rung = 0
}

/// One thread's table of cases and the search through it.
///
/// The search is exact: whatever is passed over is proven to be no stronger than what was found.
final class ScanSearch<V: LaneVector>: @unchecked Sendable {
  let ground: ScanGround<V>
  /// Vectors in the row of a place.
  private let width: Int
  private let rows: UnsafeMutablePointer<V>
  /// Running sums of the circle at hand, for intervals: seven lanes unused, one of zero, then the lanes.
  /// They may overflow: only differences count, and those are small enough.
  private let sums: UnsafeMutableBufferPointer<V.Scalar>
  /// Copies from before a block and its parts.
  private let saved: [UnsafeMutableBufferPointer<V.Scalar>]
  private var expectation: ScanExpectation

  init(_ ground: ScanGround<V>) {
    self.ground = ground
    width = ground.layout.lanes / V.width
    expectation = ScanExpectation(ground.field, whole: ground.whole)
    rows = .allocate(capacity: ground.field.count * width)
    rows.initialize(repeating: V.same(0), count: ground.field.count * width)
    sums = .allocate(capacity: 8 + ground.layout.lanes)
    sums.initialize(repeating: 0)
    saved = (0..<Self.depth).map { _ in .allocate(capacity: 8 + ground.layout.lanes) }
    for copy in saved { copy.initialize(repeating: 0) }
  }
  deinit {
    rows.deallocate()
    sums.deallocate()
    for copy in saved { copy.deallocate() }
  }

  /// Takes up what was counted.
  func load() {
    let lanes = ground.field.windows.lanes
    fill { table in
      for place in 0..<ground.field.count {
        for lane in 0..<lanes {
          table[place * ground.layout.lanes + lane] = V.Scalar(truncatingIfNeeded: ground.field.cases[place * lanes + lane])
        }
      }
    }
  }
  /// Draws as many cases as were counted, each by what is expected of its place and period.
  func draw(_ cells: AliasTable, _ random: inout SeededRandom) {
    let lanes = ground.field.windows.lanes
    let outside = ground.field.count * lanes
    let gap = ground.layout.lanes - lanes
    fill { table in
      for _ in 0..<ground.field.total {
        let cell = cells.draw(&random)
        if cell < outside { table[cell + (gap == 0 ? 0 : cell / lanes * gap)] &+= 1 }
      }
    }
  }

  private func fill(_ body: (UnsafeMutablePointer<V.Scalar>) -> Void) {
    let count = ground.field.count
    let lanes = ground.layout.lanes
    rows.update(repeating: V.same(0), count: count * width)
    let table = UnsafeMutableRawPointer(rows).assumingMemoryBound(to: V.Scalar.self)
    body(table)
    for place in 0..<count {
      var sum: V.Scalar = 0
      for lane in (place * lanes)..<((place + 1) * lanes) {
        sum &+= table[lane]
        table[lane] = sum
      }
    }
  }

  /// Looks for something stronger than `best` around these centres; ends early once `enough` is reached.
  func search(_ centres: Range<Int>, enough: Double, _ best: inout ScanBest) {
    for centre in centres {
      switch ground.field.windows.time {
      case .alive: for chunk in 0..<width { alive(centre, chunk, &best) }
      case .ever: ever(centre, &best)
      }
      if best.ratio >= enough { return }
    }
  }

  // MARK: What reaches into the present: a lane is a window

  private func alive(_ centre: Int, _ chunk: Int, _ best: inout ScanBest) {
    ground.circles.neighbours.withUnsafeBufferPointer { neighbours in
      ground.circles.blocks.withUnsafeBufferPointer { blocks in
        let start = ground.circles.starts[centre]
        var sum = V.same(0)
        var from = start
        var bars = ground.bars[best.rung]
        for b in ground.circles.blockStarts[centre]..<ground.circles.blockStarts[centre + 1] {
          let block = blocks[b]
          let to = start + Int(block.end)
          let before = sum
          for n in from..<to { sum = sum.plus(rows[Int(neighbours[n]) &* width &+ chunk]) }
          if bars.row(Int(block.level))[chunk].minus(sum).anyNegative {
            aliveWithin(centre, chunk, from..<to, before, &best)
            bars = ground.bars[best.rung]
          }
          from = to
        }
      }
    }
  }

  @inline(never)
  private func aliveWithin(_ centre: Int, _ chunk: Int, _ block: Range<Int>, _ before: V, _ best: inout ScanBest) {
    var sum = before
    for n in block {
      sum = sum.plus(rows[Int(ground.circles.neighbours[n]) * width + chunk])
      let level = ground.circles.levels[n]
      if level & ScanCircles.open != 0 { continue }
      let bar = ground.bars[best.rung].row(Int(level))[chunk]
      if !bar.minus(sum).anyNegative { continue }
      withUnsafeBytes(of: sum) { counts in
        for lane in 0..<V.width {
          let cases = Int(counts.load(fromByteOffset: lane * MemoryLayout<V.Scalar>.stride, as: V.Scalar.self))
          let length = chunk * V.width + lane + 1
          if length < ground.field.windows.shortest || length > ground.field.windows.longest { continue }
          weigh(centre, n, Int(level), cases, before: 0, length: length, &best)
        }
      }
    }
  }

  // MARK: Every interval: a lane is a period

  private func ever(_ centre: Int, _ best: inout ScanBest) {
    sums.update(repeating: 0)
    let start = ground.circles.starts[centre]
    var from = start
    for b in ground.circles.blockStarts[centre]..<ground.circles.blockStarts[centre + 1] {
      let block = ground.circles.blocks[b]
      let to = start + Int(block.end)
      part(centre, from..<to, level: Int(block.level), 0, &best)
      from = to
    }
  }

  private static var depth: Int { 8 }

  /// Adds a run of neighbours. If that might be a stronger circle, it is looked into again in four parts.
  private func part(_ centre: Int, _ run: Range<Int>, level: Int, _ depth: Int, _ best: inout ScanBest) {
    let single = run.count == 1
    if !single { _ = saved[depth].update(fromContentsOf: sums) }
    add(run)
    if !passes(level, best.rung) { return }
    if single {
      if ground.circles.levels[run.lowerBound] & ScanCircles.open == 0 { weighAll(centre, run.lowerBound, level, &best) }
      return
    }
    _ = sums.update(fromContentsOf: saved[depth])
    let length = depth + 2 < Self.depth ? (run.count + 3) / 4 : 1
    for from in stride(from: run.lowerBound, to: run.upperBound, by: length) {
      let level = Int(ground.circles.levels[from] & ScanCircles.level)
      part(centre, from..<min(from + length, run.upperBound), level: level, depth + 1, &best)
    }
  }

  @inline(__always)
  private func add(_ run: Range<Int>) {
    ground.circles.neighbours.withUnsafeBufferPointer { neighbours in
      let raw = UnsafeMutableRawPointer(sums.baseAddress.unsafelyUnwrapped + 8)
      for chunk in 0..<width {
        var sum = raw.loadUnaligned(fromByteOffset: chunk &* MemoryLayout<V>.stride, as: V.self)
        for n in run { sum = sum.plus(rows[Int(neighbours[n]) &* width &+ chunk]) }
        raw.storeBytes(of: sum, toByteOffset: chunk &* MemoryLayout<V>.stride, as: V.self)
      }
    }
  }

  /// Whether some window's cases suffice for this level.
  @inline(__always)
  private func passes(_ level: Int, _ rung: Int) -> Bool {
    let windows = ground.field.windows
    let size = MemoryLayout<V.Scalar>.stride
    let sums = UnsafeRawPointer(sums.baseAddress.unsafelyUnwrapped + 7)
    var needed = UnsafeRawPointer(ground.bars[rung].row(level))
    var any = V.Eight.same(0)
    var before = 0
    while before <= windows.periods &- windows.shortest {
      let earlier = sums.loadUnaligned(fromByteOffset: before &* size, as: V.Eight.self)
      var later = sums + (before &+ windows.shortest) &* size
      for _ in 0...(min(windows.longest, windows.periods &- before) &- windows.shortest) {
        let cases = later.loadUnaligned(as: V.Eight.self).minus(earlier)
        any = any.or(needed.load(as: V.Eight.self).minus(cases))
        later += size
        needed += 8 &* size
      }
      before &+= 8
    }
    return any.anyNegative
  }

  @inline(never)
  private func weighAll(_ centre: Int, _ n: Int, _ level: Int, _ best: inout ScanBest) {
    let windows = ground.field.windows
    windows.each { before, length in
      let cases = Int(sums[7 + before + length] &- sums[7 + before])
      let lane = ground.layout.lane(windows, before: before, length: length)
      let bar = UnsafeRawPointer(ground.bars[best.rung].row(level)).load(
        fromByteOffset: lane * MemoryLayout<V.Scalar>.stride, as: V.Scalar.self)
      if cases > Int(bar) { weigh(centre, n, level, cases, before: before, length: length, &best) }
    }
  }

  /// The ratio itself, where the bound leaves it open.
  private func weigh(_ centre: Int, _ n: Int, _ level: Int, _ cases: Int, before: Int, length: Int, _ best: inout ScanBest) {
    if cases < ground.fewest { return }
    let field = ground.field
    let all = ground.whole[before + length - 1] - (before > 0 ? ground.whole[before - 1] : 0)
    let least = max(0, ground.levels.least[level] * all * (1 - 1e-9))
    if least > 0, Double(cases) > least, ScanLikelihood.logRatio(cases: cases, expected: least, total: field.total) <= best.ratio { return }
    let neighbours = n - ground.circles.starts[centre] + 1
    let expected = expectation.of(centre, neighbours, ground.circles, before: before, length: length)
    let ratio = ScanLikelihood.logRatio(cases: cases, expected: expected, total: field.total)
    if ratio <= best.ratio { return }
    best = ScanBest(
      ratio: ratio, centre: centre, neighbours: neighbours, before: before, length: length, cases: cases, expected: expected,
      rung: best.rung)
    while best.rung + 1 < ground.bars.count, ground.bars[best.rung + 1].bar <= ratio { best.rung += 1 }
  }
}

/// What a circle expects in a window. Circles around one centre are asked for as they grow, so each is the last one and a few places more.
struct ScanExpectation {
  private let field: ScanField
  private let whole: [Double]
  private var centre = -1
  private var neighbours = 0
  private var sums: [Double]

  init(_ field: ScanField, whole: [Double]) {
    self.field = field
    self.whole = whole
    sums = Array(repeating: 0, count: field.proportional ? 1 : field.windows.lanes)
  }

  mutating func of(_ centre: Int, _ neighbours: Int, _ circles: ScanCircles, before: Int, length: Int) -> Double {
    if centre != self.centre || neighbours < self.neighbours {
      self.centre = centre
      self.neighbours = 0
      for lane in sums.indices { sums[lane] = 0 }
    }
    let lanes = field.windows.lanes
    let start = circles.starts[centre]
    for n in (start + self.neighbours)..<(start + neighbours) {
      let row = Int(circles.neighbours[n]) * lanes
      if field.proportional {
        sums[0] += field.cumulative[row + lanes - 1]
      } else {
        for lane in 0..<lanes { sums[lane] += field.cumulative[row + lane] }
      }
    }
    self.neighbours = neighbours
    if field.proportional {
      let window = whole[before + length - 1] - (before > 0 ? whole[before - 1] : 0)
      return sums[0] * window / whole[lanes - 1]
    }
    return sums[before + length - 1] - (before > 0 ? sums[before - 1] : 0)
  }
}

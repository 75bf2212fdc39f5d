import Foundation

/// The circles around some places: for each its neighbours by distance, as far as a circle may reach, and the blocks they are
/// looked at in.
///
/// A block is a run of neighbours. Of all circles that end in it the last holds the most cases and the first expects the least, so
/// where the last one's cases would not suffice for the first one's expectation, none in the block needs to be looked at.
struct ScanCircles: Sendable {
  /// A centre's neighbours are `neighbours[starts[n]..<starts[n + 1]]`, itself first.
  var starts: [Int] = [0]
  var neighbours: [UInt32] = []
  /// The level of the circle that ends with this neighbour; with `open` added when the next is just as far, so that none ends here.
  var levels: [UInt16] = []
  static let open: UInt16 = 0x8000
  static let level: UInt16 = 0x7FFF
  /// A centre's blocks are `blocks[blockStarts[n]..<blockStarts[n + 1]]`.
  var blockStarts: [Int] = [0]
  var blocks: [Block] = []
  struct Block: Sendable {
    /// Of the centre's neighbours, where the block ends.
    var end: UInt32
    /// The level of its first circle.
    var level: UInt32
  }
  /// Centres whose circles were cut by the bound on neighbours.
  var cut = 0
  /// Circles that end somewhere.
  var closed = 0
}

extension ScanCircles {
  /// - Parameter centres: of the field.
  init(_ field: ScanField, centres: Range<Int>, levels scale: ScanLevels, whole: [Double], options: ScanOptions) {
    var finder = NeighbourFinder(field, most: min(field.count, options.neighbours), radius: options.radius)
    var population = PopulationSum(field, whole: whole)
    starts.reserveCapacity(centres.count + 1)
    for centre in centres {
      let found = finder.near(centre)
      var length = 0
      var held = 0.0
      while length < found.count {
        held += field.share[Int(found[length].place)]
        if length > 0, held > options.share * (1 + 1e-12) { break }
        length += 1
      }
      // A circle holds all places of its edge or none.
      let reached = length == found.count
      if reached, finder.more { cut += 1 }
      if !reached || finder.more {
        let next = reached ? finder.next : found[length].distance
        var whole = length
        while whole > 0, Self.same(found[whole - 1].distance, whole == length ? next : found[whole].distance) { whole -= 1 }
        length = whole > 0 ? whole : Self.firstRing(found)
      }
      population.reset()
      var level = 0
      for n in 0..<length {
        level = scale.level(population.adding(Int(found[n].place)), from: level)
        let ends = n + 1 == length || !Self.same(found[n].distance, found[n + 1].distance)
        if ends { closed += 1 }
        neighbours.append(found[n].place)
        levels.append(UInt16(level) | (ends ? 0 : Self.open))
      }
      starts.append(neighbours.count)
    }
  }

  private static func same(_ a: Double, _ b: Double) -> Bool { b - a <= 1e-12 * b }
  private static func firstRing(_ found: [NeighbourFinder.Near]) -> Int {
    var length = 1
    while length < found.count, same(found[length - 1].distance, found[length].distance) { length += 1 }
    return length
  }

  /// Cuts the neighbours into blocks: as long as chance alone hardly carries the last circle's cases over the first one's bar.
  mutating func divide(levels scale: ScanLevels, bar: Double, time: ScanOptions.Time) {
    // Longer blocks are fewer but must be looked into more often, and with more windows looking at a block costs more; measured.
    let slack = time == .alive ? 0.4 : 0.6
    blockStarts = [0]
    blocks = []
    for centre in 0..<(starts.count - 1) {
      var from = starts[centre]
      while from < starts[centre + 1] {
        let first = Int(levels[from] & Self.level)
        let wanted = scale.least[first] * scale.widest
        let limit = wanted + slack * (2 * bar * wanted).squareRoot()
        var to = from + 1
        while first > 0, to < starts[centre + 1], scale.least[Int(levels[to] & Self.level)] * scale.widest <= limit { to += 1 }
        blocks.append(Block(end: UInt32(to - starts[centre]), level: UInt32(first)))
        from = to
      }
      blockStarts.append(blocks.count)
    }
  }
  mutating func append(_ other: ScanCircles) {
    starts += other.starts.dropFirst().map { $0 + neighbours.count }
    neighbours += other.neighbours
    levels += other.levels
    cut += other.cut
    closed += other.closed
  }
}

/// The nearest places of one after another.
struct NeighbourFinder {
  struct Near: Sendable {
    /// Squared kilometres.
    var distance: Double
    var place: UInt32
  }
  private let field: ScanField
  private let most: Int
  private let limit: Double
  private var all: [Near] = []
  private var pick: [Double] = []
  /// Whether the last answer left out places for their number; the nearest of them is so far.
  private(set) var more = false
  private(set) var next = 0.0

  init(_ field: ScanField, most: Int, radius: Double?) {
    self.field = field
    self.most = most
    limit = radius.map { $0 * $0 * (1 + 1e-12) } ?? .infinity
  }

  /// The place itself first, then by distance.
  mutating func near(_ centre: Int) -> [Near] {
    all.removeAll(keepingCapacity: true)
    let (x, y) = (field.x[centre], field.y[centre])
    field.x.withUnsafeBufferPointer { xs in
      field.y.withUnsafeBufferPointer { ys in
        for place in 0..<xs.count {
          let (dx, dy) = (xs[place] - x, ys[place] - y)
          let distance = dx * dx + dy * dy
          if distance <= limit { all.append(Near(distance: distance, place: UInt32(place))) }
        }
      }
    }
    more = all.count > most
    if more {
      pick.removeAll(keepingCapacity: true)
      for near in all { pick.append(near.distance) }
      // One more than wanted: whether it is as far as the last decides where the last circle ends.
      let edge = Self.select(&pick, most)
      next = edge
      all.removeAll { $0.distance > edge }
    }
    // The centre leads those that stand where it stands.
    for n in all.indices where all[n].place == UInt32(centre) { all[n].distance = -1 }
    all.sort { $0.distance < $1.distance || ($0.distance == $1.distance && $0.place < $1.place) }
    all[0].distance = 0
    if more { all.removeLast(all.count - most) }
    return all
  }

  /// The value that would stand at `n` if they were sorted (Hoare's quickselect).
  private static func select(_ values: inout [Double], _ n: Int) -> Double {
    values.withUnsafeMutableBufferPointer { v in
      var (low, high) = (0, v.count - 1)
      while low < high {
        let pivot = v[(low + high) / 2]
        var (i, j) = (low, high)
        while i <= j {
          while v[i] < pivot { i += 1 }
          while v[j] > pivot { j -= 1 }
          if i <= j {
            v.swapAt(i, j)
            i += 1
            j -= 1
          }
        }
        if n <= j { high = j } else if n >= i { low = i } else { return v[n] }
      }
      return v[n]
    }
  }
}

/// The population of a growing circle: the least, over windows, of what it expects by what all places expect.
struct PopulationSum {
  private let field: ScanField
  /// Of all places, summed over lanes or not.
  private let whole: [Double]
  /// Lanes that are compared.
  private let lanes: [Int]
  /// Of an interval that may begin anywhere the quotient is at least the least of its periods'.
  private let single: Bool
  private var sum: [Double]

  init(_ field: ScanField, whole: [Double]) {
    self.field = field
    let windows = field.windows
    let last = windows.lanes - 1
    single = !field.proportional && windows.time == .ever
    self.whole = single ? whole.indices.map { whole[$0] - ($0 > 0 ? whole[$0 - 1] : 0) } : whole
    lanes = field.proportional ? [last] : Array((windows.time == .alive ? windows.shortest - 1 : 0)...last)
    sum = Array(repeating: 0, count: windows.lanes)
  }
  mutating func reset() { for lane in lanes { sum[lane] = 0 } }
  mutating func adding(_ place: Int) -> Double {
    let row = place * field.windows.lanes
    var least = Double.infinity
    for lane in lanes {
      sum[lane] += single ? field.expected[row + lane] : field.cumulative[row + lane]
      if whole[lane] > 0 { least = min(least, sum[lane] / whole[lane]) }
    }
    return least.isFinite ? least : 0
  }
}

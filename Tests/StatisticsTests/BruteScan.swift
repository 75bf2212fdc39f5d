import Foundation
import Kernel
import Statistics

/// A scan written a second time from the papers, without a thought for time: every circle, every interval, every sum from the beginning.
/// It shares nothing with the module but the types of its input.
struct BruteScan {
  struct Cylinder {
    var places: [Int]
    var periods: ClosedRange<Int>
    var observed: Int
    var expected: Double
    var ratio: Double
  }
  let input: ScanInput
  let options: ScanOptions
  private let cells: [[Double]]
  private let zones: [[Int]]

  init(_ input: ScanInput, _ options: ScanOptions) {
    self.input = input
    self.options = options
    let periods = input.periods
    let given: [[Double]] = input.places.indices.map { place in
      (0..<periods).map { period in
        switch input.baseline {
        case .population: input.places[place].population ?? 0
        case .seasonal(let weights): (input.places[place].population ?? 0) * weights[period]
        case .expected(let all): all[place * periods + period]
        }
      }
    }
    let whole = given.joined().reduce(0, +)
    let total = Double(input.counts.reduce(0) { $0 + $1.cases })
    cells = given.map { $0.map { $0 / whole * total } }
    var zones: [[Int]] = []
    for centre in input.places.indices { zones += Self.circles(around: centre, input, options, cells.map { $0.reduce(0, +) / total }) }
    self.zones = zones
  }

  private static func circles(around centre: Int, _ input: ScanInput, _ options: ScanOptions, _ share: [Double]) -> [[Int]] {
    let at = input.places.map { $0.coordinates ?? Coordinates(latitude: 0, longitude: 0) }.compactMap(\.self)
    let low = at.map(\.latitude).min() ?? 0
    let high = at.map(\.latitude).max() ?? 0
    let degree = 2 * Double.pi * 6371.0088 / 360
    let far = at.map { place in
      hypot(
        (place.longitude - at[centre].longitude) * degree * cos((low + high) / 2 * Double.pi / 180),
        (place.latitude - at[centre].latitude) * degree)
    }
    var zones: [[Int]] = []
    for radius in Set(far.map { ($0 * 1e6).rounded() / 1e6 }).sorted() {
      if let most = options.radius, radius > most { continue }
      let inside = far.indices.filter { far[$0] <= radius + 1e-6 }.sorted { (far[$0], $0) < (far[$1], $1) }
      if inside.count > options.neighbours { continue }
      if radius > 0, inside.count > 1, inside.reduce(0, { $0 + share[$1] }) > options.share + 1e-9 { continue }
      zones.append([centre] + inside.filter { $0 != centre })
    }
    return zones
  }

  /// Every cylinder with more cases than expected.
  func cylinders(_ counts: [[Int]]) -> [Cylinder] {
    let periods = input.periods
    let longest = options.longest ?? max(1, periods / 2)
    let total = counts.joined().reduce(0, +)
    var found: [Cylinder] = []
    for zone in zones {
      let observed = (0..<periods).map { period in zone.reduce(0) { $0 + counts[$1][period] } }
      let expected = (0..<periods).map { period in zone.reduce(0) { $0 + cells[$1][period] } }
      for from in 0..<periods {
        for to in from..<periods where to - from + 1 <= longest && to - from + 1 >= options.shortest {
          if options.time == .alive, to != periods - 1 { continue }
          let c = observed[from...to].reduce(0, +)
          let mu = expected[from...to].reduce(0, +)
          if c < options.cases || Double(c) <= mu { continue }
          let (inside, outside) = (Double(c), Double(total - c))
          let ratio = inside * log(inside / mu) + (c == total ? 0 : outside * log(outside / (Double(total) - mu)))
          found.append(Cylinder(places: zone, periods: from...to, observed: c, expected: mu, ratio: ratio))
        }
      }
    }
    return found
  }

  func counts() -> [[Int]] {
    var counts = Array(repeating: Array(repeating: 0, count: input.periods), count: input.places.count)
    for count in input.counts { counts[count.place][count.period] += count.cases }
    return counts
  }
  func strongest(_ counts: [[Int]]) -> Cylinder? { cylinders(counts).max { $0.ratio < $1.ratio } }

  /// The best around each centre, then one after another that shares no place.
  func apart() -> [Cylinder] {
    var best: [Int: Cylinder] = [:]
    for cylinder in cylinders(counts()) where cylinder.ratio > best[cylinder.places[0]]?.ratio ?? 0 { best[cylinder.places[0]] = cylinder }
    var taken: Set<Int> = []
    var chosen: [Cylinder] = []
    for cylinder in best.values.sorted(by: { $0.ratio > $1.ratio }) where taken.isDisjoint(with: cylinder.places) {
      taken.formUnion(cylinder.places)
      chosen.append(cylinder)
    }
    return Array(chosen.prefix(options.clusters))
  }
}

enum ScanSamples {
  /// Places strewn over a town, cases by population and a season, some of them put into a corner at the end.
  static func town(_ seed: UInt64, places: Int, periods: Int, cases: Int, planted: Int = 0, lattice: Bool = false) -> ScanInput {
    var random = SeededRandom(seed: seed)
    let side = Int(Double(places).squareRoot().rounded(.up))
    let made = (0..<places).map { n in
      let (u, v) = lattice ? (Double(n % side) / 10, Double(n / side) / 10) : (random.unit(), random.unit())
      return ScanPlace(
        id: "小区\(n)", coordinates: Coordinates(latitude: 31.1 + 0.2 * u, longitude: 121.3 + 0.2 * v),
        population: 20 + (1000 * random.unit()).rounded())
    }
    let sums = made.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + ($1.population ?? 0)) }
    var counts: [ScanInput.Count] = []
    for _ in 0..<cases {
      let at = random.unit() * (sums.last ?? 0)
      let place = (sums.lastIndex { $0 <= at } ?? 0)
      counts.append(.init(place: min(place, places - 1), period: random.below(periods), cases: 1))
    }
    for _ in 0..<planted { counts.append(.init(place: random.below(2), period: periods - 1 - random.below(2), cases: 1)) }
    return ScanInput(places: made, periods: periods, counts: counts)
  }
}

import Foundation
import Kernel
import Testing

@testable import Statistics

@Suite struct ScanTests {
  private func agree(_ input: ScanInput, _ options: ScanOptions, _ comment: String) async throws {
    var options = options
    options.replications = .full(0)
    let found = try await SpaceTimeScan.run(input, options).clusters
    let wanted = BruteScan(input, options).apart()
    #expect(found.count == wanted.count, "\(comment)")
    for (a, b) in zip(found, wanted) {
      #expect(abs(a.logLikelihoodRatio - b.ratio) < 1e-9 * max(1, b.ratio), "\(comment)")
      #expect(Set(a.places) == Set(b.places), "\(comment)")
      #expect(a.periods == b.periods, "\(comment)")
      #expect(a.observed == b.observed, "\(comment)")
      #expect(abs(a.expected - b.expected) < 1e-9 * max(1, b.expected), "\(comment)")
    }
  }

  @Test(arguments: [ScanOptions.Time.alive, .ever])
  func findsWhatEnumeratingFinds(_ time: ScanOptions.Time) async throws {
    for seed in 1...8 as ClosedRange<UInt64> {
      var options = ScanOptions()
      options.time = time
      options.cases = seed % 2 == 0 ? 2 : 1
      try await agree(ScanSamples.town(seed, places: 12, periods: 7, cases: 60, planted: 6), options, "town \(seed)")
      var season = ScanSamples.town(seed, places: 10, periods: 6, cases: 40)
      season.baseline = .seasonal([1, 2, 3, 2, 1, 0.5])
      options.share = 0.3
      options.shortest = 2
      try await agree(season, options, "season \(seed)")
    }
  }

  @Test(arguments: [ScanOptions.Time.alive, .ever])
  func findsItAmongMany(_ time: ScanOptions.Time) async throws {
    var options = ScanOptions()
    options.time = time
    options.longest = 12
    try await agree(ScanSamples.town(3, places: 36, periods: 14, cases: 3000), options, "dense")
    try await agree(ScanSamples.town(4, places: 36, periods: 14, cases: 40), options, "sparse")
    options.neighbours = 9
    try await agree(ScanSamples.town(5, places: 36, periods: 14, cases: 300, planted: 20), options, "neighbours")
    options.radius = 6
    try await agree(ScanSamples.town(6, places: 36, periods: 14, cases: 300), options, "radius")
  }

  /// More cases than sixteen bits hold.
  @Test func findsItAmongVeryManyCases() async throws {
    var input = ScanSamples.town(8, places: 9, periods: 12, cases: 20)
    var random = SeededRandom(seed: 9)
    input.counts = (0..<108).map { cell in
      ScanInput.Count(place: cell / 12, period: cell % 12, cases: Int(input.places[cell / 12].population ?? 0) * 10 + random.below(500))
    }
    var options = ScanOptions()
    try await agree(input, options, "alive")
    options.time = .ever
    try await agree(input, options, "ever")
  }

  @Test(arguments: [ScanOptions.Time.alive, .ever])
  func takesExpectationsThatAreNoProduct(_ time: ScanOptions.Time) async throws {
    var input = ScanSamples.town(11, places: 10, periods: 6, cases: 80)
    var random = SeededRandom(seed: 2)
    let handedOver = [0: 3, 4: 5]
    input.baseline = .expected(
      (0..<60).map { cell in cell % 6 < handedOver[cell / 6] ?? 0 ? 0 : 1 + 10 * random.unit() })
    input.counts.removeAll { $0.period < handedOver[$0.place] ?? 0 }
    var options = ScanOptions()
    options.time = time
    try await agree(input, options, "expected")
  }

  /// On a lattice many places are equally far, and a circle holds all of them or none.
  @Test func holdsAllOfAnEdgeOrNone() async throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      var input = ScanSamples.town(seed, places: 16, periods: 4, cases: 60, planted: 8, lattice: true)
      input.places[15].coordinates = input.places[0].coordinates
      var options = ScanOptions()
      options.clusters = 1
      try await agree(input, options, "lattice \(seed)")
      options.neighbours = 7
      try await agree(input, options, "lattice, seven neighbours \(seed)")
    }
  }

  /// The very draws of the replications, scanned by enumeration.
  @Test(arguments: [ScanOptions.Time.alive, .ever])
  func replicatesWhatEnumeratingReplicates(_ time: ScanOptions.Time) async throws {
    let input = ScanSamples.town(21, places: 8, periods: 6, cases: 40, planted: 3)
    var options = ScanOptions()
    options.time = time
    options.replications = .full(60)
    options.clusters = 5
    let result = try await SpaceTimeScan.run(input, options)
    let field = try ScanField(checking: input, options)
    let lanes = field.windows.lanes
    let cells = AliasTable(field.expected + [max(0, Double(field.total) - (field.whole().last ?? 0))])
    let brute = BruteScan(input, options)
    let strongest = (1...60).map { stream in
      var random = SeededRandom(seed: options.seed, stream: UInt64(stream))
      var counts = Array(repeating: Array(repeating: 0, count: 6), count: 8)
      for _ in 0..<field.total {
        let cell = cells.draw(&random)
        // What falls before the windows may be put anywhere there.
        if cell >= 8 * lanes {
          counts[0][0] += 1
        } else {
          counts[field.places[cell / lanes]][time == .alive ? 5 - cell % lanes : cell % lanes] += 1
        }
      }
      return brute.strongest(counts)?.ratio ?? 0
    }
    #expect(result.clusters.count > 1)
    for cluster in result.clusters {
      let extreme = strongest.count { $0 >= cluster.logLikelihoodRatio - 1e-9 }
      #expect(abs(cluster.p - Double(extreme + 1) / 61) < 1e-12)
    }
  }

  /// All that can happen to six cases in three places and three periods, with its probability.
  @Test func probabilityIsTheEnumeratedOne() async throws {
    var input = ScanSamples.town(2, places: 3, periods: 3, cases: 0)
    input.places[0].population = 100
    input.places[1].population = 220
    input.places[2].population = 350
    input.counts = [.init(place: 0, period: 2, cases: 2), .init(place: 1, period: 1, cases: 2), .init(place: 2, period: 0, cases: 2)]
    var options = ScanOptions()
    options.longest = 2
    options.share = 0.6
    options.replications = .full(1999)
    let result = try await SpaceTimeScan.run(input, options)
    let first = try #require(result.clusters.first)
    let brute = BruteScan(input, options)
    var exact = 0.0
    var whole = 0.0
    var counts = Array(repeating: Array(repeating: 0, count: 3), count: 3)
    func each(_ cell: Int, _ left: Int, _ probability: Double) {
      let p = (input.places[cell / 3].population ?? 0) / (670 * 3)
      if cell == 8 {
        let last = probability * pow(p, Double(left)) / tgamma(Double(left + 1))
        counts[2][2] = left
        whole += last
        if brute.strongest(counts)?.ratio ?? 0 >= first.logLikelihoodRatio - 1e-9 { exact += last }
        return
      }
      for k in 0...left {
        counts[cell / 3][cell % 3] = k
        each(cell + 1, left - k, probability * pow(p, Double(k)) / tgamma(Double(k + 1)))
      }
    }
    each(0, 6, tgamma(7))
    #expect(abs(whole - 1) < 1e-9)
    #expect(exact > 0.01 && exact < 0.9)
    #expect(abs(first.p - exact) < 4 * (exact * (1 - exact) / 2000).squareRoot())
  }

  /// Where nothing is, one scan in twenty says something at 5 %.
  @Test func falseAlarmsAreAsManyAsPromised() async throws {
    var alarms = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      var options = ScanOptions()
      options.seed = seed
      options.clusters = 1
      options.replications = .full(19)
      options.threads = 1
      let result = try await SpaceTimeScan.run(ScanSamples.town(1000 + seed, places: 8, periods: 5, cases: 30), options)
      if let p = result.clusters.first?.p, p <= 0.05 { alarms += 1 }
    }
    // Ten are expected; outside these bounds less than once in a thousand.
    #expect((2...20).contains(alarms))
  }

  @Test func aPlantedClusterIsFoundAndOthersAreNot() async throws {
    let result = try await SpaceTimeScan.run(ScanSamples.town(31, places: 30, periods: 12, cases: 200, planted: 30), ScanOptions())
    let first = try #require(result.clusters.first)
    #expect(first.p == 0.001)
    #expect(first.places.contains(0) || first.places.contains(1))
    #expect(first.periods.upperBound == 11)
    #expect(first.relativeRisk > 3)
    let outside = Double(result.cases - first.observed) / (Double(result.cases) - first.expected)
    #expect(abs(first.relativeRisk - Double(first.observed) / first.expected / outside) < 1e-9)
    #expect(result.clusters.map(\.rank) == Array(1...result.clusters.count))
    #expect(Set(result.clusters.flatMap(\.places)).count == result.clusters.reduce(0) { $0 + $1.places.count })
  }

  @Test func threadsDoNotMatterAndSeedsDo() async throws {
    let input = ScanSamples.town(41, places: 15, periods: 8, cases: 80)
    var options = ScanOptions()
    options.replications = .full(99)
    options.threads = 1
    let one = try await SpaceTimeScan.run(input, options).clusters
    options.threads = 3
    #expect(try await SpaceTimeScan.run(input, options).clusters == one)
    options.seed += 1
    #expect(try await SpaceTimeScan.run(input, options).clusters != one)
  }

  /// Besag and Clifford: over at the h-th replication that is as extreme.
  @Test func stopsWhenEnoughWasSeen() async throws {
    let input = ScanSamples.town(1009, places: 15, periods: 8, cases: 80)
    var options = ScanOptions()
    options.replications = .until(extreme: 10, atMost: 999)
    let result = try await SpaceTimeScan.run(input, options)
    let first = try #require(result.clusters.first)
    #expect(result.replications < 999)
    #expect(first.p == 10 / Double(result.replications))
  }
}

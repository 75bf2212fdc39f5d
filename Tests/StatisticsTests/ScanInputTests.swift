import Foundation
import Kernel
import Testing

@testable import Statistics

@Suite struct ScanInputTests {
  private func problem(_ input: ScanInput, _ options: ScanOptions = ScanOptions()) async -> ScanProblem? {
    do {
      _ = try await SpaceTimeScan.run(input, options)
      return nil
    } catch {
      return error as? ScanProblem
    }
  }

  @Test func sayWhatIsWrong() async {
    let sound = ScanSamples.town(1, places: 6, periods: 4, cases: 20)
    var input = sound
    input.places = []
    #expect(await problem(input) == .noPlaces)
    input = sound
    input.periods = 0
    #expect(await problem(input) == .noPeriods)
    input = sound
    input.places[3].id = input.places[1].id
    #expect(await problem(input) == .sameID("小区1"))
    input = sound
    input.counts.append(.init(place: 6, period: 0, cases: 1))
    #expect(await problem(input) == .unknownCell(place: 6, period: 0))
    input.counts[input.counts.count - 1] = .init(place: 2, period: 3, cases: -1)
    #expect(await problem(input) == .negativeCount(place: "小区2", period: 3, cases: -1))
    input = sound
    input.counts = []
    #expect(await problem(input) == .noCases)
    input = sound
    input.baseline = .seasonal([1, 1, 1])
    #expect(await problem(input) == .weights)
    input.baseline = .seasonal([1, 1, .nan, 1])
    #expect(await problem(input) == .weights)
    input.baseline = .seasonal([1, 1, 1, 0])
    #expect(await problem(input)?.code == "scan-cases-without-expectation")
    input.baseline = .expected(Array(repeating: -1, count: 24))
    #expect(await problem(input) == .expected)
    var options = ScanOptions()
    options.share = 0
    #expect(await problem(sound, options)?.code == "scan-option")
    options = ScanOptions()
    options.shortest = 4
    #expect(await problem(sound, options)?.code == "scan-option")
  }

  @Test func leaveOutWhatCannotBePlaced() async throws {
    var input = ScanSamples.town(1, places: 12, periods: 4, cases: 60)
    input.places[0].coordinates = nil
    input.places[1].coordinates = Coordinates(latitude: 22, longitude: 114)
    input.places[2].population = 0
    input.places[3].population = nil
    input.places[4].population = .nan
    input.places[5].population = -5
    input.places[7].coordinates = input.places[6].coordinates
    var options = ScanOptions()
    options.region = .init(latitude: 30...32, longitude: 120...123)
    options.replications = .full(19)
    func cases(_ places: Range<Int>) -> Int { input.counts.filter { places.contains($0.place) }.reduce(0) { $0 + $1.cases } }
    let result = try await SpaceTimeScan.run(input, options)
    #expect(result.places == 6)
    #expect(result.cases == cases(6..<12))
    #expect(
      result.warnings == [
        .withoutCoordinates(places: ["小区0"], cases: cases(0..<1)), .outsideRegion(places: ["小区1"], cases: cases(1..<2)),
        .withoutPopulation(places: ["小区2", "小区3", "小区4", "小区5"], cases: cases(2..<6)), .samePosition(places: ["小区6", "小区7"]),
      ])
    #expect(result.warnings[2].message.contains("等 4 个小区"))
    for cluster in result.clusters {
      #expect(cluster.logLikelihoodRatio.isFinite && cluster.expected > 0 && !cluster.relativeRisk.isNaN)
      #expect(cluster.places.allSatisfy { $0 >= 6 })
    }
    for place in input.places.indices { input.places[place].coordinates = nil }
    #expect(await problem(input)?.code == "scan-nothing-left")
  }

  @Test func onePlaceIsScannedInTimeAlone() async throws {
    var input = ScanSamples.town(1, places: 1, periods: 10, cases: 10)
    input.counts = (0..<10).map { .init(place: 0, period: $0, cases: $0 == 9 ? 12 : 1) }
    let first = try #require(try await SpaceTimeScan.run(input).clusters.first)
    #expect(first.periods == 9...9)
    #expect(first.radius == 0)
    #expect(first.p < 0.05)
  }

  @Test func allInOnePlaceIsNoCluster() async throws {
    var input = ScanSamples.town(1, places: 1, periods: 1, cases: 0)
    input.counts = [.init(place: 0, period: 0, cases: 7)]
    #expect(try await SpaceTimeScan.run(input).clusters.isEmpty)
  }

  @Test func warnWhenCirclesWereCut() async throws {
    var options = ScanOptions()
    options.neighbours = 3
    options.share = 0.9
    options.replications = .full(0)
    let result = try await SpaceTimeScan.run(ScanSamples.town(1, places: 12, periods: 4, cases: 60), options)
    #expect(result.warnings.contains { if case .circlesCut(_, 3) = $0 { true } else { false } })
  }

  @Test func canBeCancelled() async {
    let task = Task {
      var options = ScanOptions()
      options.replications = .full(999_999)
      return try await SpaceTimeScan.run(ScanSamples.town(1, places: 12, periods: 4, cases: 60, planted: 30), options)
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func drawsAreFair() {
    let cells = AliasTable([1, 0, 3, 6])
    var random = SeededRandom(seed: 5)
    var seen = [0, 0, 0, 0]
    for _ in 0..<20_000 { seen[cells.draw(&random)] += 1 }
    #expect(seen[1] == 0)
    #expect(abs(seen[0] - 2000) < 170 && abs(seen[2] - 6000) < 260 && abs(seen[3] - 12_000) < 280)
    var (a, b) = (SeededRandom(seed: 1, stream: 1), SeededRandom(seed: 1, stream: 2))
    #expect(a.next() != b.next())
  }
}

import Foundation
import Kernel
import Statistics
import Testing

@testable import HotSpots

/// A made-up district whose truth is known.
@Suite struct HotSpotFinderTests {
  static func shipped() throws -> HotSpotMethod {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/hotspots/method.json")
    return try HotSpotMethod(reading: try Data(contentsOf: file))
  }
  static let last = Day(year: 2026, month: 9, day: 23) ?? Day(daysSinceEpoch: 0)
  static let item = "pet-feces"

  /// Sixty-four compounds of very different size on a grid of 800 m.
  static func city(without: [Int: HotTrouble] = [:]) -> [HotPlace] {
    (0..<64).map { i in
      let outside = without[i] == .outside
      let latitude = outside ? 39.9 : 31.1 + Double(i / 8) * 0.0072
      return HotPlace(
        id: Int64(i + 1), name: "小区\(i)", squad: i < 32 ? 1 : 2, district: 9,
        position: without[i] == .position ? nil : Coordinates(latitude: latitude, longitude: 121.2 + Double(i % 8) * 0.0084),
        households: without[i] == .households ? nil : 150 + (i * 37) % 11 * 210)
    }
  }
  /// Complaints by households and season alone; `extra` more a week in some places in the last weeks.
  static func counts(_ places: [HotPlace], seed: UInt64, extra: [Int: Double] = [:], weeks: Int = 4, perYear: Double = 15) -> [WeekCount] {
    var random = SeededRandom(seed: seed)
    func poisson(_ mean: Double) -> Int {
      var (n, left) = (0, exp(-mean))
      var sum = left
      let u = random.unit()
      while u > sum, n < 200 {
        n += 1
        left *= mean / Double(n)
        sum += left
      }
      return n
    }
    var out: [WeekCount] = []
    for (i, place) in places.enumerated() {
      for week in 0..<52 {
        // Twice as many in summer.
        let season = 1 + 0.5 * sin(Double(week - 39) / 52 * 2 * .pi)
        var n = poisson(Double(place.households ?? 500) / 1000 * perYear / 52 * season)
        if let more = extra[i], week >= 52 - weeks { n += poisson(more) }
        if n > 0 { out.append(WeekCount(compound: place.id, item: item, week: week, reports: n)) }
      }
    }
    return out
  }
  static func find(_ places: [HotPlace], _ counts: [WeekCount]) async throws -> [FoundArea] {
    try await HotSpotFinder(try shipped(), categories: [item: "environment-order"]).find(
      places, counts: counts, seasons: [], months: nil, through: last)
  }

  @Test func aPlantedClusterIsFoundAndAnEvenCityGivesNone() async throws {
    let places = Self.city()
    var (found, alarms) = (0, 0)
    for seed in 1...4 as ClosedRange<UInt64> {
      // Three neighbours, each with two more a week in the last four weeks.
      let planted = try await Self.find(places, Self.counts(places, seed: seed, extra: [27: 2, 28: 2, 35: 2]))
      let district = try #require(planted.first { $0.area == 9 && $0.subject.isEmpty })
      // The strongest may be one of the three alone: the smallest stands out most.
      if let first = district.clusters.first, first.p <= 0.01, first.members.count <= 12,
        !Set(first.members.map(\.place.id)).isDisjoint(with: [28, 29, 36])
      {
        found += 1
      }
      let even = try await Self.find(places, Self.counts(places, seed: seed &+ 100))
      let quiet = try #require(even.first { $0.area == 9 && $0.subject.isEmpty })
      alarms += quiet.rates.count { $0.listed }
      #expect(quiet.problem == nil && quiet.places == 64 && quiet.rates.count == 64)
    }
    #expect(found == 4, "planted clusters found")
    #expect(alarms <= 1, "compounds proposed where nothing is planted")
  }

  @Test func aSmallCompoundWithThreeComplaintsDoesNotTopTheList() async throws {
    var places = Self.city()
    places[5] = HotPlace(id: 6, name: "三户弄", squad: 1, district: 9, position: places[5].position, households: 30)
    // Nobody else is far from the mean; one large compound is truly bad all year.
    var counts = Self.counts(places, seed: 7, extra: [40: 1.5], weeks: 52).filter { $0.compound != 6 }
    for week in [3, 20, 41] { counts.append(WeekCount(compound: 6, item: Self.item, week: week, reports: 1)) }
    let district = try #require(try await Self.find(places, counts).first { $0.area == 9 && $0.subject.isEmpty })
    let small = try #require(district.rates.first { $0.place.id == 6 })
    let large = try #require(district.rates.first { $0.place.id == 41 })
    #expect(try #require(small.rate).rawRank == 1, "three of thirty households are the highest plain rate")
    #expect(try #require(large.rate).rank == 1 && #require(small.rate).rank > 1)
    #expect(large.listed && !small.listed)
    #expect(large.why.contains("每千户") && large.why.contains("高于平均的把握") && !large.why.contains("nan"))
  }

  @Test func whatLacksHouseholdsOrAPlaceIsNamedAndLeftOut() async throws {
    let places = Self.city(without: [1: .households, 2: .position, 3: .outside])
    let district = try #require(try await Self.find(places, Self.counts(places, seed: 3)).first { $0.area == 9 && $0.subject.isEmpty })
    #expect(district.places == 61)
    #expect(district.rates.map(\.place.trouble).compactMap(\.self) == [.households, .position, .outside])
    #expect(district.rates[1].rate == nil && district.rates[1].why.contains("没有户数"))
    #expect(district.rates[2].rate != nil, "a rate needs no place")
    let nowhere = places.map { HotPlace(id: $0.id, name: $0.name, squad: 1, district: 9, position: nil, households: nil) }
    let blind = try #require(try await Self.find(nowhere, Self.counts(places, seed: 3)).first { $0.area == 9 && $0.subject.isEmpty })
    #expect(blind.problem != nil && blind.clusters.isEmpty && blind.rate == 0 && blind.rates.allSatisfy { $0.rate == nil })
    let silent = try #require(try await Self.find(places, []).first { $0.area == 9 && $0.subject.isEmpty })
    #expect(silent.problem != nil && silent.rates.allSatisfy { !$0.listed && !$0.why.contains("nan") })
  }

  @Test func theSeasonIsThatOfTheYearsBeforeWhenTheyHoldEnough() throws {
    let finder = HotSpotFinder(try Self.shipped(), categories: [:])
    let end = Month(finder.first(through: Self.last)).count - 1
    let weeks = [Array(repeating: 1, count: 52)]
    func past(_ perMonth: Int) -> [SeasonCount] {
      (end - 23...end).map { count in
        SeasonCount(district: 9, item: "x", month: Month(count: count), reports: Month(count: count).number == 7 ? perMonth * 10 : perMonth)
      }
    }
    let (weights, years) = finder.season(past(20), weeks, months: (end - 23)...end, through: Self.last)
    #expect(years == 2)
    let start = finder.first(through: Self.last)
    let july = try #require((0..<52).first { start.adding(days: 7 * $0).month == 7 && start.adding(days: 7 * $0 + 6).month == 7 })
    #expect(weights[july] > 8 * weights[0])
    #expect(finder.season(past(1), weeks, months: (end - 23)...end, through: Self.last).years == 0, "too few to tell a season by")
    #expect(finder.season([], weeks, months: nil, through: Self.last).years == 0)
  }

  @Test func aMethodThatContradictsItselfStopsTheStart() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/hotspots/method.json")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    for (old, new) in [
      ("\"longest\": 13", "\"longest\": 60"), ("\"certain\": 1,", "\"certain\": 20,\"wish\": 1,"), ("\"weeks\": 52", "\"weeks\": 0"),
    ] {
      #expect(text.contains(old))
      #expect(throws: DataFileError.self) { try HotSpotMethod(reading: Data(text.replacing(old, with: new).utf8)) }
    }
  }
}

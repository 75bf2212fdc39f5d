import Foundation
import Kernel
import Statistics
import Testing

@testable import Effects

/// A made-up campaign whose truth is known.
@Suite struct EffectReckonerTests {
  static let from = Day(year: 2026, month: 3, day: 10) ?? Day(daysSinceEpoch: 0)
  static let through = Day(year: 2026, month: 4, day: 30) ?? Day(daysSinceEpoch: 0)
  static let reckoner = EffectReckoner(from: from, through: through)
  static let today = Day(year: 2026, month: 9, day: 24) ?? Day(daysSinceEpoch: 0)

  /// Twelve months before, five after; ten compounds treated of a hundred and sixty.
  static func run(_ change: Double, seed: UInt64 = 5, treated: Int = 10, perMonth: Double = 8, oldest: Int = 12) throws -> AssessmentResult
  {
    var random = SeededRandom(seed: seed)
    func poisson(_ mean: Double) -> Int {
      var (n, product) = (0, random.unit())
      let limit = exp(-mean)
      while product > limit {
        n += 1
        product *= random.unit()
      }
      return n
    }
    let months = reckoner.months(oldest: Month(from).adding(-oldest), today: today)
    var counts: [Int64: [Int: Int]] = [:]
    let places = (0..<160).map { i in
      EffectReckoner.Place(compound: Int64(i + 1), treated: i < treated, households: 600 + (i * 37) % 13 * 60)
    }
    for (i, place) in places.enumerated() {
      for (all, factor) in [(months.before, 1.0), (months.after, place.treated ? change : 1.0)] {
        for month in all {
          // The whole city rises a little; households and place tell the rest.
          let level = perMonth * Double(place.households ?? 0) / 1000 * (0.8 + Double(i % 5) * 0.1) * (month > Month(from) ? 1.1 : 1)
          counts[place.compound, default: [:]][month.count] = poisson(level * factor)
        }
      }
    }
    return try reckoner.reckon(places, counts: counts, months: months, busy: 0)
  }

  @Test func aCampaignThatWorkedIsToldFromOneThatDidNot() throws {
    var (worked, idle, wrong) = (0, 0, 0)
    for seed in 1...6 as ClosedRange<UInt64> {
      let good = try Self.run(0.5, seed: seed)
      if good.verdict == .fell { worked += 1 }
      if good.verdict == .rose { wrong += 1 }
      let none = try Self.run(1, seed: seed + 50)
      if none.verdict == .fell { idle += 1 }
    }
    #expect(worked >= 5 && wrong == 0, "halved: \(worked) of 6")
    #expect(idle <= 1, "nothing done: \(idle) of 6")
  }
  @Test func theSentenceComesFirstAndTheFiguresStandBehind() throws {
    let good = try Self.run(0.4, seed: 3)
    #expect(good.verdict == .fell && good.sentence.hasPrefix("看得出成效") && good.sentence.contains("每千户每月少"))
    let change = try #require(good.change)
    #expect(change.value < 0 && change.high < 0 && (good.relative ?? 0) < -0.3)
    #expect(good.treated.count == 10 && good.controls.count >= 5 && good.fakePlaces != nil)
    #expect(good.course.count == 12 + 5 && good.course.filter(\.isAfter).count == 5)
    #expect(good.cautions(.list).first?.contains("本来就可能回落") == true && good.cautions(.campaign).allSatisfy { !$0.contains("名单") })
    #expect(try Self.run(0.4, seed: 3) == good, "the same counts give the same result")
  }
  @Test func whatCannotBeSaidIsSaidWithReasons() throws {
    let short = try Self.run(0.5, oldest: 2)
    #expect(short.verdict == .cannotSay && short.sentence.contains("整治前只有 2 个整月"))
    let few = try Self.run(0.5, treated: 3)
    #expect(few.verdict == .cannotSay && few.sentence.contains("整治小区只有 3 个"))
    let rare = try Self.run(0.5, perMonth: 0.02)
    #expect(rare.verdict == .cannotSay && rare.sentence.contains("诉件总共只有"))
    let months = Self.reckoner.months(oldest: Month(Self.from).adding(-12), today: Day(year: 2026, month: 5, day: 2) ?? Self.today)
    #expect(months.before.count == 12 && months.after.count == 1)
    let nothing = try Self.reckoner.reckon([], counts: [:], months: ([], []), busy: 0)
    #expect(nothing.verdict == .cannotSay && !nothing.sentence.contains("nan"))
    let unsized = try Self.reckoner.reckon([.init(compound: 1, treated: true, households: nil)], counts: [:], months: months, busy: 0)
    #expect(unsized.unsized == [1] && unsized.sentence.contains("没有一个小区有户数"))
  }
  @Test func theMonthOfTheBeginningIsNeither() {
    let months = Self.reckoner.months(oldest: Month(Self.from).adding(-30), today: Self.today)
    #expect(months.before.count == 24 && months.before.last == Month(Self.from).adding(-1))
    #expect(months.after.first == Month(Self.from).adding(1) && months.after.last == Month(Self.today).adding(-1))
    let first = EffectReckoner(from: Month(Self.from).first, through: Self.through)
    #expect(first.months(oldest: nil, today: Self.today).after.first == Month(Self.from), "one that began on the first day is whole")
    #expect(first.months(oldest: nil, today: Self.today).before.isEmpty)
  }
}

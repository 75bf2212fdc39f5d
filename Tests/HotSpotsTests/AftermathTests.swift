import Kernel
import Testing

@testable import HotSpots

/// What may be said of the time after a list.
@Suite struct AftermathTests {
  static func told(_ before: [Int], _ after: [Int]) -> Aftermath {
    let issued = Day(year: 2026, month: 3, day: 15) ?? Day(daysSinceEpoch: 0)
    let turn = Month(issued)
    // The months of the issue and of today are not whole.
    let course = before + [99] + after + [99]
    let first = turn.adding(-before.count)
    return Aftermath(
      course.enumerated().map { (month: first.adding($0), reports: $1) }, issued: issued,
      today: turn.adding(after.count + 1).first.adding(days: 9))
  }

  @Test func onlyWholeMonthsCountAndChanceIsTold() {
    let better = Self.told(Array(repeating: 6, count: 12), [1, 2, 1, 1])
    #expect(better.before.count == 12 && better.after == [1, 2, 1, 1] && better.verdict == .fell)
    #expect(better.sentence.contains("发布前每月平均 6.0 件（12 个整月），发布后 1.2 件（4 个整月）"))
    #expect(Self.told(Array(repeating: 2, count: 12), [7, 8, 6]).verdict == .rose)
    #expect(Self.told(Array(repeating: 2, count: 12), [1, 2, 2]).verdict == .noChange)
  }
  @Test func whatCannotBeSaidIsNotSaid() {
    for (before, after, word) in [([5, 5, 5], [], "还没有满一个月"), ([5, 5, 5], [1, 1], "只有 2 个整月"), ([1, 0, 1], [1, 0, 1, 0], "总共只有 4 件")] {
      let one = Self.told(before, after)
      guard case .cannotSay(let why) = one.verdict else {
        Issue.record("\(one.verdict)")
        continue
      }
      #expect(why.contains(word) && one.sentence.contains("说不准"))
    }
  }
  @Test func theTestIsTheExactBinomial() {
    // By hand: of 10 that are halved by chance, none or ten: 2 of 1024.
    #expect(abs(Aftermath.chance(after: 0, of: 10, share: 0.5) - 2.0 / 1024) < 1e-12)
    #expect(abs(Aftermath.chance(after: 2, of: 10, share: 0.5) - 2 * 56.0 / 1024) < 1e-12)
    #expect(Aftermath.chance(after: 5, of: 10, share: 0.5) == 1)
  }
}

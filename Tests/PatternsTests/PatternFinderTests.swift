import Foundation
import Kernel
import Patterns
import Testing

/// The rules on numbers: what is a pattern, and what is not.
@Suite struct PatternFinderTests {
  static let today = Day(year: 2026, month: 11, day: 20) ?? Day(daysSinceEpoch: 0)
  static func shipped() throws -> PatternRules {
    try PatternRules(
      reading: try Data(
        contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/patterns/rules.json")))
  }
  /// Reports of one compound: days before today, place, item, caller.
  static func told(_ rows: [(ago: Int, place: String, item: String, caller: String?)], compound: Int64 = 1) -> [Told] {
    rows.enumerated().map { i, row in
      Told(
        report: Int64(i + 1), compound: compound, place: row.place, item: row.item, day: today.adding(days: -row.ago), caller: row.caller)
    }
  }
  static func find(_ told: [Told] = [], counts: [MonthCount] = [], peers: [Int64: Peer] = [1: Peer(squad: 1, district: 1)]) throws
    -> [FoundPattern]
  {
    PatternFinder(try shipped()).find(told, counts: counts, peers: peers, today: today)
  }

  @Test(
    arguments: [
      // Two of one place within a month; the caller does not matter.
      ([(3, "12号", "a", "x"), (20, "12号", "a", "x")], ["same-problem"]), ([(3, "12号", "a", "x"), (20, "12号", "a", nil)], ["same-problem"]),
      // One more day and it is no longer a month.
      ([(0, "12号", "a", "x"), (31, "12号", "a", "y")], []), ([(0, "12号", "a", "x"), (30, "12号", "a", "y")], ["same-problem"]),
      // Another place or item is another problem.
      ([(3, "12号", "a", "x"), (4, "13号", "a", "y")], []), ([(3, "12号", "a", "x"), (4, "12号", "b", "y")], []),
      // Three of one place in three days in a row: a burst. In four days: none.
      ([(1, "12号", "a", "x"), (2, "12号", "a", "y"), (3, "12号", "a", "z")], ["same-problem", "same-problem-burst"]),
      ([(1, "12号", "a", "x"), (2, "12号", "a", "y"), (4, "12号", "a", "z")], ["same-problem"]),
      // A burst of last week is still news, one of the week before is not.
      ([(5, "12号", "a", "x"), (5, "12号", "a", "y"), (6, "12号", "a", "z")], ["same-problem", "same-problem-burst"]),
      ([(8, "12号", "a", "x"), (8, "12号", "a", "y"), (9, "12号", "a", "z")], ["same-problem"]),
      // Three of a kind from two places; from three; too far apart.
      ([(3, "12号", "a", "x"), (20, "13号", "a", "y"), (21, "13号", "a", "z")], ["same-problem", "one-kind"]),
      ([(1, "1号", "a", "x"), (2, "2号", "a", "y"), (2, "3号", "a", "z")], ["one-kind", "one-kind-burst"]),
      ([(0, "1号", "a", "x"), (15, "2号", "a", "y"), (30, "3号", "a", "z")], []),
    ] as [([(Int, String, String, String?)], [String])])
  func windows(rows: [(Int, String, String, String?)], expected: [String]) throws {
    #expect(try Self.find(Self.told(rows.map { (ago: $0.0, place: $0.1, item: $0.2, caller: $0.3) })).map(\.rule) == expected)
  }

  @Test func callersAreCountedAndNotNamed() throws {
    let found = try Self.find(
      Self.told([(1, "12号", "a", "x"), (9, "12号", "a", "x"), (10, "12号", "a", "y"), (11, "12号", "a", nil), (12, "12号", "a", "x")]))
    let one = try #require(found.first)
    #expect(found.map(\.rule) == ["same-problem"])
    #expect(one.reports == 5 && one.callers == 2 && one.unnamed == 1 && one.most == 3 && one.level == 2)
    #expect(one.rows == [5, 4, 3, 2, 1], "in the order in which they were said")
  }

  /// `perMonth[i]` reports of item "a" in the month `i + 1` months ago.
  static func months(_ perMonth: [Int], compound: Int64 = 1, item: String = "a") -> [MonthCount] {
    perMonth.enumerated().filter { $0.1 > 0 }.map {
      MonthCount(compound: compound, item: item, month: Month(today).adding(-$0.0 - 1), reports: $0.1)
    }
  }

  @Test func everySummerIsASeason() throws {
    // Today is in November: one month ago is October, five are June, four July, three August.
    var perMonth = Array(repeating: 0, count: 36)
    for year in 0..<3 { for (ago, count) in [(4, 2), (3, 3), (2, 1)] { perMonth[year * 12 + ago - 1] = count } }
    let found = try Self.find(counts: Self.months(perMonth))
    let one = try #require(found.first)
    #expect(found.count == 1 && one.rule == "one-kind-season" && one.reports == 18)
    #expect(one.months[2] == 3 && one.months[3] == 100)
    // The four months hold July to September, and begin in June or July.
    #expect([6, 7].contains(one.months[0]))
  }
  @Test func aSeasonOverNewYearIsOne() throws {
    var perMonth = Array(repeating: 0, count: 36)
    // December, January, February: eleven, ten and nine months ago, then the years before.
    for year in 0..<3 { for ago in [11, 10, 9] { perMonth[year * 12 + ago - 1] = 2 } }
    let one = try #require(try Self.find(counts: Self.months(perMonth)).first)
    #expect(one.rule == "one-kind-season" && one.months[2] == 3)
  }
  @Test(arguments: [
    // All year round, one summer only, and too few.
    Array(repeating: 2, count: 36), [0, 0, 3, 3, 3] + Array(repeating: 0, count: 31),
    [0, 0, 1, 1] + Array(repeating: 0, count: 10) + [1, 1] + Array(repeating: 0, count: 20),
  ])
  func whatIsNoSeason(perMonth: [Int]) throws {
    #expect(try Self.find(counts: Self.months(perMonth)).isEmpty)
  }

  @Test func manyProblemsStandOutInTheirStreet() throws {
    // Twenty compounds of one squad; one has three items in four of six months, the others one report each.
    let peers = Dictionary(uniqueKeysWithValues: (1...20).map { (Int64($0), Peer(squad: 7, district: 1)) })
    let busy = [2, 2, 0, 2, 0, 2]
    var counts = ["a", "b", "c"].flatMap { Self.months(busy, item: $0) }
    for other in 2...20 { counts += Self.months([1, 1, 1, 1, 1, 1], compound: Int64(other)) }
    let found = try Self.find(counts: counts, peers: peers)
    let one = try #require(found.first)
    #expect(found.count == 1 && one.rule == "many-problems" && one.compound == 1 && one.reports == 24 && one.items == 3)
    #expect(one.months == [5, 7, 9, 10])
    // With two items it is none, and neither where the whole street is like that.
    #expect(try Self.find(counts: counts.filter { $0.compound != 1 || $0.item != "c" }, peers: peers).isEmpty)
    let same = (1...20).flatMap { compound in ["a", "b", "c"].flatMap { Self.months(busy, compound: Int64(compound), item: $0) } }
    #expect(try Self.find(counts: same, peers: peers).filter { $0.rule == "many-problems" }.isEmpty)
  }

  /// Of three compounds the busiest would be the line itself and could never be above it.
  @Test func aStreetWithFewCompoundsIsComparedWithItsDistrict() throws {
    let peers = Dictionary(uniqueKeysWithValues: (1...20).map { (Int64($0), Peer(squad: $0 <= 3 ? 7 : 8, district: 1)) })
    var counts = ["a", "b", "c"].flatMap { Self.months([2, 2, 0, 2, 0, 2], item: $0) }
    for other in 2...20 { counts += Self.months([1, 1, 1, 1, 1, 1], compound: Int64(other)) }
    #expect(try Self.find(counts: counts, peers: peers).map(\.compound) == [1])
    // Nobody is left to be compared with.
    #expect(try Self.find(counts: counts, peers: [1: Peer(squad: 7, district: 2)]).isEmpty)
  }

  @Test func theSameReportsGiveTheSameFindings() throws {
    let rows = Self.told((0..<200).map { (ago: $0 % 30, place: "\($0 % 7)号", item: "i\($0 % 3)", caller: "c\($0 % 5)") })
    #expect(try Self.find(rows) == Self.find(rows.reversed()))
  }

  // MARK: Rules that cannot be

  @Test(arguments: [
    ("\"days\": 31,", "\"days\": 0,", "days"), ("\"escalate\": [3, 5]", "\"escalate\": [5, 3]", "ascend"),
    ("\"escalate\": [3, 5]", "\"escalate\": [2, 5]", "has reached"), ("\"places\": 2,", "\"places\": 9,", "cannot come of"),
    ("\"places\": 2,", "\"places\": 1,", "same problem"), ("\"id\": \"one-kind\",", "\"id\": \"same-problem\",", "there twice"),
    ("\"leastYears\": 2", "\"leastYears\": 9", "asks for"), ("\"measure\": \"own-plan\"", "\"measure\": \"pray\"", "no measure"),
    (
      "\"days\": 31,", "\"days\": 31, \"months\": {\"window\": 6, \"least\": 3, \"percentile\": 90, \"perMonth\": 3, \"items\": 3},",
      "needs one of"
    ),
    ("\"quietDays\": 45", "\"quietDays\": 45, \"extra\": 1", "extra"),
  ])
  func contradictionsAreNamed(part: String, instead: String, problem: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/patterns/rules.json")
    var text = try String(contentsOf: file, encoding: .utf8)
    let at = try #require(text.range(of: part))
    text.replaceSubrange(at, with: instead)
    do {
      _ = try PatternRules(reading: Data(text.utf8))
      Issue.record("read")
    } catch { #expect("\(error)".contains(problem), "\(error)") }
  }
}

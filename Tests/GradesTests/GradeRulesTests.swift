import Catalogue
import Foundation
import Kernel
import Testing

@testable import Grades

/// Rules are data: what they give is told by tables, and what contradicts itself is refused at the start.
@Suite struct GradeRulesTests {
  static let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data")
  static func items() throws -> Set<String> {
    Set(try Catalogue(reading: try Data(contentsOf: data.appending(path: "catalogue/items.json"))).items.map(\.slug))
  }
  static func shipped() throws -> GradeRules {
    try GradeRules(reading: try Data(contentsOf: data.appending(path: "grades/rules.json")), items: items())
  }
  /// The shipped file with one text in place of another.
  static func changed(_ old: String, _ new: String) throws -> [String] {
    let text = try String(contentsOf: data.appending(path: "grades/rules.json"), encoding: .utf8)
    guard text.contains(old) else { throw Refusal(.missing, "test", "no such text: \(old)") }
    do {
      _ = try GradeRules(reading: Data(text.replacingOccurrences(of: old, with: new).utf8), items: items())
      return []
    } catch let error as DataFileError { return error.problems }
  }
  static func facts(_ values: [String: Int]) throws -> GradeFacts {
    var all = Dictionary(uniqueKeysWithValues: try shipped().factors.map { ($0.id, 0) })
    all.merge(values) { $1 }
    return GradeFacts(all)
  }

  @Test(
    arguments: [
      ([:], "A", 0, true),
      // Something is there, but below every threshold: no quiet, no points.
      (["complaints": 9], "A", 0, false),
      (["complaints": 10], "A", 5, false),
      (["complaints": 25], "B", 13, false),
      (["complaints": 100], "B", 25, false),
      (["patterns": 1], "A", 10, false),
      (["complaints": 50, "patterns": 1], "C", 30, false),
      (["complaints": 100, "patterns": 2, "illegal-building": 3], "D", 52, false),
      // Floors: one order not followed is never A, three patterns never better than C.
      (["overdue-corrections": 1], "B", 6, false),
      (["patterns": 3], "C", 20, false),
      (["firm-failed": 3, "credit-points": 12, "cases": 5, "inspection-findings": 2], "B", 27, false),
    ] as [([String: Int], String, Int, Bool)])
  func factsGiveGrades(values: [String: Int], grade: String, points: Int, quiet: Bool) throws {
    let graded = Grading(try Self.shipped()).grade(try Self.facts(values))
    #expect(graded.grade == grade && graded.points == points && graded.isQuiet == quiet, "\(graded)")
  }

  @Test func whatCannotBeToldCountsNeitherForNorAgainst() throws {
    let grading = Grading(try Self.shipped())
    var facts = try Self.facts(["patterns": 2])
    #expect(grading.grade(facts).points == 16)
    facts.values["complaints"] = nil
    // 16 of 75 is 21 of 100.
    #expect(grading.grade(facts).points == 21)
    #expect(grading.grade(GradeFacts()).grade == "A" && !grading.grade(GradeFacts()).isQuiet, "knowing nothing is no reason to stay away")
  }

  @Test(
    arguments: [
      (#""weight": 25"#, #""weight": 35"#, "come to 110"),
      (#"{"from": 25, "share": 50}"#, #"{"from": 5, "share": 50}"#, "do not ascend"),
      (#"{"from": 25, "share": 50}"#, #"{"from": 25, "share": 10}"#, "already 20"),
      (#""from": 28, "visits""#, #""from": 12, "visits""#, "do not ascend"),
      (#""from": 0, "visits""#, #""from": 3, "visits""#, "no grade"),
      (#""visits": 2, "months": 1"#, #""visits": 1, "months": 2"#, "less often"),
      (#""visits": 1, "months": 3"#, #""visits": 2, "months": 3"#, "one month only"),
      (#""load-bearing-damage""#, #""castle-in-the-air""#, "no item"),
      (#"{"factor": "patterns", "from": 3"#, #"{"factor": "ghosts", "from": 3"#, "no factor"),
      (#""from": 3, "grade": "C"}"#, #""from": 3, "grade": "A"}"#, "says nothing"),
      (#""from": 3, "grade": "C"}"#, #""from": 3, "grade": "E"}"#, "no grade of this file"),
      (#""id": "cases""#, #""id": "patterns""#, "there twice"),
      (#""measure": "patterns", "weight": 20"#, #""measure": "patterns", "days": 30, "weight": 20"#, "stands now"),
      (#""measure": "cases", "weight": 5, "days": 365"#, #""measure": "cases", "weight": 5"#, "needs a number of days"),
      (#""weekday": 1"#, #""weekday": 9"#, "from 1 to 7"),
      (#""undisturbed""#, #""undisturbd""#, "unknown key"),
    ])
  func contradictionsAreRefused(old: String, new: String, says: String) throws {
    let problems = try Self.changed(old, new)
    #expect(problems.contains { $0.contains(says) }, "\(problems)")
  }

  @Test func aChangeIsExplainedByWhatMoved() throws {
    let grading = Grading(try Self.shipped())
    let before = grading.grade(try Self.facts(["complaints": 12, "overdue-matters": 1]))
    let after = grading.grade(try Self.facts(["complaints": 60, "patterns": 2]))
    let words = grading.change(from: before, to: after)
    #expect(words.hasPrefix("A→C，因为"), "\(words)")
    #expect(words.contains("反复投诉由 0 条升到 2 条（＋16 分）") && words.contains("有效投诉由每万户每月 12 件升到每万户每月 60 件（＋15 分）"), "\(words)")
    // The heavier reason first; what went the other way is said, and said apart.
    let (first, second) = (try #require(words.range(of: "反复投诉")), try #require(words.range(of: "有效投诉")))
    #expect(first.lowerBound < second.lowerBound && words.contains("；同时超期未办的事项由 1 件降到 0 件（－1.5 分）"), "\(words)")
    #expect(grading.change(from: after, to: before).hasPrefix("C→A，因为反复投诉由 2 条降到 0 条（－16 分）"))
    #expect(grading.change(from: before, to: before, version: "2025-9").contains("规则由 2025-9 版改为 2026-1 版"))
    let floor = grading.change(from: grading.grade(try Self.facts([:])), to: grading.grade(try Self.facts(["overdue-corrections": 1])))
    #expect(floor.hasPrefix("A→B，因为责令改正逾期未改满 1 处，按规则不优于 B"), "\(floor)")
  }

  // MARK: The month's visits

  static let month = Month(Day(year: 2026, month: 11, day: 1) ?? Day(daysSinceEpoch: 0))
  static func day(_ day: Int) -> Day { month.first.adding(days: day - 1) }

  @Test func visitsArePlannedByGrade() throws {
    let rules = try Self.shipped()
    func plan(_ grade: String, quiet: Bool = false, turns: Set<Int> = [], last: Month? = nil, missed: Bool = false, on day: Int = 1) throws
      -> [Int]
    {
      InspectionPlanner.plan(
        [
          Inspectable(
            compound: 1, grade: try #require(rules[grade: grade]), isQuiet: quiet, turns: turns, lastDone: last, wasMissed: missed)
        ], month: Self.month, today: Self.day(day)
      ).map(\.due.dayOfMonth)
    }
    #expect(try plan("D") == [15, 30])
    #expect(try plan("C") == [30])
    #expect(try plan("C", turns: [1]) == [], "asked again it adds nothing")
    #expect(try plan("D", on: 20) == [30], "who becomes D on the 20th has no visit overdue")
    #expect(try plan("A", quiet: true) == [] && plan("D", quiet: true) == [])
    #expect(try plan("B", last: Self.month.adding(-2)) == [] && plan("B", last: Self.month.adding(-3)) == [30])
    #expect(try plan("A", missed: true) == [30], "what was missed is due again")
  }

  @Test func theSeldomVisitedAreSpreadOverTheirPeriod() throws {
    let rules = try Self.shipped()
    let grade = try #require(rules[grade: "B"])
    let all = (0..<300).map { Inspectable(compound: Int64($0 * 4096 + 17), grade: grade, isQuiet: false) }
    let counts = (0..<3).map { InspectionPlanner.plan(all, month: Self.month.adding($0), today: Self.day(1)).count }
    #expect(counts.reduce(0, +) == 300 && counts.allSatisfy { (70...130).contains($0) }, "\(counts)")
  }
}

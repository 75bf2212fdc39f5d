import Catalogue
import Foundation
import Kernel
import Testing
import WorkCalendar

@testable import longtang

@Suite struct LawCommandTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static func data(_ path: String) throws -> Data { try Data(contentsOf: root.appending(path: "Data").appending(path: path)) }

  /// Reckoned by hand from the State Council's notice for 2026: 15 to 23 February off, 14 and 28 February worked; 1 to 7 October off,
  /// 20 September and 10 October worked.
  @Test(arguments: [
    ("2026-02-13", 3, LawUnit.working, "2026-02-25"), ("2026-02-13", 3, .calendar, "2026-02-24"), ("2026-02-13", 7, .working, "2026-03-02"),
    ("2026-09-20", 15, .calendar, "2026-10-08"), ("2026-09-30", 5, .working, "2026-10-13"), ("2026-08-31", 6, .months, "2027-03-01"),
    ("2024-02-29", 2, .years, "2026-02-28"),
  ]) func theFirstLineIsTheLastDay(start: String, length: Int, unit: LawUnit, last: String) throws {
    let calendar = try WorkCalendar(reading: Self.data("holidays/china.json"))
    let lines = LawCommand.Deadline.lines(from: try #require(Day(iso: start)), length, unit, rolls: true, calendar)
    #expect(lines.first == last, "\(lines)")
    #expect(lines.last?.hasPrefix("到期：") == true)
  }

  @Test func aYearWithoutNoticeIsSaidToBeAGuess() throws {
    let calendar = try WorkCalendar(reading: Self.data("holidays/china.json"))
    let lines = LawCommand.Deadline.lines(from: try #require(Day(iso: "2026-12-25")), 10, .working, rolls: true, calendar)
    #expect(lines.contains { $0.contains("2027年放假安排未公布") })
  }

  @Test func finesAreInYuanWithBasisAndVersion() throws {
    let catalogue = try Catalogue(reading: Self.data("catalogue/items.json"))
    let day = try #require(Day(iso: "2026-11-21"))
    let answer = LawFineAnswer(try catalogue.known("facade-damage"), party: .individual, acted: day, decided: day)
    #expect(answer.ranges.map { [$0.min, $0.max] } == [[1000, 10_000], [10_000, 100_000]])
    #expect(answer.ranges.map(\.tier) == ["base", "serious"])
    #expect(answer.basis == ["《上海市住宅物业管理规定》第八十五条"] && answer.version.map(\.inForce) == [true])
    let multiple = LawFineAnswer(try catalogue.known("tree-felling"), party: .unit, acted: day, decided: day)
    #expect(multiple.ranges.map { [$0.min, $0.max] } == [[5, 10]] && multiple.ranges.first?.of == "绿化补偿标准")
    let nobody = LawFineAnswer(try catalogue.known("renovation-unregistered"), party: .unit, acted: day, decided: day)
    #expect(nobody.ranges.isEmpty && nobody.note?.contains("没有适用于这类当事人") == true)
  }

  /// `longtang workflow draw` writes them anew.
  @Test func theDrawingsInTheDocsAreThoseOfTheTables() throws {
    for (name, svg) in WorkflowDrawings.all {
      let kept = try String(contentsOf: Self.root.appending(path: "docs/workflows/\(name).svg"), encoding: .utf8)
      #expect(kept == svg, "docs/workflows/\(name).svg: longtang workflow draw")
    }
  }
}

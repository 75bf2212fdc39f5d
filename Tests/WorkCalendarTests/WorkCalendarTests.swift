import Foundation
import Kernel
import Testing
import WorkCalendar

@Suite struct WorkCalendarTests {
  @Test(arguments: [
    ("2026-09-18", 5, "2026-09-24"),  // Sunday the 20th is worked for National Day
    ("2026-02-13", 3, "2026-02-25"),  // over Spring Festival, Saturday the 14th is worked
    ("2025-09-30", 7, "2025-10-16"),
    ("2024-09-13", 5, "2024-09-23"),
    ("2026-12-25", 4, "2026-12-31"),
    ("2025-12-31", 1, "2026-01-04"),  // over the year, the Sunday is worked
    ("2018-12-28", 1, "2018-12-29"),  // by the notice for 2019
    ("2018-12-29", 1, "2019-01-02"),
    ("2020-01-23", 1, "2020-02-03"),  // the longer Spring Festival of 2020
    ("2026-10-08", -1, "2026-09-30"),
    ("2026-09-21", -2, "2026-09-18"),
    ("2026-10-03", 0, "2026-10-03"),
  ]) func addsWorkingDays(start: String, count: Int, expected: String) throws {
    let found = try china().adding(workingDays: count, to: day(start))
    #expect(found.day.iso == expected)
    #expect(!found.assumed)
  }

  @Test(arguments: [
    ("2026-10-01", WorkCalendar.DayKind.holiday("国庆节")), ("2026-10-10", .makeup("国庆节")), ("2026-10-11", .weekend), ("2026-10-12", .workday),
    ("2025-10-06", .holiday("国庆节、中秋节")), ("2022-12-31", .holiday("元旦")), ("2015-09-06", .makeup("抗日战争暨世界反法西斯战争胜利70周年纪念日")),
  ]) func knowsWhatADayIs(iso: String, kind: WorkCalendar.DayKind) throws {
    let calendar = try china()
    #expect(calendar.kind(of: try day(iso)) == kind)
    #expect(calendar.isWorkday(try day(iso)) == kind.isWorked)
  }

  @Test(arguments: [(2024, 251), (2025, 248), (2026, 248)]) func countsTheWorkingDaysOfAYear(year: Int, count: Int) throws {
    let before = try day("\(year - 1)-12-31")
    #expect(try china().workingDays(after: before, through: day("\(year)-12-31")) == count)
    #expect(try china().workingDays(after: day("\(year)-12-31"), through: before) == -count)
  }

  @Test func findsTheNextWorkingDay() throws {
    let calendar = try china()
    #expect(calendar.workday(onOrAfter: try day("2026-10-01")).day.iso == "2026-10-08")
    #expect(calendar.workday(onOrAfter: try day("2026-10-08")).day.iso == "2026-10-08")
    #expect(calendar.workday(after: try day("2026-10-08")).day.iso == "2026-10-09")
  }

  @Test(arguments: [
    ("2026-10-03", WorkCalendar.RollRule.restDays, "2026-10-08"), ("2026-10-03", .holidays, "2026-10-08"),
    ("2026-10-03", .none, "2026-10-03"),
    ("2026-11-21", .restDays, "2026-11-23"), ("2026-11-21", .holidays, "2026-11-21"),
    ("2026-10-10", .restDays, "2026-10-10"),  // a Saturday that is worked
  ]) func rollsALastDay(iso: String, rule: WorkCalendar.RollRule, expected: String) throws {
    #expect(try china().rolled(day(iso), by: rule).day.iso == expected)
  }

  @Test func saysWhenAYearIsNotPublished() throws {
    let calendar = try china()
    let found = calendar.adding(workingDays: 3, to: try day("2026-12-30"))
    #expect(found.day.iso == "2027-01-04")
    #expect(found.note == "2027年放假安排未公布，暂按周末计算")
    #expect(calendar.note(from: try day("2014-12-30"), through: try day("2015-01-05")) == "2014年放假安排未收录，暂按周末计算")
    #expect(calendar.note(from: try day("2028-01-01"), through: try day("2026-01-05")) == "2027年、2028年放假安排未公布，暂按周末计算")
    #expect(calendar.rolled(try day("2027-05-01"), by: .restDays).assumed)
    #expect(!calendar.rolled(try day("2027-05-01"), by: .none).assumed)
  }

  @Test func takesLaterYearsFromAnExtraFile() throws {
    let extra = """
      {"years": [{"year": 2027, "confidence": "unverified-memory", "source": {"title": "测试", "urls": []},
        "holidays": [{"name": "元旦", "start": "2027-01-01", "end": "2027-01-03"}], "workdays": [{"date": "2026-12-27", "for": "元旦"}]}]}
      """
    let calendar = try WorkCalendar(reading: projectData("holidays/china.json"), extra: Data(extra.utf8))
    let found = calendar.adding(workingDays: 2, to: try day("2026-12-30"))
    #expect(found.day.iso == "2027-01-04")
    #expect(!found.assumed)
    #expect(calendar.isWorkday(try day("2026-12-27")))
    #expect(calendar.isWorkday(try day("2026-09-20")))
  }

  @Test func refusesABadFileWithAllItsProblems() throws {
    let bad = """
      {"years": [{"year": 2027, "confidence": "sure", "source": {"title": "", "urls": []}, "colour": 1,
        "holidays": [{"name": "元旦", "start": "2026-01-01", "end": "2027-01-03"}], "workdays": [{"date": "2027-01-05", "for": "元旦"}]},
        {"year": 2027, "confidence": "secondary", "source": {"title": "再次", "urls": []}, "holidays": [], "workdays": []}]}
      """
    let error = try #require(throws: DataFileError.self) { try HolidayYear.read(Data(bad.utf8)) }
    let text = error.problems.joined(separator: "\n")
    for expected in [
      "unknown key \"colour\"", "confidence: must be one of", "title: must be a text", "does not belong to 2027", "no Saturday",
      "appears twice",
    ] {
      #expect(text.contains(expected))
    }
    #expect(throws: DataFileError.self) { try HolidayYear.read(Data("{".utf8)) }
  }

  @Test func givesASourceForEachYear() throws {
    let calendar = try china()
    #expect(calendar.years.map(\.year) == Array(2015...2026))
    for year in calendar.years { #expect(year.source.contains("http")) }
  }
}

import Testing

@testable import Lab

@Suite struct LabPeriodTests {
  @Test func weeksMonthsAndDaysAreTold() throws {
    for text in ["2026-W01", "2020-W53", "2026-02", "2026-02-28"] { #expect(LabPeriod(text)?.text == text) }
    #expect(LabPeriod("2026年2月3日")?.text == "2026-02-03")
    #expect(LabPeriod("2026/2/3 14:05")?.text == "2026-02-03")
    #expect(LabPeriod("2026年2月")?.text == "2026-02")
    for text in ["", "2026", "2026-W54", "2025-W53", "2026-13", "2026-02-30", "去年", "26-02-03"] {
      #expect(LabPeriod(text) == nil, "\(text)")
    }
    let last = try #require(LabPeriod("2025-W52"))
    #expect(LabPeriod("2026-W01")?.number == last.number + 1)
    #expect(LabPeriod("2026-01")?.number == LabPeriod("2025-12").map { $0.number + 1 })
    // 1 January 2027 is a Friday of the 53rd week.
    #expect(LabPeriod("2027-01-01")?.as(.week)?.text == "2026-W53")
    #expect(LabPeriod("2027-01-01")?.as(.month)?.text == "2027-01")
    #expect(LabPeriod("2026-W01")?.as(.month) == nil)
  }
}

import Foundation
import Kernel
import Testing
import WorkCalendar

@Suite struct ClockTableTests {
  @Test func everyRuleHasBasisAndConfidence() throws {
    let table = try clocks()
    for spec in table.specs {
      #expect(!spec.basis.isEmpty)
      // A rule nobody has checked is one the unit must be able to change.
      if spec.confidence == .unverified { #expect(spec.local, "\(spec.kind)") }
    }
  }

  @Test(arguments: [
    ("first-contact", "1个工作日"), ("reply-general", "5个工作日"), ("reply-complex", "15个工作日"), ("transfer-out-of-scope", "3个工作日"),
    ("illegal-building-onsite", "24小时"), ("illegal-building-onsite-ongoing", "2小时"), ("firm-report", "24小时"), ("objection", "1个工作日"),
    ("supervision", "5个工作日"), ("revisit", "3个工作日"), ("leader-approval", "1个工作日"), ("case-decision", "90日"),
  ]) func knowsTheRule(kind: String, length: String) throws {
    #expect(try clocks().spec(kind, on: day("2026-11-21"))?.lengthText == length)
  }

  @Test func takesTheRuleInForceAndTheUnitsOwn() throws {
    let table = try clocks()
    #expect(table.spec("credit-objection", on: try day("2028-07-01")) == nil)
    #expect(table.spec("no-such-clock", on: try day("2026-07-01")) == nil)
    let own = """
      {"clocks": [{"kind": "revisit", "name": "回访", "unit": "workingDays", "length": 2, "startEvent": "办结", "startsNextDay": true,
        "warnBefore": {"amount": 1, "unit": "workingDays"}, "basis": "本单位规定", "confidence": "secondary", "local": true}]}
      """
    let merged = table.replacing(with: try ClockTable(reading: Data(own.utf8), file: "own"))
    #expect(merged.spec("revisit", on: try day("2026-11-21"))?.length == 2)
    #expect(merged.specs.count == table.specs.count)
  }

  @Test func refusesABadTableWithAllItsProblems() throws {
    let bad = """
      {"clocks": [{"kind": "Reply General", "name": "答复", "unit": "hours", "length": 0, "startEvent": "收件", "startsNextDay": true,
        "warnBefore": {"amount": 1, "unit": "weeks"}, "roll": "restDays", "basis": "", "confidence": "secondary", "color": "red"},
        {"kind": "a", "name": "a", "unit": "hours", "length": 1, "startEvent": "收件", "startsNextDay": false,
        "warnBefore": {"amount": 1, "unit": "hours"}, "basis": "a", "confidence": "secondary", "validUntil": "2026-01-01"},
        {"kind": "a", "name": "a", "unit": "hours", "length": 1, "startEvent": "收件", "startsNextDay": false,
        "warnBefore": {"amount": 1, "unit": "hours"}, "basis": "a", "confidence": "secondary", "validFrom": "2026-01-01"}]}
      """
    let error = try #require(throws: DataFileError.self) { try ClockTable(reading: Data(bad.utf8)) }
    let text = error.problems.joined(separator: "\n")
    for expected in [
      "unknown key \"color\"", "kebab-case", "length: must be a whole number from 1", "must be one of \"minutes\"", "basis: must be a text",
      "startsNextDay must be false", "only natural days and months roll", "\"a\" is there twice",
    ] { #expect(text.contains(expected), "\(expected)") }
  }

  @Test func survivesStorage() throws {
    let spec = try #require(try clocks().spec("case-decision", on: day("2026-11-21")))
    let state = try ClockState(start: moment("2026-11-21 10:00")).paused(at: moment("2026-11-22 10:00"), reason: "等待鉴定")
    let clock = Clock(spec, state)
    #expect(try JSONDecoder().decode(Clock.self, from: JSONEncoder().encode(clock)) == clock)
  }
}

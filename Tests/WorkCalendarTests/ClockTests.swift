import Kernel
import Testing
import WorkCalendar

@Suite struct ClockTests {
  @Test(arguments: [
    // A Thursday evening or any hour of the day: the day itself does not count.
    (ClockUnit.workingDays, 5, "2026-09-17 10:20", "9月23日 24:00"),  // Sunday the 20th is worked
    (.workingDays, 1, "2026-09-30 23:59", "10月8日 24:00"),
    (.workingDays, 1, "2026-10-03 00:00", "10月8日 24:00"),
    (.workingDays, 15, "2026-02-10 09:00", "3月9日 24:00"),
    (.hours, 2, "2026-09-17 23:30", "9月18日 01:30"),
    (.hours, 24, "2026-09-30 17:00", "10月1日 17:00"),
    (.hours, 2, "2026-09-17 22:00", "9月17日 24:00"),
    (.naturalDays, 10, "2026-09-25 08:00", "10月5日 24:00"),
    (.naturalDays, 90, "2024-12-15 08:00", "3月15日 24:00"),
    (.months, 1, "2026-01-31 08:00", "2月28日 24:00"),
    (.months, 3, "2025-11-30 08:00", "2月28日 24:00"),
    (.months, 6, "2026-03-15 08:00", "9月15日 24:00"),
  ]) func runsOut(unit: ClockUnit, length: Int, start: String, due: String) throws {
    let clock = Clock(rule(unit, length), ClockState(start: try moment(start)))
    #expect(clock.deadline(on: try china(), asOf: try moment(start)).dueText == due)
  }

  @Test func showsItsArithmetic() throws {
    let state = try ClockState(start: moment("2026-09-17 10:20"))
      .paused(at: moment("2026-09-21 09:00"), reason: "等待鉴定").resumed(at: moment("2026-09-23 16:00"))
      .extended(by: 2, reason: "经批准")
    let found = Clock(rule(.workingDays, 5), state).deadline(on: try china(), asOf: try moment("2026-09-24 08:00"))
    #expect(
      found.steps.map(\.text) == [
        "期限：5个工作日（测试）", "起算：9月18日（收件次日）", "延长2个工作日：经批准", "9月19日 周末 不计", "9月20日 国庆节调休上班 计入",
        "9月21日、22日 暂停2个工作日：等待鉴定", "9月25日至27日 中秋节 不计", "到期：9月30日 24:00",
      ])
    #expect(found.due == (try moment("2026-10-01 00:00")))
  }

  @Test(arguments: ClockUnit.allCases) func runsOutAtTheSameMomentWithoutItsArithmetic(unit: ClockUnit) throws {
    let state = try ClockState(start: moment("2026-12-17 10:20"))
      .paused(at: moment("2026-12-18 09:00"), reason: "等待鉴定").resumed(at: moment("2026-12-23 16:00"))
    let clock = Clock(rule(unit, 20, roll: .restDays), state)
    let (written, brief) = try (
      clock.deadline(on: china(), asOf: moment("2026-12-24 08:00")),
      clock.deadline(on: china(), asOf: moment("2026-12-24 08:00"), steps: false)
    )
    #expect(brief.steps.isEmpty && !written.steps.isEmpty)
    #expect((brief.due, brief.warn, brief.note) == (written.due, written.warn, written.note))
  }

  @Test func pausesAcrossAHoliday() throws {
    let calendar = try china()
    let state = try ClockState(start: moment("2026-09-28 10:00")).paused(at: moment("2026-09-29 10:00"), reason: "等待鉴定")
      .resumed(at: moment("2026-10-09 10:00"))
    let found = Clock(rule(.workingDays, 3), state).deadline(on: calendar, asOf: try moment("2026-10-09 10:00"))
    // 29 and 30 September and 8 October are lost; 9, 10 (worked) and 12 October count.
    #expect(found.dueText == "10月12日 24:00")
    #expect(found.steps.contains { $0.text == "9月29日至10月8日 暂停3个工作日：等待鉴定" })
    let natural = Clock(rule(.naturalDays, 3), state).deadline(on: calendar, asOf: try moment("2026-10-09 10:00"))
    #expect(natural.dueText == "10月11日 24:00")
  }

  @Test func pausesHoursExactly() throws {
    let state = try ClockState(start: moment("2026-09-17 23:30")).paused(at: moment("2026-09-18 00:10"), reason: "道路封闭")
      .resumed(at: moment("2026-09-18 02:00")).paused(at: moment("2026-09-18 12:00"), reason: "太晚").resumed(at: moment("2026-09-18 13:00"))
    let found = Clock(rule(.hours, 2), state).deadline(on: try china(), asOf: try moment("2026-09-18 14:00"))
    #expect(found.dueText == "9月18日 03:20")
    #expect(found.steps.filter { $0.kind == .paused }.map(\.text) == ["9月18日 00:10 暂停 1 小时 50 分：道路封闭"])
  }

  @Test func aPauseWithinOneDayTakesNoDay() throws {
    let start = try ClockState(start: moment("2026-09-17 10:00"))
    let state = try start.paused(at: moment("2026-09-18 09:00"), reason: "停电").resumed(at: moment("2026-09-18 17:00"))
    let calendar = try china()
    let due = [start, state].map { Clock(rule(.workingDays, 2), $0).deadline(on: calendar, asOf: start.start).dueText }
    #expect(due == ["9月20日 24:00", "9月20日 24:00"])
  }

  @Test func whilePausedTheEndMovesWithTheDays() throws {
    let calendar = try china()
    let clock = Clock(
      rule(.workingDays, 2), try ClockState(start: moment("2026-11-16 10:00")).paused(at: moment("2026-11-17 10:00"), reason: "等待鉴定"))
    #expect(clock.deadline(on: calendar, asOf: try moment("2026-11-17 12:00")).dueText == "11月18日 24:00")
    #expect(clock.deadline(on: calendar, asOf: try moment("2026-11-19 12:00")).dueText == "11月20日 24:00")
    let reading = clock.remaining(at: try moment("2026-12-25 12:00"), on: calendar)
    #expect(reading.severity == .paused)
    #expect(reading.text == "已暂停：等待鉴定")
  }

  @Test func rollsAndSaysSo() throws {
    let found = Clock(rule(.naturalDays, 15, roll: .restDays), ClockState(start: try moment("2026-09-18 09:00"))).deadline(
      on: try china(), asOf: try moment("2026-09-18 09:00"))
    #expect(found.dueText == "10月8日 24:00")
    #expect(found.steps.contains { $0.text == "末日10月3日为法定休假日（国庆节），顺延至10月8日" })
  }

  @Test func crossesTheYearWithItsReservation() throws {
    let found = Clock(rule(.workingDays, 5), ClockState(start: try moment("2026-12-29 09:00"))).deadline(
      on: try china(), asOf: try moment("2026-12-29 09:00"))
    #expect(found.assumed)
    #expect(found.steps.suffix(2).map(\.text) == ["2027年放假安排未公布，暂按周末计算", "到期：2027年1月5日 24:00"])
    let hours = Clock(rule(.hours, 96), ClockState(start: try moment("2026-12-29 09:00")))
    #expect(!hours.deadline(on: try china(), asOf: try moment("2026-12-29 09:00")).assumed)
  }

  @Test(arguments: [
    ("2026-09-22 10:00", "还剩 2 个工作日（9月24日 24:00 前）", Remaining.Severity.ok),
    ("2026-09-19 10:00", "还剩 5 个工作日（9月24日 24:00 前）", .ok),
    ("2026-09-23 23:59", "还剩 1 个工作日（9月24日 24:00 前）", .ok),
    ("2026-09-24 00:00", "还剩 1 天（今天 24:00 前）", .soon),
    ("2026-09-24 18:40", "还剩 5 小时 20 分（今天 24:00 前）", .soon),
    ("2026-09-25 00:00", "超期 不到 1 分钟", .overdue),
    ("2026-09-26 03:20", "超期 1 天 3 小时", .overdue),
  ]) func saysHowLongIsLeft(now: String, text: String, severity: Remaining.Severity) throws {
    let clock = Clock(rule(.workingDays, 5, warn: ClockWarning(1, .workingDays)), ClockState(start: try moment("2026-09-18 10:00")))
    let reading = clock.remaining(at: try moment(now), on: try china())
    #expect(reading.text == text)
    #expect(reading.severity == severity)
  }

  @Test func saysHowLongIsLeftOfOtherUnits() throws {
    let calendar = try china()
    let hours = Clock(rule(.hours, 2, warn: ClockWarning(30, .minutes)), ClockState(start: try moment("2026-09-17 23:30")))
    #expect(hours.remaining(at: try moment("2026-09-17 23:40"), on: calendar).text == "还剩 1 小时 50 分（9月18日 01:30 前）")
    #expect(hours.remaining(at: try moment("2026-09-18 01:00"), on: calendar).severity == .soon)
    let days = Clock(rule(.naturalDays, 30), ClockState(start: try moment("2026-12-10 10:00")))
    #expect(days.remaining(at: try moment("2026-12-12 10:00"), on: calendar).text == "还剩 28 天（2027年1月9日 24:00 前）")
    let settled = days.deadline(on: calendar, asOf: try moment("2026-12-12 10:00"))
    #expect(settled.outcome(settled: try moment("2027-01-09 23:59")).inTime)
    #expect(settled.outcome(settled: try moment("2027-01-10 00:30")).text == "超期 30 分钟")
  }

  @Test(arguments: [
    // Due 9 October 24:00.
    (ClockWarning(1, .workingDays), "2026-10-09 00:00"), (ClockWarning(3, .workingDays), "2026-09-30 00:00"),
    (ClockWarning(0, .workingDays), "2026-10-10 00:00"), (ClockWarning(10, .hours), "2026-10-09 14:00"),
    (ClockWarning(3, .naturalDays), "2026-10-07 00:00"), (ClockWarning(60, .naturalDays), "2026-09-28 10:00"),
  ]) func warnsInTime(warning: ClockWarning, expected: String) throws {
    let clock = Clock(rule(.workingDays, 4, warn: warning), ClockState(start: try moment("2026-09-28 10:00")))
    let warn = clock.deadline(on: try china(), asOf: try moment("2026-09-28 10:00")).warn
    #expect(warn.text == expected)
  }

  @Test func refusesWhatMakesNoSense() throws {
    let state = ClockState(start: try moment("2026-09-28 10:00"))
    let later = try moment("2026-09-29 10:00")
    #expect(throws: Refusal.self) { try state.resumed(at: later) }
    #expect(throws: Refusal.self) { try state.paused(at: moment("2026-09-27 10:00"), reason: "早") }
    #expect(throws: Refusal.self) { try state.paused(at: later, reason: "") }
    #expect(throws: Refusal.self) { try state.paused(at: later, reason: "等待鉴定").paused(at: later, reason: "再次") }
    #expect(throws: Refusal.self) { try state.paused(at: later, reason: "等待鉴定").resumed(at: moment("2026-09-29 09:00")) }
    #expect(throws: Refusal.self) { try state.extended(by: 0, reason: "经批准") }
  }
}

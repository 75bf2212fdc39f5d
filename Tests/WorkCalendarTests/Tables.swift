import Foundation
import Kernel
import Testing
import WorkCalendar

/// The project's own data, found from this file so that tests run from any folder.
func projectData(_ path: String) throws -> Data {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  return try Data(contentsOf: root.appending(path: "Data").appending(path: path))
}
/// Read once for all cases.
private let chinaRead = Result { try WorkCalendar(reading: projectData("holidays/china.json")) }
func china() throws -> WorkCalendar { try chinaRead.get() }
func clocks() throws -> ClockTable { try ClockTable(reading: projectData("clocks/clocks.json")) }

func day(_ iso: String) throws -> Day { try #require(Day(iso: iso), "\(iso)") }
/// "2026-09-17 10:20", Shanghai.
func moment(_ text: String) throws -> Moment {
  let parts = text.split(separator: " ")
  let clock = try #require(parts.last).split(separator: ":").compactMap { Int($0) }
  try #require(parts.count == 2 && clock.count == 2, "\(text)")
  return try day(String(parts[0])).at(hour: clock[0], minute: clock[1])
}
func rule(_ unit: ClockUnit, _ length: Int, warn: ClockWarning = ClockWarning(0, .hours), roll: WorkCalendar.RollRule = .none) -> ClockSpec
{
  ClockSpec(
    kind: "test", name: "测试", unit: unit, length: length, startEvent: "收件", startsNextDay: unit != .hours, warnBefore: warn, roll: roll,
    basis: "测试", confidence: .unverified)
}

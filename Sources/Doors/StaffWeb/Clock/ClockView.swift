import ClockBook
import Foundation
import Kernel
import WebSupport
import WorkCalendar

/// A clock and its arithmetic, the same on every page.
enum ClockView {
  /// A moment that ends something: midnight is written as 24:00 of the day before.
  static func end(_ due: Moment) -> String {
    due == due.day.start ? "\(due.adding(milliseconds: -1).day.chinese) 24:00" : due.chinese
  }

  static func clock(_ sheet: ClockSheet, at now: Moment, named: Bool = true, compact: Bool = false) -> HTML {
    let name = named ? sheet.name : nil
    switch sheet.state {
    case .met: return UI.clock(name, .stopped(result: "按时", late: false), due: sheet.endedAt?.chinese, compact: compact)
    case .late: return UI.clock(name, .stopped(result: "超期", late: true), due: sheet.endedAt?.chinese, compact: compact)
    case .cancelled: return UI.clock(name, .stopped(result: "不再计时", late: false), compact: compact)
    case .running, .paused: break
    }
    // The room's phrase carries both parts; here they stand apart, in the clock's own type.
    let text = sheet.remaining.text
    let head = text.split(separator: "（").first.map(String.init) ?? text
    let due = text.firstIndex(of: "（").map { String(text[text.index(after: $0)...].dropLast()) } ?? "应于 \(end(sheet.due)) 前"
    func after(_ word: String) -> String {
      head.hasPrefix(word) ? String(head.dropFirst(word.count)).trimmingCharacters(in: .whitespaces) : head
    }
    let state: UI.ClockState =
      switch sheet.remaining.severity {
      case .ok: .running(left: after("还剩"))
      case .soon: .soon(left: after("还剩"))
      case .overdue: .overdue(by: after("超期"))
      case .paused: .paused(why: after("已暂停："))
      }
    // Working days stand still at night and on holidays: only the server may count them.
    let counts = sheet.remaining.severity != .paused && !head.contains("天") && (head.contains("小时") || head.contains("分"))
    return UI.clock(
      name, state, due: sheet.remaining.severity == .paused ? nil : due, spent: spent(sheet, at: now), dueAt: counts ? sheet.due : nil,
      compact: compact)
  }
  private static func spent(_ sheet: ClockSheet, at now: Moment) -> Int {
    let whole = sheet.due.milliseconds(since: sheet.startedAt)
    return whole <= 0 ? 100 : Int(max(0, min(100, now.milliseconds(since: sheet.startedAt) * 100 / whole)))
  }

  /// The arithmetic, line by line, as an officer would write it.
  static func steps(_ clock: ClockSheet) -> HTML {
    """
    <ol class="sum">\(each: clock.steps, { "<li>\($0.text)</li>" })</ol>\(clock.note.map { "<p class=\"hint\">\($0)</p>" as HTML })<p class="basis">依据：\(clock.basis)</p>
    """
  }
}

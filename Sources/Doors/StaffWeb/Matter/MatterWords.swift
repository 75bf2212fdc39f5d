import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import People
import WebSupport
import WorkCalendar

/// The words and marks by which a matter is shown, everywhere the same.
enum MatterWords {
  static func address(_ no: String, _ rest: String = "") -> String { "/matters/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest) }

  static func tag(_ state: MatterState) -> HTML {
    let tone: Tone =
      switch state {
      case .registered, .replied: .soon
      case .dispatched, .accepted, .found, .approved: .action
      case .hung, .transferred: .neutral
      case .closed: .good
      }
    let icon: Icon? =
      switch state {
      case .registered: .inbox
      case .dispatched: .send
      case .replied: .eye
      case .approved: .phone
      case .hung: .pause
      case .transferred: .exit
      default: nil
      }
    return UI.tag(state.chinese, tone, icon: icon)
  }

  /// State first, then what makes it special.
  static func tags(_ matter: Matter) -> [HTML] {
    var out = [tag(matter.state)]
    if matter.ongoing { out.append(UI.tag("正在搭建", .danger)) }
    if matter.urgent { out.append(UI.tag("紧急", .danger, icon: .bell)) }
    if matter.supervised { out.append(UI.tag("督办", .danger, icon: .flag)) }
    if matter.reports > 1 { out.append(UI.tag("诉件 \(matter.reports) 件", .soon, icon: .merge)) }
    if matter.reopened > 0 { out.append(UI.tag("重新办理", .soon, icon: .refresh)) }
    if matter.returns > 0, matter.state == .registered || matter.state == .dispatched {
      out.append(UI.tag("退单 \(matter.returns) 次", .soon, icon: .back))
    }
    if matter.outOfScope { out.append(UI.tag("可能不属本部门", .neutral, icon: .exit)) }
    if matter.unreasonable != .none { out.append(UI.tag(matter.unreasonable.chinese, .neutral, icon: .flag)) }
    return out
  }

  /// "居改非" of "居改非 · 元邑小城".
  static func what(_ matter: Matter) -> String {
    matter.title.range(of: " · ").map { String(matter.title[..<$0.lowerBound]) } ?? matter.title
  }
  /// "元邑小城 12号"
  static func place(_ matter: Matter) -> String {
    let parts = [matter.compoundName ?? "地点待核实", matter.building ?? ""].filter { !$0.isEmpty }
    return matter.compound == nil && !matter.placeText.isEmpty ? matter.placeText : parts.joined(separator: " ")
  }

  /// A moment that ends something: midnight is written as 24:00 of the day before.
  static func end(_ due: Moment) -> String {
    due == due.day.start ? "\(due.adding(milliseconds: -1).day.chinese) 24:00" : due.chinese
  }

  static func clock(_ sheet: MatterFile.ClockSheet, at now: Moment, named: Bool = true, compact: Bool = false) -> HTML {
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
  private static func spent(_ sheet: MatterFile.ClockSheet, at now: Moment) -> Int {
    let whole = sheet.due.milliseconds(since: sheet.startedAt)
    return whole <= 0 ? 100 : Int(max(0, min(100, now.milliseconds(since: sheet.startedAt) * 100 / whole)))
  }

  static func tone(_ matter: Matter, _ clock: MatterFile.ClockSheet?) -> Tone? {
    switch clock?.remaining.severity {
    case .overdue: .danger
    case .soon: .soon
    default: matter.ongoing ? .danger : nil
    }
  }

  /// "把握 92%"
  static func sure(_ score: Double) -> String { "把握 \(Int((max(0, min(1, score)) * 100).rounded()))%" }

  static let columns: [UI.Column] = [.init("什么、在哪", .what), .init("状态", .status), .init("谁、何时", .meta), .init("时限", .clock)]

  /// One line of any list of matters.
  static func row(_ matter: Matter, _ clock: MatterFile.ClockSheet?, at now: Moment, choose: Bool = false) -> UI.Row {
    let who = matter.officerName ?? matter.squadName ?? "待派"
    let time: HTML =
      if let clock {
        self.clock(clock, at: now, compact: true)
      } else if let closed = matter.closedAt { "<small>\(closed.day.chinese)办结</small>" } else { .empty }
    return UI.Row(
      address(matter.no),
      [
        UI.lines("\(what(matter))", "\(place(matter))"), HTML.join(tags(matter), " "),
        UI.lines("\(who)", "\(UI.time(matter.lastAt, relative: true))收到"), time,
      ], tone: tone(matter, clock), choose: choose && matter.state == .registered ? "\(matter.no)|\(matter.version)" : nil)
  }
}

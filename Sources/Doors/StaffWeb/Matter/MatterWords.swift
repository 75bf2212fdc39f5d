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

  static func tone(_ matter: Matter, _ clock: ClockSheet?) -> Tone? {
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
  static func row(_ matter: Matter, _ clock: ClockSheet?, at now: Moment, choose: Bool = false) -> UI.Row {
    let who = matter.officerName ?? matter.squadName ?? "待派"
    let time: HTML =
      if let clock {
        ClockView.clock(clock, at: now, compact: true)
      } else if let closed = matter.closedAt { "<small>\(closed.day.chinese)办结</small>" } else { .empty }
    return UI.Row(
      address(matter.no),
      [
        UI.lines("\(what(matter))", "\(place(matter))"), HTML.join(tags(matter), " "),
        UI.lines("\(who)", "\(UI.time(matter.lastAt, relative: true))收到"), time,
      ], tone: tone(matter, clock), choose: choose && matter.state == .registered ? "\(matter.no)|\(matter.version)" : nil)
  }
}

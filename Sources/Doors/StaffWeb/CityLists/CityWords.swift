import CityLists
import Kernel
import WebSupport

enum CityWords {
  static func address(_ id: CityEntry.ID, _ rest: String = "") -> String { "/city-lists/\(id)" + (rest.isEmpty ? "" : "/" + rest) }
  static func tag(_ one: CityEntry, today: Day) -> HTML {
    if one.report == nil { return UI.tag("没有对应的诉件", .soon, icon: .warning) }
    if one.isOverdue(on: today) { return UI.tag("\(one.state.chinese)，已过期限", .danger, icon: .warning) }
    return switch one.state {
    case .open: UI.tag(one.state.chinese, .soon, icon: .clock)
    case .accepted: UI.tag(one.state.chinese, .neutral)
    case .asked, .sent: UI.tag(one.state.chinese, .action, icon: .send)
    case .upheld: UI.tag(one.state.chinese, .good, icon: .check)
    case .rejected: UI.tag(one.state.chinese, .quiet)
    }
  }
  static func month(_ month: Month) -> String { "\(month.year)年\(month.number)月" }
  /// What it does to the figures, and why.
  static func effect(_ one: CityEntry) -> String {
    if one.report == nil { return "没有对应的诉件，不影响指标" }
    return one.counts ? "指标里\(one.kind.effect)，市局的说法优先于本单位的记录" : "申诉成立，指标里不再\(one.kind.effect)"
  }
}

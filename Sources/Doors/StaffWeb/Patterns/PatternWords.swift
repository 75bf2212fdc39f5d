import Catalogue
import Kernel
import Patterns
import WebSupport

enum PatternWords {
  static func address(_ id: Pattern.ID, _ rest: String = "") -> String { "/patterns/\(id)" + (rest.isEmpty ? "" : "/" + rest) }
  static func address(plan no: String, _ rest: String = "") -> String { "/plans/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest) }

  static func tag(_ pattern: Pattern) -> HTML {
    if pattern.overAt != nil { return UI.tag("已平息", .quiet, icon: .check) }
    return switch pattern.state {
    case .found: UI.tag(pattern.state.chinese, .soon, icon: .eye)
    case .planned: UI.tag(pattern.state.chinese, .action, icon: .flag)
    case .dismissed: UI.tag(pattern.state.chinese, .quiet)
    }
  }
  static func level(_ pattern: Pattern) -> HTML? {
    pattern.level == 0 ? nil : UI.tag(pattern.level == 1 ? "升级" : "再次升级", .danger, icon: .warning)
  }
  static func tag(_ plan: Plan, today: Day) -> HTML {
    switch plan.state {
    case .open: plan.due < today ? UI.tag("已逾期", .danger, icon: .warning) : UI.tag(plan.state.chinese, .action, icon: .clock)
    case .done: UI.tag(plan.state.chinese, .good, icon: .check)
    case .dropped: UI.tag(plan.state.chinese, .quiet)
    }
  }
  /// "江南新村 12号 · 楼道堆物"
  static func title(_ pattern: Pattern, _ catalogue: Catalogue) -> String {
    let place = [pattern.compoundName, pattern.place].compactMap { $0 }.joined(separator: " ")
    return place + " · " + (pattern.item.map { catalogue.item($0)?.name ?? $0 } ?? "多个事项")
  }
  static func title(_ plan: Plan, _ patterns: Patterns) -> String {
    let item = plan.item.map { patterns.catalogue.item($0)?.name ?? $0 } ?? "多个事项"
    return "\(plan.compoundName) · \(item) · \(patterns.rules[measure: plan.measure]?.name ?? plan.measure)"
  }
  static func tabs(_ on: String) -> HTML {
    UI.tabs(
      "反复投诉和整治方案",
      [
        .init("反复投诉", "/patterns", on: on == "patterns"), .init("整治方案", "/plans", on: on == "plans"),
        .init("研判规则", "/patterns/rules", on: on == "rules"),
      ])
  }
  static func planColumns() -> [UI.Column] { [.init("方案", .what), .init("状态", .status), .init("牵头人", .meta), .init("完成日期", .clock)] }
  static func row(_ plan: Plan, _ patterns: Patterns, today: Day) -> UI.Row {
    UI.Row(
      address(plan: plan.no),
      [
        UI.lines("\(title(plan, patterns))", "\(plan.no) · \(plan.squadName)"), tag(plan, today: today), "\(plan.ownerName)",
        plan.state == .open ? "\(plan.due.chinese)前" : "\(plan.closedAt?.day.chinese ?? "")结束",
      ], tone: plan.state == .open && plan.due < today ? .danger : nil)
  }
}

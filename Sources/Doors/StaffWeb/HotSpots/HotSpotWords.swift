import Foundation
import HotSpots
import Kernel
import WebSupport

enum HotSpotPageWords {
  static func tabs(_ on: String) -> HTML {
    UI.tabs(
      "热点和重点小区",
      [
        .init("热点研判", "/hotspots", on: on == "hotspots"), .init("重点小区名单", "/hotspots/lists", on: on == "lists"),
        .init("研判方法", "/hotspots/method", on: on == "method"),
      ])
  }
  static func address(list no: String, _ rest: String = "") -> String {
    "/hotspots/lists/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest)
  }
  static func tag(_ rate: HotRate) -> HTML { rate.listed ? UI.tag("建议列入", .soon, icon: .flag) : UI.tag("不突出", .quiet) }
  static func tag(_ list: FocusList, today: Day) -> HTML {
    if list.withdrawal != nil { return UI.tag("已撤回", .quiet, icon: .cross) }
    if list.through < today { return UI.tag("已到期", .quiet) }
    return list.from > today ? UI.tag("未开始", .neutral, icon: .clock) : UI.tag("执行中", .action, icon: .flag)
  }
  static func tag(_ verdict: Aftermath.Verdict) -> HTML {
    switch verdict {
    case .fell: UI.tag("减少", .good, icon: .check)
    case .rose: UI.tag("增加", .danger, icon: .warning)
    case .noChange: UI.tag("变化不大", .neutral)
    case .cannotSay: UI.tag("还说不准", .quiet, icon: .clock)
    }
  }
  /// "33.2（24.1 至 44.0）"; a dash where it cannot be reckoned.
  static func shrunk(_ figures: HotFigures?) -> HTML {
    figures.map { "\(HotFigures.text($0.shrunk))（\($0.interval)）" } ?? "—"
  }
  static func raw(_ figures: HotFigures?) -> HTML { figures.map { "\(HotFigures.text($0.raw))" } ?? "—" }
  static func period(_ list: FocusList) -> String { "\(list.from.chineseLong)至\(list.through.chineseLong)" }
}

import Kernel
import Patterns
import WebSupport

/// The rules as they are, with what each proposes.
struct PatternRulesView {
  let rules: PatternRules

  var html: HTML {
    """
    \(UI.heading("研判规则", sub: "版本 \(rules.version)·\(rules.confidence.chinese)"))
    \(PatternWords.tabs("rules"))
    \(UI.notice(.neutral, "这些数字从哪来", "\(rules.about)"))
    \(each: PatternKind.allCases, { kind in UI.section(kind.chinese, HTML.join(rules.rules.filter { $0.kind == kind }.map { one($0) }, "\n")) })
    \(UI.section("办法", UI.facts(rules.measures.map { ($0.name, "\($0.what)") })))
    <p class="hint">没有新诉件满 \(rules.quietDays) 天、也没有进行中的方案，即算平息；再发生时另列一条。</p>
    """
  }
  private func one(_ rule: PatternRule) -> HTML {
    UI.facts([
      ("规则", "<b>\(rule.name)</b>"), ("数字", "\(Self.words(rule))"), ("建议的办法", rules[measure: rule.measure].map { "\($0.name)" }),
      ("依据", "\(rule.basis)"), ("说明", rule.note.map { "\($0)" }),
    ])
  }
  /// "任意连续 3 天内 3 件以上，至少 2 处；满 5 件升级"
  static func words(_ rule: PatternRule) -> String {
    var text =
      switch rule.shape {
      case .window(let days, let reports, let places): "任意连续 \(days) 天内满 \(reports) 件" + (places > 1 ? "，至少 \(places) 处" : "")
      case .season(let months, let years, let least, let perYear, let share):
        "前 \(years) 年里至少 \(least) 年、每年同样的 \(months) 个月内满 \(perYear) 件，且占全部的 \(share)% 以上"
      case .months(let window, let least, let percentile, let perMonth, let items):
        "前 \(window) 个月里至少 \(least) 个月，当月满 \(perMonth) 件且多于本街镇 \(percentile)% 的小区，共 \(items) 个以上事项"
      }
    if !rule.escalate.isEmpty { text += "；满 \(rule.escalate.map { "\($0)" }.joined(separator: "、")) 件逐级升级" }
    return text
  }
}

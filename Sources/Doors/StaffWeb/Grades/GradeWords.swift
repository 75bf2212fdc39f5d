import Grades
import Kernel
import WebSupport

enum GradeWords {
  static func address(_ no: String, _ rest: String = "") -> String { "/grades/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest) }
  static func address(inspection no: String, _ rest: String = "") -> String {
    "/inspections/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest)
  }
  static func month(_ month: Month) -> String { "\(month.year)-\(month.number.padded(2))" }
  static func chinese(_ month: Month) -> String { "\(month.year)年\(month.number)月" }

  static func tabs(_ on: String) -> HTML {
    UI.tabs(
      "分级和检查",
      [
        .init("小区分级", "/grades", on: on == "grades"), .init("分级检查", "/inspections", on: on == "inspections"),
        .init("分级规则", "/grades/rules", on: on == "rules"),
      ])
  }
  /// The worst red, the next amber.
  static func tone(_ grade: String, _ rules: GradeRules) -> Tone {
    let worse = rules.grades.count - 1 - rules.rank(grade)
    return worse == 0 ? .danger : worse == 1 ? .soon : rules.rank(grade) == 0 ? .good : .neutral
  }
  static func tag(_ grade: String, _ rules: GradeRules) -> HTML {
    UI.tag("\(grade) \(rules[grade: grade]?.name ?? "")", tone(grade, rules))
  }
  static func tags(_ one: CompoundGrade, _ rules: GradeRules) -> [HTML] {
    [
      tag(one.effective, rules), one.override.map { UI.tag("人工调整至 \($0.until.chinese)", .action, icon: .person) },
      one.isQuiet ? UI.tag("无事不扰", .good, icon: .check) : nil,
    ].compactMap { $0 }
  }

  static func tag(_ one: Inspection, today: Day) -> HTML {
    switch one.state {
    case .planned: one.isOverdue(on: today) ? UI.tag("已逾期", .danger, icon: .warning) : UI.tag(one.state.chinese, .action, icon: .clock)
    case .done:
      switch one.result {
      case .nothing?, nil: UI.tag(Inspection.Result.nothing.chinese, .good, icon: .check)
      case let result?: UI.tag(result.chinese, .soon, icon: .flag)
      }
    case .missed: UI.tag(one.state.chinese, .danger, icon: .warning)
    case .dropped: UI.tag(one.state.chinese, .quiet)
    }
  }
  static let columns: [UI.Column] = [.init("小区、为什么", .what), .init("状态", .status), .init("检查人", .meta), .init("期限", .clock)]
  static func row(_ one: Inspection, today: Day, _ rules: GradeRules) -> UI.Row {
    UI.Row(
      address(inspection: one.no),
      [
        UI.lines("\(one.compoundName)\(if: one.kind != .routine, "（\(one.kind.chinese)）")", "\(one.reason)"), tag(one, today: today),
        "\(one.doneBy ?? one.officerName ?? "未指定")", one.doneOn.map { "\($0.chinese)检查" } ?? "\(one.due.chinese)前",
      ], tone: one.isOverdue(on: today) ? .danger : nil)
  }
}

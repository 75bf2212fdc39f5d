import Kernel
import Rosters
import Staffing
import WebSupport

enum RosterWords {
  static func address(_ no: String, _ rest: String = "") -> String { "/rosters/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest) }

  static func tag(_ plan: RosterPlan, today: Day) -> HTML {
    switch plan.state {
    case .waiting, .running: UI.tag(plan.state.chinese, .action, icon: .clock)
    case .draft: UI.tag(plan.isWhatIf ? "假如" : plan.state.chinese, .neutral, icon: plan.isWhatIf ? .half : .pencil)
    case .issued: plan.until < today ? UI.tag("已到期", .quiet) : UI.tag(plan.state.chinese, .good, icon: .check)
    case .impossible, .failed: UI.tag(plan.state.chinese, .danger, icon: .warning)
    case .undecided: UI.tag(plan.state.chinese, .soon)
    case .cancelled, .superseded: UI.tag(plan.state.chinese, .quiet)
    }
  }
  static func tag(_ mode: StationingMode) -> HTML {
    switch mode {
    case .resident: UI.tag(mode.chinese, .action, icon: .pin)
    case .regular: UI.tag(mode.chinese, .neutral, icon: .calendar)
    case .occasional: UI.tag(mode.chinese, .quiet, icon: .walk)
    }
  }
  /// "徐泾中队 · 11月30日至12月27日 · 第 3 稿"
  static func title(_ plan: RosterPlan) -> String { "\(plan.squadName) · \(span(plan)) · 第 \(plan.number) 稿" }
  static func span(_ plan: RosterPlan) -> String { "\(plan.start.chinese)至\(plan.last.chinese)" }

  /// "元邑小城（顶班，代王建国）"; of a compound's own page "李敏（顶班，代王建国）".
  static func words(_ shift: RosterShift, with name: Bool = false) -> String {
    let place = name ? shift.name : shift.compoundName ?? ""
    let what: String =
      switch shift.task {
      case .visit:
        switch shift.role {
        case .standIn: "\(place)（顶班\(shift.insteadName.map { "，代\($0)" } ?? "")）"
        case .second: "\(place)（第二人）"
        case .contact, nil: place
        }
      case .duty: shift.dutyName ?? "值班"
      case .rest: "\(shift.dutyName ?? "值班")后休息"
      }
    return what
  }
  /// "四周要 10.4 小时，到场 16 小时"
  static func need(_ place: RosterPlace) -> String {
    let missing = place.demandHours - place.servedHours
    return "四周要 \(RosterComparison.hours(place.demandHours)) 小时，到场 \(RosterComparison.hours(place.servedHours)) 小时"
      + (missing > 0.05 ? "，缺 \(RosterComparison.hours(missing)) 小时" : "")
  }
  /// "今天：上午元邑小城，下午窗口值班"
  static func today(_ shifts: [RosterShift]) -> String { "今天：" + shifts.map { "\($0.half.chinese)\(words($0))" }.joined(separator: "，") }
  static func gap(_ plan: RosterPlan) -> String? {
    plan.gapTenths.map { $0 == 0 ? "已证明没有更好的排法" : "离最好的排法最多差 \($0 / 10).\($0 % 10)%" }
  }

  /// A part of the objective as a person counts it; nil where points are all there is.
  static func natural(_ name: String, _ points: Int) -> String? {
    let usual = PlanWeights()
    func count(_ weight: Double, _ unit: String) -> String { "\(Int((Double(points) / weight).rounded())) \(unit)" }
    return switch name {
    case "路程": count(usual.kilometre, "公里")
    case "更换联系人": count(usual.contactChange, "个小区")
    case "顶班": count(usual.standInHalfDay, "个半天")
    case "负荷不均": count(usual.unfairHalfDay, "个半天")
    case "模式意愿": count(usual.wishNotMet, "个小区")
    default: nil
    }
  }
  static func tabs(_ plan: RosterPlan, _ on: String) -> HTML {
    UI.tabs(
      "方案",
      [
        .init("小区", address(plan.no), on: on == "plan"), .init("四周排班", address(plan.no, "weeks"), on: on == "weeks"),
        .init("队员", address(plan.no, "officers"), on: on == "officers"),
      ])
  }
  static let planColumns: [UI.Column] = [.init("方案", .what), .init("状态", .status), .init("制定", .meta), .init("结果", .meta)]
  static func row(_ plan: RosterPlan, today: Day) -> UI.Row {
    let result: String =
      switch plan.state {
      case .draft, .issued, .superseded: gap(plan) ?? ""
      case .impossible, .failed: plan.obstacles.first ?? ""
      default: ""
      }
    let what = plan.change.isEmpty ? (plan.basedOn.map { "由 \($0) 重算" } ?? "新编排") : "假如：\(plan.change)（对照 \(plan.basedOn ?? "")）"
    return UI.Row(
      address(plan.no),
      [
        UI.lines("\(title(plan))", "\(plan.no) · \(what)"), tag(plan, today: today), "\(plan.askedBy)，\(UI.time(plan.askedAt))",
        "\(result)",
      ])
  }

  /// Half-days by day, for one person or one compound.
  static func days(_ shifts: [RosterShift], today: Day, name: Bool, empty: HTML) -> HTML {
    let days = Dictionary(grouping: shifts, by: \.day).sorted { $0.key < $1.key }
    func cell(_ rows: [RosterShift], _ half: HalfDay) -> HTML {
      let all = rows.filter { $0.half == half }
      if all.isEmpty { return "—" }
      return
        "\(half.chinese) \(HTML.join(all.map { one in one.isFixed ? "\(words(one, with: name))（人工）" : "\(words(one, with: name))" }, "、"))"
    }
    return UI.table(
      "排班", [.init("日期", .what), .init("上午", .meta), .init("下午", .meta), .init("夜间", .meta)],
      days.map { day, rows in
        UI.Row(nil, [UI.day(day)] + HalfDay.allCases.map { cell(rows, $0) }, tone: day == today ? .action : nil)
      }, empty: empty)
  }
}

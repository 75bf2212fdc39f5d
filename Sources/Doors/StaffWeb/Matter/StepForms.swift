import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import WebSupport

/// The form of every step. Buttons say what they do.
struct StepForm {
  let place: StepPlace
  let desk: StepDesk
  var matter: Matter { desk.matter }

  /// The whole form, ready to stand in the panel or on its own page.
  var html: HTML {
    UI.form(
      place.address(matter.no), tokens: desk.tokens, draft: "\(place.noun)-\(matter.no)", upload: place.photos,
      "<input type=\"hidden\" name=\"version\" value=\"\(matter.version)\">\n\(fields)")
  }

  func name(_ field: String) -> String { place.name(field) }
  func typed(_ field: String) -> String { desk.typed.text(name(field)) }
  func error(_ field: String) -> String? { desk.errors[name(field)] }

  func words(
    _ label: String, _ field: String, rows: Int = 3, hint: HTML? = nil, optional: Bool = false, limit: Int? = nil, value: String? = nil
  )
    -> HTML
  {
    let typed = typed(field)
    return UI.textarea(
      label, name: name(field), value: typed.isEmpty ? value ?? "" : typed, rows: rows, limit: limit, hint: hint, error: error(field),
      optional: optional)
  }
  func pick(_ legend: String, _ field: String, _ choices: [UI.Choice], value: String? = nil, hint: HTML? = nil, inline: Bool = false)
    -> HTML
  {
    let typed = typed(field)
    return UI.radios(
      legend, name: name(field), choices, value: typed.isEmpty ? value : typed, hint: hint, error: error(field), inline: inline)
  }
  func menu(
    _ label: String, _ field: String, _ choices: [UI.Choice], value: String? = nil, placeholder: String? = "请选择", hint: HTML? = nil
  ) -> HTML {
    let typed = typed(field)
    return UI.select(
      label, name: name(field), options: choices, value: typed.isEmpty ? value : typed, placeholder: placeholder, hint: hint,
      error: error(field))
  }
  /// Which of the matter's reports; nothing to ask when there is one.
  func report(_ label: String, among reports: [MatterFile.ReportSheet]) -> HTML {
    let all = reports.isEmpty ? desk.file.reports : reports
    if all.count == 1, let only = all.first {
      return "<input type=\"hidden\" name=\"\(name("report"))\" value=\"\(only.report.id)\">"
    }
    return menu(
      label, "report", all.map { .init(String($0.report.id.raw), "\($0.report.no)　\($0.report.callerHint ?? "未留联系方式")") },
      value: all.first.map { String($0.report.id.raw) })
  }
  var squadChoices: [UI.Choice] { desk.squads.map { .init(String($0.office.id.raw), $0.office.short, hint: "在办 \($0.open) 件") } }
  func handChoices(without: Person.ID? = nil) -> [UI.Choice] {
    desk.hands.filter { $0.person.id != without }.map {
      .init(String($0.person.id.raw), "\($0.person.name)（在办 \($0.open) 件）")
    }
  }
  static func choices<C: CaseIterable & RawRepresentable>(_: C.Type, _ chinese: (C) -> String) -> [UI.Choice] where C.RawValue == String {
    C.allCases.map { UI.Choice($0.rawValue, chinese($0)) }
  }

  private var fields: HTML {
    switch place.event {
    case .dispatch: dispatch
    case .object: words("退单理由", "reason", hint: "如“非本辖区”“属物业维修范围”。已退 \(matter.returns) 次，至多三次。") + UI.button("退回派单员", icon: .back)
    case .accept: accept
    case .assign: menu("办理队员", "officer", handChoices(), value: matter.officer.map { String($0.raw) }) + UI.button("指派", icon: .person)
    case .contact: contact
    case .visit: visit
    case .find: find
    case .measure: measure
    case .reply: reply
    case .approve: approve
    case .sendBack: words("需要补充什么", "reason") + UI.button("退回\(matter.officerName ?? "办理队员")补充", .secondary, icon: .back)
    case .revisit: revisit
    case .close: words("办结理由和已作的解释", "note") + UI.button("办结此事项", icon: .seal)
    case .reopen: words("重新办理的原因", "reason") + UI.button("重新办理", icon: .refresh)
    case .askDelay:
      UI.field(
        "延期", name: name("days"), value: typed("days"), .number, hint: "1 至 30，从原到期日起加", error: error("days"), unit: "个工作日")
        + words("理由", "reason") + UI.button("送中队长审批", icon: .calendar)
    case .decideDelay: decideDelay
    case .coHandle:
      menu("协办的执法队", "office", squadChoices.filter { $0.value != matter.squad.map { String($0.raw) } }) + words("协办内容", "task", rows: 2)
        + UI.button("请其协办", icon: .people)
    case .hang: words("挂账的原因和恢复的条件", "reason", hint: "来电人查进度时会看到，如“等待房屋检测报告”。", limit: 200) + UI.button("挂账并暂停时限", icon: .pause)
    case .resume: words("说明", "note", rows: 2, optional: true) + UI.button("恢复办理", icon: .refresh)
    case .urge: words("催办要求", "note", rows: 2, optional: true) + UI.button("催办", icon: .bell)
    case .supervise: words("督办要求", "note") + UI.button("督办", icon: .flag)
    case .transfer: transfer
    case .answerTransfer: words("接收部门的答复", "answer", rows: 5, hint: "登记后即作为对来电人的答复。") + UI.button("登记并答复来电人", icon: .chat)
    case .takeBack: words("收回的原因", "reason") + UI.button("收回，重新派单", icon: .back)
    case .flagUnreasonable: words("认为诉求不合理的事实和依据", "reason") + UI.button("送中队长复核", icon: .flag)
    case .reviewUnreasonable:
      pick("复核结论", "agree", [.init("yes", "认定为不合理诉求"), .init("no", "不予认定")]) + words("复核意见", "note") + UI.button("作出结论", icon: .check)
    case .correct: correct
    case .merge: merge
    case .split: report("拆出哪一件", among: []) + UI.button("拆出另立事项", icon: .link)
    }
  }

  private var dispatch: HTML {
    """
    \(menu("派给", "squad", squadChoices.map { .init($0.value, "\($0.label)（\($0.hint ?? "")）") }, value: matter.squad.map { String($0.raw) }, hint: matter.squadName.map { "属地为\($0)" }))
    \(words("交代", "note", rows: 2, hint: "给中队看，来电人看不到", optional: true))
    \(UI.button(matter.state == .dispatched ? "改派" : "派单", icon: .send))
    """
  }
  private var accept: HTML {
    let mine = String(desk.person.id.raw)
    guard desk.person.may(.leadMatters) else { return UI.button("接单，由我办理", icon: .check) }
    return menu("由谁办理", "officer", handChoices(), value: mine) + UI.button("接单", icon: .check)
  }
  private var contact: HTML {
    let waiting = desk.file.reports.filter { $0.report.reachable && $0.promise?.contacted == false }
    return """
      \(report("联系哪一件的来电人", among: waiting.isEmpty ? desk.file.reports.filter(\.report.reachable) : waiting))
      \(pick("联系情况", "outcome", Self.choices(ContactOutcome.self, \.chinese), value: ContactOutcome.reached.rawValue))
      \(words("来电人怎么说", "note", rows: 2, hint: "如约定上门的时间；不要写电话和门牌号", optional: true))
      \(UI.button("记录先行联系", icon: .phone))
      """
  }
  private var approve: HTML {
    let reply = desk.file.reply.map { reply in
      """
      <p class="by">\(reply.who)起草，\(reply.outcome.chinese)</p><blockquote>\(reply.text)</blockquote>
      """ as HTML
    }
    return """
      \(reply)
      \(words("审核意见", "note", rows: 2, optional: true))
      \(UI.button("审核通过并答复 \(desk.file.reports.count) 位来电人", icon: .check))
      """
  }
  private var revisit: HTML {
    let waiting = desk.file.reports.filter { $0.report.reachable && $0.promise?.revisited == false }
    return """
      \(report("回访哪一件的来电人", among: waiting))
      \(pick("问题解决了吗", "solved", [.init("yes", "已解决"), .init("no", "未解决")], inline: true))
      \(pick("满意程度", "satisfaction", Self.choices(Satisfaction.self, \.chinese)))
      \(words("来电人的原话", "note", rows: 2, hint: "不满意的必须写明原因", optional: true))
      \(UI.button("记录回访", icon: .phone))
      """
  }
  private var decideDelay: HTML {
    let asked = desk.file.delay.map { delay in
      UI.facts([
        ("申请", "延期 \(delay.days) 个工作日"), ("理由", "\(delay.reason)"), ("申请人", "\(delay.who)，\(delay.at.chinese)"),
      ])
    }
    return """
      \(asked)
      \(pick("审批结论", "grant", [.init("yes", "批准延期"), .init("no", "不同意，按原时限办理")]))
      \(words("审批意见", "note", rows: 2, optional: true))
      \(UI.button("作出审批", icon: .check))
      """
  }
}

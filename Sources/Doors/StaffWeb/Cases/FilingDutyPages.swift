import Cases
import Foundation
import HTTPTypes
import Kernel
import Matters
import People
import WebSupport

/// 诉转案 and 一案双查: what must become a case or be explained, and whether the firm did its part.
struct FilingDutyPages: Sendable {
  let cases: Cases
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    book.get("/filing-duties", allow: .signedIn(.seeCases)) { visit in try await list(visit) }
    book.get("/filing-duties/{no}", allow: .signedIn(.seeCases)) { visit in try await show(visit, errors: .none) }
    book.post("/filing-duties/{no}/decline", allow: .signedIn(.leadCases), limits: .small) { visit in try await decline(visit) }
    book.post("/filing-duties/{no}/firm-check", allow: .signedIn(.workCases), limits: .small) { visit in try await check(visit) }
  }
  static func address(_ no: String, _ rest: String = "") -> String {
    "/filing-duties/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest)
  }

  private func tag(_ state: FilingDuty.State) -> HTML {
    switch state {
    case .open: UI.tag(state.chinese, .soon, icon: .eye)
    case .filed: UI.tag(state.chinese, .good, icon: .law)
    case .declined, .stock: UI.tag(state.chinese, .neutral)
    }
  }
  private func tag(_ state: FirmCheck.State) -> HTML {
    switch state {
    case .open: UI.tag(state.chinese, .soon)
    case .performed: UI.tag(state.chinese, .good)
    case .failed: UI.tag(state.chinese, .danger)
    }
  }

  func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let duties = try await cases.filingDuties(nil, for: person)
    let checks = try await cases.firmChecks(nil, for: person)
    let from = (try? visit.query.day("from")) ?? Day(year: visit.now.day.year, month: 1, day: 1) ?? visit.now.day
    let through = (try? visit.query.day("through")) ?? visit.now.day
    let rate = try await cases.filingRate(from: from, through: through, for: person)
    let rows = duties.map { duty -> UI.Row in
      let clock: HTML =
        duty.due.map { due in
          UI.tag(due < visit.now ? "已超期" : "\(due.adding(milliseconds: -1).day.chinese)前", due < visit.now ? .danger : .neutral)
        } ?? .empty
      return UI.Row(
        Self.address(duty.matterNo),
        [
          UI.lines("\(duty.matterTitle)", "\(duty.grounds.map(\.chinese).joined(separator: "、"))"), tag(duty.state),
          UI.lines("\(duty.caseNo ?? duty.decidedBy ?? "待中队长研判")", "\(UI.time(duty.at, relative: true))认定属实"), clock,
        ])
    }
    let checkRows = checks.map { check in
      UI.Row(
        Self.address(check.matterNo),
        [
          UI.lines("\(check.matterTitle)", "\(check.duty ?? "")"), tag(check.state),
          UI.lines("\(check.caseNo ?? check.checkedBy ?? "待核查")", "\(check.checkedAt.map { "\($0.chinese)" } ?? "")"),
        ])
    }
    func percent(_ value: Int?) -> String { value.map { "\($0 / 100).\(($0 % 100).padded(2))%" } ?? "没有可计算的件数" }
    var page = visit.page("诉转案", active: "cases", wide: true)
    page.crumbs = [.init("案件", "/cases")]
    page.main = """
      \(UI.heading("诉转案", sub: "应立尽立、应转尽转；不立的要说明，历史存量要有证据和责任人"))
      \(UI.section("转案率", UI.form("/filing-duties", UI.fieldRow([UI.date("从", name: "from", value: from), UI.date("到", name: "through", value: through), UI.button("计算", .secondary)])) + UI.facts([
        ("按全部诉求", "<b>\(percent(rate.ofAll))</b><br><small>\(rate.filed) ÷ \(rate.complaints) 个事项</small>"),
        ("按属实且有处罚依据的", "<b>\(percent(rate.ofVerified))</b><br><small>\(rate.filed) ÷ \(rate.verified) 个事项</small>"),
      ]) + "<p class=\"hint\">分子为已批准立案的事项；按事项最早收到的日期统计，并案的只算一个。</p>"))
      \(UI.section("应立尽立", UI.table("应立尽立", [.init("事项、理由", .what), .init("状态", .status), .init("去向", .meta), .init("期限", .clock)], rows, empty: UI.emptyState("没有待研判的事项", "事实认定属实、涉及公共安全或者重复投诉的，会列在这里。", icon: .law))))
      \(UI.section("物业履职核查（一案双查）", UI.table("物业履职核查", [.init("事项、物业责任", .what), .init("状态", .status), .init("结果", .meta)], checkRows, empty: UI.emptyState("没有待核查的事项", "属实的事项，条文规定了物业责任的，会列在这里。", icon: .compound))))
      """
    return page
  }

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let no = try visit.path("no")
    let matter = try await matters.file(no, for: person).matter
    let duty = try await cases.filingDuty(ofMatter: no, for: person)
    let check = try await cases.firmCheck(ofMatter: no, for: person)
    guard duty != nil || check != nil else { throw Refusal(.missing, "cases-duty-missing", "这个事项没有要研判的。") }
    let tokens = try visit.formTokens()
    var page = visit.page("诉转案研判：\(matter.title)", active: "cases")
    page.crumbs = [.init("案件", "/cases"), .init("诉转案", "/filing-duties")]
    page.problem = !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("诉转案研判", sub: UI.link("\(matter.title)（\(no)）", MatterWords.address(no)), tags: [duty.map { tag($0.state) } ?? .empty]))
      \(duty.map { dutySection($0, visit, tokens, errors, leads: person.may(.leadCases)) } ?? .empty)
      \(check.map { checkSection($0, visit, tokens, errors, works: person.may(.handleMatters)) } ?? .empty)
      """
    return page
  }

  private func dutySection(_ duty: FilingDuty, _ visit: Visit, _ tokens: FormTokens, _ errors: FormErrors, leads: Bool) -> HTML {
    let facts = UI.facts([
      ("理由", "\(duty.grounds.map(\.chinese).joined(separator: "、"))"), ("认定属实", "\(duty.at.chinese)"),
      ("研判期限", duty.due.map { "\(ClockView.end($0))" }), ("案件", duty.caseNo.map { UI.link($0, CaseWords.address($0)) }),
      ("不立案的理由", duty.reason.map { "\($0)" }), ("历史存量责任人", duty.stockOwner.map { "\($0)" }),
      ("历史存量证据", duty.stockEvidence.map { "\($0)" }), ("研判人", duty.decidedBy.map { "\($0)，\(duty.decidedAt?.chinese ?? "")" }),
    ])
    guard duty.state == .open, leads else { return UI.section("应立尽立", facts) }
    let typed = visit.form
    let stock = typed["kind"] == "stock"
    let forms: HTML = """
      \(UI.act("转立案查处", "/cases/new?matter=\(SafeURL.encode(duty.matterNo))", icon: .law, hint: "地点、事项自动带入"))
      \(UI.details("不立案", open: typed["kind"] == "reason", UI.form(Self.address(duty.matterNo, "decline"), tokens: tokens, """
      <input type="hidden" name="kind" value="reason">
      \(UI.textarea("理由", name: "reason", value: stock ? "" : typed.text("reason"), hint: "不少于十个字", error: errors["reason"]))
      \(UI.button("说明不立案", .secondary, icon: .check))
      """)))
      \(UI.details("认定为历史存量", open: stock, UI.form(Self.address(duty.matterNo, "decline"), tokens: tokens, """
      <input type="hidden" name="kind" value="stock">
      \(UI.field("由谁负责整治", name: "owner", value: typed.text("owner"), error: errors["owner"]))
      \(UI.textarea("证据", name: "evidence", value: typed.text("evidence"), hint: "登记册编号、认定时间、分类", error: errors["evidence"]))
      \(UI.button("认定为历史存量", .secondary, icon: .check))
      """)))
      """
    return UI.section("应立尽立", facts + forms)
  }

  private func checkSection(_ check: FirmCheck, _ visit: Visit, _ tokens: FormTokens, _ errors: FormErrors, works: Bool) -> HTML {
    let facts = UI.facts([
      ("物业的责任", check.duty.map { "\($0)" }), ("结论", tag(check.state)), ("情况", check.note.map { "\($0)" }),
      ("另立案件", check.caseNo.map { UI.link($0, CaseWords.address($0)) }),
      ("核查人", check.checkedBy.map { "\($0)，\(check.checkedAt?.chinese ?? "")" }),
    ])
    guard works else { return UI.section("物业履职核查（一案双查）", facts) }
    let typed = visit.form
    let form = UI.form(
      Self.address(check.matterNo, "firm-check"), tokens: tokens,
      """
      \(UI.radios("结论", name: "state", [.init("performed", "物业已履职"), .init("failed", "物业未履职", hint: "应另行立案的，先登记案件再填编号")], value: typed["state"], error: errors["state"]))
      \(UI.textarea("情况", name: "note", value: typed.text("note"), hint: "何时发现、如何劝阻、何时报告，或者没有履职的事实", error: errors["note"]))
      \(UI.field("对物业另立的案件", name: "case", value: typed.text("case"), .code, hint: "案件编号", error: errors["case"], optional: true))
      \(UI.button("保存核查结论", .secondary, icon: .check))
      """)
    return UI.section(
      "物业履职核查（一案双查）", facts + UI.details(check.state == .open ? "填写结论" : "更正结论", open: check.state == .open || !errors.isEmpty, form))
  }

  func decline(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    do {
      let why: Cases.Declining =
        form["kind"] == "stock" ? .stock(owner: form.text("owner"), evidence: form.text("evidence")) : .reason(form.text("reason"))
      try await cases.decline(dutyOf: no, why, by: try visit.person)
      return try visit.done(Self.address(no), saying: "研判结论已记录")
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try await show(visit, errors: FormErrors(refusal)))
    }
  }
  func check(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    do {
      guard let state = try form.choice("state", FirmCheck.State.self), state != .open else {
        throw Refusal(.invalid, "cases-field", "请选择结论。", field: "state")
      }
      try await cases.check(firmOf: no, state, note: form.text("note"), caseNo: form["case"], by: try visit.person)
      return try visit.done(Self.address(no), saying: "核查结论已记录")
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try await show(visit, errors: FormErrors(refusal)))
    }
  }
}

import HTTPTypes
import Kernel
import People
import Retention
import Storage
import WebSupport

/// 删除申请: asked for by one person, agreed to by another.
struct ErasureRequestPages: Sendable {
  let retention: Retention

  func routes(_ book: inout RouteBook) {
    let (seeing, asking) = (Policy.signedIn(.agreeToErasure), Policy.signedIn(.eraseOnRequest))
    book.get("/retention/requests", allow: seeing) { visit in try await list(visit) }
    book.get("/retention/requests/new", allow: asking) { visit in try form(visit, errors: .none) }
    book.post("/retention/requests/new", allow: asking, limits: .small) { visit in try await ask(visit) }
    book.get("/retention/requests/{id}", allow: seeing) { visit in try await show(visit, errors: .none) }
    book.post("/retention/requests/{id}/agree", allow: seeing, limits: .small, confirmed: true) { visit in try await agree(visit) }
    book.post("/retention/requests/{id}/refuse", allow: seeing, limits: .small) { visit in try await refuse(visit) }
  }

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let before: ErasureRequest.ID? = try visit.query.id("before")
    let found = try await retention.requests(before: before, limit: 51, by: person)
    let shown = Array(found.prefix(50))
    var page = visit.page("删除申请", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("个人信息保存与删除", "/retention")]
    let asking = person.may(.eraseOnRequest)
    page.main = """
      \(UI.heading("删除申请", sub: "诉求人要求删除自己的个人信息时，由安全管理员提出，另一人同意后执行", actions: asking ? [UI.linkButton("提出删除", "/retention/requests/new", .primary, icon: .plus)] : []))
      \(RetentionWords.tabs("requests"))
      \(UI.table("删除申请", [.init("诉件", .what), .init("状态", .status), .init("提出", .meta), .init("理由", .meta)], shown.map { one in
        UI.Row("/retention/requests/\(one.id)", ["\(one.reportNo)", RetentionWords.tag(one), "\(one.askedBy)，\(UI.time(one.askedAt, now: visit.now))", "\(one.reason.prefix(40))"])
      }, empty: UI.emptyState("没有删除申请", "有诉求人依法要求删除时，在这里提出。", icon: .shield)))
      \(UI.older(found.count > 50 ? shown.last.map { "/retention/requests?before=\($0.id)" } : nil, shown: shown.count))
      """
    return page
  }

  private func form(_ visit: Visit, errors: FormErrors) throws -> Page {
    var page = visit.page("提出删除", active: "more")
    page.crumbs = [.init("更多", "/more"), .init("删除申请", "/retention/requests")]
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("提出删除", sub: "只删这一件诉件里的个人信息：身份、原话、照片。办理经过和日志保留"))
      \(UI.form("/retention/requests/new", tokens: try visit.formTokens(), """
      \(UI.field("诉件编号", name: "no", value: visit.form.text("no"), .code, hint: "形如 S20260924-000123；事项办结后才能删除", error: errors["no"]))
      \(UI.textarea("谁提出、怎样核实、为什么", name: "reason", value: visit.form.text("reason"), limit: 500, hint: "例如：本人到窗口提出，已核对身份证，认为问题已解决、不愿再留电话。不要写姓名、电话和证件号", error: errors["reason"]))
      \(UI.toolbar([UI.button("提出，等另一人同意"), UI.linkButton("返回", "/retention/requests")]))
      """))
      """
    return page
  }
  private func ask(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try form(visit, errors: $0) }) {
      guard let no = visit.form["no"] else { throw Refusal(.invalid, "retention-no", "请填写诉件编号。", field: "no") }
      let id = try await retention.ask(forReport: no, reason: visit.form.text("reason"), by: try visit.person)
      return try visit.done("/retention/requests/\(id)", saying: "已提出，请告诉另一位安全管理员或者区局、市局管理员来同意")
    }
  }

  private func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let request = try await retention.request(try visit.pathID("id"), by: person)
    var page = visit.page("删除申请 \(request.reportNo)", active: "more")
    page.crumbs = [.init("更多", "/more"), .init("删除申请", "/retention/requests")]
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("删除申请", sub: "诉件 \(request.reportNo)", tags: [RetentionWords.tag(request)]))
      \(UI.section("申请", UI.facts([
        ("诉件", "\(request.reportNo)"), ("事项", request.matterNo.isEmpty ? nil : "\(request.matterNo)"),
        ("提出", "\(request.askedBy)，\(UI.time(request.askedAt))"), ("理由", "\(request.reason)"),
        ("决定", request.decidedBy.map { "\($0)\(request.decidedAt.map { "，\(UI.time($0))" as HTML })" }), ("不同意的理由", request.answer.map { HTML(text: $0) }),
        ("删除完成", request.doneAt.map { UI.time($0) }),
      ])))
      \(try decision(visit, request, person, errors))
      """
    return page
  }
  private func decision(_ visit: Visit, _ request: ErasureRequest, _ person: Person, _ errors: FormErrors) throws -> HTML? {
    guard request.state == .asked else { return nil }
    if request.askedByID == person.id {
      return UI.notice(.neutral, "等另一个人同意", "提出和同意须是两个人。请另一位安全管理员，或者区局、市局管理员登录后打开这一页。")
    }
    let tokens = try visit.formTokens()
    let here = "/retention/requests/\(request.id)"
    return UI.section(
      "决定",
      """
      \(UI.notice(.soon, "同意后不能撤销", "姓名、电话、室号、原话、照片和检索词随即删除，任何备份里的也打不开。请先确认：没有正在进行的复议、诉讼和案件用到它们。"))
      \(UI.form(here + "/agree", tokens: tokens, UI.toolbar([UI.button("同意，删除 \(request.reportNo) 的个人信息", .danger)])))
      \(UI.actionForm("不同意", icon: .hand, hint: "写明理由，由提出人告诉诉求人", open: errors["answer"] != nil, UI.form(here + "/refuse", tokens: tokens, """
      \(UI.textarea("理由", name: "answer", value: visit.form.text("answer"), limit: 500, hint: "例如：案件尚在诉讼期限内，依法仍须保存", error: errors["answer"]))
      \(UI.button("不同意删除", .secondary))
      """)))
      """)
  }
  private func agree(_ visit: Visit) async throws -> Answer {
    let id: ErasureRequest.ID = try visit.pathID("id")
    try await retention.agree(id, by: try visit.person)
    return try visit.done("/retention/requests/\(id)", saying: "已同意，后台正在删除，几分钟内完成")
  }
  private func refuse(_ visit: Visit) async throws -> Answer {
    let id: ErasureRequest.ID = try visit.pathID("id")
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await retention.refuse(id, answer: visit.form.text("answer"), by: try visit.person)
      return try visit.done("/retention/requests/\(id)", saying: "已记录不同意")
    }
  }
}

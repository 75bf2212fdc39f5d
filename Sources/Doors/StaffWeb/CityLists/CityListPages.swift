import CityLists
import HTTPTypes
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// 市级通报件: what the city has on its lists, and what is answered.
struct CityListPages: Sendable {
  let lists: CityLists

  func routes(_ book: inout RouteBook) {
    let (seeing, keeping) = (Policy.signedIn(.seeMatters), Policy.signedIn(.keepCityLists))
    let handling = Policy.signedIn(.handleMatters)
    book.get("/city-lists", allow: seeing, mayLag: true) { visit in try await list(visit) }
    book.get("/city-lists/{id}", allow: seeing) { visit in try await show(visit, errors: .none) }
    book.post("/city-lists/{id}/accept", allow: handling, limits: .small) { visit in try await accept(visit) }
    book.post("/city-lists/{id}/appeal", allow: handling, limits: .small) { visit in try await appeal(visit) }
    book.post("/city-lists/{id}/review", allow: .signedIn(.leadMatters), limits: .small) { visit in try await review(visit) }
    book.post("/city-lists/{id}/verdict", allow: keeping, limits: .small) { visit in try await decide(visit) }
    book.post("/city-lists/appeals", allow: keeping, limits: .small, spendsForm: true) { visit in try await export(visit) }
    CityImportPages(lists: lists).routes(&book)
  }

  // MARK: The list

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    var filter = CityFilter()
    let (state, kind, month) = (visit.query.text("state"), visit.query.text("kind"), visit.query.text("month"))
    filter.state = CityEntry.State(rawValue: state)
    filter.unmatched = state == "unmatched"
    filter.kind = CityEntry.Kind(rawValue: kind)
    filter.month = try FigureQuery.month(month, "month")
    let found = try await lists.entries(filter, for: person, limit: 200)
    let counts = try await lists.counts(for: person)
    let today = visit.now.day
    var page = visit.page("市级通报件", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    var actions: [HTML] = []
    if person.may(.keepCityLists) { actions.append(UI.linkButton("导入通报表", "/city-lists/import", .primary, icon: .upload)) }
    let open = counts.states[.open] ?? 0
    page.main = """
      \(UI.heading("市级通报件", sub: "市局每月返回的不满意件、未解决件、未先行联系件；认可，或者在期限内申诉", actions: actions))
      \(UI.tiles([
        UI.Tile("待答复", UI.grouped(open), href: "/city-lists?state=open", note: counts.due.map { "最早 \($0.chinese)前" }, tone: open > 0 ? (counts.due.map { $0 < today } ?? false ? .danger : .soon) : .neutral),
        UI.Tile("申诉待审", UI.grouped(counts.states[.asked] ?? 0), href: "/city-lists?state=asked", note: "等中队长"),
        UI.Tile("申诉已报", UI.grouped(counts.states[.sent] ?? 0), href: "/city-lists?state=sent", note: "等市局答复"),
        UI.Tile("没有对应的诉件", UI.grouped(counts.unmatched), href: "/city-lists?state=unmatched", note: "编号对不上"),
      ]))
      \(UI.filters("/city-lists", [
        .init("状态", name: "state", CityEntry.State.allCases.map { .init($0.rawValue, $0.chinese) } + [.init("unmatched", "没有对应的诉件")], value: state),
        .init("类型", name: "kind", CityEntry.Kind.allCases.map { .init($0.rawValue, $0.chinese) }, value: kind),
        .init("月份", name: "month", Self.months(Month(today)), value: month),
      ], clearAt: "/city-lists"))
      \(UI.table("市级通报件", [.init("事项、市局的说法", .what), .init("状态", .status), .init("通报", .meta), .init("答复期限", .clock)], found.map { row($0, today) }, empty: UI.emptyState("没有这样的通报件", person.may(.keepCityLists) ? "收到市局的通报表后，在这里导入。" : "区局导入后会出现在这里。", icon: .inbox)))
      \(if: found.count == 200, "<p class=\"hint\">只列出前 200 件，请用条件缩小范围。</p>")
      \(try exporting(visit, person))
      """
    return page
  }
  static func months(_ last: Month) -> [UI.Choice] {
    (0..<13).map { last.adding(-$0) }.map { .init("\($0.year)-\($0.number.padded(2))", CityWords.month($0)) }
  }
  private func row(_ one: CityEntry, _ today: Day) -> UI.Row {
    UI.Row(
      CityWords.address(one.id),
      [
        UI.lines("\(one.matterTitle ?? "工单 \(one.sourceNo)")", "\(one.said.isEmpty ? "通报没有写原因" : one.said)"),
        CityWords.tag(one, today: today),
        UI.lines("\(one.kind.chinese)", "\(CityWords.month(one.month))\(one.squadName.map { "，\($0)" } ?? "")"),
        one.state == .open || one.state == .asked ? "\(one.due.chinese)前" : "—",
      ], tone: one.isOverdue(on: today) ? .danger : nil)
  }
  private func exporting(_ visit: Visit, _ person: Person) throws -> HTML {
    guard person.may(.keepCityLists) else { return .empty }
    return UI.section(
      "导出申诉",
      UI.form(
        "/city-lists/appeals", tokens: try visit.formTokens(),
        """
        \(UI.select("通报月份", name: "month", options: Self.months(Month(visit.now.day)), placeholder: "全部"))
        \(UI.button("导出申诉（Excel）", .secondary, icon: .download))
        """) + "<p class=\"hint\">中队长审核通过的申诉，报市局用；不含诉求人信息。</p>")
  }
  private func export(_ visit: Visit) async throws -> Answer {
    let month = try FigureQuery.month(visit.form.text("month"), "month")
    let table = try await lists.appeals(month, by: try visit.person)
    return ImportForms.xlsx(
      table, title: "申诉", name: "市级通报件申诉\(month.map { "-" + CityWords.month($0) } ?? "").xlsx", demo: visit.house.isDemonstration)
  }

  // MARK: One entry

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let one = try await lists.entry(try visit.pathID("id"), for: person)
    let today = visit.now.day
    var page = visit.page("\(one.kind.chinese) \(one.sourceNo)", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("市级通报件", "/city-lists")]
    page.problem = !errors.isEmpty
    let facts = UI.facts([
      ("通报", "\(CityWords.month(one.month))，\(one.kind.chinese)"), ("市局的说法", one.said.isEmpty ? "通报没有写原因" : "\(one.said)"),
      ("工单编号", "\(one.sourceNo)"),
      ("事项", one.matterNo.map { no in UI.lines(UI.link(one.matterTitle ?? no, MatterWords.address(no)), "\(no)") }),
      ("诉件", one.reportNo.map { "\($0)" }), ("承办", one.squadName.map { "\($0)" }), ("答复期限", "\(one.due.chineseLong)"),
      ("指标", "\(CityWords.effect(one))"),
    ])
    let isAppeal = one.evidence != nil
    let answer: HTML? = one.answer.map { words in
      UI.section(
        isAppeal ? "申诉" : "认可",
        UI.facts([
          (isAppeal ? "理由" : "怎么做", "\(words)"), ("证据", one.evidence.map { "\($0)" }),
          ("填写", one.answeredBy.map { "\($0)，\(one.answeredAt.map { UI.time($0) })" }),
          ("中队审核", one.reviewedBy.map { "\($0)，\(one.reviewedAt.map { UI.time($0) })\(if: one.state == .open, "，退回")" }),
          ("审核意见", one.reviewNote.map { "\($0)" }),
          ("市局答复", one.verdict.map { "\(one.state.chinese)：\($0)" }),
          ("登记", one.decidedBy.map { "\($0)，\(one.decidedAt.map { UI.time($0) })" }),
        ]))
    }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(one.matterTitle ?? "工单 \(one.sourceNo)", sub: "\(one.kind.chinese)·\(CityWords.month(one.month))通报", tags: [CityWords.tag(one, today: today)]))
      \(if: one.report == nil, UI.notice(.soon, "没有对应的诉件", "本单位没有编号为 \(one.sourceNo) 的热线工单，也可能不在您的范围内。诉件导入以后，当晚会自动对上。"))
      \(UI.columns(HTML.join([UI.section("通报", facts), answer].compactMap { $0 }, "\n"), side: try forms(one, person, visit, errors), sideFirst: true))
      """
    return page
  }

  private func forms(_ one: CityEntry, _ person: Person, _ visit: Visit, _ errors: FormErrors) throws -> HTML {
    guard one.report != nil else { return .empty }
    let tokens = try visit.formTokens()
    let typed = visit.form
    let version: HTML = "<input type=\"hidden\" name=\"version\" value=\"\(one.version)\">"
    let isOwn = one.squad != nil && one.squad == person.office
    var out = HTML()
    if one.state == .asked, isOwn, person.may(.leadMatters) {
      out += UI.section(
        "审核申诉",
        UI.form(
          CityWords.address(one.id, "review"), tokens: tokens,
          """
          \(version)
          \(UI.radios("意见", name: "approve", [.init("yes", "同意，报区局"), .init("no", "退回")], value: typed["approve"] ?? "yes", inline: true))
          \(UI.textarea("审核意见", name: "note", value: typed.text("note"), limit: 1000, hint: "退回的写明理由", error: errors["note"], optional: true))
          \(UI.button("提交审核", icon: .check))
          """))
    }
    if [.open, .asked].contains(one.state), isOwn, person.may(.handleMatters) {
      out += UI.section(
        "认可",
        UI.form(
          CityWords.address(one.id, "accept"), tokens: tokens,
          """
          \(version)
          \(UI.textarea("接下来怎么做", name: "answer", value: typed.text("answer"), limit: 1000, hint: "例如：本周内再次上门，月底前复查", error: errors["answer"]))
          \(UI.button("认可", icon: .check))
          """))
    }
    if one.state == .open, isOwn, person.may(.handleMatters) {
      out += UI.section(
        "申诉",
        visit.now.day > one.due
          ? "<p class=\"hint\">申诉期限 \(one.due.chineseLong) 已过。</p>"
          : UI.form(
            CityWords.address(one.id, "appeal"), tokens: tokens,
            """
            \(version)
            \(UI.textarea("理由", name: "reason", value: typed.text("reason"), limit: 1000, hint: "通报与事实哪里不符", error: errors["reason"]))
            \(UI.textarea("证据", name: "evidence", value: typed.text("evidence"), limit: 1000, hint: "例如：11月3日 10:20 通话 4 分钟，事项页有联系记录和现场照片", error: errors["evidence"]))
            \(UI.button("提出申诉", .secondary, icon: .send))
            """) + "<p class=\"hint\">中队长审核后报区局；申诉成立以前，指标仍按市局的说法。</p>")
    }
    if one.state == .sent, person.may(.keepCityLists) {
      out += UI.section(
        "登记市局答复",
        UI.form(
          CityWords.address(one.id, "verdict"), tokens: tokens,
          """
          \(version)
          \(UI.radios("结论", name: "upheld", [.init("yes", "申诉成立"), .init("no", "申诉未成立")], value: typed["upheld"], error: errors["upheld"], inline: true))
          \(UI.textarea("市局的答复", name: "verdict", value: typed.text("verdict"), limit: 1000, error: errors["verdict"]))
          \(UI.button("登记答复", icon: .check))
          """))
    }
    return out
  }

  private func version(_ form: Fields) throws(Refusal) -> Int {
    guard let version = Int(form.text("version")) else {
      throw Refusal(.conflict, "city-lists-changed", "这件通报刚被别人改过，请刷新后再看。")
    }
    return version
  }
  private func step(_ visit: Visit, saying: String, _ act: (CityEntry.ID, Fields, Int, Person) async throws -> Void) async throws -> Answer
  {
    let id: CityEntry.ID = try visit.pathID("id")
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await act(id, visit.form, try version(visit.form), try visit.person)
      return try visit.done(CityWords.address(id), saying: saying)
    }
  }
  private func accept(_ visit: Visit) async throws -> Answer {
    try await step(visit, saying: "已认可") { id, form, version, person in
      try await lists.accept(id, answer: form.text("answer"), version: version, by: person)
    }
  }
  private func appeal(_ visit: Visit) async throws -> Answer {
    try await step(visit, saying: "申诉已提出，等中队长审核") { id, form, version, person in
      try await lists.appeal(id, reason: form.text("reason"), evidence: form.text("evidence"), version: version, by: person)
    }
  }
  private func review(_ visit: Visit) async throws -> Answer {
    let approve = visit.form["approve"] == "yes"
    return try await step(visit, saying: approve ? "申诉已报区局" : "申诉已退回") { id, form, version, person in
      try await lists.review(id, approve: approve, note: form.text("note"), version: version, by: person)
    }
  }
  private func decide(_ visit: Visit) async throws -> Answer {
    try await step(visit, saying: "市局答复已登记，指标随之重算") { id, form, version, person in
      guard let upheld = form["upheld"], ["yes", "no"].contains(upheld) else {
        throw Refusal(.invalid, "city-lists-upheld", "请选择申诉是否成立。", field: "upheld")
      }
      try await lists.decide(id, upheld: upheld == "yes", verdict: form.text("verdict"), version: version, by: person)
    }
  }
}

/// The city's lists.
public enum CityListRoutes {
  public static func register(_ book: inout RouteBook, lists: CityLists) { CityListPages(lists: lists).routes(&book) }
}

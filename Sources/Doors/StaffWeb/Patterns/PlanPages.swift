import HTTPTypes
import Kernel
import Patterns
import People
import WebSupport

/// 整治方案: what is to be done by whom until when, how far it is, what came of it.
struct PlanPages: Sendable {
  let patterns: Patterns

  func routes(_ book: inout RouteBook) {
    let seeing = Policy.signedIn(.seeMatters)
    book.get("/plans", allow: seeing, mayLag: true) { visit in try await list(visit) }
    book.get("/plans/{no}", allow: seeing) { visit in try await show(visit, errors: .none) }
    book.post("/plans/{no}/note", allow: .signedIn(.handleMatters), limits: .small) { visit in try await note(visit) }
    book.post("/plans/{no}/close", allow: .signedIn(.makePlans), limits: .small) { visit in try await close(visit) }
  }

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let state = Plan.State(rawValue: visit.query.text("state")) ?? .open
    let found = try await patterns.plans(state, for: person, limit: 200)
    var page = visit.page("整治方案", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("反复投诉", "/patterns")]
    page.main = """
      \(UI.heading("整治方案", sub: "针对反复投诉，谁牵头、做到什么程度、什么时候完成"))
      \(PatternWords.tabs("plans"))
      \(UI.tabs("方案状态", Plan.State.allCases.map { .init($0.chinese, "/plans?state=\($0.rawValue)", on: $0 == state) }))
      \(UI.table("整治方案", PatternWords.planColumns(), found.map { PatternWords.row($0, patterns, today: visit.now.day) }, empty: UI.emptyState("没有\(state.chinese)的方案", "在“反复投诉”里研判后定方案。", icon: .flag)))
      """
    return page
  }

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let (plan, notes) = try await patterns.plan(try visit.path("no"), for: person)
    let measure = patterns.rules[measure: plan.measure]
    let title = PatternWords.title(plan, patterns)
    var page = visit.page(title, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("整治方案", "/plans")]
    page.problem = !errors.isEmpty
    let facts = UI.facts([
      ("小区", UI.link(plan.compoundName, "/compounds/\(plan.compoundNo)")), ("由来", UI.link("反复投诉的研判", PatternWords.address(plan.pattern))),
      ("措施", measure.map { UI.lines("\($0.name)", "\($0.what)") }), ("目标", "\(plan.goal)"), ("牵头人", "\(plan.ownerName)"),
      ("完成日期", "\(plan.due.chineseLong)"), ("建立", "\(plan.openedBy)，\(UI.time(plan.openedAt))"),
      ("结束", plan.closedBy.map { "\($0)，\(plan.closedAt.map { UI.time($0) })" }), ("结果", plan.outcome.map { "\($0)" }),
    ])
    let course = try await patterns.course(compound: plan.compound, item: plan.item)
    let begun = Month(plan.openedAt.day)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(title, sub: "\(plan.no)·\(plan.squadName)", tags: [PatternWords.tag(plan, today: visit.now.day)]))
      \(UI.columns(HTML.join([UI.section("方案", facts), notesSection(notes)], "\n"), side: HTML.join([try forms(plan, visit, person, errors), UI.section("诉件变化", UI.bars(Self.change(course, begun), unit: "件", course.map { (label: "\($0.month.year)年\($0.month.number)月" + ($0.month == begun ? "（方案建立）" : ""), value: $0.reports, href: nil) }, note: "同一小区同一事项每月的诉件；方案之外的原因也会使它变化。"))], "\n"), sideFirst: false))
      """
    return page
  }
  /// Whole months before and after, so that a month just begun does not look like a success.
  static func change(_ course: [(month: Month, reports: Int)], _ begun: Month) -> String {
    let before = course.filter { $0.month < begun }.map(\.reports)
    let after = course.filter { $0.month > begun }.dropLast().map(\.reports)
    func mean(_ values: [Int]) -> String {
      let tenths = values.reduce(0, +) * 10 / max(1, values.count)
      return "\(tenths / 10).\(tenths % 10)"
    }
    guard !after.isEmpty else { return "方案建立前每月平均 \(mean(before)) 件；建立后还没有满一个月，看不出变化" }
    return "每月平均：建立前 \(mean(before)) 件，建立后 \(mean(after)) 件（\(after.count) 个整月）"
  }

  private func notesSection(_ notes: [PlanNote]) -> HTML {
    guard !notes.isEmpty else { return UI.section("进展", "<p class=\"hint\">还没有记录进展。</p>") }
    return UI.section(
      "进展",
      "<ul class=\"plain-list\">\(each: notes, { "<li><p>\($0.text)<br><small>\($0.who)，\(UI.time($0.at))</small></p></li>" })</ul>")
  }

  private func forms(_ plan: Plan, _ visit: Visit, _ person: Person, _ errors: FormErrors) throws -> HTML {
    guard plan.state == .open else { return .empty }
    let tokens = try visit.formTokens()
    let typed = visit.form
    var out = HTML()
    if person.may(.handleMatters) {
      out += UI.section(
        "记录进展",
        UI.form(
          PatternWords.address(plan: plan.no, "note"), tokens: tokens,
          """
          \(UI.textarea("进展", name: "note", value: typed.text("note"), limit: 1000, hint: "做了什么、到了哪一步", error: errors["note"]))
          \(UI.button("记录进展", icon: .check))
          """))
    }
    if person.may(.makePlans) {
      out += UI.section(
        "结束方案",
        UI.details(
          "写明结果后结束", open: errors["outcome"] != nil,
          UI.form(
            PatternWords.address(plan: plan.no, "close"), tokens: tokens,
            """
            <input type="hidden" name="version" value="\(plan.version)">
            \(UI.radios("结论", name: "state", [.init("done", "完成"), .init("dropped", "终止", hint: "不再做，或者并入别的方案")], value: typed["state"] ?? "done", inline: true))
            \(UI.textarea("结果", name: "outcome", value: typed.text("outcome"), limit: 1000, hint: "解决了什么、还剩什么", error: errors["outcome"]))
            \(UI.button("结束方案", .secondary, icon: .check))
            """)))
    }
    return out
  }

  private func note(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await patterns.note(no, visit.form.text("note"), by: try visit.person)
      return try visit.done(PatternWords.address(plan: no), saying: "进展已记录")
    }
  }
  private func close(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      guard let state = try form.choice("state", Plan.State.self), let version = Int(form.text("version")) else {
        throw Refusal(.invalid, "plans-outcome", "请选择结论。", field: "outcome")
      }
      try await patterns.close(no, state, outcome: form.text("outcome"), version: version, by: try visit.person)
      return try visit.done(PatternWords.address(plan: no), saying: "方案已结束")
    }
  }
}

import Compounds
import HTTPTypes
import Intake
import Kernel
import Patterns
import People
import WebSupport

/// 反复投诉: what the rules have found, why, in which reports, and what is done about it.
struct PatternPages: Sendable {
  let patterns: Patterns

  func routes(_ book: inout RouteBook) {
    let (seeing, deciding) = (Policy.signedIn(.seeMatters), Policy.signedIn(.makePlans))
    book.get("/patterns", allow: seeing, mayLag: true) { visit in try await list(visit) }
    book.get("/patterns/rules", allow: seeing) { visit in try rules(visit) }
    book.get("/patterns/{id}", allow: seeing) { visit in try await show(visit, errors: .none) }
    book.post("/patterns/{id}/plan", allow: deciding, limits: .small) { visit in try await plan(visit) }
    book.post("/patterns/{id}/dismiss", allow: deciding, limits: .small) { visit in try await dismiss(visit) }
  }

  // MARK: The list

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    var filter = PatternFilter()
    let state = visit.query.text("state")
    filter.over = state == "over"
    filter.state = Pattern.State(rawValue: state)
    filter.kind = PatternKind(rawValue: visit.query.text("kind"))
    filter.compound = try visit.query.id("compound")
    let found = try await patterns.patterns(filter, for: person, limit: 200)
    let counts = try await patterns.counts(for: person)
    var page = visit.page("反复投诉", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    page.main = """
      \(UI.heading("反复投诉", sub: "每晚按规则研判。同一问题反复投诉、一类问题多次投诉、多个问题经常投诉，分开列出，各有建议的办法"))
      \(PatternWords.tabs("patterns"))
      \(UI.tiles(PatternKind.allCases.map { kind in
        let count = counts[kind] ?? (0, 0)
        return UI.Tile(kind.chinese, UI.grouped(count.all), unit: "条", href: "/patterns?kind=\(kind.rawValue)", note: count.waiting > 0 ? "\(UI.grouped(count.waiting)) 条待研判" : "都已研判", tone: count.waiting > 0 ? .soon : .neutral)
      }))
      \(UI.filters("/patterns", [
        .init("情形", name: "kind", PatternKind.allCases.map { .init($0.rawValue, $0.chinese) }, value: visit.query.text("kind")),
        .init("状态", name: "state", Pattern.State.allCases.map { .init($0.rawValue, $0.chinese) } + [.init("over", "已平息")], value: state, any: "未平息"),
      ], clearAt: "/patterns"))
      \(UI.table("反复投诉", [.init("小区、事项", .what), .init("状态", .status), .init("为什么列出", .meta), .init("件数", .figure)], found.map { row($0) }, empty: UI.emptyState("没有符合条件的", "规则没有找到反复投诉。规则和件数在“研判规则”里。", icon: .check)))
      \(if: found.count == 200, "<p class=\"hint\">只列出前 200 条，请用条件缩小范围。</p>")
      """
    return page
  }
  private func row(_ one: Pattern) -> UI.Row {
    UI.Row(
      PatternWords.address(one.id),
      [
        UI.lines(
          "\(PatternWords.title(one, patterns.catalogue))", "\(one.kind.chinese)\(one.squadName.isEmpty ? "" : " · " + one.squadName)"),
        "\(PatternWords.tag(one)) \(PatternWords.level(one))", "\(one.why)", "\(one.reports)",
      ], tone: one.level > 0 && one.state == .found ? .danger : nil)
  }

  // MARK: One of them

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let one = try await patterns.pattern(try visit.pathID("id"), for: person)
    let rows = try await patterns.rows(of: one)
    let course = try await patterns.course(compound: one.compound, item: one.item)
    let title = PatternWords.title(one, patterns.catalogue)
    var page = visit.page(title, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("反复投诉", "/patterns")]
    page.problem = !errors.isEmpty
    let side = HTML.join([try await decision(one, visit, person, errors), why(one)].compactMap { $0 }, "\n")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(title, sub: "\(one.kind.chinese)·\(UI.link(one.compoundName, "/compounds/\(one.compoundNo)"))·\(one.squadName)", tags: [PatternWords.tag(one), PatternWords.level(one) ?? .empty]))
      \(UI.notice(one.state == .found && one.overAt == nil ? .soon : .neutral, one.why))
      \(UI.columns(HTML.join([rowsSection(one, rows), courseSection(one, course)], "\n"), side: side, sideFirst: one.state == .found))
      """
    return page
  }

  private func why(_ one: Pattern) -> HTML {
    let rule = patterns.rules[rule: one.rule]
    return UI.section(
      "按哪条规则",
      UI.facts([
        ("规则", "\(rule?.name ?? one.rule)"), ("数字", rule.map { "\(PatternRulesView.words($0))" }),
        ("依据", rule.map { "\($0.basis)" }),
        ("规则版本", "\(one.version)\(if: one.version != patterns.rules.version, "（现行 \(patterns.rules.version)）")"),
        ("首次发现", "\(UI.time(one.foundAt))"), ("最近一次研判", "\(UI.time(one.seenAt))"),
      ]) + "<p class=\"hint\">\(UI.link("全部规则", "/patterns/rules"))</p>")
  }

  private func rowsSection(_ one: Pattern, _ rows: [PatternRow]) -> HTML {
    let matters = Address.of("/matters", [("compound", "\(one.compound)"), ("item", one.item), ("group", "all")])
    guard !rows.isEmpty else {
      return UI.section("诉件", "<p>按整月计数，诉件在事项列表里：\(UI.link("本小区的这些事项", matters))</p>")
    }
    return UI.section(
      "计入的 \(rows.count) 件诉件", side: UI.link("本小区的这类事项", matters),
      UI.table(
        "计入的诉件", [.init("诉件、地点", .what), .init("事项", .status), .init("诉求人", .meta), .init("时间", .meta)],
        rows.map { row in
          UI.Row(
            MatterWords.address(row.matterNo),
            [
              UI.lines("\(row.reportNo)", "\([row.place, row.channel.chinese].filter { !$0.isEmpty }.joined(separator: " · "))"),
              MatterWords.tag(row.state), row.caller.map { "第 \($0) 名诉求人" } ?? "没有留下身份", UI.time(row.saidAt),
            ])
        }) + "<p class=\"hint\">诉求人只按先后编号，不显示是谁。巡查和物业自己发现的、不合理的、不属于本部门的不计入。</p>")
  }

  private func courseSection(_ one: Pattern, _ course: [(month: Month, reports: Int)]) -> HTML {
    let total = course.reduce(0) { $0 + $1.reports }
    return UI.section(
      "近一年每月诉件",
      UI.bars(
        "一年共 \(total) 件", unit: "件",
        course.map { (label: "\($0.month.year)年\($0.month.number)月", value: $0.reports, href: nil) }))
  }

  // MARK: Deciding

  private func decision(_ one: Pattern, _ visit: Visit, _ person: Person, _ errors: FormErrors) async throws -> HTML? {
    let advised = patterns.rules[rule: one.rule].flatMap { patterns.rules[measure: $0.measure] }
    switch one.state {
    case .planned:
      return UI.section(
        "整治方案", one.planNo.map { UI.act("方案 \($0)", PatternWords.address(plan: $0), icon: .flag, hint: "进展和结果") } ?? .empty)
    case .dismissed:
      return UI.section(
        "研判结论",
        UI.facts([
          ("结论", "不另作方案"), ("理由", one.reason.map { "\($0)" }),
          ("研判", one.decidedBy.map { "\($0)，\(one.decidedAt.map { UI.time($0) })" }),
        ]))
    case .found:
      let advice = UI.facts([("建议", advised.map { "<b>\($0.name)</b>" }), ("怎么做", advised.map { "\($0.what)" })])
      guard person.may(.makePlans), one.overAt == nil else { return UI.section("建议的办法", advice) }
      let typed = visit.form
      let tokens = try visit.formTokens()
      let owners = try await patterns.owners(in: one.squad)
      let closing = errors["reason"] != nil
      return UI.section(
        "研判",
        """
        \(advice)
        \(UI.form(PatternWords.address(one.id, "plan"), tokens: tokens, draft: "pattern-\(one.id)", """
        \(UI.radios("措施", name: "measure", patterns.rules.measures.map { .init($0.id, $0.name) }, value: typed["measure"] ?? advised?.id, error: errors["measure"]))
        \(UI.textarea("做什么，做到什么程度算完成", name: "goal", value: typed.text("goal"), limit: 1000, hint: "例如：两周内逐楼清理，九月底前不再有同类投诉", error: errors["goal"]))
        \(UI.select("牵头人", name: "owner", options: owners.map { .init("\($0.id)", $0.name) }, value: typed["owner"], placeholder: "请选择", error: errors["owner"]))
        \(UI.date("完成日期", name: "due", value: (try? typed.day("due")) ?? visit.now.day.adding(days: 30), error: errors["due"]))
        \(UI.button("定为整治方案", icon: .flag))
        """))
        \(UI.details("不另作方案", open: closing, UI.form(PatternWords.address(one.id, "dismiss"), tokens: tokens, """
        \(UI.textarea("理由", name: "reason", value: typed.text("reason"), limit: 500, hint: "例如：同一诉求人就同一事实重复反映，已办结并当面答复", error: errors["reason"]))
        \(UI.button("不另作方案", .secondary))
        """)))
        """)
    }
  }

  private func plan(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      let owner: Person.ID? = try form.id("owner")
      let due = try form.day("due")
      let no = try await patterns.plan(
        try visit.pathID("id"), NewPlan(measure: form.text("measure"), goal: form.text("goal"), owner: owner, due: due),
        by: try visit.person)
      return try visit.done(PatternWords.address(plan: no), saying: "方案已建立，牵头人会在“我的今天”看到")
    }
  }
  private func dismiss(_ visit: Visit) async throws -> Answer {
    let id: Pattern.ID = try visit.pathID("id")
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await patterns.dismiss(id, reason: visit.form.text("reason"), by: try visit.person)
      return try visit.done(PatternWords.address(id), saying: "研判结论已记录")
    }
  }

  // MARK: The rules

  private func rules(_ visit: Visit) throws -> Page {
    var page = visit.page("研判规则", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("反复投诉", "/patterns")]
    page.main = PatternRulesView(rules: patterns.rules).html
    return page
  }
}

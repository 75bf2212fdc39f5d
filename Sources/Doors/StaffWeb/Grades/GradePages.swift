import Grades
import HTTPTypes
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// 小区分级: which compounds give cause for how much, why, and what has moved them.
struct GradePages: Sendable {
  let grades: Grades
  private var rules: GradeRules { grades.rules }

  func routes(_ book: inout RouteBook) {
    let (seeing, overriding) = (Policy.signedIn(.seeMatters), Policy.signedIn(.overrideGrades))
    book.get("/grades", allow: seeing, mayLag: true) { visit in try await list(visit) }
    book.get("/grades/rules", allow: seeing) { visit in try ruleBook(visit) }
    book.get("/grades/{no}", allow: seeing) { visit in try await show(visit, errors: .none) }
    book.post("/grades/{no}/override", allow: overriding, limits: .small) { visit in try await override(visit) }
    book.post("/grades/{no}/follow-rules", allow: overriding, limits: .small) { visit in try await followRules(visit) }
  }

  // MARK: The list

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    var filter = GradeFilter()
    let (grade, show) = (visit.query.text("grade"), visit.query.text("show"))
    filter.grade = rules[grade: grade]?.id
    filter.squad = try visit.query.id("squad")
    filter.changedDays = show == "changed" ? 31 : nil
    filter.overridden = show == "overridden"
    filter.quiet = show == "quiet"
    let found = try await grades.list(filter, for: person, limit: 200)
    let counts = try await grades.counts(for: person)
    let on = try await grades.gradedOn()
    let squads = try await Self.squads(for: person, grades.house)
    var page = visit.page("小区分级", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    var filters: [UI.Filter] = [
      .init("等级", name: "grade", rules.grades.map { .init($0.id, "\($0.id) \($0.name)") }, value: grade),
      .init("只看", name: "show", [.init("changed", "近一个月有升降"), .init("overridden", "人工调整的"), .init("quiet", "无事不扰的")], value: show),
    ]
    if !squads.isEmpty {
      filters.append(.init("执法队", name: "squad", squads.map { .init($0.id.description, $0.short) }, value: visit.query.text("squad")))
    }
    page.main = """
      \(UI.heading("小区分级", sub: "按数据给小区分级，定检查频次\(on.map { "·\($0.chinese)研判" } ?? "")·规则 \(rules.version) 版，\(rules.confidence.chinese)"))
      \(GradeWords.tabs("grades"))
      \(UI.tiles(rules.grades.reversed().map { grade in
        UI.Tile("\(grade.id) \(grade.name)", UI.grouped(counts.grades[grade.id] ?? 0), unit: "个", href: "/grades?grade=\(grade.id)", note: grade.period, tone: (counts.grades[grade.id] ?? 0) == 0 ? .neutral : GradeWords.tone(grade.id, rules))
      } + [UI.Tile("无事不扰", UI.grouped(counts.quiet), unit: "个", href: "/grades?show=quiet", note: "本月不上门")]))
      \(UI.filters("/grades", filters, clearAt: "/grades"))
      \(UI.table("小区分级", [.init("小区、为什么", .what), .init("等级", .status), .init("变化", .meta), .init("分", .figure)], found.map(row), empty: empty(on, filtered: filter != GradeFilter())))
      \(if: found.count == 200, "<p class=\"hint\">只列出前 200 个，请用条件缩小范围。</p>")
      """
    return page
  }
  private func empty(_ on: Day?, filtered: Bool) -> HTML {
    if filtered { return UI.emptyState("没有符合条件的小区", "换一个条件看看。", actions: [UI.linkButton("清除条件", "/grades")], icon: .search) }
    return UI.emptyState(
      on == nil ? "还没有研判过" : "没有可以分级的小区", "每周\(["一", "二", "三", "四", "五", "六", "日"][rules.weekday - 1])夜里研判一次，第一次在当晚。", icon: .chart)
  }
  private func row(_ one: CompoundGrade) -> UI.Row {
    let changed = one.before != nil && one.before != one.graded.grade
    return UI.Row(
      GradeWords.address(one.no),
      [
        UI.lines("\(one.name)", "\(grades.grading.reasons(one.graded))\(one.squadName.isEmpty ? "" : " · " + one.squadName)"),
        HTML.join(GradeWords.tags(one, rules), " "),
        changed ? "\(one.before ?? "")→\(one.graded.grade)，\(one.from.chinese)" : "\(one.from.chinese)起", "\(one.graded.points)",
      ], tone: one.override == nil && GradeWords.tone(one.effective, rules) == .danger ? .danger : nil)
  }
  static func squads(for person: Person, _ house: House) async throws -> [Office] {
    guard case .district(let id) = Scope(of: person) else { return [] }
    return try await house.store.read { db in try OfficeStore.squads(of: id, db) }
  }

  // MARK: One compound

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let one = try await grades.grade(of: try visit.path("no"), for: person)
    let history = try await grades.history(of: one)
    let inspections = try await grades.inspections(of: one.compound, for: person)
    var page = visit.page("\(one.name)的分级", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("小区分级", "/grades")]
    page.problem = !errors.isEmpty
    let side = HTML.join(
      [decision(one, person, try visit.formTokens(), visit, errors), inspectionSection(inspections, visit.now.day)], "\n")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("\(one.name)：\(one.effective) 级", sub: "\(UI.link("小区档案", "/compounds/\(SafeURL.encode(one.no))"))·\(one.squadName)·\(one.graded.points) 分", tags: GradeWords.tags(one, rules)))
      \(UI.notice(.neutral, one.before == nil ? "第一次分级" : "最近一次变化", "\(one.because)（\(one.from.chineseLong)）"))
      \(if: one.override != nil, UI.notice(.action, "人工调整为 \(one.effective)，到 \(one.override?.until.chineseLong ?? "") 为止", "\(one.override?.who ?? "")：\(one.override?.reason ?? "")。按规则是 \(one.graded.grade)，到期后自动按规则。"))
      \(UI.columns(HTML.join([factors(one), past(history)], "\n"), side: side))
      """
    return page
  }

  private func factors(_ one: CompoundGrade) -> HTML {
    let rows = rules.factors.map { factor in
      let value = one.graded.facts.values[factor.id]
      let points = value.map { factor.points(of: $0) }
      return UI.Row(
        nil,
        [
          UI.lines("\(factor.name)", "\(steps(factor))"),
          value.map { "\(factor.measure == .complaints ? "每万户每月 " : "")\($0) \(factor.measure.unit)" } ?? "算不出来：没有登记户数",
          points.map { "\($0 / 10)\(if: $0 % 10 != 0, ".\($0 % 10)")" } ?? "不计", "\(factor.weight)",
        ], tone: (points ?? 0) * 2 >= factor.weight * 10 ? .soon : nil)
    }
    let missing = rules.factors.contains { one.graded.facts.values[$0.id] == nil }
    let grade = rules[grade: one.graded.grade]
    return UI.section(
      "怎么得出的", side: UI.link("全部规则", "/grades/rules"),
      """
      \(UI.table("因素", [.init("因素、计分办法", .what), .init("现在", .meta), .init("得分", .figure), .init("满分", .figure)], rows, dense: true))
      <p>合计 <b>\(one.graded.points) 分</b>，\(one.graded.grade) 级从 \(grade?.from ?? 0) 分起，\(grade?.period ?? "")。\(one.graded.floor.flatMap { floor in rules[factor: floor.factor].map { "\($0.name)满 \(floor.from) \($0.measure.unit)，不优于 \(floor.grade)。" } })</p>
      \(if: missing, "<p class=\"hint\">有算不出来的因素，不加分也不减分，其余各项折算到 100 分。请在小区档案里登记户数。</p>")
      \(if: one.version != rules.version, "<p class=\"hint\">这次分级按规则 \(one.version) 版，现行 \(rules.version) 版。</p>")
      """)
  }
  private func steps(_ factor: GradeFactor) -> String {
    factor.steps.map { "满 \($0.from) 得 \($0.share)%" }.joined(separator: "，")
  }
  private func past(_ history: (grades: [CompoundGrade], overrides: [GradeOverride])) -> HTML {
    let rows = history.grades.map { one in
      UI.Row(
        nil,
        [
          UI.lines("\(one.because)", "规则 \(one.version) 版"), GradeWords.tag(one.graded.grade, rules),
          "\(one.from.chineseLong)\(one.over.map { "至\($0.chinese)" } ?? "起")", "\(one.graded.points)",
        ])
    }
    let overrides: HTML = """
      <ul class="notes">\(each: history.overrides, { one in
        "<li><span>调整为 \(one.grade)：\(one.reason)<br><small>\(one.who)，\(UI.time(one.at))，到 \(one.until.chineseLong)\(if: one.endedAt != nil, "，已提前结束")</small></span></li>"
      })</ul>
      """
    return UI.section("分级经过", UI.table("分级经过", [.init("为什么", .what), .init("等级", .status), .init("时间", .meta), .init("分", .figure)], rows))
      + (history.overrides.isEmpty ? .empty : UI.section("人工调整的记录", overrides))
  }
  private func inspectionSection(_ all: [Inspection], _ today: Day) -> HTML {
    let lines: HTML = """
      <ul class="notes">\(each: all, { one in
        "<li><span>\(UI.link("\(one.doneOn.map { "\($0.chinese)检查" } ?? "\(one.due.chinese)前")，\(one.doneBy ?? one.officerName ?? "未指定")", GradeWords.address(inspection: one.no))) \(GradeWords.tag(one, today: today))<br><small>\(one.reason)</small></span></li>"
      })</ul>
      """
    return UI.section("检查", side: UI.link("本月全部", "/inspections"), all.isEmpty ? "<p class=\"hint\">还没有安排过检查。</p>" : lines)
  }

  private func decision(_ one: CompoundGrade, _ person: Person, _ tokens: FormTokens, _ visit: Visit, _ errors: FormErrors) -> HTML {
    guard person.may(.overrideGrades) else { return .empty }
    let typed = visit.form
    let form = UI.form(
      GradeWords.address(one.no, "override"), tokens: tokens,
      """
      \(UI.radios("调整为", name: "grade", rules.grades.map { .init($0.id, "\($0.id) \($0.name)", hint: $0.period) }, value: typed["grade"] ?? one.override?.grade, error: errors["grade"]))
      \(UI.textarea("理由", name: "reason", value: typed.text("reason"), limit: 500, hint: "例如：旧改征收已经签约，九月底前清空", error: errors["reason"]))
      \(UI.date("到哪天为止", name: "until", value: (try? typed.day("until")) ?? visit.now.day.adding(days: 90), hint: "到期后自动按规则", error: errors["until"]))
      \(UI.button("调整等级", .secondary))
      """)
    let back: HTML =
      one.override == nil
      ? .empty
      : UI.form(
        GradeWords.address(one.no, "follow-rules"), tokens: tokens, UI.button("现在就按规则（\(one.graded.grade) 级）", .secondary, icon: .refresh))
    return UI.section("人工调整", "\(back)\(UI.details("与规则不同，写明理由", open: !errors.isEmpty, form))")
  }
  private func override(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await grades.override(
        no, grade: form.text("grade"), reason: form.text("reason"), until: try form.day("until"), by: try visit.person)
      return try visit.done(GradeWords.address(no), saying: "等级已调整，检查安排当晚随之调整")
    }
  }
  private func followRules(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await grades.followRules(no, by: try visit.person)
      return try visit.done(GradeWords.address(no), saying: "已按规则分级")
    }
  }

  // MARK: The rules

  private func ruleBook(_ visit: Visit) throws -> Page {
    var page = visit.page("分级规则", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("小区分级", "/grades")]
    let factors = rules.factors.map { factor in
      UI.Row(
        nil,
        [
          UI.lines("\(factor.name)", "\(factor.note ?? factor.basis)"), "\(factor.days == 0 ? "现在" : "近 \(factor.days) 天")",
          "\(steps(factor))", "\(factor.weight)",
        ])
    }
    let floors = rules.floors.compactMap { floor in
      rules[factor: floor.factor].map { "<li>\($0.name)满 \(floor.from) \($0.measure.unit)，不优于 \(floor.grade)</li>" as HTML }
    }
    page.main = """
      \(UI.heading("分级规则", sub: "版本 \(rules.version)·\(rules.confidence.chinese)"))
      \(GradeWords.tabs("rules"))
      \(UI.notice(.soon, "弄堂自定，未经主管部门确认", "\(rules.about)"))
      \(UI.section("等级和检查频次", UI.table("等级", [.init("等级", .what), .init("分数", .meta), .init("检查", .meta)], rules.grades.map { UI.Row(nil, [UI.lines("\($0.id) \($0.name)", "\($0.what)"), "\($0.from) 分起", "\($0.period)"]) })))
      \(UI.section("因素和权重，共 100 分", UI.table("因素", [.init("因素", .what), .init("看多久", .meta), .init("计分", .meta), .init("满分", .figure)], factors)))
      \(if: !floors.isEmpty, UI.section("一票定级", "<ul class=\"plain-list\">\(HTML.join(floors, ""))</ul>"))
      \(UI.section("依据", UI.facts(rules.factors.map { ($0.name, "\($0.basis)") })))
      <p class="hint">无事不扰：\(rules.undisturbed)。数据缺失的因素不加分也不减分。执法频次只按执法队统计，不给个人定件数。</p>
      """
    return page
  }
}

import Catalogue
import Compounds
import HTTPTypes
import HotSpots
import Kernel
import Patterns
import People
import Storage
import WebSupport

/// 重点小区名单: issued from our own finding, followed, compared, taken along.
struct FocusPages: Sendable {
  let hotspots: HotSpots

  func routes(_ book: inout RouteBook) {
    let (seeing, issuing) = (Policy.signedIn(.seeMatters), Policy.signedIn(.issueLists))
    book.get("/hotspots/lists", allow: seeing, mayLag: true) { visit in try await lists(visit) }
    book.get("/hotspots/issue", allow: issuing) { visit in try await form(visit, errors: .none) }
    book.post("/hotspots/issue", allow: issuing) { visit in try await issue(visit) }
    book.get("/hotspots/compare", allow: seeing, mayLag: true) { visit in try await compare(visit) }
    book.get("/hotspots/lists/{no}", allow: seeing) { visit in try await show(visit, errors: .none) }
    book.post("/hotspots/lists/{no}/withdraw", allow: issuing, limits: .small) { visit in try await withdraw(visit) }
    book.get("/hotspots/lists/{no}/table.xlsx", allow: seeing, mayLag: true) { visit in try await table(visit) }
    book.get("/hotspots/lists/{no}/{compound}", allow: seeing) { visit in try await entry(visit) }
  }

  // MARK: All of them

  private func lists(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let found = try await hotspots.lists(for: person)
    let holding = found.filter { $0.withdrawal == nil }
    var page = visit.page("重点小区名单", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("热点", "/hotspots")]
    let actions =
      person.may(.issueLists)
      ? [
        UI.linkButton("按研判发布", "/hotspots/issue", .primary, icon: .flag), UI.linkButton("导入名单", "/hotspots/import", icon: .upload),
      ] : []
    page.main = """
      \(UI.heading("重点小区名单", sub: "发布后不再改动，只能整份撤回；发布后怎么样，逐个小区跟着看", actions: actions))
      \(HotSpotPageWords.tabs("lists"))
      \(UI.table("重点小区名单", [.init("名单", .what), .init("状态", .status), .init("期限", .meta), .init("来源", .meta), .init("小区", .figure)], found.map { one in
        UI.Row(HotSpotPageWords.address(list: one.no), [UI.lines("\(one.name)", "\(one.no) · \(one.officeName)"), HotSpotPageWords.tag(one, today: visit.now.day), "\(HotSpotPageWords.period(one))", "\(one.source.chinese)", "\(one.entries)"])
      }, empty: UI.emptyState("还没有名单", person.may(.issueLists) ? "按研判结果发布，或者导入上级下发的名单。" : "市局、区局发布的名单里有您范围内的小区时，会列在这里。", icon: .flag)))
      \(if: holding.count > 1, UI.section("两份名单比一比", UI.form("/hotspots/compare", """
      \(UI.fieldRow([choice("名单一", "first", holding, visit), choice("名单二", "second", holding, visit)]))
      \(UI.button("比较", .secondary))
      """)))
      """
    return page
  }
  private func choice(_ label: String, _ name: String, _ lists: [FocusList], _ visit: Visit) -> HTML {
    UI.select(label, name: name, options: lists.map { .init($0.no, $0.name) }, value: visit.query[name])
  }

  // MARK: Issuing

  private func form(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let typed = visit.form
    let asked =
      typed.all.isEmpty ? try HotSpotPages.view(visit) : HotSpotView(district: try typed.id("district"), subject: typed.text("subject"))
    let view = try hotspots.view(asked, for: person)
    var page = visit.page("发布重点小区名单", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("热点", "/hotspots"), .init("重点小区名单", "/hotspots/lists")]
    page.problem = !errors.isEmpty
    guard let area = try await hotspots.area(view, for: person) else {
      page.main =
        UI.heading("发布重点小区名单")
        + UI.emptyState("还没有研判结果", "后台每晚研判一次，明天早上再来；也可以先导入上级的名单。", actions: [UI.linkButton("导入名单", "/hotspots/import")], icon: .clock)
      return page
    }
    let listed = try await hotspots.rates(area, .listed, for: person, limit: 500)
    // Others that are high may be added by judgement.
    let others = try await hotspots.rates(area, .all, for: person, limit: 60).filter { !$0.listed && $0.reports > 0 }
    func choices(_ rates: [HotRate]) -> [UI.Choice] {
      rates.map { .init("\($0.compound)", "\($0.compoundName)（\($0.squadName)）", hint: $0.why) }
    }
    let chosen = typed.all.isEmpty ? Set(listed.map { "\($0.compound)" }) : Set(typed.values("chosen"))
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("发布重点小区名单", sub: "\(view.district == nil ? "全市" : "全区")\(view.subject.isEmpty ? "" : "·" + subject(view.subject))，\(area.from.chineseLong)至\(area.through.chineseLong)。发布时的数字随名单保存，以后不变"))
      \(UI.form("/hotspots/issue", tokens: try visit.formTokens(), """
      \(each: HotSpotPages.query(view), { "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1 ?? "")\">" })
      \(fields(typed, visit.now.day, errors))
      \(if: listed.isEmpty, UI.notice(.neutral, "没有小区明显偏多", "研判没有建议列入的小区。确有需要的，可以在下面勾选，并在理由里写明。"))
      \(if: !listed.isEmpty, UI.checkboxes("建议列入的小区", name: "chosen", choices(listed), values: chosen, hint: "去掉不需要的", error: errors["chosen"]))
      \(if: listed.isEmpty && errors["chosen"] != nil, "<p class=\"error\">\(errors["chosen"] ?? "")</p>")
      \(if: !others.isEmpty, UI.details("其他小区（按折算后每千户件数）", UI.checkboxes("另外列入的小区", name: "chosen", choices(others), values: chosen)))
      \(UI.button("发布名单", icon: .flag))
      """))
      """
    return page
  }
  private func subject(_ slug: String) -> String { hotspots.catalogue.categories.first { $0.slug == slug }?.name ?? slug }

  /// What every list needs, however it came about.
  func fields(_ typed: Fields, _ today: Day, _ errors: FormErrors) -> HTML {
    """
    \(UI.field("名单名称", name: "title", value: typed.text("title"), hint: "例如：2026 年四季度重点小区", error: errors["title"]))
    \(UI.fieldRow([UI.date("从", name: "from", value: (try? typed.day("from")) ?? today, error: errors["from"]), UI.date("到", name: "through", value: (try? typed.day("through")) ?? today.adding(days: 90), error: errors["through"])]))
    \(UI.textarea("为什么发布", name: "reason", value: typed.text("reason"), limit: 500, hint: "依据和要求，例如：按近一年诉件研判，每周至少巡查一次", error: errors["reason"]))
    """
  }
  static func new(_ form: Fields) throws -> NewFocusList {
    NewFocusList(name: form.text("title"), from: try form.day("from"), through: try form.day("through"), reason: form.text("reason"))
  }

  private func issue(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    return try await FormTry.run(visit, again: { try await self.form(visit, errors: $0) }) {
      let view = HotSpotView(district: try form.id("district"), subject: form.text("subject"))
      let no = try await hotspots.issue(
        try Self.new(form), of: form.values("chosen").compactMap { Compound.ID($0) }, in: view, by: try visit.person)
      return try visit.done(HotSpotPageWords.address(list: no), saying: "名单已发布，有关区局和中队可以看到各自的小区")
    }
  }

  // MARK: One list

  private func withdraw(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await hotspots.withdraw(no, reason: visit.form.text("reason"), by: try visit.person)
      return try visit.done(HotSpotPageWords.address(list: no), saying: "名单已撤回，仍可查看，不再跟踪")
    }
  }

  private func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let (list, entries, left) = try await hotspots.list(try visit.path("no"), for: person)
    // A page of them at a time keeps a list of three hundred quick.
    let size = 100
    let count = max(1, (entries.count + size - 1) / size)
    let at = min(count, (try? visit.query.int("page", in: 1...10_000)) ?? 1)
    let shown = Array(entries.dropFirst((at - 1) * size).prefix(size))
    let followed = list.withdrawal == nil ? try await hotspots.follow(list, shown.map(\.compound)) : [:]
    var page = visit.page(list.name, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("热点", "/hotspots"), .init("重点小区名单", "/hotspots/lists")]
    let since = shown.compactMap { followed[$0.compound] }
    let cases = since.reduce(0) { $0 + $1.cases }
    page.problem = !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(list.name, sub: "\(list.no)·\(list.officeName)", tags: [HotSpotPageWords.tag(list, today: visit.now.day)], actions: [UI.linkButton("下载表格", HotSpotPageWords.address(list: list.no, "table.xlsx"), icon: .download)]))
      \(state(list, since, person))
      \(UI.columns(
        UI.section("小区 \(entries.count) 个", UI.table("名单上的小区", columns(list), shown.map { row($0, followed[$0.compound], list) })
          + UI.pages(at, of: count) { "\(HotSpotPageWords.address(list: list.no))?page=\($0)" }),
        side: UI.section("名单", UI.facts([
          ("期限", "\(HotSpotPageWords.period(list))"), ("为什么发布", "\(list.reason)"), ("来源", "\(list.source.chinese)"),
          ("事项", "\(list.subject.map(subject) ?? "全部事项")"), ("数字截至", "\(list.asOf.chineseLong)"), ("方法版本", "\(list.version)"),
          ("小区", list.entries == entries.count ? "\(list.entries) 个" : "共 \(list.entries) 个，您的范围内 \(entries.count) 个"),
          ("发布", "\(list.issuedBy)，\(UI.time(list.issuedAt))"),
          ("撤回", list.withdrawal.map { "\($0.who)，\(UI.time($0.at))" }), ("发布后立案", list.withdrawal == nil ? "\(cases) 件\(if: count > 1, "（本页的小区）")" : nil),
        ])) + withdrawing(list, person, try visit.formTokens(), visit.form, errors) + leftHTML(left), sideFirst: false))
      """
    return page
  }
  private func state(_ list: FocusList, _ since: [HotSpots.Followed], _ person: Person) -> HTML {
    if let gone = list.withdrawal {
      return UI.notice(
        .soon, "这份名单已撤回，不再作为依据，也不再跟踪",
        "<p>\(gone.reason)</p><p class=\"hint\">\(gone.who)，\(gone.at.day.chineseLong)。下面是发布时的内容。</p>")
    }
    let assess = person.may(.assessEffects) ? UI.link("评估成效", "/effects/new?list=\(SafeURL.encode(list.no))") : UI.link("成效评估", "/effects")
    return UI.notice(.neutral, summary(since), "小区被列入是因为件数多，以后本来就可能回落。是不是整治起了作用，要和没有整治的类似小区比：\(assess)。")
  }
  private func columns(_ list: FocusList) -> [UI.Column] {
    let (compound, squad, shrunk) = (UI.Column("小区", .what), UI.Column("中队", .meta), UI.Column("折算后每千户", .figure))
    if list.withdrawal != nil { return [compound, squad, shrunk] }
    return [compound, .init("发布后", .status), squad, shrunk, .init("发布后事项", .figure), .init("方案", .figure)]
  }
  private func withdrawing(_ list: FocusList, _ person: Person, _ tokens: FormTokens, _ typed: Fields, _ errors: FormErrors) -> HTML {
    guard list.withdrawal == nil, person.may(.issueLists), person.office == list.office else { return .empty }
    return UI.section(
      "撤回名单",
      UI.details(
        "发错了，或者不再需要", open: errors["reason"] != nil,
        UI.form(
          HotSpotPageWords.address(list: list.no, "withdraw"), tokens: tokens,
          """
          <p class="hint">撤回后不能恢复。名单仍可查看，标明已撤回；不再跟踪，也不再供比较和成效评估选用。已经作出的评估不受影响。</p>
          \(UI.textarea("为什么撤回", name: "reason", value: typed.text("reason"), limit: 500, hint: "例如：导入时用错了上一季度的表，另行发布", error: errors["reason"]))
          \(UI.button("撤回“\(list.name)”", .danger))
          """)))
  }
  private func summary(_ all: [HotSpots.Followed]) -> String {
    var counts = (fell: 0, rose: 0, same: 0, unknown: 0)
    for one in all {
      switch one.aftermath.verdict {
      case .fell: counts.fell += 1
      case .rose: counts.rose += 1
      case .noChange: counts.same += 1
      case .cannotSay: counts.unknown += 1
      }
    }
    if counts.unknown == all.count { return "发布以来时间短或者件数少，各小区的变化都还说不准" }
    return "发布以来：诉件减少的小区 \(counts.fell) 个，增加的 \(counts.rose) 个，变化不大的 \(counts.same) 个"
      + (counts.unknown > 0 ? "，还说不准的 \(counts.unknown) 个" : "")
  }
  private func row(_ one: FocusEntry, _ since: HotSpots.Followed?, _ list: FocusList) -> UI.Row {
    let (compound, squad) = (UI.lines("\(one.compoundName)", "\(one.why)"), HTML(text: one.squadName))
    let shrunk = HotSpotPageWords.shrunk(one.figures)
    // What would be told of the time since is not told of a list that was withdrawn.
    return UI.Row(
      HotSpotPageWords.address(list: list.no, one.compoundNo),
      since.map { [compound, HotSpotPageWords.tag($0.aftermath.verdict), squad, shrunk, "\($0.matters)", "\($0.plans.count)"] }
        ?? [compound, squad, shrunk])
  }
  private func leftHTML(_ left: [FocusLeft]) -> HTML {
    if left.isEmpty { return .empty }
    return UI.section(
      "没有列入的行 \(left.count) 行",
      ImportForms.badRows("没有列入的行", left.prefix(200).map { (line: $0.line, reason: "\($0.given)：\($0.why)") }))
  }

  private func entry(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let (list, entries, _) = try await hotspots.list(try visit.path("no"), for: person)
    let no = try visit.path("compound")
    guard let one = entries.first(where: { $0.compoundNo == no }) else {
      throw Refusal(.missing, "focus-missing", "这份名单里没有这个小区，或者它不在您的范围内。")
    }
    let since = list.withdrawal == nil ? try await hotspots.follow(list, [one.compound])[one.compound] : nil
    var page = visit.page(one.compoundName, active: "more", wide: true)
    page.crumbs = [
      .init("更多", "/more"), .init("热点", "/hotspots"), .init("重点小区名单", "/hotspots/lists"),
      .init(list.name, HotSpotPageWords.address(list: list.no)),
    ]
    let issued = UI.section(
      "发布时",
      UI.facts([
        ("为什么", "\(one.why)"), ("件数", "\(one.reports)"), ("户数", one.households.map { "\(UI.grouped($0)) 户" } ?? "没有登记"),
        ("实际每千户", one.figures.map { "\(HotFigures.text($0.raw)) 件" }),
        ("折算后每千户", one.figures.map { "\(HotFigures.text($0.shrunk)) 件（\($0.interval)）" }),
        ("平均每千户", one.areaRate.map { "\(HotFigures.text($0)) 件" }), ("来文写作", one.given.isEmpty ? nil : "\(one.given)"),
      ]))
    let sub: HTML = "\(one.squadName)·\(UI.link("小区档案", "/compounds/\(one.compoundNo)"))"
    guard let since else {
      page.main =
        UI.heading(one.compoundName, sub: sub, tags: [HotSpotPageWords.tag(list, today: visit.now.day)]) + state(list, [], person) + issued
      return page
    }
    page.main = """
      \(UI.heading(one.compoundName, sub: sub, tags: [HotSpotPageWords.tag(since.aftermath.verdict)]))
      \(UI.notice(.neutral, since.aftermath.sentence, "发布当月和本月不满一个月，不计入前后比较。"))
      \(course(since, one, list, issued))
      """
    return page
  }
  private func course(_ since: HotSpots.Followed, _ one: FocusEntry, _ list: FocusList, _ issued: HTML) -> HTML {
    let turn = Month(list.issuedAt.day)
    let plans = since.plans.map { UI.link("\($0.no)（\($0.state.chinese)）", PatternWords.address(plan: $0.no)) }
    let months = since.course.map { month, reports in
      (label: "\(month.year)年\(month.number)月" + (month == turn ? "（发布）" : ""), value: reports, href: String?.none)
    }
    let matters = Address.of("/matters", [("compound", "\(one.compound)"), ("group", "all")])
    let after = UI.facts([
      ("事项", UI.link("\(since.matters) 件，在办 \(since.open) 件", matters)), ("立案", "\(since.cases) 件"),
      (
        "整治方案",
        plans.isEmpty ? "还没有；\(UI.link("看有没有反复投诉", "/patterns?compound=\(one.compound)"))" : HTML.join(plans, "<br>")
      ),
    ])
    return UI.columns(
      UI.section("每月诉件", UI.bars("发布前后每月的件数", unit: "件", months)), side: issued + UI.section("发布后", after), sideFirst: false)
  }

  // MARK: Two of them

  private func compare(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let (first, second) = (visit.query.text("first"), visit.query.text("second"))
    guard !first.isEmpty, !second.isEmpty else { return try await lists(visit) }
    let found = try await hotspots.compare(first, second, for: person)
    var page = visit.page("比较名单", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("热点", "/hotspots"), .init("重点小区名单", "/hotspots/lists")]
    let (a, b) = (found.first, found.second)
    let columns: [UI.Column] = [
      .init("小区", .what), .init("按诉件看", .status), .init("中队", .meta), .init("折算后每千户", .figure), .init("实际每千户", .figure),
    ]
    func part(_ title: String, _ entries: [FocusEntry], _ list: FocusList) -> HTML {
      UI.section(
        "\(title) \(entries.count) 个",
        UI.table(
          title, columns,
          entries.map { one in
            UI.Row(
              HotSpotPageWords.address(list: list.no, one.compoundNo),
              [
                UI.lines("\(one.compoundName)", "\(one.why)"),
                one.listed ? UI.tag("建议列入", .soon, icon: .flag) : UI.tag("不突出", .quiet),
                "\(one.squadName)", HotSpotPageWords.shrunk(one.figures), HotSpotPageWords.raw(one.figures),
              ])
          }, empty: UI.emptyState("没有", "这一栏没有小区。", icon: .check)))
    }
    let unsupported = found.onlySecond.count { !$0.listed }
    page.main = """
      \(UI.heading("比较名单", sub: "“\(a.name)”和“\(b.name)”，您范围内的小区"))
      \(UI.notice(.neutral, "两份都有 \(found.both.count) 个，只在“\(a.name)” \(found.onlyFirst.count) 个，只在“\(b.name)” \(found.onlySecond.count) 个", unsupported > 0 ? "只在“\(b.name)”的小区里，有 \(unsupported) 个按诉件看不突出；列入可能另有原因，件数不是唯一的依据。" : nil))
      \(each: [a, b].filter { $0.withdrawal != nil }, { UI.notice(.soon, "“\($0.name)”已撤回", "撤回的名单不再作为依据，只供对照。") })
      \(part("两份都有", found.both.map(\.first), a))
      \(part("只在“\(a.name)”", found.onlyFirst, a))
      \(part("只在“\(b.name)”", found.onlySecond, b))
      <p class="hint">数字是各名单发布时的：“\(a.name)”截至 \(a.asOf.chineseLong)，“\(b.name)”截至 \(b.asOf.chineseLong)。</p>
      """
    return page
  }

  private func table(_ visit: Visit) async throws -> Answer {
    let (list, table) = try await hotspots.table(try visit.path("no"), for: try visit.person)
    return ImportForms.xlsx(table, title: "重点小区", name: "\(list.name).xlsx", demo: visit.house.isDemonstration)
  }
}

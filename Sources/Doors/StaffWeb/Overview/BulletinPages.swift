import Figures
import HTTPTypes
import Kernel
import Overview
import People
import Sheets
import Storage
import WebSupport

/// 通报: drafted from the figures, edited by people, issued, printed.
struct BulletinPages: Sendable {
  let overview: Overview

  func routes(_ book: inout RouteBook) {
    let (seeing, writing) = (Policy.signedIn(.seeMatters), Policy.signedIn(.writeBulletins))
    book.get("/bulletins", allow: seeing) { visit in try await list(visit, errors: .none) }
    book.post("/bulletins", allow: writing, limits: .small) { visit in try await draft(visit) }
    book.get("/bulletins/{no}", allow: seeing) { visit in try await show(visit, errors: .none) }
    book.post("/bulletins/{no}", allow: writing, limits: .small) { visit in try await edit(visit) }
    book.post("/bulletins/{no}/drop", allow: writing, limits: .small) { visit in try await drop(visit) }
    book.get("/bulletins/{no}/pdf", allow: seeing) { visit in try await pdf(visit) }
    book.get("/bulletins/{no}/table.xlsx", allow: seeing) { visit in try await table(visit) }
  }

  static func address(_ no: String, _ rest: String = "") -> String { "/bulletins/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest) }
  static func tag(_ bulletin: Bulletin) -> HTML {
    switch bulletin.state {
    case .draft: UI.tag(bulletin.state.chinese, .soon, icon: .pencil)
    case .issued: UI.tag(bulletin.state.chinese, .good, icon: .check)
    case .dropped: UI.tag(bulletin.state.chinese, .quiet)
    }
  }

  private func list(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let found = try await overview.bulletins(for: person)
    var page = visit.page("通报", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    page.problem = !errors.isEmpty
    let typed = visit.form
    let today = visit.now.day
    let ways = BulletinKind.allCases.map { kind in
      UI.Choice(kind.rawValue, kind.chinese, hint: "不填日期时：\(BulletinPeriod.last(kind, before: today).chinese)")
    }
    let form: HTML? =
      person.may(.writeBulletins)
      ? UI.section(
        "起草一份",
        UI.form(
          "/bulletins", tokens: try visit.formTokens(),
          """
          \(UI.radios("哪一种", name: "kind", ways, value: typed["kind"] ?? "monthly"))
          \(UI.date("哪一期", name: "day", value: try? typed.day("day"), hint: "这一期里的任何一天；不填就是最近结束的一期", error: errors["day"], optional: true))
          \(UI.select("评分表（年度考核用）", name: "card", options: overview.figures.book.cards.map { .init($0.id, $0.name) }, value: typed["card"], placeholder: "不评分", hint: "各单位的表里加一列得分，按机构编号排列，不排名次", optional: true))
          \(UI.button("按指标起草", icon: .paper))
          """)) : nil
    let rows = found.map { one in
      UI.Row(
        Self.address(one.no),
        [
          UI.lines("\(one.title)", "\(one.no) · \(one.officeName)"), Self.tag(one), "\(one.kind.chinese)",
          one.issuedAt.map { "\($0.day.chinese)印发" } ?? "\(one.madeAt.day.chinese)起草",
        ], tone: one.state == .draft ? .soon : nil)
    }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("通报", sub: "文字按指标起草，可以改；印发后不再变"))
      \(UI.columns(UI.section("已有的通报", UI.table("通报", [.init("通报", .what), .init("状态", .status), .init("种类", .meta), .init("日期", .meta)], rows, empty: UI.emptyState("还没有通报", person.may(.writeBulletins) ? "选一种，按指标起草。" : "本单位和上级印发后会出现在这里。", icon: .paper))), side: form ?? .empty))
      """
    return page
  }

  private func draft(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try await list(visit, errors: $0) }) {
      let kind: BulletinKind = try visit.form.choice("kind") ?? .monthly
      let period =
        try visit.form.day("day").map { BulletinPeriod(kind, holding: $0) } ?? BulletinPeriod.last(kind, before: visit.now.day)
      let no = try await overview.draftBulletin(period, card: visit.form["card"], by: try visit.person)
      return try visit.done(Self.address(no), saying: "已按指标起草，请核对后印发")
    }
  }

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let (bulletin, content) = try await overview.bulletin(try visit.path("no"), for: person)
    var page = visit.page(bulletin.title, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("通报", "/bulletins")]
    page.charts = true
    page.problem = !errors.isEmpty
    let mayEdit = bulletin.state == .draft && bulletin.office == person.office && person.may(.writeBulletins)
    let head = UI.heading(
      bulletin.title, sub: "\(bulletin.no)·\(bulletin.officeName)·\(content.basis)", tags: [Self.tag(bulletin)],
      actions: [
        UI.linkButton("PDF", Self.address(bulletin.no, "pdf"), icon: .printer),
        UI.linkButton("表格", Self.address(bulletin.no, "table.xlsx"), icon: .download),
      ])
    let strangers = content.strangers
    let warning: HTML? =
      bulletin.state == .draft && !strangers.isEmpty
      ? UI.notice(.soon, "文字里有统计表没有的数", "请核对：\(strangers.prefix(20).joined(separator: "、"))。可能是改错了，也可能是补充的情况。") : nil
    page.main = """
      \(UI.errorSummary(errors))
      \(head)
      \(warning)
      \(try mayEdit ? editor(visit, bulletin, content, errors) : reading(bulletin, content))
      <section class="panel">\(chart(content.course))</section>
      \(each: content.sheets, { sheet($0) })
      """
    return page
  }

  private func reading(_ bulletin: Bulletin, _ content: BulletinContent) -> HTML {
    let text = content.sections.map { section -> HTML in
      "<h3>\(section.title)</h3>\(each: section.text.split(separator: "\n"), { "<p>\($0)</p>" })"
    }
    return UI.section(
      "通报", side: bulletin.issuedAt.map { "\(bulletin.issuedBy ?? "")，\(UI.time($0))印发" }, "<div class=\"bulletin-text\">\(text)</div>")
  }
  private func editor(_ visit: Visit, _ bulletin: Bulletin, _ content: BulletinContent, _ errors: FormErrors) throws -> HTML {
    let tokens = try visit.formTokens()
    let typed = visit.form
    let version: HTML = "<input type=\"hidden\" name=\"version\" value=\"\(bulletin.version)\">"
    let fields = content.sections.enumerated().map { index, section in
      UI.textarea(
        section.title, name: "text\(index)", value: typed["text\(index)"] ?? section.text, rows: 5, limit: 4000,
        error: errors["text\(index)"])
    }
    return UI.section(
      "文字", side: "按指标起草，可以改",
      UI.form(
        Self.address(bulletin.no), tokens: tokens,
        """
        \(version)
        \(UI.field("标题", name: "title", value: typed["title"] ?? bulletin.title, error: errors["title"]))
        \(fields)
        \(UI.toolbar([UI.button("保存草稿", .secondary, icon: .check, name: "do", value: "save"), UI.button("保存并印发", .primary, icon: .seal, name: "do", value: "issue")]))
        <p class="hint">印发后文字、数字和图表都不再变，本单位和下级能看到。</p>
        """)
        + UI.details(
          "作废这份草稿",
          UI.form(Self.address(bulletin.no, "drop"), tokens: tokens, "\(version)\(UI.button("作废草稿", .danger, icon: .cross))")))
  }

  private func chart(_ course: BulletinContent.Course) -> HTML {
    let most = course.values.indices.max { (course.values[$0], -$0) < (course.values[$1], -$1) }
    let summary = most.map { "\(course.labels[$0])最多，\(UI.grouped(course.values[$0])) \(course.unit)。" } ?? ""
    // Of a year that nobody recorded there is nothing to draw.
    let hasOthers = course.others.contains { $0 > 0 }
    let points = course.values.indices.map { index -> Chart.Point in
      let label = course.labels[index]
      let parts = label.split(separator: "年")
      return Chart.Point(
        String(parts.last ?? ""), group: parts.count > 1 ? "\(parts[0])年" : nil, course.values[index],
        others: hasOthers && index < course.others.count ? [course.others[index]] : [])
    }
    return Chart.trend(
      course.title, summary: summary, unit: course.unit, series: course.series, comparisons: hasOthers ? [course.comparison] : [], points)
  }
  private func sheet(_ sheet: BulletinContent.Sheet) -> HTML {
    UI.section(
      sheet.title,
      UI.table(
        sheet.title, sheet.header.enumerated().map { .init($0.element, $0.offset == 0 ? .what : .figure) },
        sheet.rows.map { UI.Row(nil, $0.map { "\($0)" }) }, dense: true, empty: "<p class=\"hint\">没有</p>")
        + (sheet.note.isEmpty ? .empty : "<p class=\"hint\">\(sheet.note)</p>"))
  }

  private func edit(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    let form = visit.form
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      let (_, content) = try await overview.bulletin(no, for: try visit.person)
      let issue = form["do"] == "issue"
      try await overview.editBulletin(
        no, title: form.text("title"), texts: content.sections.indices.map { form.text("text\($0)") }, version: try form.int("version"),
        issue: issue, by: try visit.person)
      return try visit.done(Self.address(no), saying: issue ? "已印发" : "草稿已保存")
    }
  }
  private func drop(_ visit: Visit) async throws -> Answer {
    try await overview.dropBulletin(try visit.path("no"), version: try visit.form.int("version"), by: try visit.person)
    return try visit.done("/bulletins", saying: "草稿已作废")
  }

  private func pdf(_ visit: Visit) async throws -> Answer {
    let made = try await overview.pdf(ofBulletin: try visit.path("no"), for: try visit.person)
    return .file(made.bytes, type: "application/pdf", name: made.name)
  }
  private func table(_ visit: Visit) async throws -> Answer {
    let (bulletin, content) = try await overview.bulletin(try visit.path("no"), for: try visit.person)
    let width = max(4, content.sheets.map(\.header.count).max() ?? 4)
    func padded(_ row: [String]) -> [String] { row + Array(repeating: "", count: max(0, width - row.count)) }
    var cells: [[String]] = [padded([content.basis])]
    for section in content.sections {
      cells.append(padded([section.title]))
      for line in section.text.split(separator: "\n") { cells.append(padded([String(line)])) }
    }
    let course = content.course
    cells += [padded([]), padded(["\(course.title)（\(course.unit)）"]), padded(["时间", course.series, course.comparison])]
    for index in course.labels.indices {
      cells.append(padded([course.labels[index], "\(course.values[index])", "\(course.others[index])"]))
    }
    for sheet in content.sheets {
      cells += [padded([]), padded([sheet.title]), padded(sheet.header)] + sheet.rows.map(padded)
      if !sheet.note.isEmpty { cells.append(padded([sheet.note])) }
    }
    let state = bulletin.state == .draft ? "（草稿）" : ""
    return ImportForms.xlsx(
      Table(header: padded([bulletin.title + state]), cells: cells), title: "通报", name: "\(bulletin.title)\(state).xlsx",
      demo: visit.house.isDemonstration)
  }
}

import Catalogue
import Kernel
import Lookups
import Offices
import People
import Sheets
import Storage
import WebSupport

/// 交叉统计: reports, matters and cases by any two sides under any conditions; every number opens, everything can be taken along.
public struct LookupPages: Sendable {
  let lookups: Lookups
  public init(lookups: Lookups) { self.lookups = lookups }
  private var catalogue: Catalogue { lookups.catalogue }

  public func routes(_ book: inout RouteBook) {
    let seeing = Policy.signedIn(.seeMatters)
    book.get("/lookups", allow: seeing, mayLag: true) { visit in try await show(visit, errors: .none) }
    book.get("/lookups/rows", allow: seeing, mayLag: true) { visit in try await rows(visit) }
    book.get("/lookups/table.xlsx", allow: seeing, mayLag: true) { visit in try await tableFile(visit) }
    book.get("/lookups/rows.xlsx", allow: seeing, mayLag: true) { visit in try await rowsFile(visit) }
    book.post("/lookups/saved", allow: seeing, limits: .small) { visit in try await save(visit) }
    book.post("/lookups/saved/{id}/remove", allow: seeing, limits: .small) { visit in try await remove(visit) }
  }

  private static let path = "/lookups"
  private func subjects(_ person: Person) -> [LookupSubject] {
    LookupSubject.allCases.filter { person.may($0 == .cases ? .seeCases : .seeMatters) }
  }
  /// The question stands in the address, and in the form that saves it.
  private func fields(_ visit: Visit) -> Fields { visit.form["subject"] == nil ? visit.query : visit.form }
  private func query(_ visit: Visit) async throws -> LookupQuery {
    try await LookupQuery(fields(visit), today: visit.now.day, lookups: lookups, for: try visit.person)
  }

  // MARK: The table

  private func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    var errors = errors
    var query = LookupQuery(bare: fields(visit))
    var table: CrossTable?
    do {
      query = try await self.query(visit)
      table = try await lookups.table(query.lookup, for: person)
    } catch let refusal as Refusal where refusal.kind == .invalid {
      // What was asked cannot be answered; the form stays as it was filled in and says why.
      errors = FormErrors(refusal)
    }
    var page = visit.page("交叉统计", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    page.problem = !errors.isEmpty
    let lookup = query.lookup
    var found = HTML()
    if let table { found = try await result(table, query, visit) }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("交叉统计", sub: "选行、选列、选条件，点数字看是哪些；不含诉求人信息，每次下载记入日志"))
      \(UI.tabs("统计什么", subjects(person).map { .init($0.chinese, LookupQuery.address(Self.path, Lookup($0, lookup.period)), on: $0 == lookup.subject) }))
      \(form(query, errors))
      \(found)
      \(try await savedSection(visit, query, errors))
      """
    return page
  }

  private func form(_ query: LookupQuery, _ errors: FormErrors) -> HTML {
    let lookup = query.lookup
    let fields = lookup.subject.fields
    let sides = fields.map { UI.Choice($0.rawValue, $0.chinese) }
    var days: (from: Day?, through: Day?) = (nil, nil)
    if case .days(let from, let through) = lookup.period { days = (from, through) }
    let periods = (LookupPeriod.moving.map { UI.Choice($0.name, $0.chinese) }) + [UI.Choice("days", "指定日期")]
    let conditions = fields.filter { !$0.isTime && $0 != .district && $0 != .squad }.map { field in condition(field, query, errors) }
    let hidden = fields.filter { $0.isTime || $0 == .district || $0 == .squad }.compactMap { field in
      lookup.only[field].map { (field.rawValue, $0.isEmpty ? LookupQuery.none : $0) }
    }
    return UI.form(
      Self.path,
      """
      <input type="hidden" name="subject" value="\(lookup.subject.rawValue)">
      \(each: hidden, { "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1)\">" })
      \(UI.fieldRow([
        UI.select("行", name: "rows", options: sides, value: lookup.rows.rawValue, placeholder: nil, error: errors["rows"]),
        UI.select("列", name: "columns", options: [UI.Choice(LookupQuery.none, "不分列")] + sides, value: lookup.columns?.rawValue ?? LookupQuery.none, placeholder: nil, error: errors["columns"]),
        UI.select("期间", name: "period", options: periods, value: lookup.period.name, placeholder: nil),
      ]))
      \(UI.details(lookup.only.isEmpty ? "条件" : "条件（已设 \(lookup.only.count) 项）", open: !errors.isEmpty || days.from != nil, """
        \(UI.fieldRow([UI.date("从哪天", name: "from", value: days.from, error: errors["from"], optional: true), UI.date("到哪天", name: "through", value: days.through, hint: "期间选“指定日期”时有效", error: errors["through"], optional: true)]))
        \(each: Array(stride(from: 0, to: conditions.count, by: 3)), { UI.fieldRow(Array(conditions[$0..<min($0 + 3, conditions.count)])) })
        """))
      \(UI.button("统计", icon: .chart))
      """)
  }
  private func condition(_ field: LookupField, _ query: LookupQuery, _ errors: FormErrors) -> HTML {
    let key = query.lookup.only[field].map { $0.isEmpty ? LookupQuery.none : $0 }
    let error = errors[field.rawValue]
    switch field {
    case .compound, .firm:
      return UI.field(
        field.chinese, name: field.rawValue, value: query.typed[field] ?? key ?? "", hint: "全名或编号", error: error, optional: true)
    case .item:
      let items = catalogue.items.map { UI.Choice($0.slug, $0.name) }
      return UI.select(
        field.chinese, name: field.rawValue, options: items + [UI.Choice(LookupQuery.none, "未认定事项")], value: key, placeholder: "不限",
        error: error, optional: true)
    default:
      let choices = (field.choices ?? []).map { UI.Choice($0.key.isEmpty ? LookupQuery.none : $0.key, $0.chinese) }
      return UI.select(
        field.chinese, name: field.rawValue, options: choices, value: key, placeholder: "不限", error: error, optional: true)
    }
  }

  private func result(_ table: CrossTable, _ query: LookupQuery, _ visit: Visit) async throws -> HTML {
    let lookup = query.lookup
    let words = try await lookups.words(lookup)
    let days = lookup.period.days(today: visit.now.day)
    let conditions: HTML =
      words.isEmpty
      ? "没有别的条件"
      : HTML.join(
        words.map { one in
          "\(one.field.chinese)：\(one.words)（\(UI.link("去掉", query.address(Self.path) { $0.only[one.field] = nil }))）" as HTML
        }, "；")
    let sub: HTML = "\(days.lowerBound.chineseLong)至\(days.upperBound.chineseLong)，\(conditions)"
    guard table.total > 0 else {
      return UI.section(
        "没有\(lookup.subject.chinese)", side: sub,
        UI.emptyState("这段时间没有符合条件的\(lookup.subject.chinese)", "换一个期间，或者去掉几项条件。", icon: .chart))
    }
    let rows = table.rows.indices.map { i -> UI.Row in
      let row = table.rows[i]
      var cells: [HTML] = ["\(row.name)"]
      for (j, column) in table.columns.enumerated() { cells.append(cell(table.cells[i][j], query, row, column)) }
      if lookup.columns != nil { cells.append(cell(table.sum(row: i), query, row, nil)) }
      return UI.Row(nil, cells)
    }
    var all = rows
    if table.restCount > 0 {
      var cells: [HTML] = ["其余 \(table.restCount) 个"] + table.rest.map { "\(UI.grouped($0))" }
      if lookup.columns != nil { cells.append("\(UI.grouped(table.rest.reduce(0, +)))") }
      all.append(UI.Row(nil, cells))
    }
    if table.rows.count > 1 {
      var cells: [HTML] = ["<b>合计</b>"] + table.columns.indices.map { "<b>\(UI.grouped(table.sum(column: $0)))</b>" }
      if lookup.columns != nil { cells.append("<b>\(UI.grouped(table.total))</b>") }
      all.append(UI.Row(nil, cells))
    }
    var columns = [UI.Column(lookup.rows.chinese, .what)] + table.columns.map { .init($0.name, .figure) }
    if lookup.columns != nil { columns.append(.init("合计", .figure)) }
    return UI.section(
      "\(UI.grouped(table.total)) 件\(lookup.subject.chinese)", side: sub,
      """
      \(UI.toolbar([UI.linkButton("逐件看", query.address("/lookups/rows"), icon: .inbox), UI.linkButton("下载这张表", query.address("/lookups/table.xlsx"), icon: .download)]))
      \(UI.table("\(lookup.rows.chinese)与\(lookup.columns?.chinese ?? "件数")", columns, all, dense: true))
      """)
  }
  private func cell(_ count: Int, _ query: LookupQuery, _ row: LookupKey, _ column: LookupKey?) -> HTML {
    guard count > 0 else { return "—" }
    let address = query.address("/lookups/rows") { lookup in
      lookup.only[lookup.rows] = row.key
      if let field = lookup.columns, let column { lookup.only[field] = column.key }
    }
    return UI.link(UI.grouped(count), address)
  }

  // MARK: The rows

  static let pageSize = 50
  private func rows(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let query = try await query(visit)
    let before = visit.query["after"].flatMap { Int64($0) }
    let found = try await lookups.list(query.lookup, before: before, limit: Self.pageSize + 1, for: person)
    let shown = Array(found.prefix(Self.pageSize))
    let lookup = query.lookup
    let words = try await lookups.words(lookup)
    let days = lookup.period.days(today: visit.now.day)
    var page = visit.page(lookup.subject.chinese, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("交叉统计", query.address(Self.path))]
    let here = query.address("/lookups/rows")
    let older = found.count > Self.pageSize ? shown.last.map { here + "&after=\($0.id)" } : nil
    let conditions = words.map { "\($0.field.chinese)：\($0.words)" }.joined(separator: "；")
    page.main = """
      \(UI.heading(lookup.subject.chinese, sub: "\(days.lowerBound.chineseLong)至\(days.upperBound.chineseLong)\(conditions.isEmpty ? "" : "，" + conditions)", actions: [UI.linkButton("下载清单", query.address("/lookups/rows.xlsx"), icon: .download)]))
      \(UI.table(lookup.subject.chinese, [.init("事项", .what), .init("小区", .meta), .init("中队", .meta), .init("时间", .meta), .init("状态", .status), .init(lookup.subject == .cases ? "程序" : "结果", .meta)], shown.map(row), empty: UI.emptyState("没有符合条件的\(lookup.subject.chinese)", "换一个期间，或者去掉几项条件。", icon: .check)))
      \(UI.older(older, shown: shown.count))
      """
    return page
  }
  private func row(_ row: LookupRow) -> UI.Row {
    let href = row.subject == .cases ? "/cases/\(row.opens)" : MatterWords.address(row.opens)
    return UI.Row(
      href,
      [
        UI.lines("\(item(row.item))", "\(row.no)"), "\(row.compound ?? "没有定位到小区")", "\(row.squad ?? "未派单")", UI.time(row.at),
        UI.tag(row.state, .neutral), "\(row.result)",
      ])
  }
  private func item(_ slug: String?) -> String { slug.map { catalogue.item($0)?.name ?? $0 } ?? "未认定事项" }

  // MARK: Taking along

  private func tableFile(_ visit: Visit) async throws -> Answer {
    let query = try await query(visit)
    let table = try await lookups.table(query.lookup, for: try visit.person)
    let hasColumns = query.lookup.columns != nil
    var cells = table.rows.indices.map { i in
      [table.rows[i].name] + table.cells[i].map(String.init) + (hasColumns ? [String(table.sum(row: i))] : [])
    }
    if table.restCount > 0 {
      cells.append(["其余 \(table.restCount) 个"] + table.rest.map(String.init) + (hasColumns ? [String(table.rest.reduce(0, +))] : []))
    }
    cells.append(["合计"] + table.columns.indices.map { String(table.sum(column: $0)) } + (hasColumns ? [String(table.total)] : []))
    let header = [query.lookup.rows.chinese] + table.columns.map(\.name) + (hasColumns ? ["合计"] : [])
    try await lookups.noteExport(of: query.lookup, rows: table.rows.count, by: try visit.person)
    return ImportForms.xlsx(
      Table(header: header, cells: cells), title: "交叉统计", name: "交叉统计-\(visit.now.day.iso).xlsx", demo: visit.house.isDemonstration)
  }
  private func rowsFile(_ visit: Visit) async throws -> Answer {
    let query = try await query(visit)
    let found = try await lookups.list(query.lookup, limit: Lookups.mostExported + 1, for: try visit.person)
    guard found.count <= Lookups.mostExported else {
      throw Refusal(.invalid, "lookups-export", "超过 \(Lookups.mostExported) 件，一次下载不了。请缩短期间或者加上条件。", field: "period")
    }
    let isCases = query.lookup.subject == .cases
    let header = ["编号", "事项编号或案号", "事项", "小区", "中队", "时间", "状态", isCases ? "程序" : "结果"]
    let cells = found.map { row in
      [row.no, row.opens, item(row.item), row.compound ?? "", row.squad ?? "", row.at.text, row.state, row.result]
    }
    try await lookups.noteExport(of: query.lookup, rows: cells.count, by: try visit.person)
    return ImportForms.xlsx(
      Table(header: header, cells: cells), title: query.lookup.subject.chinese,
      name: "\(query.lookup.subject.chinese)清单-\(visit.now.day.iso).xlsx", demo: visit.house.isDemonstration)
  }

  // MARK: Saved ones

  private func savedSection(_ visit: Visit, _ query: LookupQuery, _ errors: FormErrors) async throws -> HTML {
    let person = try visit.person
    let saved = try await lookups.saved(for: person)
    let tokens = try visit.formTokens()
    let list: HTML =
      saved.isEmpty
      ? "<p class=\"hint\">还没有存过。期间选“本月”“近十二个月”的，以后打开时按当天算。</p>"
      : """
      <ul class="plain-list">\(each: saved, { one in """
        <li><p>\(UI.link(one.name, Self.path + "?" + one.address))<br><small>\(one.isOwn ? (one.isShared ? "本单位都能看" : "只有自己看") : "\(one.owner)共享")</small></p>\(if: one.isOwn, UI.form("/lookups/saved/\(one.id)/remove", tokens: tokens, UI.button("删去“\(one.name)”", .secondary)))</li>
        """ as HTML })</ul>
      """
    let keep = UI.details(
      "把现在的条件存为常用查询", open: errors["name"] != nil,
      UI.form(
        "/lookups/saved", tokens: tokens,
        """
        \(each: LookupQuery.pairs(query.lookup), { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" })
        \(UI.field("名称", name: "name", value: visit.form.text("name"), error: errors["name"]))
        \(UI.checkbox("本单位的人都能用", name: "shared", on: visit.form.flag("shared")))
        \(UI.button("存下", icon: .check))
        """))
    return UI.section("常用查询", list + keep)
  }
  private func save(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      // What is kept is what was understood, never what was sent.
      let address = try await query(visit).address(Self.path)
      try await lookups.save(
        form.text("name"), address: String(address.dropFirst(Self.path.count + 1)), isShared: form.flag("shared"), by: try visit.person)
      return try visit.done(address, saying: "已存为常用查询")
    }
  }
  private func remove(_ visit: Visit) async throws -> Answer {
    let id: SavedLookup.ID = try visit.pathID("id")
    try await lookups.remove(id, by: try visit.person)
    return try visit.done(Self.path, saying: "已删去")
  }
}

import Catalogue
import HTTPTypes
import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// The hotline's file on its way in: choose, look at what would happen, confirm, watch it go.
struct ReportImportPages: Sendable {
  let matters: Matters
  let mappings: [(key: String, mapping: ImportMapping)]
  static let rows = 50

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.importReports)
    book.get("/imports", allow: policy) { visit in try await list(visit) }
    book.get("/imports/new", allow: policy) { visit in try choose(visit, errors: .none) }
    book.post("/imports/preview", allow: policy, limits: .sheet) { visit in try await preview(visit) }
    book.post("/imports", allow: policy, limits: .small) { visit in try await begin(visit) }
    book.get("/imports/{id}", allow: policy) { visit in try await show(visit) }
    book.get("/imports/{id}/errors.csv", allow: policy, confirmed: true) { visit in try await errors(visit) }
  }

  private func list(_ visit: Visit) async throws -> Page {
    let before: ImportRun.ID? = visit.query["before"].flatMap { ImportRun.ID($0) }
    let found = try await matters.importRuns(for: try visit.person, before: before, limit: Self.rows + 1)
    let runs = Array(found.prefix(Self.rows))
    let older = found.count > Self.rows ? runs.last.map { "/imports?before=\($0.id)" } : nil
    var page = visit.page("导入诉件", active: "more", wide: true)
    let columns: [UI.Column] = [
      .init("文件", .what), .init("状态", .status), .init("开始", .meta), .init("行数", .figure), .init("新增", .figure), .init("更新", .figure),
      .init("未变", .figure), .init("未导入", .figure),
    ]
    page.main = """
      \(UI.heading("导入诉件", sub: "本单位的导入记录", actions: (runs.isEmpty ? [] : [UI.linkButton("导入文件", "/imports/new", .primary, icon: .upload)]) + [UI.linkButton("导出回传", "/exports", icon: .download)]))
      \(UI.table("导入记录", columns, runs.map(row), empty: UI.emptyState("还没有导入过", "把热线系统导出的工单表导进来：重复的工单不会重复登记。", actions: [UI.linkButton("导入文件", "/imports/new", .primary, icon: .upload)], icon: .inbox)))
      \(if: older != nil || before != nil, UI.older(older, count: Self.rows, shown: runs.count))
      """
    return page
  }
  private func row(_ run: ImportRun) -> UI.Row {
    UI.Row(
      "/imports/\(run.id)",
      [
        UI.lines("\(run.fileName)", "\(run.mapping)"), ImportForms.tag(run), UI.time(run.at), "\(UI.grouped(run.lines))",
        "\(UI.grouped(run.added))",
        "\(UI.grouped(run.changed))", "\(UI.grouped(run.same))", "\(UI.grouped(run.failed))",
      ], tone: run.state == .failed ? .danger : run.failed > 0 ? .soon : nil)
  }
  // MARK: Choosing

  private func choose(_ visit: Visit, errors: FormErrors) throws -> Page {
    var page = visit.page("导入文件", active: "more")
    page.crumbs = [.init("导入诉件", "/imports")]
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("导入文件", sub: "先预览，确认后才写入"))
      \(UI.form("/imports/preview", tokens: try visit.formTokens(), upload: true, """
      \(UI.file("工单表", name: "file", accept: ".csv,.xlsx,.txt", hint: "Excel（.xlsx）或者 CSV，最大 40 MB；编码不用管", error: errors["file"]))
      \(UI.radios("表的来源", name: "mapping", mappings.map { .init($0.key, $0.mapping.name, hint: "登记为\($0.mapping.channel.chinese)诉件") }, value: visit.form["mapping"] ?? mappings.first?.key, error: errors["mapping"]))
      \(UI.toolbar([UI.button("上传并预览"), UI.linkButton("返回", "/imports")]))
      """))
      """
    return page
  }
  private func mapping(_ visit: Visit) throws -> (key: String, mapping: ImportMapping) {
    guard let found = mappings.first(where: { $0.key == visit.form["mapping"] }) else {
      throw Refusal(.invalid, "matters-import-mapping", "请选择表的来源。", field: "mapping")
    }
    return found
  }

  private func preview(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      guard let file = visit.files("file").first, !file.bytes.isEmpty else {
        throw Refusal(.invalid, "matters-import-file", "请选择工单表。", field: "file")
      }
      let person = try visit.person
      let (key, mapping) = try mapping(visit)
      let preview = try await matters.preview(file.bytes, name: file.name, mapping: mapping, by: person)
      let ticket = try await ImportTicket.keep(file.bytes, name: file.name, for: person, in: matters.house)
      return .page(try previewPage(visit, preview, ticket, key, mapping), .ok)
    }
  }

  // MARK: Looking

  private func previewPage(_ visit: Visit, _ preview: ImportPreview, _ ticket: ImportTicket, _ key: String, _ mapping: ImportMapping) throws
    -> Page
  {
    var page = visit.page("核对工单表", active: "more", wide: true)
    page.crumbs = [.init("导入诉件", "/imports"), .init("导入文件", "/imports/new")]
    let ready = max(0, preview.lines - preview.bad.count)
    let found = Set(preview.columns.map(\.field))
    let missing = mapping.columns.keys.filter { !found.contains($0) }.map(ImportWords.field).sorted()
    let confirm: HTML =
      ready > 0
      ? UI.form(
        "/imports", tokens: try visit.formTokens(),
        "\(ImportForms.hidden(ticket, mapping: key))\(UI.toolbar([UI.button("导入这 \(UI.grouped(ready)) 行", icon: .upload), UI.linkButton("换一个文件", "/imports/new")]))"
      )
      : UI.notice(.danger, "没有可以导入的行", "请按下面的原因改好后再上传。\(UI.link("换一个文件", "/imports/new"))")
    page.main = """
      \(UI.heading("核对工单表", sub: "\(ticket.fileName)，共 \(UI.number(preview.lines, "行"))，可导入 \(UI.number(ready, "行"))，有问题 \(UI.number(preview.bad.count, "行"))"))
      \(confirm)
      \(UI.section("前 \(preview.rows.count) 行会这样登记", UI.table("前几行", [.init("内容", .what), .init("", .status), .init("时间", .meta), .init("识别的小区", .meta), .init("识别的事项", .meta)], preview.rows.map(sample))))
      \(bad(preview.bad))
      \(UI.section("找到的列", "\(UI.facts(preview.columns.map { (ImportWords.field($0.field), HTML(text: $0.column)) }))\(if: !missing.isEmpty, "<p class=\"hint\">表里没有：\(missing.joined(separator: "、"))。没有的列留空，不影响导入。</p>")"))
      """
    return page
  }
  private func sample(_ row: ImportPreview.Row) -> UI.Row {
    let item = row.reading.item.map { matters.catalogue.item($0)?.name ?? $0 } ?? (row.reading.outOfScope ? "可能不属本部门" : "未识别")
    return UI.Row(
      nil,
      [
        UI.lines("\(row.words)", "第 \(row.line) 行"), row.known ? UI.tag("已有", .quiet) : UI.tag("新工单", .action), UI.time(row.said),
        "\(row.reading.compoundName ?? "未识别")", "\(item)",
      ])
  }
  private func bad(_ rows: [(line: Int, reason: String)]) -> HTML {
    guard !rows.isEmpty else { return .empty }
    return UI.section(
      "不能导入的行", id: "bad",
      "\(UI.table("不能导入的行", [.init("原因", .what), .init("行", .meta)], rows.prefix(200).map { UI.Row(nil, ["\($0.reason)", "第 \($0.line) 行"]) }, dense: true))\(if: rows.count > 200, "<p class=\"hint\">只列出前 200 行。</p>")"
    )
  }

  private func begin(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let person = try visit.person
      let (ticket, bytes) = try ImportForms.ticket(visit, person, matters.house)
      let id = try await matters.beginImport(bytes, name: ticket.fileName, mapping: try mapping(visit).mapping, by: person)
      return try visit.done("/imports/\(id)")
    }
  }

  // MARK: Watching

  private func show(_ visit: Visit) async throws -> Answer {
    let (run, errors) = try await matters.importRun(try visit.pathID("id"), for: try visit.person)
    var page = visit.page(run.fileName, active: "more", wide: true)
    page.crumbs = [.init("导入诉件", "/imports")]
    page.main = """
      \(UI.heading(run.fileName, sub: "\(run.mapping)，\(UI.time(run.at))开始\(run.finishedAt.map { "，\(UI.time($0))结束" as HTML })", tags: [ImportForms.tag(run)]))
      \(ImportForms.progress(run))
      \(run.trouble.map { UI.notice(.danger, "未能导入", "\($0) \(UI.link("重新选择文件", "/imports/new"))") })
      \(UI.section("结果", UI.facts([
        ("新增诉件", UI.number(run.added, "件")), ("更新", "\(UI.number(run.changed, "件")) <small>内容、催单、督办或者回访有变化</small>"),
        ("没有变化", UI.number(run.same, "件")), ("未导入", UI.number(run.failed, "行")),
      ])))
      \(if: run.state == .finished, UI.toolbar([UI.linkButton("去派单", "/dispatch", .primary, icon: .send), UI.linkButton("再导入一份", "/imports/new")]))
      \(if: !errors.isEmpty, UI.section("未导入的行", id: "errors", side: UI.linkButton("下载这些行（CSV）", "/imports/\(run.id)/errors.csv", icon: .download), "<p class=\"hint\">按原因改好后，只上传这些行就可以。文件里有来电人信息，用完请删除。</p>\(ImportForms.badRows("未导入的行", errors))"))
      """
    return ImportForms.watched(page, run)
  }

  private func errors(_ visit: Visit) async throws -> Answer {
    let id: ImportRun.ID = try visit.pathID("id")
    let table = try await matters.importErrors(id, for: try visit.person)
    return ImportForms.csv(table, name: "未导入的行-\(id)", demo: matters.house.isDemonstration)
  }
}

/// The fields of a mapping in words.
enum ImportWords {
  static func field(_ name: String) -> String {
    switch name {
    case "source-no": "工单编号"
    case "said-at": "来电时间"
    case "name": "来电人"
    case "phone": "联系电话"
    case "title": "标题"
    case "content": "内容"
    case "place": "地点"
    case "compound": "小区"
    case "nature": "性质"
    case "urgent": "紧急程度"
    case "repeat": "是否重复"
    case "urged": "催单"
    case "supervised": "督办"
    case "due": "办结时限"
    case "satisfaction": "满意度"
    case "solved": "是否解决"
    case "latitude": "纬度"
    case "longitude": "经度"
    default: name
    }
  }
}

import CityLists
import HTTPTypes
import Kernel
import Matters
import People
import Sheets
import Storage
import WebSupport

/// A list of the city on its way in: choose, look, enter.
struct CityImportPages: Sendable {
  let lists: CityLists
  static let here = "/city-lists/import"

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.keepCityLists)
    book.get("/city-lists/import", allow: policy) { visit in try choose(visit, errors: .none) }
    book.post("/city-lists/import", allow: policy, limits: .sheet) { visit in try await preview(visit) }
    book.post("/city-lists/import/run", allow: policy, limits: .small) { visit in try await run(visit) }
  }

  private func page(_ visit: Visit, _ title: String, wide: Bool = false) -> Page {
    var page = visit.page(title, active: "more", wide: wide)
    page.crumbs = [.init("更多", "/more"), .init("市级通报件", "/city-lists")]
    return page
  }

  private func choose(_ visit: Visit, errors: FormErrors) throws -> Page {
    var page = page(visit, "导入通报表")
    page.problem = !errors.isEmpty
    let last = Month(visit.now.day).adding(-1)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("导入通报表", sub: "先预览，确认后才写入；已经导入过的行不会重复"))
      \(UI.form(Self.here, tokens: try visit.formTokens(), upload: true, """
      \(UI.file("通报表", name: "file", accept: ".csv,.xlsx,.txt", hint: "Excel（.xlsx）或者 CSV，每件一行：工单编号，另可有通报类型、原因、答复期限", error: errors["file"]))
      \(UI.select("通报月份", name: "month", options: CityListPages.months(Month(visit.now.day)), value: visit.form["month"] ?? GradeWords.month(last), placeholder: nil, error: errors["month"]))
      \(UI.radios("哪一类", name: "kind", [.init("", "看表中的“通报类型”列")] + CityEntry.Kind.allCases.map { .init($0.rawValue, $0.chinese) }, value: visit.form["kind"] ?? "", error: errors["kind"]))
      \(UI.toolbar([UI.button("上传并预览"), UI.linkButton("返回", "/city-lists")]))
      """))
      <p class="hint">\(lists.mapping.note)（\(lists.mapping.confidence.chinese)）。\(lists.mapping.answerNote)。</p>
      """
    return page
  }
  private func asked(_ visit: Visit) throws -> (kind: CityEntry.Kind?, month: Month) {
    guard let month = try FigureQuery.month(visit.form["month"], "month") else {
      throw Refusal(.invalid, "city-lists-month", "请选择通报月份。", field: "month")
    }
    return (CityEntry.Kind(rawValue: visit.form.text("kind")), month)
  }

  private func preview(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let (kind, month) = try asked(visit)
      let (ticket, table) = try await ImportForms.upload(visit, lists.house)
      let found = try await lists.preview(table, kind: kind, month: month, by: try visit.person)
      var page = page(visit, "核对通报表", wide: true)
      page.crumbs.append(.init("导入通报表", Self.here))
      let matched = found.ready - found.unmatched
      let confirm: HTML =
        found.ready > 0
        ? UI.form(
          Self.here + "/run", tokens: try visit.formTokens(),
          """
          \(ImportForms.hidden(ticket, mapping: ""))<input type="hidden" name="month" value="\(GradeWords.month(month))"><input type="hidden" name="kind" value="\(kind?.rawValue ?? "")">\(UI.toolbar([UI.button("导入这 \(found.ready) 件", icon: .upload), UI.linkButton("换一个文件", Self.here)]))
          """)
        : UI.notice(.neutral, "没有要写入的内容", "\(found.same > 0 ? "这些行都已经导入过。" : "有问题的行改好后再上传。")\(UI.link("换一个文件", Self.here))")
      page.main = """
        \(UI.heading("核对通报表", sub: "\(ticket.fileName)，\(CityWords.month(month))，共 \(UI.number(found.lines, "行"))：对上诉件 \(UI.number(matched, "件"))，对不上 \(UI.number(found.unmatched, "件"))，已导入过 \(UI.number(found.same, "件"))，有问题 \(UI.number(found.bad.count, "行"))"))
        \(confirm)
        \(if: found.unmatched > 0, UI.notice(.soon, "\(found.unmatched) 件没有对应的诉件", "会照样保存，不影响指标；诉件导入以后，当晚自动对上。"))
        \(UI.section("前 \(min(50, found.rows.count)) 件", UI.table("通报件", [.init("工单、原因", .what), .init("类型", .status), .init("对应的事项", .meta), .init("答复期限", .meta)], found.rows.prefix(50).map(row), empty: UI.emptyState("没有读出一件", "看看下面的原因。", icon: .warning))))
        \(if: !found.bad.isEmpty, UI.section("不能导入的行", id: "problems", ImportForms.badRows("不能导入的行", Array(found.bad.prefix(100))) + (found.bad.count > 100 ? "<p class=\"hint\">只列出前 100 行。</p>" : .empty)))
        \(UI.section("找到的列", UI.facts(found.columns.map { ($0.field.chinese, HTML(text: $0.column)) })))
        """
      return .page(page, .ok)
    }
  }
  private func row(_ one: CityPreview.Row) -> UI.Row {
    UI.Row(
      nil,
      [
        UI.lines("\(one.sourceNo)", "\(one.said.isEmpty ? "第 \(one.line) 行" : one.said)"), UI.tag(one.kind.chinese, .neutral),
        one.isKnown
          ? "已导入过" : one.matterNo.map { no in UI.lines(UI.link(one.matterTitle ?? no, MatterWords.address(no)), "\(no)") } ?? "没有对应的诉件",
        "\(one.due.chineseLong)",
      ])
  }

  private func run(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let (kind, month) = try asked(visit)
      let (_, table) = try ImportForms.table(visit, lists.house)
      let out = try await lists.take(table, kind: kind, month: month, by: try visit.person)
      var parts = ["导入 \(out.added) 件"]
      if out.unmatched > 0 { parts.append("其中 \(out.unmatched) 件没有对应的诉件") }
      if out.same > 0 { parts.append("\(out.same) 件已导入过") }
      if !out.bad.isEmpty { parts.append("\(out.bad.count) 行有问题没有导入") }
      return try visit.done(
        "/city-lists?month=\(GradeWords.month(month))", saying: parts.joined(separator: "，"),
        out.unmatched > 0 || !out.bad.isEmpty ? .soon : .good)
    }
  }
}

import Compounds
import Foundation
import HTTPTypes
import Kernel
import Matters
import People
import Sheets
import Storage
import WebSupport

/// A register of compounds from somebody's list: choose, look, import, and take the bad rows home.
struct RegisterImportPages: Sendable {
  let matters: Matters
  let mappings: [(key: String, mapping: CompoundMapping)]

  private var house: House { matters.house }

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.importCompounds)
    book.get("/compounds/import", allow: policy) { visit in try choose(visit, errors: .none) }
    book.post("/compounds/import", allow: policy, limits: .sheet) { visit in try await preview(visit) }
    book.post("/compounds/import/run", allow: policy, limits: .small) { visit in try await run(visit) }
    book.get("/compounds/import/{id}", allow: policy) { visit in try await show(visit) }
    book.get("/compounds/import/{id}/errors.csv", allow: policy) { visit in
      let id: ImportRun.ID = try visit.pathID("id")
      let table = try await matters.registerErrors(id, for: try visit.person)
      return ImportForms.csv(table, name: "未导入的行-\(id)", demo: house.isDemonstration)
    }
    book.post("/compounds/import/errors.csv", allow: policy, limits: .small) { visit in try await errors(visit) }
  }

  private func choose(_ visit: Visit, errors: FormErrors) throws -> Page {
    var page = visit.page("导入小区名册", active: "compounds")
    page.crumbs = [.init("小区", "/compounds")]
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("导入小区名册", sub: "同一份名册导入两次不会有变化；名册里改过的会更新，您在这里改过的不会被旧名册覆盖"))
      \(UI.form("/compounds/import", tokens: try visit.formTokens(), upload: true, """
      \(UI.file("名册文件", name: "file", accept: ".csv,.xlsx,.txt", hint: "Excel（.xlsx）或者 CSV，最大 40 MB", error: errors["file"]))
      \(UI.radios("表头对照", name: "mapping", mappings.map { .init($0.key, $0.mapping.title) }, value: visit.form["mapping"] ?? mappings.first?.key, error: errors["mapping"]))
      \(UI.toolbar([UI.button("上传并预览"), UI.linkButton("返回", "/compounds")]))
      """))
      <p class="hint">预览时不写入任何数据。</p>
      """
    return page
  }

  private func mapping(_ visit: Visit) throws -> CompoundMapping {
    guard let found = mappings.first(where: { $0.key == visit.form["mapping"] }) else {
      throw Refusal(.invalid, "compounds-import-mapping", "请选择表头对照。", field: "mapping")
    }
    return found.mapping
  }
  private func preview(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let mapping = try mapping(visit)
      let (ticket, table) = try await ImportForms.upload(visit, house)
      let outcome = try await CompoundImport.preview(table, mapping: mapping, by: try visit.person, in: house)
      return .page(try previewPage(visit, outcome, ticket), .ok)
    }
  }

  private func previewPage(_ visit: Visit, _ outcome: CompoundImportOutcome, _ ticket: ImportTicket) throws -> Page {
    let ready = outcome.added + outcome.changed + outcome.unchanged
    var page = visit.page("核对名册", active: "compounds", wide: true)
    page.crumbs = [.init("小区", "/compounds"), .init("导入小区名册", "/compounds/import")]
    let hidden = ImportForms.hidden(ticket, mapping: visit.form.text("mapping"))
    let tokens = try visit.formTokens()
    page.main = """
      \(UI.heading("核对名册", sub: "\(ticket.fileName)，可导入 \(UI.number(ready, "行"))，有问题 \(UI.number(outcome.problems.count, "行"))"))
      \(counts(outcome))
      \(if: outcome.added + outcome.changed > 0, UI.form("/compounds/import/run", tokens: tokens, "\(hidden)\(UI.toolbar([UI.button("导入：新增 \(outcome.added) 个，更新 \(outcome.changed) 个"), UI.linkButton("换一个文件", "/compounds/import")]))"))
      \(if: outcome.added + outcome.changed == 0, UI.notice(.neutral, "没有要写入的内容", "有问题的行改好后再上传。\(UI.link("换一个文件", "/compounds/import"))"))
      \(UI.section("找到的列", UI.facts(CompoundMapping.Field.allCases.map { field in (field.chinese, outcome.columns[field].map { HTML(text: $0) }) })))
      \(UI.section("前 \(outcome.sample.count) 行", UI.table("前几行", [.init("小区、地址", .what), .init("户数", .figure), .init("建成", .figure), .init("物业", .meta), .init("居委会", .meta)], outcome.sample.map(sample))))
      \(try ImportForms.problems(visit, outcome.problems.map { ($0.line, $0.reason) }, ticket, at: "/compounds/import"))
      \(notes(outcome))
      """
    return page
  }
  private func sample(_ draft: CompoundDraft) -> UI.Row {
    UI.Row(
      nil,
      [
        UI.lines("\(draft.edit.name)", "\(draft.edit.address)"), draft.edit.households.map { "\(UI.grouped($0))" } ?? "—",
        draft.edit.builtYear.map { "\($0)" } ?? "—", "\(draft.firm ?? "—")", "\(draft.residentsCommittee ?? "—")",
      ])
  }
  private func counts(_ outcome: CompoundImportOutcome) -> HTML {
    UI.facts([
      ("新增", UI.number(outcome.added, "个")), ("更新", UI.number(outcome.changed, "个")), ("没有变化", UI.number(outcome.unchanged, "个")),
      ("不能导入", UI.number(outcome.problems.count, "行")),
    ])
  }
  private func notes(_ outcome: CompoundImportOutcome) -> HTML {
    if outcome.notes.isEmpty { return .empty }
    let shown = outcome.notes.prefix(100).map { (line: $0.line, reason: $0.reason) }
    return UI.section("请留意", UI.details("\(outcome.notes.count) 行按下面的办法处理", ImportForms.badRows("请留意的行", shown)))
  }

  private func run(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let person = try visit.person
      let (ticket, bytes) = try ImportForms.ticket(visit, person, house)
      let id = try await matters.beginRegister(bytes, name: ticket.fileName, mapping: try mapping(visit), by: person)
      return try visit.done("/compounds/import/\(id)")
    }
  }

  private func show(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let (run, errors) = try await matters.registerRun(try visit.pathID("id"), for: person)
    let here = "/compounds/import"
    var page = visit.page(run.fileName, active: "compounds", wide: true)
    page.crumbs = [.init("小区", "/compounds"), .init("导入小区名册", here)]
    var next = [UI.linkButton("再导入一份", here)]
    if person.may(.seeCompounds) { next.insert(UI.linkButton("查看小区", "/compounds", .primary), at: 0) }
    let file = UI.linkButton("下载这些行（CSV）", "\(here)/\(run.id)/errors.csv", icon: .download)
    page.main = """
      \(UI.heading(run.fileName, sub: "\(run.mapping)，\(UI.time(run.at))开始\(run.finishedAt.map { "，\(UI.time($0))结束" as HTML })", tags: [ImportForms.tag(run)]))
      \(ImportForms.progress(run))
      \(run.trouble.map { UI.notice(.danger, "未能导入", "\($0) \(UI.link("重新选择文件", here))") })
      \(UI.facts([
        ("新增", UI.number(run.added, "个")), ("更新", UI.number(run.changed, "个")), ("没有变化", UI.number(run.same, "个")),
        ("未导入", UI.number(run.failed, "行")),
      ]))
      \(if: run.state == .finished, UI.toolbar(next))
      \(if: !errors.isEmpty, UI.section("未导入的行", id: "errors", side: file, "<p class=\"hint\">按原因改好后，只上传这些行就可以。</p>\(ImportForms.badRows("未导入的行", errors))"))
      """
    return ImportForms.watched(page, run)
  }

  private func errors(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let (ticket, bytes) = try ImportForms.ticket(visit, person, house)
    let table = try ImportForms.read(bytes, ticket.fileName)
    let outcome = try await CompoundImport.preview(table, mapping: try mapping(visit), by: person, in: house)
    return ImportForms.csv(CompoundImport.errors(table, outcome), name: "有问题的行-\(ticket.fileName)", demo: house.isDemonstration)
  }
}

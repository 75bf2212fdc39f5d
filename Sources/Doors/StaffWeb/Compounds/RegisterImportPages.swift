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
  let house: House
  let mappings: [(key: String, mapping: CompoundMapping)]

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.importCompounds)
    book.get("/compounds/import", allow: policy) { visit in try choose(visit, errors: .none) }
    book.post("/compounds/import", allow: policy, limits: .sheet) { visit in try await preview(visit) }
    book.post("/compounds/import/run", allow: policy, limits: .small) { visit in try await run(visit) }
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
  static func table(_ file: Data, _ name: String) throws -> Table {
    do throws(SheetError) { return try Table.read(file: file, name: name) } catch {
      throw Refusal(.invalid, error.code, error.message, field: "file")
    }
  }

  private func preview(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      guard let file = visit.files("file").first, !file.bytes.isEmpty else {
        throw Refusal(.invalid, "compounds-import-file", "请选择名册文件。", field: "file")
      }
      let person = try visit.person
      let mapping = try mapping(visit)
      let outcome = try await CompoundImport.preview(try Self.table(file.bytes, file.name), mapping: mapping, by: person, in: house)
      let ticket = try await ImportTicket.keep(file.bytes, name: file.name, for: person, in: house)
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
      \(problems(outcome, hidden, tokens))
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
  private func problems(_ outcome: CompoundImportOutcome, _ hidden: HTML, _ tokens: FormTokens) -> HTML {
    func table(_ caption: String, _ list: [ImportProblem]) -> HTML {
      UI.table(
        caption, [.init("原因", .what), .init("行", .meta)], list.prefix(100).map { UI.Row(nil, ["\($0.reason)", "第 \($0.line) 行"]) },
        dense: true)
    }
    var out = HTML()
    if !outcome.problems.isEmpty {
      let download = UI.form(
        "/compounds/import/errors.csv", tokens: tokens, "\(hidden)\(UI.button("下载有问题的行（CSV）", .secondary, icon: .download))")
      out += UI.section(
        "不能导入的行", id: "problems",
        "\(table("不能导入的行", outcome.problems))\(if: outcome.problems.count > 100, "<p class=\"hint\">只列出前 100 行，全部在下载的文件里。</p>")\(download)")
    }
    if !outcome.notes.isEmpty { out += UI.section("请留意", UI.details("\(outcome.notes.count) 行按下面的办法处理", table("请留意的行", outcome.notes))) }
    return out
  }

  private func run(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let person = try visit.person
      let (ticket, bytes) = try ImportForms.ticket(visit, person, house)
      let outcome = try await CompoundImport.run(try Self.table(bytes, ticket.fileName), mapping: try mapping(visit), by: person, in: house)
      var page = visit.page("名册已导入", active: "compounds")
      page.crumbs = [.init("小区", "/compounds"), .init("导入小区名册", "/compounds/import")]
      page.main = """
        \(UI.heading("名册已导入", sub: "\(ticket.fileName)"))
        \(counts(outcome))
        \(UI.toolbar([UI.linkButton(person.may(.seeCompounds) ? "查看小区" : "导入下一份", person.may(.seeCompounds) ? "/compounds" : "/compounds/import", .primary)]))
        \(problems(outcome, ImportForms.hidden(ticket, mapping: visit.form.text("mapping")), try visit.formTokens()))
        """
      return .page(page, .ok)
    }
  }

  private func errors(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let (ticket, bytes) = try ImportForms.ticket(visit, person, house)
    let table = try Self.table(bytes, ticket.fileName)
    let outcome = try await CompoundImport.preview(table, mapping: try mapping(visit), by: person, in: house)
    return ImportForms.csv(CompoundImport.errors(table, outcome), name: "有问题的行-\(ticket.fileName)", demo: house.isDemonstration)
  }
}

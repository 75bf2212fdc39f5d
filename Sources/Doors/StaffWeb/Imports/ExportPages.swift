import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// What goes back to the hotline, in its own columns.
struct ExportPages: Sendable {
  let matters: Matters
  let mappings: [(key: String, mapping: ImportMapping)]
  private var offered: [(key: String, mapping: ImportMapping)] { mappings.filter { !$0.mapping.export.isEmpty } }

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.exportReports)
    book.get("/exports", allow: policy) { visit in try form(visit, errors: .none) }
    book.post("/exports", allow: policy, limits: .small, mayLag: true, spendsForm: true) { visit in try await export(visit) }
  }

  private func form(_ visit: Visit, errors: FormErrors) throws -> Page {
    let today = visit.now.day
    // Last month until the tenth, else this one: what is asked for most.
    let thisMonth = Day(year: today.year, month: today.month, day: 1) ?? today
    let last = thisMonth.adding(days: -1)
    let usual =
      today.dayOfMonth <= 10 ? (from: Day(year: last.year, month: last.month, day: 1) ?? last, to: last) : (from: thisMonth, to: today)
    func day(_ name: String, _ usual: Day) -> Day { Day(iso: visit.form.text(name)) ?? usual }
    var page = visit.page("导出回传", active: "more")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("导出回传", sub: "按对方系统的列名导出办理情况；不含来电人姓名和电话，每次导出记入日志"))
      \(UI.form("/exports", tokens: try visit.formTokens(), """
      \(UI.radios("给哪个系统", name: "mapping", offered.map { .init($0.key, $0.mapping.name, hint: "\($0.mapping.channel.chinese)诉件，\($0.mapping.export.count) 列") }, value: visit.form["mapping"] ?? offered.first?.key, error: errors["mapping"]))
      \(UI.fieldset("收到日期", hint: "含首尾两天，最长一年", UI.fieldRow([
        UI.date("从", name: "from", value: day("from", usual.from), error: errors["from"]),
        UI.date("到", name: "through", value: day("through", usual.to), error: errors["through"]),
      ])))
      \(UI.radios("文件格式", name: "format", [.init("xlsx", "Excel（.xlsx）"), .init("csv", "CSV")], value: visit.form["format"] ?? "xlsx", inline: true))
      \(UI.toolbar([UI.button("导出", icon: .download)]))
      """))
      \(UI.details("导出哪些列", HTML.join(offered.map { "<p><b>\($0.mapping.name)</b>：\($0.mapping.export.map(\.title).joined(separator: "、"))</p>" }, "\n")))
      """
    return page
  }

  private func export(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try form(visit, errors: $0) }) {
      guard let (_, mapping) = offered.first(where: { $0.key == visit.form["mapping"] }) else {
        throw Refusal(.invalid, "matters-export-mapping", "请选择导出给哪个系统。", field: "mapping")
      }
      guard let from = try visit.form.day("from") else { throw Refusal(.invalid, "matters-export-from", "请选择开始日期。", field: "from") }
      guard let through = try visit.form.day("through") else {
        throw Refusal(.invalid, "matters-export-through", "请选择结束日期。", field: "through")
      }
      let table = try await matters.export(mapping, from: from, through: through, by: try visit.person)
      let name = "\(mapping.name) 回传 \(from.iso) 至 \(through.iso)"
      let demo = matters.house.isDemonstration
      return visit.form["format"] == "csv"
        ? ImportForms.csv(table, name: name, demo: demo) : ImportForms.xlsx(table, name: name, demo: demo)
    }
  }
}

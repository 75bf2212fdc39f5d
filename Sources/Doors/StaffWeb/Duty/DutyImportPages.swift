import HTTPTypes
import Kernel
import Matters
import People
import Sheets
import Storage
import WebSupport
import WorkCalendar

/// A roster from somebody's table: choose, look, enter.
struct DutyImportPages: Sendable {
  let house: House
  let calendar: WorkCalendar
  static let here = "/duty/import"

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.manageDuty)
    book.get("/duty/import", allow: policy) { visit in try choose(visit, errors: .none) }
    book.post("/duty/import", allow: policy, limits: .sheet) { visit in try await preview(visit) }
    book.post("/duty/import/run", allow: policy, limits: .small) { visit in try await run(visit) }
    book.post("/duty/import/errors.csv", allow: policy, limits: .small) { visit in
      let (ticket, table) = try ImportForms.table(visit, house)
      let outcome = try await read(table, visit)
      return ImportForms.csv(AccountImport.errors(table, outcome.problems), name: "有问题的行-\(ticket.fileName)", demo: house.isDemonstration)
    }
  }

  private func read(_ table: Table, _ visit: Visit) async throws -> DutyImport.Outcome {
    let calendar = calendar
    return try await DutyImport.preview(table, by: try visit.person, in: house) { calendar.isWorkday($0) }
  }
  private func page(_ visit: Visit, _ title: String, wide: Bool = false) -> Page {
    var page = visit.page(title, active: "more", wide: wide)
    page.crumbs = [.init("值班", "/duty")]
    return page
  }

  private func choose(_ visit: Visit, errors: FormErrors) throws -> Page {
    var page = page(visit, "导入排班表")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("导入排班表", sub: "表里有的班次覆盖原来的排班，表里没有的不动"))
      \(UI.form(Self.here, tokens: try visit.formTokens(), upload: true, """
      \(UI.file("排班表", name: "file", accept: ".csv,.xlsx,.txt", hint: "Excel（.xlsx）或者 CSV，每班一行：日期、班次、值班，另可有替补、单位", error: errors["file"]))
      \(UI.toolbar([UI.button("上传并预览"), UI.linkButton("返回", "/duty")]))
      """))
      <p class="hint">班次填日班、夜班或者节假日班；休息日的“日班”按节假日班登记。人员填姓名，有重名的填登录名。</p>
      """
    return page
  }

  private func preview(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let (ticket, table) = try await ImportForms.upload(visit, house)
      let outcome = try await read(table, visit)
      var page = page(visit, "核对排班表", wide: true)
      page.crumbs.append(.init("导入排班表", Self.here))
      let ready = outcome.drafts.count
      page.main = """
        \(UI.heading("核对排班表", sub: "\(ticket.fileName)，新排 \(UI.number(outcome.added, "班"))，改排 \(UI.number(outcome.changed, "班"))，没有变化 \(UI.number(outcome.unchanged, "班"))，有问题 \(UI.number(outcome.problems.count, "行"))"))
        \(try ImportForms.confirm(visit, ticket, at: Self.here, ready: ready, label: "排这 \(ready) 班"))
        \(UI.section("找到的列", UI.facts(outcome.columns.map { ($0.field.chinese, HTML(text: $0.heading)) })))
        \(if: ready > 0, UI.section("前 \(min(ready, 30)) 班", UI.table("排班", [.init("日期、单位", .what), .init("班次", .status), .init("值班", .meta), .init("替补", .meta)], outcome.drafts.prefix(30).map { draft in
          UI.Row(nil, [UI.lines("\(draft.entry.day.chinese) \(draft.entry.day.chineseWeekday)", "\(draft.officeName)"), UI.tag(draft.replaces ? "\(draft.entry.shift.chinese)，改排" : draft.entry.shift.chinese, .neutral), "\(draft.name)", "\(draft.secondName ?? "—")"])
        }, dense: true)))
        \(try ImportForms.problems(visit, outcome.problems.map { ($0.line, $0.reason) }, ticket, at: Self.here))
        """
      return .page(page, .ok)
    }
  }

  private func run(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let (_, table) = try ImportForms.table(visit, house)
      let calendar = calendar
      let outcome = try await DutyImport.run(table, by: try visit.person, in: house) { calendar.isWorkday($0) }
      let week = outcome.drafts.map(\.entry.day).min().map { $0.adding(days: 1 - $0.weekday).iso }
      let left = outcome.problems.isEmpty ? "" : "，\(outcome.problems.count) 行有问题没有排"
      return try visit.done(
        Address.of("/duty", [("week", week)]), saying: "新排 \(outcome.added) 班，改排 \(outcome.changed) 班\(left)",
        outcome.problems.isEmpty ? .good : .soon)
    }
  }
}

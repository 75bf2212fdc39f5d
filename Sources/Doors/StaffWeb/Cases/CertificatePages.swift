import Cases
import Foundation
import Kernel
import People
import WebSupport

/// 执法证: numbers and terms of the squad's people; without a valid one nobody is given a case.
struct CertificatePages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/certificates", allow: .signedIn(.leadCases)) { visit in try await show(visit, errors: .none, of: nil) }
    book.post("/certificates/{account}", allow: .signedIn(.leadCases), limits: .small) { visit in try await note(visit) }
  }

  func show(_ visit: Visit, errors: FormErrors, of account: Person.ID?) async throws -> Page {
    let all = try await cases.certificates(for: try visit.person)
    let tokens = try visit.formTokens()
    var page = visit.page("执法证", active: "cases")
    page.crumbs = [.init("案件", "/cases")]
    page.problem = !errors.isEmpty
    let sheets = all.map { one -> HTML in
      let mine = one.account == account
      // The list of errors leads to the form that was sent.
      let among = mine ? nil : one.account.description
      let valid = one.validUntil.map { $0 >= visit.now.day } ?? false
      let state = one.number == nil ? UI.tag("未登记", .soon) : valid ? UI.tag("有效", .good) : UI.tag("已过期", .danger)
      let form = UI.form(
        "/certificates/\(one.account)", tokens: tokens,
        """
        \(UI.field("执法证号", name: "number", among: among, value: mine ? visit.form.text("number") : one.number ?? "", error: mine ? errors["number"] : nil))
        \(UI.date("有效期至", name: "until", among: among, value: mine ? (try? visit.form.day("until")) ?? nil : one.validUntil, error: mine ? errors["until"] : nil))
        \(UI.button("保存", .secondary, icon: .check))
        """)
      return """
        <div class="report"><p><b>\(one.name)</b> \(state)</p><p class="by">\(one.role.chinese)\(one.number.map { "，执法证 \($0)" })\(one.validUntil.map { "，至 \($0.chineseLong)" })</p>
        \(UI.details(one.number == nil ? "登记" : "更新", open: mine, form))</div>
        """
    }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("执法证", sub: "没有有效执法证的，不能指定为承办人员（行政处罚法第四十二条）"))
      \(UI.section("本队人员", HTML.join(sheets, "\n<hr>\n")))
      """
    return page
  }

  func note(_ visit: Visit) async throws -> Answer {
    let account = try visit.pathID("account", Person.self)
    do {
      guard let until = try visit.form.day("until") else { throw Refusal(.invalid, "cases-field", "请填写有效期。", field: "until") }
      try await cases.note(certificate: visit.form.text("number"), until: until, of: account, by: try visit.person)
      return try visit.done("/certificates", saying: "已保存")
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try await show(visit, errors: FormErrors(refusal), of: account))
    }
  }
}

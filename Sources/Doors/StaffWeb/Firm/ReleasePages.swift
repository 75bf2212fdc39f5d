import Kernel
import Matters
import People
import WebSupport

/// An officer lets a firm that reported a matter know something in words.
struct ReleasePages: Sendable {
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    book.get("/matters/{no}/release", allow: .signedIn(.handleMatters)) { visit in try await page(visit, .none) }
    book.post("/matters/{no}/release", allow: .signedIn(.handleMatters), limits: .small) { visit in try await release(visit) }
  }

  private func page(_ visit: Visit, _ errors: FormErrors) async throws -> Page {
    let no = try visit.path("no")
    let firms = try await matters.firms(of: no, for: try visit.person)
    var page = visit.page("向物业公开", active: "matters")
    page.crumbs = [Page.Crumb(no, "/matters/\(no)")]
    let body: HTML =
      if firms.isEmpty {
        UI.emptyState("没有物业企业就此事项上报", "只能向上报过这个事项的企业公开。", actions: [UI.linkButton("返回事项", "/matters/\(no)")])
      } else {
        UI.form(
          "/matters/\(no)/release", tokens: try visit.formTokens(), draft: "release-\(no)",
          """
          \(UI.select("公开给", name: "firm", options: firms.map { UI.Choice(String($0.id), $0.name) }, value: visit.form["firm"] ?? (firms.count == 1 ? firms.first.map { String($0.id) } : nil), error: errors["firm"]))
          \(UI.textarea("告诉物业的内容", name: "text", value: visit.form.text("text"), limit: 1000, hint: "不要写反映人的情况和原话。姓名、电话、室号会自动隐去。", error: errors["text"]))
          \(UI.toolbar([UI.button("公开给物业")]))
          """)
      }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("向物业公开办理情况", sub: "物业平时只看到办理的事实（接单、核查、认定、措施、办结），看不到文字和照片"))
      \(body)
      """
    return page
  }

  private func release(_ visit: Visit) async throws -> any Answering {
    let no = try visit.path("no")
    do {
      guard let firm = try visit.form.int("firm") else { throw Refusal(.invalid, "matters-release-firm", "请选择物业企业。", field: "firm") }
      try await matters.release(no, to: Int64(firm), text: visit.form.text("text"), by: try visit.person)
    } catch let wrong as Refusal where wrong.kind == .invalid {
      return visit.again(try await page(visit, FormErrors(wrong)))
    }
    return try visit.done("/matters/\(no)", saying: "已向物业公开")
  }
}

import HTTPTypes
import Kernel
import People
import Storage
import WebSupport

/// Keys for programs that act as an account.
struct AccountTokenPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.administerAccounts)
    book.get("/accounts/{id}/tokens", allow: policy) { visit in try await list(visit, errors: .none) }
    book.post("/accounts/{id}/tokens", allow: policy, limits: .small) { visit in try await issue(visit) }
    book.post("/accounts/{id}/tokens/{token}/revoke", allow: policy, limits: .small) { visit in try await revoke(visit) }
  }

  private func list(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let id: Person.ID = try visit.pathID("id")
    let me = try visit.person
    let (account, tokens) = try await house.store.read { db in (try Accounts.account(id, by: me, db), try ApiTokens.list(of: id, db)) }
    let csrf = try visit.formTokens()
    var page = visit.page("接口令牌", active: "accounts")
    page.crumbs = [.init("账号", "/accounts"), .init(account.person.name, "/accounts/\(id)")]
    let rows = tokens.map { token in
      let valid = token.isValid(at: visit.now)
      let state = token.revokedAt != nil ? UI.tag("已吊销", .quiet) : valid ? UI.tag("有效", .good) : UI.tag("已过期", .quiet)
      let revoke: HTML = valid ? UI.form("/accounts/\(id)/tokens/\(token.id)/revoke", tokens: csrf, UI.button("吊销", .danger)) : .empty
      return UI.Row(nil, ["\(token.name)", state, "\(UI.time(token.createdAt))签发", "\(UI.time(token.expiresAt))到期", revoke])
    }
    let refused = account.person.role.isAdministrator || account.state == .disabled
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("接口令牌", sub: "持有令牌的程序以\(account.person.name)（\(account.person.role.chinese)）的权限访问接口"))
      \(UI.table("接口令牌", [.init("用途", .what), .init("状态", .status), .init("签发", .meta), .init("到期", .meta), .init("", .meta)], rows, empty: UI.emptyState("没有令牌", "给对接的系统签发一个，一个系统一个令牌。", icon: .link)))
      \(refused ? UI.notice(.neutral, "不能签发令牌", "管理员账号和停用的账号不签发接口令牌。") : UI.section("签发令牌", UI.form("/accounts/\(id)/tokens", tokens: csrf, """
      \(UI.field("用途", name: "name", value: visit.form.text("name"), hint: "例如：12345 热线对接", error: errors["name"]))
      \(UI.field("有效期", name: "days", value: visit.form["days"] ?? "180", .number, hint: "最长 \(ApiTokens.longestDays) 天", error: errors["days"], unit: "天"))
      \(UI.toolbar([UI.button("签发令牌")]))
      """)))
      """
    return page
  }
  private func issue(_ visit: Visit) async throws -> Answer {
    let id: Person.ID = try visit.pathID("id")
    return try await FormTry.run(visit, again: { try await list(visit, errors: $0) }) {
      guard let days = try visit.form.int("days") else { throw Refusal(.invalid, "people-token-days", "请填写有效期。", field: "days") }
      let issued = try await ApiTokens.issue(for: id, name: visit.form.text("name"), days: days, by: try visit.person, in: house)
      var page = visit.page("令牌已签发", active: "accounts")
      page.crumbs = [.init("账号", "/accounts"), .init("接口令牌", "/accounts/\(id)/tokens")]
      page.main = """
        \(UI.heading("令牌已签发", sub: "\(visit.form.text("name"))"))
        \(UI.receipt(issued.token, label: "令牌", hint: "只显示这一次，请存入对接系统的密钥配置。泄露时立即吊销。"))
        \(UI.toolbar([UI.copy(issued.token, label: "复制令牌"), UI.linkButton("已经存好", "/accounts/\(id)/tokens", .primary)]))
        """
      return .page(page, .ok)
    }
  }
  private func revoke(_ visit: Visit) async throws -> Answer {
    let id: Person.ID = try visit.pathID("id")
    try await ApiTokens.revoke(try visit.pathID("token"), by: try visit.person, in: house)
    return try visit.done("/accounts/\(id)/tokens", saying: "令牌已吊销")
  }
}

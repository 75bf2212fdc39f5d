import HTTPTypes
import Kernel
import Matters
import People
import Sheets
import Storage
import WebSupport

/// The accounts of a whole office from its list: choose, look, make, and hand out the passwords once.
struct AccountImportPages: Sendable {
  let house: House
  static let here = "/accounts/import"

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.administerAccounts)
    book.get("/accounts/import", allow: policy) { visit in try choose(visit, errors: .none) }
    book.post("/accounts/import", allow: policy, limits: .sheet) { visit in try await preview(visit) }
    book.post("/accounts/import/run", allow: policy, limits: .small) { visit in try await run(visit) }
    book.post("/accounts/import/errors.csv", allow: policy, limits: .small) { visit in
      let (ticket, table) = try ImportForms.table(visit, house)
      let outcome = try await AccountImport.preview(table, by: try visit.person, in: house)
      return ImportForms.csv(AccountImport.errors(table, outcome.problems), name: "有问题的行-\(ticket.fileName)", demo: house.isDemonstration)
    }
  }

  private func page(_ visit: Visit, _ title: String, wide: Bool = false) -> Page {
    var page = visit.page(title, active: "accounts", wide: wide)
    page.crumbs = [.init("账号", "/accounts")]
    return page
  }

  private func choose(_ visit: Visit, errors: FormErrors) throws -> Page {
    var page = page(visit, "成批新建账号")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("成批新建账号", sub: "已有的账号不会被名单改动；一次最多 \(AccountImport.most) 个"))
      \(UI.form(Self.here, tokens: try visit.formTokens(), upload: true, """
      \(UI.file("人员名单", name: "file", accept: ".csv,.xlsx,.txt", hint: "Excel（.xlsx）或者 CSV，要有登录名（工号）、姓名、岗位、单位四列", error: errors["file"]))
      \(UI.toolbar([UI.button("上传并预览"), UI.linkButton("返回", "/accounts")]))
      """))
      <p class="hint">岗位可填：\(AccountImport.roles)。物业、居委会、业委会和三类管理员的账号请逐个新建。</p>
      """
    return page
  }

  private func preview(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let (ticket, table) = try await ImportForms.upload(visit, house)
      let outcome = try await AccountImport.preview(table, by: try visit.person, in: house)
      var page = page(visit, "核对名单", wide: true)
      page.crumbs.append(.init("成批新建账号", Self.here))
      let ready = outcome.drafts.count
      page.main = """
        \(UI.heading("核对名单", sub: "\(ticket.fileName)，可新建 \(UI.number(ready, "个"))，已有 \(UI.number(outcome.unchanged, "个"))，有问题 \(UI.number(outcome.problems.count, "行"))"))
        \(try ImportForms.confirm(visit, ticket, at: Self.here, ready: ready, label: "新建 \(ready) 个账号并显示一次性密码"))
        \(UI.section("找到的列", UI.facts(outcome.columns.map { ($0.field.chinese, HTML(text: $0.heading)) })
          + (outcome.ignored.isEmpty ? .empty : "<p class=\"hint\">不保存的列：\(outcome.ignored.joined(separator: "、"))。账号只登记登录名、姓名、岗位和单位。</p>")))
        \(if: ready > 0, UI.section("会新建的前 \(min(ready, 20)) 个", UI.table("会新建的账号", [.init("姓名、登录名", .what), .init("岗位", .meta), .init("单位", .meta)], outcome.drafts.prefix(20).map {
          UI.Row(nil, [UI.lines("\($0.new.name)", "\($0.new.login)"), "\($0.new.role.chinese)", "\($0.officeName)"])
        }, dense: true)))
        \(try ImportForms.problems(visit, outcome.problems.map { ($0.line, $0.reason) }, ticket, at: Self.here))
        """
      return .page(page, .ok)
    }
  }

  private func run(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let (ticket, table) = try ImportForms.table(visit, house)
      let outcome = try await AccountImport.run(table, by: try visit.person, in: house)
      var page = page(visit, "账号已建好", wide: true)
      // Shown in this answer and nowhere else: they are stored only as hashes.
      page.main = """
        \(UI.heading("账号已建好", sub: "新建 \(UI.number(outcome.passwords.count, "个"))，已有 \(UI.number(outcome.unchanged, "个"))"))
        \(if: !outcome.passwords.isEmpty, UI.notice(.soon, "一次性密码只显示这一次", "请打印后裁开，当面交给本人；首次登录时须换成自己的密码。离开本页后只能逐个重设。"))
        \(if: !outcome.passwords.isEmpty, UI.table("一次性密码", [.init("姓名、登录名", .what), .init("单位", .meta), .init("一次性密码", .meta)], outcome.passwords.map {
          UI.Row(nil, [UI.lines("\($0.name)", "\($0.login)"), "\($0.office)", "<b class=\"num\">\($0.password)</b>"])
        }))
        \(try ImportForms.problems(visit, outcome.problems.map { ($0.line, $0.reason) }, ticket, at: Self.here))
        \(UI.toolbar([UI.linkButton("查看账号", "/accounts", .primary)]))
        """
      return .page(page, .ok)
    }
  }
}

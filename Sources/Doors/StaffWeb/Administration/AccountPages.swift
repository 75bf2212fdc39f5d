import Compounds
import HTTPTypes
import Kernel
import Offices
import People
import Storage
import WebSupport

/// For the security administrator: who may come in, as what. No matters, no journal.
struct AccountPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.administerAccounts)
    book.get("/accounts", allow: policy) { visit in try await list(visit) }
    book.get("/accounts/new", allow: policy) { visit in try await newPage(visit, errors: .none) }
    book.post("/accounts/new", allow: policy, limits: .small) { visit in try await create(visit) }
    book.get("/accounts/{id}", allow: policy) { visit in try await show(visit, errors: .none) }
    book.post("/accounts/{id}/disable", allow: policy, limits: .small) { visit in try await disable(visit) }
    book.post("/accounts/{id}/enable", allow: policy, limits: .small) { visit in
      try await act(visit, saying: "已启用") { try await Accounts.enable($0, by: $1, in: house) }
    }
    book.post("/accounts/{id}/unlock", allow: policy, limits: .small) { visit in
      try await act(visit, saying: "已解除锁定") { try await Accounts.unlock($0, by: $1, in: house) }
    }
    book.post("/accounts/{id}/reset", allow: policy, limits: .small, spendsForm: true) { visit in try await reset(visit) }
    book.post("/accounts/{id}/reset-factor", allow: policy, limits: .small, confirmed: true) { visit in
      try await act(visit, saying: "两步验证已重设，本人下次登录时会看到提示") { try await SecondFactor.reset($0, by: $1, in: house) }
    }
    book.post("/accounts/{id}/post", allow: policy, limits: .small) { visit in try await move(visit) }
  }

  // MARK: List

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let role = try visit.query.choice("role", Role.self)
    let state = try visit.query.choice("state", Account.State.self)
    let after = visit.query["after"]
    let filter = AccountFilter(
      office: try visit.query.id("office"), role: role, state: state, text: visit.query["q"], within: person.district)
    let accounts = try await house.store.read { db in try AccountStore.list(filter, after: after, limit: 51, db) }
    let shown = Array(accounts.prefix(50))
    let query = [("q", visit.query["q"]), ("role", role?.rawValue), ("state", state?.rawValue), ("office", visit.query["office"])]
    let next = accounts.count > 50 ? shown.last.map { Address.of("/accounts", query + [("after", $0.person.login)]) } : nil
    var page = visit.page("账号", active: "accounts", wide: true)
    page.main = """
      \(UI.heading("账号", sub: "一人一号，不共用；离岗当天停用", actions: [UI.linkButton("新建账号", "/accounts/new", .primary, icon: .plus), UI.linkButton("成批新建", "/accounts/import", icon: .upload)]))
      \(UI.filters("/accounts", find: visit.query.text("q"), findLabel: "登录名、姓名", [
        .init("岗位", name: "role", Role.allCases.map { .init($0.rawValue, $0.chinese) }, value: role?.rawValue ?? ""),
        .init("状态", name: "state", Account.State.allCases.map { .init($0.rawValue, $0.chinese) }, value: state?.rawValue ?? ""),
      ], clearAt: "/accounts"))
      \(UI.table("账号", [.init("姓名、登录名", .what), .init("状态", .status), .init("岗位", .meta), .init("单位", .meta), .init("最近登录", .meta)], shown.map { row($0, visit.now) }, empty: UI.emptyState("没有符合条件的账号", "按登录名或者姓名的一部分查找。", actions: [UI.linkButton("清除条件", "/accounts")], icon: .people)))
      \(UI.older(next, shown: shown.count))
      """
    return page
  }
  private func row(_ account: Account, _ now: Moment) -> UI.Row {
    UI.Row(
      "/accounts/\(account.person.id)",
      [
        UI.lines("\(account.person.name)", "\(account.person.login)"), Self.tags(account, now), "\(account.person.role.chinese)",
        "\(account.person.officeName.isEmpty ? "—" : account.person.officeName)", account.signedInAt.map { UI.time($0) } ?? "从未登录",
      ], tone: account.isLocked(at: now) ? .soon : nil)
  }
  static func tags(_ account: Account, _ now: Moment) -> HTML {
    if account.state == .disabled { return UI.tag("停用", .quiet) }
    if account.isLocked(at: now) { return UI.tag("暂时锁定", .soon, icon: .lock) }
    return account.mustChange ? UI.tag("待改密码", .neutral) : UI.tag("正常", .good)
  }

  // MARK: New

  private func newPage(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let choices = try await PostForm.choices(try visit.person, house)
    var page = visit.page("新建账号", active: "accounts")
    page.crumbs = [.init("账号", "/accounts")]
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("新建账号"))
      \(UI.form("/accounts/new", tokens: try visit.formTokens(), draft: "account-new", """
      \(UI.field("登录名", name: "login", value: visit.form.text("login"), .username, hint: "工号最好；小写字母、数字、点和横线", error: errors["login"], autocomplete: "off"))
      \(UI.field("姓名", name: "name", value: visit.form.text("name"), error: errors["name"], autocomplete: "off"))
      \(PostForm.fields(choices, visit.form, errors))
      \(UI.toolbar([UI.button("新建并显示一次性密码"), UI.linkButton("返回", "/accounts")]))
      """))
      """
    return page
  }
  private func create(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try await newPage(visit, errors: $0) }) {
      var wrong: [Refusal] = []
      if visit.form["login"] == nil { wrong.append(Refusal(.invalid, "people-login", "请填写登录名。", field: "login")) }
      if visit.form["name"] == nil { wrong.append(Refusal(.invalid, "people-name", "请填写姓名。", field: "name")) }
      if visit.form["role"] == nil { wrong.append(Refusal(.invalid, "people-post", "请选择岗位。", field: "role")) }
      if !wrong.isEmpty { throw Refusals(wrong) }
      let post = try await PostForm.read(visit.form, house)
      let new = NewAccount(
        login: visit.form.text("login"), name: visit.form.text("name"), role: post.role, office: post.office, firm: post.firm,
        committee: post.committee)
      let once = try await Accounts.create(new, by: try visit.person, in: house)
      return .page(password(visit, once, name: new.name, login: Accounts.folded(new.login), fresh: true), .ok)
    }
  }
  /// Shown in this answer and nowhere else: it is stored only as a hash.
  private func password(_ visit: Visit, _ once: Accounts.OneTimePassword, name: String, login: String, fresh: Bool) -> Page {
    var page = visit.page("一次性密码", active: "accounts")
    page.crumbs = [.init("账号", "/accounts")]
    page.main = """
      \(UI.heading(fresh ? "账号已建好" : "密码已重设", sub: "\(name)（\(login)）"))
      \(UI.receipt(once.password, label: "一次性密码", hint: "只显示这一次。请当面交给本人；首次登录时须换成自己的密码。"))
      \(UI.toolbar([UI.linkButton("已经交给本人", "/accounts/\(once.account)", .primary), UI.linkButton("再建一个", "/accounts/new")]))
      """
    return page
  }

  // MARK: One account

  private func load(_ visit: Visit) async throws -> Account {
    let id: Person.ID = try visit.pathID("id")
    let person = try visit.person
    return try await house.store.read { db in try Accounts.account(id, by: person, db) }
  }

  private func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let account = try await load(visit)
    let me = try visit.person
    let own = account.person.id == me.id
    let (sessions, tokens) = try await house.store.read { [now = visit.now] db in
      (
        try SignInLog.sessions(of: account.person.id, lengths: visit.site.sessions, at: now, db).count,
        try ApiTokens.list(of: account.person.id, db).filter { $0.isValid(at: now) }.count
      )
    }
    var page = visit.page(account.person.name, active: "accounts")
    page.crumbs = [.init("账号", "/accounts")]
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(account.person.name, sub: "\(account.person.login)", tags: [Self.tags(account, visit.now)]))
      \(UI.section("账号", UI.facts([
        ("岗位", "\(account.person.role.chinese)"), ("单位", "\(account.person.officeName.isEmpty ? "—" : account.person.officeName)"),
        ("新建", UI.time(account.createdAt)), ("最近登录", account.signedInAt.map { UI.time($0) } ?? "从未登录"),
        ("在线", sessions == 0 ? "没有" : "\(UI.number(sessions, "处"))"),
        ("连续输错", account.failedCount == 0 ? nil : "\(account.failedCount) 次\(account.lockedUntil.map { "，锁定至 \(UI.time($0))" as HTML })"),
        ("两步验证", account.hasFactor ? "已开启" : SecondFactorRules.mustHave(account.person.role, demonstration: account.demonstration, inDemonstration: house.isDemonstration) ? "未开启，下次登录时须先开启" : "未开启"),
        ("接口令牌", account.person.role.isAdministrator ? nil : UI.link(tokens == 0 ? "没有，签发令牌" : "\(tokens) 个有效", "/accounts/\(account.person.id)/tokens")),
      ])))
      \(own ? UI.notice(.neutral, "这是您自己的账号", "改密码请到\(UI.link("我的账户", "/account"))；换岗、停用由另一位安全管理员办理。") : try await actions(visit, account, errors))
      """
    return page
  }

  private func actions(_ visit: Visit, _ account: Account, _ errors: FormErrors) async throws -> HTML {
    let here = "/accounts/\(account.person.id)"
    let tokens = try visit.formTokens()
    var out = HTML()
    if account.isLocked(at: visit.now) || account.failedCount > 0 {
      out += UI.actionForm(
        "解除锁定", icon: .lock, hint: "本人确认是自己输错的", UI.form(here + "/unlock", tokens: tokens, UI.button("解除锁定", .secondary)))
    }
    if account.state == .active {
      out += UI.actionForm(
        "重设密码", icon: .refresh, hint: "当面核对身份后办理，原密码和所有登录随即失效",
        UI.form(here + "/reset", tokens: tokens, UI.button("重设并显示一次性密码", .secondary)))
      if account.hasFactor {
        out += UI.actionForm(
          "重设两步验证", icon: .phone, hint: "手机和恢复码都没有了，当面核对身份后办理",
          UI.form(
            here + "/reset-factor", tokens: tokens,
            "<p>原来的验证器、恢复码和所有登录随即失效，记入日志；本人登录后须重新绑定，并会看到提示。</p>\(UI.button("重设\(account.person.name)的两步验证", .danger))"))
      }
      let choices = try await PostForm.choices(try visit.person, house)
      let form = visit.form["role"] == nil ? PostForm.fields(of: account.person) : visit.form
      out += UI.actionForm(
        "调整岗位或单位", icon: .people, hint: "保存后须重新登录",
        open: ["role", "office", "firm", "committee"].contains { errors[$0] != nil },
        UI.form(here + "/post", tokens: tokens, "\(PostForm.fields(choices, form, errors))\(UI.button("保存岗位", .secondary))"))
      out += UI.actionForm(
        "停用账号", icon: .hand, hint: "登录和接口令牌随即失效；办过的事项不受影响", open: errors["reason"] != nil,
        UI.form(
          here + "/disable", tokens: tokens,
          "\(UI.field("原因", name: "reason", value: visit.form.text("reason"), hint: "例如：调离、退休", error: errors["reason"]))\(UI.button("停用\(account.person.name)的账号", .danger))"
        ))
    } else {
      out += UI.actionForm(
        "启用账号", icon: .check, hint: "恢复原来的岗位",
        UI.form(here + "/enable", tokens: tokens, UI.button("启用\(account.person.name)的账号", .secondary)))
    }
    return UI.section("办理", out)
  }

  private func act(_ visit: Visit, saying: String, _ body: (Person.ID, Person) async throws -> Void) async throws -> Answer {
    let id: Person.ID = try visit.pathID("id")
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await body(id, try visit.person)
      return try visit.done("/accounts/\(id)", saying: saying)
    }
  }
  private func disable(_ visit: Visit) async throws -> Answer {
    try await act(visit, saying: "已停用") { id, person in
      guard let reason = visit.form["reason"] else { throw Refusal(.invalid, "people-disable-reason", "请填写停用原因。", field: "reason") }
      try await Accounts.disable(id, reason: String(reason.prefix(200)), by: person, in: house)
    }
  }
  private func reset(_ visit: Visit) async throws -> Answer {
    let account = try await load(visit)
    let once = try await Accounts.resetPassword(account.person.id, by: try visit.person, in: house)
    return .page(password(visit, once, name: account.person.name, login: account.person.login, fresh: false), .ok)
  }
  private func move(_ visit: Visit) async throws -> Answer {
    try await act(visit, saying: "岗位已调整，本人须重新登录") { id, person in
      let post = try await PostForm.read(visit.form, house)
      try await Accounts.setPost(
        id, role: post.role, office: post.office, firm: post.firm, committee: post.committee, by: person, in: house)
    }
  }
}

import Kernel
import People
import Storage
import WebSupport

/// Coming in, going out, and choosing a new password.
public struct SignInPages: Sendable {
  let house: House
  public init(house: House) { self.house = house }

  public func routes(_ book: inout RouteBook) {
    book.get("/sign-in", allow: .public) { visit in try show(visit) }
    book.post("/sign-in", allow: .public, limits: .small) { visit in try await signIn(visit) }
    book.post("/sign-out", allow: .signedIn(nil), limits: .small) { visit in try await signOut(visit) }
    book.get("/account/password", allow: .signedIn(nil)) { visit in try passwordPage(visit, errors: .none) }
    book.post("/account/password", allow: .signedIn(nil), limits: .small) { visit in try await changePassword(visit) }
  }

  func show(_ visit: Visit) throws -> any Answering {
    if visit.signedIn != nil { return Answer.redirect(visit.next ?? "/") }
    return try page(visit, errors: .none)
  }

  private func page(_ visit: Visit, errors: FormErrors) throws -> Page {
    var page = visit.page("登录", .resident)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("登录", sub: "小区综合执法一体化平台"))
      \(UI.form("/sign-in", tokens: try visit.formTokens(), """
      <input type="hidden" name="next" value="\(visit.next)">
      \(UI.field("账号", name: "account", value: visit.form.text("account"), .username, hint: "工号，或者单位给您的账号", error: errors["account"]))
      \(UI.field("密码", name: "password", .password, error: errors["password"], sensitive: true))
      \(UI.toolbar([UI.button("登录")]))
      """))
      \(UI.details("登录不了", "<p>连续输错 5 次，账号暂停登录 15 分钟。忘记密码请找本单位的安全管理员，当面核对后重设；没有人会通过电话或者微信问您的密码。</p>"))
      """
    return page
  }

  func signIn(_ visit: Visit) async throws -> Answer {
    var missing: [(String, String)] = []
    if visit.form["account"] == nil { missing.append(("account", "请填写账号。")) }
    if visit.form["password"] == nil { missing.append(("password", "请填写密码。")) }
    guard missing.isEmpty else { return visit.again(try page(visit, errors: FormErrors(missing.map { (field: $0.0, message: $0.1) }))) }
    do {
      let (token, signedIn) = try await SignIn.signIn(
        login: visit.form.text("account"), password: visit.form.text("password"), address: visit.address, agent: visit.agent,
        lengths: visit.site.sessions, in: house)
      visit.begin(session: token)
      switch signedIn.stage {
      case .codeDue: return .redirect(visit.next.map { "/sign-in/code?next=\(SafeURL.encode($0))" } ?? "/sign-in/code")
      case .passwordDue: return .redirect("/account/password")
      case .enrolmentDue: return .redirect("/account/factor")
      case .whole:
        if let at = try await house.store.read({ db in try SecondFactor.status(of: signedIn.person.id, db).resetAt }) {
          try visit.flash(.soon, "您的两步验证已于\(at.chinese)被重设。不是您提出的，请马上告诉本单位负责人。")
        }
        return .redirect(visit.next ?? "/")
      }
    } catch let refusal as Refusal {
      return visit.again(try page(visit, errors: FormErrors(refusal)), after: refusal)
    }
  }

  func signOut(_ visit: Visit) async throws -> Answer {
    if let signedIn = visit.signedIn { try await SignIn.signOut(signedIn, in: house) }
    visit.endSession()
    return try visit.done("/sign-in", saying: "已退出登录")
  }

  private func passwordPage(_ visit: Visit, errors: FormErrors) throws -> Page {
    let due = visit.signedIn?.mustChange == true
    var page = visit.page("修改密码")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("修改密码", sub: due ? "首次登录或者密码被重设后，须先换成自己的密码" : nil))
      \(UI.form("/account/password", tokens: try visit.formTokens(), """
      \(UI.field("原密码", name: "old", .password, error: errors["old"], sensitive: true))
      \(UI.field("新密码", name: "password", .newPassword, hint: "至少 \(Passwords.minimumLength) 个字符，可以是一句好记的话", error: errors["password"], sensitive: true))
      \(UI.field("再填一遍新密码", name: "again", .newPassword, error: errors["again"], sensitive: true))
      \(UI.toolbar([UI.button("修改密码")]))
      """))
      <p class="hint">修改后，其他设备上的登录随即失效。</p>
      """
    return page
  }

  func changePassword(_ visit: Visit) async throws -> Answer {
    guard let signedIn = visit.signedIn else { throw Refusal(.forbidden, "door-nobody", "请先登录。") }
    let new = visit.form.text("password")
    guard new == visit.form.text("again") else {
      return visit.again(try passwordPage(visit, errors: FormErrors([(field: "again", message: "两次填写的新密码不一致。")])))
    }
    do {
      try await SignIn.changePassword(signedIn, old: visit.form.text("old"), new: new, address: visit.address, in: house)
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try passwordPage(visit, errors: FormErrors(refusal)))
    }
    return try visit.done("/", saying: "密码已修改")
  }
}

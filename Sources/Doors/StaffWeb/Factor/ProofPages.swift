import Kernel
import People
import Storage
import WebSupport

/// Proving to be oneself: the code after the password, and the question before sealed data is opened.
public struct ProofPages: Sendable {
  let house: House
  public init(house: House) { self.house = house }

  public func routes(_ book: inout RouteBook) {
    book.get("/sign-in/code", allow: .signedIn(nil)) { visit in try showCode(visit) }
    book.post("/sign-in/code", allow: .signedIn(nil), limits: .small) { visit in try await pass(visit) }
    book.get("/account/confirm", allow: .signedIn(nil)) { visit in try showConfirm(visit) }
    book.post("/account/confirm", allow: .signedIn(nil), limits: .small) { visit in try await confirm(visit) }
  }

  private func signedIn(_ visit: Visit) throws -> SignedIn {
    guard let signedIn = visit.signedIn else { throw Refusal(.forbidden, "door-nobody", "请先登录。") }
    return signedIn
  }

  // MARK: The second step

  private func showCode(_ visit: Visit) throws -> any Answering {
    guard try signedIn(visit).stage == .codeDue else { return Answer.redirect(visit.next ?? "/") }
    return try codePage(visit, .none)
  }
  private func codePage(_ visit: Visit, _ errors: FormErrors) throws -> Page {
    let tokens = try visit.formTokens()
    var page = visit.page("填写验证码", .resident)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("填写验证码", sub: "密码正确，还差一步"))
      \(UI.form("/sign-in/code", tokens: tokens, """
      <input type="hidden" name="next" value="\(visit.next)">
      \(CodeFields.html(name: "code", error: errors["code"]))
      \(UI.toolbar([UI.button("登录")]))
      """))
      \(UI.details("手机丢了，恢复码也没有", "<p>请带工作证找本单位的安全管理员，当面核对后重设两步验证，再用密码登录、重新绑定。没有人会通过电话或者微信问您的验证码。</p>"))
      \(UI.form("/sign-out", tokens: tokens, UI.button("换一个账号登录", .plain)))
      """
    return page
  }
  private func pass(_ visit: Visit) async throws -> Answer {
    let signedIn = try signedIn(visit)
    guard signedIn.stage == .codeDue else { return .redirect(visit.next ?? "/") }
    guard let code = visit.form["code"] else {
      return visit.again(try codePage(visit, FormErrors([(field: "code", message: "请填写验证码。")])))
    }
    do {
      let (token, whole) = try await SignIn.pass(
        signedIn, code: code, address: visit.address, lengths: visit.site.sessions, in: house)
      visit.begin(session: token)
      let left = try await house.store.read { db in try SecondFactor.status(of: whole.person.id, db).codesLeft }
      if left < 3 { try visit.flash(.soon, "恢复码只剩 \(left) 个，请在“我的账户”里更换一组。") }
      return .redirect(whole.stage == .passwordDue ? "/account/password" : visit.next ?? "/")
    } catch let refusal as Refusal {
      return visit.again(try codePage(visit, FormErrors(refusal)), after: refusal)
    }
  }

  // MARK: Once more

  private func showConfirm(_ visit: Visit) throws -> any Answering {
    if try signedIn(visit).isConfirmed(at: visit.now, visit.site.sessions) { return Answer.redirect(visit.next ?? "/") }
    return try confirmPage(visit, .none)
  }
  private func confirmPage(_ visit: Visit, _ errors: FormErrors) throws -> Page {
    let next = visit.next ?? "/"
    return Confirming.page(
      visit, try signedIn(visit), errors, action: "/account/confirm",
      "\(try visit.formTokens().html)<input type=\"hidden\" name=\"next\" value=\"\(next)\">", back: "/")
  }
  private func confirm(_ visit: Visit) async throws -> Answer {
    guard let secret = visit.form[Confirming.field] else {
      return visit.again(try confirmPage(visit, FormErrors([(field: Confirming.field, message: "请填写后再继续。")])))
    }
    do {
      try await SignIn.confirm(try signedIn(visit), by: secret, address: visit.address, field: Confirming.field, in: house)
    } catch let refusal as Refusal where refusal.kind == .invalid || refusal.kind == .limit {
      return visit.again(try confirmPage(visit, FormErrors(refusal)), after: refusal)
    }
    return .redirect(visit.next ?? "/")
  }
}

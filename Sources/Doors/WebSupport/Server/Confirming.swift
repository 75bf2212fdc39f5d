import HTTPTypes
import Kernel
import People

/// Step-up (再次确认): before a route that is marked `confirmed`, whoever has not proved for a while to be themself is asked for a code, or
/// for the password where there is no second factor. What they were about to do waits in the form and goes on by itself.
public enum Confirming {
  /// The field of the code or the password.
  public static let field = "_confirm"

  /// To the page that asks, and from there back to what was to be seen.
  static func onward(_ visit: Visit) throws -> Answer {
    if visit.wantsJSON { throw Refusal(.forbidden, "door-confirm-due", "请先再次确认是您本人。") }
    return .redirect("/account/confirm?next=\(SafeURL.encode(visit.pathAndQuery))")
  }

  /// - Returns: nil when the form may go on: the last proof is fresh, or the form brought one.
  static func answer(_ visit: Visit) async throws -> Answer? {
    guard let signedIn = visit.signedIn, !signedIn.isConfirmed(at: visit.now, visit.site.sessions) else { return nil }
    guard let secret = visit.form[field] else {
      if visit.wantsJSON { throw Refusal(.forbidden, "door-confirm-due", "请先再次确认是您本人。") }
      return try .page(page(visit, signedIn, .none), .forbidden)
    }
    do {
      try await SignIn.confirm(signedIn, by: secret, address: visit.address, field: field, in: visit.house)
      return nil
    } catch let refusal as Refusal where refusal.kind == .invalid || refusal.kind == .limit {
      return visit.again(try page(visit, signedIn, FormErrors(refusal)), after: refusal)
    }
  }

  /// The form again, unseen, with the question added.
  private static func page(_ visit: Visit, _ signedIn: SignedIn, _ errors: FormErrors) throws -> Page {
    let kept = visit.form.all.filter { ![FormTokens.csrfField, FormTokens.onceField, field].contains($0.name) }
    let tokens = try visit.formTokens()
    // A form without this mark is carried out every time it is sent; it stays so.
    let once: HTML? = visit.once.map { _ in "<input type=\"hidden\" name=\"\(FormTokens.onceField)\" value=\"\(tokens.once)\">" }
    let hidden: HTML = """
      <input type="hidden" name="\(FormTokens.csrfField)" value="\(tokens.csrf)">\(once)\(each: kept, { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" })
      """
    return page(visit, signedIn, errors, action: visit.path, hidden, back: visit.back)
  }

  /// The question, for whatever form asks it.
  public static func page(
    _ visit: Visit, _ signedIn: SignedIn, _ errors: FormErrors, action: String, _ hidden: HTML, back: String
  ) -> Page {
    let minutes = visit.site.sessions.stepUpMinutes
    var page = visit.page("再次确认")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("再次确认是您本人", sub: "接下来要打开封存的信息，或者办理不能撤销的事。确认后 \(minutes) 分钟内不再询问"))
      <form method="post"\(attr("action", url: action)) novalidate>
      \(hidden)\(question(signedIn, errors))
      \(UI.toolbar([UI.button("确认并继续"), UI.linkButton("不办了，返回", back)]))
      </form>
      """
    return page
  }
  private static func question(_ signedIn: SignedIn, _ errors: FormErrors) -> HTML {
    guard signedIn.hasFactor else {
      return """
        \(UI.field("密码", name: field, .password, hint: "您登录时用的密码", error: errors[field], sensitive: true))
        <p class="hint">开启\(UI.link("两步验证", "/account/factor"))后，这里改填手机验证器上的 6 位数字。</p>
        """
    }
    return CodeFields.html(name: field, error: errors[field])
  }
}

/// A code of the app in sight, a recovery code behind one tap: the first that is filled in counts.
public enum CodeFields {
  public static func html(name: String, error: String?) -> HTML {
    """
    \(UI.field("验证码", name: name, .oneTimeCode, hint: "打开手机上的验证器，填写此刻显示的 6 位数字", error: error, optional: false, sensitive: true))
    \(UI.details("手机不在身边，用恢复码", "<div class=\"field\"><label for=\"f-recovery\">恢复码</label><p class=\"hint\" id=\"f-recovery-hint\">开启两步验证时打印的 12 位字母和数字，每个只能用一次；大小写、短横线都不要紧</p><input id=\"f-recovery\" name=\"\(name)\" type=\"text\" class=\"narrow\" autocapitalize=\"characters\" autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"f-recovery-hint\" data-nodraft></div>"))
    """
  }
}

import HTTPTypes
import Kernel
import People
import Pictures
import Storage
import WebSupport

/// One's own second factor: taking it on, recovery codes, a new phone, giving it up.
struct FactorPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    book.get("/account/factor", allow: .signedIn(nil)) { visit in try await show(visit) }
    book.post("/account/factor/begin", allow: .signedIn(nil), limits: .small, confirmed: true) { visit in
      try await SecondFactor.begin(for: try visit.person, in: house)
      return Answer.redirect("/account/factor/enrol")
    }
    book.get("/account/factor/enrol", allow: .signedIn(nil)) { visit in
      // Nothing is being taken on: it begins on the page before.
      guard let page = try await offer(visit, .none) else { return try await show(visit) }
      return page
    }
    book.post("/account/factor/enrol", allow: .signedIn(nil), limits: .small) { visit in try await enrol(visit) }
    book.post("/account/factor/codes", allow: .signedIn(nil), limits: .small, confirmed: true) { visit in
      codesPage(visit, try await SecondFactor.renewCodes(of: try visit.person, in: house), fresh: false)
    }
    book.post("/account/factor/remove", allow: .signedIn(nil), limits: .small, confirmed: true) { visit in
      try await SecondFactor.remove(try signedIn(visit), in: house)
      return try visit.done("/account", saying: "两步验证已关闭")
    }
  }

  private func signedIn(_ visit: Visit) throws -> SignedIn {
    guard let signedIn = visit.signedIn else { throw Refusal(.forbidden, "door-nobody", "请先登录。") }
    return signedIn
  }

  /// What somebody must be told whose second factor was taken away; stays until they have a new one.
  static func told(_ status: SecondFactor.Status) -> HTML? {
    status.resetAt.map {
      UI.notice(.soon, "您的两步验证已被重设", "\(UI.time($0))由安全管理员或者在主机上办理。不是您提出的，请马上告诉本单位负责人，并修改密码。")
    }
  }

  // MARK: State

  private func show(_ visit: Visit) async throws -> Page {
    let signedIn = try signedIn(visit)
    let status = try await house.store.read { db in try SecondFactor.status(of: signedIn.person.id, db) }
    let tokens = try visit.formTokens()
    var page = visit.page("两步验证", active: "more")
    if signedIn.stage == .whole { page.crumbs = [.init("我的账户", "/account")] }
    page.main = """
      \(UI.heading("两步验证", sub: "登录时除了密码，再填手机验证器上的 6 位数字；密码被人知道了也进不来"))
      \(Self.told(status))
      \(status.enrolledAt.map { on(signedIn, status, since: $0, tokens) } ?? off(signedIn, tokens))
      """
    return page
  }
  private func off(_ signedIn: SignedIn, _ tokens: FormTokens) -> HTML {
    let needed = SecondFactorRules.roles.contains(signedIn.person.role)
    let note: HTML? =
      signedIn.needsFactor
      ? UI.notice(.action, "您的岗位须先开启", "\(signedIn.person.role.chinese)须使用两步验证，开启后才能办理其他事。大约两分钟。")
      : needed ? UI.notice(.neutral, "演示账号不强制", "在正式的库里，\(signedIn.person.role.chinese)须开启两步验证才能进入；这里可以试用，也可以不开。") : nil
    return """
      \(note)
      \(UI.section("怎么开启", """
      <ol class="plain-list"><li>在手机上装一个验证器，例如系统自带的“密码”，或者应用商店里支持 TOTP 的任何一种。不需要联网，也不收集手机号。</li><li>扫一扫下一页的二维码。</li><li>填写验证器上显示的 6 位数字，再把恢复码打印出来收好。</li></ol>
      \(UI.form("/account/factor/begin", tokens: tokens, UI.toolbar([UI.button("开始")])))
      """))
      """
  }
  private func on(_ signedIn: SignedIn, _ status: SecondFactor.Status, since: Moment, _ tokens: FormTokens) -> HTML {
    var acts = UI.actionForm(
      "换手机", icon: .phone, hint: "重新绑定后，原来手机上的就不能用了",
      UI.form("/account/factor/begin", tokens: tokens, UI.button("绑定新手机", .secondary)))
    acts += UI.actionForm(
      "更换恢复码", icon: .refresh, hint: "快用完了，或者担心被人看到", open: status.codesLeft < 3,
      UI.form("/account/factor/codes", tokens: tokens, UI.button("换一组恢复码", .secondary)))
    if !signedIn.needsFactor {
      acts += UI.actionForm(
        "关闭两步验证", icon: .lock, hint: "以后只用密码登录",
        UI.form("/account/factor/remove", tokens: tokens, UI.button("关闭两步验证", .danger)))
    }
    return """
      \(UI.section("现在", UI.facts([("状态", UI.tag("已开启", .good)), ("开启", UI.time(since)), ("恢复码", "还有 \(status.codesLeft) 个没有用过")])))
      \(UI.section("办理", acts))
      """
  }

  // MARK: Taking it on

  private func offer(_ visit: Visit, _ errors: FormErrors) async throws -> Page? {
    guard let offer = try await SecondFactor.offer(to: try visit.person, in: house) else { return nil }
    let key = stride(from: 0, to: offer.key.count, by: 4).map { String(offer.key.dropFirst($0).prefix(4)) }.joined(separator: " ")
    var page = visit.page("绑定验证器", active: "more")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("绑定验证器"))
      \(UI.section("一、扫二维码", """
      <div class="qr-small">\(HTML.raw(try QRCode.svg(offer.address)))</div>
      \(UI.details("就在这台手机上，或者扫不了", "<p>在验证器里选“手动输入密钥”，账号填 \(try visit.person.login)，类型选“基于时间”，密钥：</p><p class=\"key\" translate=\"no\"><code>\(key)</code></p>\(UI.copy(offer.key, label: "复制密钥"))"))
      <p class="hint">二维码只给您本人看，不要截图、不要转发。</p>
      """))
      \(UI.section("二、填验证码", UI.form("/account/factor/enrol", tokens: try visit.formTokens(), """
      \(UI.field("验证码", name: "code", .oneTimeCode, hint: "验证器上此刻显示的 6 位数字，半分钟换一次", error: errors["code"], sensitive: true))
      \(UI.toolbar([UI.button("开启两步验证"), UI.linkButton("返回", "/account/factor")]))
      """)))
      """
    return page
  }
  private func enrol(_ visit: Visit) async throws -> Answer {
    do {
      guard let code = visit.form["code"] else { throw Refusal(.invalid, "people-factor-code", "请填写验证码。", field: "code") }
      return .page(codesPage(visit, try await SecondFactor.enrol(try signedIn(visit), code: code, in: house), fresh: true), .ok)
    } catch let refusal as Refusal where refusal.kind == .invalid {
      guard let page = try await offer(visit, FormErrors(refusal)) else { return .redirect("/account/factor") }
      return visit.again(page, after: refusal)
    }
  }

  /// Shown in this answer and nowhere else: what is stored is a hash.
  private func codesPage(_ visit: Visit, _ codes: [String], fresh: Bool) -> Page {
    var page = visit.page("恢复码", active: "more")
    page.main = """
      \(UI.heading(fresh ? "两步验证已开启" : "恢复码已更换", sub: "最后一步：把恢复码收好"))
      \(UI.notice(.soon, "只显示这一次", "手机丢了、坏了，用其中一个代替验证码登录，每个只能用一次。请打印或者抄下来，锁好；不要存在同一部手机里，也不要拍照发给别人。\(if: !fresh, "原来的恢复码已作废。")"))
      \(UI.section("恢复码（\(visit.signedIn?.person.login ?? "")，\(visit.now.day.chineseLong)）", "<ol class=\"codes\" translate=\"no\">\(each: codes, { "<li><code>\($0)</code></li>" })</ol>\(UI.copy(codes.joined(separator: "\n"), label: "复制全部"))<p class=\"hint screen-only\">用浏览器的“打印”输出。</p>"))
      \(UI.toolbar([UI.linkButton("已经收好，继续", "/", .primary)]))
      """
    return page
  }
}

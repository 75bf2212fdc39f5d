import Kernel
import People
import Storage
import WebSupport

/// One's own account: who one is here, where one is signed in, who stands in.
struct OwnAccountPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    book.get("/account", allow: .signedIn(nil)) { visit in try await show(visit) }
    book.post("/account/sessions/end-others", allow: .signedIn(nil), limits: .small) { visit in try await endOthers(visit) }
    book.post("/account/sessions/{id}/end", allow: .signedIn(nil), limits: .small) { visit in try await end(visit) }
  }

  private func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let now = visit.now
    let (sessions, deputy, factor) = try await house.store.read { db in
      let acting = try Deputies.acting(for: person.id, on: now.day, db)
      return (
        try SignInLog.sessions(of: person.id, lengths: visit.site.sessions, at: now, db),
        acting == person.id ? nil : try PersonStore.find(acting, db), try SecondFactor.status(of: person.id, db)
      )
    }
    let tokens = try visit.formTokens()
    let current = visit.signedIn?.session
    let rows = sessions.map { session in
      UI.Row(
        nil,
        [
          UI.lines("\(Self.device(session.agent))", "\(UI.time(session.createdAt))登录"),
          session.id == current ? UI.tag("正在使用", .action) : UI.tag("其他地方", .neutral), "\(UI.time(session.seenAt))使用",
          session.id == current ? .empty : UI.form("/account/sessions/\(session.id)/end", tokens: tokens, UI.button("退出这一处", .secondary)),
        ])
    }
    let others = sessions.filter { $0.id != current }.count
    let facts = UI.facts([
      ("姓名", "\(person.name)"), ("登录名", "\(person.login)"), ("岗位", "\(person.role.chinese)"),
      ("单位", "\(person.officeName.isEmpty ? "—" : person.officeName)"), ("密码", UI.link("修改密码", "/account/password")),
      (
        "两步验证",
        factor.enrolledAt == nil
          ? UI.link("开启", "/account/factor")
          : "已开启，\(UI.link("管理", "/account/factor"))\(if: factor.codesLeft < 3, "（恢复码只剩 \(factor.codesLeft) 个）")"
      ),
      ("代理", person.may(.seeMatters) ? "\(deputy.map { "今天由\($0.name)代理。" })\(UI.link("安排代理", "/account/deputy"))" : nil),
    ])
    var page = visit.page("我的账户", active: "more")
    page.main = """
      \(UI.heading("我的账户"))
      \(FactorPages.told(factor))
      \(UI.section("个人信息", "\(facts)<p class=\"hint\">姓名、岗位和单位有误，请找本单位的安全管理员更正。</p>"))
      \(UI.section("登录的设备", "\(UI.table("登录的设备", [.init("设备", .what), .init("", .status), .init("最近使用", .meta), .init("", .meta)], rows))\(if: others > 0, UI.form("/account/sessions/end-others", tokens: tokens, UI.button("退出其他 \(others) 处", .danger, icon: .exit)))<p class=\"hint\">\(visit.site.sessions.idleMinutes) 分钟不用自动退出，最长 \(visit.site.sessions.longestHours) 小时。发现不认识的设备，先退出，再改密码。</p>"))
      """
    return page
  }

  private func endOthers(_ visit: Visit) async throws -> Answer {
    guard let signedIn = visit.signedIn else { throw Refusal(.forbidden, "door-nobody", "请先登录。") }
    let ended = try await SignIn.endOthers(of: signedIn, in: house)
    return try visit.done("/account", saying: ended == 0 ? "没有其他登录" : "已退出其他 \(ended) 处")
  }
  private func end(_ visit: Visit) async throws -> Answer {
    guard let signedIn = visit.signedIn else { throw Refusal(.forbidden, "door-nobody", "请先登录。") }
    let session: SessionID = try visit.pathID("id")
    guard session != signedIn.session else { throw Refusal(.invalid, "people-own-session", "退出当前登录请用“退出登录”。") }
    let now = visit.now
    guard
      try await house.store.read({ db in try SignInLog.sessions(of: signedIn.person.id, lengths: visit.site.sessions, at: now, db) })
        .contains(where: { $0.id == session }
        )
    else {
      throw Refusal(.missing, "people-no-session", "这处登录已经结束。")
    }
    try await SignIn.end(session, of: signedIn, in: house)
    return try visit.done("/account", saying: "已退出那一处登录")
  }

  /// "手机 · 微信": enough to know one's own devices again.
  static func device(_ agent: String) -> String {
    let machine =
      [
        ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("HarmonyOS", "鸿蒙设备"), ("Android", "安卓设备"), ("Windows", "Windows 电脑"), ("Macintosh", "苹果电脑"),
        ("Linux", "Linux 电脑"),
      ]
      .first { agent.contains($0.0) }?.1 ?? "其他设备"
    let browser =
      [("MicroMessenger", "微信"), ("Edg", "Edge 浏览器"), ("Firefox", "Firefox 浏览器"), ("Chrome", "Chrome 浏览器"), ("Safari", "Safari 浏览器")]
      .first { agent.contains($0.0) }?.1
    return browser.map { "\(machine) · \($0)" } ?? machine
  }
}

import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// For the audit administrator: who looked at sealed identities, and who tried to come in. Changes nothing and shows no identity.
struct AuditPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.audit)
    book.get("/audit", allow: policy, mayLag: true) { visit in try await overview(visit) }
    book.get("/audit/sign-ins", allow: policy, mayLag: true) { visit in try await signIns(visit) }
  }

  static func tabs(_ on: String) -> HTML {
    UI.tabs(
      "审计",
      [
        .init("概况", "/audit", on: on == "overview"), .init("查看身份", "/audit/looks", on: on == "looks"),
        .init("登录", "/audit/sign-ins", on: on == "sign-ins"), .init("日志", "/audit/journal", on: on == "journal"),
      ])
  }
  static func name(_ person: Person?) -> HTML {
    person.map { UI.lines("\($0.name)", "\($0.officeName.isEmpty ? $0.role.chinese : $0.officeName)") } ?? "—"
  }

  // MARK: Overview

  private func overview(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let now = visit.now
    let (check, waiting, seals, looks, unusual, people, failures) = try await house.store.read { db in
      let looks = try LookLog.list(limit: 8, by: person, db)
      let unusual = try LookLog.unusual(since: now.day.adding(days: -30), limit: 20, by: person, db)
      let failures = try SignIn.Outcome.allCases.filter(\.isFailure).flatMap {
        try SignInLog.list(outcome: $0, limit: 200, by: person, db).filter { now.milliseconds(since: $0.at) < 24 * 3_600_000 }
      }.count
      return (
        try JournalCheck.last(db), try JournalCheck.isWaiting(db), try Journal.seals(limit: 7, db), looks, unusual,
        try PersonStore.find(looks.map(\.account) + unusual.map(\.account), db), failures
      )
    }
    var page = visit.page("审计", active: "audit", wide: true)
    page.main = """
      \(UI.heading("审计", sub: "只看，不改；这里不显示任何诉求人的姓名和电话"))
      \(Self.tabs("overview"))
      \(proof(check, waiting: waiting, now, try visit.formTokens()))
      \(UI.section("值得问一问", LookTable.unusual(unusual, people)))
      \(UI.columns(UI.section("最近查看身份", side: UI.link("全部", "/audit/looks"), LookTable.html(looks, people)), side: """
      \(UI.section("近 24 小时登录失败", "<p>\(UI.number(failures, "次"))\(if: failures >= 200, "以上")。\(UI.link("查看登录记录", "/audit/sign-ins"))</p>"))
      \(UI.section("最近封存", sealTable(seals)))
      """))
      """
    return page
  }
  private func proof(_ check: JournalCheck.Result?, waiting: Bool, _ now: Moment, _ tokens: FormTokens) -> HTML {
    let button = UI.form("/audit/journal/verify", tokens: tokens, UI.button("现在核验全部日志", .secondary, icon: .shield))
    let last: HTML =
      check.map { check in
        check.isWhole
          ? UI.notice(
            .good, "日志链完整",
            "\(UI.time(check.at))核验：\(UI.number(check.entries, "条"))，\(UI.number(check.chains, "条链"))，封存 \(UI.number(check.seals, "天"))，没有发现改动。用时 \(String(check.milliseconds / 1000)) 秒。"
          )
          : UI.notice(
            .danger, "日志链有 \(check.faults) 处问题",
            "<p>\(UI.time(check.at))核验。请保留现场，通知单位负责人，并用备份比对。</p><ul>\(each: check.first, { "<li>\($0)</li>" })</ul>")
      } ?? UI.notice(.neutral, "还没有在网页上核验过", "核验会重算每一条日志的哈希和每天的封存，由后台执行，不影响办理。")
    return "\(last)\(waiting ? UI.notice(.action, "正在核验", "完成后结果显示在这里，请稍后刷新。") : button)"
  }
  private func sealTable(_ seals: [JournalSeal]) -> HTML {
    guard !seals.isEmpty else { return "<p class=\"hint\">还没有封存过。每天零点后封存前一天的日志。</p>" }
    return
      "\(UI.table("封存", [.init("日期", .what), .init("条数", .figure), .init("封存值", .meta)], seals.map { UI.Row(nil, [UI.day($0.day), "\(UI.grouped($0.entries))", "<code>\(String($0.root.prefix(16)))</code>"]) }, dense: true))<p class=\"hint\">把封存值抄存在系统之外，整个日志被替换时就能发现。</p>"
  }

  // MARK: Sign-ins

  private func signIns(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let outcome = try visit.query.choice("outcome", SignIn.Outcome.self)
    let before: Identifier<SignInRecord>? = try visit.query.id("before")
    let words = visit.query["q"]
    let (list, people, unknown) = try await house.store.read { db in
      let account = try words.flatMap { try PersonStore.find(login: $0, db) }
      if words != nil, account == nil { return ([SignInRecord](), [Person.ID: Person](), true) }
      let list = try SignInLog.list(outcome: outcome, account: account?.id, before: before, limit: 51, by: person, db)
      return (list, try PersonStore.find(list.compactMap(\.account), db), false)
    }
    let shown = Array(list.prefix(50))
    let next =
      list.count > 50
      ? shown.last.map { Address.of("/audit/sign-ins", [("q", words), ("outcome", outcome?.rawValue), ("before", $0.id.description)]) }
      : nil
    let rows = shown.map { record in
      let who: HTML =
        record.account.map { Self.name(people[$0]) } ?? UI.lines("不存在的登录名", "标记 \(String(record.loginTag.prefix(8)))")
      return UI.Row(
        nil,
        [
          who, UI.tag(record.outcome.chinese, record.outcome.isFailure ? .soon : record.outcome == .half ? .neutral : .good),
          UI.time(record.at), "\(record.addressPrefix)",
        ])
    }
    var page = visit.page("登录记录", active: "audit", wide: true)
    page.crumbs = [.init("审计", "/audit")]
    page.main = """
      \(UI.heading("登录记录", sub: "网络地址只记网段；同一个不存在的登录名标记相同"))
      \(Self.tabs("sign-ins"))
      \(UI.filters("/audit/sign-ins", find: visit.query.text("q"), findLabel: "登录名（完整）", [.init("结果", name: "outcome", SignIn.Outcome.allCases.map { .init($0.rawValue, $0.chinese) }, value: outcome?.rawValue ?? "")], clearAt: "/audit/sign-ins"))
      \(if: unknown, UI.notice(.neutral, "没有这个登录名", "请填写完整的登录名。"))
      \(UI.table("登录记录", [.init("谁", .what), .init("结果", .status), .init("时间", .meta), .init("网段", .meta)], rows))
      \(UI.older(next, shown: shown.count))
      """
    return page
  }
}

import Kernel
import Offices
import People
import Storage
import WebSupport

/// Who does whose work while somebody is away.
struct DeputyPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    book.get("/account/deputy", allow: .signedIn(.seeMatters)) { visit in try await page(visit, errors: .none) }
    book.post("/account/deputy", allow: .signedIn(.seeMatters), limits: .small) { visit in try await appoint(visit) }
    book.post("/account/deputy/{id}/end", allow: .signedIn(.seeMatters), limits: .small) { visit in try await end(visit) }
  }

  private func page(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let today = visit.now.day
    let leads = person.may(.manageDuty)
    let (own, office, people, mates, represented) = try await house.store.read { db in
      let own = try Deputies.list(of: person.id, db)
      let office = leads ? try person.office.map { try Deputies.list(in: $0, from: today, db) } ?? [] : []
      let mates =
        try person.office.map {
          try PersonStore.active(in: $0, roles: [.officer, .squadLeader, .dispatcher, .districtManager, .cityManager], db)
        } ?? []
      let represented = try Deputies.represented(by: person.id, on: today, db)
      let ids = (own + office).flatMap { [$0.account, $0.deputy] } + represented
      return (own, office, try PersonStore.find(ids, db), mates, represented)
    }
    let tokens = try visit.formTokens()
    var page = visit.page("代理", active: "more")
    page.crumbs = [.init("我的账户", "/account")]
    let others = mates.filter { $0.id != person.id }
    let who: HTML =
      leads
      ? UI.select(
        "谁不在岗", name: "account", options: mates.map { .init($0.id.description, $0.id == person.id ? "\($0.name)（本人）" : $0.name) },
        value: visit.form["account"] ?? person.id.description, placeholder: nil, error: errors["account"])
      : .empty
    let form: HTML =
      others.isEmpty
      ? UI.emptyState("本单位没有可以代理的人", "请由区局安排。", icon: .people)
      : UI.form(
        "/account/deputy", tokens: tokens, draft: "deputy",
        """
        \(who)
        \(UI.select("由谁代理", name: "deputy", options: mates.map { .init($0.id.description, "\($0.name)（\($0.role.chinese)）") }, value: visit.form["deputy"], error: errors["deputy"]))
        \(UI.fieldRow([
          UI.date("从", name: "from", value: Day(iso: visit.form.text("from")) ?? today, error: errors["from"]),
          UI.date("到（含当天）", name: "to", value: Day(iso: visit.form.text("to")), error: errors["to"]),
        ]))
        \(UI.field("事由", name: "reason", value: visit.form.text("reason"), hint: "例如：年休假、培训；不必写病情", error: errors["reason"], optional: true))
        \(UI.toolbar([UI.button("安排代理")]))
        """)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("代理", sub: "不在岗时，由代理人接办到期的事项和值班呼叫；办理记录写代理人的名字"))
      \(if: !represented.isEmpty, UI.notice(.action, "今天您代理\(represented.compactMap { people[$0]?.name }.joined(separator: "、"))"))
      \(UI.section("安排代理", form))
      \(UI.section("我的代理", table(own.filter { leads ? $0.account == person.id : true }, people, today, tokens)))
      \(if: leads, UI.section("本单位的代理", table(office.filter { $0.account != person.id }, people, today, tokens)))
      """
    return page
  }
  private func table(_ list: [Deputy], _ people: [Person.ID: Person], _ today: Day, _ tokens: FormTokens) -> HTML {
    guard !list.isEmpty else { return "<p class=\"hint\">没有安排。</p>" }
    let rows = list.map { entry in
      let state =
        entry.endedAt != nil || entry.to < today
        ? UI.tag("已结束", .quiet) : entry.covers(today) ? UI.tag("正在代理", .action) : UI.tag("还没开始", .neutral)
      let end: HTML =
        entry.endedAt == nil && entry.to >= today
        ? UI.form("/account/deputy/\(entry.id)/end", tokens: tokens, UI.button("提前结束", .secondary)) : .empty
      return UI.Row(
        nil,
        [
          UI.lines("\(people[entry.account]?.name ?? "") → \(people[entry.deputy]?.name ?? "")", "\(entry.reason)"), state,
          "\(entry.from.chinese)至\(entry.to.chinese)", end,
        ])
    }
    return UI.table("代理", [.init("谁由谁代理", .what), .init("状态", .status), .init("日期", .meta), .init("", .meta)], rows)
  }

  private func appoint(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try await page(visit, errors: $0) }) {
      let person = try visit.person
      let form = visit.form
      var wrong: [Refusal] = []
      let deputy: Person.ID? = try form.id("deputy")
      if deputy == nil { wrong.append(Refusal(.invalid, "people-deputy-who", "请选择代理人。", field: "deputy")) }
      let from = try form.day("from")
      if from == nil { wrong.append(Refusal(.invalid, "people-deputy-days", "请填写开始日期。", field: "from")) }
      let to = try form.day("to")
      if to == nil { wrong.append(Refusal(.invalid, "people-deputy-days", "请填写结束日期。", field: "to")) }
      guard let deputy, let from, let to else { throw Refusals(wrong) }
      let account: Person.ID = try form.id("account") ?? person.id
      try await Deputies.appoint(deputy, for: account, from: from, to: to, reason: form.text("reason"), by: person, in: house)
      return try visit.done("/account/deputy", saying: "代理已安排，\(from.chinese)至\(to.chinese)")
    }
  }
  private func end(_ visit: Visit) async throws -> Answer {
    try await Deputies.end(try visit.pathID("id"), by: try visit.person, in: house)
    return try visit.done("/account/deputy", saying: "代理已结束")
  }
}

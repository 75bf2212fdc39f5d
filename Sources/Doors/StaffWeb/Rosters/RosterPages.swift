import HTTPTypes
import Kernel
import Offices
import People
import Rosters
import Storage
import WebSupport

/// The plans of one's squads, a new one, and one's own roster.
struct RosterPages: Sendable {
  let rosters: Rosters

  func routes(_ book: inout RouteBook) {
    let (seeing, planning) = (Policy.signedIn(.seeMatters), Policy.signedIn(.manageDuty))
    book.get("/rosters", allow: seeing) { visit in try await list(visit) }
    book.get("/rosters/new", allow: planning) { visit in try await fresh(visit, errors: .none) }
    book.post("/rosters", allow: planning, limits: .small) { visit in try await ask(visit) }
    book.get("/rosters/mine", allow: .signedIn(.handleMatters)) { visit in try await mine(visit) }
  }

  // MARK: The list

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let squads = try await rosters.squads(of: person)
    let asked: Office.ID? = try visit.query.id("squad")
    let plans = try await rosters.plans(of: asked, for: person)
    let today = visit.now.day
    var page = visit.page("驻点与排班", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    var actions: [HTML] = []
    if squads.count == 1, let own = squads.first {
      actions = [
        UI.linkButton("编排四周", "/rosters/new?squad=\(own.id)", .primary, icon: .calendar),
        UI.linkButton("排班资料", "/rosters/setup?squad=\(own.id)", icon: .list),
      ]
    } else if squads.count > 1 {
      actions = [UI.linkButton("编排四周", "/rosters/new", .primary, icon: .calendar)]
    }
    if person.may(.handleMatters) { actions.append(UI.linkButton("我的排班", "/rosters/mine", icon: .person)) }
    let sub: HTML =
      person.may(.manageDuty) ? "各小区常驻、定期还是不定期，由谁联系，四周里谁在哪里。先编排，看过、改过再发布" : "本队已发布的排班"
    page.main = """
      \(UI.heading("驻点与排班", sub: sub, actions: actions))
      \(if: squads.count > 1, bySquad(squads, plans, asked, today))
      \(UI.section("方案", UI.table("方案", RosterWords.planColumns, plans.map { RosterWords.row($0, today: today) }, empty: UI.emptyState("还没有方案", person.may(.manageDuty) ? "先核对“排班资料”，再编排四周。" : "中队发布排班后会出现在这里。", icon: .calendar))))
      \(if: plans.count == 60, "<p class=\"hint\">只列出最近 60 个方案。</p>")
      """
    return page
  }
  private func bySquad(_ squads: [Office], _ plans: [RosterPlan], _ asked: Office.ID?, _ today: Day) -> HTML {
    let rows = squads.map { squad -> UI.Row in
      let own = plans.filter { $0.squad == squad.id }
      let held = own.first { $0.state == .issued && $0.until >= today }
      let newest = own.first { $0.state != .cancelled && $0.state != .superseded && !$0.isWhatIf }
      return UI.Row(
        "/rosters?squad=\(squad.id)",
        [
          "\(squad.short)", held.map { RosterWords.tag($0, today: today) } ?? UI.tag("没有在用的排班", .soon),
          "\(held.map { "至\($0.until.chinese)" } ?? "—")",
          newest.map { "\(RosterWords.span($0)) \($0.state.chinese)" } ?? "—",
        ])
    }
    let table = UI.table(
      "各中队", [.init("中队", .what), .init("状态", .status), .init("有效期", .meta), .init("最近的方案", .meta)], rows)
    return UI.section("各中队", side: asked == nil ? nil : UI.link("全部中队的方案", "/rosters"), table)
  }

  // MARK: A new one

  private func fresh(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let squads = try await rosters.squads(of: person)
    let asked: Office.ID? = try visit.query.id("squad") ?? (visit.form["squad"] == "all" ? nil : visit.form.id("squad"))
    let squad = squads.count == 1 ? squads.first : squads.first { $0.id == asked }
    let today = visit.now.day
    let mondays = Rosters.mondays(from: today)
    let start = (try? visit.form.day("start") ?? visit.query.day("start")).flatMap { day in mondays.first { $0 == day } } ?? mondays[1]
    var page = visit.page("编排四周", active: "more")
    page.crumbs = [.init("更多", "/more"), .init("驻点与排班", "/rosters")]
    page.problem = !errors.isEmpty
    let choices = (squads.count > 1 ? [UI.Choice("all", "全区各中队，一起编排")] : []) + squads.map { UI.Choice($0.id.description, $0.short) }
    let form = UI.form(
      "/rosters", tokens: try visit.formTokens(),
      """
      \(squads.count == 1 ? "<input type=\"hidden\" name=\"squad\" value=\"\(squads[0].id)\">" : UI.select("中队", name: "squad", options: choices, value: visit.form["squad"] ?? squad?.id.description ?? "all", placeholder: nil, hint: "一起编排时，各中队各出一个方案", error: errors["squad"]))
      \(UI.select("从哪个周一开始", name: "start", options: mondays.map { .init($0.iso, "\($0.chinese)至\($0.adding(days: 27).chinese)") }, value: start.iso, placeholder: nil, error: errors["start"]))
      \(UI.button("开始计算", icon: .calendar))
      <p class="hint">一支中队通常十来秒算完，可以离开这一页；算好的是草案，发布前队员看不到。</p>
      """)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("编排四周", sub: squad.map { "\($0.short)" }))
      \(squads.isEmpty ? UI.emptyState("没有由您排班的中队", "排班由中队长和区局管理员办理。", icon: .calendar) : UI.section("开始", form))
      \(try await basis(squad, start, visit))
      """
    return page
  }
  /// What a plan would be made from, and what is missing of it.
  private func basis(_ squad: Office?, _ start: Day, _ visit: Visit) async throws -> HTML {
    guard let squad else { return .empty }
    do {
      let (facts, notes) = try await rosters.preview(squad.id, from: start, by: try visit.person)
      let two = facts.places.count(where: \.needsTwo)
      return UI.section(
        "用到的资料", side: UI.link("排班资料", "/rosters/setup?squad=\(squad.id)"),
        UI.facts([
          ("队员", "\(facts.officers.count(where: \.included)) 人参加排班"),
          ("小区", "\(facts.places.count) 个\(if: two > 0, "，其中 \(two) 个须两人")"),
          ("近四周诉件", "\(facts.places.reduce(0) { $0 + $1.complaints }) 件"), ("在办案件", "\(facts.places.reduce(0) { $0 + $1.cases }) 件"),
          ("值班规则", facts.duties.isEmpty ? "没有" : "\(facts.duties.map(\.name).joined(separator: "、"))"),
          ("用于小区的工时", "\(facts.compoundShare)%"),
        ])
          + (notes.isEmpty
            ? .empty : "<p>缺少的资料和处理办法：</p><ul class=\"plain-list\">\(each: notes, { "<li>\($0)</li>" })</ul>"))
    } catch let refusal as Refusal where refusal.kind == .conflict {
      return UI.notice(.soon, refusal.message, UI.link("去排班资料", "/rosters/setup?squad=\(squad.id)"))
    }
  }
  private func ask(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    return try await FormTry.run(visit, again: { try await fresh(visit, errors: $0) }) {
      guard let start = try visit.form.day("start") else {
        throw Refusal(.invalid, "rosters-start", "请选择从哪个周一开始。", field: "start")
      }
      if visit.form["squad"] == "all", person.role == .districtManager { return try await askAll(visit, from: start, by: person) }
      guard let squad: Office.ID = try visit.form.id("squad") else {
        throw Refusal(.invalid, "rosters-squad", "请选择中队。", field: "squad")
      }
      let no = try await rosters.ask(squad, from: start, by: person)
      return try visit.done(RosterWords.address(no))
    }
  }
  /// Each squad by itself; where one cannot be planned the others still are.
  private func askAll(_ visit: Visit, from start: Day, by person: Person) async throws -> Answer {
    var (begun, left): (Int, [String]) = (0, [])
    for squad in try await rosters.squads(of: person) {
      do {
        try await rosters.ask(squad.id, from: start, by: person)
        begun += 1
      } catch let refusal as Refusal where refusal.kind == .conflict {
        left.append(refusal.message)
      } catch let wrong as Refusals {
        left += wrong.all.prefix(1).map { "\(squad.short)：\($0.message)" }
      }
    }
    guard begun > 0 else {
      throw Refusal(.conflict, "rosters-none", left.prefix(3).joined() + (left.count > 3 ? "等 \(left.count) 支中队不能编排。" : ""), field: "squad")
    }
    let skipped = left.isEmpty ? "" : "；\(left.count) 支没有编排：\(left.prefix(3).joined())"
    return try visit.done("/rosters", saying: "\(begun) 支中队开始计算\(skipped)", left.isEmpty ? .good : .soon)
  }

  // MARK: One's own

  private func mine(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let today = visit.now.day
    let monday = today.adding(days: 1 - today.weekday)
    let shifts = try await rosters.own(person, from: monday, through: monday.adding(days: 27 + 28))
    let places = try await rosters.ownPlaces(person, on: today)
    var page = visit.page("我的排班", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    let list = places.map { place in
      UI.Row(
        "/compounds/\(place.compoundNo)",
        [
          "\(place.compoundName)", RosterWords.tag(place.mode), place.contact == person.id.raw ? "联系人" : "第二人", "\(place.modeName)",
        ])
    }
    page.main = """
      \(UI.heading("我的排班", sub: "已发布的排班，从本周起"))
      \(if: !list.isEmpty, UI.section("我联系的小区", UI.table("我联系的小区", [.init("小区", .what), .init("方式", .status), .init("身份", .meta), .init("节奏", .meta)], list)))
      \(weeks(shifts, from: monday, today: today))
      """
    return page
  }
  private func weeks(_ shifts: [RosterShift], from monday: Day, today: Day) -> HTML {
    guard !shifts.isEmpty else { return UI.emptyState("没有您的排班", "中队发布四周排班后，这里列出您每个半天在哪里。", icon: .calendar) }
    let weeks = Dictionary(grouping: shifts) { $0.day.days(since: monday) / 7 }.sorted { $0.key < $1.key }
    return HTML.join(
      weeks.map { week, rows in
        let first = monday.adding(days: 7 * week)
        return UI.section(
          week == 0 ? "本周" : "\(first.chinese)至\(first.adding(days: 6).chinese)",
          RosterWords.days(rows, today: today, name: false, empty: .empty))
      }, "\n")
  }
}

import Compounds
import HTTPTypes
import Kernel
import Offices
import People
import Rosters
import Staffing
import Storage
import WebSupport

/// 排班资料: what of people, compounds and duties stands nowhere else.
struct RosterSetupPages: Sendable {
  let rosters: Rosters

  func routes(_ book: inout RouteBook) {
    let planning = Policy.signedIn(.manageDuty)
    book.get("/rosters/setup", allow: planning) { visit in try await show(visit, errors: .none) }
    book.post("/rosters/setup", allow: planning, limits: .small) { visit in try await note(visit) }
    book.post("/rosters/setup/duties", allow: planning, limits: .small) { visit in try await add(visit) }
    book.post("/rosters/setup/duties/{duty}/end", allow: planning, limits: .small) { visit in try await end(visit) }
    book.get("/rosters/setup/officers/{officer}", allow: planning) { visit in try await officer(visit, errors: .none) }
    book.post("/rosters/setup/officers/{officer}", allow: planning, limits: .small) { visit in try await noteOfficer(visit) }
    book.post("/rosters/setup/officers/{officer}/leave", allow: planning, limits: .small) { visit in try await leave(visit) }
    book.post("/rosters/setup/leaves/{leave}/end", allow: planning, limits: .small) { visit in try await endLeave(visit) }
    book.get("/rosters/setup/compounds/{compound}", allow: planning) { visit in try await compound(visit, errors: .none) }
    book.post("/rosters/setup/compounds/{compound}", allow: planning, limits: .small) { visit in try await noteCompound(visit) }
  }

  private func at(_ squad: Office.ID) -> String { "/rosters/setup?squad=\(squad)" }
  private func squad(_ visit: Visit) async throws -> Office.ID? {
    let squads = try await rosters.squads(of: try visit.person)
    if squads.count == 1 { return squads[0].id }
    return try visit.query.id("squad") ?? visit.form.id("squad")
  }
  private func frame(_ visit: Visit, _ title: String, _ errors: FormErrors, squad: Office.ID? = nil) -> Page {
    var page = visit.page(title, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("驻点与排班", "/rosters")]
    if let squad { page.crumbs.append(.init("排班资料", at(squad))) }
    page.problem = !errors.isEmpty
    return page
  }

  // MARK: The squad

  private func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    guard let squad = try await squad(visit) else {
      var page = frame(visit, "排班资料", errors)
      let squads = try await rosters.squads(of: person)
      page.main = """
        \(UI.heading("排班资料", sub: "选一支中队"))
        \(UI.table("中队", [.init("中队", .what)], squads.map { UI.Row(at($0.id), ["\($0.short)"]) }, empty: UI.emptyState("没有由您排班的中队", "排班由中队长和区局管理员办理。", icon: .calendar)))
        """
      return page
    }
    let setup = try await rosters.setup(squad, by: person)
    let facts = setup.facts
    let today = visit.now.day
    var page = frame(visit, "排班资料", errors)
    let officers = facts.officers.map { one -> UI.Row in
      let certificate =
        one.certifiedUntil.map { $0 < today ? "执法证已过期" : "执法证至\($0.chineseLong)" } ?? "没有登记执法证"
      return UI.Row(
        "/rosters/setup/officers/\(one.id)",
        [
          UI.lines("\(one.name)", "\(one.role.chinese)，\(certificate)"),
          one.included ? UI.tag("参加排班", .good) : UI.tag("不排", .quiet),
          "\(one.included ? "每周 \(RosterComparison.hours(one.weeklyHours)) 小时" : "—")",
          HTML.join([one.skills.isEmpty ? "—" : "\(one.skills.joined(separator: "、"))", help(one, setup)].compactMap { $0 }, "<br>"),
          one.leave.isEmpty ? "—" : "\(one.leave.map { "\($0.from.chinese)至\($0.to.chinese)" }.joined(separator: "、"))",
        ])
    }
    let places = facts.places.map { one -> UI.Row in
      let gaps = [one.position == nil ? "没有坐标" : nil, one.households == nil ? "没有户数" : nil].compactMap { $0 }
      return UI.Row(
        "/rosters/setup/compounds/\(one.no)",
        [
          UI.lines("\(one.name)", "\(gaps.joined(separator: "，"))"),
          one.forced.map { RosterWords.tag($0) } ?? (one.wanted.map { UI.tag("希望\($0.chinese)", .neutral) } ?? "—"),
          one.needsTwo ? "须两人" : "—", one.skills.isEmpty ? "—" : "联系人须会\(one.skills.joined(separator: "、"))",
          "近四周诉件 \(one.complaints)，在办案件 \(one.cases)",
        ])
    }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("排班资料", sub: "\(setup.office.short)。诉件、案件、满意度、责任队员、执法证、代理和值班表都从系统里取，这里只填系统里没有的", actions: [UI.linkButton("编排四周", "/rosters/new?squad=\(squad)", .primary, icon: .calendar)]))
      \(UI.columns(
        HTML.join([
          UI.section("队员", side: UI.link("执法证", "/certificates"), UI.table("队员", [.init("队员", .what), .init("状态", .status), .init("工时", .meta), .init("会什么", .meta), .init("四周内不在岗", .meta)], officers, empty: UI.emptyState("本队没有在岗的队员", "请安全管理员建立账号。", icon: .people))),
          helpers(facts),
          UI.section("小区", UI.table("小区", [.init("小区", .what), .init("方式", .status), .init("人数", .meta), .init("技能", .meta), .init("需求", .meta)], places, empty: UI.emptyState("本队没有在管的小区", "先登记小区。", icon: .compound))),
        ], "\n"), side: HTML.join([try duties(facts, squad, visit, errors), try rules(facts, squad, visit, errors)], "\n")))
      """
    return page
  }

  /// "可支援二中队"
  private func help(_ one: RosterFacts.Officer, _ setup: RosterSetup) -> HTML? {
    let squads = setup.neighbours.filter { one.helps.contains($0.id.raw) }.map(\.short)
    return squads.isEmpty ? nil : "<small>可支援\(squads.joined(separator: "、"))，每周 \(one.helpHalfDays ?? 0) 个半天</small>"
  }
  private func helpers(_ facts: RosterFacts) -> HTML {
    guard !facts.helpers.isEmpty else { return .empty }
    return UI.section(
      "其他中队可来支援的",
      UI.table(
        "可来支援的队员", [.init("队员", .what), .init("每周至多", .meta), .init("会什么", .meta)],
        facts.helpers.map { one in
          UI.Row(
            nil,
            [
              UI.lines("\(one.name)", "\(one.home?.name ?? "")"), "\(one.helpHalfDays ?? 0) 个半天",
              one.skills.isEmpty ? "—" : "\(one.skills.joined(separator: "、"))",
            ])
        }) + "<p class=\"hint\">由其所在中队在队员资料里登记，这里只看。</p>")
  }

  private func duties(_ facts: RosterFacts, _ squad: Office.ID, _ visit: Visit, _ errors: FormErrors) throws -> HTML {
    let tokens = try visit.formTokens()
    let typed = visit.form
    let own: Set<String> = ["name", "officers", "rest", "most", "half", "days"]
    let mine = errors.all.contains { own.contains($0.field) }
    func words(_ rule: RosterFacts.DutyRule) -> String {
      let days = rule.days == .working ? "工作日" : rule.days == .resting ? "休息日" : "每天"
      return [
        "\(days)\(rule.half.chinese) \(rule.officers) 人", rule.restHalfDays > 0 ? "值后休 \(rule.restHalfDays) 个半天" : nil,
        rule.maxPerOfficer.map { "每人最多 \($0) 次" }, rule.skill.map { "须会\($0)" }, rule.shift.map { "值班表的\($0.chinese)照用" },
      ].compactMap { $0 }.joined(separator: "，")
    }
    let list: HTML =
      facts.duties.isEmpty
      ? "<p class=\"hint\">没有值班规则，方案里就不排值班。</p>"
      : """
      <ul class="notes">\(each: facts.duties, { rule in
        "<li><span><b>\(rule.name)</b><br><small>\(words(rule))</small></span>\(UI.form("/rosters/setup/duties/\(rule.id)/end", tokens: tokens, UI.button("停用", .secondary)))</li>"
      })</ul>
      """
    let form = UI.form(
      "/rosters/setup/duties", tokens: tokens,
      """
      <input type="hidden" name="squad" value="\(squad)">
      \(UI.field("名称", name: "name", value: typed.text("name"), hint: "例如：窗口值班", error: errors["name"]))
      \(UI.radios("什么时候", name: "half", HalfDay.allCases.map { .init($0.rawValue, $0.chinese) }, value: typed["half"] ?? "am", error: errors["half"], inline: true))
      \(UI.radios("哪些天", name: "days", [.init("working", "工作日"), .init("resting", "休息日"), .init("all", "每天")], value: typed["days"] ?? "working", error: errors["days"], inline: true))
      \(UI.fieldRow([UI.field("每次几人", name: "officers", value: typed["officers"] ?? "1", .number, error: errors["officers"]), UI.field("值后休几个半天", name: "rest", value: typed["rest"] ?? "0", .number, error: errors["rest"])]))
      \(UI.fieldRow([UI.field("每人最多几次", name: "most", value: typed.text("most"), .number, error: errors["most"], optional: true), UI.field("须会什么", name: "skill", value: typed.text("skill"), error: errors["skill"], optional: true)]))
      \(UI.select("值班表里已排的班照用", name: "shift", options: DutyShift.allCases.map { .init($0.rawValue, $0.chinese) }, value: typed["shift"], placeholder: "不用", hint: "值班表里这一班排了谁，方案就照排", optional: true))
      \(UI.button("添加", .secondary, icon: .plus))
      """)
    return UI.section("值班规则", side: UI.link("值班表", "/duty"), list + UI.details("添加一条", open: mine, form))
  }

  private func rules(_ facts: RosterFacts, _ squad: Office.ID, _ visit: Visit, _ errors: FormErrors) throws -> HTML {
    let typed = visit.form
    return UI.section(
      "本队规则",
      UI.form(
        "/rosters/setup", tokens: try visit.formTokens(),
        """
        <input type="hidden" name="squad" value="\(squad)">
        \(UI.field("工时里用于小区的", name: "share", value: typed["share"] ?? "\(facts.compoundShare)", .number, hint: "其余留给办案、专项和培训", error: errors["share"], unit: "%"))
        \(UI.field("负荷允许上下差多少", name: "band", value: typed["band"] ?? "\(facts.fairBand)", .number, hint: "占本人可用半天的比例，超出的尽量拉平", error: errors["band"], unit: "%"))
        \(UI.fieldRow([UI.field("出发点经度", name: "longitude", value: typed["longitude"] ?? facts.position.map { "\($0.longitude)" } ?? "", .money, error: errors["longitude"], optional: true), UI.field("出发点纬度", name: "latitude", value: typed["latitude"] ?? facts.position.map { "\($0.latitude)" } ?? "", .money, error: errors["latitude"], optional: true)]))
        <p class="hint">WGS-84。不填时从社区工作室算起，没有工作室坐标的从各小区的中间算起。</p>
        \(UI.button("保存", .secondary, icon: .check))
        """))
  }

  private func note(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      guard let squad = try await squad(visit) else { throw Refusal(.missing, "rosters-squad", "没有这支中队，或者它不由您排班。") }
      let (latitude, longitude) = (try form.number("latitude", in: -90...90), try form.number("longitude", in: -180...180))
      let position = latitude.flatMap { latitude in longitude.flatMap { Coordinates(latitude: latitude, longitude: $0) } }
      guard (latitude == nil) == (longitude == nil), (latitude == nil) == (position == nil) else {
        throw Refusal(.invalid, "rosters-position", "经度和纬度要么都填，要么都不填。", field: "longitude")
      }
      let note = RosterSquadNote(
        position: position, compoundShare: try form.int("share") ?? -1, fairBand: try form.int("band") ?? -1)
      try await rosters.note(note, of: squad, by: try visit.person)
      return try visit.done(at(squad), saying: "本队规则已保存")
    }
  }
  private func add(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      guard let squad = try await squad(visit) else { throw Refusal(.missing, "rosters-squad", "没有这支中队，或者它不由您排班。") }
      guard let half = try form.choice("half", HalfDay.self), let days = try form.choice("days", StaffDuty.Days.self) else {
        throw Refusal(.invalid, "rosters-duty-when", "请选择什么时候值班。", field: "half")
      }
      let skill = try Rosters.skills(typed: form.text("skill")).first
      let rule = RosterFacts.DutyRule(
        name: form.text("name"), half: half, days: days, officers: try form.int("officers") ?? 0, restHalfDays: try form.int("rest") ?? 0,
        maxPerOfficer: try form.int("most"), skill: skill, shift: try form.choice("shift"))
      try await rosters.add(rule, to: squad, by: try visit.person)
      return try visit.done(at(squad), saying: "值班规则已添加")
    }
  }
  private func end(_ visit: Visit) async throws -> Answer {
    try await rosters.end(duty: try visit.pathID("duty", RosterFacts.self).raw, by: try visit.person)
    let squad = try await squad(visit)
    return try visit.done(squad.map(at) ?? "/rosters/setup", saying: "值班规则已停用")
  }

  // MARK: One officer

  private func officer(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let account = try visit.pathID("officer", Person.self).raw
    let squad = try await rosters.squad(ofOfficer: account, by: person)
    let setup = try await rosters.setup(squad, by: person)
    guard let one = setup.facts.officers.first(where: { $0.id == account }) else {
      throw Refusal(.missing, "rosters-no-officer", "没有这名队员，或者不由您排班。")
    }
    let tokens = try visit.formTokens()
    let typed = visit.form
    let here = "/rosters/setup/officers/\(account)"
    let leaves = setup.leaves.filter { $0.account == account }
    var page = frame(visit, one.name, errors, squad: squad)
    let away = errors["to"] != nil || errors["from"] != nil
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(one.name, sub: "\(setup.office.short)\(one.role.chinese)"))
      \(UI.columns(
        UI.section("排班资料", UI.form(here, tokens: tokens, """
        \(UI.radios("参加排班", name: "included", [.init("1", "参加"), .init("0", "不排", hint: "例如内勤、借调在外")], value: away ? (one.included ? "1" : "0") : typed["included"] ?? (one.included ? "1" : "0"), inline: true))
        \(UI.field("每周工时", name: "hours", value: typed["hours"] ?? RosterComparison.hours(one.weeklyHours), .money, error: errors["hours"], unit: "小时"))
        \(UI.field("会什么", name: "skills", value: typed.all.isEmpty ? one.skills.joined(separator: "、") : typed.text("skills"), hint: "例如：违建、油烟；小区和值班规则里用同样的词", error: errors["skills"], optional: true))
        \(if: !setup.neighbours.isEmpty, help(one, setup, typed, away, errors))
        \(UI.button("保存", icon: .check))
        """)),
        side: UI.section("计划请假", """
        \(if: leaves.isEmpty, "<p class=\"hint\">没有登记。安排了代理的日子已经算不在岗，不用再填。</p>")
        <ul class="notes">\(each: leaves, { leave in "<li><span>\(leave.from.chineseLong)至\(leave.to.chinese)</span>\(UI.form("/rosters/setup/leaves/\(leave.id)/end", tokens: tokens, UI.button("取消", .secondary)))</li>" })</ul>
        \(UI.details("登记请假", open: away, UI.form(here + "/leave", tokens: tokens, """
        \(UI.date("从", name: "from", value: (try? typed.day("from")) ?? nil, error: errors["from"]))
        \(UI.date("到", name: "to", value: (try? typed.day("to")) ?? nil, hint: "含这一天", error: errors["to"]))
        \(UI.button("登记", .secondary, icon: .plus))
        """)))
        """)))
      """
    return page
  }
  private func help(_ one: RosterFacts.Officer, _ setup: RosterSetup, _ typed: Fields, _ away: Bool, _ errors: FormErrors) -> HTML {
    let fresh = typed.all.isEmpty || away
    let chosen = fresh ? Set(one.helps.map { "\($0)" }) : Set(typed.values("helps"))
    let halfDays = fresh ? "\(one.helpHalfDays ?? RosterOfficerNote.usualHelp)" : typed.text("half-days")
    return """
      \(UI.checkboxes("可支援哪些中队", name: "helps", setup.neighbours.map { .init("\($0.id)", $0.short) }, values: chosen, hint: "勾选后，那些中队排班时可以派这名队员去，两队的班次不会冲突", error: errors["helps"], inline: true))
      \(UI.field("每周至多支援几个半天", name: "half-days", value: halfDays, .number, hint: "没有勾选中队的不用管", error: errors["half-days"], unit: "个半天"))
      """
  }
  private func noteOfficer(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    return try await FormTry.run(visit, again: { try await officer(visit, errors: $0) }) {
      let person = try visit.person
      let account = try visit.pathID("officer", Person.self).raw
      let squad = try await rosters.squad(ofOfficer: account, by: person)
      let note = RosterOfficerNote(
        included: form["included"] == "1", weeklyHours: try form.number("hours", in: 0...168) ?? -1,
        skills: try Rosters.skills(typed: form.text("skills")),
        helps: try form.values("helps").map { text in
          guard let id = Int64(text) else { throw Refusal(.invalid, "rosters-help-squad", "请重新选择可支援的中队。", field: "helps") }
          return Office.ID(id)
        },
        helpHalfDays: form.values("helps").isEmpty ? RosterOfficerNote.usualHelp : try form.int("half-days") ?? 0)
      try await rosters.note(note, of: account, by: person)
      return try visit.done(at(squad), saying: "已保存")
    }
  }
  private func leave(_ visit: Visit) async throws -> Answer {
    let account = try visit.pathID("officer", Person.self).raw
    return try await FormTry.run(visit, again: { try await officer(visit, errors: $0) }) {
      try await rosters.leave(account, from: try visit.form.day("from"), to: try visit.form.day("to"), by: try visit.person)
      return try visit.done("/rosters/setup/officers/\(account)", saying: "请假已登记")
    }
  }
  private func endLeave(_ visit: Visit) async throws -> Answer {
    let account = try await rosters.end(leave: try visit.pathID("leave"), by: try visit.person)
    return try visit.done("/rosters/setup/officers/\(account)", saying: "请假已取消")
  }

  // MARK: One compound

  private func compound(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let compound = try await rosters.compound(try visit.path("compound"), by: person)
    let setup = try await rosters.setup(compound.squad, by: person)
    guard let one = setup.facts.places.first(where: { $0.id == compound.id.raw }) else {
      throw Refusal(.missing, "rosters-no-compound", "这个小区已停用，不排班。")
    }
    let typed = visit.form
    func shown(_ name: String, _ kept: String?) -> String? { typed.all.isEmpty ? kept : typed[name] }
    let modes = StationingMode.allCases.reversed().map { UI.Choice($0.rawValue, $0.chinese) }
    let satisfied =
      one.asked >= RosterFacts.leastAsked
      ? "\(one.satisfied * 100 / one.asked)%（\(one.satisfied) ÷ \(one.asked) 件）" : "回访 \(one.asked) 件，太少"
    var page = frame(visit, one.name, errors, squad: compound.squad)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(one.name, sub: "\(setup.office.short)·\(UI.link("小区档案", "/compounds/\(one.no)"))"))
      \(UI.columns(
        UI.section("排班资料", UI.form("/rosters/setup/compounds/\(one.no)", tokens: try visit.formTokens(), """
        \(UI.select("指定方式", name: "forced", options: modes, value: shown("forced", one.forced?.rawValue), placeholder: "不指定", hint: "必须照办；人手不够时方案会说明", error: errors["forced"], optional: true))
        \(UI.select("希望的方式", name: "wanted", options: modes, value: shown("wanted", one.wanted?.rawValue), placeholder: "没有", hint: "尽量满足", error: errors["wanted"], optional: true))
        \(UI.checkbox("每次走访须两名持证队员", name: "two", on: typed.all.isEmpty ? one.needsTwo : typed.flag("two"), hint: "例如有在办案件要调查取证的小区（行政处罚法第四十二条）"))
        \(UI.field("联系人须会什么", name: "skills", value: typed.all.isEmpty ? one.skills.joined(separator: "、") : typed.text("skills"), error: errors["skills"], optional: true))
        \(UI.button("保存", icon: .check))
        """)),
        side: UI.section("系统里已有的", UI.facts([
          ("坐标", one.position == nil ? "没有，路程按 0 计" : "有"), ("户数", one.households.map { "\(UI.grouped($0)) 户" } ?? "没有，按 0 户计"),
          ("近四周诉件", "\(one.complaints) 件"), ("在办案件", "\(one.cases) 件"), ("半年满意度", "\(satisfied)"), ("等级", one.grade.isEmpty ? "还没有，不乘系数" : "\(one.grade) 级"),
        ]))))
      """
    return page
  }
  private func noteCompound(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    return try await FormTry.run(visit, again: { try await compound(visit, errors: $0) }) {
      let person = try visit.person
      let one = try await rosters.compound(try visit.path("compound"), by: person)
      let note = RosterCompoundNote(
        wanted: try form.choice("wanted"), forced: try form.choice("forced"), needsTwo: form.flag("two"),
        skills: try Rosters.skills(typed: form.text("skills")))
      try await rosters.note(note, of: one.no, by: person)
      return try visit.done(at(one.squad), saying: "已保存")
    }
  }
}

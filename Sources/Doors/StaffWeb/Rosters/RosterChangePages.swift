import HTTPTypes
import Kernel
import People
import Rosters
import Staffing
import Storage
import WebSupport

/// What a manager does with a plan: a team, a half-day, another run, a what-if, issuing.
struct RosterChangePages: Sendable {
  let rosters: Rosters

  func routes(_ book: inout RouteBook) {
    let (seeing, planning) = (Policy.signedIn(.seeMatters), Policy.signedIn(.manageDuty))
    book.get("/rosters/{no}/compounds/{compound}", allow: seeing) { visit in try await compound(visit, errors: .none) }
    book.post("/rosters/{no}/compounds/{compound}", allow: planning, limits: .small) { visit in try await fix(visit) }
    book.get("/rosters/{no}/shifts/{shift}", allow: planning) { visit in try await shift(visit, errors: .none) }
    book.post("/rosters/{no}/shifts/{shift}", allow: planning, limits: .small) { visit in try await give(visit) }
    book.post("/rosters/{no}/fixes/{fix}/release", allow: planning, limits: .small) { visit in try await release(visit) }
    book.post("/rosters/{no}/cancel", allow: planning, limits: .small) { visit in try await cancel(visit) }
    book.post("/rosters/{no}/rerun", allow: planning, limits: .small) { visit in try await rerun(visit) }
    book.post("/rosters/{no}/what-if", allow: planning, limits: .small) { visit in try await whatIf(visit) }
    book.post("/rosters/{no}/issue", allow: planning, limits: .small) { visit in try await issue(visit) }
  }

  private func frame(_ visit: Visit, _ plan: RosterPlan, _ title: String, _ errors: FormErrors) -> Page {
    var page = visit.page(title, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("驻点与排班", "/rosters"), .init(RosterWords.title(plan), RosterWords.address(plan.no))]
    page.problem = !errors.isEmpty
    return page
  }
  private func version(_ visit: Visit) throws -> Int {
    guard let version = try visit.form.int("version") else {
      throw Refusal(.conflict, "rosters-changed", "这个方案刚被改过，请刷新后再看。")
    }
    return version
  }

  // MARK: One compound

  private func compound(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let book = try await rosters.book(try visit.path("no"), for: person)
    let no = try visit.path("compound")
    guard let place = book.places.first(where: { $0.compoundNo == no }) else {
      throw Refusal(.missing, "rosters-missing", "这个小区不在方案里。")
    }
    let plan = book.plan
    let fix = book.fixes.first { $0.kind == .team && $0.compound == place.compound.raw }
    let edits = person.may(.manageDuty) && plan.state == .draft && !plan.isWhatIf
    let shifts = book.shifts.filter { $0.compound == place.compound }
    var page = frame(visit, plan, place.compoundName, errors)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(place.compoundName, sub: "\(RosterWords.title(plan))·\(UI.link("小区档案", "/compounds/\(place.compoundNo)"))", tags: [RosterWords.tag(place.mode)]))
      \(if: fix.map { !$0.isApplied } ?? false, UI.notice(.soon, "人工指定：\(fix?.words ?? "")", "重算后照办。"))
      \(UI.columns(
        HTML.join([
          UI.section("安排", UI.facts([
            ("方式", "\(place.modeName)，四周 \(place.visits) 次"), ("为什么", "\(place.reason)"), ("联系人", "<b>\(place.contactName)</b>"), ("为什么是这个人", "\(place.contactReason)"),
            ("第二人", place.secondName.map { "<b>\($0)</b>" }), ("为什么是第二人", place.secondReason.map { "\($0)" }),
          ])),
          UI.section("四周走访", RosterWords.days(shifts, today: visit.now.day, name: true, empty: UI.emptyState("四周没有走访", "已取消或者未排。", icon: .calendar))),
        ], "\n"),
        side: edits ? try team(place, book, fix, visit, errors) : .empty, sideFirst: !errors.isEmpty))
      """
    return page
  }
  private func team(_ place: RosterPlace, _ book: RosterBook, _ fix: RosterFix?, _ visit: Visit, _ errors: FormErrors) throws -> HTML {
    let people = book.loads.map { UI.Choice("\($0.account)", $0.shown) }
    let typed = visit.form
    func shown(_ name: String, _ kept: String?) -> String? { typed.all.isEmpty ? kept : typed[name] }
    return UI.section(
      "人工指定",
      UI.form(
        RosterWords.address(book.plan.no, "compounds/\(place.compoundNo)"), tokens: try visit.formTokens(),
        """
        <input type="hidden" name="version" value="\(book.plan.version)">
        \(UI.select("联系人", name: "contact", options: people, value: shown("contact", fix?.contact.map { "\($0)" }), placeholder: "由计算决定", error: errors["contact"], optional: true))
        \(if: place.second != nil, UI.select("第二人", name: "second", options: people, value: shown("second", fix?.second.map { "\($0)" }), placeholder: "由计算决定", error: errors["second"], optional: true))
        \(UI.select("进驻方式", name: "mode", options: StationingMode.allCases.reversed().map { .init($0.rawValue, $0.chinese) }, value: shown("mode", fix?.mode?.rawValue), placeholder: "由计算决定", error: errors["mode"], optional: true))
        \(UI.button("指定", icon: .pin))
        <p class="hint">记下后到方案页重算，重算时照办。违反两人、持证、技能等规定的不能指定。</p>
        """))
  }
  private func fix(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    return try await FormTry.run(visit, again: { try await compound(visit, errors: $0) }) {
      let person = try visit.person
      let book = try await rosters.book(no, for: person)
      let number = try visit.path("compound")
      guard let place = book.places.first(where: { $0.compoundNo == number }) else {
        throw Refusal(.missing, "rosters-missing", "这个小区不在方案里。")
      }
      let team = RosterTeam(
        compound: place.compound.raw, contact: try visit.form.id("contact", Person.self)?.raw,
        second: try visit.form.id("second", Person.self)?.raw, mode: try visit.form.choice("mode"))
      try await rosters.fix(team, in: no, version: try version(visit), by: person)
      return try visit.done(RosterWords.address(no), saying: "\(place.compoundName)已指定，重算后照办")
    }
  }

  // MARK: One half-day

  private func shift(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let book = try await rosters.book(try visit.path("no"), for: try visit.person)
    let id: RosterShift.ID = try visit.pathID("shift")
    guard let one = book.shifts.first(where: { $0.id == id }) else {
      throw Refusal(.missing, "rosters-missing", "这一班已经不在方案里，请刷新后再看。")
    }
    let plan = book.plan
    let when = "\(one.day.chinese)\(one.half.chinese)"
    let edits = plan.state == .draft && !plan.isWhatIf && one.task != .rest
    let here = book.shifts.filter { $0.day == one.day && $0.half == one.half }
    let choices = book.loads.filter { $0.account != one.account }.map { load -> UI.Choice in
      let busy = here.first { $0.account == load.account }
      return UI.Choice("\(load.account)", load.shown + (busy.map { "（已排\(RosterWords.words($0))）" } ?? ""), disabled: busy != nil)
    }
    var page = frame(visit, plan, "\(when) \(one.name)", errors)
    page.wide = false
    page.crumbs.append(.init("四周排班", RosterWords.address(plan.no, "weeks?week=\(one.day.days(since: plan.start) / 7 + 1)")))
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("\(when) \(one.name)", sub: "\(RosterWords.title(plan))"))
      \(UI.facts([("做什么", "\(RosterWords.words(one))"), ("为什么", "\(one.reason)"), ("人工固定", one.isFixed ? "是" : nil)]))
      \(edits ? UI.section("改派", UI.form(RosterWords.address(plan.no, "shifts/\(one.id)"), tokens: try visit.formTokens(), """
      <input type="hidden" name="version" value="\(plan.version)">
      \(UI.select("由谁", name: "officer", options: [.init("\(one.account)", "\(one.name)（固定不变）")] + choices + (one.task == .visit ? [.init("off", "不排，这一次取消")] : []), value: visit.form["officer"], error: errors["officer"]))
      \(UI.button("改派", icon: .people))
      <p class="hint">马上生效，记为人工改动，重算时照办。值班后有休息的，重算后生效。</p>
      """)) : UI.notice(.neutral, "这一班不能直接改", one.task == .rest ? "休息随值班走，请改那一次值班。" : "已发布或只供比较的方案不能改，请在草案里改。"))
      """
    return page
  }
  private func give(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    let id: RosterShift.ID = try visit.pathID("shift")
    return try await FormTry.run(visit, again: { try await shift(visit, errors: $0) }) {
      guard let who = visit.form["officer"] else { throw Refusal(.invalid, "rosters-who", "请选择由谁去。", field: "officer") }
      let account: Int64? = who == "off" ? nil : try visit.form.id("officer", Person.self)?.raw
      let atOnce = try await rosters.give(id, to: account, in: no, version: try version(visit), by: try visit.person)
      return try visit.done(RosterWords.address(no, "weeks"), saying: account == nil ? "已取消这一次；重算时会另找时间" : atOnce ? "已改派" : "已记下，重算后生效")
    }
  }

  private func release(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    try await rosters.release(try visit.pathID("fix"), in: no, version: try version(visit), by: try visit.person)
    return try visit.done(RosterWords.address(no), saying: "已取消这处人工改动")
  }

  // MARK: The whole

  private func cancel(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    try await rosters.cancel(no, by: try visit.person)
    return try visit.done(RosterWords.address(no), saying: "已取消计算")
  }
  private func rerun(_ visit: Visit) async throws -> Answer {
    try visit.done(RosterWords.address(try await rosters.rerun(try visit.path("no"), by: try visit.person)))
  }
  private func whatIf(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    return try await FormTry.run(visit, again: { try await whatIfPage(visit, errors: $0) }) {
      let change: RosterWhatIf
      switch form.text("kind") {
      case "fewer":
        guard let number = try form.int("fewer", in: 1...500) else { throw Refusal(.invalid, "rosters-what", "请填写少几人。", field: "fewer") }
        change = .fewer(number)
      case "without":
        guard let officer = try form.id("officer", Person.self) else {
          throw Refusal(.invalid, "rosters-what", "请选择谁不在。", field: "officer")
        }
        change = .without(officer.raw)
      default:
        guard let compound = try form.id("compound", Person.self), let mode = try form.choice("mode", StationingMode.self) else {
          throw Refusal(.invalid, "rosters-what", "请选择小区和方式。", field: "compound")
        }
        change = .mode(compound: compound.raw, mode)
      }
      return try visit.done(RosterWords.address(try await rosters.whatIf(no, change, by: try visit.person)))
    }
  }
  /// The plan again, with what is wrong beside the field.
  private func whatIfPage(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let book = try await rosters.book(try visit.path("no"), for: person)
    var page = frame(visit, book.plan, RosterWords.title(book.plan), errors)
    let view = RosterPlanView(book: book, person: person, tokens: try visit.formTokens(), now: visit.now, errors: errors, typed: visit.form)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(RosterWords.title(book.plan), sub: "\(book.plan.no)", tags: [RosterWords.tag(book.plan, today: visit.now.day)]))
      \(UI.columns(view.places, side: HTML.join(view.side, "\n"), sideFirst: true))
      """
    return page
  }
  private func issue(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    try await rosters.issue(no, version: try version(visit), by: try visit.person)
    return try visit.done(RosterWords.address(no), saying: "已发布，队员会收到提醒")
  }
}

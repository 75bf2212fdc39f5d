import HTTPTypes
import Kernel
import People
import Rosters
import Staffing
import WebSupport

/// One plan: its compounds and why, its four weeks, its people; on the screen and on paper.
struct RosterBookPages: Sendable {
  let rosters: Rosters

  func routes(_ book: inout RouteBook) {
    let seeing = Policy.signedIn(.seeMatters)
    book.get("/rosters/{no}", allow: seeing) { visit in try await show(visit) }
    book.get("/rosters/{no}/weeks", allow: seeing) { visit in try await weeks(visit) }
    book.get("/rosters/{no}/print", allow: seeing) { visit in try await printed(visit) }
    book.get("/rosters/{no}/officers", allow: seeing) { visit in try await officers(visit) }
    book.get("/rosters/{no}/officers/{officer}", allow: seeing) { visit in try await officer(visit) }
    book.get("/rosters/{no}/compare", allow: .signedIn(.manageDuty)) { visit in try await compare(visit) }
  }

  static let again = "3"

  private func frame(_ visit: Visit, _ plan: RosterPlan, _ title: String? = nil) -> Page {
    var page = visit.page(title ?? RosterWords.title(plan), active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("驻点与排班", "/rosters")]
    if title != nil { page.crumbs.append(.init(RosterWords.title(plan), RosterWords.address(plan.no))) }
    return page
  }

  // MARK: The plan

  private func show(_ visit: Visit) async throws -> any Answering {
    let person = try visit.person
    let book = try await rosters.book(try visit.path("no"), for: person)
    let plan = book.plan
    var page = frame(visit, plan)
    let head = UI.heading(
      RosterWords.title(plan), sub: "\(plan.no)\(if: !plan.change.isEmpty, "·假如\(plan.change)")·\(plan.askedBy)制定",
      tags: [RosterWords.tag(plan, today: visit.now.day)],
      actions: plan.state.hasRows ? [UI.linkButton("打印四周排班", RosterWords.address(plan.no, "print"), icon: .printer)] : [])
    let tokens = try visit.formTokens()
    let view = RosterPlanView(book: book, person: person, tokens: tokens, now: visit.now, errors: .none, typed: visit.form)
    switch plan.state {
    case .waiting, .running:
      let seconds = plan.begunAt.map { max(0, visit.now.milliseconds(since: $0) / 1000) }
      page.main = """
        \(head)
        \(UI.notice(.action, "正在计算", "<p>\(plan.state == .waiting ? "排在后台作业里，马上开始。" : "已算 \(seconds ?? 0) 秒，通常十来秒。")这一页每 \(Self.again) 秒自动刷新，也可以先去做别的。</p>"))
        \(if: person.may(.manageDuty), UI.form(RosterWords.address(plan.no, "cancel"), tokens: tokens, UI.button("取消计算", .secondary, icon: .cross)))
        \(view.notes)
        """
      guard let refresh = HTTPField.Name("Refresh") else { return page }
      return Answer.page(page, .ok).with(refresh, Self.again)
    case .draft, .issued, .superseded:
      page.main = """
        \(head)
        \(view.banners)
        \(view.tiles)
        \(RosterWords.tabs(plan, "plan"))
        \(UI.columns(HTML.join([view.places, view.versus], "\n"), side: HTML.join(view.side, "\n"), sideFirst: plan.state == .draft))
        """
    case .impossible, .undecided, .failed, .cancelled:
      page.main = """
        \(head)
        \(view.nothing)
        \(UI.columns(view.notes, side: HTML.join(view.side, "\n"), sideFirst: true))
        """
    }
    return page
  }

  // MARK: Four weeks

  private func weeks(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let book = try await rosters.book(try visit.path("no"), for: person)
    let plan = book.plan
    let today = visit.now.day
    let asked = try visit.query.int("week", in: 1...4)
    let week = asked ?? max(1, min(4, today.days(since: plan.start) / 7 + 1))
    let monday = plan.start.adding(days: 7 * (week - 1))
    let rows = book.shifts.filter { $0.day >= monday && $0.day < monday.adding(days: 7) }
    let edits = person.may(.manageDuty) && plan.state == .draft && !plan.isWhatIf
    var page = frame(visit, plan, "四周排班")
    let days = Dictionary(grouping: rows, by: \.day).sorted { $0.key < $1.key }
    page.main = """
      \(UI.heading("四周排班", sub: "\(RosterWords.title(plan))", tags: [RosterWords.tag(plan, today: today)], actions: [UI.linkButton("打印四周排班", RosterWords.address(plan.no, "print"), icon: .printer)]))
      \(RosterWords.tabs(plan, "weeks"))
      \(UI.tabs("周", (1...4).map { number in
        let first = plan.start.adding(days: 7 * (number - 1))
        return .init("\(first.chinese)起", RosterWords.address(plan.no, "weeks?week=\(number)"), on: number == week)
      }))
      \(if: edits, "<p class=\"hint\">点一个班次，可以改派别人。</p>")
      \(if: days.isEmpty, UI.emptyState("这一周没有排班", "换一周看看。", icon: .calendar))
      \(each: days, { day, rows in UI.section("\(day.chinese) \(day.chineseWeekday)", id: "d\(day.digits)", table(rows, book, day, edits)) })
      """
    return page
  }
  private func table(_ rows: [RosterShift], _ book: RosterBook, _ day: Day, _ edits: Bool) -> HTML {
    let people = Dictionary(grouping: rows, by: \.account).sorted { $0.key < $1.key }
    func cell(_ own: [RosterShift], _ half: HalfDay) -> HTML {
      let all = own.filter { $0.half == half }
      if all.isEmpty { return "—" }
      let words = all.map { one -> HTML in
        let text = RosterWords.words(one) + (one.isFixed ? "（人工）" : "")
        return edits && one.task != .rest ? UI.link(text, RosterWords.address(book.plan.no, "shifts/\(one.id)")) : "\(text)"
      }
      return "<small>\(half.chinese)</small> \(HTML.join(words, "、"))"
    }
    return UI.table(
      "\(day.chinese)排班", [.init("队员", .what), .init("上午", .meta), .init("下午", .meta), .init("夜间", .meta)],
      people.map { account, own in
        UI.Row(
          nil, [UI.link(own[0].name, RosterWords.address(book.plan.no, "officers/\(account)"))] + HalfDay.allCases.map { cell(own, $0) })
      })
  }

  private func printed(_ visit: Visit) async throws -> Page {
    let book = try await rosters.book(try visit.path("no"), for: try visit.person)
    let plan = book.plan
    var page = visit.page("四周排班 \(RosterWords.title(plan))", .print)
    page.main = HTML.join(
      (0..<4).map { week in
        let monday = plan.start.adding(days: 7 * week)
        let rows = book.shifts.filter { $0.day >= monday && $0.day < monday.adding(days: 7) }
        let days = (0..<7).map { monday.adding(days: $0) }.filter { day in day.weekday <= 5 || rows.contains { $0.day == day } }
        let table = UI.table(
          "第 \(week + 1) 周", [.init("队员", .what)] + days.map { .init("\($0.dayOfMonth)日\($0.chineseWeekday)", .meta) },
          book.loads.map { load in
            UI.Row(
              nil,
              ["\(load.shown)"]
                + days.map { day in
                  let own = rows.filter { $0.account == load.account && $0.day == day }
                  return own.isEmpty ? "—" : HTML.join(own.map { "\($0.half.chinese.prefix(1))：\(RosterWords.words($0))" }, "<br>")
                })
          }, dense: true)
        let note = plan.state == .issued ? "\(plan.issuedBy ?? "")发布" : plan.isWhatIf ? "假如方案，不是排班" : "\(plan.state.chinese)，尚未发布"
        return UI.sheet(
          "<h2>\(plan.squadName)排班：\(monday.chineseLong)至\(monday.adding(days: 6).chinese)</h2><p><small>\(plan.no)，\(note)</small></p>\(table)"
        )
      }, "\n")
    return page
  }

  // MARK: People

  private func officers(_ visit: Visit) async throws -> Page {
    let book = try await rosters.book(try visit.path("no"), for: try visit.person)
    let plan = book.plan
    var page = frame(visit, plan, "队员")
    page.main = """
      \(UI.heading("队员", sub: "\(RosterWords.title(plan))", tags: [RosterWords.tag(plan, today: visit.now.day)]))
      \(RosterWords.tabs(plan, "officers"))
      \(UI.table("队员的半天数", [.init("队员", .what), .init("可用半天", .figure), .init("走访", .figure), .init("顶班", .figure), .init("值班折算", .figure), .init("负荷", .figure)], book.loads.map { load in
        UI.Row(RosterWords.address(plan.no, "officers/\(load.account)"), ["\(load.shown)", "\(load.available)", "\(load.visits)", "\(load.standIns)", "\(load.duties)", "\(load.percent)%"])
      }, empty: UI.emptyState("没有排班", "这个方案没有排出来。", icon: .people)))
      <p class="hint">按名册先后排列。可用半天是扣除请假、按工时和用于小区的比例折算的；负荷是已排的占可用的多少，用来看排得匀不匀，不作考核。</p>
      """
    return page
  }
  private func officer(_ visit: Visit) async throws -> Page {
    let book = try await rosters.book(try visit.path("no"), for: try visit.person)
    let plan = book.plan
    let account = try visit.pathID("officer", Person.self).raw
    guard let load = book.loads.first(where: { $0.account == account }) else {
      throw Refusal(.missing, "rosters-missing", "这名队员不在这个方案里。")
    }
    let own = book.places.filter { $0.contact == account || $0.second == account }
    var page = frame(visit, plan, load.name)
    page.main = """
      \(UI.heading("\(load.shown)的四周", sub: "\(RosterWords.title(plan))", tags: [RosterWords.tag(plan, today: visit.now.day)]))
      \(RosterWords.tabs(plan, "officers"))
      \(UI.facts([("可用", "\(load.available) 个半天"), ("走访", "\(load.visits) 个半天"), ("顶班", "\(load.standIns) 个半天"), ("值班折算", "\(load.duties) 个半天"), ("负荷", "\(load.percent)%")]))
      \(if: !own.isEmpty, UI.section("联系的小区", UI.table("联系的小区", [.init("小区", .what), .init("方式", .status), .init("身份", .meta), .init("节奏", .meta)], own.map { place in
        UI.Row(RosterWords.address(plan.no, "compounds/\(place.compoundNo)"), ["\(place.compoundName)", RosterWords.tag(place.mode), place.contact == account ? "联系人" : "第二人", "\(place.modeName)"])
      })))
      \(UI.section("四周排班", RosterWords.days(book.shifts.filter { $0.account == account }, today: visit.now.day, name: false, empty: UI.emptyState("四周没有排班", "请假、不排班或者已排满。", icon: .calendar))))
      """
    return page
  }

  // MARK: Side by side

  private func compare(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let after = try await rosters.book(try visit.path("no"), for: person)
    guard let base = after.plan.basedOn else { throw Refusal(.missing, "rosters-missing", "这个方案没有对照的方案。") }
    let before = try await rosters.book(base, for: person)
    var page = frame(visit, after.plan, "对照")
    let title = after.plan.change.isEmpty ? "重算前后" : "假如\(after.plan.change)"
    guard before.plan.state.hasRows, after.plan.state.hasRows else {
      page.main = """
        \(UI.heading(title, sub: "\(RosterWords.title(after.plan))"))
        \(after.plan.state.hasRows ? UI.notice(.neutral, "没有可比的", "对照的方案 \(base) 没有排出来。") : RosterPlanView.obstacles(after.plan))
        """
      return page
    }
    let compared = RosterComparison(before, after)
    page.main = """
      \(UI.heading(title, sub: "\(UI.link("原方案 \(base)", RosterWords.address(base)))·\(UI.link("这个方案 \(after.plan.no)", RosterWords.address(after.plan.no)))"))
      \(UI.notice(compared.worse.isEmpty ? .good : .soon, compared.summary))
      \(changes("哪里变差", compared.worse, after, .danger))
      \(changes("哪里变好", compared.better, after, nil))
      \(changes("换人或换次数，满足的需求不变", compared.other, after, nil))
      \(UI.section("分项", RosterPlanView.parts("分项", ("原方案", "这个方案"), compared.parts)))
      """
    return page
  }
  private func changes(_ title: String, _ all: [RosterComparison.Change], _ book: RosterBook, _ tone: Tone?) -> HTML {
    guard !all.isEmpty else { return .empty }
    return UI.section(
      "\(title)：\(all.count) 个小区",
      UI.table(
        title, [.init("小区", .what), .init("变化", .meta)],
        all.map { one in
          UI.Row(
            RosterWords.address(book.plan.no, "compounds/\(one.compound.compoundNo)"), ["\(one.compound.compoundName)", "\(one.words)"],
            tone: tone)
        }))
  }
}

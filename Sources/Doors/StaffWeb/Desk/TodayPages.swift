import Cases
import CityLists
import ClockBook
import Foundation
import Grades
import Kernel
import Matters
import Patterns
import People
import Rosters
import WebSupport

/// 我的今天, and “收到” for what it tells. “我来处理” is answered where the duty pages are.
struct TodayPages: Sendable {
  let matters: Matters
  let cases: Cases
  /// nil where the house has no such rooms.
  let analysis: AnalysisRooms?

  func routes(_ book: inout RouteBook) {
    book.get("/today", allow: .signedIn(.seeMatters)) { visit in try await show(visit) }
    book.post("/notices/receipt", allow: .signedIn(nil), limits: .small) { visit in
      for id in visit.form.values("id").prefix(100).compactMap({ Int64($0) }) { try await matters.acknowledge(id, by: try visit.person) }
      // Administrators have no day of matters; their notices stand on the page of the system.
      return try visit.done(try visit.person.may(.administerSystem) ? "/system" : "/today")
    }
  }

  func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let agenda = try await matters.agenda(for: person)
    var page = visit.page("我的今天", active: "today")
    page.wide = true
    var view = TodayView(agenda: agenda, person: person, now: visit.now, tokens: try visit.formTokens())
    if person.may(.workCases) {
      var waiting = CaseFilter()
      waiting.group = .todo
      view.cases = try await cases.list(waiting, for: person, limit: 6).cases
      view.caseClocks = try await cases.nextClocks(of: view.cases)
      view.caseCount = try await cases.counts([.todo], for: person)[.todo] ?? 0
      if person.may(.leadCases) { view.duties = try await cases.filingDuties(.open, for: person, limit: 6) }
    }
    if let analysis { try await add(analysis, to: &view, person) }
    page.main = view.html
    return page
  }

  /// What the rooms of analysis have for this person today.
  private func add(_ analysis: AnalysisRooms, to view: inout TodayView, _ person: Person) async throws {
    let (patterns, grades, today) = (analysis.patterns, analysis.grades, view.now.day)
    view.plans = try await patterns.plans(.open, mine: true, for: person, limit: 6).map { PatternWords.row($0, patterns, today: today) }
    view.inspections = try await grades.soon(for: person).map { GradeWords.row($0, today: today, grades.rules) }
    if person.may(.makePlans) {
      view.unjudged = try await patterns.counts(for: person).values.reduce(0) { $0 + $1.waiting }
      view.inspectionTroubles = try await grades.troubles(for: person)
    }
    let counts = try await analysis.cityLists.counts(for: person)
    view.city = (counts.states[.open] ?? 0, counts.states[.asked] ?? 0, counts.states[.sent] ?? 0, counts.due)
    if person.may(.handleMatters) { view.shifts = try await analysis.rosters.own(person, from: today, through: today) }
  }
}

struct TodayView {
  let agenda: Agenda
  let person: Person
  let now: Moment
  let tokens: FormTokens
  /// What waits for this person as cases.
  var cases: [CaseRecord] = []
  var caseClocks: [CaseRecord.ID: ClockSheet] = [:]
  var caseCount = 0
  var duties: [FilingDuty] = []
  /// Plans this person answers for, as rows; and findings that nobody has looked at yet.
  var plans: [UI.Row] = []
  var unjudged = 0
  /// Visits this person has to make soon, as rows; and of a squad those overdue and those without anybody.
  var inspections: [UI.Row] = []
  var inspectionTroubles = (overdue: 0, unassigned: 0)
  /// What the city has on its lists: to answer, to review, to hear of.
  var city: (open: Int, asked: Int, sent: Int, due: Day?) = (0, 0, 0, nil)
  /// Where the issued roster has this person today.
  var shifts: [RosterShift] = []

  var html: HTML {
    """
    \(UI.heading("\(now.day.chinese) \(now.day.chineseWeekday)", sub: "\(summary)", actions: actions))
    \(calls)
    \(if: !shifts.isEmpty, UI.act(RosterWords.today(shifts), "/rosters/mine", icon: .calendar, hint: "我的排班"))
    \(UI.tiles(tiles))
    \(if: agenda.notices.isEmpty, lists)\(if: !agenda.notices.isEmpty, UI.columns(lists, side: notices))
    """
  }

  private var summary: String {
    let overdue = agenda.part(.overdue)?.count ?? 0
    let today = agenda.part(.today)?.count ?? 0
    if overdue == 0 && today == 0 { return "今天没有到期的事项，在办 \(agenda.open) 件" }
    return [overdue > 0 ? "已超期 \(overdue) 件" : nil, today > 0 ? "今天到期 \(today) 件" : nil, "在办 \(agenda.open) 件"].compactMap { $0 }
      .joined(separator: "，")
  }
  private var actions: [HTML] {
    if person.may(.reportOnPatrol) { return [UI.linkButton("登记巡查发现", "/patrol/new", .primary, icon: .walk)] }
    if person.may(.dispatchMatters) { return [UI.linkButton("去派单台", "/dispatch", .primary, icon: .send)] }
    return []
  }

  static func title(_ kind: Agenda.Kind) -> String {
    switch kind {
    case .overdue: "已超期"
    case .today: "今天到期"
    case .approve: "待我审核答复"
    case .delay: "待审批延期"
    case .unreasonable: "待复核不合理诉求"
    case .fresh: "新派来，待接单"
    case .contact: "待先行联系"
    case .dispatch: "待派单"
    case .returned: "退回重派"
    case .revisit: "待回访"
    case .transferred: "已移送，待答复"
    case .supervised: "督办中"
    }
  }
  static func group(_ kind: Agenda.Kind) -> MatterFilter.Group? {
    switch kind {
    case .overdue: .overdue
    case .today: .today
    case .approve: .review
    case .dispatch, .returned: .dispatch
    case .revisit: .revisit
    case .transferred: .transferred
    default: nil
    }
  }
  private func href(_ part: Agenda.Part) -> String {
    if part.kind == .dispatch || part.kind == .returned, person.may(.dispatchMatters) { return "/dispatch" }
    return "#\(part.kind.rawValue)"
  }
  private func count(_ n: Int) -> String { n >= 500 ? "500+" : String(n) }

  private var tiles: [UI.Tile] {
    agenda.parts.filter { $0.count > 0 || $0.kind == .overdue || $0.kind == .today }.map { part in
      let tone: Tone =
        part.count == 0
        ? .neutral : part.kind == .overdue ? .danger : [.today, .delay, .approve, .unreasonable].contains(part.kind) ? .soon : .neutral
      return UI.Tile(
        Self.title(part.kind), count(part.count), href: part.count == 0 ? "/matters" : href(part), note: part.matters.first?.compoundName,
        tone: tone)
    }
  }

  private var calls: HTML {
    HTML.join(
      agenda.calls.map { call in
        let no = agenda.callMatters[call.id.raw]
        let next: HTML = "<input type=\"hidden\" name=\"next\" value=\"\(no.map { MatterWords.address($0) } ?? "/today")\">"
        return UI.notice(
          .danger, "值班呼叫：\(call.reason)",
          """
          <p>\(call.calledAt.chinese)呼叫，\(DutyCalls.patience) 分钟无人应答将呼叫下一位。\(no.map { UI.link("打开 \($0)", MatterWords.address($0)) })</p>
          \(UI.form("/duty/calls/\(call.id)/answer", tokens: tokens, "\(next)\(UI.button("我来处理", .danger, icon: .check))"))
          """)
      }, "\n")
  }

  /// The same said several times is said once, and received at once.
  private var notices: HTML {
    var lines: [(text: String, href: String?, at: Moment, ids: [Int64], must: Bool)] = []
    for notice in agenda.notices {
      if let at = lines.firstIndex(where: { $0.text == notice.text }) {
        lines[at].ids.append(notice.id)
      } else {
        let href =
          notice.matterNo.map { MatterWords.address($0) } ?? notice.caseNo.map { CaseWords.address($0) }
          ?? (notice.kind == Rosters.noticeKind ? "/rosters/mine" : nil)
        lines.append((notice.text, href, notice.at, [notice.id], notice.mustAcknowledge))
      }
    }
    return UI.section(
      "通知 \(lines.count) 条", side: lines.count > 1 ? receipt(agenda.notices.map(\.id), "全部收到", .plain) : nil,
      """
      <ul class="notes">\(each: lines, { line in
        "<li><span>\(line.href.map { UI.link(line.text, $0) } ?? HTML(text: line.text))<br><small>\(UI.time(line.at, relative: true))</small></span>\(receipt(line.ids, "收到", line.must ? .primary : .secondary))</li>"
      })</ul>
      """)
  }
  /// Cases at this person's desk, and matters that must become one.
  private var enforcement: HTML {
    var out = HTML()
    if !duties.isEmpty {
      out += UI.section(
        "诉转案待研判 \(duties.count) 件", id: "duties", side: UI.link("全部", "/filing-duties"),
        UI.table(
          "诉转案待研判", [.init("事项", .what), .init("理由", .status), .init("期限", .meta)],
          duties.map { duty in
            UI.Row(
              FilingDutyPages.address(duty.matterNo),
              [
                "\(duty.matterTitle)", "\(duty.grounds.map(\.chinese).joined(separator: "、"))",
                "\(duty.due.map { ClockView.end($0) } ?? "")",
              ])
          }))
    }
    if !cases.isEmpty {
      out += UI.section(
        "案件待我办 \(caseCount) 件", id: "cases", side: caseCount > cases.count ? UI.link("全部 \(caseCount) 件", "/cases?group=todo") : nil,
        UI.table("案件待我办", CaseWords.columns, cases.map { CaseWords.row($0, caseClocks[$0.id], at: now) }))
    }
    if !plans.isEmpty {
      out += UI.section("我牵头的整治方案", id: "plans", side: UI.link("全部", "/plans"), UI.table("我牵头的整治方案", PatternWords.planColumns(), plans))
    }
    if unjudged > 0 { out += UI.act("反复投诉待研判 \(unjudged) 条", "/patterns?state=found", icon: .refresh, hint: "看看要不要定整治方案") }
    return out + visits + cityEntries
  }
  private var visits: HTML {
    var out = HTML()
    if !inspections.isEmpty {
      out += UI.section("我的检查", id: "inspections", side: UI.link("本月全部", "/inspections"), UI.table("我的检查", GradeWords.columns, inspections))
    }
    if inspectionTroubles.overdue > 0 {
      out += UI.act("检查已逾期 \(inspectionTroubles.overdue) 次", "/inspections?state=planned", icon: .walk, hint: "按等级要求的检查，过了期限还没有去")
    }
    if inspectionTroubles.unassigned > 0 {
      out += UI.act("检查没有指定人 \(inspectionTroubles.unassigned) 次", "/inspections?state=planned", icon: .person, hint: "小区没有责任队员，请安排谁去")
    }
    return out
  }
  private var cityEntries: HTML {
    var out = HTML()
    if city.open > 0, person.may(.handleMatters) {
      out += UI.act(
        "市级通报待答复 \(city.open) 件", "/city-lists?state=open", icon: .bell, hint: city.due.map { "最早 \($0.chinese)前：认可，或者申诉" } ?? "")
    }
    if city.asked > 0, person.may(.leadMatters) {
      out += UI.act("申诉待审核 \(city.asked) 件", "/city-lists?state=asked", icon: .check, hint: "审核后报区局")
    }
    if city.sent > 0, person.may(.keepCityLists) {
      out += UI.act("申诉等市局答复 \(city.sent) 件", "/city-lists?state=sent", icon: .send, hint: "收到答复后登记")
    }
    return out
  }
  private func receipt(_ ids: [Int64], _ label: String, _ weight: UI.Weight) -> HTML {
    UI.form(
      "/notices/receipt", tokens: tokens,
      "\(each: ids, { "<input type=\"hidden\" name=\"id\" value=\"\($0)\">" })\(UI.button(label, weight))")
  }

  private var lists: HTML {
    let filled = agenda.parts.filter { !$0.matters.isEmpty }
    if filled.isEmpty, cases.isEmpty, duties.isEmpty, inspections.isEmpty, city.open == 0 {
      let next: HTML = person.may(.dispatchMatters) ? "没有等您处理的事项。" : "没有等您处理的事项，可以去辖区小区走一走。"
      return UI.emptyState("今天的事都办完了", next, actions: [UI.linkButton("查看全部事项", "/matters")], icon: .today)
    }
    return enforcement
      + HTML.join(
        filled.map { part in
          let all = Self.group(part.kind).map { "/matters?group=\($0.rawValue)&order=due" } ?? "/matters?group=todo&order=due"
          let more: HTML? = part.count > part.matters.count ? UI.link("全部 \(count(part.count)) 件", all) : nil
          return UI.section(
            Self.title(part.kind), id: part.kind.rawValue, side: more,
            UI.table(
              Self.title(part.kind), MatterWords.columns,
              part.matters.map { MatterWords.row($0, agenda.clock(of: $0, in: part.kind), at: now) }))
        }, "\n")
  }
}

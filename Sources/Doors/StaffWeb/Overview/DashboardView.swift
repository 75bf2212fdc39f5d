import Cases
import Figures
import Intake
import Kernel
import Matters
import Overview
import People
import WebSupport

struct DashboardView {
  let board: Dashboard
  let overview: Overview
  let person: Person
  let now: Moment

  private var month: Month { board.month }
  /// Whether anything was recorded in the year before the thirteen months; otherwise nothing is set beside nothing.
  private var hasYear: Bool { board.sums.course.contains { $0.yearBefore[.reports] > 0 } }
  private var isCurrent: Bool { month == Month(now.day) }
  private func rows(_ count: Count, _ facet: Facet? = nil, _ key: String = "", in month: Month? = nil) -> String {
    DashboardWords.rows(count, facet, key, from: month ?? self.month, through: month ?? self.month)
  }

  var html: HTML {
    """
    \(UI.heading("总览", sub: "\(place)·\(FigureQuery.chinese(month))", actions: [UI.linkButton("城管地图", "/map", icon: .pin), UI.linkButton("通报", "/bulletins", icon: .paper)]))
    \(chooser)
    \(if: board.countedAt == nil, UI.notice(.soon, "还没有统计过", "后台几分钟内完成第一次统计，之前下面的统计都是 0。"))
    \(UI.section("现在的情况", side: "截至 \(UI.time(now))", UI.tiles(DashboardWords.tiles(board.standing, person))))
    <div class="dash">
    <section class="panel full"><header><h2>\(FigureQuery.chinese(month))\(if: isCurrent, "（到\(now.day.chinese)）")</h2><div class="side">\(UI.link("各项指标", DashboardWords.figures(month)))</div></header>\(comparison)</section>
    <section class="panel full"><header><h2>十三个月</h2></header>\(trend)</section>
    <section class="panel"><header><h2>按事项</h2></header>\(items)</section>
    <section class="panel"><header><h2>按来源</h2></header>\(channels)</section>
    <section class="panel"><header><h2>投诉多的小区</h2><div class="side">\(UI.link("地图上看", "/map"))</div></header>\(places)</section>
    <div>\(repeats)\(cases)</div>
    \(if: board.sums.offices.count > 1, "<section class=\"panel full\"><header><h2>各单位</h2><div class=\"side\">按机构编号排列，不排名次</div></header>\(offices)</section>")
    </div>
    \(counted)
    """
  }
  private var place: String { Scope(of: person) == .city ? "全市" : person.officeName }

  private var chooser: HTML {
    let last = Month(now.day)
    let options = (0..<25).map { last.adding(-$0) }.map { UI.Choice(FigureQuery.text($0), FigureQuery.chinese($0)) }
    return UI.form(
      "/dashboard",
      UI.fieldRow([
        UI.select("月份", name: "month", options: options, value: FigureQuery.text(month), placeholder: nil), UI.button("查看", .secondary),
      ]))
  }

  private var comparison: HTML {
    let sums = board.sums
    let year = hasYear ? sums.year : nil
    var out: [UI.Row] = [DashboardWords.countRow(.complaints, sums.now, sums.before, year, rows(.complaints))]
    for id in ["first-contact", "on-time", "solved", "satisfied"] {
      guard let figure = overview.figures.book[id] else { continue }
      let now = figure.value(sums.now, population: nil)
      let before = figure.value(sums.before, population: nil)
      let last = year.map { figure.value($0, population: nil) }
      out.append(
        UI.Row(
          DashboardWords.figures(month, "/" + id),
          [
            UI.lines("\(figure.name)", "\(figure.formula)"), "<b>\(now.text ?? "—")</b>", "\(before.text ?? "—")",
            DashboardWords.points(now, before, figure.moreIsBetter), "\(last?.text ?? "—")",
            last.map { DashboardWords.points(now, $0, figure.moreIsBetter) } ?? "—",
          ]))
    }
    for count in [Count.overdue, .dissatisfied, .again] {
      out.append(DashboardWords.countRow(count, sums.now, sums.before, year, rows(count)))
    }
    let note: HTML? = isCurrent ? "<p class=\"hint\">本月还没有过完：件数和整个上月、去年整月相比会偏少，晚到的诉件也还没有结果。</p>" : nil
    return UI.table(
      "本月和上月、去年同月",
      [.init("指标", .what), .init("本月", .figure), .init("上月", .figure), .init("比上月", .meta), .init("去年同月", .figure), .init("比去年", .meta)],
      out)
      + (note ?? .empty)
  }

  private var trend: HTML {
    let course = board.sums.course
    let points = course.map { one in
      Chart.Point(
        "\(one.month.number)月", group: one.month.number == 1 || one.month == course.first?.month ? "\(one.month.year)年" : nil,
        one.counts[.complaints], href: rows(.complaints, in: one.month),
        others: hasYear ? [one.yearBefore[.reports] > 0 ? one.yearBefore[.complaints] : nil] : [],
        partial: one.month == Month(now.day))
    }
    return Chart.trend(
      "每月有效投诉", summary: DashboardWords.course(course.map { ($0.month, $0.counts[.complaints], $0.yearBefore[.complaints]) }, now: now.day),
      unit: "件", series: "当月", comparisons: hasYear ? ["去年同月"] : [], points)
  }

  private func outcome(_ line: Dashboard.Line) -> [Int] {
    let counts = line.now
    return [counts[.solved], counts[.explained], max(0, counts[.complaints] - counts[.concluded])]
  }
  static let outcomes = ["实际解决", "解释说明", "还没有结果"]
  private func bars(_ lines: [Dashboard.Line], _ title: String, _ facet: Facet, _ name: (String) -> String) -> HTML {
    guard let first = lines.first else { return "<p class=\"hint\">\(FigureQuery.chinese(month))没有有效投诉。</p>" }
    let sum = board.sums.now[.complaints]
    let share = DashboardWords.share(first.now[.complaints], of: sum)
    let summary =
      "\(name(first.key))最多，\(UI.grouped(first.now[.complaints])) 件，占 \(share)；上月 \(first.before[.complaints]) 件\(hasYear ? "，去年同月 \(first.year[.complaints]) 件" : "")。"
    return Chart.bars(
      title, summary: summary, unit: "件", keys: Self.outcomes,
      lines.prefix(8).map {
        Chart.Bar(
          name($0.key), outcome($0), href: rows(.complaints, facet, $0.key), note: "上月 \($0.before[.complaints])，去年 \($0.year[.complaints])"
        )
      }, noteTitle: hasYear ? "上月和去年同月" : "上月")
      + (lines.count > 8
        ? "<p class=\"hint\">只列出最多的 8 项，共 \(lines.count) 项；\(UI.link("全部", DashboardWords.figures(month)))在各项指标里。</p>" : .empty)
  }
  private var items: HTML { bars(board.sums.items, "事项和结果", .item) { overview.item($0) } }
  private var channels: HTML { bars(board.sums.channels, "来源和结果", .channel) { Report.Channel(rawValue: $0)?.chinese ?? $0 } }

  private var places: HTML {
    UI.table(
      "投诉多的小区", [.init("小区", .what), .init("有效投诉", .figure), .init("每千户", .figure), .init("在办", .figure)],
      board.places.map { place in
        let rate = place.households.map { DashboardWords.perThousand(place.complaints, $0) } ?? "户数未登记"
        return UI.Row(
          rows(.complaints, .compound, "\(place.id)"),
          [
            "\(place.name)", "\(UI.grouped(place.complaints))", "\(rate)",
            "\(UI.link("\(place.open)", "/matters?compound=\(place.id)"))",
          ])
      }, dense: true, empty: "<p class=\"hint\">没有知道小区的有效投诉。</p>")
      + "<p class=\"hint\">件数多不等于管得差，户数多少要一起看。</p>"
  }

  private var repeats: HTML {
    UI.section(
      "反复投诉和整治",
      UI.tiles([
        .init(
          "反复投诉", "\(board.patterns.going)", unit: "处", href: "/patterns", note: "待研判 \(board.patterns.waiting) 处",
          tone: board.patterns.waiting > 0 ? .soon : .neutral),
        .init(
          "整治方案进行中", "\(board.plans.open)", unit: "个", href: "/plans",
          note: board.plans.overdue > 0 ? "过期 \(board.plans.overdue) 个" : "没有过期", tone: board.plans.overdue > 0 ? .danger : .neutral),
      ]))
  }
  private var cases: HTML {
    guard let cases = board.cases else { return .empty }
    return UI.section("在办案件", side: UI.link("全部案件", "/cases?group=open"), DashboardWords.cases(cases, group: "open"))
  }
  private var offices: HTML {
    let byDistrict = Scope(of: person) == .city
    return UI.table(
      "各单位", [.init("单位", .what)] + FigureView.columns.map { .init($0.name, .figure) },
      board.sums.offices.map { part in
        let at = part.key == "0" ? nil : DashboardWords.figures(month, "", [(byDistrict ? "district" : "squad", part.key)])
        return UI.Row(at, ["\(part.name)"] + FigureView.cells(part.counts, overview.figures.book))
      }, dense: true)
  }
  private var counted: HTML {
    board.countedAt.map {
      "<p class=\"hint\">统计到 \(UI.time($0))，每 \(Figures.minutes) 分钟更新；现在的情况随时更新。\(overview.figures.book.period)。口径版本 \(overview.figures.book.version)。</p>"
    } ?? .empty
  }
}

/// An officer's: what is on their desk, and how their months went. No colleague beside it.
struct OwnBoardView {
  let board: OwnBoard
  let person: Person
  let now: Moment

  var html: HTML {
    """
    \(UI.heading("我的总览", sub: "\(person.name)·只有本人经办的，不与别人比较", actions: [UI.linkButton("我的今天", "/today", icon: .today), UI.linkButton("城管地图", "/map", icon: .pin)]))
    \(UI.section("现在的情况", side: "截至 \(UI.time(now))", UI.tiles(DashboardWords.tiles(board.standing, person))))
    <div class="dash">
    <section class="panel full"><header><h2>十三个月</h2></header>\(trend)</section>
    <div>\(UI.section("我承办的案件", side: UI.link("全部", "/cases?group=mine"), DashboardWords.cases(board.cases, group: "mine")))\(plans)</div>
    <section class="panel"><header><h2>我负责的小区</h2></header>\(compounds)</section>
    </div>
    """
  }
  private var trend: HTML {
    let shown = board.course.suffix(13)
    let before = board.course.reduce(into: [Int: Int]()) { $0[$1.month.count] = $1.closed }
    let hasYear = board.course.prefix(12).contains { $0.closed > 0 }
    let points = shown.map { one in
      Chart.Point(
        "\(one.month.number)月", group: one.month.number == 1 || one.month == shown.first?.month ? "\(one.month.year)年" : nil, one.closed,
        href: "/dashboard/matters?month=\(FigureQuery.text(one.month))",
        others: (hasYear ? [before[one.month.count - 12] ?? 0] : []) + [one.came],
        partial: one.month == Month(now.day))
    }
    let summary = DashboardWords.course(shown.map { ($0.month, $0.closed, before[$0.month.count - 12] ?? 0) }, now: now.day)
    return Chart.trend("我每月办结的事项", summary: summary, unit: "件", series: "当月办结", comparisons: (hasYear ? ["去年同月办结"] : []) + ["当月新到"], points)
  }
  private var plans: HTML {
    UI.section(
      "我牵头的整治方案", side: UI.link("全部方案", "/plans"),
      UI.tiles([
        .init(
          "进行中", "\(board.plans.open)", unit: "个", href: "/today#plans",
          note: board.plans.overdue > 0 ? "过期 \(board.plans.overdue) 个" : "没有过期", tone: board.plans.overdue > 0 ? .danger : .neutral)
      ]))
  }
  private var compounds: HTML {
    UI.table(
      "我负责的小区", [.init("小区", .what), .init("在办事项", .figure)],
      board.compounds.map { UI.Row("/compounds/\($0.no)", ["\($0.name)", "\($0.open)"]) }, dense: true,
      empty: "<p class=\"hint\">没有指定您负责的小区。中队长在小区档案里指定。</p>")
  }
}

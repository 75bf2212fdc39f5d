import Figures
import Grades
import Kernel
import Overview
import Patterns
import WebSupport

/// 这一年: twelve months of a compound at a glance, each number open to its rows.
struct CompoundYearView {
  let year: CompoundYear
  let compound: Int64
  let today: Day
  let item: (String) -> String

  private func rows(_ facet: Facet?, _ key: String, _ from: Month, _ through: Month) -> String {
    DashboardWords.rows(.complaints, facet, key, from: from, through: through, compound: compound)
  }
  var html: HTML {
    UI.section(
      "这一年", id: "twelve-months", side: "\(FigureQuery.chinese(year.from))至\(FigureQuery.chinese(year.through))",
      "\(tiles)\(strip)\(heat)\(inspections)\(patterns)")
  }
  private var tiles: HTML {
    let all = rows(nil, "", year.from, year.through)
    var tiles: [UI.Tile] = [
      .init("有效投诉", UI.grouped(year.complaints), href: all, note: "前 12 个月 \(year.before) 件"),
      .init("新来的事项", UI.grouped(year.mattersCame), href: "/matters?group=all&compound=\(compound)", note: "办结 \(year.mattersClosed) 件"),
    ]
    if let cases = year.cases {
      tiles.append(
        .init(
          "登记案件", UI.grouped(cases.opened), href: "/cases?group=all&compound=\(compound)",
          note: "立案 \(cases.filed) 件，决定处罚 \(cases.decided) 件"))
    }
    let visits = year.inspected
    if !year.inspections.isEmpty {
      tiles.append(
        .init(
          "检查", UI.grouped(visits.done), unit: "次", href: "#year-inspections",
          note: visits.done == 0 ? "还没有检查过" : "发现问题 \(visits.found) 次\(visits.unplanned > 0 ? "，临时 \(visits.unplanned) 次" : "")",
          tone: visits.missed > 0 ? .soon : .neutral))
    }
    tiles += [
      .init(
        "反复投诉", "\(year.patterns.count)", unit: "处", href: "/patterns?compound=\(compound)", note: "正在持续",
        tone: year.patterns.isEmpty ? .neutral : .soon),
      .init("整治方案", "\(year.plans.open)", unit: "个", href: "/plans", note: "进行中；这一年完成 \(year.plans.done) 个"),
    ]
    if year.firm.checked > 0 {
      tiles.append(
        .init(
          "物业履职", "\(year.firm.performed)/\(year.firm.checked)",
          href: DashboardWords.rows(.firmChecked, from: year.from, through: year.through, compound: compound),
          note: "核查过的诉件里物业已履职的"))
    }
    return UI.tiles(tiles)
  }
  /// What came when, and what was done about it, week by week.
  private var strip: HTML {
    let weeks = year.weeks
    var lanes: [Chart.Lane] = [
      .init("有效投诉", unit: "件", weeks.map(\.complaints)), .init("检查", unit: "次", weeks.map(\.inspections)),
    ]
    if year.cases != nil { lanes.append(.init("立案", unit: "件", weeks.map { $0.cases ?? 0 })) }
    lanes.append(.init("整治方案进行中", unit: "个", weeks.map(\.plans), isSpan: true))
    guard lanes.contains(where: { $0.values.contains { $0 > 0 } }) else { return .empty }
    // A week bears the name of the month that it ends in.
    let months = weeks.map { Month($0.from.adding(days: 6)) }
    let named = weeks.indices.map { index in
      let (from, month) = (weeks[index].from, months[index])
      let begins = index == 0 || months[index - 1] != month
      return Chart.Week(
        "\(from.year)年\(from.month)月\(from.dayOfMonth)日", month: begins ? "\(month.number)" : nil,
        year: begins && (month.number == 1 || index == 0 && month.number < 11) ? "\(month.year)年" : nil)
    }
    return Chart.strip("每周：投诉来了，做了什么", summary: finding(weeks), weeks: named, lanes)
  }
  private func finding(_ weeks: [CompoundYear.Week]) -> String {
    let (visits, busy) = (year.inspected, weeks.count { $0.complaints > 0 })
    var parts: [String] = []
    if let most = weeks.max(by: { ($0.complaints, $1.from) < ($1.complaints, $0.from) }), most.complaints > 0 {
      parts.append("\(weeks.count) 周里有 \(busy) 周来过投诉，最多的是\(most.from.chineseLong)起的一周，\(most.complaints) 件")
    } else {
      parts.append("\(weeks.count) 周里没有来过有效投诉")
    }
    parts.append(visits.done > 0 ? "检查 \(visits.done) 次，其中 \(visits.found) 次发现问题" : "没有检查过")
    return parts.joined(separator: "；") + "。"
  }
  private var heat: HTML {
    guard let first = year.items.first, year.complaints > 0 else { return "<p class=\"hint\">这 12 个月没有有效投诉。</p>" }
    let months = (year.from.count...year.through.count).map(Month.init(count:))
    let sum = first.months.reduce(0, +)
    let worst = months.indices.max { a, b in (total(a), -a) < (total(b), -b) } ?? 0
    let change = DashboardWords.change(year.complaints, year.before)
    let summary =
      "\(item(first.item))最多，\(sum) 件，占 \(DashboardWords.share(sum, of: year.complaints))；\(FigureQuery.chinese(months[worst]))最多，\(total(worst)) 件；比前 12 个月\(change)。"
    return Chart.heat(
      "每月有效投诉，按事项", summary: summary, corner: "事项",
      columns: months.map { $0.number == 1 || $0 == year.from ? "\($0.year % 100)年\($0.number)月" : "\($0.number)月" },
      year.items.map { line in
        (
          label: item(line.item), href: rows(.item, line.item, year.from, year.through), values: line.months,
          links: months.map { rows(.item, line.item, $0, $0) }
        )
      })
  }
  private func total(_ month: Int) -> Int { year.items.reduce(0) { $0 + $1.months[month] } }

  private var inspections: HTML {
    guard !year.inspections.isEmpty else { return .empty }
    let rows = year.inspections.prefix(24).map { one in
      let when = one.doneOn.map { "\($0.chineseLong)" } ?? "\(one.due.chineseLong)前"
      return UI.Row(
        GradeWords.address(inspection: one.no),
        ["\(when)", "\(one.kind.chinese)", GradeWords.tag(one, today: today), "\(one.doneBy ?? one.officerName ?? "未指定")"])
    }
    return """
      <div id="year-inspections">\(UI.details("这一年安排和记录的检查 \(year.inspections.count) 次", open: year.inspections.count <= 4, UI.table("这一年的检查", [.init("什么时候", .what), .init("种类", .meta), .init("结果", .status), .init("检查人", .meta)], Array(rows), dense: true)))</div>
      """
  }
  private var patterns: HTML {
    guard !year.patterns.isEmpty else { return .empty }
    return UI.table(
      "正在持续的反复投诉", [.init("反复投诉", .what), .init("状态", .status), .init("诉件", .figure)],
      year.patterns.prefix(5).map { pattern in
        UI.Row(
          PatternWords.address(pattern.id),
          [
            UI.lines("\(pattern.item.map(item) ?? "多个事项")", "\(pattern.kind.chinese)\(pattern.place.map { " · " + $0 } ?? "")"),
            PatternWords.tag(pattern),
            "\(pattern.reports)",
          ])
      }, dense: true, showCaption: true)
  }
}

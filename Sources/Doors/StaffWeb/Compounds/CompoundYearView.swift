import Figures
import Kernel
import Overview
import Patterns
import WebSupport

/// 这一年: twelve months of a compound at a glance, each number open to its rows.
struct CompoundYearView {
  let year: CompoundYear
  let compound: Int64
  let item: (String) -> String

  private func rows(_ facet: Facet?, _ key: String, _ from: Month, _ through: Month) -> String {
    DashboardWords.rows(.complaints, facet, key, from: from, through: through, compound: compound)
  }
  var html: HTML {
    UI.section(
      "这一年", id: "twelve-months", side: "\(FigureQuery.chinese(year.from))至\(FigureQuery.chinese(year.through))",
      "\(tiles)\(heat)\(patterns)")
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

import Cases
import Figures
import Kernel
import Matters
import People
import WebSupport

/// Words and addresses that dashboards and the year of a compound share.
enum DashboardWords {
  static func rows(_ count: Count, _ facet: Facet? = nil, _ key: String = "", from: Month, through: Month, compound: Int64? = nil) -> String
  {
    Address.of(
      "/figures/rows",
      [
        ("from", FigureQuery.text(from)), ("through", FigureQuery.text(through)), ("compound", compound.map { "\($0)" }),
        ("count", count.rawValue), ("facet", facet?.rawValue), ("key", facet == nil ? nil : key),
      ])
  }
  static func figures(_ month: Month, _ rest: String = "", _ more: [(String, String?)] = []) -> String {
    Address.of("/figures" + rest, [("from", FigureQuery.text(month)), ("through", FigureQuery.text(month))] + more)
  }

  static func tiles(_ standing: Standing, _ person: Person) -> [UI.Tile] {
    let own = person.role == .officer ? "&officer=\(person.id)" : ""
    func tile(_ name: String, _ group: MatterFilter.Group, _ tone: Tone = .neutral, note: String? = nil) -> UI.Tile {
      let count = standing[group]
      return UI.Tile(
        name, UI.grouped(count),
        href: "/matters?group=\(group.rawValue)&order=\([.overdue, .today, .open].contains(group) ? "due" : "newest")\(own)",
        note: note, tone: count > 0 ? tone : .neutral)
    }
    var tiles: [UI.Tile] = [
      tile("在办", .open), tile("今天到期", .today, .soon), tile("已超期", .overdue, .danger), tile("待审核答复", .review, .soon),
    ]
    // What is rarer is shown where there is any.
    let more: [(String, MatterFilter.Group, Tone)] =
      (person.role == .officer ? [] : [("待派单", .dispatch, .soon)]) + [
        ("待回访", .revisit, .neutral), ("挂账", .hung, .neutral), ("已移送", .transferred, .neutral),
      ]
    tiles += more.filter { standing[$0.1] > 0 }.map { tile($0.0, $0.1, $0.2) }
    return tiles
  }

  static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "0%" }
    return "\((part * 200 + whole) / (whole * 2))%"
  }
  /// One decimal, rounded half up.
  static func perThousand(_ count: Int, _ households: Int) -> String {
    guard households > 0 else { return "户数未登记" }
    let tenths = (count * 10_000 + households / 2) / households
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// "多 12 件（35%）"; of small numbers and of leaps no percent, which would say more than they do.
  static func change(_ now: Int, _ before: Int) -> String {
    let difference = now - before
    if difference == 0 { return "持平" }
    let percent =
      before >= 10 && now < before * 5 ? "（\((difference.magnitude * 200 + before.magnitude) / (before.magnitude * 2))%）" : ""
    return "\(difference > 0 ? "多" : "少") \(difference.magnitude) 件\(percent)"
  }
  /// - Parameter year: nil where nothing was recorded then.
  static func countRow(_ count: Count, _ now: Counts, _ before: Counts, _ year: Counts?, _ href: String) -> UI.Row {
    UI.Row(
      href,
      [
        "\(count.chinese)", "<b>\(UI.grouped(now[count]))</b>", "\(UI.grouped(before[count]))", "\(change(now[count], before[count]))",
        year.map { "\(UI.grouped($0[count]))" } ?? "—", year.map { "\(change(now[count], $0[count]))" } ?? "—",
      ])
  }
  /// Below this a difference of shares is mostly chance.
  static let few = 20
  /// The difference of two shares in points; the word says what it means, where more or less is better.
  static func points(_ now: FigureValue, _ before: FigureValue, _ moreIsBetter: Bool?) -> HTML {
    guard let value = now.value, let other = before.value else { return "—" }
    if min(now.denominator, before.denominator) < few { return "件数少，不比" }
    let difference = value - other
    if difference == 0 { return "持平" }
    let size = Int(difference.magnitude)
    let word = moreIsBetter.map { $0 == (difference > 0) ? "，好转" : "，变差" } ?? ""
    return "<span class=\"change\">\(difference > 0 ? "升" : "降") \(size / 100).\((size % 100).padded(2)) 个百分点\(word)</span>"
  }

  /// What is to be seen in thirteen months, with whole months only.
  static func course(_ course: [(month: Month, value: Int, yearBefore: Int)], now: Day) -> String {
    let whole = course.filter { $0.month < Month(now) }
    guard let last = whole.last, whole.contains(where: { $0.value > 0 }) else { return "还没有满一个月的数。" }
    let most = whole.max { ($0.value, -$0.month.count) < ($1.value, -$1.month.count) } ?? last
    var out = "\(FigureQuery.chinese(most.month))最多，\(UI.grouped(most.value)) 件。"
    out += "最近一个整月（\(FigureQuery.chinese(last.month))）\(UI.grouped(last.value)) 件"
    if whole.count > 1 { out += "，比上月\(change(last.value, whole[whole.count - 2].value))" }
    let hasYear = whole.contains { $0.yearBefore > 0 }
    out += hasYear ? "，比去年同月\(change(last.value, last.yearBefore))。" : "；去年同期没有记录，不能比。"
    return out
  }

  static func cases(_ cases: (states: [(state: CaseState, count: Int)], overdue: Int), group: String) -> HTML {
    let shown = cases.states.filter { $0.count > 0 }
    let sum = shown.reduce(0) { $0 + $1.count }
    guard sum > 0 else { return "<p class=\"hint\">没有在办案件。</p>" }
    let late = cases.overdue > 0 ? "其中超期 \(cases.overdue) 件。" : "没有超期的。"
    return Chart.bars(
      "在办案件 \(UI.grouped(sum)) 件，各在哪一步", summary: late, unit: "件", keys: ["案件"],
      shown.map { Chart.Bar($0.state.chinese, [$0.count], href: "/cases?group=\(group)&state=\($0.state.rawValue)") })
      + (cases.overdue > 0 ? "<p>\(UI.link("超期案件 \(cases.overdue) 件", "/cases?group=overdue"))</p>" : .empty)
  }
}

import CityLists
import Figures
import Intake
import Kernel
import Matters
import WebSupport

enum FigureView {
  /// What stands beside every office, item and compound.
  static let columns: [(name: String, figure: String?)] = [
    ("有效投诉", nil), ("先行联系", "first-contact"), ("按时答复", "on-time"), ("实际解决", "solved"), ("满意", "satisfied"),
  ]
  static func cells(_ counts: Counts, _ book: FigureBook) -> [HTML] {
    columns.map { column in
      guard let id = column.figure else { return "\(UI.grouped(counts[.complaints]))" }
      return "\(book[id]?.value(counts, population: nil).text ?? "—")"
    }
  }

  static func row(_ figure: Figure, _ now: Counts, before: Counts, year: Counts, population: Population?, query: FigureQuery) -> UI.Row {
    let value = figure.value(now, population: population?.people)
    let parts: HTML =
      figure.denominator == .population && population == nil
      ? "没有导入人口，不计算" : "\(hundredths(value.numerator)) ÷ \(UI.grouped(value.denominator))"
    return UI.Row(
      query.address("/figures/\(figure.id)"),
      [
        UI.lines("\(figure.name)", "\(figure.formula)"), "<b>\(value.text ?? "—")</b>", parts,
        "\(figure.value(before, population: population?.people).text ?? "—")",
        "\(figure.value(year, population: population?.people).text ?? "—")",
      ])
  }
  /// 15 for 1500, 12.8 for 1280.
  static func hundredths(_ value: Int) -> String {
    let (whole, rest) = (value / 100, value % 100)
    if rest == 0 { return UI.grouped(whole) }
    return rest % 10 == 0 ? "\(UI.grouped(whole)).\(rest / 10)" : "\(UI.grouped(whole)).\(rest.padded(2))"
  }
  static func trend(_ course: [(month: Month, counts: Counts)]) -> String {
    guard let most = course.max(by: { $0.counts[.complaints] < $1.counts[.complaints] }), most.counts[.complaints] > 0 else {
      return "没有有效投诉"
    }
    return "\(FigureQuery.chinese(most.month))最多，\(most.counts[.complaints]) 件"
  }

  static func row(_ row: TallyRow, _ item: (String) -> String) -> UI.Row {
    let result: String =
      switch (row.outcome, row.solved) {
      case _ where row.city.contains(.unsolved): "市局通报没有解决"
      case (nil, _): "尚未答复"
      case (_, false?): "回访说没有解决"
      case (.solved?, _): "实际解决"
      case (.explained?, _): "解释说明"
      }
    let due: HTML =
      switch row.due {
      case .open: UI.tag("未到期", .neutral)
      case .met: UI.tag("按时", .good, icon: .check)
      case .late: UI.tag("超期答复", .soon, icon: .warning)
      case .overdue: UI.tag("到期未答复", .danger, icon: .warning)
      }
    return UI.Row(
      MatterWords.address(row.matterNo),
      [
        UI.lines("\(item(row.item ?? ""))", "\(row.reportNo)"), "\(row.channel.chinese)",
        row.city.isEmpty
          ? "\(result)\(row.judgement.map { "，" + $0.chinese } ?? "")"
          : UI.lines(
            "\(result)\(row.judgement.map { "，" + $0.chinese } ?? "")",
            "列入市级通报，\(CityEntry.Kind.allCases.filter { row.city.contains($0) }.map(\.effect).joined(separator: "、"))"),
        due,
      ])
  }

  static func card(_ card: ScoreCard, _ counts: Counts, _ book: FigureBook) -> HTML {
    let lines = card.points(counts, of: book)
    let reckoned = lines.filter { $0.points != nil }
    let sum = reckoned.reduce(0) { $0 + ($1.points ?? 0) }
    let whole = reckoned.reduce(0) { $0 + $1.line.points }
    let rows = lines.map { one in
      UI.Row(
        nil,
        [
          "\(one.line.inverted ? "1 − " : "")\(one.figure.name)", "\(one.value.text ?? "没有可计算的件数")", "\(one.line.points)",
          "\(one.points.map { hundredths($0) } ?? "—")",
        ])
    }
    let left = lines.count - reckoned.count
    let missing = left > 0 ? "有 \(left) 项没有可计算的件数，不得分，也不计入满分。" : ""
    return UI.section(
      card.name, side: "<b>\(hundredths(sum))</b> / \(whole) 分",
      UI.table(card.name, [.init("指标", .what), .init("数值", .figure), .init("满分", .figure), .init("得分", .figure)], rows)
        + "<p class=\"hint\">依据：\(card.basis)。\(card.note.map { $0 + "。" } ?? "")\(missing)</p>")
  }
}

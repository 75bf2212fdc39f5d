extension Gallery {
  static func charts(_ base: Page) -> HTML {
    var page = base
    page.title = "图表"
    page.charts = true
    let values = [31, 28, 44, 52, 61, 58, 49, 47, 39, 42, 36, 33, 12]
    let points = values.enumerated().map { index, value in
      Chart.Point(
        "\((index + 8) % 12 + 1)月", group: index == 0 ? "2025年" : index == 4 ? "2026年" : nil, value, href: "/figures/rows",
        others: [value - 5 + index % 3 * 4, index == 5 ? nil : value + 3], partial: index == 12)
    }
    page.main = """
      \(UI.heading("图表"))
      \(UI.section("走势", Chart.trend("每月有效投诉", summary: "2026年1月最多，61 件。", unit: "件", series: "当月", comparisons: ["去年同月", "前一期"], points)))
      \(UI.section("没有数", Chart.trend("每月有效投诉", summary: "还没有满一个月的数。", unit: "件", series: "当月", [])))
      \(UI.section("构成", Chart.bars("事项和结果", summary: "违法搭建最多，34 件。", unit: "件", keys: ["实际解决", "解释说明", "还没有结果"], [
        .init("违法搭建", [20, 8, 6], href: "/figures/rows", note: "上月 30"), .init("<占绿毁绿>", [3, 0, 1]), .init("养宠", [0, 0, 0]),
      ])))
      \(UI.section("每周", Chart.strip("每周：投诉来了，做了什么", summary: "53 周里有 31 周来过投诉；检查 4 次。", weeks: (0..<53).map { .init("第 \($0 + 1) 周", month: $0 % 9 == 4 ? "\($0 / 4)" : nil, year: $0 == 4 ? "2026年" : nil) }, [
        .init("有效投诉", unit: "件", (0..<53).map { $0 % 7 == 3 ? 0 : ($0 * 5) % 9 }), .init("检查", unit: "次", (0..<53).map { $0 % 13 == 6 ? 1 : 0 }),
        .init("立案", unit: "件", Array(repeating: 0, count: 53)), .init("整治方案进行中", unit: "个", (0..<53).map { (20..<34).contains($0) ? 1 : 0 }, isSpan: true),
      ])))
      \(UI.section("这一年", Chart.heat("每月有效投诉，按事项", summary: "违法搭建最多。", corner: "事项", columns: ["1月", "2月", "3月"], [
        (label: "违法搭建", href: "/figures/rows", values: [1, 9, 0], links: ["/figures/rows", nil, nil]), (label: "养宠", href: nil, values: [2, 3, 4], links: []),
      ])))
      """
    return page.render()
  }
}

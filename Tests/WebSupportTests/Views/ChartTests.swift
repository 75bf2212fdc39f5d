import Testing

@testable import WebSupport

/// A chart without its picture says the same: in a sentence, and in a table with every number.
struct ChartTests {
  @Test func everyNumberStandsInTheTable() {
    let points = [
      Chart.Point("1月", group: "2026年", 1234, href: "/rows?month=1", others: [77, nil]),
      Chart.Point("2月", 5, others: [nil, 6], partial: true),
    ]
    let html = Chart.trend("每月", summary: "1月最多。", unit: "件", series: "当月", comparisons: ["去年同月", "上期"], points)
    let table = html.string.components("<table").last ?? ""
    for text in ["1,234", "77", "—", "6", "2026年1月", "2026年2月（未满）", "href=\"/rows?month=1\""] { #expect(table.contains(text), "\(text)") }
    #expect(html.string.contains("aria-label=\"每月。1月最多。\"") && html.string.contains("role=\"img\""))
    let bars = Chart.bars("构成", summary: "", unit: "件", keys: ["解决", "解释"], [.init("违建", [3, 4], href: "/x")]).string
    #expect(bars.contains("data-title=\"解决\">3<") && bars.contains("data-title=\"解释\">4<") && bars.contains("data-title=\"合计（件）\">7<"))
    let heat = Chart.heat("热", summary: "", corner: "", columns: ["1月"], [("违建", nil, [0], []), ("养宠", nil, [7], ["/y"])]).string
    #expect(heat.contains("aria-label=\"0\"") && heat.contains("<a href=\"/y\">7</a>") && heat.contains("class=\"h5\""))
  }

  @Test func aWeekOfAStripStandsInTheTableAndNothingNeedsColour() {
    let weeks = ["3月2日", "3月9日", "3月16日"].map { Chart.Week($0, month: $0 == "3月9日" ? "3" : nil) }
    let lanes = [
      Chart.Lane("有效投诉", unit: "件", [0, 1234, 0]), Chart.Lane("检查", unit: "次", [1, 0, 0]),
      Chart.Lane("整治<方案>", unit: "个", [1, 1, 0], isSpan: true),
    ]
    let html = Chart.strip("每周", summary: "一句话。", weeks: weeks, lanes).string
    let table = html.components("<table").last ?? ""
    for text in ["有效投诉（件）", "1,234", "3月2日起", "3月9日起", "整治&lt;方案&gt;"] { #expect(table.contains(text), "\(text)") }
    #expect(!table.contains("3月16日起") && html.contains("没有列出的周，各项都没有"), "an empty week needs no line")
    // Every lane has its name in the picture, whatever its colour; a band has no sum.
    for text in [">有效投诉</text>", ">检查</text>", ">共 1,234 件</text>", ">共 1 次</text>"] { #expect(html.contains(text), "\(text)") }
    #expect(html.components("<rect").count - 1 == 4 && html.contains("aria-label=\"每周。一句话。\""))
    let none = Chart.strip("每周", summary: "没有。", weeks: weeks, [Chart.Lane("有效投诉", unit: "件", [0, 0, 0])]).string
    #expect(!none.contains("<svg") && !Chart.strip("每周", summary: "", weeks: [], lanes).string.contains("<svg"))
  }

  @Test func partsDifferWithoutColour() {
    #expect(Set(Chart.Fill.allCases.map(\.attribute.string)).count == Chart.Fill.allCases.count)
    for fill in [Chart.Fill.hatched, .dotted] {
      let name = fill.attribute.string.components("url(#").last?.split(separator: ")").first.map(String.init) ?? ""
      #expect(Chart.patterns.string.contains("id=\"\(name)\""))
    }
  }

  @Test(arguments: [
    (0, [0]), (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (7, [0, 2, 4, 6]), (61, [0, 20, 40, 60]), (12_345, [0, 5000, 10_000]),
  ])
  func axesBeginAtZeroInRoundSteps(_ most: Int, _ ticks: [Int]) { #expect(Chart.ticks(most) == ticks) }

  @Test func nothingIsNeverDrawnAsANumber() {
    #expect(Chart.percent(.nan) == "0%" && Chart.percent(12.346) == "12.35%" && Chart.percent(7) == "7%" && Chart.percent(0.05) == "0.05%")
    let none = Chart.trend("每月", summary: "没有。", unit: "件", series: "当月", [Chart.Point("1月", 0)]).string
    #expect(!none.contains("<svg") && !none.lowercased().contains("nan"))
  }
}

extension Chart {
  /// One week of a strip.
  public struct Week: Sendable {
    /// "3月2日"
    public let label: String
    /// Under the strip, where a month begins: "3".
    public let month: String?
    /// Under the month, where a year begins: "2026年".
    public let year: String?
    public init(_ label: String, month: String? = nil, year: String? = nil) {
      self.label = label
      self.month = month
      self.year = year
    }
  }
  /// One kind of thing through the weeks.
  public struct Lane: Sendable {
    public let label: String
    public let unit: String
    /// As many as there are weeks.
    public let values: [Int]
    /// How long something goes on rather than how often something happens: drawn as a band, without a sum.
    public let isSpan: Bool
    public init(_ label: String, unit: String, _ values: [Int], isSpan: Bool = false) {
      self.label = label
      self.unit = unit
      self.values = values
      self.isSpan = isSpan
    }
    var sum: Int { values.reduce(0, +) }
    var most: Int { values.max() ?? 0 }
  }

  /// A calendar of weeks in lanes that share it: what happened when, and what came after what. How much is told by the height, which lane by its
  /// name, so that nothing depends on colour.
  public static func strip(_ title: String, summary: String, weeks: [Week], _ lanes: [Lane]) -> HTML {
    guard !weeks.isEmpty, lanes.contains(where: { $0.most > 0 }) else {
      return "<figure class=\"chart strip-chart\"><figcaption><b>\(title)</b><span>\(summary)</span></figcaption></figure>"
    }
    let slot = 100 / Double(weeks.count)
    func x(_ index: Int, _ part: Double = 0) -> HTML { HTML(text: percent((Double(index) + part) * slot)) }
    var (picture, top) = (HTML(), 0)
    for lane in lanes {
      // Many of a kind need height to be told apart; a mark or a band does not.
      let (head, height) = (18, lane.isSpan ? 8 : lane.most > 2 ? 44 : 18)
      let base = top + head + height
      picture += "<text class=\"c-lane\" x=\"0\" y=\"\(top + 12)\">\(lane.label)</text>"
      let sum = lane.isSpan ? (lane.most > 0 ? "" : "没有") : lane.sum > 0 ? "共 \(UI.grouped(lane.sum)) \(lane.unit)" : "没有"
      picture += "<text class=\"c-label\" x=\"100%\" y=\"\(top + 12)\" text-anchor=\"end\">\(sum)</text>"
      picture += "<line class=\"c-grid\" x1=\"0\" x2=\"100%\" y1=\"\(base)\" y2=\"\(base)\"/>"
      for (index, value) in lane.values.prefix(weeks.count).enumerated() where value > 0 {
        let tall = lane.isSpan ? height : max(4, value * height / lane.most)
        let (from, width) = lane.isSpan ? (0.0, slot) : (0.1, slot * 0.8)
        picture += """
          <rect\(Fill.solid.attribute) x="\(x(index, from))" width="\(percent(width))" y="\(base - tall)" height="\(tall)"><title>\(weeks[index].label)起一周：\(lane.label) \(UI.grouped(value)) \(lane.unit)</title></rect>
          """
      }
      if !lane.isSpan, lane.most > 1, let peak = lane.values.firstIndex(of: lane.most), peak < weeks.count {
        let anchor = peak < 2 ? "start" : peak > weeks.count - 3 ? "end" : "middle"
        picture +=
          "<text class=\"c-value\" x=\"\(x(peak, 0.5))\" y=\"\(base - height - 2)\" text-anchor=\"\(anchor)\">\(UI.grouped(lane.most))</text>"
      }
      top = base + 8
    }
    for (index, week) in weeks.enumerated() {
      guard let month = week.month else { continue }
      picture += "<line class=\"c-grid\" x1=\"\(x(index))\" x2=\"\(x(index))\" y1=\"\(top - 4)\" y2=\"\(top + 2)\"/>"
      // The last weeks leave no room for a name on a phone.
      if index < weeks.count - 2 { picture += "<text class=\"c-label\" x=\"\(x(index))\" y=\"\(top + 14)\">\(month)</text>" }
      if let year = week.year { picture += "<text class=\"c-label\" x=\"\(x(index))\" y=\"\(top + 30)\">\(year)</text>" }
    }
    let columns = [UI.Column("一周", .what)] + lanes.map { UI.Column($0.isSpan ? $0.label : "\($0.label)（\($0.unit)）", .figure) }
    let rows = weeks.indices.filter { index in lanes.contains { index < $0.values.count && $0.values[index] > 0 } }.map { index in
      UI.Row(
        nil,
        ["\(weeks[index].label)起"] + lanes.map { index < $0.values.count && $0.values[index] > 0 ? "\(UI.grouped($0.values[index]))" : "—" }
      )
    }
    let total = UI.Row(nil, ["合计"] + lanes.map { $0.isSpan ? "—" : "\(UI.grouped($0.sum))" })
    return figure(
      title, summary, kind: "strip-chart",
      "<svg class=\"plot\" width=\"100%\" height=\"\(top + 36)\" role=\"img\" aria-label=\"\(title)。\(summary)\">\(picture)</svg>",
      table: UI.table(title, columns, rows + [total], dense: true) + "<p class=\"hint\">没有列出的周，各项都没有。</p>")
  }
}

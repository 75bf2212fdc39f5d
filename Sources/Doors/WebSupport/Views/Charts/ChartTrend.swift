extension Chart {
  /// One place on the axis of time.
  public struct Point: Sendable {
    /// "11月"
    public let label: String
    /// Under the label where it changes: "2026年".
    public let group: String?
    public let value: Int
    /// What the value opens to.
    public let href: String?
    /// Of each comparison; nil where nothing is known.
    public let others: [Int?]
    /// The time is not over yet.
    public let partial: Bool
    public init(_ label: String, group: String? = nil, _ value: Int, href: String? = nil, others: [Int?] = [], partial: Bool = false) {
      self.label = label
      self.group = group
      self.value = value
      self.href = href
      self.others = others
      self.partial = partial
    }
  }

  /// Columns over time, with other times as lines above them: the same period of the year before, the period before.
  /// - Parameters:
  ///   - series: what the columns are: "本年".
  ///   - comparisons: what the lines are, two at most.
  public static func trend(
    _ title: String, summary: String, unit: String, series: String, comparisons: [String] = [], _ points: [Point], note: HTML? = nil
  ) -> HTML {
    let comparisons = Array(comparisons.prefix(2))
    let whole = points.flatMap { [$0.value] + $0.others.compactMap(\.self) }.max() ?? 0
    guard !points.isEmpty, whole > 0 else {
      return "<figure class=\"chart trend\"><figcaption><b>\(title)</b><span>\(summary)</span></figcaption></figure>"
    }
    let (height, top, base) = (230, 26, 188)
    let slot = 100 / Double(points.count)
    func x(_ index: Int, _ part: Double) -> HTML { HTML(text: percent((Double(index) + part) * slot)) }
    func y(_ value: Int) -> Int { base - value * (base - top) / whole }
    // Numbers stand on the columns while there is room for them on a phone; otherwise the highest and the last have theirs.
    let isRoomy = points.count <= 13 && whole < 1000
    // "11月12月" would run together on a phone: of many months only the numbers.
    func short(_ label: String) -> String { points.count > 10 && label.hasSuffix("月") ? String(label.dropLast()) : label }
    let peak = points.indices.max { (points[$0].value, -$0) < (points[$1].value, -$1) }
    var picture = HTML()
    for tick in ticks(whole) {
      picture += "<line class=\"c-grid\" x1=\"0\" x2=\"100%\" y1=\"\(y(tick))\" y2=\"\(y(tick))\"/>"
      if tick > 0 { picture += "<text class=\"c-tick\" x=\"0\" y=\"\(y(tick) - 3)\">\(UI.grouped(tick))</text>" }
    }
    for (index, point) in points.enumerated() {
      let fill: Fill = point.partial ? .hatched : .solid
      let others = zip(comparisons, point.others).compactMap { name, value in value.map { "，\(name) \(UI.grouped($0)) \(unit)" } }.joined()
      let group = point.group.map { $0 } ?? ""
      picture += """
        <rect\(fill.attribute) x="\(x(index, 0.2))" width="\(percent(slot * 0.6))" y="\(y(point.value))" height="\(base - y(point.value))"><title>\(group)\(point.label)：\(UI.grouped(point.value)) \(unit)\(others)\(point.partial ? "（未满）" : "")</title></rect>
        """
      if isRoomy || index == peak || index == points.count - 1 {
        picture +=
          "<text class=\"c-value\" x=\"\(x(index, 0.5))\" y=\"\(y(point.value) - 5)\" text-anchor=\"middle\">\(UI.grouped(point.value))</text>"
      }
      picture += "<text class=\"c-label\" x=\"\(x(index, 0.5))\" y=\"\(base + 17)\" text-anchor=\"middle\">\(short(point.label))</text>"
      if let group = point.group {
        picture +=
          index == 0
          ? "<text class=\"c-label\" x=\"0\" y=\"\(base + 34)\">\(group)</text>"
          : "<text class=\"c-label\" x=\"\(x(index, 0.5))\" y=\"\(base + 34)\" text-anchor=\"middle\">\(group)</text>"
      }
    }
    for number in comparisons.indices {
      var last: Int?
      for (index, point) in points.enumerated() {
        guard number < point.others.count, let value = point.others[number] else {
          last = nil
          continue
        }
        if let before = last {
          picture +=
            "<line class=\"c-line\(number)\" x1=\"\(x(index - 1, 0.5))\" y1=\"\(y(before))\" x2=\"\(x(index, 0.5))\" y2=\"\(y(value))\"/>"
        }
        last = value
      }
      for (index, point) in points.enumerated() where number < point.others.count {
        guard let value = point.others[number] else { continue }
        picture +=
          number == 0
          ? "<circle class=\"c-knot0\" cx=\"\(x(index, 0.5))\" cy=\"\(y(value))\" r=\"3.5\"/>"
          : "<circle class=\"c-knot1\" cx=\"\(x(index, 0.5))\" cy=\"\(y(value))\" r=\"3\"/>"
      }
    }
    var entries: [(HTML, String)] = [("<rect\(Fill.solid.attribute) width=\"28\" height=\"14\"/>", series)]
    if points.contains(where: \.partial) {
      entries.append(("<rect\(Fill.hatched.attribute) x=\"1\" y=\"1\" width=\"26\" height=\"12\"/>", "未满"))
    }
    for (number, name) in comparisons.enumerated() {
      let knot: HTML =
        number == 0 ? "<circle class=\"c-knot0\" cx=\"14\" cy=\"7\" r=\"3.5\"/>" : "<circle class=\"c-knot1\" cx=\"14\" cy=\"7\" r=\"3\"/>"
      entries.append(("<line class=\"c-line\(number)\" x1=\"0\" x2=\"28\" y1=\"7\" y2=\"7\"/>" + knot, name))
    }
    let columns =
      [UI.Column("时间", .what), UI.Column("\(series)（\(unit)）", .figure)] + comparisons.map { UI.Column("\($0)（\(unit)）", .figure) }
    var group = ""
    let rows = points.map { point in
      group = point.group ?? group
      return UI.Row(
        point.href,
        ["\(group)\(point.label)\(point.partial ? "（未满）" : "")", "\(UI.grouped(point.value))"]
          + comparisons.indices.map { number in
            (number < point.others.count ? point.others[number] : nil).map { "\(UI.grouped($0))" } ?? "—"
          })
    }
    return figure(
      title, summary, kind: "trend", legend: legend(entries),
      "<svg class=\"plot\" width=\"100%\" height=\"\(height)\" role=\"img\" aria-label=\"\(title)。\(summary)\">\(picture)</svg>\(note.map { "<p class=\"hint\">\($0)</p>" as HTML })",
      table: UI.table(title, columns, rows, dense: true))
  }
}

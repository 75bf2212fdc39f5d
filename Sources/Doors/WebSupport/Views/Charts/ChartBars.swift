extension Chart {
  /// A bar made of parts that add up.
  public struct Bar: Sendable {
    public let label: String
    public let href: String?
    /// As many as there are keys.
    public let parts: [Int]
    /// Beside the sum: what it was before.
    public let note: String?
    public init(_ label: String, _ parts: [Int], href: String? = nil, note: String? = nil) {
      self.label = label
      self.parts = parts
      self.href = href
      self.note = note
    }
    public var sum: Int { parts.reduce(0, +) }
  }

  /// Bars from zero, all by one measure, each of up to four parts.
  public static func bars(_ title: String, summary: String, unit: String, keys: [String], _ bars: [Bar], noteTitle: String = "上期") -> HTML {
    let most = max(1, bars.map(\.sum).max() ?? 1)
    let fills = Fill.allCases
    let rows = bars.map { bar -> HTML in
      var at = 0.0
      var pieces = HTML()
      for (part, fill) in zip(bar.parts, fills) where part > 0 {
        // Something that is not nothing leaves a trace.
        let width = max(0.8, Double(part) * 100 / Double(most))
        pieces += "<rect\(fill.attribute) x=\"\(percent(at))\" y=\"1\" width=\"\(percent(min(width, 100 - at)))\" height=\"16\"/>"
        at = min(100, at + width)
      }
      let said = zip(keys, bar.parts).map { "\($0) \($1)" }.joined(separator: "，")
      return """
        <li><span class="name">\(bar.href.map { UI.link(bar.label, $0) } ?? HTML(text: bar.label))</span><svg width="100%" height="18" aria-hidden="true"><title>\(said)</title>\(pieces)</svg><span class="num">\(UI.grouped(bar.sum)) \(unit)\(bar.note.map { "<small>\($0)</small>" as HTML })</span></li>
        """
    }
    let shown =
      keys.count > 1
      ? legend(zip(keys, fills).map { key, fill in ("<rect\(fill.attribute) x=\"1\" y=\"1\" width=\"26\" height=\"12\"/>", key) }) : .empty
    let hasNotes = bars.contains { $0.note != nil }
    let columns =
      [UI.Column("名称", .what)] + (keys.count > 1 ? keys.map { UI.Column($0, .figure) } : []) + [UI.Column("合计（\(unit)）", .figure)]
      + (hasNotes ? [UI.Column(noteTitle, .meta)] : [])
    let table = bars.map { bar in
      UI.Row(
        bar.href,
        ["\(bar.label)"] + (keys.count > 1 ? bar.parts.map { "\(UI.grouped($0))" } : []) + ["\(UI.grouped(bar.sum))"]
          + (hasNotes ? ["\(bar.note ?? "—")"] : []))
    }
    return figure(
      title, summary, kind: "bars-chart", legend: shown, "<ul class=\"chart-bars\">\(rows)</ul>",
      table: UI.table(title, columns, table, dense: true))
  }

  /// A table whose cells are the darker the more they count; the number stands in each, so nothing is told by the shade alone.
  /// - Parameter rows: as many values as there are columns.
  public static func heat(
    _ title: String, summary: String, corner: String, columns: [String],
    _ rows: [(label: String, href: String?, values: [Int], links: [String?])]
  ) -> HTML {
    let most = max(1, rows.flatMap(\.values).max() ?? 1)
    func shade(_ value: Int) -> Int { value == 0 ? 0 : min(5, 1 + (value * 5 - 1) / (most + 1)) }
    func cell(_ value: Int, _ href: String?) -> HTML {
      if value == 0 { return "<td class=\"h0\"><span aria-label=\"0\">·</span></td>" }
      let text: HTML = "\(UI.grouped(value))"
      return "<td class=\"h\(shade(value))\">\(href.map { "<a\(attr("href", url: $0))>\(text)</a>" as HTML } ?? text)</td>"
    }
    let sums = columns.indices.map { column in rows.reduce(0) { $0 + ($1.values.count > column ? $1.values[column] : 0) } }
    return """
      <figure class="chart heat"><figcaption><b>\(title)</b><span>\(summary)</span></figcaption>
      <div class="heat-scroll" tabindex="0" role="region" aria-label="\(title)"><table><caption class="hidden">\(title)</caption><thead><tr><th scope="col">\(corner)</th>\(each: columns, { "<th scope=\"col\">\($0)</th>" })<th scope="col">合计</th></tr></thead><tbody>
      \(each: rows, { row in
        "<tr><th scope=\"row\">\(row.href.map { UI.link(row.label, $0) } ?? HTML(text: row.label))</th>\(each: row.values.indices, { cell(row.values[$0], $0 < row.links.count ? row.links[$0] : nil) })<td class=\"sum\">\(UI.grouped(row.values.reduce(0, +)))</td></tr>\n"
      })</tbody><tfoot><tr><th scope="row">合计</th>\(each: sums, { "<td class=\"sum\">\(UI.grouped($0))</td>" })<td class="sum">\(UI.grouped(sums.reduce(0, +)))</td></tr></tfoot></table></div></figure>
      """
  }
}

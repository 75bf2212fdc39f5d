/// Charts drawn by the server: SVG that needs no script, whose sizes are percents of its place and whose letters are never scaled, so that it
/// reads on a phone, on a desk and on paper. Each has a title that says what it shows, a sentence that says what is to be seen, and the table
/// behind it one tap away. What is told by colour is told by a pattern, a dash or a number as well.
///
/// A page with charts says so: `page.charts = true` brings their style sheet and patterns.
public enum Chart {
  /// How an area is filled. In this order each differs from the next without colour.
  public enum Fill: String, Sendable, CaseIterable {
    case solid, hatched, dotted, blank
    /// `fill` as an attribute: the policy of the page allows no style, and a style sheet may not name what is on the page.
    var attribute: HTML {
      switch self {
      case .solid: " class=\"c-solid\""
      case .hatched: " class=\"c-edge\" fill=\"url(#chart-hatched)\""
      case .dotted: " class=\"c-edge\" fill=\"url(#chart-dotted)\""
      case .blank: " class=\"c-edge c-blank\""
      }
    }
  }

  /// What the fills refer to; once on a page.
  static let patterns: HTML = """
    <svg class="chart-patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
    <pattern id="chart-hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="c-ground"/><rect width="2.5" height="6" class="c-mark"/></pattern>
    <pattern id="chart-dotted" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="c-ground"/><circle cx="3" cy="3" r="1.3" class="c-mark"/></pattern>
    </defs></svg>
    """

  /// The frame of every chart.
  /// - Parameter picture: hidden from whoever listens; they have the sentence and the table.
  static func figure(_ title: String, _ summary: String, kind: StaticString, legend: HTML = .empty, _ picture: HTML, table: HTML) -> HTML {
    """
    <figure class="chart \(HTML.raw(kind.description))"><figcaption><b>\(title)</b><span>\(summary)</span></figcaption>\(legend)\(picture)
    \(UI.details("数据表", table))</figure>
    """
  }

  static func legend(_ entries: [(HTML, String)]) -> HTML {
    "<ul class=\"chart-legend\" aria-hidden=\"true\">\(each: entries, { "<li><svg width=\"28\" height=\"14\">\($0.0)</svg>\($0.1)</li>" })</ul>"
  }

  /// "12.34%"
  static func percent(_ part: Double) -> String {
    guard part.isFinite else { return "0%" }
    let hundredths = Int((part * 100).rounded())
    let rest = hundredths.magnitude % 100
    return "\(hundredths < 0 ? "-" : "")\(hundredths.magnitude / 100)\(rest == 0 ? "" : "." + (rest < 10 ? "0" : "") + String(rest))%"
  }

  /// Round steps of an axis from zero: at most five lines.
  static func ticks(_ most: Int) -> [Int] {
    guard most > 0 else { return [0] }
    var step = 1
    while most / step > 4 {
      let digits = String(step).first
      step = digits == "2" ? step / 2 * 5 : step * 2
    }
    return Array(stride(from: 0, through: most, by: step))
  }
}

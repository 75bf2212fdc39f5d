import Kernel
import Testing
import WebSupport

/// Whatever a person types, it stays text.
struct EscapingTests {
  static let hostile: [String] = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</textarea><script>", "<!--", "]]>",
    "&lt;already&gt;",
    "a&b<c>d\"e'f", "<svg/onload=alert(1)>", "{{7*7}}", "`${1}`", "\u{0}<b>", "<\u{0}script>", "王<b>某</b>", "😀<&>😀", "\u{202E}<b>",
    String(repeating: "<", count: 300), "", "没有特殊字符的一句话。", "Ünïcödé & 12號",
  ]

  @Test(arguments: hostile)
  func textCannotBecomeMarkup(_ text: String) {
    let out = ("<p title=\"\(text)\">\(text)</p>" as HTML).string
    let inside = out.dropFirst("<p title=\"".count).dropLast("</p>".count)
    let parts = inside.split(separator: "\">", maxSplits: 1, omittingEmptySubsequences: false)
    #expect(parts.count == 2 && parts[0] == parts[1])
    #expect(!parts[0].contains { "<>\"'".contains($0) })
  }

  @Test(arguments: hostile)
  func readersGetTheTextBack(_ text: String) {
    let controls = Set("\u{0}".unicodeScalars)
    let expected = String(String.UnicodeScalarView(text.unicodeScalars.map { controls.contains($0) ? "\u{FFFD}" : $0 }))
    #expect(unescape(HTML(text: text).string) == expected)
  }

  @Test func valuesKeepTheirKind() {
    let markup: HTML = "<b>办结</b>"
    let nothing: String? = nil
    let noMarkup: HTML? = nil
    let out: HTML = "\(markup)|\(noMarkup)|\(nothing)|\(12)|\(Int64(-3))|\([markup, markup])|\(Identifier<Int>(77))|\("<")"
    #expect(out.string == "<b>办结</b>||||".dropLast(1) + "12|-3|<b>办结</b><b>办结</b>|77|&lt;")
  }

  @Test func conditionsAndLoops() {
    let rows = ["甲", "<乙>"]
    let out: HTML = "\(if: rows.isEmpty, "<p>空</p>")<ul>\(each: rows, { "<li>\($0)</li>" })</ul>"
    #expect(out.string == "<ul><li>甲</li><li>&lt;乙&gt;</li></ul>")
    #expect(HTML.join(["a", "b"], "、").string == "a、b")
  }

  /// A ternary of two literals is a String: it shows as text rather than slipping through.
  @Test(arguments: [true, false]) func ternariesOfLiteralsAreText(_ on: Bool) {
    let out: HTML = "\(on ? "<b>" : "")"
    #expect(out.string == (on ? "&lt;b&gt;" : ""))
  }

  private func unescape(_ markup: String) -> String {
    var text = markup
    for (entity, plain) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
      text = text.split(separator: entity, omittingEmptySubsequences: false).joined(separator: plain)
    }
    return text
  }
}

/// A reader of our own pages: enough of HTML to check what we write, and strict where browsers are lenient.
struct MarkupReader {
  struct Tag {
    let name: String
    let attributes: [(name: String, value: String)]
    func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
  }
  private(set) var tags: [Tag] = []
  private(set) var faults: [String] = []
  private static let void: Set<String> = ["meta", "link", "input", "img", "br", "hr", "use", "path", "option", "!doctype"]

  init(_ page: String) {
    var open: [String] = []
    var rest = Substring(page)
    while let start = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: start)...]
      let text = Self.tagText(&rest)
      if text.hasPrefix("/") {
        let name = String(text.dropFirst())
        if name == "option" { continue }
        if open.popLast() != name { faults.append("</\(name)> closes something else") }
        continue
      }
      let tag = Self.parse(text, &faults)
      tags.append(tag)
      // An option in a datalist may stay open, one in a select is closed; neither holds anything but text.
      if !Self.void.contains(tag.name) && !text.hasSuffix("/") { open.append(tag.name) }
    }
    if !open.isEmpty { faults.append("left open: \(open)") }
  }

  /// Up to the `>` that stands outside quotes.
  private static func tagText(_ rest: inout Substring) -> String {
    var text = ""
    var quoted = false
    while let c = rest.popFirst() {
      if c == ">" && !quoted { break }
      if c == "\"" { quoted.toggle() }
      text.append(c)
    }
    return text
  }

  private static func parse(_ text: String, _ faults: inout [String]) -> Tag {
    var rest = Substring(text)
    let name = rest.prefix { !$0.isWhitespace && $0 != "/" }.lowercased()
    rest = rest.dropFirst(name.count)
    var attributes: [(name: String, value: String)] = []
    while true {
      rest = rest.drop { $0.isWhitespace || $0 == "/" }
      if rest.isEmpty { break }
      let key = rest.prefix { $0 != "=" && !$0.isWhitespace }.lowercased()
      rest = rest.dropFirst(key.count)
      var value = ""
      if rest.first == "=" {
        rest = rest.dropFirst()
        if rest.first == "\"" {
          rest = rest.dropFirst()
          value = String(rest.prefix { $0 != "\"" })
          rest = rest.dropFirst(value.count + 1)
        } else if name != "!doctype" {
          faults.append("unquoted value of \(key) in <\(name)>")
          value = String(rest.prefix { !$0.isWhitespace })
          rest = rest.dropFirst(value.count)
        }
      }
      if attributes.contains(where: { $0.name == key }) { faults.append("\(key) twice in <\(name)>") }
      attributes.append((key, value))
    }
    return Tag(name: name, attributes: attributes)
  }
}

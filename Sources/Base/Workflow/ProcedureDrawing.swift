/// A procedure drawn as SVG: a card for each state, what may be done there, where it leads, and the ways between the cards.
///
/// The same input gives the same bytes, so that a drawing in the docs can be compared with the table it was made from.
public struct ProcedureDrawing: Sendable {
  public struct Card: Sendable {
    public let title: String
    /// "批准立案 → 调查取证", or only the step where it leads nowhere else.
    public let lines: [String]
    /// Indices of the cards that steps lead to.
    public let targets: [Int]
    public init(title: String, lines: [String], targets: [Int]) {
      self.title = title
      self.lines = lines
      self.targets = targets
    }
  }
  public let title: String
  public let cards: [Card]

  /// The cards of a table, in the order of the states that occur in it.
  public init<State, Event, Role, Facts>(
    _ table: Procedure<State, Event, Role, Facts>, states: [State], name: (State) -> String, event: (Event) -> String,
    roles: (Set<Role>) -> String
  ) {
    title = table.name
    let used = states.filter { state in table.steps.contains { $0.from.contains(state) || $0.to == state } }
    cards = used.map { state in
      var lines: [String] = []
      var targets: [Int] = []
      for step in table.steps where step.from.contains(state) {
        let who = "（\(roles(step.roles))）"
        if let to = step.to, to != state {
          let line = "\(event(step.event)) → \(name(to))\(who)"
          if !lines.contains(line) { lines.append(line) }
          if let index = used.firstIndex(of: to), !targets.contains(index) { targets.append(index) }
        } else if !lines.contains(event(step.event) + who) {
          lines.append(event(step.event) + who)
        }
      }
      return Card(title: name(state), lines: lines, targets: targets)
    }
  }

  // MARK: Layout, in pixels

  private static let (left, width, line, gap) = (260, 520, 20, 26)
  private static func height(_ card: Card) -> Int { 40 + card.lines.count * line + (card.lines.isEmpty ? 0 : 8) }

  public var svg: String {
    var tops: [Int] = []
    var y = 64
    for card in cards {
      tops.append(y)
      y += Self.height(card) + Self.gap
    }
    let total = Self.left + Self.width + 24
    var out = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(total) \(y)" width="\(total)" height="\(y)" role="img" aria-label="\(Self.escaped(title))" \
      font-family="PingFang SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif">
      """,
      "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#1d4f91\"/></marker></defs>",
      "<rect width=\"\(total)\" height=\"\(y)\" fill=\"#fff\"/>",
      "<text x=\"\(Self.left)\" y=\"38\" font-size=\"20\" font-weight=\"600\" fill=\"#1a1a1a\">\(Self.escaped(title))</text>",
    ]
    for (index, card) in cards.enumerated() { for target in card.targets { out.append(way(from: index, to: target, tops)) } }
    for (index, card) in cards.enumerated() { out += draw(card, at: tops[index]) }
    out.append("</svg>")
    return out.joined(separator: "\n") + "\n"
  }

  /// Down on the near side, back on the far side; the longer the way, the wider its bow.
  private func way(from: Int, to: Int, _ tops: [Int]) -> String {
    let (start, end) = (tops[from] + 20, tops[to] + 20)
    let bow = min(Self.left - 20, 30 + abs(to - from) * 22)
    let back = to < from
    let color = back ? "#8a5a00" : "#1d4f91"
    return
      "<path d=\"M\(Self.left) \(start)C\(Self.left - bow) \(start) \(Self.left - bow) \(end) \(Self.left - 2) \(end)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\"\(back ? " stroke-dasharray=\"5 4\"" : "") marker-end=\"url(#tip)\"/>"
  }

  private func draw(_ card: Card, at top: Int) -> [String] {
    let height = Self.height(card)
    return [
      "<rect x=\"\(Self.left)\" y=\"\(top)\" width=\"\(Self.width)\" height=\"\(height)\" rx=\"6\" fill=\"#f7f8fa\" stroke=\"#b8c0cc\"/>",
      "<text x=\"\(Self.left + 16)\" y=\"\(top + 26)\" font-size=\"16\" font-weight=\"600\" fill=\"#1a1a1a\">\(Self.escaped(card.title))</text>",
    ]
      + card.lines.enumerated().map { index, text in
        "<text x=\"\(Self.left + 16)\" y=\"\(top + 50 + index * Self.line)\" font-size=\"13\" fill=\"#333\">\(Self.escaped(text))</text>"
      }
  }
  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }
}

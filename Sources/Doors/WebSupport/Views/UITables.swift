extension UI {
  /// A column, and where its cell goes when the row becomes a card on a phone.
  public struct Column: Sendable {
    public enum Part: String, Sendable {
      /// What and where: the first line of the card, and the row's link.
      case what
      /// Who, when, number: the second line, side by side.
      case meta
      /// A state: before the second line.
      case status
      /// A clock: the last line.
      case clock
      /// Figures, aligned right; on the card with the title before it.
      case figure
      /// Only on a desk.
      case desk
    }
    public let title: String
    public let part: Part
    public init(_ title: String, _ part: Part = .meta) {
      self.title = title
      self.part = part
    }
  }
  public struct Row: Sendable {
    /// Nil only for rows that open nothing.
    public let href: String?
    /// As many as there are columns.
    public let cells: [HTML]
    /// Marks the edge of the row: overdue, urgent.
    public let tone: Tone?
    /// The value of the box that chooses this row for a bulk action.
    public let choose: String?
    public init(_ href: String?, _ cells: [HTML], tone: Tone? = nil, choose: String? = nil) {
      self.href = href
      self.cells = cells
      self.tone = tone
      self.choose = choose
    }
  }

  /// Rows that are links; below 640 px each becomes a card: what and where, then who and when.
  /// - Parameters:
  ///   - caption: read aloud, and shown when `showCaption`.
  ///   - choose: the name of the boxes; rows then need `choose`, and the table stands in a form with `bulkBar`.
  ///   - dense: 14 px for desks with two hundred rows.
  public static func table(
    _ caption: String, _ columns: [Column], _ rows: [Row], dense: Bool = false, showCaption: Bool = false, choose: String? = nil,
    empty: HTML? = nil
  ) -> HTML {
    if rows.isEmpty { return empty ?? emptyState("没有符合条件的记录", "放宽筛选条件，或者查看全部。") }
    return """
      <div class="scroll"><table class="rows\(if: dense, " dense")"><caption\(if: !showCaption, " class=\"hidden\"")>\(caption)</caption><thead><tr>\(if: choose != nil, "<th scope=\"col\" class=\"c-choose\"><span class=\"hidden\">选择</span></th>")\(each: columns, { "<th scope=\"col\" class=\"c-\($0.part.rawValue)\">\($0.title)</th>" })</tr></thead><tbody>
      \(each: rows, { row($0, columns, choose) })</tbody></table></div>
      """
  }

  private static func row(_ row: Row, _ columns: [Column], _ choose: String?) -> HTML {
    var cells = HTML()
    for (column, cell) in zip(columns, row.cells) {
      let title: HTML = column.part == .figure ? attr("data-title", column.title) : .empty
      if column.part == .what, let href = row.href {
        cells += "<td class=\"c-what\"><a class=\"row-link\"\(attr("href", url: href))>\(cell)</a></td>"
      } else if cell.isEmpty || cell.string == "—" {
        // On a card what is not there takes no room.
        cells += "<td class=\"c-\(column.part.rawValue) none\"\(title)>\(cell)</td>"
      } else {
        cells += "<td class=\"c-\(column.part.rawValue)\"\(title)>\(cell)</td>"
      }
    }
    let box: HTML? = choose.map { name in
      "<td class=\"c-choose\">\(row.choose.map { "<label><input type=\"checkbox\" name=\"\(name)\" value=\"\($0)\"><span class=\"hidden\">选择这一行</span></label>" as HTML })</td>"
    }
    return "<tr\(row.tone.map { attr("class", "t-" + $0.rawValue) })>\(box)\(cells)</tr>\n"
  }

  /// Two lines in one cell: the second quieter.
  public static func lines(_ first: HTML, _ second: HTML) -> HTML {
    "<span class=\"l1\">\(first)</span><span class=\"l2\">\(second)</span>"
  }

  /// Actions for the chosen rows; it appears only when something is chosen. Put it after the table, inside the same form.
  public static func bulkBar(_ actions: [HTML]) -> HTML {
    "<div class=\"bulk\"><p>对勾选的事项：</p><div class=\"toolbar\">\(actions)</div></div>"
  }

  /// Names and values: the facts of a matter. Nil values are left out.
  public static func facts(_ pairs: [(String, HTML?)]) -> HTML {
    "<dl class=\"facts\">\(each: pairs.compactMap { name, value in value.map { (name, $0) } }, { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" })</dl>"
  }

  /// A figure that opens its rows.
  public struct Tile: Sendable {
    public let label: String
    public let value: String
    public let unit: String
    public let href: String
    public let note: String?
    public let tone: Tone
    public init(_ label: String, _ value: String, unit: String = "件", href: String, note: String? = nil, tone: Tone = .neutral) {
      self.label = label
      self.value = value
      self.unit = unit
      self.href = href
      self.note = note
      self.tone = tone
    }
  }
  public static func tiles(_ tiles: [Tile]) -> HTML {
    """
    <ul class="tiles">\(each: tiles, { tile in
      "<li><a class=\"tile \(tile.tone.rawValue)\"\(attr("href", url: tile.href))><span class=\"label\">\(tile.tone == .danger || tile.tone == .soon ? tile.tone.shape.html : nil)\(tile.label)</span><span class=\"value\"><b>\(tile.value)</b><small>\(tile.unit)</small></span>\(tile.note.map { "<span class=\"note\">\($0)</span>" as HTML })</a></li>"
    })</ul>
    """
  }

  /// A ranked or timed series as labelled bars; the finding is the title, the rows are one tap away.
  public static func bars(_ finding: String, unit: String, _ items: [(label: String, value: Int, href: String?)], note: HTML? = nil) -> HTML
  {
    let most = max(1, items.map(\.value).max() ?? 1)
    return """
      <figure class="bars"><figcaption>\(finding)</figcaption><ul>\(each: items, { item in
        "<li><span class=\"name\">\(item.href.map { link(item.label, $0) } ?? HTML(text: item.label))</span><svg aria-hidden=\"true\"><rect width=\"\(percent(item.value, of: most))\" height=\"16\"/></svg><span class=\"num\">\(grouped(item.value)) \(unit)</span></li>"
      })</ul>\(note.map { "<p class=\"hint\">\($0)</p>" as HTML })</figure>
      """
  }
  /// "61.3%", never less than a visible trace of something that is not nothing.
  private static func percent(_ value: Int, of most: Int) -> String {
    if value <= 0 { return "0" }
    let tenths = max(5, value * 1000 / most)
    return "\(tenths / 10).\(tenths % 10)%"
  }
}

import Kernel

extension UI {
  /// A state: colour, shape and word together. `UI.tag("先行联系", .action)`.
  public static func tag(_ word: String, _ tone: Tone = .neutral, icon: Icon? = nil) -> HTML {
    "<span class=\"tag \(tone.rawValue)\">\((icon ?? tone.shape).html)\(word)</span>"
  }

  /// What a clock says at this moment. The door works it out with the calendar; the words here only wrap it.
  public enum ClockState: Sendable {
    /// - left: "2 个工作日", "3 小时 20 分".
    case running(left: String)
    /// Running, and close enough to be amber.
    case soon(left: String)
    /// - by: "1 个工作日".
    case overdue(by: String)
    /// - why: "等房管所书面认定".
    case paused(why: String)
    /// - result: "按期办结", "超期 1 天办结".
    case stopped(result: String, late: Bool)
  }

  /// A clock: word, icon and bar. `UI.clock("办理时限", .soon(left: "2 个工作日"), due: "9月24日 24:00 前", spent: 60)`.
  /// - Parameters:
  ///   - spent: 0...100, the part of the time used up; nil draws no bar.
  ///   - dueAt: only for clocks in hours and minutes: the page then counts on by itself.
  public static func clock(
    _ name: String? = nil, _ state: ClockState, due: String? = nil, spent: Int? = nil, dueAt: Moment? = nil, compact: Bool = false
  ) -> HTML {
    let (kind, icon, word): (String, Icon, HTML) =
      switch state {
      case .running(let left): ("run", .clock, "还剩 <b>\(left)</b>")
      case .soon(let left): ("soon", .clock, "还剩 <b>\(left)</b>")
      case .overdue(let by): ("over", .warning, "超期 <b>\(by)</b>")
      case .paused(let why): ("pause", .pause, "已暂停 <b>\(why)</b>")
      case .stopped(let result, let late): (late ? "over stop" : "stop", late ? .warning : .check, "<b>\(result)</b>")
      }
    let bar: HTML? = spent.map {
      let value = min(100, max(0, $0))
      return "<progress max=\"100\" value=\"\(value)\" aria-label=\"时限已用 \(value)%\"></progress>"
    }
    let counting: HTML = dueAt.map { attr("data-due", String($0.milliseconds)) } ?? .empty
    return """
      <span class="clock \(HTML.raw(kind))\(if: compact, " compact")"\(counting)>\(icon.html)<span class="say">\(name.map { "<span class=\"of\">\($0)</span>" as HTML })<span class="left">\(word)</span>\(due.map { "<span class=\"due\">（\($0)）</span>" as HTML })</span>\(bar)</span>
      """
  }

  /// A moment as a person reads it; with `relative` the page writes “12 分钟前” and keeps the full time in the title.
  public static func time(_ moment: Moment, relative: Bool = false) -> HTML {
    """
    <time datetime="\(moment.iso8601)" title="\(moment.text)"\(attr("data-relative", if: relative))>\(moment.chinese)</time>
    """
  }

  /// A moment in a list that goes back over years: the year is named unless it is this one.
  public static func time(_ moment: Moment, now: Moment) -> HTML {
    let year = moment.day.year == now.day.year ? "" : "\(moment.day.year)年"
    return "<time datetime=\"\(moment.iso8601)\" title=\"\(moment.text)\">\(year)\(moment.chinese)</time>"
  }

  public static func day(_ day: Day) -> HTML { "<time datetime=\"\(day.iso)\">\(day.chinese)（\(day.chineseWeekday)）</time>" }

  /// What is sealed: the mask, and the way to open it when this person has one. Each look is journalled, and the link says so.
  public static func masked(_ mask: String, openAt href: String? = nil, what: String = "") -> HTML {
    """
    <span class="masked">\(Icon.lock.html)<span>\(mask)</span>\(href.map { "<a\(attr("href", url: $0)) title=\"查看会留下记录\">查看<span class=\"hidden\">\(what)，查看会留下记录</span></a>" as HTML })</span>
    """
  }

  /// A receipt's code in type that can be read aloud and written down.
  public static func receipt(_ code: String, label: String = "查询码", hint: HTML? = nil) -> HTML {
    // In groups of four, for the telephone; copied without the spaces.
    var groups: [String] = []
    var rest = Substring(code)
    while !rest.isEmpty {
      groups.append(String(rest.prefix(4)))
      rest = rest.dropFirst(4)
    }
    return """
      <div class="receipt"><p class="label">\(label)</p><p class="code" translate="no">\(each: groups, { "<span>\($0)</span>" })</p>\(copy(code, label: "复制\(label)"))\(hint.map { "<p class=\"hint\">\($0)</p>" as HTML })</div>
      """
  }

  /// Copies `text`; not there when scripts are not.
  public static func copy(_ text: String, label: String = "复制") -> HTML {
    "<button type=\"button\" class=\"btn plain\" data-copy=\"\(text)\" hidden>\(Icon.copy.html)<span>\(label)</span></button>"
  }

  /// A number with its unit, figures aligned.
  public static func number(_ value: Int, _ unit: String = "") -> HTML {
    "<span class=\"num\">\(grouped(value))</span>\(if: !unit.isEmpty, "<span class=\"unit\">\(unit)</span>")"
  }

  /// "12,340".
  public static func grouped(_ value: Int) -> String { value.grouped }
}

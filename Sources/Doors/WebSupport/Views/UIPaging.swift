extension UI {
  /// Links that change what is listed, not where one is.
  public struct Tab: Sendable {
    public let label: String
    public let href: String
    public let count: Int?
    public let on: Bool
    public init(_ label: String, _ href: String, count: Int? = nil, on: Bool = false) {
      self.label = label
      self.href = href
      self.count = count
      self.on = on
    }
  }
  public static func tabs(_ label: String, _ tabs: [Tab]) -> HTML {
    """
    <nav class="tabs"\(attr("aria-label", label))><ul>\(each: tabs, { "<li><a\(attr("href", url: $0.href))\(if: $0.on, " aria-current=\"page\"")>\($0.label)\($0.count.map { " <span class=\"num\">\($0)</span>" as HTML })</a></li>" })</ul></nav>
    """
  }

  /// A filter: a menu of values. The bar sends itself by GET; with scripts it does so at once.
  public struct Filter: Sendable {
    public let label: String
    public let name: String
    public let choices: [Choice]
    public let value: String
    /// What the list is without this filter.
    public let any: String
    public init(_ label: String, name: String, _ choices: [Choice], value: String = "", any: String = "不限") {
      self.any = any
      self.label = label
      self.name = name
      self.choices = choices
      self.value = value
    }
  }
  /// Filters that stay in sight. `find` adds a text field named `q`; `keep` travels along unseen, such as the tab the list stands under;
  /// `clearAt` is the address without filters.
  public static func filters(
    _ action: String, find: String? = nil, findLabel: String = "编号、小区、地址、内容", _ filters: [Filter],
    keep: [(name: String, value: String)] = [],
    clearAt: String? = nil
  ) -> HTML {
    let active = filters.filter { !$0.value.isEmpty }.count
    return """
      <form class="filters" method="get"\(attr("action", url: action)) role="search" data-auto>\(each: keep, { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" })<div class="line">
      \(find.map { "<label class=\"q\"><span class=\"hidden\">\(findLabel)</span><input type=\"search\" name=\"q\" value=\"\($0)\" placeholder=\"\(findLabel)\" enterkeyhint=\"search\"></label>" as HTML })
      <details class="more-filters"><summary>\(Icon.filter.html)<span>筛选\(if: active > 0, " <span class=\"num\">\(active)</span>")</span></summary></details><div class="set">\(each: filters, { filter in
        "<label\(if: !filter.value.isEmpty, " class=\"on\"")><span>\(filter.label)</span><select name=\"\(filter.name)\"><option value=\"\">\(filter.any)</option>\(each: filter.choices, { "<option value=\"\($0.value)\"\(attr("selected", if: $0.value == filter.value))>\($0.label)</option>" })</select></label>"
      })</div>
      <button type="submit" class="btn secondary go">查找</button>\(if: clearAt != nil && (active > 0 || !(find ?? "").isEmpty), "<a class=\"clear\"\(attr("href", url: clearAt ?? ""))>清除条件</a>")</div></form>
      """
  }

  /// “新到 12 条” above a list: hidden until something has come; `pollAt` answers `{"count": 12}`.
  public static func newer(count: Int = 0, href: String, pollAt: String? = nil) -> HTML {
    """
    <div role="status"><a class="newer"\(attr("href", url: href))\(attr("data-poll", pollAt))\(attr("hidden", if: count == 0))>\(Icon.refresh.html)<span>新到 <b>\(count)</b> 条，点此显示</span></a></div>
    """
  }
  /// “更早的 50 条” below a list; nil when the list has ended, which it says.
  public static func older(_ href: String?, count: Int = 50, shown: Int) -> HTML {
    if href == nil, shown == 0 { return .empty }
    guard let href else { return "<p class=\"pager end\">已显示全部 \(shown) 条</p>" }
    return
      "<nav class=\"pager\" aria-label=\"翻页\"><a class=\"btn secondary\" rel=\"next\"\(attr("href", url: href))><span>更早的 \(count) 条</span></a></nav>"
  }
  /// Numbered pages, only for short lists that do not move (the catalogue). `href` gives the address of page n, from 1.
  public static func pages(_ current: Int, of last: Int, href: (Int) -> String) -> HTML {
    if last <= 1 { return .empty }
    let near = Set([1, last, current - 1, current, current + 1].filter { (1...last).contains($0) }).sorted()
    var items = HTML()
    var before = 0
    for number in near {
      if number > before + 1 { items += "<li class=\"gap\" aria-hidden=\"true\">…</li>" }
      items +=
        "<li><a\(attr("href", url: href(number)))\(if: number == current, " aria-current=\"page\"")><span class=\"hidden\">第</span>\(number)<span class=\"hidden\">页</span></a></li>"
      before = number
    }
    return "<nav class=\"pager numbers\" aria-label=\"翻页\"><ul>\(items)</ul></nav>"
  }
}

extension UI {
  /// How much a button weighs. One `primary` a page.
  public enum Weight: String, Sendable { case primary, secondary, danger, plain }

  /// A button that sends its form and says what it does: `UI.button("派给徐泾中队")`.
  public static func button(
    _ label: String, _ weight: Weight = .primary, icon: Icon? = nil, name: StaticString? = nil, value: String? = nil
  ) -> HTML {
    let nameValue: HTML = name.map { attr("name", $0.description) + attr("value", value ?? "") } ?? .empty
    return "<button type=\"submit\" class=\"btn \(weight.rawValue)\"\(nameValue)>\(icon?.html)<span>\(label)</span></button>"
  }

  /// A link that looks like a button: for going somewhere, never for changing something.
  public static func linkButton(_ label: String, _ href: String, _ weight: Weight = .secondary, icon: Icon? = nil) -> HTML {
    "<a class=\"btn \(weight.rawValue)\"\(attr("href", url: href))>\(icon?.html)<span>\(label)</span></a>"
  }

  /// A way to a page on which something is done, as a broad line with an arrow.
  public static func act(_ label: String, _ href: String, icon: Icon, hint: String = "") -> HTML {
    """
    <a class="act"\(attr("href", url: href))>\(icon.html)<span><b>\(label)</b>\(if: !hint.isEmpty, "<small>\(hint)</small>")</span>\(Icon.arrow.html)</a>
    """
  }
  public static func link(_ label: String, _ href: String) -> HTML { "<a\(attr("href", url: href))>\(label)</a>" }

  /// A phone number one tap away.
  public static func phone(_ number: String) -> HTML {
    "<a class=\"phone\"\(attr("href", url: "tel:" + number.filter { $0.isNumber || $0 == "+" }))>\(Icon.phone.html)\(number)</a>"
  }

  /// Buttons side by side, the weightiest first; on a phone each as wide as the page. `sticky` keeps them above the thumb.
  public static func toolbar(_ items: [HTML], sticky: Bool = false) -> HTML {
    "<div class=\"toolbar\(if: sticky, " sticky")\">\(items)</div>"
  }

  /// A form. `tokens` for everything that changes something; `draft` keeps what was typed in this browser until it is sent;
  /// `upload` sends photos with progress and retry.
  public static func form(
    _ action: String, tokens: FormTokens? = nil, draft: String? = nil, upload: Bool = false, id: String? = nil, _ body: HTML
  ) -> HTML {
    """
    <form method="\(tokens == nil ? "get" : "post")"\(attr("action", url: action))\(attr("id", id))\(attr("data-draft", draft))\(if: upload, " enctype=\"multipart/form-data\" data-upload") novalidate>
    \(tokens?.html)\(body)
    </form>
    """
  }

  /// What is rarely needed, behind one tap: `summary` says what is inside.
  public static func details(_ summary: String, open: Bool = false, _ body: HTML) -> HTML {
    "<details class=\"more\"\(attr("open", if: open))><summary><span>\(summary)</span>\(Icon.chevron.html)</summary><div>\(body)</div></details>"
  }

  /// A form that opens in place: the button is visible, the fields come when it is tapped. For the actions of a matter.
  public static func actionForm(_ summary: String, icon: Icon, hint: String = "", open: Bool = false, _ form: HTML) -> HTML {
    """
    <details class="act"\(attr("open", if: open))><summary>\(icon.html)<span><b>\(summary)</b>\(if: !hint.isEmpty, "<small>\(hint)</small>")</span>\(Icon.chevron.html)</summary><div>\(form)</div></details>
    """
  }

  public static func breadcrumb(_ crumbs: [Page.Crumb]) -> HTML {
    if crumbs.isEmpty { return .empty }
    return """
      <nav class="crumbs" aria-label="所在位置"><ol>\(each: crumbs, { "<li><a\(attr("href", url: $0.href))>\($0.label)</a></li>" })</ol></nav>
      """
  }

  /// The head of a page: what, where, its state, and at most two actions beside it.
  public static func heading(_ title: String, sub: HTML? = nil, tags: [HTML] = [], actions: [HTML] = []) -> HTML {
    """
    <div class="heading"><div><h1>\(parts(title))</h1>\(sub.map { "<p class=\"sub\">\($0)</p>" as HTML })\(if: !tags.isEmpty, "<p class=\"tags\">\(tags)</p>")</div>\(if: !actions.isEmpty, "<div class=\"toolbar\">\(actions)</div>")</div>
    """
  }

  /// "居改非 · 康虹花园" breaks at its dot before it breaks inside a word.
  private static func parts(_ title: String) -> HTML {
    let parts = title.split(separator: " · ")
    return parts.count == 1
      ? HTML(text: title) : HTML.join(parts.map { "<span class=\"part\">\(String($0))" as HTML }, " ·</span> ") + "</span>"
  }

  /// A part of a page under its own heading, on its own surface.
  public static func section(_ title: String, id: String? = nil, side: HTML? = nil, _ body: HTML) -> HTML {
    """
    <section class="panel"\(attr("id", id))><header><h2>\(title)</h2>\(side.map { "<div class=\"side\">\($0)</div>" as HTML })</header>\(body)</section>
    """
  }

  /// Two columns on a desk: the story at the left, facts and actions at the right. On a phone `side` comes first or last.
  public static func columns(_ main: HTML, side: HTML, sideFirst: Bool = false) -> HTML {
    "<div class=\"columns\(if: sideFirst, " side-first")\"><div class=\"main\">\(main)</div><div class=\"side\">\(side)</div></div>"
  }
}

import Kernel

extension UI {
  /// A message in the page. `good` for what has just been done, `soon` for what to mind, `danger` for what went wrong.
  public static func notice(_ tone: Tone = .action, _ title: String, _ body: HTML? = nil) -> HTML {
    let icon: Icon = tone == .action || tone == .neutral || tone == .quiet ? .info : tone.shape
    return """
      <div class="notice \(tone.rawValue)" role="\(tone == .danger ? "alert" : "status")">\(icon.html)<div><p><b>\(title)</b></p>\(body.map { "<div>\($0)</div>" as HTML })</div></div>
      """
  }

  /// What must be mended, each a link to its field. Put it first on the page; it takes the focus.
  public static func errorSummary(_ errors: FormErrors) -> HTML {
    if errors.isEmpty { return .empty }
    return """
      <div class="error-summary" role="alert" tabindex="-1" data-focus><h2>\(Icon.warning.html)有 \(errors.all.count) 处需要修改</h2><ul>\(each: errors.all, { error in
        error.field.isEmpty ? "<li>\(error.message)</li>" : "<li><a href=\"#\(fieldID(error.field))\">\(error.message)</a></li>"
      })</ul></div>
      """
  }

  /// Nothing here, and what to do about it.
  public static func emptyState(_ title: String, _ next: HTML, actions: [HTML] = [], icon: Icon = .inbox) -> HTML {
    "<div class=\"empty\">\(icon.html)<p><b>\(title)</b></p><p>\(next)</p>\(if: !actions.isEmpty, toolbar(actions))</div>"
  }

  /// A whole page that says why not, and what next. `reference` is what to read out to the administrator.
  public static func problem(_ title: String, icon: Icon = .warning, why: HTML, next: [HTML] = [], reference: String? = nil) -> HTML {
    """
    <div class="problem">\(icon.html)<h1>\(title)</h1><div class="why">\(why)</div>\(if: !next.isEmpty, toolbar(next))\(reference.map { "<p class=\"hint\">报障编号 <span class=\"num\" translate=\"no\">\($0)</span></p>" as HTML })</div>
    """
  }

  /// The page for a refusal, by its kind. `back` is where the person was.
  public static func refusal(_ refusal: Refusal, back: String, backLabel: String = "返回上一页", reference: String? = nil) -> HTML {
    let (title, icon): (String, Icon) =
      switch refusal.kind {
      case .invalid: ("内容需要修改", .warning)
      case .forbidden where refusal.code == "door-stale-form": ("页面已经过期", .refresh)
      case .forbidden: ("您没有办理这一步的权限", .lock)
      case .missing: ("没有找到", .search)
      case .conflict: ("情况已经变化", .refresh)
      case .limit: ("超出了限度", .hand)
      case .unavailable: ("暂时办不了", .pause)
      }
    return problem(
      title, icon: icon,
      why: "<p>\(refusal.message)</p>\(refusal.article.map { "<p class=\"basis\">依据：\($0)</p>" as HTML })",
      next: [linkButton(backLabel, back, .primary)], reference: reference)
  }

  /// Somebody was faster: what has changed meanwhile, and what the person had written, so that nothing is typed twice.
  public static func conflict(what: String, changes: [Event], yours: HTML?, continueAt: String, continueLabel: String = "查看最新情况") -> HTML {
    """
    <div class="problem">\(Icon.refresh.html)<h1>情况已经变化</h1><div class="why"><p>\(what)</p></div>
    \(section("您打开页面之后发生了什么", timeline(changes)))
    \(yours.map { section("您刚才填写的内容（尚未保存）", "<blockquote>\($0)</blockquote>") })
    \(toolbar([linkButton(continueLabel, continueAt, .primary)]))</div>
    """
  }

  /// What cannot be undone asks once, in words.
  public static func confirm(
    _ question: String, what: HTML, facts pairs: [(String, HTML?)] = [], action: String, tokens: FormTokens, button label: String,
    danger: Bool = false, hidden: [(name: String, value: String)] = [], back: String
  ) -> HTML {
    let body: HTML = """
      \(each: hidden, { "<input type=\"hidden\" name=\"\($0.name)\" value=\"\($0.value)\">" })\(toolbar([button(label, danger ? .danger : .primary), linkButton("不，返回", back)]))
      """
    return """
      <div class="confirm"><h1>\(question)</h1><div class="why">\(what)</div>\(if: !pairs.isEmpty, facts(pairs))\(form(action, tokens: tokens, body))</div>
      """
  }
}

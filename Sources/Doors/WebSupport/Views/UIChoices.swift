extension UI {
  /// One of several: what is sent, what is read, and what it means.
  public struct Choice: Sendable {
    public let value: String
    public let label: String
    public let hint: String?
    public let disabled: Bool
    public init(_ value: String, _ label: String, hint: String? = nil, disabled: Bool = false) {
      self.value = value
      self.label = label
      self.hint = hint
      self.disabled = disabled
    }
  }

  /// Several controls under one question.
  public static func fieldset(_ legend: String, hint: HTML? = nil, error: String? = nil, id: String? = nil, _ body: HTML) -> HTML {
    """
    <fieldset\(if: error != nil, " class=\"bad\"")\(attr("id", id))\(if: id != nil, " tabindex=\"-1\"")><legend>\(legend)</legend>\(hint.map { "<p class=\"hint\">\($0)</p>" as HTML })\(error.map { "<p class=\"error\">\(Icon.warning.html)\($0)</p>" as HTML })\(body)</fieldset>
    """
  }

  /// One of a few. `inline` only for two or three short words; `big` makes each a whole card, for residents.
  public static func radios(
    _ legend: String, name: String, _ choices: [Choice], value: String? = nil, hint: HTML? = nil, error: String? = nil,
    inline: Bool = false, optional: Bool = false
  ) -> HTML {
    fieldset(
      legend + (optional ? "（选填）" : ""), hint: hint, error: error, id: fieldID(name),
      options("radio", name, choices, value.map { [$0] } ?? [], inline))
  }

  /// Any of a few.
  public static func checkboxes(
    _ legend: String, name: String, _ choices: [Choice], values: Set<String> = [], hint: HTML? = nil, error: String? = nil,
    inline: Bool = false
  ) -> HTML {
    fieldset(legend, hint: hint, error: error, id: fieldID(name), options("checkbox", name, choices, values, inline))
  }

  /// A single yes: “我已核对上述内容”.
  public static func checkbox(
    _ label: String, name: String, value: String = "1", on: Bool = false, hint: String? = nil, error: String? = nil
  ) -> HTML {
    """
    <div class="field\(if: error != nil, " bad")" id="\(fieldID(name))" tabindex="-1">\(errorLine(fieldID(name), error))\(options("checkbox", name, [Choice(value, label, hint: hint)], on ? [value] : [], false))</div>
    """
  }

  private static func options(_ kind: String, _ name: String, _ choices: [Choice], _ chosen: Set<String>, _ inline: Bool) -> HTML {
    """
    <div class="choices\(if: inline, " inline")">\(each: choices, { choice in
      "<label class=\"choice\"><input type=\"\(kind)\" name=\"\(name)\" value=\"\(choice.value)\"\(attr("checked", if: chosen.contains(choice.value)))\(attr("disabled", if: choice.disabled))><span>\(choice.label)\(choice.hint.map { "<small>\($0)</small>" as HTML })</span></label>"
    })</div>
    """
  }
}

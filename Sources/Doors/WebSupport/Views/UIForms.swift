import Kernel

extension UI {
  /// What a field holds, which picks the keyboard of a phone and what the browser may fill in.
  public enum Input: Sendable {
    case text, search, phone, email, number, money, date, time, dateTime, password, newPassword, username, oneTimeCode, code

    var attributes: HTML {
      switch self {
      case .text: " type=\"text\""
      case .search: " type=\"search\" enterkeyhint=\"search\""
      case .phone: " type=\"tel\" inputmode=\"tel\" autocomplete=\"tel\" maxlength=\"20\""
      case .email: " type=\"email\" autocomplete=\"email\""
      case .number: " type=\"text\" inputmode=\"numeric\" pattern=\"[0-9]*\""
      case .money: " type=\"text\" inputmode=\"decimal\""
      case .date: " type=\"date\""
      case .time: " type=\"time\""
      case .dateTime: " type=\"datetime-local\""
      case .password: " type=\"password\" autocomplete=\"current-password\""
      case .newPassword: " type=\"password\" autocomplete=\"new-password\" minlength=\"10\""
      case .username: " type=\"text\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\""
      case .oneTimeCode: " type=\"text\" inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"6\""
      case .code: " type=\"text\" autocapitalize=\"characters\" autocomplete=\"off\" spellcheck=\"false\""
      }
    }
    var narrow: Bool {
      switch self {
      case .text, .search, .email, .username, .password, .newPassword: false
      default: true
      }
    }
  }

  static func fieldID(_ name: String) -> String { "f-" + name }

  /// Label above, hint under the label, error beside the field: the furniture around any control.
  /// - Parameter among: tells it from the same field of other forms on the page.
  static func group(
    _ label: String, name: String, among: String? = nil, hint: HTML?, error: String?, optional: Bool, _ control: (_ common: HTML) -> HTML
  ) -> HTML {
    let id = fieldID(name) + (among.map { "-" + $0 } ?? "")
    let described = (hint == nil ? [] : [id + "-hint"]) + (error == nil ? [] : [id + "-error"])
    let common: HTML = """
       id="\(id)" name="\(name)"\(if: !described.isEmpty, attr("aria-describedby", described.joined(separator: " ")))\(if: error != nil, " aria-invalid=\"true\"")\(attr("required", if: !optional))
      """
    return """
      <div class="field\(if: error != nil, " bad")"><label for="\(id)">\(label)\(if: optional, "<span class=\"optional\">（选填）</span>")</label>\(hintLine(id, hint))\(errorLine(id, error))\(control(common))</div>
      """
  }
  static func hintLine(_ id: String, _ hint: HTML?) -> HTML? { hint.map { "<p class=\"hint\" id=\"\(id)-hint\">\($0)</p>" } }
  static func errorLine(_ id: String, _ error: String?) -> HTML? {
    error.map { "<p class=\"error\" id=\"\(id)-error\">\(Icon.warning.html)\($0)</p>" }
  }

  /// One line. `sensitive` keeps it out of the browser's drafts; `among` tells it from the same field of other forms on the page.
  public static func field(
    _ label: String, name: String, among: String? = nil, value: String = "", _ input: Input = .text, hint: HTML? = nil,
    error: String? = nil,
    optional: Bool = false, sensitive: Bool = false, unit: String? = nil, autocomplete: String? = nil
  ) -> HTML {
    group(label, name: name, among: among, hint: hint, error: error, optional: optional) { common in
      let control: HTML = """
        <input\(common)\(input.attributes)\(attr("autocomplete", autocomplete))\(if: input.narrow, " class=\"narrow\"")\(attr("value", value.isEmpty ? nil : value))\(attr("data-nodraft", if: sensitive))>
        """
      return unit.map { "<span class=\"with-unit\">\(control)<span class=\"unit\">\($0)</span></span>" } ?? control
    }
  }

  /// Several lines; grows with what is written.
  public static func textarea(
    _ label: String, name: String, value: String = "", rows: Int = 3, limit: Int? = nil, hint: HTML? = nil, error: String? = nil,
    optional: Bool = false, sensitive: Bool = false
  ) -> HTML {
    // The first line end after <textarea> is swallowed by the parser, so one is always given.
    group(label, name: name, hint: hint, error: error, optional: optional) { common in
      """
      <textarea\(common) rows="\(rows)"\(attr("maxlength", limit.map(String.init)))\(attr("data-nodraft", if: sensitive))>
      \(value)</textarea>
      """
    }
  }

  public static func select(
    _ label: String, name: String, options: [Choice], value: String? = nil, placeholder: String? = "请选择", hint: HTML? = nil,
    error: String? = nil, optional: Bool = false
  ) -> HTML {
    group(label, name: name, hint: hint, error: error, optional: optional) { common in
      """
      <select\(common)>\(placeholder.map { "<option value=\"\">\($0)</option>" as HTML })\(each: options, { "<option value=\"\($0.value)\"\(attr("selected", if: $0.value == value))\(attr("disabled", if: $0.disabled))>\($0.label)</option>" })</select>
      """
    }
  }

  public static func date(
    _ label: String, name: String, among: String? = nil, value: Day? = nil, hint: HTML? = nil, error: String? = nil, optional: Bool = false
  ) -> HTML {
    field(label, name: name, among: among, value: value?.iso ?? "", .date, hint: hint, error: error, optional: optional)
  }

  /// A text field that offers what is known but takes anything: 小区 by name, an item by number.
  public static func suggest(
    _ label: String, name: String, value: String = "", from options: [String], hint: HTML? = nil, error: String? = nil,
    optional: Bool = false
  ) -> HTML {
    group(label, name: name, hint: hint, error: error, optional: optional) { common in
      """
      <input\(common) type="text" autocomplete="off" list="\(fieldID(name))-list"\(attr("value", value.isEmpty ? nil : value))><datalist id="\(fieldID(name))-list">\(each: options, { "<option value=\"\($0)\">" })</datalist>
      """
    }
  }

  /// Photos from camera or album, with previews, progress and retry.
  /// - Parameters:
  ///   - original: send the file untouched (an officer's evidence); otherwise the page first shrinks it to 2000 px.
  ///   - camera: open the camera at once instead of asking.
  public static func photos(
    _ label: String = "照片", name: String = "photos", limit: Int = 9, hint: HTML? = nil, error: String? = nil, optional: Bool = true,
    original: Bool = false, camera: Bool = false
  ) -> HTML {
    group(label, name: name, hint: hint, error: error, optional: optional) { common in
      """
      <div class="photos" data-photos data-limit="\(limit)"\(if: !original, " data-shrink=\"2000\"")><ul class="previews" aria-live="polite"></ul>
      <span class="pick">\(Icon.camera.html)<span>拍照或从相册选择</span><input\(common) type="file" accept="image/*"\(if: limit > 1, " multiple")\(if: camera, " capture=\"environment\"")></span></div>
      """
    }
  }

  /// Other files: PDF, drawings, tables.
  public static func file(
    _ label: String, name: String, accept: String, hint: HTML? = nil, error: String? = nil, optional: Bool = false
  ) -> HTML {
    group(label, name: name, hint: hint, error: error, optional: optional) { common in
      "<input\(common) type=\"file\"\(attr("accept", accept))>"
    }
  }

  /// Short fields side by side: from and to, counts of one thing.
  public static func fieldRow(_ fields: [HTML]) -> HTML { "<div class=\"field-row\">\(fields)</div>" }

  /// A position: two hidden numbers and a button that fills them from the phone.
  public static func locate(latitudeName: String = "latitude", longitudeName: String = "longitude") -> HTML {
    """
    <div class="locate" data-locate hidden><input type="hidden" name="\(latitudeName)" data-lat><input type="hidden" name="\(longitudeName)" data-lon><input type="hidden" name="accuracy" data-acc>
    <button type="button" class="btn secondary">\(Icon.pin.html)<span>用手机定位</span></button><span class="hint" role="status"></span></div>
    """
  }
}

import Foundation

/// A form as a page shows it, read from its markup.
struct ShownForm: Sendable, Hashable {
  var action: String
  var isUpload: Bool
  var fields: [Field]
  struct Field: Sendable, Hashable {
    enum Kind: String, Sendable { case hidden, text, date, choice, file, check }
    var name: String
    var kind: Kind
    /// What stands in it, or the choices there are.
    var values: [String]
  }

  /// The forms of a page that change something.
  static func all(in page: String) -> [ShownForm] {
    page.matches(of: /<form method="post"([^>]*)>(.*?)<\/form>/.dotMatchesNewlines()).compactMap { match in
      let head = String(match.1)
      guard let action = attribute("action", head) else { return nil }
      return ShownForm(action: action, isUpload: head.contains("multipart/form-data"), fields: fields(in: String(match.2)))
    }
  }

  private static func fields(in body: String) -> [Field] {
    var fields: [Field] = []
    func add(_ name: String, _ kind: Field.Kind, _ value: String) {
      if let i = fields.firstIndex(where: { $0.name == name && $0.kind == kind }), kind == .choice || kind == .check {
        fields[i].values.append(value)
      } else {
        fields.append(Field(name: name, kind: kind, values: [value]))
      }
    }
    for match in body.matches(of: /<(input|textarea|button)\b([^>]*)>/) {
      let head = String(match.2)
      guard let name = attribute("name", head) else { continue }
      let value = attribute("value", head) ?? ""
      if match.1 == "button" {
        add(name, .choice, value)
        continue
      }
      switch attribute("type", head) ?? "text" {
      case "hidden": add(name, .hidden, value)
      case "radio": add(name, .choice, value)
      case "checkbox": add(name, .check, value)
      case "file": add(name, .file, "")
      case "date", "datetime-local", "time": add(name, .date, value)
      case "submit": continue
      default: add(name, .text, value)
      }
    }
    for match in body.matches(of: /<select\b([^>]*)>(.*?)<\/select>/.dotMatchesNewlines()) {
      guard let name = attribute("name", String(match.1)) else { continue }
      let options = String(match.2).matches(of: /<option value="([^"]*)"/).map { unescaped(String($0.1)) }
      fields.append(Field(name: name, kind: .choice, values: options))
    }
    return fields
  }
  private static func attribute(_ name: String, _ head: String) -> String? {
    guard let start = head.range(of: " \(name)=\"") else { return nil }
    return unescaped(String(head[start.upperBound...].prefix { $0 != "\"" }))
  }
  private static func unescaped(_ text: String) -> String {
    text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
      .replacing("&amp;", with: "&")
  }

  /// The body of the form with each field as told; nil leaves a field out.
  func body(_ value: (Field) -> String?) -> (type: String, body: String) {
    var pairs: [(name: String, value: String)] = []
    for field in fields { if let value = value(field) { pairs.append((field.name, value)) } }
    guard isUpload else {
      return (
        "application/x-www-form-urlencoded", pairs.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
      )
    }
    let boundary = "boundary-of-the-form-walk"
    let parts = pairs.map { "--\(boundary)\r\nContent-Disposition: form-data; name=\"\($0.name)\"\r\n\r\n\($0.value)\r\n" }
    return ("multipart/form-data; boundary=\(boundary)", parts.joined() + "--\(boundary)--\r\n")
  }
  static func encoded(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, 45, 46, 95: out.unicodeScalars.append(Unicode.Scalar(byte))
      default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }
}

/// A JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it), as far as this API needs one.
indirect enum ApiSchema: Sendable {
  case string(String? = nil)
  /// A text of so many characters.
  case text(ClosedRange<Int>, String? = nil)
  /// A text of a known form: a regular expression, or one of JSON Schema's formats.
  case formed(Form, String? = nil)
  case integer(String? = nil)
  /// A whole number within bounds.
  case count(ClosedRange<Int>, String? = nil)
  case number(String? = nil)
  case boolean(String? = nil)
  case choice([String], String? = nil)
  case array(ApiSchema)
  /// A named schema of the components.
  case ref(String)
  case object([Field])
  case nullable(ApiSchema)

  enum Form: Sendable {
    case pattern(String)
    case format(String)
  }
  struct Field: Sendable {
    let name: String
    let schema: ApiSchema
    let required: Bool
    init(_ name: String, _ schema: ApiSchema, required: Bool = true) {
      self.name = name
      self.schema = schema
      self.required = required
    }
  }

  var json: ApiJSON {
    switch self {
    case .string(let text): Self.simple("string", text)
    case .text(let length, let text):
      Self.simple("string", text, [("minLength", .int(length.lowerBound)), ("maxLength", .int(length.upperBound))])
    case .formed(.pattern(let pattern), let text): Self.simple("string", text, [("pattern", .string(pattern))])
    case .formed(.format(let format), let text): Self.simple("string", text, [("format", .string(format))])
    case .integer(let text): Self.simple("integer", text)
    case .count(let range, let text):
      Self.simple("integer", text, [("minimum", .int(range.lowerBound)), ("maximum", .int(range.upperBound))])
    case .number(let text): Self.simple("number", text)
    case .boolean(let text): Self.simple("boolean", text)
    case .choice(let values, let text):
      .object(
        [("type", .string("string")), ("enum", .array(values.map(ApiJSON.string)))] + (text.map { [("description", .string($0))] } ?? []))
    case .array(let item): .object([("type", .string("array")), ("items", item.json)])
    case .ref(let name): .object([("$ref", .string("#/components/schemas/\(name)"))])
    case .nullable(let inner): .object([("anyOf", .array([inner.json, .object([("type", .string("null"))])]))])
    case .object(let fields):
      .object([
        ("type", .string("object")), ("additionalProperties", .bool(false)),
        ("required", .array(fields.filter(\.required).map { .string($0.name) })),
        ("properties", .object(fields.map { ($0.name, $0.schema.json) })),
      ])
    }
  }
  private static func simple(_ type: String, _ text: String?, _ bounds: [(String, ApiJSON)] = []) -> ApiJSON {
    .object([("type", .string(type))] + bounds + (text.map { [("description", .string($0))] } ?? []))
  }
  /// What comes in: a field that may be left out may also be null, as many programs write it.
  static func body(_ fields: [Field]) -> ApiSchema {
    .object(fields.map { $0.required ? $0 : Field($0.name, .nullable($0.schema), required: false) })
  }
}

/// JSON that keeps the order in which it was written, so that the committed document changes only where the API does.
indirect enum ApiJSON: Sendable {
  case string(String)
  case int(Int)
  case bool(Bool)
  case array([ApiJSON])
  case object([(String, ApiJSON)])

  func text(indent: Int = 0) -> String {
    let pad = String(repeating: "  ", count: indent + 1)
    let end = String(repeating: "  ", count: indent)
    switch self {
    case .string(let s): return Self.quoted(s)
    case .int(let n): return String(n)
    case .bool(let b): return b ? "true" : "false"
    case .array(let items):
      return items.isEmpty ? "[]" : "[\n" + items.map { pad + $0.text(indent: indent + 1) }.joined(separator: ",\n") + "\n\(end)]"
    case .object(let fields):
      return fields.isEmpty
        ? "{}"
        : "{\n" + fields.map { "\(pad)\(Self.quoted($0.0)): \($0.1.text(indent: indent + 1))" }.joined(separator: ",\n") + "\n\(end)}"
    }
  }
  static func quoted(_ s: String) -> String {
    var out = "\""
    for u in s.unicodeScalars {
      switch u {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      default:
        if u.value < 0x20 { out += "\\u00" + (u.value < 16 ? "0" : "") + String(u.value, radix: 16) } else { out.unicodeScalars.append(u) }
      }
    }
    return out + "\""
  }
}

import Foundation
import Kernel

/// Holds a body to the schema that the document gives for it, where reading it as a Swift value would be more lenient.
enum ApiBody {
  /// A key nobody reads would lose its meaning without a word: most often it is misspelt.
  /// - Throws: `Refusals`, one for each such key. Whatever else is wrong is told by whoever reads the body.
  static func check(_ data: Data, _ schema: ApiSchema) throws(Refusals) {
    // What is no JSON at all is refused by the reading that follows.
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: data) else { return }
    let unknown = unknownKeys(value, schema, "")
    if !unknown.isEmpty {
      throw Refusals(unknown.prefix(20).map { Refusal(.invalid, "json-unknown-key", "没有字段 \($0.prefix(60))，请核对拼写。", field: $0) })
    }
  }

  private static func unknownKeys(_ value: JSONValue, _ schema: ApiSchema, _ at: String) -> [String] {
    switch (schema, value) {
    case (.nullable(let inner), _): return unknownKeys(value, inner, at)
    case (.array(let item), .array(let elements)):
      return elements.enumerated().flatMap { unknownKeys($1, item, "\(at).\($0)") }
    case (.object(let fields), .object(let given)):
      return given.keys.sorted().flatMap { key -> [String] in
        let path = at.isEmpty ? key : "\(at).\(key)"
        guard let field = fields.first(where: { $0.name == key }), let inside = given[key] else { return [path] }
        return unknownKeys(inside, field.schema, path)
      }
    default: return []
    }
  }
}

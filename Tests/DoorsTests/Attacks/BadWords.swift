import Foundation
import HTTPTypes

/// What people with bad intentions, or with bad luck, write into forms. Every form of every page gets it in every field.
enum BadWords: String, CaseIterable, Sendable {
  /// Markup and templates · SQL · a page and a half · bytes nobody sees · formulas, headers, paths · UTF-8 that is none · no number.
  case markup, statement, long, zero, formula, overlong, nonsense

  var text: String {
    switch self {
    case .markup: #""><script>alert("lt")</script><img src=x onerror=alert(1)>'-alert(1)-'${7*7}{{7*7}}<%= 7*7 %>#{7*7}"#
    case .statement: #"x'); DROP TABLE report; UPDATE account SET role='auditAdmin'; -- " OR 1=1 %' ESCAPE '\' UNION SELECT 1;/*"#
    case .long: String(repeating: "长", count: 20_001)
    case .zero: "前\u{0}后\u{1}\u{7F}\u{202E}\u{FFFE}\u{200B}\u{2066}\u{FEFF}\u{E0041}\u{85}\u{2028}z\u{335}\u{489}"
    case .formula: "=cmd|' /C calc'!A0\r\nSet-Cookie: lt-split=1\r\nX-Lt-Split: 1\r\n\r\n../../../../etc/passwd%00..%2f"
    case .overlong: Self.overlongMark
    case .nonsense: "-1e999"
    }
  }
  /// Stands for bytes that no text can hold until the body is made.
  static let overlongMark = "OVERLONG"
  /// "/" in two bytes, and half of a pair.
  private static let overlongBytes: [UInt8] = [0xC0, 0xAF, 0xED, 0xA0, 0x80]

  func bytes(of body: String, _ type: String) -> [UInt8] {
    guard self == .overlong else { return Array(body.utf8) }
    let pieces = body.components(separatedBy: Self.overlongMark).map { Array($0.utf8) }
    let between = type.hasPrefix("multipart/") ? Self.overlongBytes : Array("%C0%AF%ED%A0%80".utf8)
    return Array(pieces.joined(separator: between))
  }

  /// Traces that would be seen if a page let it through.
  static let traces = ["<script>alert(", "<img src=x", "onerror=alert(1)>", "root:x:0"]
  /// Whether a value has become a header of its own.
  static func splitsHead(_ headers: HTTPFields) -> Bool {
    headers.contains { $0.name.canonicalName == "x-lt-split" || ($0.name == .setCookie && $0.value.hasPrefix("lt-split")) }
  }
}

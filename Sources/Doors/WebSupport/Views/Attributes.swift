/// An attribute with its leading space, ` id="f-name"`; nil gives nothing. Addresses go through `SafeURL` whatever the caller thinks.
///
/// Names that would carry script or style (`on…`, `style`, `srcdoc`) give nothing: the content policy would refuse them anyway.
public func attr(_ name: StaticString, _ value: String?) -> HTML {
  guard let value else { return .empty }
  let key = name.description
  if key.hasPrefix("on") || key == "style" || key == "srcdoc" { return .empty }
  if addressNames.contains(key) { return attr(name, url: value) }
  return " \(HTML.raw(key))=\"\(value)\""
}

public func attr(_ name: StaticString, _ value: Int) -> HTML { attr(name, String(value)) }

/// A boolean attribute: ` checked` or nothing.
public func attr(_ name: StaticString, if on: Bool) -> HTML {
  on ? " \(HTML.raw(name.description))" : .empty
}

/// ` href="…"`; an address that is not allowed becomes `#`, so that a hostile link is dead, not missing.
public func attr(_ name: StaticString, url: String) -> HTML {
  " \(HTML.raw(name.description))=\"\(SafeURL.check(url) ?? "#")\""
}

private let addressNames: Set<String> = ["href", "src", "action", "formaction", "poster", "cite", "data"]

/// Which addresses a page may point to.
public enum SafeURL {
  /// The address unchanged when it is http, https, tel, mailto or relative to this site; nil otherwise.
  ///
  /// Browsers drop tabs and line ends inside a scheme and read `\` as `/`, so both are refused rather than repaired.
  /// `//host` is refused: it looks relative and leaves the site.
  public static func check(_ address: String) -> String? {
    let bytes = Array(address.utf8)
    guard let first = bytes.first, first > 0x20 else { return bytes.isEmpty ? "" : nil }
    if bytes.contains(where: { $0 < 0x20 || $0 == 0x5C || $0 == 0x7F }) { return nil }
    if bytes.starts(with: [0x2F, 0x2F]) { return nil }
    // A colon before any / ? # makes what precedes it a scheme.
    guard let stop = bytes.firstIndex(where: { $0 == 0x3A || $0 == 0x2F || $0 == 0x3F || $0 == 0x23 }), bytes[stop] == 0x3A else {
      return address
    }
    let scheme = String(decoding: bytes[..<stop], as: UTF8.self).lowercased()
    switch scheme {
    case "http", "https":
      return bytes[stop...].starts(with: [0x3A, 0x2F, 0x2F]) ? address : nil
    case "tel", "mailto":
      return address
    default:
      return nil
    }
  }

  /// Percent-encodes one part of a path or the value of a query, keeping only unreserved characters.
  public static func encode(_ part: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in part.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
      default: out += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

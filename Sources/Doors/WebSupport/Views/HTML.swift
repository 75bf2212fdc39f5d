import Kernel

/// A piece of markup that is safe to send: everything interpolated as text is escaped on the way in.
///
/// Write it as a string literal; the compiler picks the interpolation by type:
///
///     let row: HTML = "<li>\(name) \(UI.tag("办结", .good))</li>"   // name: String is escaped, the tag is not
///
/// The only way to pass markup around the escape is `HTML.raw`, by that name.
public struct HTML: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
  /// UTF-8, ready for the wire.
  public private(set) var bytes: [UInt8]

  public init() { bytes = [] }
  /// Escapes `text`.
  public init(text: String) {
    bytes = []
    bytes.reserveCapacity(text.utf8.count + 16)
    bytes.appendEscaped(text)
  }
  public init(stringLiteral value: String) { bytes = Array(value.utf8) }
  public init(stringInterpolation: Interpolation) { bytes = stringInterpolation.bytes }
  private init(unescaped: String) { bytes = Array(unescaped.utf8) }

  /// Takes markup as it is. Only for markup the program made itself: a QR code's SVG, a file of ours.
  public static func raw(_ markup: String) -> HTML { HTML(unescaped: markup) }
  /// A piece that is not there.
  public static let empty = HTML()

  public var isEmpty: Bool { bytes.isEmpty }
  public var string: String { String(decoding: bytes, as: UTF8.self) }
  public var description: String { string }

  public mutating func append(_ other: HTML) { bytes.append(contentsOf: other.bytes) }
  public static func + (a: HTML, b: HTML) -> HTML {
    var sum = a
    sum.append(b)
    return sum
  }
  public static func += (a: inout HTML, b: HTML) { a.append(b) }

  /// How literals and values come together. Add an overload only for a type whose text needs no judgement.
  public struct Interpolation: StringInterpolationProtocol {
    fileprivate(set) var bytes: [UInt8] = []

    public init(literalCapacity: Int, interpolationCount: Int) {
      bytes.reserveCapacity(literalCapacity * 2 + interpolationCount * 32)
    }
    public mutating func appendLiteral(_ literal: String) { bytes.append(contentsOf: literal.utf8) }
    public mutating func appendInterpolation(_ text: String) { bytes.appendEscaped(text) }
    public mutating func appendInterpolation(_ text: Substring) { bytes.appendEscaped(String(text)) }
    /// Nil writes nothing.
    public mutating func appendInterpolation(_ text: String?) {
      if let text { bytes.appendEscaped(text) }
    }
    public mutating func appendInterpolation(_ number: Int) { bytes.append(contentsOf: String(number).utf8) }
    public mutating func appendInterpolation(_ number: Int64) { bytes.append(contentsOf: String(number).utf8) }
    public mutating func appendInterpolation<Record>(_ id: Identifier<Record>) { bytes.append(contentsOf: String(id.raw).utf8) }
    public mutating func appendInterpolation(_ piece: HTML) { bytes.append(contentsOf: piece.bytes) }
    /// Nil writes nothing.
    public mutating func appendInterpolation(_ piece: HTML?) {
      if let piece { bytes.append(contentsOf: piece.bytes) }
    }
    public mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { bytes.append(contentsOf: piece.bytes) }
    }
    /// `\(if: overdue, "<b>超期</b>")`: the piece is made only when wanted.
    public mutating func appendInterpolation(if wanted: Bool, _ piece: @autoclosure () -> HTML) {
      if wanted { bytes.append(contentsOf: piece().bytes) }
    }
    /// `\(each: rows, { row in "<li>\(row.title)</li>" })`.
    public mutating func appendInterpolation<Items: Sequence>(each items: Items, _ piece: (Items.Element) -> HTML) {
      for item in items { bytes.append(contentsOf: piece(item).bytes) }
    }
  }
}

extension HTML {
  /// Pieces with something between them.
  public static func join(_ pieces: [HTML], _ separator: HTML) -> HTML {
    var out = HTML()
    for (index, piece) in pieces.enumerated() {
      if index > 0 { out.append(separator) }
      out.append(piece)
    }
    return out
  }
}

extension [UInt8] {
  /// Appends `text` with the five specials escaped, for element content and quoted attributes alike.
  ///
  /// One pass that copies clean runs whole. Control characters that no HTML document may contain become U+FFFD, so that a
  /// pasted NUL can neither cut a page short nor hide a word.
  mutating func appendEscaped(_ text: String) {
    var text = text
    text.withUTF8 { source in
      var clean = 0
      var index = 0
      while index < source.count {
        let byte = source[index]
        // Everything from "?" up except DEL is harmless, which settles all of Chinese in one comparison.
        if byte > 0x3E && byte != 0x7F {
          index += 1
          continue
        }
        let replacement: StaticString
        switch byte {
        case 0x26: replacement = "&amp;"
        case 0x3C: replacement = "&lt;"
        case 0x3E: replacement = "&gt;"
        case 0x22: replacement = "&quot;"
        case 0x27: replacement = "&#39;"
        case 0...8, 0x0B, 0x0C, 0x0E...0x1F, 0x7F: replacement = "\u{FFFD}"
        default:
          index += 1
          continue
        }
        if index > clean { append(contentsOf: UnsafeBufferPointer(rebasing: source[clean..<index])) }
        replacement.withUTF8Buffer { append(contentsOf: $0) }
        index += 1
        clean = index
      }
      if clean < source.count { append(contentsOf: UnsafeBufferPointer(rebasing: source[clean...])) }
    }
  }
}

extension String {
  /// Without white space and line ends around it, those of Chinese text included.
  public func trimming() -> String {
    // Nearly every cell of a table and every answer of a form is clean, and to go through it by characters is slow.
    if let first = unicodeScalars.first, let last = unicodeScalars.last, Self.isPlain(first), Self.isPlain(last) { return self }
    return String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  /// Neither white space nor a mark that belongs to what stands before it.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x7E, 0x3001, 0x3002, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xFF01...0xFF5E: true
    default: false
    }
  }
}

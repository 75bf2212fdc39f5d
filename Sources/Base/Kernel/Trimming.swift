extension String {
  /// Without white space and line ends around it, those of Chinese text included.
  public func trimming() -> String {
    // Most cells of a table and most answers of a form are clean.
    if let first = utf8.first, let last = utf8.last, first > 0x20, first < 0x7F, last > 0x20, last < 0x7F { return self }
    return String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

import Storage

/// The name of one request, the same on the page, in every line of the log and, behind a proxy, in the proxy's log.
enum RequestID {
  /// Short enough to be read out on the telephone.
  static func made() -> String { Secrets.code(length: 10) }

  /// What a trusted proxy has already called the request. Anybody else could write what they like into our log.
  static func given(_ text: String?, by peer: String, trusted: [AddressRange]) -> String? {
    guard !trusted.isEmpty, let text, (8...64).contains(text.utf8.count), text.utf8.allSatisfy(isPlain),
      trusted.contains(where: { $0.contains(peer) })
    else { return nil }
    return text
  }
  private static func isPlain(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 46 || byte == 95
  }
}

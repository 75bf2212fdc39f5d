import Kernel

/// Which bytes of a file a request asks for (RFC 9110, 14).
public enum ByteRange: Sendable, Equatable {
  /// Nothing was asked for, nothing that can be read, or several pieces: each of these is answered with all of it.
  case whole
  case part(Range<Int>)
  /// It begins behind the end.
  case beyond

  /// - Parameters:
  ///   - header: "bytes=0-1023", "bytes=1024-", or "bytes=-500" for the last ones.
  ///   - size: of the whole.
  public static func read(_ header: String?, of size: Int) -> ByteRange {
    guard let header, let equals = header.firstIndex(of: "="), header[..<equals].lowercased() == "bytes" else { return .whole }
    let pieces = header[header.index(after: equals)...].split(separator: ",").map { String($0).trimming() }
    let asked = pieces.filter { !$0.isEmpty }
    guard asked.count == 1, let dash = asked[0].firstIndex(of: "-") else { return .whole }
    let (first, last) = (asked[0][..<dash], asked[0][asked[0].index(after: dash)...])
    if first.isEmpty {
      guard let count = number(last) else { return .whole }
      return count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .beyond
    }
    guard let from = number(first) else { return .whole }
    guard !last.isEmpty else { return from < size ? .part(from..<size) : .beyond }
    guard let to = number(last), to >= from else { return .whole }
    return from < size ? .part(from..<(min(to, size - 1) + 1)) : .beyond
  }

  /// Digits only; what is larger than any file is only that.
  private static func number(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text) ?? .max
  }
}

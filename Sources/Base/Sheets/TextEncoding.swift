/// The encodings in which Chinese offices send tables. GBK and GB2312 are read as GB18030, which contains them.
public enum TextEncoding: String, Sendable, CaseIterable {
  case utf8 = "UTF-8"
  case gb18030 = "GB18030"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"

  /// The encoding and the length of the byte-order mark to skip; nil when the bytes are no text.
  ///
  /// Without a mark: zeros on one side only mean UTF-16; bytes that are nearly all well-formed UTF-8 are UTF-8, so that a damaged UTF-8
  /// file keeps its encoding; the rest is GB18030. Only sequences of three bytes or more count for that: many GB18030 characters
  /// happen to be well-formed two-byte sequences, hardly any pair of them a longer one.
  static func detect(_ bytes: UnsafeBufferPointer<UInt8>) -> (encoding: TextEncoding, skip: Int, clean: Bool)? {
    let n = bytes.count
    if n >= 2, bytes[0] == 0xFF, bytes[1] == 0xFE { return (.utf16LittleEndian, 2, false) }
    if n >= 2, bytes[0] == 0xFE, bytes[1] == 0xFF { return (.utf16BigEndian, 2, false) }
    let sample = min(n, 4096)
    var zeros = (even: 0, odd: 0)
    for i in 0..<sample where bytes[i] == 0 {
      if i % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
    }
    // The zeros of UTF-16 stand on one side (a rare character has one on the other), and its Chinese is no UTF-8.
    let (more, less) = (max(zeros.even, zeros.odd), min(zeros.even, zeros.odd))
    if n % 2 == 0, more > 4 * less, more * 64 > sample {
      let head = UTF8Check.census(UnsafeBufferPointer(rebasing: bytes[..<sample]))
      if head.malformed > 1 || more * 4 > sample {
        return (zeros.even == 0 || zeros.even < zeros.odd ? .utf16LittleEndian : .utf16BigEndian, 0, false)
      }
    }
    // A stray NUL in a row is that row's trouble; many mean that this is no text.
    if (more + less) * 8 > sample { return nil }
    let mark = n >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    let census = UTF8Check.census(bytes)
    if mark > 0 || census.malformed * 10 <= census.long || census.malformed == 0 { return (.utf8, mark, census.malformed == 0) }
    return (.gb18030, 0, false)
  }
}

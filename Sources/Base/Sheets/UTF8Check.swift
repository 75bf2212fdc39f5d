/// Validity of UTF-8 (RFC 3629) without making strings, because a file is judged before it is split.
enum UTF8Check {
  struct Census {
    /// Well-formed sequences of three bytes or more.
    var long = 0
    /// Places where decoding would have to guess.
    var malformed = 0
  }

  static func census(_ bytes: UnsafeBufferPointer<UInt8>) -> Census {
    var out = Census()
    var i = 0
    while i < bytes.count {
      i = skipASCII(bytes, from: i)
      if i >= bytes.count { break }
      let length = sequence(bytes, at: i)
      if length > 0 {
        if length > 2 { out.long += 1 }
        i += length
      } else {
        out.malformed += 1
        i += 1
      }
    }
    return out
  }

  /// The offset of the first malformed byte, or nil.
  static func firstMalformed(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    var i = 0
    while true {
      i = skipASCII(bytes, from: i)
      if i >= bytes.count { return nil }
      let length = sequence(bytes, at: i)
      if length == 0 { return i }
      i += length
    }
  }

  @inline(__always)
  private static func skipASCII(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var i = start
    let raw = UnsafeRawBufferPointer(bytes)
    while i + 8 <= bytes.count, raw.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 { i += 8 }
    while i < bytes.count, bytes[i] < 0x80 { i += 1 }
    return i
  }

  /// The length of the well-formed multi-byte sequence at `i`, or 0.
  @inline(__always)
  private static func sequence(_ b: UnsafeBufferPointer<UInt8>, at i: Int) -> Int {
    let left = b.count - i
    func tail(_ k: Int) -> Bool { b[i + k] & 0xC0 == 0x80 }
    switch b[i] {
    case 0xC2...0xDF: return left >= 2 && tail(1) ? 2 : 0
    case 0xE0: return left >= 3 && b[i + 1] >= 0xA0 && b[i + 1] <= 0xBF && tail(2) ? 3 : 0
    case 0xED: return left >= 3 && b[i + 1] >= 0x80 && b[i + 1] <= 0x9F && tail(2) ? 3 : 0
    case 0xE1...0xEF: return left >= 3 && tail(1) && tail(2) ? 3 : 0
    case 0xF0: return left >= 4 && b[i + 1] >= 0x90 && b[i + 1] <= 0xBF && tail(2) && tail(3) ? 4 : 0
    case 0xF4: return left >= 4 && b[i + 1] >= 0x80 && b[i + 1] <= 0x8F && tail(2) && tail(3) ? 4 : 0
    case 0xF1...0xF3: return left >= 4 && tail(1) && tail(2) && tail(3) ? 4 : 0
    default: return 0
    }
  }
}

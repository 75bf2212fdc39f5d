import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Text of another encoding as UTF-8, block by block. Each byte that cannot be decoded becomes one 0xFF, which UTF-8 never
/// contains: the record that holds it is then told apart, and its neighbours are untouched.
///
/// In GB18030 no second, third or fourth byte of a character looks like a comma, quote, tab or line end, so decoding on
/// after a bad byte cannot move the borders of records.
struct Transcoder: ~Copyable {
  private let encoding: TextEncoding
  private let handle: iconv_t?
  /// Offsets in the source of the bytes written as 0xFF, in order.
  private var bad: [Int] = []
  private var position: Int

  init(_ encoding: TextEncoding, skip: Int) throws(SheetError) {
    self.encoding = encoding
    position = skip
    if encoding == .gb18030 {
      let opened = iconv_open("UTF-8", "GB18030")
      // iconv_open answers (iconv_t)-1 when the C library lacks the table.
      guard let opened, Int(bitPattern: opened) != -1 else {
        throw SheetError(.unsupported, "这台服务器不能读 GB18030 编码，请把文件另存为 UTF-8 后再上传")
      }
      handle = opened
    } else {
      handle = nil
    }
  }

  deinit {
    if let handle { iconv_close(handle) }
  }

  /// Decodes about `size` further bytes of `source` onto the end of `out`. False when there is nothing left.
  mutating func more(_ source: UnsafeBufferPointer<UInt8>, size: Int = 1 << 20, into out: inout [UInt8]) -> Bool {
    if position >= source.count { return false }
    if encoding == .gb18030 { decodeGB18030(source, size, &out) } else { decodeUTF16(source, size, &out) }
    return true
  }

  /// The offsets found since the last call.
  mutating func takeBad() -> [Int] {
    defer { bad.removeAll(keepingCapacity: true) }
    return bad
  }

  private mutating func decodeGB18030(_ source: UnsafeBufferPointer<UInt8>, _ size: Int, _ out: inout [UInt8]) {
    guard let handle, let base = source.baseAddress else { return }
    let end = min(position + size, source.count)
    // Two bytes become at most three, four at most four.
    let room = (end - position) * 2 + 16
    let before = out.count
    out.append(contentsOf: repeatElement(0, count: room))
    var at = position
    var found: [Int] = []
    let written = out.withUnsafeMutableBytes { buffer -> Int in
      guard let outBase = buffer.baseAddress else { return 0 }
      var outLeft = room
      var outAt: UnsafeMutablePointer<CChar>? = (outBase + before).assumingMemoryBound(to: CChar.self)
      while at < end {
        var left = end - at
        // iconv never writes to its input; the C signature only predates const.
        var inAt: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: base + at).assumingMemoryBound(to: CChar.self)
        let result = iconv(handle, &inAt, &left, &outAt, &outLeft)
        let failure = errno
        at = end - left
        if result != -1 { break }
        if failure == EINVAL, end < source.count { break }
        guard outLeft > 0, left > 0 else { break }
        found.append(at)
        outAt?.pointee = CChar(bitPattern: 0xFF)
        outAt = outAt.map { $0 + 1 }
        outLeft -= 1
        at += 1
        iconv(handle, nil, nil, nil, nil)
      }
      return room - outLeft
    }
    out.removeLast(room - written)
    position = at
    bad.append(contentsOf: found)
  }

  private mutating func decodeUTF16(_ source: UnsafeBufferPointer<UInt8>, _ size: Int, _ out: inout [UInt8]) {
    let end = min(position + size & ~1, source.count)
    let little = encoding == .utf16LittleEndian
    func unit(_ i: Int) -> UInt32 {
      little ? UInt32(source[i]) | UInt32(source[i + 1]) << 8 : UInt32(source[i]) << 8 | UInt32(source[i + 1])
    }
    out.reserveCapacity(out.count + (end - position) * 3 / 2 + 4)
    while position < end {
      guard position + 1 < source.count else {
        bad.append(position)
        out.append(0xFF)
        position += 1
        return
      }
      var value = unit(position)
      var length = 2
      if value & 0xFC00 == 0xD800, position + 3 < source.count, unit(position + 2) & 0xFC00 == 0xDC00 {
        value = 0x10000 + (value & 0x3FF) << 10 + (unit(position + 2) & 0x3FF)
        length = 4
      }
      switch value {
      case 0..<0x80: out.append(UInt8(value))
      case 0x80..<0x800:
        out.append(UInt8(0xC0 | value >> 6))
        out.append(UInt8(0x80 | value & 0x3F))
      case 0xD800...0xDFFF:
        bad.append(position)
        out.append(0xFF)
      case 0x800..<0x10000:
        out.append(UInt8(0xE0 | value >> 12))
        out.append(UInt8(0x80 | value >> 6 & 0x3F))
        out.append(UInt8(0x80 | value & 0x3F))
      default:
        out.append(UInt8(0xF0 | value >> 18))
        out.append(UInt8(0x80 | value >> 12 & 0x3F))
        out.append(UInt8(0x80 | value >> 6 & 0x3F))
        out.append(UInt8(0x80 | value & 0x3F))
      }
      position += length
    }
  }
}

import CZlib
import Foundation

/// Writes a container part by part. The same parts give the same bytes: times are those of 1980-01-01.
struct ZipWriter {
  private var out: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// Adds one part; `fill` gives its bytes piece by piece to the closure it receives.
  mutating func add(_ name: String, _ fill: (_ write: (borrowing [UInt8]) -> Void) -> Void) {
    let start = out.count
    let nameBytes = Array(name.utf8)
    var body = Deflater()
    fill { body.write($0) }
    let (packed, crc, size) = body.finish()
    var common: [UInt8] = []
    // Version 2.0, names in UTF-8, deflated, 1980-01-01 00:00.
    for field in [20, 0x0800, 8, 0, 0x21] as [UInt16] { Self.put(field, &common) }
    for field in [crc, UInt32(packed.count), UInt32(size)] { Self.put(field, &common) }
    Self.put(UInt16(nameBytes.count), &common)
    Self.put(UInt16(0), &common)
    Self.put(UInt32(0x0403_4B50), &out)
    out += common + nameBytes + packed
    Self.put(UInt32(0x0201_4B50), &directory)
    Self.put(UInt16(20), &directory)
    directory += common + [UInt8](repeating: 0, count: 10)
    Self.put(UInt32(start), &directory)
    directory += nameBytes
    count += 1
  }

  mutating func add(_ name: String, _ text: String) { add(name) { write in write(Array(text.utf8)) } }

  func finished() -> Data {
    var end: [UInt8] = []
    Self.put(UInt32(0x0605_4B50), &end)
    for field in [0, 0, count, count] as [UInt16] { Self.put(field, &end) }
    Self.put(UInt32(directory.count), &end)
    Self.put(UInt32(out.count), &end)
    Self.put(UInt16(0), &end)
    return Data(out + directory + end)
  }

  private static func put<T: FixedWidthInteger>(_ value: T, _ to: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { to.append(contentsOf: $0) }
  }
}

/// Raw deflate in pieces. zlib fails here only for want of memory; what was written then stays readable as stored blocks.
private struct Deflater: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>
  private let ready: Bool
  private var out: [UInt8] = []
  private var crc = crc32(0, nil, 0)
  private var size = 0

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Level 3: a sheet shrinks nearly as much as at 6, in half the time.
    ready = deflateInit2_(stream, 3, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    if ready { deflateEnd(stream) }
    stream.deallocate()
  }

  mutating func write(_ bytes: borrowing [UInt8]) {
    size += bytes.count
    var copy = copy bytes
    crc = copy.withUnsafeBufferPointer { crc32(crc, $0.baseAddress, UInt32($0.count)) }
    if ready { push(&copy, Z_NO_FLUSH) } else { store(copy) }
  }

  consuming func finish() -> (packed: [UInt8], crc: UInt32, size: Int) {
    var none: [UInt8] = []
    if ready { push(&none, Z_FINISH) } else { out += [1, 0, 0, 0xFF, 0xFF] }
    return (out, UInt32(truncatingIfNeeded: crc), size)
  }

  private mutating func push(_ bytes: inout [UInt8], _ flush: Int32) {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    let room = piece.count
    bytes.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      repeat {
        let made = piece.withUnsafeMutableBufferPointer { target -> Int in
          stream.pointee.next_out = target.baseAddress
          stream.pointee.avail_out = UInt32(room)
          deflate(stream, flush)
          return room - Int(stream.pointee.avail_out)
        }
        out.append(contentsOf: piece[..<made])
      } while stream.pointee.avail_out == 0
    }
  }

  /// Stored blocks of RFC 1951, 3.2.4.
  private mutating func store(_ bytes: [UInt8]) {
    for start in stride(from: 0, to: bytes.count, by: 0xFFFF) {
      let piece = bytes[start..<min(start + 0xFFFF, bytes.count)]
      let n = UInt16(piece.count)
      out += [0, UInt8(n & 0xFF), UInt8(n >> 8), UInt8(~n & 0xFF), UInt8(~n >> 8)] + piece
    }
  }
}

import CZlib
import Foundation

/// Writes a ZIP of stored parts (APPNOTE 6.3) piece by piece, larger than memory and larger than 4 GB. Films do not shrink, and what is stored
/// can be read by anything. The same parts give the same bytes: times are those of 1980-01-01.
struct EvidenceZip {
  struct Part: Sendable {
    let name: String
    let size: Int
    let crc: UInt32
  }
  private var directory = Data()
  private var written = 0
  private var count = 0

  /// What comes before a part's bytes.
  mutating func header(of part: Part) -> Data {
    let name = Data(part.name.utf8)
    let offset = written
    let big = part.size >= Self.wide
    var extra = Data()
    if big {
      Self.put(UInt16(1), &extra)
      Self.put(UInt16(16), &extra)
      Self.put(UInt64(part.size), &extra)
      Self.put(UInt64(part.size), &extra)
    }
    var out = Data()
    Self.put(UInt32(0x0403_4B50), &out)
    out += common(part, name, extra: extra.count, version: big ? 45 : 20, narrow: !big) + name + extra
    note(part, name, at: offset)
    written += out.count + part.size
    return out
  }
  /// Where a 32-bit field is full: the real number then stands in the zip64 field.
  private static let wide = Int(UInt32.max)

  private func common(_ part: Part, _ name: Data, extra: Int, version: UInt16, narrow: Bool) -> Data {
    var out = Data()
    // Names in UTF-8, stored, 1980-01-01 00:00.
    for field in [version, 0x0800, 0, 0, 0x21] { Self.put(field, &out) }
    Self.put(part.crc, &out)
    let size = narrow ? UInt32(part.size) : UInt32.max
    Self.put(size, &out)
    Self.put(size, &out)
    Self.put(UInt16(name.count), &out)
    Self.put(UInt16(extra), &out)
    return out
  }

  private mutating func note(_ part: Part, _ name: Data, at offset: Int) {
    let (big, far) = (part.size >= Self.wide, offset >= Self.wide)
    var extra = Data()
    if big || far {
      Self.put(UInt16(1), &extra)
      Self.put(UInt16((big ? 16 : 0) + (far ? 8 : 0)), &extra)
      if big {
        Self.put(UInt64(part.size), &extra)
        Self.put(UInt64(part.size), &extra)
      }
      if far { Self.put(UInt64(offset), &extra) }
    }
    let version: UInt16 = big || far ? 45 : 20
    Self.put(UInt32(0x0201_4B50), &directory)
    Self.put(version, &directory)
    directory += common(part, name, extra: extra.count, version: version, narrow: !big)
    // No comment, first disk, no attributes.
    directory += Data(count: 10)
    Self.put(far ? UInt32.max : UInt32(offset), &directory)
    directory += name + extra
    count += 1
  }

  /// What comes after the last part.
  func end() -> Data {
    var out = directory
    if count >= 0xFFFF || written >= Self.wide || directory.count >= Self.wide {
      Self.put(UInt32(0x0606_4B50), &out)
      Self.put(UInt64(44), &out)
      for version in [45, 45] as [UInt16] { Self.put(version, &out) }
      for disk in [0, 0] as [UInt32] { Self.put(disk, &out) }
      for number in [count, count, directory.count, written] { Self.put(UInt64(number), &out) }
      Self.put(UInt32(0x0706_4B50), &out)
      Self.put(UInt32(0), &out)
      Self.put(UInt64(written + directory.count), &out)
      Self.put(UInt32(1), &out)
    }
    let many = UInt16(min(count, 0xFFFF))
    Self.put(UInt32(0x0605_4B50), &out)
    for field in [0, 0, many, many] { Self.put(field, &out) }
    for number in [directory.count, written] { Self.put(UInt32(min(number, Self.wide)), &out) }
    Self.put(UInt16(0), &out)
    return out
  }

  static func crc(_ bytes: Data, _ before: UInt32 = 0) -> UInt32 {
    var crc = UInt(before)
    // zlib counts in 32 bits; pieces are smaller.
    bytes.withUnsafeBytes { crc = crc32(crc, $0.bindMemory(to: UInt8.self).baseAddress, UInt32($0.count)) }
    return UInt32(truncatingIfNeeded: crc)
  }

  private static func put<T: FixedWidthInteger>(_ value: T, _ to: inout Data) {
    withUnsafeBytes(of: value.littleEndian) { to.append(contentsOf: $0) }
  }
}

/// What the container of a picture says, found without decoding.
struct PictureFrame: Hashable, Sendable {
  var type: MediaType
  /// As stored, before any turning.
  var width: Int
  var height: Int
  /// Where the TIFF structure of EXIF lies.
  var exif: Range<Int>?
  /// Quarter turns to the left that a HEIC container asks for.
  var quarterTurns = 0

  /// - Throws: `damaged` when the structure breaks off or contradicts itself.
  static func read(_ bytes: Bytes, type: MediaType) throws(PictureError) -> PictureFrame {
    let frame: PictureFrame? =
      switch type {
      case .jpeg: jpeg(bytes)
      case .png: png(bytes)
      case .webp: webp(bytes)
      case .heic: HEICContainer.read(bytes)
      default: nil
      }
    guard let frame, frame.width > 0, frame.height > 0 else { throw .damaged }
    return frame
  }

  /// ITU T.81 annex B: segments up to the end marker, which must be there.
  private static func jpeg(_ b: Bytes) -> PictureFrame? {
    var frame = PictureFrame(type: .jpeg, width: 0, height: 0)
    var at = 2
    var scans = 0
    while true {
      guard b.u8(at) == 0xFF else { return nil }
      while b.u8(at + 1) == 0xFF { at += 1 }
      guard let marker = b.u8(at + 1) else { return nil }
      if marker == 0xD9 { return scans > 0 ? frame : nil }
      if marker == 0x01 || (0xD0...0xD7).contains(marker) {
        at += 2
        continue
      }
      guard let length = b.big16(at + 2), length >= 2, let body = b.range(at + 4, length - 2) else { return nil }
      switch marker {
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        // A second frame header could bring other dimensions past the check.
        guard frame.width == 0, let height = b.big16(body.lowerBound + 1), let width = b.big16(body.lowerBound + 3) else { return nil }
        (frame.width, frame.height) = (width, height)
      case 0xE1 where b.holds("Exif\0\0", at: body.lowerBound) && frame.exif == nil:
        frame.exif = (body.lowerBound + 6)..<body.upperBound
      case 0xDA:
        // Each scan costs a pass over all pixels; progressive cameras use about ten, hostile files thousands.
        scans += 1
        if frame.width == 0 || scans > 100 { return nil }
      default: break
      }
      at = body.upperBound
      if marker == 0xDA {
        guard let next = endOfScan(b, at) else { return nil }
        at = next
      }
    }
  }

  /// The first marker after coded data: FF followed by neither zero nor a restart.
  private static func endOfScan(_ b: Bytes, _ from: Int) -> Int? {
    b.all.withUnsafeBufferPointer { all in
      var i = from
      while i + 1 < all.count {
        if all[i] == 0xFF, all[i + 1] != 0, all[i + 1] != 0xFF, !(0xD0...0xD7).contains(all[i + 1]) { return i }
        i += 1
      }
      return nil
    }
  }

  /// PNG, third edition: chunks with checksums from IHDR to IEND.
  private static func png(_ b: Bytes) -> PictureFrame? {
    var frame = PictureFrame(type: .png, width: 0, height: 0)
    var at = 8
    var first = true
    var pixels = false
    while true {
      guard let length = b.big32(at), let body = b.range(at + 8, length), let sum = b.big32(body.upperBound) else { return nil }
      guard Checksum.crc32(b.all, (at + 4)..<body.upperBound) == UInt32(sum) else { return nil }
      if first != b.holds("IHDR", at: at + 4) { return nil }
      if first {
        guard length == 13, let width = b.big32(body.lowerBound), let height = b.big32(body.lowerBound + 4) else { return nil }
        (frame.width, frame.height) = (width, height)
        first = false
      } else if b.holds("IDAT", at: at + 4) {
        pixels = true
      } else if b.holds("eXIf", at: at + 4) {
        frame.exif = body
      } else if b.holds("IEND", at: at + 4) {
        return pixels ? frame : nil
      }
      at = body.upperBound + 4
    }
  }

  /// RFC 9649.
  private static func webp(_ b: Bytes) -> PictureFrame? {
    guard let riff = b.little32(4), let whole = b.range(8, riff) else { return nil }
    var frame = PictureFrame(type: .webp, width: 0, height: 0)
    var pixels = false
    var at = 12
    while at + 8 <= whole.upperBound {
      guard let length = b.little32(at + 4), let body = b.range(at + 8, length), body.upperBound <= whole.upperBound else { return nil }
      let start = body.lowerBound
      if b.holds("VP8X", at: at) {
        guard let width = b.little24(start + 4), let height = b.little24(start + 7) else { return nil }
        (frame.width, frame.height) = (width + 1, height + 1)
      } else if b.holds("VP8 ", at: at) {
        guard b.u8(start + 3) == 0x9D, let width = b.little16(start + 6), let height = b.little16(start + 8) else { return nil }
        (frame.width, frame.height) = (max(frame.width, width & 0x3FFF), max(frame.height, height & 0x3FFF))
        pixels = true
      } else if b.holds("VP8L", at: at) {
        guard b.u8(start) == 0x2F, let bits = b.little32(start + 1) else { return nil }
        (frame.width, frame.height) = (max(frame.width, bits & 0x3FFF + 1), max(frame.height, bits >> 14 & 0x3FFF + 1))
        pixels = true
      } else if b.holds("ANMF", at: at) {
        // A moving picture is no evidence of a place.
        return nil
      } else if b.holds("EXIF", at: at) {
        // Some writers put JPEG's prefix before the TIFF structure.
        frame.exif = (b.holds("Exif\0\0", at: start) ? start + 6 : start)..<body.upperBound
      }
      at = body.upperBound + length & 1
    }
    return pixels ? frame : nil
  }
}

enum Checksum {
  private static let table: [UInt32] = (0..<256).map { n in
    (0..<8).reduce(UInt32(n)) { c, _ in c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
  }
  /// The CRC of PNG.
  static func crc32(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    bytes.withUnsafeBufferPointer { all in
      table.withUnsafeBufferPointer { table in
        var c: UInt32 = 0xFFFF_FFFF
        for i in range { c = table[Int((c ^ UInt32(all[i])) & 0xFF)] ^ (c >> 8) }
        return c ^ 0xFFFF_FFFF
      }
    }
  }
}

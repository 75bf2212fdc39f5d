/// The few facts of EXIF 2.32 that matter for evidence, read from bytes of strangers: every offset is checked, every count
/// bounded, no directory is read twice.
struct EXIF: Hashable, Sendable {
  var make: String?
  var model: String?
  /// 1…8; 1 is upright.
  var orientation = 1
  /// "2024:03:05 14:22:01" as the device wrote it.
  var taken: String?
  /// "+08:00".
  var offset: String?
  var latitude: Double?
  var longitude: Double?

  private enum Tag {
    static let make = 0x010F
    static let model = 0x0110
    static let orientation = 0x0112
    static let changed = 0x0132
    static let exifDirectory = 0x8769
    static let gpsDirectory = 0x8825
    static let taken = 0x9003
    static let offset = 0x9010
    static let offsetTaken = 0x9011
  }

  init(_ bytes: Bytes, _ range: Range<Int>) {
    guard let tiff = TIFF(bytes, range) else { return }
    var changed: String?
    let main = tiff.directory(at: tiff.first)
    make = main[Tag.make].flatMap(tiff.text)
    model = main[Tag.model].flatMap(tiff.text)
    changed = main[Tag.changed].flatMap(tiff.text)
    if let value = main[Tag.orientation].flatMap(tiff.number), (1...8).contains(value) { orientation = value }
    if let at = main[Tag.exifDirectory].flatMap(tiff.number), at != tiff.first {
      let exif = tiff.directory(at: at)
      taken = exif[Tag.taken].flatMap(tiff.text)
      offset = exif[Tag.offsetTaken].flatMap(tiff.text) ?? exif[Tag.offset].flatMap(tiff.text)
    }
    taken = taken ?? changed
    if let at = main[Tag.gpsDirectory].flatMap(tiff.number), at != tiff.first {
      let gps = tiff.directory(at: at)
      latitude = Self.degrees(tiff, gps[1], gps[2], negative: "S", limit: 90)
      longitude = Self.degrees(tiff, gps[3], gps[4], negative: "W", limit: 180)
      // Devices without a fix write zeros; the point in the Gulf of Guinea is nobody's compound.
      if latitude == nil || longitude == nil || (latitude == 0 && longitude == 0) { (latitude, longitude) = (nil, nil) }
    }
  }

  private static func degrees(_ tiff: TIFF, _ reference: TIFF.Entry?, _ value: TIFF.Entry?, negative: String, limit: Double) -> Double? {
    guard let value, let parts = tiff.rationals(value), parts.count == 3 else { return nil }
    let sum = parts[0] + parts[1] / 60 + parts[2] / 3600
    guard sum.isFinite, parts.allSatisfy({ $0 >= 0 }), sum <= limit else { return nil }
    return reference.flatMap(tiff.text)?.uppercased() == negative ? -sum : sum
  }
}

/// The structure EXIF is kept in (TIFF 6.0).
private struct TIFF {
  struct Entry {
    let type: Int
    let count: Int
    /// Where the value lies in the bytes.
    let at: Int
  }
  private let bytes: Bytes
  private let range: Range<Int>
  private let little: Bool
  let first: Int

  init?(_ bytes: Bytes, _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
    let start = range.lowerBound
    guard range.count >= 8 else { return nil }
    if bytes.holds("II*\0", at: start) {
      little = true
    } else if bytes.holds("MM\0*", at: start) {
      little = false
    } else {
      return nil
    }
    guard let first = little ? bytes.little32(start + 4) : bytes.big32(start + 4) else { return nil }
    self.first = first
  }

  private func inside(_ at: Int, _ length: Int) -> Bool { at >= range.lowerBound && length >= 0 && at <= range.upperBound - length }
  private func u16(_ at: Int) -> Int? { inside(at, 2) ? (little ? bytes.little16(at) : bytes.big16(at)) : nil }
  private func u32(_ at: Int) -> Int? { inside(at, 4) ? (little ? bytes.little32(at) : bytes.big32(at)) : nil }

  /// The entries of one directory by tag; the first of a tag counts.
  func directory(at offset: Int) -> [Int: Entry] {
    var out: [Int: Entry] = [:]
    let start = range.lowerBound + offset
    guard let count = u16(start) else { return out }
    for i in 0..<min(count, 512) {
      let at = start + 2 + i * 12
      guard let tag = u16(at), let type = u16(at + 2), let number = u32(at + 4), inside(at, 12) else { break }
      let widths = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8]
      guard let width = widths[type], number > 0, number <= 65_536, out[tag] == nil else { continue }
      let length = width * number
      if length <= 4 {
        out[tag] = Entry(type: type, count: number, at: at + 8)
      } else if let far = u32(at + 8), inside(range.lowerBound + far, length) {
        out[tag] = Entry(type: type, count: number, at: range.lowerBound + far)
      }
    }
    return out
  }

  func number(_ entry: Entry) -> Int? {
    switch entry.type {
    case 1: bytes.u8(entry.at)
    case 3: u16(entry.at)
    case 4: u32(entry.at)
    default: nil
    }
  }

  /// Printable text up to the first zero, at most 128 bytes; nil when empty.
  func text(_ entry: Entry) -> String? {
    guard entry.type == 2 || entry.type == 7, inside(entry.at, entry.count) else { return nil }
    let raw = bytes.all[entry.at..<(entry.at + min(entry.count, 128))].prefix { $0 != 0 }
    let text = String(
      String(decoding: raw, as: UTF8.self).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0xFFFD })
    let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  func rationals(_ entry: Entry) -> [Double]? {
    guard entry.type == 5, entry.count <= 16 else { return nil }
    var out: [Double] = []
    for i in 0..<entry.count {
      guard let over = u32(entry.at + i * 8), let under = u32(entry.at + i * 8 + 4), under > 0 else { return nil }
      out.append(Double(over) / Double(under))
    }
    return out
  }
}

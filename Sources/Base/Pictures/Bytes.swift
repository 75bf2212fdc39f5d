import Foundation

/// Bytes from outside: every read is checked and answers nil beyond the end.
struct Bytes: Sendable {
  let all: [UInt8]
  init(_ data: Data) { all = Array(data) }
  init(_ all: [UInt8]) { self.all = all }

  var count: Int { all.count }
  func u8(_ at: Int) -> Int? { at >= 0 && at < all.count ? Int(all[at]) : nil }
  func big16(_ at: Int) -> Int? { at >= 0 && at + 2 <= all.count ? Int(all[at]) << 8 | Int(all[at + 1]) : nil }
  func big32(_ at: Int) -> Int? {
    guard let high = big16(at), let low = big16(at + 2) else { return nil }
    return high << 16 | low
  }
  func little16(_ at: Int) -> Int? { at >= 0 && at + 2 <= all.count ? Int(all[at + 1]) << 8 | Int(all[at]) : nil }
  func little24(_ at: Int) -> Int? {
    guard let low = little16(at), let high = u8(at + 2) else { return nil }
    return high << 16 | low
  }
  func little32(_ at: Int) -> Int? {
    guard let low = little16(at), let high = little16(at + 2) else { return nil }
    return high << 16 | low
  }
  /// A big-endian number of 0…8 bytes; nil when it does not fit an Int.
  func big(_ at: Int, width: Int) -> Int? {
    guard at >= 0, (0...8).contains(width), at + width <= all.count else { return nil }
    var value: UInt64 = 0
    for i in 0..<width { value = value << 8 | UInt64(all[at + i]) }
    return Int(exactly: value)
  }
  func holds(_ text: String, at: Int) -> Bool {
    let wanted = Array(text.utf8)
    return at >= 0 && at + wanted.count <= all.count && all[at..<(at + wanted.count)].elementsEqual(wanted)
  }
  /// Nil unless the whole range lies inside.
  func range(_ from: Int, _ length: Int) -> Range<Int>? {
    from >= 0 && length >= 0 && from <= all.count && length <= all.count - from ? from..<(from + length) : nil
  }
}

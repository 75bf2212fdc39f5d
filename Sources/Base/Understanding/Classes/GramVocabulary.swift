/// The character pieces (one unit, or two side by side) a classifier knows, each with a dense number.
/// A piece is keyed by its UTF-16 units, so that reading a text makes no substrings: `second` alone for one unit,
/// `first << 16 | second` for two.
struct GramVocabulary: Sendable {
  /// Ascending keys; the position of a key is the number of the piece.
  let keys: [UInt32]
  /// Open addressing: key in the upper half, number + 1 in the lower; 0 is an empty slot.
  private let slots: [UInt64]
  private let shift: UInt64

  init(ascending keys: [UInt32]) {
    self.keys = keys
    var bits: UInt64 = 4
    while (1 << bits) < keys.count * 2 { bits += 1 }
    shift = 64 - bits
    var slots = [UInt64](repeating: 0, count: 1 << bits)
    for (number, key) in keys.enumerated() {
      var place = Int(truncatingIfNeeded: (UInt64(key) &* GramVocabulary.spread) >> shift)
      while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = UInt64(key) << 32 | UInt64(number + 1)
    }
    self.slots = slots
  }

  var count: Int { keys.count }
  static let spread: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Lends the table for many look-ups without a bounds check each; `-1` stands for an unknown piece.
  @inline(__always)
  func withLookup<R>(_ body: (Lookup) throws -> R) rethrows -> R {
    try slots.withUnsafeBufferPointer { try body(Lookup(slots: $0, shift: shift)) }
  }

  struct Lookup {
    fileprivate let slots: UnsafeBufferPointer<UInt64>
    fileprivate let shift: UInt64
    @inline(__always)
    func callAsFunction(_ key: UInt32) -> Int32 {
      var place = Int(truncatingIfNeeded: (UInt64(key) &* GramVocabulary.spread) >> shift)
      while true {
        let slot = slots[place]
        if slot == 0 { return -1 }
        if slot >> 32 == UInt64(key) { return Int32(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1 }
        place = (place + 1) & (slots.count - 1)
      }
    }
  }

  /// The text of a piece, for a person to read.
  func text(_ number: Int) -> String {
    let key = keys[number]
    return String(decoding: key >> 16 == 0 ? [UInt16(key & 0xFFFF)] : [UInt16(key >> 16), UInt16(key & 0xFFFF)], as: UTF16.self)
  }
}

/// A text as the classifier reads it: folded units without blanks, cut at `limit`.
enum ClassReading {
  /// Citizens put the matter in the first sentences; what follows 800 characters moves no answer and costs time.
  static let limit = 800
  /// The opening, which portals fill with the title of the message; its pieces count a second time by themselves.
  static let opening = 30
  /// Length of the half that counts the opening, beside 1 for the whole text.
  static let openingShare: Float = 0.7

  static func units(_ text: String) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: limit) { buffer, count in count = fill(buffer, from: text) }
  }

  /// Fills `buffer` (room for `limit` units) and says how many were written.
  @inline(__always)
  static func fill(_ buffer: UnsafeMutableBufferPointer<UInt16>, from text: String) -> Int {
    var text = text
    return text.withUTF8 { bytes in decode(bytes, into: buffer) }
  }

  /// UTF-8 to folded UTF-16 by hand: a Swift string's own view costs several times the counting.
  private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, into buffer: UnsafeMutableBufferPointer<UInt16>) -> Int {
    var at = 0
    var written = 0
    while at < bytes.count, written < limit {
      let lead = UInt16(bytes[at])
      var unit: UInt16
      if lead < 0x80 {
        unit = lead
        at += 1
      } else if lead < 0xE0 {
        unit = (lead & 0x1F) << 6 | UInt16(bytes[at + 1]) & 0x3F
        at += 2
      } else if lead < 0xF0 {
        unit = (lead & 0x0F) << 12 | (UInt16(bytes[at + 1]) & 0x3F) << 6 | UInt16(bytes[at + 2]) & 0x3F
        at += 3
      } else {
        // Outside the basic plane (emoji, rare characters): one stand-in keeps neighbours apart.
        unit = 0xFFFD
        at += 4
      }
      unit = FoldedText.fold(unit)
      if unit <= 0x20 { continue }
      buffer[written] = unit
      written += 1
    }
    return written
  }
}

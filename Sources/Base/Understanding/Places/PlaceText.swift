/// A text made ready for the search: folded, with single digits before 村, 期, 区, 街坊, 坊 written as Chinese numerals
/// ("祁连2村" and "祁连二村" are one). Positions stay those of the original's UTF-16 view.
struct PlaceText: Sendable {
  let units: [UInt16]
  private let original: [UInt16]

  /// What lies beyond is not read: no complaint is so long, and a hostile text shall not cost seconds.
  static let longest = 10_000

  init(_ text: String) {
    original = Array(text.utf16.prefix(PlaceText.longest))
    var folded = original.map(FoldedText.fold)
    PlaceText.writeNumerals(&folded)
    units = folded
  }

  /// As the writer wrote it.
  func written(_ range: Range<Int>) -> String { String(units: original[range]) }

  static func units(of text: String) -> [UInt16] {
    var folded = text.utf16.map(FoldedText.fold)
    writeNumerals(&folded)
    return folded
  }

  private static let numbered = UnitSet("村期区街坊")
  private static let numerals = Array("零一二三四五六七八九".utf16)
  private static func writeNumerals(_ units: inout [UInt16]) {
    guard units.count > 1 else { return }
    for i in 0..<(units.count - 1) where FoldedText.isDigit(units[i]) && numbered.contains(units[i + 1]) {
      if i > 0, FoldedText.isDigit(units[i - 1]) || units[i - 1] == 0x2D { continue }
      units[i] = numerals[Int(units[i] - 0x30)]
    }
  }
}

/// Numerals, Arabic or Chinese, to 99.
enum Numerals {
  private static let digits = Array("零一二三四五六七八九十".utf16)
  static func digit(_ unit: UInt16) -> Int? { digits.firstIndex(of: unit) }

  /// The number that begins at `start`, and where it ends.
  static func read(_ units: [UInt16], _ start: Int) -> (value: Int, end: Int)? {
    var i = start
    if i < units.count, FoldedText.isDigit(units[i]) {
      var value = 0
      while i < units.count, FoldedText.isDigit(units[i]), value < 100_000 {
        value = value * 10 + Int(units[i] - 0x30)
        i += 1
      }
      return (value, i)
    }
    guard i < units.count, let first = digit(units[i]) else { return nil }
    i += 1
    if first == 10 {
      guard i < units.count, let ones = digit(units[i]), ones < 10, ones > 0 else { return (10, i) }
      return (10 + ones, i + 1)
    }
    guard i < units.count, digit(units[i]) == 10 else { return (first, i) }
    i += 1
    guard i < units.count, let ones = digit(units[i]), ones < 10, ones > 0 else { return (first * 10, i) }
    return (first * 10 + ones, i + 1)
  }
}

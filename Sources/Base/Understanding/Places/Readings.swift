/// How characters sound, folded for the slips people make: zh/z, ch/c, sh/s, final ng/n and initial n/l are one.
struct Readings: Sendable {
  static let shared = Readings()

  private static let low = 0x4E00
  private static let high = 0x9FFF
  private var first = [UInt16](repeating: 0, count: Readings.high - Readings.low + 1)
  private var second = [UInt16](repeating: 0, count: Readings.high - Readings.low + 1)

  private var plain = [UInt16](repeating: 0, count: Readings.high - Readings.low + 1)

  init() {
    var codes: [String: UInt16] = [:]
    func code(_ syllable: String) -> UInt16 {
      let folded = Readings.fold(syllable)
      if let known = codes[folded] { return known }
      // The private use area cannot meet a unit of text.
      let fresh = 0xE000 + UInt16(codes.count)
      codes[folded] = fresh
      return fresh
    }
    var exact: [String: UInt16] = [:]
    func read(_ table: String, _ body: (UInt16, Int, UInt16) -> Void) {
      for word in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
        let syllable = String(word.prefix { $0.isASCII })
        let c = code(syllable)
        let e = exact[syllable] ?? UInt16(exact.count + 1)
        exact[syllable] = e
        for unit in word.utf16 where unit >= UInt16(Readings.low) && unit <= UInt16(Readings.high) {
          body(c, Int(unit) - Readings.low, e)
        }
      }
    }
    var one = first
    var two = second
    var raw = plain
    read(ReadingsTable.common) {
      one[$1] = $0
      raw[$1] = $2
    }
    read(ReadingsTable.other) { code, at, _ in two[at] = code }
    first = one
    second = two
    plain = raw
  }

  /// The commonest sound of a character; the unit itself where it has none.
  func sound(_ unit: UInt16) -> UInt16 {
    let i = Int(unit) - Readings.low
    guard i >= 0, i < first.count, first[i] != 0 else { return unit }
    return first[i]
  }

  /// Do two characters sound the same, without the folding?
  func same(_ a: UInt16, _ b: UInt16) -> Bool {
    let i = Int(a) - Readings.low
    let j = Int(b) - Readings.low
    guard i >= 0, j >= 0, i < plain.count, j < plain.count, plain[i] != 0 else { return a == b }
    return plain[i] == plain[j]
  }

  /// Do two characters sound alike in any of their common readings?
  func alike(_ a: UInt16, _ b: UInt16) -> Bool {
    let i = Int(a) - Readings.low
    let j = Int(b) - Readings.low
    guard i >= 0, j >= 0, i < first.count, j < first.count, first[i] != 0, first[j] != 0 else { return a == b }
    if first[i] == first[j] { return true }
    if second[i] != 0, second[i] == first[j] || second[i] == second[j] { return true }
    return second[j] != 0 && second[j] == first[i]
  }

  private static func fold(_ syllable: String) -> String {
    var s = Substring(syllable)
    var head = ""
    for (long, short) in [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")] where s.hasPrefix(long) && s.count > long.count {
      head = short
      s = s.dropFirst(long.count)
      break
    }
    if s.hasSuffix("ang") || s.hasSuffix("eng") || s.hasSuffix("ing") { s = s.dropLast() }
    return head + s
  }
}

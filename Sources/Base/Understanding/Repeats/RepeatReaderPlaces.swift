/// Names of places and numbers of buildings, found by how they end.
extension RepeatReader {
  mutating func markPlaces() {
    areas = 0
    let tables = self.tables
    var found: UInt16 = 0
    units.withUnsafeBufferPointer { u in
      marks.withUnsafeMutableBufferPointer { marks in
        for i in u.indices.dropFirst() {
          let c = u[i]
          let kind = tables.placeEnd[Int(c)]
          guard kind != 0 else { continue }
          if kind & Mark.broad != 0, FoldedText.isDigit(u[i - 1]) || FoldedText.isLetter(u[i - 1]) {
            // Places masked by a letter and a number (A2区) are broad too.
            var k = i
            while k > 0, FoldedText.isDigit(u[k - 1]) || FoldedText.isLetter(u[k - 1]) { k -= 1 }
            for n in k...i { marks[n] |= Mark.broad }
            if c != 0x5E02 { found |= Self.areaBit(u, k, i) }  // not 市
            continue
          }
          guard let ends = tables.ends[c] else { continue }
          for end in ends {
            let start = i - end.units.count + 1
            guard start > 0, Self.matches(u, start, end.units) else { continue }
            let s = Self.nameStart(u, marks, start, most: end.broad ? 4 : 6, tables)
            guard start - s >= 2 || (start - s >= 1 && end.units.count >= 2) else { continue }
            if c == 0x533A || c == 0x53BF, end.units.count == 1 { found |= Self.areaBit(u, start - 2, start) }  // 区 县
            let mark = end.broad ? Mark.broad : Mark.place
            for k in s..<start where marks[k] & 3 == 0 || mark == Mark.place { marks[k] = marks[k] & ~3 | mark }
            for k in start...i where marks[k] & 3 == 0 { marks[k] |= end.broad ? Mark.broad : Mark.end }
            break
          }
        }
      }
    }
    areas = found
  }

  /// Marks every occurrence of a known name.
  mutating func mark(_ place: String) {
    let name = FoldedText(place).units
    guard name.count >= 2, units.count >= name.count else { return }
    for i in 0...(units.count - name.count) where units[i] == name[0] && units[i + 1] == name[1] {
      guard units[i..<i + name.count].elementsEqual(name) else { continue }
      for k in i..<i + name.count { marks[k] = marks[k] & ~(Mark.broad | Mark.end) | Mark.place }
    }
  }

  /// Walks back over a name until a character that no name holds, a broad place, or a word of complaints.
  private static func nameStart(
    _ u: UnsafeBufferPointer<UInt16>, _ marks: UnsafeMutableBufferPointer<UInt8>, _ start: Int, most: Int, _ tables: RepeatTables
  ) -> Int {
    var s = start
    let lowest = max(0, start - most)
    while s > lowest {
      let p = u[s - 1]
      guard FoldedText.isHan(p), !tables.nameStop[Int(p)], marks[s - 1] & Mark.broad == 0 else { break }
      if s >= 2, tables.isCommon(RepeatTables.pair(u[s - 2], p)) { break }
      // The first unit of a common word right behind: 附近|安置小区 names nothing.
      if s < start, tables.isCommon(RepeatTables.pair(p, u[s])) { break }
      s -= 1
    }
    return s
  }

  /// One of 16 bits for the name of a district or county.
  private static func areaBit(_ u: UnsafeBufferPointer<UInt16>, _ from: Int, _ to: Int) -> UInt16 {
    var h: UInt32 = 0
    for k in max(0, from)..<to { h = (h ^ UInt32(u[k])) &* 0x9E37_79B1 }
    return 1 << UInt16(h >> 28)
  }

  @inline(__always)
  private static func matches(_ u: UnsafeBufferPointer<UInt16>, _ at: Int, _ end: [UInt16]) -> Bool {
    for k in 0..<end.count where u[at + k] != end[k] { return false }
    return true
  }

  /// 3栋 · 十二号楼 · 502室 · 3号线 · 115路
  mutating func readNumbers() {
    buildings = RepeatNumbers()
    room = RepeatNumbers()
    lines = RepeatNumbers()
    var i = 0
    let count = units.count
    while i < count {
      guard let first = Self.numeral(units[i]) else {
        // B座
        if FoldedText.isLetter(units[i]), i + 1 < count, [0x680B, 0x5E62, 0x5EA7].contains(units[i + 1]) {
          buildings.insert(10_000 + Int(units[i]))
        }
        i += 1
        continue
      }
      var value = first
      var digits = 1
      i += 1
      while i < count, let d = Self.numeral(units[i]) {
        if d == 10 {
          value *= 10
        } else if units[i - 1] == 0x5341 {  // 十二 is twelve, not a hundred and two
          value += d
        } else {
          value = value * 10 + d
        }
        value = min(value, 99_999)
        digits += 1
        i += 1
      }
      guard i < count else { break }
      let after = i + 1 < count ? units[i + 1] : 0
      switch units[i] {
      case 0x680B, 0x5E62, 0x5EA7, 0x23: buildings.insert(value)  // 栋 幢 座 #
      case 0x53F7:  // 号
        if after == 0x697C || FoldedText.isDigit(after) { buildings.insert(value) }  // 号楼, 12号502
        if after == 0x7EBF { lines.insert(value) }  // 号线
        if after == 0x623F, digits >= 3 { room.insert(value) }  // 号房
      case 0x8DEF: if digits >= 2 { lines.insert(value) }  // 路
      case 0x5BA4, 0x623F: if digits >= 3 { room.insert(value) }  // 室 房
      default: break
      }
    }
  }

  private static func numeral(_ u: UInt16) -> Int? {
    switch u {
    case 0x30...0x39: Int(u - 0x30)
    case 0x4E00: 1
    case 0x4E8C: 2
    case 0x4E09: 3
    case 0x56DB: 4
    case 0x4E94: 5
    case 0x516D: 6
    case 0x4E03: 7
    case 0x516B: 8
    case 0x4E5D: 9
    case 0x5341: 10
    default: nil
    }
  }
}

/// A few numbers in two bytes: one is kept exactly, of several one of fifteen bits each.
struct RepeatNumbers: Hashable, Sendable {
  private var bits: UInt16 = 0
  private static let exact: UInt16 = 0x8000
  var isEmpty: Bool { bits == 0 }

  mutating func insert(_ n: Int) {
    let one = Self.exact | UInt16(n & 0x7FFF)
    if bits == 0 { bits = one } else if bits != one { bits = spread | Self.bit(UInt16(n & 0x7FFF)) }
  }
  /// Both name numbers, and one of them in common.
  func meets(_ other: RepeatNumbers) -> Bool {
    if bits & other.bits & Self.exact != 0 { return bits == other.bits }
    return spread & other.spread != 0
  }
  func differs(_ other: RepeatNumbers) -> Bool { bits != 0 && other.bits != 0 && !meets(other) }

  private var spread: UInt16 { bits & Self.exact == 0 ? bits : Self.bit(bits & ~Self.exact) }
  private static func bit(_ n: UInt16) -> UInt16 { 1 << (n % 15) }
}

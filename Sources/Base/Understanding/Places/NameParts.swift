/// What tells the parts of one development from each other: 二期, 东区, B区, 三街坊, 别墅.
struct PartMarks: Hashable, Sendable {
  /// Bits by number: phases, numbered districts of the compound, 街坊.
  var phases: UInt64 = 0
  var zones: UInt64 = 0
  /// 东 西 南 北 中.
  var sides: UInt8 = 0
  /// A...Z.
  var letters: UInt32 = 0
  /// 公寓 别墅 商住楼 洋房.
  var kinds: UInt8 = 0

  /// Some other remark in brackets sets the compound apart from one that has none.
  static let remark: UInt8 = 128

  var isEmpty: Bool { self == PartMarks() }

  var isPhaseOnly: Bool { zones == 0 && sides == 0 && letters == 0 }

  /// Where there is a second phase there is a first, where an east an other side. A first phase, flats or villas may stand alone.
  var hasSiblings: Bool { phases & ~2 != 0 || zones != 0 || sides != 0 || letters != 0 }
  /// Houses without flats.
  var isVillas: Bool { kinds & 0b10_0010 != 0 && kinds & 1 == 0 }

  /// Speaks against: a class both name, with nothing in common.
  func contradicts(_ other: PartMarks) -> Bool {
    clash(phases, other.phases) || clash(zones, other.zones) || clash(sides, other.sides) || clash(letters, other.letters)
      || clash(kinds, other.kinds)
  }
  /// Classes named by both, with something in common.
  func agreements(_ other: PartMarks) -> Int {
    var n = 0
    if phases & other.phases != 0 { n += 1 }
    if zones & other.zones != 0 { n += 1 }
    if sides & other.sides != 0 { n += 1 }
    if letters & other.letters != 0 { n += 1 }
    if kinds & other.kinds != 0 { n += 1 }
    return n
  }
  private func clash<T: FixedWidthInteger>(_ a: T, _ b: T) -> Bool { a != 0 && b != 0 && a & b == 0 }

  mutating func formUnion(_ other: PartMarks) {
    phases |= other.phases
    zones |= other.zones
    sides |= other.sides
    letters |= other.letters
    kinds |= other.kinds
  }
}

extension PartMarks {
  private static let sideUnits = Array("东西南北中".utf16)
  private static let zoneWords = UnitSet("区苑园块里")
  private static let qu: UInt16 = 0x533A
  private static let qi: UInt16 = 0x671F
  private static let kuai: UInt16 = 0x5757
  private static let kindWords: [(word: [UInt16], bit: UInt8)] = [
    (Array("公寓".utf16), 1), (Array("别墅".utf16), 2), (Array("商住楼".utf16), 4), (Array("洋房".utf16), 8), (Array("叠加".utf16), 16),
    (Array("联排".utf16), 32),
  ]

  /// One mark that begins at `start`, with its end. `bare` marks stand outside brackets, where "东苑" may be part of a name.
  static func one(_ units: [UInt16], _ start: Int, bare: Bool) -> (marks: PartMarks, end: Int)? {
    guard start < units.count else { return nil }
    var marks = PartMarks()
    if let side = sideUnits.firstIndex(of: units[start]), start + 1 < units.count,
      bare ? units[start + 1] == qu || units[start + 1] == kuai : zoneWords.contains(units[start + 1])
    {
      marks.sides = 1 << UInt8(side)
      return (marks, start + 2)
    }
    var i = start
    while i < units.count, FoldedText.isLetter(units[i]), i - start < 3 {
      marks.letters |= 1 << UInt32(units[i] - 0x61)
      i += 1
    }
    if i > start {
      guard i < units.count, units[i] == qu || units[i] == kuai || (units[i] == 0x82D1 && !bare) else { return nil }
      return (marks, i + 1)
    }
    if !bare {
      for (word, bit) in kindWords where units[start...].starts(with: word) {
        marks.kinds = bit
        return (marks, start + word.count)
      }
    }
    var numbers: UInt64 = 0
    var last = 0
    while i < units.count, let (value, end) = Numerals.read(units, i), value > 0, value < 64 {
      // "二三四期" lists, "1-7区" runs.
      numbers |= 1 << UInt64(value)
      if last > 0, i > start, units[i - 1] == 0x2D || units[i - 1] == 0x81F3, value > last {
        for n in last...value { numbers |= 1 << UInt64(n) }
      }
      last = value
      i = end
      if i < units.count, units[i] == 0x2D || units[i] == 0x3001 || units[i] == 0x81F3 || units[i] == 0x2C { i += 1 }
    }
    guard numbers != 0, i < units.count else { return nil }
    if units[i] == qi {
      marks.phases = numbers
      return (marks, i + 1)
    }
    if units[i] == qu || units[i] == kuai {
      marks.zones = numbers
      return (marks, i + 1)
    }
    if units[i] == 0x8857, i + 1 < units.count, units[i + 1] == 0x574A {
      marks.zones = numbers
      return (marks, i + 2)
    }
    return nil
  }

  /// All marks that follow a name at `start`, in brackets or not.
  static func following(_ units: [UInt16], _ start: Int) -> (marks: PartMarks, end: Int) {
    var marks = PartMarks()
    var i = start
    while i < units.count {
      if units[i] == 0x28 {
        guard let close = units[i...].prefix(12).firstIndex(of: 0x29) else { break }
        guard let inner = whole(Array(units[(i + 1)..<close])) else { break }
        marks.formUnion(inner)
        i = close + 1
      } else if let found = one(units, i, bare: true) {
        marks.formUnion(found.marks)
        i = found.end
      } else {
        break
      }
    }
    return (marks, i)
  }

  /// The marks of a text that is nothing but marks.
  static func whole(_ units: [UInt16]) -> PartMarks? {
    var marks = PartMarks()
    var i = 0
    while i < units.count {
      guard let found = one(units, i, bare: false) else { return nil }
      marks.formUnion(found.marks)
      i = found.end
    }
    return units.isEmpty ? nil : marks
  }
}

/// A registered name taken apart: "滨江雅苑(二期)" is 滨江雅苑, marks 二期, stem 滨江.
struct NameParts: Sendable {
  var base: [UInt16]
  var marks = PartMarks()
  /// The name with marks that are part of it: 中海万锦城三期. Nil where there are none.
  var whole: [UInt16]?
  /// Without the generic ending, where two characters or more are left.
  var stems: [Stem] = []
  /// What stood in brackets and is no mark: an old name, an address, a district.
  var remarks: [[UInt16]] = []

  struct Stem: Sendable {
    var units: [UInt16]
    /// 小区, 花园 and the like are left out freely; a mere 苑 rarely.
    var common: Bool
  }

  init(_ name: String) {
    var outside: [UInt16] = []
    var inside: [UInt16]?
    for unit in PlaceText.units(of: name) where unit != 0x20 && unit != 0xB7 {
      if unit == 0x28 {
        inside = []
      } else if unit == 0x29 {
        if let text = inside {
          if let found = PartMarks.whole(text) {
            marks.formUnion(found)
          } else {
            remarks.append(text)
            marks.kinds |= PartMarks.remark
          }
        }
        inside = nil
      } else if inside != nil {
        inside?.append(unit)
      } else {
        outside.append(unit)
      }
    }
    if let text = inside { outside += text }
    base = outside
    stripTrailingMarks()
    if base.count < outside.count { whole = outside }
    stems = NameParts.stems(of: base)
  }

  /// "中海万锦城三期" is 中海万锦城 with 三期, but "北蒙三小区" and "时一区" stay whole.
  private mutating func stripTrailingMarks() {
    search: while base.count > 4 {
      for length in 2...min(4, base.count - 3) {
        let at = base.count - length
        guard let found = PartMarks.one(base, at, bare: true), found.end == base.count else { continue }
        // "十二街坊" is not 十 and 二街坊.
        if Numerals.digit(base[at - 1]) != nil || FoldedText.isDigit(base[at - 1]) { continue }
        marks.formUnion(found.marks)
        base.removeLast(length)
        continue search
      }
      return
    }
  }

  static let endings: [[UInt16]] = [
    "小区", "公寓", "花园", "新村", "家园", "花苑", "大厦", "新苑", "佳苑", "雅苑", "大楼", "广场", "景苑", "公馆", "馨苑", "别墅", "华庭", "华苑", "名邸", "新城",
    "豪庭", "嘉园", "名苑", "豪园", "锦苑", "丽苑", "佳园", "景园", "嘉苑", "家苑", "豪苑", "名园", "华园", "雅园", "馨园", "丽园", "景庭", "名庭", "雅庭", "府邸", "华府", "雅居",
    "住宅小区", "国际公寓", "花城", "名都", "名城", "小筑", "商业楼", "号楼", "社区", "庄园", "洋房", "苑", "园", "庭", "邸", "里", "坊", "城", "楼",
  ].map { Array($0.utf16) }.sorted { $0.count > $1.count }

  static func stems(of base: [UInt16]) -> [Stem] {
    var found: [Stem] = []
    for ending in endings where base.count >= ending.count + 2 && base.suffix(ending.count).elementsEqual(ending) {
      if ending.count == 1, !found.isEmpty { break }
      let units = Array(base.dropLast(ending.count))
      // 武康路 alone is a road, whatever compound is named after it.
      guard !PlaceIndex.isRoad(units) else { continue }
      found.append(Stem(units: units, common: ending.count > 1))
    }
    return found
  }
}

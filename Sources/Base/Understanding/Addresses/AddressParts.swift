/// A level of a Chinese address, from the wide to the narrow.
enum AddressLevel: Int, CaseIterable, Sendable {
  case province, city, district, town, village, zone, road, group, lane, number, phase, building, unit, floor, room, place

  var name: String {
    switch self {
    case .province: "省份"
    case .city: "城市"
    case .district: "区县"
    case .town: "街镇"
    case .village: "村居"
    case .zone: "片区"
    case .road: "路名"
    case .group: "组号"
    case .lane: "弄巷号"
    case .number: "门牌号"
    case .phase: "分期"
    case .building: "楼栋"
    case .unit: "单元"
    case .floor: "楼层"
    case .room: "室号"
    case .place: "场所名"
    }
  }
  /// Whether the level is told by a number rather than a name.
  var isNumbered: Bool {
    switch self {
    case .group, .lane, .number, .phase, .building, .unit, .floor, .room: true
    default: false
    }
  }
}

/// An address taken apart. Reading is by the words that end each part (省, 路, 号, 栋 …); what none of them ends is the name of a place.
/// It never fails: an address it does not understand is all place.
struct AddressParts: Sendable {
  let units: [UInt16]
  /// The parts found, by level; a level may come twice ("交叉口" names two roads).
  var found: [[[UInt16]]] = Array(repeating: [], count: AddressLevel.allCases.count)
  /// All runs of digits, with letters and dashes in them, in order.
  var numbers: [[UInt16]] = []
  /// What stands in brackets: a door, a branch.
  var note: [UInt16] = []
  /// The level of the last part.
  var last: AddressLevel?

  subscript(_ level: AddressLevel) -> [[UInt16]] { found[level.rawValue] }

  init(_ text: String) {
    units = AddressScript.plain(text)
    var main: [UInt16] = []
    var depth = 0
    for unit in units {
      if unit == 0x28 || unit == 0x3010 || unit == 0x5B {
        depth += 1
        main.append(AddressParts.gap)
      } else if unit == 0x29 || unit == 0x3011 || unit == 0x5D {
        depth = max(0, depth - 1)
      } else if depth > 0 {
        note.append(unit)
      } else {
        main.append(unit)
      }
    }
    numbers = AddressParts.numbers(in: units)
    read(main)
  }

  private static let gap: UInt16 = 0x2C

  static func numbers(in units: [UInt16]) -> [[UInt16]] {
    units.split(whereSeparator: { !FoldedText.isDigit($0) }).map(Array.init)
  }

  private mutating func put(_ level: AddressLevel, _ part: ArraySlice<UInt16>) {
    guard !part.isEmpty else { return }
    found[level.rawValue].append(Array(part))
    last = level
  }

  private mutating func read(_ main: [UInt16]) {
    var start = 0
    var at = 0
    while at < main.count {
      if let (length, level) = AddressWords.numbered(main, at) {
        // A number with its word: what stood before it is a name of its own.
        let digits = AddressWords.numberEnd(main, at)
        putName(main[start..<at])
        put(level, main[at..<digits])
        at += length
        start = at
        continue
      }
      if FoldedText.isDigit(main[at]) || FoldedText.isLetter(main[at]) {
        at = max(AddressWords.numberEnd(main, at), at + 1)
        continue
      }
      if main[at] == AddressParts.gap || !(FoldedText.isHan(main[at])) {
        putName(main[start..<at])
        at += 1
        start = at
        continue
      }
      if let (length, level) = AddressWords.ending(main, at, from: start) {
        put(level, main[start..<at + length])
        at += length
        start = at
        continue
      }
      at += 1
    }
    putName(main[start...])
  }

  /// A name with no word of its own level at the end; a bare number at the end of all is a room.
  private mutating func putName(_ part: ArraySlice<UInt16>) {
    guard !part.isEmpty else { return }
    let digits = part.reversed().prefix { FoldedText.isDigit($0) }.count
    if digits == part.count {
      put(digits >= 3 ? .room : .number, part)
    } else if digits >= 3 {
      put(.place, part.dropLast(digits))
      put(.room, part.suffix(digits))
    } else {
      put(.place, part)
    }
  }
}

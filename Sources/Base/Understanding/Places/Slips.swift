import Foundation

/// How a written name differs from a registered one.
enum Slip: Sendable, Equatable {
  /// So many characters that sound the same.
  case sound(Int)
  /// One that sounds nearly the same: 四 for 十, 林 for 宁.
  case nearSound
  case swapped
  /// The writer left a character out.
  case missing
  /// The same, of a character that tells neighbours apart.
  case missingTelling
  /// The same, of an ending of two characters that leaves a good ending of one.
  case missingEnding
  /// The writer put one in.
  case extra
  /// One character looks like another.
  case shape
  /// One character is another.
  case other

  /// Taken off the score of the name written right.
  var cost: Double {
    switch self {
    case .sound(let n): n == 1 ? 0.07 : n == 2 ? 0.17 : 0.3
    case .nearSound: 0.16
    case .swapped: 0.08
    case .missing: 0.12
    case .missingTelling: 0.2
    case .missingEnding: 0.25
    case .extra: 0.25
    case .shape: 0.14
    case .other: 0.3
    }
  }
}

extension Slip {
  /// The natural logarithm of the chance that a name of `length` characters is written just so, given that it is written with a
  /// slip: one in seven is two characters swapped or one left out, the others mostly a character for another of the same sound,
  /// of which a character has a dozen.
  func logChance(_ length: Int) -> Double {
    let n = Double(max(length, 2))
    return switch self {
    case .sound(let count): log(0.6) - Double(count) * log(n * 12)
    case .nearSound: log(0.1 / (n * 12))
    case .swapped: log(0.15 / (n - 1))
    case .missing, .missingTelling, .missingEnding: log(0.15 / n)
    case .shape: log(0.04 / (n * 12))
    case .extra: log(0.02 / (n * 2_000))
    case .other: log(0.02 / (n * 2_000))
    }
  }

  /// How much more likely the words are this name with a slip than the right name of a compound we do not know: natural
  /// logarithm; above 0 it is the slip. One writer in five slips.
  static func logOdds(_ slip: Slip, _ written: ArraySlice<UInt16>, for name: [UInt16], _ habit: NameHabit) -> Double {
    let unknown = log(Double(max(habit.names, 500))) + habit.logChance(written, without: name)
    return slip.logChance(name.count) - unknown - log(5)
  }

  /// Too far off to go by: another compound may well be called so.
  /// The length of the registered name counts, for few long names are one slip apart, and `logOdds`.
  func weak(_ length: Int, _ odds: Double) -> Bool {
    switch self {
    case .nearSound: length < 5 && odds < 3
    case .shape: length < 4
    case .missingTelling where length > 5: false
    case .missingTelling: length < 4 || odds < 3
    case .missingEnding, .extra, .other: true
    case .sound(let n): n > 2
    case .swapped, .missing: false
    }
  }

  /// Characters that tell one compound from its neighbour: never a slip for one another.
  private static let telling = UnitSet("一二三四五六七八九十东西南北中上下新老大小前后左右0123456789abcdefghijklmnopqrstuvwxyz")

  private static let shortEndings = UnitSet("苑园庭邸")

  /// The slip that turns `name` into `units[start..<end]`; nil where it takes more than one.
  static func between(_ units: [UInt16], _ start: Int, _ end: Int, _ name: [UInt16], _ readings: Readings) -> Slip? {
    let length = end - start
    if length == name.count { return sameLength(units, start, name, readings) }
    if length + 1 == name.count {
      guard let hole = hole(long: name[...], short: units[start..<end]) else { return nil }
      // A digit left out makes another address.
      if FoldedText.isDigit(name[hole]) || FoldedText.isLetter(name[hole]) { return nil }
      // 二街坊 is never 十二街坊.
      if Numerals.digit(name[hole]) != nil,
        hole > 0 && Numerals.digit(name[hole - 1]) != nil || hole + 1 < name.count && Numerals.digit(name[hole + 1]) != nil
      {
        return nil
      }
      if length < 3 { return .missingTelling }
      // "殷川村" is 殷川三村 if no other 殷川 village is known: several tie.
      if Numerals.digit(name[hole]) != nil, hole == name.count - 2 { return .missing }
      if telling.contains(name[hole]) { return .missingTelling }
      // 汇川苑 may well be a compound of its own, and not 汇川名苑.
      let ending = name.count == 4 && hole == 2 && NameParts.endings.contains(Array(name[2...]))
      return ending && shortEndings.contains(name[3]) ? .missingEnding : .missing
    }
    if length == name.count + 1 {
      guard let hole = hole(long: units[start..<end], short: name[...]) else { return nil }
      return telling.contains(units[hole]) ? nil : .extra
    }
    return nil
  }

  private static func sameLength(_ units: [UInt16], _ start: Int, _ name: [UInt16], _ readings: Readings) -> Slip? {
    var differing: [Int] = []
    for i in name.indices where units[start + i] != name[i] {
      differing.append(i)
      if differing.count > 3 { return nil }
    }
    guard let first = differing.first else { return nil }
    if differing.count == 2, differing[1] == first + 1, units[start + first] == name[first + 1], units[start + first + 1] == name[first] {
      return FoldedText.isDigit(name[first]) || FoldedText.isDigit(name[first + 1]) ? nil : .swapped
    }
    let alike = differing.allSatisfy { i in
      readings.alike(units[start + i], name[i]) && !(telling.contains(units[start + i]) && telling.contains(name[i]))
    }
    if alike, differing.count == 1 || differing.count * 2 < name.count {
      return differing.count == 1 && !readings.same(units[start + first], name[first]) ? .nearSound : .sound(differing.count)
    }
    guard differing.count == 1, name.count > 3, !telling.contains(name[first]), !telling.contains(units[start + first]) else { return nil }
    return Shapes.shared.alike(units[start + first], name[first]) ? .shape : .other
  }

  /// Where `long` has a unit more than `short`.
  private static func hole(long: ArraySlice<UInt16>, short: ArraySlice<UInt16>) -> Int? {
    var i = 0
    while i < short.count, long[long.startIndex + i] == short[short.startIndex + i] { i += 1 }
    var j = i
    while j < short.count {
      if long[long.startIndex + j + 1] != short[short.startIndex + j] { return nil }
      j += 1
    }
    return long.startIndex + i
  }
}

/// A pair of addresses as numbers for the trees. `-1` stands for "cannot be told" throughout.
struct AddressFeatures: Sendable {
  private(set) var names: [String] = []
  private(set) var values: [Float] = []

  private mutating func put(_ name: String, _ value: Float) {
    names.append(name)
    values.append(value)
  }
  private mutating func put(_ name: String, _ value: Bool) { put(name, value ? 1 : 0) }

  init(_ query: AddressParts, _ candidate: AddressParts, rarity: AddressRarity) {
    levels(query, candidate)
    characters(query, candidate, rarity)
    places(query, candidate, rarity)
    numbers(query, candidate)
    shape(query, candidate)
  }

  /// Level by level: alike, and who has it.
  private mutating func levels(_ query: AddressParts, _ candidate: AddressParts) {
    var agreeing = 0
    var differing = 0
    for level in AddressLevel.allCases {
      let one = query[level]
      let other = candidate[level]
      let presence: Float = one.isEmpty ? (other.isEmpty ? 0 : 2) : (other.isEmpty ? 1 : 3)
      put("has.\(level)", presence)
      var like: Float = -1
      if presence == 3 {
        if level.isNumbered {
          let mine = Set(one.map(AddressFeatures.digits))
          let theirs = Set(other.map(AddressFeatures.digits))
          like = mine.isDisjoint(with: theirs) ? 0 : 1
          if like == 1, mine != theirs { like = 0.5 }
        } else {
          like = AddressLikeness.best(one, other) ?? -1
        }
        if level.rawValue >= AddressLevel.road.rawValue { if like > 0.9 { agreeing += 1 } else if like < 0.5 { differing += 1 } }
      }
      put("like.\(level)", like)
    }
    put("agreeing", Float(agreeing))
    put("differing", Float(differing))
    put("roads.query", Float(query[.road].count))
    put("roads.candidate", Float(candidate[.road].count))
    put("last.query", Float(query.last?.rawValue ?? -1))
    put("last.candidate", Float(candidate.last?.rawValue ?? -1))
  }

  static func digits(_ part: [UInt16]) -> [UInt16] {
    let digits = part.filter { FoldedText.isDigit($0) || FoldedText.isLetter($0) || $0 == 0x2D }
    return Array(digits.drop { $0 == 0x30 })
  }

  private mutating func characters(_ query: AddressParts, _ candidate: AddressParts, _ rarity: AddressRarity) {
    let one = query.units
    let other = candidate.units
    put("length.query", Float(one.count))
    put("length.candidate", Float(other.count))
    let singles = (AddressRarity.singles(one), AddressRarity.singles(other))
    let pairs = (AddressRarity.pairs(one), AddressRarity.pairs(other))
    let singleSets = (Set(singles.0), Set(singles.1))
    let pairSets = (Set(pairs.0), Set(pairs.1))
    put("single.query", AddressLikeness.covered(singles.0, by: singleSets.1, rarity.callAsFunction))
    put("single.candidate", AddressLikeness.covered(singles.1, by: singleSets.0, rarity.callAsFunction))
    put("pair.query", AddressLikeness.covered(pairs.0, by: pairSets.1, rarity.callAsFunction))
    put("pair.candidate", AddressLikeness.covered(pairs.1, by: pairSets.0, rarity.callAsFunction))
    put("plainpair.query", AddressLikeness.covered(pairs.0, by: pairSets.1) { _ in 1 })
    put("plainpair.candidate", AddressLikeness.covered(pairs.1, by: pairSets.0) { _ in 1 })
    put("missing.query", singleSets.0.subtracting(singleSets.1).map(rarity.callAsFunction).max() ?? 0)
    put("missing.candidate", singleSets.1.subtracting(singleSets.0).map(rarity.callAsFunction).max() ?? 0)
    // In a fixed order: a sum of floats over a set differs from run to run.
    let shared = pairSets.0.intersection(pairSets.1).sorted().map(rarity.callAsFunction)
    put("common.rarest", shared.max() ?? 0)
    put("common.sum", shared.reduce(0, +))
    let common = Float(AddressLikeness.subsequence(one, other))
    put("subsequence.query", one.isEmpty ? 0 : common / Float(one.count))
    put("subsequence.candidate", other.isEmpty ? 0 : common / Float(other.count))
    let run = AddressLikeness.run(one, other)
    put("run", Float(run.length))
    put("run.query", one.isEmpty ? 0 : Float(run.length) / Float(one.count))
    put("run.after.query", Float(one.count - run.endOne))
    put("run.after.candidate", Float(other.count - run.endOther))
    let cut = one[max(0, run.endOne - run.length)..<run.endOne]
    put("run.rarity", AddressRarity.pairs(Array(cut)).reduce(0) { $0 + rarity($1) })
    put("tail", Float(zip(one.reversed(), other.reversed()).prefix { $0 == $1 }.count))
    put("head", Float(zip(one, other).prefix { $0 == $1 }.count))
  }

  /// The names of places by themselves: the words that decide between neighbours.
  private mutating func places(_ query: AddressParts, _ candidate: AddressParts, _ rarity: AddressRarity) {
    let one = Array(query[.place].joined())
    let other = Array(candidate[.place].joined())
    let pairs = (AddressRarity.pairs(one), AddressRarity.pairs(other))
    put("place.dice", one.isEmpty || other.isEmpty ? -1 : AddressLikeness.dice(one, other))
    put(
      "place.query",
      pairs.0.isEmpty ? -1 : AddressLikeness.covered(pairs.0, by: Set(AddressRarity.pairs(candidate.units)), rarity.callAsFunction))
    put(
      "place.candidate",
      pairs.1.isEmpty ? -1 : AddressLikeness.covered(pairs.1, by: Set(AddressRarity.pairs(query.units)), rarity.callAsFunction))
    let last = (query[.place].last ?? [], candidate[.place].last ?? [])
    put("place.last", last.0.isEmpty || last.1.isEmpty ? -1 : AddressLikeness.dice(last.0, last.1))
    put("place.last.query", last.0.isEmpty ? -1 : Float(AddressLikeness.subsequence(last.0, candidate.units)) / Float(last.0.count))
    put("place.last.candidate", last.1.isEmpty ? -1 : Float(AddressLikeness.subsequence(last.1, query.units)) / Float(last.1.count))
    put("place.length.query", Float(one.count))
    put("place.length.candidate", Float(other.count))
    // The road's own name somewhere in the other, even where it was not read as a road.
    for (name, roads, units) in [("road.in.candidate", query[.road], candidate.units), ("road.in.query", candidate[.road], query.units)] {
      put(name, roads.map { Float(AddressLikeness.run($0, units).length) / Float(max($0.count, 1)) }.max() ?? -1)
    }
    for (name, places, units) in [
      ("place.in.candidate", query[.place], candidate.units), ("place.in.query", candidate[.place], query.units),
    ] {
      put(name, places.map { Float(AddressLikeness.run($0, units).length) / Float(max($0.count, 1)) }.max() ?? -1)
    }
  }

  private mutating func numbers(_ query: AddressParts, _ candidate: AddressParts) {
    let one = query.numbers
    let other = candidate.numbers
    let common = Set(one).intersection(other).count
    put("numbers.query", Float(one.count))
    put("numbers.candidate", Float(other.count))
    put("numbers.common", Float(common))
    put("numbers.query.share", one.isEmpty ? -1 : Float(common) / Float(Set(one).count))
    put("numbers.candidate.share", other.isEmpty ? -1 : Float(common) / Float(Set(other).count))
    put("numbers.first", one.isEmpty || other.isEmpty ? -1 : (one[0] == other[0] ? 1 : 0))
    put("numbers.last", one.isEmpty || other.isEmpty ? -1 : (one.last == other.last ? 1 : 0))
    let number = (query[.number] + query[.lane], candidate[.number] + candidate[.lane])
    put("doorplate.gap", AddressFeatures.gap(number.0, number.1))
    let building = (query[.building] + query[.number], candidate[.building] + candidate[.number])
    let mine = Set(building.0.map(AddressFeatures.digits))
    let theirs = Set(building.1.map(AddressFeatures.digits))
    put("building.any", mine.isEmpty || theirs.isEmpty ? -1 : (mine.isDisjoint(with: theirs) ? 0 : 1))
    put(
      "building.in.numbers",
      query[.building].isEmpty ? -1 : (query[.building].contains { other.contains(AddressFeatures.digits($0)) } ? 1 : 0))
    put(
      "doorplate.in.numbers", query[.number].isEmpty ? -1 : (query[.number].contains { other.contains(AddressFeatures.digits($0)) } ? 1 : 0)
    )
  }

  /// How far apart the nearest doorplates are.
  private static func gap(_ one: [[UInt16]], _ other: [[UInt16]]) -> Float {
    func value(_ part: [UInt16]) -> Int? { Int(String(decoding: part.prefix { FoldedText.isDigit($0) }.prefix(6), as: UTF16.self)) }
    var best = -1
    for first in one.compactMap(value) {
      for second in other.compactMap(value) { best = best < 0 ? abs(first - second) : min(best, abs(first - second)) }
    }
    return Float(min(best, 500))
  }

  private static let signs = ["交叉口", "附近", "米", "门)", "店", "内", "公司", "停车", "站", "对面", "旁"].map { Array($0.utf16) }
  private mutating func shape(_ query: AddressParts, _ candidate: AddressParts) {
    for sign in AddressFeatures.signs {
      let name = String(decoding: sign, as: UTF16.self)
      let mine = AddressFeatures.contains(query.units, sign)
      put("sign.\(name)", (AddressFeatures.contains(candidate.units, sign) ? 2 : 0) + (mine ? 1 : 0))
    }
    put("note.candidate", Float(candidate.note.count))
    put("note.in.query", candidate.note.isEmpty ? -1 : AddressLikeness.dice(candidate.note, query.units))
  }
  private static func contains(_ units: [UInt16], _ word: [UInt16]) -> Bool {
    units.indices.contains { AddressWords.match(units, $0, word) }
  }
}

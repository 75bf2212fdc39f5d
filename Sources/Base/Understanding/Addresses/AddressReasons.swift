/// What agrees between two addresses and what does not, in an officer's words.
enum AddressReasons {
  static func lines(_ query: AddressParts, _ candidate: AddressParts) -> [String] {
    var lines: [String] = []
    for level in AddressLevel.allCases {
      let one = query[level]
      let other = candidate[level]
      guard let mine = one.first else { continue }
      guard let theirs = other.first else {
        // A candidate seldom repeats the province or city; that it leaves out the narrow parts matters.
        if level.rawValue >= AddressLevel.road.rawValue { lines.append("候选未写\(level.name)（\(text(mine))）") }
        continue
      }
      if let common = one.first(where: { same($0, in: other, level) }) {
        lines.append("\(level.name)一致：\(text(common))")
      } else {
        lines.append("\(level.name)不同：\(text(mine))／\(text(theirs))")
      }
    }
    return lines
  }

  private static func same(_ part: [UInt16], in others: [[UInt16]], _ level: AddressLevel) -> Bool {
    level.isNumbered
      ? others.contains { AddressFeatures.digits($0) == AddressFeatures.digits(part) }
      : others.contains { AddressLikeness.dice($0, part) >= 0.8 }
  }
  private static func text(_ part: [UInt16]) -> String { String(decoding: part, as: UTF16.self) }
}

/// How a candidate address stands to the address asked for.
public enum AddressMatch: String, CaseIterable, Hashable, Sendable, Codable {
  /// Another place.
  case none = "不匹配"
  /// The same surroundings: the road, the compound, a neighbour building; not the place itself.
  case part = "部分匹配"
  /// The same place.
  case full = "完全匹配"
}

public struct AddressGrade: Hashable, Sendable {
  public var label: AddressMatch
  /// Estimate of the chance that the label is right, 0...1.
  public var score: Float
  /// What agrees and what does not, part by part, for an officer to read.
  public var reasons: [String]
}

/// A query with its candidates and the label of each, as people graded them.
public struct GradedAddresses: Hashable, Sendable {
  public var query: String
  public var candidates: [(text: String, label: AddressMatch)] { zip(texts, labels).map { ($0, $1) } }
  var texts: [String]
  var labels: [AddressMatch]
  public init(query: String, candidates: [(text: String, label: AddressMatch)]) {
    self.query = query
    texts = candidates.map(\.text)
    labels = candidates.map(\.label)
  }
}

/// Grades candidate addresses against one asked for. Addresses are taken apart and compared part by part; boosted trees, trained on
/// graded examples, weigh the comparison, seeing each candidate beside the others of its query. A value: same examples, same grader.
public struct AddressGrader: Hashable, Sendable, Codable {
  let rarity: AddressRarity
  let trees: BoostedTrees
  /// Multiplies the chances before the label is chosen, so that the rare labels are not given up; by `AddressMatch.allCases`.
  let leaning: [Float]

  init(rarity: AddressRarity, trees: BoostedTrees, leaning: [Float]) {
    self.rarity = rarity
    self.trees = trees
    self.leaning = leaning
  }

  /// Grades in the order of `candidates`.
  public func grade(_ query: String, _ candidates: [String]) -> [AddressGrade] {
    let asked = AddressParts(query)
    let parts = candidates.map(AddressParts.init)
    return zip(AddressTable.rows(asked, parts, rarity: rarity), parts).map { row, candidate in
      let (label, score) = choose(trees.chances(row))
      return AddressGrade(label: label, score: score, reasons: AddressReasons.lines(asked, candidate))
    }
  }

  private func choose(_ chances: [Float]) -> (AddressMatch, Float) {
    let leaned = AddressGrader.lean(chances, leaning)
    let best = leaned.indices.max { leaned[$0] < leaned[$1] } ?? 0
    return (AddressMatch.allCases[best], chances[best])
  }

  static func lean(_ chances: [Float], _ leaning: [Float]) -> [Float] { zip(chances, leaning).map { $0 * $1 } }

  private enum CodingKeys: String, CodingKey { case rarity, trees, leaning }

  /// Refuses trees that do not fit the features of this version.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    rarity = try values.decode(AddressRarity.self, forKey: .rarity)
    trees = try values.decode(BoostedTrees.self, forKey: .trees)
    leaning = try values.decode([Float].self, forKey: .leaning)
    guard trees.isSound, trees.columns == AddressTable.width, trees.classes == AddressMatch.allCases.count, leaning.count == trees.classes
    else {
      throw DecodingError.dataCorruptedError(forKey: .trees, in: values, debugDescription: "trees of another version, or damaged")
    }
  }
}

/// What is wrong with a rule file, and where.
public struct ItemRulesError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counted from 1.
  public let line: Int
  public let message: String
  public var description: String { "事项识别规则第\(line)行：\(message)" }
}

/// The hand-written rules by which a complaint is read: words grouped into concepts, and evidence for each
/// catalogue item or out-of-scope topic. A line-based file, so that an office can read and change it;
/// its form is described at the head of `Data/understanding/items.rules`.
public struct ItemRules: Sendable {
  /// How the words of a concept are named in a reason.
  enum Role: Sendable { case mention, place, party, state }
  enum Relation: Sendable {
    /// Within `ItemRules.window` units and one sentence of the first concept.
    case near
    case sameSentence
    /// Anywhere in what is read.
    case anywhere
  }
  struct Condition: Sendable {
    let concept: Int
    let relation: Relation
    let wanted: Bool
  }
  struct Evidence: Sendable {
    let weight: Double
    let concept: Int
    let titleOnly: Bool
    let conditions: [Condition]
    let line: Int
  }
  /// What evidence speaks for.
  enum Subject: Sendable {
    case item(slug: String)
    /// A topic that is not an item, with whom it is for (empty: nobody in particular).
    case topic(referral: String)
  }
  struct Section: Sendable {
    let subject: Subject
    let title: String
    /// The section whose score this one starts from, less `deduction`; only if own evidence is found.
    var base: Int?
    var deduction: Double = 0
    var evidence: [Evidence] = []
  }

  static let window = 13
  var conceptRoles: [Role] = []
  var conceptNames: [String] = []
  /// Folded term → the concepts it stands for.
  var terms: [[UInt16]: [Int]] = [:]
  var sections: [Section] = []
  /// Words inside which no other word counts, such as 非机动车 around 机动车.
  var masks: Set<[UInt16]> = []
  /// Item → the items most easily mixed up with it or found beside it, nearest first.
  var neighbours: [String: [String]] = [:]
  /// What speaks for "not an item" before anything was read, in the units of evidence.
  var bias = 3.0

  /// Slugs in the order of the file.
  public var slugs: [String] {
    sections.compactMap { if case .item(let slug) = $0.subject { slug } else { nil } }
  }

  /// - Throws: `ItemRulesError` with the first line that cannot be understood.
  public init(_ source: String) throws(ItemRulesError) {
    var parser = ItemRulesParser()
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() { try parser.takeWords(line, number: index + 1) }
    for (index, line) in lines.enumerated() { try parser.takeEvidence(line, number: index + 1) }
    self = try parser.finish()
  }

  init() {}
}

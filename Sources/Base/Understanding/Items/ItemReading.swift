/// What a message is about, as far as its words say.
public struct ItemReading: Sendable {
  /// Best first; `ItemReader.other` is among the first three, or fourth after three items that are far likelier. At most
  /// `ItemReader.guessLimit` by likelihood, then items easily mixed up with the best when the words name hardly any other.
  public let guesses: [ItemGuess]
  /// The best guess is that no catalogue item is meant, so a transfer should be proposed.
  public let outOfScope: Bool
  /// Whom the message would be for, if it says so. Also given beside an item when a second topic is plain.
  public let referral: ItemReferral?

  public var best: ItemGuess? { guesses.first }
}

public struct ItemGuess: Hashable, Sendable {
  /// A slug of the catalogue, or `ItemReader.other`.
  public let slug: String
  /// The item's name as the rule file or the caller gives it.
  public let name: String
  /// 0...1; over all guesses of one reading at most 1 in sum. How sure, not how grave.
  public let score: Double
  /// Sentences an officer can check against the message, strongest first.
  public let reasons: [String]
}

/// A topic outside the catalogue, and the department it is for.
public struct ItemReferral: Hashable, Sendable {
  /// e.g. 消防救援
  public let department: String
  /// e.g. 消防车通道被占用、堵塞
  public let topic: String
  public let reasons: [String]
}

/// One reading set right by the office: kept as it is, so that the list can be stored, read and withdrawn from.
public struct ItemCorrection: Hashable, Sendable, Codable {
  public let text: String
  public let slug: String
  public init(text: String, slug: String) {
    self.text = text
    self.slug = slug
  }
}

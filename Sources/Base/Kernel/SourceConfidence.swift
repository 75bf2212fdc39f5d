/// How far a statement of the law, or of a local rule, was checked. Kept beside every entry of `Data/` and shown with it.
public enum SourceConfidence: String, Hashable, Sendable, Codable, CaseIterable {
  /// The clause was read in a full text of the version in force.
  case quotedFromText = "quoted-from-text"
  /// The clause was read, but in a version since amended: article numbers may have moved.
  case quotedFromOlderText = "quoted-from-older-text"
  /// Somebody else's quotation or report of the rule.
  case secondary
  /// From memory or custom; no text found. A unit sets its own value.
  case unverified = "unverified-memory"

  /// For a label on a page.
  public var chinese: String {
    switch self {
    case .quotedFromText: "已核对条文"
    case .quotedFromOlderText: "据旧文本，条号待核"
    case .secondary: "据转引，未见原文"
    case .unverified: "未核实，可由本单位设定"
    }
  }
}

/// Something the program will not do, said so that a person can act on it.
///
/// Every room throws its refusals in this one form: doors translate the kind to a status and show the sentence.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// What a door does with it.
  public enum Kind: String, Sendable, Codable {
    /// The input is wrong: 422, shown beside the field.
    case invalid
    /// This person may not: 403.
    case forbidden
    /// There is nothing of that name, or its very existence is not this person's: 404.
    case missing
    /// Somebody was faster, or the state has moved on: 409.
    case conflict
    /// Too much or too often: 429 or 413.
    case limit
    /// Not now; the same request may succeed later: 503.
    case unavailable
  }
  public let kind: Kind
  /// Stable, kebab-case, room first: `matters-not-yours`. The API returns it; tests hold on to it.
  public let code: String
  /// A sentence in Chinese that says what to do.
  public let message: String
  /// The legal basis, when the refusal has one.
  public let article: String?
  /// The form field it belongs to, when it belongs to one.
  public let field: String?
  public init(_ kind: Kind, _ code: String, _ message: String, article: String? = nil, field: String? = nil) {
    self.kind = kind
    self.code = code
    self.message = message
    self.article = article
    self.field = field
  }
  public var description: String { "\(code): \(message)" }
}

/// All that is wrong with one form, so that a person mends it in one go.
public struct Refusals: Error, Sendable {
  public let all: [Refusal]
  public init(_ all: [Refusal]) { self.all = all }
}

import Kernel

/// What is wrong with a form, by field: the same sentences in the summary above and beside each field.
public struct FormErrors: Sendable {
  /// In the order of the form; `field` is empty for what belongs to no field.
  public let all: [(field: String, message: String)]
  public init(_ all: [(field: String, message: String)] = []) { self.all = all }
  public init(_ refusals: Refusals) { all = refusals.all.map { ($0.field ?? "", $0.message) } }
  public init(_ refusal: Refusal) { all = [(refusal.field ?? "", refusal.message)] }
  public static let none = FormErrors()
  public var isEmpty: Bool { all.isEmpty }
  public subscript(field: String) -> String? { all.first { $0.field == field }?.message }
}

/// The two hidden values of every form that changes something.
public struct FormTokens: Sendable {
  /// Proves the form came from our page.
  public let csrf: String
  /// Makes a second tap the same request: the server answers it as it answered the first.
  public let once: String
  public init(csrf: String, once: String) {
    self.csrf = csrf
    self.once = once
  }
  public static let csrfField = "_csrf"
  public static let onceField = "_once"
  public var html: HTML {
    "<input type=\"hidden\" name=\"_csrf\" value=\"\(csrf)\"><input type=\"hidden\" name=\"_once\" value=\"\(once)\">"
  }
}

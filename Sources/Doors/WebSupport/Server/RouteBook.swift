import People

/// Who may come in by a route. Stands beside the route, so that nobody has to look for it and a test can walk them all.
public enum Policy: Sendable, Hashable, CustomStringConvertible {
  /// Everybody: residents' pages, sign-in, assets.
  case `public`
  /// Somebody signed in; with a permission, only those whose role has it.
  case signedIn(Permission?)
  /// A program with a bearer token whose account has the permission.
  case token(Permission?)

  public var description: String {
    switch self {
    case .public: "public"
    case .signedIn(let permission): permission.map { "signed-in \($0.rawValue)" } ?? "signed-in"
    case .token(let permission): permission.map { "token \($0.rawValue)" } ?? "token"
    }
  }
}

/// The only way to register a route. Keeps the list that `longtang routes` prints and the tests walk.
///
///     book.get("/matters/{no}", allow: .signedIn(.seeMatters)) { visit in
///       var page = visit.page("事项", active: "matters")
///       page.main = …
///       return page
///     }
public struct RouteBook: Sendable {
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }
  public typealias Handler = @Sendable (Visit) async throws -> any Answering

  public struct Route: Sendable, CustomStringConvertible {
    public let method: Method
    /// "/matters/{no}".
    public let path: String
    public let policy: Policy
    public let limits: BodyLimits
    /// Opens what is sealed, or cannot be undone: the person proves anew to be themself when the last proof is older than
    /// `session.stepup` minutes.
    public let confirmed: Bool
    /// Reads much and may be a few seconds behind: asked of a replica where there is one, but not by who has just written.
    public let mayLag: Bool
    /// Leaves nothing behind by which a second sending could be known: its form is spent for good, see `SpentForms`.
    public let spendsForm: Bool
    let handler: Handler
    public var description: String { "\(method.rawValue) \(path) \(policy)\(confirmed ? " confirmed" : "")" }
  }

  public private(set) var routes: [Route] = []
  /// What is wrong with the book itself: doubled routes, paths that break the house's rules. Composition refuses to start with any.
  public private(set) var problems: [String] = []
  private var seen: Set<String> = []

  public init() {}

  public mutating func get(
    _ path: String, allow policy: Policy, confirmed: Bool = false, mayLag: Bool = false, _ handler: @escaping Handler
  ) {
    add(.get, path, policy, .none, confirmed: confirmed, mayLag: mayLag, handler)
  }
  public mutating func post(
    _ path: String, allow policy: Policy, limits: BodyLimits = .standard, confirmed: Bool = false, mayLag: Bool = false,
    spendsForm: Bool = false, _ handler: @escaping Handler
  ) {
    add(.post, path, policy, limits, confirmed: confirmed, mayLag: mayLag, spendsForm: spendsForm, handler)
  }
  public mutating func put(_ path: String, allow policy: Policy, limits: BodyLimits = .standard, _ handler: @escaping Handler) {
    add(.put, path, policy, limits, handler)
  }
  public mutating func patch(_ path: String, allow policy: Policy, limits: BodyLimits = .standard, _ handler: @escaping Handler) {
    add(.patch, path, policy, limits, handler)
  }
  public mutating func delete(_ path: String, allow policy: Policy, limits: BodyLimits = .standard, _ handler: @escaping Handler) {
    add(.delete, path, policy, limits, handler)
  }

  private mutating func add(
    _ method: Method, _ path: String, _ policy: Policy, _ limits: BodyLimits, confirmed: Bool = false, mayLag: Bool = false,
    spendsForm: Bool = false, _ handler: @escaping Handler
  ) {
    let shape = path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
    if !Self.isWellFormed(path) { problems.append("\(method.rawValue) \(path): a path is /kebab-case/{parameter}") }
    if case .token = policy, !path.hasPrefix("/api/") { problems.append("\(method.rawValue) \(path): tokens open /api/ only") }
    if confirmed {
      if case .signedIn = policy {} else { problems.append("\(method.rawValue) \(path): only somebody signed in can be asked anew") }
    }
    guard seen.insert("\(method.rawValue) \(shape)").inserted else {
      problems.append("\(method.rawValue) \(path): registered twice")
      return
    }
    routes.append(
      Route(
        method: method, path: path, policy: policy, limits: limits, confirmed: confirmed, mayLag: mayLag, spendsForm: spendsForm,
        handler: handler))
  }

  /// Small letters, digits, dashes and dots in the words of a path; a parameter takes a whole piece.
  static func isWellFormed(_ path: String) -> Bool {
    if path == "/" { return true }
    guard path.hasPrefix("/"), !path.hasSuffix("/") else { return false }
    return path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).allSatisfy { piece in
      if piece == "**" { return true }
      if piece.hasPrefix("{"), piece.hasSuffix("}") { return piece.count > 2 }
      return !piece.isEmpty && piece.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 }
    }
  }

  /// The methods that a path answers, for 405 and its `Allow`.
  func methods(of path: String) -> [Method] { routes.filter { $0.path == path }.map(\.method) }
}

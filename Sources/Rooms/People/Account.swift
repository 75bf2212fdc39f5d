import Kernel
import Offices
import Storage

/// An account as the security administrator sees it.
public struct Account: Sendable, Hashable {
  public let person: Person
  public let state: State
  /// A new password must be chosen before anything else is done.
  public let mustChange: Bool
  public let demonstration: Bool
  /// Wrong passwords since the last right one.
  public let failedCount: Int
  public let lockedUntil: Moment?
  public let signedInAt: Moment?
  public let createdAt: Moment
  /// Has taken on a second factor.
  public let hasFactor: Bool
  public enum State: String, Sendable, CaseIterable, Codable {
    case active, disabled
    public var chinese: String {
      switch self {
      case .active: "正常"
      case .disabled: "停用"
      }
    }
  }
  public func isLocked(at now: Moment) -> Bool { lockedUntil.map { now < $0 } ?? false }
}

public struct NewAccount: Sendable, Hashable {
  public var login: String
  public var name: String
  public var role: Role
  public var office: Office.ID?
  public var firm: Int64?
  public var committee: Int64?
  public init(login: String, name: String, role: Role, office: Office.ID? = nil, firm: Int64? = nil, committee: Int64? = nil) {
    self.login = login
    self.name = name
    self.role = role
    self.office = office
    self.firm = firm
    self.committee = committee
  }
}

public struct AccountFilter: Sendable, Hashable {
  public var office: Office.ID?
  public var role: Role?
  public var state: Account.State?
  /// Part of a log-in or a name.
  public var text: String?
  /// Only accounts of this district and those of no office: how far a district's security administrator sees.
  public var within: Office.ID?
  public init(office: Office.ID? = nil, role: Role? = nil, state: Account.State? = nil, text: String? = nil, within: Office.ID? = nil) {
    self.within = within
    self.office = office
    self.role = role
    self.state = state
    self.text = text
  }
}

public enum AccountStore {
  static let columns: Query =
    """
    \(PersonStore.columns), a.must_change, a.demonstration, a.signed_in_at, a.created_at, l.failed_count, l.locked_until, sf.enrolled_at
    """
  static let tables: Query =
    """
    \(PersonStore.tables) LEFT JOIN login_lock l ON l.login_tag = a.login_tag LEFT JOIN second_factor sf ON sf.account_id = a.id
    """

  static func account(_ row: ResultRow) throws -> Account {
    Account(
      person: try PersonStore.person(row), state: try row.choice("state"), mustChange: try row.bool("must_change"),
      demonstration: try row.bool("demonstration"), failedCount: Int(try row.optionalInt("failed_count") ?? 0),
      lockedUntil: try row.optionalMoment("locked_until"), signedInAt: try row.optionalMoment("signed_in_at"),
      createdAt: try row.moment("created_at"), hasFactor: try row.optionalMoment("enrolled_at") != nil)
  }
  public static func find(_ id: Person.ID, _ db: any Reader) throws -> Account? {
    try db.first("SELECT \(columns) FROM \(tables) WHERE a.id = \(id)").map(account)
  }
  public static func find(login: String, _ db: any Reader) throws -> Account? {
    try db.first("SELECT \(columns) FROM \(tables) WHERE a.login = \(Accounts.folded(login))").map(account)
  }
  /// In the order of log-ins; `after` is the last log-in already shown.
  public static func list(_ filter: AccountFilter, after: String? = nil, limit: Int = 50, _ db: any Reader) throws -> [Account] {
    var conditions: [Query] = []
    if let office = filter.office { conditions.append("a.office_id = \(office)") }
    if let role = filter.role { conditions.append("a.role = \(role)") }
    if let state = filter.state { conditions.append("a.state = \(state)") }
    if let text = filter.text, !text.isEmpty {
      let pattern = "%" + text.lowercased().replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
      conditions.append("(a.login LIKE \(pattern) ESCAPE '\\' OR lower(a.name) LIKE \(pattern) ESCAPE '\\')")
    }
    if let within = filter.within { conditions.append("(a.office_id IS NULL OR o.district_id = \(within))") }
    if let after { conditions.append("a.login > \(after)") }
    return try db.all("SELECT \(columns) FROM \(tables) WHERE \(conditions.conjunction) ORDER BY a.login LIMIT \(limit)").map(account)
  }
  public static func count(_ db: any Reader) throws -> Int { Int(try db.number("SELECT count(*) AS n FROM account")) }
}

import Kernel
import Storage

/// A program's key to `/api/v1`: acts as one account, within its role and scope.
public struct ApiToken: Sendable, Hashable {
  public typealias ID = Identifier<ApiToken>
  public let id: ID
  public let account: Person.ID
  /// What it is for: "12345 热线对接".
  public let name: String
  public let createdAt: Moment
  public let expiresAt: Moment
  public let revokedAt: Moment?
  public func isValid(at now: Moment) -> Bool { revokedAt == nil && now < expiresAt }
}

public enum ApiTokens {
  public static let prefix = "lt_"
  public static let longestDays = 366

  /// For one's own account, or for another's by the security administrator. Administrators have none: their work is not a program's.
  /// - Returns: the token, shown once and stored only as its hash.
  public static func issue(
    for account: Person.ID, name: String, days: Int, by person: Person, in house: House
  ) async throws -> (id: ApiToken.ID, token: String) {
    let now = house.now()
    if account != person.id { try person.require(.administerAccounts) }
    guard (1...longestDays).contains(days) else {
      throw Refusal(.invalid, "people-token-days", "有效期为 1 到 \(longestDays) 天。", field: "days")
    }
    guard (1...60).contains(name.count) else { throw Refusal(.invalid, "people-token-name", "请写明令牌用途，最多 60 个字。", field: "name") }
    let token = prefix + Secrets.token()
    let id: ApiToken.ID = house.ids.next(at: now)
    try await house.store.write { db in
      guard let owner = try AccountStore.find(account, db), owner.state == .active else {
        throw Refusal(.missing, "people-no-account", "没有这个账号。")
      }
      if account != person.id { _ = try Accounts.load(account, by: person, db) }
      guard !owner.person.role.isAdministrator else {
        throw Refusal(.forbidden, "people-token-administrator", "管理员账号不能签发接口令牌。")
      }
      try db.run(
        """
        INSERT INTO api_token (id, account_id, name, token_hash, created_at, expires_at)
        VALUES (\(id), \(account), \(name), \(Secrets.hash(of: token)), \(now), \(now.adding(hours: 24 * days)))
        """)
      try Accounts.journal(
        "account-token-issued", account, by: person.actor, at: now, facts: ["token": String(id.raw), "days": String(days)], house, db)
    }
    return (id, token)
  }

  /// Whose token it is; nil when unknown, revoked, expired, or when its account may not come in.
  public static func check(_ token: String, in house: House) async throws -> Person? {
    guard token.hasPrefix(prefix), token.utf8.count < 80 else { return nil }
    let now = house.now()
    let hash = Secrets.hash(of: token)
    return try await house.store.read { db in
      guard let row = try db.first("SELECT * FROM api_token WHERE token_hash = \(hash)"), try self.token(row).isValid(at: now),
        let account = try AccountStore.find(try row.id("account_id"), db), account.state == .active, !account.mustChange,
        try !account.demonstration || Accounts.isDemonstrationStore(db)
      else { return nil }
      return account.person
    }
  }

  public static func revoke(_ id: ApiToken.ID, by person: Person, in house: House) async throws {
    let now = house.now()
    try await house.store.write { db in
      guard let token = try db.first("SELECT * FROM api_token WHERE id = \(id)").map(token),
        token.account == person.id || person.may(.administerAccounts)
      else { throw Refusal(.missing, "people-no-token", "没有这个令牌。") }
      if token.account != person.id { _ = try Accounts.load(token.account, by: person, db) }
      guard token.revokedAt == nil else { return }
      try db.run("UPDATE api_token SET revoked_at = \(now) WHERE id = \(id)")
      try Accounts.journal("account-token-revoked", token.account, by: person.actor, at: now, facts: ["token": String(id.raw)], house, db)
    }
  }

  public static func list(of account: Person.ID, _ db: any Reader) throws -> [ApiToken] {
    try db.all("SELECT * FROM api_token WHERE account_id = \(account) ORDER BY id DESC").map(token)
  }
  static func token(_ row: ResultRow) throws -> ApiToken {
    ApiToken(
      id: try row.id("id"), account: try row.id("account_id"), name: try row.text("name"), createdAt: try row.moment("created_at"),
      expiresAt: try row.moment("expires_at"), revokedAt: try row.optionalMoment("revoked_at"))
  }
}

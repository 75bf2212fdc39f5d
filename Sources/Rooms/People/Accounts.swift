import Kernel
import Offices
import Storage

/// What the security administrator does with accounts. Nothing here shows or changes a matter.
public enum Accounts {
  /// How log-ins are stored and compared.
  public static func folded(_ login: String) -> String { login.lowercased().filter { !$0.isWhitespace } }

  /// A password that is shown once, now, and must be changed at the first sign-in.
  public struct OneTimePassword: Sendable, Hashable {
    public let account: Person.ID
    public let password: String
  }

  // MARK: Making

  public static func create(_ new: NewAccount, by person: Person, in house: House) async throws -> OneTimePassword {
    try person.require(.administerAccounts)
    let now = house.now()
    let password = Passwords.oneTime()
    let hash = try await Passwords.hash(password)
    let id = try await house.store.write { db in
      try insert(new, hash: hash, mustChange: true, by: person.actor, within: person.district, at: now, house, db)
    }
    return OneTimePassword(account: id, password: password)
  }

  /// The first accounts of an empty store, made from the console: afterwards only a security administrator makes others.
  public static func plantFirst(_ accounts: [NewAccount], in house: House) async throws -> [OneTimePassword] {
    let now = house.now()
    var made: [(NewAccount, String, String)] = []
    for new in accounts {
      let password = Passwords.oneTime()
      made.append((new, password, try await Passwords.hash(password)))
    }
    let prepared = made
    return try await house.store.write { db in
      guard try AccountStore.count(db) == 0 else {
        throw Refusal(.conflict, "people-not-empty", "已有账号，请由安全管理员在账号管理中新建。")
      }
      return try prepared.map { new, password, hash in
        let id = try insert(new, hash: hash, mustChange: true, by: .system, within: nil, at: now, house, db)
        return OneTimePassword(account: id, password: password)
      }
    }
  }

  /// The people of the demonstration city, who share one password. Log-ins that are there already stay as they are.
  /// - Returns: every account's id by log-in.
  public static func plantDemonstration(_ accounts: [NewAccount], password: String, in house: House) async throws -> [String: Person.ID] {
    guard house.isDemonstration else {
      throw Refusal(.forbidden, "people-demonstration", "演示账号只能建在演示库中。")
    }
    let now = house.now()
    let hash = try await Passwords.hash(password)
    return try await house.store.write { db in
      var out: [String: Person.ID] = [:]
      for new in accounts {
        let login = folded(new.login)
        if let old = try PersonStore.find(login: login, db) {
          out[login] = old.id
        } else {
          out[login] = try insert(new, hash: hash, mustChange: false, by: .system, within: nil, at: now, house, db)
        }
      }
      return out
    }
  }

  static func insert(
    _ new: NewAccount, hash: String, mustChange: Bool, by actor: Actor, within district: Office.ID?, at now: Moment, _ house: House,
    _ db: any Writer
  ) throws -> Person.ID {
    var new = new
    new.login = folded(new.login)
    try AccountRules.checkLogin(new.login)
    try AccountRules.checkName(new.name)
    try checkPost(new, within: district, db)
    guard try !db.exists("SELECT id FROM account WHERE login = \(new.login)") else {
      throw Refusal(.conflict, "people-login-taken", "登录名 \(new.login) 已被使用。", field: "login")
    }
    // What a demonstration store holds is never real, and a real store never holds what is not.
    guard try house.isDemonstration == isDemonstrationStore(db) else {
      throw Refusal(.forbidden, "people-demonstration", "演示账号只能建在演示库中。")
    }
    let id: Person.ID = house.ids.next(at: now)
    try db.run(
      """
      INSERT INTO account (id, login, login_tag, name, role, office_id, firm_id, committee_id, password_hash, state, must_change,
        demonstration, password_at, created_at, updated_at)
      VALUES (\(id), \(new.login), \(try house.seals.tag("login:" + new.login)), \(new.name), \(new.role), \(new.office), \(new.firm),
        \(new.committee), \(hash), 'active', \(mustChange), \(house.isDemonstration), \(now), \(now), \(now))
      """)
    try journal("account-created", id, by: actor, at: now, facts: Post(new), house, db)
    return id
  }

  // MARK: Changing

  /// A new role, or another office, firm or committee for the same one. The account must sign in anew.
  public static func setPost(
    _ target: Person.ID, role: Role, office: Office.ID? = nil, firm: Int64? = nil, committee: Int64? = nil, by person: Person,
    in house: House
  ) async throws {
    try person.require(.administerAccounts)
    let now = house.now()
    try await house.store.write { db in
      let account = try load(target, by: person, db)
      try AccountRules.checkChange(from: account.person.role, to: role, of: target, by: person)
      let post = NewAccount(
        login: account.person.login, name: account.person.name, role: role, office: office, firm: firm, committee: committee)
      try checkPost(post, within: person.district, db)
      try db.run(
        """
        UPDATE account SET role = \(role), office_id = \(office), firm_id = \(firm), committee_id = \(committee), updated_at = \(now)
        WHERE id = \(target)
        """)
      try endSessions(of: target, db)
      try journal("account-post-changed", target, by: person.actor, at: now, facts: Post(post), house, db)
    }
  }

  public static func disable(_ target: Person.ID, reason: String, by person: Person, in house: House) async throws {
    try person.require(.administerAccounts)
    let now = house.now()
    try await house.store.write { db in
      let account = try load(target, by: person, db)
      guard target != person.id else { throw Refusal(.forbidden, "people-own-account", "不能停用自己的账号。") }
      if account.state == .disabled { return }
      if account.person.role == .securityAdmin,
        try db.number("SELECT count(*) AS n FROM account WHERE role = 'securityAdmin' AND state = 'active'") <= 1
      {
        throw Refusal(.conflict, "people-last-security-admin", "这是最后一位安全管理员，停用后将无人管理账号。")
      }
      try db.run("UPDATE account SET state = 'disabled', updated_at = \(now) WHERE id = \(target)")
      try endSessions(of: target, db)
      try db.run("UPDATE api_token SET revoked_at = \(now) WHERE account_id = \(target) AND revoked_at IS NULL")
      try journal("account-disabled", target, by: person.actor, at: now, note: reason.isEmpty ? nil : reason, house, db)
    }
  }

  public static func enable(_ target: Person.ID, by person: Person, in house: House) async throws {
    try person.require(.administerAccounts)
    let now = house.now()
    try await house.store.write { db in
      guard try load(target, by: person, db).state == .disabled else { return }
      try db.run("UPDATE account SET state = 'active', updated_at = \(now) WHERE id = \(target)")
      try journal("account-enabled", target, by: person.actor, at: now, house, db)
    }
  }

  /// Ends a lock-out before its time.
  public static func unlock(_ target: Person.ID, by person: Person, in house: House) async throws {
    try person.require(.administerAccounts)
    let now = house.now()
    try await house.store.write { db in
      _ = try load(target, by: person, db)
      try db.run("DELETE FROM login_lock WHERE login_tag IN (SELECT login_tag FROM account WHERE id = \(target))")
      try journal("account-unlocked", target, by: person.actor, at: now, house, db)
    }
  }

  /// Gives somebody else a password for one sign-in.
  public static func resetPassword(_ target: Person.ID, by person: Person, in house: House) async throws -> OneTimePassword {
    try person.require(.administerAccounts)
    guard target != person.id else { throw Refusal(.forbidden, "people-own-account", "修改自己的密码请用“修改密码”。") }
    let now = house.now()
    let password = Passwords.oneTime()
    let hash = try await Passwords.hash(password)
    try await house.store.write { db in
      _ = try load(target, by: person, db)
      try db.run(
        "UPDATE account SET password_hash = \(hash), must_change = 1, password_at = \(now), updated_at = \(now) WHERE id = \(target)")
      try db.run("DELETE FROM login_lock WHERE login_tag IN (SELECT login_tag FROM account WHERE id = \(target))")
      try endSessions(of: target, db)
      try journal("account-password-reset", target, by: person.actor, at: now, house, db)
    }
    return OneTimePassword(account: target, password: password)
  }

  // MARK: Shared

  /// An account as the security administrator sees it.
  /// - Throws: a refusal when there is none, or it is another district's.
  public static func account(_ id: Person.ID, by person: Person, _ db: any Reader) throws -> Account {
    try person.require(.administerAccounts)
    return try load(id, by: person, db)
  }

  /// A district's security administrator has the accounts of that district only; others do not exist for them.
  static func load(_ target: Person.ID, by person: Person, _ db: any Reader) throws -> Account {
    guard let account = try AccountStore.find(target, db),
      person.district == nil || account.person.office == nil || account.person.district == person.district
    else { throw Refusal(.missing, "people-no-account", "没有这个账号。") }
    return account
  }
  static func checkPost(_ new: NewAccount, within district: Office.ID?, _ db: any Reader) throws {
    let office = try new.office.map { id in
      guard let office = try OfficeStore.find(id, db), district == nil || office.district == district else {
        throw Refusal(.invalid, "people-no-office", "没有这个机构，请重新选择。", field: "office")
      }
      return office
    }
    try AccountRules.checkPost(new, office: office)
  }
  public static func isDemonstrationStore(_ db: any Reader) throws -> Bool { try House.mark("demonstration", db) == "yes" }

  static func endSessions(of account: Person.ID, except session: SessionID? = nil, _ db: any Writer) throws {
    let other: Query = session.map { "AND id <> \($0)" } ?? ""
    try db.run("DELETE FROM session WHERE account_id = \(account) \(other)")
  }
  /// What the journal keeps of a post: numbers and roles, no names.
  struct Post: Encodable {
    let role: String
    let office: Int64?
    let firm: Int64?
    let committee: Int64?
    init(_ new: NewAccount) {
      role = new.role.rawValue
      office = new.office?.raw
      firm = new.firm
      committee = new.committee
    }
  }
  static func journal(
    _ action: String, _ account: Person.ID, by actor: Actor, at now: Moment, facts: some Encodable = [String: String](),
    note: String? = nil,
    _ house: House, _ db: any Writer
  ) throws {
    try Journal.append(action, on: Subject("account", account), by: actor, at: now, facts: facts, note: note, ids: house.ids, db)
  }
}

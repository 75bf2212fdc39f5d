import Foundation
import Kernel
import Storage

/// One's own second factor: taking it on, new recovery codes, giving it up; and its loss.
public enum SecondFactor {
  /// What a person sees of theirs.
  public struct Status: Sendable, Hashable {
    /// Nil when there is none.
    public let enrolledAt: Moment?
    /// Recovery codes not used yet.
    public let codesLeft: Int
    /// A security administrator, or somebody at the machine, took an earlier one away.
    public let resetAt: Moment?
  }
  /// What is shown while it is being taken on, and never again.
  public struct Offer: Sendable, Hashable {
    /// For typing by hand, base 32.
    public let key: String
    /// `otpauth://…`, for the QR code.
    public let address: String
  }
  /// Minutes within which an offered key must be confirmed.
  static let offerMinutes = 60

  public static func status(of account: Person.ID, _ db: any Reader) throws -> Status {
    let row = try db.first(
      """
      SELECT f.enrolled_at, a.factor_reset_at FROM account a LEFT JOIN second_factor f ON f.account_id = a.id WHERE a.id = \(account)
      """)
    return Status(
      enrolledAt: try row?.optionalMoment("enrolled_at"), codesLeft: try RecoveryCodes.left(of: account, db),
      resetAt: try row?.optionalMoment("factor_reset_at"))
  }

  /// Makes a key to be confirmed by its first code. One that is in use goes on until then.
  public static func begin(for person: Person, in house: House) async throws {
    let now = house.now()
    let key = Secrets.bytes(Totp.keyLength)
    let box = try house.seals.sealLasting(key.base64EncodedString(), for: subject(person.id))
    try await house.store.write { db in
      try db.run(
        """
        INSERT INTO second_factor (account_id, pending, pending_at, last_step) VALUES (\(person.id), \(box), \(now), 0)
        ON CONFLICT (account_id) DO UPDATE SET pending = excluded.pending, pending_at = excluded.pending_at
        """)
    }
  }

  /// The key that waits to be confirmed; nil when there is none, or it has waited too long.
  public static func offer(to person: Person, in house: House) async throws -> Offer? {
    let now = house.now()
    guard let key = try await house.store.read({ db in try pending(of: person.id, at: now, house, db) }) else { return nil }
    return Offer(
      key: Totp.base32(key), address: Totp.address(key, login: person.login, issuer: house.isDemonstration ? "弄堂演示" : "弄堂"))
  }

  /// The first code shows that the app has the key. Every other session of the account ends: it was begun without.
  /// - Returns: the recovery codes, to be shown once.
  public static func enrol(_ signedIn: SignedIn, code: String, in house: House) async throws -> [String] {
    let now = house.now()
    let person = signedIn.person
    let codes = RecoveryCodes.made()
    let tags = try codes.map { try RecoveryCodes.tag($0, of: person.id, house) }
    try await house.store.write { db in
      guard let key = try pending(of: person.id, at: now, house, db) else {
        throw Refusal(.conflict, "people-factor-stale", "这次绑定已过期，请重新开始。")
      }
      guard let typed = Totp.digits(typed: code), let step = Totp.step(of: typed, key, at: now) else {
        throw Refusal(.invalid, "people-factor-code", "验证码不对。请填写验证器此刻显示的 6 位数字，并核对手机时间是否准确。", field: "code")
      }
      try db.run(
        """
        UPDATE second_factor SET sealed = pending, enrolled_at = \(now), pending = NULL, pending_at = NULL, last_step = \(step)
        WHERE account_id = \(person.id)
        """)
      try db.run("UPDATE account SET factor_reset_at = NULL WHERE id = \(person.id)")
      try RecoveryCodes.replace(tags, of: person.id, at: now, house, db)
      try db.run("UPDATE session SET confirmed_at = \(now) WHERE id = \(signedIn.session)")
      try Accounts.endSessions(of: person.id, except: signedIn.session, db)
      try Accounts.journal("account-factor-enrolled", person.id, by: person.actor, at: now, house, db)
    }
    return codes
  }

  /// The old codes end.
  /// - Returns: ten new ones, to be shown once.
  public static func renewCodes(of person: Person, in house: House) async throws -> [String] {
    let now = house.now()
    let codes = RecoveryCodes.made()
    let tags = try codes.map { try RecoveryCodes.tag($0, of: person.id, house) }
    try await house.store.write { db in
      guard try status(of: person.id, db).enrolledAt != nil else {
        throw Refusal(.conflict, "people-factor-none", "还没有开启两步验证。")
      }
      try RecoveryCodes.replace(tags, of: person.id, at: now, house, db)
      try Accounts.journal("account-codes-renewed", person.id, by: person.actor, at: now, house, db)
    }
    return codes
  }

  /// - Throws: `people-factor-needed` for a role that must have one.
  public static func remove(_ signedIn: SignedIn, in house: House) async throws {
    let now = house.now()
    let person = signedIn.person
    guard !signedIn.needsFactor else {
      throw Refusal(.forbidden, "people-factor-needed", "您的岗位（\(person.role.chinese)）须使用两步验证，不能关闭；换手机请重新绑定。")
    }
    try await house.store.write { db in
      guard try clear(person.id, db) else { return }
      try Accounts.endSessions(of: person.id, except: signedIn.session, db)
      try Accounts.journal("account-factor-removed", person.id, by: person.actor, at: now, house, db)
    }
  }

  // MARK: Loss

  /// Takes the second factor of somebody who lost it away, after they were recognised in person. They are told at their next sign-in.
  public static func reset(_ target: Person.ID, by person: Person, in house: House) async throws {
    try person.require(.administerAccounts)
    guard target != person.id else {
      throw Refusal(
        .forbidden, "people-own-factor", "不能重设自己的两步验证，请由另一位安全管理员办理，或在主机上运行 longtang account reset-factor。")
    }
    let now = house.now()
    try await house.store.write { db in
      _ = try Accounts.load(target, by: person, db)
      try reset(target, by: person.actor, at: now, house, db)
    }
  }
  /// The same by whoever has the machine: the way back for the last security administrator.
  public static func resetOnMachine(login: String, in house: House) async throws -> Person {
    let now = house.now()
    return try await house.store.write { db in
      guard let account = try AccountStore.find(login: login, db) else {
        throw Refusal(.missing, "people-no-account", "没有账号 \(login)。")
      }
      try reset(account.person.id, by: .system, at: now, house, db)
      return account.person
    }
  }
  private static func reset(_ target: Person.ID, by actor: Actor, at now: Moment, _ house: House, _ db: any Writer) throws {
    guard try clear(target, db) else { throw Refusal(.conflict, "people-factor-none", "这个账号没有开启两步验证。") }
    try db.run("UPDATE account SET factor_reset_at = \(now), updated_at = \(now) WHERE id = \(target)")
    try Accounts.endSessions(of: target, db)
    try Accounts.journal("account-factor-reset", target, by: actor, at: now, house, db)
  }
  /// - Returns: whether there was one.
  private static func clear(_ account: Person.ID, _ db: any Writer) throws -> Bool {
    try db.run("DELETE FROM recovery_code WHERE account_id = \(account)")
    let had = try db.exists("SELECT account_id FROM second_factor WHERE account_id = \(account) AND sealed IS NOT NULL")
    try db.run("DELETE FROM second_factor WHERE account_id = \(account)")
    return had
  }

  // MARK: Codes

  /// How somebody proved themself.
  enum Proof: String, Sendable { case code, recovery }

  /// Takes a code of the app, or a recovery code, for good: neither opens anything a second time.
  /// - Returns: nil when it is neither.
  static func accept(_ typed: String, of account: Person.ID, at now: Moment, _ house: House, _ db: any Writer) throws -> Proof? {
    if let digits = Totp.digits(typed: typed) {
      guard let box = try db.first("SELECT sealed FROM second_factor WHERE account_id = \(account)")?.optionalText("sealed"),
        let step = Totp.step(of: digits, try key(box, account, house), at: now),
        // Later than the last one taken: a code read over a shoulder is worth nothing.
        try db.run("UPDATE second_factor SET last_step = \(step) WHERE account_id = \(account) AND last_step < \(step)") == 1
      else { return nil }
      return .code
    }
    return try RecoveryCodes.use(typed, of: account, at: now, house, db) ? .recovery : nil
  }

  private static func pending(of account: Person.ID, at now: Moment, _ house: House, _ db: any Reader) throws -> Data? {
    let since = now.adding(minutes: -offerMinutes)
    let row = try db.first("SELECT pending FROM second_factor WHERE account_id = \(account) AND pending_at > \(since)")
    return try row?.optionalText("pending").map { try key($0, account, house) }
  }
  private static func key(_ box: String, _ account: Person.ID, _ house: House) throws -> Data {
    guard let key = Data(base64Encoded: try house.seals.open(box, for: subject(account))) else { throw SealError.damaged }
    return key
  }
  private static func subject(_ account: Person.ID) -> Subject { Subject("second_factor", account) }
}

import Foundation
import Kernel
import Storage

public enum Session {}
public typealias SessionID = Identifier<Session>

/// Somebody at the door, known: what a page or an endpoint works with.
public struct SignedIn: Sendable, Hashable {
  public let person: Person
  public let session: SessionID
  /// Must come back with every form.
  public let csrf: String
  /// A new password must be chosen before anything else is done.
  public let mustChange: Bool
  /// The latest end, whatever is done.
  public let expiresAt: Moment
  /// Has taken on a second factor.
  public let hasFactor: Bool
  /// The role comes in only with one.
  public let needsFactor: Bool
  /// When they last proved in this session to be themself: by a code where there is a second factor, else by the password.
  public let confirmedAt: Moment?
  public var stage: SignInStage {
    if hasFactor, confirmedAt == nil { return .codeDue }
    if mustChange { return .passwordDue }
    return needsFactor && !hasFactor ? .enrolmentDue : .whole
  }
  /// Whether the last proof is fresh enough for sealed data.
  public func isConfirmed(at now: Moment, _ lengths: SessionLengths) -> Bool {
    confirmedAt.map { now.milliseconds(since: $0) < lengths.stepUp } ?? false
  }
  /// Whether a form came from one of this session's own pages.
  public func accepts(csrf posted: String?) -> Bool { posted.map { Secrets.same(csrf, $0) } ?? false }
}

/// How long a session lasts; an office sets its own.
public struct SessionLengths: Sendable, Hashable {
  /// Minutes without a request after which a session ends, 5 to 240. Kept to within a minute.
  public let idleMinutes: Int
  /// Hours after which it ends in any case, 1 to 24: nobody stays signed in from one day's shift to the next.
  public let longestHours: Int
  /// Minutes, 1 to 240, after which somebody proves anew to be themself before sealed data is opened.
  public let stepUpMinutes: Int
  public init(idleMinutes: Int = 30, longestHours: Int = 12, stepUpMinutes: Int = 15) {
    self.idleMinutes = idleMinutes
    self.longestHours = longestHours
    self.stepUpMinutes = stepUpMinutes
  }
  public static let standard = SessionLengths()
  public static let idleRange = 5...240
  public static let longestRange = 1...24
  public static let stepUpRange = 1...240
  /// Milliseconds.
  var idle: Int64 { Int64(idleMinutes) * 60_000 }
  var longest: Int64 { Int64(longestHours) * 3_600_000 }
  var stepUp: Int64 { Int64(stepUpMinutes) * 60_000 }
}

/// Coming in and going out.
public enum SignIn {
  /// A request within this many milliseconds of the last one noted is not noted again, so that a busy page does not write.
  static let seenStep: Int64 = 60_000
  /// Failures from one address within a quarter of an hour. A whole squad may share one address, so it is not small.
  public static let failuresPerAddress = 40
  static let addressWindow: Int64 = 15 * 60_000

  public enum Outcome: String, Sendable, CaseIterable, Codable {
    case admitted, half, wrong, code, locked, throttled, disabled, demonstration
    public var chinese: String {
      switch self {
      case .admitted: "登录成功"
      case .half: "密码正确，待验证码"
      case .wrong: "登录名或密码有误"
      case .code: "验证码有误"
      case .locked: "账号锁定中"
      case .throttled: "同一地址失败过多"
      case .disabled: "账号已停用"
      case .demonstration: "演示账号，已拒绝"
      }
    }
    public var isFailure: Bool { self != .admitted && self != .half }
  }
  /// Minutes between the right password and the code.
  static let codeMinutes = 10
  static let wrong = Refusal(.invalid, "people-wrong-password", "登录名或密码有误，请核对后再试。", field: "password")
  static func locked(until: Moment, at now: Moment) -> Refusal {
    let minutes = max(1, (until.milliseconds(since: now) + 59_999) / 60_000)
    return Refusal(.limit, "people-locked", "连续多次输错，账号已暂时锁定，请 \(minutes) 分钟后再试，或联系安全管理员。")
  }
  static let throttled = Refusal(.limit, "people-throttled", "此网络地址登录失败次数过多，请一刻钟后再试。")

  /// An unknown log-in, a wrong password, a disabled account and a demonstration account in a real store get the same answer after
  /// the same work.
  /// - Parameter address: the client's address as the door knows it.
  /// - Parameter agent: the browser's name, kept for the person's own list of sessions.
  /// - Returns: the token for the cookie, which is stored nowhere, and who it is.
  public static func signIn(
    login: String, password: String, address: String, agent: String = "", lengths: SessionLengths = .standard, in house: House
  ) async throws -> (token: String, signedIn: SignedIn) {
    let now = house.now()
    let login = Accounts.folded(String(login.prefix(100)))
    let visit = Visit(
      loginTag: try house.seals.tag("login:" + login), addressTag: try house.seals.tag("address:" + address), prefix: prefix(of: address),
      at: now)
    let attempt = try await house.store.write { db in try admit(visit, login: login, house, db) }
    let attempted: Attempt
    switch attempt {
    case .failure(let refusal): throw refusal
    case .success(let found): attempted = found
    }
    // Longer than any password may be: not worth the work of hashing.
    let right = try await Passwords.matches(String(password.prefix(Passwords.maximumLength + 1)), attempted.hash)
    let renewed = right && attempted.hash.map { Passwords.isOutdated($0) } == true ? try await Passwords.hash(password) : nil
    let token = Secrets.token()
    let csrf = Secrets.token()
    let result: Result<SignedIn, Refusal> = try await house.store.write { db in
      guard right, let id = attempted.account, attempted.state == .active,
        try !attempted.demonstration || Accounts.isDemonstrationStore(db)
      else { return .failure(try refuse(visit, attempted, right: right, house, db)) }
      // Between looking and now the password or the state may have been changed.
      guard try db.exists("SELECT id FROM account WHERE id = \(id) AND state = 'active' AND password_hash = \(attempted.hash)") else {
        return .failure(wrong)
      }
      guard let account = try AccountStore.find(id, db) else { return .failure(wrong) }
      let halfway = try hasFactor(id, db)
      if halfway {
        // Only a right code clears the count: else the password would buy new guesses at the code.
        try db.run("UPDATE login_lock SET failed_count = failed_count - 1, locked_until = NULL WHERE login_tag = \(visit.loginTag)")
      } else {
        try db.run("DELETE FROM login_lock WHERE login_tag = \(visit.loginTag)")
      }
      if let renewed { try db.run("UPDATE account SET password_hash = \(renewed) WHERE id = \(id)") }
      try note(visit, halfway ? .half : .admitted, id, house, db)
      let session: SessionID = house.ids.next(at: now)
      let end = halfway ? now.adding(minutes: codeMinutes) : now.adding(milliseconds: lengths.longest)
      let confirmed = halfway ? nil : now
      try db.run(
        """
        INSERT INTO session (id, token_hash, account_id, csrf, created_at, seen_at, expires_at, agent, confirmed_at)
        VALUES (\(session), \(Secrets.hash(of: token)), \(id), \(csrf), \(now), \(now), \(end), \(String(agent.prefix(200))), \(confirmed))
        """)
      if !halfway {
        try db.run("UPDATE account SET signed_in_at = \(now) WHERE id = \(id)")
        try Accounts.journal("account-signed-in", id, by: account.person.actor, at: now, house, db)
      }
      return .success(
        SignedIn(
          person: account.person, session: session, csrf: csrf, mustChange: account.mustChange, expiresAt: end, hasFactor: halfway,
          needsFactor: needsFactor(account.person.role, demonstration: account.demonstration, house), confirmedAt: confirmed))
    }
    return (token, try result.get())
  }

  /// Who a cookie's token belongs to; nil when there is no such session or it has run out.
  /// - Parameter lengths: as they are now: a session that was begun under longer ones ends by the shorter.
  public static func check(_ token: String, lengths: SessionLengths = .standard, in house: House) async throws -> SignedIn? {
    let now = house.now()
    guard (40...64).contains(token.utf8.count) else { return nil }
    let hash = Secrets.hash(of: token)
    let found = try await house.store.read { db in
      try db.first(
        """
        SELECT \(PersonStore.columns), s.id AS session_id, s.csrf, s.created_at, s.seen_at, s.expires_at, s.confirmed_at, a.must_change,
          a.demonstration, sf.enrolled_at
        FROM session s JOIN account a ON a.id = s.account_id \(PersonStore.units) LEFT JOIN second_factor sf ON sf.account_id = a.id
        WHERE s.token_hash = \(hash)
        """
      ).map { try SessionRow($0, house) }
    }
    guard let found, found.state == .active, now < found.signedIn.expiresAt, now.milliseconds(since: found.seenAt) < lengths.idle,
      now.milliseconds(since: found.createdAt) < lengths.longest
    else { return nil }
    if now.milliseconds(since: found.seenAt) >= seenStep {
      _ = try await house.store.write { db in
        try db.run("UPDATE session SET seen_at = \(now) WHERE id = \(found.signedIn.session) AND seen_at < \(now)")
      }
    }
    return found.signedIn
  }

  public static func signOut(_ signedIn: SignedIn, in house: House) async throws {
    let now = house.now()
    try await house.store.write { db in
      guard try db.run("DELETE FROM session WHERE id = \(signedIn.session)") > 0 else { return }
      try Accounts.journal("account-signed-out", signedIn.person.id, by: signedIn.person.actor, at: now, house, db)
    }
  }

  /// Ends another of one's own sessions, on the phone left behind; see `SignInLog.sessions`.
  public static func end(_ session: SessionID, of signedIn: SignedIn, in house: House) async throws {
    let now = house.now()
    try await house.store.write { db in
      guard try db.run("DELETE FROM session WHERE id = \(session) AND account_id = \(signedIn.person.id)") > 0 else { return }
      try Accounts.journal("account-session-ended", signedIn.person.id, by: signedIn.person.actor, at: now, house, db)
    }
  }

  /// Ends all of one's own sessions but this one.
  /// - Returns: how many there were.
  @discardableResult
  public static func endOthers(of signedIn: SignedIn, in house: House) async throws -> Int {
    let now = house.now()
    return try await house.store.write { db in
      let ended = try db.run("DELETE FROM session WHERE account_id = \(signedIn.person.id) AND id <> \(signedIn.session)")
      if ended > 0 {
        try Accounts.journal(
          "account-sessions-ended", signedIn.person.id, by: signedIn.person.actor, at: now, facts: ["sessions": ended], house, db)
      }
      return ended
    }
  }

  /// Ends every other session of the account: whoever else knew the old password is out. Wrong old passwords count towards the lock.
  public static func changePassword(_ signedIn: SignedIn, old: String, new: String, address: String, in house: House) async throws {
    let now = house.now()
    let person = signedIn.person
    try Passwords.check(new, login: person.login)
    guard !Secrets.same(old, new) else {
      throw Refusal(.invalid, "people-password-same", "新密码不能与原密码相同。", field: "password")
    }
    let visit = Visit(
      loginTag: try house.seals.tag("login:" + person.login), addressTag: try house.seals.tag("address:" + address),
      prefix: prefix(of: address), at: now)
    let attempted = try await house.store.write { db in try admit(visit, login: person.login, house, db) }.get()
    guard try await Passwords.matches(String(old.prefix(Passwords.maximumLength + 1)), attempted.hash) else {
      _ = try await house.store.write { db in try refuse(visit, attempted, right: false, house, db) }
      throw Refusal(.invalid, "people-old-password", "原密码有误。", field: "old")
    }
    let hash = try await Passwords.hash(new)
    try await house.store.write { db in
      let changed = try db.run(
        """
        UPDATE account SET password_hash = \(hash), must_change = 0, password_at = \(now), updated_at = \(now)
        WHERE id = \(person.id) AND state = 'active' AND password_hash = \(attempted.hash)
        """)
      guard changed == 1 else { throw Refusal(.conflict, "people-password-moved", "密码已在别处修改，请重新登录。") }
      try db.run("DELETE FROM login_lock WHERE login_tag = \(visit.loginTag)")
      try Accounts.endSessions(of: person.id, except: signedIn.session, db)
      try Accounts.journal("account-password-changed", person.id, by: person.actor, at: now, house, db)
    }
  }
}

private struct SessionRow: Sendable {
  let signedIn: SignedIn
  let state: Account.State
  let createdAt: Moment
  let seenAt: Moment
  init(_ row: ResultRow, _ house: House) throws {
    state = try row.choice("state")
    createdAt = try row.moment("created_at")
    seenAt = try row.moment("seen_at")
    signedIn = SignedIn(
      person: try PersonStore.person(row), session: try row.id("session_id"), csrf: try row.text("csrf"),
      mustChange: try row.bool("must_change"), expiresAt: try row.moment("expires_at"),
      hasFactor: try row.optionalMoment("enrolled_at") != nil,
      needsFactor: SignIn.needsFactor(try row.choice("role"), demonstration: try row.bool("demonstration"), house),
      confirmedAt: try row.optionalMoment("confirmed_at"))
  }
}

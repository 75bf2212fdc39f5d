import Foundation
import Kernel
import Storage

/// The second step of coming in, and the proof before sealed data is opened.
extension SignIn {
  static func hasFactor(_ account: Person.ID, _ db: any Reader) throws -> Bool {
    try db.exists("SELECT account_id FROM second_factor WHERE account_id = \(account) AND enrolled_at IS NOT NULL")
  }
  static func needsFactor(_ role: Role, demonstration: Bool, _ house: House) -> Bool {
    SecondFactorRules.mustHave(role, demonstration: demonstration, inDemonstration: house.isDemonstration)
  }
  static func wrongCode(field: String) -> Refusal {
    Refusal(.invalid, "people-wrong-code", "验证码不对，或者已经用过。请填写验证器此刻显示的数字；刚用过的，等下一个。", field: field)
  }

  /// The code after the password. The session gets a new token, so that whoever saw the half one has nothing.
  /// - Parameter code: of the app, or a recovery code.
  /// - Returns: the token for the cookie, and who it is.
  public static func pass(
    _ signedIn: SignedIn, code: String, address: String, lengths: SessionLengths = .standard, in house: House
  ) async throws -> (token: String, signedIn: SignedIn) {
    let now = house.now()
    let person = signedIn.person
    let visit = try attempt(by: person, address: address, at: now, house)
    let (token, csrf) = (Secrets.token(), Secrets.token())
    let end = now.adding(milliseconds: lengths.longest)
    let result: Result<SignedIn, Refusal> = try await house.store.write { db in
      switch try admit(visit, login: person.login, house, db) {
      case .failure(let refusal): return .failure(refusal)
      case .success(let attempted):
        guard let proof = try SecondFactor.accept(code, of: person.id, at: now, house, db) else {
          return .failure(try refuseCode(visit, attempted, field: "code", house, db))
        }
        let changed = try db.run(
          """
          UPDATE session SET token_hash = \(Secrets.hash(of: token)), csrf = \(csrf), confirmed_at = \(now), created_at = \(now), seen_at = \(now),
            expires_at = \(end) WHERE id = \(signedIn.session) AND confirmed_at IS NULL
          """)
        // Ended meanwhile, or carried out twice: the code is spent, the way in begins anew.
        guard changed == 1 else { return .failure(Refusal(.conflict, "people-session-over", "登录已失效，请重新登录。")) }
        try db.run("DELETE FROM login_lock WHERE login_tag = \(visit.loginTag)")
        try db.run("UPDATE account SET signed_in_at = \(now) WHERE id = \(person.id)")
        try note(visit, .admitted, person.id, house, db)
        try Accounts.journal("account-signed-in", person.id, by: person.actor, at: now, facts: ["factor": proof.rawValue], house, db)
        return .success(
          SignedIn(
            person: person, session: signedIn.session, csrf: csrf, mustChange: signedIn.mustChange, expiresAt: end, hasFactor: true,
            needsFactor: signedIn.needsFactor, confirmedAt: now))
      }
    }
    return (token, try result.get())
  }

  /// Step-up (再次确认): the person proves anew to be themself, by a code where they have a second factor, else by the password.
  public static func confirm(_ signedIn: SignedIn, by secret: String, address: String, field: String = "", in house: House) async throws {
    let now = house.now()
    let person = signedIn.person
    let visit = try attempt(by: person, address: address, at: now, house)
    let confirmed: Query = "UPDATE session SET confirmed_at = \(now) WHERE id = \(signedIn.session)"
    if signedIn.hasFactor {
      let refusal: Refusal? = try await house.store.write { db in
        switch try admit(visit, login: person.login, house, db) {
        case .failure(let refusal): return refusal
        case .success(let attempted):
          guard try SecondFactor.accept(secret, of: person.id, at: now, house, db) != nil else {
            return try refuseCode(visit, attempted, field: field, house, db)
          }
          try db.run("DELETE FROM login_lock WHERE login_tag = \(visit.loginTag)")
          try db.run(confirmed)
          return nil
        }
      }
      if let refusal { throw refusal }
      return
    }
    let attempted = try await house.store.write { db in try admit(visit, login: person.login, house, db) }.get()
    guard try await Passwords.matches(String(secret.prefix(Passwords.maximumLength + 1)), attempted.hash) else {
      _ = try await house.store.write { db in try refuse(visit, attempted, right: false, house, db) }
      throw Refusal(.invalid, "people-confirm-password", "密码有误，请核对后再试。", field: field)
    }
    try await house.store.write { db in
      try db.run("DELETE FROM login_lock WHERE login_tag = \(visit.loginTag)")
      try db.run(confirmed)
    }
  }

  private static func attempt(by person: Person, address: String, at now: Moment, _ house: House) throws -> Visit {
    Visit(
      loginTag: try house.seals.tag("login:" + person.login), addressTag: try house.seals.tag("address:" + address),
      prefix: prefix(of: address), at: now)
  }
  private static func refuseCode(_ visit: Visit, _ attempt: Attempt, field: String, _ house: House, _ db: any Writer) throws -> Refusal {
    try note(visit, .code, attempt.account, house, db)
    let until = attempt.lockedUntil
    if let account = attempt.account {
      try Accounts.journal(
        until == nil ? "account-code-failed" : "account-locked", account, by: Actor(account: nil, name: "未登录者"), at: visit.at,
        facts: ["failures": attempt.failures], house, db)
    }
    return until.map { locked(until: $0, at: visit.at) } ?? wrongCode(field: field)
  }
}

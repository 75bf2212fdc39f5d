import Kernel
import Storage

/// Every attempt to prove oneself, by password or by code, counts as wrong before it is known to be right; see `People/README.md`.
extension SignIn {
  struct Attempt: Sendable {
    let account: Person.ID?
    let hash: String?
    let state: Account.State?
    let demonstration: Bool
    /// Wrong passwords in a row, should this one be wrong too.
    let failures: Int
    let lockedUntil: Moment?
  }

  struct Visit: Sendable {
    let loginTag: String
    let addressTag: String
    let prefix: String
    let at: Moment
  }

  /// Turns away who is locked out or comes from an address that failed too often, before any hashing. A refusal is returned, not
  /// thrown, so that what was noted is kept.
  static func admit(_ visit: Visit, login: String, _ house: House, _ db: any Writer) throws -> Result<Attempt, Refusal> {
    let since = visit.at.adding(milliseconds: -addressWindow)
    let failures = try db.number(
      """
      SELECT count(*) AS n FROM sign_in WHERE address_tag = \(visit.addressTag) AND at > \(since)
        AND outcome IN ('wrong', 'code', 'disabled', 'demonstration')
      """)
    let row = try db.first("SELECT id, password_hash, state, demonstration FROM account WHERE login = \(login)")
    let account: Person.ID? = try row?.id("id")
    if failures >= failuresPerAddress {
      try note(visit, .throttled, account, house, db)
      return .failure(throttled)
    }
    if let until = try db.first("SELECT locked_until FROM login_lock WHERE login_tag = \(visit.loginTag)")?.optionalMoment("locked_until"),
      visit.at < until
    {
      try note(visit, .locked, account, house, db)
      return .failure(locked(until: until, at: visit.at))
    }
    // Counted as wrong before it is known: guesses sent at the same moment cannot slip past the count. The right password clears it.
    let before = try db.first("SELECT failed_count, failed_at FROM login_lock WHERE login_tag = \(visit.loginTag)")
    // A day without an attempt, and the count begins anew.
    let fresh = try before.map { visit.at.milliseconds(since: try $0.moment("failed_at")) > 24 * 3_600_000 } ?? true
    let count = fresh ? 1 : try (before?.count("failed_count") ?? 0) + 1
    let until = AccountRules.lockMinutes(afterFailures: count).map { visit.at.adding(minutes: $0) }
    try db.run(
      """
      INSERT INTO login_lock (login_tag, failed_count, failed_at, locked_until) VALUES (\(visit.loginTag), \(count), \(visit.at), \(until))
      ON CONFLICT (login_tag) DO UPDATE SET failed_count = excluded.failed_count, failed_at = excluded.failed_at,
        locked_until = excluded.locked_until
      """)
    return .success(
      Attempt(
        account: account, hash: try row?.text("password_hash"), state: try row?.choice("state"),
        demonstration: try row?.bool("demonstration") ?? false, failures: count, lockedUntil: until))
  }

  static func refuse(_ visit: Visit, _ attempt: Attempt, right: Bool, _ house: House, _ db: any Writer) throws -> Refusal {
    let outcome: Outcome = !right ? .wrong : attempt.state == .disabled ? .disabled : .demonstration
    try note(visit, outcome, attempt.account, house, db)
    let until = attempt.lockedUntil
    // Unknown log-ins have a chain of their own: the same work, so that the time of the answer tells nothing either.
    try Journal.append(
      until == nil ? "account-sign-in-failed" : "account-locked",
      on: attempt.account.map { Subject("account", $0) } ?? Subject("sign_in", 0), by: Actor(account: nil, name: "未登录者"), at: visit.at,
      facts: ["failures": attempt.failures], ids: house.ids, db)
    return until.map { locked(until: $0, at: visit.at) } ?? wrong
  }

  static func note(_ visit: Visit, _ outcome: Outcome, _ account: Person.ID?, _ house: House, _ db: any Writer) throws {
    let id: Identifier<SignInRecord> = house.ids.next(at: visit.at)
    try db.run(
      """
      INSERT INTO sign_in (id, at, login_tag, account_id, outcome, address_tag, address_prefix)
      VALUES (\(id), \(visit.at), \(visit.loginTag), \(account), \(outcome), \(visit.addressTag), \(visit.prefix))
      """)
  }

  /// The network an address belongs to: enough to see where an attack comes from, too little to follow a person.
  static func prefix(of address: String) -> String {
    if address.contains(":") {
      let upper = address.firstRange(of: "::").map { address[..<$0.lowerBound] } ?? address[...]
      return upper.split(separator: ":").prefix(3).joined(separator: ":") + "::/48"
    }
    let parts = address.split(separator: ".")
    return parts.count == 4 ? parts.prefix(3).joined(separator: ".") + ".0/24" : "?"
  }
}

import Kernel
import Storage

/// One attempt to come in, as the audit administrator sees it.
public struct SignInRecord: Sendable, Hashable {
  public let id: Identifier<SignInRecord>
  public let at: Moment
  /// Nil for a log-in that does not exist.
  public let account: Person.ID?
  /// Recognises the same log-in again, known or unknown, without showing it.
  public let loginTag: String
  public let outcome: SignIn.Outcome
  public let addressPrefix: String
}

/// A session of one's own, for the list on which a person ends the others.
public struct OpenSession: Sendable, Hashable {
  public let id: SessionID
  public let createdAt: Moment
  public let seenAt: Moment
  public let agent: String
}

public enum SignInLog {
  /// Newest first; `before` is the last id already shown.
  public static func list(
    outcome: SignIn.Outcome? = nil, account: Person.ID? = nil, before: Identifier<SignInRecord>? = nil, limit: Int = 50, by person: Person,
    _ db: any Reader
  ) throws -> [SignInRecord] {
    try person.require(.audit)
    var conditions: [Query] = []
    if let outcome { conditions.append("outcome = \(outcome)") }
    if let account { conditions.append("account_id = \(account)") }
    if let before { conditions.append("id < \(before)") }
    return try db.all("SELECT * FROM sign_in WHERE \(conditions.conjunction) ORDER BY id DESC LIMIT \(limit)").map { row in
      SignInRecord(
        id: try row.id("id"), at: try row.moment("at"), account: try row.optionalID("account_id"), loginTag: try row.text("login_tag"),
        outcome: try row.choice("outcome"), addressPrefix: try row.text("address_prefix"))
    }
  }

  public static func sessions(of person: Person.ID, at now: Moment, _ db: any Reader) throws -> [OpenSession] {
    let idleSince = now.adding(milliseconds: -SignIn.idle)
    return try db.all(
      "SELECT * FROM session WHERE account_id = \(person) AND expires_at > \(now) AND seen_at > \(idleSince) ORDER BY seen_at DESC"
    ).map { row in
      OpenSession(
        id: try row.id("id"), createdAt: try row.moment("created_at"), seenAt: try row.moment("seen_at"), agent: try row.text("agent"))
    }
  }

  /// 网络安全法 21 asks for six months of such logs at least.
  static let keepDays = 400
  /// Removes ended sessions, stale locks and attempts beyond their keeping: for a nightly job.
  public static func sweep(in house: House) async throws {
    let now = house.now()
    try await house.store.write { db in
      try db.run("DELETE FROM session WHERE expires_at <= \(now) OR seen_at <= \(now.adding(milliseconds: -SignIn.idle))")
      try db.run("DELETE FROM login_lock WHERE failed_at < \(now.adding(hours: -48))")
      try db.run("DELETE FROM sign_in WHERE at < \(now.adding(hours: -24 * keepDays))")
    }
  }
}

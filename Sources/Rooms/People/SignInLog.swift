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

  public static func sessions(
    of person: Person.ID, lengths: SessionLengths = .standard, at now: Moment, _ db: any Reader
  ) throws -> [OpenSession] {
    let idleSince = now.adding(milliseconds: -lengths.idle)
    let begunSince = now.adding(milliseconds: -lengths.longest)
    return try db.all(
      """
      SELECT * FROM session WHERE account_id = \(person) AND expires_at > \(now) AND seen_at > \(idleSince) AND created_at > \(begunSince)
      ORDER BY seen_at DESC
      """
    ).map { row in
      OpenSession(
        id: try row.id("id"), createdAt: try row.moment("created_at"), seenAt: try row.moment("seen_at"), agent: try row.text("agent"))
    }
  }
}

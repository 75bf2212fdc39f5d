import Foundation
import Kernel

/// Which forms are being carried out or were, on whatever server: of two copies of one form the second gets the first one's answer.
///
/// Rows are kept for minutes and may be lost with the database server; the rooms' own checks hold beyond that. Every call stands by
/// itself, for `Store.writeBeside`.
public enum OnceBook {
  public static let migration = Migration(
    "house-003",
    [
      "CREATE PASSING TABLE once (name text PRIMARY KEY, holder text NOT NULL, line bigint NOT NULL, answer text, at bigint NOT NULL)",
      "CREATE INDEX once_at ON once (at)",
    ])
  /// Milliseconds for which an answer is kept.
  public static let keep: Int64 = 600_000
  /// Milliseconds after which a form whose server never answered may be carried out again.
  public static let lease: Int64 = 120_000
  /// The same for a server whose line has ended: it died, and whoever sent the form sends it again. Not at once, because a line may
  /// also have been cut while the server carries on.
  public static let grace: Int64 = 3_000

  public enum Claim: Sendable, Equatable {
    /// To be carried out by whoever asked.
    case mine
    case underWay
    /// As it was given to `finish`.
    case done(String)
  }
  /// - Parameters:
  ///   - name: tells nothing of who sent the form: a hash.
  ///   - holder: of this attempt alone, so that a claim whose answer was lost is known again.
  public static func claim(_ name: String, holder: String, at now: Moment, _ db: any Writer) throws -> Claim {
    let present = db.dialect.present(now)
    let taken = try db.run(
      """
      INSERT INTO once (name, holder, line, answer, at) VALUES (\(name), \(holder), \(db.dialect.line), NULL, \(present))
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, line = excluded.line, answer = NULL, at = excluded.at
      WHERE once.at < excluded.at - \(keep) OR (once.answer IS NULL AND (once.at < excluded.at - \(lease) OR once.holder = excluded.holder
        OR (once.at < excluded.at - \(grace) AND \(db.dialect.isGone(line: "once.line")))))
      """)
    if taken == 1 { return .mine }
    guard let row = try db.first("SELECT answer FROM once WHERE name = \(name)"), let answer = try row.optionalText("answer") else {
      return .underWay
    }
    return .done(answer)
  }
  /// - Parameter answer: sealed: it may hold a cookie.
  public static func finish(_ name: String, holder: String, answer: String, at now: Moment, _ db: any Writer) throws {
    try db.run(
      "UPDATE once SET answer = \(answer), at = \(db.dialect.present(now)) WHERE name = \(name) AND holder = \(holder)")
  }
  /// It failed, or its answer cannot be kept: the next copy is carried out.
  public static func forget(_ name: String, holder: String, _ db: any Writer) throws {
    try db.run("DELETE FROM once WHERE name = \(name) AND holder = \(holder)")
  }
  public static func prune(at now: Moment, _ db: any Writer) throws {
    try db.run("DELETE FROM once WHERE at < \(db.dialect.present(now)) - \(keep)")
  }
}

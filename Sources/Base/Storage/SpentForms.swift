import Kernel

/// Forms of acts by whose traces nobody could tell that they were done before: a look, an export, a new password. Each is carried out at
/// most once, whichever server it comes to and however late; `OnceBook` answers what comes again within minutes.
public enum SpentForms {
  public static let migration = Migration(
    "house-005", ["CREATE TABLE spent_form (name text PRIMARY KEY, at bigint NOT NULL)", "CREATE INDEX spent_form_at ON spent_form (at)"])
  /// Milliseconds for which a form is remembered. One of somebody signed in ends with the session, a day at the latest; one of a resident
  /// with a cookie that lasts a day after the last page.
  public static let keep: Int64 = 30 * 86_400_000
  public static let spent = "door-form-spent"

  /// - Parameter name: tells nothing of who sent the form: a hash.
  /// - Throws: `Refusal` `door-form-spent`.
  public static func spend(_ name: String, at now: Moment, _ db: any Writer) throws {
    guard try db.run("INSERT INTO spent_form (name, at) VALUES (\(name), \(now)) ON CONFLICT (name) DO NOTHING") == 1 else {
      throw Refusal(.conflict, spent, "这份表单已经提交过，没有再办一次。请先看上次的结果；确实需要再办，请重新打开页面再提交。")
    }
  }
  /// Nothing came of it: the same form may be sent again.
  public static func giveBack(_ name: String, _ db: any Writer) throws { try db.run("DELETE FROM spent_form WHERE name = \(name)") }
  public static func prune(at now: Moment, _ db: any Writer) throws {
    try db.run("DELETE FROM spent_form WHERE at < \(now.adding(milliseconds: -keep))")
  }
}

import Kernel
import Storage

extension SignIn {
  /// Sessions that have run out, counts of failures long past, and sign-ins older than 400 days: six months are the least that
  /// logs of a network's working are to be kept (网络安全法 21).
  public static func prune(lengths: SessionLengths = .standard, at now: Moment, _ db: any Writer) throws {
    try db.run("DELETE FROM session WHERE expires_at < \(now) OR seen_at < \(now.adding(milliseconds: -lengths.idle))")
    try db.run("DELETE FROM login_lock WHERE failed_at < \(now.adding(hours: -30 * 24))")
    try db.run("DELETE FROM sign_in WHERE at < \(now.adding(hours: -400 * 24))")
  }
}

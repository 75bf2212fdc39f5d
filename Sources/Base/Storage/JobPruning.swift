import Kernel

extension Jobs {
  /// Jobs that were done more than a month ago. The dead stay until a person has looked at them.
  public static func prune(at now: Moment, _ db: any Writer) throws {
    try db.run("DELETE FROM job WHERE state = 'done' AND finished_at < \(now.adding(hours: -30 * 24))")
  }
}

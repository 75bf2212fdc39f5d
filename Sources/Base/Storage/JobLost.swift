import Kernel

/// The lease of a job had ended, because its holder stood still or the clock was set, and another has taken the job up.
public struct JobLost: Error, CustomStringConvertible {
  public var description: String { "another worker has taken this job up" }
}

extension Jobs {
  /// Begins the transaction of each part of a long job: of two who work on it, only who holds it writes.
  /// - Throws: `JobLost`.
  public static func hold(_ job: Job, at now: Moment, _ db: any Writer) throws {
    guard try renew(job, at: now, db) else { throw JobLost() }
  }
}

/// Where each writing process notes, inside every commit, which one of its commits this is. When the answer to COMMIT was lost, the row
/// tells whether it came about.
///
/// Not by the server's own transaction numbers: after a crash the number of a transaction that never reached the disk is given to another one,
/// and that one's fate would be taken for ours.
public enum CommitMarks {
  static let migration = Migration(
    "house-004", ["CREATE TABLE commit_mark (writer text PRIMARY KEY, number bigint NOT NULL, at bigint NOT NULL)"])
  /// Milliseconds after which the row of a process that has not written since is taken away.
  public static let keep: Int64 = 86_400_000
}

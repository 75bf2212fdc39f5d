/// What a store says of itself when nobody may work in it.
public enum StoreMarks {
  /// Where the office was moved to, and when: in the table `mark` of the store it left.
  static let movedTo = "moved-to"
  /// Holds how far a move into this store has come; gone when it is complete.
  public static let moving = "moving"
  /// `PRAGMA user_version` of an embedded store that was moved: looked at with every commit, it costs nothing.
  public static let movedVersion: Int64 = 0x4D4F_5645

  /// - Returns: nil for a store in which may be worked.
  public static func movedTo(_ db: any Reader) throws -> String? {
    guard try db.exists(db.dialect.has(table: "mark")) else { return nil }
    return try House.mark(movedTo, db)
  }
  /// Half a store, into which a move was begun.
  public static func isHalfMoved(_ db: any Reader) throws -> Bool { try db.exists(db.dialect.has(table: moving)) }

  /// In the last transaction that this store will see. Whoever waits for a turn to write learns of it before writing.
  public static func markMoved(to place: String, _ db: any Writer) throws {
    try House.setMark(movedTo, place, db)
    for statement in db.dialect.closing { try db.run("\(raw: statement)") }
  }
  /// After that transaction: whoever still has a session loses it, and finds the mark when coming back.
  public static func endOtherSessions(_ db: any Writer) throws {
    if let statement = db.dialect.endingOthers { _ = try db.all(statement) }
  }
  /// Another user's session of this program, which we could not end; nil when there is none.
  public static func sessionOfAnotherUser(_ db: any Reader) throws -> String? {
    try db.dialect.sessionsOfOthers.flatMap { try db.first($0)?.text("name") }
  }
  /// Makes a store that was left the office's store again: what was done in the other one since is not in it.
  public static func reopen(_ db: any Writer) throws {
    try db.run("DELETE FROM mark WHERE name = \(movedTo)")
    if db.dialect == .sqlite { try db.run("PRAGMA user_version = 0") }
  }
}

extension Dialect {
  /// Keeps everybody else from writing beyond the end of the transaction.
  var closing: [String] {
    switch self {
    case .sqlite: ["PRAGMA user_version = \(StoreMarks.movedVersion)"]
    // The turn itself ends with the transaction; held by the session as well, nobody gets it before the others' sessions are ended.
    case .postgres: ["SELECT pg_advisory_lock(\(Self.turnClass), current_schema()::regnamespace::oid::integer)"]
    }
  }
  var endingOthers: Query? {
    switch self {
    case .sqlite: nil
    case .postgres:
      """
      SELECT pg_terminate_backend(pid, 5000) AS ended FROM pg_stat_activity
      WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
      """
    }
  }
  var sessionsOfOthers: Query? {
    switch self {
    case .sqlite: nil
    case .postgres:
      """
      SELECT usename::text AS name FROM pg_stat_activity
      WHERE datname = current_database() AND usename <> current_user AND application_name = 'longtang' LIMIT 1
      """
    }
  }
  /// First half of the lock by which writers take turns on PostgreSQL; the schema's number is the second.
  public static let turnClass = 0x4C54
}

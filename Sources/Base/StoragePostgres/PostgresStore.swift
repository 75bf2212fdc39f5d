import Foundation
import Kernel
import Logging
import Storage

/// The store of an office with a database server: PostgreSQL 15 or later through libpq.
///
/// Reads run beside each other, each on one consistent snapshot. Writes take turns, see `PostgresWriter`. Every connection has its own
/// thread, on which libpq may block. A lost connection is made anew, and what was under way is done again where nothing was committed,
/// so bodies must not do anything but load and store.
public final class PostgresStore: Store {
  public let dialect = Dialect.postgres
  private let readers: PostgresReaders
  private let writer: PostgresWriter
  private let bell: PostgresBell
  private let target: PostgresTarget
  private let patience: PostgresPatience
  /// Short writes that wait for no turn have lines of their own: a process must be able to say that it lives while all readers are busy.
  private let beside: PostgresReaders
  private let leader: PostgresLeadership

  /// First half of the lock that the leader holds as long as its line stands.
  static let leaderClass = 0x4C55
  /// Lines for short writes.
  static let besides = 2
  static let oldestServer = 150_000

  /// - Parameter readers: connections that read, started as they are needed, beside the one that writes.
  /// - Parameter use: what it is opened for.
  /// - Throws: `Refusal` with a sentence for the operator when the database cannot be used as it is.
  public init(
    _ target: PostgresTarget, readers: Int = 8, patience: PostgresPatience = PostgresPatience(),
    logger: Logger = Logger(label: "storage.postgres"), use: Use = .work
  ) throws {
    if use != .replica { try Self.inspect(target, patience) }
    let left: LeftStore = use == .look ? .isShown : .isRefused
    self.readers = PostgresReaders(target, most: readers, patience, logger, left: left)
    writer = PostgresWriter(target, patience, logger, left: left)
    bell = PostgresBell(target, patience, logger)
    beside = PostgresReaders(target, most: Self.besides, patience, logger, left: left)
    leader = PostgresLeadership(target, patience, logger)
    self.target = target
    self.patience = patience
  }
  public enum Use: Sendable {
    case work
    /// Also a store whose office was moved elsewhere.
    case look
    /// A server that follows another one: it may be away at the start, and is looked at again and again by `ReplicaWatch`.
    case replica
  }
  deinit {
    readers.close()
    writer.close()
    bell.close()
    beside.close()
    leader.close()
  }

  public func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      readers.add { connection, refusal in
        guard let connection else { return continuation.resume(throwing: refusal ?? StorageError.busy) }
        let result: Result<T, any Error>
        do {
          connection.later("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
          result = .success(try body(PostgresAccess(connection: connection)))
        } catch {
          if let undone = connection.undone { throw undone }
          result = .failure(error)
        }
        if let undone = connection.undone { throw undone }
        // The answer stands; ending a transaction that only read cannot change it.
        continuation.resume(with: result)
        connection.endRead()
      }
    }
  }

  @discardableResult
  public func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      writer.add(PostgresWrite(body: body, alone: false, continuation: continuation))
    }
  }
  @discardableResult
  public func writeAlone<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      writer.add(PostgresWrite(body: body, alone: true, continuation: continuation))
    }
  }

  @discardableResult
  public func writeBeside<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      beside.add { connection, refusal in
        guard let connection else { return continuation.resume(throwing: refusal ?? StorageError.busy) }
        let result: Result<T, any Error>
        do {
          connection.later("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
          let value = try body(PostgresAccess(connection: connection))
          if connection.isUndone { throw StorageError.other("a statement had failed and the work went on") }
          let tag = try connection.simple("COMMIT")
          guard tag == "COMMIT" else { throw StorageError.other("the commit became a \(tag)") }
          result = .success(value)
        } catch {
          if let undone = connection.undone { throw undone }
          result = .failure(error)
        }
        continuation.resume(with: result)
      }
    }
  }
  public func leadership() -> any Leadership {
    leader.stand()
    return leader
  }

  public func notify(_ channel: String, _ payload: String) async throws {
    guard let notice = try dialect.notice(channel, payload) else { return }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      readers.add { connection, refusal in
        guard let connection else { return continuation.resume(throwing: refusal ?? StorageError.busy) }
        do {
          _ = try connection.all(notice)
          continuation.resume()
        } catch {
          if let undone = connection.undone { throw undone }
          continuation.resume(throwing: error)
        }
      }
    }
  }
  public func listen(_ channel: String) -> AsyncStream<String> { bell.listen(channel) }

  /// How many writes the last commits held, for the benchmark and the status page.
  public var commits: (commits: Int, writes: Int) { writer.counts }

  public var figures: StoreFigures {
    var out = writer.figures
    out.pool = readers.pool
    return out
  }

  /// Finishes what was handed in, then ends the connections.
  public func close() async throws {
    readers.close()
    writer.close()
    bell.close()
    beside.close()
    leader.close()
    await leader.waitUntilGone()
    await beside.waitUntilGone()
    await writer.waitUntilGone()
    await readers.waitUntilGone()
    await bell.waitUntilGone()
  }

  // MARK: At the start

  /// Everything that would fail later, said at once and in words.
  static func inspect(_ target: PostgresTarget, _ patience: PostgresPatience) throws {
    func refusal(_ code: String, _ sentence: String) -> Refusal { Refusal(.invalid, "storage-postgres-\(code)", sentence) }
    let connection: PostgresConnection
    do {
      connection = try PostgresConnection(target, patience)
    } catch let error as PostgresUnreachable {
      throw refusal(
        "unreachable", "连不上 PostgreSQL（\(target)）。请检查服务器是否在运行、主机和端口、库名、用户名和密码是否正确。服务器的原话：\(error.message)")
    }
    try check(version: connection.serverVersion)
    let row = try connection.all(
      """
      SELECT current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync, current_schema() AS schema,
        current_setting('transaction_read_only') AS readonly, current_user AS account, current_database() AS name,
        COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS may
      """
    ).first
    guard let row else { throw StorageError.decoding("no settings") }
    let name = try row.text("name")
    guard try row.text("encoding") == "UTF8" else {
      throw refusal(
        "encoding", "数据库 \(name) 的编码是 \(try row.text("encoding"))，应为 UTF8。请用 CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 另建。")
    }
    if let (table, column, collation) = try sortedOtherwise(connection) {
      throw refusal(
        "collation",
        "数据库 \(name) 的 \(table).\(column) 按 \(collation) 排序，应按编码排序（COLLATE \"C\"）。多半是表结构被别的工具重建过：请新建一个空库，用 longtang restore 恢复，或用 longtang migrate --from --to 重新搬过去。"
      )
    }
    guard try row.text("fsync") == "on" else {
      throw refusal("fsync", "PostgreSQL 关闭了 fsync，断电会丢失已受理的诉件，不能使用。请在服务器上设 fsync = on。")
    }
    guard try row.text("readonly") == "off" else { throw refusal("readonly", "数据库 \(name) 是只读的（备机或只读设置），不能使用。请连接主机。") }
    guard let schema = try row.optionalText("schema") else {
      throw refusal("schema", "在数据库 \(name) 中没有可用的 schema，请检查用户 \(try row.text("account")) 的 search_path。")
    }
    guard try row.bool("may") else {
      throw refusal("permission", "用户 \(try row.text("account")) 在数据库 \(name) 的 schema \(schema) 中没有建表权限（CREATE）。")
    }
  }

  /// A text column that is not in the order of its code points. The database's own order may be that of a language: ours say what they need,
  /// unless somebody else has made them.
  private static func sortedOtherwise(_ connection: PostgresConnection) throws -> (String, String, String)? {
    let row = try connection.all(
      """
      SELECT c.relname AS holder, a.attname AS name, k.collname AS collation FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_collation k ON k.oid = a.attcollation
      WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> \(StoreMarks.moving)
        AND a.atttypid = 'text'::regtype AND k.collname <> 'C' AND to_regclass('migration') IS NOT NULL LIMIT 1
      """
    ).first
    return try row.map { (try $0.text("holder"), try $0.text("name"), try $0.text("collation")) }
  }

  /// - Parameter version: 150020 for 15.20.
  package static func check(version: Int) throws {
    guard version >= oldestServer else {
      throw Refusal(.invalid, "storage-postgres-old", "PostgreSQL 版本过低：服务器是 \(version / 10_000)，需要 15 或更新。")
    }
  }

  /// Whether the schema holds no store yet.
  public func isEmpty() async throws -> Bool {
    try await read { db in try db.first("SELECT to_regclass('migration')::text AS name")?.optionalText("name") == nil }
  }
}

extension PostgresConnection {
  /// Ends a transaction in which only was read; a failure shows at the next use of the connection.
  func endRead() { rollBack() }
}

import Kernel
import Logging
import Storage

/// A store with a replica: reads that may lag by a few seconds go there as long as it is fresh enough, everything else goes to the primary.
/// A replica that is away, behind or in trouble is never a reason for a read to fail.
public final class ReplicatedStore: Store {
  public let dialect = Dialect.postgres
  private let primary: PostgresStore
  private let replica: PostgresStore
  private let watch: ReplicaWatch
  private let looking: Task<Void, Never>

  /// - Parameters:
  ///   - target: where the replica is.
  ///   - lag: how far behind the replica may be, at least two seconds.
  public init(
    _ primary: PostgresStore, replica target: PostgresTarget, lag: Duration, readers: Int = 8, logger: Logger
  ) throws {
    self.primary = primary
    // Short: the primary is there.
    var patience = PostgresPatience()
    patience.reconnect = 500
    replica = try PostgresStore(target, readers: readers, patience: patience, logger: logger, use: .replica)
    watch = ReplicaWatch(lag: lag)
    let (watch, replica) = (watch, replica)
    looking = Task.detached(priority: .utility) {
      var wasFresh: Bool?
      while !Task.isCancelled {
        await Self.look(watch, primary, replica)
        if watch.isFresh != wasFresh {
          wasFresh = watch.isFresh
          logger.notice(watch.isFresh ? "the replica is read from" : "the replica is away or behind: the primary answers alone")
        }
        do { try await Task.sleep(for: ReplicaWatch.interval) } catch { return }
      }
    }
  }
  deinit { looking.cancel() }

  /// How long a session reads from the primary after a write: what was written then is on every replica that counts as fresh.
  /// - Parameter lag: as configured, in seconds.
  public static func secondsAfterWrite(lag: Int) -> Int { lag + 2 * Int(ReplicaWatch.interval / .seconds(1)) }

  // MARK: Looking

  private static func look(_ watch: ReplicaWatch, _ primary: PostgresStore, _ replica: PostgresStore) async {
    do {
      // The note bears the time before it was made: what is committed meanwhile may be in it, what came before surely is.
      let now = ContinuousClock.now
      let own = try await primary.read { db in try place(db) }
      watch.note(own.position, at: now)
      let other = try await replica.read { db in try place(db) }
      watch.reached(other.follows && other.system == own.system ? other.position : nil)
    } catch {
      // The store itself logs lost connections; what counts here is that nothing was reached.
      watch.reached(nil)
    }
  }
  private struct Place: Sendable {
    let follows: Bool
    let system: Int64
    let position: Int64
  }
  private static func place(_ db: any Reader) throws -> Place {
    let row = try db.first(
      """
      SELECT pg_is_in_recovery() AS follows, system_identifier AS system, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery()
        THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END, '0/0')::bigint AS place FROM pg_control_system()
      """)
    guard let row else { throw StorageError.decoding("no place") }
    return Place(follows: try row.bool("follows"), system: try row.int("system"), position: try row.optionalInt("place") ?? 0)
  }

  /// At the start: a replica that is away will be looked for later, one of another database is a mistake.
  public func inspect() async throws {
    let own = try await primary.read { db in try Self.place(db) }
    let other: Place
    do { other = try await replica.read { db in try Self.place(db) } } catch is StorageError { return }
    guard other.follows, other.system == own.system else {
      throw Refusal(
        .invalid, "storage-postgres-replica",
        other.follows ? "store.replica 是另一个数据库集群的备机，不能读。请填写本库主机的流复制备机，或去掉这一项。" : "store.replica 不是备机（没有在跟随主机）。请填写本库主机的流复制备机，或去掉这一项。")
    }
  }

  // MARK: Store

  public func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T {
    guard Freshness.mayLag, watch.isFresh else { return try await primary.read(body) }
    do {
      let value = try await replica.read(body)
      watch.count(turnedBack: false)
      return value
    } catch is StorageError {
      watch.count(turnedBack: true)
      return try await primary.read(body)
    }
  }
  @discardableResult
  public func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T { try await primary.write(body) }
  @discardableResult
  public func writeAlone<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await primary.writeAlone(body)
  }
  public func notify(_ channel: String, _ payload: String) async throws { try await primary.notify(channel, payload) }
  public func listen(_ channel: String) -> AsyncStream<String> { primary.listen(channel) }
  public var figures: StoreFigures {
    var figures = primary.figures
    figures.replica = watch.figures
    return figures
  }
  public func close() async throws {
    looking.cancel()
    await looking.value
    try await replica.close()
    try await primary.close()
  }
}

import Foundation
import GRDB
import GRDBSQLite
import Kernel
import Storage
import Synchronization

/// The embedded store: one SQLite file in WAL mode with `synchronous = FULL`.
///
/// Concurrent writes share one commit, and all are acknowledged only after it has been synced to disk. One that fails takes nothing
/// of the others with it: they are run again without it.
public final class SQLiteStore: Store {
  public let dialect = Dialect.sqlite
  let pool: DatabasePool
  private let queue: CommitQueue
  private let log: LogKeeper
  private let board = NoticeBoard()

  /// - Parameter readers: connections that read beside the one that writes.
  /// - Parameter cacheKilobytes: page cache of each reading connection: enough for one question. Every commit of the one that writes
  ///   empties it, and what it does not hold lies in the system's own cache.
  /// - Parameter writerCacheKilobytes: of the one that writes. Not more: where a commit has put pages of a tree in order, SQLite goes
  ///   through everything that is cached at its end, as long as the store is smaller than 1 GiB; with 64 MB that was a tenth of what a
  ///   single report costs.
  /// - Parameter logPages: pages of 4 KiB of the write-ahead log from which it is copied back into the file.
  /// - Parameter references: whether references between tables are checked; not while a store is carried in, table by table.
  /// - Parameter synced: whether a commit waits for the disk; not while a copy is made that nobody needs unless it is whole.
  /// - Parameter evenIfMoved: whether may be written into a store whose office was moved to another.
  public init(
    path: String, readers: Int = 4, cacheKilobytes: Int = 8_192, writerCacheKilobytes: Int = 16_384, logPages: Int = 10_000,
    references: Bool = true, synced: Bool = true, evenIfMoved: Bool = false
  ) throws {
    var configuration = Configuration()
    configuration.maximumReaderCount = readers
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA cache_size = -\(cacheKilobytes)")
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      try db.execute(sql: "PRAGMA foreign_keys = \(references ? "ON" : "OFF")")
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      // GRDB sets NORMAL after prepareDatabase has run; an acknowledged report must survive a power cut, so it is set again here.
      let level = try pool.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = \(synced ? "FULL" : "OFF")")
        // What an import has made of the log is given back when it begins anew.
        try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        try db.execute(sql: "PRAGMA cache_size = -\(writerCacheKilobytes)")
        return try Int.fetchOne(db, sql: "PRAGMA synchronous")
      }
      guard level == (synced ? 2 : 0) else { throw StorageError.other("PRAGMA synchronous was not accepted") }
      log = try LogKeeper(path: path, length: logPages)
      pool.writeWithoutTransaction { [log] db in log.follow(db) }
    } catch let error as DatabaseError {
      throw storageError(error)
    }
    queue = CommitQueue(pool: pool, log: log, evenIfMoved: evenIfMoved)
  }

  public func read<T: Sendable>(_ body: @Sendable @escaping (any Storage.Reader) throws -> T) async throws -> T {
    do {
      return try await pool.read { db in try body(SQLiteAccess(db: db)) }
    } catch let error as DatabaseError {
      throw storageError(error)
    }
  }

  @discardableResult
  public func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.add(PendingWrite(body: body, alone: false, continuation: continuation))
    }
  }
  @discardableResult
  public func writeAlone<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.add(PendingWrite(body: body, alone: true, continuation: continuation))
    }
  }

  /// How many writes the last commits held, for the benchmark and the status page.
  public var commits: (commits: Int, writes: Int) { queue.counts }

  public var figures: StoreFigures { queue.figures }

  public func notify(_ channel: String, _ payload: String) async throws { board.tell(channel, payload) }
  public func listen(_ channel: String) -> AsyncStream<String> { board.listen(channel) }

  public func close() async throws {
    board.close()
    try pool.close()
    // The last of the connections that may write: it copies what is left of the log and removes it.
    try log.close()
  }
}

/// One write that waits for its turn, with its result type hidden.
struct PendingWrite: Sendable {
  /// Runs the body, a second time when another one of its commit failed; the returned closure tells the caller, once the fate of the
  /// commit is known.
  let run: @Sendable (Database) throws -> Settle
  let refuse: @Sendable (any Error) -> Void
  /// Not to be put into a savepoint beside others: SQLite walks the whole list of pages kept for the outer savepoint each time an
  /// inner one is released, which made an import of 250 rows a batch twenty times slower.
  let alone: Bool

  init<T: Sendable>(body: @Sendable @escaping (any Writer) throws -> T, alone: Bool, continuation: CheckedContinuation<T, any Error>) {
    run = { db in
      do {
        let value = try body(SQLiteAccess(db: db))
        return { failure in
          if let failure { continuation.resume(throwing: failure) } else { continuation.resume(returning: value) }
        }
      } catch {
        throw WriteFailed(error: error)
      }
    }
    self.alone = alone
    refuse = { continuation.resume(throwing: $0) }
  }
}
typealias Settle = @Sendable ((any Error)?) -> Void
struct WriteFailed: Error {
  let error: any Error
}

/// Collects writes while the previous commit is under way and commits them together.
final class CommitQueue: Sendable {
  private struct State {
    var waiting: [PendingWrite] = []
    var draining = false
    var commits = 0
    var writes = 0
    var sizes = CommitSizes()
  }
  private let pool: DatabasePool
  private let log: LogKeeper
  private let state = Mutex(State())
  private let evenIfMoved: Bool
  init(pool: DatabasePool, log: LogKeeper, evenIfMoved: Bool) {
    self.pool = pool
    self.log = log
    self.evenIfMoved = evenIfMoved
  }
  var counts: (commits: Int, writes: Int) { state.withLock { ($0.commits, $0.writes) } }
  var figures: StoreFigures {
    state.withLock { state in
      var out = StoreFigures()
      (out.commits, out.writes, out.sizes, out.waiting) = (state.commits, state.writes, state.sizes, state.waiting.count)
      return out
    }
  }

  /// Beyond this many a batch would keep the first caller waiting longer than a commit of its own.
  static let largestBatch = 256

  func add(_ write: PendingWrite) {
    let start = state.withLock { state in
      state.waiting.append(write)
      if state.draining { return false }
      state.draining = true
      return true
    }
    if start {
      pool.asyncWriteWithoutTransactionDrain { [self] db in
        drain(db)
      } onFailure: { [self] error in
        refuseAll(error)
      }
    }
  }

  private func take() -> [PendingWrite] {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.draining = false
        return []
      }
      let together = state.waiting[0].alone ? 1 : state.waiting.firstIndex(where: \.alone) ?? state.waiting.count
      let batch = Array(state.waiting.prefix(min(together, Self.largestBatch)))
      state.waiting.removeFirst(batch.count)
      state.commits += 1
      state.writes += batch.count
      state.sizes.add(batch.count)
      return batch
    }
  }

  private func drain(_ db: Database) {
    while true {
      let batch = take()
      if batch.isEmpty { return }
      commit(batch, db)
    }
  }

  /// Together first: no write among them fails as a rule, and a savepoint for each would cost as much as a short write.
  private func commit(_ batch: [PendingWrite], _ db: Database) {
    do {
      try begin(db)
      var settled: [Settle] = []
      do {
        for write in batch { settled.append(try write.run(db)) }
      } catch let failure as WriteFailed {
        rollBack(db)
        if batch.count == 1 { return batch[0].refuse(Self.plain(failure.error)) }
        return commitApart(batch, db)
      }
      end(settled, db)
    } catch {
      rollBack(db)
      // Nothing of the batch has been told anything yet.
      for write in batch { write.refuse(Self.plain(error)) }
    }
  }

  /// Each in a savepoint of its own, so that the ones that fail take nothing of the others with them.
  private func commitApart(_ batch: [PendingWrite], _ db: Database) {
    var settled: [Settle] = []
    var begun = 0
    do {
      try begin(db)
      for write in batch {
        try db.cachedStatement(sql: "SAVEPOINT one").execute()
        begun += 1
        do {
          // Noted before anything else can fail, or nobody would ever tell this caller.
          settled.append(try write.run(db))
          try db.cachedStatement(sql: "RELEASE one").execute()
        } catch let failure as WriteFailed {
          // Told after the commit: it may have been decided on what others of this batch have written and nobody else sees yet.
          let error = Self.plain(failure.error)
          settled.append { write.refuse($0 ?? error) }
          try db.cachedStatement(sql: "ROLLBACK TO one").execute()
          try db.cachedStatement(sql: "RELEASE one").execute()
        }
      }
      end(settled, db)
    } catch {
      rollBack(db)
      for settle in settled { settle(Self.plain(error)) }
      for write in batch.dropFirst(begun) { write.refuse(Self.plain(error)) }
    }
  }

  /// Whoever had to wait while the office was moved away must not write into what it left.
  private func begin(_ db: Database) throws {
    try db.beginTransaction(.immediate)
    guard !evenIfMoved, try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA user_version")) == StoreMarks.movedVersion else { return }
    throw StorageError.moved(try StoreMarks.movedTo(SQLiteAccess(db: db)) ?? "")
  }
  private func end(_ settled: [Settle], _ db: Database) {
    do {
      try db.commit()
      for settle in settled { settle(nil) }
      log.committed(db)
    } catch {
      rollBack(db)
      for settle in settled { settle(Self.plain(error)) }
    }
  }

  private func rollBack(_ db: Database) {
    // The store is already failing; the error that matters is the first one, which every waiting caller gets.
    if db.isInsideTransaction { try? db.rollback() }
  }
  private static func plain(_ error: any Error) -> any Error { (error as? DatabaseError).map(storageError) ?? error }

  private func refuseAll(_ error: any Error) {
    let waiting = state.withLock { state in
      let waiting = state.waiting
      state.waiting = []
      state.draining = false
      return waiting
    }
    for write in waiting { write.refuse(error) }
  }
}

extension DatabasePool {
  /// GRDB's asynchronous write hands over either the connection or the reason why there is none.
  func asyncWriteWithoutTransactionDrain(
    _ body: @Sendable @escaping (Database) -> Void, onFailure: @Sendable @escaping (any Error) -> Void
  ) {
    asyncBarrierlessWrite(body, onFailure)
  }
  private func asyncBarrierlessWrite(_ body: @Sendable @escaping (Database) -> Void, _ onFailure: @Sendable @escaping (any Error) -> Void) {
    Task {
      do { try await self.writeWithoutTransaction { db in body(db) } } catch { onFailure(error) }
    }
  }
}

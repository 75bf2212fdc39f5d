import Kernel
import Moving
import Storage
import StorageSQLite

/// Where a back-up takes the store from. Whichever engine it is, a back-up holds one embedded store: proven, sealed and read again
/// in one way, and brought back into either engine.
public protocol BackupSource: Sendable {
  /// About as many bytes as the copy will have.
  func size() throws -> Int64
  /// The store as it is at one moment, whoever writes meanwhile, in a new file with no log beside it. Not synced yet.
  func copy(to path: String, progress: @escaping @Sendable (BackupProgress) -> Void) throws
  /// Whether the copy has what full-text search needs; otherwise that is made when the back-up is brought back.
  var copiesSearch: Bool { get }
}

extension SQLiteStore: BackupSource {
  public func copy(to path: String, progress: @escaping @Sendable (BackupProgress) -> Void) throws {
    try copy(to: path, pages: { done, total in progress(BackupProgress(stage: .store, done: Int64(done), total: Int64(total))) })
  }
  public var copiesSearch: Bool { true }
}

/// A store on a database server: all its rows, read within one snapshot. Waits for the server, so it wants a thread of its own and not one
/// of the concurrency pool.
public struct RowSource: BackupSource {
  let store: any Store
  let migrations: [Migration]
  let search: [SearchSource]
  let now: Moment
  public init(_ store: any Store, migrations: [Migration], search: [SearchSource], now: Moment) {
    self.store = store
    self.migrations = migrations
    self.search = search
    self.now = now
  }
  public var copiesSearch: Bool { false }
  public func size() throws -> Int64 { try Waiting.on { [store] in try await store.read { db in try StoreState.bytes(db) } } }

  public func copy(to path: String, progress: @escaping @Sendable (BackupProgress) -> Void) throws {
    try Waiting.on { [store, migrations, search, now] in
      let file = try SQLiteStore(path: path, readers: 1, cacheKilobytes: 8192, references: false, synced: false)
      try await StoreCopy.rows(of: store, into: file, migrations: migrations, search: search, at: now, progress: progress)
      try await file.close()
    }
    try SQLiteFile.settle(path: path)
  }
}

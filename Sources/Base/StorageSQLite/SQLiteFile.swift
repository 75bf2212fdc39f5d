import Foundation
import GRDB
import Storage

extension SQLiteStore {
  /// Bytes of the store's file.
  public func size() throws -> Int64 {
    do { return try pool.read { db in try StoreState.bytes(SQLiteAccess(db: db)) } } catch let error as DatabaseError {
      throw storageError(error)
    }
  }
  /// Copies the store as it is at one moment into a new file, which holds everything: no write-ahead log beside it. Whoever writes
  /// meanwhile, in this process or another, neither waits nor shows in the copy.
  /// - Parameter progress: pages done and pages in all.
  /// - Returns: when all is written, but not yet synced to disk.
  public func copy(to path: String, pages progress: @escaping (Int, Int) -> Void = { _, _ in }) throws {
    do {
      let target = try DatabaseQueue(path: path)
      try target.writeWithoutTransaction { copy in
        // Nobody needs half a copy; whoever asked syncs it once.
        try copy.execute(sql: "PRAGMA synchronous = OFF")
        try pool.read { db in
          // Without a first look the transaction would not hold a snapshot yet, and every commit would begin the copy anew.
          _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
          try db.backup(to: copy, pagesPerStep: 2048) { progress($0.completedPageCount, $0.totalPageCount) }
        }
        try copy.execute(sql: "PRAGMA journal_mode = DELETE")
      }
      try target.close()
    } catch let error as DatabaseError {
      throw storageError(error)
    }
  }
}

/// A store that lies still in one file, such as that of a back-up; looked at and never changed.
public final class SQLiteFile: Sendable {
  private let queue: DatabaseQueue
  public let path: String

  public init(path: String) throws {
    self.path = path
    var configuration = Configuration()
    configuration.readonly = true
    // Read from one end to the other, where the store's own small cache would be read into a dozen times.
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size = -65536") }
    do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch let error as DatabaseError {
      throw storageError(error)
    }
  }
  public func read<T>(_ body: (any Storage.Reader) throws -> T) throws -> T {
    do { return try queue.read { db in try body(SQLiteAccess(db: db)) } } catch let error as DatabaseError { throw storageError(error) }
  }
  /// What SQLite finds wrong with the file's structure and its references; empty when it is whole.
  public func faults(limit: Int = 20) throws -> [String] {
    try read { db in
      let check = try db.all("SELECT integrity_check AS fault FROM pragma_integrity_check(\(limit))").map { try $0.text("fault") }
      let loose = try db.all("SELECT \"table\" AS name, rowid AS at FROM pragma_foreign_key_check LIMIT \(limit)")
      return check.filter { $0 != "ok" } + (try loose.map { "\(try $0.text("name")) \(try $0.optionalInt("at") ?? 0): foreign key" })
    }
  }
  public func close() throws { try queue.close() }

  /// Changes a store that nobody has open, all at once.
  public static func change(path: String, _ body: (any Writer) throws -> Void) throws {
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.write { db in try body(SQLiteAccess(db: db)) }
      try queue.close()
    } catch let error as DatabaseError { throw storageError(error) }
    try sync(path)
  }
  /// Brings a store that nobody has open into one file without a log beside it, and syncs that to disk.
  public static func settle(path: String) throws {
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = DELETE") }
      try queue.close()
    } catch let error as DatabaseError { throw storageError(error) }
    try sync(path)
  }
  static func sync(_ path: String) throws {
    let fd = open(path, O_RDONLY)
    guard fd >= 0 else { throw StorageError.other("open: \(errno)") }
    defer { _ = Foundation.close(fd) }
    guard fsync(fd) == 0 else { throw StorageError.other("fsync: \(errno)") }
  }
}

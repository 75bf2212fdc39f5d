import Foundation
import Storage
import StorageSQLite
import Testing

/// The write-ahead log of the embedded store is copied back beside the work.
@Suite struct LogKeeperTests {
  /// Eight pages a time, until the log has begun anew or nobody can hope for it any more.
  static func writeUntilLogBeginsAnew(_ store: SQLiteStore, _ path: String, from: Int64 = 0) async throws -> Int64? {
    let before = try salt(path)
    for turn in 1...Int64(4000) {
      try await store.write { db in
        _ = try db.run("INSERT INTO page (id, words) VALUES (\(from + turn), \(String(repeating: "字", count: 10_000)))")
      }
      if try salt(path) != before { return from + turn }
    }
    return nil
  }
  /// Drawn anew whenever the log begins anew: two numbers in its header.
  static func salt(_ path: String) throws -> Data {
    let log = try FileHandle(forReadingFrom: URL(filePath: path + "-wal"))
    defer { try? log.close() }
    try log.seek(toOffset: 16)
    return try log.read(upToCount: 8) ?? Data()
  }
  static func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test func theLogBeginsAnewAndAllStaysThere() async throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "store.sqlite").path
    let store = try SQLiteStore(path: path, logPages: 200)
    try await store.write { db in _ = try db.run("CREATE TABLE page (id integer primary key, words text NOT NULL)") }
    let first = try #require(try await Self.writeUntilLogBeginsAnew(store, path), "nobody copied the log back")
    let last = try #require(try await Self.writeUntilLogBeginsAnew(store, path, from: first), "it was copied back once and never again")
    #expect(try await store.read { db in try db.number("SELECT count(*) AS n FROM page") } == last)
    try await store.close()
    #expect(!FileManager.default.fileExists(atPath: path + "-wal"), "a store that was closed is one file")
    let file = try SQLiteFile(path: path)
    #expect(try file.read { db in try db.number("SELECT count(*) AS n FROM page") } == last)
    #expect(try file.faults().isEmpty)
    try file.close()
  }

  /// A back-up reads for minutes: what it sees must stay where it is, and afterwards the log must not stay long for ever.
  @Test func aLongReadIsWaitedFor() async throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "store.sqlite").path
    let store = try SQLiteStore(path: path, logPages: 200)
    try await store.write { db in
      _ = try db.run("CREATE TABLE page (id integer primary key, words text NOT NULL)")
      _ = try db.run("INSERT INTO page (id, words) VALUES (0, '第一页')")
    }
    let before = try Self.salt(path)
    let (reads, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    async let seen = store.read { db in
      let one = try db.number("SELECT count(*) AS n FROM page")
      reads.signal()
      go.wait()
      return (one, try db.number("SELECT count(*) AS n FROM page"))
    }
    await withCheckedContinuation { begun in
      DispatchQueue.global().async {
        reads.wait()
        begun.resume()
      }
    }
    for turn in 1...Int64(100) {
      try await store.write { db in
        _ = try db.run("INSERT INTO page (id, words) VALUES (\(turn), \(String(repeating: "字", count: 10_000)))")
      }
    }
    #expect(try Self.salt(path) == before)
    go.signal()
    let (one, again) = try await seen
    #expect(one == 1 && again == 1)
    #expect(try await Self.writeUntilLogBeginsAnew(store, path, from: 100) != nil)
    try await store.close()
  }
}

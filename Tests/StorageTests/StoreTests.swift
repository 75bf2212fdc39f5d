import Foundation
import Kernel
import Storage
import StorageSQLite
import TestHouse
import Testing

@Suite struct StoreTests {
  static let notes = Migration(
    "test-001", ["CREATE TABLE note (id integer primary key, text text NOT NULL UNIQUE)"], searchTables: ["note_search"])

  @Test func aFailingWriteTakesNothingOfItsNeighboursWithIt() async throws {
    let house = try await TestHouse.make([Self.notes])
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for i in 0..<200 {
        group.addTask {
          do {
            try await house.store.write { db in
              try db.run("INSERT INTO note (id, text) VALUES (\(i), \("n\(i)"))")
              if i % 7 == 0 { throw Refusal(.invalid, "test", "不行") }
              if i % 11 == 0 { try db.run("INSERT INTO note (id, text) VALUES (\(1000 + i), \("n\(i)"))") }
            }
            return true
          } catch {
            return false
          }
        }
      }
      return await group.reduce(into: (0, 0)) { $1 ? ($0.0 += 1) : ($0.1 += 1) }
    }
    let bad = (0..<200).filter { $0 % 7 == 0 || $0 % 11 == 0 }.count
    #expect(outcomes == (200 - bad, bad))
    #expect(try await house.store.read { try $0.number("SELECT count(*) AS n FROM note") } == Int64(200 - bad))
  }

  @Test func concurrentWritesShareCommits() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(error)") } }
    let store = try SQLiteStore(path: folder.appending(path: "a.sqlite").path)
    try await Migrator.migrate(store, House.migrations + [Self.notes], at: TestClock.start)
    let before = store.commits
    try await withThrowingTaskGroup(of: Void.self) { group in
      for i in 0..<400 {
        group.addTask {
          _ = try await store.write { db -> Int in try db.run("INSERT INTO note (id, text) VALUES (\(i), \("n\(i)"))") }
        }
      }
      try await group.waitForAll()
    }
    let after = store.commits
    #expect(after.writes - before.writes == 400)
    #expect(after.commits - before.commits < 400)
    try await store.close()
  }

  @Test func uniqueForeignKeyAndUnknownColumnsAreTold() async throws {
    let house = try await TestHouse.make([Self.notes])
    try await house.store.write { db in try db.run("INSERT INTO note (id, text) VALUES (1, 'a')") }
    do {
      try await house.store.write { db in try db.run("INSERT INTO note (id, text) VALUES (2, 'a')") }
      Issue.record("a second row of the same text went in")
    } catch StorageError.unique(let message) {
      #expect(message.contains("note.text"))
    }
    await #expect(throws: StorageError.self) {
      _ = try await house.store.read { db in try db.first("SELECT id FROM note")?.text("id") }
    }
  }

  @Test func aNewerStoreIsRefused() async throws {
    let house = try await TestHouse.make([Migration("test-001", kind: .contract, Self.notes.statements)])
    do {
      try await Migrator.migrate(house.store, House.migrations, at: TestClock.start)
      Issue.record("a store with an unknown migration was accepted")
    } catch let error as StorageError {
      #expect(error == .tooNew(["test-001"]))
    }
  }

  @Test func interpolatedValuesAreBoundNeverText() async throws {
    let house = try await TestHouse.make([Self.notes])
    let hostile = ["'); DROP TABLE note; --", "\" OR 1=1", "🏮", "%_\\", String(repeating: "字", count: 50_000)]
    try await house.store.write { db in
      for (i, text) in hostile.enumerated() { try db.run("INSERT INTO note (id, text) VALUES (\(i), \(text))") }
    }
    for (i, text) in hostile.enumerated() {
      #expect(try await house.store.read { db in try db.first("SELECT text FROM note WHERE id = \(i)")?.text("text") } == text)
    }
    #expect(try await house.store.read { db in try db.all("SELECT id FROM note WHERE text IN (\(list: [String]()))") }.isEmpty)
  }

  @Test func aZeroByteInTextNeverReachesTheEngine() async throws {
    let house = try await TestHouse.make([Self.notes])
    try await house.store.write { db in try db.run("INSERT INTO note (id, text) VALUES (1, \("a\u{0}b"))") }
    #expect(try await house.store.read { db in try db.first("SELECT text FROM note")?.text("text") } == "a\u{FFFD}b")
  }

  @Test(arguments: [
    ("消防", ["楼道消防通道被堵", "消防车进不来"]), ("通道 堵", ["楼道消防通道被堵"]), ("犬", ["恶犬伤人"]), ("SH2026", []), ("sh20260001", ["工单 SH20260001 催办"]),
    ("３号楼", ["3号楼漏水"]), ("\" OR *", []), ("防通", ["楼道消防通道被堵"]), ("道被堵塞", []),
  ]) func chineseIsFoundByWords(_ words: String, _ expected: [String]) async throws {
    let texts = ["楼道消防通道被堵", "消防车进不来", "恶犬伤人", "工单 SH20260001 催办", "3号楼漏水"]
    let house = try await TestHouse.make([Self.notes])
    let found = try await house.store.write { db -> [String] in
      for (i, text) in texts.enumerated() {
        try db.run("INSERT INTO note (id, text) VALUES (\(i), \(text))")
        try TextSearch.index("note_search", id: Int64(i), text: text, db)
      }
      guard let match = TextSearch.match("note_search", words, in: db.dialect) else { return [] }
      return try db.all("SELECT text FROM note WHERE id IN (\(match.hits)) ORDER BY id").map { try $0.text("text") }
    }
    #expect(found == expected)
  }

  @Test func countersHaveNoGapsEvenWhenAWriteFails() async throws {
    let house = try await TestHouse.make()
    for i in 0..<10 {
      do {
        try await house.store.write { db in
          _ = try Counter.next("x", db)
          if i % 3 == 0 { throw Refusal(.invalid, "test", "不行") }
        }
      } catch is Refusal {}
    }
    #expect(try await house.store.write { db in try Counter.next("x", db) } == 7)
  }

  @Test func aRunOfNumbersGoesOnWhereOthersStopped() async throws {
    let house = try await TestHouse.make()
    let numbers = try await house.store.write { db in
      var run = Counter.Run()
      var out = [try Counter.next("x", db), try run.next("x", db), try run.next("x", db), try run.next("y", db)]
      try run.write(db)
      out += [try Counter.next("x", db), try run.next("x", db)]
      return out
    }
    #expect(numbers == [1, 2, 3, 1, 4, 5])
    // The last one was never written.
    #expect(try await house.store.write { db in [try Counter.next("x", db), try Counter.next("y", db)] } == [5, 2])
  }
}

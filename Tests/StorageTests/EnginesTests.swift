import Foundation
import Kernel
import Storage
import StoragePostgres
import StorageSQLite
import TestHouse
import Testing

/// Promises of the interface that the rooms stand on: on the engine under test, see `TestHouse`.
@Suite struct EnginesTests {
  static let things = Migration(
    "test-001",
    ["CREATE TABLE thing (id integer primary key, name text, size bigint, part double precision, raw blob)"], searchTables: ["thing_search"]
  )

  @Test func valuesComeBackAsTheyWent() async throws {
    let house = try await TestHouse.make([Self.things])
    let values: [(Int64?, Double?, String?, Data?)] = [
      (.min, -.greatestFiniteMagnitude, "", Data()), (.max, 0.1 + 0.2, "\\x41'\";--\n\t🏮𠮷", Data(0...255)), (0, 5e-324, "null", Data([0])),
      (nil, nil, nil, nil), (-1, -0.5, "\\", Data([0x5C, 0x78])),
    ]
    try await house.store.write { db in
      for (i, v) in values.enumerated() {
        try db.run("INSERT INTO thing (id, name, size, part, raw) VALUES (\(i), \(v.2), \(v.0), \(v.1), \(v.3))")
      }
    }
    let rows = try await house.store.read { db in try db.all("SELECT * FROM thing ORDER BY id") }
    for (row, v) in zip(rows, values) {
      #expect(try row.optionalInt("size") == v.0)
      #expect(try row.optionalDouble("part") == v.1)
      #expect(try row.optionalText("name") == v.2)
      #expect(try row.optionalData("raw") == v.3)
    }
    let sum = try await house.store.read { db in
      try db.first(
        "SELECT sum(size) AS s, count(*) AS n, avg(size) AS a, size = 0 AS z FROM thing WHERE id = 2 GROUP BY id, size")
    }
    let row = try #require(sum)
    #expect(try row.int("s") == 0)
    #expect(try row.count("n") == 1)
    #expect(try row.double("a") == 0)
    #expect(try row.bool("z"))
  }

  @Test func rowsThatAreLoadedAreWhatTheyWere() async throws {
    let house = try await TestHouse.make([Self.things])
    let rows: [[SQLValue]] = [
      [.int(.min), .text("\\N"), .int(.max), .double(0.1 + 0.2), .blob(Data(0...255))],
      [.int(1), .text("a\tb\nc\\d\r\\.\n"), .null, .null, .blob(Data())], [.int(2), .text(""), .int(0), .double(-0.5), .null],
      [.int(3), .null, .int(-1), .null, .blob(Data([0x5C, 0x78]))], [.int(4), .text("🏮𠮷'\""), .null, .null, .null],
    ]
    try await house.store.write { db in
      try db.later("INSERT INTO thing (id, name) VALUES (\(5), \("before"))")
      try db.insert(rows, into: "thing", columns: ["id", "name", "size", "part", "raw"])
      try db.insert((10..<9000).map { [.int($0), .text("第 \($0) 行，有些话要说")] }, into: "thing", columns: ["id", "name"])
    }
    let found = try await house.store.read { db in
      try db.all("SELECT id, name, size, part, raw FROM thing ORDER BY id LIMIT 5").map { row -> [SQLValue] in
        try [
          .int(row.int("id")), row.optionalText("name").map { .text($0) } ?? .null, row.optionalInt("size").map { .int($0) } ?? .null,
          row.optionalDouble("part").map { .double($0) } ?? .null, row.optionalData("raw").map { .blob($0) } ?? .null,
        ]
      }
    }
    #expect(found == rows)
    #expect(try await house.store.read { db in try db.number("SELECT count(*) AS n FROM thing") } == 8996)
    await #expect(throws: StorageError.self) {
      try await house.store.write { db in
        try db.insert([[.int(9999), .text("new")], [.int(1), .text("known")]], into: "thing", columns: ["id", "name"])
      }
    }
    #expect(try await house.store.read { db in try db.number("SELECT count(*) AS n FROM thing") } == 8996)
  }

  /// What was put off fails where it belongs: the write it is of, or the attempt.
  @Test func whatIsPutOffBelongsToItsWrite() async throws {
    let house = try await TestHouse.make([Self.things, Migration("test-002", ["CREATE UNIQUE INDEX thing_name ON thing (name)"])])
    try await house.store.write { db in try db.later("INSERT INTO thing (id, name) VALUES (1, 'a')") }
    // Side by side, so that they share a commit.
    let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
      for turn in 2..<40 {
        group.addTask {
          do {
            try await house.store.write { db in
              try db.later("INSERT INTO thing (id, name) VALUES (\(turn), \(turn % 5 == 0 ? "a" : "n\(turn)"))")
              try db.later("INSERT INTO thing (id, name) VALUES (\(turn + 100), \("m\(turn)"))")
            }
            return (turn, true)
          } catch StorageError.unique {
            return (turn, false)
          } catch {
            Issue.record("\(error)")
            return (turn, false)
          }
        }
      }
      return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
    }
    for turn in 2..<40 { #expect(outcomes[turn] == (turn % 5 != 0)) }
    let kept = try await house.store.read { db in try db.all("SELECT id FROM thing ORDER BY id").map { try $0.int("id") } }
    let good = (2..<40).filter { $0 % 5 != 0 }
    #expect(kept == [1] + good.map { Int64($0) } + good.map { Int64($0 + 100) })

    try await house.store.write { db in
      for turn in 200..<206 {
        do {
          try db.attempt {
            try db.later("INSERT INTO thing (id, name) VALUES (\(turn), \("x\(turn)"))")
            if turn == 204 { throw Refusal(.invalid, "test", "nothing of this one is sent") }
            try db.later("INSERT INTO thing (id, name) VALUES (\(turn + 100), \(turn % 2 == 0 ? "a" : "y\(turn)"))")
          }
          #expect(turn % 2 == 1)
        } catch is StorageError { #expect(turn % 2 == 0) } catch is Refusal { #expect(turn == 204) }
      }
    }
    let after = try await house.store.read { db in try db.all("SELECT id FROM thing WHERE id >= 200 ORDER BY id").map { try $0.int("id") } }
    #expect(after == [201, 203, 205, 301, 303, 305])
  }

  @Test func textIsInTheOrderOfItsCodePoints() async throws {
    let house = try await TestHouse.make([Self.things])
    let names = ["重庆", "安徽", "上海", "b", "A", "a", "B", "10号", "2号", "𠮷", "ａ", "-", "_", "é", ""]
    try await house.store.write { db in
      for (i, name) in names.enumerated() { try db.run("INSERT INTO thing (id, name) VALUES (\(i), \(name))") }
    }
    let found = try await house.store.read { db in try db.all("SELECT name FROM thing ORDER BY name").map { try $0.text("name") } }
    #expect(found == names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) })
    let after = try await house.store.read { db in try db.number("SELECT count(*) AS n FROM thing WHERE name > \("b")") }
    #expect(after == 6)
  }

  /// A read that comes between would otherwise see a matter without its entry.
  @Test func aReadSeesOneMoment() async throws {
    let house = try await TestHouse.make([Self.things])
    try await house.store.write { db in
      for i in 0..<2 { try db.run("INSERT INTO thing (id, size) VALUES (\(i), 0)") }
    }
    let writing = Task {
      for _ in 0..<100 { _ = try await house.store.write { db in try db.run("UPDATE thing SET size = size + 1") } }
    }
    for _ in 0..<50 {
      let seen = try await house.store.read { db in
        try (0..<2).map { i in try db.first("SELECT size FROM thing WHERE id = \(i)")?.int("size") }
      }
      #expect(seen[0] == seen[1])
    }
    try await writing.value
  }

  /// Reads and writes of a command hold together although many run at once: the last one sees all the others.
  @Test func whatAWriteHasReadStillHoldsWhenItWrites() async throws {
    let house = try await TestHouse.make([Self.things])
    let clock = TestClock()
    try await house.store.write { db in try db.run("INSERT INTO thing (id, size) VALUES (1, 0)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<60 {
        group.addTask {
          try await house.store.write { db in
            let size = try db.first("SELECT size FROM thing WHERE id = 1")?.int("size") ?? 0
            try Journal.append("thing-grew", on: Subject("thing", 1), by: .system, at: clock.now, ids: house.ids, db)
            try db.run("UPDATE thing SET size = \(size + 1) WHERE id = 1")
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await house.store.read { db in try db.first("SELECT size FROM thing")?.int("size") } == 60)
    let verdict = try await house.store.read { db in try Journal.verify(db) }
    #expect(verdict.entries == 60 && verdict.chains == 1 && verdict.faults.isEmpty)
  }

  @Test func whoListensIsTold() async throws {
    let house = try await TestHouse.make()
    let stream = house.store.listen("news")
    let other = house.store.listen("other")
    let heard = Task { () -> String? in
      for await word in stream where !word.isEmpty { return word }
      return nil
    }
    // The line may not be up yet: what was told before is missed, and may be.
    let telling = Task {
      while !Task.isCancelled {
        try await house.store.notify("news", "来了\n两行")
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    #expect(await heard.value == "来了\n两行")
    telling.cancel()
    try await house.store.close()
    for await word in other { #expect(word.isEmpty) }
  }
}

/// The two engines side by side.
@Suite(.enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it")) struct TwoEnginesTests {
  /// Two processes on one database: neither doubles nor gaps, and every chain whole.
  @Test func twoProcessesTakeTurns() async throws {
    let database = try await TestPostgres.database(House.migrations, at: TestClock.start)
    let stores = [try database.store(), try database.store()]
    let now = TestClock.start
    let sources = [IdentifierSource(node: 1), IdentifierSource(node: 2)]
    try await stores[0].write { db in
      for i in 0..<50 { try Jobs.enqueue("test", ["n": i], at: now, now: now, ids: sources[0], db) }
    }
    let taken = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for (store, ids) in zip(stores, sources) {
        for worker in 0..<20 {
          group.addTask {
            try await store.write { db in
              _ = try Counter.next("x", db)
              try Journal.append("stepped", on: Subject("thing", Int64(worker % 3)), by: .system, at: now, ids: ids, db)
              if worker % 5 == 0 { throw CancellationError() }
            }
            return []
          }
          group.addTask {
            try await store.write { db in try Jobs.claim(kinds: ["test"], limit: 3, at: now, db) }.map(\.id)
          }
        }
      }
      var taken: [Int64] = []
      while let result = await group.nextResult() {
        do { taken += try result.get() } catch is CancellationError {}
      }
      return taken
    }
    #expect(try await stores[0].write { db in try Counter.next("x", db) } == 33)
    #expect(taken.count == 50)
    #expect(Set(taken).count == 50)
    let verdict = try await stores[1].read { db in try Journal.verify(db) }
    #expect(verdict.entries == 32 && verdict.chains == 3 && verdict.faults.isEmpty)
    for store in stores { try await store.close() }
  }

  @Test func whatOneProcessTellsAnotherHears() async throws {
    let database = try await TestPostgres.database(House.migrations, at: TestClock.start)
    let (one, other) = (try database.store(), try database.store())
    let stream = other.listen("news")
    // Empty first: from here on nothing is missed.
    var words = stream.makeAsyncIterator()
    #expect(await words.next() == "")
    try await one.notify("news", "甲")
    #expect(await words.next() == "甲")
    // The listener's line breaks; it says so once it is back.
    try TestPostgres.errand(
      "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = '\(database.name)' AND query LIKE 'LISTEN%'")
    #expect(await words.next() == "")
    try await one.notify("news", "乙")
    #expect(await words.next() == "乙")
    try await one.close()
    try await other.close()
  }

  @Test func chineseSearchGivesTheSameHits() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(error)") } }
    let small = try SQLiteStore(path: folder.appending(path: "a.sqlite").path)
    let database = try await TestPostgres.database(House.migrations + [EnginesTests.things], at: TestClock.start)
    let large = try database.store()
    try await Migrator.migrate(small, House.migrations + [EnginesTests.things], at: TestClock.start)
    var generator = SeededGenerator(20_260_924)
    let alphabet = Array("楼道消防通道被堵车进不来恶犬伤人漏水噪声违建群租𠮷㛃 ，。;'\"\\:*&|!()<->AaÀàß１2SH20éİǅ٣　-")
    func text(_ most: Int) -> String {
      String((0..<Int.random(in: 0...most, using: &generator)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
    }
    let texts = (0..<400).map { _ in text(40) } + [String(repeating: "a", count: 5000) + "堵", String(repeating: "堵车", count: 9000)]
    for store in [small, large] as [any Store] {
      try await store.write { db in
        for (i, text) in texts.enumerated() { try TextSearch.index("thing_search", id: Int64(i), text: text, db) }
      }
    }
    func hits(_ store: any Store, _ phrase: String) async throws -> [Int64]? {
      try await store.read { db in
        guard let match = TextSearch.match("thing_search", phrase, in: db.dialect) else { return nil }
        return try db.all("SELECT id FROM (\(match.hits)) x ORDER BY id").map { try $0.int("id") }
      }
    }
    var found = 0
    for phrase in (0..<600).map({ _ in text(4) }) + ["堵", "aaaa", "车堵车堵", "堵车 消防"] {
      let (a, b) = (try await hits(small, phrase), try await hits(large, phrase))
      #expect(a == b, "\(phrase)")
      found += a?.count ?? 0
    }
    #expect(found > 1000)
    try await small.close()
    try await large.close()
  }
}

/// The same numbers every time.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var x = state
    x = (x ^ (x >> 33)) &* 0xff51_afd7_ed55_8ccd
    return x ^ (x >> 33)
  }
}

import Dispatch
import Foundation
import Kernel
import Storage
import StoragePostgres
import Synchronization
import TestHouse
import Testing

/// What is true of PostgreSQL alone. Everything else of the store is in suites that run on both engines.
@Suite(.enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it")) struct PostgresTests {
  static let notes = [
    Migration(
      "test-001", ["CREATE TABLE note (id integer primary key, text text NOT NULL UNIQUE, size bigint, part double precision, raw blob)"])
  ]
  static func database() async throws -> TestPostgres.Database {
    try await TestPostgres.database(House.migrations + notes, at: TestClock.start)
  }
  static func refusal(_ body: () throws -> some Any) -> Refusal? {
    do {
      _ = try body()
      return nil
    } catch { return error as? Refusal }
  }

  // MARK: What cannot be used is said

  @Test func aConnectionStringThatIsNoneIsNeverRepeated() throws {
    for bad in ["host=a password='geheim", "postgres://u:geheim@h:1:2/x?geheim=1", "geheim", "host=a\u{0} password=geheim"] {
      let refusal = try #require(Self.refusal { try PostgresTarget(bad) })
      #expect(refusal.code == "storage-postgres-conninfo")
      #expect(!"\(refusal)".contains("geheim"))
    }
    let target = try PostgresTarget("host=/nowhere dbname=lt user=u password=geheim")
    #expect(target.description == "user=u dbname=lt host=/nowhere")
    let refusal = try #require(Self.refusal { try PostgresStore(target, logger: TestPostgres.quiet) })
    #expect(refusal.code == "storage-postgres-unreachable")
    #expect(!"\(refusal)".contains("geheim"))
  }

  @Test func aServerBefore15IsRefused() {
    #expect(Self.refusal { try PostgresStore.check(version: 140_011) }?.message.contains("14") == true)
    #expect(Self.refusal { try PostgresStore.check(version: 150_000) } == nil)
  }

  @Test func anotherEncodingIsRefused() throws {
    let database = try TestPostgres.empty("ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
    #expect(Self.refusal { try database.store() }?.code == "storage-postgres-encoding")
  }

  @Test func whoMayNotMakeTablesIsRefused() throws {
    let database = try TestPostgres.empty()
    let role = "r\(database.name)"
    try TestPostgres.errand("CREATE ROLE \(role) LOGIN")
    let target = try TestPostgres.target("\(database.name) user=\(role)")
    #expect(Self.refusal { try PostgresStore(target, logger: TestPostgres.quiet) }?.code == "storage-postgres-permission")
    try TestPostgres.errand("DROP ROLE \(role)")
  }

  @Test func aReadOnlyServerIsRefused() throws {
    let database = try TestPostgres.empty()
    try TestPostgres.errand("ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
    #expect(Self.refusal { try database.store() }?.code == "storage-postgres-readonly")
  }

  @Test func commitsAreSyncedEvenWhereTheDatabaseSaysOtherwise() async throws {
    let database = try TestPostgres.empty()
    try TestPostgres.errand("ALTER DATABASE \(database.name) SET synchronous_commit = off")
    let store = try database.store()
    let level: Query = "SELECT current_setting('synchronous_commit') AS level"
    #expect(try await store.write { db in try db.first(level)?.text("level") } == "on")
    #expect(try await store.isEmpty())
    try await store.close()
  }

  // MARK: Lines that break

  @Test func aLostConnectionIsMadeAnew() async throws {
    let database = try await Self.database()
    let store = try database.store()
    try await store.write { db in try db.run("INSERT INTO note (id, text) VALUES (1, 'a')") }
    for _ in 0..<3 {
      try TestPostgres.errand("SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = '\(database.name)'")
      #expect(try await store.read { db in try db.number("SELECT count(*) AS n FROM note") } == 1)
      try await store.write { db in try db.run("UPDATE note SET size = COALESCE(size, 0) + 1") }
    }
    #expect(try await store.read { db in try db.first("SELECT size FROM note")?.int("size") } == 3)
    try await store.close()
  }

  @Test func aWriteWhoseConnectionIsLostRunsAgainOnce() async throws {
    let database = try await Self.database()
    let store = try database.store()
    let runs = Mutex(0)
    let bystanders = Task {
      for i in 10..<40 { _ = try await store.write { db in try db.run("INSERT INTO note (id, text) VALUES (\(i), \("b\(i)"))") } }
    }
    try await store.write { db in
      let run = runs.withLock { runs in
        runs += 1
        return runs
      }
      try db.run("INSERT INTO note (id, text) VALUES (1, 'a')")
      // Even when the work swallows the error, what was done before it is not half kept.
      if run == 1 { _ = try? db.all("SELECT pg_terminate_backend(pg_backend_pid())") }
    }
    try await bystanders.value
    #expect(runs.withLock { $0 } == 2)
    #expect(try await store.read { db in try db.number("SELECT count(*) AS n FROM note") } == 31)
    try await store.close()
  }

  @Test func aReadWhoseConnectionIsLostRunsAgain() async throws {
    let database = try await Self.database()
    let store = try database.store()
    let runs = Mutex(0)
    let answer = try await store.read { db in
      if runs.withLock({ runs in
        runs += 1
        return runs == 1
      }) {
        _ = try db.all("SELECT pg_terminate_backend(pg_backend_pid())")
      }
      return try db.number("SELECT 7 AS n")
    }
    #expect(answer == 7)
    try await store.close()
  }

  /// The commit came about and its answer was lost, or it never reached the server: the caller is told the truth, and nothing is there twice.
  @Test(arguments: [TornLine.Place.beforeCommit, .afterCommit]) func aCommitWhoseAnswerIsLostIsLookedUp(_ place: TornLine.Place)
    async throws
  {
    let database = try await Self.database()
    let line = try TornLine(to: database)
    let store = try PostgresStore(try line.target(database.name), readers: 1, logger: TestPostgres.quiet)
    try await store.write { db in try db.run("INSERT INTO note (id, text) VALUES (1, 'a')") }
    let runs = Mutex(0)
    line.tear(place)
    let told = try await store.write { db in
      runs.withLock { $0 += 1 }
      try db.run("INSERT INTO note (id, text) VALUES (2, 'b')")
      return try db.number("SELECT count(*) AS n FROM note")
    }
    #expect(told == 2)
    #expect(runs.withLock { $0 } == (place == .afterCommit ? 1 : 2))
    #expect(line.wasTorn)
    #expect(try await store.read { db in try db.number("SELECT count(*) AS n FROM note") } == 2)
    try await store.close()
  }

  /// When one process of the server crashes, the others warn their clients and are gone: libpq then has an error without a code, and says
  /// that the line stands. Found by `Faults.Disks.areFull`: readers went round in circles, and somebody was told of an unforeseen error.
  @Test(.timeLimit(.minutes(1))) func aServerThatCrashedIsFoundAgain() async throws {
    let database = try await Self.database()
    let line = try TornLine(to: database)
    let store = try PostgresStore(try line.target(database.name), readers: 2, logger: TestPostgres.quiet)
    for round in 1...5 {
      line.crash()
      #expect(try await store.read { db in try db.number("SELECT count(*) AS n FROM note WHERE id < \(Int64(round))") } == Int64(round - 1))
      line.crash()
      try await store.write { db in _ = try db.run("INSERT INTO note (id, text) VALUES (\(Int64(round)), \("Nr. \(round)"))") }
    }
    try await store.close()
  }

  @Test func aServerThatIsAwayMakesTheStoreBusy() async throws {
    let database = try await Self.database()
    var patience = PostgresPatience()
    patience.reconnect = 300
    let store = try database.store(patience: patience)
    try TestPostgres.errand("ALTER DATABASE \(database.name) ALLOW_CONNECTIONS false")
    await #expect(throws: StorageError.busy) { try await store.read { db in try db.number("SELECT 1 AS n") } }
    await #expect(throws: StorageError.busy) { try await store.write { db in try db.number("SELECT 1 AS n") } }
    try TestPostgres.errand("ALTER DATABASE \(database.name) ALLOW_CONNECTIONS true")
    #expect(try await store.read { db in try db.number("SELECT 1 AS n") } == 1)
    try await store.close()
  }

  @Test func aStatementThatTakesTooLongIsEnded() async throws {
    let database = try await Self.database()
    var patience = PostgresPatience()
    patience.statement = 100
    let store = try database.store(patience: patience)
    await #expect(throws: StorageError.busy) { try await store.read { db in try db.all("SELECT pg_sleep(5)") } }
    await #expect(throws: StorageError.busy) { try await store.write { db in try db.all("SELECT pg_sleep(5)") } }
    try await store.write { db in try db.run("INSERT INTO note (id, text) VALUES (1, 'a')") }
    #expect(try await store.read { db in try db.number("SELECT count(*) AS n FROM note") } == 1)
    try await store.close()
  }

  @Test func aTurnThatDoesNotComeMakesTheStoreBusy() async throws {
    let database = try await Self.database()
    var patience = PostgresPatience()
    patience.lock = 100
    let hasty = try database.store(patience: patience)
    let slow = try database.store()
    let (began, begin) = AsyncStream<Void>.makeStream()
    let gate = DispatchSemaphore(value: 0)
    let long = Task {
      try await slow.write { db in
        begin.yield()
        gate.wait()
        try db.run("INSERT INTO note (id, text) VALUES (1, 'a')")
      }
    }
    for await _ in began { break }
    await #expect(throws: StorageError.busy) { try await hasty.write { db in try db.run("INSERT INTO note (id, text) VALUES (2, 'b')") } }
    // Reading waits for nobody.
    #expect(try await hasty.read { db in try db.number("SELECT count(*) AS n FROM note") } == 0)
    gate.signal()
    _ = try await long.value
    try await hasty.write { db in try db.run("INSERT INTO note (id, text) VALUES (2, 'b')") }
    try await hasty.close()
    try await slow.close()
  }

  // MARK: Statements

  @Test func aColumnAddedByAnotherProcessIsSeen() async throws {
    let database = try TestPostgres.empty()
    let (one, other) = (try database.store(), try database.store())
    try await one.write { db in
      try db.run("CREATE TABLE thing (id bigint primary key)")
      try db.run("INSERT INTO thing (id) VALUES (1)")
    }
    let all: Query = "SELECT * FROM thing WHERE id = \(1)"
    _ = try await other.read { db in try db.all(all) }
    _ = try await other.write { db in try db.all(all) }
    try await one.write { db in try db.run("ALTER TABLE thing ADD COLUMN name text DEFAULT 'x'") }
    #expect(try await other.read { db in try db.first(all)?.text("name") } == "x")
    #expect(try await other.write { db in try db.first(all)?.text("name") } == "x")
    try await one.close()
    try await other.close()
  }

  @Test func anErrorThatTheWorkSwallowsIsNotACommit() async throws {
    let database = try await Self.database()
    let store = try database.store()
    await #expect(throws: StorageError.self) {
      try await store.write { db in
        try db.run("INSERT INTO note (id, text) VALUES (1, 'a')")
        _ = try? db.run("INSERT INTO note (id, text) VALUES (1, 'b')")
      }
    }
    // A part of its own may fail.
    try await store.write { db in
      try db.run("INSERT INTO note (id, text) VALUES (2, 'a')")
      _ = try? db.attempt { try db.run("INSERT INTO note (id, text) VALUES (2, 'b')") }
    }
    #expect(try await store.read { db in try db.all("SELECT id FROM note").map { try $0.int("id") } } == [2])
    try await store.close()
  }

  @Test func moreStatementsThanAConnectionKeeps() async throws {
    let database = try await Self.database()
    let store = try database.store(readers: 1)
    try await store.read { db in
      for i in 0..<1200 {
        let sum = try db.number("SELECT \(i) + \(raw: String(i)) AS n")
        #expect(sum == Int64(2 * i))
      }
    }
    try await store.close()
  }
}

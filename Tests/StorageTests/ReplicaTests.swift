import Foundation
import Kernel
import Storage
import TestHouse
import Testing

@testable import StoragePostgres

/// What a fresh replica is, told without two clocks.
@Suite struct ReplicaWatchTests {
  @Test func aReplicaIsAsOldAsTheNewestNoteItHasReached() {
    let watch = ReplicaWatch(lag: .seconds(5))
    let now = ContinuousClock.now
    #expect(!watch.isFresh && watch.behind == nil)
    watch.note(100, at: now - .seconds(20))
    watch.note(200, at: now - .seconds(10))
    watch.note(300, at: now - .seconds(1))
    watch.reached(250)
    #expect(!watch.isFresh)
    #expect((watch.behind ?? .zero) >= .seconds(10))
    watch.reached(300)
    #expect(watch.isFresh)
    // It went nowhere while nobody looked; and what follows another server tells nothing.
    watch.reached(nil)
    #expect(!watch.isFresh)
    watch.reached(50)
    #expect(!watch.isFresh)
  }
  @Test func whoFailedOnceIsNotAskedBeforeSomebodyHasLooked() {
    let watch = ReplicaWatch(lag: .seconds(5))
    watch.note(1, at: .now)
    watch.reached(1)
    #expect(watch.isFresh)
    watch.count(turnedBack: true)
    #expect(!watch.isFresh && watch.figures.turnedBack == 1)
    watch.reached(1)
    #expect(watch.isFresh)
  }
}

/// Two servers of the test's own, one following the other.
@Suite(.enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it"), .timeLimit(.minutes(3)))
struct ReplicaTests {
  @Test func listsAreReadThereUntilItFallsBehindOrGoesAway() async throws {
    let servers = try TestServers()
    defer { servers.stop() }
    let primary = try PostgresStore(servers.primary, readers: 2, logger: TestPostgres.quiet)
    try await Migrator.migrate(primary, House.migrations, at: TestClock.start)
    let store = try ReplicatedStore(primary, replica: servers.replica, lag: .seconds(2), readers: 2, logger: TestPostgres.quiet)
    try await store.inspect()
    func put(_ value: String) async throws { try await store.write { db in try House.setMark("seen", value, db) } }
    @Sendable func seen() async throws -> String? { try await store.read { db in try House.mark("seen", db) } }
    @Sendable func listed() async throws -> String? { try await Freshness.$mayLag.withValue(true) { try await seen() } }
    func until(_ what: String, _ holds: () async throws -> Bool) async throws {
      for _ in 0..<1200 {
        if try await holds() { return }
        try await Task.sleep(for: .milliseconds(50))
      }
      Issue.record("waited a minute in vain: \(what)")
    }
    func figures() throws -> StoreFigures.Replica { try #require(store.figures.replica) }

    try await put("one")
    try await until("fresh") { try figures().isFresh }
    try await until("followed") { try await listed() == "one" }
    let before = try figures().reads
    _ = try await listed()
    #expect(try figures().reads >= before)
    // Whatever must not lag is read where it is written, however far behind the other is.
    try PostgresErrand.run(servers.replica, ["SELECT pg_wal_replay_pause()"])
    try await put("two")
    #expect(try await seen() == "two")
    // Behind: after two seconds nobody is sent there any more.
    try await until("stale") { try !figures().isFresh }
    let stale = try figures().reads
    #expect(try await listed() == "two")
    #expect(try figures().reads == stale)
    try PostgresErrand.run(servers.replica, ["SELECT pg_wal_replay_resume()"])
    try await until("fresh again") { try figures().isFresh }
    try await until("caught up") { try await listed() == "two" }
    // Away: no read fails.
    try servers.stopReplica()
    try await put("three")
    for _ in 0..<10 { #expect(["two", "three"].contains(try await listed())) }
    try await until("gone") { try !figures().isFresh }
    #expect(try await listed() == "three")
    try await store.close()
  }

  @Test func aServerThatFollowsNobodyIsNoReplica() async throws {
    let (one, other) = (try TestPostgres.empty(), try TestPostgres.empty())
    let store = try ReplicatedStore(try one.store(), replica: other.target, lag: .seconds(2), logger: TestPostgres.quiet)
    await #expect(throws: Refusal.self) { try await store.inspect() }
    try await Task.sleep(for: .milliseconds(1500))
    #expect(store.figures.replica?.isFresh == false)
    try await store.close()
  }
}

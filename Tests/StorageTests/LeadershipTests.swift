import Kernel
import Storage
import StoragePostgres
import TestHouse
import Testing

@Suite struct LeadershipTests {
  /// Waits as long as the machine needs; says whether it came true.
  static func comes(_ what: @Sendable () async throws -> Bool) async throws -> Bool {
    for _ in 0..<300 {
      if try await what() { return true }
      try await Task.sleep(for: .milliseconds(100))
    }
    return false
  }

  @Test(.enabled(if: !TestPostgres.isThere)) func anEmbeddedStoreIsLedByItsOneProgram() async throws {
    #expect(try await TestHouse.make().store.leadership().isHeld)
  }

  @Test(.enabled(if: TestPostgres.isThere)) func oneLeadsAndAnotherFollowsWhenItEndsOrIsCutOff() async throws {
    let database = try await TestPostgres.database(House.migrations, at: TestClock.start)
    let stores = [try database.store(), try database.store()]
    let first = stores[0].leadership()
    #expect(try await Self.comes { first.isHeld })
    let second = stores[1].leadership()
    // Cut off by the server: one of the two leads again on a line of its own, and never both for longer than a moment.
    let lines =
      "FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = '\(database.name)' AND l.locktype = 'advisory' AND l.classid = 19541 AND l.granted"
    for _ in 0..<3 {
      let cut = try TestPostgres.asked("SELECT l.pid \(lines)").map { try $0.int("pid") }
      #expect(cut.count == 1)
      try TestPostgres.errand("SELECT pg_terminate_backend(l.pid, 2000) \(lines)")
      #expect(
        try await Self.comes {
          let held = try TestPostgres.asked("SELECT l.pid \(lines)").map { try $0.int("pid") }
          return held.count == 1 && held != cut && first.isHeld != second.isHeld
        })
    }
    // An end in good order.
    let (leader, heir) = first.isHeld ? (stores[0], second) : (stores[1], first)
    try await leader.close()
    #expect(try await Self.comes { heir.isHeld })
    try await stores[0].close()
    try await stores[1].close()
  }

  @Test func otherProcessesSeeWhoLeads() async throws {
    let house = try await TestHouse.make()
    let store = try await JoinedStore(house.store, as: NodesTests.card(.work), logger: TestPostgres.quiet, now: house.now)
    let leadership = store.leadership()
    #expect(
      try await Self.comes {
        guard leadership.isHeld else { return false }
        try await store.membership.renew(house.store)
        let now = house.now()
        return try await house.store.read { db in try Nodes.living(at: now, db).map(\.isLeading) } == [true]
      })
    try await store.close()
  }
}

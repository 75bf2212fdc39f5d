import Kernel
import Storage
import StoragePostgres
import TestHouse
import Testing

@Suite struct OnceBookTests {
  @Test func ofManyCopiesOneIsCarriedOutAndAllGetItsAnswer() async throws {
    let house = try await TestHouse.make()
    let now = house.now()
    @Sendable func claim(_ holder: String, _ name: String = "form") async throws -> OnceBook.Claim {
      try await house.store.writeBeside { db in try OnceBook.claim(name, holder: holder, at: now, db) }
    }
    let claims = try await withThrowingTaskGroup(of: OnceBook.Claim.self) { group in
      for n in 0..<16 { group.addTask { try await claim("server-\(n)") } }
      return try await group.reduce(into: [OnceBook.Claim]()) { $0.append($1) }
    }
    #expect(claims.filter { $0 == .mine }.count == 1 && claims.filter { $0 == .underWay }.count == 15)
    let holder = try await house.store.read { db in try db.first("SELECT holder FROM once")?.text("holder") ?? "" }
    // Asked again because the answer to the claim was lost.
    #expect(try await claim(holder) == .mine)
    try await house.store.writeBeside { db in try OnceBook.finish("form", holder: "somebody else", answer: "x", at: now, db) }
    #expect(try await claim("late") == .underWay)
    try await house.store.writeBeside { db in try OnceBook.finish("form", holder: holder, answer: "303", at: now, db) }
    #expect(try await claim("late") == .done("303"))
    #expect(try await claim("late", "another") == .mine)
  }

  /// Whoever sends a form again because its server died is not kept waiting.
  @Test(.enabled(if: TestPostgres.isThere)) func theFormOfADeadServerIsCarriedOutByTheNext() async throws {
    let database = try await TestPostgres.database(House.migrations, at: TestClock.start)
    let (dying, living) = (try database.store(), try database.store())
    let now = TestClock.start
    func claim(_ store: PostgresStore, _ holder: String) async throws -> OnceBook.Claim {
      try await store.writeBeside { db in try OnceBook.claim("form", holder: holder, at: now, db) }
    }
    func age() async throws { try await living.write { db in _ = try db.run("UPDATE once SET at = at - \(OnceBook.grace + 1000)") } }
    #expect(try await claim(dying, "a") == .mine)
    try await age()
    #expect(try await claim(living, "b") == .underWay, "its server lives and is only slow")
    try await dying.close()
    // The server of the database notices in its own time that a line has ended.
    var taken = OnceBook.Claim.underWay
    for _ in 0..<200 where taken == .underWay {
      taken = try await claim(living, "b")
      if taken == .underWay { try await Task.sleep(for: .milliseconds(50)) }
    }
    #expect(taken == .mine)
    try await living.close()
  }

  @Test func whatFailedOrWasAbandonedIsCarriedOutByTheNext() async throws {
    let house = try await TestHouse.make()
    let now = house.now()
    func claim(_ holder: String) async throws -> OnceBook.Claim {
      try await house.store.writeBeside { db in try OnceBook.claim("form", holder: holder, at: now, db) }
    }
    #expect(try await claim("a") == .mine)
    try await house.store.writeBeside { db in try OnceBook.forget("form", holder: "a", db) }
    #expect(try await claim("b") == .mine)
    // Its server died in the middle: after the lease another may try.
    try await house.store.write { db in _ = try db.run("UPDATE once SET at = at - \(OnceBook.lease + 1000)") }
    #expect(try await claim("c") == .mine)
    #expect(try await claim("b") == .underWay)
    try await house.store.writeBeside { db in try OnceBook.finish("form", holder: "c", answer: "303", at: now, db) }
    try await house.store.write { db in _ = try db.run("UPDATE once SET at = at - \(OnceBook.keep + 1000)") }
    try await house.store.writeBeside { db in try OnceBook.prune(at: now, db) }
    #expect(try await claim("d") == .mine)
  }
}

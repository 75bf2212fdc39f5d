import Kernel
import Storage
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

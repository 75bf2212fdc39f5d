import Foundation
import Kernel
import Storage
import TestHouse
import Testing

/// What a process that begins anew has to know of those before it.
@Suite struct NewestTests {
  @Test func identifiersGoOnWhereTheClockWasSetBack() async throws {
    let clock = TestClock()
    let house = try await TestHouse.make(clock: clock)
    let (before, later) = (clock.now, clock.now.adding(hours: 1))
    try await house.store.write { db in
      for _ in 0..<50 { try Jobs.enqueue("a", [1], at: later, now: later, ids: house.ids, db) }
      try Journal.append("tried", on: Subject("note", 1), by: .system, at: later, ids: house.ids, db)
    }
    let last = try await house.store.read { db in try db.number("SELECT max(id) AS n FROM journal") }
    let newest = try await house.store.read { db in try Migrator.newestIdentifier(House.migrations, at: before, db) }
    #expect(newest == last)

    // The same node, begun anew while the clock shows an hour less.
    let ids = IdentifierSource(node: 1)
    ids.begin(after: newest)
    var made: [Int64] = []
    for _ in 0..<5_000 { made.append(ids.next(Job.self, at: before).raw) }
    #expect(made.allSatisfy { $0 > newest } && made == made.sorted() && Set(made).count == made.count)
    try await house.store.write { db in
      for _ in 0..<50 { try Jobs.enqueue("a", [1], at: later, now: before, ids: ids, db) }
      try Journal.append("tried", on: Subject("note", 1), by: .system, at: before, ids: ids, db)
    }
    #expect(try await house.store.read { db in try Journal.verify(db).faults }.isEmpty)
  }

  @Test func anEntryDoesNotSlipInBehindASealWhereTheClockWasSetBackOverMidnight() async throws {
    let clock = TestClock()
    let house = try await TestHouse.make(clock: clock)
    let tomorrow = clock.now.adding(hours: 23)
    try await house.store.write { db in
      try Journal.append("tried", on: Subject("note", 1), by: .system, at: clock.now, ids: house.ids, db)
      try Journal.append("tried", on: Subject("note", 2), by: .system, at: tomorrow, ids: house.ids, db)
      try Journal.seal(before: tomorrow.day, at: tomorrow, db)
    }
    let ids = IdentifierSource(node: 1)
    ids.begin(after: try await house.store.read { db in try Migrator.newestIdentifier(House.migrations, at: clock.now, db) })
    try await house.store.write { db in
      try Journal.append("tried", on: Subject("note", 1), by: .system, at: clock.now.adding(hours: 1), ids: ids, db)
    }
    #expect(try await house.store.read { db in try Journal.verify(db).faults }.isEmpty)
  }

  @Test func anIdentifierOfAnUtterlyWrongClockIsLetBe() async throws {
    let clock = TestClock()
    let house = try await TestHouse.make(clock: clock)
    let wrong = IdentifierSource(node: 1)
    try await house.store.write { db in
      try Jobs.enqueue("a", [1], at: clock.now, now: clock.now.adding(hours: 24 * 400), ids: wrong, db)
    }
    #expect(try await house.store.read { db in try Migrator.newestIdentifier(House.migrations, at: clock.now, db) } == 0)
  }

  @Test func aFileThatWasAlteredIsWrittenAnewByWhoeverBringsTheSameBytes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-vault-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let vault = try FileVault(root: folder)
    let photo = Data("一张照片的字节".utf8)
    let name = try vault.keep(photo).sha256
    let file = folder.appending(path: "\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(name)")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    try Data("别的字节".utf8).write(to: file)
    #expect(throws: VaultError.altered(name)) { try vault.bytes(name) }
    #expect(try vault.keep(photo).sha256 == name)
    #expect(try vault.bytes(name) == photo)
  }
}

import Kernel
import Storage
import TestHouse
import Testing

/// An old and a new version of the program on one store, as they are while servers are replaced one after the other.
@Suite struct ExpandContractTests {
  static let base = Migration("test-001", ["CREATE TABLE note (id integer primary key, text text NOT NULL, size bigint)"])
  static let expand = Migration("test-002", ["ALTER TABLE note ADD COLUMN length bigint"])
  static let contract = Migration("test-003", kind: .contract, ["ALTER TABLE note DROP COLUMN size"])
  static let old = House.migrations + [base]
  static let new = old + [expand, contract]

  static func has(_ column: String, _ house: House) async throws -> Bool {
    do {
      _ = try await house.store.read { db in try db.all("SELECT \(raw: column) FROM note LIMIT 1") }
      return true
    } catch is StorageError { return false }
  }

  @Test func anOlderProgramServesWhileANewerExpandsAndIsNotContractedAway() async throws {
    let house = try await TestHouse.make([Self.base])
    let older = try await NodesTests.join(house, NodesTests.card(steps: Self.old.map(\.id)))

    let first = try await Migrator.migrate(house.store, Self.new, at: house.now())
    #expect(first == MigrationOutcome(applied: ["test-002"], waiting: ["test-003"]))
    let newer = try await NodesTests.join(house, NodesTests.card(steps: Self.new.map(\.id)))
    // Both write, each what it knows.
    try await house.store.write { db in
      _ = try db.run("INSERT INTO note (id, text, size) VALUES (1, 'alt', 3)")
      _ = try db.run("INSERT INTO note (id, text, length) VALUES (2, 'neu', 3)")
    }
    // The older one may even be started again, as after a roll-back.
    #expect(try await Migrator.migrate(house.store, Self.old, at: house.now()) == MigrationOutcome())

    // Who insists is refused, with the names of those it waits for, and nothing has changed.
    do {
      try await Migrator.migrate(house.store, Self.new, waits: false, at: house.now())
      Issue.record("a column was taken from under an older program")
    } catch let refusal as Refusal {
      #expect(refusal.code == Nodes.contractWaits && refusal.message.contains("版本 1"))
    }
    #expect(try await Self.has("size", house))

    // It is gone without taking leave: once its lease is over, the step is done.
    try await NodesTests.silence(older.number, minutes: 1, house)
    #expect(try await Migrator.migrate(house.store, Self.new, waits: false, at: house.now()).applied == ["test-003"])
    #expect(try await !Self.has("size", house))
    #expect(try await house.store.read { db in try db.number("SELECT count(*) AS n FROM note") } == 2)
    try await newer.renew(house.store)

    // From now on the older one must not start, nor one come in that was just starting.
    await #expect(throws: StorageError.tooNew(["test-003"])) { try await Migrator.migrate(house.store, Self.old, at: house.now()) }
    await #expect(throws: StorageError.tooNew(["test-003"])) {
      _ = try await NodesTests.join(house, NodesTests.card(steps: Self.old.map(\.id)))
    }
  }

  @Test func withNobodyThereEverythingIsDoneAtOnce() async throws {
    let house = try await TestHouse.make([Self.base])
    #expect(try await Migrator.migrate(house.store, Self.new, at: house.now()) == MigrationOutcome(applied: ["test-002", "test-003"]))
    #expect(try await Migrator.migrate(house.store, Self.new, at: house.now()) == MigrationOutcome())
  }

  @Test func aStepOfUnknownKindCountsAsContracting() async throws {
    let house = try await TestHouse.make([Self.base])
    try await house.store.write { db in _ = try db.run("INSERT INTO migration (id, applied_at) VALUES ('other-001', 1)") }
    await #expect(throws: StorageError.tooNew(["other-001"])) { try await Migrator.migrate(house.store, Self.old, at: house.now()) }
  }

  /// As stores were before steps had a kind.
  @Test func anOldStoreLearnsTheKindOfItsSteps() async throws {
    let house = try await TestHouse.make([Self.base])
    try await house.store.write { db in _ = try db.run("ALTER TABLE migration DROP COLUMN contract") }
    #expect(try await Migrator.migrate(house.store, Self.old + [Self.expand], at: house.now()).applied == ["test-002"])
    #expect(try await Migrator.migrate(house.store, Self.old, at: house.now()) == MigrationOutcome())
  }

  /// Databases of the tests are emptied and lent again; those whose test went on to a newer schema must not be.
  @Test(.enabled(if: TestPostgres.isThere)) func aStoreThatWentOnIsNotLentToTheNextTest() async throws {
    let base = Migration("test-001", ["CREATE TABLE lent (id integer primary key, size bigint)"])
    let further = Migration("test-002", ["ALTER TABLE lent DROP COLUMN size"])
    for _ in 0..<6 {
      let house = try await TestHouse.make([base])
      #expect(try await Migrator.migrate(house.store, House.migrations + [base, further], at: house.now()).applied == ["test-002"])
      try await house.store.close()
    }
  }
}

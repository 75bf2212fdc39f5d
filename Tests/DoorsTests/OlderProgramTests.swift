import Foundation
import HTTPTypes
import HummingbirdTesting
import Intake
import Kernel
import Matters
import People
import Storage
import TestHouse
import Testing

@testable import longtang

/// This program as the older one of two: a newer program brings the store one expanding step further while this one serves.
@Suite struct OlderProgramTests {
  private static let names = Composition.migrations.flatMap(\.statements).compactMap {
    $0.firstMatch(of: /^CREATE (?:PASSING )?TABLE (\w+)/).map { String($0.1) }
  }
  /// A column more in every table, a table that refers to one of ours, and an index.
  static let expand = Migration(
    "newer-001",
    Set(names).sorted().map { "ALTER TABLE \"\($0)\" ADD COLUMN newer text" } + [
      "CREATE TABLE newer (id integer primary key, matter_id bigint REFERENCES matter (id))",
      "CREATE INDEX newer_matter ON matter (newer) WHERE newer IS NOT NULL",
    ])
  static let contract = Migration("newer-002", kind: .contract, ["ALTER TABLE newer DROP COLUMN matter_id"])

  @Test func everyPageIsAsItWasWhileANewerProgramExpands() async throws {
    let scene = try await WholeHouse.make()
    let objects = try await OwnObjects.make(scene)
    // What a connection has prepared before must not be in the way after.
    let before = try await Self.pages(of: scene, objects)
    #expect(
      try await Migrator.migrate(scene.house.store, Composition.migrations + [Self.expand], at: scene.house.now()).applied == ["newer-001"])
    let after = try await Self.pages(of: scene, objects)
    for (page, outcome) in after where outcome != before[page] { Issue.record("\(page): \(before[page] ?? "-"), then \(outcome)") }
    #expect(after.values.filter { $0 == "o" }.count > 200)
  }

  @Test func everythingIsTakenInAndDoneInAnExpandedStore() async throws {
    let scene = try await WholeHouse.make()
    let store = scene.house.store
    // Written before, so that the same statements are known.
    _ = try await scene.report()
    try await Migrator.migrate(store, Composition.migrations + [Self.expand], at: scene.house.now())
    let report = try await scene.report("楼道里堆满纸箱，走不过去。", .neighbour)
    #expect(try await store.read { db in try db.number("SELECT count(*) AS n FROM report WHERE no = \(report.report.no)") } == 1)
    let pages = try await Self.pages(of: scene, OwnObjects.make(scene))
    #expect(pages.filter { $0.value == "!" }.isEmpty)
    #expect(try await store.read { db in try Journal.verify(db).faults } == [])
  }

  @Test func nothingIsTakenAwayFromAnOlderProgramThatLives() async throws {
    let scene = try await WholeHouse.make()
    let store = scene.house.store
    let newer = Composition.migrations + [Self.expand, Self.contract]
    let card = Nodes.Card(kind: .serve, version: "1", steps: Composition.migrations.map(\.id), keys: "k")
    let older = try await Membership.join(store, as: card, now: scene.house.now)
    let outcome = try await Migrator.migrate(store, newer, at: scene.house.now())
    #expect(outcome == MigrationOutcome(applied: ["newer-001"], waiting: ["newer-002"]))
    // The older one may be started again; whoever insists is refused.
    #expect(try await Migrator.migrate(store, Composition.migrations, at: scene.house.now()) == MigrationOutcome())
    await #expect(throws: Refusal.self) { try await Migrator.migrate(store, newer, waits: false, at: scene.house.now()) }
    _ = try await scene.report()
    try await store.write { db in _ = try db.run("UPDATE node SET seen_at = seen_at - 60000 WHERE number = \(older.number)") }
    #expect(try await Migrator.migrate(store, newer, waits: false, at: scene.house.now()).applied == ["newer-002"])
    await #expect(throws: StorageError.tooNew(["newer-002"])) {
      try await Migrator.migrate(store, Composition.migrations, at: scene.house.now())
    }
  }

  /// What became of every page for every role.
  private static func pages(of scene: WholeHouse, _ objects: OwnObjects) async throws -> [String: String] {
    let out = Box<[String: String]>([:])
    try await scene.walk { client in
      for role in [nil] + Role.allCases.map({ Optional($0) }) {
        let visitor = try role.map { try scene.somebody($0) }
        for path in objects.pages(scene.composition.book, for: role) {
          let outcome = try await client.ask(.get, path, as: visitor).outcome
          out.change { $0["\(path) as \(role?.rawValue ?? "nobody")"] = outcome }
        }
      }
    }
    return out.value
  }
}

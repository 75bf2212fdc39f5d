import Cases
import Catalogue
import ClockBook
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Moving
import Offices
import People
import Pilot
import Storage
import StorageSQLite
import TestHouse
import Testing

/// A whole city with everything the rooms write, from the engine under test to an embedded store and back.
@Suite struct PilotMoveTests {
  static let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data")
  static let rooms =
    ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
    + MattersMigrations.all + [CatalogueNotes.migration] + CasesMigrations.all

  @Test func aCityIsTheSameAfterwards() async throws {
    let house = try await TestHouse.make(Self.rooms, demonstration: true)
    _ = try #require(try await Pilot.plant(Pilot.Size(compounds: 7, reports: 70, driven: 35), data: Self.data, into: house))
    let scene = try MoveScene()
    let search = [ReportStore.search.name]
    let before = try await MoveScene.contents(house.store, search: search)
    let words = ["漏水", "阳台", "1号", "徐泾", "没有这样的词"]
    var found: [String: [Int64]] = [:]
    for word in words { found[word] = try await hits(house.store, word) }
    #expect(!(found["徐泾"] ?? []).isEmpty)
    let middle = try scene.embedded("middle", references: false)
    let there = try await move(house.store, house.vault, to: middle)
    #expect(try await MoveScene.contents(middle, search: search) == before)
    #expect(there.files > 0 && (there.journal?.entries ?? 0) > 500 && there.journal?.lastSeal != nil)
    let home = try scene.empty()
    let back = try await move(middle, house.vault, to: home)
    #expect(try await MoveScene.contents(home, search: search) == before)
    #expect(back.journal == there.journal && back.files == there.files)
    // The same reports are found by the same words.
    for word in words { #expect(try await hits(home, word) == found[word], "\(word)") }
  }

  private func move(_ source: any Store, _ vault: FileVault, to target: any Store) async throws -> MoveOutcome {
    try await Move(
      from: MoveEnd(store: source, vault: vault, place: "甲库"), to: MoveEnd(store: target, vault: vault, place: "乙库"),
      migrations: House.migrations + Self.rooms, search: [ReportStore.search.marked(by: MatterMarks.rows)], columns: Matters.fileColumns
    ).run { TestClock.start }
  }
  private func hits(_ store: any Store, _ words: String) async throws -> [Int64] {
    try await store.read { db in
      guard let match = TextSearch.match("report_search", words, in: db.dialect) else { return [] }
      return try db.all("SELECT id FROM (\(match)) x ORDER BY id").map { try $0.int("id") }
    }
  }
}

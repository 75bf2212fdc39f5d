import HTTPTypes
import HummingbirdTesting
import Kernel
import People
import Storage
import TestHouse
import Testing

@testable import longtang

/// What is taken along of a lookup is in the journal, by whoever takes it and however.
@Suite struct ExportJournalTests {
  @Test func everyDownloadOfALookupIsWrittenDown() async throws {
    let scene = try await WholeHouse.make()
    for _ in 0..<3 { _ = try await scene.report() }
    let manager = try scene.somebody(.districtManager)
    try await scene.walk { client in
      func outcome(_ path: String) async throws -> String { try await client.ask(.get, path, as: manager).outcome }
      let looked = [try await outcome("/lookups?rows=item"), try await outcome("/lookups/rows?subject=reports")]
      let none = try await Self.exports(scene)
      #expect(looked == ["o", "o"] && none.isEmpty, "looking is not taking along")
      let taken = [
        try await outcome("/lookups/table.xlsx?rows=item&columns=month"),
        try await outcome("/lookups/rows.xlsx?subject=reports&period=this-year"),
        // What is refused was not taken along.
        try await outcome("/lookups/rows.xlsx?subject=reports&channel=pigeon"),
      ]
      #expect(taken == ["o", "o", "x"])
    }
    let exports = try await Self.exports(scene)
    let details = try exports.map { try $0.text("detail") }
    let actors = try exports.map { try $0.int("actor_id") }
    #expect(actors == [manager.person.id.raw, manager.person.id.raw])
    #expect(
      details.map { $0.contains("\"rows\":\"1\"") } == [true, false] && details.last?.contains("\"rows\":\"3\"") == true, "\(details)")
    #expect(details.allSatisfy { !$0.contains("阳台") })
  }

  private static func exports(_ scene: WholeHouse) async throws -> [ResultRow] {
    try await scene.house.store.read { db in try db.all("SELECT * FROM journal WHERE action = 'lookup-exported' ORDER BY id") }
  }
}

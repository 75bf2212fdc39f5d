import Foundation
import Intake
import Kernel
import Matters
import People
import Storage
import TestHouse
import Testing

@testable import longtang

/// What one server has learnt the other knows.
@Suite(.enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it"))
struct NeighboursTests {
  static func report(_ content: String, _ scene: WholeHouse) -> NewReport {
    var new = NewReport(channel: .code, content: content, saidAt: scene.clock.now)
    new.compound = scene.compounds[.own]?.id
    return new
  }
  static func similar(_ new: NewReport, _ scene: WholeHouse) -> [SameAs] {
    let understander = scene.composition.understander
    return understander.similar(to: new, reading: understander.read(new).reading, at: scene.clock.now)
  }
  static let words = "3号楼402室装修，把承重墙砸了一个大洞，楼上楼下都听见，没人来管。"

  @Test func aReportTakenInByOneIsOfferedByTheOther() async throws {
    let servers = try await TwoServers.make()
    let tasks = try await servers.understand()
    let (a, b) = (servers.first, servers.second)
    let received = try await a.composition.matters.receive(Self.report(Self.words, a), by: .resident)
    let again = Self.report(Self.words, b)
    let took = try await comes { Self.similar(again, b).first?.report == received.report.id.raw }
    #expect(took != nil, "the other server does not know of the report")
    print("neighbours: a report was known to the other server after \(took ?? -1) s")
    // It belongs together, whichever server takes it in.
    #expect(try await b.composition.matters.receive(again, by: .resident).joined)

    // And the other way: closed here, it is joined no more there.
    let reports = try await b.house.store.read { db in try db.all("SELECT id FROM report").map { try $0.int("id") } }
    a.composition.understander.settled(reports, open: false)
    #expect(try await comes { Self.similar(again, b).allSatisfy { !$0.sure } } != nil)
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    try await servers.close()
  }

  @Test func correctionsAndCompoundsAreKnownToBoth() async throws {
    let servers = try await TwoServers.make()
    let tasks = try await servers.understand()
    let (a, b) = (servers.first, servers.second)
    // A report that names no compound, put right by a person here.
    var new = NewReport(channel: .hotline, content: "楼道里堆满纸箱。", saidAt: a.clock.now)
    new.place = "老棉纺宿舍"
    let dispatcher = try a.somebody(.dispatcher).person
    new.receiver = dispatcher.office?.raw
    let received = try await a.composition.matters.receive(new, by: .resident)
    let compound = try #require(a.compounds[.own]?.id)
    let matters = a.composition.matters
    let place = new.place
    @Sendable func reads(_ scene: WholeHouse) -> Int64? {
      var other = NewReport(channel: .hotline, content: "垃圾没人收。", saidAt: scene.clock.now)
      other.place = place
      return scene.composition.understander.read(other).reading.compound
    }
    #expect(reads(a) == nil && reads(b) == nil)
    try await matters.correct(
      received.matterNo, Correction(compound: compound, building: nil, item: nil, outOfScope: false), version: nil, by: dispatcher)
    #expect(try await comes { reads(a) == compound && reads(b) == compound } != nil, "a correction is known here only")
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    try await servers.close()
  }

  /// The line for notices breaks while the other server takes reports in.
  @Test func whatWasMissedIsReadAfterwards() async throws {
    let servers = try await TwoServers.make()
    let tasks = try await servers.understand()
    let (a, b) = (servers.first, servers.second)
    for n in 0..<5 {
      try TestPostgres.errand(
        "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = '\(servers.database.name)' AND query LIKE 'LISTEN%'")
      _ = try await a.composition.matters.receive(Self.report("\(Self.words)第\(n)次。", a), by: .resident)
    }
    let all = try await a.house.store.read { db in try db.all("SELECT id FROM report").map { try $0.int("id") } }
    #expect(all.count == 5)
    let again = Self.report(Self.words, b)
    #expect(try await comes { Set(Self.similar(again, b).map(\.report)) == Set(all) } != nil)
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    try await servers.close()
  }
}

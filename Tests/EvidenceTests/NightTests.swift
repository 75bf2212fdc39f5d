import Cases
import Foundation
import Kernel
import Matters
import People
import Storage
import TestHouse
import TestOffice
import Testing

/// The nightly proof: bounded portions, newest first, all within the days; what is altered or gone is told.
@Suite struct EvidenceNightTests {
  private func proven(_ scene: EvidenceScene) async throws -> [Int] {
    try await scene.exhibits().filter { $0.checkedAt != nil }.map(\.number)
  }
  private func nextNight(_ scene: EvidenceScene) { scene.office.clock.advance(minutes: 24 * 60) }

  @Test func aRoundTakesHalfTheDaysAndBeginsWithTheNewest() async throws {
    let scene = try await EvidenceScene.make()
    for seed in 0..<20 { try await scene.add(try await scene.photo(seed)) }
    #expect(scene.cases.evidenceProofDays == 30)
    let first = try #require(try await scene.cases.proveNight())
    // Twenty over fifteen nights: two to begin with, and those are the newest.
    #expect(first.exhibits == 2 && first.files == 6 && first.faults == 0)
    #expect(try await proven(scene) == [19, 20])
    // A night is a portion, however often its job is run.
    #expect(try await scene.cases.proveNight() == first)
    #expect(try await proven(scene) == [19, 20])
    var portions = [first.exhibits]
    for _ in 1..<15 {
      nextNight(scene)
      portions.append(try await scene.cases.proveNight()?.exhibits ?? 0)
    }
    #expect(try await proven(scene) == Array(1...20))
    #expect(portions.reduce(0, +) == 20 && portions.allSatisfy { $0 <= 2 }, "\(portions)")
    // What came in meanwhile is the first of the next round.
    try await scene.add(try await scene.photo(30))
    nextNight(scene)
    try await scene.cases.proveNight()
    #expect(try await scene.exhibits().last?.checkedAt != nil)
  }

  /// A worker that was down for a week reads more each night, and the round still ends when it should.
  @Test func nightsThatWereMissedAreMadeUp() async throws {
    let scene = try await EvidenceScene.make()
    for seed in 0..<15 { try await scene.add(try await scene.photo(seed)) }
    try await scene.cases.proveNight()
    for _ in 0..<8 { nextNight(scene) }
    var days = 8
    while try await proven(scene).count < 15, days < 20 {
      try await scene.cases.proveNight()
      nextNight(scene)
      days += 1
    }
    #expect(days <= 15)
    // Nothing at all is a night too.
    let empty = try await EvidenceScene.make()
    #expect(try await empty.cases.proveNight()?.exhibits == 0)
  }

  @Test func whatIsAlteredOrGoneIsToldToTheLeaderAndTheAdministrator() async throws {
    let scene = try await EvidenceScene.make()
    for seed in 0..<3 { try await scene.add(try await scene.photo(seed)) }
    let names = try await scene.exhibits().compactMap { $0.file?.sha256 }
    try scene.alter(names[2])
    try FileManager.default.removeItem(at: try scene.path(names[1]))
    for _ in 0..<15 {
      _ = try await scene.cases.proveNight()
      nextNight(scene)
    }
    let record = try await scene.record()
    #expect(try await scene.cases.evidenceFaults(of: record).map { "\($0.number) \($0.words)" } == ["2 原件不在了", "3 原件与登记的哈希不符"])
    let stand = try await scene.house.store.read { db in try Cases.evidenceStand(db) }
    #expect(stand.faulty == 2)
    func told(_ login: String) async throws -> [String] {
      try await scene.office.matters.notices(of: try scene.office.person(login)).filter { $0.kind == "evidence" }.map(\.text)
    }
    for login in ["leader", "leader2"] {
      let words = try await told(login)
      #expect(words.count == 2 && words.allSatisfy { $0.contains(scene.no) }, "\(login)")
      #expect(words.contains { $0.contains("证据 3") } && words.contains { $0.contains("证据 2") })
    }
    let system = try await told("system")
    #expect(system.count == 2 && system.allSatisfy { $0.contains(scene.no) && $0.contains("从备份恢复") })
    let others = try await told("officer") + told("chief")
    #expect(others.isEmpty)
    // The chain of the exhibit has it, and the journal is whole.
    #expect(try await scene.cases.story(of: try await scene.exhibits()[1]).last?.action == "exhibit-checked")
    #expect(try await scene.house.store.read { db in try Journal.verify(db) }.faults == [])
    // Brought back, the next round finds it whole.
    try scene.alter(names[2])
    for _ in 0..<15 {
      _ = try await scene.cases.proveNight()
      nextNight(scene)
    }
    #expect(try await scene.cases.evidenceFaults(of: record).map(\.number) == [2])
  }

  @Test func theWorkerRunsItOnceANight() async throws {
    let scene = try await EvidenceScene.make()
    try await scene.add(try await scene.photo())
    let (now, ids) = (scene.office.clock.now, scene.house.ids)
    try await scene.house.store.write { db in
      for _ in 0..<3 { try Cases.enqueueNight(at: now, ids: ids, db) }
    }
    let kind = "cases-evidence-night"
    let jobs = try await scene.house.store.write { db in try Jobs.claim(kinds: [kind], limit: 10, at: now, db) }
    #expect(jobs.count == 1)
    let handler = try #require(scene.cases.jobs.first { $0.kind == kind })
    try await handler.run(try #require(jobs.first))
    #expect(try await proven(scene) == [1])
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      #expect(try await officer.get("/cases/\(scene.no)/exhibits").text.contains("最近一次核对"))
    }
  }
}

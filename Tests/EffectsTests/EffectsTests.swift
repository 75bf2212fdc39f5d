import Compounds
import Foundation
import HotSpots
import Intake
import Kernel
import Matters
import Offices
import Patterns
import People
import Storage
import TestHouse
import TestOffice
import Testing

@testable import Effects

/// What is kept of an assessment, who sees it, and what is refused.
@Suite struct EffectsTests {
  struct Scene {
    let office: TestOffice
    let effects: Effects
    let compounds: [Compound.ID]

    /// Fourteen compounds, the last two of another squad; half a year of reports, then a campaign in the first six that works or does not.
    static func make(works: Bool = true) async throws -> Scene {
      let office = try await TestOffice.make(more: PatternsMigrations.all + HotSpotsMigrations.all + EffectsMigrations.all)
      let house = office.house
      let now = office.clock.now
      let ids = (0..<14).map { _ in house.ids.next(Compound.self, at: now) }
      try await house.store.write { db in
        for (i, id) in ids.enumerated() {
          let squad = i < 12 ? office.squad : office.otherSquad
          try db.run(
            """
            INSERT INTO compound (id, no, name, squad_id, district_id, address, latitude, longitude, households, state, search, created_at, updated_at)
            VALUES (\(id), \("AB\(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D"][i])DEFGH"), \(i == 13 ? "小区1" : "小区\(i)"),
              \(squad.id), \(squad.district), '路', 31.15, 121.2, 1000, 'active', 'x', \(now), \(now))
            """)
        }
      }
      let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/hotspots/method.json")
      let hotspots = HotSpots(
        house: house, catalogue: office.matters.catalogue, method: try HotSpotMethod(reading: try Data(contentsOf: file)))
      let scene = Scene(
        office: office, effects: Effects(house: house, catalogue: office.matters.catalogue, hotspots: hotspots), compounds: ids)
      // The campaign begins on 1 April 2027: from October on six whole months before, then three after.
      office.clock.set((Day(year: 2026, month: 9, day: 25) ?? now.day).at(hour: 9))
      try await scene.report(7)
      for month in 0..<9 {
        office.clock.set((Month(Day(year: 2026, month: 10, day: 1) ?? now.day).adding(month).first.adding(days: 4)).at(hour: 9))
        for i in 0..<14 {
          let isAfter = month >= 6 && i < 6 && works
          for _ in 0..<(isAfter ? 0 : 2 + (i + month) % 2) { try await scene.report(i) }
        }
      }
      office.clock.set((Day(year: 2027, month: 7, day: 3) ?? now.day).at(hour: 9))
      return scene
    }
    func report(_ i: Int) async throws {
      var new = NewReport(channel: .code, content: "又是狗粪，没有人管。", saidAt: office.clock.now)
      new.compound = compounds[i].raw
      new.item = "pet-feces"
      _ = try await office.matters.receive(new, by: .resident)
    }
    static let first = Day(year: 2027, month: 4, day: 1) ?? Day(daysSinceEpoch: 0)
    static let last = Day(year: 2027, month: 4, day: 30) ?? Day(daysSinceEpoch: 0)
    func new(_ names: String = "AB0DEFGH\nAB1DEFGH\n小区2、小区3，小区4\n小区5", title: String = "四月集中整治") -> NewAssessment {
      NewAssessment(title: title, kind: .campaign, places: .pasted(names), from: Self.first, through: Self.last)
    }
    func person(_ login: String) throws -> Person { try office.person(login) }
    func refused(_ new: NewAssessment, by login: String = "manager") async throws -> [Refusal] {
      do {
        try await effects.assess(new, by: try person(login))
        return []
      } catch let refusal as Refusal { return [refusal] } catch let wrong as Refusals { return wrong.all }
    }
  }

  @Test func aCampaignThatWorkedIsSeenAndKept() async throws {
    let scene = try await Scene.make()
    let manager = try scene.person("manager")
    let no = try await scene.effects.assess(scene.new(), by: manager)
    let (one, kept, names) = try await scene.effects.assessment(no, for: manager)
    let result = try #require(kept.first).result
    #expect(one.no == no && kept.count == 1 && kept[0].version == EffectReckoner.version)
    #expect(result.verdict == .fell, "\(result.sentence)")
    #expect(result.treated.count == 6 && (5...8).contains(result.controls.count) && names.count == 6 + result.controls.count)
    #expect(result.course.count == 9 && result.course.filter(\.isAfter).count == 3)
    #expect(try await !scene.effects.reckon(no, by: manager), "nothing is different")
    // What comes later changes no kept result.
    scene.office.clock.advance(minutes: 1440 * 40)
    for i in 0..<6 { for _ in 0..<9 { try await scene.report(i) } }
    scene.office.clock.advance(minutes: 1440 * 40)
    #expect(try await scene.effects.reckon(no, by: manager))
    let later = try await scene.effects.assessment(no, for: manager).kept
    #expect(later.count == 2 && later[1].result == result && later[0].result != result)
    let entries = try await scene.office.house.store.read { db in try Journal.entries(of: Subject("assessment", one.id), db) }
    #expect(entries.map(\.action) == ["assessment-opened", "assessment-reckoned"])
  }

  @Test func oneThatDidNotIsNotPraised() async throws {
    let scene = try await Scene.make(works: false)
    let manager = try scene.person("manager")
    let no = try await scene.effects.assess(scene.new(), by: manager)
    let result = try #require(try await scene.effects.assessment(no, for: manager).kept.first).result
    #expect(result.verdict == .noEvidence && result.sentence.contains("看不出成效"))
  }

  @Test func aListIsAssessedAndSomethingDoneElsewhereIsNoControl() async throws {
    let scene = try await Scene.make()
    let manager = try scene.person("manager")
    try await scene.effects.hotspots.run()
    let list = try await scene.effects.hotspots.issue(
      NewFocusList(name: "名单", from: Scene.first, through: Scene.last, reason: "按近一年诉件研判，每周巡查。"),
      of: Array(scene.compounds.prefix(6)), in: HotSpotView(), by: manager)
    _ = try await scene.effects.assess(scene.new("小区6 AB7DEFGH".replacing(" ", with: "\n"), title: "另一次"), by: manager)
    let no = try await scene.effects.assess(
      NewAssessment(title: "名单的成效", kind: .list, places: .list(list), from: Scene.first, through: Scene.last), by: manager)
    let (one, kept, _) = try await scene.effects.assessment(no, for: manager)
    let result = try #require(kept.first).result
    // A list that was taken back is nothing to assess by; what was assessed stays.
    try await scene.effects.hotspots.withdraw(list, reason: "范围弄错了，下周另行发布。", by: manager)
    await #expect(throws: Refusals.self) {
      try await scene.effects.assess(
        NewAssessment(title: "撤回的名单", kind: .list, places: .list(list), from: Scene.first, through: Scene.last), by: manager)
    }
    #expect(one.listNo == list && result.treated.count == 6 && result.busy == 2)
    #expect(!result.controls.contains { [scene.compounds[6].raw, scene.compounds[7].raw].contains($0.compound) })
    #expect(result.cautions(.list).contains { $0.contains("同期") })
    let squad = try await scene.effects.assess(
      NewAssessment(title: "一个队", kind: .pilot, places: .squad(scene.office.otherSquad.id), from: Scene.first, through: Scene.last),
      by: manager)
    #expect(try await scene.effects.assessment(squad, for: manager).kept[0].result.verdict == .cannotSay, "two compounds are too few")
  }

  @Test func everybodySeesTheirOwn() async throws {
    let scene = try await Scene.make()
    let no = try await scene.effects.assess(scene.new(), by: try scene.person("manager"))
    let (leader, chief) = (try scene.person("leader"), try scene.person("chief"))
    let (_, kept, names) = try await scene.effects.assessment(no, for: leader)
    let own = Set(scene.compounds.prefix(12).map(\.raw))
    #expect(Set(names.keys).isSubset(of: own), "those of another squad are not named")
    #expect(names.count == (kept[0].result.treated + kept[0].result.controls).count { own.contains($0.compound) })
    #expect(try await scene.effects.assessments(for: leader).count == 1)
    #expect(try await scene.effects.assessments(for: chief).isEmpty)
    await #expect(throws: Refusal.self) { try await scene.effects.assessment(no, for: chief) }
    await #expect(throws: Refusal.self) { try await scene.effects.reckon(no, by: leader) }
    #expect(try await scene.refused(scene.new(title: "队里的"), by: "leader").map(\.code) == ["people-not-permitted"])
  }

  @Test func whatIsWrongIsSaidWithWhatToDo() async throws {
    let scene = try await Scene.make(works: false)
    func codes(_ change: (inout NewAssessment) -> Void) async throws -> [String] {
      var new = scene.new()
      change(&new)
      return try await scene.refused(new).map(\.code)
    }
    #expect(try await codes { ($0.from, $0.through) = (Scene.last, Scene.first) } == ["effects-dates"])
    #expect(try await codes { $0.from = nil } == ["effects-dates"])
    #expect(try await codes { ($0.from, $0.through) = (Scene.last.adding(days: 100), Scene.last.adding(days: 200)) } == ["effects-dates"])
    #expect(try await codes { $0.item = "pray" } == ["effects-item"])
    #expect(try await codes { $0.places = .pasted(" \n，") } == ["effects-nobody"])
    #expect(try await codes { $0.places = .list("H1") } == ["effects-nobody"])
    #expect(try await codes { $0.places = .squad(Office.ID(9)) } == ["effects-nobody"])
    let unknown = try await scene.refused(scene.new("小区0\n天涯海角\n小区1"))
    #expect(unknown.map(\.code) == ["effects-unknown"])
    #expect(unknown[0].message.contains("天涯海角") && unknown[0].message.contains("小区1") && unknown[0].message.contains("写小区编号"))
    #expect(
      try await codes {
        $0.title = ""
        $0.kind = nil
        $0.places = .pasted("")
      } == ["effects-title", "effects-kind", "effects-nobody"])
    #expect(try await scene.refused(scene.new()).isEmpty)
    #expect(try await scene.refused(scene.new()).map(\.code) == ["effects-same-title"])
  }
}

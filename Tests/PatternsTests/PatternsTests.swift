import Catalogue
import Foundation
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

/// What is kept of what was found, and what becomes of it.
@Suite struct PatternsTests {
  struct Scene {
    let office: TestOffice
    let patterns: Patterns
    static func make() async throws -> Scene {
      let office = try await TestOffice.make(more: PatternsMigrations.all)
      return Scene(
        office: office,
        patterns: Patterns(house: office.house, catalogue: office.matters.catalogue, rules: try PatternFinderTests.shipped()))
    }
    func report(_ item: String = "pet-feces", phone: String? = "13800001234", days: Int = 0) async throws {
      office.clock.advance(minutes: 1440 * days)
      try await office.report("又是狗粪，没有人管。", phone: phone, item: item)
    }
    func only(_ login: String = "leader") async throws -> Pattern {
      let all = try await patterns.patterns(PatternFilter(), for: try office.person(login))
      guard let first = all.first, all.count == 1 else { throw Refusal(.missing, "test-patterns", "\(all.count)") }
      return first
    }
    /// Three reports in a month, none of them of a known building: each is a matter of its own, so one kind in many places.
    func repeated() async throws -> Pattern {
      for phone in ["13800001234", "13800001234", nil] { try await report(phone: phone, days: 5) }
      try await patterns.run()
      return try await only()
    }
    func refusal(_ body: () async throws -> Void) async throws -> Refusal? {
      do {
        try await body()
        return nil
      } catch let refusal as Refusal { return refusal } catch let wrong as Refusals { return wrong.all.first }
    }
  }

  @Test func whatIsFoundStandsWithItsRowsAndItsRule() async throws {
    let scene = try await Scene.make()
    let one = try await scene.repeated()
    #expect(one.kind == .oneKind && one.rule == "one-kind" && one.version == scene.patterns.rules.version && one.state == .found)
    #expect(one.reports == 3 && one.callers == 1 && one.unnamed == 1 && one.most == 2 && one.places == 3)
    #expect(one.why.contains("3 件诉件，涉及 3 处") && one.why.contains("1 件没有留下身份"))
    let rows = try await scene.patterns.rows(of: one)
    #expect(rows.map(\.caller) == [1, 1, nil] && rows.allSatisfy { $0.reportNo.hasPrefix("S") })
    // Another squad does not see it, its district does, and the audit administrator sees no matters at all.
    #expect(try await scene.patterns.patterns(PatternFilter(), for: try scene.office.person("stranger")).isEmpty)
    #expect(try await scene.patterns.patterns(PatternFilter(), for: try scene.office.person("manager")).count == 1)
    #expect(
      try await scene.refusal { _ = try await scene.patterns.pattern(one.id, for: try scene.office.person("stranger")) }?.code
        == "patterns-missing")
    #expect(
      try await scene.refusal { _ = try await scene.patterns.patterns(PatternFilter(), for: try scene.office.person("audit")) }?.code
        == "people-not-permitted")
  }

  @Test func theNightMayRunTwiceAndGoOnGrowing() async throws {
    let scene = try await Scene.make()
    let one = try await scene.repeated()
    #expect(try await scene.patterns.run() == 0)
    try await scene.report(days: 2)
    #expect(try await scene.patterns.run() == 0)
    let grown = try await scene.only()
    #expect(grown.id == one.id && grown.reports == 4 && grown.foundAt == one.foundAt && grown.seenAt > one.seenAt)
    #expect(try await scene.patterns.rows(of: grown).count == 4)
  }

  @Test func whatIsQuietIsOverAndComesBackAsAnother() async throws {
    let scene = try await Scene.make()
    let one = try await scene.repeated()
    scene.office.clock.advance(minutes: 1440 * 40)
    try await scene.patterns.run()
    #expect(try await scene.only().id == one.id, "forty days are not quiet enough")
    scene.office.clock.advance(minutes: 1440 * 10)
    try await scene.patterns.run()
    let leader = try scene.office.person("leader")
    #expect(try await scene.patterns.patterns(PatternFilter(), for: leader).isEmpty)
    #expect(try await scene.patterns.patterns(PatternFilter(over: true), for: leader).map(\.id) == [one.id])
    #expect(try await scene.repeated().id != one.id)
  }

  @Test func whatIsNoComplaintOfThePublicDoesNotCount() async throws {
    let scene = try await Scene.make()
    let office = scene.office
    for i in 0..<4 {
      office.clock.advance(minutes: 1440)
      var new = NewReport(channel: i < 2 ? .patrol : .code, content: "绿地里有狗粪。", saidAt: office.clock.now)
      new.compound = office.compound.raw
      new.item = "pet-feces"
      if i >= 2 { new.nature = .question }
      _ = try await office.matters.receive(new, by: .resident)
    }
    #expect(try await scene.patterns.run() == 0)
  }

  @Test func whatWasFoundUnreasonableDoesNotCount() async throws {
    let scene = try await Scene.make()
    try await scene.office.report("又是狗粪。", phone: "13800009999", item: "pet-feces")
    let no = try await scene.office.report("还是狗粪。", phone: "13800008888", item: "pet-feces").matterNo
    try await scene.office.report("仍是狗粪。", phone: "13800007777", item: "pet-feces")
    let (matters, officer) = (scene.office.matters, try scene.office.person("officer"))
    try await matters.dispatch(no, to: scene.office.squad.id, note: "", version: nil, by: try scene.office.person("dispatcher"))
    try await matters.accept(no, officer: nil, version: nil, by: officer)
    _ = try await matters.flagUnreasonable(no, reason: "要求队员每天上门清理自家门口，没有依据。", version: nil, by: officer)
    _ = try await matters.reviewUnreasonable(no, agree: true, note: "超出职责，已当面说明。", version: nil, by: try scene.office.person("leader"))
    #expect(try await scene.patterns.run() == 0)
  }

  @Test func aFindingBecomesAPlanOnce() async throws {
    let scene = try await Scene.make()
    let one = try await scene.repeated()
    let (leader, officer) = (try scene.office.person("leader"), try scene.office.person("officer"))
    let due = scene.office.clock.now.day.adding(days: 30)
    let new = NewPlan(measure: "special-action", goal: "两周内逐楼清理，月底前不再有同类投诉。", owner: officer.id, due: due)
    func refused(_ change: (inout NewPlan) -> Void, by login: String = "leader") async throws -> String? {
      var plan = new
      change(&plan)
      let tried = plan
      return try await scene.refusal { _ = try await scene.patterns.plan(one.id, tried, by: try scene.office.person(login)) }?.code
    }
    let nothing = await #expect(throws: Refusals.self) {
      try await scene.patterns.plan(one.id, NewPlan(measure: "", goal: "", owner: nil, due: nil), by: leader)
    }
    #expect(nothing?.all.map(\.field) == ["measure", "goal", "owner", "due"], "all that is missing at once")
    #expect(try await refused { $0.measure = "pray" } == "plans-measure")
    #expect(try await refused { $0.goal = "清理" } == "plans-goal")
    #expect(try await refused { $0.due = scene.office.clock.now.day } == "plans-due")
    let stranger = try scene.office.person("stranger")
    #expect(try await refused { $0.owner = stranger.id } == "plans-owner")
    #expect(try await refused({ _ in }, by: "officer") == "people-not-permitted")
    #expect(try await refused({ _ in }, by: "stranger") == "people-not-permitted")
    let no = try await scene.patterns.plan(one.id, new, by: leader)
    #expect(no.hasPrefix("Z2026"))
    #expect(try await refused { _ in } == "patterns-decided")
    #expect(
      try await scene.refusal { try await scene.patterns.dismiss(one.id, reason: "已经有人在处理了，不必。", by: leader) }?.code == "patterns-decided")
    let planned = try await scene.only()
    #expect(planned.state == .planned && planned.planNo == no && planned.decidedBy == "陈队长")
    #expect(try await scene.patterns.plans(.open, mine: true, for: officer).map(\.no) == [no])
    #expect(try await scene.patterns.plans(.open, mine: true, for: leader).isEmpty)
  }

  @Test func aPlanUnderWayKeepsItsFindingAndEndsWithAnOutcome() async throws {
    let scene = try await Scene.make()
    let one = try await scene.repeated()
    let (leader, officer) = (try scene.office.person("leader"), try scene.office.person("officer"))
    let no = try await scene.patterns.plan(
      one.id,
      NewPlan(
        measure: "special-action", goal: "两周内逐楼清理，月底前不再有同类投诉。", owner: officer.id, due: scene.office.clock.now.day.adding(days: 60)),
      by: leader)
    for _ in 0..<2 { try await scene.patterns.note(no, "已走访 3 栋，设提示牌 6 块。", by: officer) }
    scene.office.clock.advance(minutes: 1440 * 60)
    try await scene.patterns.run()
    #expect(try await scene.only().overAt == nil, "somebody is still at it")
    let (plan, notes) = try await scene.patterns.plan(no, for: officer)
    #expect(notes.map(\.text) == ["已走访 3 栋，设提示牌 6 块。"])
    let outcome = "狗粪已清，物业每天两次巡查，近一个月没有投诉。"
    #expect(
      try await scene.refusal { try await scene.patterns.close(no, .done, outcome: outcome, version: plan.version, by: officer) }?.code
        == "people-not-permitted")
    #expect(
      try await scene.refusal { try await scene.patterns.close(no, .done, outcome: outcome, version: 9, by: leader) }?.code
        == "plans-changed")
    try await scene.patterns.close(no, .done, outcome: outcome, version: plan.version, by: leader)
    #expect(try await scene.refusal { try await scene.patterns.note(no, "再看一次。", by: officer) }?.code == "plans-closed")
    try await scene.patterns.run()
    #expect(try await scene.patterns.patterns(PatternFilter(), for: leader).isEmpty)
    let course = try await scene.patterns.course(compound: one.compound, item: one.item)
    #expect(course.count == 12 && course.reduce(0) { $0 + $1.reports } == 3)
  }

  @Test func everyStepIsInTheJournal() async throws {
    let scene = try await Scene.make()
    let one = try await scene.repeated()
    try await scene.patterns.dismiss(one.id, reason: "同一人就同一事实反映，已当面答复。", by: try scene.office.person("leader"))
    let entries = try await scene.office.house.store.read { db in try Journal.entries(of: Subject("pattern", one.id), db) }
    #expect(entries.map(\.action) == ["pattern-found", "pattern-dismissed"])
    #expect(try await scene.office.house.store.read { db in try Journal.verify(db).faults }.isEmpty)
  }
}

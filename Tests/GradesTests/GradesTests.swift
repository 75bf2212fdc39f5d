import Catalogue
import Compounds
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

@testable import Grades

/// Grades as they are kept, overridden and walked after.
@Suite struct GradesTests {
  struct Scene {
    let office: TestOffice
    let grades: Grades
    static let no = "7KQ4M9XD"
    static func make(households: Int? = 1000) async throws -> Scene {
      let office = try await TestOffice.make(more: PatternsMigrations.all + GradesMigrations.all)
      let scene = Scene(office: office, grades: Grades(matters: office.matters, rules: try GradeRulesTests.shipped()))
      try await scene.write("UPDATE compound SET households = \(households) WHERE id = \(office.compound)")
      return scene
    }
    func write(_ query: Query) async throws { try await office.house.store.write { db in _ = try db.run(query) } }
    func number(_ query: Query) async throws -> Int64 { try await office.house.store.read { db in try db.number(query) } }
    func person(_ login: String) throws -> Person { try office.person(login) }
    func reports(_ count: Int) async throws {
      for i in 0..<count { try await office.report("第 \(i) 次反映。", phone: "1380000\(1000 + i)", item: "pet-feces") }
    }
    func grade(_ login: String = "leader") async throws -> CompoundGrade { try await grades.grade(of: Self.no, for: try person(login)) }
    func inspections(_ login: String = "leader") async throws -> [Inspection] {
      try await grades.inspections(InspectionFilter(Month(office.clock.now.day)), for: try person(login))
    }
    func charge(_ login: String = "officer") async throws {
      try await write(
        "INSERT INTO compound_officer (compound_id, from_day, account_id) VALUES (\(office.compound), '2026-01-01', \(try person(login).id))"
      )
    }
    /// The officer in charge and a compound of grade C with one visit this month.
    func planned() async throws -> Inspection {
      try await charge()
      try await reports(20)
      try await write(
        """
        INSERT INTO pattern (id, rule, version, kind, compound_id, squad_id, district_id, item, place, from_day, through_day, reports, callers,
          unnamed, most, places, level, months, items, state, found_at, seen_at)
        VALUES (1, 'one-kind', '1', 'one-kind', \(office.compound), \(office.squad.id), NULL, 'pet-feces', '', '2026-09-01', '2026-09-20', 3, 1, 0, 1,
          1, 0, '', 1, 'found', 1, 1)
        """)
      try await grades.night()
      let all = try await inspections()
      guard let one = all.first, all.count == 1 else { throw Refusal(.missing, "test", "\(all.count) inspections") }
      return one
    }
    func refusal(_ body: () async throws -> Void) async throws -> [String] {
      do {
        try await body()
        return []
      } catch let refusal as Refusal { return [refusal.code] } catch let wrong as Refusals { return wrong.all.map(\.code) }
    }
    var today: Day { office.clock.now.day }
  }

  /// Compounds beyond one piece are graded, a round that was cut off is taken up again, and what left the register has no grade.
  @Test func aCityIsGradedPieceByPiece() async throws {
    let scene = try await Scene.make()
    let (office, more) = (scene.office, 2 * Grades.piece + 10)
    try await office.house.store.write { db in
      for n in 1...more {
        try db.later(
          """
          INSERT INTO compound (id, no, name, squad_id, district_id, address, state, search, created_at, updated_at)
          SELECT \(Int64(n)), \("T\(n)"), name, squad_id, district_id, address, state, search, created_at, updated_at
          FROM compound WHERE id = \(office.compound)
          """)
      }
    }
    #expect(try await scene.grades.grade() == more + 1)
    try await scene.write("DELETE FROM grade WHERE compound_id > 200 AND compound_id <= \(more)")
    try await scene.write("UPDATE compound SET state = 'closed' WHERE id = 3")
    #expect(try await scene.grades.grade() == more - 200)
    #expect(try await scene.number("SELECT count(*) AS n FROM grade WHERE over_day IS NULL") == more)
    #expect(try await scene.number("SELECT count(*) AS n FROM grade WHERE over_day IS NULL AND compound_id = 3") == 0)
  }

  @Test func aCompoundOfWhichNothingIsHeardIsNotDisturbed() async throws {
    let scene = try await Scene.make()
    try await scene.grades.night()
    let one = try await scene.grade()
    #expect(one.effective == "A" && one.isQuiet && one.graded.points == 0 && one.before == nil && one.version == scene.grades.rules.version)
    #expect(one.because == "首次研判：数据没有显示问题")
    #expect(try await scene.inspections().isEmpty)
    let counts = try await scene.grades.counts(for: try scene.person("manager"))
    #expect(counts.grades == ["A": 1] && counts.quiet == 1)
  }

  @Test func whatIsHeardMovesTheGradeAndSaysWhy() async throws {
    let scene = try await Scene.make()
    try await scene.grades.grade()
    // Twenty in ninety days in a thousand households: 67 for each ten thousand in thirty days.
    try await scene.reports(20)
    #expect(try await scene.grades.grade() == 1)
    var one = try await scene.grade()
    #expect(one.graded.facts.values["complaints"] == 67 && one.before == "A" && one.graded.grade == "B", "\(one)")
    #expect(one.because.hasPrefix("A→B，因为有效投诉由每万户每月 0 件升到每万户每月 67 件（＋20 分）"), "\(one.because)")
    #expect(try await scene.grades.grade() == 0, "the second time changes nothing")
    #expect(try await scene.number("SELECT count(*) AS n FROM grade") == 2)
    // Overdue is another factor; the letter stays, the row tells.
    scene.office.clock.advance(minutes: 1440 * 20)
    try await scene.grades.grade()
    one = try await scene.grade()
    #expect(one.graded.grade == "B" && one.because.hasPrefix("仍为 B，") && one.because.contains("超期未办的事项由 0 件升到"), "\(one.because)")
    let history = try await scene.grades.history(of: one)
    #expect(history.grades.map(\.graded.grade) == ["B", "B", "A"] && history.grades.dropFirst().allSatisfy { $0.over != nil })
    // After ninety quiet days only what is still open speaks.
    scene.office.clock.advance(minutes: 1440 * 90)
    try await scene.grades.grade()
    #expect(try await scene.grade().because.hasPrefix("B→A，因为有效投诉由每万户每月 67 件降到每万户每月 0 件（－20 分）"))
    let journal = try await scene.office.house.store.read { db in try Journal.entries(of: Subject("compound", scene.office.compound), db) }
    #expect(journal.map(\.action) == ["compound-graded", "compound-graded", "compound-graded"])
  }

  @Test func withoutHouseholdsComplaintsCannotBeTold() async throws {
    let scene = try await Scene.make(households: nil)
    try await scene.reports(20)
    try await scene.grades.grade()
    let one = try await scene.grade()
    #expect(one.graded.facts.values["complaints"] == nil && one.graded.grade == "A")
    try await scene.write("UPDATE compound SET households = 0")
    try await scene.grades.grade()
    #expect(try await scene.grade().graded.facts.values["complaints"] == nil)
  }

  @Test func gradesAreMadeOncePerWeekAndForEveryVersion() async throws {
    let scene = try await Scene.make()
    try await scene.grades.night()
    try await scene.reports(20)
    // Thursday: nothing until Monday night.
    try await scene.grades.night()
    #expect(try await scene.grade().graded.grade == "A")
    scene.office.clock.advance(minutes: 1440 * 7)
    try await scene.grades.night()
    #expect(try await scene.grade().graded.grade == "B")
    try await scene.write("UPDATE mark SET value = '\(raw: scene.today.iso) 2020-1' WHERE name = 'grades-made'")
    try await scene.write("UPDATE grade SET version = '2020-1' WHERE over_day IS NULL")
    try await scene.grades.night()
    #expect(try await scene.grade().because.contains("规则由 2020-1 版改为"))
  }

  @Test func onlyTheDistrictsManagerDecidesOtherwiseAndOnlyForATime() async throws {
    let scene = try await Scene.make()
    try await scene.grades.night()
    let manager = try scene.person("manager")
    let until = scene.today.adding(days: 30)
    let why = "正在征收签约，人员混杂，先按重点管理。"
    for login in ["officer", "leader", "head", "dispatcher"] {
      #expect(
        try await scene.refusal {
          try await scene.grades.override(Scene.no, grade: "C", reason: why, until: until, by: try scene.person(login))
        } == ["people-not-permitted"])
    }
    #expect(
      try await scene.refusal { try await scene.grades.override(Scene.no, grade: "X", reason: "短", until: scene.today, by: manager) }
        == ["grades-grade", "grades-reason", "grades-until"])
    #expect(
      try await scene.refusal { try await scene.grades.override(Scene.no, grade: "A", reason: why, until: until, by: manager) } == [
        "grades-same"
      ])
    for _ in 0..<2 { try await scene.grades.override(Scene.no, grade: "C", reason: why, until: until, by: manager) }
    #expect(try await scene.number("SELECT count(*) AS n FROM grade_override") == 1, "sent twice it is one")
    var one = try await scene.grade()
    #expect(one.effective == "C" && one.graded.grade == "A" && !one.isQuiet && one.override?.who == "孙局长")
    try await scene.grades.night()
    #expect(try await scene.inspections().count == 1, "the visit that C asks for")
    scene.office.clock.advance(minutes: 1440 * 31)
    one = try await scene.grade()
    #expect(one.effective == "A" && one.override == nil, "its day has gone by")
    try await scene.grades.override(Scene.no, grade: "B", reason: why, until: scene.today.adding(days: 5), by: manager)
    try await scene.grades.followRules(Scene.no, by: manager)
    #expect(try await scene.grade().override == nil)
    #expect(try await scene.refusal { try await scene.grades.followRules(Scene.no, by: manager) } == ["grades-not-set"])
  }

  @Test func everybodySeesTheirOwn() async throws {
    let scene = try await Scene.make()
    let one = try await scene.planned()
    for (login, sees) in [
      ("officer", true), ("leader", true), ("head", true), ("manager", true), ("dispatcher", true), ("stranger", false), ("chief", false),
    ] {
      let person = try scene.person(login)
      #expect(try await scene.grades.list(GradeFilter(), for: person).count == (sees ? 1 : 0), "\(login)")
      #expect(try await scene.inspections(login).count == (sees ? 1 : 0), "\(login)")
      #expect(
        try await scene.refusal { _ = try await scene.grades.inspection(one.no, for: person) } == (sees ? [] : ["inspections-missing"]))
      #expect(try await scene.refusal { _ = try await scene.grades.grade(of: Scene.no, for: person) } == (sees ? [] : ["grades-missing"]))
    }
    for login in ["system", "audit", "reviewer"] {
      #expect(
        try await scene.refusal { _ = try await scene.grades.list(GradeFilter(), for: try scene.person(login)) } == ["people-not-permitted"]
      )
    }
  }

  @Test func aVisitIsWrittenDownOnce() async throws {
    let scene = try await Scene.make()
    let one = try await scene.planned()
    let officer = try scene.person("officer")
    #expect(one.officer == officer.id.raw && one.grade == "C" && one.due == Month(scene.today).last && one.reason.hasPrefix("C 级，每月 1 次；"))
    #expect(
      try await scene.refusal {
        _ = try await scene.grades.carryOut(one.no, InspectionReport(on: nil, result: nil, note: ""), version: 1, by: officer)
      } == ["inspections-result", "inspections-day", "inspections-note"])
    #expect(
      try await scene.refusal {
        var report = InspectionReport(on: scene.today.adding(days: 1), result: .nothing, note: "")
        report.recheck = scene.today.adding(days: 5)
        _ = try await scene.grades.carryOut(one.no, report, version: 1, by: officer)
      } == ["inspections-day", "inspections-recheck"])
    for login in ["manager", "dispatcher", "head"] {
      #expect(
        try await scene.refusal {
          _ = try await scene.grades.carryOut(
            one.no, InspectionReport(on: scene.today, result: .nothing, note: ""), version: 1, by: try scene.person(login))
        } == ["people-not-permitted"])
    }
    var told = InspectionReport(on: scene.today, result: .told, note: "3 号楼门厅堆物，已告知物业项目经理三日内清理。")
    told.recheck = scene.today.adding(days: 7)
    #expect(
      try await scene.refusal { _ = try await scene.grades.carryOut(one.no, told, version: 9, by: officer) } == ["inspections-changed"])
    try await scene.grades.carryOut(one.no, told, version: 1, by: officer)
    #expect(
      try await scene.refusal { _ = try await scene.grades.carryOut(one.no, told, version: 1, by: officer) } == ["inspections-closed"])
    let again = try #require(try await scene.grades.inspections(of: scene.office.compound, for: officer).first { $0.kind == .recheck })
    #expect(again.state == .planned && again.due == scene.today.adding(days: 7) && again.reason.contains("3 号楼门厅堆物"))
    let frequency = try await scene.grades.frequency(Month(scene.today), for: try scene.person("manager"))
    #expect(
      frequency.count == 1 && frequency[0].required == 1 && frequency[0].done == 1 && frequency[0].rate == "100.00%",
      "rechecks are not asked for")
    // What it found is a factor of the next grade.
    scene.office.clock.advance(minutes: 1440 * 7)
    try await scene.grades.grade()
    #expect(try await scene.grade().graded.facts.values["inspection-findings"] == 1)
  }

  @Test func whatIsFoundBecomesAMatterWithoutBeingTypedAgain() async throws {
    let scene = try await Scene.make()
    let one = try await scene.planned()
    let officer = try scene.person("officer")
    var report = InspectionReport(on: scene.today, result: .matter, note: "12 号 101 室天井正在搭建阳光房。")
    report.place = "12号101室"
    report.item = "illegal-construction"
    let before = try await scene.number("SELECT count(*) AS n FROM matter")
    let out = try await scene.grades.carryOut(one.no, report, version: 1, by: officer)
    let no = try #require(out.matterNo)
    let matter = try await scene.office.matter(no)
    #expect(matter.item == "illegal-construction" && matter.state == .accepted && matter.officer == officer.id && out.notAccepted == nil)
    let kept = try await scene.grades.inspection(one.no, for: officer)
    #expect(kept.matterNo == no && kept.note == nil, "the words stand in the matter, sealed, and nowhere else")
    // An impatient finger: neither another matter nor another inspection.
    _ = try await scene.refusal { _ = try await scene.grades.carryOut(one.no, report, version: 1, by: officer) }
    #expect(try await scene.number("SELECT count(*) AS n FROM matter") == before + 1)
  }

  @Test func whatGoesByIsMissedAndDueAgain() async throws {
    let scene = try await Scene.make()
    let one = try await scene.planned()
    let leader = try scene.person("leader")
    scene.office.clock.advance(minutes: 1440 * 40)
    #expect(try await scene.grades.troubles(for: leader).overdue == 1)
    #expect(try await scene.grades.soon(for: try scene.person("officer")).map(\.no) == [one.no])
    try await scene.grades.plan()
    #expect(try await scene.grades.inspection(one.no, for: leader).state == .missed)
    let now = try await scene.inspections()
    #expect(now.count == 1 && now[0].state == .planned && now[0].no != one.no)
    let past = try await scene.grades.frequency(one.month, for: leader)
    #expect(past.map(\.rate) == ["0.00%"] && past.map(\.missed) == [1])
  }

  @Test func aCompoundThatHasGrownQuietIsLeftAlone() async throws {
    let scene = try await Scene.make()
    let one = try await scene.planned()
    try await scene.write("UPDATE grade SET grade = 'A', rank = 0, points = 0, quiet = 1, facts = '{}' WHERE over_day IS NULL")
    try await scene.grades.plan()
    let dropped = try await scene.grades.inspection(one.no, for: try scene.person("leader"))
    #expect(dropped.state == .dropped && dropped.note?.hasPrefix("无事不扰") == true)
    #expect(try await scene.grades.frequency(one.month, for: try scene.person("leader")).map(\.required) == [0])
    #expect(try await scene.grades.frequency(one.month, for: try scene.person("leader"))[0].rate == nil, "nothing asked for is no zero")
  }

  @Test func aCompoundThatMovesTakesItsGradeAndItsVisitsAlong() async throws {
    let scene = try await Scene.make()
    let one = try await scene.planned()
    try await scene.write("UPDATE compound SET squad_id = \(scene.office.otherSquad.id) WHERE id = \(scene.office.compound)")
    try await scene.grades.grade()
    try await scene.grades.plan()
    #expect(try await scene.inspections().isEmpty)
    let moved = try await scene.inspections("chief")
    #expect(moved.map(\.no) == [one.no] && moved[0].officer == nil && moved[0].squadName == "夏阳中队")
    #expect(try await scene.grade("chief").effective == "C")
    #expect(try await scene.grades.troubles(for: try scene.person("chief")).unassigned == 1)
    // Out of the register it has neither.
    try await scene.write("UPDATE compound SET state = 'closed' WHERE id = \(scene.office.compound)")
    try await scene.grades.grade()
    #expect(try await scene.grades.list(GradeFilter(), for: try scene.person("manager")).isEmpty)
  }

  @Test func theLeaderNamesWhoGoesOrWhyNobody() async throws {
    let scene = try await Scene.make()
    let one = try await scene.planned()
    let (leader, second) = (try scene.person("leader"), try scene.person("second"))
    let due = scene.today.adding(days: 3)
    #expect(
      try await scene.refusal {
        try await scene.grades.assign(one.no, officer: second.id, due: due, version: 1, by: try scene.person("officer"))
      } == ["people-not-permitted"])
    #expect(
      try await scene.refusal {
        try await scene.grades.assign(one.no, officer: try scene.person("stranger").id, due: due, version: 1, by: leader)
      } == ["inspections-officer"])
    #expect(
      try await scene.refusal {
        try await scene.grades.assign(one.no, officer: second.id, due: scene.today.adding(days: 60), version: 1, by: leader)
      } == ["inspections-due"])
    for _ in 0..<2 { try await scene.grades.assign(one.no, officer: second.id, due: due, version: 1, by: leader) }
    let named = try await scene.grades.inspection(one.no, for: leader)
    #expect(named.officerName == "李敏" && named.due == due && named.version == 2)
    #expect(try await scene.refusal { try await scene.grades.drop(one.no, reason: "不去", version: 2, by: leader) } == ["inspections-reason"])
    try await scene.grades.drop(one.no, reason: "专项行动中已全面检查。", version: 2, by: leader)
    #expect(try await scene.grades.inspection(one.no, for: leader).state == .dropped)
    try await scene.grades.plan()
    #expect(try await scene.inspections().count == 1, "what a leader has dropped does not come back")
    #expect(try await scene.office.house.store.read { db in try Journal.verify(db).faults }.isEmpty)
  }
}

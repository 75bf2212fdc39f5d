import Kernel
import People
import Rosters
import Staffing
import Testing

/// Facts to an instance: what is missing is said, and handled by the rule that is said.
@Suite struct RosterGatheringTests {
  static let monday = Day(iso: "2026-11-30") ?? Day(daysSinceEpoch: 0)
  static let days = RosterDays(isWorkday: { $0.weekday <= 5 })

  static func facts() -> RosterFacts {
    var facts = RosterFacts(squad: 7, squadName: "徐泾中队")
    facts.officers = [
      .init(id: 1, name: "王建国", role: .officer, included: true), .init(id: 2, name: "李敏", role: .officer, included: true),
      .init(id: 3, name: "陈队长", role: .squadLeader, included: false),
    ]
    facts.places = [
      .init(id: 11, no: "A", name: "元邑小城", position: Coordinates(latitude: 31.20, longitude: 121.30), households: 900),
      .init(id: 12, no: "B", name: "康虹花园", position: Coordinates(latitude: 31.22, longitude: 121.32), households: 500),
    ]
    return facts
  }
  static func gather(_ facts: RosterFacts, fixed: FixedChanges = FixedChanges(), days: RosterDays = days) throws -> RosterGathering {
    let gathered = try RosterGathering(facts, from: monday, days: days, fixed: fixed)
    try gathered.instance.check()
    return gathered
  }

  @Test func whatIsKnownBecomesTheInstance() throws {
    var facts = Self.facts()
    facts.places[0].complaints = 6
    facts.places[0].cases = 2
    facts.places[0].grade = "C"
    (facts.places[0].asked, facts.places[0].satisfied) = (4, 3)
    facts.places[0].known = [1]
    facts.places[1].forced = .resident
    facts.officers[1].certifiedUntil = Self.monday.adding(days: 300)
    facts.officers[0].leave = [Absence(from: Self.monday, to: Self.monday.adding(days: 2))]
    let instance = try Self.gather(facts).instance
    let place = instance.compounds[0]
    #expect(place.complaints == 6 && place.cases == 2 && place.satisfaction == 0.75 && place.households == 900 && place.grade == "C")
    #expect(instance.officers.map(\.id) == ["1", "2"], "who leads is not a visitor unless the squad says so")
    #expect(instance.officers[0].contacts == ["11"] && !instance.officers[0].certified && instance.officers[1].certified)
    #expect(instance.officers[0].leave.count == 1 && instance.compounds[1].forcedMode == .resident)
    #expect(instance.squads[0].latitude == (31.20 + 31.22) / 2)
  }

  @Test func whatIsMissingIsSaid() throws {
    var facts = Self.facts()
    facts.places[1].position = nil
    facts.places[1].households = nil
    let gathered = try Self.gather(facts)
    let notes = gathered.notes.joined(separator: "\n")
    #expect(notes.contains("1 个小区没有坐标，去的路程按 0 计：康虹花园"))
    #expect(notes.contains("没有登记户数，按 0 户计") && notes.contains("各小区的中间位置") && notes.contains("本方案不排值班"))
    #expect(gathered.instance.compounds[1].latitude == gathered.instance.squads[0].latitude)
    for i in facts.places.indices { facts.places[i].position = nil }
    #expect(try Self.gather(facts).notes.contains { $0.contains("路程一律按 0 计") })
  }

  @Test func aCertificateThatEndsBeforeThePlanDoesNotCount() throws {
    var facts = Self.facts()
    facts.places[0].needsTwo = true
    facts.officers[0].certifiedUntil = Self.monday.adding(days: 26)
    facts.officers[1].certifiedUntil = Self.monday.adding(days: 27)
    let gathered = try Self.gather(facts)
    #expect(gathered.instance.officers.map(\.certified) == [false, true])
    #expect(gathered.notes.contains { $0.contains("按无证处理") && $0.contains("王建国") && !$0.contains("李敏") })
  }

  @Test func withoutPeopleOrCompoundsNothingIsPlanned() throws {
    var facts = Self.facts()
    for i in facts.officers.indices { facts.officers[i].included = false }
    #expect(throws: Refusal.self) { try Self.gather(facts) }
    facts = Self.facts()
    facts.places = []
    #expect(throws: Refusal.self) { try Self.gather(facts) }
  }

  @Test func holidaysAndMadeUpDaysComeFromTheCalendar() throws {
    let (off, worked) = (Self.monday.adding(days: 1), Self.monday.adding(days: 5))
    let days = RosterDays(isWorkday: { $0 == worked || ($0.weekday <= 5 && $0 != off) }, note: "放假安排尚未公布")
    let gathered = try Self.gather(Self.facts(), days: days)
    #expect(gathered.instance.holidays == [off] && gathered.instance.makeUpDays == [worked])
    #expect(gathered.notes.contains("放假安排尚未公布。"))
  }

  @Test func theDutyRosterIsNotAskedAgain() throws {
    var facts = Self.facts()
    facts.duties = [.init(id: 5, name: "夜班", half: .night, days: .all, officers: 1, shift: .night)]
    facts.lines = [
      (Self.monday, .night, 1), (Self.monday.adding(days: 1), .night, 99), (Self.monday.adding(days: 2), .day, 2),
    ]
    let gathered = try Self.gather(facts)
    #expect(gathered.instance.fixed.rows.count == 1 && gathered.instance.fixed.rows[0].officer == "1")
    #expect(gathered.notes.contains { $0.contains("已排的 1 个班次照用") } && gathered.notes.contains { $0.contains("1 个班次不能照用") })
  }

  @Test func changesByHandHoldWhereTheyCan() throws {
    var facts = Self.facts()
    facts.officers[1].leave = [Absence(from: Self.monday, to: Self.monday.adding(days: 6))]
    let fixed = FixedChanges(
      teams: [.init(compound: "11", contact: "2"), .init(compound: "12", contact: "99", mode: .regular)],
      rows: [
        .init(date: Self.monday, half: .am, officer: "2", task: .visit, compound: "11"),
        .init(date: Self.monday.adding(days: 8), half: .pm, officer: "2", task: .visit, compound: "12"),
      ])
    let gathered = try Self.gather(facts, fixed: fixed)
    let kept = gathered.instance.fixed
    #expect(kept.teams.count == 2 && kept.teams[0].contact == "2" && kept.teams[1].contact == nil && kept.teams[1].mode == .regular)
    #expect(kept.rows.count == 1 && kept.rows[0].compound == "12")
    #expect(gathered.notes.contains { $0.contains("康虹花园人工指定的人已不在") } && gathered.notes.contains { $0.contains("李敏11月30日上午不在岗") })
  }
}

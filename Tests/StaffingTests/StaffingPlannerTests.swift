import Foundation
import Kernel
import Staffing
import Testing

@Suite struct StaffingPlannerTests {
  @Test func provesWhatItSays() throws {
    let made = try plan(try office())
    #expect(made.bound <= made.objective)
    #expect(made.gap <= 0.02)
    #expect(made.score.total == made.objective)
    #expect(made.compounds.count == 6)
    let simple = try #require(made.proportional)
    #expect(made.objective <= simple.total)
    #expect(made.proportionalNote.contains("减少"))
  }

  @Test func theSameOfficeGivesTheSamePlan() throws {
    let instance = try office(officers: 7, compounds: 14)
    #expect(try plan(instance) == plan(instance))
  }

  @Test func nobodyIsInTwoPlacesOrWorksOnLeave() throws {
    var instance = try office()
    instance.officers[1].leave = [Absence(from: try day("2026-12-07"), to: try day("2026-12-13"))]
    instance.duties.append(
      StaffDuty(id: "night", name: "夜班", squad: "S1", half: .night, days: .resting, restHalfDays: 1, maxPerOfficer: 3))
    let made = try plan(instance)
    var seen = Set<String>()
    let last = try day("2026-12-27")
    for row in made.roster {
      #expect(seen.insert("\(row.officer) \(row.date.iso) \(row.half)").inserted, "\(row)")
      #expect(!(row.officer == "P2" && row.task != .rest && (7...13).contains(row.date.dayOfMonth) && row.date.month == 12), "\(row)")
    }
    for night in made.roster where night.half == .night && night.date < last {
      let monday = night.date.adding(days: 8 - night.date.weekday)
      #expect(!made.roster.contains { $0.officer == night.officer && $0.date == monday && $0.half == .am && $0.task != .rest })
    }
  }

  @Test func twoCertifiedOfficersGoWhereTheLawWantsTwo() throws {
    var instance = try office()
    instance.compounds[0].needsTwo = true
    instance.compounds[3].needsTwo = true
    instance.officers[0].certified = false
    let made = try plan(instance)
    for compound in ["C1", "C4"] {
      let visits = Dictionary(grouping: made.roster.filter { $0.compound == compound }) { "\($0.date.iso) \($0.half)" }
      #expect(!visits.isEmpty)
      for people in visits.values {
        #expect(Set(people.map(\.officer)).count == 2)
        #expect(!people.contains { $0.officer == "P1" })
      }
    }
  }

  @Test func theKnownContactStaysUnlessThatIsDear() throws {
    let made = try plan(try office())
    for (number, compound) in made.compounds.prefix(5).enumerated() {
      #expect(compound.contact == "P\(number + 1)")
      #expect(compound.contactReason.contains("原联系人，沿用"))
    }
    var instance = try office()
    instance.officers[0].leave = [Absence(from: try day("2026-11-30"), to: try day("2026-12-27"))]
    let without = try plan(instance)
    let first = try #require(without.compounds.first)
    #expect(first.contact != "P1")
    #expect(first.contactReason.contains("整期不在岗"))
  }

  @Test func theLoadIsFair() throws {
    let made = try plan(try office(officers: 6, compounds: 18))
    let mean = made.loads.reduce(0) { $0 + $1.load } * 100 / made.loads.reduce(0) { $0 + $1.available }
    for load in made.loads { #expect(abs(load.percent - mean) <= 14, "\(load)") }
    #expect(made.score.unfair == 0)
  }

  @Test func moreDemandIsMorePresence() throws {
    var instance = try office()
    instance.compounds[0].demandHours = 20
    instance.compounds[1].demandHours = 0.5
    let made = try plan(instance)
    #expect(made.compounds[0].mode == .resident)
    #expect(made.compounds[1].mode < .resident)
    #expect(made.compounds[1].visits < made.compounds[5].visits)
    #expect(made.compounds[0].reason.contains("人工给定"))
  }

  @Test func whatAManagerFixedStays() throws {
    var instance = try office()
    instance.fixed.teams = [FixedChanges.Team(compound: "C1", contact: "P3", mode: .regular)]
    instance.fixed.rows = [
      FixedChanges.Row(date: try day("2026-12-02"), half: .pm, officer: "P5", task: .visit, compound: "C2"),
      FixedChanges.Row(date: try day("2026-12-03"), half: .am, officer: "P2", task: .duty, duty: "desk"),
      FixedChanges.Row(date: try day("2026-12-04"), half: .am, officer: "P4", task: .off),
    ]
    let made = try plan(instance)
    #expect(made.compounds[0].contact == "P3")
    #expect(made.compounds[0].mode == .regular)
    #expect(made.compounds[0].contactReason.contains("人工指定"))
    #expect(made.roster.contains { $0.officer == "P5" && $0.compound == "C2" && $0.date.iso == "2026-12-02" && $0.half == .pm && $0.fixed })
    #expect(made.roster.contains { $0.officer == "P2" && $0.duty == "desk" && $0.date.iso == "2026-12-03" && $0.fixed })
    #expect(!made.roster.contains { $0.officer == "P4" && $0.date.iso == "2026-12-04" && $0.half == .am })
  }

  @Test func whatIf() throws {
    let instance = try office(officers: 6, compounds: 12)
    let before = try plan(instance)
    let fewer = try instance.applying(.fewer(2, squad: nil))
    #expect(fewer.officers.count == 4)
    let after = try plan(fewer)
    #expect(after.loads.count == 4)
    #expect(after.loads.reduce(0) { $0 + $1.percent } / 4 > before.loads.reduce(0) { $0 + $1.percent } / 6)
    let resident = try plan(try instance.applying(.mode(compound: "C1", .resident)))
    #expect(resident.compounds[0].mode == .resident)
    #expect(resident.objective >= before.bound)
    #expect(throws: Refusal.self) { try instance.applying(.without(officers: ["P99"])) }
    #expect(throws: Refusal.self) { try instance.applying(.fewer(6, squad: nil)) }
    #expect(throws: Refusal.self) { try instance.applying(.mode(compound: "C99", .regular)) }
  }

  @Test func canBeStopped() throws {
    let instance = try office()
    #expect(throws: CancellationError.self) { try StaffingPlanner.plan(instance, cancelled: { true }) }
  }

  @Test func holidaysMakeShorterWeeks() throws {
    var instance = try office()
    instance.holidays = [try day("2026-11-30"), try day("2026-12-01"), try day("2026-12-02")]
    instance.makeUpDays = [try day("2026-12-05")]
    instance.fixed.teams = [FixedChanges.Team(compound: "C1", mode: .resident)]
    let made = try plan(instance)
    #expect(made.compounds[0].visits == 18)
    #expect(made.roster.contains { $0.date.iso == "2026-12-05" && $0.compound == "C1" })
    #expect(!made.roster.contains { $0.date.iso == "2026-12-01" })
  }

  @Test func everythingHasAReason() throws {
    let made = try plan(try office())
    for compound in made.compounds { #expect(!compound.reason.isEmpty && !compound.contactReason.isEmpty) }
    for row in made.roster { #expect(!row.reason.isEmpty) }
  }
}

@Suite struct StaffingHelpTests {
  /// One certified officer where the law wants two, and a neighbour who may come.
  private func lent(_ halfDays: Int?) throws -> StaffingInstance {
    var instance = try office()
    for place in instance.officers.indices { instance.officers[place].certified = place == 0 }
    instance.compounds[2].needsTwo = true
    instance.squads.append(StaffSquad(id: "S2", name: "二中队", latitude: 31.21, longitude: 121.46))
    instance.officers.append(StaffOfficer(id: "H", name: "支援队员", squad: "S2", alsoSquads: ["S1"], mostHalfDays: halfDays))
    return instance
  }

  @Test func whoHelpsIsNamedWithTheSquadAndStaysWithinTheHalfDaysLent() throws {
    let made = try plan(try lent(1))
    let place = made.compounds[2]
    #expect([place.contact, place.second].contains("H"))
    #expect((place.contactReason + (place.secondReason ?? "")).contains("是二中队来支援的队员"))
    let rows = made.roster.filter { $0.officer == "H" }
    #expect(!rows.isEmpty && rows.allSatisfy { $0.task == .visit && $0.reason.contains("（二中队支援）") })
    for week in 0..<4 {
      let monday = try day("2026-11-30").adding(days: 7 * week)
      #expect(rows.count { $0.date >= monday && $0.date < monday.adding(days: 7) } <= 1)
    }
  }

  @Test func whoHelpsIsNotAskedForMoreWhenNothingFits() throws {
    var instance = try lent(1)
    instance.compounds[2].forcedMode = .resident
    #expect(try obstacles(instance) == [.timetable(compound: "C3")])
  }
}

@Suite struct StaffingObstacleTests {
  @Test func namesTheCompoundThatWantsTwo() throws {
    var instance = try office()
    for place in instance.officers.indices { instance.officers[place].certified = place == 0 }
    instance.compounds[2].needsTwo = true
    #expect(try obstacles(instance) == [.twoOfficers(compound: "C3")])
  }

  @Test func namesTheSkillNobodyHas() throws {
    var instance = try office()
    instance.compounds[1].skills = ["违建"]
    #expect(try obstacles(instance) == [.skills(compound: "C2")])
  }

  @Test func namesTheModesThatAreTooMany() throws {
    var instance = try office(officers: 2, compounds: 4)
    for place in instance.compounds.indices { instance.compounds[place].forcedMode = .resident }
    let rules = try obstacles(instance)
    #expect(!rules.isEmpty)
    for rule in rules {
      switch rule {
      case .mode, .weeklyHours: break
      default: Issue.record("\(rule)")
      }
    }
  }

  @Test func namesTheDutyThatCannotBeFilled() throws {
    var instance = try office()
    instance.duties[0].skill = "外语"
    #expect(
      try obstacles(instance) == [
        .duty(duty: "desk", week: 0), .duty(duty: "desk", week: 1), .duty(duty: "desk", week: 2), .duty(duty: "desk", week: 3),
      ])
  }

  @Test func namesTheLimitThatIsTooLow() throws {
    var instance = try office()
    instance.duties[0].maxPerOfficer = 2
    #expect(try obstacles(instance) == [.dutyLimit(duty: "desk")])
  }

  @Test func namesTheFixedPerson() throws {
    var instance = try office()
    instance.officers[0].leave = [Absence(from: try day("2026-11-30"), to: try day("2026-12-27"))]
    instance.fixed.teams = [FixedChanges.Team(compound: "C1", contact: "P1")]
    #expect(try obstacles(instance) == [.fixedContact(compound: "C1")])
  }

  @Test func namesTheSquadThatIsAway() throws {
    var instance = try office()
    for place in instance.officers.indices {
      instance.officers[place].leave = [Absence(from: try day("2026-11-30"), to: try day("2026-12-27"))]
    }
    #expect(try obstacles(instance) == [.leave(squad: "S1")])
  }
}

@Suite struct StaffingInstanceTests {
  private func problems(_ json: String) throws -> [String] {
    do {
      _ = try StaffingInstance(reading: Data(json.utf8))
      return []
    } catch let refusals as Refusals {
      return refusals.all.map { "\($0.field ?? "") \($0.message)" }
    }
  }
  private static let good = """
    {"start": "2026-11-30", "squads": [{"id": "S1", "name": "一中队", "latitude": 31.2, "longitude": 121.4}],
     "officers": [{"id": "P1", "squad": "S1"}],
     "compounds": [{"id": "C1", "name": "甲苑", "squad": "S1", "latitude": 31.2, "longitude": 121.41, "grade": "D"}],
     "rules": {"lowest_modes": {"D": "regular"}}, "weights": {"urgency": {"D": 2}}}
    """

  @Test func readsWhatIsThere() throws {
    let instance = try StaffingInstance(reading: Data(Self.good.utf8))
    #expect(instance.rules.lowestModes == ["D": .regular])
    #expect(instance.weights.urgency == ["D": 2])
    #expect(try plan(instance).compounds.first?.mode == .regular)
  }

  @Test(arguments: [
    ("\"start\": \"2026-11-30\"", "\"start\": \"2026-12-01\"", "start 开始日期 2026-12-01 是周二"),
    ("\"start\": \"2026-11-30\"", "\"start\": \"2026-13-01\"", "start start 的值不认识"),
    ("{\"id\": \"P1\", \"squad\": \"S1\"}", "{\"id\": \"P1\", \"squad\": \"S9\"}", "officers[0].squad"),
    ("{\"id\": \"P1\", \"squad\": \"S1\"}", "", "officers officers 为空"),
    (
      "{\"id\": \"P1\", \"squad\": \"S1\"}",
      "{\"id\": \"P1\", \"squad\": \"S1\", \"leave\": [{\"from\": \"2026-12-02\", \"to\": \"2026-12-01\"}]}", "officers[0].leave[0].to"
    ),
    ("{\"id\": \"P1\", \"squad\": \"S1\"}", "{\"id\": \"P1\", \"squad\": \"S1\", \"contacts\": [\"C9\"]}", "officers[0].contacts"),
    ("\"longitude\": 121.41, \"grade\"", "\"grade\"", "compounds[0].longitude 缺少"),
    ("\"grade\": \"D\"", "\"complaints\": -3", "compounds[0].complaints"),
    ("\"grade\": \"D\"", "\"need_two\": true", "compounds[0].need_two 不认识的字段"),
    ("\"grade\": \"D\"", "\"forced_mode\": \"daily\"", "compounds[0].forced_mode"),
    ("\"grade\": \"D\"", "\"satisfaction\": 80", "compounds[0].satisfaction"),
    (
      "\"rules\": {", "\"fixed\": {\"teams\": [{\"compound\": \"C1\", \"contact\": \"P9\"}]}, \"rules\": {", "fixed.teams[0].contact"
    ),
    (
      "\"rules\": {",
      "\"fixed\": {\"rows\": [{\"date\": \"2026-12-05\", \"half\": \"am\", \"officer\": \"P1\", \"task\": \"visit\", \"compound\": \"C1\"}]}, \"rules\": {",
      "fixed.rows[0].date"
    ),
  ]) func refusesWithTheField(part: String, by: String, expected: String) throws {
    let found = try problems(Self.good.replacingOccurrences(of: part, with: by))
    #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
  }
}

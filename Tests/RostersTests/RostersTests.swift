import Cases
import Compounds
import Foundation
import Grades
import Kernel
import Matters
import Offices
import People
import Rosters
import Staffing
import Storage
import TestHouse
import TestOffice
import Testing
import WorkCalendar

/// A plan from asking to issuing, on the store.
@Suite struct RostersTests {
  struct Scene {
    let office: TestOffice
    var rosters: Rosters
    let start: Day
    /// Beside the compound that is there: others of the squad.
    let compounds: [Compound.ID]

    static func make(compounds: Int = 4, officers: Int = 2) async throws -> Scene {
      let office = try await TestOffice.make(more: GradesMigrations.all + RostersMigrations.all)
      let calendar = try WorkCalendar(
        reading: try Data(contentsOf: TestGround.data.appending(path: "holidays/china.json")))
      var rosters = Rosters(house: office.house, calendar: calendar)
      rosters.limits = StaffingLimits(nodes: 30, shakes: 3, seconds: 30)
      let now = office.clock.now
      let squad = office.squad
      var ids: [Compound.ID] = []
      for i in 1...compounds {
        let id: Compound.ID = office.house.ids.next(at: now)
        ids.append(id)
        let (name, no) = ("小区\(i)", ["A7KQ4M9X", "B7KQ4M9X", "C7KQ4M9X", "D7KQ4M9X", "E7KQ4M9X", "F7KQ4M9X"][i - 1])
        try await office.house.store.write { db in
          try db.run(
            """
            INSERT INTO compound (id, no, name, squad_id, district_id, address, latitude, longitude, households, state, search, created_at,
              updated_at)
            VALUES (\(id), \(no), \(name), \(squad.id), \(squad.district), '', \(31.2 + Double(i) * 0.003),
              \(121.3 + Double(i) * 0.002), \(800 + i * 300), 'active', \(name), \(now), \(now))
            """)
        }
      }
      // Beside officer and second, more hands.
      if officers > 2 {
        _ = try await Accounts.plantDemonstration(
          (3...officers).map { NewAccount(login: "hand\($0)", name: "队员\($0)", role: .officer, office: squad.id) },
          password: TestOffice.password, in: office.house)
      }
      let start = Rosters.mondays(from: now.day)[1]
      return Scene(office: office, rosters: rosters, start: start, compounds: ids)
    }
    func person(_ login: String = "leader") throws -> Person { try office.person(login) }
    /// Runs every job that waits, as the worker does.
    func work() async throws {
      let now = office.clock.now
      let handler = rosters.handler
      let jobs = try await office.house.store.write { db in try Jobs.claim(kinds: [handler.kind], limit: 20, at: now, db) }
      for job in jobs {
        try await handler.run(job)
        try await office.house.store.write { db in try Jobs.finish(job, at: now, db) }
      }
    }
    func planned() async throws -> RosterBook {
      let no = try await rosters.ask(office.squad.id, from: start, by: try person())
      try await work()
      return try await rosters.book(no, for: try person())
    }
    func refusal(_ body: () async throws -> Void) async throws -> String? {
      do {
        try await body()
        return nil
      } catch let refusal as Refusal { return refusal.code } catch let wrong as Refusals { return wrong.all.first?.code }
    }
  }

  @Test func aPlanIsGatheredReckonedByTheJobAndKept() async throws {
    let scene = try await Scene.make()
    let officer = try scene.person("officer")
    try await CompoundRegister.assign(
      officer.id, to: scene.compounds[0], from: scene.office.clock.now.day, by: try scene.person(), in: scene.office.house)
    try await scene.office.report(item: "pet-feces")
    let (house, now) = (scene.office.house, scene.office.clock.now)
    try await house.store.write { db in
      let id: Identifier<RosterPlan> = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO grade (id, compound_id, squad_id, grade, rank, points, quiet, version, facts, because, from_day)
        VALUES (\(id), \(scene.compounds[1]), \(scene.office.squad.id), 'D', 3, 60, 0, '1', '{}', '', \(now.day))
        """)
    }
    let no = try await scene.rosters.ask(scene.office.squad.id, from: scene.start, by: try scene.person())
    #expect(no.hasPrefix("P2026"))
    let waiting = try await scene.rosters.plan(no, for: try scene.person())
    #expect(waiting.state == .waiting && waiting.number == 1)
    #expect(waiting.notes.contains { $0.contains("元邑小城") && $0.contains("没有坐标") })
    // One at a time, whoever asks.
    #expect(
      try await scene.refusal { try await scene.rosters.ask(scene.office.squad.id, from: scene.start, by: try scene.person("manager")) }
        == "rosters-busy")
    try await scene.work()
    let book = try await scene.rosters.book(no, for: try scene.person())
    #expect(book.plan.state == .draft && book.places.count == 5 && book.loads.count == 2 && !book.shifts.isEmpty)
    let (objective, bound) = (try #require(book.plan.objective), try #require(book.plan.bound))
    #expect(bound <= objective && book.plan.proportionalNote != nil)
    let known = try #require(book.places.first { $0.compound == scene.compounds[0] })
    #expect(known.contact == officer.id.raw && known.contactReason.contains("原联系人"))
    let graded = try #require(book.places.first { $0.compound == scene.compounds[1] })
    #expect(graded.reason.contains("满意度与等级系数 1.60") && book.plan.notes.contains { $0.contains("4 个小区还没有等级") })
    // Asked by a program that has died, the job runs again and does no harm.
    try await scene.rosters.work(book.plan.id)
    #expect(try await scene.rosters.book(no, for: try scene.person()).shifts.count == book.shifts.count)
    let entries = try await scene.office.house.store.read { db in try Journal.entries(of: Subject("roster_plan", book.plan.id), db) }
    #expect(entries.map(\.action) == ["roster-asked", "roster-reckoned"])
  }

  @Test func whoIsAwayIsNotPlanned() async throws {
    let scene = try await Scene.make()
    let (officer, second, leader) = (try scene.person("officer"), try scene.person("second"), try scene.person())
    // By a deputy, who is known already, and by leave that is noted for the roster alone.
    try await Deputies.appoint(
      second.id, for: officer.id, from: scene.start, to: scene.start.adding(days: 4), reason: "培训", by: leader, in: scene.office.house)
    try await scene.rosters.leave(second.id.raw, from: scene.start.adding(days: 14), to: scene.start.adding(days: 20), by: leader)
    let book = try await scene.planned()
    #expect(!book.shifts.contains { $0.account == officer.id.raw && $0.day <= scene.start.adding(days: 4) })
    #expect(
      !book.shifts.contains {
        $0.account == second.id.raw && $0.day >= scene.start.adding(days: 14) && $0.day <= scene.start.adding(days: 20)
      })
    #expect(book.plan.notes.filter { $0.contains("不在岗") }.count == 2)
  }

  @Test func changesByHandAreKeptAndHoldInTheNextRun() async throws {
    let scene = try await Scene.make(officers: 4)
    let leader = try scene.person()
    let first = try await scene.planned()
    let place = try #require(first.places.first { $0.compound == scene.compounds[1] })
    let other = try #require(first.loads.first { $0.account != place.contact }).account
    let team = RosterTeam(compound: place.compound.raw, contact: other, mode: .regular)
    try await scene.rosters.fix(team, in: first.plan.no, version: first.plan.version, by: leader)
    // The same again changes nothing; another one with what was seen before is refused.
    try await scene.rosters.fix(team, in: first.plan.no, version: first.plan.version, by: leader)
    #expect(
      try await scene.refusal {
        try await scene.rosters.fix(
          RosterTeam(compound: place.compound.raw, mode: .resident), in: first.plan.no, version: first.plan.version, by: leader)
      } == "rosters-changed")
    let changed = try await scene.rosters.book(first.plan.no, for: leader)
    #expect(changed.pending == 1 && changed.fixes.map(\.words).first?.contains("小区2：联系人") == true)
    #expect(
      try await scene.refusal { try await scene.rosters.issue(first.plan.no, version: changed.plan.version, by: leader) }
        == "rosters-pending")
    let again = try await scene.rosters.rerun(first.plan.no, by: leader)
    try await scene.work()
    let second = try await scene.rosters.book(again, for: leader)
    let moved = try #require(second.places.first { $0.compound == place.compound })
    #expect(moved.contact == other && moved.mode == .regular && moved.contactReason.contains("人工指定"))
    #expect(second.pending == 0 && second.fixes.count == 1 && second.plan.number == 2 && second.plan.basedOn == first.plan.no)
  }

  @Test func aHalfDayIsGivenToSomebodyElse() async throws {
    let scene = try await Scene.make(officers: 4)
    let leader = try scene.person()
    let book = try await scene.planned()
    let shift = try #require(book.shifts.first { $0.task == .visit })
    let busy = Set(book.shifts.filter { $0.day == shift.day && $0.half == shift.half }.map(\.account))
    let free = try #require(book.loads.first { !busy.contains($0.account) }).account
    if let taken = busy.first(where: { $0 != shift.account }) {
      #expect(
        try await scene.refusal {
          try await scene.rosters.give(shift.id, to: taken, in: book.plan.no, version: book.plan.version, by: leader)
        } == "rosters-rule")
    }
    #expect(try await scene.rosters.give(shift.id, to: free, in: book.plan.no, version: book.plan.version, by: leader))
    let changed = try await scene.rosters.book(book.plan.no, for: leader)
    let row = try #require(changed.shifts.first { $0.id == shift.id })
    #expect(row.account == free && row.isFixed && row.role == .standIn && row.insteadOf == shift.account && changed.pending == 0)
    let again = try await scene.rosters.rerun(book.plan.no, by: leader)
    try await scene.work()
    let second = try await scene.rosters.book(again, for: leader)
    #expect(
      second.shifts.contains {
        $0.account == free && $0.day == shift.day && $0.half == shift.half && $0.compound == shift.compound && $0.isFixed
      })
    // Taken back, it is the solver's again.
    let fix = try #require(second.fixes.first)
    try await scene.rosters.release(fix.id, in: again, version: second.plan.version, by: leader)
    #expect(try await scene.rosters.book(again, for: leader).fixes.isEmpty)
  }

  @Test func aHardRuleIsNotBroken() async throws {
    let scene = try await Scene.make(officers: 3)
    let leader = try scene.person()
    let (officer, second) = (try scene.person("officer"), try scene.person("second"))
    for (i, one) in [officer, second].enumerated() {
      try await scene.office.cases.note(
        certificate: "沪Q000\(i)", until: scene.start.adding(days: 200), of: one.id, by: leader)
    }
    try await scene.rosters.note(
      RosterCompoundNote(wanted: nil, forced: nil, needsTwo: true, skills: []), of: "A7KQ4M9X", by: leader)
    let book = try await scene.planned()
    let place = try #require(book.places.first { $0.compound == scene.compounds[0] })
    #expect(Set([place.contact, place.second ?? 0]) == [officer.id.raw, second.id.raw])
    let uncertified = try #require(book.loads.first { ![officer.id.raw, second.id.raw].contains($0.account) }).account
    func refused(_ team: RosterTeam) async throws -> String? {
      try await scene.refusal { try await scene.rosters.fix(team, in: book.plan.no, version: book.plan.version, by: leader) }
    }
    let id = place.compound.raw
    #expect(try await refused(RosterTeam(compound: id, contact: uncertified)) == "rosters-rule")
    #expect(try await refused(RosterTeam(compound: id, contact: officer.id.raw, second: officer.id.raw)) == "rosters-rule")
    #expect(try await refused(RosterTeam(compound: scene.compounds[1].raw, second: officer.id.raw)) == "rosters-rule")
    #expect(try await refused(RosterTeam(compound: id)) == "rosters-nothing")
    let visit = try #require(book.shifts.first { $0.compound == place.compound })
    for account in [nil, uncertified] {
      #expect(
        try await scene.refusal {
          try await scene.rosters.give(visit.id, to: account, in: book.plan.no, version: book.plan.version, by: leader)
        } == "rosters-rule")
    }
  }

  @Test func whatIfIsASecondPlanBesideTheFirst() async throws {
    let scene = try await Scene.make(officers: 4)
    let leader = try scene.person()
    let first = try await scene.planned()
    let no = try await scene.rosters.whatIf(first.plan.no, .fewer(2), by: leader)
    try await scene.work()
    let second = try await scene.rosters.book(no, for: leader)
    #expect(second.plan.isWhatIf && second.plan.basedOn == first.plan.no && second.plan.change.contains("少 2 人"))
    #expect(second.loads.count == first.loads.count - 2)
    let compared = RosterComparison(first, second)
    #expect(compared.summary.contains("人均负荷") || compared.summary.contains("变差") || compared.summary.contains("换联系人"))
    #expect(!compared.worse.isEmpty || !compared.other.isEmpty)
    // Nobody issues it or changes it.
    #expect(
      try await scene.refusal { try await scene.rosters.issue(no, version: second.plan.version, by: leader) } == "rosters-what-if")
    #expect(try await scene.refusal { _ = try await scene.rosters.rerun(no, by: leader) } == "rosters-what-if")
    let resident = try await scene.rosters.whatIf(first.plan.no, .mode(compound: scene.compounds[0].raw, .resident), by: leader)
    try await scene.work()
    let third = try await scene.rosters.book(resident, for: leader)
    #expect(third.places.first { $0.compound == scene.compounds[0] }?.mode == .resident && third.plan.change == "小区1常驻")
    let one = try #require(first.loads.first).account
    let without = try await scene.rosters.whatIf(first.plan.no, .without(one), by: leader)
    try await scene.work()
    #expect(try await !scene.rosters.book(without, for: leader).loads.contains { $0.account == one })
    #expect(try await scene.refusal { _ = try await scene.rosters.whatIf(first.plan.no, .fewer(9), by: leader) } == "staffing-too-few")
    // Changed by hand, it must be reckoned again before anything is compared with it.
    try await scene.rosters.fix(
      RosterTeam(compound: scene.compounds[0].raw, mode: .regular), in: first.plan.no, version: first.plan.version, by: leader)
    #expect(try await scene.refusal { _ = try await scene.rosters.whatIf(first.plan.no, .fewer(1), by: leader) } == "rosters-pending")
  }

  @Test func whereNothingIsPossibleTheRuleIsNamed() async throws {
    let scene = try await Scene.make()
    let leader = try scene.person()
    try await scene.rosters.note(
      RosterCompoundNote(wanted: nil, forced: nil, needsTwo: true, skills: []), of: "A7KQ4M9X", by: leader)
    let book = try await scene.planned()
    #expect(book.plan.state == .impossible && book.shifts.isEmpty)
    #expect(book.plan.obstacles.contains { $0.contains("小区1依法须两名持证队员") }, "\(book.plan.obstacles)")
    #expect(
      try await scene.refusal { try await scene.rosters.issue(book.plan.no, version: book.plan.version, by: leader) }
        == "rosters-not-ready")
    #expect(try await scene.refusal { _ = try await scene.rosters.whatIf(book.plan.no, .fewer(1), by: leader) } == "rosters-no-base")
  }

  @Test func cancelledNothingIsKeptAndTheNextMayBegin() async throws {
    let scene = try await Scene.make()
    let leader = try scene.person()
    let no = try await scene.rosters.ask(scene.office.squad.id, from: scene.start, by: leader)
    try await scene.rosters.cancel(no, by: leader)
    try await scene.rosters.cancel(no, by: leader)
    try await scene.work()
    let plan = try await scene.rosters.plan(no, for: leader)
    #expect(plan.state == .cancelled && plan.objective == nil)
    let next = try await scene.rosters.ask(scene.office.squad.id, from: scene.start, by: leader)
    #expect(next != no)
    try await scene.work()
    #expect(try await scene.refusal { try await scene.rosters.cancel(next, by: leader) } == "rosters-not-running")
  }

  /// A search of many seconds ends soon after somebody has cancelled.
  @Test func aSearchUnderWayIsStopped() async throws {
    var scene = try await Scene.make(compounds: 6, officers: 6)
    scene.rosters.limits = StaffingLimits(gap: 0, nodes: 10_000_000, shakes: 10_000_000, seconds: 120)
    let leader = try scene.person()
    let no = try await scene.rosters.ask(scene.office.squad.id, from: scene.start, by: leader)
    let id = try await scene.rosters.plan(no, for: leader).id
    let rosters = scene.rosters
    let begun = ContinuousClock.now
    async let working: Void = rosters.work(id)
    while try await rosters.plan(no, for: leader).state == .waiting { try await Task.sleep(for: .milliseconds(20)) }
    do { try await rosters.cancel(no, by: leader) } catch let refusal as Refusal where refusal.code == "rosters-not-running" {
      // So small an office may be solved to the end before anybody can cancel.
    }
    try await working
    #expect(ContinuousClock.now - begun < .seconds(60))
    let state = try await rosters.plan(no, for: leader).state
    #expect(state == .cancelled || state == .draft)
  }

  @Test func anIssuedPlanHoldsIsToldAndFollowsTheOneBefore() async throws {
    let scene = try await Scene.make(officers: 3)
    let (leader, officer) = (try scene.person(), try scene.person("officer"))
    let first = try await scene.planned()
    // Before it is issued its officers see nothing of it.
    #expect(try await scene.refusal { _ = try await scene.rosters.book(first.plan.no, for: officer) } == "rosters-missing")
    #expect(try await scene.rosters.own(officer, from: scene.start, through: scene.start.adding(days: 27)).isEmpty)
    try await scene.rosters.issue(first.plan.no, version: first.plan.version, by: leader)
    try await scene.rosters.issue(first.plan.no, version: first.plan.version, by: leader)
    let own = try await scene.rosters.own(officer, from: scene.start, through: scene.start.adding(days: 27))
    #expect(!own.isEmpty && own.allSatisfy { $0.account == officer.id.raw })
    #expect(try await scene.rosters.book(first.plan.no, for: officer).plan.state == .issued)
    let told = try await scene.office.matters.notices(of: officer)
    #expect(told.count == 1 && told[0].kind == Rosters.noticeKind && told[0].text.contains("四周排班已发布"))
    let shown = try await scene.rosters.stationing(of: scene.compounds[0], for: officer)
    #expect(shown?.plan.no == first.plan.no && shown?.place.compound == scene.compounds[0])
    let any = try #require(first.shifts.first)
    #expect(
      try await scene.refusal {
        try await scene.rosters.give(any.id, to: nil, in: first.plan.no, version: first.plan.version + 1, by: leader)
      } == "rosters-frozen")
    // One that begins a week later ends the first on its eve; one for the same weeks takes its place.
    let later = try await scene.rosters.ask(scene.office.squad.id, from: scene.start.adding(days: 7), by: leader)
    try await scene.work()
    try await scene.rosters.issue(later, version: try await scene.rosters.plan(later, for: leader).version, by: leader)
    let ended = try await scene.rosters.plan(first.plan.no, for: leader)
    #expect(ended.state == .issued && ended.until == scene.start.adding(days: 6))
    let whole = try await scene.rosters.own(officer, from: scene.start, through: scene.start.adding(days: 40))
    #expect(Set(whole.map { "\($0.day.iso) \($0.half)" }).count == whole.count, "two rosters never say two things of one half-day")
    let again = try await scene.rosters.rerun(later, by: leader)
    try await scene.work()
    try await scene.rosters.issue(again, version: try await scene.rosters.plan(again, for: leader).version, by: leader)
    #expect(try await scene.rosters.plan(later, for: leader).state == .superseded)
  }

  @Test func anotherSquadSeesNothingAndPlansNothing() async throws {
    let scene = try await Scene.make()
    let (chief, manager, officer) = (try scene.person("chief"), try scene.person("manager"), try scene.person("officer"))
    let book = try await scene.planned()
    let leader = try scene.person()
    for nobody in [chief, officer] { #expect(try await scene.rosters.plans(for: nobody).isEmpty) }
    #expect(try await scene.rosters.plans(for: manager).map(\.no) == [book.plan.no])
    #expect(try await scene.refusal { _ = try await scene.rosters.book(book.plan.no, for: chief) } == "rosters-missing")
    #expect(
      try await scene.refusal { _ = try await scene.rosters.ask(scene.office.squad.id, from: scene.start, by: chief) } == "rosters-squad")
    #expect(
      try await scene.refusal { _ = try await scene.rosters.ask(scene.office.squad.id, from: scene.start, by: officer) }
        == "people-not-permitted")
    #expect(try await scene.refusal { _ = try await scene.rosters.rerun(book.plan.no, by: chief) } == "rosters-missing")
    #expect(
      try await scene.refusal {
        try await scene.rosters.note(RosterCompoundNote(wanted: nil, forced: nil, needsTwo: true, skills: []), of: "A7KQ4M9X", by: chief)
      } == "rosters-no-compound")
    #expect(
      try await scene.refusal { try await scene.rosters.leave(officer.id.raw, from: scene.start, to: scene.start, by: chief) }
        == "rosters-no-officer")
    try await scene.rosters.issue(book.plan.no, version: book.plan.version, by: leader)
    #expect(try await scene.refusal { _ = try await scene.rosters.book(book.plan.no, for: chief) } == "rosters-missing")
    #expect(try await scene.rosters.stationing(of: scene.compounds[0], for: chief) == nil)
    // The audit administrator sees no matters, and no rosters either.
    #expect(try await scene.refusal { _ = try await scene.rosters.plans(for: try scene.person("audit")) } == "people-not-permitted")
  }

  @Test func whatStandsNowhereElseIsNotedOnce() async throws {
    let scene = try await Scene.make()
    let (leader, officer) = (try scene.person(), try scene.person("officer"))
    let squad = scene.office.squad.id
    for _ in 0..<2 {
      try await scene.rosters.note(RosterOfficerNote(included: true, weeklyHours: 20, skills: ["违建"]), of: officer.id.raw, by: leader)
      try await scene.rosters.note(
        RosterCompoundNote(wanted: .regular, forced: nil, needsTwo: false, skills: ["违建"]), of: "B7KQ4M9X", by: leader)
      try await scene.rosters.note(
        RosterSquadNote(position: Coordinates(latitude: 31.2, longitude: 121.3), compoundShare: 70, fairBand: 15), of: squad, by: leader)
      try await scene.rosters.add(.init(name: "窗口值班", half: .am, days: .working, officers: 1), to: squad, by: leader)
      try await scene.rosters.leave(officer.id.raw, from: scene.start, to: scene.start, by: leader)
    }
    let setup = try await scene.rosters.setup(squad, by: leader)
    let one = try #require(setup.facts.officers.first { $0.id == officer.id.raw })
    #expect(one.weeklyHours == 20 && one.skills == ["违建"] && setup.facts.compoundShare == 70 && setup.facts.duties.count == 1)
    #expect(setup.leaves.count == 1)
    let book = try await scene.planned()
    let place = try #require(book.places.first { $0.compound == scene.compounds[1] })
    #expect(place.contact == officer.id.raw, "nobody else has the skill")
    #expect(book.shifts.contains { $0.task == .duty && $0.dutyName == "窗口值班" })
    for _ in 0..<2 { try await scene.rosters.end(leave: setup.leaves[0].id, by: leader) }
    for _ in 0..<2 { try await scene.rosters.end(duty: setup.facts.duties[0].id, by: leader) }
    let after = try await scene.rosters.setup(squad, by: leader)
    #expect(after.leaves.isEmpty && after.facts.duties.isEmpty)
    #expect(try Rosters.skills(typed: "违建，油烟 违建、渣土") == ["违建", "油烟", "渣土"])
    let verdict = try await scene.office.house.store.read { db in try Journal.verify(db) }
    #expect(verdict.faults.isEmpty)
    #expect(
      try await scene.refusal {
        try await scene.rosters.add(.init(name: "", half: .am, days: .all, officers: 0), to: squad, by: leader)
      } == "rosters-duty-name")
  }
}

import Catalogue
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import Patterns
import People
import Sheets
import Storage
import TestHouse
import TestOffice
import Testing

@testable import HotSpots

/// What is kept of a night, the lists made of it, and what becomes of them.
@Suite struct HotSpotsTests {
  struct Scene {
    let office: TestOffice
    let hotspots: HotSpots
    let city: Person
    /// Nine of one's own squad around the first, one of another squad beside them; the first three are hot.
    let compounds: [Compound.ID]

    static func make(hot: Bool = true) async throws -> Scene {
      let office = try await TestOffice.make(more: PatternsMigrations.all + HotSpotsMigrations.all)
      let house = office.house
      let now = office.clock.now
      let ids = (0..<10).map { _ in house.ids.next(Compound.self, at: now) }
      let bureau = try await house.store.write { db in
        for (i, id) in ids.enumerated() {
          let squad = i < 9 ? office.squad : office.otherSquad
          try db.run(
            """
            INSERT INTO compound (id, no, name, squad_id, district_id, address, latitude, longitude, households, state, search, created_at, updated_at)
            VALUES (\(id), \("AB\(i)DEFGH"), \("小区\(i)"), \(squad.id), \(squad.district), '路', \(31.15 + Double(i / 4) * 0.02),
              \(121.2 + Double(i % 4) * 0.02), 800, 'active', 'x', \(now), \(now))
            """)
        }
        return try OfficeStore.all(db).first { $0.kind == .bureau }
      }
      _ = try await Accounts.plantDemonstration(
        [NewAccount(login: "city", name: "市局李处", role: .cityManager, office: bureau?.id)], password: TestOffice.password, in: house)
      let city = try await house.store.read { db in try PersonStore.find(login: "city", db) }
      guard let city else { throw Refusal(.missing, "test", "no city manager") }
      let scene = Scene(
        office: office,
        hotspots: HotSpots(house: house, catalogue: office.matters.catalogue, method: try HotSpotFinderTests.shipped()), city: city,
        compounds: ids)
      // A quiet year, then some weeks in which three neighbours are loud.
      for month in 0..<6 {
        for i in 0..<10 where (i + month) % 2 == 0 { try await scene.report(i) }
        office.clock.advance(minutes: 1440 * 45)
      }
      if hot {
        for _ in 0..<7 {
          for i in [0, 1, 4] { try await scene.report(i) }
          office.clock.advance(minutes: 1440 * 2)
        }
      }
      office.clock.advance(minutes: 1440)
      return scene
    }
    func report(_ i: Int, item: String = "pet-feces", channel: Report.Channel = .code) async throws {
      var new = NewReport(channel: channel, content: "又是狗粪，没有人管。", saidAt: office.clock.now)
      new.compound = compounds[i].raw
      new.item = item
      new.callerPhone = "13800001234"
      new.callerName = "王芳"
      _ = try await office.matters.receive(new, by: .resident)
    }
    func person(_ login: String) throws -> Person { try office.person(login) }
    func area(_ login: String = "manager") async throws -> HotArea {
      guard let area = try await hotspots.area(HotSpotView(), for: try person(login)) else { throw Refusal(.missing, "test", "no area") }
      return area
    }
    func new(_ name: String = "四季度重点小区") -> NewFocusList {
      let today = office.clock.now.day
      return NewFocusList(name: name, from: today, through: today.adding(days: 90), reason: "按近一年诉件研判，每周巡查。")
    }
    func issue(_ name: String = "四季度重点小区", _ chosen: [Int] = [0, 1, 9]) async throws -> String {
      try await hotspots.issue(new(name), of: chosen.map { compounds[$0] }, in: HotSpotView(), by: try person("manager"))
    }
    func refused(_ body: () async throws -> Void) async throws -> [Refusal] {
      do {
        try await body()
        return []
      } catch let refusal as Refusal { return [refusal] } catch let wrong as Refusals { return wrong.all }
    }
  }

  @Test func aNightFindsThePlantedAndASecondChangesNothing() async throws {
    let scene = try await Scene.make()
    #expect(try await scene.hotspots.run())
    let before = try await scene.area()
    #expect(try await !scene.hotspots.run())
    #expect(try await scene.area().id == before.id)
    let manager = try scene.person("manager")
    let cluster = try #require(try await scene.hotspots.clusters(before, for: manager).first)
    #expect(cluster.chance <= 0.05 && Set(cluster.seen.map(\.name)).isSuperset(of: ["小区0", "小区1"]))
    #expect(cluster.sentence.contains("按户数和季节约") && cluster.sentence.contains("巧合"))
    let listed = try await scene.hotspots.rates(before, .listed, for: manager)
    #expect(Set(listed.map(\.compoundName)).isSubset(of: ["小区0", "小区1", "小区4"]) && listed.count >= 2)
    #expect(listed.allSatisfy { $0.why.contains("每千户") && !$0.why.contains("王芳") && !$0.why.contains("138") })
    // The scene's own compound has neither households nor a place.
    #expect(try await scene.hotspots.troubles(before, for: manager) == [.households: 1])
    try await scene.report(0)
    scene.office.clock.advance(minutes: 1440)
    #expect(try await scene.hotspots.run(), "a new report is news")
  }

  /// A night is written in pieces: until all of it is there the one before is read, and what another has left behind does no harm.
  @Test func halfANightIsNeverSeen() async throws {
    let scene = try await Scene.make()
    try await scene.hotspots.run()
    let before = try await scene.area()
    let store = scene.office.house.store
    let rates = try await scene.hotspots.rates(before, .all, for: scene.city).map(\.compoundNo)
    // As a night stands that was cut off: its areas are there, not all of their rows.
    try await store.write { db in
      try db.run(
        """
        INSERT INTO hot_area (id, area, subject, version, from_day, through_day, season_years, reports, places, rate, problem, at)
        SELECT id + 100000, area, 'new ' || subject, version, from_day, through_day, season_years, reports + 9, places, rate, problem, at FROM hot_area
        """)
    }
    let same = try await scene.area()
    #expect(same.id == before.id && same.reports == before.reports)
    scene.office.clock.advance(minutes: 1440)
    #expect(try await scene.hotspots.run())
    let after = try await scene.area()
    #expect(after.id != before.id && after.through == before.through.adding(days: 1))
    #expect(try await scene.hotspots.rates(after, .all, for: scene.city).count == rates.count)
    // Whoever has begun to read the night before reads it to its end; the next night takes it away.
    #expect(try await scene.hotspots.rates(before, .all, for: scene.city).map(\.compoundNo) == rates)
    scene.office.clock.advance(minutes: 1440)
    #expect(try await scene.hotspots.run())
    #expect(try await scene.hotspots.rates(before, .all, for: scene.city).isEmpty)
    let left = try await store.read { db in try db.number("SELECT count(*) AS n FROM hot_area WHERE subject LIKE 'new %'") }
    #expect(left == 0)
  }

  @Test func anEvenDistrictProposesNobody() async throws {
    let scene = try await Scene.make(hot: false)
    try await scene.hotspots.run()
    let manager = try scene.person("manager")
    #expect(try await scene.hotspots.rates(try await scene.area(), .listed, for: manager).isEmpty)
    #expect(try await scene.hotspots.clusters(try await scene.area(), for: manager).allSatisfy { !$0.isCertain })
  }

  @Test func whatIsNoComplaintOfThePublicDoesNotCount() async throws {
    let scene = try await Scene.make(hot: false)
    try await scene.hotspots.run()
    let before = try await scene.area()
    for _ in 0..<12 { try await scene.report(3, channel: .patrol) }
    scene.office.clock.advance(minutes: 1440)
    try await scene.hotspots.run()
    #expect(try await scene.area().reports <= before.reports)
  }

  @Test func everybodySeesTheirOwn() async throws {
    let scene = try await Scene.make()
    try await scene.hotspots.run()
    let no = try await scene.issue()
    let (leader, chief) = (try scene.person("leader"), try scene.person("chief"))
    let area = try await scene.area("leader")
    #expect(try await scene.hotspots.rates(area, .all, for: chief).map(\.compoundName) == ["小区9"])
    #expect(try await !scene.hotspots.rates(area, .all, for: leader).contains { $0.compoundName == "小区9" })
    for cluster in try await scene.hotspots.clusters(area, for: chief) { #expect(cluster.seen.map(\.name) == ["小区9"]) }
    let (list, entries, _) = try await scene.hotspots.list(no, for: chief)
    #expect(list.entries == 3 && entries.map(\.compoundName) == ["小区9"])
    #expect(try await scene.hotspots.list(no, for: leader).entries.map(\.compoundName) == ["小区0", "小区1"])
    #expect(try await scene.hotspots.list(no, for: scene.city).entries.count == 3)
    #expect(try await scene.hotspots.table(no, for: chief).table.rows.count == 1)
    // A list that holds nothing of theirs does not exist for them.
    let other = try await scene.issue("另一份", [0])
    #expect(try await scene.refused { _ = try await scene.hotspots.list(other, for: chief) }.map(\.code) == ["focus-missing"])
    #expect(try await scene.hotspots.lists(for: chief).map(\.no) == [no])
    #expect(
      try await scene.refused { _ = try await scene.hotspots.lists(for: try scene.person("audit")) }.map(\.code) == ["people-not-permitted"]
    )
  }

  @Test func aListIsFrozenWhenIssued() async throws {
    let scene = try await Scene.make()
    try await scene.hotspots.run()
    let no = try await scene.issue()
    let manager = try scene.person("manager")
    let before = try await scene.hotspots.list(no, for: manager)
    scene.office.clock.advance(minutes: 1440 * 3)
    for _ in 0..<6 { try await scene.report(9) }
    scene.office.clock.advance(minutes: 1440 * 2)
    try await scene.office.house.store.write { db in try db.run("UPDATE compound SET households = 5 WHERE id = \(scene.compounds[0])") }
    #expect(try await scene.hotspots.run())
    let after = try await scene.hotspots.list(no, for: manager)
    #expect(after.entries.map(\.why) == before.entries.map(\.why))
    #expect(after.entries.map(\.figures) == before.entries.map(\.figures) && after.entries.map(\.households) == [800, 800, 800])
    #expect(after.list.asOf == before.list.asOf && after.list.version == scene.hotspots.method.version)
    #expect(
      try await scene.office.house.store.read { db in try Journal.entries(of: Subject("focus_list", before.list.id), db) }.map(\.action)
        == ["list-issued"])
  }

  @Test func whatIsMissingIsSaidAtOnceAndNothingIsIssuedTwice() async throws {
    let scene = try await Scene.make()
    #expect(try await scene.refused { _ = try await scene.issue() }.map(\.code) == ["focus-before-night"])
    try await scene.hotspots.run()
    let manager = try scene.person("manager")
    let today = scene.office.clock.now.day
    let backwards = NewFocusList(name: "", from: today, through: today.adding(days: -1), reason: "短")
    #expect(
      try await scene.refused { try await scene.hotspots.issue(backwards, of: [], in: HotSpotView(), by: manager) }.compactMap(\.field)
        == ["title", "from", "reason", "chosen"])
    _ = try await scene.issue()
    #expect(try await scene.refused { _ = try await scene.issue() }.map(\.code) == ["focus-same-name"])
    // A compound of nobody's finding, and somebody who may not.
    let stranger: Compound.ID = scene.office.house.ids.next(at: scene.office.clock.now)
    #expect(
      try await scene.refused { try await scene.hotspots.issue(scene.new("又一份"), of: [stranger], in: HotSpotView(), by: manager) }.map(
        \.code)
        == ["focus-stranger"])
    for login in ["leader", "officer", "dispatcher"] {
      let person = try scene.person(login)
      #expect(
        try await scene.refused {
          try await scene.hotspots.issue(scene.new("又一份"), of: [scene.compounds[0]], in: HotSpotView(), by: person)
        }
        .map(\.code) == ["people-not-permitted"])
    }
  }

  @Test func anotherListIsMatchedByHandOrLeftOutAndCompared() async throws {
    let scene = try await Scene.make()
    try await scene.hotspots.run()
    let ours = try await scene.issue()
    let manager = try scene.person("manager")
    let table = Table(header: ["小区名称"], cells: [["小区1"], ["小区9"], ["小区 1"], ["小区五"], ["天涯海角"]])
    let reading = try await scene.hotspots.read(table, for: manager)
    #expect(reading.matched == 2 && reading.undecided.map(\.line) == [5, 6])
    func take(_ decisions: [Int: HotSpots.Decision], leaveRest: Bool = false, name: String = "市里的三百个") async throws -> String {
      try await scene.hotspots.take(scene.new(name), from: reading, decisions: decisions, leaveRest: leaveRest, by: manager)
    }
    #expect(try await scene.refused { _ = try await take([:]) }.compactMap(\.field) == ["pick-5", "pick-6"])
    #expect(try await scene.refused { _ = try await take([5: .means("ZZZZZZZZ"), 6: .leaveOut]) }.map(\.code) == ["focus-unknown-no"])
    let theirs = try await take([5: .means("AB5DEFGH"), 6: .leaveOut])
    let (list, entries, left) = try await scene.hotspots.list(theirs, for: manager)
    #expect(list.source == .imported && entries.map(\.compoundName) == ["小区1", "小区9", "小区5"] && entries[2].given == "小区五")
    #expect(left.map(\.line) == [4, 6] && left[0].why.contains("同一个小区") && left[1].why.contains("没有这个名称"))
    #expect(entries.allSatisfy { $0.figures != nil }, "with our evidence of the day")
    let found = try await scene.hotspots.compare(ours, theirs, for: manager)
    #expect(found.both.map(\.first.compoundName) == ["小区1", "小区9"])
    #expect(found.onlyFirst.map(\.compoundName) == ["小区0"] && found.onlySecond.map(\.compoundName) == ["小区5"])
    #expect(!found.onlySecond[0].listed && found.onlySecond[0].why.contains("每千户"))
    #expect(try await scene.refused { _ = try await scene.hotspots.compare(ours, ours, for: manager) }.map(\.code) == ["focus-same"])
    // One that has nothing of ours is no list.
    let alien = try await scene.hotspots.read(Table(header: ["小区名称"], cells: [["天涯海角"]]), for: manager)
    #expect(
      try await scene.refused {
        _ = try await scene.hotspots.take(scene.new("空的"), from: alien, decisions: [:], leaveRest: true, by: manager)
      }.map(\.code) == ["focus-nothing"])
  }

  @Test func whoIssuedAListMayTakeItBackAndItStaysToBeRead() async throws {
    let scene = try await Scene.make()
    try await scene.hotspots.run()
    let no = try await scene.issue()
    let manager = try scene.person("manager")
    let why = "导入时用错了上一季度的表，另行发布。"
    func withdraw(_ reason: String, _ person: Person) async throws -> [String] {
      try await scene.refused { try await scene.hotspots.withdraw(no, reason: reason, by: person) }.map(\.code)
    }
    #expect(try await withdraw("短", manager) == ["focus-withdraw-reason"])
    for login in ["leader", "officer", "dispatcher"] {
      #expect(try await withdraw(why, try scene.person(login)) == ["people-not-permitted"])
    }
    #expect(try await withdraw(why, scene.city) == ["focus-others"], "the city may issue, but has not issued this one")
    #expect(try await scene.hotspots.list(no, for: manager).list.withdrawal == nil)
    let before = try await scene.hotspots.list(no, for: manager).entries.map(\.why)
    for _ in 0..<2 { #expect(try await withdraw(why, manager).isEmpty) }
    #expect(try await withdraw("换了一个说法，再撤回一次。", manager) == ["focus-withdrawn"])
    let (list, entries, _) = try await scene.hotspots.list(no, for: try scene.person("leader"))
    #expect(list.withdrawal?.reason == why && list.withdrawal?.who == "孙局长" && list.withdrawal?.at == scene.office.clock.now)
    #expect(entries.map(\.why) == before.filter { entries.map(\.why).contains($0) } && !entries.isEmpty)
    let table = try await scene.hotspots.table(no, for: manager).table
    #expect(table.header.last == "名单已撤回" && !table.header.contains("发布后") && table.rows.count == 3)
    #expect(table.rows.allSatisfy { $0.cells.count == table.header.count && ($0.cells.last ?? "").hasSuffix(why) })
    let journal = try await scene.office.house.store.read { db in try Journal.entries(of: Subject("focus_list", list.id), db) }
    #expect(journal.map(\.action) == ["list-issued", "list-withdrawn"] && journal.last?.note == why)
    // Its name is free again, once: both are told apart by their numbers.
    let again = try await scene.issue()
    #expect(try await scene.hotspots.lists(for: manager).map(\.no) == [again, no])
    #expect(try await scene.refused { _ = try await scene.issue() }.map(\.code) == ["focus-same-name"])
  }

  @Test func whatBecameOfEachIsFollowed() async throws {
    let scene = try await Scene.make()
    try await scene.hotspots.run()
    let no = try await scene.issue()
    let manager = try scene.person("manager")
    let (list, entries, _) = try await scene.hotspots.list(no, for: manager)
    func follow() async throws -> HotSpots.Followed {
      try #require(try await scene.hotspots.follow(list, entries.map(\.compound))[scene.compounds[0]])
    }
    let young = try await follow()
    #expect(young.matters == 0 && young.aftermath.after.isEmpty && young.aftermath.sentence.contains("还没有满一个月"))
    scene.office.clock.advance(minutes: 1440 * 130)
    try await scene.report(0)
    let later = try await follow()
    #expect(later.matters == 1 && later.open == 1 && later.cases == 0 && later.plans.isEmpty)
    #expect(later.aftermath.after.count >= 3 && later.aftermath.after.allSatisfy { $0 == 0 })
    #expect(later.course.reduce(0) { $0 + $1.reports } >= 8)
    // Taken along: no formula runs, and nobody can be told from it.
    let table = try await scene.hotspots.table(no, for: manager).table
    #expect(table.rows.count == 3 && !"\(table)".contains("王芳") && !"\(table)".contains("138"))
  }
}

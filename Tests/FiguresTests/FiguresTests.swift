import Cases
import CityLists
import Compounds
import Figures
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Sheets
import Storage
import TestHouse
import TestOffice
import Testing

/// Kept counts are what a full count says, whatever people do; and a number opens to the rows that it counted.
@Suite struct FiguresTests {
  struct Scene {
    let office: TestOffice
    let figures: Figures
    /// The office's compound, one of the other squad and one of another district.
    let compounds: [Compound.ID]
    let city: Person
    let elsewhere: Person
    static func make() async throws -> Scene {
      let office = try await TestOffice.make(more: FiguresMigrations.all + CityListsMigrations.all)
      let (house, now) = (office.house, office.clock.now)
      let id: Office.ID = house.ids.next(at: now)
      let district = Office(id: id, code: "310112", name: "闵行区城管执法局", short: "闵行区局", kind: .district, parent: nil, district: id)
      let squad = Office(
        id: house.ids.next(at: now), code: "310112101", name: "莘庄镇综合行政执法队", short: "莘庄中队", kind: .squad, parent: id, district: id)
      let near: Compound.ID = house.ids.next(at: now)
      let far: Compound.ID = house.ids.next(at: now)
      try await house.store.write { db in
        for one in [district, squad] { try OfficeStore.insert(one, at: now, db) }
        for (id, no, name, squad) in [(near, "8LR5N2YE", "夏阳苑", office.otherSquad), (far, "9MS6P3ZF", "莘松五村", squad)] {
          try db.run(
            """
            INSERT INTO compound (id, no, name, squad_id, district_id, address, state, search, created_at, updated_at)
            VALUES (\(id), \(no), \(name), \(squad.id), \(squad.district), '', 'active', \(name), \(now), \(now))
            """)
        }
      }
      func person(_ role: Role, _ office: Office) -> Person {
        Person(
          id: Person.ID(1), login: "\(role)", name: "某人", role: role, office: office.id, officeName: office.short, district: office.district
        )
      }
      return Scene(
        office: office, figures: Figures(house: house, book: try TallyTests.book()), compounds: [office.compound, near, far],
        city: person(.cityManager, office.squad), elsewhere: person(.districtManager, district))
    }
    func report(_ words: String, phone: String?, item: String, in compound: Compound.ID?) async throws -> Received {
      var new = NewReport(channel: phone == nil ? .patrol : .code, content: words, saidAt: office.clock.now)
      new.compound = compound?.raw
      new.item = item
      new.callerPhone = phone
      return try await office.matters.receive(new, by: .resident)
    }

    /// What is read for a scope, whatever was added up of it, is what its reports come to.
    func expectTheRowsOfEveryScope() async throws {
      let (manager, leader) = (try office.person("manager"), try office.person("leader"))
      var squad = scope
      squad.squad = office.squad.id
      var district = scope
      district.district = office.squad.district
      var none = scope
      none.district = Office.ID(0)
      var compound = scope
      compound.compound = compounds[0].raw
      let looks: [(Person, [FigureScope])] = [
        (city, [scope, squad, district, none, compound]), (manager, [scope, squad, district, compound]),
        (elsewhere, [scope, squad, district]),
        (leader, [scope, squad, district]),
      ]
      for (person, scope) in looks.flatMap({ look in look.1.map { (look.0, $0) } }) {
        var scope = scope
        // The whole, and a part of the months.
        for from in [scope.from, scope.through] {
          scope.from = from
          var rows: [TallyRow] = []
          // No district at all is no filter on rows that a person could ask for.
          if scope.district == Office.ID(0) {
            let whole = FigureScope(from: scope.from, through: scope.through)
            rows = try await figures.rows(.reports, nil, key: "", whole, for: person, limit: 1000).filter { $0.district == nil }
          } else {
            rows = try await figures.rows(.reports, nil, key: "", scope, for: person, limit: 1000)
          }
          func counts(_ rows: [TallyRow]) -> [Int] { Count.allCases.map { count in rows.count(where: count.holds) } }
          let all = try await figures.counts(scope, for: person)
          #expect(all.values == counts(rows), "\(person.role) \(scope)")
          for (month, kept) in try await figures.course(scope, for: person) {
            #expect(kept.values == counts(rows.filter { Month(IdentifierSource.moment(of: $0.report).day) == month }))
          }
          for part in try await figures.parts(.item, scope, for: person) where scope.compound == nil {
            #expect(part.counts.values == counts(rows.filter { ($0.item ?? "") == part.key }), "\(person.role) \(scope) \(part.key)")
          }
          for part in try await figures.parts(.channel, scope, for: person) where scope.compound == nil {
            #expect(part.counts.values == counts(rows.filter { $0.channel.rawValue == part.key }))
          }
          let offices = try await figures.offices(scope, for: person)
          #expect(offices.reduce(0) { $0 + $1.counts[.reports] } == rows.count)
          for office in offices {
            #expect(office.counts.values == counts(rows.filter { [$0.squad ?? 0, $0.district ?? 0].contains(Int64(office.key)) }))
          }
          let complaints = rows.filter(Count.complaints.holds)
          let places = try await figures.places(scope, for: person)
          #expect(
            Dictionary(uniqueKeysWithValues: places.map { ($0.compound, $0.complaints) })
              == Dictionary(grouping: complaints.filter { $0.compound != nil }) { $0.compound ?? 0 }.mapValues(\.count))
          for (part, place) in zip(try await figures.topPlaces(2, scope, for: person), places) {
            #expect(part.key == "\(place.compound)" && part.counts.values == counts(rows.filter { $0.compound == place.compound }))
          }
        }
      }
    }
    /// Rows are looked for where the kept counts say that they are; without these all are gone through. Between two rounds as well.
    func expectTheRowsThatADayByDaySearchFinds() async throws {
      let mark = try await office.house.store.read { db in try House.mark("figures-counted", db) }
      guard let mark else { return }
      let manager = try office.person("manager")
      func all() async throws -> [[Int64]] {
        var out: [[Int64]] = []
        for person in [city, manager] {
          for count in [Count.reports, .complaints, .unreasonable, .satisfied, .overdue, .closed, .again] {
            out.append(try await figures.rows(count, nil, key: "", scope, for: person, limit: 9).map(\.report))
            out.append(try await figures.rows(count, .item, key: "littering", scope, for: person).map(\.report))
            out.append(try await figures.rows(count, .compound, key: "", scope, for: person).map(\.report))
            out.append(try await figures.rows(count, .channel, key: "patrol", scope, for: person).map(\.report))
          }
        }
        return out
      }
      let kept = try await all()
      try await office.house.store.write { db in _ = try db.run("DELETE FROM mark WHERE name = 'figures-counted'") }
      #expect(try await all() == kept)
      try await office.house.store.write { db in try House.setMark("figures-counted", mark, db) }
    }
    var scope: FigureScope {
      let month = Month(office.clock.now.day)
      return FigureScope(from: month.adding(-11), through: month)
    }
    func counts(_ login: String = "manager") async throws -> Counts {
      try await figures.counts(scope, for: try office.person(login))
    }
    func found(_ no: String, _ report: Report.ID) async throws {
      let (matters, officer) = (office.matters, try office.person("officer"))
      try await matters.dispatch(no, to: office.squad.id, note: "", version: nil, by: try office.person("dispatcher"))
      try await matters.accept(no, officer: nil, version: nil, by: officer)
      try await matters.contact(no, report: report, outcome: .reached, note: "", version: nil, by: officer)
      try await matters.visit(no, NewVisit(outcome: .seen, note: "到现场查看。"), version: nil, by: officer)
      try await matters.find(
        no, fact: .confirmed, factNote: "绿地里有多处狗粪。", claim: .reasonable, claimNote: "影响通行，有依据。", version: nil, by: officer)
    }
    func answered(
      _ no: String, _ report: Report.ID, outcome: Matter.Outcome = .solved, satisfaction: Satisfaction = .satisfied, solved: Bool = true
    )
      async throws
    {
      let (matters, officer, leader) = (office.matters, try office.person("officer"), try office.person("leader"))
      try await found(no, report)
      try await matters.measure(no, kind: .persuaded, note: "已劝导并清理。", version: nil, by: officer)
      try await matters.reply(no, outcome: outcome, text: "已清理，会继续巡查。", version: nil, by: officer)
      try await matters.approve(no, note: "", version: nil, by: leader)
      try await matters.revisit(
        no, report: report, satisfaction: satisfaction, solved: solved, note: "还有人乱扔。", version: nil, by: leader)
    }
  }

  @Test func aReportsWayIsCounted() async throws {
    let scene = try await Scene.make()
    let one = try await scene.office.report("绿地里全是狗粪。", item: "pet-feces")
    try await scene.figures.count()
    var counts = try await scene.counts()
    #expect(counts[.complaints] == 1 && counts[.contactDue] == 1 && counts[.dueAll] == 0 && counts[.concluded] == 0)
    try await scene.answered(one.matterNo, one.report.id)
    try await scene.figures.count()
    counts = try await scene.counts()
    #expect(counts[.contacted] == 1 && counts[.onTime] == 1 && counts[.dueAll] == 1 && counts[.solved] == 1 && counts[.satisfied] == 1)
    #expect(counts[.verified] == 1 && counts[.closed] == 1 && counts[.selfCorrected] == 1)
    // Nobody else's squad, and the other squad sees nothing.
    #expect(try await scene.counts("stranger")[.reports] == 0)
    #expect(try await scene.figures.offices(scene.scope, for: try scene.office.person("manager")).map(\.name) == ["徐泾中队"])
  }

  @Test func whoIsNotSatisfiedOverrulesTheReply() async throws {
    let scene = try await Scene.make()
    let one = try await scene.office.report("绿地里全是狗粪。", item: "pet-feces")
    try await scene.answered(one.matterNo, one.report.id, satisfaction: .dissatisfied, solved: false)
    try await scene.figures.count()
    let counts = try await scene.counts()
    #expect(counts[.solved] == 0 && counts[.dissatisfied] == 1)
  }

  @Test func whatCannotBeReckonedCountsNeitherForNorAgainst() async throws {
    let scene = try await Scene.make()
    let one = try await scene.office.report("绿地里全是狗粪。", item: "pet-feces")
    let card = try #require(scene.figures.book.cards.first { $0.id == "digital-2025" })
    try await scene.figures.count()
    // Nothing is due or answered yet: only the share of delays can be told, none of one, turned round.
    #expect(card.points(try await scene.counts(), of: scene.figures.book).map(\.points) == [nil, nil, nil, nil, 1000])
    try await scene.answered(one.matterNo, one.report.id, outcome: .explained)
    try await scene.figures.count()
    // The reporter says solved: 30; on time: 20; no rework, nothing overdue: 20 each; no delay: 10.
    #expect(card.points(try await scene.counts(), of: scene.figures.book).map(\.points) == [3000, 2000, 2000, 2000, 1000])
  }

  /// What comes again stands in another month than what was dealt with before; a correction of that one changes it all the same.
  @Test func whatCameAgainFollowsTheEarlierOne() async throws {
    let scene = try await Scene.make()
    let (office, dispatcher, officer) = (scene.office, try scene.office.person("dispatcher"), try scene.office.person("officer"))
    func correct(_ no: String, building: String) async throws {
      let right = Correction(compound: office.compound.raw, building: building, item: "pet-feces", outOfScope: false)
      _ = try await office.matters.correct(no, right, version: nil, by: dispatcher)
    }
    let one = try await office.report("3号楼下全是狗粪。", item: "pet-feces")
    try await correct(one.matterNo, building: "3号")
    try await scene.found(one.matterNo, one.report.id)
    try await office.matters.measure(one.matterNo, kind: .persuaded, note: "已劝导并清理。", version: nil, by: officer)
    try await office.matters.reply(one.matterNo, outcome: .solved, text: "已清理，会继续巡查。", version: nil, by: officer)
    office.clock.advance(minutes: 60 * 24 * 40)
    let again = PlainUnderstander(same: [SameAs(report: one.report.id.raw, score: 0.9, sure: false, reasons: ["同一楼"])])
    let matters = Matters(
      house: office.house, clocks: office.matters.clocks, catalogue: office.matters.catalogue, understander: again)
    var new = NewReport(channel: .code, content: "3号楼下又有狗粪。", saidAt: office.clock.now)
    new.compound = office.compound.raw
    new.item = "pet-feces"
    let two = try await matters.receive(new, by: .resident)
    try await correct(two.matterNo, building: "3号")
    try await scene.figures.count()
    #expect(try await scene.counts()[.again] == 1)
    // A round later nothing has happened to the second for a while.
    office.clock.advance(minutes: 60)
    try await scene.figures.count()
    office.clock.advance(minutes: 60)
    try await correct(one.matterNo, building: "5号")
    office.clock.advance(minutes: 60)
    try await scene.figures.count()
    #expect(try await scene.counts()[.again] == 0)
    #expect(try await scene.figures.differences().isEmpty)
  }

  /// A version with other counts finds them in no month that is kept: nothing has changed in those, and yet all are counted anew.
  @Test func otherCountsThanLastTimeAreCountedFromTheBeginning() async throws {
    let scene = try await Scene.make()
    try await scene.office.report("绿地里全是狗粪。", item: "pet-feces")
    scene.office.clock.advance(minutes: 60 * 24 * 70)
    try await scene.figures.count()
    try await scene.office.house.store.write { db in
      try db.run("UPDATE tally SET counts = '1 1'")
      try House.setMark("figures-shape", "reports complaints", db)
    }
    #expect(try await scene.counts()[.contactDue] == 0)
    #expect(try await scene.figures.count() > 0)
    #expect(try await scene.counts()[.contactDue] == 1)
    #expect(try await scene.figures.count() == 0)
  }

  /// While an older program still counts, it keeps no sums: what it has counted is added up from its own rows until this one counts again.
  @Test func sumsOfAnOlderRoundAreNotRead() async throws {
    let scene = try await Scene.make()
    for (n, compound) in (scene.compounds + scene.compounds).enumerated() {
      _ = try await scene.report("第 \(n) 次反映。", phone: "1380000\(3000 + n)", item: "pet-feces", in: compound)
    }
    try await scene.figures.count()
    try await scene.office.house.store.write { db in
      for table in ["tally_sum", "tally_place"] { _ = try db.run("DELETE FROM \(raw: table)") }
    }
    #expect(try await scene.figures.counts(scene.scope, for: scene.city)[.reports] == 0)
    #expect(try await scene.figures.differences().count == 1)
    try await scene.office.house.store.write { db in try House.setMark("figures-shape", "reports complaints", db) }
    try await scene.expectTheRowsOfEveryScope()
    try await scene.figures.count()
    #expect(try await scene.figures.differences().isEmpty)
    try await scene.expectTheRowsOfEveryScope()
    #expect(try await scene.figures.counts(scene.scope, for: scene.city)[.reports] == 6)
  }

  @Test func whatIsOverdueIsCountedWhenItsClockHasRung() async throws {
    let scene = try await Scene.make()
    try await scene.office.report("绿地里全是狗粪。", item: "pet-feces")
    scene.office.clock.advance(minutes: 60 * 24 * 40)
    while try await scene.office.matters.ringClocks() > 0 {}
    try await scene.figures.count()
    let counts = try await scene.counts()
    #expect(counts[.overdue] == 1 && counts[.dueAll] == 1 && counts[.onTime] == 0)
  }

  /// People do everything that changes a figure, in an order of their own, with rounds of counting between: never a difference.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func keptCountsAreAlwaysAFullCount(seed: UInt64) async throws {
    let scene = try await Scene.make()
    let (office, matters) = (scene.office, scene.office.matters)
    var dice = Dice(seed: seed)
    var open: [(no: String, report: Report.ID)] = []
    var closed: [(no: String, report: Report.ID)] = []
    let (leader, dispatcher, officer) = (try office.person("leader"), try office.person("dispatcher"), try office.person("officer"))
    for step in 0..<90 {
      office.clock.advance(minutes: dice.roll(4000))
      switch dice.roll(9) {
      case 0, 1, 2:
        let item = ["pet-feces", "illegal-posting", "load-bearing-damage"][dice.roll(3)]
        let place = dice.roll(5)
        let received = try await scene.report(
          "第 \(step) 次反映。", phone: dice.roll(4) == 0 ? nil : "1380000\(1000 + step)", item: item,
          in: place == 4 ? nil : scene.compounds[place < 2 ? 0 : Int(place) - 1])
        // What is another squad's goes no further here.
        guard place < 2 else { continue }
        open.append((received.matterNo, received.report.id))
      case 3, 4:
        guard let one = open.popLast() else { continue }
        if try await office.matter(one.no).state != .registered { continue }
        let reachable = try await office.house.store.read { db in try MatterStore.promise(ofReport: one.report.raw, db)?.reachable ?? false
        }
        if !reachable { continue }
        try await scene.answered(
          one.no, one.report, outcome: dice.roll(2) == 0 ? .solved : .explained,
          satisfaction: Satisfaction.allCases[dice.roll(4)], solved: dice.roll(3) != 0)
        closed.append(one)
      case 5:
        guard let one = open.last, try await office.matter(one.no).state == .registered else { continue }
        _ = try await matters.correct(
          one.no, Correction(compound: office.compound.raw, building: nil, item: "littering", outOfScope: false), version: nil,
          by: dispatcher)
      case 6:
        guard let one = open.last, try await office.matter(one.no).state == .registered else { continue }
        try await matters.dispatch(one.no, to: office.squad.id, note: "", version: nil, by: dispatcher)
        if dice.roll(2) == 0 {
          try await matters.accept(one.no, officer: nil, version: nil, by: officer)
          _ = try await matters.flagUnreasonable(one.no, reason: "要求队员每天上门清理自家门口。", version: nil, by: officer)
          _ = try await matters.reviewUnreasonable(one.no, agree: dice.roll(2) == 0, note: "已说明。", version: nil, by: leader)
        }
      case 7:
        guard open.count >= 2 else { continue }
        let (a, b) = (open[open.count - 1], open[open.count - 2])
        if try await office.matter(a.no).state != .registered { continue }
        if try await office.matter(b.no).state != .registered { continue }
        _ = try await matters.merge(a.no, into: b.no, version: nil, by: dispatcher)
        open.removeLast()
      default:
        while try await matters.ringClocks() > 0 {}
      }
      if step % 5 == 3 { try await scene.expectTheRowsThatADayByDaySearchFinds() }
      if step % 7 == 0 {
        try await scene.figures.count()
        #expect(try await scene.figures.differences().isEmpty, "after step \(step)")
      }
    }
    try await scene.figures.count()
    #expect(try await scene.figures.differences().isEmpty)
    try await scene.expectTheRowsOfEveryScope()
    // Every number opens to as many rows, by every facet.
    let manager = try office.person("manager")
    let counts = try await scene.counts()
    for count in Count.allCases {
      #expect(try await scene.figures.rows(count, nil, key: "", scene.scope, for: manager, limit: 500).count == counts[count], "\(count)")
    }
    for facet in Facet.allCases {
      let parts = try await scene.figures.parts(facet, scene.scope, for: manager)
      #expect(parts.reduce(0) { $0 + $1.counts[.complaints] } == counts[.complaints])
      for part in parts {
        let rows = try await scene.figures.rows(.complaints, facet, key: part.key, scene.scope, for: manager, limit: 500)
        #expect(rows.count == part.counts[.complaints])
      }
    }
    #expect(counts[.complaints] > 5)
  }

  @Test func rowsGoOnWhereTheyStopped() async throws {
    let scene = try await Scene.make()
    for i in 0..<7 {
      scene.office.clock.advance(minutes: 60 * 24 * 9)
      try await scene.office.report("第 \(i) 次反映。", phone: "1380000\(2000 + i)", item: "pet-feces")
    }
    let manager = try scene.office.person("manager")
    var seen: [String] = []
    var after: Int64?
    while true {
      let rows = try await scene.figures.rows(.complaints, nil, key: "", scene.scope, for: manager, after: after, limit: 3)
      seen += rows.map(\.reportNo)
      guard let last = rows.last else { break }
      after = last.report
    }
    #expect(seen.count == 7 && Set(seen).count == 7 && seen == seen.sorted(by: >))
  }

  @Test func aPeriodThatEndsBeforeItBeginsIsRefused() async throws {
    let scene = try await Scene.make()
    let month = Month(scene.office.clock.now.day)
    for scope in [FigureScope(from: month, through: month.adding(-1)), FigureScope(from: month.adding(-200), through: month)] {
      do {
        _ = try await scene.figures.counts(scope, for: try scene.office.person("manager"))
        Issue.record("counted")
      } catch let refusal as Refusal { #expect(refusal.code == "figures-period") }
    }
  }

  // MARK: Population

  @Test func populationsComeWithSourceAndDate() async throws {
    let scene = try await Scene.make()
    let table = Table(
      header: ["地区代码", "常住人口", "截至日期", "来源"],
      cells: [
        ["310118107", "123,456", "2025-12-31", "青浦区统计局"], ["310118107", "0", "2025-12-31", "青浦区统计局"],
        ["310118107", "-5", "2025-12-31", "青浦区统计局"], ["310118107", "12万", "2025-12-31", "青浦区统计局"], ["", "5", "2025-12-31", "青浦区统计局"],
        ["310118107", "5", "去年", "青浦区统计局"], ["310118107", "5", "2099-12-31", "青浦区统计局"], ["310118107", "5", "2025-12-31", ""],
        ["999", "5", "2025-12-31", "青浦区统计局"],
      ])
    let read = try scene.figures.readPopulation(table)
    #expect(read.good.map(\.people) == [123_456, 5] && read.bad.map(\.line) == [3, 4, 5, 6, 7, 8, 9])
    #expect(throws: Refusal.self) { try scene.figures.readPopulation(Table(header: ["地区", "人数"], cells: [])) }
    let manager = try scene.office.person("manager")
    #expect(try await scene.figures.keep(read.good, by: manager) == ["999"])
    let leader = try scene.office.person("leader")
    let population = try #require(try await scene.figures.population(of: scene.scope, for: leader))
    #expect(population.people == 123_456 && population.source == "青浦区统计局")
    // The district has none of its own: nothing is added up or guessed.
    #expect(try await scene.figures.population(of: scene.scope, for: manager) == nil)
    let figure = try #require(scene.figures.book["per-population"])
    #expect(figure.value(Counts(), population: nil).text == nil)
    // Said again it is replaced, a newer one is taken, one after the period is not.
    try await scene.figures.keep(
      [Population(area: "310118107", people: 130_000, asOf: try #require(Day(iso: "2025-12-31")), source: "更正")], by: manager)
    #expect(try await scene.figures.population(of: scene.scope, for: leader)?.people == 130_000)
    do {
      try await scene.figures.keep(read.good, by: leader)
      Issue.record("kept")
    } catch let refusal as Refusal { #expect(refusal.code == "people-not-permitted") }
  }
}

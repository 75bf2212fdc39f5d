import Cases
import CityLists
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
    static func make() async throws -> Scene {
      let office = try await TestOffice.make(more: FiguresMigrations.all + CityListsMigrations.all)
      return Scene(office: office, figures: Figures(house: office.house, book: try TallyTests.book()))
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
    var random = SeededRandom(seed)
    var open: [(no: String, report: Report.ID)] = []
    var closed: [(no: String, report: Report.ID)] = []
    let (leader, dispatcher, officer) = (try office.person("leader"), try office.person("dispatcher"), try office.person("officer"))
    for step in 0..<60 {
      office.clock.advance(minutes: Int(random.next() % 4000))
      switch random.next() % 9 {
      case 0, 1, 2:
        let item = ["pet-feces", "illegal-posting", "load-bearing-damage"][Int(random.next() % 3)]
        let received = try await office.report("第 \(step) 次反映。", phone: random.next() % 4 == 0 ? nil : "1380000\(1000 + step)", item: item)
        open.append((received.matterNo, received.report.id))
      case 3, 4:
        guard let one = open.popLast() else { continue }
        if try await office.matter(one.no).state != .registered { continue }
        let reachable = try await office.house.store.read { db in try MatterStore.promise(ofReport: one.report.raw, db)?.reachable ?? false
        }
        if !reachable { continue }
        try await scene.answered(
          one.no, one.report, outcome: random.next() % 2 == 0 ? .solved : .explained,
          satisfaction: Satisfaction.allCases[Int(random.next() % 4)], solved: random.next() % 3 != 0)
        closed.append(one)
      case 5:
        guard let one = open.last, try await office.matter(one.no).state == .registered else { continue }
        _ = try await matters.correct(
          one.no, Correction(compound: office.compound.raw, building: nil, item: "littering", outOfScope: false), version: nil,
          by: dispatcher)
      case 6:
        guard let one = open.last, try await office.matter(one.no).state == .registered else { continue }
        try await matters.dispatch(one.no, to: office.squad.id, note: "", version: nil, by: dispatcher)
        if random.next() % 2 == 0 {
          try await matters.accept(one.no, officer: nil, version: nil, by: officer)
          _ = try await matters.flagUnreasonable(one.no, reason: "要求队员每天上门清理自家门口。", version: nil, by: officer)
          _ = try await matters.reviewUnreasonable(one.no, agree: random.next() % 2 == 0, note: "已说明。", version: nil, by: leader)
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
      if step % 7 == 0 {
        try await scene.figures.count()
        #expect(try await scene.figures.differences().isEmpty, "after step \(step)")
      }
    }
    try await scene.figures.count()
    #expect(try await scene.figures.differences().isEmpty)
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

/// SplitMix64.
struct SeededRandom {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

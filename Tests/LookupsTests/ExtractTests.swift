import CityLists
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

@testable import Lookups

/// What is answered from extracts is what going through every report and matter says, at any moment.
@Suite struct ExtractTests {
  /// The same question, once from extracts and once without them.
  private func expectTheSame(_ lookup: Lookup, _ scene: LookupsTests.Scene, for person: Person, _ why: String) async throws {
    let store = scene.office.house.store
    let (table, list) = (try await scene.lookups.table(lookup, for: person), try await scene.lookups.list(lookup, limit: 7, for: person))
    let mark = try await store.write { db in
      let mark = try House.mark(ExtractStore.mark, db)
      try db.run("DELETE FROM mark WHERE name = \(ExtractStore.mark)")
      return mark
    }
    let slow = (try await scene.lookups.table(lookup, for: person), try await scene.lookups.list(lookup, limit: 7, for: person))
    if let mark { try await store.write { db in try House.setMark(ExtractStore.mark, mark, db) } }
    #expect(table.rows == slow.0.rows && table.columns == slow.0.columns && table.cells == slow.0.cells, "\(why): \(lookup)")
    #expect(table.total == slow.0.total && list.map(\.id) == slow.1.map(\.id), "\(why): \(lookup)")
    #expect(list.map(\.result) == slow.1.map(\.result))
  }

  /// A question of any two sides, with up to two conditions on what there is, of a period that need not be whole months.
  private func question(_ scene: LookupsTests.Scene, for person: Person, _ dice: inout Dice) async throws -> Lookup {
    let subject: LookupSubject = dice.roll(2) == 0 ? .reports : .matters
    let fields = subject.fields
    let rows = fields[dice.roll(fields.count)]
    let columns = fields[dice.roll(fields.count)]
    let today = scene.office.clock.now.day
    let period: LookupPeriod =
      dice.roll(3) == 0 ? .days(today.adding(days: -dice.roll(200)), today.adding(days: -dice.roll(3))) : .twelveMonths
    var lookup = Lookup(subject, period, rows: rows, columns: columns == rows ? nil : columns)
    if case .days(let from, let through) = period, from > through { lookup.period = .thisMonth }
    for _ in 0..<dice.roll(3) {
      let field = fields[dice.roll(fields.count)]
      let keys = try await scene.lookups.table(Lookup(subject, rows: field, columns: nil), for: person).rows.map(\.key)
      if !keys.isEmpty { lookup.only[field] = keys[dice.roll(keys.count)] }
    }
    return lookup
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func answersAreTheSameWhateverHappens(seed: UInt64) async throws {
    let scene = try await LookupsTests.Scene.make()
    let (office, matters) = (scene.office, scene.office.matters)
    let (officer, leader) = (try office.person("officer"), try office.person("leader"))
    let (dispatcher, manager) = (try office.person("dispatcher"), try office.person("manager"))
    let city = Person(
      id: Person.ID(1), login: "city", name: "某人", role: .cityManager, office: office.squad.id, officeName: "市局", district: nil)
    var dice = Dice(seed: seed)
    var open: [Received] = []
    for step in 0..<50 {
      office.clock.advance(minutes: dice.roll(6000))
      switch dice.roll(8) {
      case 0, 1, 2:
        let item = ["pet-feces", "illegal-posting", "littering"][dice.roll(3)]
        open.append(try await office.report("第 \(step) 次反映。", phone: "1380000\(1000 + step)", item: item))
      case 3:
        guard let one = open.last, try await office.matter(one.matterNo).state == .registered else { continue }
        let squad = dice.roll(3) == 0 ? office.otherSquad : office.squad
        try await matters.dispatch(one.matterNo, to: squad.id, note: "", version: nil, by: dispatcher)
        if squad.id != office.squad.id { open.removeLast() }
      case 4, 5:
        guard let one = open.popLast() else { continue }
        let no = one.matterNo
        if try await office.matter(no).state == .registered {
          try await matters.dispatch(no, to: office.squad.id, note: "", version: nil, by: dispatcher)
        }
        guard try await office.matter(no).state == .dispatched else { continue }
        try await matters.accept(no, officer: nil, version: nil, by: officer)
        // With those of a matter that was merged into it.
        let promised = try await office.house.store.read { db in
          try db.all("SELECT p.report_id FROM promise p JOIN matter m ON m.id = p.matter_id WHERE m.no = \(no)").map {
            try $0.int("report_id")
          }
        }
        for report in promised {
          try await matters.contact(no, report: Report.ID(report), outcome: .reached, note: "", version: nil, by: officer)
        }
        try await matters.visit(no, NewVisit(outcome: .seen, note: "到现场查看。"), version: nil, by: officer)
        try await matters.find(
          no, fact: .confirmed, factNote: "绿地里有多处狗粪。", claim: .reasonable, claimNote: "影响通行，有依据。", version: nil, by: officer)
        if dice.roll(3) == 0 { continue }
        try await matters.measure(no, kind: .persuaded, note: "已劝导并清理。", version: nil, by: officer)
        try await matters.reply(no, outcome: dice.roll(2) == 0 ? .solved : .explained, text: "已清理，会继续巡查。", version: nil, by: officer)
        try await matters.approve(no, note: "", version: nil, by: leader)
        if dice.roll(2) == 0 { continue }
        try await matters.revisit(
          no, report: one.report.id, satisfaction: Satisfaction.allCases[dice.roll(4)], solved: dice.roll(2) == 0, note: "还有人乱扔。",
          version: nil, by: leader)
      case 6:
        guard open.count >= 2 else { continue }
        let (a, b) = (open[open.count - 1].matterNo, open[open.count - 2].matterNo)
        guard a != b, try await office.matter(a).state == .registered, try await office.matter(b).state == .registered else { continue }
        _ = try await matters.merge(a, into: b, version: nil, by: dispatcher)
        open.removeLast()
      default:
        guard let one = open.last, try await office.matter(one.matterNo).state == .registered else { continue }
        let right = Correction(
          compound: dice.roll(2) == 0 ? office.compound.raw : nil, building: nil, item: "littering", outOfScope: false)
        _ = try await matters.correct(one.matterNo, right, version: nil, by: dispatcher)
      }
      if step % 6 == 5 {
        try await scene.lookups.keep()
        #expect(try await scene.lookups.differences().isEmpty, "after step \(step)")
      }
      // Also between two rounds.
      for person in [city, manager, leader] {
        try await expectTheSame(try await question(scene, for: person, &dice), scene, for: person, "step \(step), \(person.role)")
      }
    }
    try await scene.lookups.keep()
    #expect(try await scene.lookups.differences().isEmpty)
    #expect(try await scene.lookups.keep() == 0, "a round in which nothing has happened writes nothing")
    #expect(try await scene.lookups.table(Lookup(.reports), for: city).total > 10)
  }

  /// What the city says of a report stands in rows of its own, and beats what is written of the report itself.
  @Test func whatTheCityListsAndTakesBackIsSeenAtOnce() async throws {
    let scene = try await LookupsTests.Scene.make()
    let office = scene.office
    let manager = try scene.somebody("manager")
    let mapping = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/mappings/city-lists.json")
    let lists = CityLists(matters: office.matters, mapping: try CityListMapping(reading: try Data(contentsOf: mapping)))
    var new = NewReport(channel: .hotline, content: "绿地里全是狗粪，没有人管。", saidAt: office.clock.now)
    new.compound = office.compound.raw
    new.item = "pet-feces"
    new.sourceNo = "RX2026090001"
    let received = try await office.matters.receive(new, by: .system)
    try await office.matters.dispatch(received.matterNo, to: office.squad.id, note: "", version: nil, by: try office.person("dispatcher"))
    let lookup = Lookup(.reports, rows: .satisfaction, columns: .outcome)
    func dissatisfied() async throws -> Int {
      try await expectTheSame(lookup, scene, for: manager, "of the city's list")
      return try await scene.lookups.table(Lookup(.reports, rows: .satisfaction, columns: nil), for: manager).rows
        .filter { $0.key == "dissatisfied" }.count
    }
    func later() async throws {
      try await scene.lookups.keep()
      #expect(try await scene.lookups.differences().isEmpty)
      office.clock.advance(minutes: 60)
    }
    try await later()
    #expect(try await dissatisfied() == 0)
    _ = try await lists.take(
      Table(header: ["工单编号", "通报类型", "原因", "答复期限"], cells: [["RX2026090001", "不满意件", "答复敷衍", ""]]), kind: nil,
      month: Month(office.clock.now.day), by: try office.person("dispatcher"))
    #expect(try await dissatisfied() == 1)
    try await later()
    var entry = try #require(try await lists.entries(CityFilter(), for: manager).first)
    try await lists.appeal(
      entry.id, reason: "当日已经联系并清理，市民当面认可。", evidence: "事项页有通话记录和照片。", version: entry.version,
      by: try office.person("officer"))
    entry = try #require(try await lists.entries(CityFilter(), for: manager).first)
    try await lists.review(entry.id, approve: true, note: "", version: entry.version, by: try office.person("leader"))
    try await later()
    entry = try #require(try await lists.entries(CityFilter(), for: manager).first)
    try await lists.decide(entry.id, upheld: true, verdict: "申诉成立。", version: entry.version, by: try office.person("dispatcher"))
    #expect(try await dissatisfied() == 0)
    try await later()
  }

  @Test func extractsOfAnotherVersionAreNotReadAndMadeAnew() async throws {
    let scene = try await LookupsTests.Scene.make()
    try await scene.reports()
    let manager = try scene.somebody("manager")
    try await scene.lookups.keep()
    try await scene.office.house.store.write { db in
      try db.run("DELETE FROM lookup_extract")
      try House.setMark(ExtractStore.mark, "1 reports item", db)
    }
    #expect(try await scene.lookups.table(Lookup(.reports), for: manager).total == 3, "gone through")
    #expect(try await scene.lookups.keep() > 0)
    #expect(try await scene.lookups.differences().isEmpty)
    #expect(try await scene.lookups.table(Lookup(.reports), for: manager).total == 3)
  }

  @Test func bytesAreReadAsTheyWereWrittenAndNothingElseIs() throws {
    let things = [
      ExtractThing(id: 5, words: ["", "狗粪"]), ExtractThing(id: .max, words: ["b", ""]), ExtractThing(id: 7, words: ["狗粪", "狗粪"]),
    ]
    let extract = Extract(things)
    let bytes = extract.bytes
    #expect(try Extract(bytes, width: 2) == extract)
    #expect(extract.things(2) == things.sorted { $0.id < $1.id })
    #expect(extract.without([7], 2).ids == [5, .max])
    #expect(try Extract(Extract([]).bytes, width: 2).ids.isEmpty)
    for length in 0..<bytes.count { #expect(throws: StorageError.self) { try Extract(bytes.prefix(length), width: 2) } }
    #expect(throws: StorageError.self) { try Extract(bytes + Data([0]), width: 2) }
    #expect(throws: StorageError.self) { try Extract(Data(repeating: 0xFF, count: 12), width: 2) }
  }
}

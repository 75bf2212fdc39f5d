import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
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
  private func question(_ scene: LookupsTests.Scene, for person: Person, _ random: inout Random) async throws -> Lookup {
    let subject: LookupSubject = random.below(2) == 0 ? .reports : .matters
    let fields = subject.fields
    let rows = fields[random.below(fields.count)]
    let columns = fields[random.below(fields.count)]
    let today = scene.office.clock.now.day
    let period: LookupPeriod =
      random.below(3) == 0 ? .days(today.adding(days: -random.below(200)), today.adding(days: -random.below(3))) : .twelveMonths
    var lookup = Lookup(subject, period, rows: rows, columns: columns == rows ? nil : columns)
    if case .days(let from, let through) = period, from > through { lookup.period = .thisMonth }
    for _ in 0..<random.below(3) {
      let field = fields[random.below(fields.count)]
      let keys = try await scene.lookups.table(Lookup(subject, rows: field, columns: nil), for: person).rows.map(\.key)
      if !keys.isEmpty { lookup.only[field] = keys[random.below(keys.count)] }
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
    var random = Random(seed)
    var open: [Received] = []
    for step in 0..<50 {
      office.clock.advance(minutes: random.below(6000))
      switch random.below(8) {
      case 0, 1, 2:
        let item = ["pet-feces", "illegal-posting", "littering"][random.below(3)]
        open.append(try await office.report("第 \(step) 次反映。", phone: "1380000\(1000 + step)", item: item))
      case 3:
        guard let one = open.last, try await office.matter(one.matterNo).state == .registered else { continue }
        let squad = random.below(3) == 0 ? office.otherSquad : office.squad
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
        try await matters.contact(no, report: one.report.id, outcome: .reached, note: "", version: nil, by: officer)
        try await matters.visit(no, NewVisit(outcome: .seen, note: "到现场查看。"), version: nil, by: officer)
        try await matters.find(
          no, fact: .confirmed, factNote: "绿地里有多处狗粪。", claim: .reasonable, claimNote: "影响通行，有依据。", version: nil, by: officer)
        if random.below(3) == 0 { continue }
        try await matters.measure(no, kind: .persuaded, note: "已劝导并清理。", version: nil, by: officer)
        try await matters.reply(no, outcome: random.below(2) == 0 ? .solved : .explained, text: "已清理，会继续巡查。", version: nil, by: officer)
        try await matters.approve(no, note: "", version: nil, by: leader)
        if random.below(2) == 0 { continue }
        try await matters.revisit(
          no, report: one.report.id, satisfaction: Satisfaction.allCases[random.below(4)], solved: random.below(2) == 0, note: "还有人乱扔。",
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
          compound: random.below(2) == 0 ? office.compound.raw : nil, building: nil, item: "littering", outOfScope: false)
        _ = try await matters.correct(one.matterNo, right, version: nil, by: dispatcher)
      }
      if step % 6 == 5 {
        try await scene.lookups.keep()
        #expect(try await scene.lookups.differences().isEmpty, "after step \(step)")
      }
      // Also between two rounds.
      for person in [city, manager] {
        try await expectTheSame(try await question(scene, for: person, &random), scene, for: person, "step \(step), \(person.role)")
      }
    }
    try await scene.lookups.keep()
    #expect(try await scene.lookups.differences().isEmpty)
    #expect(try await scene.lookups.keep() == 0, "a round in which nothing has happened writes nothing")
    #expect(try await scene.lookups.table(Lookup(.reports), for: city).total > 10)
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

/// SplitMix64.
struct Random {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }
}

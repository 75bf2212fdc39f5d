import Cases
import CityLists
import Intake
import Kernel
import Lookups
import Matters
import Offices
import People
import Storage
import TestHouse
import TestOffice
import Testing

/// Every cell of a cross table is as many things as its list has, whatever is asked.
@Suite struct LookupsTests {
  struct Scene {
    let office: TestOffice
    let lookups: Lookups
    static func make() async throws -> Scene {
      let office = try await TestOffice.make(more: CityListsMigrations.all + LookupsMigrations.all)
      return Scene(office: office, lookups: Lookups(house: office.house, catalogue: office.matters.catalogue))
    }
    func somebody(_ login: String = "leader") throws -> Person { try office.person(login) }
    /// Three reports in two months, one of them sent to the squad of another part of the district.
    func reports() async throws {
      let dispatcher = try office.person("dispatcher")
      let pets = try await office.report("绿地里全是狗粪。", item: "pet-feces")
      try await office.matters.dispatch(pets.matterNo, to: office.squad.id, note: "", version: nil, by: dispatcher)
      office.clock.advance(minutes: 60 * 24 * 35)
      let again = try await office.report("楼道里贴满小广告。", phone: "13800001234", item: "illegal-posting")
      try await office.matters.dispatch(again.matterNo, to: office.squad.id, note: "", version: nil, by: dispatcher)
      let other = try await office.report("又有人乱贴。", phone: "13800005678", item: "illegal-posting")
      try await office.matters.dispatch(other.matterNo, to: office.otherSquad.id, note: "", version: nil, by: dispatcher)
    }
  }

  @Test func aTableIsWhatItsListsAre() async throws {
    let scene = try await Scene.make()
    try await scene.reports()
    let manager = try scene.somebody("manager")
    for subject in [LookupSubject.reports, .matters] {
      for rows in subject.fields {
        for columns in subject.fields where columns != rows {
          let lookup = Lookup(subject, rows: rows, columns: columns)
          let table = try await scene.lookups.table(lookup, for: manager)
          #expect(table.total == 3, "\(subject) \(rows) \(columns)")
          #expect(table.columns.indices.reduce(0) { $0 + table.sum(column: $1) } == table.total)
          for (i, row) in table.rows.enumerated() {
            for (j, column) in table.columns.enumerated() {
              var one = lookup
              one.only = [rows: row.key, columns: column.key]
              #expect(try await scene.lookups.list(one, for: manager).count == table.cells[i][j], "\(subject) \(row) \(column)")
            }
          }
        }
      }
    }
  }

  @Test func timeKeepsItsEmptyMonthsAndPlacesAreOrderedByHowMany() async throws {
    let scene = try await Scene.make()
    try await scene.reports()
    let table = try await scene.lookups.table(Lookup(.reports, rows: .item, columns: .month), for: try scene.somebody("manager"))
    #expect(table.columns.count == 12)
    #expect(table.rows.map(\.key) == ["illegal-posting", "pet-feces"])
    #expect(table.sum(row: 0) == 2 && table.sum(row: 1) == 1)
  }

  @Test func everyoneSeesTheirOwn() async throws {
    let scene = try await Scene.make()
    try await scene.reports()
    let lookup = Lookup(.reports, rows: .squad, columns: nil)
    #expect(try await scene.lookups.table(lookup, for: try scene.somebody("manager")).total == 3)
    #expect(try await scene.lookups.table(lookup, for: try scene.somebody("leader")).total == 2)
    #expect(try await scene.lookups.table(lookup, for: try scene.somebody("stranger")).total == 1)
    await refused("people-not-permitted") { _ = try await scene.lookups.table(lookup, for: try scene.somebody("system")) }
    // A condition does not open what is outside one's scope.
    let theirs = Lookup(.reports, only: [.squad: "\(scene.office.otherSquad.id)"], rows: .item, columns: nil)
    #expect(try await scene.lookups.table(theirs, for: try scene.somebody("leader")).total == 0)
    #expect(try await scene.lookups.list(theirs, for: try scene.somebody("leader")).isEmpty)
  }

  @Test func listsAreReadInPages() async throws {
    let scene = try await Scene.make()
    try await scene.reports()
    let manager = try scene.somebody("manager")
    let all = try await scene.lookups.list(Lookup(.reports), for: manager)
    var paged: [Int64] = []
    while true {
      let page = try await scene.lookups.list(Lookup(.reports), before: paged.last, limit: 1, for: manager)
      if page.isEmpty { break }
      paged += page.map(\.id)
    }
    #expect(paged == all.map(\.id) && paged.count == 3)
  }

  @Test func whatCannotBeAnsweredSaysWhy() async throws {
    let scene = try await Scene.make()
    let leader = try scene.somebody()
    let day = scene.office.clock.now.day
    let refusals: [(Lookup, String)] = [
      (Lookup(.reports, .days(day, day.adding(days: -1))), "lookups-period"),
      (Lookup(.reports, .days(day.adding(days: -5000), day)), "lookups-period"),
      (Lookup(.reports, rows: .item, columns: .item), "lookups-sides"), (Lookup(.cases, rows: .channel), "lookups-sides"),
      (Lookup(.reports, only: [.channel: "pigeon"]), "lookups-condition"), (Lookup(.reports, only: [.firm: "甲"]), "lookups-condition"),
      (Lookup(.reports, only: [.month: "2026-13-1"]), "lookups-condition"),
      (Lookup(.reports, only: [.procedure: "simple"]), "lookups-condition"),
    ]
    for (lookup, code) in refusals { await refused(code) { _ = try await scene.lookups.table(lookup, for: leader) } }
    await refused("lookups-name") { _ = try await scene.lookups.place(.compound, named: "没有这个小区", for: leader) }
    // A name outside one's scope is as unknown as one that nobody has.
    await refused("lookups-name") { _ = try await scene.lookups.place(.compound, named: "元邑小城", for: try scene.somebody("chief")) }
    #expect(try await scene.lookups.place(.compound, named: "元邑小城", for: leader) == "\(scene.office.compound)")
    // A month outside the period leaves nothing, and says so by being empty.
    #expect(try await scene.lookups.table(Lookup(.reports, .thisMonth, only: [.month: "2020-01"]), for: leader).total == 0)
  }

  @Test func whoTakesAnAnswerAlongLeavesALineWithoutWhatStandsInIt() async throws {
    let scene = try await Scene.make()
    try await scene.reports()
    let (leader, dispatcher) = (try scene.somebody(), try scene.somebody("dispatcher"))
    let lookup = Lookup(.reports, only: [.item: "illegal-posting"], rows: .compound, columns: .month)
    try await scene.lookups.noteExport(of: lookup, rows: 2, by: leader)
    let rows = try await scene.office.house.store.read { db in
      try db.all("SELECT actor_id, detail, note FROM journal WHERE action = 'lookup-exported'")
    }
    let row = try #require(rows.first)
    let (actor, detail, note) = (try row.int("actor_id"), try row.text("detail"), try row.optionalText("note"))
    #expect(rows.count == 1 && actor == leader.id.raw && note == nil)
    for part in ["\"rows\":\"2\"", "诉件", "小区×月份", "事项："] { #expect(detail.contains(part), "\(part) in \(detail)") }
    #expect(!detail.contains("乱贴") && !detail.contains("元邑小城"), "\(detail)")
    await refused("people-not-permitted") { try await scene.lookups.noteExport(of: Lookup(.cases), rows: 1, by: dispatcher) }
  }

  @Test func savedOnesAreOnesOwnOrTheOffices() async throws {
    let scene = try await Scene.make()
    let (leader, officer, chief) = (try scene.somebody(), try scene.somebody("officer"), try scene.somebody("chief"))
    try await scene.lookups.save("只给自己", address: "subject=reports", isShared: false, by: leader)
    try await scene.lookups.save("飞线按小区", address: "subject=reports&rows=compound", isShared: true, by: leader)
    try await scene.lookups.save("飞线按小区", address: "subject=matters&rows=compound", isShared: true, by: leader)
    let own = try await scene.lookups.saved(for: leader)
    #expect(own.count == 2 && own.allSatisfy(\.isOwn))
    let seen = try await scene.lookups.saved(for: officer)
    #expect(seen.map(\.name) == ["飞线按小区"] && seen.first?.address == "subject=matters&rows=compound" && seen.first?.isOwn == false)
    #expect(try await scene.lookups.saved(for: chief).isEmpty)
    let shared = try #require(seen.first)
    await refused("lookups-saved-missing") { try await scene.lookups.remove(shared.id, by: officer) }
    try await scene.lookups.remove(shared.id, by: leader)
    #expect(try await scene.lookups.saved(for: officer).isEmpty)
    await refused("lookups-saved-name") { try await scene.lookups.save(" ", address: "", isShared: false, by: leader) }
  }

  private func refused(_ code: String, _ work: () async throws -> Void, _ at: SourceLocation = #_sourceLocation) async {
    do {
      try await work()
      Issue.record("\(code) expected", sourceLocation: at)
    } catch let refusal as Refusal {
      #expect(refusal.code == code, sourceLocation: at)
    } catch { Issue.record(error, sourceLocation: at) }
  }
}

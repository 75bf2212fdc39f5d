import Compounds
import Kernel
import Offices
import People
import Storage
import TestHouse
import Testing

@Suite struct CompoundRegisterTests {
  @Test func aCompoundIsFoundByItsPublicNumberAsTyped() async throws {
    let fixture = try await CompoundsFixture.make()
    let compound = try await fixture.compound(try await fixture.add("明珠新村"))
    #expect(compound.no.count == 8)
    let typed = compound.no.lowercased().replacing("0", with: "o").replacing("1", with: "l")
    let found = try await fixture.house.store.read { db in
      [try CompoundStore.find(no: "\(typed.prefix(4))-\(typed.dropFirst(4))", db), try CompoundStore.find(no: "nonsense!", db)]
    }
    #expect(found == [compound, nil])
  }

  @Test func aChangeIsJournaledFieldByFieldWithoutPersonalData() async throws {
    let fixture = try await CompoundsFixture.make()
    let id = try await fixture.add("明珠新村")
    var edit = CompoundEdit(try await fixture.compound(id))
    edit.households = 480
    edit.managerName = "钱经理"
    edit.managerPhone = "021-5976 1234"
    try await CompoundRegister.update(id, edit, by: try fixture.person("chen"), in: fixture.house)
    try await CompoundRegister.update(id, edit, by: try fixture.person("chen"), in: fixture.house)
    let entries = try await fixture.journal(id)
    #expect(entries.map(\.action) == ["compound-added", "compound-changed"])
    #expect(entries[1].detail == #"{"households":["","480"],"manager_name":[],"manager_phone":[]}"#)
    #expect(entries[1].actor.name == "陈队（徐泾中队）")
  }

  @Test(arguments: [
    ("wang", "people-not-permitted"), ("shi", "people-not-permitted"), ("sys", "people-not-permitted"), ("sec", "people-not-permitted"),
    ("zhao", "compounds-none"), ("chen", "done"), ("qu", "done"),
  ])
  func whoMayChange(login: String, code: String) async throws {
    let fixture = try await CompoundsFixture.make()
    let id = try await fixture.add("明珠新村")
    var edit = CompoundEdit(try await fixture.compound(id))
    edit.households = 480
    #expect(try await outcome { try await CompoundRegister.update(id, edit, by: try fixture.person(login), in: fixture.house) } == code)
  }

  @Test func aSquadDoesNotGiveItsCompoundsAwayButTheDistrictMay() async throws {
    let fixture = try await CompoundsFixture.make()
    let id = try await fixture.add("明珠新村")
    var edit = CompoundEdit(try await fixture.compound(id))
    edit.squad = try fixture.squad("310118106")
    #expect(
      try await outcome { try await CompoundRegister.update(id, edit, by: try fixture.person("chen"), in: fixture.house) }
        == "compounds-squad")
    #expect(try await outcome { try await CompoundRegister.update(id, edit, by: try fixture.person("qu"), in: fixture.house) } == "done")
    edit.squad = try fixture.squad("310104003")
    #expect(
      try await outcome { try await CompoundRegister.update(id, edit, by: try fixture.person("qu"), in: fixture.house) }
        == "compounds-squad")
    #expect(try await fixture.names(as: "zhao") == ["明珠新村"])
  }

  @Test func everythingWrongWithAFormIsSaidAtOnce() async throws {
    let fixture = try await CompoundsFixture.make()
    let edit = CompoundEdit(
      name: "", squad: try fixture.squad("310118105"), address: "", position: Coordinates(latitude: 28.8, longitude: 104.9),
      households: 22_861_964,
      buildings: 0, builtYear: 1066, managerPhone: "见门卫")
    let found = try await outcome { try await CompoundRegister.add(edit, by: try fixture.person("qu"), in: fixture.house) }
    #expect(
      found
        == "compounds-name compounds-households compounds-buildings compounds-built-year compounds-position compounds-manager-phone")
  }

  @Test func whoeverComesSecondIsToldSo() async throws {
    let fixture = try await CompoundsFixture.make()
    let id = try await fixture.add("明珠新村")
    let seen = try await fixture.compound(id)
    fixture.clock.advance(minutes: 1)
    var edit = CompoundEdit(seen)
    edit.households = 480
    func update() async throws -> String {
      try await outcome {
        try await CompoundRegister.update(id, edit, seen: seen.updatedAt, by: try fixture.person("qu"), in: fixture.house)
      }
    }
    #expect(try await update() == "done")
    edit.households = 490
    #expect(try await update() == "compounds-moved")
  }

  @Test func aliasesAreLearntOnceAndFoundInLists() async throws {
    let fixture = try await CompoundsFixture.make()
    let id = try await fixture.add("明珠新村")
    let (wang, qu) = (try fixture.person("wang"), try fixture.person("qu"))
    for _ in 1...2 { try await CompoundRegister.addAlias("老明珠ABC", source: "更正", to: id, by: wang, in: fixture.house) }
    #expect(try await fixture.names(CompoundFilter(text: "老明珠ａｂｃ"), as: "chen") == ["明珠新村"])
    #expect(try await fixture.journal(id).map(\.action) == ["compound-added", "compound-alias-added"])
    try await CompoundRegister.removeAlias("老明珠ABC", from: id, by: qu, in: fixture.house)
    #expect(try await fixture.names(CompoundFilter(text: "老明珠"), as: "chen") == [])
    #expect(try await fixture.names(CompoundFilter(text: "明珠路 100弄"), as: "chen") == ["明珠新村"])
    #expect(try await fixture.names(CompoundFilter(text: "%"), as: "chen") == [])
  }

  @Test func aListShowsWhatIsWithinSightPageByPage() async throws {
    let fixture = try await CompoundsFixture.make()
    for i in 1...7 { _ = try await fixture.add("甲\(i)苑") }
    _ = try await fixture.add("乙苑", squad: "310118106")
    var seen: [String] = []
    var last: Compound.ID?
    let scope = Scope(of: try fixture.person("chen"))
    while true {
      let after = last
      let page = try await fixture.house.store.read { db in try CompoundStore.list(scope: scope, after: after, limit: 3, db) }
      seen += page.map(\.compound.name)
      guard page.count == 3 else { break }
      last = page.last?.compound.id
    }
    #expect(seen == (1...7).map { "甲\($0)苑" })
    #expect(try await fixture.names(as: "qu").count == 8)
    #expect(try await fixture.names(as: "shi").count == 8)
    #expect(try await fixture.names(as: "sys").isEmpty)
    let count = try await fixture.house.store.read { db in try CompoundStore.count(scope: scope, db) }
    #expect(count == 7)
  }

  @Test func theOfficerInChargeChangesOnADay() async throws {
    let fixture = try await CompoundsFixture.make()
    let id = try await fixture.add("明珠新村")
    let (chen, wang, zhao) = (try fixture.person("chen"), try fixture.person("wang"), try fixture.person("zhao"))
    let today = fixture.clock.now.day
    #expect(
      try await outcome { try await CompoundRegister.assign(zhao.id, to: id, from: today, by: chen, in: fixture.house) }
        == "compounds-officer")
    try await CompoundRegister.assign(wang.id, to: id, from: today, by: chen, in: fixture.house)
    try await CompoundRegister.assign(chen.id, to: id, from: today.adding(days: 7), by: chen, in: fixture.house)
    let officers = try await fixture.house.store.read { db in
      try [-1, 0, 6, 7].map { try CompoundStore.officer(of: id, on: today.adding(days: $0), db) }
    }
    #expect(officers == [nil, wang.id, wang.id, chen.id])
    let mine = try await fixture.house.store.read { db in
      try [0, 7].map { try CompoundStore.compounds(of: wang.id, on: today.adding(days: $0), db).count }
    }
    #expect(mine == [1, 0])
  }

  @Test func theReaderOfFreeTextGetsEveryName() async throws {
    let fixture = try await CompoundsFixture.make()
    let id = try await fixture.add("明珠新村")
    try await CompoundRegister.addAlias("老明珠", source: "人工", to: id, by: try fixture.person("chen"), in: fixture.house)
    let places = try await fixture.house.store.read { db in try CompoundStore.places(db) }
    #expect(
      places == [
        CompoundPlace(id: id.raw, name: "明珠新村", aliases: ["老明珠"], addresses: ["徐泾镇明珠路100弄"], district: "青浦区", street: "徐泾镇")
      ])
  }

  @Test func firmsInTwoSpellingsAreOneAndCommitteesBelongToASquad() async throws {
    let fixture = try await CompoundsFixture.make()
    let ids = [try await fixture.add("甲苑"), try await fixture.add("乙苑"), try await fixture.add("丙苑", squad: "310118106")]
    var compounds: [Compound] = []
    for id in ids { compounds.append(try await fixture.compound(id)) }
    let house = fixture.house
    let now = fixture.clock.now
    let all = compounds
    let (firms, committees) = try await house.store.write { db in
      (
        try ["永福物业(上海)有限公司", "永福物业（上海）有限公司。"].map { try FirmStore.enter(name: $0, at: now, ids: house.ids, db).id },
        try all.map { try CommitteeStore.enter(.residents, name: "第一居委会", for: $0, at: now, ids: house.ids, db).id }
      )
    }
    #expect(Set(firms).count == 1)
    #expect(committees[0] == committees[1])
    #expect(committees[0] != committees[2])
  }

  @Test func aStudioIsKeptByItsSquad() async throws {
    let fixture = try await CompoundsFixture.make()
    let squad = try fixture.squad("310118105")
    let edit = StudioEdit(name: "徐泾北社区工作室", address: "徐泾镇明珠路99号", hours: "工作日 9:00–11:30，13:30–17:00")
    #expect(
      try await outcome { try await Studios.save(edit, of: squad, by: try fixture.person("zhao"), in: fixture.house) }
        == "compounds-studio-not-yours")
    let id = try await Studios.save(edit, of: squad, by: try fixture.person("chen"), in: fixture.house)
    var closed = edit
    closed.state = .closed
    try await Studios.save(closed, id: id, of: squad, by: try fixture.person("qu"), in: fixture.house)
    let studios = try await fixture.house.store.read { db in try StudioStore.list(of: squad, db) }
    #expect(studios.map(\.state) == [.closed])
    let no = studios[0].no
    #expect(try await fixture.house.store.read { db in try StudioStore.find(no: no, db)?.id } == id)
  }
}

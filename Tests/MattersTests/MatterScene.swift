import Catalogue
import ClockBook
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse
import WorkCalendar

/// A squad with its people and one compound, and a loop to try on it.
struct MatterScene {
  let clock: TestClock
  let house: House
  let matters: Matters
  let officer: Person
  let second: Person
  let leader: Person
  let chief: Person
  let dispatcher: Person
  let manager: Person
  let stranger: Person
  let squad: Office.ID
  let otherSquad: Office.ID
  let department: Office.ID
  let compound: Int64

  static func make(understander: any Understander = StillUnderstander(), start: Moment = TestClock.start) async throws -> MatterScene {
    let clock = TestClock(start)
    let house = try await TestHouse.make(
      ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
        + MattersMigrations.all, clock: clock)
    let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data")
    let calendar = try WorkCalendar(reading: try Data(contentsOf: data.appending(path: "holidays/china.json")))
    let clocks = try ClockBook(
      calendar: calendar, table: try ClockTable(reading: try Data(contentsOf: data.appending(path: "clocks/clocks.json"))))
    let catalogue = try Catalogue(reading: try Data(contentsOf: data.appending(path: "catalogue/items.json")))
    let now = clock.now
    func office(_ code: String, _ name: String, _ kind: Office.Kind, parent: Office.ID?, district: Office.ID?) -> Office {
      Office(id: house.ids.next(at: now), code: code, name: name, short: name, kind: kind, parent: parent, district: district)
    }
    let bureau = office("310000", "上海市城管执法局", .bureau, parent: nil, district: nil)
    let plainDistrict = office("310118", "青浦区城管执法局", .district, parent: bureau.id, district: nil)
    let district = Office(
      id: plainDistrict.id, code: plainDistrict.code, name: plainDistrict.name, short: "青浦区局", kind: .district, parent: bureau.id,
      district: plainDistrict.id)
    let squad = office("310118107", "徐泾中队", .squad, parent: district.id, district: district.id)
    let other = office("310118001", "夏阳中队", .squad, parent: district.id, district: district.id)
    let fire = office("310118-xf", "青浦区消防救援支队", .department, parent: district.id, district: district.id)
    let compound: Int64 = house.ids.next(Office.self, at: now).raw
    func person(_ login: String, _ name: String, _ role: Role, _ office: Office) -> Person {
      Person(
        id: house.ids.next(at: now), login: login, name: name, role: role, office: office.id, officeName: office.short,
        district: office.district)
    }
    let people = [
      person("officer", "王建国", .officer, squad), person("second", "李敏", .officer, squad), person("leader", "陈队", .squadLeader, squad),
      person("leader2", "周队", .squadLeader, squad), person("dispatcher", "赵派", .dispatcher, district),
      person("manager", "孙局", .districtManager, district),
      person("stranger", "外人", .officer, other),
    ]
    try await house.store.write { db in
      try clocks.plantRules(at: now, db)
      for one in [bureau, district, squad, other, fire] { try OfficeStore.insert(one, at: now, db) }
      for one in people {
        try db.run(
          """
          INSERT INTO account (id, login, login_tag, name, role, office_id, password_hash, state, must_change, demonstration, password_at, created_at, updated_at)
          VALUES (\(one.id), \(one.login), \(one.login), \(one.name), \(one.role), \(one.office), 'x', 'active', 0, 0, \(now), \(now), \(now))
          """)
      }
      try db.run(
        """
        INSERT INTO compound (id, no, name, squad_id, district_id, address, state, search, created_at, updated_at)
        VALUES (\(compound), '7KQ4M9XD', '元邑小城', \(squad.id), \(district.id), '盈港东路8900弄', 'active', '元邑小城', \(now), \(now))
        """)
    }
    return MatterScene(
      clock: clock, house: house, matters: Matters(house: house, clocks: clocks, catalogue: catalogue, understander: understander),
      officer: people[0],
      second: people[1], leader: people[2], chief: people[3], dispatcher: people[4], manager: people[5], stranger: people[6],
      squad: squad.id,
      otherSquad: other.id, department: fire.id, compound: compound)
  }

  /// A resident's report by the compound's code.
  func report(_ content: String = "楼上把阳台改成卫生间，水漏到我家。", phone: String? = "13800001234", item: String? = "kitchen-bathroom-conversion")
    async throws -> Received
  {
    var new = NewReport(channel: .code, content: content, saidAt: clock.now)
    new.compound = compound
    new.item = item
    new.callerPhone = phone
    new.callerName = phone == nil ? nil : "王芳"
    return try await matters.receive(new, by: .resident)
  }

  /// Brings a fresh matter to a state by real steps.
  @discardableResult
  func matter(in state: MatterState, phone: String? = "13800001234") async throws -> (no: String, received: Received) {
    let received = try await report(phone: phone)
    let no = received.matterNo
    if state == .registered { return (no, received) }
    if state == .transferred {
      try await matters.transfer(no, to: department, reason: "消防通道堵塞，属消防职责", version: nil, by: dispatcher)
      return (no, received)
    }
    try await matters.dispatch(no, to: squad, note: "", version: nil, by: dispatcher)
    if state == .dispatched { return (no, received) }
    try await matters.accept(no, officer: nil, version: nil, by: officer)
    if state == .accepted { return (no, received) }
    if state == .hung {
      try await matters.hang(no, reason: "等待房屋检测报告", version: nil, by: leader)
      return (no, received)
    }
    if phone != nil { try await matters.contact(no, report: received.report.id, outcome: .reached, note: "", version: nil, by: officer) }
    try await matters.visit(no, NewVisit(outcome: .seen, note: "阳台已铺瓷砖并接排水管"), version: nil, by: officer)
    try await matters.find(
      no, fact: .confirmed, factNote: "现场查见阳台改为卫生间", claim: .reasonable, claimNote: "违反住宅物业管理规定", version: nil, by: officer)
    if state == .found { return (no, received) }
    try await matters.measure(no, kind: .ordered, note: "责令十日内恢复原状", version: nil, by: officer)
    try await matters.reply(no, outcome: .solved, text: "已责令恢复原状，10 月 8 日前复查。", version: nil, by: officer)
    if state == .replied { return (no, received) }
    try await matters.approve(no, note: "", version: nil, by: leader)
    if state == .approved { return (no, received) }
    try await matters.revisit(no, report: received.report.id, satisfaction: .satisfied, solved: true, note: "", version: nil, by: leader)
    return (no, received)
  }

  func matter(_ no: String) async throws -> Matter {
    try await house.store.read { db in
      guard let matter = try MatterStore.find(no: no, db) else { throw Refusal(.missing, "test", "没有") }
      return matter
    }
  }
}

/// Takes what the channel says and guesses nothing.
struct StillUnderstander: Understander {
  var same: [SameAs] = []
  func read(_ report: NewReport) -> (reading: Reading, room: String?) {
    (
      Reading(
        compound: report.compound, placeScore: report.compound == nil ? 0 : 1, placeReasons: report.compound == nil ? [] : ["扫码小区"],
        item: report.item,
        itemScore: report.item == nil ? 0 : 1, ongoing: report.item == "illegal-construction-ongoing"), nil
    )
  }
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] { same }
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {}
  func settled(_ reports: [Int64], open: Bool) {}
  func learn(words: String, place: String, from before: Reading, to after: Reading) {}
}

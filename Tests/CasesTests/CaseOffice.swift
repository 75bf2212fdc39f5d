import Cases
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
import TestOffice
import Testing
import WorkCalendar

/// A squad whose officers have certificates: cases that are in a store.
struct CaseOffice: Sendable {
  let office: TestOffice
  var cases: Cases { office.cases }
  var clock: TestClock { office.clock }
  var house: House { office.house }

  static func make() async throws -> CaseOffice {
    let office = try await TestOffice.make()
    let all = CaseOffice(office: office)
    for (login, number) in [("officer", "沪QP0001"), ("second", "沪QP0002")] {
      try await all.cases.note(
        certificate: number, until: try Day.of("2028-12-31"), of: try office.person(login).id, by: try office.person("leader"))
    }
    return all
  }

  func person(_ login: String) throws -> Person { try office.person(login) }
  func id(_ login: String) throws -> String { try person(login).id.description }

  func lead(
    _ item: String, _ procedure: CaseProcedure = .ordinary, ended: String? = nil, matter: String? = nil, construction: Bool = false
  ) async throws -> CaseRecord {
    var new = NewCase(item: item, procedure: procedure, foundOn: clock.now.day, place: matter == nil ? "元邑小城12号101室" : "")
    new.ended = try ended.map { try Day.of($0) }
    new.matterNo = matter
    new.isUnderConstruction = construction
    return try await cases.open(new, by: try person("officer"))
  }
  /// One step, as a form sends it.
  @discardableResult
  func take(
    _ event: CaseEvent, _ said: [String: String] = [:], many: [String: [String]] = [:], on no: String, by login: String = "officer",
    version: Int? = nil
  ) async throws -> CaseRecord {
    var values = said.mapValues { [$0] }
    for (name, texts) in many { values[name] = texts }
    return try await cases.step(event, CaseSaid(values), on: no, version: version, by: try person(login))
  }
  /// 收集证据: so many measurements, entered one by one as on the page.
  func collect(_ count: Int, _ proves: String, on no: String) async throws {
    let all = (1...count).map { number in
      var new = NewExhibit(.measurement, title: "测量 \(number)", proves: proves)
      new.measure = ExhibitMeasure(value: "2.35", unit: "米", instrument: "激光测距仪 LD-03")
      new.madeAt = clock.now
      return new
    }
    try await cases.add(all, to: no, by: try person("officer"))
  }
  func refusal(
    _ event: CaseEvent, _ said: [String: String] = [:], many: [String: [String]] = [:], on no: String, by login: String = "officer",
    version: Int? = nil
  ) async throws -> Refusal? {
    do {
      try await take(event, said, many: many, on: no, by: login, version: version)
      return nil
    } catch let refusal as Refusal { return refusal }
  }
  func sheet(_ no: String, _ login: String = "officer") async throws -> CaseSheet { try await cases.sheet(no, for: try person(login)) }
  func wait(until day: String, hour: Int = 10) throws { clock.set(try Day.of(day).at(hour: hour)) }

  /// Completes and issues the newest paper of a kind, made by hand where no step has begun it.
  @discardableResult
  func issue(_ kind: String, of no: String, by login: String = "officer", texts: [String: String] = [:]) async throws -> PaperRecord {
    try await Self.issue(kind, of: no, by: try person(login), in: cases, texts: texts)
  }
  @discardableResult
  static func issue(_ kind: String, of no: String, by person: Person, in cases: Cases, texts: [String: String] = [:]) async throws
    -> PaperRecord
  {
    let draft = try await cases.papers(of: no, for: person).last { $0.kind == kind && $0.state == .draft }
    let id: PaperRecord.ID
    if let draft { id = draft.id } else { id = try await cases.makePaper(kind, for: no, by: person) }
    let sheet = try await cases.paper(id, of: no, for: person)
    var filled = sheet.paper.texts
    for field in sheet.fields {
      let text = filled[field.name] ?? ""
      if text.isEmpty || text.contains("【待填") { filled[field.name] = "照实填写的\(field.label)。" }
    }
    return try await cases.issue(id, of: no, texts: filled.merging(texts) { $1 }, version: sheet.paper.version, by: person)
  }

  static let party = ["kind": "individual", "name": "张三", "id-number": "310118198001011234", "address": "元邑小城12号101室", "age": "46"]

  /// From the lead to the end of the investigation.
  func investigate(_ no: String, party: [String: String] = CaseOffice.party, corrected: Bool? = nil) async throws {
    try await take(.identifyParty, party, on: no)
    try await take(.assign, many: ["officers": [id("officer"), id("second")]], on: no, by: "leader")
    try await take(.askFiling, ["note": "巡查发现，已拍照。"], on: no)
    try await take(.approveFiling, on: no, by: "leader")
    let present = ["present": [try id("officer"), try id("second")]]
    try await take(.inspect, ["place": "元邑小城12号101室", "note": "客厅与阳台之间的墙体已拆除。"], many: present, on: no)
    try await take(.inquire, ["asked": "张三", "note": "问：何时动工？答：九月中旬。"], many: present, on: no)
    try await collect(4, "证明拆除的位置和面积。", on: no)
    try await take(.orderCorrection, ["until": "2026-10-15", "note": "恢复原状。"], on: no)
    try await issue("rectify-order", of: no)
    if let corrected { try await take(.reviewCorrection, ["corrected": corrected ? "yes" : "no", "note": "到现场复查。"], on: no) }
    try await take(.conclude, ["note": "事实清楚，证据充分。"], on: no)
  }
}

import Cases
import ClockBook
import Foundation
import Kernel
import People
import Sheets
import Storage
import TestHouse
import TestOffice
import Testing

/// What happens beside a case: handing, police, credit, register, payments, publication.
@Suite struct CaseAsideTests {
  private func refusal(_ body: () async throws -> Void) async throws -> Refusal? {
    do {
      try await body()
      return nil
    } catch let refusal as Refusal { return refusal }
  }

  @Test func aCaseIsHandedUpAndDownWithReasonsAndThenDecidedThere() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("load-bearing-damage").no
    let (leader, head) = (try office.person("leader"), try office.person("head"))
    #expect(try await refusal { try await office.cases.hand(no, to: .district, reason: "重", version: nil, by: leader) }?.field == "reason")
    #expect(
      try await refusal {
        try await office.cases.hand(no, to: .district, reason: "跨街镇的案件", version: nil, by: try office.person("officer"))
      }?.code
        == "cases-handing-whose")
    #expect(
      try await refusal { try await office.cases.hand(no, to: .street, reason: "由街镇办理", version: nil, by: head) }?.code
        == "cases-handing-there")
    let up = try await office.cases.hand(no, to: .district, reason: "跨街镇的案件", version: nil, by: leader)
    #expect(up.organName == "青浦区局" && up.squadName == "徐泾中队")
    // The street's head has nothing to say in it any more.
    try await office.investigate(no)
    #expect(up.roles(of: head) == [])
    #expect(try await office.refusal(.preserve, ["note": "工具一件"], on: no, by: "head")?.code == "step-not-yours")
    try await office.cases.hand(no, to: .street, reason: "区局核定由街镇办理", version: nil, by: leader)
    #expect(try await office.refusal(.preserve, ["note": "工具一件"], on: no, by: "head")?.code != "step-not-yours")
  }

  @Test func obstructionIsReportedAndThePolicesAnswerKept() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("illegal-construction").no
    let officer = try office.person("officer")
    #expect(
      try await refusal { try await office.cases.report(.obstruction, note: "推", unit: "徐泾派出所", on: no, by: officer) }?.field == "note")
    try await office.cases.report(.obstruction, note: "9月24日10时，当事人持械阻拦进入。", unit: "徐泾派出所", on: no, by: officer)
    let one = try #require(try await office.cases.incidents(of: no, for: officer).first)
    #expect(one.outcome == nil)
    #expect(
      try await refusal { try await office.cases.answer(incident: one.id, outcome: "已训诫", on: no, by: try office.person("stranger")) }?.code
        == "cases-missing")
    try await office.cases.answer(incident: one.id, outcome: "行政拘留三日", on: no, by: officer)
    #expect(try await office.cases.incidents(of: no, for: officer).first?.outcome == "行政拘留三日")
  }

  @Test func aFirmsPenaltyProposesPointsOnceAndTheyAreSentOnce() async throws {
    let office = try await CaseOffice.make()
    let officer = try office.person("officer")
    let other = try await office.lead("facade-damage").no
    #expect(try await refusal { try await office.cases.proposeCredit(of: other, manager: "李四", by: officer) }?.code == "cases-credit-none")
    let no = try await office.lead("pm-not-stop-report").no
    #expect(try await refusal { try await office.cases.proposeCredit(of: no, manager: "李四", by: officer) }?.code == "cases-credit-none")
    try await office.investigate(no, party: ["kind": "unit", "name": "青浦物业有限公司", "id-number": "91310118MA1JL00X1Y"], corrected: false)
    try await office.take(.propose, ["fine": "1000", "note": "未劝阻、未报告。"], on: no)
    try await office.issue("prior-notice", of: no)
    try await office.take(.giveNotice, ["served": "2026-09-24T10:00"], on: no)
    try await office.take(.waive, ["note": "书面放弃"], on: no)
    try await office.take(.endNotice, on: no)
    try await office.take(.decide, ["fine": "1000", "note": "同意"], on: no, by: "head")
    try await office.cases.proposeCredit(of: no, manager: "李四", by: officer)
    #expect(try await refusal { try await office.cases.proposeCredit(of: no, manager: "李四", by: officer) }?.code == "cases-credit-there")
    let records = try await office.cases.credit(of: no, for: officer)
    #expect(Set(records.map { "\($0.subject.rawValue) \($0.name) \($0.points)" }) == ["firm 青浦物业有限公司 6", "manager 李四 6"])
    let table = try await office.cases.exportCredit(by: try office.person("leader"))
    #expect(table.rows.count == 2 && table.rows[0].cells[0] == no)
    #expect(try await office.cases.exportCredit(by: try office.person("leader")).rows.isEmpty)
    try await office.cases.answer(credit: records[0].id, "已记 6 分，10月20日公示", by: officer)
    #expect(try await office.cases.credit(of: no, for: officer).count { $0.answer != nil } == 1)
  }

  @Test func theRegisterIsNotedAndLiftedInOrder() async throws {
    let office = try await CaseOffice.make()
    let officer = try office.person("officer")
    let no = try await office.lead("load-bearing-damage").no
    let today = office.clock.now.day
    func move(_ state: RegistryNote.State, _ certificate: String = "沪房地青字2010第000123号") async throws -> Refusal? {
      try await refusal {
        try await office.cases.moveRegistry(of: no, to: state, certificate: certificate, on: today, note: "", by: officer)
      }
    }
    #expect(try await move(.asked)?.code == "cases-registry-order")
    try await office.investigate(no)
    #expect(try await move(.noted)?.code == "cases-registry-order")
    #expect(try await move(.asked, "")?.field == "certificate")
    #expect(try await move(.asked) == nil)
    // Asking has begun the request; without it the register has nothing to note.
    let unissued = try await move(.noted)
    #expect(unissued?.code == "cases-not-issued" && unissued?.article == RegistryNote.article)
    let request = try await office.issue("registry-request", of: no)
    #expect(request.texts["house"]?.contains("沪房地青字2010第000123号") == true)
    #expect(request.texts["finding"]?.hasPrefix("《责令（限期）改正通知书》（徐泾中队责改〔2026〕1号）") == true)
    #expect(request.texts["done"]?.contains("尚未整改") == true)
    #expect(try await move(.noted) == nil)
    #expect(try await move(.lifted)?.code == "cases-registry-corrected")
    try await office.take(.reviewCorrection, ["corrected": "yes", "note": "已恢复。"], on: no)
    #expect(try await move(.lifted)?.code == "cases-not-issued")
    let lift = try await office.issue("registry-lift", of: no)
    #expect(lift.texts["done"]?.contains("已整改完成：已恢复。") == true)
    #expect(lift.texts["finding"]?.contains("2026年9月24日在不动产登记簿上记载") == true)
    #expect(try await move(.lifted) == nil)
    #expect(try await office.cases.registryNote(of: no, for: officer)?.state == .lifted)
    let small = try await office.lead("pet-feces").no
    #expect(
      try await refusal {
        try await office.cases.moveRegistry(of: small, to: .asked, certificate: "沪房地123", on: today, note: "", by: officer)
      }?.code == "cases-registry-item")
  }

  @Test func paymentsOfAListAreStepsAndAReceiptCountsOnce() async throws {
    let office = try await CaseOffice.make()
    let officer = try office.person("officer")
    let no = try await office.lead("flying-wire-charging", .simple, ended: "2026-09-24").no
    try await office.take(.assign, many: ["officers": [office.id("officer"), office.id("second")]], on: no, by: "leader")
    try await office.take(.identifyParty, CaseOffice.party, on: no)
    try await office.collect(1, "照片", on: no)
    try await office.take(.decideOnSpot, ["fine": "200", "note": "…", "told": "yes"], on: no)
    let table = Table(
      header: ["案件编号", "缴款金额", "票号"],
      cells: [[no, "150.00", "A1"], [no, "150.00", "A1"], [no, "99", "A2"], ["C20200101-000001", "1", "A3"], [no, "50", "A4"]])
    let outcome = try await office.cases.importPayments(table, by: officer)
    #expect(outcome.rows.map { $0.problem == nil } == [true, false, false, false, true])
    #expect(outcome.rows[1].problem?.contains("已登记过") == true)
    #expect(try await office.sheet(no).owed == 0)
    #expect(try await refusal { _ = try await office.cases.importPayments(Table(header: ["编号"], cells: []), by: officer) }?.field == "file")
  }

  @Test func whatIsPublishedNamesNoPersonAndCanBeTakenBack() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("flying-wire-charging", .simple, ended: "2026-09-24").no
    try await office.take(.assign, many: ["officers": [office.id("officer"), office.id("second")]], on: no, by: "leader")
    try await office.take(.identifyParty, CaseOffice.party.merging(["name": "欧阳修"]) { $1 }, on: no)
    try await office.collect(1, "照片", on: no)
    try await office.take(.decideOnSpot, ["fine": "50", "note": "…", "told": "yes"], on: no)
    #expect(try await office.cases.publishedDecisions().all.isEmpty)
    try await office.take(.publish, on: no)
    let one = try #require(try await office.cases.publishedDecisions().all.first)
    #expect(one.party == "欧阳某" && one.penalty.fine == 5000 && one.organ == "徐泾镇综合行政执法队")
    // Overturned: three working days for taking it back.
    try await office.take(.seekRemedy, ["kind": "reconsideration"], on: no)
    try await office.take(.endRemedy, ["outcome": "overturned"], on: no)
    let clock = try #require(try await office.sheet(no).clocks.first { $0.kind == "publication-withdrawal" })
    #expect(clock.isLive && clock.due.adding(milliseconds: -1).day.iso == "2026-09-30")
    try await office.take(.withdrawPublication, on: no)
    #expect(try await office.cases.publishedDecisions().all.isEmpty)
  }
}

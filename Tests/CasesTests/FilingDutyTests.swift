import Cases
import Foundation
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse
import TestOffice
import Testing

/// 诉转案 and 一案双查: what a true complaint leads to.
@Suite struct FilingDutyTests {
  /// A matter whose facts were found: true, or not.
  static func found(_ office: CaseOffice, item: String, fact: FactFinding = .confirmed, reports: Int = 1) async throws -> String {
    let matters = office.office.matters
    var no = ""
    for i in 0..<reports {
      let received = try await office.office.report("第 \(i + 1) 次反映：楼上拆墙，裂缝到我家。", phone: "1380000\(1000 + i)", item: item)
      if i == 0 { no = received.matterNo }
    }
    try await matters.dispatch(no, to: office.office.squad.id, note: "", version: nil, by: try office.person("dispatcher"))
    try await matters.accept(no, officer: nil, version: nil, by: try office.person("officer"))
    try await matters.visit(no, NewVisit(outcome: .seen, note: "到现场查看。"), version: nil, by: try office.person("officer"))
    try await matters.find(
      no, fact: fact, factNote: "墙体已拆除，裂缝长两米。", claim: .reasonable, claimNote: "要求恢复原状，有依据。", version: nil,
      by: try office.person("officer"))
    return no
  }

  @Test func aTrueSafetyComplaintIsPutToTheLeader() async throws {
    let office = try await CaseOffice.make()
    let no = try await Self.found(office, item: "load-bearing-damage")
    let duty = try #require(try await office.cases.filingDuty(ofMatter: no, for: try office.person("leader")))
    #expect(duty.state == .open && duty.grounds == [.safety])
    // Thursday 24 September: five working days over 中秋 and 国庆 end on Friday 9 October.
    #expect(duty.due?.adding(milliseconds: -1).day.iso == "2026-10-09")
    #expect(try await office.cases.filingDuties(.open, for: try office.person("stranger")).isEmpty)
    #expect(try await office.cases.filingDuties(.open, for: try office.person("manager")).count == 1)
  }

  @Test func whatIsNotTrueOrNotGraveIsNot() async throws {
    let office = try await CaseOffice.make()
    let unfounded = try await Self.found(office, item: "load-bearing-damage", fact: .unfounded)
    #expect(try await office.cases.filingDuty(ofMatter: unfounded, for: try office.person("leader")) == nil)
    let small = try await Self.found(office, item: "pet-feces")
    #expect(try await office.cases.filingDuty(ofMatter: small, for: try office.person("leader")) == nil)
  }

  @Test func openingTheCaseSettlesIt() async throws {
    let office = try await CaseOffice.make()
    let no = try await Self.found(office, item: "load-bearing-damage")
    let record = try await office.lead("load-bearing-damage", matter: no)
    let duty = try #require(try await office.cases.filingDuty(ofMatter: no, for: try office.person("leader")))
    #expect(duty.state == .filed && duty.caseNo == record.no && duty.due == nil)
  }

  @Test func whoDoesNotFileSaysWhy() async throws {
    let office = try await CaseOffice.make()
    let no = try await Self.found(office, item: "load-bearing-damage")
    let leader = try office.person("leader")
    func refusal(_ why: Cases.Declining, by login: String = "leader") async throws -> Refusal? {
      do {
        try await office.cases.decline(dutyOf: no, why, by: try office.person(login))
        return nil
      } catch let refusal as Refusal { return refusal }
    }
    #expect(try await refusal(.reason("不立"))?.field == "reason")
    #expect(try await refusal(.stock(owner: "", evidence: "2019年登记册第12号"))?.field == "owner")
    #expect(try await refusal(.stock(owner: "徐泾镇", evidence: "无"))?.field == "evidence")
    #expect(try await refusal(.reason("经核对图纸为非承重隔墙，不构成违法。"), by: "officer")?.code == "people-not-permitted")
    #expect(try await refusal(.stock(owner: "徐泾镇城建中心", evidence: "2019年登记册第12号")) == nil)
    let duty = try #require(try await office.cases.filingDuty(ofMatter: no, for: leader))
    #expect(duty.state == .stock && duty.stockOwner == "徐泾镇城建中心" && duty.due == nil)
    #expect(try await refusal(.reason("经核对图纸为非承重隔墙，不构成违法。"))?.code == "cases-duty-decided")
    let story = try await office.office.matters.file(no, for: leader).story
    #expect(story.contains { $0.what.contains("历史存量") })
  }

  @Test func theRateIsToldWithBothDenominators() async throws {
    let office = try await CaseOffice.make()
    let today = office.clock.now.day
    let leader = try office.person("leader")
    #expect(try await office.cases.filingRate(from: today, through: today, for: leader) == FilingRate(complaints: 0, verified: 0, filed: 0))
    #expect(FilingRate(complaints: 0, verified: 0, filed: 0).ofAll == nil)
    let first = try await Self.found(office, item: "load-bearing-damage")
    _ = try await Self.found(office, item: "pet-feces")
    _ = try await Self.found(office, item: "facade-damage", fact: .unfounded)
    let no = try await office.lead("load-bearing-damage", matter: first).no
    // A lead is no filed case yet.
    #expect(try await office.cases.filingRate(from: today, through: today, for: leader) == FilingRate(complaints: 3, verified: 2, filed: 0))
    try await office.take(.askFiling, ["note": "立案"], on: no)
    try await office.take(.approveFiling, on: no, by: "leader")
    let rate = try await office.cases.filingRate(from: today, through: today, for: leader)
    #expect(rate == FilingRate(complaints: 3, verified: 2, filed: 1))
    #expect(rate.ofAll == 3333 && rate.ofVerified == 5000)
    #expect(try await office.cases.filingRate(from: today, through: today, for: try office.person("stranger")).complaints == 0)
  }

  @Test func theFirmsPartIsCheckedWithEveryTrueComplaint() async throws {
    let office = try await CaseOffice.make()
    let no = try await Self.found(office, item: "load-bearing-damage")
    let officer = try office.person("officer")
    let check = try #require(try await office.cases.firmCheck(ofMatter: no, for: officer))
    #expect(check.state == .open && check.duty?.contains("24小时") == true)
    await #expect(throws: Refusal.self) {
      try await office.cases.check(firmOf: no, .failed, note: "", caseNo: nil, by: officer)
    }
    await #expect(throws: Refusal.self) {
      try await office.cases.check(firmOf: no, .failed, note: "装修巡查没有记录。", caseNo: "C20260101-000001", by: officer)
    }
    let own = try await office.lead("pm-not-stop-report-safety").no
    try await office.cases.check(firmOf: no, .failed, note: "装修巡查没有记录，也没有报告。", caseNo: own, by: officer)
    let after = try #require(try await office.cases.firmCheck(ofMatter: no, for: officer))
    #expect(after.state == .failed && after.caseNo == own && after.checkedBy == "王建国")
  }
}

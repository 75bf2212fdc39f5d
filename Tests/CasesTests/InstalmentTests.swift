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

/// 分期缴纳: a fine in parts, each with its own date and its own surcharge.
@Suite struct InstalmentTests {
  /// 3,000 yuan served on 2 March 2026, to be paid until the 17th.
  private func served() throws -> CaseWalk {
    var walk = try CaseWalk("facade-damage", at: "2026-03-02", acted: "2026-03-01")
    try walk.goTo(.served, penalty: CasePenalty(fine: 300_000))
    return walk
  }
  private static func plan(_ parts: [(Int, String)]) throws -> [Instalment] {
    try parts.map { Instalment(fen: $0.0, dueOn: try Day.of($0.1)) }
  }
  private static let three = [(100_000, "2026-03-31"), (100_000, "2026-04-30"), (100_000, "2026-05-31")]
  private func facts(_ walk: CaseWalk) -> CaseFacts {
    CaseFacts(file: walk.file, law: walk.law, act: nil, actor: CaseGround.officer, now: walk.now)
  }

  @Test(arguments: [
    ([(300_000, "2026-03-31")], "cases-plan-count"),
    ([(100_000, "2026-03-31"), (100_000, "2026-04-30")], "cases-plan-sum"),
    ([(100_000, "2026-03-31"), (200_001, "2026-04-30")], "cases-plan-sum"),
    ([(300_000, "2026-03-31"), (0, "2026-04-30")], "cases-plan-amount"),
    ([(100_000, "2026-04-30"), (200_000, "2026-03-31")], "cases-plan-order"),
    ([(100_000, "2026-03-31"), (200_000, "2026-03-31")], "cases-plan-order"),
    ([(100_000, "2026-03-01"), (200_000, "2026-04-30")], "cases-plan-past"),
    ([(100_000, "2026-03-10"), (200_000, "2026-03-17")], "cases-plan-date"),
    ((1...13).map { (0, "2026-04-\($0.padded(2))") }, "cases-plan-count"),
  ]) func aPlanThatIsNoneIsRefused(parts: [(Int, String)], code: String) throws {
    let walk = try served()
    let refusal = try #require(walk.refusal(.askInstalments(try Self.plan(parts))))
    #expect(refusal.code == code && refusal.article == "行政处罚法第六十六条第二款" && refusal.field == "parts")
  }

  @Test func beforeItsApprovalAPlanChangesNothing() throws {
    var walk = try served()
    #expect(walk.refusal(.approveInstalments, by: CaseGround.head)?.code == "cases-no-plan-asked")
    try walk.take(.askInstalments(try Self.plan(Self.three)))
    #expect(walk.refusal(.askInstalments(try Self.plan(Self.three)))?.code == "cases-plan-there")
    #expect(walk.refusal(.approveInstalments, by: CaseGround.leader)?.code == "step-not-yours")
    #expect(walk.refusal(.approveInstalments)?.code == "step-not-yours")
    #expect(walk.refusal(.pay(fen: 100_000, part: 1))?.code == "cases-no-plan")
    // Ten days late, all of it.
    try walk.wait(until: "2026-03-27")
    #expect(facts(walk).owed == 390_000 && facts(walk).instalments.isEmpty)
    try walk.take(.refuseInstalments(reason: "没有证明经济困难的材料"), by: CaseGround.head)
    #expect(walk.file.instalments == nil && facts(walk).owed == 390_000)
    // Asked again, and left lying until its first date had gone.
    try walk.take(.askInstalments(try Self.plan(Self.three)))
    try walk.wait(until: "2026-04-01")
    let late = try #require(walk.refusal(.approveInstalments, by: CaseGround.head))
    #expect(late.code == "cases-plan-past" && late.message.contains("2026年3月31日"))
  }

  @Test func onlyALatePartCostsMoreAndNeverMoreThanItself() throws {
    var walk = try served()
    try walk.take(.askInstalments(try Self.plan(Self.three)))
    let decision = try walk.take(.approveInstalments, by: CaseGround.head)
    #expect(decision.papers == ["deferred-payment"])
    #expect(decision.clocks == [.settle("fine-payment"), .start("agreed-payment", from: try Day.of("2026-03-31").start)])
    #expect(walk.refusal(.deferPayment(until: try Day.of("2026-12-31")), by: CaseGround.head)?.code == "cases-plan-there")
    #expect(walk.refusal(.pay(fen: 100_000, part: 4))?.code == "cases-no-part")
    // The old term is over, and nothing is late.
    try walk.wait(until: "2026-03-31")
    #expect(facts(walk).owed == 300_000 && facts(walk).surcharges.isEmpty)
    // Ten days at 3 % of the first part alone.
    try walk.wait(until: "2026-04-10")
    #expect(facts(walk).owed == 330_000)
    #expect(facts(walk).instalments.map { $0.surcharge?.arithmetic } == ["逾期 10 日，10 日 × 3% × 1000元 = 300元", nil, nil])
    let paid = try walk.take(.pay(fen: 100_000))
    #expect(paid.clocks == [.settle("agreed-payment"), .start("agreed-payment", from: try Day.of("2026-04-30").start)])
    #expect(facts(walk).instalments[0].paidOn == (try Day.of("2026-04-10")))
    // What is paid no longer grows; what was named goes where it was said, what is over to the earliest that is open.
    try walk.wait(until: "2026-04-20")
    #expect(facts(walk).owed == 230_000)
    try walk.take(.pay(fen: 150_000, part: 3))
    #expect(facts(walk).instalments.map(\.paid) == [100_000, 50_000, 100_000])
    try walk.wait(until: "2026-05-02")
    #expect(facts(walk).owed == 86_000)
    // Urging waits for the last part's day.
    try walk.wait(until: "2026-05-31")
    #expect(walk.refusal(.urge(served: walk.now))?.code == "cases-term-runs")
    try walk.wait(until: "2026-09-01")
    #expect(facts(walk).instalments[1].surcharge?.arithmetic.hasSuffix("，不超过该期数额，计 1000元") == true)
    #expect(facts(walk).owed == 180_000)
    let last = try walk.take(.pay(fen: 180_000))
    #expect(last.clocks == [.settle("agreed-payment")] && facts(walk).owed == 0)
    #expect(walk.refusal(.askInstalments(try Self.plan(Self.three)))?.code == "cases-fine-paid")
  }

  /// Files and steps of before there were plans are read as they were written.
  @Test func whatWasWrittenBeforeIsStillRead() throws {
    let act = try JSONDecoder().decode(CaseAct.self, from: Data(#"{"pay":{"fen":500}}"#.utf8))
    #expect(act == .pay(fen: 500))
    var walk = try served()
    try walk.take(.pay(fen: 500))
    let written = String(decoding: try JSONEncoder().encode(walk.file), as: UTF8.self)
    #expect(!written.contains("instalments") && !written.contains("coOfficers") && !written.contains("\"part\""))
    #expect(try JSONDecoder().decode(CaseFile.self, from: Data(written.utf8)) == walk.file)
  }

  /// From the application to the last payment, with papers, clocks and a bank's list.
  @Test func aFineInTwoPartsFromAFile() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("flying-wire-charging", .simple, ended: "2026-09-24").no
    try await office.take(.assign, many: ["officers": [office.id("officer"), office.id("second")]], on: no, by: "leader")
    try await office.take(.identifyParty, CaseOffice.party, on: no)
    try await office.collect(1, "照片", on: no)
    try await office.take(.decideOnSpot, ["fine": "200", "note": "…", "told": "yes"], on: no)
    let hardship = ["reason": "失业，有社区证明。"]
    func ask(_ parts: [String]) async throws -> Refusal? {
      try await office.refusal(.askInstalments, hardship, many: ["parts": parts], on: no)
    }
    #expect(try await ask(["2026-10-10:150", "2026-11-10:49.99"])?.code == "cases-plan-sum")
    #expect(try await ask(["2026-10-10:150", "十一月:50"])?.message.contains("第 2 期") == true)
    #expect(try await ask([])?.code == "cases-plan-count")
    #expect(try await ask(["2026-10-10:150", "2026-11-10:50"]) == nil)
    try await office.take(.approveInstalments, ["note": "同意。"], on: no, by: "head")
    let clock = try #require(try await office.sheet(no).clocks.first { $0.kind == "agreed-payment" && $0.isLive })
    #expect(clock.due.adding(milliseconds: -1).day.iso == "2026-10-10")
    #expect(try await office.sheet(no).clocks.contains { $0.kind == "fine-payment" && $0.isLive } == false)
    try await office.issue("onspot-decision", of: no)
    let grant = try await office.issue("deferred-payment", of: no, by: "head")
    #expect(grant.no == "徐泾中队缓缴〔2026〕1号")
    #expect(grant.texts["reason"]?.contains("失业") == true && grant.texts["approval"]?.contains("同意分期缴纳") == true)
    #expect(
      grant.texts["plan"]?.hasPrefix("第1期：150元，2026年10月10日前（含当日）缴纳；\n第2期：50元，2026年11月10日前（含当日）缴纳。\n共2期，合计200元。") == true)
    // The second comes first; the first is late by five days when it comes.
    let header = ["案件编号", "缴款金额", "票号", "期次"]
    let officer = try office.person("officer")
    try office.wait(until: "2026-10-15")
    let rows = [[no, "50", "B2", "第2期"], [no, "150.00", "B1", ""], [no, "1", "B3", "3"], [no, "150", "B1", "1"]]
    let outcome = try await office.cases.importPayments(Table(header: header, cells: rows), by: officer)
    #expect(outcome.rows.map { $0.problem == nil } == [true, true, false, false])
    #expect(outcome.rows[2].problem?.contains("没有第 3 期") == true && outcome.rows[3].problem?.contains("已登记过") == true)
    let sheet = try await office.sheet(no)
    #expect(sheet.instalments.map(\.paid) == [15_000, 5_000] && sheet.instalments.allSatisfy { $0.paidOn != nil })
    // 5 × 3 % of 150 yuan.
    #expect(sheet.owed == 2_250 && sheet.surcharges.map(\.arithmetic) == ["逾期 5 日，5 日 × 3% × 150元 = 22.50元"])
    #expect(sheet.clocks.contains { $0.kind == "agreed-payment" && $0.isLive } == false)
  }
}

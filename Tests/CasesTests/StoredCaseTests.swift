import Cases
import ClockBook
import Foundation
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse
import TestOffice
import Testing

/// Cases in a store: whole ones from the lead to the archive, on both engines.
@Suite struct StoredCaseTests {
  // MARK: Whole cases

  /// 损坏承重结构: hearing, review, collective discussion, court. Days over 中秋 and 国庆 of 2026, reckoned by hand.
  @Test func aLoadBearingWallGoesToCourt() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("load-bearing-damage").no
    try await office.investigate(no)
    let penalty = ["fine": "60000", "note": "改变结构一处，逾期未恢复。"]
    try await office.take(.propose, penalty, on: no)
    // Told on Thursday 24 September: the 25th is 中秋, 1 to 7 October 国庆, so the fifth working day is Friday 9 October.
    try await office.issue("prior-notice", of: no)
    try await office.take(.giveNotice, ["served": "2026-09-24T10:00"], on: no)
    let hearing = try #require(try await office.sheet(no).clocks.first { $0.kind == "hearing-request" })
    #expect(hearing.due.adding(milliseconds: -1).day.iso == "2026-10-09")
    try office.wait(until: "2026-10-10")
    #expect(try await office.refusal(.askHearing, ["at": "2026-10-10T09:00"], on: no)?.article?.contains("第六十四条第一项") == true)
    // What was handed in in time counts, even when it is entered a day later.
    try await office.take(.askHearing, ["at": "2026-10-09T16:00"], on: no)
    let host = try office.id("leader2")
    #expect(
      try await office.refusal(.callHearing, ["day": "2026-10-20", "host": host, "place": "徐泾中队"], on: no, by: "head")?.code
        == "cases-hearing-too-soon")
    // Called on Saturday 10 October, a working day in place of one of 国庆: seven working days from the 12th end on the 20th.
    try await office.take(.callHearing, ["day": "2026-10-21", "host": host, "place": "徐泾中队"], on: no, by: "head")
    #expect(try await office.refusal(.holdHearing, ["note": "…"], on: no, by: "head")?.code == "cases-hearing-not-yet")
    try office.wait(until: "2026-10-21")
    #expect(try await office.refusal(.holdHearing, ["note": "…"], on: no, by: "head")?.code == "cases-not-issued")
    try await office.issue("hearing-notice", of: no, by: "head")
    try await office.take(.holdHearing, ["note": "双方质证，当事人请求从轻。"], on: no, by: "head")
    #expect(try await office.refusal(.decide, penalty, on: no, by: "head")?.code == "cases-no-review")
    try await office.take(.askReview, on: no)
    #expect(try await office.refusal(.passReview, ["note": "同意"], on: no, by: "leader")?.code == "step-not-yours")
    try await office.take(.passReview, ["note": "事实清楚，适用法律正确，程序合法。"], on: no, by: "reviewer")
    #expect(try await office.refusal(.decide, penalty, on: no, by: "head")?.code == "cases-not-discussed")
    try await office.take(.discuss, ["participants": "3", "note": "一致同意。"], on: no, by: "head")
    #expect(try await office.refusal(.decide, ["fine": "60001", "note": "…"], on: no, by: "head")?.code == "cases-heavier")
    try await office.take(.decide, penalty, on: no, by: "head")
    let unissued = try #require(
      try await office.refusal(.serve, ["method": "direct", "on": "2026-10-21", "servers": "2"], on: no))
    #expect(unissued.code == "cases-not-issued" && unissued.message.contains("《行政处罚决定书》"))
    #expect(unissued.article == "行政处罚法第五十九条、第六十一条")
    try await office.issue("penalty-decision", of: no, by: "head")
    try await office.take(.serve, ["method": "direct", "on": "2026-10-21", "servers": "2"], on: no)
    let payment = try #require(try await office.sheet(no).clocks.first { $0.kind == "fine-payment" })
    #expect(payment.due.adding(milliseconds: -1).day.iso == "2026-11-05")
    #expect(try await office.refusal(.urge, ["served": "2026-10-21T10:00"], on: no)?.code == "cases-term-runs")
    // Sixty days of reconsideration end on 20 December, a Sunday, so on the 21st; six months of suit on 21 April 2027.
    try office.wait(until: "2026-11-16")
    // Eleven days late: 11 × 3 % of 60,000.
    #expect(try await office.sheet(no).owed == 6_000_000 + 1_980_000)
    try await office.issue("urge-notice", of: no)
    try await office.take(.urge, ["served": "2026-11-16T10:00"], on: no)
    #expect(try await office.refusal(.applyToCourt, ["risk": "yes", "plan": "yes"], on: no, by: "head")?.code == "cases-urging-runs")
    try office.wait(until: "2027-04-21")
    #expect(try await office.refusal(.applyToCourt, ["risk": "yes", "plan": "yes"], on: no, by: "head")?.code == "cases-remedies-run")
    try office.wait(until: "2027-04-22")
    #expect(try await office.refusal(.applyToCourt, on: no, by: "head")?.code == "cases-no-risk-assessment")
    try await office.take(.applyToCourt, ["risk": "yes", "plan": "yes"], on: no, by: "head")
    try await office.take(.courtRules, ["granted": "yes"], on: no)
    try await office.take(.courtExecutes, on: no)
    try await office.take(.publish, on: no)
    try await office.take(.close, on: no, by: "leader")
    let record = try await office.take(.archive, on: no)
    #expect(record.state == .archived && !record.state.isOpen)
    // The story that is kept makes the case once more, step by step.
    let sheet = try await office.sheet(no)
    #expect(sheet.steps.map(\.sequence) == Array(1...sheet.steps.count))
    #expect(sheet.clocks.allSatisfy { !$0.isLive })
    #expect(try await office.house.store.read { db in try Journal.verify(db) }.faults == [])
  }

  /// 厨卫改造: fast-track on the party's written request.
  @Test func aConvertedKitchenIsFastTracked() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("kitchen-bathroom-conversion").no
    try await office.investigate(no, corrected: true)
    #expect(try await office.refusal(.takeFastTrack, ["written": "yes", "clear": "yes"], on: no)?.code == "cases-fast-track")
    try await office.take(
      .takeFastTrack, ["written": "yes", "clear": "yes", "admits": "yes", "agrees": "yes", "correcting": "yes"], on: no)
    try await office.take(.propose, ["fine": "500", "note": "主动改正，从轻。"], on: no)
    try await office.issue("prior-notice", of: no)
    try await office.take(.giveNotice, ["served": "2026-09-24T10:00"], on: no)
    #expect(try await office.refusal(.endNotice, on: no)?.code == "cases-statement-time-runs")
    try await office.take(.waive, ["note": "当场书面放弃。"], on: no)
    try await office.take(.endNotice, on: no)
    // The squad's leader decides here.
    try await office.take(.decide, ["fine": "500", "note": "同意。"], on: no, by: "leader")
    try await office.issue("penalty-decision", of: no, by: "leader")
    try await office.take(.serve, ["method": "direct", "on": "2026-09-24", "servers": "2"], on: no)
    #expect(try await office.refusal(.close, on: no, by: "leader")?.code == "cases-owed")
    #expect(try await office.refusal(.pay, ["amount": "500.01", "receipt": "0001"], on: no)?.code == "cases-payment-amount")
    try await office.take(.pay, ["amount": "500", "receipt": "0001"], on: no)
    try await office.take(.close, on: no, by: "leader")
    #expect(try await office.take(.archive, on: no).state == .archived)
  }

  /// 飞线充电: on the spot.
  @Test func aFlyingWireIsFinedOnTheSpot() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("flying-wire-charging", .simple, ended: "2026-09-24").no
    try await office.take(.assign, many: ["officers": [office.id("officer"), office.id("second")]], on: no, by: "leader")
    try await office.take(.identifyParty, CaseOffice.party, on: no)
    try await office.collect(1, "照片一张。", on: no)
    try await office.take(.orderCorrection, ["note": "立即拆除飞线。"], on: no)
    try await office.issue("rectify-order", of: no)
    let said = ["fine": "50", "note": "违法事实确凿。"]
    #expect(try await office.refusal(.decideOnSpot, said, on: no)?.code == "cases-not-told")
    #expect(try await office.refusal(.decideOnSpot, ["fine": "201", "note": "…", "told": "yes"], on: no)?.code == "cases-not-on-spot")
    try await office.take(.decideOnSpot, said.merging(["told": "yes"]) { $1 }, on: no)
    try await office.take(.reviewCorrection, ["corrected": "yes", "note": "已拆除。"], on: no)
    try await office.take(.pay, ["amount": "50", "receipt": "0002"], on: no)
    #expect(try await office.refusal(.close, on: no, by: "leader")?.code == "cases-on-spot-not-filed")
    #expect(try await office.refusal(.fileOnSpot, on: no)?.code == "cases-not-issued")
    try await office.issue("onspot-decision", of: no)
    try await office.take(.fileOnSpot, on: no)
    #expect(try await office.take(.close, on: no, by: "leader").state == .closed)
  }

  /// 初次乱扔垃圾: not punished, and the next time it is the second.
  @Test func aFirstLitteringIsNotPunishedAndTheSecondIsNoFirst() async throws {
    let office = try await CaseOffice.make()
    let first = try await office.lead("littering", .noPenalty, ended: "2026-09-24").no
    try await office.investigate(first, corrected: true)
    try await office.take(.decideNoPenalty, ["ground": "first", "note": "初次违法，当场清理。"], on: first, by: "leader")
    try await office.issue("no-penalty-decision", of: first, by: "leader")
    try await office.take(.serve, ["method": "direct", "on": "2026-09-24", "servers": "2"], on: first)
    try await office.take(.close, on: first, by: "leader")
    let second = try await office.lead("littering", .noPenalty, ended: "2026-09-24").no
    try await office.investigate(second, corrected: true)
    #expect(try await office.sheet(second).record.file.party?.earlierViolations == 1)
    let refusal = try #require(
      try await office.refusal(.decideNoPenalty, ["ground": "first", "note": "…"], on: second, by: "leader"))
    #expect(refusal.code == "cases-ground-first" && refusal.article == "行政处罚法第三十三条第一款")
    // Another item is another kind of violation.
    let third = try await office.lead("flying-wire-charging").no
    try await office.take(.identifyParty, CaseOffice.party, on: third)
    #expect(try await office.sheet(third).record.file.party?.earlierViolations == 0)
  }

  /// 在建违建: stopped and removed at once.
  @Test func aShedUnderConstructionIsStoppedAndRemoved() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("illegal-construction-ongoing", .illegalBuilding, construction: true).no
    try await office.take(.assign, many: ["officers": [office.id("officer"), office.id("second")]], on: no, by: "leader")
    #expect(try await office.refusal(.removeAtOnce, on: no, by: "head")?.code == "cases-stop-not-ordered")
    try await office.take(.orderStop, ["note": "南侧通道，砖混，约 12 平方米"], on: no)
    // What was ordered on the spot is put in writing and handed over, and its receipt names it.
    let service = ["paper": "stop-order", "method": "direct", "on": office.clock.now.day.iso, "servers": "2"]
    let early = try await office.refusal(.servePaper, service, on: no)
    #expect(early?.code == "cases-not-issued" && early?.article == "行政处罚法第六十一条")
    try await office.issue("stop-order", of: no)
    #expect(try await office.refusal(.servePaper, service.merging(["servers": "1"]) { $1 }, on: no)?.code == "cases-one-server")
    #expect(try await office.refusal(.servePaper, service.merging(["method": "left"]) { $1 }, on: no)?.code == "cases-left-without-witness")
    let tomorrow = office.clock.now.day.adding(days: 1).iso
    #expect(try await office.refusal(.servePaper, service.merging(["on": tomorrow]) { $1 }, on: no)?.code == "cases-future-service")
    #expect(
      try await office.refusal(.servePaper, service.merging(["paper": "penalty-decision"]) { $1 }, on: no)?.code == "cases-not-served-so")
    try await office.take(.servePaper, service, on: no)
    let receipt = try #require(
      try await office.cases.papers(of: no, for: try office.person("officer")).first { $0.kind == "service-receipt" })
    #expect(receipt.texts["paper"]?.contains("责令停止建设决定书") == true && receipt.texts["method"] == "直接送达")
    try await office.take(.removeAtOnce, on: no, by: "head")
    #expect(try await office.cases.papers(of: no, for: try office.person("officer")).contains { $0.kind == "removal-record" })
    #expect(try await office.take(.close, on: no, by: "leader").state == .closed)
  }

  // MARK: What a store must keep

  @Test func aCaseFromAMatterTakesItsPlaceAlongAndIsTold() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.office.report().matterNo
    try await office.office.matters.dispatch(no, to: office.office.squad.id, note: "", version: nil, by: try office.person("dispatcher"))
    let record = try await office.lead("kitchen-bathroom-conversion", matter: no)
    #expect(record.compoundName == "元邑小城" && record.matterNo == no && record.title.hasSuffix("元邑小城"))
    let story = try await office.office.matters.file(no, for: try office.person("officer")).story
    #expect(story.last?.what.contains(record.no) == true)
    await #expect(throws: Refusal.self) { try await office.lead("kitchen-bathroom-conversion", matter: no) }
    #expect(try await office.cases.list(ofMatter: no, for: try office.person("officer")).map(\.no) == [record.no])
  }

  @Test func nobodyElseSeesOrTouchesIt() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("facade-damage").no
    for login in ["stranger", "dispatcher", "audit"] {
      #expect(try await office.refusal(.askFiling, ["note": "…"], on: no, by: login)?.code == "cases-missing", "\(login)")
    }
    #expect(try await office.cases.list(CaseFilter(), for: try office.person("stranger")).cases.isEmpty)
    #expect(try await office.cases.list(CaseFilter(), for: try office.person("manager")).cases.map(\.no) == [no])
    // Who only looks is given no step.
    #expect(try await office.sheet(no, "manager").choices.isEmpty)
    #expect(try await office.refusal(.refuseFiling, ["reason": "看看"], on: no, by: "manager")?.code == "step-not-yours")
  }

  @Test func withoutAValidCertificateNobodyIsGivenACase() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("facade-damage").no
    let both = ["officers": [try office.id("officer"), try office.id("leader2")]]
    #expect(try await office.refusal(.assign, many: both, on: no, by: "leader")?.code == "cases-too-few-officers")
    try await office.cases.note(
      certificate: "沪QP0003", until: try Day.of("2026-09-23"), of: try office.person("leader2").id, by: try office.person("leader"))
    // It ran out yesterday.
    #expect(try await office.refusal(.assign, many: both, on: no, by: "leader")?.article == "行政处罚法第四十二条第一款")
    try await office.cases.note(
      certificate: "沪QP0003", until: try Day.of("2026-09-24"), of: try office.person("leader2").id, by: try office.person("leader"))
    try await office.take(.assign, many: both, on: no, by: "leader")
    #expect(try await office.sheet(no).officers.map(\.certificate) == ["沪QP0001", "沪QP0003"])
    await #expect(throws: Refusal.self) {
      try await office.cases.note(
        certificate: "X0001", until: try Day.of("2028-01-01"), of: try office.person("stranger").id, by: try office.person("leader"))
    }
  }

  @Test func ofTwoAtOnceOneIsToldWhoWasFaster() async throws {
    let office = try await CaseOffice.make()
    let record = try await office.lead("facade-damage")
    let outcomes = await withTaskGroup(of: String.self) { group in
      for i in 0..<8 {
        group.addTask {
          do {
            try await office.take(.askFiling, ["note": "第 \(i) 份"], on: record.no, version: record.version)
            return "done"
          } catch let refusal as Refusal { return refusal.code } catch { return "\(error)" }
        }
      }
      return await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == "done" }.count == 1)
    #expect(outcomes.filter { $0 == "cases-changed" }.count == 7)
    #expect(try await office.sheet(record.no).steps.count == 1)
  }

  @Test func filingNumbersHaveNoGapAndNoDouble() async throws {
    let office = try await CaseOffice.make()
    var numbers: [String] = []
    for _ in 0..<6 { numbers.append(try await office.lead("facade-damage").no) }
    let all = numbers
    for no in all { try await office.take(.askFiling, ["note": "立案"], on: no) }
    let filed = try await withThrowingTaskGroup(of: String?.self) { group in
      for no in all { group.addTask { try await office.take(.approveFiling, on: no, by: "leader").filingNo } }
      return try await group.reduce(into: [String]()) { $0 += $1.map { [$0] } ?? [] }
    }
    #expect(filed.sorted() == (1...6).map { "徐泾中队立〔2026〕\($0)号" })
  }

  @Test func thePartysNumberIsSealedAndNeverInAStepOrTheJournal() async throws {
    let office = try await CaseOffice.make()
    let record = try await office.lead("facade-damage")
    try await office.take(.identifyParty, CaseOffice.party.merging(["phone": "13900001111"]) { $1 }, on: record.no)
    #expect(try await office.sheet(record.no).party?.idHint == "310118**********34")
    let text = try await office.house.store.read { db in
      var all: [String] = []
      for table in ["case_file", "case_party", "case_step", "journal"] {
        for row in try db.all("SELECT * FROM \(raw: table)") { all.append("\(row.cells)") }
      }
      return all.joined()
    }
    #expect(!text.contains("310118198001011234") && !text.contains("13900001111"))
  }

  @Test func whatIsMissingIsToldBesideItsField() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("facade-damage").no
    #expect(try await office.refusal(.askFiling, on: no)?.field == "note")
    try await office.take(.askFiling, ["note": "立案"], on: no)
    let refusal = try #require(try await office.refusal(.returnFiling, on: no, by: "leader"))
    #expect(refusal.code == "cases-missing-reason" && refusal.field == "reason")
    #expect(try await office.refusal(.identifyParty, ["kind": "individual", "name": "张三", "age": "四十"], on: no)?.field == "age")
    #expect(
      try await office.refusal(.returnFiling, ["reason": String(repeating: "长", count: CaseSaid.longest + 1)], on: no, by: "leader")?.field
        == "reason")
  }

  @Test func aClockThatRunsOutRingsOnceForThoseWhoHandleIt() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("facade-damage").no
    try await office.take(.assign, many: ["officers": [office.id("officer"), office.id("second")]], on: no, by: "leader")
    try office.wait(until: "2026-10-20")
    #expect(try await office.cases.ringClocks() == 1)
    #expect(try await office.cases.ringClocks() == 0)
    let told = try await office.office.matters.notices(of: try office.person("second"))
    #expect(told.count == 1 && told.first?.caseNo == no && told.first?.text.contains("线索核查") == true)
    // The matters' bell leaves it alone, and this one theirs.
    #expect(try await office.office.matters.ringClocks() == 0)
  }

  @Test func listsShowWhatWaitsForEachPost() async throws {
    let office = try await CaseOffice.make()
    let no = try await office.lead("load-bearing-damage").no
    func waits(_ login: String) async throws -> [String] {
      var filter = CaseFilter()
      filter.group = .todo
      return try await office.cases.list(filter, for: try office.person(login)).cases.map(\.no)
    }
    // Nobody handles it yet: the leader's.
    #expect(try await waits("leader") == [no])
    #expect(try await waits("officer") == [])
    try await office.investigate(no)
    #expect(try await waits("officer") == [no])
    #expect(try await waits("head") == [])
    try await office.take(.propose, ["fine": "60000", "note": "…"], on: no)
    try await office.issue("prior-notice", of: no)
    try await office.take(.giveNotice, ["served": "2026-09-24T10:00"], on: no)
    try await office.take(.waive, ["note": "放弃"], on: no)
    try await office.take(.endNotice, on: no)
    #expect(try await waits("head") == [no])
    #expect(try await waits("reviewer") == [no])
    #expect(try await office.cases.counts([.todo, .open], for: try office.person("head")) == [.todo: 1, .open: 1])
  }
}

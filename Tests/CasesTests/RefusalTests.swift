import Cases
import Kernel
import Testing

/// What the law refuses, each with its code and article, and nothing half-done.
@Suite struct RefusalTests {
  let facade = CasePenalty(fine: 300_000)

  @Test func filingAfterLimitation() throws {
    var walk = try CaseWalk("facade-damage", at: "2026-09-15", acted: "2024-09-14")
    let refusal = try #require(walk.refusal(.askFiling))
    #expect(refusal.code == "cases-limitation" && refusal.article == "行政处罚法第三十六条")
    #expect(refusal.message.contains("2026年9月14日"))
    // One day later it is in time; five years where life was endangered; never over while it lasts.
    walk = try CaseWalk("facade-damage", at: "2026-09-15", acted: "2024-09-15")
    #expect(walk.refusal(.askFiling) == nil)
    walk.file.act = CaseAction(ended: try Day.of("2021-09-15"), endangersLife: true)
    #expect(walk.refusal(.askFiling) == nil)
    walk.file.act = CaseAction(ended: try Day.of("2021-09-14"), endangersLife: true)
    #expect(walk.refusal(.askFiling)?.code == "cases-limitation")
    walk.file.act = CaseAction(ended: nil)
    #expect(walk.refusal(.askFiling) == nil)
  }

  @Test func nobodyApprovesWhatHeAskedFor() throws {
    var walk = try CaseWalk("facade-damage")
    try walk.take(.askFiling)
    #expect(walk.refusal(.approveFiling, by: CaseActor(1, .leader))?.code == "cases-own-request")
    #expect(walk.refusal(.approveFiling, by: CaseGround.leader) == nil)
  }

  @Test func whatMustBecomeACaseIsNotDroppedWithoutAReason() throws {
    var walk = try CaseWalk("load-bearing-damage")
    try walk.take(.askFiling)
    #expect(walk.refusal(.refuseFiling(reason: "不立"), by: CaseGround.leader)?.code == "cases-must-file-reason")
    #expect(walk.refusal(.refuseFiling(reason: ""), by: CaseGround.leader)?.code == "cases-no-reason")
    try walk.take(.refuseFiling(reason: "现场核查为非承重隔墙，设计图纸已核对。"), by: CaseGround.leader)
    #expect(walk.file.state == .notFiled)
  }

  @Test(arguments: [
    ([CaseOfficer(1, certificate: "沪A001")], "cases-too-few-officers"),
    ([CaseOfficer(1, certificate: "沪A001"), CaseOfficer(1, certificate: "沪A001")], "cases-too-few-officers"),
    ([CaseOfficer(1, certificate: "沪A001"), CaseOfficer(2, certificate: "")], "cases-too-few-officers"),
    ([CaseOfficer(1, certificate: "沪A001"), CaseOfficer(9, certificate: "沪A009")], "cases-recused"),
  ]) func officersAreTwoWithCertificates(officers: [CaseOfficer], code: String) throws {
    var walk = try CaseWalk("facade-damage")
    try walk.take(.recuse(account: 9, reason: "当事人的近亲属"), by: CaseGround.leader)
    #expect(walk.refusal(.assign(officers), by: CaseGround.leader)?.code == code)
  }

  @Test func oneOfficerAloneInspectsNothing() throws {
    var walk = try CaseWalk("facade-damage")
    try walk.take(.assign(CaseGround.two), by: CaseGround.leader)
    let alone = try #require(walk.refusal(.inspect(present: [1])))
    #expect(alone.code == "cases-one-officer" && alone.article?.contains("第四十二条") == true)
    #expect(walk.refusal(.inspect(present: [1, 7]))?.code == "cases-one-officer")
    #expect(walk.refusal(.inspect(present: [1, 2]), by: CaseActor(7, .officer))?.code == "cases-not-handling")
    try walk.take(.inspect(present: [1, 2]))
  }

  @Test func anInvestigationEndsWholeOrNotAtAll() throws {
    var walk = try CaseWalk("facade-damage")
    try walk.take(.assign(CaseGround.two), by: CaseGround.leader)
    try walk.take(.askFiling)
    try walk.take(.approveFiling, by: CaseGround.leader)
    #expect(walk.refusal(.conclude)?.code == "cases-no-party")
    try walk.take(.identifyParty(CaseParty(.individual)))
    #expect(walk.refusal(.conclude)?.code == "cases-not-investigated")
    try walk.take(.inspect(present: [1, 2]))
    #expect(walk.refusal(.conclude)?.code == "cases-no-evidence")
    try walk.take(.collect(exhibits: 1))
    try walk.take(.preserve, by: CaseGround.head)
    #expect(walk.refusal(.conclude)?.article == "行政处罚法第五十六条")
    try walk.take(.settlePreserved, by: CaseGround.leader)
    try walk.take(.appraise)
    #expect(walk.refusal(.conclude)?.code == "cases-appraising")
    try walk.take(.appraised)
    try walk.take(.conclude)
  }

  @Test func wherePunishmentNeedsRefusalThereIsNoneBefore() throws {
    var walk = try CaseWalk("waste-sorting-individual")
    try walk.goTo(.investigating, penalty: CasePenalty(fine: 10_000))
    try walk.take(.conclude)
    #expect(walk.refusal(.propose(CasePenalty(fine: 10_000)))?.code == "cases-not-refused")
    try walk.take(.reviewCorrection(corrected: false))
    try walk.take(.propose(CasePenalty(fine: 10_000)))
  }

  @Test(arguments: [(99_999, "cases-fine-too-low"), (10_000_001, "cases-fine-too-high"), (0, "cases-empty-penalty")])
  func finesStayInTheirRange(fine: Int, code: String) throws {
    var walk = try CaseWalk("facade-damage")
    try walk.goTo(.investigating, penalty: facade)
    try walk.take(.conclude)
    let refusal = try #require(walk.refusal(.propose(CasePenalty(fine: fine))))
    #expect(refusal.code == code)
    #expect(walk.file.proposal == nil)
    // 减轻 with its ground.
    try walk.take(.propose(CasePenalty(fine: 50_000, reduction: "行政处罚法第三十二条第一项：主动消除危害后果")))
  }

  @Test func withoutNoticeNoDecisionAndNeverHeavier() throws {
    var walk = try CaseWalk("facade-damage")
    try walk.goTo(.deciding, penalty: facade)
    let heavier = try #require(walk.refusal(.decide(CasePenalty(fine: 300_001)), by: CaseGround.head))
    #expect(heavier.code == "cases-heavier" && heavier.article == "行政处罚法第四十五条第二款")
    try walk.take(.decide(CasePenalty(fine: 200_000)), by: CaseGround.head)
    #expect(walk.file.decision?.penalty?.fine == 200_000)
  }

  @Test func theTimeForDefenceIsWaitedFor() throws {
    var walk = try CaseWalk("facade-damage")
    try walk.goTo(.notified, penalty: facade)
    #expect(walk.refusal(.endNotice)?.code == "cases-statement-time-runs")
    try walk.take(.hearStatement(isAnswered: false))
    #expect(walk.refusal(.endNotice)?.code == "cases-statement-unanswered")
    try walk.take(.hearStatement(isAnswered: true))
    try walk.take(.endNotice)
  }

  @Test func aHearingAskedOneDayLateIsRefused() throws {
    // Told on Thursday 2026-09-24; 25 to 27 September are Mid-Autumn, 1 to 7 October the National Day; Sunday 20 September was worked before.
    var walk = try CaseWalk("illegal-construction", at: "2026-09-22")
    let heavy = CasePenalty(fine: 6_000_000)
    try walk.goTo(.concluded, penalty: heavy)
    try walk.wait(until: "2026-09-24")
    try walk.take(.giveNotice(served: walk.now))
    #expect(walk.file.notice?.offersHearing == true)
    // 9月28、29、30日, 10月8、9日
    try walk.wait(until: "2026-10-09", hour: 23)
    #expect(walk.refusal(.endNotice)?.code == "cases-hearing-time-runs")
    #expect(walk.refusal(.askHearing(at: walk.now)) == nil)
    try walk.wait(until: "2026-10-10", hour: 0)
    let late = try #require(walk.refusal(.askHearing(at: walk.now)))
    #expect(late.code == "cases-hearing-too-late" && late.article == "行政处罚法第六十四条第一项、第八十五条")
    #expect(late.message.contains("10月9日"))
    try walk.take(.endNotice)
  }

  @Test func aHearingIsCalledSevenWorkingDaysAhead() throws {
    var walk = try CaseWalk("illegal-construction", at: "2026-11-02")
    try walk.goTo(.notified, penalty: CasePenalty(fine: 6_000_000))
    try walk.take(.askHearing(at: walk.now))
    // Seven working days after Monday the 2nd end on Wednesday the 11th.
    #expect(walk.refusal(.callHearing(day: try Day.of("2026-11-11"), host: 8), by: CaseGround.leader)?.code == "cases-hearing-too-soon")
    #expect(walk.refusal(.callHearing(day: try Day.of("2026-11-12"), host: 2), by: CaseGround.leader)?.code == "cases-host-handles")
    try walk.take(.callHearing(day: try Day.of("2026-11-12"), host: 8), by: CaseGround.leader)
    #expect(walk.refusal(.holdHearing, by: CaseGround.leader)?.code == "cases-hearing-not-yet")
    try walk.wait(until: "2026-11-12")
    try walk.take(.holdHearing, by: CaseGround.leader)
    // A review from before the hearing is not the one the law asks for.
    let decide = CaseAct.decide(CasePenalty(fine: 6_000_000))
    #expect(walk.refusal(decide, by: CaseGround.head)?.article == "行政处罚法第五十八条第一款")
    try walk.take(.askReview)
    #expect(walk.refusal(.passReview, by: CaseActor(1, .reviewer))?.code == "cases-own-review")
    try walk.take(.passReview, by: CaseGround.reviewer)
    #expect(walk.refusal(decide, by: CaseGround.head)?.code == "cases-not-discussed")
    try walk.take(.discuss(participants: 3), by: CaseGround.head)
    try walk.take(decide, by: CaseGround.head)
  }

  @Test func onTheSpotOnlySmallThings() throws {
    var walk = try CaseWalk("facade-damage", .simple)
    try walk.take(.identifyParty(CaseParty(.individual)))
    try walk.take(.assign(CaseGround.two), by: CaseGround.leader)
    try walk.take(.collect(exhibits: 1))
    #expect(walk.refusal(.decideOnSpot(CasePenalty(fine: 100_000), isTold: true))?.article == "行政处罚法第五十一条")
    walk = try CaseWalk("littering", .simple)
    try walk.take(.identifyParty(CaseParty(.individual)))
    try walk.take(.assign(CaseGround.two), by: CaseGround.leader)
    #expect(walk.refusal(.decideOnSpot(CasePenalty(fine: 10_000), isTold: true))?.code == "cases-no-evidence")
    try walk.take(.collect(exhibits: 1))
    #expect(walk.refusal(.decideOnSpot(CasePenalty(fine: 10_000), isTold: false))?.code == "cases-not-told")
    let decision = try walk.take(.decideOnSpot(CasePenalty(fine: 10_000), isTold: true))
    #expect(decision.papers == ["onspot-decision"])
    try walk.take(.pay(fen: 10_000))
    #expect(walk.refusal(.close, by: CaseGround.leader)?.code == "cases-on-spot-not-filed")
    try walk.take(.fileOnSpot)
    try walk.take(.close, by: CaseGround.leader)
  }

  @Test func fastTrackNeedsAllFive() throws {
    var walk = try CaseWalk("kitchen-bathroom-conversion")
    try walk.goTo(.investigating, penalty: CasePenalty(fine: 80_000))
    let missing = FastTrackRequest(
      isWritten: false, factsAreClear: true, admitsFault: true, agreesWithLaw: false, correctionIsUnderWay: true)
    let refusal = try #require(walk.refusal(.takeFastTrack(missing)))
    #expect(refusal.message.contains("书面申请、对适用法律无异议"))
    try walk.take(
      .takeFastTrack(
        FastTrackRequest(isWritten: true, factsAreClear: true, admitsFault: true, agreesWithLaw: true, correctionIsUnderWay: true)))
    #expect(walk.file.procedure == .fastTrack)
  }

  @Test func firstViolationsAreLookedUp() throws {
    var walk = try CaseWalk("littering")
    try walk.goTo(.investigating, party: CaseParty(.individual), penalty: CasePenalty(fine: 10_000))
    try walk.take(.conclude)
    try walk.take(.takeNoPenalty)
    #expect(walk.refusal(.decideNoPenalty(.first), by: CaseGround.leader)?.message.contains("先查询") == true)
    #expect(walk.refusal(.decideNoPenalty(.underAge), by: CaseGround.leader)?.article == "行政处罚法第三十条")
    try walk.take(.resumeInvestigation(reason: "查询以往记录"), by: CaseGround.leader)
    try walk.take(.identifyParty(CaseParty(.individual, earlierViolations: 1)))
    try walk.take(.conclude)
    #expect(walk.refusal(.decideNoPenalty(.first), by: CaseGround.leader)?.message.contains("1 次") == true)
    try walk.take(.resumeInvestigation(reason: "核对"), by: CaseGround.leader)
    try walk.take(.identifyParty(CaseParty(.individual, earlierViolations: 0)))
    try walk.take(.conclude)
    #expect(walk.refusal(.decideNoPenalty(.first), by: CaseGround.leader)?.message.contains("已改正") == true)
    try walk.take(.reviewCorrection(corrected: true))
    try walk.take(.decideNoPenalty(.first), by: CaseGround.leader)
  }

  @Test(arguments: [
    (ServiceMethod.direct, ServiceProof(servers: 1), "cases-one-server"), (.left, ServiceProof(), "cases-left-without-witness"),
    (.electronic, ServiceProof(), "cases-no-electronic-consent"), (.publicNotice, ServiceProof(), "cases-no-public-notice"),
  ]) func serviceIsProven(method: ServiceMethod, proof: ServiceProof, code: String) throws {
    var walk = try CaseWalk("facade-damage")
    try walk.goTo(.decided, penalty: facade)
    #expect(walk.refusal(.serve(method, on: walk.now.day, proof: proof))?.code == code)
    #expect(walk.refusal(.serve(.direct, on: walk.now.day.adding(days: 1), proof: ServiceProof()))?.code == "cases-future-service")
  }

  @Test func publicNoticeRunsItsTime() throws {
    var walk = try CaseWalk("facade-damage", at: "2026-03-02", acted: "2026-03-01")
    try walk.goTo(.decided, penalty: facade)
    try walk.take(.beginPublicService)
    let serve = { (day: Day) in CaseAct.serve(.publicNotice, on: day, proof: ServiceProof()) }
    // Sixty days after 2 March end on 1 May, a holiday until the 5th: so on the 6th.
    try walk.wait(until: "2026-05-06", hour: 23)
    #expect(walk.refusal(serve(walk.now.day))?.code == "cases-public-notice-runs")
    try walk.wait(until: "2026-05-07", hour: 0)
    try walk.take(serve(walk.now.day))
  }

  @Test func courtComesAfterEverythingElse() throws {
    var walk = try CaseWalk("load-bearing-damage", at: "2026-01-05", acted: nil)
    try walk.goTo(.served, penalty: CasePenalty(fine: 6_000_000))
    let apply = CaseAct.applyToCourt(hasRiskAssessment: true, hasPlan: true)
    // Paid until 2026-01-20.
    try walk.wait(until: "2026-01-20")
    #expect(walk.refusal(.urge(served: walk.now))?.code == "cases-term-runs")
    try walk.wait(until: "2026-01-21")
    try walk.take(.urge(served: walk.now))
    // Ten working days after 21 January end on 4 February.
    try walk.wait(until: "2026-02-04", hour: 23)
    #expect(walk.refusal(apply, by: CaseGround.head)?.code == "cases-urging-runs")
    try walk.wait(until: "2026-02-05")
    // Six months for a suit: until 5 July, a Sunday, so the 6th.
    let early = try #require(walk.refusal(apply, by: CaseGround.head))
    #expect(early.code == "cases-remedies-run" && early.message.contains("2026年7月6日"))
    try walk.wait(until: "2026-07-07")
    #expect(walk.refusal(.applyToCourt(hasRiskAssessment: false, hasPlan: true), by: CaseGround.head)?.article == "沪城管执〔2024〕104号")
    #expect(walk.refusal(apply, by: CaseGround.head) == nil)
    // Three months from the end of the window: until 6 October, within the holiday, so the 8th.
    try walk.wait(until: "2026-10-09", hour: 0)
    let late = try #require(walk.refusal(apply, by: CaseGround.head))
    #expect(late.code == "cases-court-too-late" && late.message.contains("2026年10月8日"))
  }

  @Test func noDemolitionAtNightOrOnAHoliday() throws {
    var walk = try CaseWalk("illegal-construction", .illegalBuilding, at: "2026-01-05", acted: nil)
    try walk.take(.assign(CaseGround.two), by: CaseGround.leader)
    try walk.take(.identifyParty(CaseParty(.individual)))
    try walk.take(.askFiling)
    try walk.take(.approveFiling, by: CaseGround.leader)
    try walk.take(.inspect(present: [1, 2]))
    try walk.take(.collect(exhibits: 4))
    try walk.take(.askAssistance)
    try walk.take(.orderCorrection(until: try Day.of("2026-01-20")))
    try walk.take(.conclude)
    #expect(walk.refusal(.orderDemolition, by: CaseGround.head)?.code == "cases-not-determined")
    try walk.take(.answerAssistance)
    #expect(walk.refusal(.orderDemolition, by: CaseGround.head)?.code == "cases-no-review")
    try walk.take(.askReview)
    try walk.take(.passReview, by: CaseGround.reviewer)
    try walk.take(.orderDemolition, by: CaseGround.head)
    try walk.take(.serve(.direct, on: walk.now.day, proof: ServiceProof()))
    try walk.take(.announceDemolition(until: try Day.of("2026-02-05")), by: CaseGround.head)
    try walk.wait(until: "2026-02-06")
    try walk.take(.urge(served: walk.now))
    try walk.wait(until: "2026-03-10")
    #expect(walk.refusal(.decideDemolition, by: CaseGround.head)?.code == "cases-remedies-run")
    try walk.wait(until: "2026-09-30")
    try walk.take(.decideDemolition, by: CaseGround.head)
    try walk.wait(until: "2026-10-09")
    #expect(walk.refusal(.demolish(at: try Day.of("2026-10-02").at(hour: 9)), by: CaseGround.head)?.article == "行政强制法第四十三条第一款")
    #expect(walk.refusal(.demolish(at: try Day.of("2026-10-08").at(hour: 23)), by: CaseGround.head)?.code == "cases-demolition-hours")
    try walk.take(.demolish(at: try Day.of("2026-10-08").at(hour: 9)), by: CaseGround.head)
    try walk.take(.close, by: CaseGround.leader)
  }

  @Test func surchargeStopsForASuitAndAtTheFine() throws {
    let limits = try CaseGround.limits
    let due = try Day.of("2026-03-01")
    let plain = Surcharge(fine: 500_000, dueOn: due, until: try Day.of("2026-03-11"), without: [], limits)
    #expect(plain.amount == 150_000 && plain.arithmetic == "逾期 10 日，10 日 × 3% × 5000元 = 1500元")
    let suit = CaseFile.Remedy(kind: .suit, began: try Day.of("2026-03-05"), ended: try Day.of("2026-03-06"))
    let stopped = Surcharge(fine: 500_000, dueOn: due, until: try Day.of("2026-03-11"), without: [suit], limits)
    #expect(stopped.days == 8 && stopped.amount == 120_000 && stopped.arithmetic.contains("扣除复议、诉讼 2 日"))
    let capped = Surcharge(fine: 500_000, dueOn: due, until: try Day.of("2026-06-01"), without: [], limits)
    #expect(capped.amount == 500_000 && capped.arithmetic.contains("不超过罚款数额"))
    #expect(Surcharge(fine: 500_000, dueOn: due, until: due, without: [], limits).amount == 0)
  }

  /// Found by the random walk: a fine paid late with its surcharge went on growing after it was paid.
  @Test func whatIsPaidNoLongerGrows() throws {
    var walk = try CaseWalk("facade-damage", at: "2026-03-02", acted: "2026-03-01")
    try walk.goTo(.served, penalty: facade)
    try walk.wait(until: "2026-03-27")
    func owed() -> Int { CaseFacts(file: walk.file, law: walk.law, act: nil, actor: CaseGround.officer, now: walk.now).owed }
    // Due on the 17th: ten days at 3 % of 3,000 yuan.
    #expect(owed() == 390_000)
    #expect(walk.refusal(.pay(fen: 390_001))?.code == "cases-payment-amount")
    try walk.take(.pay(fen: 390_000))
    try walk.wait(until: "2026-05-08")
    #expect(owed() == 0)
  }

  /// The same law from beginning to end: the range is that of the case's law day.
  @Test func aCaseKeepsTheLawItBeganWith() throws {
    var before = try CaseWalk("waste-sorting-unit", at: "2026-09-01", acted: "2026-08-10")
    try before.goTo(.investigating, party: CaseParty(.unit), penalty: CasePenalty(fine: 0))
    try before.take(.reviewCorrection(corrected: false))
    try before.take(.conclude)
    #expect(before.refusal(.propose(CasePenalty(fine: 5_000_001)))?.code == "cases-fine-too-high")
    try before.take(.propose(CasePenalty(fine: 5_000_000)))
    var after = try CaseWalk("waste-sorting-unit", at: "2026-09-01", acted: "2026-08-20")
    try after.goTo(.investigating, party: CaseParty(.unit), penalty: CasePenalty(fine: 0))
    try after.take(.reviewCorrection(corrected: false))
    try after.take(.conclude)
    #expect(after.refusal(.propose(CasePenalty(fine: 4_999_999)))?.code == "cases-fine-too-low")
    try after.take(.propose(CasePenalty(fine: 5_000_001)))
  }
}

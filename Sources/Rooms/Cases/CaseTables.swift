import Kernel
import Workflow

/// The procedures as tables: who may do what, where, on what article, under which conditions. The same rows decide, draw the diagram, fill
/// `longtang law procedure` and are the tests' list.
public enum CaseTables {
  public typealias Table = Procedure<CaseState, CaseEvent, CaseRole, CaseFacts>
  public typealias Row = Step<CaseState, CaseEvent, CaseRole, CaseFacts>

  public static func table(_ procedure: CaseProcedure) -> Table {
    switch procedure {
    case .simple: simple
    case .ordinary: ordinary
    case .fastTrack: fastTrack
    case .noPenalty: noPenalty
    case .illegalBuilding: illegalBuilding
    }
  }

  /// Shared rows name states that not every procedure has: only those that can be reached from where a case enters count.
  private static func table(_ name: String, entered: Set<CaseState> = [.lead], _ rows: [Row]) -> Table {
    var reached = entered
    while true {
      let more = Set(rows.filter { !$0.from.isDisjoint(with: reached) }.compactMap(\.to)).subtracting(reached)
      if more.isEmpty { break }
      reached.formUnion(more)
    }
    return Table(
      name: name,
      steps: rows.compactMap { row in
        let from = row.from.intersection(reached)
        return from.isEmpty ? nil : Row(row.event, from: from, to: row.to, by: row.roles, basis: row.basis, guards: row.guards)
      })
  }

  private typealias G = CaseGuards
  private static let handlers: Set<CaseRole> = [.officer, .leader]
  /// What a squad that has joined helps with; deciding stays with the organ.
  private static let hands: Set<CaseRole> = [.officer, .coHandler]
  /// Before a decision.
  private static let open: Set<CaseState> = [.lead, .filing, .investigating, .concluded, .notified, .hearing, .deciding]
  private static let afterService: Set<CaseState> = [.served, .urged, .atCourt]

  // MARK: Parts that several tables share

  private static let filing: [Row] = [
    Row(.identifyParty, from: [.lead, .filing, .investigating], to: nil, by: [.officer], basis: "行政处罚法第四十条"),
    Row(.askFiling, from: [.lead], to: .filing, by: [.officer], basis: "行政处罚法第五十四条", guards: [G.withinLimitation]),
    Row(
      .approveFiling, from: [.filing], to: .investigating, by: [.leader, .head], basis: "行政处罚法第五十四条",
      guards: [G.otherThanAsked, G.withinLimitation]),
    Row(.returnFiling, from: [.filing], to: .lead, by: [.leader, .head], guards: [G.reasonGiven]),
    Row(
      .refuseFiling, from: [.lead, .filing], to: .notFiled, by: [.leader, .head], basis: "行政处罚法第五十四条",
      guards: [G.reasonGiven, G.mustFileReason]),
    Row(
      .assign, from: [.lead, .filing, .investigating], to: nil, by: [.leader], basis: "行政处罚法第四十二条", guards: [G.assigned, G.noneRecused]),
    Row(.recuse, from: open, to: nil, by: [.leader, .head], basis: "行政处罚法第四十三条", guards: [G.reasonGiven]),
  ]
  private static let investigation: [Row] = [
    Row(
      .inspect, from: [.lead, .filing, .investigating], to: nil, by: hands, basis: "行政处罚法第五十五条", guards: [G.handles, G.twoPresent]),
    Row(.inquire, from: [.investigating], to: nil, by: hands, basis: "行政处罚法第五十五条", guards: [G.handles, G.twoPresent]),
    Row(
      .collect, from: [.lead, .filing, .investigating], to: nil, by: hands, basis: "行政处罚法第四十六条", guards: [G.handles, G.someExhibit]),
    Row(.preserve, from: [.investigating], to: nil, by: [.head], basis: "行政处罚法第五十六条", guards: [G.notPreserved]),
    Row(.settlePreserved, from: [.investigating], to: nil, by: [.leader, .head], basis: "行政处罚法第五十六条", guards: [G.isPreserved]),
    Row(.seize, from: [.investigating], to: nil, by: [.head], basis: "行政强制法第二十四条", guards: [G.notSeized]),
    Row(.extendSeizure, from: [.investigating], to: nil, by: [.head], basis: "行政强制法第二十五条", guards: [G.isSeized, G.extendsOnce]),
    Row(
      .releaseSeizure, from: open.subtracting([.lead, .filing]).union([.decided]).union(afterService), to: nil, by: [.leader, .head],
      basis: "行政强制法第二十八条",
      guards: [G.isSeized]),
    Row(.appraise, from: [.investigating], to: nil, by: [.officer], basis: "行政处罚法第四十六条", guards: [G.handles, G.noAppraisal]),
    Row(.appraised, from: [.investigating], to: nil, by: [.officer], basis: "行政处罚法第四十六条", guards: [G.handles, G.isAppraising]),
    Row(
      .askAssistance, from: [.lead, .investigating], to: nil, by: [.officer], basis: "上海市城市管理行政执法条例第二十九条（2018年文本）",
      guards: [G.noAssistance]),
    Row(
      .answerAssistance, from: [.lead, .filing, .investigating, .concluded], to: nil, by: [.officer],
      basis: "上海市城市管理行政执法条例第二十九条（2018年文本）", guards: [G.assistanceOpen]),
    Row(
      .orderCorrection, from: [.lead, .investigating, .concluded], to: nil, by: [.officer], basis: "行政处罚法第二十八条", guards: [G.termNotPast]),
    Row(
      .reviewCorrection, from: [.lead, .investigating, .concluded, .notified, .deciding, .decided, .served, .urged, .atCourt], to: nil,
      by: hands, basis: "行政处罚法第二十八条", guards: [G.coHandles, G.correctionOrdered, G.orderIssued]),
    paperService,
  ]
  /// Whatever was issued reaches its party, and the receipt is kept (送达回证).
  private static let paperService = Row(
    .servePaper, from: open.union([.decided, .demolishing]).union(afterService), to: nil, by: hands, basis: "行政处罚法第六十一条",
    guards: [G.coHandles, G.servedIsIssued, G.paperServiceProven])
  private static let conclusion = Row(
    .conclude, from: [.investigating], to: .concluded, by: [.officer], basis: "行政处罚法第五十七条",
    guards: [G.handles, G.twoOfficers, G.partyKnown, G.investigated, G.hasEvidence, G.nothingPending])
  private static let weighing = Row(
    .weigh, from: [.concluded], to: nil, by: [.officer], basis: "行政处罚法第三十四条", guards: [G.handles, G.partyKnown])
  private static let backToInvestigation = Row(
    .resumeInvestigation, from: [.concluded, .deciding], to: .investigating, by: [.leader, .head], basis: "行政处罚法第五十七条",
    guards: [G.reasonGiven])
  private static func review(from states: Set<CaseState>) -> [Row] {
    [
      Row(.askReview, from: states, to: nil, by: handlers, basis: "行政处罚法第五十八条", guards: [G.reviewNotOpen]),
      Row(.passReview, from: states, to: nil, by: [.reviewer], basis: "行政处罚法第五十八条", guards: [G.reviewOpen, G.reviewsOthers]),
      Row(
        .returnReview, from: states, to: nil, by: [.reviewer], basis: "行政处罚法第五十八条", guards: [G.reviewOpen, G.reviewsOthers, G.reasonGiven]),
    ]
  }
  private static let service: [Row] = [
    Row(
      .beginPublicService, from: [.decided], to: nil, by: [.officer], basis: "行政处罚法第六十一条",
      guards: [G.decisionIssued, G.noPublicNotice]),
    Row(
      .serve, from: [.decided], to: .served, by: hands, basis: "行政处罚法第六十一条", guards: [G.coHandles, G.decisionIssued, G.serviceProven]),
  ]
  private static let payment: [Row] = [
    Row(.pay, from: afterService, to: nil, by: handlers, basis: "行政处罚法第六十七条", guards: [G.hasFine, G.paysSomething, G.partOfPlan]),
    Row(
      .deferPayment, from: [.served], to: nil, by: [.head], basis: "行政处罚法第六十六条第二款",
      guards: [G.hasFine, G.noPlan, G.deferredLater]),
    Row(
      .askInstalments, from: [.served], to: nil, by: handlers, basis: "行政处罚法第六十六条第二款",
      guards: [G.hasFine, G.finePending, G.noPlan, G.planIsSound]),
    Row(
      .approveInstalments, from: [.served], to: nil, by: [.head], basis: "行政处罚法第六十六条第二款",
      guards: [G.hasFine, G.planAsked, G.planAhead]),
    Row(
      .refuseInstalments, from: [.served], to: nil, by: [.head], basis: "行政处罚法第六十六条第二款", guards: [G.planAsked, G.reasonGiven]),
  ]
  private static let remedies: [Row] = [
    Row(
      .seekRemedy, from: afterService.union([.demolishing]), to: nil, by: handlers, basis: "行政处罚法第七十三条",
      guards: [G.noRemedyOpen, G.reconsiderationFirst]),
    Row(.endRemedy, from: afterService.union([.demolishing]), to: nil, by: handlers, basis: "行政处罚法第七十三条", guards: [G.remedyOpen]),
  ]
  private static let enforcement: [Row] = [
    Row(
      .urge, from: [.served], to: .urged, by: handlers, basis: "行政强制法第五十四条",
      guards: [G.noRemedyOpen, G.notPerformed, G.termIsOver, G.urgingIssued, G.servedByNow]),
    Row(
      .applyToCourt, from: [.urged], to: .atCourt, by: [.head], basis: "行政强制法第五十三条、第五十五条",
      guards: [G.notPerformed, G.urgingIsOver, G.remediesAreOver, G.withinThreeMonths, G.riskAssessed]),
    Row(.courtRules, from: [.atCourt], to: nil, by: handlers, basis: "行政强制法第五十七条", guards: [G.courtNotRuled]),
    Row(.courtExecutes, from: [.atCourt], to: nil, by: handlers, basis: "行政强制法第五十七条", guards: [G.courtGranted]),
  ]
  private static func ending(from states: Set<CaseState>) -> [Row] {
    [
      Row(
        .publish, from: [.served, .urged, .atCourt, .closed], to: nil, by: handlers, basis: "行政处罚法第四十八条",
        guards: [G.isDecided, G.isServed, G.notPublished]),
      Row(
        .withdrawPublication, from: [.served, .urged, .atCourt, .closed, .archived], to: nil, by: handlers, basis: "行政处罚法第四十八条第二款",
        guards: [G.isPublished]),
      Row(
        .close, from: states, to: .closed, by: [.leader, .head], basis: "行政处罚法第四十七条",
        guards: [G.nothingOwed, G.corrected, G.noRemedyOpen, G.onSpotFiled, G.released]),
      // What ended without a decision has been worked on too, and its file is kept.
      Row(
        .archive, from: [.closed, .notFiled, .transferred, .terminated], to: .archived, by: handlers, basis: "行政处罚法第四十七条"),
    ]
  }
  /// Ways out that are open at any time before the decision, so that no case is stuck.
  private static let sideRoads: [Row] = [
    Row(.transfer, from: open, to: .transferred, by: [.leader, .head], basis: "上海市城市管理行政执法条例第二十八条（2018年文本）"),
    Row(.transferCrime, from: open, to: .transferred, by: [.head], basis: "行政执法机关移送涉嫌犯罪案件的规定第五条"),
    // Back to where it was when it was transferred.
    Row(.takeBack, from: [.transferred], to: nil, by: [.leader, .head], basis: "行政执法机关移送涉嫌犯罪案件的规定第十条"),
    Row(
      .terminate, from: open.subtracting([.lead]).union([.decided, .served, .urged, .atCourt, .demolishing]), to: .terminated, by: [.head],
      guards: [G.reasonGiven, G.preservationSettled, G.released]),
  ]

  // MARK: The five tables

  public static let ordinary = table(
    "普通程序",
    filing + investigation + [
      Row(
        .takeFastTrack, from: [.investigating, .concluded], to: nil, by: [.officer], basis: "沪城管执〔2024〕104号二（五）",
        guards: [G.fastTrackDeclared]),
      Row(.takeNoPenalty, from: [.investigating, .concluded, .deciding], to: nil, by: handlers, basis: "行政处罚法第三十三条"),
      conclusion, backToInvestigation,
      weighing,
      Row(
        .propose, from: [.concluded], to: nil, by: [.officer], basis: "行政处罚法第五十七条第一款",
        guards: [G.handles, G.refusedToCorrect, G.weighed, G.withinRange, G.withinTier]),
    ] + review(from: [.concluded, .deciding]) + [
      Row(
        .giveNotice, from: [.concluded], to: .notified, by: [.officer], basis: "行政处罚法第四十四条",
        guards: [G.handles, G.proposed, G.noticeIssued, G.servedByNow]),
      Row(.hearStatement, from: [.notified, .hearing], to: nil, by: hands, basis: "行政处罚法第四十五条", guards: [G.handles]),
      Row(.waive, from: [.notified], to: nil, by: [.officer], basis: "行政处罚法第四十五条", guards: [G.handles]),
      Row(.askHearing, from: [.notified], to: .hearing, by: handlers, basis: "行政处罚法第六十四条第一项", guards: [G.hearingOffered, G.hearingInTime]),
      Row(
        .callHearing, from: [.hearing], to: nil, by: [.leader, .head], basis: "行政处罚法第六十四条第二项",
        guards: [G.hearingAsked, G.hostIsApart, G.calledInTime]),
      Row(
        .holdHearing, from: [.hearing], to: .deciding, by: [.leader, .head], basis: "行政处罚法第六十四条",
        guards: [G.hearingAsked, G.hearingDue, G.invitationIssued]),
      Row(.withdrawHearing, from: [.hearing], to: .notified, by: handlers, basis: "行政处罚法第六十四条", guards: [G.hearingAsked]),
      Row(.endNotice, from: [.notified], to: .deciding, by: handlers, basis: "行政处罚法第四十五条", guards: [G.noticeIsOver]),
      Row(.discuss, from: [.deciding], to: nil, by: [.head], basis: "行政处罚法第五十七条第二款", guards: [G.severalDiscuss]),
      Row(
        .decide, from: [.deciding], to: .decided, by: [.head], basis: "行政处罚法第五十七条、第五十九条",
        guards: [G.withinRange, G.withinTier, G.noHeavierThanTold, G.reviewPassed, G.discussed]),
    ] + service + payment + remedies + enforcement + ending(from: [.served, .urged, .atCourt]) + sideRoads)

  public static let fastTrack = table(
    "快速办理",
    filing + investigation + [
      Row(
        .takeOrdinary, from: [.investigating, .concluded, .notified], to: nil, by: handlers, basis: "沪城管执〔2024〕104号二（五）",
        guards: [G.reasonGiven]),
      conclusion, backToInvestigation,
      weighing,
      Row(
        .propose, from: [.concluded], to: nil, by: [.officer], basis: "行政处罚法第五十七条第一款",
        guards: [G.handles, G.refusedToCorrect, G.weighed, G.withinRange, G.withinTier]),
    ] + review(from: [.concluded, .deciding]) + [
      Row(
        .giveNotice, from: [.concluded], to: .notified, by: [.officer], basis: "行政处罚法第四十四条",
        guards: [G.handles, G.proposed, G.noticeIssued, G.servedByNow]),
      Row(.hearStatement, from: [.notified], to: nil, by: hands, basis: "行政处罚法第四十五条", guards: [G.handles]),
      Row(.waive, from: [.notified], to: nil, by: [.officer], basis: "行政处罚法第四十五条", guards: [G.handles]),
      Row(.endNotice, from: [.notified], to: .deciding, by: handlers, basis: "行政处罚法第四十五条", guards: [G.noticeIsOver]),
      Row(.discuss, from: [.deciding], to: nil, by: [.head], basis: "行政处罚法第五十七条第二款", guards: [G.severalDiscuss]),
      Row(
        .decide, from: [.deciding], to: .decided, by: [.leader, .head], basis: "行政处罚法第五十七条、第五十九条",
        guards: [G.withinRange, G.withinTier, G.noHeavierThanTold, G.reviewPassed, G.discussed]),
    ] + service + payment + remedies + enforcement + ending(from: [.served, .urged, .atCourt]) + sideRoads)

  public static let noPenalty = table(
    "不予处罚", entered: [.lead, .deciding],
    filing + investigation + [
      Row(
        .takeOrdinary, from: [.investigating, .concluded, .deciding], to: nil, by: handlers, basis: "行政处罚法第五十七条", guards: [G.reasonGiven]),
      conclusion, backToInvestigation,
    ] + review(from: [.concluded, .deciding]) + [
      Row(
        .decideNoPenalty, from: [.concluded, .deciding], to: .decided, by: [.leader, .head], basis: "行政处罚法第三十三条、第五十七条",
        guards: [G.groundHolds])
    ] + service + remedies + ending(from: [.served]) + sideRoads)

  public static let simple = table(
    "简易程序（当场处罚）",
    [
      Row(.identifyParty, from: [.lead], to: nil, by: [.officer], basis: "行政处罚法第四十条"),
      Row(.assign, from: [.lead], to: nil, by: [.leader], basis: "行政处罚法第四十二条", guards: [G.assigned, G.noneRecused]),
      Row(.inspect, from: [.lead], to: nil, by: hands, basis: "行政处罚法第五十五条", guards: [G.handles, G.twoPresent]),
      Row(.collect, from: [.lead], to: nil, by: hands, basis: "行政处罚法第四十六条", guards: [G.handles, G.someExhibit]),
      Row(.orderCorrection, from: [.lead], to: nil, by: [.officer], basis: "行政处罚法第二十八条", guards: [G.termNotPast]),
      Row(
        .reviewCorrection, from: [.lead, .served, .urged, .atCourt], to: nil, by: hands, basis: "行政处罚法第二十八条",
        guards: [G.coHandles, G.correctionOrdered, G.orderIssued]),
      Row(.takeOrdinary, from: [.lead], to: nil, by: handlers, basis: "行政处罚法第五十四条", guards: [G.reasonGiven]),
      Row(
        .decideOnSpot, from: [.lead], to: .served, by: [.officer], basis: "行政处罚法第五十一条、第五十二条",
        guards: [
          G.handles, G.twoOfficers, G.withinLimitation, G.partyKnown, G.hasEvidence, G.refusedToCorrect, G.mayBeOnSpot, G.withinRange,
          G.toldOnSpot,
        ]),
      Row(.fileOnSpot, from: afterService, to: nil, by: [.officer], basis: "行政处罚法第五十二条第三款", guards: [G.onSpotIssued, G.notFiledOnSpot]),
      Row(
        .refuseFiling, from: [.lead], to: .notFiled, by: [.leader, .head], basis: "行政处罚法第五十四条", guards: [G.reasonGiven, G.mustFileReason]),
    ] + payment + remedies + enforcement + ending(from: [.served, .urged, .atCourt]) + sideRoads)

  public static let illegalBuilding = table(
    "违法建筑拆除",
    filing + investigation + [
      Row(
        .orderStop, from: [.lead, .filing, .investigating], to: nil, by: [.officer], basis: "上海市拆除违法建筑若干规定第十一条",
        guards: [G.underConstruction]),
      Row(
        .removeAtOnce, from: [.lead, .filing, .investigating], to: .served, by: [.head], basis: "上海市拆除违法建筑若干规定第十一条",
        guards: [G.underConstruction, G.stopOrdered, G.notRemoved]),
      conclusion, backToInvestigation,
    ] + review(from: [.concluded]) + [
      Row(
        .orderDemolition, from: [.concluded], to: .decided, by: [.head], basis: "上海市拆除违法建筑若干规定第八条",
        guards: [G.determined, G.correctionOrdered, G.reviewPassed])
    ] + service + remedies + [
      Row(
        .announceDemolition, from: [.served, .urged], to: nil, by: [.head], basis: "行政强制法第四十四条", guards: [G.notRemoved, G.announcedAhead]),
      Row(
        .urge, from: [.served], to: .urged, by: handlers, basis: "行政强制法第三十五条",
        guards: [G.noRemedyOpen, G.notPerformed, G.termIsOver, G.urgingIssued, G.servedByNow]),
      Row(
        .decideDemolition, from: [.urged], to: .demolishing, by: [.head], basis: "上海市拆除违法建筑若干规定第十条；行政强制法第四十四条",
        guards: [G.notRemoved, G.announced, G.announcementOver, G.urgingIsOver, G.remediesAreOver]),
      Row(
        .demolish, from: [.demolishing], to: nil, by: [.leader, .head], basis: "行政强制法第四十三条、第四十四条",
        guards: [G.notRemoved, G.noRemedyOpen, G.demolitionIssued, G.byDaylight]),
      Row(
        .removedByParty, from: [.lead, .filing, .investigating, .concluded, .decided, .served, .urged, .demolishing], to: nil,
        by: [.officer], guards: [G.notRemoved]),
    ] + ending(from: [.served, .urged, .demolishing]) + sideRoads)
}

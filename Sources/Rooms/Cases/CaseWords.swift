/// A procedure of 行政处罚法, or the line by which illegal buildings come down.
public enum CaseProcedure: String, Hashable, Sendable, Codable, CaseIterable {
  /// 当场处罚, 行政处罚法第五十一条至第五十三条
  case simple
  /// 普通程序, 第五十四条至第六十二条
  case ordinary
  /// 快速办理: 沪城管执〔2024〕104号, on the party's written request
  case fastTrack = "fast-track"
  /// 不予处罚, 第三十条、第三十一条、第三十三条、第五十七条
  case noPenalty = "no-penalty"
  /// 责令限期拆除到强制拆除: 上海市拆除违法建筑若干规定、行政强制法第四十四条
  case illegalBuilding = "illegal-building"

  public var chinese: String {
    switch self {
    case .simple: "简易程序（当场处罚）"
    case .ordinary: "普通程序"
    case .fastTrack: "快速办理"
    case .noPenalty: "不予处罚"
    case .illegalBuilding: "违法建筑拆除"
    }
  }
}

/// Where a case stands.
public enum CaseState: String, Hashable, Sendable, Codable, CaseIterable {
  case lead, filing, investigating, concluded, notified, hearing, deciding, decided, served, urged, atCourt, demolishing, closed, archived
  case notFiled, transferred, terminated

  public var chinese: String {
    switch self {
    case .lead: "线索核查"
    case .filing: "待立案审批"
    case .investigating: "调查取证"
    case .concluded: "调查终结"
    case .notified: "已事先告知"
    case .hearing: "听证"
    case .deciding: "待决定"
    case .decided: "已决定，待送达"
    case .served: "已送达，待履行"
    case .urged: "已催告"
    case .atCourt: "法院强制执行"
    case .demolishing: "强制拆除"
    case .closed: "已结案"
    case .archived: "已归档"
    case .notFiled: "不予立案"
    case .transferred: "已移送"
    case .terminated: "已终止"
    }
  }
}

/// What somebody is in a case; one person may be different things in different cases.
public enum CaseRole: String, Hashable, Sendable, Codable, CaseIterable {
  /// 承办执法人员
  case officer
  /// 协办人员: of a squad that has joined the case
  case coHandler
  /// 承办部门负责人: the squad's leader
  case leader
  /// 法制审核人员, 行政处罚法第五十八条
  case reviewer
  /// 行政机关负责人
  case head

  public var chinese: String {
    switch self {
    case .officer: "承办人员"
    case .coHandler: "协办人员"
    case .leader: "承办部门负责人"
    case .reviewer: "法制审核人员"
    case .head: "行政机关负责人"
    }
  }
}

/// A step of a case, without what is said with it: the tables' word. `CaseAct` carries the rest.
public enum CaseEvent: String, Hashable, Sendable, Codable, CaseIterable {
  case identifyParty, askFiling, approveFiling, returnFiling, refuseFiling, assign, recuse
  case inspect, inquire, collect, preserve, settlePreserved, seize, extendSeizure, releaseSeizure
  case appraise, appraised, askAssistance, answerAssistance, orderCorrection, reviewCorrection
  case takeOrdinary, takeFastTrack, takeNoPenalty, conclude, resumeInvestigation, weigh, propose
  case askReview, passReview, returnReview
  case giveNotice, hearStatement, waive, askHearing, callHearing, holdHearing, withdrawHearing, endNotice, discuss
  case decide, decideNoPenalty, decideOnSpot, fileOnSpot, orderDemolition
  case serve, servePaper, beginPublicService, pay, deferPayment, askInstalments, approveInstalments, refuseInstalments, seekRemedy,
    endRemedy
  case urge, applyToCourt, courtRules, courtExecutes
  case orderStop, removeAtOnce, announceDemolition, decideDemolition, demolish, removedByParty
  case publish, withdrawPublication, close, archive
  case transfer, transferCrime, takeBack, terminate

  public var chinese: String {
    switch self {
    case .identifyParty: "核定当事人"
    case .askFiling: "报请立案"
    case .approveFiling: "批准立案"
    case .returnFiling: "退回补充线索"
    case .refuseFiling: "不予立案"
    case .assign: "指定承办人员"
    case .recuse: "回避"
    case .inspect: "现场检查、勘验"
    case .inquire: "询问"
    case .collect: "收集证据"
    case .preserve: "先行登记保存"
    case .settlePreserved: "处理登记保存的证据"
    case .seize: "查封、扣押"
    case .extendSeizure: "延长查封、扣押"
    case .releaseSeizure: "解除查封、扣押"
    case .appraise: "委托鉴定"
    case .appraised: "收到鉴定意见"
    case .askAssistance: "请求协助认定"
    case .answerAssistance: "收到认定意见"
    case .orderCorrection: "责令改正"
    case .reviewCorrection: "复查改正情况"
    case .takeOrdinary: "转普通程序"
    case .takeFastTrack: "转快速办理"
    case .takeNoPenalty: "转不予处罚"
    case .conclude: "调查终结"
    case .resumeInvestigation: "退回补充调查"
    case .weigh: "裁量"
    case .propose: "拟定处罚"
    case .askReview: "提请法制审核"
    case .passReview: "法制审核通过"
    case .returnReview: "法制审核退回"
    case .giveNotice: "事先告知"
    case .hearStatement: "听取陈述申辩"
    case .waive: "当事人书面放弃"
    case .askHearing: "当事人要求听证"
    case .callHearing: "通知听证"
    case .holdHearing: "举行听证"
    case .withdrawHearing: "撤回听证要求"
    case .endNotice: "告知期满，提请决定"
    case .discuss: "集体讨论"
    case .decide: "作出处罚决定"
    case .decideNoPenalty: "作出不予处罚决定"
    case .decideOnSpot: "当场作出处罚决定"
    case .fileOnSpot: "当场处罚备案"
    case .orderDemolition: "作出责令限期拆除决定"
    case .serve: "送达"
    case .servePaper: "送达其他文书"
    case .beginPublicService: "公告送达"
    case .pay: "缴纳罚款"
    case .deferPayment: "批准延期缴纳"
    case .askInstalments: "当事人申请分期缴纳"
    case .approveInstalments: "批准分期缴纳"
    case .refuseInstalments: "不批准分期缴纳"
    case .seekRemedy: "复议、诉讼受理"
    case .endRemedy: "复议、诉讼终结"
    case .urge: "催告"
    case .applyToCourt: "申请法院强制执行"
    case .courtRules: "法院裁定"
    case .courtExecutes: "执行到位"
    case .orderStop: "责令立即停止建设"
    case .removeAtOnce: "立即强制拆除在建部分"
    case .announceDemolition: "公告限期自行拆除"
    case .decideDemolition: "作出强制拆除决定"
    case .demolish: "实施强制拆除"
    case .removedByParty: "当事人自行拆除、改正"
    case .publish: "公开处罚决定"
    case .withdrawPublication: "撤回公开"
    case .close: "结案"
    case .archive: "归档"
    case .transfer: "移送其他机关"
    case .transferCrime: "涉嫌犯罪移送"
    case .takeBack: "移送退回，恢复办理"
    case .terminate: "终止案件"
    }
  }

  /// "approve-filing": the step in an address.
  public var noun: String { rawValue.reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) } }
  private static let byNoun = Dictionary(uniqueKeysWithValues: allCases.map { ($0.noun, $0) })
  public init?(noun: String) {
    guard let event = Self.byNoun[noun] else { return nil }
    self = event
  }

  /// Papers that the step begins because a later step hands them over: they are completed and issued before it.
  public var papersAhead: [String] { self == .propose ? ["prior-notice"] : [] }

  /// Papers the step makes, by the ids of `Data/procedures/papers.json`.
  public var papers: [String] {
    switch self {
    case .askFiling, .approveFiling: ["filing-approval"]
    case .refuseFiling: ["no-filing-approval"]
    case .inspect: ["site-record"]
    case .inquire: ["inquiry-record"]
    case .collect: ["photo-evidence"]
    case .preserve: ["preserve-approval", "preserve-notice"]
    case .settlePreserved: ["preserve-decision"]
    case .seize: ["seizure-decision"]
    case .extendSeizure: ["seizure-extend"]
    case .releaseSeizure: ["seizure-release"]
    case .appraise, .askAssistance: ["appraisal"]
    case .orderCorrection: ["rectify-order"]
    case .reviewCorrection: ["rectify-review"]
    case .takeFastTrack: ["fast-track-request"]
    case .conclude, .propose: ["investigation-report"]
    case .passReview, .returnReview: ["legal-review"]
    case .giveNotice: ["prior-notice", "service-receipt"]
    case .hearStatement: ["statement-record"]
    case .callHearing: ["hearing-notice"]
    case .holdHearing: ["hearing-record"]
    case .discuss: ["collective-record"]
    case .decide: ["penalty-decision"]
    case .decideNoPenalty: ["no-penalty-decision"]
    case .decideOnSpot: ["onspot-decision"]
    case .orderDemolition: ["demolish-order"]
    case .serve, .servePaper: ["service-receipt"]
    case .pay: ["payment-proof"]
    case .deferPayment, .approveInstalments: ["deferred-payment"]
    case .urge: ["urge-notice", "service-receipt"]
    case .applyToCourt: ["court-application"]
    case .orderStop: ["stop-order"]
    case .removeAtOnce, .demolish: ["removal-record"]
    case .decideDemolition: ["demolish-gov-decision"]
    case .transfer: ["transfer-letter"]
    case .transferCrime: ["crime-transfer"]
    case .publish: ["publicity-approval"]
    case .close: ["case-close"]
    case .archive: ["case-index"]
    default: []
    }
  }
}

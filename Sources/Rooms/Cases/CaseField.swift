import Catalogue

/// One thing that is asked with a step of a case. The same table draws the form, reads the API's body and fills its description.
public struct CaseField: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case words(rows: Int)
    case line
    case day, moment
    /// "yes", or not there.
    case yes
    case choice([Choice])
    /// Yuan, with up to two decimals.
    case yuan
    case count(ClosedRange<Int>)
    /// Accounts of the squad's people who hold a certificate.
    case squadOfficers
    /// Accounts of those who handle the case.
    case handlers
    /// One of those who handle it.
    case handler
    /// One who does not handle it.
    case others
    /// Codes of departments in the office directory.
    case department
    /// Parts of a plan of instalments: "2026-10-31:1000.00" each.
    case parts
    /// A level for each factor of the discretion table: "harm:2", counted from 0.
    case picks
  }
  public struct Choice: Hashable, Sendable {
    public let value: String
    public let label: String
    public init(_ value: String, _ label: String) {
      self.value = value
      self.label = label
    }
  }
  /// Kebab-case, in forms and in JSON.
  public let name: String
  public let label: String
  public let kind: Kind
  public let hint: String?
  public let isOptional: Bool

  init(_ name: String, _ label: String, _ kind: Kind, hint: String? = nil, optional: Bool = false) {
    self.name = name
    self.label = label
    self.kind = kind
    self.hint = hint
    isOptional = optional
  }
}

extension CaseEvent {
  /// What is asked with the step, in the order of the form. Words called `note` are kept with the step and go into its paper.
  public var fields: [CaseField] {
    switch self {
    case .identifyParty: Self.party
    case .askFiling: [Self.note("立案理由", hint: "违法事实、来源和初步证据")]
    case .approveFiling: [Self.opinion]
    case .returnFiling: [Self.reason("需要补充什么")]
    case .refuseFiling: [Self.reason("不予立案的理由", hint: "应立尽立的事项不少于十个字，存量问题写明证据和责任人")]
    case .assign: [CaseField("officers", "承办人员", .squadOfficers, hint: "两人以上，均持有效执法证")]
    case .recuse: [CaseField("officer", "谁回避", .handler), Self.reason("回避的理由")]
    case .inspect: [Self.present, CaseField("place", "检查地点", .line), Self.note("现场情况", rows: 6, hint: "位置、尺寸、结构、现状，只写看到的")]
    case .inquire: [Self.present, CaseField("asked", "被询问人", .line), Self.note("问答", rows: 10, hint: "告知权利义务后逐条记录")]
    case .collect: [Self.note("证明什么")]
    case .preserve: [Self.note("保存的物品", hint: "名称、数量、规格、状态、存放地点")]
    case .settlePreserved: [Self.note("逐项处理结果")]
    case .seize: [Self.note("查封、扣押的场所、设施、财物", hint: "名称、数量，写明理由")]
    case .extendSeizure: [Self.note("延长的理由")]
    case .releaseSeizure: [Self.note("退还的财物")]
    case .appraise: [CaseField("appraiser", "鉴定机构", .line), Self.note("鉴定事项")]
    case .appraised: [Self.note("鉴定结论")]
    case .askAssistance: [CaseField("department", "请谁协助", .department), Self.note("请求认定的事项")]
    case .answerAssistance: [Self.note("认定意见", hint: "写明文号和结论")]
    case .orderCorrection: [CaseField("until", "改正期限", .day, hint: "不填为立即改正", optional: true), Self.note("改正的内容")]
    case .reviewCorrection:
      [CaseField("corrected", "复查结果", .choice([.init("yes", "已改正"), .init("no", "未改正")])), Self.note("复查情况")]
    case .takeOrdinary: [Self.reason("转普通程序的理由")]
    case .takeFastTrack:
      [
        CaseField("written", "当事人提出书面申请", .yes), CaseField("clear", "违法事实清楚", .yes), CaseField("admits", "自愿认错认罚", .yes),
        CaseField("agrees", "对适用法律没有异议", .yes), CaseField("correcting", "主动配合整改", .yes),
      ]
    case .takeNoPenalty: [Self.opinion]
    case .conclude: [Self.note("调查结论", rows: 6, hint: "认定的事实、证据和性质")]
    case .resumeInvestigation: [Self.reason("补充调查什么")]
    case .weigh:
      [
        CaseField("tier", "罚则的档次", .choice(Fine.Tier.allCases.map { .init($0.rawValue, $0.chinese ?? "一般") })),
        CaseField("quantity", "计罚的面积、基数", .yuan, hint: "条文按平方米或者倍数计罚的填写：平方米，或者基数（元）", optional: true),
        CaseField("picks", "裁量情形", .picks),
        CaseField("note", "说明", .words(rows: 2), hint: "法定从轻、减轻、从重情节一并写明", optional: true),
      ]
    case .propose, .decide: Self.penalty
    case .askReview: [Self.opinion]
    case .passReview: [Self.note("审核意见", hint: "主体、管辖、事实、证据、适用、程序、裁量、文书、是否涉嫌犯罪")]
    case .returnReview: [Self.reason("退回的理由")]
    case .giveNotice: [CaseField("served", "告知书送达时间", .moment), Self.opinion]
    case .hearStatement:
      [
        Self.note("陈述、申辩内容", rows: 5), CaseField("answer", "复核意见", .words(rows: 3), hint: "是否采纳及理由；暂未复核的留空", optional: true),
      ]
    case .waive: [Self.note("书面放弃的情况", rows: 2)]
    case .askHearing: [CaseField("at", "提出时间", .moment)]
    case .callHearing: [CaseField("day", "听证日期", .day), CaseField("host", "主持人", .others), CaseField("place", "听证地点", .line)]
    case .holdHearing: [Self.note("听证情况", rows: 8)]
    case .discuss:
      [CaseField("participants", "参加人数", .count(1...50)), Self.note("讨论情况和结论", rows: 6, hint: "参加人、各人意见、结论")]
    case .decideNoPenalty: [CaseField("ground", "不予处罚的情形", .choice(Self.grounds)), Self.note("事实和理由", rows: 5)]
    case .decideOnSpot: Self.penalty + [CaseField("told", "已当场告知并听取陈述申辩", .yes)]
    case .orderDemolition: [Self.note("违法建筑的位置、面积、结构和拆除要求")]
    case .serve: Self.service(ServiceMethod.allCases)
    case .servePaper:
      [CaseField("paper", "送达的文书", .choice(IssuedPapers.served.map { .init($0.kind, "《\($0.name)》") }), hint: "须已在本案文书里签发")]
        + Self.service(ServiceMethod.allCases.filter { $0 != .publicNotice })
    case .beginPublicService: [Self.note("公告的方式和地点", rows: 2)]
    case .pay:
      [
        CaseField("amount", "缴款金额", .yuan), CaseField("receipt", "票号", .line),
        CaseField("part", "缴的是第几期", .count(1...120), hint: "批准分期的填写；不填的，从最早一期没有缴清的算起", optional: true),
      ]
    case .deferPayment: [CaseField("until", "缴款的最后日期", .day), Self.reason("经济困难的情况")]
    case .askInstalments:
      [CaseField("parts", "分期计划", .parts, hint: "由先到后逐期填写，各期合计等于罚款数额"), Self.reason("经济困难的情况", hint: "当事人的书面申请和证明材料")]
    case .approveInstalments: [Self.opinion]
    case .refuseInstalments: [Self.reason("不批准的理由")]
    case .seekRemedy: [CaseField("kind", "受理的是", .choice([.init("reconsideration", "行政复议"), .init("suit", "行政诉讼")])), Self.opinion]
    case .endRemedy: [CaseField("outcome", "结果", .choice([.init("upheld", "维持"), .init("overturned", "撤销、变更或者确认违法")])), Self.opinion]
    case .urge: [CaseField("served", "催告书送达时间", .moment), Self.opinion]
    case .applyToCourt:
      [CaseField("risk", "附风险评估报告", .yes, optional: true), CaseField("plan", "附执行预案", .yes, optional: true), Self.opinion]
    case .courtRules: [CaseField("granted", "裁定", .choice([.init("yes", "准予执行"), .init("no", "不准予执行")])), Self.opinion]
    case .announceDemolition: [CaseField("until", "自行拆除的最后日期", .day), Self.opinion]
    case .demolish: [CaseField("at", "实施时间", .moment), Self.note("实施情况")]
    case .transfer: [CaseField("department", "移送给", .department), Self.note("移送的理由和材料")]
    case .transferCrime: [Self.note("涉嫌的罪名和主要事实")]
    case .terminate: [Self.reason("终止的理由")]
    case .withdrawHearing, .endNotice, .fileOnSpot, .courtExecutes, .orderStop, .removeAtOnce, .decideDemolition, .removedByParty, .publish,
      .withdrawPublication, .close, .archive, .takeBack:
      [Self.opinion]
    }
  }

  private static func service(_ methods: [ServiceMethod]) -> [CaseField] {
    [
      CaseField("method", "送达方式", .choice(methods.map { .init($0.rawValue, $0.chinese) })),
      CaseField("on", "送达日期", .day), CaseField("servers", "送达人数", .count(1...9)),
      CaseField("witness", "有见证人，或者全程录音录像", .yes, hint: "留置送达须有", optional: true),
      CaseField("consent", "已签电子送达确认书", .yes, hint: "电子送达须有", optional: true), opinion,
    ]
  }
  private static let opinion = CaseField("note", "说明", .words(rows: 2), optional: true)
  private static func note(_ label: String, rows: Int = 3, hint: String? = nil) -> CaseField {
    CaseField("note", label, .words(rows: rows), hint: hint)
  }
  private static func reason(_ label: String, hint: String? = nil) -> CaseField { CaseField("reason", label, .words(rows: 3), hint: hint) }
  private static let present = CaseField("present", "在场的承办人员", .handlers, hint: "不少于两人")
  private static let grounds = NoPenaltyGround.allCases.map { CaseField.Choice($0.rawValue, $0.chinese) }
  private static let penalty = [
    CaseField("fine", "罚款", .yuan, hint: "没有罚款填 0"), CaseField("warns", "警告", .yes, optional: true),
    CaseField("grave", "吊销许可、责令停业等听证范围内的其他处罚", .yes, optional: true),
    CaseField("reduction", "减轻处罚的法定情形", .line, hint: "低于法定幅度时填写条款和理由", optional: true),
    CaseField("departure", "偏离裁量基准的理由", .line, hint: "不按裁量基准时填写，须法制审核", optional: true),
    note("事实、证据、依据和裁量理由", rows: 6),
  ]
  private static let party = [
    CaseField("kind", "当事人", .choice([.init("individual", "个人"), .init("unit", "单位")])), CaseField("name", "姓名、名称", .line),
    CaseField("id-number", "身份证号、统一社会信用代码", .line, hint: "加密保存；用来查此前有无同类违法", optional: true),
    CaseField("address", "住址、住所", .line, optional: true), CaseField("phone", "联系电话", .line, hint: "加密保存", optional: true),
    CaseField("representative", "法定代表人、负责人", .line, hint: "单位填写", optional: true),
    CaseField("age", "违法时的年龄", .count(0...130), hint: "个人填写", optional: true),
    CaseField("incapable", "行为时不能辨认或者不能控制自己的行为", .yes, optional: true),
  ]
}

import Catalogue
import Kernel
import WorkCalendar
import Workflow

typealias CaseGuard = Guard<CaseFacts>

/// Conditions from the lead to the end of the investigation.
enum CaseGuards {
  static func unless(
    _ condition: String, _ code: String, _ message: String, _ article: String?, _ isMet: @escaping @Sendable (CaseFacts) -> Bool
  ) -> CaseGuard {
    CaseGuard(condition, article) { isMet($0) ? nil : Refusal(.conflict, "cases-\(code)", message, article: article) }
  }
  /// A condition of the words of the step itself: not looked at while only the possible steps are listed.
  static func words(
    _ condition: String, _ code: String, _ message: String, _ article: String?, _ isMet: @escaping @Sendable (CaseAct, CaseFacts) -> Bool
  ) -> CaseGuard {
    CaseGuard(condition, article) { facts in
      guard let act = facts.act, !isMet(act, facts) else { return nil }
      return Refusal(.invalid, "cases-\(code)", message, article: article)
    }
  }

  // MARK: Filing

  static let withinLimitation = CaseGuard("没有超过追责时效", "行政处罚法第三十六条") { facts in
    guard let last = facts.law.limitation(facts.file.act), facts.file.foundOn > last else { return nil }
    return Refusal(
      .conflict, "cases-limitation", "违法行为在 \(last.chineseLong) 已过追责时效，不再给予行政处罚。", article: "行政处罚法第三十六条")
  }
  static let partyKnown = unless("已核定当事人", "no-party", "还没有核定当事人，请先核定是个人还是单位。", "行政处罚法第四十条") { $0.file.party != nil }
  static let otherThanAsked = CaseGuard("审批人不是报请人", "行政处罚法第五十四条") { facts in
    facts.file.askedBy == facts.actor.account
      ? Refusal(.forbidden, "cases-own-request", "本人报请的立案须由负责人审批，不能自己批准。", article: "行政处罚法第五十四条") : nil
  }
  /// 应立尽立: not filing a matter that must become a case needs a reason that says something.
  static let mustFileReason = words("应立尽立的事项不立案须写明理由", "must-file-reason", "这一事项应立尽立；不立案的，请写明理由（不少于十个字）。", "长宁方案：应立尽立、应转尽转") { act, facts in
    guard case .refuseFiling(let reason) = act, facts.law.item.mustFile != nil else { return true }
    return reason.count >= 10
  }
  static let reasonGiven = words("写明理由", "no-reason", "请写明理由。", nil) { act, _ in
    switch act {
    case .returnFiling(let reason), .refuseFiling(let reason), .takeOrdinary(let reason), .resumeInvestigation(let reason),
      .returnReview(let reason), .terminate(let reason), .recuse(_, let reason), .refuseInstalments(let reason):
      !reason.isEmpty
    default: true
    }
  }

  // MARK: Officers

  static let assigned = words("承办人员两人以上、均有执法证", "too-few-officers", "承办人员不得少于两人，且每人须有行政执法证号。", "行政处罚法第四十二条第一款") { act, facts in
    guard case .assign(let officers) = act else { return true }
    return Set(officers.map(\.account)).count >= facts.law.limits.value("officers") && officers.allSatisfy { !$0.certificate.isEmpty }
  }
  static let noneRecused = words("承办人员没有应当回避的", "recused", "其中有人应当回避，不能承办。", "行政处罚法第四十三条") { act, facts in
    guard case .assign(let officers) = act else { return true }
    return officers.allSatisfy { !facts.file.recused.contains($0.account) }
  }
  static let handles = unless("本人是承办人员", "not-handling", "您不是本案承办人员。", "行政处罚法第四十二条") { facts in
    switch facts.actor.role {
    case .officer: facts.file.officers.contains { $0.account == facts.actor.account }
    case .coHandler: facts.file.isCoHandled(by: facts.actor.account)
    default: true
    }
  }
  /// Where any officer of the squad may act, but of a squad that has joined only whom it has named.
  static let coHandles = unless("协办的，本人是协办人员", "not-co-handling", "您不是本案协办人员。", "行政处罚法第四十二条") {
    $0.actor.role != .coHandler || $0.file.isCoHandled(by: $0.actor.account)
  }
  static let twoOfficers = unless("已指定两名以上承办人员", "too-few-officers", "承办人员不足两人，请先指定。", "行政处罚法第四十二条第一款") {
    $0.file.officers.count >= $0.law.limits.value("officers")
  }
  static let twoPresent = words("两名以上承办人员在场", "one-officer", "调查、检查时执法人员不得少于两人，且应为本案承办人员。", "行政处罚法第四十二条第一款、第五十五条") { act, facts in
    let present: Set<Int64>
    switch act {
    case .inspect(let here), .inquire(let here): present = here
    default: return true
    }
    return present.intersection(facts.file.hands.map(\.account)).count >= facts.law.limits.value("officers")
  }

  // MARK: Evidence

  static let someExhibit = words("至少一件证据", "no-exhibit", "请至少登记一件证据。", "行政处罚法第四十六条") { act, _ in
    if case .collect(let exhibits) = act { exhibits > 0 } else { true }
  }
  static let notPreserved = unless("没有未处理的登记保存", "already-preserved", "已有先行登记保存等待处理。", "行政处罚法第五十六条") {
    $0.file.preservation?.isSettled ?? true
  }
  static let isPreserved = unless("有未处理的登记保存", "not-preserved", "没有等待处理的登记保存。", "行政处罚法第五十六条") { $0.file.preservation?.isSettled == false }
  static let notSeized = unless("没有未解除的查封、扣押", "already-seized", "查封、扣押尚未解除。", "行政强制法第二十五条") { $0.file.seizure?.isReleased ?? true }
  static let isSeized = unless("有未解除的查封、扣押", "not-seized", "没有正在进行的查封、扣押。", "行政强制法第二十八条") { $0.file.seizure?.isReleased == false }
  static let extendsOnce = unless("没有延长过", "already-extended", "查封、扣押只能延长一次。", "行政强制法第二十五条第一款") { $0.file.seizure?.isExtended == false }
  static let noAppraisal = unless("没有委托中的鉴定", "appraising", "已委托鉴定，等待意见。", nil) { $0.file.appraisingSince == nil }
  static let isAppraising = unless("有委托中的鉴定", "not-appraising", "没有委托中的鉴定。", nil) { $0.file.appraisingSince != nil }
  static let noAssistance = unless("没有等待答复的协助", "assistance-asked", "已请求协助，等待认定意见。", "上海市城市管理行政执法条例第二十九条（2018年文本）") {
    $0.file.assistanceAskedAt == nil || $0.file.assistanceAnswered
  }
  static let assistanceOpen = unless("有等待答复的协助", "no-assistance", "没有等待答复的协助请求。", "上海市城市管理行政执法条例第二十九条（2018年文本）") {
    $0.file.assistanceAskedAt != nil && !$0.file.assistanceAnswered
  }
  static let correctionOrdered = unless("已责令改正", "no-correction-order", "尚未责令改正。", "行政处罚法第二十八条第一款") { $0.file.correction != nil }
  static let termNotPast = words("改正期限不早于今天", "term-past", "改正期限不能早于今天。", "行政处罚法第二十八条第一款") { act, facts in
    if case .orderCorrection(.some(let until)) = act { until >= facts.today } else { true }
  }

  // MARK: The end of the investigation

  static let investigated = unless("有现场检查或者询问笔录", "not-investigated", "还没有现场检查或者询问笔录。", "行政处罚法第五十四条、第五十五条") {
    $0.file.siteRecords + $0.file.inquiries > 0
  }
  static let hasEvidence = unless("已登记证据", "no-evidence", "还没有登记证据。", "行政处罚法第四十六条") { $0.file.exhibits > 0 }
  static let nothingPending = CaseGuard("登记保存已处理，鉴定意见已收到", "行政处罚法第五十六条") { facts in
    if facts.file.preservation?.isSettled == false {
      return Refusal(.conflict, "cases-preserved", "先行登记保存的证据尚未处理。", article: "行政处罚法第五十六条")
    }
    if facts.file.appraisingSince != nil { return Refusal(.conflict, "cases-appraising", "鉴定意见尚未收到。") }
    return nil
  }
  /// Where the clause punishes only who did not correct, that has to be established first.
  static let refusedToCorrect = CaseGuard("条文要求的，已认定拒不改正", "行政处罚法第二十八条") { facts in
    guard facts.law.item.orderToCorrect == .precondition else { return nil }
    guard let correction = facts.file.correction else {
      return Refusal(.conflict, "cases-correct-first", "条文规定先责令改正，拒不改正的才处罚；尚未责令改正。", article: facts.law.item.penalties.first?.text)
    }
    return correction.corrected == false
      ? nil : Refusal(.conflict, "cases-not-refused", "条文规定拒不改正或者逾期不改的才处罚；还没有复查认定未改正。", article: facts.law.item.penalties.first?.text)
  }
}

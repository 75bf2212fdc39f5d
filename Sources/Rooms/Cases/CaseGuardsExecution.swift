import Kernel
import WorkCalendar
import Workflow

/// Conditions from service to the archive.
extension CaseGuards {
  static let serviceProven = CaseGuard("送达方式的证明齐全，公告已期满", "行政处罚法第六十一条") { facts in
    guard case .serve(let method, let day, let proof) = facts.act else { return nil }
    if let refusal = unproven(method, day, proof, facts) { return refusal }
    if let at = facts.file.decision?.at.day, day < at { return unserved("served-before-decision", "送达日期早于决定日期。") }
    guard method == .publicNotice else { return nil }
    guard let begun = facts.file.service, begun.isRunning, begun.method == .publicNotice else {
      return unserved("no-public-notice", "还没有公告送达。", "民事诉讼法第九十五条")
    }
    guard let end = facts.law.end(of: "public-service", from: begun.on, now: facts.now)?.due, facts.now >= end else {
      return unserved("public-notice-runs", "公告期还没有届满。", "上海市城市管理行政执法条例第二十五条（2018年文本）")
    }
    return nil
  }
  static let paperServiceProven = CaseGuard("送达方式的证明齐全", "行政处罚法第六十一条") { facts in
    guard case .servePaper(_, let method, let day, let proof) = facts.act else { return nil }
    if method == .publicNotice { return unserved("paper-by-notice", "公告送达只用于决定书，请另选送达方式。") }
    return unproven(method, day, proof, facts)
  }
  private static func unserved(_ code: String, _ message: String, _ article: String = "行政处罚法第六十一条") -> Refusal {
    Refusal(.invalid, "cases-\(code)", message, article: article, field: "method")
  }
  private static func unproven(_ method: ServiceMethod, _ day: Day, _ proof: ServiceProof, _ facts: CaseFacts) -> Refusal? {
    guard day <= facts.today else { return unserved("future-service", "送达日期不能晚于今天。") }
    switch method {
    case .direct: return proof.servers >= 2 ? nil : unserved("one-server", "送达人不得少于两人。")
    case .left:
      guard proof.servers >= 2 else { return unserved("one-server", "送达人不得少于两人。") }
      return proof.hasWitnessOrRecording
        ? nil : unserved("left-without-witness", "留置送达须有见证人，或者拍照、录像记录送达过程。", "民事诉讼法关于留置送达的规定")
    case .electronic:
      return proof.hasElectronicConsent ? nil : unserved("no-electronic-consent", "当事人没有签订电子送达确认书。", "行政处罚法第六十一条第二款")
    case .post, .publicNotice: return nil
    }
  }
  static let noPublicNotice = unless("没有进行中的公告送达", "public-notice-begun", "公告送达已在进行。", nil) { $0.file.service?.isRunning != true }
  static let hasFine = unless("有罚款", "no-fine", "本案没有罚款。", nil) { ($0.file.decision?.penalty?.fine ?? 0) > 0 }
  static let paysSomething = words("金额不超过应缴", "payment-amount", "缴款金额应大于零，且不超过应缴数额。", "行政处罚法第六十七条") { act, facts in
    if case .pay(let fen, _) = act { fen > 0 && fen <= facts.owed } else { true }
  }
  static let deferredLater = words("晚于原缴款期限", "deferral-date", "延期、分期的最后日期应晚于原缴款期限。", "行政处罚法第六十六条第二款") { act, facts in
    guard case .deferPayment(let until) = act, let ends = facts.paymentEnds else { return true }
    return until > ends
  }
  static let noRemedyOpen = unless("没有进行中的复议、诉讼", "remedy-open", "复议或者诉讼正在进行。", "行政处罚法第七十三条") { $0.file.openRemedy == nil }
  static let remedyOpen = unless("有进行中的复议、诉讼", "no-remedy", "没有正在进行的复议、诉讼。", nil) { $0.file.openRemedy != nil }
  static let reconsiderationFirst = words("当场处罚先复议", "reconsideration-first", "对当场作出的处罚决定不服，应当先申请行政复议。", "行政复议法第二十三条第一款第一项") { act, facts in
    guard case .seekRemedy(.suit) = act, facts.file.decision?.kind == .onSpot else { return true }
    return facts.file.remedies.contains { $0.kind == .reconsideration && $0.ended != nil }
  }
  static let notPerformed = unless("尚未履行", "performed", "当事人已经履行，无需催告。", nil) {
    $0.owed > 0 || !$0.file.isCorrected && $0.file.correction != nil
      || $0.file.decision?.kind == .demolition && !$0.file.demolition.isRemoved
  }
  static let termIsOver = CaseGuard("履行期限已届满", "行政强制法第三十五条") { facts in
    let end: Day?
    if facts.file.decision?.kind == .demolition {
      end = facts.file.demolition.announcedUntil ?? facts.file.correction?.until
    } else {
      end = facts.paymentEnds
    }
    guard let end, facts.today <= end else { return nil }
    return Refusal(.conflict, "cases-term-runs", "履行期限到 \(end.chineseLong) 届满，届满后才能催告。", article: "行政强制法第三十五条")
  }
  static let urgingIsOver = CaseGuard("催告已满十日（工作日）", "行政强制法第五十四条、第六十九条") { facts in
    guard let urged = facts.file.urgedAt else {
      return Refusal(.conflict, "cases-not-urged", "还没有催告。", article: "行政强制法第五十四条")
    }
    guard let end = facts.law.end(of: "urging", from: urged, now: facts.now)?.due, facts.now >= end else {
      return Refusal(.conflict, "cases-urging-runs", "催告书送达十日（工作日）后当事人仍未履行的，才能进行这一步。", article: "行政强制法第五十四条、第六十九条")
    }
    return nil
  }
  static let remediesAreOver = CaseGuard("复议、诉讼期限已届满", "行政强制法第五十三条") { facts in
    if facts.file.openRemedy != nil { return Refusal(.conflict, "cases-remedy-open", "复议或者诉讼正在进行。", article: "行政强制法第五十三条") }
    guard let end = facts.remediesEnd, facts.today > end else {
      let when = facts.remediesEnd.map { "（到 \($0.chineseLong)）" } ?? ""
      return Refusal(
        .conflict, "cases-remedies-run", "申请行政复议、提起行政诉讼的期限还没有届满\(when)。",
        article: facts.file.decision?.kind == .demolition ? "行政强制法第四十四条" : "行政强制法第五十三条")
    }
    return nil
  }
  static let withinThreeMonths = CaseGuard("在三个月申请期内", "行政强制法第五十三条") { facts in
    let deferred = facts.file.deferredUntil
    guard let windows = facts.remediesEnd else { return nil }
    let from = deferred.map { max($0, windows) } ?? windows
    guard let end = facts.law.end(of: "court-enforcement", from: from, now: facts.now)?.due, facts.now >= end else { return nil }
    return Refusal(
      .conflict, "cases-court-too-late", "申请人民法院强制执行的三个月期限已于 \(end.adding(milliseconds: -1).day.chineseLong) 届满。", article: "行政强制法第五十三条")
  }
  /// 沪城管执〔2024〕104号 asks for both where a wall or a façade has to be put back.
  static let riskAssessed = words("承重、外貌案附风险评估和执行预案", "no-risk-assessment", "申请强制执行恢复承重结构、房屋外貌的，须附风险评估报告和执行预案。", "沪城管执〔2024〕104号") {
    act, facts in
    guard case .applyToCourt(let risk, let plan) = act, ["load-bearing-damage", "facade-damage", "wall-opening"].contains(facts.file.item)
    else {
      return true
    }
    return risk && plan
  }
  static let courtNotRuled = unless("法院尚未裁定", "court-ruled", "法院已经裁定。", nil) { $0.file.court?.isGranted == nil }
  static let courtGranted = unless("法院准予执行", "court-not-granted", "法院没有裁定准予执行。", "行政强制法第五十七条") { $0.file.court?.isGranted == true }

  // MARK: Illegal buildings

  static let underConstruction = unless("正在搭建", "not-under-construction", "不是正在搭建的违法建筑。", "上海市拆除违法建筑若干规定第十一条") {
    $0.file.act.isUnderConstruction
  }
  static let stopOrdered = unless("已责令立即停止建设", "stop-not-ordered", "尚未责令立即停止建设。", "上海市拆除违法建筑若干规定第十一条") {
    $0.file.demolition.stopOrderedAt != nil
  }
  static let determined = unless("已收到认定意见", "not-determined", "还没有收到规划资源部门的认定意见。", "上海市城市管理行政执法条例第二十九条（2018年文本）") {
    $0.file.assistanceAnswered
  }
  static let announced = unless("已公告限期自行拆除", "not-announced", "强制拆除前应当公告，限期当事人自行拆除。", "行政强制法第四十四条") {
    $0.file.demolition.announcedUntil != nil
  }
  static let announcementOver = CaseGuard("公告期限已届满", "行政强制法第四十四条") { facts in
    guard let until = facts.file.demolition.announcedUntil, facts.today <= until else { return nil }
    return Refusal(.conflict, "cases-announcement-runs", "公告的自行拆除期限到 \(until.chineseLong)。", article: "行政强制法第四十四条")
  }
  static let announcedAhead = words("公告期限晚于今天", "announcement-date", "公告期限应晚于今天。", "行政强制法第四十四条") { act, facts in
    if case .announceDemolition(let until) = act { until > facts.today } else { true }
  }
  /// 行政强制法第四十三条第一款: not at night, not on a statutory holiday, emergencies apart.
  static let byDaylight = words("不在夜间、法定节假日", "demolition-hours", "不得在夜间或者法定节假日实施强制执行。", "行政强制法第四十三条第一款") { act, facts in
    guard case .demolish(let at) = act else { return true }
    if case .holiday(_) = facts.law.calendar.kind(of: at.day) { return false }
    return at <= facts.now && (6 * 60..<22 * 60).contains(at.minuteOfDay)
  }
  static let notRemoved = unless("尚未拆除", "removed", "违法建筑已经拆除。", nil) { !$0.file.demolition.isRemoved }

  // MARK: Publication and the end

  static let isDecided = unless("有处罚决定", "not-decided", "还没有处罚决定。", "行政处罚法第四十八条") {
    $0.file.decision?.kind == .penalty || $0.file.decision?.kind == .onSpot
  }
  static let notPublished = unless("尚未公开", "published", "已经公开。", nil) { $0.file.publishedAt == nil }
  static let isPublished = unless("已公开", "not-published", "没有公开过。", "行政处罚法第四十八条第二款") { $0.file.publishedAt != nil }
  static let nothingOwed = CaseGuard("罚款、拆除已履行", "行政处罚法第六十六条") { facts in
    guard facts.file.decision?.kind != .noPenalty, facts.file.court?.isExecuted != true, !facts.isOverturned else { return nil }
    if facts.owed > 0 {
      return Refusal(.conflict, "cases-owed", "罚款、加处罚款还有 \(facts.owed / 100) 元没有缴清。", article: "行政处罚法第六十六条第一款")
    }
    if facts.file.decision?.kind == .demolition, !facts.file.demolition.isRemoved {
      return Refusal(.conflict, "cases-not-removed", "违法建筑尚未拆除。", article: "上海市拆除违法建筑若干规定第九条")
    }
    return nil
  }
  static let corrected = CaseGuard("责令改正的已复查改正", "行政处罚法第二十八条") { facts in
    guard facts.file.decision?.kind == .penalty, let correction = facts.file.correction, facts.file.court?.isExecuted != true,
      !facts.isOverturned
    else { return nil }
    return correction.corrected == true ? nil : Refusal(.conflict, "cases-not-corrected", "责令改正的内容还没有复查认定已改正。", article: "行政处罚法第二十八条第一款")
  }
  static let onSpotFiled = unless("当场处罚已备案", "on-spot-not-filed", "当场处罚决定还没有报所属机关备案。", "行政处罚法第五十二条第三款") {
    $0.file.decision?.kind != .onSpot || $0.file.onSpotFiledAt != nil
  }
  static let notFiledOnSpot = unless("尚未备案", "on-spot-filed", "当场处罚已经备案。", "行政处罚法第五十二条第三款") { $0.file.onSpotFiledAt == nil }
  static let released = unless("查封、扣押已解除", "still-seized", "查封、扣押尚未解除。", "行政强制法第二十八条") { $0.file.seizure?.isReleased ?? true }
  static let preservationSettled = unless("登记保存已处理", "preserved", "先行登记保存的证据尚未处理。", "行政处罚法第五十六条") {
    $0.file.preservation?.isSettled ?? true
  }
  static let isServed = unless("已送达", "not-served", "决定还没有送达。", "行政处罚法第六十一条") { $0.servedOn != nil }
}

extension CaseFacts {
  /// A reconsideration or a suit took the decision away.
  public var isOverturned: Bool { file.remedies.contains { $0.isUpheld == false } }
}

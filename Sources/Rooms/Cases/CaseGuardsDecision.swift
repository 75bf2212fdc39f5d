import Catalogue
import Kernel
import WorkCalendar
import Workflow

/// Conditions from the proposal to the decision.
extension CaseGuards {
  // MARK: The penalty itself

  /// The fine lies in the range of the law the case began with, or below it on a stated ground.
  static let withinRange = CaseGuard("在法定幅度内，减轻的有法定情形", "行政处罚法第三十二条") { facts in
    let penalty: CasePenalty
    switch facts.act {
    case .propose(let one), .decide(let one), .decideOnSpot(let one, _): penalty = one
    default: return nil
    }
    guard penalty.fine > 0 || penalty.warns || penalty.isGrave else {
      return Refusal(.invalid, "cases-empty-penalty", "没有任何处罚内容；不处罚的请作不予处罚决定。", article: "行政处罚法第九条", field: "fine")
    }
    guard let party = facts.file.party else { return partyKnown.check(facts) }
    guard penalty.fine > 0 else { return nil }
    let ranges = facts.law.item.fines(on: facts.file.lawDay).filter { $0.measure == .amount && $0.applies(to: party.kind) }
    // Fines by area or multiple are reckoned from the case's own measurements, which the law's text bounds, not this table.
    if ranges.isEmpty {
      let others = facts.law.item.fines(on: facts.file.lawDay)
      return others.isEmpty
        ? Refusal(.invalid, "cases-no-fine", "这一事项没有罚款规定。", article: facts.law.item.penalties.first?.text, field: "fine") : nil
    }
    let basis = facts.law.item.penalties.first?.text
    if penalty.fine > ranges.map(\.range.upperBound).max() ?? 0 {
      return Refusal(
        .invalid, "cases-fine-too-high", "超过法定幅度：\(ranges.map(\.text).joined(separator: "；"))。", article: basis, field: "fine")
    }
    if !ranges.contains(where: { $0.range.contains(penalty.fine) }) && (penalty.reduction ?? "").isEmpty {
      return Refusal(
        .invalid, "cases-fine-too-low", "低于法定幅度：\(ranges.map(\.text).joined(separator: "；"))。减轻处罚须写明法定情形。",
        article: "行政处罚法第三十二条", field: "fine")
    }
    return nil
  }
  /// 行政处罚法第三十四条: where the office has adopted a table, it is asked first.
  static let weighed = unless("有采用的裁量基准的，已按基准裁量", "not-weighed", "这一事项有采用的裁量基准，请先按基准裁量。", "行政处罚法第三十四条") {
    $0.law.discretion?.isAdopted != true || $0.file.discretion != nil
  }
  static let withinTier = CaseGuard("在裁量档次内，偏离的写明理由", "行政处罚法第三十四条") { facts in
    let penalty: CasePenalty
    switch facts.act {
    case .propose(let one), .decide(let one): penalty = one
    default: return nil
    }
    guard let weighed = facts.file.discretion, penalty.fine > 0, !(weighed.low...weighed.high).contains(penalty.fine),
      (penalty.departure ?? "").isEmpty, (penalty.reduction ?? "").isEmpty
    else { return nil }
    return Refusal(
      .invalid, "cases-departure", "裁量结果为“\(weighed.tier)”档 \(weighed.low / 100) 至 \(weighed.high / 100) 元；偏离的须写明理由，并经法制审核。",
      article: "行政处罚法第三十四条", field: "departure")
  }
  static let proposed = unless("已拟定处罚", "no-proposal", "还没有拟定处罚。", "行政处罚法第五十七条第一款") { $0.file.proposal != nil }
  /// 行政处罚法第二十九条、第四十五条第二款: what was told is the most that can follow, whatever the party said.
  static let noHeavierThanTold = CaseGuard("不重于事先告知", "行政处罚法第四十五条第二款") { facts in
    guard case .decide(let penalty) = facts.act else { return nil }
    guard let told = facts.file.notice?.penalty else {
      return Refusal(.conflict, "cases-not-told", "没有告知当事人拟作出的处罚，不得作出处罚决定。", article: "行政处罚法第四十四条、第六十二条")
    }
    guard penalty.fine <= told.fine, !penalty.isGrave || told.isGrave, !penalty.warns || told.warns else {
      return Refusal(.invalid, "cases-heavier", "重于事先告知的内容；不得因当事人陈述、申辩而给予更重的处罚，确有必要的应重新告知。", article: "行政处罚法第四十五条第二款", field: "fine")
    }
    return nil
  }
  static let told = unless("已事先告知", "not-told", "没有告知当事人拟作出的处罚，不得作出处罚决定。", "行政处罚法第四十四条、第六十二条") { $0.file.notice != nil }

  // MARK: Legal review

  /// 行政处罚法第五十八条第一款, and what the local catalogue adds: a hearing's case, a reduced fine, a demolition, a departure.
  static func needsReview(_ facts: CaseFacts) -> Bool {
    if facts.file.procedure == .illegalBuilding { return true }
    guard let penalty = facts.file.proposal, let party = facts.file.party else { return false }
    return facts.law.offersHearing(penalty, to: party) || penalty.reduction != nil || penalty.departure != nil
      || facts.file.hearing?.heldAt != nil
  }
  static let reviewPassed = CaseGuard("应当法制审核的已通过，听证的在听证以后", "行政处罚法第五十八条") { facts in
    guard needsReview(facts) else { return nil }
    guard facts.file.review == .passed else {
      return Refusal(.conflict, "cases-no-review", "依法应当法制审核，未经审核或者审核未通过的，不得作出决定。", article: "行政处罚法第五十八条第一款")
    }
    guard facts.file.hearing?.heldAt == nil || facts.file.reviewedAfterHearing else {
      return Refusal(.conflict, "cases-review-before-hearing", "听证以后还没有法制审核。", article: "行政处罚法第五十八条第一款第二项")
    }
    return nil
  }
  static let reviewOpen = unless("已提请审核", "no-review-asked", "没有等待审核的案件。", "行政处罚法第五十八条") { $0.file.review == .asked }
  static let reviewNotOpen = unless("没有等待结论的审核", "review-asked", "已提请法制审核，等待结论。", "行政处罚法第五十八条") { $0.file.review != .asked }
  static let reviewsOthers = CaseGuard("审核人不是承办人员", "行政处罚法第五十八条") { facts in
    facts.file.officers.contains { $0.account == facts.actor.account }
      ? Refusal(.forbidden, "cases-own-review", "承办人员不能审核本人承办的案件。", article: "行政处罚法第五十八条") : nil
  }

  // MARK: Notice, statement, hearing

  static let servedByNow = words("送达时间不晚于现在", "future-service", "送达时间不能晚于现在。", nil) { act, facts in
    switch act {
    case .giveNotice(let served), .urge(let served): served <= facts.now
    default: true
    }
  }
  static let hearingOffered = unless("达到听证范围", "no-hearing-right", "拟处罚内容没有达到听证范围。", "行政处罚法第六十三条第一款") {
    $0.file.notice?.offersHearing == true
  }
  static let hearingInTime = CaseGuard("在告知后五日（工作日）内提出", "行政处罚法第六十四条第一项") { facts in
    guard let end = facts.hearingRequestEnds() else { return told.check(facts) }
    var asked = facts.now
    if case .askHearing(let at) = facts.act { asked = at }
    guard asked >= end else { return nil }
    return Refusal(
      .conflict, "cases-hearing-too-late", "要求听证应在告知后五日（工作日）内提出，已于 \(end.adding(milliseconds: -1).day.chineseLong) 届满。",
      article: "行政处罚法第六十四条第一项、第八十五条")
  }
  static let hearingAsked = unless("当事人已要求听证", "no-hearing-asked", "当事人没有要求听证。", "行政处罚法第六十四条") {
    $0.file.hearing.map { $0.heldAt == nil && !$0.isWithdrawn } ?? false
  }
  static let hostIsApart = words("主持人不是本案调查人员", "host-handles", "听证由非本案调查人员主持。", "行政处罚法第六十四条第四项") { act, facts in
    guard case .callHearing(_, let host) = act else { return true }
    return !facts.file.officers.contains { $0.account == host } && !facts.file.recused.contains(host)
  }
  static let calledInTime = words("七日（工作日）前通知", "hearing-too-soon", "应当在举行听证的七日（工作日）前通知当事人，请改定日期。", "行政处罚法第六十四条第二项、第八十五条") { act, facts in
    guard case .callHearing(let day, _) = act, let first = facts.firstHearingDay(calledAt: facts.now) else { return true }
    return day >= first
  }
  static let hearingDue = CaseGuard("已到听证日期", "行政处罚法第六十四条第二项") { facts in
    guard let day = facts.file.hearing?.day else {
      return Refusal(.conflict, "cases-hearing-not-called", "还没有通知听证的时间、地点。", article: "行政处罚法第六十四条第二项")
    }
    return facts.today >= day ? nil : Refusal(.conflict, "cases-hearing-not-yet", "听证定于 \(day.chineseLong) 举行。", article: "行政处罚法第六十四条第二项")
  }
  /// Statement and defence have been heard, given up, or their time is over; the same for the hearing.
  static let noticeIsOver = CaseGuard("陈述申辩、听证已进行、放弃或者期满", "行政处罚法第四十五条、第六十四条") { facts in
    let file = facts.file
    guard file.notice != nil else { return told.check(facts) }
    if let statement = file.statement, !statement.isAnswered {
      return Refusal(.conflict, "cases-statement-unanswered", "当事人的陈述、申辩还没有复核并答复。", article: "行政处罚法第四十五条第一款")
    }
    if file.hasWaived { return nil }
    if file.notice?.offersHearing == true {
      if let hearing = file.hearing, hearing.heldAt != nil || hearing.isWithdrawn { return nil }
      guard let end = facts.hearingRequestEnds(), facts.now >= end else {
        return Refusal(.conflict, "cases-hearing-time-runs", "当事人要求听证的期限还没有届满。", article: "行政处罚法第六十四条第一项")
      }
      return nil
    }
    if file.statement != nil { return nil }
    guard let end = facts.statementEnds(), facts.now >= end else {
      return Refusal(.conflict, "cases-statement-time-runs", "陈述、申辩的期限还没有届满，当事人也没有书面放弃。", article: "行政处罚法第四十四条、第四十五条")
    }
    return nil
  }

  // MARK: The decision

  /// 情节复杂或者重大违法行为: read as what gives the right to a hearing.
  static func needsDiscussion(_ facts: CaseFacts) -> Bool {
    guard let penalty = facts.file.proposal, let party = facts.file.party else { return false }
    return facts.law.offersHearing(penalty, to: party)
  }
  static let discussed = CaseGuard("重大的已集体讨论", "行政处罚法第五十七条第二款") { facts in
    needsDiscussion(facts) && facts.file.discussedBy == 0
      ? Refusal(.conflict, "cases-not-discussed", "情节复杂或者重大违法行为给予处罚，应当集体讨论决定。", article: "行政处罚法第五十七条第二款") : nil
  }
  static let severalDiscuss = words("三人以上参加", "too-few-discuss", "集体讨论至少三人参加。", "行政处罚法第五十七条第二款") { act, _ in
    if case .discuss(let participants) = act { participants >= 3 } else { true }
  }
  static let groundHolds = CaseGuard("不予处罚的情形成立", "行政处罚法第三十三条") { facts in
    guard case .decideNoPenalty(let ground) = facts.act else { return nil }
    func no(_ message: String) -> Refusal {
      Refusal(.invalid, "cases-ground-\(ground.rawValue)", message, article: ground.article, field: "ground")
    }
    let (file, party) = (facts.file, facts.file.party)
    switch ground {
    case .minor: return file.isCorrected ? nil : no("轻微不罚须已及时改正；还没有复查认定已改正。")
    case .first:
      guard let earlier = party?.earlierViolations else { return no("首违不罚须先查询当事人此前有无同类违法记录。") }
      guard earlier == 0 else { return no("当事人此前已有 \(earlier) 次同类违法，不属初次违法。") }
      return file.isCorrected ? nil : no("首违不罚须已及时改正；还没有复查认定已改正。")
    case .noFault: return file.exhibits > 0 ? nil : no("须有证据足以证明没有主观过错。")
    case .underAge:
      let full = facts.law.limits.value("full-age")
      return party?.age.map { $0 < full } == true ? nil : no("须查明当事人不满十四周岁。")
    case .incapable: return party?.isIncapable == true ? nil : no("须查明当事人行为时不能辨认或者不能控制自己行为。")
    case .notEstablished: return nil
    case .limitation: return withinLimitation.check(facts) == nil ? no("没有超过追责时效。") : nil
    }
  }
  static let mayBeOnSpot = words("在当场处罚限额内", "not-on-spot", "超过当场处罚的限额（公民二百元以下，法人或者其他组织三千元以下，或者警告），请按普通程序办理。", "行政处罚法第五十一条") { act, facts in
    guard case .decideOnSpot(let penalty, _) = act, let party = facts.file.party else { return true }
    return facts.law.mayBeOnSpot(penalty, for: party)
  }
  static let toldOnSpot = words("已当场告知并听取申辩", "not-told", "当场处罚也应先告知内容、事实、理由、依据并听取陈述申辩。", "行政处罚法第四十四条、第四十五条、第五十二条") { act, _ in
    if case .decideOnSpot(_, let isTold) = act { isTold } else { true }
  }
  static let fastTrackDeclared = CaseGuard("书面申请、事实清楚、认错认罚、无异议、正在整改", "沪城管执〔2024〕104号二（五）") { facts in
    guard case .takeFastTrack(let request) = facts.act else { return nil }
    let missing = [
      (request.isWritten, "书面申请"), (request.factsAreClear, "事实清楚"), (request.admitsFault, "自愿认错认罚"), (request.agreesWithLaw, "对适用法律无异议"),
      (request.correctionIsUnderWay, "主动配合整改"),
    ].filter { !$0.0 }.map(\.1)
    return missing.isEmpty
      ? nil : Refusal(.invalid, "cases-fast-track", "不符合快速办理的条件，缺少：\(missing.joined(separator: "、"))。", article: "沪城管执〔2024〕104号二（五）")
  }
}

extension Fine {
  /// Whether the clause's range is for this kind of party.
  func applies(to kind: CaseParty.Kind) -> Bool {
    switch party {
    case .any: true
    case .individual: kind == .individual
    case .unit, .agency: kind == .unit
    // Who has others do it is decided by the facts, not by what the party is.
    case .organizer: true
    }
  }
}

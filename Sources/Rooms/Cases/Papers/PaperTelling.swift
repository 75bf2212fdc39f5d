import Catalogue
import Kernel
import WorkCalendar

/// The paragraphs of a reasoned paper (说理式), put together from what was done and said in the case.
extension PaperFacts {
  static let told: [String: Word] = [
    "evidence": Word("证据") { $0.evidence },
    "proposal": Word("拟处罚的内容") { facts in facts.file.proposal.map { Self.words($0) } },
    "penalty": Word("处罚内容") { facts in facts.file.decision?.penalty.map { Self.words($0) } },
    "decision-words": Word("处理决定") { $0.decisionWords },
    "ground": Word("不予处罚的情形") { $0.file.decision?.ground?.chinese },
    "ground-article": Word("不予处罚的依据") { facts in facts.file.decision?.ground.map { "《中华人民共和国行政处罚法》" + $0.article.dropFirst(5) } },
    "defence": Word("陈述、申辩和听证的情况") { $0.defence },
    "discretion": Word("裁量理由") { $0.discretion },
    "hearing-right": Word("听证权利") { $0.hearingRight },
    "performance": Word("履行方式和期限") { $0.performance },
    "collector": Word("罚款的数额、期限") { $0.collector },
    "surcharge": Word("加处罚款的计算") { $0.surcharge },
    "payment-plan": Word("缴纳计划") { $0.paymentPlan },
    "payment-grant": Word("批准的内容") { $0.file.plan == nil ? "延期缴纳" : "分期缴纳" },
    "hardship": Word("经济困难的情况") { $0.file.plan == nil ? $0.step?.note : $0.note(.askInstalments) },
    "registry-certificate": Word("不动产权证号") { $0.registry?.certificateNo },
    "registry-finding": Word("已生效的认定文件") { $0.registryFinding },
    "registry-noted-on": Word("注记日期") { $0.registry?.notedOn?.chineseLong },
    "registry-done": Word("整改完成的情况") { $0.registryDone },
    "order-paper": Word("责令改正通知书名称、文号") { $0.orderPaper },
    "urging-paper": Word("催告书名称、文号") { $0.urgingPaper },
    "execution": Word("执行情况") { $0.execution },
    "public-words": Word("公示内容") { $0.publicWords },
  ]

  static func words(_ penalty: CasePenalty) -> String {
    var parts: [String] = []
    if penalty.warns { parts.append("警告") }
    if penalty.fine > 0 { parts.append("罚款人民币\(PaperMoney.plain(penalty.fine))（大写：\(PaperMoney.capital(penalty.fine))）") }
    if penalty.isGrave { parts.append(PaperGap.of("其他处罚的种类和内容")) }
    if parts.isEmpty { return PaperGap.of("处罚的种类和内容") }
    return parts.count == 1 ? parts[0] + "。" : parts.enumerated().map { "\($0 + 1). \($1)" }.joined(separator: "；\n") + "。"
  }

  private var evidence: String? {
    var list: [String] = []
    func all(_ event: CaseEvent, _ text: (CaseStepSheet) -> String) { list += steps.filter { $0.event == event }.map(text) }
    all(.inspect) { "现场检查（勘验）笔录一份（\($0.at.day.chineseLong)），证明现场的情况" }
    all(.inquire) { "询问笔录一份（\($0.said["asked"] ?? "被询问人")，\($0.at.day.chineseLong)），证明违法行为的经过" }
    all(.collect) { step in
      let count = if case .collect(let exhibits) = step.act { exhibits } else { 1 }
      return "照片、视听资料等证据\(count)件，证明\(step.note.map(Self.clause) ?? "违法行为存在")"
    }
    all(.appraised) { "鉴定意见，结论为：\($0.note.map(Self.clause) ?? PaperGap.of("鉴定结论"))" }
    all(.answerAssistance) { "有关部门的认定意见，内容为：\($0.note.map(Self.clause) ?? PaperGap.of("认定意见"))" }
    all(.orderCorrection) { "责令改正通知书（\($0.at.day.chineseLong)），证明已责令改正" }
    all(.reviewCorrection) { step in
      let isCorrected = if case .reviewCorrection(let corrected) = step.act { corrected } else { false }
      return "复查笔录（\(step.at.day.chineseLong)），证明当事人\(isCorrected ? "已改正" : "未改正")"
    }
    return list.isEmpty ? nil : list.enumerated().map { "\($0 + 1). \($1)" }.joined(separator: "；\n") + "。"
  }
  /// Without the full stop at its end, so that it stands inside a sentence.
  private static func clause(_ text: String) -> String {
    var text = text
    while let last = text.last, "。；;.，\n ".contains(last) { text.removeLast() }
    return text
  }

  private var decisionWords: String? {
    guard let decision = file.decision else { return nil }
    return switch decision.kind {
    case .penalty, .onSpot: decision.penalty.map { Self.words($0) }
    case .noPenalty: "不予行政处罚：\(decision.ground?.chinese ?? "")。"
    case .demolition: "责令限期拆除。"
    }
  }

  /// What the party said against it, and what was answered: 行政处罚法第四十五条 wants it weighed, a reasoned decision says how.
  private var defence: String? {
    guard let notice = file.notice else { return nil }
    var text = "本机关于\(notice.at.day.chineseLong)告知当事人拟作出的处罚内容及事实、理由、依据，并告知依法享有的陈述、申辩\(notice.offersHearing ? "、要求听证" : "")的权利。"
    let statements = steps.filter { $0.event == .hearStatement && $0.at >= notice.at }
    for step in statements {
      text += "\n当事人于\(step.at.day.chineseLong)提出：\(step.note.map(Self.clause) ?? "")。"
      text += "本机关复核认为：\(step.said["answer"].map(Self.clause) ?? PaperGap.of("对陈述、申辩的复核意见"))。"
    }
    if file.hasWaived { text += "\n当事人书面放弃陈述、申辩和听证的权利。" } else if statements.isEmpty { text += "\n当事人在期限内没有提出陈述、申辩。" }
    if let hearing = file.hearing, !hearing.isWithdrawn {
      let held = hearing.heldAt.map { "本机关于\($0.day.chineseLong)举行听证" } ?? "当事人要求听证"
      text += "\n\(held)：\(note(.holdHearing).map(Self.clause) ?? PaperGap.of("听证情况"))。"
    } else if notice.offersHearing, !file.hasWaived {
      text += "当事人\(file.hearing == nil ? "没有要求听证" : "撤回了听证要求")。"
    }
    return text
  }

  private var discretion: String? {
    guard let penalty = file.decision?.penalty ?? file.proposal else { return nil }
    var text = ""
    if let party = file.party {
      let fines = item.fines(on: file.lawDay, for: party.kind == .unit ? .unit : .individual)
      // What was weighed by the table names the range itself.
      if !fines.isEmpty, file.discretion == nil { text += "法定幅度为：\(fines.map(\.text).joined(separator: "；"))。" }
    }
    if let weighed = file.discretion { text += "按裁量基准：\(weighed.arithmetic)。\n" }
    text += note(.decide) ?? note(.decideOnSpot) ?? note(.propose) ?? PaperGap.of("裁量的事实和理由")
    if let reduction = penalty.reduction { text += "\n减轻处罚的法定情形：\(Self.clause(reduction))。" }
    if let departure = penalty.departure { text += "\n不按裁量基准处罚的理由：\(Self.clause(departure))。" }
    return text
  }

  private var hearingRight: String? {
    guard let penalty = file.proposal, let party = file.party, law.offersHearing(penalty, to: party) else { return nil }
    return "拟作出的处罚属于听证的范围。依据《中华人民共和国行政处罚法》第六十三条、第六十四条，你（单位）可以自收到本告知书之日起五个工作日内要求听证；逾期未提出的，视为放弃。当事人不承担组织听证的费用。"
  }

  private var performance: String? {
    guard let decision = file.decision else { return nil }
    if decision.kind == .demolition { return "在决定书规定的期限内自行拆除，并清除残留物。" }
    guard let penalty = decision.penalty else { return nil }
    return penalty.fine > 0
      ? "自收到本决定书之日起十五日内，到代收机构或者通过电子支付系统缴纳罚款\(PaperMoney.plain(penalty.fine))（《中华人民共和国行政处罚法》第六十七条第三款）。" : "本决定自送达之日起生效。"
  }
  private var collector: String? {
    guard let fine = file.decision?.penalty?.fine, fine > 0 else { return nil }
    let rate = law.limits.value("surcharge-rate")
    return
      "罚款\(PaperMoney.plain(fine))，由代收机构收取，缴款期限为自收到本决定书之日起十五日。到期不缴纳的，每日按罚款数额的\(rate)%加处罚款，加处罚款的数额不超过罚款的数额（《中华人民共和国行政处罚法》第七十二条第一款第一项）。"
  }
  private var surcharge: String? {
    let late =
      file.plan == nil
      ? state.surcharges.map(\.arithmetic)
      : state.instalments.compactMap { part in part.surcharge.map { "第\(part.number)期\($0.arithmetic)" } }
    return late.isEmpty ? nil : "加处罚款：" + late.joined(separator: "；") + "。"
  }
  private var paymentPlan: String? {
    guard let plan = file.plan else { return file.deferredUntil.map { "罚款最迟于\($0.chineseLong)缴清。" } }
    let parts = plan.parts.enumerated().map { "第\($0 + 1)期：\(PaperMoney.plain($1.fen))，\($1.dueOn.chineseLong)前（含当日）缴纳" }
    let rate = law.limits.value("surcharge-rate")
    return parts.joined(separator: "；\n")
      + "。\n共\(parts.count)期，合计\(PaperMoney.plain(plan.parts.reduce(0) { $0 + $1.fen }))。任何一期到期不缴纳的，自次日起每日按该期数额的\(rate)%加处罚款，加处罚款的数额不超过罚款的数额（《中华人民共和国行政处罚法》第七十二条第一款第一项）。"
  }
  /// 认定文件: the decision once it is served, before that the order to correct.
  private var registryFinding: String? {
    if let decisionPaper, let served = state.servedOn { return "\(decisionPaper)，\(served.chineseLong)送达生效。" }
    guard let orderPaper, let ordered = file.correction?.orderedAt.day else { return nil }
    return "\(orderPaper)，\(ordered.chineseLong)作出。"
  }
  private var registryDone: String? {
    guard file.isCorrected else { return "尚未整改。整改完成后，由本机关另行出具证明，请凭证明解除记载。" }
    guard let step = last(.reviewCorrection) else { return "违法建筑已经拆除。" }
    return "经本机关\(step.at.day.chineseLong)复查，已整改完成：\(step.note.map(Self.clause) ?? "已改正")。复查笔录附后。"
  }

  private var execution: String? {
    var parts: [String] = []
    if let fine = file.decision?.penalty?.fine, fine > 0 { parts.append("罚款\(PaperMoney.plain(fine))，已缴\(PaperMoney.plain(file.paid))") }
    if file.isCorrected { parts.append("违法行为已改正") }
    if file.court?.isExecuted == true { parts.append("经人民法院强制执行到位") }
    return parts.isEmpty ? nil : parts.joined(separator: "；") + "。"
  }

  /// A person is named by the family name alone, 行政处罚法第四十八条 with the rules on publishing.
  private var publicWords: String? {
    guard let party, let words = decisionWords else { return nil }
    let name = party.kind == .individual ? "\(party.name.prefix(1))某某" : party.name
    return "当事人：\(name)\n案由：\(item.name)\n决定：\(words)\n依据：\(item.penalties.map(\.text).joined(separator: "、"))\n决定机关：\(organ.name)"
  }
}

import Cases
import Catalogue
import ClockBook
import Foundation
import Kernel
import People
import WebSupport
import WorkCalendar

/// The page of a case: what to do and what is still missing beside the facts and the story.
struct CaseView {
  let sheet: CaseSheet
  let now: Moment
  /// Evidence that was found altered.
  var faults: [(number: Int, words: String)] = []
  var papers: [PaperRecord] = []
  var record: CaseRecord { sheet.record }
  var file: CaseFile { sheet.record.file }

  var html: HTML {
    """
    \(UI.heading(record.title, sub: "\(record.no) \(UI.copy(record.no, label: "复制编号"))\(record.filingNo.map { "，\($0)" })", tags: CaseWords.tags(record)))
    \(banner)\(ExhibitWords.warning(faults, of: record.no))
    \(UI.columns(facts + investigation + penalty + PaperSection(papers: papers, no: record.no).html + story, side: todo + people, sideFirst: true))
    """
  }

  private var banner: HTML {
    if let remedy = file.openRemedy {
      return UI.notice(.soon, remedy.kind == .suit ? "行政诉讼进行中" : "行政复议进行中", "期间不停止执行，但不计加处罚款，也不申请强制执行。")
    }
    if record.state == .transferred { return UI.notice(.neutral, "已移送", "退回的可以恢复办理。") }
    return .empty
  }

  // MARK: What to do

  private var todo: HTML {
    let live = sheet.clocks.filter(\.isLive).sorted { $0.due < $1.due }
    let clocks: HTML =
      live.isEmpty ? .empty : "<div class=\"clocks\">\(live.map { ClockView.clock($0, at: now) })</div>"
    let open = sheet.choices.filter { $0.missing == nil }.map(\.event)
    let blocked = sheet.choices.compactMap { choice in choice.missing.map { (choice.event, $0) } }
    let ahead = open.filter { Self.ahead.contains($0) }
    let rest = open.filter { !Self.ahead.contains($0) }
    func links(_ events: [CaseEvent]) -> HTML { HTML.join(events.map(link), "") }
    let reasons: HTML = """
      <ul class="blocked">\(each: blocked, { "<li>\(Icon.lock.html)<span><b>\($0.0.chinese)</b><small>\($0.1.message)\(if: $0.1.article != nil, "（\($0.1.article ?? "")）")\(if: $0.1.code == "cases-not-issued", UI.link("去签发", CaseWords.address(record.no, "papers")))</small></span></li>" })</ul>
      """
    let body = clocks + links(ahead) + (blocked.isEmpty ? .empty : reasons) + (rest.isEmpty ? .empty : UI.details("其他操作", links(rest)))
    return UI.section(
      "现在要做", side: UI.link("全部时限", CaseWords.address(record.no, "history")),
      open.isEmpty && blocked.isEmpty && live.isEmpty ? "<p class=\"hint\">这一阶段没有要您办的。</p>" : body)
  }
  private func link(_ event: CaseEvent) -> HTML {
    // Evidence is not counted by hand: each piece is entered.
    let page = event == .collect ? "exhibits/new" : "steps/\(event.noun)"
    return UI.act(event.chinese, CaseWords.address(record.no, page), icon: CaseWords.icon(event))
  }
  /// Steps that carry the case on, as against what may be done besides.
  private static let ahead: Set<CaseEvent> = [
    .identifyParty, .askFiling, .approveFiling, .assign, .inspect, .inquire, .collect, .orderCorrection, .reviewCorrection, .conclude,
    .weigh, .propose,
    .askReview, .passReview, .giveNotice, .hearStatement, .callHearing, .holdHearing, .endNotice, .discuss, .decide, .decideNoPenalty,
    .decideOnSpot, .fileOnSpot, .orderDemolition, .serve, .pay, .urge, .applyToCourt, .courtRules, .courtExecutes, .orderStop,
    .removeAtOnce,
    .approveInstalments, .announceDemolition, .decideDemolition, .demolish, .publish, .close, .archive, .answerAssistance, .appraised,
    .settlePreserved,
  ]

  private var people: HTML {
    UI.section(
      "当事人与承办",
      UI.facts([
        ("当事人", sheet.party.map { "\($0.name)（\($0.kind == .unit ? "单位" : "个人")）" } ?? UI.tag("待核定", .soon)),
        ("证件号", sheet.party?.idHint.map { UI.masked($0) }), ("地址", sheet.party?.address.map { "\($0)" }),
        ("负责人", sheet.party?.representative.map { "\($0)" }),
        ("此前同类违法", file.party?.earlierViolations.map { $0 == 0 ? "没有" : "\($0) 次" }),
        (
          "承办人员",
          sheet.officers.isEmpty
            ? UI.tag("待指定", .soon)
            : HTML.join(sheet.officers.map { "\($0.name)<br><small>执法证 \($0.certificate)</small>" }, "<br>")
        ),
        (
          "协办人员",
          sheet.coOfficers.isEmpty
            ? nil : HTML.join(sheet.coOfficers.map { "\($0.name)<br><small>执法证 \($0.certificate)</small>" }, "<br>")
        ),
        ("已回避", sheet.recused.isEmpty ? nil : "\(sheet.recused.map(\.name).joined(separator: "、"))"),
        ("承办单位", "\(record.squadName)"), ("决定机关", record.organ == record.squad ? nil : "\(record.organName)"),
      ])
        + UI.act("协同与信用", CaseWords.address(record.no, "aside"), icon: .people, hint: "移交、联合办案、公安保障、失信记分、房屋注记"))
  }

  // MARK: What it is

  private var facts: HTML {
    let fines = sheet.item.fines(on: file.lawDay).map(\.text)
    return UI.section(
      "案由与依据",
      UI.facts([
        ("案由", UI.link(sheet.item.name, "/catalogue/\(sheet.item.slug)")), ("地点", "\(record.placeText)"),
        ("来源", record.matterNo.map { "事项 \(UI.link($0, MatterWords.address($0)))" }), ("发现", "\(file.foundOn.chineseLong)"),
        ("违法行为", file.act.ended.map { "\($0.chineseLong)终了" } ?? "仍在继续"), ("适用的法律", "\(file.lawDay.chineseLong)有效的文本"),
        ("违则", "\(sheet.item.violations.map(\.text).joined(separator: "；"))"),
        ("罚则", "\(sheet.item.penalties.map(\.text).joined(separator: "；"))"),
        ("幅度", fines.isEmpty ? nil : HTML.join(fines.map { HTML(text: $0) }, "<br>")),
        ("责令改正", "\(sheet.item.orderToCorrect.chinese)"), ("线索情况", sheet.note.map { "\($0)" }),
      ])
        + (sheet.item.evidence.isEmpty
          ? .empty : UI.details("这一事项要收集的证据", "<ul>\(each: sheet.item.evidence, { "<li>\($0)</li>" })</ul>"))
        + (sheet.guides.isEmpty
          ? .empty
          : UI.details(
            "执法指引 \(sheet.guides.count) 份",
            "<ul>\(each: sheet.guides, { "<li>\(UI.link($0.title, "/guides/\($0.id)")) <small>\($0.kind.chinese)</small></li>" })</ul>"))
        + (sheet.workGuide.map { WorkGuideView(guide: $0).folded } ?? .empty)
        + (sheet.item.propertyDuty.map { UI.details("物业的责任（一案双查）", "<p>\($0)</p>") } ?? .empty))
  }

  private var investigation: HTML {
    var pairs: [(String, HTML?)] = [
      ("现场检查", file.siteRecords > 0 ? "\(file.siteRecords) 次" : nil), ("询问", file.inquiries > 0 ? "\(file.inquiries) 次" : nil),
      ("证据", UI.link(file.exhibits > 0 ? "\(file.exhibits) 件" : "登记和查看", ExhibitWords.address(record.no))),
    ]
    if let correction = file.correction {
      let term = correction.until.map { "限 \($0.chineseLong) 前" } ?? "立即"
      let result = correction.corrected.map { $0 ? UI.tag("已改正", .good) : UI.tag("未改正", .danger) } ?? UI.tag("待复查", .soon)
      pairs.append(("责令改正", "\(term) \(result)"))
    }
    if let preserved = file.preservation {
      pairs.append(("先行登记保存", "\(preserved.at.chinese) \(preserved.isSettled ? UI.tag("已处理", .good) : UI.tag("待处理", .soon))"))
    }
    if let seizure = file.seizure {
      pairs.append(("查封、扣押", "\(seizure.at.chinese) \(seizure.isReleased ? UI.tag("已解除", .good) : UI.tag("进行中", .soon))"))
    }
    if let asked = file.assistanceAskedAt {
      pairs.append(("协助认定", "\(asked.chinese) \(file.assistanceAnswered ? UI.tag("已答复", .good) : UI.tag("等待答复", .soon))"))
    }
    if let since = file.appraisingSince { pairs.append(("鉴定", "\(since.chinese)起委托中，期间不计办案期限")) }
    let shown = pairs.contains { $0.1 != nil }
    return shown ? UI.section("调查取证", UI.facts(pairs)) : .empty
  }

  private var penalty: HTML {
    var pairs: [(String, HTML?)] = []
    if let weighed = file.discretion {
      pairs.append(("裁量", "“\(weighed.tier)”档，建议 \(CaseWords.yuan(weighed.proposed))<br><small>\(weighed.arithmetic)</small>"))
    }
    if let proposal = file.proposal {
      pairs.append(("拟处罚", "\(CaseWords.penalty(proposal))\(proposal.departure.map { "<br><small>偏离裁量基准：\($0)</small>" as HTML })"))
    }
    switch file.review {
    case .none: break
    case .asked: pairs.append(("法制审核", UI.tag("等待结论", .soon)))
    case .passed: pairs.append(("法制审核", UI.tag("通过", .good)))
    case .returned: pairs.append(("法制审核", UI.tag("退回", .danger)))
    }
    if let notice = file.notice {
      pairs.append(("事先告知", "\(notice.at.chinese)送达\(if: notice.offersHearing, "，告知听证权利")"))
    }
    if let statement = file.statement { pairs.append(("陈述申辩", statement.isAnswered ? "已听取并复核" : "已听取，待复核")) }
    if file.hasWaived { pairs.append(("陈述申辩", "当事人书面放弃")) }
    if let hearing = file.hearing {
      let when = hearing.day.map { "，定于 \($0.chineseLong)" } ?? ""
      let state = hearing.isWithdrawn ? "已撤回" : hearing.heldAt.map { "\($0.day.chineseLong)举行" } ?? "已要求\(when)"
      pairs.append(("听证", "\(state)"))
    }
    if file.discussedBy > 0 { pairs.append(("集体讨论", "\(file.discussedBy) 人参加")) }
    if let decision = file.decision {
      let what =
        switch decision.kind {
        case .penalty, .onSpot: decision.penalty.map(CaseWords.penalty) ?? ""
        case .noPenalty: "不予处罚：\(decision.ground?.chinese ?? "")"
        case .demolition: "责令限期拆除"
        }
      pairs.append(("决定", "<b>\(what)</b><br><small>\(decision.at.chinese)</small>"))
    }
    if let service = file.service {
      pairs.append(("送达", "\(service.method.chinese)，\(service.on.chineseLong)\(if: service.isRunning, "起公告")"))
    }
    if (file.decision?.penalty?.fine ?? 0) > 0 {
      pairs.append(("已缴", "\(CaseWords.yuan(file.paid))"))
      let added: HTML = file.plan == nil ? HTML.join(sheet.surcharges.map { "<br><small>加处罚款：\($0.arithmetic)</small>" }, "") : .empty
      pairs.append(("尚欠", sheet.owed > 0 ? "\(CaseWords.yuan(sheet.owed))（含加处罚款）\(added)" : UI.tag("已缴清", .good)))
    }
    if let plan = file.instalments, plan.grantedOn == nil {
      pairs.append(("分期申请", "\(plan.askedOn.chineseLong)提出，\(plan.parts.count) 期 \(UI.tag("等待批准", .soon))"))
    } else if file.instalments == nil, let until = file.deferredUntil {
      pairs.append(("延期缴纳", "到 \(until.chineseLong)"))
    }
    for remedy in file.remedies {
      let result = remedy.isUpheld.map { $0 ? "维持" : "撤销、变更或者确认违法" } ?? "进行中"
      pairs.append((remedy.kind == .suit ? "行政诉讼" : "行政复议", "\(remedy.began.chineseLong)受理，\(result)"))
    }
    if let urged = file.urgedAt { pairs.append(("催告", "\(urged.chinese)送达")) }
    if let court = file.court {
      let ruling = court.isGranted.map { $0 ? "准予执行" : "不准予执行" } ?? "等待裁定"
      pairs.append(("申请法院强制执行", "\(court.appliedAt.chinese)，\(ruling)\(if: court.isExecuted, "，已执行到位")"))
    }
    if let published = file.publishedAt { pairs.append(("公开", "\(published.chinese)")) }
    return (pairs.isEmpty ? .empty : UI.section("告知、决定与执行", UI.facts(pairs)))
      + InstalmentTable(stands: sheet.instalments, plan: file.plan, payments: file.payments, steps: sheet.steps).html
  }

  // MARK: The story

  private var story: HTML {
    UI.section("经过", side: UI.link("全部经过", CaseWords.address(record.no, "history")), timeline(20))
  }
  /// Newest first.
  func timeline(_ last: Int?) -> HTML {
    let steps = last.map { Array(sheet.steps.suffix($0)) } ?? sheet.steps
    return UI.timeline(
      steps.reversed().map { step in
        let extra = step.event.fields.compactMap { field in step.said[field.name].map { "\(field.label)：\($0)" } }
        let words = (extra + [step.note].compactMap { $0 }).joined(separator: "\n")
        return UI.Event(
          at: step.at, who: "\(step.who)（\(step.role.chinese)）", "\(Self.what(step.act))", words: words.isEmpty ? nil : HTML(text: words),
          icon: CaseWords.icon(step.event), tone: nil)
      })
  }
  /// The step, with what decides it.
  static func what(_ act: CaseAct) -> String {
    let word = act.event.chinese
    switch act {
    case .weigh(let weighed): return "\(word)：\(weighed.tier)，\(CaseWords.yuan(weighed.proposed))"
    case .propose(let penalty), .decide(let penalty), .decideOnSpot(let penalty, _): return "\(word)：\(CaseWords.penalty(penalty))"
    case .decideNoPenalty(let ground): return "\(word)：\(ground.chinese)"
    case .reviewCorrection(let corrected): return "\(word)：\(corrected ? "已改正" : "未改正")"
    case .orderCorrection(let until): return "\(word)：\(until.map { "限 \($0.chineseLong) 前" } ?? "立即")"
    case .serve(let method, let day, _): return "\(word)：\(method.chinese)，\(day.chineseLong)"
    case .servePaper(let kind, let method, let day, _):
      let paper = IssuedPapers.served.first { $0.kind == kind }?.name ?? kind
      return "送达《\(paper)》：\(method.chinese)，\(day.chineseLong)"
    case .pay(let fen, let part): return "\(word)：\(CaseWords.yuan(fen))\(part.map { "，第 \($0) 期" } ?? "")"
    case .askInstalments(let parts): return "\(word)：\(parts.count) 期"
    case .callHearing(let day, _): return "\(word)：\(day.chineseLong)"
    case .courtRules(let granted): return "\(word)：\(granted ? "准予执行" : "不准予执行")"
    case .endRemedy(let upheld): return "\(word)：\(upheld ? "维持" : "撤销、变更或者确认违法")"
    case .collect(let exhibits): return "\(word)：\(exhibits) 件"
    default: return word
    }
  }
}

import Catalogue
import Foundation
import Kernel
import Offices
import Storage
import WorkCalendar

/// What a case knows, as the words a draft may ask for.
struct PaperFacts: Sendable {
  let record: CaseRecord
  let law: CaseLaw
  let party: CasePartyCard?
  let steps: [CaseStepSheet]
  /// The step the paper belongs to; nil when it is made by hand.
  let step: CaseStepSheet?
  /// The exhibits that the step 收集证据 took in; themselves only where they are few enough to be listed in a paper.
  let collected: (count: Int, first: Int, last: Int, exhibits: [Exhibit])
  /// Two hundred hashes are a list of their own, and longer than a paper's content may be.
  static let fewExhibits = 40
  let opening: (who: String, note: String?)
  /// Names of accounts the case speaks of.
  let names: [Int64: String]
  let organ: PaperOrgan
  /// Name of the department that the step speaks of.
  let department: String?
  /// "《行政处罚决定书》（徐泾中队罚决〔2026〕12号）", once it is issued.
  let decisionPaper: String?
  /// What the step handed over: the decision, or the paper that has its own service.
  let servedPaper: String?
  /// The order to correct and the urging, once they are issued.
  let orderPaper: String?
  let urgingPaper: String?
  let registry: RegistryNote?
  let now: Moment
  var file: CaseFile { record.file }
  var item: Item { law.item }

  subscript(word: String) -> String? {
    if word.hasPrefix("said.") { return step?.said[String(word.dropFirst(5))] }
    return Self.vocabulary[word]?.value(self)
  }
  /// What a gap of this name is called; nil for a word that does not exist.
  static func label(_ word: String) -> String? {
    if word.hasPrefix("said.") { return saidLabels[String(word.dropFirst(5))] }
    return vocabulary[word]?.label
  }
  private static let saidLabels: [String: String] = Dictionary(
    CaseEvent.allCases.flatMap(\.fields).map { ($0.name, $0.label) }
  ) { first, _ in first }

  struct Word: Sendable {
    let label: String
    let value: @Sendable (PaperFacts) -> String?
    init(_ label: String, _ value: @escaping @Sendable (PaperFacts) -> String?) {
      self.label = label
      self.value = value
    }
  }
  private static let vocabulary = whose.merging(stepWords) { first, _ in first }.merging(told) { first, _ in first }

  // MARK: The case

  private static let whose: [String: Word] = [
    "organ": Word("机关名称") { $0.organ.name },
    "reconsideration-organ": Word("复议机关") { $0.organ.reconsideration },
    "case-no": Word("案号") { $0.record.no },
    "filing-no": Word("立案文号") { $0.record.filingNo },
    "item": Word("案由") { $0.item.name },
    "place": Word("地点") { $0.record.placeText },
    "source": Word("案件来源") { facts in
      facts.record.matterNo.map { "投诉、举报等线索（事项 \($0)）" } ?? "执法检查中发现"
    },
    "found-on": Word("发现时间") { $0.file.foundOn.chineseLong },
    "filed-on": Word("立案时间") { ($0.file.filedAt ?? $0.file.onSpotFiledAt)?.day.chineseLong },
    "ended-on": Word("结案时间") { ($0.file.endedAt ?? $0.now).day.chineseLong },
    "opening": Word("线索内容") { $0.opening.note ?? "\($0.record.placeText)：\($0.item.name)。" },
    "opened-by": Word("登记人") { $0.opening.who },
    "party-name": Word("当事人") { $0.party?.name },
    "party-id": Word("证件号码") { $0.party?.idHint },
    "party-address": Word("住址") { $0.party?.address },
    "party-representative": Word("负责人") { $0.party?.representative },
    "party-line": Word("当事人") { facts in
      facts.party.map { party in
        [party.name, party.address, party.representative.map { "法定代表人（负责人）\($0)" }].compactMap { $0 }.joined(separator: "，")
      }
    },
    "officers": Word("承办人员和执法证号") { facts in
      let own = facts.file.officers.map { "\(facts.names[$0.account] ?? "")（执法证号 \($0.certificate)）" }
      let joined = (facts.file.coOfficers ?? []).map { "\(facts.names[$0.account] ?? "")（协办，执法证号 \($0.certificate)）" }
      return own.isEmpty ? nil : (own + joined).joined(separator: "、")
    },
    "officer-names": Word("承办人员") { facts in
      facts.file.officers.isEmpty ? nil : facts.file.officers.compactMap { facts.names[$0.account] }.joined(separator: "、")
    },
    "violations": Word("违反的条款") { facts in
      facts.item.violations.isEmpty ? nil : facts.item.violations.map(\.text).joined(separator: "、")
    },
    "penalties": Word("处罚的依据") { facts in
      facts.item.penalties.isEmpty ? nil : facts.item.penalties.map(\.text).joined(separator: "、")
    },
    "act": Word("违法行为") { facts in
      facts.party.map { party in
        let lasting = facts.file.isCorrected ? "，现已改正" : "，该行为仍在持续"
        let time = facts.file.act.ended.map { "，该行为于\($0.chineseLong)终了" } ?? lasting
        return "当事人\(party.name)在\(facts.record.placeText)有“\(facts.item.name)”的行为\(time)。"
      }
    },
    "facts": Word("违法事实") { $0.note(.conclude) ?? $0.note(.askFiling) ?? $0.opening.note },
    "filing-facts": Word("基本事实") { $0.note(.askFiling) ?? $0.opening.note },
    "filing-approval": Word("批准立案的意见") { facts in
      facts.file.filedAt.map { moment in "同意立案。\(moment.day.chineseLong)\(facts.note(.approveFiling).map { "：\($0)" } ?? "")" }
    },
    "decision-paper": Word("决定书名称、文号") { $0.decisionPaper },
    "served-paper": Word("送达的文书") { $0.servedPaper },
  ]

  // MARK: The step

  private static let stepWords: [String: Word] = [
    "step-note": Word("内容") { $0.step?.note },
    "step-who": Word("办理人") { $0.step?.who },
    "step-day": Word("日期") { ($0.step?.at ?? $0.now).day.chineseLong },
    "step-time": Word("时间") { facts in
      let at = facts.step?.at ?? facts.now
      return "\(at.day.chineseLong)\(at.clockText)"
    },
    "step-amount": Word("金额") { if case .pay(let fen, _) = $0.step?.act { PaperMoney.plain(fen) } else { nil } },
    "step-exhibits": Word("份数") { if case .collect(let exhibits) = $0.step?.act { "\(exhibits)件" } else { nil } },
    "exhibit-carriers": Word("原始载体、哈希值") { facts in
      let all = facts.collected
      guard all.count > 0 else { return nil }
      guard all.exhibits.isEmpty else { return all.exhibits.map(\.carrier).joined(separator: "\n") }
      return "证据 \(all.first) 至 证据 \(all.last)，共\(all.count)件，均为原始文件或测量记录，SHA-256 见本案证据清单。"
    },
    "participants": Word("参加人数") { if case .discuss(let count) = $0.step?.act { "\(count)人" } else { nil } },
    "asked-body": Word("主送单位") { $0.department ?? $0.step?.said["appraiser"] },
    "service-method": Word("送达方式") { facts in
      switch facts.step?.act {
      case .servePaper(_, let method, _, _): method.chinese
      case .giveNotice, .urge: nil
      default: facts.file.service?.method.chinese
      }
    },
    "service-day": Word("送达日期") { facts in
      switch facts.step?.act {
      case .servePaper(_, _, let day, _): day.chineseLong
      case .giveNotice(let served), .urge(let served): served.day.chineseLong
      default: facts.file.service?.on.chineseLong
      }
    },
    "served-on": Word("送达日期") { facts in facts.file.service.flatMap { $0.isRunning ? nil : $0.on.chineseLong } },
    "preserved-on": Word("登记保存的日期") { $0.file.preservation?.at.day.chineseLong },
    "seized-on": Word("查封、扣押的日期") { $0.file.seizure?.at.day.chineseLong },
    "appraisal-result": Word("鉴定结论") { $0.note(.appraised) },
    "correction-term": Word("改正期限") { facts in
      facts.file.correction.map { correction in correction.until.map { "限于\($0.chineseLong)前改正。" } ?? "立即改正。" }
    },
    "correction-result": Word("改正情况") { $0.file.correction?.corrected.map { $0 ? "已改正。" : "未改正。" } },
    "review-result": Word("审核结论") { facts in
      switch facts.file.review {
      case .passed: "审核通过。"
      case .returned: "审核未通过，退回补充。"
      case .none, .asked: nil
      }
    },
    "hearing-day": Word("听证日期") { $0.file.hearing?.day?.chineseLong },
    "hearing-host": Word("听证主持人") { facts in facts.file.hearing?.host.flatMap { facts.names[$0] } },
    "hearing-place": Word("听证地点") { $0.last(.callHearing)?.said["place"] },
    "urged-on": Word("催告日期") { $0.file.urgedAt?.day.chineseLong },
    "deferred-until": Word("缴清日期") { $0.file.deferredUntil?.chineseLong },
    "payment-part": Word("期次") { if case .pay(_, let part?) = $0.step?.act { "；期次：第\(part)期" } else { nil } },
    "paid": Word("已缴金额") { PaperMoney.plain($0.file.paid) },
    "owed": Word("尚欠金额") { PaperMoney.plain($0.state.owed) },
  ]

  func last(_ event: CaseEvent) -> CaseStepSheet? { steps.last { $0.event == event } }
  func note(_ event: CaseEvent) -> String? { last(event)?.note }
  /// For what the law reckons from the case.
  var state: CaseFacts { CaseFacts(file: file, law: law, act: nil, actor: CaseActor(0, .officer), now: now) }
}

extension PaperFacts {
  private static func issued(_ kind: String, of id: CaseRecord.ID, _ db: any Reader) throws -> String? {
    guard let paper = try PaperStore.last(kind, of: id, db), paper.state == .issued else { return nil }
    return "《\(paper.title)》（\(paper.no ?? "")）"
  }
  /// Everything a draft may need, read in the transaction that makes it.
  static func read(
    _ record: CaseRecord, law: CaseLaw, step sequence: Int?, seals: SealRing, at now: Moment, _ db: any Reader
  ) throws -> PaperFacts {
    let steps = try CaseStore.steps(of: record.id, db)
    let step = sequence.flatMap { number in steps.last { $0.sequence == number } }
    let accounts = Set(record.file.hands.map(\.account) + [record.file.hearing?.host].compactMap { $0 })
    let names = Dictionary(
      try db.all("SELECT id, name FROM account WHERE id IN (\(list: accounts.sorted()))").map { (try $0.int("id"), try $0.text("name")) },
      uniquingKeysWith: { first, _ in first })
    let opening = try db.first(
      "SELECT actor_name, note FROM journal WHERE subject_kind = 'case' AND subject_id = \(record.id) ORDER BY sequence LIMIT 1")
    let code = step?.said["department"]
    let decisionPaper = try PaperStore.decision(of: record.id, db).map { "《\($0.title)》（\($0.no ?? "")）" }
    let servedPaper: String? =
      switch step?.act {
      case .servePaper(let kind, _, _, _): try issued(kind, of: record.id, db)
      case .giveNotice: try issued("prior-notice", of: record.id, db)
      case .urge: try issued("urge-notice", of: record.id, db)
      default: decisionPaper
      }
    let collected =
      if let step, step.event == .collect {
        try ExhibitStore.collected(of: record.id, at: step.at, upTo: fewExhibits, db)
      } else { (count: 0, first: 0, last: 0, exhibits: [Exhibit]()) }
    return PaperFacts(
      record: record, law: law, party: try CaseStore.party(of: record.id, seals: seals, db), steps: steps, step: step,
      collected: collected, opening: (try opening?.text("actor_name") ?? "", try opening?.optionalText("note")), names: names,
      organ: try PaperOrgan.of(record, db),
      department: try code.flatMap { try OfficeStore.find(code: $0, db)?.name },
      decisionPaper: decisionPaper, servedPaper: servedPaper,
      orderPaper: try issued("rectify-order", of: record.id, db), urgingPaper: try issued("urge-notice", of: record.id, db),
      registry: try RegistryNote.read(record.id, db), now: now)
  }
}

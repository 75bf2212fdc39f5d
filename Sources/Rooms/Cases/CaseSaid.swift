import Catalogue
import Kernel

/// What came with a step, by the names of its fields: from a form or from JSON.
public struct CaseSaid: Sendable {
  private let values: [String: [String]]
  /// - Parameter values: trimmed; empty ones count as absent.
  public init(_ values: [String: [String]]) { self.values = values.mapValues { $0.filter { !$0.isEmpty } } }
  public init(_ values: [String: String]) { self.init(values.mapValues { [$0] }) }

  subscript(name: String) -> String? { values[name]?.first }
  var note: String? { self["note"] ?? self["reason"] }
  public static let longest = 8000

  // MARK: Reading

  private func refusal(_ field: String, _ message: String) -> Refusal { Refusal(.invalid, "cases-field", message, field: field) }
  func yes(_ name: String) -> Bool { ["yes", "true"].contains(self[name]) }
  func day(_ name: String) throws(Refusal) -> Day {
    guard let day = try optionalDay(name) else { throw refusal(name, "请填写日期。") }
    return day
  }
  func optionalDay(_ name: String) throws(Refusal) -> Day? {
    guard let text = self[name] else { return nil }
    guard let day = Day(iso: text) else { throw refusal(name, "请填写日期，例如 2026-09-24。") }
    return day
  }
  /// "2026-09-24T14:05", Shanghai time.
  func moment(_ name: String) throws(Refusal) -> Moment {
    guard let text = self[name] else { throw refusal(name, "请填写日期和时间。") }
    let parts = text.split(whereSeparator: { $0 == "T" || $0 == " " })
    let clock = parts.count == 2 ? parts[1].prefix(5).split(separator: ":").map { Int($0) } : []
    guard parts.count == 2, let day = Day(iso: parts[0]), clock.count == 2, let hour = clock[0], let minute = clock[1],
      (0..<24).contains(hour), (0..<60).contains(minute)
    else { throw refusal(name, "请填写日期和时间，例如 2026-09-24 14:05。") }
    return day.at(hour: hour, minute: minute)
  }
  /// "2026-10-31:1000.00" each, in the order in which they were written.
  func instalments(_ name: String) throws(Refusal) -> [Instalment] {
    var out: [Instalment] = []
    for text in values[name] ?? [] {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let day = Day(iso: parts[0].trimming()) else {
        throw refusal(name, "第 \(out.count + 1) 期请填写缴款期限和金额。")
      }
      out.append(Instalment(fen: try Self.fen(parts[1].trimming(), name), dueOn: day))
    }
    return out
  }
  /// In fen.
  func yuan(_ name: String) throws(Refusal) -> Int {
    guard let text = self[name] else { throw refusal(name, "请填写金额。") }
    return try Self.fen(text, name)
  }
  private static func fen(_ text: String, _ name: String) throws(Refusal) -> Int {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].count <= 9, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
      let whole = Int(parts[0]), parts.count == 1 || (1...2).contains(parts[1].count)
    else { throw Refusal(.invalid, "cases-field", "请填写金额，单位为元，最多两位小数。", field: name) }
    let fraction = parts.count == 1 ? 0 : (Int(parts[1]) ?? 0) * (parts[1].count == 1 ? 10 : 1)
    return whole * 100 + fraction
  }
  func count(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int {
    guard let count = try optionalCount(name, in: range) else { throw refusal(name, "请填写数字。") }
    return count
  }
  func optionalCount(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw refusal(name, "请填写 \(range.lowerBound) 至 \(range.upperBound) 之间的数字。")
    }
    return number
  }
  func choice<Choice: RawRepresentable>(_ name: String, _: Choice.Type = Choice.self) throws(Refusal) -> Choice
  where Choice.RawValue == String {
    guard let choice = self[name].flatMap(Choice.init(rawValue:)) else { throw refusal(name, "请从选项中选择。") }
    return choice
  }
  /// One of two words.
  func either(_ name: String, _ yes: String, _ no: String) throws(Refusal) -> Bool {
    guard let word = self[name], word == yes || word == no else { throw refusal(name, "请从选项中选择。") }
    return word == yes
  }
  func accounts(_ name: String) throws(Refusal) -> [Int64] {
    var out: [Int64] = []
    for text in values[name] ?? [] {
      guard let id = Int64(text), id > 0 else { throw refusal(name, "请重新选择人员。") }
      out.append(id)
    }
    return out
  }
  func account(_ name: String) throws(Refusal) -> Int64 {
    guard let one = try accounts(name).first else { throw refusal(name, "请选择人员。") }
    return one
  }

  /// Whatever the step's own fields are not optional must be there, and nothing may be endless.
  func check(_ event: CaseEvent) throws(Refusal) {
    for field in event.fields {
      if let text = self[field.name], text.utf16.count > Self.longest { throw refusal(field.name, "文字请控制在 \(Self.longest) 字以内。") }
      guard !field.isOptional, self[field.name] == nil else { continue }
      switch field.kind {
      // Who was there and what was declared is for the law's own guards to miss, with their article.
      case .yes, .squadOfficers, .handlers, .picks, .parts: continue
      case .words, .line: throw Refusal(.invalid, "cases-missing-\(field.name)", "请填写“\(field.label)”。", field: field.name)
      default: throw Refusal(.invalid, "cases-missing-\(field.name)", "请选择或者填写“\(field.label)”。", field: field.name)
      }
    }
  }

  // MARK: The step

  private var serviceProof: ServiceProof {
    get throws(Refusal) {
      ServiceProof(
        servers: try count("servers", in: 1...9), hasWitnessOrRecording: yes("witness"), hasElectronicConsent: yes("consent"))
    }
  }
  private var penalty: CasePenalty {
    get throws(Refusal) {
      CasePenalty(
        fine: try yuan("fine"), warns: yes("warns"), isGrave: yes("grave"), reduction: self["reduction"], departure: self["departure"])
    }
  }

  private func discretion(_ file: CaseFile, _ law: CaseLaw) throws(Refusal) -> CaseDiscretion {
    guard let table = law.discretion else {
      throw Refusal(.conflict, "cases-no-discretion-table", "没有可用的裁量基准，请直接拟定处罚并写明理由。", article: "行政处罚法第三十四条")
    }
    guard let party = file.party else { throw Refusal(.conflict, "cases-no-party", "还没有核定当事人，请先核定是个人还是单位。", article: "行政处罚法第四十条") }
    let tier: Fine.Tier = try choice("tier")
    let quantity = try self["quantity"] == nil ? nil : yuan("quantity")
    guard let (range, arithmetic) = law.range(for: party.kind, tier, on: file.lawDay, quantity: quantity) else {
      throw Refusal(
        .invalid, "cases-no-range", "条文在这一档没有罚款幅度，或者还缺计罚的面积、基数。", article: law.item.penalties.first?.text, field: "tier")
    }
    var picks: [String: Int] = [:]
    for text in values["picks"] ?? [] {
      let parts = text.split(separator: ":")
      guard parts.count == 2, let level = Int(parts[1]) else { throw refusal("picks", "请重新选择裁量情形。") }
      picks[String(parts[0])] = level
    }
    return try table.weigh(picks, within: range, basis: arithmetic)
  }

  /// The step with all that was said. Certificates and earlier violations are looked up by whoever takes it.
  /// - Parameters:
  ///   - certificates: account to number, of those who may handle cases.
  ///   - earlier: violations of the same kind before, nil where nobody could look.
  ///   - exhibits: that the case has and that no step has counted yet. Nobody types their number.
  ///   - law: of the case, for what is weighed by a table.
  /// - Throws: `cases-field` or `cases-missing-…` beside the field.
  public func act(
    _ event: CaseEvent, certificates: [Int64: String] = [:], earlier: Int? = nil, exhibits: Int = 0, on file: CaseFile,
    under law: CaseLaw
  ) throws(Refusal) -> CaseAct {
    try check(event)
    let reason = self["reason"] ?? ""
    switch event {
    case .identifyParty:
      return .identifyParty(
        CaseParty(
          try choice("kind"), age: try optionalCount("age", in: 0...130), isIncapable: yes("incapable"), earlierViolations: earlier))
    case .askFiling: return .askFiling
    case .approveFiling: return .approveFiling
    case .returnFiling: return .returnFiling(reason: reason)
    case .refuseFiling: return .refuseFiling(reason: reason)
    case .assign: return .assign(try accounts("officers").map { CaseOfficer($0, certificate: certificates[$0] ?? "") })
    case .recuse: return .recuse(account: try account("officer"), reason: reason)
    case .inspect: return .inspect(present: Set(try accounts("present")))
    case .inquire: return .inquire(present: Set(try accounts("present")))
    case .collect: return .collect(exhibits: exhibits)
    case .preserve: return .preserve
    case .settlePreserved: return .settlePreserved
    case .seize: return .seize
    case .extendSeizure: return .extendSeizure
    case .releaseSeizure: return .releaseSeizure
    case .appraise: return .appraise
    case .appraised: return .appraised
    case .askAssistance: return .askAssistance
    case .answerAssistance: return .answerAssistance
    case .orderCorrection: return .orderCorrection(until: try optionalDay("until"))
    case .reviewCorrection: return .reviewCorrection(corrected: try either("corrected", "yes", "no"))
    case .takeOrdinary: return .takeOrdinary(reason: reason)
    case .takeFastTrack:
      return .takeFastTrack(
        FastTrackRequest(
          isWritten: yes("written"), factsAreClear: yes("clear"), admitsFault: yes("admits"), agreesWithLaw: yes("agrees"),
          correctionIsUnderWay: yes("correcting")))
    case .takeNoPenalty: return .takeNoPenalty
    case .conclude: return .conclude
    case .resumeInvestigation: return .resumeInvestigation(reason: reason)
    case .weigh: return .weigh(try discretion(file, law))
    case .propose: return .propose(try penalty)
    case .askReview: return .askReview
    case .passReview: return .passReview
    case .returnReview: return .returnReview(reason: reason)
    case .giveNotice: return .giveNotice(served: try moment("served"))
    case .hearStatement: return .hearStatement(isAnswered: self["answer"] != nil)
    case .waive: return .waive
    case .askHearing: return .askHearing(at: try moment("at"))
    case .callHearing: return .callHearing(day: try day("day"), host: try account("host"))
    case .holdHearing: return .holdHearing
    case .withdrawHearing: return .withdrawHearing
    case .endNotice: return .endNotice
    case .discuss: return .discuss(participants: try count("participants", in: 1...50))
    case .decide: return .decide(try penalty)
    case .decideNoPenalty: return .decideNoPenalty(try choice("ground"))
    case .decideOnSpot: return .decideOnSpot(try penalty, isTold: yes("told"))
    case .fileOnSpot: return .fileOnSpot
    case .orderDemolition: return .orderDemolition
    case .serve: return .serve(try choice("method"), on: try day("on"), proof: try serviceProof)
    case .servePaper:
      return .servePaper(kind: self["paper"] ?? "", try choice("method"), on: try day("on"), proof: try serviceProof)
    case .beginPublicService: return .beginPublicService
    case .pay: return .pay(fen: try yuan("amount"), part: try optionalCount("part", in: 1...120))
    case .deferPayment: return .deferPayment(until: try day("until"))
    case .askInstalments: return .askInstalments(try instalments("parts"))
    case .approveInstalments: return .approveInstalments
    case .refuseInstalments: return .refuseInstalments(reason: reason)
    case .seekRemedy: return .seekRemedy(try choice("kind"))
    case .endRemedy: return .endRemedy(isUpheld: try either("outcome", "upheld", "overturned"))
    case .urge: return .urge(served: try moment("served"))
    case .applyToCourt: return .applyToCourt(hasRiskAssessment: yes("risk"), hasPlan: yes("plan"))
    case .courtRules: return .courtRules(isGranted: try either("granted", "yes", "no"))
    case .courtExecutes: return .courtExecutes
    case .orderStop: return .orderStop
    case .removeAtOnce: return .removeAtOnce
    case .announceDemolition: return .announceDemolition(until: try day("until"))
    case .decideDemolition: return .decideDemolition
    case .demolish: return .demolish(at: try moment("at"))
    case .removedByParty: return .removedByParty
    case .publish: return .publish
    case .withdrawPublication: return .withdrawPublication
    case .close: return .close
    case .archive: return .archive
    case .transfer: return .transfer
    case .transferCrime: return .transferCrime
    case .takeBack: return .takeBack
    case .terminate: return .terminate(reason: reason)
    }
  }
}

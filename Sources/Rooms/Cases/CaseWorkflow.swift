import Kernel
import WorkCalendar
import Workflow

/// What a step makes of a case: the new state, the papers to write, the clocks to move. Nothing is stored here.
public struct CaseDecision: Hashable, Sendable {
  public let file: CaseFile
  /// Ids of papers.
  public let papers: [String]
  public let clocks: [CaseClock]
  /// The article the step rests on.
  public let basis: String?
}

/// What happens to a period.
public enum CaseClock: Hashable, Sendable {
  /// - Parameter kind: of `Data/clocks/clocks.json`.
  case start(String, from: Moment)
  case settle(String)
  case pause(String, reason: String)
  case resume(String)
}

public enum CaseWorkflow {
  /// - Throws: a `Refusal` with the article that the step would offend.
  /// - Parameter papers: those that stand; a step that hands one over is refused without it.
  public static func decide(
    _ act: CaseAct, on file: CaseFile, by actor: CaseActor, under law: CaseLaw, papers: IssuedPapers, at now: Moment
  ) throws(Refusal) -> CaseDecision {
    let facts = CaseFacts(file: file, law: law, act: act, actor: actor, now: now, papers: papers)
    let row = try CaseTables.table(file.procedure).decide(act.event, in: file.state, by: actor.role, facts: facts)
    var changed = file
    CaseChange(act: act, actor: actor, law: law, now: now).apply(to: &changed)
    if let state = row.to { changed.state = state }
    return CaseDecision(file: changed, papers: act.event.papers, clocks: clocks(act, changed, before: file, now), basis: row.basis)
  }

  /// Steps this person may try now, each with what is still missing.
  public static func choices(
    on file: CaseFile, by actor: CaseActor, under law: CaseLaw, papers: IssuedPapers, at now: Moment
  ) -> [(event: CaseEvent, missing: Refusal?)] {
    CaseTables.table(file.procedure).choices(
      in: file.state, by: actor.role, facts: CaseFacts(file: file, law: law, act: nil, actor: actor, now: now, papers: papers))
  }

  private static func clocks(_ act: CaseAct, _ file: CaseFile, before: CaseFile, _ now: Moment) -> [CaseClock] {
    switch act {
    case .approveFiling: [.settle("filing-check"), .start("case-decision", from: now)]
    case .refuseFiling: [.settle("filing-check")]
    case .preserve: [.start("evidence-preservation", from: now)]
    case .settlePreserved: [.settle("evidence-preservation")]
    case .seize: [.start("seizure", from: now)]
    case .releaseSeizure: [.settle("seizure")]
    case .appraise: [.pause("case-decision", reason: "委托鉴定")]
    case .appraised: [.resume("case-decision")]
    case .askAssistance: [.start("assist-opinion", from: now)]
    case .answerAssistance: [.settle("assist-opinion")]
    case .giveNotice(let served):
      [.start("statement", from: served)] + (file.notice?.offersHearing == true ? [.start("hearing-request", from: served)] : [])
    case .askHearing: [.settle("hearing-request")]
    case .endNotice, .holdHearing: [.settle("statement"), .settle("hearing-request")]
    case .decide, .decideNoPenalty, .orderDemolition: [.settle("case-decision"), .start("decision-service", from: now)]
    case .beginPublicService: [.start("public-service", from: now)]
    case .serve(_, let day, _): served(file, on: day)
    case .decideOnSpot: [.settle("filing-check")] + served(file, on: now.day)
    case .orderStop, .removeAtOnce: [.settle("filing-check")]
    case .pay: paid(file, before: before)
    case .deferPayment(let until): [.settle("fine-payment"), .start("agreed-payment", from: until.start)]
    case .approveInstalments: [.settle("fine-payment")] + nextPart(file)
    case .seekRemedy(let kind): [.settle(kind == .suit ? "lawsuit" : "reconsideration")]
    case .applyToCourt, .decideDemolition: [.settle("urging")]
    case .urge(let served): [.start("urging", from: served)]
    case .withdrawPublication: [.settle("publication-withdrawal")]
    case .endRemedy(let isUpheld): !isUpheld && file.publishedAt != nil ? [.start("publication-withdrawal", from: now)] : []
    case .publish: [.settle("penalty-publication")]
    case .transferCrime: [.start("crime-transfer", from: now)]
    case .terminate, .transfer: [.settle("filing-check"), .settle("case-decision"), .settle("statement"), .settle("hearing-request")]
    // What the party may still do is no work of the office; publishing in time is.
    case .close:
      ["filing-check", "decision-service", "fine-payment", "agreed-payment", "urging", "reconsideration", "lawsuit"].map(CaseClock.settle)
    default: []
    }
  }
  /// One part after the other: the clock is that of the earliest that is not paid whole.
  private static func nextPart(_ file: CaseFile) -> [CaseClock] {
    guard let plan = file.plan, let next = file.nextPart else { return [] }
    return [.start("agreed-payment", from: plan.parts[next].dueOn.start)]
  }
  private static func paid(_ file: CaseFile, before: CaseFile) -> [CaseClock] {
    if file.plan != nil, file.nextPart != before.nextPart { return [.settle("agreed-payment")] + nextPart(file) }
    return file.finePaidOn(file.decision?.penalty?.fine ?? 0) == nil ? [] : [.settle("fine-payment"), .settle("agreed-payment")]
  }
  private static func served(_ file: CaseFile, on day: Day) -> [CaseClock] {
    let settled: [CaseClock] = [.settle("decision-service"), .settle("public-service")]
    let windows: [CaseClock] =
      [.start("reconsideration", from: day.start)] + (file.decision?.kind == .onSpot ? [] : [.start("lawsuit", from: day.start)])
    let publication: [CaseClock] = file.decision?.kind == .penalty ? [.start("penalty-publication", from: day.start)] : []
    let payment: [CaseClock] = (file.decision?.penalty?.fine ?? 0) > 0 ? [.start("fine-payment", from: day.start)] : []
    return settled + windows + publication + payment
  }
}

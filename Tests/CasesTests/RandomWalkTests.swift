import Cases
import Catalogue
import Kernel
import TestHouse
import Testing
import Workflow

/// Walks at random through all procedures, sensible and senseless steps alike, and looks after each whether the law still holds.
@Suite struct RandomWalkTests {
  static let steps = 100_000

  @Test func noWalkBreaksTheLawOrGetsStuck() throws {
    var dice = Dice(seed: 20_261_128)
    let laws = try [
      "facade-damage", "illegal-construction", "illegal-construction-ongoing", "littering", "waste-sorting-unit", "load-bearing-damage",
    ]
    .map { try CaseGround.law($0) }
    var taken = 0
    var seen: [String: Walker] = [:]
    var ends: Set<CaseState> = []
    while taken < Self.steps {
      var walker = try Walker(law: dice.pick(laws), &dice)
      for _ in 0..<1500 where taken < Self.steps {
        guard walker.step(&dice) else { continue }
        taken += 1
        for broken in walker.broken() { Issue.record("\(broken): \(walker.trail.suffix(12))") }
        seen["\(walker.file.procedure) \(walker.file.state)"] = walker
        if walker.file.state == .archived { break }
      }
      ends.insert(walker.file.state)
    }
    // Wherever a case has got to, there is a way to the archive.
    for (place, walker) in seen.sorted(by: { $0.key < $1.key }) {
      var home = walker
      let isHome = home.goHome()
      #expect(isHome, "stuck at \(place): \(walker.trail.suffix(12))")
    }
    #expect(Set(seen.keys.map { $0.split(separator: " ")[1] }).count == CaseState.allCases.count, "\(seen.keys.sorted())")
    #expect(ends.contains(.archived))
  }
}

struct Walker {
  let law: CaseLaw
  var file: CaseFile
  var now: Moment
  var trail: [String] = []
  var papers = CaseGround.allPapers

  init(law: CaseLaw, _ dice: inout Dice) throws {
    self.law = law
    let day = try Day.of("2024-03-01").adding(days: dice.roll(700))
    let isBuilding = law.item.slug.hasPrefix("illegal")
    // What is built is mostly taken down by its own procedure, and only that leads to a demolition.
    let procedure =
      isBuilding && dice.chance(70) ? .illegalBuilding : dice.pick(CaseProcedure.allCases.filter { $0 != .illegalBuilding || isBuilding })
    let ended = dice.chance(20) ? nil : day.adding(days: -dice.roll(900))
    file = CaseFile(
      item: law.item.slug, lawDay: ended ?? day, foundOn: day, procedure: procedure,
      act: CaseAction(ended: ended, isUnderConstruction: law.item.slug == "illegal-construction-ongoing"),
      party: dice.chance(80) ? CaseParty(dice.pick([.individual, .unit]), age: 40, earlierViolations: 0) : nil)
    if dice.chance(70) { file.officers = CaseGround.two }
    if dice.chance(30) { file.coOfficers = [CaseCoOfficer(10, certificate: "沪B010", office: 9)] }
    now = day.at(hour: 9)
  }

  /// - Returns: whether a step was taken.
  mutating func step(_ dice: inout Dice) -> Bool {
    // A demolition waits for the end of all remedies, half a year and more.
    let leaps = file.procedure == .illegalBuilding ? [12, 12, 40, 90, 200] : [12, 12, 12, 12, 12, 12, 40, 90, 90, 200]
    if dice.chance(30) { now = now.adding(hours: dice.roll(24 * dice.pick(leaps))) }
    papers = dice.chance(90) ? CaseGround.allPapers : IssuedPapers()
    let rows = CaseTables.table(file.procedure).steps
    let here = rows.filter { $0.from.contains(file.state) }
    // Ways out end the walk; they are taken now and then only.
    let event: CaseEvent
    if dice.chance(97), let row = here.isEmpty ? nil : dice.pick(here), !Self.exits.contains(row.event) || dice.chance(8) {
      event = row.event
    } else {
      event = dice.pick(CaseEvent.allCases)
      if Self.exits.contains(event) { return false }
    }
    let allowed = here.first { $0.event == event }.map { row in CaseRole.allCases.filter(row.roles.contains) } ?? []
    let role = allowed.isEmpty || dice.chance(10) ? dice.pick(CaseRole.allCases) : dice.pick(allowed)
    let actor = CaseActor(dice.chance(95) ? 1 : 2, role)
    let someone = actor.role == .officer ? actor : CaseActor(10 + Int64(dice.roll(3)), actor.role)
    return attempt(act(event, &dice), by: someone)
  }
  static let exits: Set<CaseEvent> = [
    .terminate, .transfer, .transferCrime, .refuseFiling, .close, .archive, .removedByParty, .removeAtOnce, .pay, .resumeInvestigation,
  ]

  @discardableResult
  mutating func attempt(_ act: CaseAct, by actor: CaseActor) -> Bool {
    do throws(Refusal) {
      file = try CaseWorkflow.decide(act, on: file, by: actor, under: law, papers: papers, at: now).file
      trail.append("\(act.event.rawValue)→\(file.state.rawValue)")
      return true
    } catch { return false }
  }

  private func penalty(_ dice: inout Dice) -> CasePenalty {
    let told = file.notice?.penalty ?? file.proposal
    if let told, dice.chance(60) { return told }
    let range = law.item.fines(on: file.lawDay).first?.range ?? 0...100
    let fine = dice.pick([range.lowerBound, range.upperBound, range.upperBound + 1, range.lowerBound - 1, 0, dice.roll(12_000_000)])
    return CasePenalty(fine: max(0, fine), warns: dice.chance(10), reduction: dice.chance(10) ? "行政处罚法第三十二条" : nil)
  }

  private func act(_ event: CaseEvent, _ dice: inout Dice) -> CaseAct {
    let reason = dice.chance(90) ? "现场核查后的理由，足够长" : ""
    switch event {
    case .identifyParty:
      return .identifyParty(CaseParty(dice.pick([.individual, .unit]), age: dice.pick([12, 16, 40]), earlierViolations: dice.roll(2)))
    case .askFiling: return .askFiling
    case .approveFiling: return .approveFiling
    case .returnFiling: return .returnFiling(reason: reason)
    case .refuseFiling: return .refuseFiling(reason: reason)
    case .assign: return .assign(dice.chance(80) ? CaseGround.two : [CaseGround.two[0]])
    case .recuse: return .recuse(account: dice.chance(5) ? 2 : 99, reason: reason)
    case .inspect: return .inspect(present: dice.chance(90) ? [1, 2] : [1])
    case .inquire: return .inquire(present: dice.chance(90) ? [1, 2] : [2])
    case .collect: return .collect(exhibits: dice.roll(3))
    case .preserve: return .preserve
    case .settlePreserved: return .settlePreserved
    case .seize: return .seize
    case .extendSeizure: return .extendSeizure
    case .releaseSeizure: return .releaseSeizure
    case .appraise: return .appraise
    case .appraised: return .appraised
    case .askAssistance: return .askAssistance
    case .answerAssistance: return .answerAssistance
    case .orderCorrection: return .orderCorrection(until: dice.chance(50) ? now.day.adding(days: dice.roll(20) - 2) : nil)
    case .reviewCorrection: return .reviewCorrection(corrected: dice.chance(60))
    case .takeOrdinary: return .takeOrdinary(reason: reason)
    case .takeFastTrack:
      return .takeFastTrack(
        FastTrackRequest(
          isWritten: dice.chance(90), factsAreClear: true, admitsFault: true, agreesWithLaw: true, correctionIsUnderWay: true))
    case .takeNoPenalty: return .takeNoPenalty
    case .conclude: return .conclude
    case .resumeInvestigation: return .resumeInvestigation(reason: reason)
    case .weigh:
      let low = dice.roll(1_000_000)
      return .weigh(
        CaseDiscretion(
          version: "1", score: 50, tier: "一般", low: low, high: low + dice.roll(9_000_000), proposed: low, reasons: [], arithmetic: ""))
    case .propose: return .propose(penalty(&dice))
    case .askReview: return .askReview
    case .passReview: return .passReview
    case .returnReview: return .returnReview(reason: reason)
    case .giveNotice: return .giveNotice(served: now.adding(hours: dice.roll(20) - 18))
    case .hearStatement: return .hearStatement(isAnswered: dice.chance(80))
    case .waive: return .waive
    case .askHearing: return .askHearing(at: now)
    case .callHearing: return .callHearing(day: now.day.adding(days: dice.roll(25)), host: dice.pick([8, 1]))
    case .holdHearing: return .holdHearing
    case .withdrawHearing: return .withdrawHearing
    case .endNotice: return .endNotice
    case .discuss: return .discuss(participants: dice.roll(5))
    case .decide: return .decide(penalty(&dice))
    case .decideNoPenalty: return .decideNoPenalty(dice.pick(NoPenaltyGround.allCases))
    case .decideOnSpot: return .decideOnSpot(penalty(&dice), isTold: dice.chance(90))
    case .fileOnSpot: return .fileOnSpot
    case .orderDemolition: return .orderDemolition
    case .serve:
      return .serve(
        file.service?.isRunning == true ? .publicNotice : dice.pick(ServiceMethod.allCases), on: now.day.adding(days: dice.roll(3) - 1),
        proof: ServiceProof(servers: 1 + dice.roll(2), hasWitnessOrRecording: dice.chance(50), hasElectronicConsent: dice.chance(50)))
    case .servePaper:
      return .servePaper(
        kind: dice.pick(IssuedPapers.served.map(\.kind)), dice.pick(ServiceMethod.allCases), on: now.day.adding(days: dice.roll(3) - 1),
        proof: ServiceProof(servers: 1 + dice.roll(2), hasWitnessOrRecording: dice.chance(50), hasElectronicConsent: dice.chance(50)))
    case .beginPublicService: return .beginPublicService
    case .pay: return .pay(fen: dice.chance(70) ? owed : dice.roll(9_000_000), part: dice.chance(30) ? dice.roll(4) : nil)
    case .askInstalments: return .askInstalments(plan(&dice))
    case .approveInstalments: return .approveInstalments
    case .refuseInstalments: return .refuseInstalments(reason: reason)
    case .deferPayment: return .deferPayment(until: now.day.adding(days: dice.roll(60)))
    case .seekRemedy: return .seekRemedy(dice.pick(CaseFile.Remedy.Kind.allCases))
    case .endRemedy: return .endRemedy(isUpheld: dice.chance(80))
    case .urge: return .urge(served: now.adding(hours: dice.roll(4) - 3))
    case .applyToCourt: return .applyToCourt(hasRiskAssessment: dice.chance(80), hasPlan: dice.chance(90))
    case .courtRules: return .courtRules(isGranted: dice.chance(70))
    case .courtExecutes: return .courtExecutes
    case .orderStop: return .orderStop
    case .removeAtOnce: return .removeAtOnce
    case .announceDemolition: return .announceDemolition(until: now.day.adding(days: dice.roll(20)))
    case .decideDemolition: return .decideDemolition
    case .demolish: return .demolish(at: now)
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
  /// Mostly what the fine comes to, in mostly growing dates.
  private func plan(_ dice: inout Dice) -> [Instalment] {
    let fine = file.decision?.penalty?.fine ?? 100_000
    let count = 1 + dice.roll(4)
    var (rest, day) = (fine, now.day.adding(days: dice.roll(12) - 1))
    return (0..<count).map { index in
      let fen = index == count - 1 && dice.chance(90) ? rest : rest / 2
      rest -= fen
      day = day.adding(days: dice.chance(95) ? 10 + dice.roll(30) : -dice.roll(3))
      return Instalment(fen: fen, dueOn: day)
    }
  }
  /// What is left of the fine with its surcharge.
  private var owed: Int { facts.owed }
  private var facts: CaseFacts { CaseFacts(file: file, law: law, act: nil, actor: CaseGround.officer, now: now) }

  // MARK: What must hold

  func broken() -> [String] {
    var out: [String] = []
    func must(_ what: String, _ holds: Bool) { if !holds { out.append(what) } }
    let top = law.item.fines(on: file.lawDay).map(\.range.upperBound).max() ?? 0
    if let decision = file.decision {
      if let fine = decision.penalty?.fine { must("a fine above the range", fine <= top) }
      switch decision.kind {
      case .penalty:
        must("a penalty without notice", file.notice != nil)
        must("heavier than told", (decision.penalty?.fine ?? 0) <= (file.notice?.penalty.fine ?? 0))
        must("a decision over an open hearing", file.hearing.map { $0.heldAt != nil || $0.isWithdrawn } ?? true)
        must("an unanswered defence", file.statement?.isAnswered ?? true)
        if let told = file.notice?.penalty, let party = file.party, law.offersHearing(told, to: party) {
          must("a grave penalty without review", file.review == .passed)
          must("a grave penalty without discussion", file.discussedBy >= 3)
        }
      case .onSpot: must("too much on the spot", (decision.penalty?.fine ?? 0) <= (file.party?.kind == .unit ? 300_000 : 20_000))
      case .noPenalty: must("no penalty with a fine", decision.penalty == nil)
      case .demolition: must("a demolition order without review", file.review == .passed || file.demolition.stopOrderedAt != nil)
      }
    }
    switch file.state {
    case .served, .urged, .atCourt, .demolishing: must("served without service", file.service?.isRunning == false && file.decision != nil)
    case .closed:
      must(
        "closed while owing", facts.owed == 0 || file.court?.isExecuted == true || facts.isOverturned || file.decision?.kind == .noPenalty)
      must("closed while seized", file.seizure?.isReleased ?? true)
    case .concluded, .notified, .deciding, .decided: must("concluded without evidence", file.exhibits > 0)
    default: break
    }
    if let plan = file.plan {
      let fine = file.decision?.penalty?.fine ?? 0
      must("a plan that is not the fine", plan.parts.reduce(0) { $0 + $1.fen } == fine)
      must("a plan out of order", zip(plan.parts, plan.parts.dropFirst()).allSatisfy { $0.dueOn < $1.dueOn })
      let stands = facts.instalments
      must("a part paid more than whole", stands.allSatisfy { $0.rest >= 0 && ($0.rest == 0) == ($0.paidOn != nil) })
      must("shares that are not the payments", stands.reduce(0) { $0 + $1.paid } == min(fine, file.paid))
      must("a surcharge above its part", stands.allSatisfy { ($0.surcharge?.amount ?? 0) <= $0.part.fen })
    }
    must("owing more than twice the fine", facts.owed <= 2 * (file.decision?.penalty?.fine ?? 0))
    if file.court != nil { must("at court without urging", file.urgedAt != nil) }
    if file.demolition.decidedAt != nil { must("demolished unannounced", file.demolition.announcedUntil != nil && file.urgedAt != nil) }
    return out
  }

  // MARK: Home

  /// Tries what a patient office would do, and waits.
  mutating func goHome() -> Bool {
    papers = CaseGround.allPapers
    let acts: [(CaseAct, CaseActor)] = [
      (.archive, CaseGround.officer), (.takeBack, CaseGround.leader), (.fileOnSpot, CaseGround.officer),
      (.settlePreserved, CaseGround.leader),
      (.releaseSeizure, CaseGround.head), (.endRemedy(isUpheld: true), CaseGround.officer), (.close, CaseGround.leader),
      (.refuseFiling(reason: "现场核查后不符合立案条件"), CaseActor(11, .leader)), (.terminate(reason: "无法继续办理"), CaseGround.head),
    ]
    for _ in 0..<12 {
      if file.state == .archived { return true }
      if let next = acts.first(where: { act, actor in
        var copy = self
        return copy.attempt(act, by: actor)
      }) {
        attempt(next.0, by: next.1)
      } else {
        now = now.adding(hours: 24 * 40)
      }
    }
    return file.state == .archived
  }
}

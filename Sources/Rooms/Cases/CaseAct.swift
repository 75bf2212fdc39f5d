import Kernel

/// A step with all that is said with it.
public enum CaseAct: Hashable, Sendable, Codable {
  case identifyParty(CaseParty)
  case askFiling
  case approveFiling
  case returnFiling(reason: String)
  /// - Parameter reason: what a matter that must become a case is owed: 应立尽立，或者说明为什么不立.
  case refuseFiling(reason: String)
  case assign([CaseOfficer])
  case recuse(account: Int64, reason: String)
  case inspect(present: Set<Int64>)
  case inquire(present: Set<Int64>)
  case collect(exhibits: Int)
  case preserve
  case settlePreserved
  case seize
  case extendSeizure
  case releaseSeizure
  case appraise
  case appraised
  case askAssistance
  case answerAssistance
  case orderCorrection(until: Day?)
  case reviewCorrection(corrected: Bool)
  case takeOrdinary(reason: String)
  case takeFastTrack(FastTrackRequest)
  case takeNoPenalty
  case conclude
  case resumeInvestigation(reason: String)
  case weigh(CaseDiscretion)
  case propose(CasePenalty)
  case askReview
  case passReview
  case returnReview(reason: String)
  /// - Parameter served: when the notice reached the party.
  case giveNotice(served: Moment)
  case hearStatement(isAnswered: Bool)
  case waive
  case askHearing(at: Moment)
  case callHearing(day: Day, host: Int64)
  case holdHearing
  case withdrawHearing
  case endNotice
  case discuss(participants: Int)
  case decide(CasePenalty)
  case decideNoPenalty(NoPenaltyGround)
  case decideOnSpot(CasePenalty, isTold: Bool)
  case fileOnSpot
  case orderDemolition
  case serve(ServiceMethod, on: Day, proof: ServiceProof)
  /// - Parameter kind: one of `IssuedPapers.served`.
  case servePaper(kind: String, ServiceMethod, on: Day, proof: ServiceProof)
  case beginPublicService
  /// - Parameter part: of a plan of instalments, from 1; nil for the earliest that is open.
  case pay(fen: Int, part: Int? = nil)
  case deferPayment(until: Day)
  case askInstalments([Instalment])
  case approveInstalments
  case refuseInstalments(reason: String)
  case seekRemedy(CaseFile.Remedy.Kind)
  case endRemedy(isUpheld: Bool)
  case urge(served: Moment)
  case applyToCourt(hasRiskAssessment: Bool, hasPlan: Bool)
  case courtRules(isGranted: Bool)
  case courtExecutes
  case orderStop
  case removeAtOnce
  case announceDemolition(until: Day)
  case decideDemolition
  case demolish(at: Moment)
  case removedByParty
  case publish
  case withdrawPublication
  case close
  case archive
  case transfer
  case transferCrime
  case takeBack
  case terminate(reason: String)

  public var event: CaseEvent {
    switch self {
    case .identifyParty: .identifyParty
    case .askFiling: .askFiling
    case .approveFiling: .approveFiling
    case .returnFiling: .returnFiling
    case .refuseFiling: .refuseFiling
    case .assign: .assign
    case .recuse: .recuse
    case .inspect: .inspect
    case .inquire: .inquire
    case .collect: .collect
    case .preserve: .preserve
    case .settlePreserved: .settlePreserved
    case .seize: .seize
    case .extendSeizure: .extendSeizure
    case .releaseSeizure: .releaseSeizure
    case .appraise: .appraise
    case .appraised: .appraised
    case .askAssistance: .askAssistance
    case .answerAssistance: .answerAssistance
    case .orderCorrection: .orderCorrection
    case .reviewCorrection: .reviewCorrection
    case .takeOrdinary: .takeOrdinary
    case .takeFastTrack: .takeFastTrack
    case .takeNoPenalty: .takeNoPenalty
    case .conclude: .conclude
    case .resumeInvestigation: .resumeInvestigation
    case .weigh: .weigh
    case .propose: .propose
    case .askReview: .askReview
    case .passReview: .passReview
    case .returnReview: .returnReview
    case .giveNotice: .giveNotice
    case .hearStatement: .hearStatement
    case .waive: .waive
    case .askHearing: .askHearing
    case .callHearing: .callHearing
    case .holdHearing: .holdHearing
    case .withdrawHearing: .withdrawHearing
    case .endNotice: .endNotice
    case .discuss: .discuss
    case .decide: .decide
    case .decideNoPenalty: .decideNoPenalty
    case .decideOnSpot: .decideOnSpot
    case .fileOnSpot: .fileOnSpot
    case .orderDemolition: .orderDemolition
    case .serve: .serve
    case .servePaper: .servePaper
    case .beginPublicService: .beginPublicService
    case .pay: .pay
    case .deferPayment: .deferPayment
    case .askInstalments: .askInstalments
    case .approveInstalments: .approveInstalments
    case .refuseInstalments: .refuseInstalments
    case .seekRemedy: .seekRemedy
    case .endRemedy: .endRemedy
    case .urge: .urge
    case .applyToCourt: .applyToCourt
    case .courtRules: .courtRules
    case .courtExecutes: .courtExecutes
    case .orderStop: .orderStop
    case .removeAtOnce: .removeAtOnce
    case .announceDemolition: .announceDemolition
    case .decideDemolition: .decideDemolition
    case .demolish: .demolish
    case .removedByParty: .removedByParty
    case .publish: .publish
    case .withdrawPublication: .withdrawPublication
    case .close: .close
    case .archive: .archive
    case .transfer: .transfer
    case .transferCrime: .transferCrime
    case .takeBack: .takeBack
    case .terminate: .terminate
    }
  }
}

/// What the party declares in its written request for 快速办理.
public struct FastTrackRequest: Hashable, Sendable, Codable {
  public var isWritten: Bool
  public var factsAreClear: Bool
  public var admitsFault: Bool
  public var agreesWithLaw: Bool
  public var correctionIsUnderWay: Bool
  public init(isWritten: Bool, factsAreClear: Bool, admitsFault: Bool, agreesWithLaw: Bool, correctionIsUnderWay: Bool) {
    self.isWritten = isWritten
    self.factsAreClear = factsAreClear
    self.admitsFault = admitsFault
    self.agreesWithLaw = agreesWithLaw
    self.correctionIsUnderWay = correctionIsUnderWay
  }
}

/// What shows that a paper was served.
public struct ServiceProof: Hashable, Sendable, Codable {
  /// Two served it, and the receipt says so.
  public var servers: Int
  /// 留置: an unconcerned witness, or a recording of the whole.
  public var hasWitnessOrRecording: Bool
  /// 电子: the signed agreement.
  public var hasElectronicConsent: Bool
  public init(servers: Int = 2, hasWitnessOrRecording: Bool = false, hasElectronicConsent: Bool = false) {
    self.servers = servers
    self.hasWitnessOrRecording = hasWitnessOrRecording
    self.hasElectronicConsent = hasElectronicConsent
  }
}

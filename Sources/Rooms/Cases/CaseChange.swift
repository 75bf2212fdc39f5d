import Kernel

/// Writes a step's effect into the case. The table has already allowed it.
struct CaseChange {
  let act: CaseAct
  let actor: CaseActor
  let law: CaseLaw
  let now: Moment

  func apply(to file: inout CaseFile) {
    switch act {
    case .identifyParty(let party): file.party = party
    case .askFiling: file.askedBy = actor.account
    case .approveFiling: file.filedAt = now
    case .assign(let officers): file.officers = officers
    case .recuse(let account, _):
      file.recused.insert(account)
      file.officers.removeAll { $0.account == account }
      file.coOfficers?.removeAll { $0.account == account }
    case .inspect: file.siteRecords += 1
    case .inquire: file.inquiries += 1
    case .collect(let exhibits): file.exhibits += exhibits
    case .preserve: file.preservation = .init(at: now, isSettled: false)
    case .settlePreserved: file.preservation?.isSettled = true
    case .seize: file.seizure = .init(at: now, isExtended: false, isReleased: false)
    case .extendSeizure: file.seizure?.isExtended = true
    case .releaseSeizure: file.seizure?.isReleased = true
    case .appraise: file.appraisingSince = now
    case .appraised: file.appraisingSince = nil
    case .askAssistance:
      file.assistanceAskedAt = now
      file.assistanceAnswered = false
    case .answerAssistance: file.assistanceAnswered = true
    case .orderCorrection(let until): file.correction = .init(orderedAt: now, until: until)
    case .reviewCorrection(let corrected): file.correction?.corrected = corrected
    case .takeOrdinary: file.procedure = .ordinary
    case .takeFastTrack: file.procedure = .fastTrack
    case .takeNoPenalty: file.procedure = .noPenalty
    case .conclude: file.concludedAt = now
    case .resumeInvestigation: backToInvestigation(&file)
    case .weigh(let discretion): file.discretion = discretion
    case .propose(let penalty): file.proposal = penalty
    case .askReview: file.review = .asked
    case .passReview:
      file.review = .passed
      file.reviewedAfterHearing = file.hearing?.heldAt != nil
    case .returnReview: file.review = .returned
    case .giveNotice(let served): file.notice = notice(file, served)
    case .hearStatement(let isAnswered): file.statement = .init(at: now, isAnswered: isAnswered)
    case .waive: file.hasWaived = true
    case .askHearing(let at): file.hearing = .init(askedAt: at)
    case .callHearing(let day, let host):
      file.hearing?.calledAt = now
      file.hearing?.day = day
      file.hearing?.host = host
    case .holdHearing: file.hearing?.heldAt = now
    case .withdrawHearing: file.hearing?.isWithdrawn = true
    case .discuss(let participants): file.discussedBy = participants
    case .decide(let penalty): file.decision = .init(kind: .penalty, at: now, penalty: penalty, ground: nil)
    case .decideNoPenalty(let ground): file.decision = .init(kind: .noPenalty, at: now, penalty: nil, ground: ground)
    case .decideOnSpot(let penalty, _):
      file.decision = .init(kind: .onSpot, at: now, penalty: penalty, ground: nil)
      file.service = .init(method: .direct, on: now.day, isRunning: false)
    case .fileOnSpot: file.onSpotFiledAt = now
    case .orderDemolition: file.decision = .init(kind: .demolition, at: now, penalty: nil, ground: nil)
    case .beginPublicService: file.service = .init(method: .publicNotice, on: now.day, isRunning: true)
    case .serve(let method, let day, _): file.service = .init(method: method, on: day, isRunning: false)
    case .pay(let fen, let part): file.payments.append(.init(on: now.day, fen: fen, part: part))
    case .deferPayment(let until): file.deferredUntil = until
    case .askInstalments(let parts): file.instalments = InstalmentPlan(parts: parts, askedOn: now.day)
    case .approveInstalments:
      file.instalments?.grantedOn = now.day
      file.deferredUntil = file.instalments?.parts.last?.dueOn
    case .refuseInstalments: file.instalments = nil
    case .seekRemedy(let kind): file.remedies.append(.init(kind: kind, began: now.day))
    case .endRemedy(let isUpheld):
      guard let index = file.remedies.lastIndex(where: { $0.ended == nil }) else { return }
      file.remedies[index].ended = now.day
      file.remedies[index].isUpheld = isUpheld
    case .urge(let served): file.urgedAt = served
    case .applyToCourt: file.court = .init(appliedAt: now)
    case .courtRules(let isGranted): file.court?.isGranted = isGranted
    case .courtExecutes: file.court?.isExecuted = true
    case .orderStop: file.demolition.stopOrderedAt = now
    case .removeAtOnce:
      file.decision = .init(kind: .demolition, at: now, penalty: nil, ground: nil)
      file.service = .init(method: .direct, on: now.day, isRunning: false)
      file.demolition.isRemoved = true
    case .announceDemolition(let until): file.demolition.announcedUntil = until
    case .decideDemolition: file.demolition.decidedAt = now
    case .demolish, .removedByParty: file.demolition.isRemoved = true
    case .publish: file.publishedAt = now
    case .withdrawPublication: file.publishedAt = nil
    case .close, .refuseFiling, .terminate: file.endedAt = now
    case .transfer, .transferCrime:
      file.transferredFrom = file.state
      file.endedAt = now
    case .takeBack:
      file.endedAt = nil
      file.state = file.transferredFrom ?? .lead
      file.transferredFrom = nil
    // What was served stands in the step and its receipt.
    case .servePaper: break
    case .returnFiling, .endNotice, .archive: break
    }
  }

  private func notice(_ file: CaseFile, _ served: Moment) -> CaseFile.Notice? {
    guard let penalty = file.proposal, let party = file.party else { return nil }
    return .init(at: served, penalty: penalty, offersHearing: law.offersHearing(penalty, to: party))
  }
  /// A new proposal may differ from what was told: everything after the conclusion begins anew.
  private func backToInvestigation(_ file: inout CaseFile) {
    file.concludedAt = nil
    file.discretion = nil
    file.proposal = nil
    file.review = .none
    file.reviewedAfterHearing = false
    file.notice = nil
    file.statement = nil
    file.hasWaived = false
    file.hearing = nil
    file.discussedBy = 0
  }
}

import Intake
import Kernel
import Matters
import Offices
import People
import Storage

/// What somebody does next with a matter, and when they come back to it.
extension PilotYear {
  private var phrases: PilotPhrases { files.phrases }
  private func theme(_ life: PilotLife) -> PilotPhrases.Theme? { life.theme.map { phrases.themes[$0] } }
  private func squad(_ life: PilotLife) -> PilotSquad { plan.squads[plan.compounds[life.compound].squad] }
  private func officer(_ life: PilotLife) -> Person? {
    let officers = squad(life).officers
    return officers.isEmpty ? nil : officers[PilotPlan.turn(plan.compounds[life.compound], officers.count)]
  }
  /// Minutes of work until the next step: a slow one takes four times as long.
  private func pause(_ life: PilotLife, _ range: ClosedRange<Int>) -> Moment {
    if life.fate.quick, life.visits == 0 { return clock.now.adding(minutes: 4 + random.below(18)) }
    return hours.later(random.within(range) * (life.fate.slow ? 4 : 1), after: clock.now)
  }

  /// One step. Nil when nothing more is to come by itself.
  func act(_ life: PilotLife) async throws -> Moment? {
    guard let matter = try await matter(life.no), matter.state != .closed else { return nil }
    let crew = squad(life)
    guard let leader = crew.leaders.first, let officer = officer(life), let dispatcher = crew.dispatcher else { return nil }
    if let next = try await fromAbove(life, matter, crew) { return next }
    // Whoever halts still calls those who joined since.
    if life.fate.halt == matter.state, matter.state != .accepted, matter.state != .found, matter.state != .approved { return nil }
    switch matter.state {
    case .registered: return try await register(life, matter, by: dispatcher)
    case .dispatched: return try await receive(life, matter, officer: officer, leader: leader, dispatcher: dispatcher)
    case .accepted, .found: return try await work(life, matter, officer: officer, leader: leader)
    case .replied: return try await review(life, by: leader)
    case .approved: return try await askBack(life, matter, by: leader)
    case .hung:
      if life.fate.halt == .hung { return nil }
      try await matters.resume(life.no, note: "条件已具备，恢复办理", version: nil, by: leader)
      return pause(life, 60...400)
    case .transferred:
      try await matters.answerTransfer(life.no, answer: random.word(phrases.transferAnswers), version: nil, by: dispatcher)
      return pause(life, 200...900)
    case .closed: return nil
    }
  }

  /// 催办 and 督办, once each.
  private func fromAbove(_ life: PilotLife, _ matter: Matter, _ crew: PilotSquad) async throws -> Moment? {
    guard [.accepted, .found].contains(matter.state), let manager = crew.manager else { return nil }
    if life.fate.supervised, !life.supervised {
      life.supervised = true
      try await matters.supervise(life.no, note: random.word(phrases.supervisions), version: nil, by: manager)
      return pause(life, 20...200)
    }
    if life.fate.urged, !life.urged {
      life.urged = true
      try await matters.urge(life.no, note: random.word(phrases.urges), version: nil, by: crew.dispatcher ?? manager)
      return pause(life, 20...200)
    }
    return nil
  }

  private func register(_ life: PilotLife, _ matter: Matter, by dispatcher: Person) async throws -> Moment? {
    let theme = theme(life)
    let compound = plan.compounds[life.compound]
    let misread = matter.compound != compound.id || (theme != nil && matter.item != theme?.item)
    if misread, !life.corrected, matter.compound == nil || matter.item == nil || random.chance(0.6) {
      life.corrected = true
      try await matters.correct(
        life.no,
        Correction(
          compound: compound.id, building: matter.building ?? "\(life.spot.building)号", item: theme?.item,
          outOfScope: theme != nil && theme?.item == nil), version: nil, by: dispatcher)
      return hours.desk(5 + random.below(20), after: clock.now)
    }
    if let code = theme?.referral, let department = plan.departments[code] {
      let reason = zip(["dept-police", "dept-fire", "dept-housing"], phrases.transferReasons).first { $0.0 == code }?.1
      try await matters.transfer(life.no, to: department, reason: reason ?? "不属城管执法职责", version: nil, by: dispatcher)
      return life.fate.halt == .transferred ? nil : pause(life, 800...2600)
    }
    let squad = squad(life)
    try await matters.dispatch(
      life.no, to: squad.office.id, note: matter.urgent ? "紧急，请优先处理" : "", version: nil, by: dispatcher)
    return pause(life, 15...260)
  }

  private func receive(_ life: PilotLife, _ matter: Matter, officer: Person, leader: Person, dispatcher: Person) async throws -> Moment? {
    if matter.returns < min(life.fate.returns, 3) {
      try await matters.object(life.no, reason: random.word(phrases.objections), version: nil, by: officer)
      return hours.desk(30 + random.below(120), after: clock.now)
    }
    if life.fate.coHandled, !life.coHandled {
      life.coHandled = true
      if let other = plan.squads.first(where: { $0.district.id == squad(life).district.id && $0.office.id != matter.squad }) {
        try await matters.coHandle(life.no, with: other.office.id, task: random.word(phrases.coTasks), version: nil, by: dispatcher)
        return pause(life, 5...30)
      }
    }
    if random.chance(0.4) {
      try await matters.accept(life.no, officer: officer.id, version: nil, by: leader)
    } else {
      try await matters.accept(life.no, officer: nil, version: nil, by: officer)
    }
    return pause(life, 10...240)
  }

  private func work(_ life: PilotLife, _ matter: Matter, officer: Person, leader: Person) async throws -> Moment? {
    if let next = try await call(life, by: officer) { return next }
    if life.fate.halt == .accepted, life.visits >= life.fate.vain.count, matter.state == .accepted { return nil }
    let theme = theme(life)
    if matter.state == .accepted, life.visits < life.fate.vain.count + 1 + matter.reopened {
      return try await visit(life, theme, by: officer)
    }
    if let days = life.fate.hung, !life.hung {
      life.hung = true
      try await matters.hang(life.no, reason: random.word(phrases.hangs), version: nil, by: leader)
      return days > 300 ? nil : clock.now.adding(hours: 24 * days)
    }
    if matter.state == .accepted {
      try await matters.find(
        life.no, fact: life.fate.fact, factNote: random.word(phrases.factNotes[life.fate.fact.rawValue] ?? []),
        claim: life.fate.claim, claimNote: random.word(phrases.claimNotes[life.fate.claim.rawValue] ?? []), version: nil, by: officer)
      return pause(life, 10...120)
    }
    if let asked = try await ask(life, officer: officer, leader: leader) { return asked }
    if life.fate.measures, life.measured <= matter.reopened, let theme, let measure = random.one(of: theme.measures) {
      life.measured += 1
      let files = random.chance(0.3) ? [photo(theme.item)].compactMap(\.self) : []
      try await matters.measure(
        life.no, kind: measure.kind, note: writer.fill(measure.text, life.spot, &random), files: files, version: nil, by: officer)
      return pause(life, 60...900)
    }
    if life.fate.halt == .found { return nil }
    let solved = life.fate.measures && life.measured > 0
    let compound = plan.compounds[life.compound]
    let place = compound.name + (life.theme == nil ? "" : writer.fill(life.spot.pattern, life.spot, &random))
    let text =
      theme.map { writer.reply($0, solved: solved, day: clock.now.day, place: place, life.spot, &random) }
      ?? "您好，您的来信收悉，我队已将有关规定和办理渠道电话告知。" + random.word(phrases.replyTails)
    try await matters.reply(life.no, outcome: solved ? .solved : .explained, text: text, version: nil, by: officer)
    return pause(life, 20...260)
  }

  /// 先行联系 with everybody who left a number and was not called yet.
  private func call(_ life: PilotLife, by officer: Person) async throws -> Moment? {
    let no = life.no
    let promises = try await matters.house.store.read { db in
      try MatterStore.find(no: no, db).map { try MatterStore.promises(of: $0.id, db) } ?? []
    }
    guard let owed = promises.first(where: { $0.reachable && !$0.contacted && $0.contactTries <= life.fate.callsInVain }) else {
      return nil
    }
    if owed.contactTries > 0, owed.contactTries >= life.fate.callsInVain + 1 { return nil }
    var outcome = owed.contactTries < life.fate.callsInVain ? ContactOutcome.noAnswer : .reached
    if outcome == .reached, random.chance(0.03) { outcome = random.chance(0.5) ? .refused : .wrongNumber }
    if outcome == .reached, random.chance(0.3) {
      _ = try await matters.open(life.no, report: Report.ID(owed.report), purpose: .firstContact, by: officer)
    }
    try await matters.contact(
      life.no, report: Report.ID(owed.report), outcome: outcome, note: random.word(phrases.contact[outcome.rawValue] ?? []), version: nil,
      by: officer)
    if outcome == .wrongNumber { life.fate.callsInVain = min(life.fate.callsInVain, owed.contactTries) }
    return pause(life, 8...150)
  }

  private func visit(_ life: PilotLife, _ theme: PilotPhrases.Theme?, by officer: Person) async throws -> Moment? {
    let vain = life.visits < life.fate.vain.count ? life.fate.vain[life.visits] : nil
    let crew = squad(life)
    let compound = plan.compounds[life.compound]
    let companion = crew.officers.first { $0.id != officer.id }
    let note =
      switch vain {
      case .noOneHome: random.word(phrases.noOneHome)
      case .entryRefused: random.word(phrases.entryRefused)
      case .notFound: random.word(phrases.notFound)
      default: theme.map { writer.fill(random.word($0.visit), life.spot, &random) } ?? "已了解情况，当面答复"
      }
    let position = Coordinates(
      latitude: compound.position.latitude + (random.unit() - 0.5) * 0.002,
      longitude: compound.position.longitude + (random.unit() - 0.5) * 0.002)
    let files = random.chance(0.45) ? [photo(theme?.item)].compactMap(\.self) : []
    try await matters.visit(
      life.no,
      NewVisit(outcome: vain ?? .seen, note: note, companion: random.chance(0.8) ? companion?.id : nil, position: position, files: files),
      version: nil, by: officer)
    life.visits += 1
    return vain == nil ? pause(life, 10...200) : pause(life, 240...620)
  }

  /// 申请延期 and 不合理诉求, each once.
  private func ask(_ life: PilotLife, officer: Person, leader: Person) async throws -> Moment? {
    if let delay = life.fate.delay {
      if !life.delayAsked {
        life.delayAsked = true
        try await matters.askDelay(
          life.no, workingDays: random.within(3...10), reason: random.word(phrases.delays), version: nil, by: officer)
        return delay == .waiting ? nil : pause(life, 20...200)
      }
      if delay != .waiting {
        life.fate.delay = nil
        try await matters.decideDelay(
          life.no, grant: delay == .granted, note: delay == .granted ? "同意，请按期办结" : "可先分步答复，不同意延期", version: nil, by: leader)
        return pause(life, 20...200)
      }
    }
    if let claim = life.fate.unreasonable {
      if !life.flagged {
        life.flagged = true
        try await matters.flagUnreasonable(life.no, reason: random.word(phrases.unreasonable), version: nil, by: officer)
        return claim == .waiting ? nil : pause(life, 60...300)
      }
      if claim != .waiting {
        life.fate.unreasonable = nil
        try await matters.reviewUnreasonable(
          life.no, agree: claim == .granted, note: claim == .granted ? "核查充分，予以认定" : "来电人诉求有一定依据，不予认定", version: nil, by: leader)
        return pause(life, 20...120)
      }
    }
    return nil
  }

  private func review(_ life: PilotLife, by leader: Person) async throws -> Moment? {
    if life.fate.sentBack, !life.sentBack {
      life.sentBack = true
      try await matters.sendBack(life.no, reason: random.word(phrases.sendBacks), version: nil, by: leader)
      return pause(life, 40...300)
    }
    try await matters.approve(life.no, note: random.chance(0.3) ? "同意" : "", version: nil, by: leader)
    return pause(life, 300...1100)
  }

  private func askBack(_ life: PilotLife, _ matter: Matter, by leader: Person) async throws -> Moment? {
    let promises = try await matters.house.store.read { db in try MatterStore.promises(of: matter.id, db) }
    let unhappy = life.fate.satisfaction == .dissatisfied && !life.fate.solved
    // One that halts unhappy is asked first: a person has to decide then.
    if life.fate.halt == .approved, !unhappy { return nil }
    // Somebody joined after the answer had gone out: it starts again for them.
    if promises.contains(where: { !$0.answered }), matter.reopened < 2 {
      try await matters.reopen(life.no, reason: "答复后又有新诉件反映同一问题，重新核查", version: nil, by: leader)
      return pause(life, 60...300)
    }
    if let owed = promises.first(where: { $0.reachable && !$0.revisited }) {
      let first = promises.first?.report == owed.report
      let satisfaction = first || !unhappy ? life.fate.satisfaction : .basically
      let note = random.word(satisfaction == .dissatisfied ? phrases.dissatisfied : phrases.satisfied)
      if life.fate.ratesThemselves, owed.answered, let receipt = life.reports.first(where: { $0.id.raw == owed.report })?.receipt {
        _ = try await matters.rate(receipt: receipt, satisfaction: satisfaction, solved: life.fate.solved, note: note)
      } else {
        try await matters.revisit(
          life.no, report: Report.ID(owed.report), satisfaction: satisfaction, solved: life.fate.solved || !first, note: note, version: nil,
          by: leader)
      }
      return pause(life, 5...60)
    }
    if life.fate.halt == .approved { return nil }
    if unhappy, life.fate.reopens, matter.reopened == 0 {
      life.fate.satisfaction = .basically
      life.fate.solved = true
      life.fate.measures = true
      life.fate.fact = .confirmed
      life.fate.claim = .reasonable
      try await matters.reopen(life.no, reason: random.word(phrases.reopens), version: nil, by: leader)
      return pause(life, 60...500)
    }
    try await matters.close(life.no, note: random.word(phrases.closes), version: nil, by: leader)
    return nil
  }
}

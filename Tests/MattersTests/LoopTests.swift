import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import People
import Storage
import TestHouse
import Testing
import WorkCalendar
import Workflow

@Suite struct LoopTests {
  /// The exact list of what each role may try in each state. A new hole or a lost button shows here as a difference.
  @Test func permittedEventsAreExactlyThese() {
    var lines: [String] = []
    for role in Role.allCases {
      for state in MatterState.allCases {
        let events = MatterLoop.table.choices(in: state, by: role, facts: MatterFacts(state: state)).map(\.event.rawValue)
        if !events.isEmpty { lines.append("\(role.rawValue) \(state.rawValue): \(events.joined(separator: " "))") }
      }
    }
    #expect(lines == Self.expected.split(separator: "\n").map(String.init))
  }

  @Test func everyStateCanBeReachedAndLeft() {
    let targets = Set(MatterLoop.table.steps.compactMap(\.to)).union([.registered])
    #expect(targets == Set(MatterState.allCases))
    for state in MatterState.allCases {
      #expect(MatterLoop.table.steps.contains { $0.from.contains(state) && $0.to != nil && $0.to != state }, "\(state) has no way out")
    }
    #expect(Set(MatterLoop.table.steps.map(\.event)) == Set(MatterEvent.allCases))
  }

  @Test(arguments: MatterState.allCases) func everyStateIsReachedByRealSteps(_ state: MatterState) async throws {
    let scene = try await MatterScene.make()
    let (no, _) = try await scene.matter(in: state)
    #expect(try await scene.matter(no).state == state)
    let verdict = try await scene.house.store.read { db in try Journal.verify(db) }
    #expect(verdict.faults.isEmpty)
  }

  @Test func whoHasNoPhoneIsAnsweredAndClosedWithoutRevisit() async throws {
    let scene = try await MatterScene.make()
    let (no, received) = try await scene.matter(in: .replied, phone: nil)
    try await scene.matters.approve(no, note: "", version: nil, by: scene.leader)
    #expect(try await scene.matter(no).state == .closed)
    let progress = try await scene.matters.progress(receipt: try #require(received.receipt))
    #expect(progress.reply == "已责令恢复原状，10 月 8 日前复查。")
    #expect(progress.closed)
  }

  @Test func refusalsSayWhatIsMissing() async throws {
    let scene = try await MatterScene.make()
    let (no, received) = try await scene.matter(in: .accepted)
    await expectRefusal("matters-not-visited") {
      try await scene.matters.find(
        no, fact: .confirmed, factNote: "现场查见改建", claim: .reasonable, claimNote: "违反管理规定条款", version: nil, by: scene.officer)
    }
    try await scene.matters.visit(no, NewVisit(outcome: .noOneHome, note: "敲门无人应答，贴上门告知单"), version: nil, by: scene.officer)
    await expectRefusal("matters-explanation-only-word") {
      try await scene.matters.find(
        no, fact: .confirmed, factNote: "情况属实。", claim: .reasonable, claimNote: "诉求合理", version: nil, by: scene.officer)
    }
    try await scene.matters.find(
      no, fact: .unverifiable, factNote: "两次上门无人，物业称长期空置", claim: .partly, claimNote: "渗水需房屋检测确认", version: nil, by: scene.officer)
    await expectRefusal("matters-not-contacted") {
      try await scene.matters.reply(no, outcome: .explained, text: "正在联系业主。", version: nil, by: scene.officer)
    }
    try await scene.matters.contact(no, report: received.report.id, outcome: .noAnswer, note: "", version: nil, by: scene.officer)
    await expectRefusal("matters-solved-without-measure") {
      try await scene.matters.reply(no, outcome: .solved, text: "已解决。", version: nil, by: scene.officer)
    }
    try await scene.matters.reply(no, outcome: .explained, text: "正在联系业主。", version: nil, by: scene.leader)
    await expectRefusal("matters-own-reply") { try await scene.matters.approve(no, note: "", version: nil, by: scene.leader) }
    try await scene.matters.approve(no, note: "", version: nil, by: scene.chief)
  }

  @Test func threeReturnsAndNoMore() async throws {
    let scene = try await MatterScene.make()
    let (no, _) = try await scene.matter(in: .dispatched)
    for turn in 1...3 {
      try await scene.matters.object(no, reason: "非本辖区", version: nil, by: scene.leader)
      let matter = try await scene.matter(no)
      #expect(matter.state == .registered && matter.returns == turn)
      // 首接负责: who received it first answers for it until another accepts.
      #expect(matter.holder == scene.squad)
      try await scene.matters.dispatch(no, to: scene.squad, note: "", version: nil, by: scene.dispatcher)
    }
    await expectRefusal("matters-returned-thrice") { try await scene.matters.object(no, reason: "非本辖区", version: nil, by: scene.leader) }
  }

  @Test func theSecondOfTwoDispatchersGetsThePlainConflict() async throws {
    let scene = try await MatterScene.make()
    let (no, _) = try await scene.matter(in: .registered)
    let seen = try await scene.matter(no).version
    try await scene.matters.dispatch(no, to: scene.squad, note: "", version: seen, by: scene.dispatcher)
    do {
      try await scene.matters.dispatch(no, to: scene.otherSquad, note: "", version: seen, by: scene.dispatcher)
      Issue.record("the second dispatch went through")
    } catch let refusal as Refusal {
      #expect(refusal.kind == .conflict && refusal.code == "matters-changed")
      #expect(refusal.message.contains("赵派") && refusal.message.contains("派单给徐泾中队"))
    }
  }

  @Test func anotherSquadSeesNothing() async throws {
    let scene = try await MatterScene.make()
    let (no, received) = try await scene.matter(in: .accepted)
    await expectRefusal("matters-missing") { _ = try await scene.matters.file(no, for: scene.stranger) }
    await expectRefusal("matters-missing") {
      _ = try await scene.matters.open(no, report: received.report.id, purpose: .siteVisit, by: scene.stranger)
    }
    #expect(try await scene.matters.list(MatterFilter(), for: scene.stranger).matters.isEmpty)
    try await scene.matters.coHandle(no, with: scene.otherSquad, task: "协助核查同一业主另一套房", version: nil, by: scene.leader)
    #expect(try await scene.matters.list(MatterFilter(), for: scene.stranger).matters.map(\.no) == [no])
  }

  @Test func whoFindsItOnPatrolMayTakeItOnAtOnce() async throws {
    let scene = try await MatterScene.make()
    var new = NewReport(channel: .patrol, content: "天井正在搭建玻璃房", saidAt: scene.clock.now)
    new.compound = scene.compound
    new.reporter = scene.officer.id.raw
    let received = try await scene.matters.receive(new, by: scene.officer.actor)
    await expectRefusal("matters-not-own-patrol") {
      try await scene.matters.accept(received.matterNo, officer: nil, version: nil, by: scene.second)
    }
    let matter = try await scene.matters.accept(received.matterNo, officer: nil, version: nil, by: scene.officer)
    #expect(matter.state == .accepted && matter.officer == scene.officer.id && matter.holder == scene.squad)
  }

  @Test func filesAreOnlyForThoseWhoMaySeeTheirMatter() async throws {
    let scene = try await MatterScene.make()
    let (no, _) = try await scene.matter(in: .accepted)
    let hash = { (digit: Character) in String(repeating: digit, count: 64) }
    let file = ReportFile(
      original: StoredFile(sha256: hash("a"), size: 3), mediaType: "image/jpeg", publicCopy: hash("b"), thumbnail: hash("c"))
    try await scene.matters.visit(no, NewVisit(outcome: .seen, note: "已拍照", files: [file]), version: nil, by: scene.officer)
    #expect(try await scene.matters.maySee(file: hash("a"), scene.second).kind == .original)
    #expect(try await scene.matters.maySee(file: hash("c"), scene.manager).kind == .thumbnail)
    await expectRefusal("matters-no-file") { _ = try await scene.matters.maySee(file: hash("a"), scene.manager) }
    await expectRefusal("matters-no-file") { _ = try await scene.matters.maySee(file: hash("b"), scene.stranger) }
    await expectRefusal("matters-no-file") { _ = try await scene.matters.maySee(file: hash("d"), scene.officer) }
  }

  @Test func theDayShowsWhatEachRoleIsAskedFor() async throws {
    let scene = try await MatterScene.make()
    let (registered, _) = try await scene.matter(in: .registered)
    let (accepted, _) = try await scene.matter(in: .accepted)
    let (replied, _) = try await scene.matter(in: .replied)
    func rows(_ kind: Agenda.Kind, _ person: Person) async throws -> [String] {
      try await scene.matters.agenda(for: person).part(kind)?.matters.map(\.no) ?? []
    }
    #expect(try await rows(.contact, scene.officer) == [accepted])
    #expect(try await rows(.contact, scene.stranger).isEmpty)
    #expect(try await rows(.approve, scene.leader) == [replied])
    #expect(try await rows(.dispatch, scene.dispatcher) == [registered])
    let desk = try await scene.matters.arrivals(for: scene.dispatcher)
    #expect(desk.rows.map(\.matter.no) == [registered])
    #expect(desk.clocks[desk.rows[0].matter.id]?.remaining.text.hasPrefix("还剩") == true)
    #expect(try await scene.matters.squads(for: scene.dispatcher).map(\.open) == [0, 3])
  }

  @Test func lookingAtAnIdentityIsRecorded() async throws {
    let scene = try await MatterScene.make()
    let (no, received) = try await scene.matter(in: .accepted)
    let opened = try await scene.matters.open(no, report: received.report.id, purpose: .firstContact, by: scene.officer)
    #expect(opened.phone == "13800001234" && opened.name == "王芳")
    let looks = try await scene.house.store.read { db in
      try Journal.entries(of: Subject("report", received.report.id), db).filter { $0.action == "report-identity-opened" }
    }
    #expect(looks.count == 1 && looks[0].actor.account == scene.officer.id.raw && looks[0].detail.contains("firstContact"))
  }

  static let expected = """
    officer registered: accept correct
    officer dispatched: object accept contact correct
    officer accepted: contact visit find measure askDelay flagUnreasonable correct
    officer found: contact visit find measure reply askDelay flagUnreasonable correct
    officer replied: contact correct
    officer approved: contact correct
    officer hung: contact visit correct
    officer transferred: correct
    squadLeader registered: dispatch accept urge transfer reviewUnreasonable correct merge split
    squadLeader dispatched: dispatch object accept assign contact coHandle urge transfer reviewUnreasonable correct merge split
    squadLeader accepted: assign contact visit find measure askDelay decideDelay coHandle hang urge transfer flagUnreasonable reviewUnreasonable correct merge split
    squadLeader found: assign contact visit find measure reply askDelay decideDelay coHandle hang urge transfer flagUnreasonable reviewUnreasonable correct merge split
    squadLeader replied: contact approve sendBack urge reviewUnreasonable correct
    squadLeader approved: contact revisit close reopen urge reviewUnreasonable correct
    squadLeader hung: assign contact visit resume urge reviewUnreasonable correct
    squadLeader transferred: urge answerTransfer takeBack reviewUnreasonable correct
    squadLeader closed: reopen
    dispatcher registered: dispatch urge transfer correct merge split
    dispatcher dispatched: dispatch coHandle urge transfer correct merge split
    dispatcher accepted: coHandle urge transfer correct merge split
    dispatcher found: coHandle urge transfer correct merge split
    dispatcher replied: urge correct
    dispatcher approved: revisit close reopen urge correct
    dispatcher hung: urge correct
    dispatcher transferred: urge answerTransfer takeBack correct
    dispatcher closed: reopen
    districtManager registered: urge supervise
    districtManager dispatched: urge supervise
    districtManager accepted: urge supervise
    districtManager found: urge supervise
    districtManager replied: urge supervise
    districtManager approved: urge supervise
    districtManager hung: urge supervise
    districtManager transferred: urge supervise
    cityManager registered: urge supervise
    cityManager dispatched: urge supervise
    cityManager accepted: urge supervise
    cityManager found: urge supervise
    cityManager replied: urge supervise
    cityManager approved: urge supervise
    cityManager hung: urge supervise
    cityManager transferred: urge supervise
    """
}

/// Expects exactly this refusal.
func expectRefusal(_ code: String, _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) async {
  do {
    try await body()
    Issue.record("no refusal, expected \(code)", sourceLocation: sourceLocation)
  } catch let refusal as Refusal {
    #expect(refusal.code == code, sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
  }
}

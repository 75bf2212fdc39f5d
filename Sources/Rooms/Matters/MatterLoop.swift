import Catalogue
import ClockBook
import Kernel
import People
import WorkCalendar
import Workflow

/// What the guards of the loop look at.
public struct MatterFacts: Sendable {
  public var state: MatterState
  public var hasSquad: Bool
  public var returns: Int
  /// Reports whose caller could be called and has not been, not even in vain.
  public var uncontacted: Int
  public var hasVisit: Bool
  public var hasFinding: Bool
  public var hasMeasure: Bool
  public var pendingDelay: Bool
  public var unreasonable: Matter.Unreasonable
  /// Reports still waiting for a revisit.
  public var unrevisited: Int
  public var reports: Int
  /// The actor wrote the reply that waits for approval.
  public var actorReplied: Bool
  public var outcome: Matter.Outcome?
  /// The actor found it on patrol.
  public var ownPatrol: Bool
  public init(
    state: MatterState, hasSquad: Bool = true, returns: Int = 0, uncontacted: Int = 0, hasVisit: Bool = false, hasFinding: Bool = false,
    hasMeasure: Bool = false, pendingDelay: Bool = false, unreasonable: Matter.Unreasonable = .none, unrevisited: Int = 0, reports: Int = 1,
    actorReplied: Bool = false, outcome: Matter.Outcome? = nil, ownPatrol: Bool = false
  ) {
    self.state = state
    self.hasSquad = hasSquad
    self.returns = returns
    self.uncontacted = uncontacted
    self.hasVisit = hasVisit
    self.hasFinding = hasFinding
    self.hasMeasure = hasMeasure
    self.pendingDelay = pendingDelay
    self.unreasonable = unreasonable
    self.unrevisited = unrevisited
    self.reports = reports
    self.actorReplied = actorReplied
    self.outcome = outcome
    self.ownPatrol = ownPatrol
  }
}

/// The closed loop as a table: who may do what, when, and what is still missing.
public enum MatterLoop {
  public typealias Table = Procedure<MatterState, MatterEvent, Role, MatterFacts>
  public typealias Row = Step<MatterState, MatterEvent, Role, MatterFacts>

  static let open = Set(MatterState.allCases).subtracting([.closed])
  static let working: Set<MatterState> = [.accepted, .found]
  static let field: Set<Role> = [.officer, .squadLeader]
  static let desk: Set<Role> = [.dispatcher, .squadLeader]
  static let above: Set<Role> = [.districtManager, .cityManager]

  public static let table = Table(
    name: "事项闭环",
    steps: [
      Row(.dispatch, from: [.registered], to: .dispatched, by: desk),
      Row(.dispatch, from: [.dispatched], to: .dispatched, by: desk),
      // 退单至多三次；此后先办后议，不再来回推。
      Row(.object, from: [.dispatched], to: .registered, by: field, guards: [returnsLeft]),
      Row(.accept, from: [.dispatched], to: .accepted, by: field),
      // 巡查发现的由发现人接着办，不必绕派单台一圈。
      Row(.accept, from: [.registered], to: .accepted, by: field, guards: [foundMyself]),
      Row(.assign, from: [.dispatched, .accepted, .found, .hung], to: nil, by: [.squadLeader]),
      Row(.contact, from: [.dispatched, .accepted, .found, .hung, .replied, .approved], to: nil, by: field, basis: "先行联系"),
      Row(.visit, from: working.union([.hung]), to: nil, by: field),
      Row(.find, from: [.accepted], to: .found, by: field, guards: [visited]),
      Row(.find, from: [.found], to: .found, by: field),
      Row(.measure, from: working, to: nil, by: field),
      Row(.reply, from: [.found], to: .replied, by: field, guards: [found, everyoneContacted]),
      Row(.approve, from: [.replied], to: .approved, by: [.squadLeader], guards: [fourEyes]),
      Row(.sendBack, from: [.replied], to: .found, by: [.squadLeader]),
      Row(.revisit, from: [.approved], to: nil, by: [.dispatcher, .squadLeader]),
      Row(.close, from: [.approved], to: .closed, by: [.dispatcher, .squadLeader], guards: [everyoneRevisited]),
      Row(.reopen, from: [.approved, .closed], to: .accepted, by: [.dispatcher, .squadLeader]),
      Row(.askDelay, from: working, to: nil, by: field, guards: [noDelayPending]),
      Row(.decideDelay, from: working, to: nil, by: [.squadLeader], guards: [delayPending]),
      Row(.coHandle, from: [.dispatched, .accepted, .found], to: nil, by: desk),
      Row(.hang, from: working, to: .hung, by: [.squadLeader]),
      Row(.resume, from: [.hung], to: .accepted, by: [.squadLeader]),
      Row(.urge, from: open, to: nil, by: desk.union(above)),
      Row(.supervise, from: open, to: nil, by: above),
      Row(
        .transfer, from: [.registered, .dispatched, .accepted, .found], to: .transferred, by: desk,
        basis: "上海市城市管理行政执法条例第二十六条（2018 年文本）"),
      Row(.answerTransfer, from: [.transferred], to: .approved, by: desk),
      Row(.takeBack, from: [.transferred], to: .registered, by: desk),
      Row(.flagUnreasonable, from: working, to: nil, by: field, guards: [notFlagged]),
      Row(.reviewUnreasonable, from: open, to: nil, by: [.squadLeader], guards: [flagged]),
      Row(.correct, from: open, to: nil, by: [.officer, .squadLeader, .dispatcher]),
      Row(.merge, from: [.registered, .dispatched, .accepted, .found], to: .closed, by: desk),
      Row(.split, from: [.registered, .dispatched, .accepted, .found], to: nil, by: desk, guards: [severalReports]),
    ])

  public static let mostReturns = 3

  static let returnsLeft = Guard<MatterFacts>("退单不超过三次") {
    $0.returns < mostReturns ? nil : Refusal(.conflict, "matters-returned-thrice", "已退单三次，不能再退。请先接单办理，职责争议报区局协调（先办后议）。")
  }
  static let foundMyself = Guard<MatterFacts>("本人巡查发现") {
    $0.ownPatrol && $0.hasSquad ? nil : Refusal(.conflict, "matters-not-own-patrol", "只有本人巡查发现的事项可以直接接办，其他事项等派单后再接。")
  }
  static let visited = Guard<MatterFacts>("有现场核查记录") {
    $0.hasVisit ? nil : Refusal(.conflict, "matters-not-visited", "还没有现场核查记录。上门无人、拒绝进入也请如实记一次。")
  }
  static let found = Guard<MatterFacts>("已作认定") {
    $0.hasFinding ? nil : Refusal(.conflict, "matters-no-finding", "请先作出事实认定和诉求认定。")
  }
  static let everyoneContacted = Guard<MatterFacts>("诉件都有先行联系记录") {
    $0.uncontacted == 0 ? nil : Refusal(.conflict, "matters-not-contacted", "还有 \($0.uncontacted) 件诉件没有先行联系记录；联系不上也请记录一次。")
  }
  static let fourEyes = Guard<MatterFacts>("审核人不是起草人") {
    $0.actorReplied ? Refusal(.forbidden, "matters-own-reply", "本人起草的答复须由其他中队领导审核。") : nil
  }
  static let everyoneRevisited = Guard<MatterFacts>("诉件都有回访结果") {
    $0.unrevisited == 0 ? nil : Refusal(.conflict, "matters-not-revisited", "还有 \($0.unrevisited) 件诉件没有回访结果。")
  }
  static let noDelayPending = Guard<MatterFacts>("没有待批的延期") {
    $0.pendingDelay ? Refusal(.conflict, "matters-delay-pending", "已有一份延期申请等待审批。") : nil
  }
  static let delayPending = Guard<MatterFacts>("有待批的延期") {
    $0.pendingDelay ? nil : Refusal(.conflict, "matters-no-delay", "没有等待审批的延期申请。")
  }
  static let notFlagged = Guard<MatterFacts>("没有待复核的不合理诉求认定") {
    $0.unreasonable == .none || $0.unreasonable == .refused ? nil : Refusal(.conflict, "matters-flagged", "已提请认定，等待复核或已有结论。")
  }
  static let flagged = Guard<MatterFacts>("有待复核的不合理诉求认定") {
    $0.unreasonable == .asked ? nil : Refusal(.conflict, "matters-not-flagged", "没有等待复核的不合理诉求。")
  }
  static let severalReports = Guard<MatterFacts>("有两件以上诉件") {
    $0.reports > 1 ? nil : Refusal(.conflict, "matters-single-report", "只有一件诉件，无需拆分。")
  }
}

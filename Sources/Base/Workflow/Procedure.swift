import Kernel

/// A condition of a step: in a few words for the table, and checked on the facts.
public struct Guard<Facts: Sendable>: Sendable {
  /// What has to be so: "已指定两名以上承办人员".
  public let condition: String
  /// The article that asks for it.
  public let article: String?
  /// Nil when it is met, else why the step is not yet possible.
  public let check: @Sendable (Facts) -> Refusal?
  public init(_ condition: String, _ article: String? = nil, check: @escaping @Sendable (Facts) -> Refusal?) {
    self.condition = condition
    self.article = article
    self.check = check
  }
}

/// One row of a procedure: who may do what in which states, on what basis, and where it leads.
public struct Step<State: Hashable & Sendable, Event: Hashable & Sendable, Role: Hashable & Sendable, Facts: Sendable>: Sendable {
  public let event: Event
  public let from: Set<State>
  /// Nil when the step leaves the state as it is.
  public let to: State?
  public let roles: Set<Role>
  /// The law's article or the rule it rests on.
  public let basis: String?
  public let guards: [Guard<Facts>]
  public init(
    _ event: Event, from: Set<State>, to: State?, by roles: Set<Role>, basis: String? = nil, guards: [Guard<Facts>] = []
  ) {
    self.event = event
    self.from = from
    self.to = to
    self.roles = roles
    self.basis = basis
    self.guards = guards
  }
}

/// A procedure is a table. The same table decides, draws the buttons, fills the API's allowed actions and is the test's list.
public struct Procedure<State: Hashable & Sendable, Event: Hashable & Sendable, Role: Hashable & Sendable, Facts: Sendable>: Sendable {
  public typealias Row = Step<State, Event, Role, Facts>
  public let name: String
  public let steps: [Row]
  public init(name: String, steps: [Row]) {
    self.name = name
    self.steps = steps
  }

  /// The row that applies, or the reason why none does.
  public func decide(_ event: Event, in state: State, by role: Role, facts: Facts) throws(Refusal) -> Row {
    let rows = steps.filter { $0.event == event }
    let here = rows.filter { $0.from.contains(state) }
    guard !here.isEmpty else {
      throw Refusal(.conflict, "step-not-now", "当前状态不能做这一步，页面可能已经过时，请刷新后再看。", article: rows.first?.basis)
    }
    guard let row = here.first(where: { $0.roles.contains(role) }) else {
      throw Refusal(.forbidden, "step-not-yours", "这一步不由您的岗位办理。", article: here.first?.basis)
    }
    for condition in row.guards {
      if let refusal = condition.check(facts) { throw refusal }
    }
    return row
  }

  /// Events a role may try in a state, in the table's order, each with the reason that still stands in its way.
  public func choices(in state: State, by role: Role, facts: Facts) -> [(event: Event, missing: Refusal?)] {
    steps.filter { $0.from.contains(state) && $0.roles.contains(role) }
      .map { step in (step.event, step.guards.lazy.compactMap { $0.check(facts) }.first) }
  }
}

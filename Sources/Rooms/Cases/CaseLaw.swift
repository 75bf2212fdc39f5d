import Catalogue
import Kernel
import WorkCalendar

/// The law as one case needs it: its item, the periods, the amounts, the calendar. Pure.
public struct CaseLaw: Sendable {
  public let calendar: WorkCalendar
  public let clocks: ClockTable
  public let limits: CaseLimits
  public let item: Item
  public init(calendar: WorkCalendar, clocks: ClockTable, limits: CaseLimits, item: Item) {
    self.calendar = calendar
    self.clocks = clocks
    self.limits = limits
    self.item = item
  }

  /// When a period that begins at `start` ends, by the rule of that day.
  /// - Returns: nil when the table has no such rule: then nothing may be refused or allowed on its account.
  func end(of kind: String, from start: Moment, pauses: [ClockPause] = [], now: Moment) -> Deadline? {
    clocks.spec(kind, on: start.day).map { Clock($0, ClockState(start: start, pauses: pauses)).deadline(on: calendar, asOf: now) }
  }
  func end(of kind: String, from day: Day, now: Moment) -> Deadline? { end(of: kind, from: day.start, now: now) }

  /// The last day on which the act could still be found, 行政处罚法第三十六条; nil while it lasts.
  public func limitation(_ act: CaseAction) -> Day? {
    guard let ended = act.ended else { return nil }
    let years = limits.value(act.endangersLife ? "limitation-extended" : "limitation")
    return Clock(
      ClockSpec(
        kind: "limitation", name: "追责时效", unit: .months, length: years * 12, startEvent: "行为终了", warnBefore: ClockWarning(0, .hours),
        basis: "《中华人民共和国行政处罚法》第三十六条", confidence: .quotedFromText), ClockState(start: ended.start)
    ).deadline(on: calendar, asOf: ended.start).due.adding(milliseconds: -1).day
  }

  /// A fine of this size, or a penalty of this weight, gives the right to a hearing: 行政处罚法第六十三条第一款.
  public func offersHearing(_ penalty: CasePenalty, to party: CaseParty) -> Bool {
    penalty.isGrave || penalty.fine >= limits.fen(party.kind == .individual ? "hearing-individual" : "hearing-unit")
  }
  /// 当场处罚: a warning, or a fine within the amounts of 第五十一条.
  func mayBeOnSpot(_ penalty: CasePenalty, for party: CaseParty) -> Bool {
    !penalty.isGrave && penalty.fine <= limits.fen(party.kind == .individual ? "onspot-individual" : "onspot-unit")
  }
}

/// What the guards look at: the case, the law, the step that is asked for, who asks, and when.
public struct CaseFacts: Sendable {
  public let file: CaseFile
  public let law: CaseLaw
  /// Nil when only the possible steps are listed: conditions of the step's own words are then not looked at.
  public let act: CaseAct?
  public let actor: CaseActor
  public let now: Moment
  public init(file: CaseFile, law: CaseLaw, act: CaseAct?, actor: CaseActor, now: Moment) {
    self.file = file
    self.law = law
    self.act = act
    self.actor = actor
    self.now = now
  }
  var today: Day { now.day }
}

public struct CaseActor: Hashable, Sendable {
  public let account: Int64
  public let role: CaseRole
  public init(_ account: Int64, _ role: CaseRole) {
    self.account = account
    self.role = role
  }
}

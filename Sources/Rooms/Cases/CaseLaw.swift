import Catalogue
import Kernel
import WorkCalendar

/// The law as one case needs it: its item, the periods, the amounts, the calendar. Pure.
public struct CaseLaw: Sendable {
  public let calendar: WorkCalendar
  public let clocks: ClockTable
  public let limits: CaseLimits
  public let item: Item
  /// 裁量基准 of the item, or the one for items without.
  public let discretion: DiscretionTable?
  public init(calendar: WorkCalendar, clocks: ClockTable, limits: CaseLimits, item: Item, discretion: DiscretionTable? = nil) {
    self.calendar = calendar
    self.clocks = clocks
    self.limits = limits
    self.item = item
    self.discretion = discretion
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

  /// The range of the clause in force on a day for a party, in fen; of a formula when what it is reckoned from is known.
  /// - Parameter quantity: square metres times a hundred, or the base of a multiple in fen.
  /// - Returns: the range and how it came about; nil when the clause has none, or what it is reckoned from is missing.
  public func range(for kind: CaseParty.Kind, _ tier: Fine.Tier, on day: Day, quantity: Int? = nil) -> (
    range: ClosedRange<Int>, arithmetic: String
  )? {
    guard let fine = item.fines(on: day).first(where: { $0.tier == tier && $0.applies(to: kind) }) else { return nil }
    let (low, high) = (fine.range.lowerBound, fine.range.upperBound)
    switch fine.measure {
    case .amount: return (low...high, fine.text)
    case .perSquareMetre, .perSquareMetreDay:
      guard let quantity else { return nil }
      return (low * quantity / 100...high * quantity / 100, "\(fine.text) × \(Self.decimal(quantity)) 平方米")
    case .multiple:
      guard let quantity else { return nil }
      return (low * quantity...high * quantity, "\(fine.text)，基数 \(Self.decimal(quantity)) 元")
    }
  }
  private static func decimal(_ hundredths: Int) -> String {
    hundredths % 100 == 0 ? "\(hundredths / 100)" : "\(hundredths / 100).\((hundredths % 100).padded(2))"
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
  public let papers: IssuedPapers
  public init(file: CaseFile, law: CaseLaw, act: CaseAct?, actor: CaseActor, now: Moment, papers: IssuedPapers = IssuedPapers()) {
    self.file = file
    self.law = law
    self.act = act
    self.actor = actor
    self.now = now
    self.papers = papers
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

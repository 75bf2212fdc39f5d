import Kernel

/// What came of planning.
public enum StaffingOutcome: Sendable {
  case plan(StaffingPlan)
  /// No plan keeps all rules; with these relaxed there is one.
  case impossible([RelaxedRule])
  /// The time ended before a plan was found or its absence proven.
  case undecided
}

/// One rule of the smallest set found: without each of them there would still be no plan.
public struct RelaxedRule: Hashable, Sendable {
  public var rule: StaffingRule
  /// What cannot be kept and who can do what about it.
  public var sentence: String
}

/// Modes, contacts and four weeks of half-days, with what is proven of them and why they are so.
public struct StaffingPlan: Hashable, Sendable, Codable {
  public struct Compound: Hashable, Sendable, Codable {
    public var compound: String
    public var mode: StationingMode
    public var modeName: String
    /// Visits in the period.
    public var visits: Int
    public var demandHours: Double
    public var servedHours: Double
    public var contact: String
    public var second: String?
    public var reason: String
    public var contactReason: String
    public var secondReason: String?
  }
  public struct Row: Hashable, Sendable, Codable {
    public enum Task: String, Hashable, Sendable, Codable { case visit, duty, rest }
    public enum Role: String, Hashable, Sendable, Codable { case contact, second, standIn = "stand_in" }
    public var date: Day
    public var half: HalfDay
    public var officer: String
    public var task: Task
    public var compound: String?
    public var duty: String?
    public var role: Role?
    public var insteadOf: String?
    public var fixed: Bool
    public var reason: String
  }
  public struct Load: Hashable, Sendable, Codable {
    public var officer: String
    public var available: Int
    public var visits: Int
    public var standIns: Int
    public var duties: Int
    /// Visits, stand-ins and duties as they weigh.
    public var load: Int
    public var percent: Int
  }
  public var compounds: [Compound]
  public var roster: [Row]
  public var loads: [Load]
  public var score: PlanScore
  public var objective: Int
  /// No plan that keeps the rules costs less.
  public var bound: Int
  /// (objective − bound) / objective.
  public var gap: Double
  /// The time limit ended the search before the wanted gap.
  public var timeLimited: Bool
  /// The same people by shares of demand; nil where such a plan keeps not even the hours.
  public var proportional: PlanScore?
  public var proportionalNote: String
  public var notes: [String]
}

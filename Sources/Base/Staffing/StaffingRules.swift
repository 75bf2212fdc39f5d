import Kernel

/// How often a mode means a visit. A mode may have several: 定期 is once a fortnight, weekly or twice a week.
public struct ServiceLevel: Hashable, Sendable, Codable {
  public enum Span: String, Hashable, Sendable, Codable { case week, period }
  public var mode: StationingMode
  public var halfDays: Int
  public var per: Span
  public init(mode: StationingMode, halfDays: Int, per: Span) { (self.mode, self.halfDays, self.per) = (mode, halfDays, per) }
  public static let usual = [
    ServiceLevel(mode: .occasional, halfDays: 1, per: .period),
    ServiceLevel(mode: .regular, halfDays: 2, per: .period),
    ServiceLevel(mode: .regular, halfDays: 1, per: .week),
    ServiceLevel(mode: .regular, halfDays: 2, per: .week),
    ServiceLevel(mode: .resident, halfDays: 5, per: .week),
  ]
}

/// Rules of the office that hold for everybody.
public struct StaffRules: Hashable, Sendable, Codable {
  public var halfDayHours: Double
  /// Of the working hours; the rest is for cases, campaigns and training.
  public var compoundShare: Double
  /// The least mode of a grade.
  public var lowestModes: [String: StationingMode]
  /// Percent of an officer's available half-days by which the load may differ from the squad's mean and is still called fair.
  public var fairBand: Int
  public init(halfDayHours: Double = 4, compoundShare: Double = 0.6, lowestModes: [String: StationingMode] = [:], fairBand: Int = 10) {
    (self.halfDayHours, self.compoundShare, self.lowestModes, self.fairBand) = (halfDayHours, compoundShare, lowestModes, fairBand)
  }
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    let usual = StaffRules()
    halfDayHours = try c.or(.halfDayHours, usual.halfDayHours)
    compoundShare = try c.or(.compoundShare, usual.compoundShare)
    // Keys of a dictionary are the office's grades and never converted.
    lowestModes = try c.or(.lowestModes, [:])
    fairBand = try c.or(.fairBand, usual.fairBand)
  }
}

/// Hours a week that a compound asks for: see `StaffCompound.weeklyDemand`.
public struct DemandWeights: Hashable, Sendable, Codable {
  /// Hours a week for each complaint of four weeks, each case under way, each thousand households.
  public var complaint: Double
  public var caseUnderWay: Double
  public var thousandHouseholds: Double
  /// Added to everything, as a share, at satisfaction 0; nothing at 1.
  public var dissatisfaction: Double
  /// Factor of a grade; 1 for one not named.
  public var grades: [String: Double]
  /// No compound asks for more.
  public var most: Double
  public init(
    complaint: Double = 0.3, caseUnderWay: Double = 0.8, thousandHouseholds: Double = 0.4, dissatisfaction: Double = 1,
    grades: [String: Double] = ["A": 0.8, "B": 1, "C": 1.3, "D": 1.6], most: Double = 30
  ) {
    (self.complaint, self.caseUnderWay, self.thousandHouseholds) = (complaint, caseUnderWay, thousandHouseholds)
    (self.dissatisfaction, self.grades, self.most) = (dissatisfaction, grades, most)
  }
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    let usual = DemandWeights()
    complaint = try c.or(.complaint, usual.complaint)
    caseUnderWay = try c.or(.caseUnderWay, usual.caseUnderWay)
    thousandHouseholds = try c.or(.thousandHouseholds, usual.thousandHouseholds)
    dissatisfaction = try c.or(.dissatisfaction, usual.dissatisfaction)
    grades = try c.or(.grades, usual.grades)
    most = try c.or(.most, usual.most)
  }
}

/// What one unit of each part of the objective costs, in points.
public struct PlanWeights: Hashable, Sendable, Codable {
  /// For an hour of demand, times the square of the share that is not met.
  public var unmetHour: Double
  /// Urgency of a grade in that cost; 1 for one not named.
  public var urgency: [String: Double]
  /// For an hour of presence beyond the demand.
  public var surplusHour: Double
  public var kilometre: Double
  public var contactChange: Double
  public var standInHalfDay: Double
  /// For each begun half-day outside the fair band.
  public var unfairHalfDay: Double
  public var wishNotMet: Double
  public init(
    unmetHour: Double = 100, urgency: [String: Double] = ["C": 1.2, "D": 1.5], surplusHour: Double = 5, kilometre: Double = 10,
    contactChange: Double = 300, standInHalfDay: Double = 60, unfairHalfDay: Double = 80, wishNotMet: Double = 150
  ) {
    (self.unmetHour, self.urgency, self.surplusHour, self.kilometre) = (unmetHour, urgency, surplusHour, kilometre)
    (self.contactChange, self.standInHalfDay, self.unfairHalfDay) = (contactChange, standInHalfDay, unfairHalfDay)
    self.wishNotMet = wishNotMet
  }
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    let usual = PlanWeights()
    unmetHour = try c.or(.unmetHour, usual.unmetHour)
    urgency = try c.or(.urgency, usual.urgency)
    surplusHour = try c.or(.surplusHour, usual.surplusHour)
    kilometre = try c.or(.kilometre, usual.kilometre)
    contactChange = try c.or(.contactChange, usual.contactChange)
    standInHalfDay = try c.or(.standInHalfDay, usual.standInHalfDay)
    unfairHalfDay = try c.or(.unfairHalfDay, usual.unfairHalfDay)
    wishNotMet = try c.or(.wishNotMet, usual.wishNotMet)
  }
}

/// What a manager has changed by hand. The next plan keeps it.
public struct FixedChanges: Hashable, Sendable, Codable {
  /// People or mode of one compound.
  public struct Team: Hashable, Sendable, Codable {
    public var compound: String
    public var contact: String?
    public var second: String?
    public var mode: StationingMode?
    public init(compound: String, contact: String? = nil, second: String? = nil, mode: StationingMode? = nil) {
      (self.compound, self.contact, self.second, self.mode) = (compound, contact, second, mode)
    }
  }
  /// One half-day of one officer: a visit, a duty, or free.
  public struct Row: Hashable, Sendable, Codable {
    public enum Task: String, Hashable, Sendable, Codable { case visit, duty, off }
    public var date: Day
    public var half: HalfDay
    public var officer: String
    public var task: Task
    public var compound: String?
    public var duty: String?
    public init(date: Day, half: HalfDay, officer: String, task: Task, compound: String? = nil, duty: String? = nil) {
      (self.date, self.half, self.officer, self.task, self.compound, self.duty) = (date, half, officer, task, compound, duty)
    }
  }
  public var teams: [Team]
  public var rows: [Row]
  public init(teams: [Team] = [], rows: [Row] = []) { (self.teams, self.rows) = (teams, rows) }
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    teams = try c.or(.teams, [])
    rows = try c.or(.rows, [])
  }
}

/// The parts of a demand, in hours a week, as they are shown.
public struct WeeklyDemand: Hashable, Sendable {
  public var complaints = 0.0
  public var cases = 0.0
  public var households = 0.0
  /// What satisfaction and grade multiply the sum with.
  public var factor = 1.0
  public var given = false
  public var hours = 0.0
}

extension StaffCompound {
  /// (complaints + cases + households) × (1 + dissatisfaction × (1 − satisfaction)) × grade, at most `most`; or the hours given.
  public func weeklyDemand(_ weights: DemandWeights) -> WeeklyDemand {
    var demand = WeeklyDemand()
    if let demandHours {
      demand.given = true
      demand.hours = demandHours
      return demand
    }
    demand.complaints = complaints * weights.complaint
    demand.cases = cases * weights.caseUnderWay
    demand.households = Double(households) / 1000 * weights.thousandHouseholds
    demand.factor = (1 + weights.dissatisfaction * (1 - (satisfaction ?? 1))) * (weights.grades[grade] ?? 1)
    demand.hours = min(weights.most, (demand.complaints + demand.cases + demand.households) * demand.factor)
    return demand
  }
}

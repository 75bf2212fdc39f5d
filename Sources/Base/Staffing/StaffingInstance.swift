import Kernel

/// What a plan is made from: a squad or a district, four weeks, its rules and what its manager has already decided.
///
/// Only values; whoever calls has counted the complaints and knows who is on leave. `docs/staffing.md` describes each field.
public struct StaffingInstance: Hashable, Sendable, Codable {
  /// A Monday.
  public var start: Day
  public var weeks: Int
  /// Days off on weekdays, and weekend days that are worked (调休).
  public var holidays: [Day]
  public var makeUpDays: [Day]
  public var squads: [StaffSquad]
  public var officers: [StaffOfficer]
  public var compounds: [StaffCompound]
  public var duties: [StaffDuty]
  public var levels: [ServiceLevel]
  public var rules: StaffRules
  public var demandWeights: DemandWeights
  public var weights: PlanWeights
  public var fixed: FixedChanges

  public init(
    start: Day, weeks: Int = 4, holidays: [Day] = [], makeUpDays: [Day] = [], squads: [StaffSquad], officers: [StaffOfficer],
    compounds: [StaffCompound], duties: [StaffDuty] = [], levels: [ServiceLevel] = ServiceLevel.usual, rules: StaffRules = StaffRules(),
    demandWeights: DemandWeights = DemandWeights(), weights: PlanWeights = PlanWeights(), fixed: FixedChanges = FixedChanges()
  ) {
    (self.start, self.weeks, self.holidays, self.makeUpDays) = (start, weeks, holidays, makeUpDays)
    (self.squads, self.officers, self.compounds, self.duties, self.levels) = (squads, officers, compounds, duties, levels)
    (self.rules, self.demandWeights, self.weights, self.fixed) = (rules, demandWeights, weights, fixed)
  }

  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    start = try c.decode(Day.self, forKey: .start)
    weeks = try c.or(.weeks, 4)
    holidays = try c.or(.holidays, [])
    makeUpDays = try c.or(.makeUpDays, [])
    squads = try c.decode([StaffSquad].self, forKey: .squads)
    officers = try c.decode([StaffOfficer].self, forKey: .officers)
    compounds = try c.decode([StaffCompound].self, forKey: .compounds)
    duties = try c.or(.duties, [])
    levels = try c.or(.levels, ServiceLevel.usual)
    rules = try c.or(.rules, StaffRules())
    demandWeights = try c.or(.demandWeights, DemandWeights())
    weights = try c.or(.weights, PlanWeights())
    fixed = try c.or(.fixed, FixedChanges())
  }
}

extension KeyedDecodingContainer {
  func or<Value: Decodable>(_ key: Key, _ usual: Value) throws -> Value { try decodeIfPresent(Value.self, forKey: key) ?? usual }
}

/// 中队, and the place its people start from.
public struct StaffSquad: Hashable, Sendable, Codable {
  public var id: String
  public var name: String
  public var latitude: Double
  public var longitude: Double
  public init(id: String, name: String, latitude: Double, longitude: Double) {
    (self.id, self.name, self.latitude, self.longitude) = (id, name, latitude, longitude)
  }
}

/// First and last day of an absence, both included.
public struct Absence: Hashable, Sendable, Codable {
  public var from: Day
  public var to: Day
  public init(from: Day, to: Day) { (self.from, self.to) = (from, to) }
}

public struct StaffOfficer: Hashable, Sendable, Codable {
  public var id: String
  public var name: String
  public var squad: String
  /// Other squads whose compounds this person may also serve.
  public var alsoSquads: [String]
  public var skills: [String]
  /// Holds a certificate (执法证); where the law wants two, both must.
  public var certified: Bool
  public var weeklyHours: Double
  /// Of a week, whatever the hours would allow; for who only helps here.
  public var mostHalfDays: Int?
  public var leave: [Absence]
  /// Where the ways begin, when it is not the squad's own place.
  public var latitude: Double?
  public var longitude: Double?
  /// Compounds this person is known to as their contact.
  public var contacts: [String]
  public init(
    id: String, name: String, squad: String, alsoSquads: [String] = [], skills: [String] = [], certified: Bool = true,
    weeklyHours: Double = 40, mostHalfDays: Int? = nil, leave: [Absence] = [], latitude: Double? = nil, longitude: Double? = nil,
    contacts: [String] = []
  ) {
    (self.id, self.name, self.squad, self.alsoSquads, self.skills, self.certified) = (id, name, squad, alsoSquads, skills, certified)
    (self.weeklyHours, self.leave, self.latitude, self.longitude) = (weeklyHours, leave, latitude, longitude)
    (self.mostHalfDays, self.contacts) = (mostHalfDays, contacts)
  }
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    id = try c.decode(String.self, forKey: .id)
    name = try c.or(.name, id)
    squad = try c.decode(String.self, forKey: .squad)
    alsoSquads = try c.or(.alsoSquads, [])
    skills = try c.or(.skills, [])
    certified = try c.or(.certified, true)
    weeklyHours = try c.or(.weeklyHours, 40)
    mostHalfDays = try c.decodeIfPresent(Int.self, forKey: .mostHalfDays)
    leave = try c.or(.leave, [])
    latitude = try c.decodeIfPresent(Double.self, forKey: .latitude)
    longitude = try c.decodeIfPresent(Double.self, forKey: .longitude)
    contacts = try c.or(.contacts, [])
  }
}

/// How officers are present in a compound. The order is of presence.
public enum StationingMode: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
  case occasional, regular, resident
  public var chinese: String {
    switch self {
    case .occasional: "不定期"
    case .regular: "定期"
    case .resident: "常驻"
    }
  }
  private var rank: Int { self == .occasional ? 0 : self == .regular ? 1 : 2 }
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

public struct StaffCompound: Hashable, Sendable, Codable {
  public var id: String
  public var name: String
  public var squad: String
  public var latitude: Double
  public var longitude: Double
  public var households: Int
  /// What the demand is reckoned from (`DemandWeights`).
  public var complaints: Double
  public var cases: Double
  /// 0 to 1; nil when nobody was asked.
  public var satisfaction: Double?
  public var grade: String
  /// Hours a week, when somebody knows them better than the formula.
  public var demandHours: Double?
  /// Every visit is one that the law wants two certified officers for.
  public var needsTwo: Bool
  /// The contact must have all of these.
  public var skills: [String]
  /// Somebody's wish: costs if it is not met.
  public var wantedMode: StationingMode?
  /// An order: holds, or the plan says that it cannot.
  public var forcedMode: StationingMode?
  public init(
    id: String, name: String, squad: String, latitude: Double, longitude: Double, households: Int = 0, complaints: Double = 0,
    cases: Double = 0, satisfaction: Double? = nil, grade: String = "", demandHours: Double? = nil, needsTwo: Bool = false,
    skills: [String] = [], wantedMode: StationingMode? = nil, forcedMode: StationingMode? = nil
  ) {
    (self.id, self.name, self.squad, self.latitude, self.longitude) = (id, name, squad, latitude, longitude)
    (self.households, self.complaints, self.cases, self.satisfaction) = (households, complaints, cases, satisfaction)
    (self.grade, self.demandHours, self.needsTwo, self.skills) = (grade, demandHours, needsTwo, skills)
    (self.wantedMode, self.forcedMode) = (wantedMode, forcedMode)
  }
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    id = try c.decode(String.self, forKey: .id)
    name = try c.or(.name, id)
    squad = try c.decode(String.self, forKey: .squad)
    latitude = try c.decode(Double.self, forKey: .latitude)
    longitude = try c.decode(Double.self, forKey: .longitude)
    households = try c.or(.households, 0)
    complaints = try c.or(.complaints, 0)
    cases = try c.or(.cases, 0)
    satisfaction = try c.decodeIfPresent(Double.self, forKey: .satisfaction)
    grade = try c.or(.grade, "")
    demandHours = try c.decodeIfPresent(Double.self, forKey: .demandHours)
    needsTwo = try c.or(.needsTwo, false)
    skills = try c.or(.skills, [])
    wantedMode = try c.decodeIfPresent(StationingMode.self, forKey: .wantedMode)
    forcedMode = try c.decodeIfPresent(StationingMode.self, forKey: .forcedMode)
  }
}

/// Half a working day, or the night after it.
public enum HalfDay: String, Hashable, Sendable, Codable, CaseIterable {
  case am, pm, night
  public var chinese: String { self == .am ? "上午" : self == .pm ? "下午" : "夜间" }
}

/// 值班: so many officers of a squad, on each of certain days.
public struct StaffDuty: Hashable, Sendable, Codable {
  public enum Days: String, Hashable, Sendable, Codable {
    case working, resting, all
  }
  public var id: String
  public var name: String
  public var squad: String
  public var half: HalfDay
  public var days: Days
  public var officers: Int
  /// Free half-days at the start of the next working day.
  public var restHalfDays: Int
  /// Of one officer within the plan.
  public var maxPerOfficer: Int?
  public var skill: String?
  /// What it weighs in the fair load.
  public var loadHalfDays: Int
  public init(
    id: String, name: String, squad: String, half: HalfDay, days: Days = .working, officers: Int = 1, restHalfDays: Int = 0,
    maxPerOfficer: Int? = nil, skill: String? = nil, loadHalfDays: Int? = nil
  ) {
    (self.id, self.name, self.squad, self.half, self.days, self.officers) = (id, name, squad, half, days, officers)
    (self.restHalfDays, self.maxPerOfficer, self.skill) = (restHalfDays, maxPerOfficer, skill)
    self.loadHalfDays = loadHalfDays ?? (half == .night ? 2 : 1)
  }
  public init(from decoder: any Decoder) throws {
    let c = try decoder.container(keyedBy: CodingKeys.self)
    id = try c.decode(String.self, forKey: .id)
    name = try c.or(.name, id)
    squad = try c.decode(String.self, forKey: .squad)
    half = try c.decode(HalfDay.self, forKey: .half)
    days = try c.or(.days, .working)
    officers = try c.or(.officers, 1)
    restHalfDays = try c.or(.restHalfDays, 0)
    maxPerOfficer = try c.decodeIfPresent(Int.self, forKey: .maxPerOfficer)
    skill = try c.decodeIfPresent(String.self, forKey: .skill)
    loadHalfDays = try c.or(.loadHalfDays, half == .night ? 2 : 1)
  }
}

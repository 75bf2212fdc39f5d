/// A rule that can stand in the way of every plan, and can be relaxed by somebody who may.
public enum StaffingRule: Hashable, Sendable, Comparable {
  case weeklyHours(squad: String, week: Int)
  case twoOfficers(compound: String)
  case skills(compound: String)
  case fixedContact(compound: String)
  case fixedSecond(compound: String)
  case fixedVisits(compound: String)
  case mode(compound: String)
  case lowestMode(compound: String)
  case duty(duty: String, week: Int)
  case dutyLimit(duty: String)
  case leave(squad: String)
  case timetable(compound: String)

  /// Stable, for programs.
  public var code: String {
    switch self {
    case .weeklyHours: "weekly-hours"
    case .twoOfficers: "two-officers"
    case .skills: "skills"
    case .fixedContact: "fixed-contact"
    case .fixedSecond: "fixed-second"
    case .fixedVisits: "fixed-visits"
    case .mode: "forced-mode"
    case .lowestMode: "lowest-mode"
    case .duty: "duty-officers"
    case .dutyLimit: "duty-limit"
    case .leave: "leave"
    case .timetable: "timetable"
    }
  }
  private var key: [String] {
    switch self {
    case .weeklyHours(let id, let week), .duty(let id, let week): [code, id, String(1000 + week)]
    case .twoOfficers(let id), .skills(let id), .fixedContact(let id), .fixedSecond(let id), .fixedVisits(let id), .mode(let id),
      .lowestMode(let id), .dutyLimit(let id), .leave(let id), .timetable(let id):
      [code, id]
    }
  }
  public static func < (a: Self, b: Self) -> Bool { a.key.lexicographicallyPrecedes(b.key) }
}

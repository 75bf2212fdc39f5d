import Kernel
import Staffing

/// A small squad that tests change: five officers, six compounds, a desk.
func office(officers: Int = 5, compounds: Int = 6) throws -> StaffingInstance {
  let start = try day("2026-11-30")
  let people = (1...officers).map { number in
    StaffOfficer(id: "P\(number)", name: "队员\(number)", squad: "S1", contacts: number <= compounds ? ["C\(number)"] : [])
  }
  let places = (1...compounds).map { number -> StaffCompound in
    let (latitude, longitude) = (31.2 + Double(number) * 0.003, 121.45 + Double(number % 3) * 0.004)
    return StaffCompound(
      id: "C\(number)", name: "小区\(number)", squad: "S1", latitude: latitude, longitude: longitude, households: 900,
      complaints: Double(number * 2), cases: Double(number % 2), satisfaction: 0.8, grade: "B")
  }
  return StaffingInstance(
    start: start, squads: [StaffSquad(id: "S1", name: "一中队", latitude: 31.2, longitude: 121.45)], officers: people, compounds: places,
    duties: [StaffDuty(id: "desk", name: "窗口值班", squad: "S1", half: .am)])
}

func day(_ iso: String) throws -> Day {
  guard let day = Day(iso: iso) else { throw Refusal(.invalid, "tests-day", iso) }
  return day
}

func plan(_ instance: StaffingInstance) throws -> StaffingPlan {
  switch try StaffingPlanner.plan(instance, limits: StaffingLimits(nodes: 60, shakes: 5, seconds: 60)) {
  case .plan(let plan): return plan
  case .impossible(let rules): throw Refusal(.conflict, "tests-impossible", rules.map(\.sentence).joined())
  case .undecided: throw Refusal(.conflict, "tests-undecided", "")
  }
}

func obstacles(_ instance: StaffingInstance) throws -> [StaffingRule] {
  guard case .impossible(let rules) = try StaffingPlanner.plan(instance, limits: StaffingLimits(nodes: 60, shakes: 5, seconds: 60)) else {
    return []
  }
  return rules.map(\.rule)
}

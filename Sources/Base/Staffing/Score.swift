/// The parts of the objective, in points. Their sum is what is made small.
public struct PlanScore: Hashable, Sendable, Codable {
  public var unmet = 0
  public var surplus = 0
  public var wishes = 0
  public var travel = 0
  public var contactChanges = 0
  public var standIns = 0
  public var unfair = 0
  public init() {}
  public var total: Int { unmet + surplus + wishes + travel + contactChanges + standIns + unfair }

  /// With the words of the office, in the order they are shown.
  public var named: [(String, Int)] {
    [
      ("需求缺口", unmet), ("超出需求", surplus), ("模式意愿", wishes), ("路程", travel), ("更换联系人", contactChanges), ("顶班", standIns),
      ("负荷不均", unfair),
    ]
  }
}

extension Ground {
  /// - Parameters:
  ///   - standIns: half-days that somebody made in another's place.
  ///   - loads: half-days of each officer, duties as they weigh.
  func score(_ assignment: Assignment, standIns: Int, loads: [Int]) -> PlanScore {
    var score = PlanScore()
    for compound in squadOf.indices where assignment.pattern[compound] >= 0 {
      let (pattern, contact, second) = (assignment.pattern[compound], assignment.contact[compound], assignment.second[compound])
      score.unmet += unmetCost(compound, pattern)
      score.surplus += surplusCost(compound, pattern)
      score.wishes += wishCost(compound, pattern)
      score.travel += travelCost(compound, contact, pattern) + (second >= 0 ? travelCost(compound, second, pattern) : 0)
      score.contactChanges += changeCost(compound, contact)
    }
    score.standIns = standIns * standInCost
    for squad in instance.squads.indices {
      let people = officerSquad.indices.filter { officerSquad[$0] == squad && available($0) > 0 }
      guard people.count > 1 else { continue }
      let all = people.reduce(0) { $0 + available($1) }
      let total = people.reduce(0) { $0 + loads[$1] }
      for officer in people {
        let distance = abs(100 * loads[officer] * all - 100 * available(officer) * total)
        let fair = instance.rules.fairBand * available(officer) * all
        if distance > fair { score.unfair += unfairCost * ((distance - fair + 100 * all - 1) / (100 * all)) }
      }
    }
    return score
  }
}

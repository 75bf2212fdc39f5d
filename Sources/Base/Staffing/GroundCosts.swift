import Foundation
import Kernel

/// Costs in whole points, and who may do what. The tests' own model in Python reckons the same.
extension Ground {
  static func points(_ value: Double) -> Int { Int((value + 0.5).rounded(.down)) }

  func demandOfPeriod(_ compound: Int) -> Double { demand[compound].hours * Double(weeks) }
  func served(_ pattern: Int) -> Double { Double(patterns[pattern].total) * instance.rules.halfDayHours }

  func unmetCost(_ compound: Int, _ pattern: Int) -> Int {
    let wanted = demandOfPeriod(compound)
    let missing = max(0, wanted - served(pattern))
    guard missing > 0 else { return 0 }
    let urgency = instance.weights.urgency[instance.compounds[compound].grade] ?? 1
    return Self.points(instance.weights.unmetHour * urgency * missing * missing / wanted)
  }
  func surplusCost(_ compound: Int, _ pattern: Int) -> Int {
    Self.points(instance.weights.surplusHour * max(0, served(pattern) - demandOfPeriod(compound)))
  }
  func wishCost(_ compound: Int, _ pattern: Int) -> Int {
    guard let wish = instance.compounds[compound].wantedMode, wish != mode(pattern) else { return 0 }
    return Self.points(instance.weights.wishNotMet)
  }
  /// There and back once.
  func wayCost(_ compound: Int, _ officer: Int) -> Int {
    Self.points(instance.weights.kilometre * 2 * Double(metres[compound][officer] ?? 0) / 1000)
  }
  func travelCost(_ compound: Int, _ officer: Int, _ pattern: Int) -> Int { wayCost(compound, officer) * patterns[pattern].total }
  /// Somebody known stays where somebody known is still here.
  func changeCost(_ compound: Int, _ officer: Int) -> Int {
    guard !knownContact[compound].isEmpty, !knownContact[compound].contains(officer) else { return 0 }
    return Self.points(instance.weights.contactChange)
  }
  var standInCost: Int { Self.points(instance.weights.standInHalfDay) }
  var unfairCost: Int { Self.points(instance.weights.unfairHalfDay) }

  func mode(_ pattern: Int) -> StationingMode { instance.levels[patterns[pattern].level].mode }
  func available(_ officer: Int) -> Int { budget[officer].reduce(0, +) }

  /// What of the rules keeps this officer from being the contact; empty when nothing does, nil when no rule could be relaxed for it.
  func contactBreaks(_ compound: Int, _ officer: Int) -> [StaffingRule]? {
    guard mayServe[officer].contains(squadOf[compound]), available(officer) > 0 else { return nil }
    let place = instance.compounds[compound]
    var broken: [StaffingRule] = []
    if !place.skills.allSatisfy(instance.officers[officer].skills.contains) { broken.append(.skills(compound: place.id)) }
    if place.needsTwo && !instance.officers[officer].certified { broken.append(.twoOfficers(compound: place.id)) }
    if let contact = team[compound]?.contact, contact != instance.officers[officer].id { broken.append(.fixedContact(compound: place.id)) }
    if let second = team[compound]?.second, second == instance.officers[officer].id { broken.append(.fixedSecond(compound: place.id)) }
    return broken
  }
  func secondBreaks(_ compound: Int, _ officer: Int) -> [StaffingRule]? {
    guard mayServe[officer].contains(squadOf[compound]), available(officer) > 0 else { return nil }
    let place = instance.compounds[compound]
    var broken: [StaffingRule] = []
    if !instance.officers[officer].certified { broken.append(.twoOfficers(compound: place.id)) }
    if let second = team[compound]?.second, second != instance.officers[officer].id { broken.append(.fixedSecond(compound: place.id)) }
    if let contact = team[compound]?.contact, contact == instance.officers[officer].id { broken.append(.fixedContact(compound: place.id)) }
    return broken
  }
  /// What of the rules keeps this compound from being served so.
  func patternBreaks(_ compound: Int, _ pattern: Int) -> [StaffingRule] {
    let place = instance.compounds[compound]
    var broken: [StaffingRule] = []
    let ordered = team[compound]?.mode ?? place.forcedMode
    if let ordered {
      if mode(pattern) != ordered { broken.append(.mode(compound: place.id)) }
    } else if let least = instance.rules.lowestModes[place.grade], mode(pattern) < least {
      broken.append(.lowestMode(compound: place.id))
    }
    for week in 0..<weeks {
      let days = Set(pinnedVisits.filter { $0.compound == compound && slots[$0.slot].week == week }.map(\.slot))
      if days.count > patterns[pattern].visits[week] {
        broken.append(.fixedVisits(compound: place.id))
        break
      }
    }
    return broken
  }

  /// Officers who may do this duty, with how many of the group's occurrences they are present for.
  func dutyPeople(_ group: Int) -> [(officer: Int, most: Int)] {
    let duty = instance.duties[groups[group].duty]
    return instance.officers.indices.compactMap { person in
      let officer = instance.officers[person]
      guard officer.squad == duty.squad, duty.skill.map(officer.skills.contains) ?? true else { return nil }
      let most = groups[group].occurrences.count { canDo(occurrences[$0], person) }
      return most > 0 ? (person, most) : nil
    }
  }
  /// At work at that time; on days off and at night: not on leave.
  func canDo(_ occurrence: Occurrence, _ person: Int) -> Bool {
    if let slot = occurrence.slot { return free[person][slot] }
    if instance.officers[person].leave.contains(where: { $0.from <= occurrence.day && occurrence.day <= $0.to }) { return false }
    let duty = instance.duties[occurrence.duty]
    return !instance.fixed.rows.contains {
      $0.task == .off && $0.officer == instance.officers[person].id && $0.date == occurrence.day && $0.half == duty.half
    }
  }
  /// Rest takes of an officer's week only what they would have worked.
  func takes(_ group: Int, _ officer: Int, _ week: Int) -> Int { groups[group].takes[week] }

  /// Parts of the office that share no officer: each is planned by itself, and what is proven of each holds for the sum.
  func components() -> [Part] {
    var root = Array(instance.squads.indices)
    func find(_ squad: Int) -> Int {
      var squad = squad
      while root[squad] != squad { squad = root[squad] }
      return squad
    }
    for reach in mayServe {
      let all = reach.sorted()
      for other in all.dropFirst() { root[max(find(all[0]), find(other))] = min(find(all[0]), find(other)) }
    }
    let heads = Set(instance.squads.indices.map(find)).sorted()
    return heads.map { head in
      let squads = instance.squads.indices.filter { find($0) == head }
      let within = Set(squads)
      return Part(
        squads: squads, officers: officerSquad.indices.filter { within.contains(officerSquad[$0]) },
        compounds: squadOf.indices.filter { within.contains(squadOf[$0]) },
        groups: groups.indices.filter { within.contains(squadIndex[instance.duties[groups[$0].duty].squad] ?? -1) })
    }
  }
  struct Part: Sendable {
    var squads: [Int]
    var officers: [Int]
    var compounds: [Int]
    var groups: [Int]
  }
}

/// Duties to officers as often as planned: a matching of seats with people.
extension Timetable {
  func open(_ occurrence: Ground.Occurrence, _ officer: Int) -> Bool {
    guard ground.canDo(occurrence, officer) else { return false }
    if let slot = occurrence.slot, taken[officer][slot] != .nothing { return false }
    return occurrence.rest.allSatisfy { taken[officer][$0] == .nothing || taken[officer][$0] == .rest }
  }
  mutating func serve(_ occurrence: Int, _ officer: Int, fixed: Bool) {
    if let slot = ground.occurrences[occurrence].slot { taken[officer][slot] = .service }
    for slot in ground.occurrences[occurrence].rest { taken[officer][slot] = .rest }
    services.append(Service(occurrence: occurrence, officer: officer, fixed: fixed))
    for week in 0..<ground.weeks { use[officer]?[week] += ground.groups[ground.occurrences[occurrence].group].takes[week] }
  }
  func hasRoom(_ officer: Int, _ group: Int, times: Int) -> Bool {
    let now = use[officer] ?? []
    let takes = ground.groups[group].takes
    return now.indices.allSatisfy { takes[$0] == 0 || now[$0] + times * takes[$0] <= ground.budget[officer][$0] }
  }
  func rested(_ group: Int) -> Int { ground.instance.duties[ground.groups[group].duty].restHalfDays > 0 ? 0 : 1 }

  mutating func reserve(_ group: Int, _ left: [Int: Int], _ sign: Int) {
    for (officer, times) in left {
      for week in 0..<ground.weeks { use[officer]?[week] += sign * times * ground.groups[group].takes[week] }
    }
  }

  mutating func placeDuties() {
    var fixed: [Int: [Int]] = [:]
    for pin in ground.pinnedDuties where part.officers.contains(pin.officer) {
      serve(pin.occurrence, pin.officer, fixed: true)
      fixed[pin.occurrence, default: []].append(pin.officer)
    }
    var plans: [(group: Int, left: [Int: Int], officers: [Int])] = []
    for squad in part.squads {
      guard let filler = fillers[squad], let fill = fills[squad] else { continue }
      for (order, group) in filler.groupOrder.enumerated() {
        var left: [Int: Int] = [:]
        for (place, officer) in filler.officers.enumerated() {
          let pinned = ground.groups[group].occurrences.reduce(0) { $0 + (fixed[$1]?.count { $0 == officer } ?? 0) }
          left[officer] = fill.duty[order][place] - pinned
        }
        plans.append((group, left, filler.officers))
        reserve(group, left, 1)
      }
    }
    // Those with a rest first: their rest is one half-day, the others may choose among days.
    for plan in plans.sorted(by: { (rested($0.group), $0.group) < (rested($1.group), $1.group) }) {
      reserve(plan.group, plan.left, -1)
      placeDuty(plan.group, plan.left, fixed, plan.officers)
    }
  }

  /// A matching: each of the occurrences' places with one of the officers, as often as planned.
  mutating func placeDuty(_ group: Int, _ left: [Int: Int], _ fixed: [Int: [Int]], _ officers: [Int]) {
    let duty = ground.instance.duties[ground.groups[group].duty]
    var seats: [Int] = []
    for occurrence in ground.groups[group].occurrences {
      for _ in 0..<max(0, duty.officers - (fixed[occurrence]?.count ?? 0)) { seats.append(occurrence) }
    }
    var holds: [Int: [Int]] = [:]  // officer -> seats
    var sits = Array(repeating: -1, count: seats.count)
    func may(_ seat: Int, _ officer: Int) -> Bool {
      open(ground.occurrences[seats[seat]], officer) && fixed[seats[seat]]?.contains(officer) != true
        && !(holds[officer] ?? []).contains { $0 != seat && seats[$0] == seats[seat] }
    }
    func seek(_ seat: Int, _ seen: inout Set<Int>) -> Bool {
      for officer in officers where (left[officer] ?? 0) > 0 && !seen.contains(officer) && may(seat, officer) {
        seen.insert(officer)
        if (holds[officer]?.count ?? 0) < left[officer] ?? 0 {
          holds[officer, default: []].append(seat)
          sits[seat] = officer
          return true
        }
        for other in holds[officer] ?? [] where seek(other, &seen) {
          holds[officer]?.removeAll { $0 == other }
          holds[officer, default: []].append(seat)
          sits[seat] = officer
          return true
        }
      }
      return false
    }
    for seat in seats.indices {
      var seen = Set<Int>()
      if seek(seat, &seen) { continue }
      // Not as planned: whoever is free and allowed, the one with most of the plan left first.
      let able = officers.filter { officer in
        may(seat, officer) && hasRoom(officer, group, times: (holds[officer]?.count ?? 0) + 1)
          && (duty.skill.map(ground.instance.officers[officer].skills.contains) ?? true)
          && served(duty, officer) + (holds[officer]?.count ?? 0) < duty.maxPerOfficer ?? .max
      }
      if let officer = able.max(by: { ((left[$0] ?? 0) - (holds[$0]?.count ?? 0), -$0) < ((left[$1] ?? 0) - (holds[$1]?.count ?? 0), -$1) })
      {
        holds[officer, default: []].append(seat)
        sits[seat] = officer
      } else {
        dutyShort.append(seats[seat])
      }
    }
    for (seat, officer) in sits.enumerated() where officer >= 0 { serve(seats[seat], officer, fixed: false) }
  }
  func served(_ duty: StaffDuty, _ officer: Int) -> Int {
    services.count { $0.officer == officer && ground.instance.duties[ground.occurrences[$0.occurrence].duty].id == duty.id }
  }
}

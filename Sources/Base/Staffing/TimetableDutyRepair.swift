/// Where the matching had to leave the plan: seats nobody could take, and loads that are no longer fair.
extension Timetable {
  /// A place nobody could take goes to somebody who first hands another duty on.
  mutating func mendDuties() {
    let short = dutyShort
    dutyShort = []
    var load: [Int: Int] = [:]
    for occurrence in short where !mend(occurrence, &load) { dutyShort.append(occurrence) }
  }
  mutating func mend(_ occurrence: Int, _ load: inout [Int: Int]) -> Bool {
    let squad = ground.squadIndex[ground.instance.duties[ground.occurrences[occurrence].duty].squad] ?? -1
    let officers = fillers[squad]?.officers ?? []
    if let officer = officers.first(where: { able($0, occurrence, without: nil, use) }) {
      serve(occurrence, officer, fixed: false)
      return true
    }
    for service in services.indices where !services[service].fixed && officers.contains(services[service].officer) {
      let officer = services[service].officer
      guard able(officer, occurrence, without: service, use) else { continue }
      guard let other = officers.first(where: { $0 != officer && able($0, services[service].occurrence, without: nil, use) }) else {
        continue
      }
      var used = use
      hand(service, to: other, &load, &used)
      use = used
      serve(occurrence, officer, fixed: false)
      return true
    }
    // Whoever is full gives a visit to somebody who is not; `handOver` finds whom.
    let week = ground.occurrences[occurrence].week
    for officer in officers where (use[officer]?[week] ?? 0) > 0 {
      var eased = use
      eased[officer]?[week] -= 1
      guard able(officer, occurrence, without: nil, eased), (given[officer]?[week] ?? 0) < visitsPlanned(officer, week),
        officers.contains(where: { $0 != officer && (use[$0]?[week] ?? 0) < ground.budget[$0][week] })
      else { continue }
      use = eased
      given[officer]?[week] += 1
      serve(occurrence, officer, fixed: false)
      return true
    }
    return false
  }

  func visitsPlanned(_ officer: Int, _ week: Int) -> Int {
    part.compounds.reduce(0) { sum, compound in
      let serves = assignment.contact[compound] == officer || assignment.second[compound] == officer
      return sum + (serves ? ground.patterns[assignment.pattern[compound]].visits[week] : 0)
    }
  }

  /// Where the matching had to leave the plan, duties change hands until the load is as fair as planned or nothing helps.
  mutating func polishDuties() {
    var load: [Int: Int] = [:]
    var used = use
    for officer in part.officers {
      // Without duties; those come with what they weigh.
      load[officer] = (0..<ground.weeks).reduce(0) { $0 + (standIn[officer]?[$1] ?? 0) - (given[officer]?[$1] ?? 0) }
    }
    for compound in part.compounds {
      for officer in [assignment.contact[compound], assignment.second[compound]] where officer >= 0 {
        load[officer, default: 0] += ground.patterns[assignment.pattern[compound]].total
      }
    }
    for service in services { load[service.officer, default: 0] += dutyOf(service).loadHalfDays }
    defer { (use, self.load) = (used, load) }
    for squad in part.squads {
      guard let filler = fillers[squad] else { continue }
      let place = Dictionary(uniqueKeysWithValues: filler.officers.enumerated().map { ($1, $0) })
      let total = filler.officers.reduce(0) { $0 + (load[$1] ?? 0) }
      func cost(_ officer: Int, _ change: Int) -> Int {
        place[officer].map { filler.unfair($0, load: (load[officer] ?? 0) + change, total: total) } ?? 0
      }
      let mine = services.indices.filter { place[services[$0].officer] != nil && !services[$0].fixed }
      for _ in 0..<40 {
        var best = 0
        var move: (one: Int, to: Int, other: Int?)?
        for one in mine {
          let from = services[one].officer
          let weight = dutyOf(services[one]).loadHalfDays
          for to in filler.officers where to != from {
            let saved = cost(from, 0) + cost(to, 0) - cost(from, -weight) - cost(to, weight)
            if saved > best, able(to, services[one].occurrence, without: nil, used) { (best, move) = (saved, (one, to, nil)) }
          }
          for other in mine where services[other].officer != from {
            let (to, difference) = (services[other].officer, weight - dutyOf(services[other]).loadHalfDays)
            guard difference != 0 else { continue }
            let saved = cost(from, 0) + cost(to, 0) - cost(from, -difference) - cost(to, difference)
            if saved > best, able(to, services[one].occurrence, without: other, used),
              able(from, services[other].occurrence, without: one, used)
            {
              (best, move) = (saved, (one, to, other))
            }
          }
        }
        guard let move else { break }
        let from = services[move.one].officer
        hand(move.one, to: move.to, &load, &used)
        if let other = move.other { hand(other, to: from, &load, &used) }
      }
    }
  }
  func dutyOf(_ service: Service) -> StaffDuty { ground.instance.duties[ground.occurrences[service.occurrence].duty] }
  func charge(_ officer: Int, _ occurrence: Int, _ sign: Int, _ load: inout [Int: Int], _ used: inout [Int: [Int]]) {
    load[officer, default: 0] += sign * ground.instance.duties[ground.occurrences[occurrence].duty].loadHalfDays
    for week in 0..<ground.weeks { used[officer]?[week] += sign * ground.groups[ground.occurrences[occurrence].group].takes[week] }
  }
  /// - Parameter without: a service of this officer that would be gone.
  func able(_ officer: Int, _ occurrence: Int, without: Int?, _ used: [Int: [Int]]) -> Bool {
    let duty = ground.instance.duties[ground.occurrences[occurrence].duty]
    guard duty.skill.map(ground.instance.officers[officer].skills.contains) ?? true else { return false }
    let others = services.indices.filter { $0 != without && services[$0].officer == officer }
    if others.contains(where: { services[$0].occurrence == occurrence }) { return false }
    if let most = duty.maxPerOfficer, others.count(where: { dutyOf(services[$0]).id == duty.id }) >= most { return false }
    let place = ground.occurrences[occurrence]
    guard ground.canDo(place, officer) else { return false }
    var busy = Set<Int>()
    var resting = Set<Int>()
    for other in others {
      if let slot = ground.occurrences[services[other].occurrence].slot { busy.insert(slot) }
      resting.formUnion(ground.occurrences[services[other].occurrence].rest)
    }
    for pin in ground.pinnedVisits where pin.officer == officer { busy.insert(pin.slot) }
    if let slot = place.slot, busy.contains(slot) || resting.contains(slot) { return false }
    if !busy.isDisjoint(with: place.rest) { return false }
    let freed = without.map { ground.groups[ground.occurrences[services[$0].occurrence].group].takes }
    let takes = ground.groups[place.group].takes
    let now = used[officer] ?? []
    for week in now.indices where takes[week] > 0 {
      let after: Int = now[week] + takes[week] - (freed?[week] ?? 0)
      if after > ground.budget[officer][week] { return false }
    }
    return true
  }
  mutating func hand(_ service: Int, to officer: Int, _ load: inout [Int: Int], _ used: inout [Int: [Int]]) {
    let (from, occurrence) = (services[service].officer, services[service].occurrence)
    charge(from, occurrence, -1, &load, &used)
    charge(officer, occurrence, 1, &load, &used)
    services[service].officer = officer
    for person in [from, officer] {
      for slot in taken[person].indices where taken[person][slot] != .nothing { taken[person][slot] = .nothing }
      for pin in ground.pinnedVisits where pin.officer == person { taken[person][pin.slot] = .rest }
      for other in services where other.officer == person {
        if let slot = ground.occurrences[other.occurrence].slot { taken[person][slot] = .service }
        for slot in ground.occurrences[other.occurrence].rest { taken[person][slot] = .rest }
      }
    }
  }
}

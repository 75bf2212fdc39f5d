import Kernel

/// Puts the weeks' visits and duties into half-days: nobody in two places, rest after nights, two together where two are wanted, a compound at
/// most once a day, on the same weekday as the week before where that is free.
///
/// Deterministic. What does not fit is mended by throwing out what is in its way and placing that again, then by a stand-in more than planned.
struct Timetable {
  struct Visit: Sendable {
    var compound: Int
    var week: Int
    var people: [Int]
    /// Whom each of the people stands in for; -1 for nobody.
    var insteadOf: [Int]
    var slot: Int?
    var fixed = false
  }
  struct Service: Sendable {
    var occurrence: Int
    var officer: Int
    var fixed: Bool
  }
  private enum Taken: Equatable { case nothing, visit(Int), service, rest }

  let ground: Ground
  let part: Ground.Part
  let assignment: Assignment
  let fills: [Int: SquadFill]
  let fillers: [Int: SquadFiller]
  private(set) var visits: [Visit] = []
  private(set) var services: [Service] = []
  private(set) var unplaced: [Visit] = []
  private(set) var dutyShort: [Int] = []
  private var taken: [[Taken]]
  private var given: [Int: [Int]] = [:]
  private var standIn: [Int: [Int]] = [:]
  /// Half-days of each officer's weeks that are spoken for, as planned and then as placed.
  private var use: [Int: [Int]] = [:]

  init(_ ground: Ground, _ part: Ground.Part, _ assignment: Assignment, _ fills: [Int: SquadFill], _ fillers: [Int: SquadFiller]) {
    (self.ground, self.part, self.assignment, self.fills, self.fillers) = (ground, part, assignment, fills, fillers)
    taken = Array(repeating: Array(repeating: .nothing, count: ground.slots.count), count: ground.officerSquad.count)
    for squad in part.squads {
      guard let filler = fillers[squad], let fill = fills[squad] else { continue }
      for (place, officer) in filler.officers.enumerated() {
        given[officer] = fill.given[place]
        standIn[officer] = fill.standIn[place]
      }
    }
    for officer in part.officers { use[officer] = (0..<ground.weeks).map { (standIn[officer]?[$0] ?? 0) - (given[officer]?[$0] ?? 0) } }
    for compound in part.compounds {
      for officer in [assignment.contact[compound], assignment.second[compound]] where officer >= 0 {
        for week in 0..<ground.weeks { use[officer]?[week] += ground.patterns[assignment.pattern[compound]].visits[week] }
      }
    }
    for pin in ground.pinnedVisits where assignment.pattern[pin.compound] >= 0 { taken[pin.officer][pin.slot] = .rest }
    placeDuties()
    mendDuties()
    polishDuties()
    for pin in ground.pinnedVisits where assignment.pattern[pin.compound] >= 0 { taken[pin.officer][pin.slot] = .nothing }
    for week in 0..<ground.weeks { place(week) }
  }

  // MARK: Duties

  private func open(_ occurrence: Ground.Occurrence, _ officer: Int) -> Bool {
    guard ground.canDo(occurrence, officer) else { return false }
    if let slot = occurrence.slot, taken[officer][slot] != .nothing { return false }
    return occurrence.rest.allSatisfy { taken[officer][$0] == .nothing || taken[officer][$0] == .rest }
  }
  private mutating func serve(_ occurrence: Int, _ officer: Int, fixed: Bool) {
    if let slot = ground.occurrences[occurrence].slot { taken[officer][slot] = .service }
    for slot in ground.occurrences[occurrence].rest { taken[officer][slot] = .rest }
    services.append(Service(occurrence: occurrence, officer: officer, fixed: fixed))
    for week in 0..<ground.weeks { use[officer]?[week] += ground.groups[ground.occurrences[occurrence].group].takes[week] }
  }
  private func hasRoom(_ officer: Int, _ group: Int, times: Int) -> Bool {
    let now = use[officer] ?? []
    let takes = ground.groups[group].takes
    return now.indices.allSatisfy { takes[$0] == 0 || now[$0] + times * takes[$0] <= ground.budget[officer][$0] }
  }
  private func rested(_ group: Int) -> Int { ground.instance.duties[ground.groups[group].duty].restHalfDays > 0 ? 0 : 1 }

  /// A place nobody could take goes to somebody who first hands another duty on.
  private mutating func mendDuties() {
    let short = dutyShort
    dutyShort = []
    var load: [Int: Int] = [:]
    for occurrence in short where !mend(occurrence, &load) { dutyShort.append(occurrence) }
  }
  private mutating func mend(_ occurrence: Int, _ load: inout [Int: Int]) -> Bool {
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

  private func visitsPlanned(_ officer: Int, _ week: Int) -> Int {
    part.compounds.reduce(0) { sum, compound in
      let serves = assignment.contact[compound] == officer || assignment.second[compound] == officer
      return sum + (serves ? ground.patterns[assignment.pattern[compound]].visits[week] : 0)
    }
  }

  private mutating func reserve(_ group: Int, _ left: [Int: Int], _ sign: Int) {
    for (officer, times) in left {
      for week in 0..<ground.weeks { use[officer]?[week] += sign * times * ground.groups[group].takes[week] }
    }
  }

  private mutating func placeDuties() {
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
  private mutating func placeDuty(_ group: Int, _ left: [Int: Int], _ fixed: [Int: [Int]], _ officers: [Int]) {
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
  private func served(_ duty: StaffDuty, _ officer: Int) -> Int {
    services.count { $0.officer == officer && ground.instance.duties[ground.occurrences[$0.occurrence].duty].id == duty.id }
  }

  /// Where the matching had to leave the plan, duties change hands until the load is as fair as planned or nothing helps.
  private mutating func polishDuties() {
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
    defer { use = used }
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
  private func dutyOf(_ service: Service) -> StaffDuty { ground.instance.duties[ground.occurrences[service.occurrence].duty] }
  private func charge(_ officer: Int, _ occurrence: Int, _ sign: Int, _ load: inout [Int: Int], _ used: inout [Int: [Int]]) {
    load[officer, default: 0] += sign * ground.instance.duties[ground.occurrences[occurrence].duty].loadHalfDays
    for week in 0..<ground.weeks { used[officer]?[week] += sign * ground.groups[ground.occurrences[occurrence].group].takes[week] }
  }
  /// - Parameter without: a service of this officer that would be gone.
  private func able(_ officer: Int, _ occurrence: Int, without: Int?, _ used: [Int: [Int]]) -> Bool {
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
  private mutating func hand(_ service: Int, to officer: Int, _ load: inout [Int: Int], _ used: inout [Int: [Int]]) {
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

  // MARK: Visits

  private mutating func place(_ week: Int) {
    let first = visits.count
    for compound in part.compounds {
      let team = [assignment.contact[compound], assignment.second[compound]].filter { $0 >= 0 }
      let slots = Set(ground.pinnedVisits.filter { $0.compound == compound && ground.slots[$0.slot].week == week }.map(\.slot)).sorted()
      for turn in 0..<ground.patterns[assignment.pattern[compound]].visits[week] {
        var visit = Visit(compound: compound, week: week, people: team, insteadOf: team.map { _ in -1 }, slot: nil)
        if turn < slots.count {
          (visit.slot, visit.fixed) = (slots[turn], true)
          for pin in ground.pinnedVisits where pin.compound == compound && pin.slot == slots[turn] && !visit.people.contains(pin.officer) {
            // The one put there by hand replaces whoever is not there, else somebody planned to give a visit away, else the contact.
            let places = visit.people.indices.filter { visit.insteadOf[$0] < 0 }
            let slot = slots[turn]
            let absent = places.first { !ground.free[visit.people[$0]][slot] }
            guard let place = absent ?? places.first(where: { (given[visit.people[$0]]?[week] ?? 0) > 0 }) ?? places.first else { continue }
            visit.insteadOf[place] = visit.people[place]
            if (given[visit.people[place]]?[week] ?? 0) > 0 {
              given[visit.people[place]]?[week] -= 1
            } else {
              use[visit.people[place]]?[week] -= 1
            }
            if (standIn[pin.officer]?[week] ?? 0) > 0 { standIn[pin.officer]?[week] -= 1 } else { use[pin.officer]?[week] += 1 }
            visit.people[place] = pin.officer
          }
        }
        visits.append(visit)
      }
    }
    handOver(first..<visits.count, week)
    settle(first..<visits.count)
  }

  /// Decides which visits of those who have too many are made by whom: by those planned to stand in, then by whoever has room.
  private mutating func handOver(_ range: Range<Int>, _ week: Int) {
    handOver(range, week, planned: true)
    for officer in part.officers {
      let idle = max(0, standIn[officer]?[week] ?? 0)
      use[officer]?[week] -= idle
      standIn[officer]?[week] = 0
    }
    handOver(range, week, planned: false)
  }
  private mutating func handOver(_ range: Range<Int>, _ week: Int, planned: Bool) {
    for officer in part.officers {
      var owed = given[officer]?[week] ?? 0
      guard owed > 0 else { continue }
      var order: [Int] = []
      // First of the compounds that see more visits than the officer has days, one visit each time.
      let mine = range.filter { visits[$0].people.contains(officer) && !visits[$0].fixed }
      var byCompound: [Int: [Int]] = [:]
      for visit in mine { byCompound[visits[visit].compound, default: []].append(visit) }
      for (_, list) in byCompound.sorted(by: { $0.key < $1.key }) {
        let over = list.count - ground.presentDays[officer][week]
        if over > 0 { order += list.suffix(over) }
      }
      let sole = mine.filter { !order.contains($0) && visits[$0].people.count == 1 }
      order += sole + mine.filter { !order.contains($0) && visits[$0].people.count > 1 }
      for visit in order where owed > 0 {
        guard let helper = helper(for: visit, insteadOf: officer, week, planned: planned) else { continue }
        replace(officer, by: helper, in: visit)
        if planned { standIn[helper]?[week] -= 1 } else { use[helper]?[week] += 1 }
        owed -= 1
      }
      given[officer]?[week] = owed
    }
  }
  private func helper(for visit: Int, insteadOf officer: Int, _ week: Int, planned: Bool, at slot: Int? = nil) -> Int? {
    let compound = visits[visit].compound
    let two = ground.instance.compounds[compound].needsTwo
    return part.officers.filter { person in
      person != officer && !visits[visit].people.contains(person) && ground.mayServe[person].contains(ground.squadOf[compound])
        && (!two || ground.instance.officers[person].certified)
        && (planned ? (standIn[person]?[week] ?? 0) > 0 : (use[person]?[week] ?? 0) < ground.budget[person][week])
        && (slot.map { ground.free[person][$0] && taken[person][$0] == .nothing } ?? true)
    }.min { a, b in
      // Skilled ones where skill is wanted, then the nearest.
      let wanted = ground.instance.compounds[compound].skills
      let (lackA, lackB) = (lack(a, wanted), lack(b, wanted))
      return (lackA, ground.metres[compound][a] ?? 0, a) < (lackB, ground.metres[compound][b] ?? 0, b)
    }
  }
  private func lack(_ person: Int, _ wanted: [String]) -> Int { wanted.count { !ground.instance.officers[person].skills.contains($0) } }
  private mutating func replace(_ officer: Int, by helper: Int, in visit: Int) {
    guard let place = visits[visit].people.firstIndex(of: officer) else { return }
    let original = visits[visit].insteadOf[place]
    visits[visit].insteadOf[place] = original >= 0 ? original : officer
    visits[visit].people[place] = helper
  }

  private func fits(_ visit: Int, _ slot: Int) -> Bool {
    visits[visit].people.allSatisfy { ground.free[$0][slot] && taken[$0][slot] == .nothing }
  }
  private func dayTaken(_ visit: Int, _ slot: Int, _ range: Range<Int>) -> Bool {
    range.contains { other in
      other != visit && visits[other].compound == visits[visit].compound
        && visits[other].slot.map { ground.slots[$0].workday == ground.slots[slot].workday } == true
    }
  }
  private mutating func put(_ visit: Int, _ slot: Int?) {
    if let old = visits[visit].slot {
      for person in visits[visit].people where taken[person][old] == .visit(visit) { taken[person][old] = .nothing }
    }
    visits[visit].slot = slot
    if let slot { for person in visits[visit].people { taken[person][slot] = .visit(visit) } }
  }

  private mutating func settle(_ range: Range<Int>) {
    guard let week = range.first.map({ visits[$0].week }) else { return }
    let slots = ground.slots.indices.filter { ground.slots[$0].week == week }
    for visit in range where visits[visit].fixed { put(visit, visits[visit].slot) }
    var waiting = range.filter { visits[$0].slot == nil }
    var thrown: [Int: Int] = [:]
    var steps = 0
    while !waiting.isEmpty {
      steps += 1
      // The one with the fewest places left.
      var choice = waiting[0]
      var places: [Int] = []
      var fewest = Int.max
      for visit in waiting {
        let open = slots.filter { fits(visit, $0) && !dayTaken(visit, $0, range) }
        let key = open.count * 4 - visits[visit].people.count
        if key < fewest { (choice, places, fewest) = (visit, open, key) }
      }
      waiting.removeAll { $0 == choice }
      if let slot = places.min(by: { (dislike(choice, $0, range), $0) < (dislike(choice, $1, range), $1) }) {
        put(choice, slot)
        continue
      }
      if steps < 40 * range.count, let (slot, out) = ejection(choice, slots, range, thrown) {
        for visit in out {
          put(visit, nil)
          thrown[visit, default: 0] += 1
          waiting.append(visit)
        }
        put(choice, slot)
        continue
      }
      if !standInAnywhere(choice, slots, range, week) { unplaced.append(visits[choice]) }
    }
  }

  /// Small where the week before was the same, where the compound's other visits are far, and where few work.
  private func dislike(_ visit: Int, _ slot: Int, _ range: Range<Int>) -> Int {
    let place = ground.slots[slot]
    var points = 0
    for other in visits.indices where visits[other].compound == visits[visit].compound && other != visit {
      guard let taken = visits[other].slot else { continue }
      let there = ground.slots[taken]
      if there.week == place.week - 1, there.day.weekday == place.day.weekday, there.half == place.half { points -= 20 }
      if there.week == place.week { points += 6 - min(5, abs(there.workday - place.workday)) }
    }
    for person in visits[visit].people {
      for other in slots(of: place.workday) where other != slot && taken[person][other] != .nothing { points += 1 }
    }
    return points
  }
  private func slots(of workday: Int) -> [Int] { [2 * workday, 2 * workday + 1] }

  private func ejection(_ visit: Int, _ slots: [Int], _ range: Range<Int>, _ thrown: [Int: Int]) -> (Int, [Int])? {
    var best: (key: Int, slot: Int, out: [Int])?
    for slot in slots {
      var out: [Int] = []
      var possible = true
      for person in visits[visit].people {
        guard ground.free[person][slot] else { possible = false; break }
        switch taken[person][slot] {
        case .nothing: break
        case .visit(let other): if visits[other].fixed { possible = false } else if !out.contains(other) { out.append(other) }
        case .service, .rest: possible = false
        }
      }
      guard possible else { continue }
      for other in range where other != visit && visits[other].compound == visits[visit].compound {
        guard let there = visits[other].slot, ground.slots[there].workday == ground.slots[slot].workday, !out.contains(other) else {
          continue
        }
        if visits[other].fixed { possible = false } else { out.append(other) }
      }
      guard possible else { continue }
      let key = out.reduce(0) { $0 + 3 + 2 * (thrown[$1] ?? 0) + visits[$1].people.count }
      if key < best?.key ?? .max { best = (key, slot, out) }
    }
    return best.map { ($0.slot, $0.out) }
  }

  private mutating func standInAnywhere(_ visit: Int, _ slots: [Int], _ range: Range<Int>, _ week: Int) -> Bool {
    for slot in slots where !dayTaken(visit, slot, range) {
      let missing = visits[visit].people.filter { !(ground.free[$0][slot] && taken[$0][slot] == .nothing) }
      guard missing.count == 1, let helper = helper(for: visit, insteadOf: missing[0], week, planned: false, at: slot) else { continue }
      use[missing[0]]?[week] -= 1
      use[helper]?[week] += 1
      replace(missing[0], by: helper, in: visit)
      put(visit, slot)
      return true
    }
    return false
  }
}

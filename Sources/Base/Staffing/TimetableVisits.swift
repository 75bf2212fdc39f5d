import Kernel

/// The visits of a week: by whom, when somebody gives them away, and on which half-days.
extension Timetable {
  mutating func place(_ week: Int) {
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
              load[visit.people[place], default: 0] -= 1
            }
            if (standIn[pin.officer]?[week] ?? 0) > 0 {
              standIn[pin.officer]?[week] -= 1
            } else {
              use[pin.officer]?[week] += 1
              load[pin.officer, default: 0] += 1
            }
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
  mutating func handOver(_ range: Range<Int>, _ week: Int) {
    handOver(range, week, planned: true)
    for officer in part.officers {
      let idle = max(0, standIn[officer]?[week] ?? 0)
      use[officer]?[week] -= idle
      load[officer, default: 0] -= idle
      standIn[officer]?[week] = 0
    }
    handOver(range, week, planned: false)
  }
  mutating func handOver(_ range: Range<Int>, _ week: Int, planned: Bool) {
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
        if planned {
          standIn[helper]?[week] -= 1
        } else {
          use[helper]?[week] += 1
          load[helper, default: 0] += 1
        }
        owed -= 1
      }
      if !planned, owed > 0 {
        load[officer, default: 0] += owed
        use[officer]?[week] += owed
        // Nobody may go in their place, and the week does not hold it.
        if (use[officer]?[week] ?? 0) > ground.budget[officer][week] {
          unplaced += order.prefix(1).map { visits[$0] }
        }
      }
      given[officer]?[week] = owed
    }
  }
  func helper(for visit: Int, insteadOf officer: Int, _ week: Int, planned: Bool, at slot: Int? = nil) -> Int? {
    let compound = visits[visit].compound
    let two = ground.instance.compounds[compound].needsTwo
    return part.officers.filter { person in
      person != officer && !visits[visit].people.contains(person) && ground.mayServe[person].contains(ground.squadOf[compound])
        && (!two || ground.instance.officers[person].certified)
        && (planned ? (standIn[person]?[week] ?? 0) > 0 : (use[person]?[week] ?? 0) < ground.budget[person][week])
        && (slot.map { ground.free[person][$0] && taken[person][$0] == .nothing } ?? true)
    }.min { a, b in
      // Skilled ones where skill is wanted, whose load stays fair, then the nearest.
      let wanted = ground.instance.compounds[compound].skills
      let (lackA, lackB) = (lack(a, wanted), lack(b, wanted))
      let (more, less) = planned ? (0, 0) : (unfairness(a), unfairness(b))
      return (lackA, more, ground.metres[compound][a] ?? 0, a) < (lackB, less, ground.metres[compound][b] ?? 0, b)
    }
  }
  func lack(_ person: Int, _ wanted: [String]) -> Int { wanted.count { !ground.instance.officers[person].skills.contains($0) } }

  mutating func settle(_ range: Range<Int>) {
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
  func dislike(_ visit: Int, _ slot: Int, _ range: Range<Int>) -> Int {
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
  func slots(of workday: Int) -> [Int] { [2 * workday, 2 * workday + 1] }
}

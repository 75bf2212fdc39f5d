import Kernel

/// Puts the weeks' visits and duties into half-days: nobody in two places, rest after nights, two together where two are wanted, a compound at
/// most once a day, on the same weekday as the week before where that is free.
///
/// Deterministic, and in this order: duties by a matching (`TimetableDuties`), their repair (`TimetableDutyRepair`), the visits of each week
/// (`TimetableVisits`) and theirs (`TimetableVisitRepair`).
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
  enum Taken: Equatable { case nothing, visit(Int), service, rest }

  let ground: Ground
  let part: Ground.Part
  let assignment: Assignment
  let fills: [Int: SquadFill]
  let fillers: [Int: SquadFiller]
  var visits: [Visit] = []
  var services: [Service] = []
  var unplaced: [Visit] = []
  var dutyShort: [Int] = []
  var taken: [[Taken]]
  var given: [Int: [Int]] = [:]
  var standIn: [Int: [Int]] = [:]
  /// Half-days of each officer's weeks that are spoken for, as planned and then as placed.
  var use: [Int: [Int]] = [:]
  /// Half-days of each officer, duties as they weigh; known once duties are placed.
  var load: [Int: Int] = [:]

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

  /// What the plan costs as it is placed: stand-ins and loads may be others than were planned.
  var cost: Int {
    var (loads, standIns) = (Array(repeating: 0, count: ground.officerSquad.count), 0)
    for visit in visits {
      for (person, other) in zip(visit.people, visit.insteadOf) {
        loads[person] += 1
        if other >= 0 { standIns += 1 }
      }
    }
    for service in services { loads[service.officer] += ground.instance.duties[ground.occurrences[service.occurrence].duty].loadHalfDays }
    return ground.score(assignment, standIns: standIns, loads: loads).total
  }

  /// Points that one half-day more would add to what is not fair.
  func unfairness(_ officer: Int) -> Int {
    guard let filler = fillers[ground.officerSquad[officer]], let place = filler.officers.firstIndex(of: officer) else { return 0 }
    let total = filler.officers.reduce(0) { $0 + (load[$1] ?? 0) }
    let now = load[officer] ?? 0
    return filler.unfair(place, load: now + 1, total: total) - filler.unfair(place, load: now, total: total)
  }

  func fits(_ visit: Int, _ slot: Int) -> Bool {
    visits[visit].people.allSatisfy { ground.free[$0][slot] && taken[$0][slot] == .nothing }
  }
  func dayTaken(_ visit: Int, _ slot: Int, _ range: Range<Int>) -> Bool {
    range.contains { other in
      other != visit && visits[other].compound == visits[visit].compound
        && visits[other].slot.map { ground.slots[$0].workday == ground.slots[slot].workday } == true
    }
  }
  mutating func replace(_ officer: Int, by helper: Int, in visit: Int) {
    guard let place = visits[visit].people.firstIndex(of: officer) else { return }
    let original = visits[visit].insteadOf[place]
    visits[visit].insteadOf[place] = original >= 0 ? original : officer
    visits[visit].people[place] = helper
  }
  mutating func put(_ visit: Int, _ slot: Int?) {
    if let old = visits[visit].slot {
      for person in visits[visit].people where taken[person][old] == .visit(visit) { taken[person][old] = .nothing }
    }
    visits[visit].slot = slot
    if let slot { for person in visits[visit].people { taken[person][slot] = .visit(visit) } }
  }
}

/// What an office does without a solver: half-days by shares of demand, the known contact where there is one, else who has least.
///
/// Kept as a measure of what planning gains; scored by the same objective.
struct Proportional {
  let ground: Ground
  let part: Ground.Part

  struct Result: Sendable {
    var assignment: Assignment
    var standIns: Int
    var loads: [Int]
    /// Half-days that nobody could take even after every compound was cut to its least.
    var excess: Int
  }

  func plan() -> Result? {
    guard let search = LocalSearch(ground, part, stop: { false }) else { return nil }
    var assignment = Assignment(compounds: ground.squadOf.count)
    var loads = Array(repeating: 0, count: ground.officerSquad.count)
    for squad in part.squads {
      let compounds = part.compounds.filter { ground.squadOf[$0] == squad }
      let people = part.officers.filter { ground.officerSquad[$0] == squad }
      let duties = part.groups.filter { ground.squadIndex[ground.instance.duties[ground.groups[$0].duty].squad] == squad }
        .reduce(0) { $0 + ground.groups[$1].takes.reduce(0, +) * ground.groups[$1].occurrences.count }
      let half = people.reduce(0) { $0 + ground.available($1) } - duties
      let wanted = compounds.reduce(0.0) { $0 + ground.demandOfPeriod($1) * (ground.instance.compounds[$1].needsTwo ? 2 : 1) }
      for compound in compounds.sorted(by: { (-ground.demandOfPeriod($0), $0) < (-ground.demandOfPeriod($1), $1) }) {
        let share = wanted > 0 ? Double(half) * ground.demandOfPeriod(compound) / wanted : 0
        let allowed = search.patterns(compound).sorted { (ground.patterns[$0].total, $0) < (ground.patterns[$1].total, $1) }
        assignment.pattern[compound] = allowed.last { Double(ground.patterns[$0].total) <= share } ?? allowed[0]
        let visits = ground.patterns[assignment.pattern[compound]].total
        func least(_ people: [Int]) -> Int? {
          people.min { (Double(loads[$0]) / Double(ground.available($0)), $0) < (Double(loads[$1]) / Double(ground.available($1)), $1) }
        }
        // A squad's own people, where it has any who may.
        func own(_ people: [Int]) -> [Int] {
          let mine = people.filter { ground.officerSquad[$0] == squad }
          return mine.isEmpty ? people : mine
        }
        let able = own(search.contacts(compound))
        let contact = able.first(where: ground.knownContact[compound].contains) ?? least(able) ?? able[0]
        assignment.contact[compound] = contact
        loads[contact] += visits
        guard ground.instance.compounds[compound].needsTwo else { continue }
        guard let second = least(own(search.seconds(compound).filter { $0 != contact })) else { return nil }
        assignment.second[compound] = second
        loads[second] += visits
      }
    }
    search.adopt(assignment)
    // Too full: the biggest compounds of the fullest squads come less often, one step at a time.
    while search.excess > 0 {
      let full = Set(part.squads.filter { (search.fills[$0]?.excess ?? 0) > 0 })
      let cuts = part.compounds.compactMap { compound -> (compound: Int, pattern: Int, total: Int)? in
        let total = ground.patterns[search.current.pattern[compound]].total
        let team = [search.current.contact[compound], search.current.second[compound]].filter { $0 >= 0 }
        guard team.contains(where: { full.contains(ground.officerSquad[$0]) }) else { return nil }
        let lower = search.patterns(compound).filter { ground.patterns[$0].total < total }
        guard let next = lower.max(by: { (ground.patterns[$0].total, -$0) < (ground.patterns[$1].total, -$1) }) else { return nil }
        return (compound, next, total)
      }
      guard let cut = cuts.max(by: { ($0.total, -$0.compound) < ($1.total, -$1.compound) }) else { break }
      var next = search.current
      next.pattern[cut.compound] = cut.pattern
      search.adopt(next)
    }
    let (standIns, all) = search.loads()
    return Result(assignment: search.current, standIns: standIns, loads: all, excess: search.excess)
  }
}

extension LocalSearch {
  /// Stand-ins and half-days of every officer, as the fills have them.
  func loads() -> (standIns: Int, loads: [Int]) {
    var loads = Array(repeating: 0, count: ground.officerSquad.count)
    var standIns = 0
    for compound in part.compounds {
      let visits = ground.patterns[current.pattern[compound]].total
      loads[current.contact[compound]] += visits
      if current.second[compound] >= 0 { loads[current.second[compound]] += visits }
    }
    for squad in part.squads {
      guard let fill = fills[squad], let filler = filler(squad) else { continue }
      for (place, officer) in filler.officers.enumerated() {
        loads[officer] += fill.standIn[place].reduce(0, +) - fill.given[place].reduce(0, +)
        standIns += fill.standIn[place].reduce(0, +)
        for (order, group) in filler.groupOrder.enumerated() {
          loads[officer] += fill.duty[order][place] * ground.instance.duties[ground.groups[group].duty].loadHalfDays
        }
      }
    }
    return (standIns, loads)
  }
}

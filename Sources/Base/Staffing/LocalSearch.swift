/// The cost of an assignment, squad by squad, and its descent: one compound's people or level changed, or two compounds' contacts exchanged,
/// as long as that saves points. Always in the same order, so the same input gives the same plan.
final class LocalSearch {
  let ground: Ground
  let part: Ground.Part
  private(set) var current: Assignment
  private(set) var fills: [Int: SquadFill] = [:]
  private(set) var direct: [Int]
  private let fillers: [Int: SquadFiller]
  private let contactsFor: [Int: [Int]]
  private let secondsFor: [Int: [Int]]
  private let patternsFor: [Int: [Int]]
  private let visits: Cells<Int>  // officer × week
  private let handed: Cells<Int>
  private let stop: () -> Bool
  private let levelCost: [[Int]]
  private let wayCost: [[Int]]
  private let changeCost: [[Int]]
  /// By compound, officer and pattern: whether a better plan can have it.
  private let contactOpen: Cells<Bool>
  private let secondOpen: Cells<Bool>
  private let patternCount: Int
  /// Above every honest cost: what nobody can take is worse than anything.
  static let excessCost = 1_000_000

  /// Nil when some compound has nobody who may serve it.
  init?(_ ground: Ground, _ part: Ground.Part, stop: @escaping () -> Bool) {
    (self.ground, self.part, self.stop) = (ground, part, stop)
    var contacts: [Int: [Int]] = [:]
    var seconds: [Int: [Int]] = [:]
    var patterns: [Int: [Int]] = [:]
    for compound in part.compounds {
      contacts[compound] = part.officers.filter { ground.contactBreaks(compound, $0)?.isEmpty == true }
      patterns[compound] = ground.patterns.indices.filter { ground.patternBreaks(compound, $0).isEmpty }
      if ground.instance.compounds[compound].needsTwo {
        seconds[compound] = part.officers.filter { ground.secondBreaks(compound, $0)?.isEmpty == true }
        if seconds[compound]?.isEmpty != false { return nil }
      }
      if contacts[compound]?.isEmpty != false || patterns[compound]?.isEmpty != false { return nil }
    }
    (contactsFor, secondsFor, patternsFor) = (contacts, seconds, patterns)
    var fillers: [Int: SquadFiller] = [:]
    for squad in part.squads {
      fillers[squad] = SquadFiller(ground, squad: squad)
    }
    self.fillers = fillers
    levelCost = ground.squadOf.indices.map { compound in
      ground.patterns.indices.map { ground.unmetCost(compound, $0) + ground.surplusCost(compound, $0) + ground.wishCost(compound, $0) }
    }
    wayCost = ground.squadOf.indices.map { compound in ground.officerSquad.indices.map { ground.wayCost(compound, $0) } }
    changeCost = ground.squadOf.indices.map { compound in ground.officerSquad.indices.map { ground.changeCost(compound, $0) } }
    current = Assignment(compounds: ground.squadOf.count)
    direct = Array(repeating: 0, count: ground.squadOf.count)
    visits = Cells(count: ground.officerSquad.count * ground.weeks)
    handed = Cells(count: ground.officerSquad.count * ground.weeks)
    patternCount = ground.patterns.count
    let choices = ground.squadOf.count * ground.officerSquad.count * patternCount
    (contactOpen, secondOpen) = (Cells(count: choices, true), Cells(count: choices, true))
  }

  /// Closes what alone would make the relaxation dearer than the best plan: nothing better has it.
  func close(_ model: WeekModel, reduced: [Double], room: Double) {
    for choice in model.contacts where reduced[choice.column] > room + 1 {
      contactOpen[place(choice.compound, choice.officer, choice.pattern)] = false
    }
    for choice in model.seconds where reduced[choice.column] > room + 1 {
      secondOpen[place(choice.compound, choice.officer, choice.pattern)] = false
    }
  }
  private func place(_ compound: Int, _ officer: Int, _ pattern: Int) -> Int {
    (compound * ground.officerSquad.count + officer) * patternCount + pattern
  }
  private func isOpen(_ change: Change) -> Bool {
    contactOpen[place(change.compound, change.contact, change.pattern)]
      && (change.second < 0 || secondOpen[place(change.compound, change.second, change.pattern)])
  }

  var cost: Int { fills.values.reduce(direct.reduce(0, +)) { $0 + $1.cost + Self.excessCost * $1.excess } }
  var excess: Int { fills.values.reduce(0) { $0 + $1.excess } }

  /// Of a squad with visits that nobody can take: compounds that alone are more than a week of their people holds; without any, all of those
  /// whose people have too much.
  func tight() -> [Int] {
    guard excess > 0 else { return [] }
    let full = part.compounds.filter { compound in people(compound).contains { (fills[ground.officerSquad[$0]]?.excess ?? 0) > 0 } }
    let alone = full.filter { compound in
      people(compound).contains { officer in
        (0..<ground.weeks).contains { ground.patterns[current.pattern[compound]].visits[$0] > ground.budget[officer][$0] }
      }
    }
    return alone.isEmpty ? full : alone
  }
  private func people(_ compound: Int) -> [Int] { [current.contact[compound], current.second[compound]].filter { $0 >= 0 } }

  var stopped: Bool { stop() }
  func filler(_ squad: Int) -> SquadFiller? { fillers[squad] }

  func contacts(_ compound: Int) -> [Int] { contactsFor[compound] ?? [] }
  func seconds(_ compound: Int) -> [Int] { secondsFor[compound] ?? [] }
  func patterns(_ compound: Int) -> [Int] { patternsFor[compound] ?? [] }

  func directCost(_ compound: Int, contact: Int, second: Int, pattern: Int) -> Int {
    let ways = wayCost[compound][contact] + (second >= 0 ? wayCost[compound][second] : 0)
    return levelCost[compound][pattern] + ways * ground.patterns[pattern].total + changeCost[compound][contact]
  }

  func adopt(_ assignment: Assignment) {
    current = assignment
    visits.clear()
    handed.clear()
    for compound in part.compounds {
      count(compound, 1)
      direct[compound] = directCost(
        compound, contact: current.contact[compound], second: current.second[compound], pattern: current.pattern[compound])
    }
    for squad in part.squads { fills[squad] = fillers[squad].map { $0.detail(fill($0)) } }
  }

  private func fill(_ filler: SquadFiller) -> (cost: Int, excess: Int) {
    var pins: [(officer: Int, week: Int)] = []
    for pin in ground.pinnedVisits where ground.officerSquad[pin.officer] == filler.squad && current.contact[pin.compound] >= 0 {
      guard current.contact[pin.compound] != pin.officer, current.second[pin.compound] != pin.officer else { continue }
      pins.append((pin.officer, ground.slots[pin.slot].week))
    }
    return filler.fill(visits: visits, handed: replaced(), pins: pins)
  }

  /// Whoever is put somewhere by hand goes there in the contact's place.
  private func replaced() -> Cells<Int> {
    guard !ground.pinnedVisits.isEmpty else { return handed }
    var places: [Int: Int] = [:]
    for pin in ground.pinnedVisits where current.contact[pin.compound] >= 0 {
      guard current.contact[pin.compound] != pin.officer, current.second[pin.compound] != pin.officer else { continue }
      places[current.contact[pin.compound] * ground.weeks + ground.slots[pin.slot].week, default: 0] += 1
    }
    let handed = Cells(handed.values)
    for (place, number) in places { handed[place] = max(handed[place], number) }
    return handed
  }

  private func count(_ compound: Int, _ sign: Int) {
    let pattern = ground.patterns[current.pattern[compound]].visits
    for officer in [current.contact[compound], current.second[compound]] where officer >= 0 {
      for week in 0..<ground.weeks where pattern[week] > 0 {
        visits[officer * ground.weeks + week] += sign * pattern[week]
        handed[officer * ground.weeks + week] += sign * max(0, pattern[week] - ground.presentDays[officer][week])
      }
    }
  }

  struct Change {
    var compound: Int
    var contact: Int
    var second: Int
    var pattern: Int
  }

  /// Makes the changes and keeps them if that saves points.
  private func attempt(_ changes: [Change]) -> Bool {
    guard changes.allSatisfy(isOpen) else { return false }
    let squads = fillers.count == 1 ? part.squads : touched(changes)
    var before = 0
    for squad in squads { if let fill = fills[squad] { before += fill.cost + Self.excessCost * fill.excess } }
    let old = changes.map { change in
      Change(
        compound: change.compound, contact: current.contact[change.compound], second: current.second[change.compound],
        pattern: current.pattern[change.compound])
    }
    var saved = 0
    for change in changes {
      saved +=
        direct[change.compound] - directCost(change.compound, contact: change.contact, second: change.second, pattern: change.pattern)
    }
    // What the squads pay can fall to nothing, not below.
    guard before + saved > 0 else { return false }
    for change in changes { put(change) }
    var after = 0
    for squad in squads { if let filler = fillers[squad] { after += filler.floor(visits: visits, handed: handed) } }
    if after < before + saved {
      after = 0
      for squad in squads {
        guard let filler = fillers[squad] else { continue }
        let result = fill(filler)
        after += result.cost + Self.excessCost * result.excess
        if after >= before + saved { break }
      }
    }
    guard after < before + saved else {
      for change in old { put(change) }
      return false
    }
    for squad in squads { if let filler = fillers[squad] { fills[squad] = filler.detail(fill(filler)) } }
    for change in changes {
      direct[change.compound] = directCost(change.compound, contact: change.contact, second: change.second, pattern: change.pattern)
    }
    return true
  }

  private func touched(_ changes: [Change]) -> [Int] {
    var squads = Set<Int>()
    for change in changes {
      for officer in [change.contact, change.second, current.contact[change.compound], current.second[change.compound]] where officer >= 0 {
        squads.insert(ground.officerSquad[officer])
      }
    }
    return squads.sorted()
  }

  private func put(_ change: Change) {
    count(change.compound, -1)
    current.contact[change.compound] = change.contact
    current.second[change.compound] = change.second
    current.pattern[change.compound] = change.pattern
    count(change.compound, 1)
  }

  /// Until nothing saves anything, or `stop`.
  func descend(_ compounds: [Int]? = nil) {
    let compounds = compounds ?? part.compounds
    var open = true
    while open && !stop() {
      open = false
      for compound in compounds {
        if stop() { return }
        while improve(compound) { open = true }
      }
      for (order, one) in compounds.enumerated() {
        if stop() { return }
        for other in compounds[(order + 1)...] where exchange(one, other) { open = true }
      }
    }
  }

  /// Changes a few compounds of one squad at random and descends again; what is not better is shown and forgotten.
  func shake(_ dice: inout Dice, seen: () -> Void) {
    let (kept, keptFills, keptDirect, keptVisits, keptHanded, before) = (current, fills, direct, visits.values, handed.values, cost)
    let squad = ground.squadOf[part.compounds[dice.below(part.compounds.count)]]
    let near = part.compounds.filter { ground.squadOf[$0] == squad }
    for _ in 0..<min(near.count, 2 + dice.below(3)) {
      let compound = near[dice.below(near.count)]
      let choices = contacts(compound).flatMap { contact in
        patterns(compound).map { Change(compound: compound, contact: contact, second: current.second[compound], pattern: $0) }
      }
      .filter { $0.contact != $0.second && isOpen($0) }
      guard !choices.isEmpty else { continue }
      let change = choices[dice.below(choices.count)]
      put(change)
      direct[compound] = directCost(compound, contact: change.contact, second: change.second, pattern: change.pattern)
    }
    let touched = Set(
      near.flatMap { [current.contact[$0], current.second[$0], kept.contact[$0], kept.second[$0]] }.filter { $0 >= 0 }.map {
        ground.officerSquad[$0]
      })
    for squad in touched.sorted() { fills[squad] = fillers[squad].map { $0.detail(fill($0)) } }
    descend(near)
    guard cost >= before else { return }
    seen()
    (current, fills, direct) = (kept, keptFills, keptDirect)
    visits.take(keptVisits)
    handed.take(keptHanded)
  }

  private func improve(_ compound: Int) -> Bool {
    let now = Change(
      compound: compound, contact: current.contact[compound], second: current.second[compound], pattern: current.pattern[compound])
    for pattern in patterns(compound) where pattern != now.pattern {
      var change = now
      change.pattern = pattern
      if attempt([change]) { return true }
    }
    for officer in contacts(compound) where officer != now.contact {
      for pattern in patterns(compound) {
        var change = now
        (change.contact, change.pattern) = (officer, pattern)
        if officer == now.second { change.second = now.contact }
        guard change.second < 0 || seconds(compound).contains(change.second) else { continue }
        if attempt([change]) { return true }
      }
    }
    if now.second >= 0 {
      for officer in seconds(compound) where officer != now.second && officer != now.contact {
        for pattern in patterns(compound) {
          var change = now
          (change.second, change.pattern) = (officer, pattern)
          if attempt([change]) { return true }
        }
      }
    }
    return false
  }

  private func exchange(_ one: Int, _ other: Int) -> Bool {
    guard ground.squadOf[one] == ground.squadOf[other] else { return false }
    let (mine, theirs) = (current.contact[one], current.contact[other])
    guard mine != theirs, current.second[one] != theirs, current.second[other] != mine, contacts(one).contains(theirs),
      contacts(other).contains(mine)
    else { return false }
    var first = Change(compound: one, contact: theirs, second: current.second[one], pattern: current.pattern[one])
    var second = Change(compound: other, contact: mine, second: current.second[other], pattern: current.pattern[other])
    if attempt([first, second]) { return true }
    guard first.pattern != second.pattern, patterns(one).contains(second.pattern), patterns(other).contains(first.pattern) else {
      return false
    }
    (first.pattern, second.pattern) = (second.pattern, first.pattern)
    return attempt([first, second])
  }
}

/// Chance that is the same every time (xorshift64).
struct Dice {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15
  mutating func below(_ end: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(end))
  }
}

/// The model of one part of the office: who serves which compound how often, who does how many duties and stand-ins in each week.
///
/// It is exact but for the hours of the week, which the timetable finds afterwards without touching a cost; so its least cost is a bound for
/// the whole plan. `README.md` writes it out. When `elastic`, rules may be broken at a price, and that price is all that counts.
final class WeekModel {
  let ground: Ground
  let part: Ground.Part
  let elastic: Bool
  /// In an elastic model: only these may be broken; nil is all.
  let breakable: Set<StaffingRule>?
  let program = LinearProgram()

  struct Choice {
    var compound: Int
    var officer: Int
    var pattern: Int
    var column: Int
    var broken: [StaffingRule]
  }
  var contacts: [Choice] = []
  var seconds: [Choice] = []
  /// Of each compound: its places in `contacts` and `seconds`.
  var contactsOf: [Int: [Int]] = [:]
  var secondsOf: [Int: [Int]] = [:]
  var visitColumn: [Int: [Int]] = [:]  // officer -> week
  var givenColumn: [Int: [Int]] = [:]
  var standInColumn: [Int: [Int]] = [:]
  var dutyColumn: [Int: [(officer: Int, column: Int)]] = [:]
  var ruleColumn: [(rule: StaffingRule, column: Int)] = []
  /// Rows that are one officer's own affair; `PriceSearch` keeps them, and puts prices on the others.
  private(set) var own: Set<Int> = []
  /// How the loads of a squad are compared.
  struct Fairness {
    var squad: Int
    var total: Int
    /// Row: the sum of all loads is the total.
    var sum: Int
    var loads: [Int: Int] = [:]  // officer -> column
    var outside: [Int: [Int]] = [:]
  }
  private(set) var fairness: [Fairness] = []

  static let brokenRule = 1000.0

  init(_ ground: Ground, _ part: Ground.Part, elastic: Bool = false, breakable: Set<StaffingRule>? = nil) {
    (self.ground, self.part, self.elastic, self.breakable) = (ground, part, elastic, breakable)
    build()
  }

  private func may(_ rules: [StaffingRule]) -> Bool {
    if rules.isEmpty { return true }
    return elastic && rules.allSatisfy { breakable?.contains($0) ?? true }
  }
  private func cost(_ value: Int) -> Double { elastic ? 0 : Double(value) }

  private func ownRow(_ lower: Double, _ upper: Double) -> Int {
    let row = program.addRow(lower, upper)
    own.insert(row)
    return row
  }

  private func build() {
    for officer in part.officers {
      let most = Double(ground.slots.count)
      visitColumn[officer] = (0..<ground.weeks).map { _ in program.addColumn(cost: 0, 0, most) }
      givenColumn[officer] = (0..<ground.weeks).map { _ in program.addColumn(cost: 0, 0, most, whole: true) }
      standInColumn[officer] = (0..<ground.weeks).map {
        program.addColumn(cost: cost(ground.standInCost), 0, Double(ground.budget[officer][$0]), whole: true)
      }
    }
    for compound in part.compounds { addTeam(of: compound) }
    addVisits()
    addDuties()
    addWeeks()
    addFairness()
  }

  private func addTeam(of compound: Int) {
    let place = ground.instance.compounds[compound]
    let patterns = ground.patterns.indices.map { ($0, ground.patternBreaks(compound, $0)) }.filter { may($0.1) }
    let one = program.addRow(1, 1)
    let pairRows = place.needsTwo ? patterns.map { ($0.0, program.addRow(0, 0)) } : []
    let pairRow = Dictionary(uniqueKeysWithValues: pairRows)
    let seconders =
      place.needsTwo
      ? part.officers.compactMap { person in ground.secondBreaks(compound, person).map { (person, $0) } }.filter { may($0.1) } : []
    let seconding = Set(seconders.map(\.0))
    var twice: [Int: Int] = [:]
    for officer in part.officers {
      guard let broken = ground.contactBreaks(compound, officer), may(broken) else { continue }
      if seconding.contains(officer) { twice[officer] = ownRow(-1e30, 1) }
      for (pattern, ordered) in patterns {
        let all = broken + ordered
        let points =
          ground.unmetCost(compound, pattern) + ground.surplusCost(compound, pattern) + ground.wishCost(compound, pattern)
          + ground.travelCost(compound, officer, pattern) + ground.changeCost(compound, officer)
        let column = program.addColumn(
          cost: elastic ? Self.brokenRule * Double(all.count) : Double(points), 0, 1, whole: true)
        program.add(1, column, to: one)
        if let row = pairRow[pattern] { program.add(-1, column, to: row) }
        if let row = twice[officer] { program.add(1, column, to: row) }
        contactsOf[compound, default: []].append(contacts.count)
        contacts.append(Choice(compound: compound, officer: officer, pattern: pattern, column: column, broken: all))
      }
    }
    for (officer, broken) in seconders {
      for (pattern, row) in pairRows {
        let column = program.addColumn(
          cost: elastic ? Self.brokenRule * Double(broken.count) : Double(ground.travelCost(compound, officer, pattern)), 0, 1, whole: true)
        program.add(1, column, to: row)
        if let row = twice[officer] { program.add(1, column, to: row) }
        secondsOf[compound, default: []].append(seconds.count)
        seconds.append(Choice(compound: compound, officer: officer, pattern: pattern, column: column, broken: broken))
      }
    }
    if place.needsTwo, may([.twoOfficers(compound: place.id)]), elastic {
      // Nobody beside the contact.
      for (_, row) in pairRows {
        let column = program.addColumn(cost: Self.brokenRule, 0, 1, whole: true)
        program.add(1, column, to: row)
        ruleColumn.append((.twoOfficers(compound: place.id), column))
      }
    }
  }

  private func addVisits() {
    var rows: [Int: [Int]] = [:]
    var least: [Int: [Int?]] = [:]
    var pins: [Int: [Int: [Int: Int]]] = [:]  // officer -> week -> compound -> visits
    for pin in ground.pinnedVisits where visitColumn[pin.officer] != nil {
      pins[pin.officer, default: [:]][ground.slots[pin.slot].week, default: [:]][pin.compound, default: 0] += 1
    }
    var pinRows: [Int: [Int: Int]] = [:]
    for officer in part.officers {
      guard let visits = visitColumn[officer], let given = givenColumn[officer], let standIn = standInColumn[officer] else { continue }
      rows[officer] = visits.map { column in
        let row = ownRow(0, 0)
        program.add(-1, column, to: row)
        return row
      }
      least[officer] = (0..<ground.weeks).map { week in
        // Not more visits of one compound than the person is there for on different days.
        guard ground.patterns.contains(where: { $0.visits[week] > ground.presentDays[officer][week] }) else { return nil }
        let row = ownRow(0, 1e30)
        program.add(1, given[week], to: row)
        return row
      }
      for (week, wanted) in (pins[officer] ?? [:]).sorted(by: { $0.key < $1.key }) {
        let row = program.addRow(Double(wanted.values.reduce(0, +)), 1e30)
        program.add(1, standIn[week], to: row)
        pinRows[officer, default: [:]][week] = row
      }
    }
    addReplaced()
    for choice in contacts + seconds {
      for (week, visits) in ground.patterns[choice.pattern].visits.enumerated() {
        if visits > 0 {
          if let row = rows[choice.officer]?[week] { program.add(Double(visits), choice.column, to: row) }
          let over = visits - ground.presentDays[choice.officer][week]
          if over > 0, let row = least[choice.officer]?[week] { program.add(-Double(over), choice.column, to: row) }
        }
        if let wanted = pins[choice.officer]?[week]?[choice.compound], let row = pinRows[choice.officer]?[week] {
          program.add(Double(wanted), choice.column, to: row)
        }
      }
    }
  }

  /// Where a manager has put somebody else, the contact gives a visit away; where two go, either may.
  private func addReplaced() {
    var rows: [Int: [Int: Int]] = [:]
    for pin in ground.pinnedVisits where !ground.instance.compounds[pin.compound].needsTwo {
      let week = ground.slots[pin.slot].week
      for place in contactsOf[pin.compound] ?? [] where contacts[place].officer != pin.officer {
        let officer = contacts[place].officer
        guard let given = givenColumn[officer]?[week] else { continue }
        var row = rows[officer]?[week] ?? -1
        if row < 0 {
          row = program.addRow(0, 1e30)
          program.add(1, given, to: row)
          rows[officer, default: [:]][week] = row
        }
        program.add(-1, contacts[place].column, to: row)
      }
    }
  }

  private func addDuties() {
    var limitRows: [Int: [Int: Int]] = [:]
    for group in part.groups {
      let duty = ground.instance.duties[ground.groups[group].duty]
      let wanted = Double(ground.groups[group].occurrences.count * duty.officers)
      let row = program.addRow(wanted, wanted)
      for (officer, most) in ground.dutyPeople(group) {
        let pinned = ground.pinnedDuties.count { $0.officer == officer && ground.occurrences[$0.occurrence].group == group }
        let column = program.addColumn(cost: 0, Double(min(pinned, most)), Double(most), whole: true)
        program.add(1, column, to: row)
        dutyColumn[group, default: []].append((officer, column))
        if let limit = duty.maxPerOfficer {
          let number = ground.groups[group].duty
          let limitRow = limitRows[number]?[officer] ?? program.addRow(-1e30, Double(limit))
          limitRows[number, default: [:]][officer] = limitRow
          program.add(1, column, to: limitRow)
        }
      }
      let rule = StaffingRule.duty(duty: duty.id, week: ground.groups[group].week)
      if elastic, may([rule]) {
        let broken = program.addColumn(cost: Self.brokenRule, 0, 1, whole: true)
        let missing = program.addColumn(cost: 20, 0, wanted, whole: true)
        program.add(1, missing, to: row)
        let link = program.addRow(-1e30, 0)
        program.add(1, missing, to: link)
        program.add(-wanted, broken, to: link)
        ruleColumn.append((rule, broken))
      }
    }
    for (number, rows) in limitRows.sorted(by: { $0.key < $1.key }) where elastic {
      let rule = StaffingRule.dutyLimit(duty: ground.instance.duties[number].id)
      guard may([rule]) else { continue }
      let broken = program.addColumn(cost: Self.brokenRule, 0, 1, whole: true)
      ruleColumn.append((rule, broken))
      for (_, row) in rows.sorted(by: { $0.key < $1.key }) { program.add(-Double(ground.occurrences.count), broken, to: row) }
    }
  }

  private func addWeeks() {
    for week in 0..<ground.weeks {
      let pool = program.addRow(0, 0)
      var overtime: [Int: Int] = [:]
      // Nobody asks more of those who only come to help.
      for squad in part.squads where elastic && part.compounds.contains(where: { ground.squadOf[$0] == squad }) {
        let rule = StaffingRule.weeklyHours(squad: ground.instance.squads[squad].id, week: week)
        guard may([rule]) else { continue }
        let column = program.addColumn(cost: Self.brokenRule, 0, 1, whole: true)
        ruleColumn.append((rule, column))
        overtime[squad] = column
      }
      for officer in part.officers {
        guard let visits = visitColumn[officer]?[week], let given = givenColumn[officer]?[week], let standIn = standInColumn[officer]?[week]
        else { continue }
        let capacity = ownRow(-1e30, Double(ground.budget[officer][week]))
        program.add(1, visits, to: capacity)
        program.add(1, standIn, to: capacity)
        program.add(-1, given, to: capacity)
        for group in part.groups where ground.groups[group].takes[week] > 0 {
          for entry in dutyColumn[group] ?? [] where entry.officer == officer {
            program.add(Double(ground.groups[group].takes[week]), entry.column, to: capacity)
          }
        }
        let own = ownRow(-1e30, 0)
        program.add(1, given, to: own)
        program.add(-1, visits, to: own)
        program.add(1, given, to: pool)
        program.add(-1, standIn, to: pool)
        if let broken = overtime[ground.officerSquad[officer]] {
          // Beyond the share, but never beyond the half-days there are.
          let present = ground.slots.indices.count { ground.free[officer][$0] && ground.slots[$0].week == week }
          let extra = program.addColumn(cost: 10, 0, Double(max(0, present - ground.budget[officer][week])), whole: true)
          program.add(-1, extra, to: capacity)
          let link = program.addRow(-1e30, 0)
          program.add(1, extra, to: link)
          program.add(-Double(max(0, present - ground.budget[officer][week])), broken, to: link)
        }
      }
    }
  }

  private func addFairness() {
    guard !elastic else { return }
    for squad in part.squads {
      let people = part.officers.filter { ground.officerSquad[$0] == squad && ground.available($0) > 0 }
      let all = people.reduce(0) { $0 + ground.available($1) }
      guard all > 0, people.count > 1 else { continue }
      let most = Double(people.count * (ground.slots.count + ground.occurrences.count) * 4)
      let total = program.addColumn(cost: 0, 0, most)
      let sum = program.addRow(0, 0)
      program.add(-1, total, to: sum)
      var compared = Fairness(squad: squad, total: total, sum: sum)
      for officer in people {
        let load = program.addColumn(cost: 0, 0, most)
        program.add(1, load, to: sum)
        compared.loads[officer] = load
        let definition = ownRow(0, 0)
        program.add(-1, load, to: definition)
        for week in 0..<ground.weeks {
          if let column = visitColumn[officer]?[week] { program.add(1, column, to: definition) }
          if let column = standInColumn[officer]?[week] { program.add(1, column, to: definition) }
          if let column = givenColumn[officer]?[week] { program.add(-1, column, to: definition) }
        }
        for group in part.groups {
          let weight = Double(ground.instance.duties[ground.groups[group].duty].loadHalfDays)
          for entry in dutyColumn[group] ?? [] where entry.officer == officer { program.add(weight, entry.column, to: definition) }
        }
        let share = Double(ground.available(officer)) / Double(all)
        let band = Double(ground.available(officer)) * Double(ground.instance.rules.fairBand) / 100
        for sign in [1.0, -1.0] {
          let outside = program.addColumn(cost: Double(ground.unfairCost), 0, most, whole: true)
          let row = ownRow(-band, 1e30)
          program.add(1, outside, to: row)
          program.add(-sign, load, to: row)
          program.add(sign * share, total, to: row)
          compared.outside[officer, default: []].append(outside)
        }
      }
      fairness.append(compared)
    }
  }
}

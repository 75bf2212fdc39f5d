import Foundation
import Kernel

/// The instance in numbers: places instead of ids, half-days of working days as slots, costs as whole points.
///
/// Everything the model, the timetable, the score and the words need is reckoned here, once. `README.md` names the sets.
struct Ground: Sendable {
  /// A half-day of a working day.
  struct Slot: Sendable {
    var day: Day
    var half: HalfDay
    var week: Int
    /// Working days are numbered from 0.
    var workday: Int
  }
  /// A service level with the weeks of its visits.
  struct Pattern: Sendable {
    var level: Int
    var visits: [Int]
    var total: Int
  }
  /// One filling of a duty: a day and half of it.
  struct Occurrence: Sendable {
    var duty: Int
    var day: Day
    var week: Int
    /// The working slot it takes, and those kept free after it.
    var slot: Int?
    var rest: [Int]
    var group: Int
  }
  /// Occurrences of a duty in a week that take equally much of each week.
  struct DutyGroup: Sendable {
    var duty: Int
    var week: Int
    var takes: [Int]
    var occurrences: [Int]
  }

  let instance: StaffingInstance
  let weeks: Int
  var slots: [Slot] = []
  /// Slot of am and pm of each working day.
  var workdays: [Day] = []
  var weekdays: [Int]  // working days of each week
  var squadOf: [Int] = []  // of compounds
  var officerSquad: [Int] = []
  var mayServe: [Set<Int>] = []
  var patterns: [Pattern] = []
  var occurrences: [Occurrence] = []
  var groups: [DutyGroup] = []
  /// officer × slot: at work and not told to be free.
  var free: [[Bool]] = []
  /// officer × week: half-days that may be given to compounds and duties.
  var budget: [[Int]] = []
  /// officer × week: days with at least one free slot.
  var presentDays: [[Int]] = []
  var metres: [[Int: Int]] = []  // compound -> officer -> metres, one way
  var demand: [WeeklyDemand] = []
  var knownContact: [Set<Int>] = []
  var team: [FixedChanges.Team?] = []
  var pinnedVisits: [PinnedVisit] = []
  var pinnedDuties: [PinnedDuty] = []
  let officerIndex: [String: Int]
  let compoundIndex: [String: Int]
  let squadIndex: [String: Int]
  let dutyIndex: [String: Int]

  struct PinnedVisit: Sendable {
    var officer: Int
    var compound: Int
    var slot: Int
  }
  struct PinnedDuty: Sendable {
    var officer: Int
    var occurrence: Int
  }

  /// The instance must have passed `StaffingInstance.check`.
  init(_ instance: StaffingInstance) {
    self.instance = instance
    weeks = instance.weeks
    officerIndex = Self.index(instance.officers.map(\.id))
    compoundIndex = Self.index(instance.compounds.map(\.id))
    squadIndex = Self.index(instance.squads.map(\.id))
    dutyIndex = Self.index(instance.duties.map(\.id))
    weekdays = Array(repeating: 0, count: instance.weeks)
    layDays()
    layPatterns()
    layPeople()
    layDuties()
    layFixed()
    layCompounds()
  }

  private static func index(_ ids: [String]) -> [String: Int] {
    var index: [String: Int] = [:]
    for (place, id) in ids.enumerated() { index[id] = place }
    return index
  }

  private mutating func layDays() {
    let off = Set(instance.holidays)
    let worked = Set(instance.makeUpDays)
    for offset in 0..<(weeks * 7) {
      let day = instance.start.adding(days: offset)
      guard worked.contains(day) || (day.weekday <= 5 && !off.contains(day)) else { continue }
      for half in [HalfDay.am, .pm] { slots.append(Slot(day: day, half: half, week: offset / 7, workday: workdays.count)) }
      workdays.append(day)
      weekdays[offset / 7] += 1
    }
  }

  /// A week with fewer working days has fewer visits; a level that names the period tries each even spread over its weeks.
  private mutating func layPatterns() {
    for (level, wanted) in instance.levels.enumerated() {
      switch wanted.per {
      case .week:
        let visits = weekdays.map { days in days == 0 ? 0 : max(1, min(days, (2 * wanted.halfDays * days + 5) / 10)) }
        patterns.append(Pattern(level: level, visits: visits, total: visits.reduce(0, +)))
      case .period:
        let open = (0..<weeks).filter { weekdays[$0] > 0 }
        var seen = Set<[Int]>()
        for shift in open.indices {
          var visits = Array(repeating: 0, count: weeks)
          for turn in 0..<wanted.halfDays { visits[open[(shift + turn * open.count / wanted.halfDays) % open.count]] += 1 }
          if zip(visits, weekdays).allSatisfy({ $0 <= $1 }), seen.insert(visits).inserted {
            patterns.append(Pattern(level: level, visits: visits, total: wanted.halfDays))
          }
        }
      }
    }
  }

  private mutating func layPeople() {
    for officer in instance.officers {
      officerSquad.append(squadIndex[officer.squad] ?? 0)
      mayServe.append(Set(([officer.squad] + officer.alsoSquads).compactMap { squadIndex[$0] }))
      var open = slots.map { slot in !officer.leave.contains { $0.from <= slot.day && slot.day <= $0.to } }
      for row in instance.fixed.rows where row.officer == officer.id && row.task == .off {
        if let slot = slot(row.date, row.half) { open[slot] = false }
      }
      free.append(open)
    }
    for person in instance.officers.indices { reckonBudget(of: person) }
  }

  private mutating func reckonBudget(of person: Int) {
    var least = Array(repeating: 0, count: weeks)
    for row in instance.fixed.rows where row.officer == instance.officers[person].id && row.task != .off {
      if let slot = slot(row.date, row.half) { least[slots[slot].week] += 1 }
    }
    var halves = Array(repeating: 0, count: weeks)
    var days = Array(repeating: Set<Int>(), count: weeks)
    for (place, slot) in slots.enumerated() where free[person][place] {
      halves[slot.week] += 1
      days[slot.week].insert(slot.workday)
    }
    let share = instance.officers[person].weeklyHours * instance.rules.compoundShare / instance.rules.halfDayHours / 10
    // A manager's own rows count even when they are more than the share.
    let most = instance.officers[person].mostHalfDays ?? .max
    budget.append((0..<weeks).map { max(min(halves[$0], Int(share * Double(halves[$0]) + 1e-9), most), min(least[$0], halves[$0])) })
    presentDays.append(days.map(\.count))
  }

  private mutating func layDuties() {
    for (place, duty) in instance.duties.enumerated() {
      var byKey: [[Int]: Int] = [:]
      for offset in 0..<(weeks * 7) {
        let day = instance.start.adding(days: offset)
        let works = workdays.contains(day)
        guard duty.days == .all || (duty.days == .working) == works else { continue }
        let own = works && duty.half != .night ? slot(day, duty.half) : nil
        let next = slots.firstIndex { $0.day > day } ?? slots.count
        let rest = Array(next..<min(slots.count, next + duty.restHalfDays))
        var takes = Array(repeating: 0, count: weeks)
        for taken in rest + (own.map { [$0] } ?? []) { takes[slots[taken].week] += 1 }
        let key = [offset / 7] + takes
        let group = byKey[key] ?? groups.count
        if group == groups.count {
          byKey[key] = group
          groups.append(DutyGroup(duty: place, week: offset / 7, takes: takes, occurrences: []))
        }
        groups[group].occurrences.append(occurrences.count)
        occurrences.append(Occurrence(duty: place, day: day, week: offset / 7, slot: own, rest: rest, group: group))
      }
    }
  }

  private mutating func layFixed() {
    for row in instance.fixed.rows {
      guard let officer = officerIndex[row.officer] else { continue }
      switch row.task {
      case .off: break
      case .visit:
        if let slot = slot(row.date, row.half), let compound = compoundIndex[row.compound ?? ""] {
          pinnedVisits.append(PinnedVisit(officer: officer, compound: compound, slot: slot))
        }
      case .duty:
        let found = occurrences.firstIndex {
          instance.duties[$0.duty].id == row.duty && $0.day == row.date && instance.duties[$0.duty].half == row.half
        }
        if let found { pinnedDuties.append(PinnedDuty(officer: officer, occurrence: found)) }
      }
    }
  }

  private mutating func layCompounds() {
    team = Array(repeating: nil, count: instance.compounds.count)
    for change in instance.fixed.teams { if let compound = compoundIndex[change.compound] { team[compound] = change } }
    for compound in instance.compounds {
      let squad = squadIndex[compound.squad] ?? 0
      squadOf.append(squad)
      demand.append(compound.weeklyDemand(instance.demandWeights))
      var ways: [Int: Int] = [:]
      for (person, officer) in instance.officers.enumerated() where mayServe[person].contains(squad) {
        let home = instance.squads[officerSquad[person]]
        ways[person] = Self.metres(
          officer.latitude ?? home.latitude, officer.longitude ?? home.longitude, compound.latitude, compound.longitude)
      }
      metres.append(ways)
      knownContact.append(Set(instance.officers.indices.filter { instance.officers[$0].contacts.contains(compound.id) }))
    }
  }

  /// On the plane that touches the globe at the middle of both; exact enough across a city.
  static func metres(_ latitude: Double, _ longitude: Double, _ otherLatitude: Double, _ otherLongitude: Double) -> Int {
    let degree = 111_195.0
    let north = (latitude - otherLatitude) * degree
    let middle = (latitude + otherLatitude) / 2 * 3.141592653589793 / 180
    let east = (longitude - otherLongitude) * degree * cos(middle)
    return Int(((north * north + east * east).squareRoot() + 0.5).rounded(.down))
  }

  func slot(_ day: Day, _ half: HalfDay) -> Int? { slots.firstIndex { $0.day == day && $0.half == half } }
}

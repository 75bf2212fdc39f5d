/// Who serves which compound how often: what the search decides. The rest (`SquadFill`) follows from it.
struct Assignment: Equatable, Sendable {
  /// By compound; -1 where nothing is decided or nobody is needed.
  var pattern: [Int]
  var contact: [Int]
  var second: [Int]
  init(compounds: Int) {
    pattern = Array(repeating: -1, count: compounds)
    contact = pattern
    second = pattern
  }
}

/// Duties, hand-overs and stand-ins of one squad's officers, by the officer's place in the squad.
struct SquadFill: Sendable {
  var duty: [[Int]] = []  // group (in the filler's order) × officer
  var given: [[Int]] = []  // officer × week
  var standIn: [[Int]] = []
  /// Points of stand-ins and of what is not fair.
  var cost = 0
  /// Half-days that nobody could take. A plan has none.
  var excess = 0
}

/// Gives a squad's duties and stand-ins to whoever has room, the least loaded first, then moves single half-days while that makes it cheaper.
///
/// Officers stand in for colleagues of their own squad only; the model allows a whole part of the office, so it stays a bound.
/// Its working cells are kept between calls: it is asked a hundred thousand times for one plan.
final class SquadFiller {
  let ground: Ground
  let squad: Int
  let officers: [Int]
  let groupOrder: [Int]
  private let weeks: Int
  private let count: Int
  // Of duty groups, in the filler's order: all kept flat, group × officer or group × week.
  private let groups: Int
  private let dutyOf: Cells<Int>
  private let wanted: Cells<Int>
  private let weight: Cells<Int>
  private let limit: Cells<Int>
  private let takes: Cells<Int>
  /// The weeks of which a group takes something.
  private let firstWeek: Cells<Int>
  private let endWeek: Cells<Int>
  private let most: Cells<Int>
  private let pinnedDuty: Cells<Int>
  // officer × week, and by officer.
  private let place: Cells<Int>
  private let budget: Cells<Int>
  private let available: Cells<Int>
  private let weekRoom: Cells<Int>
  private let allAvailable: Int
  private let standInCost: Int
  private let unfairCost: Int
  private let band: Int
  private let limited: Bool

  private let given: Cells<Int>
  private let standIn: Cells<Int>
  private let room: Cells<Int>
  private let load: Cells<Int>
  private let pinned: Cells<Int>
  private let duty: Cells<Int>
  private let taken: Cells<Int>
  private let now: Cells<Int>
  private let more: Cells<Int>
  private let less: Cells<Int>
  private let pinsOf: Cells<Int>
  /// Load by what is available, while duties and stand-ins are given out.
  private let share: Cells<Double>

  init(_ ground: Ground, squad: Int) {
    (self.ground, self.squad, weeks) = (ground, squad, ground.weeks)
    let people = ground.officerSquad.indices.filter { ground.officerSquad[$0] == squad }
    officers = people
    count = people.count
    let own = ground.groups.indices.filter { ground.squadIndex[ground.instance.duties[ground.groups[$0].duty].squad] == squad }
    // Those that few can do come first.
    let ordered = own.map { ($0, ground.dutyPeople($0)) }.sorted { ($0.1.count, $0.0) < ($1.1.count, $1.0) }
    let duties = ordered.map { ground.instance.duties[ground.groups[$0.0].duty] }
    groupOrder = ordered.map(\.0)
    groups = ordered.count
    dutyOf = Cells(ordered.map { ground.groups[$0.0].duty })
    wanted = Cells(zip(ordered, duties).map { ground.groups[$0.0].occurrences.count * $1.officers })
    weight = Cells(duties.map(\.loadHalfDays))
    limit = Cells(duties.map { $0.maxPerOfficer ?? .max })
    takes = Cells(ordered.flatMap { ground.groups[$0.0].takes })
    firstWeek = Cells(ordered.map { ground.groups[$0.0].takes.firstIndex { $0 > 0 } ?? 0 })
    endWeek = Cells(ordered.map { (ground.groups[$0.0].takes.lastIndex { $0 > 0 } ?? -1) + 1 })
    let able = ordered.map { group in people.map { person in group.1.first { $0.officer == person }?.most ?? 0 } }
    most = Cells(able.flatMap { $0 })
    pinnedDuty = Cells(
      zip(ordered, able).flatMap { group, most in
        zip(people, most).map { person, most in
          min(ground.pinnedDuties.count { $0.officer == person && ground.occurrences[$0.occurrence].group == group.0 }, most)
        }
      })
    limited = duties.contains { $0.maxPerOfficer != nil }
    place = Cells(people.map { $0 * ground.weeks })
    let budgets = people.flatMap { ground.budget[$0] }
    budget = Cells(budgets)
    let each = people.map(ground.available)
    available = Cells(each)
    allAvailable = each.reduce(0, +)
    (standInCost, unfairCost, band) = (ground.standInCost, ground.unfairCost, ground.instance.rules.fairBand)
    var rooms = Array(repeating: 0, count: ground.weeks)
    for (place, half) in budgets.enumerated() { rooms[place % ground.weeks] += half }
    for (group, duty) in zip(ordered, duties) {
      for week in 0..<ground.weeks {
        rooms[week] -= ground.groups[group.0].occurrences.count * duty.officers * ground.groups[group.0].takes[week]
      }
    }
    weekRoom = Cells(rooms)
    let cells = people.count * ground.weeks
    (given, standIn, room, pinned) = (Cells(count: cells), Cells(count: cells), Cells(count: cells), Cells(count: cells))
    (load, now, more, less) = (
      Cells(count: people.count), Cells(count: people.count), Cells(count: people.count), Cells(count: people.count)
    )
    duty = Cells(count: ordered.count * people.count)
    taken = Cells(count: ground.instance.duties.count * people.count)
    pinsOf = Cells(count: ordered.count)
    share = Cells(count: people.count, 0)
    for group in 0..<groups { for person in 0..<count { pinsOf[group] += pinnedDuty[group * count + person] } }
  }

  /// Whole half-days outside the fair band, of one officer.
  func unfair(_ person: Int, load: Int, total: Int) -> Int {
    let own = available[person]
    guard own > 0, count > 1 else { return 0 }
    let distance = abs(100 * load * allAvailable - 100 * own * total)
    let fair = band * own * allAvailable
    return distance <= fair ? 0 : (distance - fair + 100 * allAvailable - 1) / (100 * allAvailable)
  }
  private func points(_ person: Int, _ change: Int, _ total: Int) -> Int {
    unfairCost * unfair(person, load: load[person] + change, total: total)
  }

  /// No fill of these visits costs less; quickly reckoned.
  func floor(visits: Cells<Int>, handed: Cells<Int>) -> Int {
    var over = 0
    var excess = 0
    for week in 0..<weeks {
      var all = 0
      for person in 0..<count {
        let there = place[person] + week
        let visit = visits[there]
        all += visit
        over += max(visit - budget[person * weeks + week], handed[there], 0)
      }
      excess += max(0, all - weekRoom[week])
    }
    return over * standInCost + excess * LocalSearch.excessCost
  }

  /// Points, with the excess; the details by `detail`.
  /// - Parameters:
  ///   - visits: by officer and week, as contact or second, of the whole office.
  ///   - handed: of those, what must be given away because the person is not there on enough days.
  ///   - pins: stand-ins a manager has put.
  func fill(visits: Cells<Int>, handed: Cells<Int>, pins: [(officer: Int, week: Int)]) -> (cost: Int, excess: Int) {
    var excess = 0
    for person in 0..<count {
      var own = 0
      for week in 0..<weeks {
        let (here, there) = (person * weeks + week, place[person] + week)
        let away = max(0, handed[there])
        given[here] = away
        standIn[here] = 0
        pinned[here] = 0
        room[here] = budget[here] - visits[there] + away
        own += visits[there] - away
      }
      load[person] = own
    }
    for pin in pins {
      guard let person = officers.firstIndex(of: pin.officer) else { continue }
      let here = person * weeks + pin.week
      pinned[here] += 1
      standIn[here] += 1
      room[here] -= 1
      load[person] += 1
    }
    if limited { taken.clear() }
    duty.clear()
    for group in 0..<groups where pinsOf[group] > 0 {
      for person in 0..<count where pinnedDuty[group * count + person] > 0 { add(pinnedDuty[group * count + person], group, person) }
    }
    // Whoever has more than the week holds gives visits away.
    for person in 0..<count {
      for week in 0..<weeks where room[person * weeks + week] < 0 { give(-room[person * weeks + week], person, week, visits) }
    }
    for person in 0..<count { weigh(person) }
    for group in 0..<groups { excess += spread(group, visits) }
    excess += balance(visits)
    var total = 0
    for person in 0..<count { total += load[person] }
    improve(visits, total)
    var cost = 0
    for person in 0..<count {
      for here in (person * weeks)..<((person + 1) * weeks) {
        cost += standInCost * standIn[here]
        if room[here] < 0 { excess -= room[here] }
      }
      cost += points(person, 0, total)
    }
    return (cost, excess)
  }

  /// What the last `fill` has found.
  func detail(_ result: (cost: Int, excess: Int)) -> SquadFill {
    func table(_ cells: Cells<Int>, _ rows: Int, _ width: Int) -> [[Int]] {
      let flat = cells.values
      return (0..<rows).map { Array(flat[($0 * width)..<(($0 + 1) * width)]) }
    }
    return SquadFill(
      duty: table(duty, groups, count), given: table(given, count, weeks), standIn: table(standIn, count, weeks), cost: result.cost,
      excess: result.excess)
  }

  private func weigh(_ person: Int) { share[person] = Double(load[person]) / Double(max(available[person], 1)) }

  private func add(_ number: Int, _ group: Int, _ person: Int) {
    for week in firstWeek[group]..<endWeek[group] { room[person * weeks + week] -= number * takes[group * weeks + week] }
    load[person] += number * weight[group]
    duty[group * count + person] += number
    if limit[group] < .max { taken[dutyOf[group] * count + person] += number }
  }
  private func isFull(_ group: Int, _ person: Int) -> Bool {
    limit[group] < .max && taken[dutyOf[group] * count + person] >= limit[group]
  }

  private func give(_ number: Int, _ person: Int, _ week: Int, _ visits: Cells<Int>) {
    let here = person * weeks + week
    let possible = min(number, visits[place[person] + week] - given[here])
    guard possible > 0 else { return }
    given[here] += possible
    room[here] += possible
    load[person] -= possible
  }

  private func spread(_ group: Int, _ visits: Cells<Int>) -> Int {
    var missing = wanted[group] - pinsOf[group]
    let (first, end) = (firstWeek[group], endWeek[group])
    while missing > 0 {
      var best = -1
      var bestKey = Double.infinity
      for person in 0..<count where duty[group * count + person] < most[group * count + person] {
        if isFull(group, person) { continue }
        var key = share[person]
        guard key < bestKey else { continue }
        for week in first..<end {
          let short = takes[group * weeks + week] - room[person * weeks + week]
          guard short > 0 else { continue }
          // Making room by giving visits away is dear, and impossible without visits.
          key += short <= visits[place[person] + week] - given[person * weeks + week] ? 10 : 1000
        }
        if key < bestKey { (best, bestKey) = (person, key) }
      }
      guard best >= 0, bestKey < 1000 else { return missing }
      add(1, group, best)
      for week in first..<end where room[best * weeks + week] < 0 { give(-room[best * weeks + week], best, week, visits) }
      weigh(best)
      missing -= 1
    }
    return 0
  }

  /// As many stand-ins as hand-overs in each week.
  private func balance(_ visits: Cells<Int>) -> Int {
    var excess = 0
    for week in 0..<weeks {
      var missing = 0
      for person in 0..<count { missing += given[person * weeks + week] - standIn[person * weeks + week] }
      while missing < 0 {
        // A manager has put more stand-ins than anybody had to give: the fullest gives.
        let giving = (0..<count).filter { visits[place[$0] + week] > given[$0 * weeks + week] }
        guard let person = giving.min(by: { (room[$0 * weeks + week], $0) < (room[$1 * weeks + week], $1) }) else {
          excess += 1
          break
        }
        give(1, person, week, visits)
        weigh(person)
        missing += 1
      }
      while missing > 0 {
        var best = -1
        var bestKey = Double.infinity
        for person in 0..<count where room[person * weeks + week] > 0 && given[person * weeks + week] == 0 {
          if share[person] < bestKey { (best, bestKey) = (person, share[person]) }
        }
        guard best >= 0 else {
          excess += missing
          break
        }
        standIn[best * weeks + week] += 1
        room[best * weeks + week] -= 1
        load[best] += 1
        weigh(best)
        missing -= 1
      }
    }
    return excess
  }

  private enum Move {
    case duty(group: Int, from: Int, to: Int)
    case visit(week: Int, from: Int, to: Int, standsIn: Bool)
  }

  /// Moves one duty, stand-in or visit to somebody less loaded as long as that saves points. The sum of all loads stays.
  private func improve(_ visits: Cells<Int>, _ total: Int) {
    guard allAvailable > 0, count > 1 else { return }
    func reckon(_ person: Int) {
      now[person] = points(person, 0, total)
      more[person] = now[person] - points(person, 1, total)
      less[person] = now[person] - points(person, -1, total)
    }
    for person in 0..<count { reckon(person) }
    for _ in 0..<60 {
      // What one half-day more saves at best: whoever cannot save more than the rest is not looked at.
      var (open, bestMore) = (false, Int.min)
      for person in 0..<count {
        if now[person] > 0 { open = true }
        bestMore = max(bestMore, more[person])
      }
      guard open else { return }
      var bestSaving = 0
      var move: Move?
      for group in 0..<groups {
        let weight = weight[group]
        let row = group * count
        for from in 0..<count where duty[row + from] > pinnedDuty[row + from] {
          let relief = weight == 1 ? less[from] : now[from] - points(from, -weight, total)
          if weight == 1, relief + bestMore <= bestSaving { continue }
          for to in 0..<count where to != from && duty[row + to] < most[row + to] && (now[from] > 0 || now[to] > 0) {
            let saving = relief + (weight == 1 ? more[to] : now[to] - points(to, weight, total))
            guard saving > bestSaving, !isFull(group, to), fits(group, to) else { continue }
            bestSaving = saving
            move = .duty(group: group, from: from, to: to)
          }
        }
      }
      for from in 0..<count where less[from] + bestMore > bestSaving {
        for week in 0..<weeks {
          let here = from * weeks + week
          let standsIn = standIn[here] > pinned[here]
          // Giving a visit away makes a new stand-in; giving a stand-in on does not.
          guard standsIn || (standIn[here] == 0 && visits[place[from] + week] > given[here]) else { continue }
          let base = less[from] - (standsIn ? 0 : standInCost)
          if base + bestMore <= bestSaving { continue }
          for to in 0..<count where to != from && base + more[to] > bestSaving {
            guard room[to * weeks + week] > 0, given[to * weeks + week] == 0 else { continue }
            bestSaving = base + more[to]
            move = .visit(week: week, from: from, to: to, standsIn: standsIn)
          }
        }
      }
      switch move {
      case nil: return
      case .duty(let group, let from, let to):
        add(-1, group, from)
        add(1, group, to)
        reckon(from)
        reckon(to)
      case .visit(let week, let from, let to, let standsIn):
        if standsIn { standIn[from * weeks + week] -= 1 } else { given[from * weeks + week] += 1 }
        standIn[to * weeks + week] += 1
        room[from * weeks + week] += 1
        room[to * weeks + week] -= 1
        load[from] -= 1
        load[to] += 1
        reckon(from)
        reckon(to)
      }
    }
  }
  private func fits(_ group: Int, _ person: Int) -> Bool {
    for week in firstWeek[group]..<endWeek[group] where takes[group * weeks + week] > room[person * weeks + week] { return false }
    return true
  }
}

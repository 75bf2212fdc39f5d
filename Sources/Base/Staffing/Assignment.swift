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
/// Its working arrays are kept between calls: it is asked a hundred thousand times for one plan.
final class SquadFiller {
  let ground: Ground
  let squad: Int
  let officers: [Int]
  let groupOrder: [Int]
  private let weeks: Int
  private let count: Int
  private struct Work {
    var duty: Int
    var wanted: Int
    var load: Int
    var limit: Int
    var takes: [Int]
    /// The week whose half-day it takes, when it is one of one week; most duties.
    var people: [(place: Int, most: Int)]
    var pinned: [Int]
  }
  private let works: [Work]
  private let budget: [Int]  // officer × week, flat, as everything below
  private let available: [Int]
  private let allAvailable: Int
  private let standInCost: Int
  private let unfairCost: Int
  private let band: Int
  private let weekRoom: [Int]
  private let limited: Bool

  private var given: [Int]
  private var standIn: [Int]
  private var room: [Int]
  private var load: [Int]
  private var duty: [[Int]]
  private var taken: [[Int]]
  private var pinned: [Int]
  private var total = 0

  init(_ ground: Ground, squad: Int) {
    (self.ground, self.squad, weeks) = (ground, squad, ground.weeks)
    let people = ground.officerSquad.indices.filter { ground.officerSquad[$0] == squad }
    officers = people
    count = people.count
    let place = Dictionary(uniqueKeysWithValues: people.enumerated().map { ($1, $0) })
    let groups = ground.groups.indices.filter { ground.squadIndex[ground.instance.duties[ground.groups[$0].duty].squad] == squad }
    // Those that few can do come first.
    let ordered = groups.map { ($0, ground.dutyPeople($0)) }.sorted { ($0.1.count, $0.0) < ($1.1.count, $1.0) }
    groupOrder = ordered.map(\.0)
    works = ordered.map { number, able in
      let group = ground.groups[number]
      let duty = ground.instance.duties[group.duty]
      let pins = people.map { person in
        min(
          ground.pinnedDuties.count { $0.officer == person && ground.occurrences[$0.occurrence].group == number },
          able.first { $0.officer == person }?.most ?? 0)
      }
      return Work(
        duty: group.duty, wanted: group.occurrences.count * duty.officers, load: duty.loadHalfDays, limit: duty.maxPerOfficer ?? .max,
        takes: group.takes, people: able.compactMap { person in place[person.officer].map { ($0, person.most) } }, pinned: pins)
    }
    limited = works.contains { $0.limit < .max }
    budget = people.flatMap { ground.budget[$0] }
    available = people.map(ground.available)
    allAvailable = available.reduce(0, +)
    (standInCost, unfairCost, band) = (ground.standInCost, ground.unfairCost, ground.instance.rules.fairBand)
    var weekRoom = Array(repeating: 0, count: ground.weeks)
    for (place, half) in budget.enumerated() { weekRoom[place % ground.weeks] += half }
    for work in works { for week in 0..<ground.weeks { weekRoom[week] -= work.wanted * work.takes[week] } }
    self.weekRoom = weekRoom
    given = Array(repeating: 0, count: count * weeks)
    (standIn, room, pinned) = (given, given, given)
    load = Array(repeating: 0, count: count)
    duty = works.map { _ in Array(repeating: 0, count: people.count) }
    taken = ground.instance.duties.map { _ in [] }
    for work in works where work.limit < .max { taken[work.duty] = Array(repeating: 0, count: people.count) }
  }

  /// Whole half-days outside the fair band, of one officer.
  func unfair(_ person: Int, load: Int, total: Int) -> Int {
    guard available[person] > 0, count > 1 else { return 0 }
    let distance = abs(100 * load * allAvailable - 100 * available[person] * total)
    let fair = band * available[person] * allAvailable
    return distance <= fair ? 0 : (distance - fair + 100 * allAvailable - 1) / (100 * allAvailable)
  }
  private func points(_ person: Int, _ change: Int) -> Int { unfairCost * unfair(person, load: load[person] + change, total: total) }

  /// No fill of these visits costs less; quickly reckoned.
  func floor(visits: [Int], handed: [Int]) -> Int {
    var over = 0
    var excess = 0
    for week in 0..<weeks {
      var all = 0
      for (place, officer) in officers.enumerated() {
        let visit = visits[officer * weeks + week]
        all += visit
        over += max(visit - budget[place * weeks + week], handed[officer * weeks + week], 0)
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
  func fill(visits: [Int], handed: [Int], pins: [(officer: Int, week: Int)]) -> (cost: Int, excess: Int) {
    var excess = 0
    for person in 0..<count {
      load[person] = 0
      for week in 0..<weeks {
        let (here, there) = (person * weeks + week, officers[person] * weeks + week)
        let away = max(0, handed[there])
        given[here] = away
        standIn[here] = 0
        pinned[here] = 0
        room[here] = budget[here] - visits[there] + away
        load[person] += visits[there] - away
      }
    }
    for pin in pins {
      guard let person = officers.firstIndex(of: pin.officer) else { continue }
      let here = person * weeks + pin.week
      pinned[here] += 1
      standIn[here] += 1
      room[here] -= 1
      load[person] += 1
    }
    if limited { for place in taken.indices { for person in taken[place].indices { taken[place][person] = 0 } } }
    for order in works.indices {
      for person in 0..<count {
        duty[order][person] = 0
        if works[order].pinned[person] > 0 { add(works[order].pinned[person], order, person) }
      }
    }
    // Whoever has more than the week holds gives visits away.
    for person in 0..<count {
      for week in 0..<weeks where room[person * weeks + week] < 0 { give(-room[person * weeks + week], person, week, visits) }
    }
    for order in works.indices { excess += spread(order, visits) }
    excess += balance(visits)
    total = load.reduce(0, +)
    improve(visits)
    var cost = 0
    for person in 0..<count {
      for here in (person * weeks)..<((person + 1) * weeks) {
        cost += standInCost * standIn[here]
        if room[here] < 0 { excess -= room[here] }
      }
      cost += points(person, 0)
    }
    return (cost, excess)
  }

  /// What the last `fill` has found.
  func detail(_ result: (cost: Int, excess: Int)) -> SquadFill {
    func table(_ flat: [Int]) -> [[Int]] { (0..<count).map { Array(flat[($0 * weeks)..<(($0 + 1) * weeks)]) } }
    return SquadFill(duty: duty, given: table(given), standIn: table(standIn), cost: result.cost, excess: result.excess)
  }

  private func add(_ number: Int, _ order: Int, _ person: Int) {
    for week in 0..<weeks { room[person * weeks + week] -= number * works[order].takes[week] }
    load[person] += number * works[order].load
    duty[order][person] += number
    if works[order].limit < .max { taken[works[order].duty][person] += number }
  }

  private func give(_ number: Int, _ person: Int, _ week: Int, _ visits: [Int]) {
    let here = person * weeks + week
    let possible = min(number, visits[officers[person] * weeks + week] - given[here])
    guard possible > 0 else { return }
    given[here] += possible
    room[here] += possible
    load[person] -= possible
  }

  private func spread(_ order: Int, _ visits: [Int]) -> Int {
    var missing = works[order].wanted - works[order].pinned.reduce(0, +)
    while missing > 0 {
      var best = -1
      var bestKey = Double.infinity
      for (person, most) in works[order].people where duty[order][person] < most {
        if works[order].limit < .max, taken[works[order].duty][person] >= works[order].limit { continue }
        var key = Double(load[person]) / Double(max(available[person], 1))
        guard key < bestKey else { continue }
        for week in 0..<weeks where works[order].takes[week] > room[person * weeks + week] {
          let short = works[order].takes[week] - room[person * weeks + week]
          // Making room by giving visits away is dear, and impossible without visits.
          key += short <= visits[officers[person] * weeks + week] - given[person * weeks + week] ? 10 : 1000
        }
        if key < bestKey { (best, bestKey) = (person, key) }
      }
      guard best >= 0, bestKey < 1000 else { return missing }
      add(1, order, best)
      for week in 0..<weeks where room[best * weeks + week] < 0 { give(-room[best * weeks + week], best, week, visits) }
      missing -= 1
    }
    return 0
  }

  /// As many stand-ins as hand-overs in each week.
  private func balance(_ visits: [Int]) -> Int {
    var excess = 0
    for week in 0..<weeks {
      var missing = 0
      for person in 0..<count { missing += given[person * weeks + week] - standIn[person * weeks + week] }
      while missing < 0 {
        // A manager has put more stand-ins than anybody had to give: the fullest gives.
        let giving = (0..<count).filter { visits[officers[$0] * weeks + week] > given[$0 * weeks + week] }
        guard let person = giving.min(by: { (room[$0 * weeks + week], $0) < (room[$1 * weeks + week], $1) }) else {
          excess += 1
          break
        }
        give(1, person, week, visits)
        missing += 1
      }
      while missing > 0 {
        var best = -1
        var bestKey = Double.infinity
        for person in 0..<count where room[person * weeks + week] > 0 && given[person * weeks + week] == 0 {
          let key = Double(load[person]) / Double(max(available[person], 1))
          if key < bestKey { (best, bestKey) = (person, key) }
        }
        guard best >= 0 else {
          excess += missing
          break
        }
        standIn[best * weeks + week] += 1
        room[best * weeks + week] -= 1
        load[best] += 1
        missing -= 1
      }
    }
    return excess
  }

  private enum Move {
    case duty(order: Int, from: Int, to: Int)
    case visit(week: Int, from: Int, to: Int, standsIn: Bool)
  }

  /// Moves one duty, stand-in or visit to somebody less loaded as long as that saves points.
  private func improve(_ visits: [Int]) {
    guard allAvailable > 0, count > 1 else { return }
    for _ in 0..<60 {
      let now = (0..<count).map { points($0, 0) }
      guard now.contains(where: { $0 > 0 }) else { return }
      let more = (0..<count).map { now[$0] - points($0, 1) }
      let less = (0..<count).map { now[$0] - points($0, -1) }
      var bestSaving = 0
      var move: Move?
      for order in works.indices {
        let weight = works[order].load
        for (from, _) in works[order].people where duty[order][from] > works[order].pinned[from] {
          let relief = weight == 1 ? less[from] : now[from] - points(from, -weight)
          for (to, most) in works[order].people where to != from && (now[from] > 0 || now[to] > 0) && duty[order][to] < most {
            let saving = relief + (weight == 1 ? more[to] : now[to] - points(to, weight))
            guard saving > bestSaving else { continue }
            if works[order].limit < .max, taken[works[order].duty][to] >= works[order].limit { continue }
            guard (0..<weeks).allSatisfy({ works[order].takes[$0] <= room[to * weeks + $0] }) else { continue }
            bestSaving = saving
            move = .duty(order: order, from: from, to: to)
          }
        }
      }
      for from in 0..<count {
        for week in 0..<weeks {
          let here = from * weeks + week
          let standsIn = standIn[here] > pinned[here]
          // Giving a visit away makes a new stand-in; giving a stand-in on does not.
          guard standsIn || (standIn[here] == 0 && visits[officers[from] * weeks + week] > given[here]) else { continue }
          let base = less[from] - (standsIn ? 0 : standInCost)
          for to in 0..<count where to != from && base + more[to] > bestSaving {
            guard room[to * weeks + week] > 0, given[to * weeks + week] == 0 else { continue }
            bestSaving = base + more[to]
            move = .visit(week: week, from: from, to: to, standsIn: standsIn)
          }
        }
      }
      switch move {
      case nil: return
      case .duty(let order, let from, let to):
        add(-1, order, from)
        add(1, order, to)
      case .visit(let week, let from, let to, let standsIn):
        if standsIn { standIn[from * weeks + week] -= 1 } else { given[from * weeks + week] += 1 }
        standIn[to * weeks + week] += 1
        room[from * weeks + week] += 1
        room[to * weeks + week] -= 1
        load[from] -= 1
        load[to] += 1
      }
    }
  }
}

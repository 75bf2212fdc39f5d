import Kernel

/// A report as the finder sees it: where, what, when; of its caller only whether it is the same one.
public struct Told: Sendable {
  public let report: Int64
  public let compound: Int64
  /// The building, or the matter's number where no building is known: reports of one matter are of one place.
  public let place: String
  public let item: String
  public let day: Day
  /// A keyed tag; nil when nobody said who they are.
  public let caller: String?
  public init(report: Int64, compound: Int64, place: String, item: String, day: Day, caller: String?) {
    self.report = report
    self.compound = compound
    self.place = place
    self.item = item
    self.day = day
    self.caller = caller
  }
}

/// To whom a compound is compared.
public struct Peer: Sendable, Hashable {
  public let squad: Int64
  public let district: Int64
  public init(squad: Int64, district: Int64) {
    self.squad = squad
    self.district = district
  }
}

/// How many reports of one item came from a compound within a month.
public struct MonthCount: Sendable {
  public let compound: Int64
  public let item: String
  public let month: Month
  public let reports: Int
  public init(compound: Int64, item: String, month: Month, reports: Int) {
    self.compound = compound
    self.item = item
    self.month = month
    self.reports = reports
  }
}

/// What a rule has found on one day.
public struct FoundPattern: Sendable, Equatable {
  public let rule: String
  public let compound: Int64
  /// Empty for many problems.
  public let item: String
  /// Empty for more than one place.
  public let place: String
  public let from: Day
  public let through: Day
  public let reports: Int
  /// The reports themselves, where the rule counts single ones.
  public let rows: [Int64]
  /// Different people who could be told apart, reports of which nobody knows whose, and the most that one person sent.
  public let callers: Int
  public let unnamed: Int
  public let most: Int
  public let places: Int
  public let level: Int
  /// By which the sentence is made: of a season its first month; of many problems the months above the street's line.
  public let months: [Int]
  public let items: Int
}

/// Finds what the rules describe. Pure: reports in, findings out, the same ones in the same order.
public struct PatternFinder: Sendable {
  public let rules: PatternRules
  public init(_ rules: PatternRules) { self.rules = rules }

  /// So many days back single reports are looked at.
  public var days: Int {
    rules.rules.map { if case .window(let days, _, _) = $0.shape { days } else { 0 } }.max() ?? 0
  }
  /// So many whole months before this one are counted.
  public var months: Int {
    rules.rules.map {
      switch $0.shape {
      case .window: 0
      case .season(_, let years, _, _, _): years * 12
      case .months(let window, _, _, _, _): window
      }
    }.max() ?? 0
  }

  /// - Parameters:
  ///   - told: reports of the last `days` days, those of today included.
  ///   - counts: whole months before today's.
  ///   - peers: every compound in the register with its squad and district, those of which nothing was heard included: the line that many
  ///     problems have to be above is drawn through all of a squad's compounds, or of its district's where the squad has fewer than ten.
  public func find(_ told: [Told], counts: [MonthCount], peers: [Int64: Peer], today: Day) -> [FoundPattern] {
    var found: [FoundPattern] = []
    for rule in rules.rules {
      switch rule.shape {
      case .window(let days, let reports, let places):
        found += windows(rule, days, reports, places, told, today)
      case .season(let months, let years, let least, let perYear, let share):
        found += seasons(rule, months, years, least, perYear, share, counts, today)
      case .months(let window, let least, let percentile, let perMonth, let items):
        found += many(rule, window, least, percentile, perMonth, items, counts, peers, today)
      }
    }
    return found
  }

  // MARK: Windows

  private struct Spot: Hashable {
    let compound: Int64
    let item: String
    let place: String
  }

  private func windows(_ rule: PatternRule, _ days: Int, _ least: Int, _ places: Int, _ told: [Told], _ today: Day) -> [FoundPattern] {
    var groups: [Spot: [Told]] = [:]
    let first = today.adding(days: 1 - max(days, Self.looksBack))
    for one in told where one.day >= first && one.day <= today {
      groups[Spot(compound: one.compound, item: one.item, place: rule.kind == .sameProblem ? one.place : ""), default: []].append(one)
    }
    var found: [FoundPattern] = []
    for (spot, group) in groups where group.count >= least {
      let rows = group.sorted { ($0.day, $0.report) < ($1.day, $1.report) }
      guard let best = fullest(rows, days, least, places) else { continue }
      found.append(finding(rule, spot, Array(rows[best])))
    }
    return found.sorted { ($0.compound, $0.item, $0.place) < ($1.compound, $1.item, $1.place) }
  }
  /// A burst of the last days is still news, whenever the finder ran.
  static let looksBack = 7

  /// The run of so many days with most reports, the latest of equals; nil when none has enough.
  private func fullest(_ rows: [Told], _ days: Int, _ least: Int, _ places: Int) -> Range<Int>? {
    var best: Range<Int>?
    var start = 0
    for end in rows.indices {
      while rows[end].day.days(since: rows[start].day) >= days { start += 1 }
      let run = start..<(end + 1)
      guard run.count >= least, run.count >= best?.count ?? 0 else { continue }
      if places > 1, Set(rows[run].map(\.place)).count < places { continue }
      best = run
    }
    return best
  }

  private func finding(_ rule: PatternRule, _ spot: Spot, _ rows: [Told]) -> FoundPattern {
    var byCaller: [String: Int] = [:]
    for row in rows { if let caller = row.caller { byCaller[caller, default: 0] += 1 } }
    return FoundPattern(
      rule: rule.id, compound: spot.compound, item: spot.item, place: spot.place, from: rows[0].day, through: rows[rows.count - 1].day,
      reports: rows.count, rows: rows.map(\.report), callers: byCaller.count, unnamed: rows.count - byCaller.values.reduce(0, +),
      most: byCaller.values.max() ?? 0, places: Set(rows.map(\.place)).count, level: rule.level(of: rows.count), months: [], items: 1)
  }

  // MARK: Seasons

  private struct Kind: Hashable {
    let compound: Int64
    let item: String
  }

  private func seasons(
    _ rule: PatternRule, _ length: Int, _ years: Int, _ leastYears: Int, _ perYear: Int, _ share: Int, _ counts: [MonthCount], _ today: Day
  ) -> [FoundPattern] {
    let end = Month(today)
    let start = end.adding(-12 * years)
    var groups: [Kind: [Int]] = [:]
    for one in counts where one.month >= start && one.month < end {
      groups[Kind(compound: one.compound, item: one.item), default: Array(repeating: 0, count: 12 * years)][
        one.month.count - start.count] += one.reports
    }
    var found: [FoundPattern] = []
    for (kind, months) in groups {
      let total = months.reduce(0, +)
      guard total >= leastYears * perYear else { continue }
      // Where in the year the season begins, as an offset from the first month looked at; the fullest, the earliest of equals.
      var best: (offset: Int, sum: Int, years: Int)?
      for offset in 0..<12 {
        var (sum, full) = (0, 0)
        for year in 0..<years {
          let run = (0..<length).map { year * 12 + offset + $0 }.filter { $0 < months.count }
          let inside = run.reduce(0) { $0 + months[$1] }
          // A season that the end of the period cuts off is told by what there was of it at the beginning.
          let wrapped = year == years - 1 ? (0..<length).map { offset + $0 - 12 }.filter { $0 >= 0 }.reduce(0) { $0 + months[$1] } : 0
          sum += inside + wrapped
          if inside >= perYear { full += 1 }
        }
        if full >= leastYears, sum > best?.sum ?? -1 { best = (offset, sum, full) }
      }
      guard let best, best.sum * 100 >= share * total else { continue }
      let first = start.adding(best.offset).number
      found.append(
        FoundPattern(
          rule: rule.id, compound: kind.compound, item: kind.item, place: "", from: start.first, through: end.first.adding(days: -1),
          reports: total, rows: [], callers: 0, unnamed: 0, most: 0, places: 0, level: rule.level(of: total),
          months: [first, (first + length - 2) % 12 + 1, best.years, best.sum * 100 / total], items: 1))
    }
    return found.sorted { ($0.compound, $0.item) < ($1.compound, $1.item) }
  }

  // MARK: Many problems

  static let fewPeers = 10
  private func many(
    _ rule: PatternRule, _ window: Int, _ least: Int, _ percentile: Int, _ perMonth: Int, _ leastItems: Int, _ counts: [MonthCount],
    _ peers: [Int64: Peer], _ today: Day
  ) -> [FoundPattern] {
    let end = Month(today)
    let start = end.adding(-window)
    var byCompound: [Int64: (months: [Int], items: Set<String>)] = [:]
    for one in counts where one.month >= start && one.month < end {
      byCompound[one.compound, default: (Array(repeating: 0, count: window), [])].months[one.month.count - start.count] += one.reports
      byCompound[one.compound]?.items.insert(one.item)
    }
    // The line of each squad or district in each month: so many percent of its compounds had no more (nearest rank).
    func lines(_ groups: [Int64: [(key: Int64, value: Peer)]]) -> [Int64: [Int]] {
      groups.mapValues { members in
        (0..<window).map { month in
          let sorted = members.map { byCompound[$0.key]?.months[month] ?? 0 }.sorted()
          return sorted[max(0, (percentile * sorted.count + 99) / 100 - 1)]
        }
      }
    }
    // Of fewer than ten, the largest would be its own line.
    let squads = lines(Dictionary(grouping: peers, by: \.value.squad).filter { $0.value.count >= Self.fewPeers })
    let districts = lines(Dictionary(grouping: peers, by: \.value.district))
    var found: [FoundPattern] = []
    for (compound, (months, items)) in byCompound where items.count >= leastItems {
      guard let peer = peers[compound], let line = squads[peer.squad] ?? districts[peer.district] else { continue }
      let above = (0..<window).filter { months[$0] >= perMonth && months[$0] > line[$0] }
      guard above.count >= least else { continue }
      let total = months.reduce(0, +)
      found.append(
        FoundPattern(
          rule: rule.id, compound: compound, item: "", place: "", from: start.first, through: end.first.adding(days: -1), reports: total,
          rows: [], callers: 0, unnamed: 0, most: 0, places: 0, level: rule.level(of: total),
          months: above.map { start.adding($0).number }, items: items.count))
    }
    return found.sorted { $0.compound < $1.compound }
  }
}

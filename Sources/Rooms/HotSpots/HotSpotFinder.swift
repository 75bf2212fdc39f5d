import Compounds
import Foundation
import Kernel
import Statistics

/// A compound as the finder sees it.
public struct HotPlace: Sendable, Hashable {
  public let id: Int64
  public let name: String
  public let squad: Int64
  public let district: Int64
  public let position: Coordinates?
  public let households: Int?
  public init(id: Int64, name: String, squad: Int64, district: Int64, position: Coordinates?, households: Int?) {
    self.id = id
    self.name = name
    self.squad = squad
    self.district = district
    self.position = position
    self.households = households
  }
  /// Why it cannot be looked at wholly; nil when nothing is missing.
  public var trouble: HotTrouble? {
    guard let households, households > 0 else { return .households }
    guard let position else { return .position }
    return CompoundRules.isInShanghai(position) ? nil : .outside
  }
}

/// What is missing of a compound.
public enum HotTrouble: String, Sendable, CaseIterable {
  case households, position, outside
  public var chinese: String {
    switch self {
    case .households: "没有户数"
    case .position: "没有坐标"
    case .outside: "坐标不在上海"
    }
  }
  public var consequence: String {
    switch self {
    case .households: "算不出每千户多少件，也不参加聚集区分析"
    case .position, .outside: "有每千户的件数，不参加聚集区分析"
    }
  }
}

/// Complaints of one item from a compound within a week of the period looked at, 0 the first.
public struct WeekCount: Sendable, Hashable {
  public let compound: Int64
  public let item: String
  public let week: Int
  public let reports: Int
  public init(compound: Int64, item: String, week: Int, reports: Int) {
    self.compound = compound
    self.item = item
    self.week = week
    self.reports = reports
  }
}

/// Complaints of one item from a district within a month of the years before.
public struct SeasonCount: Sendable, Hashable {
  public let district: Int64
  public let item: String
  public let month: Month
  public let reports: Int
  public init(district: Int64, item: String, month: Month, reports: Int) {
    self.district = district
    self.item = item
    self.month = month
    self.reports = reports
  }
}

/// What one scan of one area has found.
public struct FoundArea: Sendable, Hashable {
  /// A district's office; 0 for the city.
  public let area: Int64
  /// A category of the catalogue; empty for all together.
  public let subject: String
  /// So many whole years before gave the season; 0 for the year's own course.
  public let seasonYears: Int
  public let reports: Int
  /// Compounds that were scanned.
  public let places: Int
  /// Complaints for a thousand households in all weeks.
  public let rate: Double
  /// Why nothing was scanned.
  public let problem: String?
  public let clusters: [FoundCluster]
  public let rates: [FoundRate]
}
public struct FoundCluster: Sendable, Hashable {
  public let rank: Int
  /// The centre first.
  public let members: [Member]
  public let radius: Double
  public let from: Day
  public let observed: Int
  public let expected: Double
  public let risk: Double?
  public let p: Double
  public struct Member: Sendable, Hashable {
    public let place: HotPlace
    public let observed: Int
    public let expected: Double
  }
}
public struct FoundRate: Sendable, Hashable {
  public let place: HotPlace
  public let reports: Int
  /// Nil without households.
  public let rate: ShrunkRates.Rate?
  /// Whether it is proposed for a list, and why in words.
  public let listed: Bool
  public let why: String
}

/// Looks for hot spots. Pure: counts in, findings out, the same ones for the same counts.
public struct HotSpotFinder: Sendable {
  public let method: HotSpotMethod
  /// Of the catalogue: the category of each item.
  public let categories: [String: String]
  public init(_ method: HotSpotMethod, categories: [String: String]) {
    self.method = method
    self.categories = categories
  }

  /// The first day that is looked at.
  public func first(through last: Day) -> Day { last.adding(days: 1 - 7 * method.weeks) }

  /// - Parameter months: which of the years before were kept wholly, from the first to the last.
  public func find(
    _ places: [HotPlace], counts: [WeekCount], seasons: [SeasonCount], months: ClosedRange<Int>?, through last: Day
  ) async throws -> [FoundArea] {
    var areas: [FoundArea] = []
    let districts = Set(places.map(\.district)).sorted()
    let subjects = Set(categories.values).sorted()
    var byCompound: [Int64: [WeekCount]] = [:]
    for one in counts { byCompound[one.compound, default: []].append(one) }
    for area in [0] + districts {
      let mine = places.filter { area == 0 || $0.district == area }.sorted { $0.id < $1.id }
      let past = seasons.filter { area == 0 || $0.district == area }
      // Items are told apart within districts: there somebody can act on them.
      for subject in [""] + (area == 0 ? [] : subjects) {
        func isMeant(_ item: String) -> Bool { subject.isEmpty || categories[item] == subject }
        var weeks = Array(repeating: Array(repeating: 0, count: method.weeks), count: mine.count)
        for (i, place) in mine.enumerated() {
          for one in byCompound[place.id] ?? [] where isMeant(one.item) && weeks[i].indices.contains(one.week) {
            weeks[i][one.week] += one.reports
          }
        }
        let season = season(past.filter { isMeant($0.item) }, weeks, months: months, through: last)
        areas.append(try await look(area, subject, mine, weeks, season, through: last))
      }
    }
    return areas
  }

  // MARK: Season

  /// What every week weighs. Of months of the years before where they hold enough; otherwise the year's own course, smoothed: then
  /// places are compared with each other at each time, and what rises everywhere is no hot spot.
  func season(_ past: [SeasonCount], _ weeks: [[Int]], months: ClosedRange<Int>?, through last: Day) -> (weights: [Double], years: Int) {
    let start = first(through: last)
    if let months, months.count >= 12 {
      // Whole years only, so that no month of the year is counted oftener than another.
      let years = months.count / 12
      let used = (months.upperBound - 12 * years + 1)...months.upperBound
      var sums = Array(repeating: 0, count: 12)
      for one in past where used.contains(one.month.count) { sums[one.month.number - 1] += one.reports }
      if sums.reduce(0, +) >= method.seasonReports {
        let days = (0..<12).map { number in
          used.filter { $0 % 12 == number }.reduce(0) { $0 + Month(count: $1).last.days(since: Month(count: $1).first) + 1 }
        }
        // One complaint more in each month: a month without any is rare, not impossible.
        let daily = zip(sums, days).map { Double($0 + 1) / Double(max(1, $1)) }
        return ((0..<method.weeks).map { week in (0..<7).reduce(0) { $0 + daily[start.adding(days: 7 * week + $1).month - 1] } }, years)
      }
    }
    let totals = (0..<method.weeks).map { week in weeks.reduce(0) { $0 + $1[week] } }
    let smooth = totals.indices.map { week -> Double in
      let near = totals[max(0, week - 2)...min(totals.count - 1, week + 2)]
      return Double(near.reduce(0, +)) / Double(near.count) + 0.1
    }
    return (smooth, 0)
  }

  // MARK: One area

  private func look(
    _ area: Int64, _ subject: String, _ places: [HotPlace], _ weeks: [[Int]], _ season: (weights: [Double], years: Int), through last: Day
  ) async throws -> FoundArea {
    let start = first(through: last)
    var options = ScanOptions()
    options.time = .alive
    options.longest = min(method.longest, method.weeks)
    options.radius = Double(method.radius)
    options.neighbours = method.neighbours
    options.share = Double(method.share) / 100
    options.cases = method.cases
    options.clusters = method.clusters
    options.replications = .until(extreme: method.extreme, atMost: method.replications)
    options.region = .init(latitude: CompoundRules.latitudes, longitude: CompoundRules.longitudes)
    // The process also answers requests.
    options.threads = 1
    var cells: [ScanInput.Count] = []
    for (i, row) in weeks.enumerated() {
      for (week, n) in row.enumerated() where n > 0 { cells.append(.init(place: i, period: week, cases: n)) }
    }
    let input = ScanInput(
      places: places.map { place in
        ScanPlace(id: String(place.id), coordinates: place.position, population: place.households.map(Double.init))
      }, periods: method.weeks, counts: cells, baseline: .seasonal(season.weights))
    var clusters: [FoundCluster] = []
    var problem: String?
    var scanned = 0
    do {
      let result = try await SpaceTimeScan.run(input, options)
      scanned = result.places
      let whole = season.weights.reduce(0, +)
      let size = places.reduce(0.0) { $0 + ($1.trouble == nil ? Double($1.households ?? 0) : 0) }
      clusters = result.clusters.filter { $0.p * 100 <= Double(method.watch) }.map { cluster in
        let part = season.weights[cluster.periods].reduce(0, +) / whole
        return FoundCluster(
          rank: cluster.rank,
          members: cluster.places.map { i in
            FoundCluster.Member(
              place: places[i], observed: weeks[i][cluster.periods].reduce(0, +),
              expected: Double(result.cases) * Double(places[i].households ?? 0) / size * part)
          }, radius: cluster.radius, from: start.adding(days: 7 * cluster.periods.lowerBound), observed: cluster.observed,
          expected: cluster.expected, risk: cluster.relativeRisk.isFinite ? cluster.relativeRisk : nil, p: cluster.p)
      }
    } catch let refused as ScanProblem {
      // Said on the page in place of clusters; rates do not need what a scan needs.
      problem = refused.message
    }
    let (rates, all) = try rates(area, subject, places, weeks, clusters, through: last)
    return FoundArea(
      area: area, subject: subject, seasonYears: season.years, reports: weeks.reduce(0) { $0 + $1.reduce(0, +) }, places: scanned,
      rate: all,
      problem: problem, clusters: clusters, rates: rates)
  }

  private func rates(
    _ area: Int64, _ subject: String, _ places: [HotPlace], _ weeks: [[Int]], _ clusters: [FoundCluster], through last: Day
  ) throws -> (rates: [FoundRate], all: Double) {
    let sums = weeks.map { $0.reduce(0, +) }
    let sized = places.indices.filter { places[$0].trouble != .households }
    var known: [Int: ShrunkRates.Rate] = [:]
    var all = 0.0
    if !sized.isEmpty {
      let result: ShrunkRates.Result
      do {
        result = try ShrunkRates.run(sized.map { .init(cases: sums[$0], size: Double(places[$0].households ?? 1) / 1000) })
      } catch let problem { throw problem.refusal }
      all = result.all
      for (i, rate) in zip(sized, result.rates) { known[i] = rate }
    }
    var near: [Int64: (cluster: FoundCluster, member: FoundCluster.Member)] = [:]
    for cluster in clusters where cluster.p * 100 <= Double(method.certain) {
      for member in cluster.members where member.observed >= 2 && Double(member.observed) > member.expected {
        near[member.place.id] = (cluster, member)
      }
    }
    let words = HotSpotWords(area: area == 0 ? "全市" : "全区", weeks: method.weeks, all: all)
    var out: [FoundRate] = []
    for (i, place) in places.enumerated() {
      let rate = known[i]
      let isHigh =
        rate.map {
          sums[i] >= method.reports && $0.aboveAll * 100 >= Double(method.above) && $0.shrunk * 100 >= all * Double(method.times)
        } ?? false
      let inside = near[place.id]
      let why = words.why(reports: sums[i], rate, trouble: place.trouble, cluster: inside, through: last)
      // Of one class only those that had any: the others are thousands and say nothing.
      if !subject.isEmpty, sums[i] == 0 { continue }
      out.append(FoundRate(place: place, reports: sums[i], rate: rate, listed: isHigh || inside != nil, why: why))
    }
    return (out, all)
  }
}

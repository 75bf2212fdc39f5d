import Foundation
import Kernel
import Sheets
import Statistics

/// `longtang lab hotspots`: the space-time scan on a file of counts.
public enum LabHotspots {
  public struct Options: Sendable {
    public var scan = ScanOptions()
    /// `day`, `week` or `month` to gather dates by; nil takes periods as they are written.
    public var by: String?
    public init() {
      // The municipality with its islands.
      scan.region = .init(latitude: 30.6...31.95, longitude: 120.8...122.3)
    }
  }

  /// - Parameters:
  ///   - input: a table with the columns `place`, `lon`, `lat`, `population`, `period`, `count`, or 小区, 经度, 纬度, 户数, 时段, 诉件数,
  ///     and perhaps `expected` (预期数). One row for each place and period that had any; a place without complaints has one row with the
  ///     count 0, and needs no period there. Periods between the first and the last that no row names had none.
  ///   - out: where the clusters are written, one to a row.
  public static func run(input: String, out: String, options: Options = Options()) async throws {
    let start = ContinuousClock.now
    let counts = try read(input, by: options.by)
    let read = start.duration(to: .now)
    let result: ScanResult
    do {
      result = try await SpaceTimeScan.run(counts.input, options.scan)
    } catch let problem as ScanProblem {
      throw problem.refusal
    }
    let names = counts.input.places.map(\.id)
    let header = [
      "rank", "centre", "places", "from", "to", "observed", "expected", "relative_risk", "llr", "p", "radius_km", "why",
    ]
    let cells = result.clusters.map { cluster in
      [
        String(cluster.rank), names[cluster.centre], cluster.places.map { names[$0] }.joined(separator: "；"),
        counts.periods[cluster.periods.lowerBound], counts.periods[cluster.periods.upperBound], String(cluster.observed),
        String(format: "%.4f", cluster.expected), cluster.relativeRisk.isFinite ? String(format: "%.4f", cluster.relativeRisk) : "inf",
        String(format: "%.6f", cluster.logLikelihoodRatio), String(format: "%.6f", cluster.p), String(format: "%.3f", cluster.radius),
        cluster.sentence(places: names, periods: counts.periods),
      ]
    }
    try Table(header: header, cells: cells).csv().write(to: URL(fileURLWithPath: out), options: .atomic)
    for warning in result.warnings { print("注意：\(warning.message)") }
    print("小区 \(result.places) 个，时段 \(counts.periods.count) 个，诉件 \(result.cases) 件；时空窗口 \(result.cylinders) 个，模拟 \(result.replications) 次")
    for cluster in result.clusters.prefix(3) { print("\(cluster.rank). " + cluster.sentence(places: names, periods: counts.periods)) }
    if result.clusters.isEmpty { print("没有诉件比预期多的地方。") }
    let all = start.duration(to: .now)
    print(String(format: "用时 %.1f 秒，其中读文件 %.1f 秒；聚集区 %d 个已写入 %@", all / .seconds(1), read / .seconds(1), result.clusters.count, out))
  }

  struct Counts {
    var input: ScanInput
    var periods: [String]
  }

  static func read(_ path: String, by: String?) throws -> Counts {
    var kind: LabPeriod.Kind?
    if let by {
      guard let wanted = LabPeriod.Kind(rawValue: by) else { throw Refusal(.invalid, "lab-by", "--by 应是 day、week 或 month。") }
      kind = wanted
    }
    var file = try LabTable(path)
    let place = try file.need("place", "小区")
    let lon = try file.need("lon", "经度")
    let lat = try file.need("lat", "纬度")
    let population = try file.need("population", "户数", "人口")
    let period = try file.need("period", "时段")
    let count = try file.need("count", "诉件数")
    let expected = file.column("expected", "预期数")
    var rows = CountRows()
    for row in file.table.rows {
      do {
        let at = try coordinates(LabTable.text(row, lon), LabTable.text(row, lat))
        let size = try optional(LabTable.text(row, population), "户数")
        let n = try rows.place(LabTable.text(row, place), at, size)
        guard let cases = LabTable.count(LabTable.text(row, count)) else {
          throw LabRowTrouble("诉件数“\(LabTable.text(row, count))”不是不小于 0 的整数")
        }
        let given = LabTable.text(row, period)
        if given.isEmpty {
          if cases > 0 { throw LabRowTrouble("有诉件而没有时段") }
          continue
        }
        guard let read = LabPeriod(given) else { throw LabRowTrouble("时段“\(given)”不是 2026-W05、2026-02 或 2026-02-03 的写法") }
        guard let when = read.as(kind ?? read.kind) else { throw LabRowTrouble("时段“\(given)”不能按 --by 归并，只有日期可以") }
        if kind == nil { kind = when.kind }
        guard when.kind == kind else { throw LabRowTrouble("时段“\(given)”与前面的写法不同，一个文件只能用一种") }
        let wanted = try expected.flatMap { try optional(LabTable.text(row, $0), "预期数") }
        if expected != nil, wanted == nil { throw LabRowTrouble("有预期数列而这一行空着") }
        rows.add(n, when, cases, wanted)
      } catch let trouble as LabRowTrouble { file.complain(row.line, trouble.what) }
    }
    try file.settle()
    return try rows.counts(expected: expected != nil)
  }

  /// Nil where there is none; a place may be without.
  private static func coordinates(_ lon: String, _ lat: String) throws -> Coordinates? {
    if lon.isEmpty && lat.isEmpty { return nil }
    guard let x = LabTable.number(lon), let y = LabTable.number(lat) else { throw LabRowTrouble("经纬度“\(lon)，\(lat)”不是数字") }
    guard let at = Coordinates(latitude: y, longitude: x) else { throw LabRowTrouble("经纬度“\(lon)，\(lat)”不在地球上，是不是写反了") }
    return at
  }
  private static func optional(_ text: String, _ name: String) throws -> Double? {
    if text.isEmpty { return nil }
    guard let value = LabTable.number(text), value >= 0 else { throw LabRowTrouble("\(name)“\(text)”不是不小于 0 的数") }
    return value
  }
}

struct LabRowTrouble: Error {
  let what: String
  init(_ what: String) { self.what = what }
}

/// Rows gathered by place and period.
private struct CountRows {
  private var places: [ScanPlace] = []
  private var known: [String: Int] = [:]
  private var cells: [(place: Int, period: LabPeriod, cases: Int, expected: Double?)] = []

  mutating func place(_ id: String, _ at: Coordinates?, _ population: Double?) throws -> Int {
    if id.isEmpty { throw LabRowTrouble("没有小区名") }
    guard let n = known[id] else {
      known[id] = places.count
      places.append(ScanPlace(id: id, coordinates: at, population: population))
      return places.count - 1
    }
    if places[n].coordinates != at { throw LabRowTrouble("“\(id)”的经纬度与前面的不同，同名的小区请改名区分") }
    if places[n].population != population { throw LabRowTrouble("“\(id)”的户数与前面的不同，请统一（各时段不同的，用预期数列）") }
    return n
  }
  mutating func add(_ place: Int, _ period: LabPeriod, _ cases: Int, _ expected: Double?) { cells.append((place, period, cases, expected)) }

  func counts(expected: Bool) throws -> LabHotspots.Counts {
    guard let first = cells.map(\.period.number).min(), let last = cells.map(\.period.number).max(), let kind = cells.first?.period.kind
    else {
      throw Refusal(.invalid, "lab-no-periods", "文件里没有一行写明时段，无从分析。")
    }
    let periods = last - first + 1
    // A century of days is a slip of the pen.
    if periods > 4000 { throw Refusal(.invalid, "lab-periods", "最早和最晚的时段相隔 \(periods) 个\(kind.chinese)，请核对有没有写错的年份。") }
    var baseline = ScanBaseline.population
    if expected {
      var table = Array(repeating: 0.0, count: places.count * periods)
      for cell in cells { table[cell.place * periods + cell.period.number - first] += cell.expected ?? 0 }
      baseline = .expected(table)
    }
    let counts = cells.filter { $0.cases > 0 }.map { ScanInput.Count(place: $0.place, period: $0.period.number - first, cases: $0.cases) }
    return LabHotspots.Counts(
      input: ScanInput(places: places, periods: periods, counts: counts, baseline: baseline),
      periods: (first...last).map { LabPeriod(kind: kind, number: $0).text })
  }
}

import Foundation
import Kernel
import Sheets
import Statistics

/// `longtang lab did`: difference in differences on a panel of compounds.
public enum LabDifference {
  /// - Parameters:
  ///   - input: a table with the columns `place`, `households`, `treated` (1 or 0, 是 or 否), `period`, `count`, or 小区, 户数, 治理, 时段,
  ///     诉件数. Periods between the first and the last that no row of a place names had none.
  ///   - from: the first period after it was done, as the file writes periods; `to` the last one that counts.
  ///   - out: one row for each estimate.
  ///   - weights: what each place weighs, when asked for.
  public static func run(
    input: String, from: String, to: String?, out: String, weights: String? = nil, configure: (inout DifferenceOptions) -> Void = { _ in }
  ) throws {
    let began = ContinuousClock.now
    let panel = try read(input)
    guard let start = LabPeriod(from)?.as(panel.kind), let end = to.map({ LabPeriod($0)?.as(panel.kind) }) ?? .some(nil) else {
      throw Refusal(.invalid, "lab-period", "开始和结束的时段要与文件里的写法相同，如 2026-W05、2026-02 或 2026-02-03。")
    }
    var options = DifferenceOptions(start: start.number - panel.first)
    options.end = end.map { $0.number - panel.first + 1 }
    configure(&options)
    let result: DifferenceResult
    do {
      result = try DifferenceInDifferences.run(panel.places, options)
    } catch {
      throw error.refusal
    }
    func row(_ name: String, _ estimate: Estimate?) -> [String] {
      guard let e = estimate else { return [name, "", "", "", "", ""] }
      return [name, "\(e.value)", "\(e.error)", "\(e.interval.lowerBound)", "\(e.interval.upperBound)", "\(e.p)"]
    }
    let cells = [
      row("change", result.change), row("trend_before", result.trend), row("fake_date", result.fakeDate),
      ["fake_places", "", "", "", "", result.fakePlaces.map { "\($0)" } ?? ""],
    ]
    try Table(header: ["estimate", "value", "error", "low", "high", "p"], cells: cells).csv(escapeFormulas: false)
      .write(to: URL(fileURLWithPath: out), options: .atomic)
    if let weights {
      let rows = zip(panel.places, result.weights).map { [$0.id, $0.treated ? "1" : "0", "\($1)"] }
      try Table(header: ["place", "treated", "weight"], cells: rows).csv().write(to: URL(fileURLWithPath: weights), options: .atomic)
    }
    let treated = panel.places.count { $0.treated }
    print("治理小区 \(treated) 个（配不上对照的 \(result.unmatched.count) 个），其他小区 \(panel.places.count - treated) 个")
    print(result.sentence(period: panel.kind.chinese))
    if let p = result.fakePlaces { print(String(format: "把没有治理的小区当作治理过的来算，有 %.0f%% 差别不比这小。", p * 100)) }
    print(String(format: "用时 %.2f 秒", began.duration(to: .now) / .seconds(1)))
  }

  struct Panel {
    var places: [PanelPlace]
    var kind: LabPeriod.Kind
    var first: Int
  }

  static func read(_ path: String) throws -> Panel {
    var file = try LabTable(path)
    let place = try file.need("place", "小区")
    let households = try file.need("households", "户数")
    let treated = try file.need("treated", "治理")
    let period = try file.need("period", "时段")
    let count = try file.need("count", "诉件数")
    var places: [PanelPlace] = []
    var known: [String: Int] = [:]
    var cells: [(place: Int, period: LabPeriod, cases: Int)] = []
    var kind: LabPeriod.Kind?
    for row in file.table.rows {
      do {
        let id = LabTable.text(row, place)
        if id.isEmpty { throw LabRowTrouble("没有小区名") }
        guard let size = LabTable.number(LabTable.text(row, households)), size > 0 else {
          throw LabRowTrouble("户数“\(LabTable.text(row, households))”不是大于 0 的数")
        }
        let mine = try flag(LabTable.text(row, treated))
        guard let cases = LabTable.count(LabTable.text(row, count)) else {
          throw LabRowTrouble("诉件数“\(LabTable.text(row, count))”不是不小于 0 的整数")
        }
        let given = LabTable.text(row, period)
        guard let when = LabPeriod(given) else { throw LabRowTrouble("时段“\(given)”不是 2026-W05、2026-02 或 2026-02-03 的写法") }
        if kind == nil { kind = when.kind }
        guard when.kind == kind else { throw LabRowTrouble("时段“\(given)”与前面的写法不同，一个文件只能用一种") }
        let n = known[id] ?? places.count
        if n == places.count {
          known[id] = n
          places.append(PanelPlace(id: id, treated: mine, households: size, cases: []))
        }
        if places[n].households != size || places[n].treated != mine { throw LabRowTrouble("“\(id)”的户数或治理与前面的不同，请统一") }
        cells.append((n, when, cases))
      } catch let trouble as LabRowTrouble { file.complain(row.line, trouble.what) }
    }
    try file.settle()
    guard let kind, let first = cells.map(\.period.number).min(), let last = cells.map(\.period.number).max() else {
      throw Refusal(.invalid, "lab-no-periods", "文件里没有一行数据。")
    }
    if last - first >= 4000 { throw Refusal(.invalid, "lab-periods", "最早和最晚的时段相隔太远，请核对有没有写错的年份。") }
    for n in places.indices { places[n].cases = Array(repeating: 0, count: last - first + 1) }
    for cell in cells { places[cell.place].cases[cell.period.number - first] += cell.cases }
    return Panel(places: places, kind: kind, first: first)
  }

  private static func flag(_ text: String) throws -> Bool {
    switch text.lowercased() {
    case "1", "true", "yes", "是": true
    case "0", "false", "no", "否": false
    default: throw LabRowTrouble("治理“\(text)”应是 1 或 0、是 或 否")
    }
  }
}

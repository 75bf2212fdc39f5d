import Kernel

/// Why nothing was scanned.
public enum ScanProblem: Error, Hashable, Sendable {
  case noPlaces
  case noPeriods
  case sameID(String)
  case unknownCell(place: Int, period: Int)
  case negativeCount(place: String, period: Int, cases: Int)
  case option(String)
  /// Not one weight for each period, or a weight that is negative or no number, or none above zero.
  case weights
  /// The same of expected numbers.
  case expected
  /// There are cases where none can be.
  case casesWithoutExpectation(place: String, period: Int)
  case noCases
  /// Every place was left out; the warnings say why.
  case nothingLeft([ScanWarning])
  case tooLarge(gigabytes: Int)

  public var code: String {
    switch self {
    case .noPlaces: "scan-no-places"
    case .noPeriods: "scan-no-periods"
    case .sameID: "scan-same-id"
    case .unknownCell: "scan-unknown-cell"
    case .negativeCount: "scan-negative-count"
    case .option: "scan-option"
    case .weights: "scan-weights"
    case .expected: "scan-expected"
    case .casesWithoutExpectation: "scan-cases-without-expectation"
    case .noCases: "scan-no-cases"
    case .nothingLeft: "scan-nothing-left"
    case .tooLarge: "scan-too-large"
    }
  }
  public var message: String {
    switch self {
    case .noPlaces: "没有小区可供分析，请先选定范围。"
    case .noPeriods: "没有统计时段，请至少给出一个时段。"
    case .sameID(let id): "“\(id)”出现了两次，每个小区只能列一次，请合并后再来。"
    case .unknownCell(let place, let period): "诉件数指向不存在的小区（第 \(place + 1) 个）或时段（第 \(period + 1) 个），请检查数据。"
    case .negativeCount(let place, let period, let cases): "“\(place)”第 \(period + 1) 个时段的诉件数是 \(cases)，不能是负数，请改正。"
    case .option(let what): what
    case .weights: "季节权数应每个时段一个，都不是负数且不全为零，请改正。"
    case .expected: "预期数应每个小区、每个时段一个，都不是负数且不全为零，请改正。"
    case .casesWithoutExpectation(let place, let period):
      "“\(place)”第 \(period + 1) 个时段的预期数是零，却有诉件。请补上该时段的户数或预期数，或去掉这个小区。"
    case .noCases: "选定的范围和时段内没有诉件，无从分析热点。"
    case .nothingLeft(let warnings): "没有一个小区可以分析：" + warnings.map(\.message).joined()
    case .tooLarge(let gigabytes): "数据太大，需要约 \(gigabytes) GB 内存。请减少“圆内小区数上限”或时段数，或分区分析。"
    }
  }
  public var refusal: Refusal { Refusal(.invalid, code, message) }
}

/// What was left out or cut short, and how much it weighs.
public enum ScanWarning: Hashable, Sendable {
  case withoutCoordinates(places: [String], cases: Int)
  case outsideRegion(places: [String], cases: Int)
  /// The population is missing, zero, negative or no number; or nothing is expected in any period.
  case withoutPopulation(places: [String], cases: Int)
  /// Places with one position always lie in the same circles.
  case samePosition(places: [String])
  /// Circles around so many places could have been larger, had `ScanOptions.neighbours` allowed it.
  case circlesCut(places: Int, neighbours: Int)
  /// With so few cases hardly anything can be found.
  case fewCases(Int)

  public var message: String {
    switch self {
    case .withoutCoordinates(let places, let cases): "\(Self.some(places))没有坐标，没有列入（诉件 \(cases) 件）。"
    case .outsideRegion(let places, let cases): "\(Self.some(places))的坐标不在范围内，没有列入（诉件 \(cases) 件），请核对经纬度。"
    case .withoutPopulation(let places, let cases): "\(Self.some(places))没有户数或户数为零，没有列入（诉件 \(cases) 件），请补上户数。"
    case .samePosition(let places): "\(Self.some(places))与别的小区坐标完全相同，分不开，总是一起计算，请核对坐标。"
    case .circlesCut(let places, let neighbours): "以 \(places) 个小区为圆心的圆最多只看到 \(neighbours) 个小区，更大的聚集区看不到。"
    case .fewCases(let cases): "一共只有 \(cases) 件诉件，太少，很难看出什么。"
    }
  }
  private static func some(_ places: [String]) -> String {
    let shown = places.prefix(3).map { "“\($0)”" }.joined(separator: "、")
    return places.count > 3 ? shown + "等 \(places.count) 个小区" : shown
  }
}

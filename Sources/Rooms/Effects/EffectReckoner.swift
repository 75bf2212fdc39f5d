import Foundation
import Kernel
import Statistics

/// Reckons one assessment from counts. Pure.
public struct EffectReckoner: Sendable {
  /// Stands beside every result.
  public static let version = "2026-1"
  /// At most so many whole months before, and so many after the last day.
  static let before = 24
  static let follow = 12
  static let fewestAfter = 2

  public struct Place: Sendable, Hashable {
    public let compound: Int64
    public let treated: Bool
    public let households: Int?
    public init(compound: Int64, treated: Bool, households: Int?) {
      self.compound = compound
      self.treated = treated
      self.households = households
    }
  }

  public let from: Day
  public let through: Day
  public init(from: Day, through: Day) {
    self.from = from
    self.through = through
  }

  /// The whole months that are compared: those wholly before the first day, and those wholly after it until a year after the last. The
  /// month in which it began is neither, unless it began on its first day.
  /// - Parameter oldest: the first month that was kept wholly; nil when nothing was.
  public func months(oldest: Month?, today: Day) -> (before: [Month], after: [Month]) {
    let turn = Month(from)
    let begin = max(oldest ?? turn, turn.adding(-Self.before))
    let last = min(Month(today).adding(-1), Month(through).adding(Self.follow))
    let first = from.dayOfMonth == 1 ? turn : turn.adding(1)
    func all(_ a: Month, _ b: Month) -> [Month] { a <= b ? (a.count...b.count).map(Month.init(count:)) : [] }
    return (all(begin, turn.adding(-1)), all(first, last))
  }

  /// - Parameters:
  ///   - counts: complaints by compound and month; what is not there was none.
  ///   - busy: how many compounds were left out of the controls because something was done there too.
  public func reckon(
    _ places: [Place], counts: [Int64: [Int: Int]], months: (before: [Month], after: [Month]), busy: Int
  ) throws -> AssessmentResult {
    let all = months.before + months.after
    let sized = places.filter { ($0.households ?? 0) > 0 }.sorted { ($0.treated ? 0 : 1, $0.compound) < ($1.treated ? 0 : 1, $1.compound) }
    let unsized = places.filter { $0.treated && ($0.households ?? 0) <= 0 }.map(\.compound).sorted()
    func cases(_ place: Place) -> [Int] { all.map { counts[place.compound]?[$0.count] ?? 0 } }
    var found: DifferenceResult?
    var reasons: [String] = []
    if all.isEmpty { reasons.append("整治前后都没有满一个月的数据") }
    if sized.isEmpty { reasons.append("没有一个小区有户数") }
    if reasons.isEmpty {
      let panel = sized.map {
        PanelPlace(id: String($0.compound), treated: $0.treated, households: Double($0.households ?? 1), cases: cases($0))
      }
      let result = try Self.run(panel, start: months.before.count, end: all.count)
      found = result
      if case .cannotSay(let why) = result.verdict {
        // Of months, and of what was done, rather than of periods; that both dates stand right was asked before.
        reasons += why.filter { $0 != .datesReversed }.map {
          $0.sentence.replacing("时段", with: "整月").replacing("治理小区", with: "整治小区")
        }
      }
      if !months.after.isEmpty, months.after.count < Self.fewestAfter {
        reasons.append("整治后只有 \(months.after.count) 个整月，至少要 \(Self.fewestAfter) 个")
      }
    }
    let weights = found?.weights ?? Array(repeating: 0, count: sized.count)
    let treated = sized.indices.filter { sized[$0].treated }
    let controls = sized.indices.filter { !sized[$0].treated && weights[$0] > 0 }
    func place(_ i: Int) -> AssessmentResult.Place {
      let own = cases(sized[i])
      return AssessmentResult.Place(
        compound: sized[i].compound, households: sized[i].households ?? 0, weight: Self.rounded(weights[i]),
        before: own.prefix(months.before.count).reduce(0, +), after: own.dropFirst(months.before.count).reduce(0, +))
    }
    let rows = sized.map(cases)
    func rate(_ chosen: [Int], _ at: Int) -> Double? {
      let whole = chosen.reduce(0.0) { $0 + weights[$1] }
      guard whole > 0 else { return nil }
      var sum = 0.0
      for i in chosen { sum += weights[i] * Double(rows[i][at]) * 1000 / Double(sized[i].households ?? 1) }
      return Self.rounded(sum / whole)
    }
    let course = all.indices.map { at in
      AssessmentResult.Month(
        month: all[at].count, treated: rate(treated, at), control: rate(controls, at), reports: treated.reduce(0) { $0 + rows[$1][at] },
        isAfter: at >= months.before.count)
    }
    return AssessmentResult(
      verdict: reasons.isEmpty ? Self.verdict(found?.verdict) : .cannotSay, reasons: reasons, change: Self.interval(found?.change),
      relative: found?.relative.flatMap { $0.isFinite ? Self.rounded($0) : nil }, treatedBefore: Self.rounded(found?.treatedBefore ?? 0),
      treatedAfter: Self.rounded(found?.treatedAfter ?? 0), controlBefore: Self.rounded(found?.controlBefore ?? 0),
      controlAfter: Self.rounded(found?.controlAfter ?? 0), trend: Self.interval(found?.trend), fakeDate: Self.interval(found?.fakeDate),
      fakePlaces: found?.fakePlaces.map(Self.rounded), treated: treated.map(place),
      controls: controls.map(place).sorted { ($1.weight, $0.compound) < ($0.weight, $1.compound) },
      unmatched: (found?.unmatched ?? []).map { sized[$0].compound }, unsized: unsized, busy: busy, course: course)
  }
  private static func run(_ panel: [PanelPlace], start: Int, end: Int) throws(Refusal) -> DifferenceResult {
    var options = DifferenceOptions(start: start)
    options.end = end
    do { return try DifferenceInDifferences.run(panel, options) } catch { throw error.refusal }
  }
  private static func verdict(_ verdict: DifferenceVerdict?) -> AssessmentResult.Verdict {
    switch verdict {
    case .fell: .fell
    case .rose: .rose
    case .noEvidence: .noEvidence
    case .cannotSay, nil: .cannotSay
    }
  }

  /// Ten digits are kept: what is reckoned again from the same counts is the same text.
  private static func rounded(_ value: Double) -> Double { value.isFinite ? (value * 1e10).rounded() / 1e10 : 0 }
  private static func interval(_ estimate: Estimate?) -> AssessmentResult.Interval? {
    guard let estimate, estimate.value.isFinite, estimate.interval.lowerBound.isFinite, estimate.interval.upperBound.isFinite else {
      return nil
    }
    return AssessmentResult.Interval(
      value: rounded(estimate.value), low: rounded(estimate.interval.lowerBound), high: rounded(estimate.interval.upperBound),
      p: rounded(estimate.p.isFinite ? estimate.p : 1))
  }
}

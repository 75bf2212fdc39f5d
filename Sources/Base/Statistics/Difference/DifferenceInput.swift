import Kernel

/// A compound that was followed over periods, some of them before something was done.
public struct PanelPlace: Hashable, Sendable {
  public var id: String
  /// Whether it was done here. The others are what would have happened without.
  public var treated: Bool
  /// Above zero.
  public var households: Double
  /// Complaints in each period.
  public var cases: [Int]
  public init(id: String, treated: Bool, households: Double, cases: [Int]) {
    self.id = id
    self.treated = treated
    self.households = households
    self.cases = cases
  }
}

public struct DifferenceOptions: Hashable, Sendable {
  public enum Weighting: Hashable, Sendable {
    /// A household counts as much as another, so that three complaints in a small compound weigh little.
    case households
    /// A compound counts as much as another.
    case places
  }
  public struct Matching: Hashable, Sendable {
    /// Controls for each treated compound, taken again for others where they fit.
    public var neighbours = 3
    /// The most that a control may differ in level, trend or size before, in standard deviations.
    public var caliper = 0.5
    public init(neighbours: Int = 3, caliper: Double = 0.5) {
      self.neighbours = neighbours
      self.caliper = caliper
    }
  }
  /// The first period after it was done.
  public var start: Int
  /// The period after the last that counts; nil for all.
  public var end: Int?
  /// Nil takes every control as it is.
  public var matching: Matching? = Matching()
  public var weighting = Weighting.households
  public var confidence = 0.95
  /// Below these nothing is concluded.
  public var fewestTreated = 5
  public var fewestControls = 5
  public var fewestBefore = 4
  public var fewestCases = 30
  /// How many sets of controls are taken for treated, to see how large a difference is where nothing was done.
  public var placebos = 199
  public var seed: UInt64 = 20_260_101
  public init(start: Int) { self.start = start }
}

/// Why nothing was reckoned.
public enum DifferenceProblem: Error, Hashable, Sendable {
  case noPlaces
  case sameID(String)
  case households(place: String)
  case negativeCases(place: String, period: Int)
  /// Not as many periods as the first place has.
  case periods(place: String)
  case option(String)

  public var refusal: Refusal {
    switch self {
    case .noPlaces: Refusal(.invalid, "did-no-places", "没有小区可供比较，请先选定范围。")
    case .sameID(let id): Refusal(.invalid, "did-same-id", "“\(id)”出现了两次，每个小区只能列一次，请合并后再来。")
    case .households(let place): Refusal(.invalid, "did-households", "“\(place)”没有户数或户数为零，算不出比率，请补上户数。")
    case .negativeCases(let place, let period):
      Refusal(.invalid, "did-negative", "“\(place)”第 \(period + 1) 个时段的诉件数是负数，请改正。")
    case .periods(let place): Refusal(.invalid, "did-periods", "“\(place)”的时段数与别的小区不同，请把没有诉件的时段补成 0。")
    case .option(let what): Refusal(.invalid, "did-option", what)
    }
  }
}

/// A number with what chance may have added to it.
public struct Estimate: Hashable, Sendable {
  public var value: Double
  public var error: Double
  public var interval: ClosedRange<Double>
  /// Two-sided.
  public var p: Double
}

public enum DifferenceVerdict: Hashable, Sendable {
  case fell
  case rose
  case noEvidence
  case cannotSay([Reason])

  public enum Reason: Hashable, Sendable {
    /// The end is not after the start.
    case datesReversed
    case tooFewBefore(Int, needed: Int)
    case nothingAfter
    case tooFewTreated(Int, needed: Int)
    case tooFewControls(Int, needed: Int)
    /// More than half of the treated have no control like them.
    case unmatched(Int, of: Int)
    case tooFewCases(Int, needed: Int)
    /// Treated and controls went apart already before.
    case trendsDiffer
  }
}

public struct DifferenceResult: Hashable, Sendable {
  /// Complaints for a thousand households in a period: the treated after less before, less the same of the controls. Nil when it could not
  /// be reckoned at all; the verdict says why.
  public var change: Estimate?
  /// The change by what the treated would have had without it.
  public var relative: Double?
  public var treatedBefore = 0.0
  public var treatedAfter = 0.0
  public var controlBefore = 0.0
  public var controlAfter = 0.0
  /// How much faster the treated rose than the controls before, each period.
  public var trend: Estimate?
  /// The change there would be at a made-up date half way before; should be about 0.
  public var fakeDate: Estimate?
  /// How often controls taken for treated show a change at least as large; nil when there are too few.
  public var fakePlaces: Double?
  /// What each place weighs, in the order of the places; 0 for controls like none and treated without a control.
  public var weights: [Double]
  /// Treated places for which no control is alike.
  public var unmatched: [Int]
  public var verdict: DifferenceVerdict
}

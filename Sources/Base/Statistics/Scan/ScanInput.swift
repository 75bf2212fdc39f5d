import Kernel

/// A place that complaints are counted for.
public struct ScanPlace: Hashable, Sendable {
  public var id: String
  /// Without them the place is left out, with a warning.
  public var coordinates: Coordinates?
  /// Households or inhabitants: what the expected number is in proportion to. Read with `ScanBaseline.population` and `.seasonal`.
  public var population: Double?
  public init(id: String, coordinates: Coordinates?, population: Double?) {
    self.id = id
    self.coordinates = coordinates
    self.population = population
  }
}

/// What would be expected if nothing was special anywhere. Only proportions matter: the whole is scaled to the number counted.
public enum ScanBaseline: Sendable {
  /// In proportion to the population, the same in every period.
  case population
  /// In proportion to the population and to a weight for each period: season, holidays, length of the month.
  case seasonal([Double])
  /// Given for each place and period: `expected[place * periods + period]`.
  case expected([Double])
}

/// Counts by place and period. Places without a count of their own had none.
public struct ScanInput: Sendable {
  public struct Count: Hashable, Sendable {
    public var place: Int
    public var period: Int
    public var cases: Int
    public init(place: Int, period: Int, cases: Int) {
      self.place = place
      self.period = period
      self.cases = cases
    }
  }
  public var places: [ScanPlace]
  /// How many periods of equal length were looked at, the last being the present one.
  public var periods: Int
  /// In any order; of one place and period there may be several, which are added.
  public var counts: [Count]
  public var baseline: ScanBaseline
  public init(places: [ScanPlace], periods: Int, counts: [Count], baseline: ScanBaseline = .population) {
    self.places = places
    self.periods = periods
    self.counts = counts
    self.baseline = baseline
  }
}

public struct ScanOptions: Hashable, Sendable {
  public enum Time: Hashable, Sendable {
    /// Only what reaches into the last period: is there a hot spot now (Kulldorff 2001)?
    case alive
    /// Every interval: was there one (Kulldorff and others 1998)?
    case ever
  }
  public enum Replications: Hashable, Sendable {
    case full(Int)
    /// Ends as soon as so many replications were as extreme as the first cluster (Besag and Clifford 1991): quick when nothing is there.
    case until(extreme: Int, atMost: Int)
  }
  /// A box that every place should lie in.
  public struct Region: Hashable, Sendable {
    public var latitude: ClosedRange<Double>
    public var longitude: ClosedRange<Double>
    public init(latitude: ClosedRange<Double>, longitude: ClosedRange<Double>) {
      self.latitude = latitude
      self.longitude = longitude
    }
  }
  public var time = Time.alive
  /// The longest cluster in periods; nil is half of the periods.
  public var longest: Int?
  public var shortest = 1
  /// The most of the whole expected number that a circle may hold, above 0, at most 1. A circle of one point is always allowed.
  public var share = 0.5
  /// The largest radius in kilometres.
  public var radius: Double?
  /// The most places a circle may hold: the bound on time and memory. Where it is felt there is a warning.
  public var neighbours = 1000
  /// A cluster has at least so many cases.
  public var cases = 2
  /// At most so many clusters are told.
  public var clusters = 10
  public var replications = Replications.full(999)
  public var seed: UInt64 = 20_260_101
  public var region: Region?
  /// The result does not depend on it.
  public var threads = 2
  public init() {}
}

/// One cylinder: a circle of places for some periods, with more cases than expected.
public struct ScanCluster: Hashable, Sendable {
  /// From 1, by likelihood ratio.
  public var rank: Int
  /// Places of the input, the centre first, then by distance.
  public var places: [Int]
  public var centre: Int { places[0] }
  /// Kilometres from the centre to the farthest place.
  public var radius: Double
  /// Periods of the input.
  public var periods: ClosedRange<Int>
  public var observed: Int
  public var expected: Double
  /// The rate inside by the rate outside; infinite when all cases are inside.
  public var relativeRisk: Double
  public var logLikelihoodRatio: Double
  /// How often chance alone gives a first cluster at least as strong.
  public var p: Double
}

public struct ScanResult: Sendable {
  /// None shares a place with another; the strongest first.
  public var clusters: [ScanCluster]
  public var warnings: [ScanWarning]
  /// What was scanned, after places were left out.
  public var places: Int
  public var cases: Int
  /// How many replications were made.
  public var replications: Int
  /// How many cylinders there are.
  public var cylinders: Int
}

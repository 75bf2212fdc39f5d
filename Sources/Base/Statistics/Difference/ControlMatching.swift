import Foundation

/// Finds for each treated compound the controls that were most like it before: in level, in trend and in size.
///
/// Distances are between standardised values (Rubin 1973: nearest neighbours within calipers). The level is the shrunk rate, so that a
/// small compound's chance does not pass for likeness.
struct ControlMatching {
  /// Level, trend and the logarithm of size, in standard deviations.
  private let traits: [[Double]]

  init(_ places: [PanelPlace], before: Int) {
    let sums = places.map { $0.cases.prefix(before).reduce(0, +) }
    let seen = zip(places, sums).map { ShrunkRates.Place(cases: $1, size: $0.households * Double(max(1, before))) }
    let shrunk = (try? ShrunkRates.run(seen))?.rates.map(\.shrunk) ?? seen.map { Double($0.cases) / $0.size }
    let middle = Double(before - 1) / 2
    let square = (0..<before).reduce(0.0) { $0 + (Double($1) - middle) * (Double($1) - middle) }
    let slopes = places.map { place in
      square == 0 ? 0 : (0..<before).reduce(0.0) { $0 + (Double($1) - middle) * Double(place.cases[$1]) } / square / place.households
    }
    traits = [shrunk, slopes, places.map { log($0.households) }].map(Self.standardised)
  }

  private static func standardised(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count - 1))).squareRoot()
    return deviation > 1e-12 * max(1e-300, abs(mean)) ? values.map { ($0 - mean) / deviation } : values.map { _ in 0 }
  }

  /// The nearest first; equals in the order of the places.
  func controls(for place: Int, among controls: [Int], _ options: DifferenceOptions.Matching) -> [Int] {
    var near: [(distance: Double, control: Int)] = []
    for control in controls {
      var sum = 0.0
      var fits = true
      for trait in traits {
        let off = trait[place] - trait[control]
        if abs(off) > options.caliper { fits = false }
        sum += off * off
      }
      if fits { near.append((sum, control)) }
    }
    near.sort { ($0.distance, $0.control) < ($1.distance, $1.control) }
    return near.prefix(options.neighbours).map(\.control)
  }
}

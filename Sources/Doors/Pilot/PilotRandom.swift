/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and the same on every machine, so that one seed always plants one city.
struct PilotRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  /// 0..<bound; 0 for an empty range.
  mutating func below(_ bound: Int) -> Int { bound <= 0 ? 0 : Int(next() % UInt64(bound)) }
  mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
  mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
  mutating func chance(_ probability: Double) -> Bool { unit() < probability }
  /// Nil only of an empty list.
  mutating func one<T>(of list: [T]) -> T? { list.isEmpty ? nil : list[below(list.count)] }
  mutating func word(_ list: [String]) -> String { one(of: list) ?? "" }
  /// The index of a weight drawn in proportion.
  mutating func weighted(_ weights: [Double]) -> Int {
    var left = unit() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      left -= weight
      if left < 0 { return index }
    }
    return max(0, weights.count - 1)
  }
}

/// A random source that a test can repeat (SplitMix64).
public struct Dice: Sendable {
  private var state: UInt64
  public init(seed: UInt64) { state = seed }
  /// - Returns: 0 ..< n
  public mutating func roll(_ n: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(n))
  }
  public mutating func pick<T>(_ list: [T]) -> T { list[roll(list.count)] }
  public mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }
}

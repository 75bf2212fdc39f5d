/// Random numbers that are the same for the same seed on every machine, so that a p-value can be looked into.
///
/// xoshiro256** (Blackman and Vigna 2021), its state filled by SplitMix64 as its authors advise.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  /// - Parameter stream: another number gives an unrelated sequence of the same seed: one for each replication, so that the order in
  ///   which threads take them does not matter.
  public init(seed: UInt64, stream: UInt64 = 0) {
    var state = seed ^ (stream &* 0xD134_2543_DE82_EF95)
    func mixed() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    (a, b, c, d) = (mixed(), mixed(), mixed(), mixed())
  }

  @inline(__always)
  public mutating func next() -> UInt64 {
    let product = b &* 5
    let result = ((product << 7) | (product >> 57)) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 45) | (d >> 19)
    return result
  }

  /// Below `bound`; the bias is below `bound` / 2⁶⁴.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0)
    return Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }
  /// At least 0 and below 1.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

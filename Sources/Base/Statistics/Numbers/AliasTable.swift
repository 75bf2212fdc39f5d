/// Draws one of many outcomes by their weights in constant time (Walker 1977, in the form of Vose 1991).
struct AliasTable: Sendable {
  /// Below this fraction the outcome drawn stands, else its partner is meant.
  private let limit: [UInt64]
  private let partner: [UInt32]
  var count: Int { limit.count }

  /// - Parameter weights: finite, none negative, their sum above zero, fewer than 2³².
  init(_ weights: [Double]) {
    precondition(!weights.isEmpty && weights.count < Int(UInt32.max))
    let total = weights.reduce(0, +)
    precondition(total > 0 && total.isFinite)
    var share = weights.map { $0 / total * Double(weights.count) }
    var partner = (0..<weights.count).map { UInt32($0) }
    var limit = [UInt64](repeating: .max, count: weights.count)
    var small: [Int] = []
    var large: [Int] = []
    for i in share.indices { if share[i] < 1 { small.append(i) } else { large.append(i) } }
    while let less = small.popLast(), let more = large.popLast() {
      limit[less] = UInt64(max(0, share[less]) * 0x1p63) << 1
      partner[less] = UInt32(more)
      share[more] -= 1 - share[less]
      if share[more] < 1 { small.append(more) } else { large.append(more) }
    }
    // What is left by rounding is 1, but an outcome without weight must never come.
    if let heaviest = weights.indices.max(by: { weights[$0] < weights[$1] }) {
      for i in small + large where weights[i] == 0 {
        limit[i] = 0
        partner[i] = UInt32(heaviest)
      }
    }
    self.limit = limit
    self.partner = partner
  }

  @inline(__always)
  func draw(_ random: inout SeededRandom) -> Int {
    let (high, low) = random.next().multipliedFullWidth(by: UInt64(limit.count))
    let i = Int(truncatingIfNeeded: high)
    return low < limit[i] ? i : Int(partner[i])
  }
}

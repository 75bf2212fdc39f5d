/// Likeness of two runs of characters, every measure 0...1.
enum AddressLikeness {
  /// Share of the weight of `one` that is also in `other`.
  static func covered(_ one: [UInt32], by other: Set<UInt32>, _ weight: (UInt32) -> Float) -> Float {
    var all: Float = 0
    var common: Float = 0
    for key in one {
      let value = weight(key)
      all += value
      if other.contains(key) { common += value }
    }
    return all > 0 ? common / all : 0
  }

  /// Length of the longest common subsequence.
  static func subsequence(_ one: [UInt16], _ other: [UInt16]) -> Int {
    var row = [Int](repeating: 0, count: other.count + 1)
    for unit in one {
      var corner = 0
      for (index, candidate) in other.enumerated() {
        let above = row[index + 1]
        row[index + 1] = unit == candidate ? corner + 1 : max(above, row[index])
        corner = above
      }
    }
    return row[other.count]
  }

  /// Length of the longest run both have.
  static func run(_ one: [UInt16], _ other: [UInt16]) -> (length: Int, endOne: Int, endOther: Int) {
    var best = (length: 0, endOne: 0, endOther: 0)
    var row = [Int](repeating: 0, count: other.count + 1)
    for (position, unit) in one.enumerated() {
      var corner = 0
      for (index, candidate) in other.enumerated() {
        let above = row[index + 1]
        row[index + 1] = unit == candidate ? corner + 1 : 0
        if row[index + 1] > best.length { best = (row[index + 1], position + 1, index + 1) }
        corner = above
      }
    }
    return best
  }

  /// Dice's measure over the longest common subsequence.
  static func dice(_ one: [UInt16], _ other: [UInt16]) -> Float {
    one.isEmpty || other.isEmpty ? 0 : 2 * Float(subsequence(one, other)) / Float(one.count + other.count)
  }

  /// The best likeness between any of one list and any of another; nil when either is empty.
  static func best(_ one: [[UInt16]], _ other: [[UInt16]]) -> Float? {
    var best: Float?
    for first in one { for second in other { best = max(best ?? 0, dice(first, second)) } }
    return best
  }
}

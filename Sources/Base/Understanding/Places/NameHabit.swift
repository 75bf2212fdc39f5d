import Foundation

/// How compounds are named: which character follows which in the names of the register.
///
/// It tells a slip of the pen from another compound that only sounds alike: a writer who slips leaves a character no name has
/// there (松鹤糠庭), another compound has a name like any other (锦阳花园 beside 金阳花园).
struct NameHabit: Sendable {
  /// Names learnt; taken for the number of names we do not know, too.
  private(set) var names = 0
  private var total = 0.0
  private var units = [UInt32](repeating: 0, count: 0x1_0000)
  private var pairs = PairCounter()

  /// Where a name begins and ends; no such characters are in texts.
  private static let opening: UInt16 = 1
  private static let closing: UInt16 = 2
  /// How much the bare frequency of a character counts against what was seen after the one before it.
  private static let smoothing = 3.0
  private static let unseen = 0.2
  private static let kinds = 1_500.0

  mutating func learn(_ name: [UInt16]) {
    names += 1
    var before = NameHabit.opening
    units[Int(before)] += 1
    for unit in name + [NameHabit.closing] {
      units[Int(unit)] += 1
      pairs.add(before, unit)
      before = unit
      total += 1
    }
  }

  /// The natural logarithm of the chance that a name reads so, as if `registered` had never been learnt: a name is no evidence
  /// for itself.
  func logChance(_ written: ArraySlice<UInt16>, without registered: [UInt16]) -> Double {
    var sum = 0.0
    var before = NameHabit.opening
    for unit in written { step(&sum, &before, unit, registered) }
    step(&sum, &before, NameHabit.closing, registered)
    return sum
  }

  private func step(_ sum: inout Double, _ before: inout UInt16, _ unit: UInt16, _ registered: [UInt16]) {
    var alone = Double(units[Int(unit)])
    var context = Double(units[Int(before)])
    var pair = Double(pairs[before, unit])
    for i in 0...registered.count {
      let this = i < registered.count ? registered[i] : NameHabit.closing
      let last = i > 0 ? registered[i - 1] : NameHabit.opening
      if this == unit { alone -= 1 }
      if last == before {
        context -= 1
        if this == unit { pair -= 1 }
      }
    }
    let frequency = (max(alone, 0) + NameHabit.unseen) / (total + NameHabit.kinds)
    sum += log((max(pair, 0) + NameHabit.smoothing * frequency) / (max(context, 0) + NameHabit.smoothing))
    before = unit
  }

  /// Would a name hardly go from `before` to `unit`? Then the one ends before it, and another begins. False where `before` is
  /// too rare in names to tell.
  func parts(_ before: UInt16, _ unit: UInt16) -> Bool {
    let seen = Double(units[Int(before)])
    guard seen >= 30 else { return false }
    return Double(pairs[before, unit]) * 500 <= seen
  }
}

/// Counts of pairs of units.
struct PairCounter: Sendable {
  private var keys = [UInt32](repeating: 0, count: 1024)
  private var counts = [UInt32](repeating: 0, count: 1024)
  private var used = 0

  subscript(_ a: UInt16, _ b: UInt16) -> UInt32 { counts[place(UInt32(a) << 16 | UInt32(b))] }

  mutating func add(_ a: UInt16, _ b: UInt16) {
    if used * 2 >= keys.count { grow() }
    let key = UInt32(a) << 16 | UInt32(b)
    let i = place(key)
    if counts[i] == 0 {
      keys[i] = key
      used += 1
    }
    counts[i] += 1
  }

  private func place(_ key: UInt32) -> Int {
    let mask = keys.count - 1
    var i = Int(truncatingIfNeeded: mixed(UInt64(key))) & mask
    while counts[i] > 0, keys[i] != key { i = (i + 1) & mask }
    return i
  }
  private mutating func grow() {
    let old = (keys, counts)
    keys = .init(repeating: 0, count: old.0.count * 2)
    counts = .init(repeating: 0, count: old.0.count * 2)
    for (key, count) in zip(old.0, old.1) where count > 0 {
      let i = place(key)
      keys[i] = key
      counts[i] = count
    }
  }
}

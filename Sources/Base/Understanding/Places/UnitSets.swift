/// A set of UTF-16 units with constant look-up.
public struct UnitSet: Sendable {
  private var words = [UInt64](repeating: 0, count: 1024)
  public init(_ text: String) { self.init(text.utf16) }
  public init(_ units: some Sequence<UInt16>) { for unit in units { words[Int(unit >> 6)] |= 1 << UInt64(unit & 63) } }
  public func contains(_ unit: UInt16) -> Bool { words[Int(unit >> 6)] & (1 << UInt64(unit & 63)) != 0 }
}

/// Words by their units: the longest or all that begin at a place. Nodes are numbers; 0 is the root.
struct UnitTrie: Sendable {
  private var keys: [UInt64] = .init(repeating: .max, count: 1024)
  private var children: [Int32] = .init(repeating: 0, count: 1024)
  private var values: [Int32] = [-1]
  private var edges = 0

  func child(_ node: Int32, _ unit: UInt16) -> Int32? {
    let key = UInt64(UInt32(bitPattern: node)) << 16 | UInt64(unit)
    let mask = keys.count - 1
    var i = Int(truncatingIfNeeded: mixed(key)) & mask
    while true {
      let k = keys[i]
      if k == key { return children[i] }
      if k == .max { return nil }
      i = (i + 1) & mask
    }
  }

  /// The value at a node, -1 where no word ends.
  func value(_ node: Int32) -> Int32 { values[Int(node)] }

  /// The value of a word; a new word gets `fresh`.
  mutating func insert(_ word: some Sequence<UInt16>, fresh: Int32) -> Int32 {
    var node: Int32 = 0
    for unit in word {
      if let next = child(node, unit) {
        node = next
      } else {
        let next = Int32(values.count)
        values.append(-1)
        link(node, unit, next)
        node = next
      }
    }
    if values[Int(node)] < 0 { values[Int(node)] = fresh }
    return values[Int(node)]
  }

  /// The longest word that begins at `start`: its value and end.
  func longest(in units: [UInt16], from start: Int) -> (value: Int32, end: Int)? {
    var node: Int32 = 0
    var best: (value: Int32, end: Int)?
    var i = start
    while i < units.count, let next = child(node, units[i]) {
      node = next
      i += 1
      let v = values[Int(node)]
      if v >= 0 { best = (v, i) }
    }
    return best
  }

  /// Does a word, inserted back to front, end at `end`?
  func anyBackwards(in units: [UInt16], before end: Int) -> Bool {
    var node: Int32 = 0
    var i = end - 1
    while i >= 0, let next = child(node, units[i]) {
      node = next
      if values[Int(node)] >= 0 { return true }
      i -= 1
    }
    return false
  }

  private mutating func link(_ node: Int32, _ unit: UInt16, _ next: Int32) {
    if edges * 2 >= keys.count { grow() }
    place(UInt64(UInt32(bitPattern: node)) << 16 | UInt64(unit), next)
    edges += 1
  }
  private mutating func place(_ key: UInt64, _ next: Int32) {
    let mask = keys.count - 1
    var i = Int(truncatingIfNeeded: mixed(key)) & mask
    while keys[i] != .max { i = (i + 1) & mask }
    keys[i] = key
    children[i] = next
  }
  private mutating func grow() {
    let old = (keys, children)
    keys = .init(repeating: .max, count: old.0.count * 2)
    children = .init(repeating: 0, count: old.0.count * 2)
    for (k, c) in zip(old.0, old.1) where k != .max { place(k, c) }
  }
}

/// Numbers under hashed keys, several under one key. Keys may collide: whoever reads verifies.
struct HashBag: Sendable {
  private var keys: [UInt64] = .init(repeating: 0, count: 1024)
  private var heads: [Int32] = .init(repeating: -1, count: 1024)
  private var next: [Int32] = []
  private var values: [Int32] = []
  private var used = 0

  mutating func add(_ value: Int32, under key: UInt64) {
    if used * 2 >= keys.count { grow() }
    let i = slot(key)
    if heads[i] < 0 {
      keys[i] = key
      used += 1
    }
    next.append(heads[i])
    values.append(value)
    heads[i] = Int32(next.count - 1)
  }

  func forEach(_ key: UInt64, _ body: (Int32) -> Void) {
    var at = heads[slot(key)]
    while at >= 0 {
      body(values[Int(at)])
      at = next[Int(at)]
    }
  }

  func has(_ key: UInt64) -> Bool { heads[slot(key)] >= 0 }

  private func slot(_ key: UInt64) -> Int {
    let mask = keys.count - 1
    var i = Int(truncatingIfNeeded: mixed(key)) & mask
    while heads[i] >= 0, keys[i] != key { i = (i + 1) & mask }
    return i
  }
  private mutating func grow() {
    let old = (keys, heads)
    keys = .init(repeating: 0, count: old.0.count * 2)
    heads = .init(repeating: -1, count: old.0.count * 2)
    for (k, h) in zip(old.0, old.1) where h >= 0 {
      let i = slot(k)
      keys[i] = k
      heads[i] = h
    }
  }
}

/// Spreads a key over a table (the finaliser of MurmurHash3, public domain).
@inline(__always)
func mixed(_ key: UInt64) -> UInt64 {
  var h = key
  h = (h ^ (h >> 33)) &* 0xff51_afd7_ed55_8ccd
  h = (h ^ (h >> 33)) &* 0xc4ce_b9fe_1a85_ec53
  return h ^ (h >> 33)
}

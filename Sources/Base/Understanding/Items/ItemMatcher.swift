/// Finds every occurrence of many terms in one pass (Aho-Corasick over UTF-16 units).
///
/// Built once and shared: reading never changes it. Texts are expected folded (`FoldedText`).
struct ItemMatcher: Sendable {
  /// One occurrence: the term's number and the position after its last unit.
  struct Hit: Sendable {
    let term: Int32
    let end: Int32
  }

  /// Children of a state lie together, sorted by unit; `edgeStart[s]..<edgeStart[s + 1]`.
  private let edgeStart: [Int32]
  private let edgeUnit: [UInt16]
  private let edgeTarget: [Int32]
  /// The root has many children and is asked at nearly every unit, so it gets a table of its own.
  private let root: [Int32]
  private let fail: [Int32]
  /// The term that ends at a state, or -1; and the next state on the failure path that ends one.
  private let own: [Int32]
  private let link: [Int32]

  /// - Parameter terms: distinct and not empty; their order gives their number.
  init(terms: [[UInt16]]) {
    var children: [[UInt16: Int32]] = [[:]]
    var own: [Int32] = [-1]
    for (number, term) in terms.enumerated() where !term.isEmpty {
      var state = 0
      for unit in term {
        if let next = children[state][unit] {
          state = Int(next)
        } else {
          let next = children.count
          children.append([:])
          own.append(-1)
          children[state][unit] = Int32(next)
          state = next
        }
      }
      own[state] = Int32(number)
    }
    var fail = [Int32](repeating: 0, count: children.count)
    var link = [Int32](repeating: -1, count: children.count)
    var queue = children[0].values.map(Int.init)
    var head = 0
    while head < queue.count {
      let state = queue[head]
      head += 1
      let back = Int(fail[state])
      link[state] = own[back] >= 0 ? Int32(back) : link[back]
      for (unit, child) in children[state] {
        var step = back
        while step != 0, children[step][unit] == nil { step = Int(fail[step]) }
        if let target = children[step][unit], target != child { fail[Int(child)] = target }
        queue.append(Int(child))
      }
    }
    var starts: [Int32] = []
    var units: [UInt16] = []
    var targets: [Int32] = []
    for edges in children {
      starts.append(Int32(units.count))
      for (unit, child) in edges.sorted(by: { $0.key < $1.key }) {
        units.append(unit)
        targets.append(child)
      }
    }
    starts.append(Int32(units.count))
    var root = [Int32](repeating: 0, count: 65536)
    for (unit, child) in children[0] { root[Int(unit)] = child }
    (edgeStart, edgeUnit, edgeTarget) = (starts, units, targets)
    (self.root, self.fail, self.own, self.link) = (root, fail, own, link)
  }

  /// All occurrences in the first `limit` units, ordered by end.
  func hits(in units: [UInt16], limit: Int) -> [Hit] {
    var found: [Hit] = []
    found.reserveCapacity(64)
    var state = 0
    for index in 0..<min(limit, units.count) {
      let unit = units[index]
      while true {
        if state == 0 {
          state = Int(root[Int(unit)])
          break
        }
        if let next = child(of: state, unit) {
          state = next
          break
        }
        state = Int(fail[state])
      }
      var ending = own[state] >= 0 ? state : Int(link[state])
      while ending >= 0 {
        found.append(Hit(term: own[ending], end: Int32(index + 1)))
        ending = Int(link[ending])
      }
    }
    return found
  }

  @inline(__always)
  private func child(of state: Int, _ unit: UInt16) -> Int? {
    var low = Int(edgeStart[state])
    var high = Int(edgeStart[state + 1])
    while low < high {
      let middle = (low + high) / 2
      if edgeUnit[middle] == unit { return Int(edgeTarget[middle]) }
      if edgeUnit[middle] < unit { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}

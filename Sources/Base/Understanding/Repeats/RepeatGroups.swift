/// From likely pairs to groups, without chains: that a resembles b and b resembles c does not make a and c one problem.
enum RepeatGroups {
  struct Edge: Sendable {
    /// The earlier and the later card.
    var a: Int32
    var b: Int32
    var score: Float
  }

  struct Rules: Sendable {
    /// Least likelihood for two or three reports to become a group.
    var pairLeast: Float = 0.75
    /// Least agreement for groups to join, on each speaker's best third of counterparts...
    var mergeLeast: Float = 0.5
    var topShare: Float = 0.34
    /// ...and on all counterparts.
    var wholeLeast: Float = 0.4
    /// Members that speak for a group.
    var speakers = 12
  }

  /// Joins from the surest pair down. Returns each card's root: the earliest card of its group.
  static func roots(_ store: RepeatStore, _ edges: [Edge], _ rules: Rules = Rules()) -> [Int] {
    var root = Array(0..<store.count)
    var members: [Int: [Int32]] = [:]
    var refused: Set<UInt64> = []
    func find(_ n: Int) -> Int {
      var n = n
      while root[n] != n {
        root[n] = root[root[n]]
        n = root[n]
      }
      return n
    }
    for n in bySureness(edges) {
      let e = edges[n]
      var a = find(Int(e.a)), b = find(Int(e.b))
      if a == b { continue }
      if a > b { swap(&a, &b) }
      let ma = members[a] ?? [Int32(a)], mb = members[b] ?? [Int32(b)]
      let few = ma.count + mb.count <= 3
      if few, e.score < rules.pairLeast { continue }
      if ma.count > 1 || mb.count > 1 {
        let key = UInt64(a) << 32 | UInt64(b)
        if refused.contains(key) { continue }
        guard agree(store, ma, mb, rules, least: few ? rules.pairLeast : rules.mergeLeast) else {
          refused.insert(key)
          continue
        }
      }
      root[b] = a
      members[a] = interleaved(ma, mb, most: rules.speakers)
      members[b] = nil
    }
    return (0..<store.count).map(find)
  }

  /// Indices of edges, surest first; equally sure ones in their order. Counting sort: there are millions.
  private static func bySureness(_ edges: [Edge]) -> [Int] {
    func bucket(_ e: Edge) -> Int { 1024 - Int(max(0, min(1, e.score)) * 1024) }
    var starts = [Int](repeating: 0, count: 1026)
    for e in edges { starts[bucket(e) + 1] += 1 }
    for n in 1..<starts.count { starts[n] += starts[n - 1] }
    var result = [Int](repeating: 0, count: edges.count)
    for (n, e) in edges.enumerated() {
      let b = bucket(e)
      result[starts[b]] = n
      starts[b] += 1
    }
    return result
  }

  /// Each speaker of the smaller group is heard by those of the larger it resembles most, and not foreign to the rest.
  private static func agree(_ store: RepeatStore, _ a: [Int32], _ b: [Int32], _ rules: Rules, least: Float) -> Bool {
    let (few, many) = a.count <= b.count ? (a.prefix(6), b) : (b.prefix(6), a)
    let top = max(1, Int((Float(many.count) * rules.topShare).rounded(.up)))
    let needed = least * Float(few.count)
    let neededAll = rules.wholeLeast * Float(few.count)
    var best: Float = 0
    var all: Float = 0
    for (n, x) in few.enumerated() {
      let scores = many.map { store.score(Int(x), Int($0)) }.sorted(by: >)
      best += scores.prefix(top).reduce(0, +) / Float(top)
      all += scores.reduce(0, +) / Float(scores.count)
      // Not even full agreement of the rest would do.
      let rest = Float(few.count - n - 1)
      if best + rest < needed || all + rest < neededAll { return false }
    }
    return true
  }

  /// Speakers of both sides in turn, so that a large group does not drown a small one.
  private static func interleaved(_ a: [Int32], _ b: [Int32], most: Int) -> [Int32] {
    var result: [Int32] = []
    for k in 0..<max(a.count, b.count) {
      if k < a.count, result.count < most { result.append(a[k]) }
      if k < b.count, result.count < most { result.append(b[k]) }
    }
    return result
  }
}

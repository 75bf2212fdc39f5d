/// What two reports have in common, quoted from the one last read.
extension RepeatReader {
  /// Names of places first, then terms of the shared concepts, then other shared runs; at most `most`.
  /// - Parameters:
  ///   - shared: short keys of the features that both have.
  ///   - concepts: concepts that both have.
  func phrases(_ shared: Set<UInt16>, concepts: UInt64, most: Int = 3) -> [String] {
    let runs = sharedRuns(shared)
    var named: [Range<Int>] = []
    var other: [Range<Int>] = []
    for run in runs {
      if let place = placed(run) { named.append(place) } else if run.count >= 3 { other.append(run) }
    }
    func longest(_ list: [Range<Int>]) -> [Range<Int>] { list.sorted { ($0.count, $1.lowerBound) > ($1.count, $0.lowerBound) } }
    var result: [String] = []
    var taken: [Range<Int>] = []
    for range in longest(named).prefix(1) + terms(of: concepts, shared) + longest(other) {
      if !taken.contains(where: { says($0, range) || says(range, $0) }) {
        result.append(String(units: units[range]))
        taken.append(range)
      }
      if result.count == most { break }
    }
    return result
  }

  /// Whether the units of one stretch stand within another.
  private func says(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    guard other.count <= one.count else { return false }
    return (one.lowerBound...(one.upperBound - other.count)).contains { at in
      zip(at..<(at + other.count), other).allSatisfy { units[$0] == units[$1] }
    }
  }

  /// Stretches of the text whose pairs are all shared.
  private func sharedRuns(_ shared: Set<UInt16>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var i = 0
    var previous: UInt32 = 0
    var previousStart = 0
    while i < units.count {
      let start = i
      let token = nextToken(&i)
      if token != 0, previous != 0, let k = key(previous, token), shared.contains(Self.short(k)) {
        if let last = runs.last, last.upperBound > previousStart {
          runs[runs.count - 1] = last.lowerBound..<i
        } else {
          runs.append(previousStart..<i)
        }
      }
      previous = token
      previousStart = start
    }
    return runs
  }

  /// The whole name of a place that a run touches; nil when it touches none.
  private func placed(_ run: Range<Int>) -> Range<Int>? {
    guard let first = run.first(where: { marks[$0] & Mark.place != 0 }) else { return nil }
    var low = first
    var high = first + 1
    while low > 0, marks[low - 1] & Mark.place != 0 { low -= 1 }
    while high < units.count, marks[high] & (Mark.place | Mark.end) != 0 { high += 1 }
    return low..<high
  }

  /// Terms of the concepts as they stand in the text, where their words are shared too.
  private func terms(of concepts: UInt64, _ shared: Set<UInt16>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for start in units.indices.dropLast() {
      let a = units[start]
      let b = units[start + 1]
      guard let terms = tables.terms[RepeatTables.pair(a, b)], let k = key(UInt32(a), UInt32(b)), shared.contains(Self.short(k)) else {
        continue
      }
      for term in terms where concepts >> UInt64(term.concept) & 1 == 1 {
        let end = start + 2 + term.rest.count
        if end <= units.count, units[start + 2..<end].elementsEqual(term.rest) { result.append(start..<end) }
      }
    }
    return result
  }
}

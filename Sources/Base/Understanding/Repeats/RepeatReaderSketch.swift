/// From all words of a text to the few that are remembered.
extension RepeatReader {
  /// Eighths of a bit below which a word is too common to be evidence.
  static let leastRarity = 12

  /// The text last read, weighed by how rare its words are.
  /// - Parameter counted: whether the frequencies already count this text; the sketch is the same either way.
  func sketch(_ frequencies: RepeatFrequencies, counted: Bool) -> RepeatSketch {
    var s = RepeatSketch()
    s.titleConcepts = titleConcepts
    s.concepts = concepts
    s.buildings = buildings
    s.room = room
    s.lines = lines
    s.areas = areas
    s.wording = wording
    s.urges = urges
    let own: UInt32 = counted ? 0 : 1
    let total = frequencies.total + Float(own)
    // Packed for a plain sort: score, then earlier first, then what is kept.
    var title: [UInt64] = []
    var body: [UInt64] = []
    title.reserveCapacity(48)
    body.reserveCapacity(keys.count)
    for n in keys.indices {
      let seen = frequencies.count(keys[n]) + own
      var rarity = Self.rarity(Float(seen) / total)
      if roles[n] & RepeatFeature.weak != 0 { rarity /= 2 }
      guard rarity >= Self.leastRarity else { continue }
      // A word seen once cannot have been met before; kept only where there is room, for those who come after.
      var score = rarity
      if seen <= 1 { score /= 2 }
      if times[n] > 1 { score += score * min(Int(times[n]) - 1, 4) / 8 }
      if roles[n] & RepeatFeature.place != 0 { score += score / 4 }
      let packed = UInt64(score) << 40 | UInt64(0xFFFF - n) << 16 | UInt64(rarity)
      if roles[n] & RepeatFeature.title != 0 { title.append(packed) } else { body.append(packed) }
    }
    title.sort(by: >)
    Self.selectTop(&body, Self.most - min(title.count, Self.titleKept))
    var features: [RepeatFeature] = []
    features.reserveCapacity(Self.most)
    var shelf: [(key: UInt32, weight: Int32)] = []
    shelf.reserveCapacity(Self.most)
    for (list, isTitle) in [(title.prefix(Self.titleKept), true), (body.prefix(Self.most - min(title.count, Self.titleKept)), false)] {
      for packed in list {
        let n = 0xFFFF - Int(packed >> 16 & 0xFFFF)
        features.append(RepeatFeature(key: Self.short(keys[n]), roles: roles[n], rarity: Int(packed & 0xFFFF)))
        let score = Int32(packed >> 40)
        let place: Int32 = roles[n] & RepeatFeature.place != 0 ? 20 : 0
        shelf.append((keys[n], isTitle ? score + place : score * 3 / 4))
      }
    }
    features.sort { ($0.key, $0.meta) < ($1.key, $1.meta) }
    s.keys = features.map(\.key)
    s.meta = features.map(\.meta)
    shelf.sort { ($0.weight, $0.key) > ($1.weight, $1.key) }
    if shelf.count > Self.probeCount { shelf.removeLast(shelf.count - Self.probeCount) }
    s.shelves = shelf
    return s
  }

  /// The `n` largest to the front, in order: the body has hundreds of words and a score has few values.
  private static func selectTop(_ list: inout [UInt64], _ n: Int) {
    guard list.count > n * 2 else {
      list.sort(by: >)
      return
    }
    var counts = [Int](repeating: 0, count: 512)
    for p in list { counts[min(511, Int(p >> 40))] += 1 }
    var floor = 511
    var sum = counts[511]
    while floor > 0, sum < n {
      floor -= 1
      sum += counts[floor]
    }
    list.removeAll { Int($0 >> 40) < floor }
    list.sort(by: >)
  }

  /// Eighths of a bit of surprise in meeting something that a share `p` of reports has: log2 by the exponent and a straight
  /// line for the mantissa, within 0.09 of the truth and the same on every machine.
  @inline(__always) static func rarity(_ p: Float) -> Int {
    let b = p.bitPattern
    return max(0, -((Int(b >> 23) - 127) * 8 + Int((b >> 20) & 7)))
  }
}

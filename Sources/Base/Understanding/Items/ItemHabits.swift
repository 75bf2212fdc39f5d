/// How people put each kind of complaint, learned from sample complaints: pairs and triples of characters weighed by
/// how much more often they occur in one item's samples than in the others'. Catches wordings no rule has foreseen;
/// speaks only when it is plain, and counts at most as much as one strong rule.
struct ItemHabits: Sendable {
  struct Leaning {
    let slug: String
    /// In the units of evidence, above 0.
    let worth: Double
    fileprivate let number: Int
  }
  /// The subject and the opening; further on people tell the history.
  private static let units = 160
  /// Leads below this are found in messages about anything.
  private static let threshold = 2.0
  private static let scale = 1.8
  private static let ceiling = 8.0

  /// Leanings weaker than the best few are noise.
  private static let kept = 4

  private var slugs: [String] = []
  private var otherSlug = -1
  /// Open addressing: a feature's slot holds where its postings begin in the two lists below; 0 is an empty key.
  private var keys: [UInt64] = [0]
  private var starts: [Int32] = [0]
  private var postingSlug: [Int16] = []
  private var postingWeight: [Float] = []

  init() {}

  init(examples: [ItemCorrection]) {
    var number: [String: Int] = [:]
    var documents: [Int] = []
    var counts: [UInt64: [Int: Int]] = [:]
    for example in examples {
      let slug = number[example.slug] ?? number.count
      if slug == number.count {
        number[example.slug] = slug
        slugs.append(example.slug)
        documents.append(0)
      }
      documents[slug] += 1
      for feature in Set(Self.features(FoldedText(example.text))) { counts[feature, default: [:]][slug, default: 0] += 1 }
    }
    otherSlug = number[ItemReader.other] ?? -1
    var capacity = 2
    while capacity < counts.count * 3 { capacity *= 2 }
    keys = [UInt64](repeating: 0, count: capacity)
    starts = [Int32](repeating: 0, count: capacity)
    let all = Double(examples.count)
    for (feature, bySlug) in counts {
      let slot = slot(of: feature)
      keys[slot] = feature
      starts[slot] = Int32(postingSlug.count)
      let spread = Double(bySlug.values.reduce(0, +))
      for (slug, count) in bySlug.sorted(by: { $0.key < $1.key }) {
        let inside = (Double(count) + 0.05) / (Double(documents[slug]) + 0.5)
        let outside = (spread - Double(count) + 0.5) / (all - Double(documents[slug]) + 5)
        postingSlug.append(Int16(slug))
        postingWeight.append(max(-0.3, naturalLogarithm(inside / outside)))
      }
      // A negative number ends the list.
      postingSlug.append(-1)
      postingWeight.append(0)
    }
  }

  /// A feature that some sample has.
  struct Known {
    let slot: Int
    let start: Int
    let length: Int
  }

  /// What the wording leans to, strongest first; empty when it leans to nothing. `known` is for `words`.
  func leanings(of text: FoldedText) -> (leanings: [Leaning], known: [Known]) {
    if slugs.isEmpty { return ([], []) }
    let (known, count) = known(in: text)
    var sums = [Float](repeating: 0, count: slugs.count)
    // Each feature counts once, in the order in which it is first met. A filter of 1,024 bits knows most that are new.
    var seen = [UInt64](repeating: 0, count: 16)
    for (n, feature) in known.enumerated() {
      let (word, bit) = (feature.slot >> 6 & 15, UInt64(1) << UInt64(feature.slot & 63))
      if seen[word] & bit != 0, known[..<n].contains(where: { $0.slot == feature.slot }) { continue }
      seen[word] |= bit
      var at = Int(starts[feature.slot])
      while postingSlug[at] >= 0 {
        sums[Int(postingSlug[at])] += postingWeight[at]
        at += 1
      }
    }
    let other = otherSlug >= 0 ? sums[otherSlug] : 0
    let norm = (Double(count) + 1).squareRoot()
    var found: [(slug: Int, worth: Double)] = []
    for slug in slugs.indices where slug != otherSlug {
      let worth = min((Double(sums[slug] - other) / norm - Self.threshold) * Self.scale, Self.ceiling)
      if worth > 0 { found.append((slug, worth)) }
    }
    found.sort { ($0.worth, slugs[$1.slug]) > ($1.worth, slugs[$0.slug]) }
    return (found.prefix(Self.kept).map { Leaning(slug: slugs[$0.slug], worth: $0.worth, number: $0.slug) }, known)
  }

  /// The parts of the message in which the leaning shows most, joined where they touch.
  func words(of leaning: Leaning, in text: FoldedText, _ known: [Known]) -> [String] {
    let units = text.units.prefix(Self.units)
    var strong: [(weight: Float, start: Int, length: Int)] = []
    for feature in known {
      if let weight = weight(at: feature.slot, for: leaning.number), weight > 0.5 { strong.append((weight, feature.start, feature.length)) }
    }
    // Of equal ones the shorter of two at one place.
    strong.sort { ($0.weight, $1.start, $1.length) > ($1.weight, $0.start, $0.length) }
    var marked = [Bool](repeating: false, count: units.endIndex)
    for part in strong.prefix(8) { for index in part.start..<(part.start + part.length) { marked[index] = true } }
    var parts: [ArraySlice<UInt16>] = []
    for index in units.indices where marked[index] {
      if let last = parts.last, last.endIndex == index {
        parts[parts.count - 1] = units[last.startIndex...index]
      } else {
        parts.append(units[index...index])
      }
    }
    return parts.sorted { ($0.count, $1.startIndex) > ($1.count, $0.startIndex) }.prefix(2).map { String(units: $0) }
  }

  private func weight(at slot: Int, for slug: Int) -> Float? {
    var at = Int(starts[slot])
    while postingSlug[at] >= 0 {
      if Int(postingSlug[at]) == slug { return postingWeight[at] }
      at += 1
    }
    return nil
  }

  /// The feature's slot, or the empty one where it would go.
  @inline(__always)
  private func slot(of feature: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: (feature &* 0x9E37_79B9_7F4A_7C15) >> 20) & (keys.count - 1)
    while keys[slot] != 0, keys[slot] != feature { slot = (slot + 1) & (keys.count - 1) }
    return slot
  }

  /// The text's features that some sample has, in its order, and how many it has in all.
  private func known(in text: FoldedText) -> (known: [Known], count: Int) {
    var (known, count): ([Known], Int) = ([], 0)
    known.reserveCapacity(128)
    Self.features(text) { feature, start, length in
      count += 1
      let slot = slot(of: feature)
      if keys[slot] != 0 { known.append(Known(slot: slot, start: start, length: length)) }
    }
    return (known, count)
  }

  private static func features(_ text: FoldedText) -> [UInt64] {
    var found: [UInt64] = []
    features(text) { feature, _, _ in found.append(feature) }
    return found
  }
  @inline(__always)
  private static func features(_ text: FoldedText, _ body: (UInt64, _ start: Int, _ length: Int) -> Void) {
    var before: UInt16?
    var last: UInt16?
    for (at, unit) in text.units.prefix(units).enumerated() {
      guard FoldedText.isHan(unit) else {
        (before, last) = (nil, nil)
        continue
      }
      if let last {
        body(UInt64(last) << 16 | UInt64(unit), at - 1, 2)
        if let before { body(UInt64(before) << 32 | UInt64(last) << 16 | UInt64(unit), at - 2, 3) }
      }
      (before, last) = (last, unit)
    }
  }
}

/// ln(value) for a positive value, without the C library: enough digits for weights.
private func naturalLogarithm(_ value: Double) -> Float {
  var exponent = 0.0
  var rest = value
  while rest > 1.5 {
    rest /= 2
    exponent += 1
  }
  while rest < 0.75 {
    rest *= 2
    exponent -= 1
  }
  let ratio = (rest - 1) / (rest + 1)
  let square = ratio * ratio
  return Float(exponent * 0.6931471805599453 + 2 * ratio * (1 + square * (1 / 3 + square * (1 / 5 + square / 7))))
}

/// The words of the lexicon found in one message, with where they stand.
struct ItemFindings {
  struct Place {
    let term: Int32
    let start: Int32
    let end: Int32
    let sentence: Int32
    let factor: Float
    let inTitle: Bool
  }
  /// Evidence that holds, with the words that make it.
  struct Fit {
    let factor: Double
    let inTitle: Bool
    /// Where the first of its words begins.
    let start: Int32
    let evidence: ItemRules.Evidence
    let words: [(concept: Int, term: Int32)]
  }

  /// Concepts that occur at all, each once.
  private(set) var present: [Int] = []
  /// Where the subject line ends; 0 without one, or without any known word.
  private(set) var titleEnd: Int32 = 0
  // One list for all concepts, chained: a message has few words and the lexicon many concepts.
  private var places: [Place] = []
  private var next: [Int32] = []
  private var first: [Int32]
  private var last: [Int32]
  private var counts: [Int32]

  init(units: [UInt16], hits: [ItemMatcher.Hit], reader: ItemReader) {
    first = [Int32](repeating: -1, count: reader.rules.conceptNames.count)
    last = first
    counts = [Int32](repeating: 0, count: first.count)
    guard !hits.isEmpty else { return }
    let zones = ItemZones(units)
    titleEnd = zones.titleEnd
    var masked: [(start: Int32, end: Int32)] = []
    for hit in hits where reader.isMask(hit.term) {
      masked.append((hit.end - reader.termLengths[Int(hit.term)], hit.end))
    }
    places.reserveCapacity(hits.count)
    next.reserveCapacity(hits.count)
    for hit in hits {
      let range = reader.termConcepts[Int(hit.term)]
      if range.isEmpty { continue }
      let length = reader.termLengths[Int(hit.term)]
      let start = hit.end - length
      if masked.contains(where: { $0.start <= start && hit.end <= $0.end && $0.end - $0.start > length }) { continue }
      let place = Place(
        term: hit.term, start: start, end: hit.end, sentence: zones.sentence(at: start), factor: zones.factor(at: start),
        inTitle: start < zones.titleEnd)
      for concept in range { note(place, concept) }
    }
  }

  /// Of two words of one concept, one inside the other, the longer says more.
  private mutating func note(_ place: Place, _ concept: Int) {
    let before = last[concept]
    if before < 0 {
      present.append(concept)
    } else {
      let known = places[Int(before)]
      if known.start <= place.start, place.end <= known.end { return }
      if place.start <= known.start, known.end <= place.end {
        places[Int(before)] = place
        return
      }
    }
    let number = Int32(places.count)
    places.append(place)
    next.append(-1)
    if before < 0 { first[concept] = number } else { next[Int(before)] = number }
    last[concept] = number
    counts[concept] += 1
  }

  /// The strongest way in which the evidence holds; nil when it does not.
  func fit(_ evidence: ItemRules.Evidence) -> Fit? {
    var ceiling: Float = 2
    for condition in evidence.conditions where condition.relation == .anywhere {
      let place = first[condition.concept]
      guard (place >= 0) == condition.wanted else { return nil }
      if place >= 0 { ceiling = min(ceiling, max(places[Int(place)].factor, 0.75)) }
    }
    var best: (factor: Float, start: Int32, anchor: Int32)?
    var at = first[evidence.concept]
    var left = 24
    while at >= 0, left > 0 {
      let anchor = places[Int(at)]
      if evidence.titleOnly, !anchor.inTitle { break }
      if let best, anchor.factor <= best.factor { break }
      if let (factor, start) = holds(evidence, anchor), best.map({ min(factor, ceiling) > $0.factor }) ?? true {
        best = (min(factor, ceiling), start, at)
      }
      at = next[Int(at)]
      left -= 1
    }
    guard let best else { return nil }
    let anchor = places[Int(best.anchor)]
    return Fit(
      factor: Double(best.factor), inTitle: anchor.inTitle, start: best.start, evidence: evidence, words: words(evidence, anchor))
  }

  private func holds(_ evidence: ItemRules.Evidence, _ anchor: Place) -> (factor: Float, start: Int32)? {
    var factor = anchor.factor
    var start = anchor.start
    for condition in evidence.conditions where condition.relation != .anywhere {
      let partner = partner(condition, of: anchor)
      guard (partner != nil) == condition.wanted else { return nil }
      if let partner {
        factor = min(factor, partner.factor)
        start = min(start, partner.start)
      }
    }
    return (factor, start)
  }

  private func words(_ evidence: ItemRules.Evidence, _ anchor: Place) -> [(concept: Int, term: Int32)] {
    var words = [(concept: evidence.concept, term: anchor.term)]
    for condition in evidence.conditions where condition.wanted {
      let place = condition.relation == .anywhere ? places[Int(first[condition.concept])] : partner(condition, of: anchor)
      if let place { words.append((condition.concept, place.term)) }
    }
    return words
  }

  private func partner(_ condition: ItemRules.Condition, of anchor: Place) -> Place? {
    var at = first[condition.concept]
    while at >= 0 {
      let place = places[Int(at)]
      if near(place, anchor, condition.relation) { return place }
      if place.sentence > anchor.sentence { return nil }
      at = next[Int(at)]
    }
    return nil
  }

  /// How often the words of a concept occur, for what is said again and again is what the message is about.
  func count(_ concept: Int) -> Int { Int(counts[concept]) }

  private func near(_ one: Place, _ two: Place, _ relation: ItemRules.Relation) -> Bool {
    guard one.sentence == two.sentence else { return false }
    if relation == .sameSentence { return true }
    let gap = one.start < two.start ? two.start - one.end : one.start - two.end
    return gap <= Int32(ItemRules.window)
  }
}

/// Where the title ends, where sentences end, and how much a word counts by its place.
struct ItemZones {
  let titleEnd: Int32
  private let bodyStart: Int32
  private let ends: [Int32]

  init(_ units: [UInt16]) {
    var ends: [Int32] = []
    var title: Int32 = 0
    for (index, unit) in units.enumerated() where ItemZones.isStop(unit) {
      // A subject line is short and something follows it.
      if unit == 0x0A, title == 0, ends.allSatisfy({ $0 < 60 }), index <= 60, index + 8 < units.count { title = Int32(index) }
      ends.append(Int32(index))
    }
    self.ends = ends
    titleEnd = title
    bodyStart = title == 0 ? 0 : title + 1
  }

  @inline(__always)
  private static func isStop(_ unit: UInt16) -> Bool {
    switch unit {
    case 0x0A, 0x21, 0x3B, 0x3F, 0x3002: true
    // FoldedText has turned the full-width forms of the others into these.
    default: false
    }
  }

  func sentence(at position: Int32) -> Int32 {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] < position { low = middle + 1 } else { high = middle }
    }
    return Int32(low)
  }

  func factor(at position: Int32) -> Float {
    if position < titleEnd { return 1.9 }
    let depth = position - bodyStart
    // Without a subject line the opening words serve as one.
    if titleEnd == 0, depth < 40 { return 1.2 }
    switch depth {
    case ..<140: return 1
    case ..<300: return 0.8
    case ..<600: return 0.5
    default: return 0.3
    }
  }
}

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
    let evidence: ItemRules.Evidence
    var words: [(concept: Int, term: Int32)]
  }

  /// Concepts that occur at all, each once.
  private(set) var present: [Int] = []
  private var byConcept: [Int: [Place]] = [:]

  init(units: [UInt16], hits: [ItemMatcher.Hit], reader: ItemReader) {
    guard !hits.isEmpty else { return }
    let zones = ItemZones(units)
    var masked: [(start: Int32, end: Int32, term: Int32)] = []
    for hit in hits where reader.isMask(hit.term) {
      masked.append((hit.end - Int32(reader.termUnits[Int(hit.term)].count), hit.end, hit.term))
    }
    for hit in hits {
      let concepts = reader.termConcepts[Int(hit.term)]
      if concepts.isEmpty { continue }
      let start = hit.end - Int32(reader.termUnits[Int(hit.term)].count)
      if masked.contains(where: { $0.start <= start && hit.end <= $0.end && ($0.term != hit.term) && ($0.end - $0.start > hit.end - start) }
      ) {
        continue
      }
      let place = Place(
        term: hit.term, start: start, end: hit.end, sentence: zones.sentence(at: start), factor: zones.factor(at: start),
        inTitle: start < zones.titleEnd)
      for concept in concepts { note(place, concept) }
    }
  }

  /// Of two words of one concept, one inside the other, the longer says more.
  private mutating func note(_ place: Place, _ concept: Int) {
    guard let last = byConcept[concept]?.last else {
      present.append(concept)
      byConcept[concept] = [place]
      return
    }
    if last.start <= place.start, place.end <= last.end { return }
    if place.start <= last.start, last.end <= place.end { byConcept[concept]?.removeLast() }
    byConcept[concept]?.append(place)
  }

  /// The strongest way in which the evidence holds; nil when it does not.
  func fit(_ evidence: ItemRules.Evidence) -> Fit? {
    guard let anchors = byConcept[evidence.concept] else { return nil }
    var common: [(Int, Int32)] = []
    var commonFactor: Float = 2
    for condition in evidence.conditions where condition.relation == .anywhere {
      let places = byConcept[condition.concept]
      guard (places != nil) == condition.wanted else { return nil }
      if condition.wanted, let place = places?.first {
        common.append((condition.concept, place.term))
        commonFactor = min(commonFactor, max(place.factor, 0.75))
      }
    }
    var best: Fit?
    for anchor in anchors.prefix(24) {
      if evidence.titleOnly, !anchor.inTitle { break }
      if let best, Double(anchor.factor) <= best.factor { break }
      var factor = anchor.factor
      var words = [(evidence.concept, anchor.term)]
      var holds = true
      for condition in evidence.conditions where condition.relation != .anywhere {
        let partner = byConcept[condition.concept]?.first { near($0, anchor, condition.relation) }
        guard (partner != nil) == condition.wanted else {
          holds = false
          break
        }
        if let partner {
          words.append((condition.concept, partner.term))
          factor = min(factor, partner.factor)
        }
      }
      guard holds else { continue }
      factor = min(factor, commonFactor)
      if best.map({ Double(factor) > $0.factor }) ?? true {
        best = Fit(factor: Double(factor), inTitle: anchor.inTitle, evidence: evidence, words: words + common)
      }
    }
    return best
  }

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
    if position < titleEnd { return 1.4 }
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

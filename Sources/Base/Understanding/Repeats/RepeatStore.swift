/// The sketches of all reports, shelved under their rarest words. The one place where candidates are found: the batch and
/// the live index both ask here, so that they find the same. About 150 bytes a report.
struct RepeatStore {
  /// Only the newest of a crowded shelf are looked at: keeps the cost of a question level as the years pile up.
  static let shelfDepth = 64
  /// Reports of the same compound looked at whatever their words.
  static let compoundDepth = 96
  static let candidates = 20
  /// Reports tallied for one question before commoner words are left aside.
  static let tableSize = 256

  private(set) var cards: [RepeatCard] = []
  private var keys: [UInt16] = []
  private var meta: [UInt8] = []
  /// Newest node on each shelf, +1; 0 = empty.
  private var heads = [UInt32](repeating: 0, count: 1 << Int(RepeatFrequencies.bits))
  /// Per node (card * shelfCount + n): the next older node, +1.
  private var links: [UInt32] = []

  private var compounds: [Int64: UInt32] = [:]
  private var items: [String: UInt16] = [:]
  /// Newest card of each compound, +1, and per card the next older one.
  private var compoundHeads: [UInt32] = [0]
  private var compoundLinks: [UInt32] = []

  private var conceptCounts = [UInt32](repeating: 0, count: 64)
  private(set) var conceptWeights = ConceptWeights()

  // A small table that adds up the evidence per candidate.
  private var talliedCard = [Int32](repeating: -1, count: 4096)
  private var talliedWeight = [Int32](repeating: 0, count: 4096)
  private var touched: [Int] = []

  var count: Int { cards.count }
  /// Bytes held for the reports, without the fixed tables.
  var bytes: Int { cards.count * MemoryLayout<RepeatCard>.stride + keys.count * 3 + links.count * 4 + compoundLinks.count * 4 }

  // MARK: Concepts

  /// Counts a report's concepts; their weights follow at `renewConceptWeights`.
  mutating func noteConcepts(_ mask: UInt64) {
    var m = mask
    while m != 0 {
      conceptCounts[m.trailingZeroBitCount] += 1
      m &= m - 1
    }
  }
  mutating func renewConceptWeights(reports: Int) {
    conceptWeights = ConceptWeights { n in
      let share = (Float(conceptCounts[n]) + 20) / Float(reports + RepeatFrequencies.prior)
      return Float(RepeatReader.rarity(share)) / 8
    }
  }

  // MARK: Keeping

  mutating func number(compound: Int64?) -> UInt32 {
    guard let compound else { return 0 }
    if let n = compounds[compound] { return n }
    let n = UInt32(compoundHeads.count)
    compounds[compound] = n
    compoundHeads.append(0)
    return n
  }
  /// At most 65,535 items are told apart; a catalogue has some hundreds.
  mutating func number(item: String?) -> UInt16 {
    guard let item, !item.isEmpty else { return 0 }
    if let n = items[item] { return n }
    guard items.count < Int(UInt16.max) else { return 0 }
    let n = UInt16(items.count + 1)
    items[item] = n
    return n
  }

  /// As stored, before its words are.
  mutating func card(_ sketch: RepeatSketch, id: Int64, at: Int64, compound: Int64? = nil, item: String? = nil) -> RepeatCard {
    RepeatCard(sketch, id: id, at: at, compound: number(compound: compound), item: number(item: item), start: keys.count)
  }

  @discardableResult
  mutating func add(_ sketch: RepeatSketch, _ card: RepeatCard) -> Int {
    let n = cards.count
    cards.append(card)
    keys.append(contentsOf: sketch.keys)
    meta.append(contentsOf: sketch.meta)
    for k in 0..<RepeatReader.shelfCount {
      var shelf: UInt32?
      if k == RepeatReader.shelfCount - 1, sketch.wording != 0 {
        shelf = Self.shelf(wording: sketch.wording)
      } else if k < sketch.shelves.count {
        shelf = sketch.shelves[k].key
      }
      guard let shelf else {
        links.append(0)
        continue
      }
      links.append(heads[Int(shelf)])
      heads[Int(shelf)] = UInt32(n * RepeatReader.shelfCount + k) + 1
    }
    if card.compound != 0 {
      compoundLinks.append(compoundHeads[Int(card.compound)])
      compoundHeads[Int(card.compound)] = UInt32(n) + 1
    } else {
      compoundLinks.append(0)
    }
    return n
  }

  mutating func set(_ flag: UInt8, _ on: Bool, at n: Int) {
    if on { cards[n].flags |= flag } else { cards[n].flags &= ~flag }
  }

  private static func shelf(wording: UInt32) -> UInt32 { wording >> (32 - RepeatFrequencies.bits) }

  // MARK: Finding

  /// Earlier reports that share rare words or the compound with this one, at most `candidates`, best first.
  mutating func candidates(_ sketch: RepeatSketch, _ card: RepeatCard) -> [Int32] {
    for t in touched { talliedCard[t] = -1 }
    touched.removeAll(keepingCapacity: true)
    if sketch.wording != 0 { tally(shelf: Self.shelf(wording: sketch.wording), 200) }
    // Rarest words first: once hundreds are on the table, commoner words only add noise.
    for (key, weight) in sketch.shelves where touched.count < Self.tableSize { tally(shelf: key, weight) }
    if card.compound != 0 {
      var node = compoundHeads[Int(card.compound)]
      var left = Self.compoundDepth
      while node != 0, left > 0 {
        let old = cards[Int(node - 1)]
        var weight: Int32 = 40
        if card.item != 0, card.item == old.item { weight += 60 }
        if card.buildings.meets(old.buildings) { weight += 40 }
        weight += 20 * Int32((card.concepts & old.concepts).nonzeroBitCount)
        tally(card: Int32(node - 1), weight)
        node = compoundLinks[Int(node - 1)]
        left -= 1
      }
    }
    // Weight above, newer first below: one comparison ranks both. The few best are kept in order; most of the hundreds are none of them.
    var best: [Int64] = []
    best.reserveCapacity(Self.candidates + 1)
    for t in touched {
      let rank = Int64(talliedWeight[t]) << 32 | Int64(talliedCard[t])
      if best.count == Self.candidates {
        if rank < best[Self.candidates - 1] { continue }
        best.removeLast()
      }
      var at = best.count
      best.append(rank)
      while at > 0, best[at - 1] < rank {
        best[at] = best[at - 1]
        at -= 1
      }
      best[at] = rank
    }
    return best.map { Int32(truncatingIfNeeded: $0) }
  }

  @inline(__always)
  private mutating func tally(shelf: UInt32, _ weight: Int32) {
    var node = heads[Int(shelf)]
    var left = Self.shelfDepth
    while node != 0, left > 0 {
      tally(card: Int32((node - 1) / UInt32(RepeatReader.shelfCount)), weight)
      node = links[Int(node - 1)]
      left -= 1
    }
  }

  @inline(__always)
  private mutating func tally(card: Int32, _ weight: Int32) {
    var slot = Int((UInt32(bitPattern: card) &* 0x9E37_79B1) >> 20)
    while talliedCard[slot] != card {
      if talliedCard[slot] < 0 {
        talliedCard[slot] = card
        talliedWeight[slot] = 0
        touched.append(slot)
        break
      }
      slot = (slot + 1) & 4095
    }
    talliedWeight[slot] += weight
  }

  // MARK: Comparing

  func evidence(_ a: Int, _ b: Int) -> RepeatEvidence {
    withWords(a) { x in withWords(b) { y in RepeatEvidence(cards[a], x, cards[b], y, conceptWeights: conceptWeights) } }
  }
  func evidence(_ sketch: RepeatSketch, _ card: RepeatCard, _ b: Int) -> RepeatEvidence {
    sketch.withWords { x in withWords(b) { y in RepeatEvidence(card, x, cards[b], y, conceptWeights: conceptWeights) } }
  }
  func score(_ a: Int, _ b: Int) -> Float { RepeatScore.score(evidence(a, b)) }

  @inline(__always)
  func withWords<R>(_ n: Int, _ body: (RepeatWords) -> R) -> R {
    let card = cards[n]
    return keys.withUnsafeBufferPointer { k in
      meta.withUnsafeBufferPointer { m in
        let range = Int(card.start)..<Int(card.start) + Int(card.count)
        return body(RepeatWords(keys: UnsafeBufferPointer(rebasing: k[range]), meta: UnsafeBufferPointer(rebasing: m[range])))
      }
    }
  }
}

extension RepeatSketch {
  func withWords<R>(_ body: (RepeatWords) -> R) -> R {
    keys.withUnsafeBufferPointer { k in meta.withUnsafeBufferPointer { m in body(RepeatWords(keys: k, meta: m)) } }
  }
}

/// Rarity of each concept in bits, laid out so that a whole mask is weighed by eight looks.
struct ConceptWeights: Sendable {
  private var single = [Float](repeating: 6, count: 64)
  /// By byte of the mask and its value.
  private var bytes = [Float](repeating: 0, count: 8 * 256)

  init(_ weight: (Int) -> Float = { _ in 6 }) {
    for n in 0..<64 { single[n] = weight(n) }
    for byte in 0..<8 {
      for value in 0..<256 {
        bytes[byte << 8 | value] = (0..<8).reduce(0) { $0 + (value >> $1 & 1 == 1 ? single[byte << 3 | $1] : 0) }
      }
    }
  }
  subscript(n: Int) -> Float { single[n] }
  func sum(_ mask: UInt64) -> Float {
    guard mask != 0 else { return 0 }
    return bytes.withUnsafeBufferPointer { b in
      var s: Float = 0
      for byte in 0..<8 { s += b[byte << 8 | Int(mask >> UInt64(byte << 3) & 0xFF)] }
      return s
    }
  }
}

/// What two sketches have in common. Shares are 0...1 of what they could have in common; bits are sums of rarity.
struct RepeatEvidence: Sendable {
  var sameWording = false
  // Where.
  /// Words of specific places, against the side that names fewer.
  var place: Float = 0
  /// The same in bits, 0...60.
  var placeBits: Float = 0
  var placesDiffer = false
  var noPlace = false
  var areasDiffer = false
  // What, places left out.
  /// Words of both titles.
  var titleWords: Float = 0
  /// Title words met anywhere in the other report, the better of both ways.
  var titleMet: Float = 0
  /// All words.
  var words: Float = 0
  /// The same in bits, 0...150.
  var wordBits: Float = 0
  /// The rarest shared title word, place or not, in bits.
  var rarest: Float = 0
  var titleConcepts: Float = 0
  var concepts: Float = 0
  /// One's title concepts met anywhere in the other, mean of both ways.
  var conceptsMet: Float = 0
  /// The rarest concept both name and at least one has in its title, in bits.
  var rarestConcept: Float = 0
  /// Both titles name concepts and neither is met in the other report.
  var conceptsDiffer = false
  /// Time between them in years, at most 1.
  var years: Float = 0
  // Numbers.
  var buildingsDiffer = false
  var sameBuilding = false
  var roomsDiffer = false
  var sameRoom = false
  var linesDiffer = false

  init(_ a: RepeatCard, _ aWords: RepeatWords, _ b: RepeatCard, _ bWords: RepeatWords, conceptWeights: ConceptWeights) {
    let x = a.sums, y = b.sums
    var placeShared: Int32 = 0, titleShared: Int32 = 0, wordsShared: Int32 = 0, metA: Int32 = 0, metB: Int32 = 0, best: Int32 = 0
    aWords.forEachShared(with: bWords) { f, g in
      let w = f.weight + g.weight
      if f.has(RepeatFeature.title), g.has(RepeatFeature.title) { best = max(best, w) }
      if f.has(RepeatFeature.place) || g.has(RepeatFeature.place) {
        placeShared += w
      } else if !f.has(RepeatFeature.weak) {
        wordsShared += w
        if f.has(RepeatFeature.title), g.has(RepeatFeature.title) { titleShared += w }
        if f.has(RepeatFeature.title) { metA += w }
        if g.has(RepeatFeature.title) { metB += w }
      }
    }
    let poorer = min(x.place, y.place)
    place = poorer == 0 ? 0 : min(1, Float(placeShared) / Float(2 * poorer))
    placeBits = min(60, Float(placeShared) / 4)
    noPlace = poorer == 0
    placesDiffer = poorer > 0 && placeShared == 0
    areasDiffer = a.areas != 0 && b.areas != 0 && a.areas & b.areas == 0
    titleWords = Self.share(titleShared, x.title, y.title)
    titleMet = max(x.title == 0 ? 0 : Float(metA) / Float(2 * x.title), y.title == 0 ? 0 : Float(metB) / Float(2 * y.title))
    words = Self.share(wordsShared, x.words, y.words)
    // Different texts with the same number exist, one in four milliards, but share no words.
    sameWording = a.wording != 0 && a.wording == b.wording && (words >= 0.1 || min(x.words, y.words) == 0)
    wordBits = min(150, Float(wordsShared) / 4)
    rarest = Float(best) / 4

    let shared = a.concepts & b.concepts
    if shared != 0 {
      let both = conceptWeights.sum(shared)
      concepts = both / (conceptWeights.sum(a.concepts) + conceptWeights.sum(b.concepts) - both)
      let titleA = conceptWeights.sum(a.titleConcepts)
      let titleB = conceptWeights.sum(b.titleConcepts)
      if titleA + titleB > 0 {
        let titles = conceptWeights.sum(a.titleConcepts & b.titleConcepts)
        titleConcepts = titles / (titleA + titleB - titles)
        conceptsMet =
          (conceptWeights.sum(a.titleConcepts & b.concepts) + conceptWeights.sum(b.titleConcepts & a.concepts)) / (titleA + titleB)
      }
      var m = shared & (a.titleConcepts | b.titleConcepts)
      while m != 0 {
        rarestConcept = max(rarestConcept, conceptWeights[m.trailingZeroBitCount])
        m &= m - 1
      }
    }
    years = min(1, Float(max(a.minute, b.minute) - min(a.minute, b.minute)) / 525_600)
    conceptsDiffer = a.titleConcepts != 0 && b.titleConcepts != 0 && a.titleConcepts & b.concepts == 0 && b.titleConcepts & a.concepts == 0
    buildingsDiffer = a.buildings.differs(b.buildings)
    sameBuilding = a.buildings.meets(b.buildings)
    roomsDiffer = a.room.differs(b.room)
    sameRoom = a.room.meets(b.room)
    linesDiffer = a.lines.differs(b.lines)
  }

  private static func share(_ n: Int32, _ a: Int32, _ b: Int32) -> Float { a + b == 0 ? 0 : min(1, Float(n) / Float(a + b)) }
}

/// The features of one report where they lie: keys ascending.
struct RepeatWords {
  let keys: UnsafeBufferPointer<UInt16>
  let meta: UnsafeBufferPointer<UInt8>
  @inline(__always) var count: Int { keys.count }
  @inline(__always) subscript(n: Int) -> RepeatFeature { RepeatFeature(key: keys[n], meta: meta[n]) }

  @inline(__always)
  func forEachShared(with other: RepeatWords, _ body: (RepeatFeature, RepeatFeature) -> Void) {
    var i = 0, j = 0
    while i < count, j < other.count {
      let x = keys[i], y = other.keys[j]
      if x == y { body(self[i], other[j]) }
      // Without branches: which of two keys is smaller cannot be foretold.
      i &+= x <= y ? 1 : 0
      j &+= y <= x ? 1 : 0
    }
  }
}

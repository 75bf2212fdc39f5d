/// The lexicon laid out for reading: one look per character or pair of characters.
struct RepeatTables: Sendable {
  static let shared = RepeatTables()

  /// One bit per UTF-16 unit: grammar characters.
  private(set) var grammar = [Bool](repeating: false, count: 65536)
  /// Where walking back over a name stops: grammar and doing.
  private(set) var nameStop = [Bool](repeating: false, count: 65536)
  /// Bit 1: the unit may end a specific place; bit 2: a broad one.
  private(set) var placeEnd = [UInt8](repeating: 0, count: 65536)
  /// Ends longer than one unit, by their last unit; longest first.
  private(set) var ends: [UInt16: [(units: [UInt16], broad: Bool)]] = [:]
  /// Courtesy pairs by `pair(a, b)`.
  private(set) var courtesy = PairSet()
  /// Those courtesies that say the same was reported before.
  private(set) var urging = PairSet()
  /// Concept terms by their first two units.
  private(set) var firstPair = PairSet()
  private(set) var terms: [UInt32: [(rest: [UInt16], concept: UInt8)]] = [:]

  private init() {
    for u in FoldedText(RepeatLexicon.grammar).units {
      grammar[Int(u)] = true
      nameStop[Int(u)] = true
    }
    for u in FoldedText(RepeatLexicon.doing).units { nameStop[Int(u)] = true }
    for (list, broad) in [(RepeatLexicon.specificEnds, false), (RepeatLexicon.broadEnds, true)] {
      for end in list {
        let units = FoldedText(end).units
        guard let last = units.last else { continue }
        placeEnd[Int(last)] |= broad ? 2 : 1
        ends[last, default: []].append((units, broad))
      }
    }
    for key in ends.keys { ends[key]?.sort { ($0.units.count, $1.broad ? 1 : 0) > ($1.units.count, $0.broad ? 1 : 0) } }
    for phrase in RepeatLexicon.courtesy {
      let u = FoldedText(phrase).units
      if u.count >= 2 { courtesy.insert(Self.pair(u[0], u[1])) }
    }
    for phrase in RepeatLexicon.urging {
      let u = FoldedText(phrase).units
      if u.count >= 2 {
        courtesy.insert(Self.pair(u[0], u[1]))
        urging.insert(Self.pair(u[0], u[1]))
      }
    }
    for (n, concept) in RepeatLexicon.concepts.enumerated() {
      for term in concept.terms {
        let u = FoldedText(term).units
        guard u.count >= 2 else { continue }
        let key = Self.pair(u[0], u[1])
        firstPair.insert(key)
        terms[key, default: []].append((Array(u.dropFirst(2)), UInt8(n)))
      }
    }
  }

  /// Two characters that make a word of complaints, not of a name.
  @inline(__always) func isCommon(_ pair: UInt32) -> Bool { courtesy.contains(pair) || firstPair.contains(pair) }

  @inline(__always) static func pair(_ a: UInt16, _ b: UInt16) -> UInt32 { UInt32(a) << 16 | UInt32(b) }

  /// A small set of pairs with a bitmap in front, so that the common "no" costs one load.
  struct PairSet: Sendable {
    private var bits = [UInt64](repeating: 0, count: 1024)
    private var members: Set<UInt32> = []
    mutating func insert(_ key: UInt32) {
      let h = Self.hash(key)
      bits[h >> 6] |= 1 << UInt64(h & 63)
      members.insert(key)
    }
    @inline(__always) static func hash(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> 16) }
    @inline(__always) func contains(_ key: UInt32) -> Bool {
      let h = Self.hash(key)
      return bits[h >> 6] >> UInt64(h & 63) & 1 == 1 && members.contains(key)
    }
  }
}

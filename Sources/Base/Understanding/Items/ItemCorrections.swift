/// Corrected messages as nearest examples: a new message that shares most of its word pairs with one of them is
/// pulled towards the slug it was given.
struct ItemCorrections: Sendable {
  struct Neighbour {
    let slug: String
    /// 0...1, the similarity above the floor.
    let weight: Double
    let excerpt: String
  }
  private struct Example: Sendable {
    let correction: ItemCorrection
    let norm: Double
  }
  /// Below this cosine two complaints of one compound merely share their politeness.
  private static let floor = 0.22
  private static let units = 400

  private var examples: [Example] = []
  private var index: [UInt32: [Int32]] = [:]

  var list: [ItemCorrection] { examples.map(\.correction) }

  mutating func add(_ correction: ItemCorrection) {
    if let at = examples.firstIndex(where: { $0.correction.text == correction.text }) {
      examples[at] = Example(correction: correction, norm: examples[at].norm)
      return
    }
    let pairs = Self.pairs(FoldedText(correction.text))
    for pair in pairs { index[pair, default: []].append(Int32(examples.count)) }
    examples.append(Example(correction: correction, norm: Double(max(pairs.count, 1)).squareRoot()))
  }

  /// The nearest example of each slug, nearest first, at most three.
  func similar(to text: FoldedText) -> [Neighbour] {
    if examples.isEmpty { return [] }
    let pairs = Self.pairs(text)
    var shared: [Int32: Double] = [:]
    for pair in pairs {
      guard let owners = index[pair] else { continue }
      for owner in owners { shared[owner, default: 0] += 1 }
    }
    let norm = Double(max(pairs.count, 1)).squareRoot()
    var best: [String: (cosine: Double, text: String)] = [:]
    for (owner, count) in shared {
      let example = examples[Int(owner)]
      let cosine = count / (norm * example.norm)
      if cosine > max(Self.floor, best[example.correction.slug]?.cosine ?? 0) {
        best[example.correction.slug] = (cosine, example.correction.text)
      }
    }
    return best.sorted { ($0.value.cosine, $1.key) > ($1.value.cosine, $0.key) }.prefix(3).map { slug, found in
      Neighbour(slug: slug, weight: (found.cosine - Self.floor) / (1 - Self.floor), excerpt: String(found.text.prefix(24)))
    }
  }

  /// Pairs of neighbouring Chinese characters, each once; digits and punctuation say where, not what.
  private static func pairs(_ text: FoldedText) -> Set<UInt32> {
    var pairs: Set<UInt32> = []
    var last: UInt16?
    for unit in text.units.prefix(units) {
      guard FoldedText.isHan(unit) else {
        last = nil
        continue
      }
      if let last { pairs.insert(UInt32(last) << 16 | UInt32(unit)) }
      last = unit
    }
    return pairs
  }
}

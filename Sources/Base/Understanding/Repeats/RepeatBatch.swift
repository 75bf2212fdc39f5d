/// A report as the batch reads it.
public struct RepeatInput: Sendable {
  public let id: Int64
  /// Title and body, the title on the first line.
  public let text: String
  /// Milliseconds since 1970-01-01 UTC.
  public let at: Int64
  public init(id: Int64, text: String, at: Int64) {
    self.id = id
    self.text = text
    self.at = at
  }
}

/// Groups reports of the same problem in the same place, for lists and patterns: topics are gathered more freely than two
/// reports may be merged, so nothing is merged by it.
public enum RepeatBatch {
  /// A pair below this is not looked at again.
  static let edgeLeast: Float = 0.4
  static let edgesKept = 8
  /// Reports that the words are counted on; more tell nothing new.
  static let counted = 20_000

  /// The group of each input, in the order of the inputs; a group is named by its earliest report's id. The order in which
  /// inputs are given does not matter.
  public static func clusters(_ inputs: [RepeatInput]) -> [Int64] {
    let order = inputs.indices.sorted { (inputs[$0].at, inputs[$0].id) < (inputs[$1].at, inputs[$1].id) }
    let (store, edges) = link(inputs, order)
    let roots = RepeatGather.gathered(store, RepeatGroups.roots(store, edges), edges)
    var result = [Int64](repeating: 0, count: inputs.count)
    for (n, i) in order.enumerated() { result[i] = inputs[order[roots[n]]].id }
    return result
  }

  /// Every report's best matches among earlier ones.
  static func link(_ inputs: [RepeatInput], _ order: [Int]) -> (RepeatStore, [RepeatGroups.Edge]) {
    var reader = RepeatReader()
    var frequencies = RepeatFrequencies()
    var store = RepeatStore()
    for n in stride(from: 0, to: order.count, by: max(1, order.count / counted)) {
      reader.read(inputs[order[n]].text)
      frequencies.add(reader.keys)
      store.noteConcepts(reader.concepts)
    }
    store.renewConceptWeights(reports: frequencies.reports)
    var edges: [RepeatGroups.Edge] = []
    var best: [RepeatGroups.Edge] = []
    for (n, i) in order.enumerated() {
      reader.read(inputs[i].text)
      let sketch = reader.sketch(frequencies, counted: true)
      let card = store.card(sketch, id: inputs[i].id, at: inputs[i].at)
      let found = store.candidates(sketch, card)
      store.add(sketch, card)
      best.removeAll(keepingCapacity: true)
      for c in found {
        let s = store.score(Int(c), n)
        if s >= edgeLeast { best.append(RepeatGroups.Edge(a: c, b: Int32(n), score: s)) }
      }
      if best.count > edgesKept {
        best.sort { ($0.score, $0.a) > ($1.score, $1.a) }
        best.removeLast(best.count - edgesKept)
      }
      edges.append(contentsOf: best)
    }
    return (store, edges)
  }
}

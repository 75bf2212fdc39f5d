extension AddressGrader {
  /// - Returns: a grader of the examples. About half a minute for three thousand queries of five candidates.
  ///   Examples without a candidate are passed over; with no example at all everything is graded 不匹配.
  public static func train(_ examples: [GradedAddresses]) -> AddressGrader { train(examples, settings: BoostedTrees.Settings()) }

  static func train(_ examples: [GradedAddresses], settings: BoostedTrees.Settings) -> AddressGrader {
    let parsed = examples.filter { !$0.texts.isEmpty }.map { Parsed($0) }
    var rarity = AddressRarity()
    for example in parsed { ([example.query] + example.candidates).forEach { rarity.add($0.units) } }
    rarity.trim(below: 2)
    let tables = parsed.map { AddressTable.rows($0.query, $0.candidates, rarity: rarity) }
    let trees = fit(tables, parsed, settings) { _ in true }
    return AddressGrader(rarity: rarity, trees: trees, leaning: leaning(tables, parsed, settings))
  }

  private struct Parsed {
    var query: AddressParts
    var candidates: [AddressParts]
    var labels: [Int]
    init(_ example: GradedAddresses) {
      query = AddressParts(example.query)
      candidates = example.texts.map(AddressParts.init)
      labels = example.labels.map { AddressMatch.allCases.firstIndex(of: $0) ?? 0 }
    }
  }

  private static func fit(_ tables: [[[Float]]], _ parsed: [Parsed], _ settings: BoostedTrees.Settings, keep: (Int) -> Bool) -> BoostedTrees
  {
    let kept = parsed.indices.filter(keep)
    var trees = BoostedTrees.train(
      kept.flatMap { tables[$0] }, labels: kept.flatMap { parsed[$0].labels }, classes: AddressMatch.allCases.count, settings: settings)
    if trees.columns == 0 { trees.columns = AddressTable.width }
    return trees
  }

  /// Looks for the leaning with the best macro-F1 on chances given by trees that had not seen the query.
  private static func leaning(_ tables: [[[Float]]], _ parsed: [Parsed], _ settings: BoostedTrees.Settings) -> [Float] {
    let folds = 3
    guard parsed.count >= 60 else { return [1, 1, 1] }
    var chances: [[Float]] = []
    var labels: [Int] = []
    for fold in 0..<folds {
      let trees = fit(tables, parsed, settings) { $0 % folds != fold }
      for index in parsed.indices where index % folds == fold {
        chances += tables[index].map(trees.chances)
        labels += parsed[index].labels
      }
    }
    var tried: [(score: Float, leaning: [Float])] = []
    for part in stride(from: Float(0.7), through: 1.7, by: 0.1) {
      for full in stride(from: Float(1), through: 3, by: 0.2) { tried.append((macro(chances, labels, [1, part, full]), [1, part, full])) }
    }
    // The peak itself is partly chance; the middle of the plateau around it holds better on other queries.
    let peak = tried.map(\.score).max() ?? 0
    let plateau = tried.filter { $0.score >= peak - 0.003 }.map(\.leaning)
    return leaningMean(plateau)
  }

  private static func leaningMean(_ leanings: [[Float]]) -> [Float] {
    guard let first = leanings.first else { return [1, 1, 1] }
    return first.indices.map { place in leanings.reduce(0) { $0 + $1[place] } / Float(leanings.count) }
  }

  private static func macro(_ chances: [[Float]], _ labels: [Int], _ leaning: [Float]) -> Float {
    var right = [Float](repeating: 0, count: leaning.count)
    var given = right
    var held = right
    for (row, label) in zip(chances, labels) {
      let leaned = lean(row, leaning)
      let chosen = leaned.indices.max { leaned[$0] < leaned[$1] } ?? 0
      given[chosen] += 1
      held[label] += 1
      if chosen == label { right[label] += 1 }
    }
    return leaning.indices.reduce(0) { $0 + 2 * right[$1] / max(given[$1] + held[$1], 1) } / Float(leaning.count)
  }
}

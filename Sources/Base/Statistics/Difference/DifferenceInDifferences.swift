/// Did complaints fall where something was done, more than they fell elsewhere?
///
/// The outcome is complaints for a thousand households in a period. The change is the coefficient of treated × after in a weighted least
/// squares of 1, treated, after and treated × after, with errors clustered by compound.
public enum DifferenceInDifferences {
  public static func run(_ places: [PanelPlace], _ options: DifferenceOptions) throws(DifferenceProblem) -> DifferenceResult {
    try check(places, options)
    let periods = places[0].cases.count
    let end = options.end ?? periods
    let treated = places.indices.filter { places[$0].treated }
    let controls = places.indices.filter { !places[$0].treated }
    var result = DifferenceResult(weights: Array(repeating: 0, count: places.count), unmatched: [], verdict: .noEvidence)
    var reasons: [DifferenceVerdict.Reason] = []
    if options.start >= end { reasons.append(.datesReversed) }
    if options.start < options.fewestBefore { reasons.append(.tooFewBefore(max(0, options.start), needed: options.fewestBefore)) }
    if options.start >= periods { reasons.append(.nothingAfter) }
    if treated.count < options.fewestTreated { reasons.append(.tooFewTreated(treated.count, needed: options.fewestTreated)) }
    if options.start >= 1, options.start < min(end, periods), !treated.isEmpty, !controls.isEmpty {
      let panel = Panel(places: places, before: 0..<options.start, after: options.start..<min(end, periods), options: options)
      panel.reckon(treated, controls, &result)
      let used = controls.count { result.weights[$0] > 0 }
      if used < options.fewestControls { reasons.append(.tooFewControls(used, needed: options.fewestControls)) }
      if result.unmatched.count * 2 > treated.count { reasons.append(.unmatched(result.unmatched.count, of: treated.count)) }
      let counted = places.indices.reduce(0) { $0 + (result.weights[$1] > 0 ? places[$1].cases.prefix(min(end, periods)).reduce(0, +) : 0) }
      if counted < options.fewestCases { reasons.append(.tooFewCases(counted, needed: options.fewestCases)) }
      // Two looks at one question: each may err half as often.
      if [result.trend, result.fakeDate].contains(where: { ($0?.p ?? 1) < 0.025 }) { reasons.append(.trendsDiffer) }
    } else if controls.count < options.fewestControls {
      reasons.append(.tooFewControls(controls.count, needed: options.fewestControls))
    }
    result.verdict = verdict(result, reasons)
    return result
  }

  private static func verdict(_ result: DifferenceResult, _ reasons: [DifferenceVerdict.Reason]) -> DifferenceVerdict {
    if !reasons.isEmpty { return .cannotSay(reasons) }
    guard let change = result.change, !change.interval.contains(0), (result.fakePlaces ?? 0) <= 0.1 else { return .noEvidence }
    return change.value < 0 ? .fell : .rose
  }

  private static func check(_ places: [PanelPlace], _ options: DifferenceOptions) throws(DifferenceProblem) {
    if places.isEmpty { throw .noPlaces }
    var seen: Set<String> = []
    for place in places {
      if !seen.insert(place.id).inserted { throw .sameID(place.id) }
      if !(place.households > 0 && place.households.isFinite) { throw .households(place: place.id) }
      if place.cases.count != places[0].cases.count || place.cases.isEmpty { throw .periods(place: place.id) }
      if let period = place.cases.firstIndex(where: { $0 < 0 }) { throw .negativeCases(place: place.id, period: period) }
    }
    if !(options.confidence > 0 && options.confidence < 1) { throw .option("置信度应大于 0、小于 1。") }
    if let matching = options.matching, matching.neighbours < 1 || !(matching.caliper > 0) {
      throw .option("每个治理小区至少配 1 个对照，卡尺应大于 0。")
    }
    if options.placebos < 0 || options.placebos > 99_999 { throw .option("安慰剂检验次数应在 0 至 99999 之间。") }
  }
}

/// Places over periods that were split in two.
private struct Panel {
  let places: [PanelPlace]
  let before: Range<Int>
  let after: Range<Int>
  let options: DifferenceOptions
  let matching: ControlMatching

  init(places: [PanelPlace], before: Range<Int>, after: Range<Int>, options: DifferenceOptions) {
    self.places = places
    self.before = before
    self.after = after
    self.options = options
    matching = ControlMatching(places, before: before.upperBound)
  }

  func rate(_ place: Int, _ period: Int) -> Double { Double(places[place].cases[period]) * 1000 / places[place].households }

  func reckon(_ treated: [Int], _ controls: [Int], _ result: inout DifferenceResult) {
    (result.weights, result.unmatched) = weights(treated, controls)
    let mine = treated.filter { result.weights[$0] > 0 }
    let others = controls.filter { result.weights[$0] > 0 }
    if mine.isEmpty || others.isEmpty { return }
    let weights = result.weights
    result.change = difference(mine, others, weights, before, after)
    result.treatedBefore = mean(mine, weights, before)
    result.treatedAfter = mean(mine, weights, after)
    result.controlBefore = mean(others, weights, before)
    result.controlAfter = mean(others, weights, after)
    let without = result.treatedBefore + result.controlAfter - result.controlBefore
    if let change = result.change, without > 0 { result.relative = change.value / without }
    if before.count >= 3 { result.trend = trend(mine, others, weights) }
    if before.count >= 4 {
      let middle = before.count / 2
      result.fakeDate = difference(mine, others, weights, 0..<middle, middle..<before.upperBound)
    }
    result.fakePlaces = fakePlaces(mine.count, controls, result.change)
  }

  /// A treated place weighs its households, or 1; so much is shared among the controls that are like it.
  private func weights(_ treated: [Int], _ controls: [Int]) -> ([Double], unmatched: [Int]) {
    var weights = Array(repeating: 0.0, count: places.count)
    var unmatched: [Int] = []
    func own(_ place: Int) -> Double { options.weighting == .households ? places[place].households : 1 }
    guard let rule = options.matching else {
      for place in treated + controls { weights[place] = own(place) }
      return (weights, [])
    }
    for place in treated {
      let near = matching.controls(for: place, among: controls, rule)
      if near.isEmpty {
        unmatched.append(place)
        continue
      }
      weights[place] = own(place)
      for control in near { weights[control] += own(place) / Double(near.count) }
    }
    return (weights, unmatched)
  }

  private func mean(_ chosen: [Int], _ weights: [Double], _ span: Range<Int>) -> Double {
    let whole = chosen.reduce(0) { $0 + weights[$1] } * Double(span.count)
    return chosen.reduce(0) { sum, place in sum + span.reduce(0) { $0 + weights[place] * rate(place, $1) } } / whole
  }

  private func difference(
    _ treated: [Int], _ controls: [Int], _ weights: [Double], _ before: Range<Int>, _ after: Range<Int>
  ) -> Estimate? {
    var fit = ClusteredRegression(width: 4)
    for (group, chosen) in [(1.0, treated), (0.0, controls)] {
      for place in chosen {
        for (late, span) in [(0.0, before), (1.0, after)] {
          for period in span { fit.add([1, group, late, group * late], rate(place, period), weight: weights[place], cluster: place) }
        }
      }
    }
    return fit.estimate(3, confidence: options.confidence)
  }

  private func trend(_ treated: [Int], _ controls: [Int], _ weights: [Double]) -> Estimate? {
    var fit = ClusteredRegression(width: 4)
    let middle = Double(before.count - 1) / 2
    for (group, chosen) in [(1.0, treated), (0.0, controls)] {
      for place in chosen {
        for period in before {
          let at = Double(period) - middle
          fit.add([1, group, at, group * at], rate(place, period), weight: weights[place], cluster: place)
        }
      }
    }
    return fit.estimate(3, confidence: options.confidence)
  }

  /// How often controls that are called treated show a change at least as large.
  private func fakePlaces(_ count: Int, _ controls: [Int], _ change: Estimate?) -> Double? {
    guard let change, options.placebos > 0, controls.count >= 2 * count + 1, controls.count >= 10 else { return nil }
    var random = SeededRandom(seed: options.seed)
    var larger = 0
    var made = 0
    for _ in 0..<options.placebos {
      var pool = controls
      for i in 0..<count { pool.swapAt(i, i + random.below(pool.count - i)) }
      let fake = pool.prefix(count).sorted()
      let rest = pool.dropFirst(count).sorted()
      let (weights, _) = weights(fake, rest)
      let mine = fake.filter { weights[$0] > 0 }
      let others = rest.filter { weights[$0] > 0 }
      if mine.isEmpty || others.isEmpty { continue }
      let shift = mean(mine, weights, after) - mean(mine, weights, before) - mean(others, weights, after) + mean(others, weights, before)
      made += 1
      if abs(shift) >= abs(change.value) - 1e-12 { larger += 1 }
    }
    return made * 2 < options.placebos ? nil : Double(larger + 1) / Double(made + 1)
  }
}

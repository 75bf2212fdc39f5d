#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

extension TextClassifier {
  /// - Returns: a classifier of the labels among `examples`. About a second for two thousand messages.
  ///   When the same text comes twice, the later label holds: add corrections at the end and train again.
  public static func train(_ examples: [LabelledText]) -> TextClassifier {
    let kept = latest(examples).filter { !$0.label.isEmpty && $0.weight > 0 }
    let texts = kept.map { ClassReading.units($0.text) }
    return fitted(kept, texts, sharpness: sharpness(kept, texts))
  }

  public static func train(_ examples: [(text: String, label: String)]) -> TextClassifier {
    train(examples.map { LabelledText(text: $0.text, label: $0.label) })
  }

  private static func latest(_ examples: [LabelledText]) -> [LabelledText] {
    var last: [String: Int] = [:]
    for (index, example) in examples.enumerated() { last[example.text] = index }
    return examples.enumerated().filter { last[$0.element.text] == $0.offset }.map(\.element)
  }

  /// Fits on four fifths, then looks for the sharpness under which the remaining fifth was least surprising.
  private static func sharpness(_ examples: [LabelledText], _ texts: [[UInt16]]) -> Float {
    let usual: Float = 1.5
    guard examples.count >= 100 else { return usual }
    let held = examples.indices.filter { $0 % 5 == 4 }
    let rest = examples.indices.filter { $0 % 5 != 4 }
    let model = fitted(rest.map { examples[$0] }, rest.map { texts[$0] }, sharpness: 1)
    let places = Dictionary(uniqueKeysWithValues: model.labels.enumerated().map { ($1, $0) })
    let margins: [(values: [Float], right: Int)] = held.compactMap { index in
      guard let right = places[examples[index].label] else { return nil }
      return (texts[index].withUnsafeBufferPointer { model.margins($0) }, right)
    }
    func surprise(_ sharpness: Float) -> Float {
      margins.reduce(0) { sum, entry in
        let top = entry.values.max() ?? 0
        let total = entry.values.reduce(Float(0)) { $0 + exp(($1 - top) * sharpness) }
        return sum + log(total) - (entry.values[entry.right] - top) * sharpness
      }
    }
    let candidates = (1...40).map { Float($0) * 0.15 }
    return candidates.min { surprise($0) < surprise($1) } ?? usual
  }

  static func fitted(_ examples: [LabelledText], _ texts: [[UInt16]], sharpness: Float) -> TextClassifier {
    let labels = Set(examples.map(\.label)).sorted()
    let features = ClassFeatures(reading: texts, minimum: examples.count >= 500 ? 4 : examples.count >= 50 ? 2 : 1)
    let width = features.columnCount
    let rows = SparseRows(texts.map(features.row), width: width)
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    let classes = examples.map { places[$0.label] ?? 0 }
    let stride = stride(labels.count)
    var weights = [Float](repeating: 0, count: width * stride)
    var intercepts = [Float](repeating: 0, count: labels.count)
    let sums = columnSums(rows, classes: classes, labels: labels.count)

    for label in labels.indices {
      let positive = classes.map { $0 == label }
      let costs = balanced(positive, examples.map(\.weight))
      let plain = LinearTraining.plane(rows, positive: positive, costs: costs)
      add(plain, scale: nil, at: label, stride, &weights, &intercepts)
      let ratios = countRatios(sums, label: label, width: width)
      let scaled = rows.scaled(by: ratios)
      let telling = LinearTraining.plane(scaled, positive: positive, costs: costs)
      add(telling, scale: ratios, at: label, stride, &weights, &intercepts)
    }
    return TextClassifier(labels: labels, features: features, weights: weights, intercepts: intercepts, sharpness: sharpness)
  }

  private static func add(
    _ plane: Plane, scale: [Float]?, at label: Int, _ stride: Int, _ weights: inout [Float], _ intercepts: inout [Float]
  ) {
    for column in plane.weights.indices {
      weights[column * stride + label] += plane.weights[column] * (scale?[column] ?? 1)
    }
    intercepts[label] += plane.intercept
  }

  /// Rare classes must not be drowned: both sides of a plane weigh the same in all.
  private static func balanced(_ positive: [Bool], _ weights: [Float]) -> [Float] {
    var inside: Float = 0
    var outside: Float = 0
    for (index, weight) in weights.enumerated() { if positive[index] { inside += weight } else { outside += weight } }
    let half = (inside + outside) / 2
    return weights.indices.map { weights[$0] * half / max(positive[$0] ? inside : outside, 1e-6) }
  }

  /// Sum of every column within each class.
  private static func columnSums(_ rows: SparseRows, classes: [Int], labels: Int) -> [[Float]] {
    var sums = [[Float]](repeating: [Float](repeating: 0, count: rows.width), count: labels)
    for index in 0..<rows.count {
      for at in rows.row(index) { sums[classes[index]][Int(rows.columns[at])] += rows.values[at] }
    }
    return sums
  }

  /// Log of how much more of its weight the class puts on a column than the others do, brought to mean size 1.
  private static func countRatios(_ sums: [[Float]], label: Int, width: Int) -> [Float] {
    let smoothing: Float = 0.1
    var others = [Float](repeating: smoothing, count: width)
    for (index, sum) in sums.enumerated() where index != label {
      for column in 0..<width { others[column] += sum[column] }
    }
    let own = sums[label].map { $0 + smoothing }
    let shift = log(others.reduce(0, +)) - log(own.reduce(0, +))
    let ratios = (0..<width).map { log(own[$0] / others[$0]) + shift }
    let size = ratios.reduce(0) { $0 + abs($1) } / Float(max(width, 1))
    return size > 0 ? ratios.map { $0 / size } : ratios.map { _ in 1 }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// A text somebody has put into a class.
public struct LabelledText: Hashable, Sendable {
  public var text: String
  public var label: String
  /// How much an error on this text costs beside the others, > 0. An officer's correction may be given more than 1.
  public var weight: Float
  public init(text: String, label: String, weight: Float = 1) {
    self.text = text
    self.label = label
    self.weight = weight
  }
}

/// A class a text may belong to. `score` is an estimate of the chance that it is right, 0...1; over all classes they sum to 1.
public struct ClassGuess: Hashable, Sendable {
  public var label: String
  public var score: Float
  public init(label: String, score: Float) {
    self.label = label
    self.score = score
  }
}

/// Puts citizens' messages into the classes an office has shown it. A linear model over characters and pairs of characters:
/// the mean of a support vector machine and one over log-count ratios (Wang & Manning, "Baselines and Bigrams", ACL 2012).
/// It is a value: the same examples in the same order give the same classifier, to the bit.
public struct TextClassifier: Sendable {
  /// Ascending; the order of scores inside.
  public let labels: [String]
  let features: ClassFeatures
  /// `stride` floats for every column, one per class and zeros to fill up.
  let weights: [Float]
  let intercepts: [Float]
  /// Multiplies margins before they become chances; fitted on examples held out of a first training.
  let sharpness: Float

  static func stride(_ classes: Int) -> Int { (classes + 7) / 8 * 8 }

  init(labels: [String], features: ClassFeatures, weights: [Float], intercepts: [Float], sharpness: Float) {
    self.labels = labels
    self.features = features
    self.weights = weights
    self.intercepts = intercepts
    self.sharpness = sharpness
  }

  /// All classes, most likely first. A text without a single known piece gets the classes by their intercepts, which
  /// is to say by how common they are. Empty when the classifier was trained on nothing.
  public func classify(_ text: String) -> [ClassGuess] {
    chances(text).enumerated().map { ClassGuess(label: labels[$0.offset], score: $0.element) }
      .sorted { ($0.score, $1.label) > ($1.score, $0.label) }
  }

  /// The most likely class; nil when trained on nothing. The quick way through many texts.
  public func best(_ text: String) -> ClassGuess? {
    let chances = chances(text)
    guard let best = chances.indices.max(by: { chances[$0] < chances[$1] }) else { return nil }
    return ClassGuess(label: labels[best], score: chances[best])
  }

  private func chances(_ text: String) -> [Float] {
    var margins = margins(text)
    guard let top = margins.max() else { return [] }
    var sum: Float = 0
    for index in margins.indices {
      margins[index] = exp((margins[index] - top) * sharpness)
      sum += margins[index]
    }
    for index in margins.indices { margins[index] /= sum }
    return margins
  }

  func margins(_ text: String) -> [Float] {
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: ClassReading.limit) { buffer in
      margins(UnsafeBufferPointer(rebasing: buffer.prefix(ClassReading.fill(buffer, from: text))))
    }
  }

  func margins(_ units: UnsafeBufferPointer<UInt16>) -> [Float] {
    let blocks = TextClassifier.stride(labels.count) / 8
    return weights.withUnsafeBytes { raw in
      let table = raw.bindMemory(to: SIMD8<Float>.self)
      return withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: max(blocks, 1)) { sums in
        sums.initialize(repeating: .zero)
        features.eachHalf(units) { half, pieces in
          let base = half * features.vocabulary.count
          for piece in pieces {
            let row = (base + Int(piece.number)) * blocks
            for block in 0..<blocks { sums[block] += table[row + block] * piece.weight }
          }
        }
        return intercepts.indices.map { intercepts[$0] + sums[$0 / 8][$0 % 8] }
      }
    }
  }
}

/// Sparse rows laid end to end, each with a constant column for the intercept kept apart.
struct SparseRows: Sendable {
  var starts: [Int] = [0]
  var columns: [Int32] = []
  var values: [Float] = []
  var width: Int

  init(width: Int) { self.width = width }
  init(_ rows: [ClassRow], width: Int) {
    self.width = width
    for row in rows {
      columns += row.columns
      values += row.values
      starts.append(columns.count)
    }
  }
  var count: Int { starts.count - 1 }

  /// The same rows with every column multiplied by its scale.
  func scaled(by scale: [Float]) -> SparseRows {
    var copy = self
    for index in copy.values.indices { copy.values[index] *= scale[Int(copy.columns[index])] }
    return copy
  }
  func row(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }
}

/// A separating plane.
struct Plane: Sendable {
  var weights: [Float]
  var intercept: Float

  func value(_ rows: SparseRows, _ index: Int) -> Float {
    var sum = intercept
    for at in rows.row(index) { sum += weights[Int(rows.columns[at])] * rows.values[at] }
    return sum
  }
}

/// Linear support vector machine with squared hinge loss, by dual coordinate descent
/// (Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008).
/// The order of visits comes from a fixed generator: the same rows give the same plane.
enum LinearTraining {
  /// - Parameters:
  ///   - positive: which rows belong to the class.
  ///   - costs: price of an error on each row, > 0.
  static func plane(_ rows: SparseRows, positive: [Bool], costs: [Float], rounds: Int = 60, tolerance: Float = 0.01) -> Plane {
    var learnt = [Float](repeating: 0, count: rows.width)
    var intercept: Float = 0
    var alpha = [Float](repeating: 0, count: rows.count)
    let squares = (0..<rows.count).map { index in rows.row(index).reduce(Float(1)) { $0 + rows.values[$1] * rows.values[$1] } }
    var order = Array(0..<rows.count)
    var generator = SplitMix(state: 0x4C4F_4E47)
    learnt.withUnsafeMutableBufferPointer { weights in
      rows.columns.withUnsafeBufferPointer { columns in
        rows.values.withUnsafeBufferPointer { values in
          for _ in 0..<rounds {
            generator.shuffle(&order)
            var worst: Float = 0
            for index in order {
              let sign: Float = positive[index] ? 1 : -1
              let soft = 0.5 / costs[index]
              let range = rows.starts[index]..<rows.starts[index + 1]
              var product = intercept
              for at in range { product += weights[Int(columns[at])] * values[at] }
              let gradient = sign * product - 1 + soft * alpha[index]
              if alpha[index] == 0, gradient >= 0 { continue }
              worst = max(worst, abs(gradient))
              let before = alpha[index]
              alpha[index] = max(0, before - gradient / (squares[index] + soft))
              let step = (alpha[index] - before) * sign
              if step == 0 { continue }
              intercept += step
              for at in range { weights[Int(columns[at])] += step * values[at] }
            }
            if worst < tolerance { break }
          }
        }
      }
    }
    return Plane(weights: learnt, intercept: intercept)
  }
}

/// A small generator with a fixed seed, so that training repeats to the bit (Steele et al., "Fast splittable pseudorandom
/// number generators", OOPSLA 2014).
struct SplitMix: Sendable {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  mutating func shuffle<T>(_ values: inout [T]) {
    guard values.count > 1 else { return }
    for index in stride(from: values.count - 1, to: 0, by: -1) { values.swapAt(index, below(index + 1)) }
  }
}

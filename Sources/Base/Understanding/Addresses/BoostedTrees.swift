#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// A decision tree laid flat: a node sends a row left when its value is at most the threshold. Leaves have feature -1.
struct FlatTree: Hashable, Sendable, Codable {
  var feature: [Int32] = []
  var threshold: [Float] = []
  var left: [Int32] = []
  var right: [Int32] = []
  var value: [Float] = []

  func callAsFunction(_ row: [Float]) -> Float {
    var node = 0
    while feature[node] >= 0 { node = Int(row[Int(feature[node])] <= threshold[node] ? left[node] : right[node]) }
    return value[node]
  }

  /// Whether every walk ends inside the tree; a stored tree is checked before it is used.
  func isSound(columns: Int) -> Bool {
    let count = feature.count
    guard count > 0, [threshold.count, left.count, right.count, value.count].allSatisfy({ $0 == count }) else { return false }
    return feature.indices.allSatisfy { node in
      feature[node] < 0 || (feature[node] < columns && left[node] > node && right[node] > node && left[node] < count && right[node] < count)
    }
  }
}

/// Gradient-boosted trees for several classes with softmax loss (Friedman, "Greedy Function Approximation", 2001), grown
/// leaf by leaf over histograms as Ke et al. do ("LightGBM", NIPS 2017). Same rows, same trees.
struct BoostedTrees: Hashable, Sendable, Codable {
  struct Settings: Sendable {
    var rounds = 250
    var rate: Float = 0.05
    var leaves = 24
    /// Least number of rows in a leaf.
    var least = 20
    /// Share of columns each tree may look at.
    var columns: Float = 0.3
    /// Share of rows each round looks at.
    var rows: Float = 0.8
    /// Ridge on leaf values.
    var ridge: Float = 2
    var seed: UInt64 = 1
  }

  var classes: Int
  var columns: Int
  var base: [Float]
  /// Round by round, one tree per class.
  var trees: [FlatTree] = []

  /// Chances of the classes for a row, which sum to 1.
  func chances(_ row: [Float]) -> [Float] {
    var margins = base
    for (index, tree) in trees.enumerated() { margins[index % classes] += tree(row) }
    return BoostedTrees.softmax(margins)
  }

  static func softmax(_ margins: [Float]) -> [Float] {
    let top = margins.max() ?? 0
    let powers = margins.map { exp($0 - top) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  var isSound: Bool {
    classes > 0 && base.count == classes && trees.count % classes == 0 && trees.allSatisfy { $0.isSound(columns: columns) }
  }
}

/// Columns cut into at most 64 bins by their quantiles, so that a split is found by counting.
struct BinnedColumns: Sendable {
  let rows: Int
  /// Column by column.
  var bins: [UInt8]
  /// Upper edges of all bins but the last, per column.
  var edges: [[Float]]

  init(_ table: [[Float]]) {
    rows = table.count
    let columns = table.first?.count ?? 0
    bins = [UInt8](repeating: 0, count: rows * columns)
    edges = []
    for column in 0..<columns {
      let values = table.map { $0[column] }
      let cuts = BinnedColumns.cuts(values.sorted())
      edges.append(cuts)
      for (row, value) in values.enumerated() {
        var low = 0
        var high = cuts.count
        while low < high {
          let middle = (low + high) / 2
          if value <= cuts[middle] { high = middle } else { low = middle + 1 }
        }
        bins[column * rows + row] = UInt8(low)
      }
    }
  }

  static let most = 64
  private static func cuts(_ sorted: [Float]) -> [Float] {
    var distinct: [Float] = []
    for value in sorted where distinct.last != value { distinct.append(value) }
    if distinct.count <= most { return zip(distinct, distinct.dropFirst()).map { ($0 + $1) / 2 } }
    var cuts: [Float] = []
    for part in 1..<most {
      let place = sorted.count * part / most
      let cut = sorted[place]
      if cuts.last != cut, cut != sorted[sorted.count - 1] { cuts.append(cut) }
    }
    return cuts
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

extension BoostedTrees {
  /// - Parameters:
  ///   - table: rows of equal length.
  ///   - labels: the class of each row, 0..<classes.
  static func train(_ table: [[Float]], labels: [Int], classes: Int, settings: Settings = Settings()) -> BoostedTrees {
    let columns = table.first?.count ?? 0
    var model = BoostedTrees(classes: classes, columns: columns, base: prior(labels, classes))
    guard !table.isEmpty, columns > 0 else { return model }
    let binned = BinnedColumns(table)
    var generator = SplitMix(state: settings.seed)
    var margins = [Float](repeating: 0, count: table.count * classes)
    for row in 0..<table.count { for label in 0..<classes { margins[row * classes + label] = model.base[label] } }
    var grower = TreeGrower(binned: binned, settings: settings)
    var slopes = [SIMD2<Float>](repeating: .zero, count: table.count)
    var order = Array(0..<Int32(table.count))
    var picked = Array(0..<columns)
    let curvature = Float(classes) / Float(max(classes - 1, 1))
    for _ in 0..<settings.rounds {
      generator.shuffle(&order)
      let sample = order.prefix(max(1, Int(Float(table.count) * settings.rows))).sorted()
      let chances = chances(margins, classes)
      for label in 0..<classes {
        for row in 0..<table.count {
          let chance = chances[row * classes + label]
          slopes[row] = [chance - (labels[row] == label ? 1 : 0), max(chance * (1 - chance), 1e-6) * curvature]
        }
        generator.shuffle(&picked)
        let looked = picked.prefix(max(1, Int(Float(columns) * settings.columns))).sorted()
        let tree = grower.grow(sample, columns: looked, slopes: slopes)
        for row in 0..<table.count { margins[row * classes + label] += tree(table[row]) }
        model.trees.append(tree)
      }
    }
    return model
  }

  /// Softmax of each row's margins, in one sweep.
  private static func chances(_ margins: [Float], _ classes: Int) -> [Float] {
    var chances = margins
    for start in stride(from: 0, to: margins.count, by: classes) {
      var top = margins[start]
      for at in start..<start + classes { top = max(top, margins[at]) }
      var sum: Float = 0
      for at in start..<start + classes {
        chances[at] = exp(margins[at] - top)
        sum += chances[at]
      }
      for at in start..<start + classes { chances[at] /= sum }
    }
    return chances
  }

  private static func prior(_ labels: [Int], _ classes: Int) -> [Float] {
    var counts = [Float](repeating: 1, count: classes)
    for label in labels { counts[label] += 1 }
    return counts.map { log($0 / Float(labels.count + classes)) }
  }
}

/// Grows one tree at a time, always splitting the leaf that gains most.
struct TreeGrower {
  let binned: BinnedColumns
  let settings: BoostedTrees.Settings

  private struct Leaf {
    var node: Int
    var rows: [Int32]
    /// Sums of slope, curvature per bin, for each column looked at; count goes beside.
    var sums: [SIMD2<Float>]
    var counts: [Int32]
    var total: SIMD2<Float>
    var split: Split?
  }
  private struct Split {
    var gain: Float
    var column: Int
    var bin: Int
  }

  mutating func grow(_ sample: [Int32], columns: [Int], slopes: [SIMD2<Float>]) -> FlatTree {
    var tree = FlatTree()
    func add(_ total: SIMD2<Float>) -> Int {
      tree.feature.append(-1)
      tree.threshold.append(0)
      tree.left.append(0)
      tree.right.append(0)
      tree.value.append(-total[0] / (total[1] + settings.ridge) * settings.rate)
      return tree.feature.count - 1
    }
    let total = sample.reduce(SIMD2<Float>.zero) { $0 + slopes[Int($1)] }
    var (sums, counts) = histogram(sample, columns, slopes)
    var leaves = [Leaf(node: add(total), rows: sample, sums: sums, counts: counts, total: total)]
    leaves[0].split = best(leaves[0], columns)
    while leaves.count < settings.leaves {
      guard let chosen = leaves.indices.filter({ leaves[$0].split != nil }).max(by: { gain(leaves[$0]) < gain(leaves[$1]) }),
        let split = leaves[chosen].split
      else { break }
      let leaf = leaves[chosen]
      let column = columns[split.column]
      let offset = column * binned.rows
      let goesLeft: (Int32) -> Bool = { [binned] in Int(binned.bins[offset + Int($0)]) <= split.bin }
      let leftRows = leaf.rows.filter(goesLeft)
      let rightRows = leaf.rows.filter { !goesLeft($0) }
      let leftTotal = leftRows.reduce(SIMD2<Float>.zero) { $0 + slopes[Int($1)] }
      let rightTotal = leaf.total - leftTotal
      tree.feature[leaf.node] = Int32(column)
      tree.threshold[leaf.node] = binned.edges[column][split.bin]
      let leftNode = add(leftTotal)
      let rightNode = add(rightTotal)
      tree.left[leaf.node] = Int32(leftNode)
      tree.right[leaf.node] = Int32(rightNode)
      // Only the smaller side is counted; the other is what remains of the parent.
      let leftSmaller = leftRows.count <= rightRows.count
      (sums, counts) = histogram(leftSmaller ? leftRows : rightRows, columns, slopes)
      var rest = leaf.sums
      var restCounts = leaf.counts
      for index in rest.indices {
        rest[index] -= sums[index]
        restCounts[index] -= counts[index]
      }
      var one = Leaf(
        node: leftNode, rows: leftRows, sums: leftSmaller ? sums : rest, counts: leftSmaller ? counts : restCounts, total: leftTotal)
      var two = Leaf(
        node: rightNode, rows: rightRows, sums: leftSmaller ? rest : sums, counts: leftSmaller ? restCounts : counts, total: rightTotal)
      one.split = best(one, columns)
      two.split = best(two, columns)
      leaves[chosen] = one
      leaves.append(two)
    }
    return tree
  }

  private func gain(_ leaf: Leaf) -> Float { leaf.split?.gain ?? 0 }

  private func histogram(_ rows: [Int32], _ columns: [Int], _ slopes: [SIMD2<Float>]) -> ([SIMD2<Float>], [Int32]) {
    var sums = [SIMD2<Float>](repeating: .zero, count: columns.count * BinnedColumns.most)
    var counts = [Int32](repeating: 0, count: columns.count * BinnedColumns.most)
    sums.withUnsafeMutableBufferPointer { sums in
      counts.withUnsafeMutableBufferPointer { counts in
        binned.bins.withUnsafeBufferPointer { bins in
          slopes.withUnsafeBufferPointer { slopes in
            for (place, column) in columns.enumerated() {
              let base = place * BinnedColumns.most
              let offset = column * binned.rows
              for row in rows {
                let bin = base + Int(bins[offset + Int(row)])
                sums[bin] += slopes[Int(row)]
                counts[bin] += 1
              }
            }
          }
        }
      }
    }
    return (sums, counts)
  }

  private func best(_ leaf: Leaf, _ columns: [Int]) -> Split? {
    guard leaf.rows.count >= 2 * settings.least else { return nil }
    let ridge = settings.ridge
    func worth(_ sums: SIMD2<Float>) -> Float { sums[0] * sums[0] / (sums[1] + ridge) }
    let before = worth(leaf.total)
    var best: Split?
    for (place, column) in columns.enumerated() {
      var left = SIMD2<Float>.zero
      var count = 0
      for bin in 0..<binned.edges[column].count {
        left += leaf.sums[place * BinnedColumns.most + bin]
        count += Int(leaf.counts[place * BinnedColumns.most + bin])
        if count < settings.least { continue }
        if leaf.rows.count - count < settings.least { break }
        let gain = worth(left) + worth(leaf.total - left) - before
        if gain > 1e-4, gain > best?.gain ?? 0 { best = Split(gain: gain, column: place, bin: bin) }
      }
    }
    return best
  }
}

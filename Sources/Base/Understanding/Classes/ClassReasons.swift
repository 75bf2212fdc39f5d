extension TextClassifier {
  /// The words of the text that spoke most for `label` against the other classes, strongest first, at most `limit`.
  /// Neighbouring characters that speak for it together are joined, so that a person reads words, not pairs.
  /// Empty when nothing in the text speaks for the label, or the label is unknown.
  public func explain(_ text: String, _ label: String, limit: Int = 5) -> [String] {
    guard let place = labels.firstIndex(of: label), labels.count > 1 else { return [] }
    let units = ClassReading.units(text)
    let pull = pulls(units, towards: place)
    guard let strongest = pull.values.max(), strongest > 0 else { return [] }

    func pair(_ at: Int) -> Float {
      guard at + 1 < units.count, TextClassifier.isWord(units[at]), TextClassifier.isWord(units[at + 1]) else { return 0 }
      return pull[UInt32(units[at]) << 16 | UInt32(units[at + 1])] ?? 0
    }
    var found: [String: Float] = [:]
    var start = 0
    while start + 1 < units.count {
      var end = start
      var sum: Float = 0
      while end - start < 7, pair(end) >= strongest * 0.2 {
        sum += pair(end)
        end += 1
      }
      if end > start { found[String(decoding: units[start...end], as: UTF16.self)] = sum }
      start = max(end, start + 1)
    }
    return Array(found.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(limit).map(\.key))
  }

  private static func isWord(_ unit: UInt16) -> Bool { FoldedText.isHan(unit) || FoldedText.isDigit(unit) || FoldedText.isLetter(unit) }

  /// What each pair of characters adds to the margin of a class, beyond what it adds to the others in the mean.
  private func pulls(_ units: [UInt16], towards place: Int) -> [UInt32: Float] {
    let stride = TextClassifier.stride(labels.count)
    var pulls: [UInt32: Float] = [:]
    units.withUnsafeBufferPointer { units in
      features.eachHalf(units) { half, pieces in
        for piece in pieces {
          let key = features.vocabulary.keys[Int(piece.number)]
          guard key >> 16 != 0 else { continue }
          let base = (half * features.vocabulary.count + Int(piece.number)) * stride
          let row = weights[base..<base + labels.count]
          let own = weights[base + place]
          let others = (row.reduce(0, +) - own) / Float(labels.count - 1)
          pulls[key, default: 0] += (own - others) * piece.weight
        }
      }
    }
    return pulls
  }
}

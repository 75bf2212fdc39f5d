#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// One text as a sparse row. The first `vocabulary.count` columns are the pieces of the whole text, the next as many the
/// pieces of its opening; the first half has length one, the second `ClassReading.openingShare`.
struct ClassRow: Sendable {
  var columns: [Int32] = []
  var values: [Float] = []
}

/// Turns texts into rows: weight of a piece = (1 + ln times seen) × rarity, after Sparck Jones (1972) and Salton & Buckley (1988).
struct ClassFeatures: Sendable {
  let vocabulary: GramVocabulary
  /// ln((1 + texts) / (1 + texts with the piece)) + 1, by number of the piece.
  let rarity: [Float]

  /// `minimum`: pieces seen in fewer texts are names and slips, and are left out.
  init(reading texts: [[UInt16]], minimum: Int) {
    var seen: [UInt32: (texts: Int32, last: Int32)] = [:]
    for (index, units) in texts.enumerated() {
      let number = Int32(index + 1)
      func note(_ key: UInt32) {
        var entry = seen[key] ?? (0, 0)
        if entry.last != number { entry = (entry.texts + 1, number) }
        seen[key] = entry
      }
      var previous: UInt32 = 0
      for unit in units {
        note(UInt32(unit))
        if previous != 0 { note(previous << 16 | UInt32(unit)) }
        previous = UInt32(unit)
      }
    }
    let keys = seen.filter { $0.value.texts >= minimum }.keys.sorted()
    vocabulary = GramVocabulary(ascending: keys)
    let all = Float(texts.count)
    rarity = keys.map { log((1 + all) / (1 + Float(seen[$0]?.texts ?? 0))) + 1 }
  }

  init(vocabulary: GramVocabulary, rarity: [Float]) {
    self.vocabulary = vocabulary
    self.rarity = rarity
  }

  var columnCount: Int { vocabulary.count * 2 }

  func row(_ units: [UInt16]) -> ClassRow {
    var row = ClassRow()
    units.withUnsafeBufferPointer { units in
      eachHalf(units) { half, pieces in
        for piece in pieces {
          row.columns.append(piece.number + Int32(half * vocabulary.count))
          row.values.append(piece.weight)
        }
      }
    }
    return row
  }

  struct Piece {
    var number: Int32
    var weight: Float
  }

  /// Calls `body` with the pieces of the whole text (0) and of its opening (1), weighted to the length of their half.
  @inline(__always)
  func eachHalf(_ units: UnsafeBufferPointer<UInt16>, _ body: (Int, UnsafeMutableBufferPointer<Piece>) -> Void) {
    guard !units.isEmpty else { return }
    var bits: UInt64 = 4
    while (1 << bits) < units.count * 4 { bits += 1 }
    let opening = UnsafeBufferPointer(rebasing: units.prefix(ClassReading.opening))
    withUnsafeTemporaryAllocation(of: Piece.self, capacity: units.count * 2) { pieces in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1 << bits) { places in
        vocabulary.withLookup { lookup in
          rarity.withUnsafeBufferPointer { rarity in
            for (half, part) in [units, opening].enumerated() {
              places.update(repeating: -1)
              let count = ClassFeatures.count(part, lookup: lookup, pieces: pieces, places: places, shift: 64 - bits)
              let found = UnsafeMutableBufferPointer(rebasing: pieces.prefix(count))
              ClassFeatures.weigh(found, rarity: rarity, byCount: half == 0)
              body(half, found)
            }
          }
        }
      }
    }
  }

  /// Counts the known pieces of `units` into `pieces`; `places` is a small table from number to position in it.
  @inline(__always)
  private static func count(
    _ units: UnsafeBufferPointer<UInt16>, lookup: GramVocabulary.Lookup, pieces: UnsafeMutableBufferPointer<Piece>,
    places: UnsafeMutableBufferPointer<Int32>, shift: UInt64
  ) -> Int {
    var count = 0
    @inline(__always)
    func note(_ key: UInt32) {
      let number = lookup(key)
      guard number >= 0 else { return }
      var place = Int(truncatingIfNeeded: (UInt64(UInt32(bitPattern: number)) &* GramVocabulary.spread) >> shift)
      while true {
        let position = places[place]
        if position < 0 {
          places[place] = Int32(count)
          pieces[count] = Piece(number: number, weight: 1)
          count += 1
          return
        }
        if pieces[Int(position)].number == number {
          pieces[Int(position)].weight += 1
          return
        }
        place = (place + 1) & (places.count - 1)
      }
    }
    var previous: UInt32 = 0
    for unit in units {
      note(UInt32(unit))
      if previous != 0 { note(previous << 16 | UInt32(unit)) }
      previous = UInt32(unit)
    }
    return count
  }

  @inline(__always)
  private static func weigh(_ pieces: UnsafeMutableBufferPointer<Piece>, rarity: UnsafeBufferPointer<Float>, byCount: Bool) {
    var square: Float = 0
    for index in pieces.indices {
      let times = pieces[index].weight
      var weight = rarity[Int(pieces[index].number)]
      if byCount, times > 1 { weight *= 1 + log(times) }
      pieces[index].weight = weight
      square += weight * weight
    }
    guard square > 0 else { return }
    let scale = (byCount ? 1 : ClassReading.openingShare) / square.squareRoot()
    for index in pieces.indices { pieces[index].weight *= scale }
  }
}

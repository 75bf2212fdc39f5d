/// Rows for the trees: each candidate by itself, and beside its siblings.
enum AddressTable {
  /// Of these features a candidate is also told how it stands among all candidates of the query. Chosen by what they gained.
  static let compared = [
    "common.rarest", "sign.门)", "like.building", "common.sum", "pair.query", "tail", "run.after.candidate", "place.query",
    "building.in.numbers", "last.candidate", "place.last.query", "single.candidate", "road.in.query", "run.after.query",
    "plainpair.query", "place.in.candidate", "missing.candidate", "run.rarity", "building.any", "pair.candidate",
    "subsequence.query", "missing.query", "place.last", "place.candidate",
  ]

  private static let plainNames = AddressFeatures(AddressParts(""), AddressParts(""), rarity: AddressRarity()).names
  private static let comparedPlaces = compared.compactMap { plainNames.firstIndex(of: $0) }
  static let width = plainNames.count + 2 + comparedPlaces.count * 3

  static func rows(_ query: AddressParts, _ candidates: [AddressParts], rarity: AddressRarity) -> [[Float]] {
    let plain = candidates.map { AddressFeatures(query, $0, rarity: rarity).values }
    return plain.indices.map { index in
      var row = plain[index] + [Float(index), Float(plain.count)]
      for place in comparedPlaces {
        let value = plain[index][place]
        var most = value
        var sum: Float = 0
        var ahead = 0
        for other in plain {
          most = max(most, other[place])
          sum += other[place]
          if other[place] > value { ahead += 1 }
        }
        row.append(most - value)
        row.append(value - sum / Float(plain.count))
        row.append(Float(ahead))
      }
      return row
    }
  }
}

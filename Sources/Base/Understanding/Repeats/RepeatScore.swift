/// Turns evidence into a likelihood that two reports are of one problem in one place. A logistic sum whose weights were
/// fitted to pairs judged by reading; see README.md.
enum RepeatScore {
  static func score(_ e: RepeatEvidence) -> Float { limited(e.sameWording ? 0.995 : sigmoid(logit(e)), e) }

  /// What no likeness of words outweighs: another line, or another place by name.
  static func limited(_ s: Float, _ e: RepeatEvidence) -> Float {
    if e.linesDiffer { return min(s, 0.3) }
    return e.placesDiffer && !e.sameWording ? min(s, 0.45) : s
  }

  /// 1 / (1 + e^-x) without Foundation, by squaring: within 0.001, and the same on every machine.
  static func sigmoid(_ x: Float) -> Float {
    var y = 1 - max(-16, min(16, x)) / 1024
    for _ in 0..<10 { y *= y }
    return 1 / (1 + y)
  }

  // BEGIN FITTED
  static func logit(_ e: RepeatEvidence) -> Float {
    let place: Float = e.place
    let placeBits: Float = e.placeBits / 60
    let placesDiffer: Float = (e.placesDiffer ? 1 : 0)
    let noPlace: Float = (e.noPlace ? 1 : 0)
    let areasDiffer: Float = (e.areasDiffer ? 1 : 0)
    let titleWords: Float = e.titleWords
    let titleMet: Float = e.titleMet
    let words: Float = e.words
    let wordBits: Float = e.wordBits / 150
    let rarest: Float = e.rarest / 16
    let titleConcepts: Float = e.titleConcepts
    let concepts: Float = e.concepts
    let conceptsMet: Float = e.conceptsMet
    let conceptsDiffer: Float = (e.conceptsDiffer ? 1 : 0)
    let buildingsDiffer: Float = (e.buildingsDiffer ? 1 : 0)
    let rarestConcept: Float = e.rarestConcept / 8
    let years: Float = e.years
    var z: Float = -3.30
    z += 0.70 * place
    z += 1.66 * placeBits
    z -= 0.63 * placesDiffer
    z += 0.46 * noPlace
    z -= 1.34 * areasDiffer
    z += 1.10 * titleWords
    z += 1.89 * titleMet
    z += 0.94 * words
    z += 2.14 * wordBits
    z += 0.64 * rarest
    z += 0.53 * titleConcepts
    z += 0.24 * concepts
    z -= 1.05 * conceptsMet
    z -= 0.78 * conceptsDiffer
    z -= 1.02 * buildingsDiffer
    z += 1.45 * rarestConcept
    z -= 1.72 * years
    z += 0.48 * place * titleWords
    z += 0.28 * place * titleMet
    z -= 0.38 * place * words
    z -= 0.44 * place * wordBits
    z += 1.06 * place * titleConcepts
    z += 1.12 * place * concepts
    z += 0.90 * noPlace * words
    z += 0.35 * noPlace * rarest
    z += 0.42 * noPlace * titleWords
    z -= 0.75 * titleWords * titleConcepts
    z += 0.23 * placeBits * conceptsMet
    z -= 0.48 * rarest * conceptsMet
    z += 0.27 * rarest * titleMet
    z -= 0.18 * words * conceptsMet
    z += 1.27 * place * rarestConcept
    z += 0.56 * placeBits * titleWords
    z += 0.58 * noPlace * rarestConcept
    z += 0.49 * wordBits * rarestConcept
    return z
  }
  // END FITTED
}

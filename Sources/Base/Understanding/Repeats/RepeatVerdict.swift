/// What is thought of one pair when more is known than the words: the compound, the item, the time, whether it is closed.
struct RepeatVerdict {
  var score: Float
  var sure: Bool
  var evidence: RepeatEvidence
  var sameCompound: Bool
  var sameItem: Bool

  /// Likelihood from which a pair may be merged without asking a person.
  static let sureLeast: Float = 0.93
  /// Days after which the same words may well be a new problem.
  static let sureDays: UInt32 = 180

  /// Nil when the two lie in different compounds.
  init?(_ evidence: RepeatEvidence, new: RepeatCard, old: RepeatCard) {
    let bothPlaced = new.compound != 0 && old.compound != 0
    guard !bothPlaced || new.compound == old.compound else { return nil }
    var e = evidence
    sameCompound = bothPlaced
    let itemsKnown = new.item != 0 && old.item != 0
    sameItem = itemsKnown && new.item == old.item
    if sameCompound {
      e.place = 1
      e.placeBits = max(e.placeBits, 40)
      e.noPlace = false
      e.placesDiffer = false
      e.areasDiffer = false
    }
    var z = RepeatScore.logit(e)
    if itemsKnown { z += sameItem ? 1.5 : -2.5 }
    if sameCompound {
      // Shared words without a shared concept may be no more than the compound's name.
      if !sameItem, e.rarestConcept == 0 { z -= 1.5 }
      if e.sameRoom { z += 1.5 } else if e.sameBuilding { z += 0.7 }
      if e.buildingsDiffer { z -= 2 }
      if new.has(RepeatCard.urges), e.rarestConcept > 0 || sameItem { z += 1 }
    }
    if e.roomsDiffer { z -= 1 }
    score = RepeatScore.limited(e.sameWording ? 0.995 : RepeatScore.sigmoid(z), e)

    let conflict = e.buildingsDiffer || e.roomsDiffer || e.linesDiffer || e.areasDiffer || itemsKnown && !sameItem
    let apart = max(new.minute, old.minute) - min(new.minute, old.minute)
    if conflict || old.has(RepeatCard.closed) || apart > Self.sureDays * 1440 {
      sure = false
    } else if e.sameWording {
      sure = !e.placesDiffer
    } else if score < Self.sureLeast {
      sure = false
    } else if sameCompound {
      let sameSpot = e.sameRoom || e.sameBuilding && (sameItem || e.rarestConcept >= 3)
      let sameWords = e.wordBits >= 45 && (e.words >= 0.3 || e.titleWords >= 0.5)
      sure = sameSpot || sameWords
    } else {
      sure = !e.noPlace && e.place >= 0.5 && e.wordBits >= 45 && (e.words >= 0.3 || e.titleWords >= 0.5)
    }
    self.evidence = e
  }
}

/// An earlier report that may be of the same problem.
public struct RepeatMatch: Hashable, Sendable {
  public let id: Int64
  /// Likelihood that both are one problem in one place, 0...1.
  public let score: Double
  /// May be merged without asking a person. Never when the earlier one is closed.
  public let sure: Bool
  /// The earlier one's matter is closed: a report after closing is linked to what was done, not merged.
  public let closed: Bool
  /// Why, in an officer's words, most telling first.
  public let reasons: [String]
  public init(id: Int64, score: Double, sure: Bool, closed: Bool, reasons: [String]) {
    self.id = id
    self.score = score
    self.sure = sure
    self.closed = closed
    self.reasons = reasons
  }
}

extension RepeatVerdict {
  /// 同一小区；同为“违法搭建”；相同内容：“阳光房”“顶楼”
  func reasons(phrases: [String], new: RepeatCard, old: RepeatCard) -> [String] {
    var r: [String] = []
    if evidence.sameWording { r.append("文字相同") }
    if sameCompound { r.append("同一小区") }
    if evidence.sameRoom { r.append("同一房号") } else if evidence.sameBuilding { r.append("同一楼栋") }
    if sameItem { r.append("同一执法事项") }
    var shared = new.concepts & old.concepts & (new.titleConcepts | old.titleConcepts)
    var names: [String] = []
    while shared != 0, names.count < 3 {
      names.append("“\(RepeatLexicon.concepts[shared.trailingZeroBitCount].name)”")
      shared &= shared - 1
    }
    if !names.isEmpty { r.append("同为" + names.joined()) }
    if !evidence.sameWording, !phrases.isEmpty { r.append("相同内容：" + phrases.map { "“\($0)”" }.joined()) }
    if new.has(RepeatCard.urges) { r.append("来件自述曾反映过") }
    if evidence.buildingsDiffer { r.append("楼栋不同") }
    if evidence.roomsDiffer { r.append("房号不同") }
    if old.has(RepeatCard.closed) { r.append("前件已办结") }
    return r
  }
}

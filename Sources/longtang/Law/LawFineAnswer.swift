import Catalogue
import Kernel

/// What `longtang law fine` prints. Amounts in yuan, as the clause has them; multiples as multiples.
struct LawFineAnswer: Encodable {
  struct Range: Encodable {
    let tier: String
    let measure: String
    let min: Double
    let max: Double
    let of: String?
    let discretionary: Bool
    let text: String
    let validFrom: String?
    let validUntil: String?
  }
  struct Version: Encodable {
    let law: String
    let version: String
    let effective: String
    let amended: String?
    let confidence: String
    /// Whether the version that was read was in force on the day.
    let inForce: Bool
  }
  let item: String
  let name: String
  let party: String
  let acted: String
  let decided: String
  let lawDay: String
  let choice: String
  let reason: String
  let ranges: [Range]
  let basis: [String]
  let violations: [String]
  let orderToCorrect: String
  let penaltyKinds: [String]
  let version: [Version]
  let confidence: String
  let note: String?

  init(_ item: Item, party: Fine.Party, acted: Day, decided: Day) {
    let judged = item.judged(acted: acted, decided: decided, party: party)
    self.item = item.slug
    name = item.name
    self.party = party.rawValue
    self.acted = acted.iso
    self.decided = decided.iso
    lawDay = judged.lawDay.iso
    choice = judged.choice.rawValue
    reason = judged.reason
    ranges = judged.fines.map { fine in
      let scale = fine.measure == .multiple ? 1.0 : 100.0
      return Range(
        tier: fine.tier.rawValue, measure: fine.measure.rawValue, min: Double(fine.range.lowerBound) / scale,
        max: Double(fine.range.upperBound) / scale, of: fine.of, discretionary: fine.discretionary, text: fine.text,
        validFrom: fine.validFrom?.iso, validUntil: fine.validUntil?.iso)
    }
    basis = item.penalties.map(\.text)
    violations = item.violations.map(\.text)
    orderToCorrect = item.orderToCorrect.rawValue
    penaltyKinds = item.penaltyKinds
    var seen: Set<String> = []
    version = item.penalties.map(\.law).filter { seen.insert($0.key).inserted }.map { law in
      Version(
        law: law.name, version: law.version, effective: law.effective.iso, amended: law.amended?.iso, confidence: law.confidence.rawValue,
        inForce: !judged.unread.contains(law))
    }
    confidence = item.confidence.rawValue
    var notes: [String] = []
    if !judged.unread.isEmpty {
      notes.append(
        "\(judged.unread.map { "《\($0.name)》" }.joined(separator: "、"))在 \(judged.lawDay.iso) 的文本没有收录，幅度按现行文本列出，须核对当时的规定。")
    }
    if judged.fines.isEmpty { notes.append("目录中没有适用于这类当事人的罚款规定。") }
    note = notes.isEmpty ? nil : notes.joined()
  }
}

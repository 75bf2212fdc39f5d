import Kernel

/// What a reader of the catalogue should know it is not: sure, dated, or unambiguous.
public struct LawCheck: Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The clause was not read in the text in force.
    case unread
    /// The range has no first day: nothing shows since when it holds.
    case undated
    /// Two items punish by the same clause.
    case overlap
    public var chinese: String {
      switch self {
      case .unread: "未核对现行条文"
      case .undated: "没有施行日期"
      case .overlap: "同一处罚条款"
      }
    }
  }
  public struct Finding: Hashable, Sendable {
    public let kind: Kind
    /// Slug of an item, or key of a law.
    public let about: String
    public let text: String
  }
  public let findings: [Finding]

  public init(_ catalogue: Catalogue) {
    var all: [Finding] = []
    for law in catalogue.laws where law.confidence != .quotedFromText {
      all.append(Finding(kind: .unread, about: law.key, text: "《\(law.name)》：\(law.confidence.chinese)"))
    }
    for item in catalogue.items {
      if item.confidence != .quotedFromText {
        all.append(Finding(kind: .unread, about: item.slug, text: "\(item.name)：\(item.confidence.chinese)"))
      }
      if item.authority.confidence != .quotedFromText {
        all.append(
          Finding(
            kind: .unread, about: item.slug, text: "\(item.name)的执法主体（\(item.authority.practice)）：\(item.authority.confidence.chinese)"))
      }
      if let safety = item.publicSafety, safety.confidence != .quotedFromText {
        all.append(Finding(kind: .unread, about: item.slug, text: "\(item.name)是否危及公共安全（\(safety.basis)）：\(safety.confidence.chinese)"))
      }
      for fine in item.fines where fine.validFrom == nil {
        all.append(Finding(kind: .undated, about: item.slug, text: "\(item.name)，\(fine.party.chinese)：\(fine.text)"))
      }
    }
    var byClause: [Cite: [Item]] = [:]
    for item in catalogue.items { for cite in item.penalties { byClause[cite, default: []].append(item) } }
    for (cite, items) in byClause.sorted(by: { $0.key.text < $1.key.text }) where items.count > 1 {
      all.append(
        Finding(
          kind: .overlap, about: items.map(\.slug).joined(separator: " "),
          text: "\(cite.text)：\(items.map(\.name).joined(separator: "、"))"))
    }
    findings = all
  }
}

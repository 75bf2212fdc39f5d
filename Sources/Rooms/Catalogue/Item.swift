import Kernel

/// 执法事项: something the law forbids in a compound, and what follows from it.
public struct Item: Hashable, Sendable {
  /// How 责令改正 and the fine stand to each other in the clause. 行政处罚法 28 asks for correction in any case.
  public enum OrderToCorrect: String, Hashable, Sendable, CaseIterable {
    /// The fine only after refusal or lapse of the term.
    case precondition
    /// Both in the same clause.
    case concurrent
    /// 责令限期改正 and fine in the same clause.
    case concurrentWithDeadline
    case none
    /// 责令限期拆除 comes first.
    case demolitionFirst
    /// 责令立即停止建设 comes first.
    case stopImmediately
    public var chinese: String {
      switch self {
      case .precondition: "先责令改正，拒不改正或者逾期的处罚"
      case .concurrent: "责令改正，并处罚"
      case .concurrentWithDeadline: "责令限期改正，并处罚"
      case .none: "条文未规定责令改正，依行政处罚法第二十八条责令改正"
      case .demolitionFirst: "先责令限期拆除"
      case .stopImmediately: "先责令立即停止建设"
      }
    }
  }
  /// Who punishes, by the text and in practice; the two differ where powers were transferred.
  public struct Authority: Hashable, Sendable {
    public let statutory: String
    public let practice: String
    public let basis: String
    public let confidence: SourceConfidence
    public let note: String?
  }
  /// Why an item counts as endangering public safety.
  public struct PublicSafety: Hashable, Sendable {
    public let basis: String
    public let confidence: SourceConfidence
  }
  /// A category of the catalogue.
  public struct Category: Hashable, Sendable {
    public let slug: String
    public let name: String
  }

  /// Stable, kebab-case; kept in reports, matters and cases.
  public let slug: String
  public let name: String
  public let category: Category
  /// The item this one is a special case of.
  public let variantOf: String?
  /// What is forbidden where.
  public let violations: [Cite]
  /// What is punished where.
  public let penalties: [Cite]
  /// "罚款", "警告", …
  public let penaltyKinds: [String]
  public let fines: [Fine]
  public let fineNote: String?
  public let orderToCorrect: OrderToCorrect
  public let authority: Authority
  /// Nil when the item as such does not endanger public safety; a single case may.
  public let publicSafety: PublicSafety?
  /// 应立尽立: why a case must be opened; nil when it need not.
  public let mustFile: String?
  /// Which plan asks for special attention.
  public let highAttention: String?
  /// A plan of the city or a district names it.
  public let namedInPlans: Bool
  /// What to collect.
  public let evidence: [String]
  /// What the property firm had to do.
  public let propertyDuty: String?
  public let forceExecution: String?
  /// Can be noted in the real estate register.
  public let registryAnnotation: Bool
  public let notes: String?
  public let confidence: SourceConfidence
  public let sources: [Law]

  public func fines(on day: Day) -> [Fine] { fines.filter { $0.isInForce(on: day) } }
}

/// Something compounds complain of that is not for this office: it is passed on.
public struct Referral: Hashable, Sendable {
  public let slug: String
  public let name: String
  public let prohibition: String
  public let penalty: String
  /// Codes of departments in the office directory: `dept-police`.
  public let to: [String]
}

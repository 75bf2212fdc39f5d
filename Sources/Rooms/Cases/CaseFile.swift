import Catalogue
import Kernel

/// 案件: what a case has come to. A value: commands load it, decide, and write what came of it.
///
/// Moments are when something took legal effect: a notice's is when it was served.
public struct CaseFile: Hashable, Sendable, Codable {
  /// Slug of the catalogue's item.
  public let item: String
  /// The law of this day is the case's law from its beginning to its end.
  public let lawDay: Day
  /// When the office learned of it: what counts for limitation.
  public let foundOn: Day
  public var procedure: CaseProcedure
  public var state: CaseState = .lead
  public var party: CaseParty?
  public var act: CaseAction
  /// The two or more who handle it.
  public var officers: [CaseOfficer] = []
  /// Who helps from squads that have joined (联合办案); nil in cases of before there was any.
  public var coOfficers: [CaseCoOfficer]?
  /// Accounts that must keep out of it.
  public var recused: Set<Int64> = []
  /// Who asked for the filing; somebody else approves it.
  public var askedBy: Int64?
  public var filedAt: Moment?

  public var siteRecords = 0
  public var inquiries = 0
  public var exhibits = 0
  public var preservation: Preservation?
  public var seizure: Seizure?
  /// Since when an appraisal is out; its days do not count toward the ninety.
  public var appraisingSince: Moment?
  public var assistanceAskedAt: Moment?
  public var assistanceAnswered = false
  public var correction: Correction?
  public var concludedAt: Moment?

  /// What the discretion table came to; nil while nobody has weighed.
  public var discretion: CaseDiscretion?
  public var proposal: CasePenalty?
  public var review = Review.none
  public var reviewedAfterHearing = false
  public var notice: Notice?
  public var statement: Statement?
  /// The party gave up statement and hearing in writing.
  public var hasWaived = false
  public var hearing: Hearing?
  public var discussedBy = 0
  public var decision: Decision?

  public var service: Service?
  public var remedies: [Remedy] = []
  public var payments: [Payment] = []
  /// Granted deferral or last instalment.
  public var deferredUntil: Day?
  public var instalments: InstalmentPlan?
  public var urgedAt: Moment?
  public var court: Court?
  public var demolition = Demolition()
  public var publishedAt: Moment?
  public var onSpotFiledAt: Moment?
  public var endedAt: Moment?
  /// The state a transfer left.
  public var transferredFrom: CaseState?

  public init(item: String, lawDay: Day, foundOn: Day, procedure: CaseProcedure, act: CaseAction, party: CaseParty? = nil) {
    self.item = item
    self.lawDay = lawDay
    self.foundOn = foundOn
    self.procedure = procedure
    self.act = act
    self.party = party
  }

  /// Fen.
  public var paid: Int { payments.reduce(0) { $0 + $1.fen } }
  /// The day on which what was paid had reached the fine itself; from then on there is no surcharge.
  public func finePaidOn(_ fine: Int) -> Day? {
    var sum = 0
    for payment in payments {
      sum += payment.fen
      if sum >= fine { return payment.on }
    }
    return nil
  }
  /// All who may work on it: those of the squad, and those of squads that have joined.
  public var hands: [CaseOfficer] { officers + (coOfficers ?? []).map { CaseOfficer($0.account, certificate: $0.certificate) } }
  public func isCoHandled(by account: Int64) -> Bool { coOfficers?.contains { $0.account == account } ?? false }
  /// The open remedy, if one is under way.
  public var openRemedy: Remedy? { remedies.last { $0.ended == nil } }
  /// What the party has to do is done: the fine and its surcharge paid, the wrong put right.
  public var isCorrected: Bool { correction?.corrected == true || demolition.isRemoved }
}

/// Who is charged. The name is the papers' business; the law looks at these.
public struct CaseParty: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable { case individual, unit }
  public let kind: Kind
  /// In years at the time of the act; nil for units, or unknown.
  public let age: Int?
  /// Could not tell or control what it did, 行政处罚法第三十一条.
  public let isIncapable: Bool
  /// Earlier violations of the same kind, from the look-up in earlier cases; nil until somebody has looked.
  public let earlierViolations: Int?
  public init(_ kind: Kind, age: Int? = nil, isIncapable: Bool = false, earlierViolations: Int? = nil) {
    self.kind = kind
    self.age = age
    self.isIncapable = isIncapable
    self.earlierViolations = earlierViolations
  }
}

/// What was done, and when.
public struct CaseAction: Hashable, Sendable, Codable {
  /// When it ended; nil while it lasts, 行政处罚法第三十六条第二款.
  public let ended: Day?
  /// Endangers life and health and did harm: five years instead of two, 第三十六条第一款.
  public let endangersLife: Bool
  /// A building that is being put up now.
  public let isUnderConstruction: Bool
  public init(ended: Day?, endangersLife: Bool = false, isUnderConstruction: Bool = false) {
    self.ended = ended
    self.endangersLife = endangersLife
    self.isUnderConstruction = isUnderConstruction
  }
}

public struct CaseOfficer: Hashable, Sendable, Codable {
  public let account: Int64
  /// Number of the 行政执法证; empty when there is none.
  public let certificate: String
  public init(_ account: Int64, certificate: String) {
    self.account = account
    self.certificate = certificate
  }
}

/// What is to be imposed.
public struct CasePenalty: Hashable, Sendable, Codable {
  /// Fen; 0 without a fine.
  public let fine: Int
  public let warns: Bool
  /// Takes away a licence, closes a business, and what else 行政处罚法第六十三条 counts beside a large fine.
  public let isGrave: Bool
  /// Below the range, on a ground of 行政处罚法第三十二条: article and reason.
  public let reduction: String?
  /// Departs from the discretion table inside the range, with the reason; a reviewer has to agree.
  public let departure: String?
  public init(fine: Int, warns: Bool = false, isGrave: Bool = false, reduction: String? = nil, departure: String? = nil) {
    self.fine = fine
    self.warns = warns
    self.isGrave = isGrave
    self.reduction = reduction
    self.departure = departure
  }
}

extension CaseFile {
  public struct Preservation: Hashable, Sendable, Codable {
    public let at: Moment
    public var isSettled: Bool
  }
  public struct Seizure: Hashable, Sendable, Codable {
    public let at: Moment
    public var isExtended: Bool
    public var isReleased: Bool
  }
  public struct Correction: Hashable, Sendable, Codable {
    public let orderedAt: Moment
    /// 限期: the last day of the term; nil for 立即.
    public let until: Day?
    /// Nil until looked at again.
    public var corrected: Bool?
  }
  public enum Review: String, Hashable, Sendable, Codable { case none, asked, passed, returned }
  public struct Notice: Hashable, Sendable, Codable {
    /// When it was served.
    public let at: Moment
    public let penalty: CasePenalty
    public let offersHearing: Bool
  }
  public struct Statement: Hashable, Sendable, Codable {
    public let at: Moment
    /// What was said was weighed, and the party told: 行政处罚法第四十五条第一款.
    public let isAnswered: Bool
  }
  public struct Hearing: Hashable, Sendable, Codable {
    public let askedAt: Moment
    /// When the invitation was served, and for which day.
    public var calledAt: Moment?
    public var day: Day?
    public var host: Int64?
    public var heldAt: Moment?
    public var isWithdrawn = false
    public init(askedAt: Moment) { self.askedAt = askedAt }
  }
  public struct Decision: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable { case penalty, noPenalty, onSpot, demolition }
    public let kind: Kind
    public let at: Moment
    public let penalty: CasePenalty?
    public let ground: NoPenaltyGround?
  }
  public struct Service: Hashable, Sendable, Codable {
    public let method: ServiceMethod
    /// When it counts as served.
    public let on: Day
    /// 公告: begun, not yet effective.
    public var isRunning: Bool
  }
  public struct Payment: Hashable, Sendable, Codable {
    public let on: Day
    public let fen: Int
    /// The part of a plan that whoever paid named, from 1.
    public var part: Int?
  }
  public struct Remedy: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable { case reconsideration, suit }
    public let kind: Kind
    public let began: Day
    public var ended: Day?
    /// Whether the decision stands after it.
    public var isUpheld: Bool?
    public init(kind: Kind, began: Day, ended: Day? = nil, isUpheld: Bool? = nil) {
      self.kind = kind
      self.began = began
      self.ended = ended
      self.isUpheld = isUpheld
    }
  }
  public struct Court: Hashable, Sendable, Codable {
    public let appliedAt: Moment
    /// 准予执行; nil until the court has ruled.
    public var isGranted: Bool?
    public var isExecuted = false
  }
  public struct Demolition: Hashable, Sendable, Codable {
    public var stopOrderedAt: Moment?
    public var announcedUntil: Day?
    public var decidedAt: Moment?
    public var isRemoved = false
  }
}

/// Why there is no penalty.
public enum NoPenaltyGround: String, Hashable, Sendable, Codable, CaseIterable {
  /// 轻微并及时改正，没有造成危害后果
  case minor
  /// 初次违法且危害后果轻微并及时改正: may, not must
  case first
  case noFault, underAge, incapable, notEstablished, limitation

  public var article: String {
    switch self {
    case .minor, .first: "行政处罚法第三十三条第一款"
    case .noFault: "行政处罚法第三十三条第二款"
    case .underAge: "行政处罚法第三十条"
    case .incapable: "行政处罚法第三十一条"
    case .notEstablished: "行政处罚法第五十七条第一款第三项"
    case .limitation: "行政处罚法第三十六条"
    }
  }
  public var chinese: String {
    switch self {
    case .minor: "违法行为轻微并及时改正，没有造成危害后果"
    case .first: "初次违法且危害后果轻微并及时改正"
    case .noFault: "有证据足以证明没有主观过错"
    case .underAge: "不满十四周岁"
    case .incapable: "不能辨认或者不能控制自己行为"
    case .notEstablished: "违法事实不能成立"
    case .limitation: "违法行为超过追责时效"
    }
  }
}

/// How a paper reaches the party, 行政处罚法第六十一条 and the rules of civil procedure it refers to.
public enum ServiceMethod: String, Hashable, Sendable, Codable, CaseIterable {
  /// Handed over and signed for.
  case direct
  /// 留置: refused, left with a witness or a recording.
  case left
  case post
  /// Agreed to in writing beforehand.
  case electronic
  /// 公告: nobody could be reached.
  case publicNotice

  public var chinese: String {
    switch self {
    case .direct: "直接送达"
    case .left: "留置送达"
    case .post: "邮寄送达"
    case .electronic: "电子送达"
    case .publicNotice: "公告送达"
    }
  }
}

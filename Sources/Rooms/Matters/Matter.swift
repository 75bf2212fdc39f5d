import Catalogue
import ClockBook
import Kernel
import Offices
import People
import Storage
import WorkCalendar
import Workflow

/// One real-world problem in one place (事项). One or many reports; the closed loop runs on it.
///
/// Siblings: `MatterLoop` is its procedure, `Promise` what each report is owed, `MatterStore` its SQL, `MatterStory` its timeline.
public struct Matter: Sendable {
  public typealias ID = Identifier<Matter>
  public let id: ID
  /// "M20261121-000045", gap-free within a day.
  public let no: String
  public let state: MatterState
  /// "居改非 · 元邑小城"
  public let title: String
  public let compound: Int64?
  public let compoundName: String?
  public let building: String?
  /// Masked words of the first report about the place.
  public let placeText: String
  public let item: String?
  public let squad: Office.ID?
  public let squadName: String?
  public let district: Office.ID?
  /// Who received it first and answers for it until another accepts (首接负责).
  public let holder: Office.ID?
  public let officer: Person.ID?
  public let officerName: String?
  public let reports: Int
  public let urgent: Bool
  public let supervised: Bool
  public let ongoing: Bool
  public let outOfScope: Bool
  public let returns: Int
  public let reopened: Int
  public let unreasonable: Unreasonable
  public let hungReason: String?
  public let outcome: Outcome?
  public let firstAt: Moment
  public let lastAt: Moment
  /// The earliest due moment of all running clocks; nil when none runs.
  public let due: Moment?
  public let closedAt: Moment?
  /// Grows with every step; a form that carries an older one meets the conflict page.
  public let version: Int
  public let updatedAt: Moment

  public enum Unreasonable: String, Sendable, CaseIterable {
    case none, asked, agreed, refused
    public var chinese: String {
      switch self {
      case .none: ""
      case .asked: "不合理诉求（待复核）"
      case .agreed: "不合理诉求（已认定）"
      case .refused: "不合理诉求（未予认定）"
      }
    }
  }
  /// 处理结果. “Explained” is never counted like “solved”.
  public enum Outcome: String, Sendable, CaseIterable, Codable {
    case solved, explained
    public var chinese: String { self == .solved ? "实际解决" : "解释说明" }
  }
}

public enum MatterState: String, Sendable, CaseIterable, Codable {
  case registered, dispatched, accepted, found, replied, approved, hung, transferred, closed
  public var chinese: String {
    switch self {
    case .registered: "待派单"
    case .dispatched: "待接单"
    case .accepted: "处置中"
    case .found: "已认定"
    case .replied: "待审核"
    case .approved: "待回访"
    case .hung: "已挂账"
    case .transferred: "已移送"
    case .closed: "已办结"
    }
  }
  public var isOpen: Bool { self != .closed }
  /// Before its reply is written a matter takes further reports in: later ones would never be contacted or answered.
  public var takesReports: Bool { [.registered, .dispatched, .accepted, .found, .hung].contains(self) }
}

public enum MatterEvent: String, Sendable, CaseIterable, Codable {
  case dispatch, object, accept, assign, contact, visit, find, measure, reply, approve, sendBack, revisit, close, reopen
  case askDelay, decideDelay, coHandle, hang, resume, urge, supervise, transfer, answerTransfer, takeBack
  case flagUnreasonable, reviewUnreasonable, correct, merge, split
  /// What the button says.
  public var chinese: String {
    switch self {
    case .dispatch: "派单"
    case .object: "退单"
    case .accept: "接单"
    case .assign: "指派队员"
    case .contact: "先行联系"
    case .visit: "现场核查"
    case .find: "认定"
    case .measure: "采取措施"
    case .reply: "答复送审"
    case .approve: "审核通过"
    case .sendBack: "退回补充"
    case .revisit: "回访"
    case .close: "办结"
    case .reopen: "重新办理"
    case .askDelay: "申请延期"
    case .decideDelay: "审批延期"
    case .coHandle: "协办"
    case .hang: "挂账"
    case .resume: "恢复办理"
    case .urge: "催办"
    case .supervise: "督办"
    case .transfer: "移送其他部门"
    case .answerTransfer: "登记移送结果"
    case .takeBack: "收回移送"
    case .flagUnreasonable: "提请认定不合理诉求"
    case .reviewUnreasonable: "复核不合理诉求"
    case .correct: "更正地点或事项"
    case .merge: "并入另一事项"
    case .split: "拆出诉件"
    }
  }
}

/// What one report is owed (承诺): its own number, due date, first contact, reply and revisit, however many share the matter.
public struct Promise: Sendable {
  public let report: Int64
  public let matter: Matter.ID
  public let contactedAt: Moment?
  public let contactOutcome: ContactOutcome?
  public let contactTries: Int
  public let repliedAt: Moment?
  public let outcome: Matter.Outcome?
  public let replyText: String?
  public let revisitedAt: Moment?
  public let satisfaction: Satisfaction?
  public let solved: Bool?
  /// Who said so: our own revisit, the resident, or the city's.
  public let revisitSource: RevisitSource?
  /// Nobody to call: contact and revisit cannot be asked for.
  public let reachable: Bool

  public var contacted: Bool { contactedAt != nil }
  public var answered: Bool { repliedAt != nil }
  public var revisited: Bool { revisitedAt != nil }
}

public enum ContactOutcome: String, Sendable, CaseIterable, Codable {
  case reached, noAnswer, refused, wrongNumber
  public var chinese: String {
    switch self {
    case .reached: "已联系上"
    case .noAnswer: "无人接听"
    case .refused: "对方拒绝沟通"
    case .wrongNumber: "号码有误"
    }
  }
}
public enum VisitOutcome: String, Sendable, CaseIterable, Codable {
  case seen, noOneHome, entryRefused, notFound
  public var chinese: String {
    switch self {
    case .seen: "已到现场查看"
    case .noOneHome: "上门无人"
    case .entryRefused: "拒绝进入"
    case .notFound: "未找到反映地点"
    }
  }
}
/// 事实认定
public enum FactFinding: String, Sendable, CaseIterable, Codable {
  case confirmed, partly, unfounded, unverifiable
  public var chinese: String {
    switch self {
    case .confirmed: "属实"
    case .partly: "部分属实"
    case .unfounded: "不属实"
    case .unverifiable: "无法查实"
    }
  }
}
/// 诉求认定
public enum ClaimFinding: String, Sendable, CaseIterable, Codable {
  case reasonable, partly, unreasonable, noBasis
  public var chinese: String {
    switch self {
    case .reasonable: "诉求合理"
    case .partly: "部分合理"
    case .unreasonable: "诉求不合理"
    case .noBasis: "无法律依据"
    }
  }
}
public enum MeasureKind: String, Sendable, CaseIterable, Codable {
  case persuaded, ordered, stopped, removed, mediated, informedFirm, openedCase, other
  public var chinese: String {
    switch self {
    case .persuaded: "劝导教育"
    case .ordered: "责令改正"
    case .stopped: "责令停止施工"
    case .removed: "拆除或清理"
    case .mediated: "组织调解"
    case .informedFirm: "督促物业履职"
    case .openedCase: "转立案查处"
    case .other: "其他措施"
    }
  }
}
public enum Satisfaction: String, Sendable, CaseIterable, Codable {
  case satisfied, basically, soSo, dissatisfied
  public var chinese: String {
    switch self {
    case .satisfied: "满意"
    case .basically: "基本满意"
    case .soSo: "一般"
    case .dissatisfied: "不满意"
    }
  }
}
public enum RevisitSource: String, Sendable, CaseIterable, Codable {
  case own, resident, city
  public var chinese: String {
    switch self {
    case .own: "本单位回访"
    case .resident: "居民评价"
    case .city: "热线回访"
    }
  }
}

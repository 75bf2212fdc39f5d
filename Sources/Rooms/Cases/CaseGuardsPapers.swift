import Kernel
import Workflow

/// Papers of a case that stand: of each kind the newest one, if it is issued. One that is being corrected stands until the correction is issued.
public struct IssuedPapers: Hashable, Sendable {
  public struct Mark: Hashable, Sendable {
    public let on: Day
    /// A step has handed it over already.
    public let isHandedOver: Bool
    public init(on: Day, isHandedOver: Bool) {
      self.on = on
      self.isHandedOver = isHandedOver
    }
  }
  /// By the ids of `Data/procedures/papers.json`.
  public let marks: [String: Mark]
  public init(_ marks: [String: Mark] = [:]) { self.marks = marks }

  /// Kinds that a step of some table asks for.
  public static let watched =
    [
      "prior-notice", "rectify-order", "hearing-notice", "penalty-decision", "no-penalty-decision", "onspot-decision", "demolish-order",
      "urge-notice", "demolish-gov-decision",
    ] + served.map(\.kind).filter { !["rectify-order", "hearing-notice", "demolish-gov-decision"].contains($0) }

  /// Papers that no step of their own hands over, and of which it must be shown when and how the party got them.
  public static let served: [(kind: String, name: String)] = [
    ("rectify-order", "责令（限期）改正通知书"), ("stop-order", "责令停止建设决定书"), ("hearing-notice", "听证通知书"),
    ("preserve-notice", "证据先行登记保存通知书"), ("preserve-decision", "先行登记保存证据处理决定书"), ("seizure-decision", "查封（扣押）决定书"),
    ("seizure-extend", "延长查封（扣押）决定书"), ("seizure-release", "解除查封（扣押）决定书"), ("demolish-gov-decision", "强制拆除决定书"),
    ("substitute-decision", "代履行决定书"),
  ]
}

/// Nothing is served that has not been issued: the paper is named, with the article that wants it in writing.
extension CaseGuards {
  private static func missing(_ paper: String, _ what: String, _ article: String) -> Refusal {
    Refusal(.conflict, "cases-not-issued", "《\(paper)》还没有签发，不能\(what)。请先在本案“文书”里补全并签发。", article: article)
  }
  private static func tooEarly(_ paper: String, _ on: Day, _ article: String, _ field: String) -> Refusal {
    Refusal(
      .invalid, "cases-served-before-issue", "《\(paper)》\(on.chineseLong)签发，送达日期不能早于签发日期。", article: article, field: field)
  }
  /// The paper that the step hands over, for this step and no earlier one.
  private static func handed(_ kind: String, _ paper: String, _ what: String, _ article: String) -> CaseGuard {
    CaseGuard("《\(paper)》已签发", article) { facts in
      guard let mark = facts.papers.marks[kind], !mark.isHandedOver else { return missing(paper, what, article) }
      switch facts.act {
      case .giveNotice(let served) where served.day < mark.on, .urge(let served) where served.day < mark.on:
        return tooEarly(paper, mark.on, article, "served")
      default: return nil
      }
    }
  }
  /// A paper of an earlier step, without which what follows has nothing to rest on.
  private static func issued(_ kind: String, _ paper: String, _ what: String, _ article: String) -> CaseGuard {
    CaseGuard("《\(paper)》已签发", article) { $0.papers.marks[kind] == nil ? missing(paper, what, article) : nil }
  }

  static let noticeIssued = handed("prior-notice", "行政处罚事先告知书", "送达告知", "行政处罚法第四十四条")
  static let urgingIssued = handed("urge-notice", "催告书", "催告", "行政强制法第三十五条")
  static let orderIssued = issued("rectify-order", "责令（限期）改正通知书", "复查改正情况", "行政处罚法第二十八条第一款")
  static let invitationIssued = issued("hearing-notice", "听证通知书", "举行听证", "行政处罚法第六十四条第二项")
  static let onSpotIssued = issued("onspot-decision", "当场行政处罚决定书", "备案", "行政处罚法第五十二条")
  static let demolitionIssued = issued("demolish-gov-decision", "强制拆除决定书", "实施强制拆除", "上海市拆除违法建筑若干规定第十条第四款")

  /// The paper that a service of its own hands over.
  static let servedIsIssued = CaseGuard("送达的文书已签发", "行政处罚法第六十一条") { facts in
    guard case .servePaper(let kind, _, let day, _) = facts.act else { return nil }
    guard let paper = IssuedPapers.served.first(where: { $0.kind == kind }) else {
      return Refusal(.invalid, "cases-not-served-so", "请选择送达的文书。决定书、告知书、催告书各有自己的步骤。", field: "paper")
    }
    guard let mark = facts.papers.marks[kind] else { return missing(paper.name, "送达", "行政处罚法第六十一条") }
    return day < mark.on ? tooEarly(paper.name, mark.on, "行政处罚法第六十一条", "on") : nil
  }

  /// The decision itself, by its kind.
  static let decisionIssued = CaseGuard("决定书已签发", "行政处罚法第五十九条、第六十一条") { facts in
    let (kind, paper, article): (String, String, String)
    switch facts.file.decision?.kind {
    case .penalty: (kind, paper, article) = ("penalty-decision", "行政处罚决定书", "行政处罚法第五十九条、第六十一条")
    case .onSpot: (kind, paper, article) = ("onspot-decision", "当场行政处罚决定书", "行政处罚法第五十二条")
    case .noPenalty: (kind, paper, article) = ("no-penalty-decision", "不予行政处罚决定书", "行政处罚法第五十七条")
    case .demolition: (kind, paper, article) = ("demolish-order", "责令限期拆除决定书", "上海市拆除违法建筑若干规定第八条")
    case nil: return nil
    }
    guard let mark = facts.papers.marks[kind] else { return missing(paper, "送达", article) }
    guard case .serve(_, let day, _) = facts.act, day < mark.on else { return nil }
    return tooEarly(paper, mark.on, article, "on")
  }
}

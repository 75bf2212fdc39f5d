import Compounds
import Foundation
import Kernel
import Offices
import Storage

/// 重点小区名单: compounds to be looked after in a period, with their figures of the day when it was issued. Nothing of it changes; it may be
/// withdrawn as a whole.
public struct FocusList: Sendable {
  public typealias ID = Identifier<FocusList>
  public let id: ID
  /// "H20261129-0001"
  public let no: String
  public let name: String
  public let source: Source
  public let office: Office.ID
  public let officeName: String
  /// A category of the catalogue; nil for all together.
  public let subject: String?
  public let from: Day
  public let through: Day
  public let reason: String
  /// The last day that its figures know.
  public let asOf: Day
  public let version: String
  /// All of them, within one's scope or not.
  public let entries: Int
  public let issuedBy: String
  public let issuedAt: Moment
  /// nil while it holds. A withdrawn list stays to be read and is followed no more.
  public let withdrawal: Withdrawal?

  /// 撤回: by whom, when and why.
  public struct Withdrawal: Sendable, Hashable {
    public let at: Moment
    public let who: String
    public let reason: String
  }
  public enum Source: String, Sendable, CaseIterable {
    case ours, imported
    public var chinese: String {
      switch self {
      case .ours: "按本系统研判"
      case .imported: "导入"
      }
    }
  }
}

/// One compound of a list.
public struct FocusEntry: Sendable {
  public let position: Int
  public let compound: Compound.ID
  public let compoundNo: String
  public let compoundName: String
  public let squadName: String
  /// As the imported list wrote it.
  public let given: String
  public let reports: Int
  public let households: Int?
  public let figures: HotFigures?
  /// The rate of all compounds of the area on that day.
  public let areaRate: Double?
  /// Whether our own finding would have put it on a list.
  public let listed: Bool
  public let why: String
}

/// A line of an imported list that stands for no compound.
public struct FocusLeft: Sendable {
  public let line: Int
  public let given: String
  public let why: String
}

/// What a list is to be.
public struct NewFocusList: Sendable {
  public var name: String
  public var from: Day?
  public var through: Day?
  public var reason: String
  public init(name: String, from: Day?, through: Day?, reason: String) {
    self.name = name.trimming()
    self.from = from
    self.through = through
    self.reason = reason.trimming()
  }

  /// All that is wrong with it.
  func problems() -> [Refusal] {
    var wrong: [Refusal] = []
    if !(2...40).contains(name.count) { wrong.append(Refusal(.invalid, "focus-name", "名单名称为 2 至 40 个字。", field: "title")) }
    switch (from, through) {
    case (let from?, let through?):
      if from > through {
        wrong.append(Refusal(.invalid, "focus-period", "开始日期在结束日期之后，请核对两个日期。", field: "from"))
      } else if through.days(since: from) > 730 {
        wrong.append(Refusal(.invalid, "focus-period", "名单的期限最长两年。", field: "through"))
      }
    case (nil, _): wrong.append(Refusal(.invalid, "focus-period", "请填写开始日期。", field: "from"))
    case (_, nil): wrong.append(Refusal(.invalid, "focus-period", "请填写结束日期。", field: "through"))
    }
    if !(10...500).contains(reason.utf16.count) {
      wrong.append(Refusal(.invalid, "focus-reason", "请写明为什么发布这份名单，10 至 500 字。", field: "reason"))
    }
    return wrong
  }
}

/// Two lists beside each other.
public struct FocusComparison: Sendable {
  public let first: FocusList
  public let second: FocusList
  public let both: [(first: FocusEntry, second: FocusEntry)]
  public let onlyFirst: [FocusEntry]
  public let onlySecond: [FocusEntry]
  init(_ first: FocusList, _ a: [FocusEntry], _ second: FocusList, _ b: [FocusEntry]) {
    self.first = first
    self.second = second
    let others = Dictionary(b.map { ($0.compound, $0) }, uniquingKeysWith: { a, _ in a })
    let mine = Set(a.map(\.compound))
    both = a.compactMap { one in others[one.compound].map { (one, $0) } }
    onlyFirst = a.filter { others[$0.compound] == nil }
    onlySecond = b.filter { !mine.contains($0.compound) }
  }
}

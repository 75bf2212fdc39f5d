import Compounds
import Kernel
import Offices
import Storage

/// Something that is complained of again and again (反复投诉): what a rule has found, as it was found last.
public struct Pattern: Sendable {
  public typealias ID = Identifier<Pattern>
  public let id: ID
  public let rule: String
  /// Of the rules that found it first.
  public let version: String
  public let kind: PatternKind
  public let compound: Compound.ID
  public let compoundNo: String
  public let compoundName: String
  public let squad: Office.ID
  public let squadName: String
  /// nil for many problems.
  public let item: String?
  /// nil for more than one place, or where nobody knows the building.
  public let place: String?
  public let from: Day
  public let through: Day
  public let reports: Int
  public let callers: Int
  public let unnamed: Int
  public let most: Int
  public let places: Int
  public let level: Int
  public let months: [Int]
  public let items: Int
  public let state: State
  public let foundAt: Moment
  /// When it was found last.
  public let seenAt: Moment
  public let overAt: Moment?
  public let decidedBy: String?
  public let decidedAt: Moment?
  /// Why nothing is done about it.
  public let reason: String?
  public let planNo: String?

  public enum State: String, Sendable, CaseIterable {
    case found, planned, dismissed
    public var chinese: String {
      switch self {
      case .found: "待研判"
      case .planned: "已定方案"
      case .dismissed: "不另作方案"
      }
    }
  }

  /// Why it is here, in words. Who complained is only counted.
  public var why: String {
    let span = from == through ? from.chinese : "\(from.chinese)至\(through.chinese)"
    switch (kind, months.isEmpty) {
    case (.manyProblems, _):
      let named = months.map { "\($0)" }.joined(separator: "、")
      return "\(since)共 \(reports) 件诉件、\(items) 个事项；\(named) 月的件数排在本街镇各小区前列"
    case (.oneKind, false):
      return "\(since)共 \(reports) 件，\(months[safe: 2] ?? 0) 个年头都集中在 \(months[0]) 月到 \(months[safe: 1] ?? 0) 月，占 \(months[safe: 3] ?? 0)%"
    case (.oneKind, true): return "\(span) \(reports) 件诉件，涉及 \(places) 处；\(who)"
    case (.sameProblem, _): return "\(span) \(reports) 件诉件；\(who)"
    }
  }
  private var since: String { "\(from.year)年\(from.month)月以来" }
  private var who: String {
    var parts: [String] = []
    if callers == 1 { parts.append(most == reports ? "都是同一名诉求人" : "能分清的是同一名诉求人，共 \(most) 件") }
    if callers > 1 { parts.append("来自 \(callers) 名不同的诉求人" + (most > 1 ? "，其中一人反映 \(most) 件" : "")) }
    if unnamed > 0 { parts.append("\(unnamed) 件没有留下身份") }
    return parts.joined(separator: "，")
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

/// What is to be done about a pattern, by whom, by when (整治方案).
public struct Plan: Sendable {
  public typealias ID = Identifier<Plan>
  public let id: ID
  /// "Z20261129-000001"
  public let no: String
  public let pattern: Pattern.ID
  public let compound: Compound.ID
  public let compoundNo: String
  public let compoundName: String
  public let squad: Office.ID
  public let squadName: String
  public let item: String?
  public let measure: String
  /// By which one will know that it was worth it.
  public let goal: String
  public let owner: Int64
  public let ownerName: String
  public let due: Day
  public let state: State
  public let openedBy: String
  public let openedAt: Moment
  public let closedBy: String?
  public let closedAt: Moment?
  public let outcome: String?
  public let version: Int

  public enum State: String, Sendable, CaseIterable {
    case open, done, dropped
    public var chinese: String {
      switch self {
      case .open: "进行中"
      case .done: "已完成"
      case .dropped: "已终止"
      }
    }
  }
}

/// What somebody wrote down of a plan.
public struct PlanNote: Sendable {
  public let at: Moment
  public let who: String
  public let text: String
}

import Kernel

/// One range of fine in a penalty clause.
public struct Fine: Hashable, Sendable {
  public enum Party: String, Hashable, Sendable, CaseIterable {
    /// The clause does not tell persons from units.
    case any
    case individual, unit
    /// 经纪机构
    case agency
    /// Who has others do it.
    case organizer
    public var chinese: String {
      switch self {
      case .any: "当事人"
      case .individual: "个人"
      case .unit: "单位"
      case .agency: "经纪机构"
      case .organizer: "组织者"
      }
    }
  }
  public enum Tier: String, Hashable, Sendable, CaseIterable {
    case base
    /// 情节严重
    case serious
    /// 逾期不改正
    case overdue
    public var chinese: String? {
      switch self {
      case .base: nil
      case .serious: "情节严重"
      case .overdue: "逾期不改正"
      }
    }
  }
  /// What `range` counts.
  public enum Measure: String, Hashable, Sendable, CaseIterable {
    /// Fen.
    case amount
    /// Fen a square metre.
    case perSquareMetre
    /// Fen a square metre and day.
    case perSquareMetreDay
    /// Times a base named in `of`.
    case multiple
  }
  public let party: Party
  public let tier: Tier
  public let measure: Measure
  /// In fen, or in multiples: see `measure`. Zero as lower bound: the clause names none.
  public let range: ClosedRange<Int>
  /// The base of a multiple, "绿化补偿标准"; for areas the area meant.
  public let of: String?
  /// True for 可处, 可以处.
  public let discretionary: Bool
  public let validFrom: Day?
  public let validUntil: Day?

  public func isInForce(on day: Day) -> Bool { (validFrom.map { $0 <= day } ?? true) && (validUntil.map { day <= $0 } ?? true) }
  /// "情节严重，可处1万元以上10万元以下罚款"; the party is not named.
  public var text: String {
    let amount =
      switch measure {
      case .amount: Self.span(range, Self.yuan)
      case .perSquareMetre: "每平方米" + Self.span(range, Self.yuan)
      case .perSquareMetreDay: "每平方米每日" + Self.span(range, Self.yuan)
      case .multiple: (of ?? "") + Self.span(range) { "\($0)倍" }
      }
    return (tier.chinese.map { $0 + "，" } ?? "") + (discretionary ? "可处" : "处") + amount + "罚款"
  }
  private static func span(_ range: ClosedRange<Int>, _ text: (Int) -> String) -> String {
    if range.lowerBound == range.upperBound { return text(range.upperBound) }
    return (range.lowerBound == 0 ? "" : text(range.lowerBound) + "以上") + text(range.upperBound) + "以下"
  }
  /// "500元", "1万元", "1.5万元" from fen.
  static func yuan(_ fen: Int) -> String {
    let yuan = fen / 100
    if yuan >= 10_000 && yuan % 1000 == 0 {
      return yuan % 10_000 == 0 ? "\(yuan / 10_000)万元" : "\(yuan / 10_000).\(yuan % 10_000 / 1000)万元"
    }
    return fen % 100 == 0 ? "\(yuan)元" : "\(yuan).\((fen % 100).padded(2))元"
  }
}

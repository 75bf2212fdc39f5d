import Kernel
import Offices
import Storage

/// What the city says of a report (市级通报): one line of one of its monthly lists.
public struct CityEntry: Sendable {
  public typealias ID = Identifier<CityEntry>
  public let id: ID
  public let kind: Kind
  public let month: Month
  /// The hotline's number as the list gives it.
  public let sourceNo: String
  /// The city's words, masked.
  public let said: String
  public let due: Day
  public let state: State
  public let squad: Office.ID?
  public let squadName: String?
  /// nil while nobody knows a report of this number.
  public let report: Int64?
  public let reportNo: String?
  public let matterNo: String?
  public let matterTitle: String?
  /// What will be done, or why the city is wrong.
  public let answer: String?
  public let evidence: String?
  public let answeredBy: String?
  public let answeredAt: Moment?
  /// Of the squad's leader who let it go out, or sent it back with a word.
  public let reviewedBy: String?
  public let reviewedAt: Moment?
  public let reviewNote: String?
  public let decidedBy: String?
  public let decidedAt: Moment?
  /// The city's answer.
  public let verdict: String?
  public let version: Int

  /// Which list.
  public enum Kind: String, Sendable, CaseIterable {
    case dissatisfied, unsolved, uncontacted
    public var chinese: String {
      switch self {
      case .dissatisfied: "不满意件"
      case .unsolved: "未解决件"
      case .uncontacted: "未先行联系件"
      }
    }
    /// What it means in the figures.
    public var effect: String {
      switch self {
      case .dissatisfied: "按不满意计"
      case .unsolved: "按没有解决计"
      case .uncontacted: "按没有先行联系计"
      }
    }
  }
  public enum State: String, Sendable, CaseIterable {
    case open, accepted
    /// An appeal that waits for the squad's leader.
    case asked
    /// With the district, for the city.
    case sent
    case upheld, rejected
    public var chinese: String {
      switch self {
      case .open: "待答复"
      case .accepted: "已认可"
      case .asked: "申诉待审"
      case .sent: "申诉已报"
      case .upheld: "申诉成立"
      case .rejected: "申诉未成立"
      }
    }
  }
  /// The city's word stands unless it has taken it back.
  public var counts: Bool { report != nil && state != .upheld }
  public func isOverdue(on day: Day) -> Bool { (state == .open || state == .asked) && report != nil && due < day }
}

/// What became of an import.
public struct CityImport: Sendable {
  public var added = 0
  public var unmatched = 0
  public var same = 0
  public var bad: [(line: Int, reason: String)] = []
}

/// What an import would do, before it is done.
public struct CityPreview: Sendable {
  public struct Row: Sendable {
    public let line: Int
    public let kind: CityEntry.Kind
    public let sourceNo: String
    public let said: String
    public let due: Day
    /// There already.
    public let isKnown: Bool
    public let matterNo: String?
    public let matterTitle: String?
  }
  public let lines: Int
  public let columns: [(field: CityListMapping.Field, column: String)]
  public let rows: [Row]
  public let bad: [(line: Int, reason: String)]
  public var ready: Int { rows.filter { !$0.isKnown }.count }
  public var same: Int { rows.count - ready }
  public var unmatched: Int { rows.filter { !$0.isKnown && $0.matterNo == nil }.count }
}

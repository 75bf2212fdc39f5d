import Compounds
import Kernel
import Offices
import People
import Staffing
import Storage

/// A four-week plan of one squad (排班方案): who is stationed where, and who is where on each half-day.
public struct RosterPlan: Sendable {
  public typealias ID = Identifier<RosterPlan>
  public let id: ID
  /// "P20261129-000001"
  public let no: String
  public let squad: Office.ID
  public let squadName: String
  public let district: Office.ID?
  /// 1, 2, 3 … of the squad.
  public let number: Int
  public let start: Day
  /// The last day on which it holds: of one that was followed by another, the day before that began.
  public let until: Day
  public let state: State
  /// Reckoned to see what would be, never issued.
  public let isWhatIf: Bool
  /// The plan from which it was made.
  public let basedOn: String?
  /// What is different from that one, in words; empty for a plan reckoned again.
  public let change: String
  /// What the store did not know, and by which rule it was handled.
  public let notes: [String]
  public let score: PlanScore?
  public let proportional: PlanScore?
  public let proportionalNote: String?
  /// What a manager should know of the plan.
  public let remarks: [String]
  /// Which rules to relax, where no plan keeps all.
  public let obstacles: [String]
  public let objective: Int?
  public let bound: Int?
  public let timeLimited: Bool
  public let askedBy: String
  public let askedAt: Moment
  public let begunAt: Moment?
  public let endedAt: Moment?
  public let issuedBy: String?
  public let issuedAt: Moment?
  public let version: Int

  public enum State: String, Sendable, CaseIterable {
    case waiting, running, draft, impossible, undecided, failed, cancelled, issued, superseded
    public var chinese: String {
      switch self {
      case .waiting: "等待计算"
      case .running: "正在计算"
      case .draft: "草案"
      case .impossible: "排不出"
      case .undecided: "没有算完"
      case .failed: "计算出错"
      case .cancelled: "已取消"
      case .issued: "已发布"
      case .superseded: "已被取代"
      }
    }
    /// Somebody or the worker is still at it.
    public var isUnderWay: Bool { self == .waiting || self == .running }
    public var hasRows: Bool { self == .draft || self == .issued || self == .superseded }
  }
  /// (objective − bound) / objective, in tenths of a percent; nil without a plan.
  public var gapTenths: Int? {
    guard let objective, let bound else { return nil }
    return objective == 0 ? 0 : ((objective - bound) * 1000 + objective / 2) / objective
  }
  /// Changed by hand since it was reckoned.
  public func isTouched(by fixes: [RosterFix]) -> Bool { fixes.contains { fix in endedAt.map { fix.at >= $0 } ?? true } }
  public var last: Day { start.adding(days: 27) }
}

/// One compound of a plan.
public struct RosterPlace: Sendable {
  public let compound: Compound.ID
  public let compoundNo: String
  public let compoundName: String
  public let mode: StationingMode
  public let modeName: String
  public let visits: Int
  public let demandHours: Double
  public let servedHours: Double
  public let contact: Int64
  public let contactName: String
  public let second: Int64?
  public let secondName: String?
  public let reason: String
  public let contactReason: String
  public let secondReason: String?
}

/// What one officer has in a plan, in half-days.
public struct RosterLoad: Sendable {
  public let account: Int64
  public let name: String
  /// The squad of who came to help.
  public let home: String?
  public let available: Int
  public let visits: Int
  public let standIns: Int
  public let duties: Int
  public let load: Int
  public let percent: Int
  /// "李敏（二中队支援）"
  public var shown: String { home.map { "\(name)（\($0)支援）" } ?? name }
}

/// One half-day of one officer.
public struct RosterShift: Sendable {
  public typealias ID = Identifier<RosterShift>
  public let id: ID
  public let account: Int64
  public let name: String
  public let day: Day
  public let half: HalfDay
  public let task: StaffingPlan.Row.Task
  public let compound: Compound.ID?
  public let compoundNo: String?
  public let compoundName: String?
  public let duty: Int64?
  public let dutyName: String?
  public let role: StaffingPlan.Row.Role?
  public let insteadOf: Int64?
  public let insteadName: String?
  /// A manager has set it.
  public let isFixed: Bool
  public let reason: String

  public static func order(_ half: HalfDay) -> Int { half == .am ? 0 : half == .pm ? 1 : 2 }
}

/// What a manager has changed by hand; the next run keeps it.
public struct RosterFix: Sendable {
  public typealias ID = Identifier<RosterFix>
  public let id: ID
  public let kind: Kind
  public let compound: Int64?
  public let compoundName: String?
  public let contact: Int64?
  public let contactName: String?
  public let second: Int64?
  public let secondName: String?
  public let mode: StationingMode?
  public let day: Day?
  public let half: HalfDay?
  public let account: Int64?
  public let name: String?
  public let task: FixedChanges.Row.Task?
  public let duty: Int64?
  public let dutyName: String?
  /// The rows of the plan are already so.
  public let isApplied: Bool
  public let by: String
  public let at: Moment
  public enum Kind: String, Sendable { case team, shift }

  /// "元邑小城：联系人李敏，常驻"
  public var words: String {
    switch kind {
    case .team:
      let parts = [contactName.map { "联系人\($0)" }, secondName.map { "第二人\($0)" }, mode?.chinese].compactMap { $0 }
      return "\(compoundName ?? "")：\(parts.joined(separator: "，"))"
    case .shift:
      let when = "\(day?.chinese ?? "")\(half?.chinese ?? "")"
      return switch task {
      case .visit: "\(when)：\(name ?? "")到\(compoundName ?? "")"
      case .duty: "\(when)：\(name ?? "")值\(dutyName ?? "")"
      case .off, nil: "\(when)：\(name ?? "")不排"
      }
    }
  }
}

/// A plan with all that is in it.
public struct RosterBook: Sendable {
  public let plan: RosterPlan
  public let places: [RosterPlace]
  public let loads: [RosterLoad]
  public let shifts: [RosterShift]
  public let fixes: [RosterFix]
  /// Changes that the rows do not show yet: it must be reckoned again before it is issued.
  public var pending: Int { fixes.count { !$0.isApplied } }
}

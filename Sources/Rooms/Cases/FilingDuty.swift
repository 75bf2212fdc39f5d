import Catalogue
import ClockBook
import Kernel
import Matters
import Offices
import People
import Storage

/// 应立尽立、应转尽转: a matter found true that must become a case, or of which has to be said why not.
public struct FilingDuty: Sendable {
  /// Why it must.
  public enum Ground: String, Sendable, CaseIterable {
    /// The item endangers public safety, or a plan names it.
    case safety
    /// Complained of again and no old stock.
    case `repeat`
    /// Many callers, or the media.
    case concern
    public var chinese: String {
      switch self {
      case .safety: "涉及公共安全"
      case .repeat: "重复投诉"
      case .concern: "社会、媒体关注"
      }
    }
  }
  public enum State: String, Sendable, CaseIterable {
    case open, filed, declined
    /// 历史存量, with its evidence and whoever answers for it.
    case stock
    public var chinese: String {
      switch self {
      case .open: "待研判"
      case .filed: "已转案"
      case .declined: "不立案，已说明"
      case .stock: "历史存量"
      }
    }
  }
  public let matterNo: String
  public let matterTitle: String
  public let grounds: [Ground]
  public let state: State
  public let at: Moment
  public let due: Moment?
  public let caseNo: String?
  public let reason: String?
  public let stockOwner: String?
  public let stockEvidence: String?
  public let decidedBy: String?
  public let decidedAt: Moment?

  /// So many reports of one matter count as public concern; the plan gives no number.
  public static let manyReports = 5
}

/// 一案双查: whether the property firm did its part, checked with every true complaint whose item gives the firm a duty.
public struct FirmCheck: Sendable {
  public enum State: String, Sendable, CaseIterable {
    case open, performed, failed
    public var chinese: String {
      switch self {
      case .open: "待核查"
      case .performed: "物业已履职"
      case .failed: "物业未履职"
      }
    }
  }
  public let matterNo: String
  public let matterTitle: String
  public let state: State
  /// What the firm had to do, of the catalogue.
  public let duty: String?
  public let note: String?
  public let caseNo: String?
  public let checkedBy: String?
  public let checkedAt: Moment?
}

/// How many true complaints became cases, with both denominators: the share of all, and of those verified true within the power to punish.
public struct FilingRate: Sendable, Equatable {
  public let complaints: Int
  public let verified: Int
  public let filed: Int
  /// Per ten thousand of all; nil without any.
  public var ofAll: Int? { complaints == 0 ? nil : filed * 10_000 / complaints }
  public var ofVerified: Int? { verified == 0 ? nil : filed * 10_000 / verified }
  public init(complaints: Int, verified: Int, filed: Int) {
    self.complaints = complaints
    self.verified = verified
    self.filed = filed
  }
}

extension Cases {
  /// What happens to a finding: called within the step of the matter.
  public var watcher: Matters.Watcher {
    { event, matter, _, now, db in if event == .find { try found(matter, at: now, db) } }
  }

  private func found(_ matter: Matter, at now: Moment, _ db: any Writer) throws {
    guard let squad = matter.squad,
      let fact = try db.first("SELECT fact FROM finding WHERE matter_id = \(matter.id) ORDER BY id DESC LIMIT 1")?.text("fact"),
      [FactFinding.confirmed.rawValue, FactFinding.partly.rawValue].contains(fact), !matter.outOfScope
    else { return }
    let item = matter.item.flatMap(catalogue.item)
    if item?.propertyDuty != nil, matter.compound != nil {
      try db.run(
        """
        INSERT INTO firm_check (matter_id, squad_id, district_id, state, at, note, case_id, checked_by, checked_at)
        VALUES (\(matter.id), \(squad), \(matter.district), 'open', \(now), NULL, NULL, NULL, NULL) ON CONFLICT (matter_id) DO NOTHING
        """)
    }
    let grounds = try grounds(matter, item, db)
    guard !grounds.isEmpty, try !db.exists("SELECT 1 AS one FROM filing_duty WHERE matter_id = \(matter.id)") else { return }
    let filed = try db.first("SELECT id FROM case_file WHERE matter_id = \(matter.id) AND state <> 'notFiled' ORDER BY id LIMIT 1")
    try db.run(
      """
      INSERT INTO filing_duty (matter_id, squad_id, district_id, item, grounds, state, at, case_id, reason, stock_owner, stock_evidence,
        decided_by, decided_at)
      VALUES (\(matter.id), \(squad), \(matter.district), \(matter.item), \(grounds.map(\.rawValue).joined(separator: " ")),
        \(filed == nil ? FilingDuty.State.open : .filed), \(now), \(try filed?.int("id")), NULL, NULL, NULL, NULL, NULL)
      """)
    if filed == nil { try clocks.start("filing-duty", on: Self.duty(matter.id), from: now, ids: house.ids, now: now, db) }
  }
  static func duty(_ matter: Matter.ID) -> Subject { Subject("filing-duty", matter) }

  private func grounds(_ matter: Matter, _ item: Item?, _ db: any Reader) throws -> [FilingDuty.Ground] {
    var out: [FilingDuty.Ground] = []
    if item?.mustFile != nil || item?.publicSafety != nil { out.append(.safety) }
    // Said more than once, opened again, or dealt with before in the same place within a year.
    var again = matter.reports > 1 || matter.reopened > 0
    if !again, let compound = matter.compound, let item = matter.item {
      again = try db.exists(
        """
        SELECT 1 AS one FROM matter WHERE compound_id = \(compound) AND item = \(item) AND id <> \(matter.id) AND building = \(matter.building)
          AND closed_at IS NOT NULL AND closed_at >= \(matter.firstAt.adding(hours: -24 * 365)) AND merged_into IS NULL LIMIT 1
        """)
    }
    if again { out.append(.repeat) }
    let media = try db.exists("SELECT 1 AS one FROM report WHERE matter_id = \(matter.id) AND channel = 'media' LIMIT 1")
    if media || matter.reports >= FilingDuty.manyReports { out.append(.concern) }
    return out
  }

  /// In the transaction that opens a case from a matter.
  func settleDuty(of matter: Matter, by record: CaseRecord.ID, person: Person, at now: Moment, _ db: any Writer) throws {
    let settled = try db.run(
      """
      UPDATE filing_duty SET state = 'filed', case_id = \(record), decided_by = \(person.id), decided_at = \(now)
      WHERE matter_id = \(matter.id) AND state = 'open'
      """)
    if settled > 0 { try clocks.finish(nil, of: Self.duty(matter.id), at: now, db) }
  }
}

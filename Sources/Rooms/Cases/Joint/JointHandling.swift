import Foundation
import Kernel
import Offices
import People
import Storage

/// 联合办案: another squad works on a case with the one whose case it is. It is asked with a reason, says itself whom it sends, and helps to
/// investigate and to serve; the organ that decides stays one.
public struct JointHandling: Sendable {
  public typealias ID = Identifier<JointHandling>
  public enum State: String, Sendable, CaseIterable {
    case asked, joined, declined, ended
    public var chinese: String {
      switch self {
      case .asked: "等待答复"
      case .joined: "联合办案中"
      case .declined: "未同意"
      case .ended: "已结束"
      }
    }
    public var isLive: Bool { self == .asked || self == .joined }
  }
  public let id: ID
  public let caseNo: String
  public let caseTitle: String
  /// Whose case it is.
  public let squadName: String
  public let office: Office.ID
  public let officeName: String
  public let state: State
  /// What help is wanted, and why.
  public let reason: String
  public let askedBy: String
  public let askedAt: Moment
  public let answeredBy: String?
  public let answeredAt: Moment?
  public let answer: String?
  public let endedBy: String?
  public let endedAt: Moment?
  public let endReason: String?
}

/// Somebody of a squad that has joined the case.
public struct CaseCoOfficer: Hashable, Sendable, Codable {
  public let account: Int64
  public let certificate: String
  /// The squad that sent them.
  public let office: Int64
  public init(_ account: Int64, certificate: String, office: Int64) {
    self.account = account
    self.certificate = certificate
    self.office = office
  }
}

enum JointStore {
  static let columns: Query =
    """
    j.*, f.no AS case_no, f.title AS case_title, s.short AS squad_name, o.short AS office_name, a.name AS asker, b.name AS answerer,
      e.name AS ender
    FROM case_joint j JOIN case_file f ON f.id = j.case_id JOIN office s ON s.id = f.squad_id JOIN office o ON o.id = j.office_id
      JOIN account a ON a.id = j.asked_by LEFT JOIN account b ON b.id = j.answered_by LEFT JOIN account e ON e.id = j.ended_by
    """
  static func joint(_ row: ResultRow) throws -> JointHandling {
    JointHandling(
      id: try row.id("id"), caseNo: try row.text("case_no"), caseTitle: try row.text("case_title"), squadName: try row.text("squad_name"),
      office: try row.id("office_id"), officeName: try row.text("office_name"), state: try row.choice("state"),
      reason: try row.text("reason"), askedBy: try row.text("asker"), askedAt: try row.moment("asked_at"),
      answeredBy: try row.optionalText("answerer"), answeredAt: try row.optionalMoment("answered_at"),
      answer: try row.optionalText("answer"),
      endedBy: try row.optionalText("ender"), endedAt: try row.optionalMoment("ended_at"), endReason: try row.optionalText("end_reason"))
  }
  static func all(of id: CaseRecord.ID, _ db: any Reader) throws -> [JointHandling] {
    try db.all("SELECT \(columns) WHERE j.case_id = \(id) ORDER BY j.id").map(joint)
  }
  static func find(_ id: JointHandling.ID, _ db: any Reader) throws -> (joint: JointHandling, caseID: CaseRecord.ID)? {
    try db.first("SELECT \(columns) WHERE j.id = \(id)").map { (try joint($0), try $0.id("case_id")) }
  }
  /// Cases that a squad has joined: it sees them as long as it helps, and only asked it sees the request alone.
  static func joined(by office: Office.ID) -> Query { "SELECT case_id FROM case_joint WHERE office_id = \(office) AND state = 'joined'" }
}

extension CasesMigrations {
  static let joint = Migration(
    "cases-008",
    [
      """
      CREATE TABLE case_joint (id integer primary key, case_id bigint NOT NULL REFERENCES case_file (id),
        office_id bigint NOT NULL REFERENCES office (id), state text NOT NULL, reason text NOT NULL,
        asked_by bigint NOT NULL REFERENCES account (id), asked_at bigint NOT NULL, answered_by bigint REFERENCES account (id),
        answered_at bigint, answer text, ended_by bigint REFERENCES account (id), ended_at bigint, end_reason text,
        CHECK (state IN ('asked', 'joined', 'declined', 'ended')))
      """,
      "CREATE INDEX case_joint_case ON case_joint (case_id, id)",
      // One request at a time to each squad.
      "CREATE UNIQUE INDEX case_joint_live ON case_joint (case_id, office_id) WHERE ended_at IS NULL",
      "CREATE INDEX case_joint_office ON case_joint (office_id, state, case_id)",
      "CREATE INDEX case_joint_asker ON case_joint (asked_by)",
      "CREATE INDEX case_joint_answerer ON case_joint (answered_by)",
      "CREATE INDEX case_joint_ender ON case_joint (ended_by)",
    ])
}

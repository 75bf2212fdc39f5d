import Foundation
import Kernel
import Storage

/// 文书: one paper of a case, as it stands in the store.
public struct PaperRecord: Sendable {
  public typealias ID = Identifier<PaperRecord>
  public enum State: String, Sendable, CaseIterable {
    /// Still being written.
    case draft
    /// Frozen: number, words and bytes never change.
    case issued
    /// Issued, and another one stands in its place.
    case replaced
    public var chinese: String {
      switch self {
      case .draft: "草稿"
      case .issued: "已签发"
      case .replaced: "已被更正"
      }
    }
  }
  public let id: ID
  public let caseID: CaseRecord.ID
  /// Of `Data/procedures/papers.json`.
  public let kind: String
  public let title: String
  /// "徐泾中队罚决〔2026〕12号"; nil for drafts, and for kinds without a number.
  public let no: String?
  public let state: State
  /// Field name to text.
  public let texts: [String: String]
  /// The step it belongs to; nil when it was made by hand and its step has not come.
  public let step: Int?
  public let madeAt: Moment
  /// Nil as long as nobody has touched the draft.
  public let editedAt: Moment?
  public let issuedAt: Moment?
  public let issuedBy: String?
  /// Of the PDF, from its first rendering on.
  public let sha256: String?
  public let replaces: ID?
  public let version: Int
}

enum PaperStore {
  static let columns: Query = "p.*, a.name AS issuer FROM case_paper p LEFT JOIN account a ON a.id = p.issued_by"

  static func record(_ row: ResultRow) throws -> PaperRecord {
    PaperRecord(
      id: try row.id("id"), caseID: try row.id("case_id"), kind: try row.text("kind"), title: try row.text("title"),
      no: try row.optionalText("no"), state: try row.choice("state"), texts: try row.json("fields"),
      step: try row.optionalInt("step").map { Int($0) }, madeAt: try row.moment("made_at"), editedAt: try row.optionalMoment("edited_at"),
      issuedAt: try row.optionalMoment("issued_at"), issuedBy: try row.optionalText("issuer"), sha256: try row.optionalText("sha256"),
      replaces: try row.optionalID("replaces"), version: try row.count("version"))
  }
  static func all(of id: CaseRecord.ID, _ db: any Reader) throws -> [PaperRecord] {
    try db.all("SELECT \(columns) WHERE p.case_id = \(id) ORDER BY p.id").map(record)
  }
  static func find(_ id: PaperRecord.ID, of caseID: CaseRecord.ID, _ db: any Reader) throws -> PaperRecord? {
    try db.first("SELECT \(columns) WHERE p.id = \(id) AND p.case_id = \(caseID)").map(record)
  }
  /// The newest of its kind that still stands.
  static func last(_ kind: String, of id: CaseRecord.ID, _ db: any Reader) throws -> PaperRecord? {
    try db.first("SELECT \(columns) WHERE p.case_id = \(id) AND p.kind = \(kind) AND p.state <> 'replaced' ORDER BY p.id DESC LIMIT 1").map(
      record)
  }
  /// Of each kind that a step asks for, the newest, if it is issued.
  static func standing(of id: CaseRecord.ID, _ db: any Reader) throws -> IssuedPapers {
    let rows = try db.all(
      """
      SELECT kind, state, step, issued_at FROM case_paper WHERE case_id = \(id) AND kind IN (\(list: IssuedPapers.watched))
        AND (state = 'issued' OR (state = 'draft' AND replaces IS NULL)) ORDER BY id
      """)
    var marks: [String: IssuedPapers.Mark] = [:]
    for row in rows {
      let issued = try row.optionalMoment("issued_at")
      marks[try row.text("kind")] = try issued.map { IssuedPapers.Mark(on: $0.day, isHandedOver: try row.optionalInt("step") != nil) }
    }
    return IssuedPapers(marks)
  }
  static let decisions = ["penalty-decision", "onspot-decision", "no-penalty-decision", "demolish-order"]
  static func decision(of id: CaseRecord.ID, _ db: any Reader) throws -> PaperRecord? {
    try db.first(
      "SELECT \(columns) WHERE p.case_id = \(id) AND p.kind IN (\(list: decisions)) AND p.state = 'issued' ORDER BY p.id DESC LIMIT 1"
    ).map(record)
  }
  /// The texts of the organ's last issued paper of a kind: what is the same in each need not be typed again.
  static func lastTexts(_ kind: String, of organ: Int64, _ db: any Reader) throws -> [String: String] {
    try db.first(
      "SELECT fields FROM case_paper WHERE organ_id = \(organ) AND kind = \(kind) AND issued_at IS NOT NULL ORDER BY issued_at DESC LIMIT 1"
    )?.json("fields") ?? [:]
  }
}

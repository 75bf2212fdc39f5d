import Catalogue
import Kernel
import Storage

/// A decision as everybody may read it, 行政处罚法第四十八条: persons without their name.
public struct PublishedDecision: Sendable {
  public let caseNo: String
  public let item: String
  /// "张某", or a unit's whole name.
  public let party: String
  public let penalty: CasePenalty
  public let basis: String
  public let decidedOn: Day
  public let publishedOn: Day
  public let organ: String
}

extension Cases {
  /// What is published now, newest first. What was withdrawn is not there any more.
  public func publishedDecisions(before: Int64? = nil, limit: Int = 50) async throws -> (all: [PublishedDecision], next: Int64?) {
    try await house.store.read { db in
      let rows = try db.all(
        """
        SELECT f.*, p.kind AS party_kind, p.name AS party, o.name AS organ_full FROM case_file f JOIN case_party p ON p.case_id = f.id
          JOIN office o ON o.id = f.organ_id
        WHERE f.published_at IS NOT NULL AND f.id < \(before ?? Int64.max) ORDER BY f.id DESC LIMIT \(raw: String(limit + 1))
        """)
      let all = try rows.prefix(limit).compactMap { row -> PublishedDecision? in
        let file: CaseFile = try row.json("file")
        guard let decision = file.decision, let penalty = decision.penalty, let published = file.publishedAt,
          let item = catalogue.item(file.item)
        else { return nil }
        let kind: CaseParty.Kind = try row.choice("party_kind")
        return PublishedDecision(
          caseNo: try row.text("no"), item: item.name, party: Self.anonymous(try row.text("party"), kind), penalty: penalty,
          basis: item.penalties.map(\.text).joined(separator: "；"), decidedOn: decision.at.day, publishedOn: published.day,
          organ: try row.text("organ_full"))
      }
      return (all, rows.count > limit ? try rows[limit - 1].int("id") : nil)
    }
  }

  /// The family name is what remains of a person; compound ones have two characters.
  static func anonymous(_ name: String, _ kind: CaseParty.Kind) -> String {
    guard kind == .individual else { return name }
    let compound = ["欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木", "司徒"].contains {
      name.hasPrefix($0) && name.count > 2
    }
    return name.prefix(compound ? 2 : 1) + "某"
  }
}

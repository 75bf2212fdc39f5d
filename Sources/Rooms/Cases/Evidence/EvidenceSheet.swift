import Foundation
import Kernel
import People
import Storage

/// The evidence of a case as its page shows it.
public struct EvidenceSheet: Sendable {
  public let record: CaseRecord
  public let exhibits: [Exhibit]
  /// Why this person may not enter evidence now; nil when they may.
  public let closed: Refusal?
  /// Whether the person handles the case.
  public let handles: Bool
  /// Whether a masked copy may be made by this person.
  public let masks: Bool
  /// A proof waits for the worker.
  public let isCheckWaiting: Bool
  public var faulty: [Exhibit] { exhibits.filter { $0.fault != nil } }
}

/// A photo of the case's matter, taken on a visit: evidence without being uploaded again.
public struct MatterPhoto: Sendable {
  public let id: Int64
  public let file: ExhibitFile
  public let at: Moment
  public let who: String?
  /// The exhibit that it is already.
  public let number: Int?
}

extension Cases {
  public func evidence(of no: String, for person: Person) async throws -> EvidenceSheet {
    let now = house.now()
    return try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      var closed: Refusal?
      do throws(Refusal) {
        let actor = CaseActor(person.id.raw, try Self.role(for: .collect, in: record, of: person))
        _ = try CaseWorkflow.decide(
          .collect(exhibits: 1), on: record.file, by: actor, under: try law(of: record.file), papers: IssuedPapers(), at: now)
      } catch { closed = error }
      let handles = record.file.hands.contains { $0.account == person.id.raw }
      return EvidenceSheet(
        record: record, exhibits: try ExhibitStore.list(of: record.id, db), closed: closed, handles: handles,
        masks: handles || record.roles(of: person).contains(.leader),
        isCheckWaiting: try db.exists("SELECT id FROM job WHERE dedupe = \("\(Self.checkJob)-\(no)")"))
    }
  }
  /// An exhibit with the entries of its chain, oldest first.
  public func story(of exhibit: Exhibit) async throws -> [JournalEntry] {
    try await house.store.read { db in try Journal.entries(of: exhibit.subject, db) }
  }
  /// Numbers and words of what the last proof found altered: for the pages on which a decision is taken.
  public func evidenceFaults(of record: CaseRecord) async throws -> [(number: Int, words: String)] {
    try await house.store.read { db in
      try db.all("SELECT number, fault FROM exhibit WHERE case_id = \(record.id) AND fault IS NOT NULL ORDER BY number").map {
        (Int(try $0.int("number")), try $0.text("fault"))
      }
    }
  }

  /// Photos of the visits to the case's matter, as far as the person may see the case.
  public func matterPhotos(of no: String, for person: Person) async throws -> [MatterPhoto] {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      return try db.all(
        """
        SELECT p.*, v.at AS visited_at, a.name AS who, e.number FROM case_file f JOIN matter_file p ON p.matter_id = f.matter_id
          LEFT JOIN visit v ON p.entry = 'visit' AND v.id = p.entry_id LEFT JOIN account a ON a.id = v.account_id
          LEFT JOIN exhibit e ON e.case_id = f.id AND e.sha256 = p.sha256 AND e.masked_of IS NULL
        WHERE f.id = \(record.id) ORDER BY p.id
        """
      ).map { row in
        let type = try row.text("media_type")
        return MatterPhoto(
          id: try row.int("id"),
          file: ExhibitFile(
            original: StoredFile(sha256: try row.text("sha256"), size: try row.count("size")), mediaType: type,
            kind: ExhibitMedia(mime: type).kind, shown: try row.optionalText("public_sha256"),
            thumbnail: try row.optionalText("thumbnail_sha256"),
            madeAt: try row.optionalMoment("taken_at")), at: try row.optionalMoment("visited_at") ?? row.moment("at"),
          who: try row.optionalText("who"), number: try row.optionalInt("number").map { Int($0) })
      }
    }
  }
}

import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Offices
import People
import Storage
import WorkCalendar
import Workflow

/// Somebody opened a sealed identity.
public struct LookRecord: Sendable {
  public let id: Int64
  public let at: Moment
  public let who: String
  public let reportNo: String
  public let purpose: ReportStore.Purpose
}

/// Somebody was told.
public struct SentRecord: Sendable {
  public let id: Int64
  public let at: Moment
  public let to: String
  public let text: String
  public let seenAt: Moment?
}

/// A kept file as a person may have it.
public struct VisibleFile: Sendable {
  public enum Kind: Sendable { case original, publicCopy, thumbnail }
  public let kind: Kind
  /// Of the original.
  public let mediaType: String
}

extension Matters {
  /// Who looked at a matter's sealed identities, and who was told of it; newest first.
  /// - Parameters:
  ///   - looksBefore: the last look of the page before.
  ///   - sentBefore: the last message of the page before.
  public func record(
    of no: String, for person: Person, looksBefore: Int64? = nil, sentBefore: Int64? = nil, limit: Int
  ) async throws -> (looks: [LookRecord], sent: [SentRecord]) {
    let earlierLooks: Query = looksBefore.map { " AND l.id < \($0)" } ?? ""
    let earlierSent: Query = sentBefore.map { " AND n.id < \($0)" } ?? ""
    return try await house.store.read { db in
      guard let matter = try MatterStore.find(no: no, for: person, db) else {
        throw Refusal(.missing, "matters-missing", "没有这个事项，或者它不在您的办理范围内。")
      }
      let looks = try db.all(
        """
        SELECT l.id, l.at, l.purpose, r.no, a.name FROM look l JOIN report r ON r.id = l.report_id JOIN account a ON a.id = l.account_id
        WHERE r.matter_id = \(matter.id)\(earlierLooks) ORDER BY l.id DESC LIMIT \(limit)
        """
      ).map { row in
        LookRecord(
          id: try row.int("id"), at: try row.moment("at"), who: try row.text("name"), reportNo: try row.text("no"),
          purpose: try row.choice("purpose"))
      }
      let sent = try db.all(
        """
        SELECT n.id, n.at, n.text, n.seen_at, a.name FROM notice n JOIN account a ON a.id = n.account_id
        WHERE n.matter_id = \(matter.id)\(earlierSent) ORDER BY n.id DESC LIMIT \(limit)
        """
      ).map { row in
        SentRecord(
          id: try row.int("id"), at: try row.moment("at"), to: try row.text("name"), text: try row.text("text"),
          seenAt: try row.optionalMoment("seen_at"))
      }
      return (looks, sent)
    }
  }

  /// Whether a person may have a file, by its SHA-256: its matter must lie in their scope, or its report be their own. Originals, which say
  /// where and by which phone they were taken, are only for the squads that handle the matter.
  /// - Throws: `matters-no-file`, the same for what is not there and what is not theirs.
  public func maySee(file sha256: String, _ person: Person) async throws -> VisibleFile {
    try await house.store.read { db in
      let visible = MatterStore.visible(to: person)
      let handling: Query =
        """
        (m.squad_id = \(person.office) OR m.id IN (SELECT matter_id FROM co_handler WHERE office_id = \(person.office)))
        """
      let own: Query =
        """
        ((r.reporter_id = \(person.id)) OR (r.firm_id IS NOT NULL AND r.firm_id = \(person.firm))
          OR (r.committee_id IS NOT NULL AND r.committee_id = \(person.committee)))
        """
      let mine: Query = person.may(.seeOwnReports) || person.may(.reportOnPatrol) ? own : "1 = 0"
      let columns: [(name: Query, kind: VisibleFile.Kind)] = [
        ("f.thumbnail_sha256", .thumbnail), ("f.public_sha256", .publicCopy), ("f.sha256", .original),
      ]
      for (name, kind) in columns {
        let allowed: Query = kind == .original ? "(\(visible) AND \(handling))" : visible
        let hit =
          try db.first(
            "SELECT f.media_type FROM matter_file f JOIN matter m ON m.id = f.matter_id WHERE \(name) = \(sha256) AND \(allowed) LIMIT 1")
          ?? db.first(
            """
            SELECT f.media_type FROM report_file f JOIN report r ON r.id = f.report_id LEFT JOIN matter m ON m.id = r.matter_id
            WHERE \(name) = \(sha256) AND (\(allowed) OR \(mine)) LIMIT 1
            """)
        if let hit { return VisibleFile(kind: kind, mediaType: try hit.text("media_type")) }
      }
      throw Refusal(.missing, "matters-no-file", "没有这个文件，或者它不在您的办理范围内。")
    }
  }
}

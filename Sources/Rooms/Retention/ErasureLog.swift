import Kernel
import People
import Storage

/// One part of one thing that was erased.
public struct Erasure: Sendable, Hashable {
  public typealias ID = Identifier<Erasure>
  public let id: ID
  public let part: RetentionKind
  /// The report's number; of a file, its name.
  public let what: String
  public let doneAt: Moment
  /// By somebody's wish; else by rule.
  public let request: ErasureRequest.ID?
}

/// What a rule makes due, for the page.
public struct RetentionOutlook: Sendable, Hashable {
  public let rule: RetentionRule
  /// Due today and not erased yet; what is counted ends at `RetentionOutlook.most`.
  public let today: Int
  /// Due within the next 90 days, today's included.
  public let soon: Int
  public static let most = 10_000
  public static let days = 90
}

extension Retention {
  public func outlook(by person: Person) async throws -> [RetentionOutlook] {
    try person.require(.agreeToErasure)
    let now = house.now()
    let rules = rules
    return try await house.store.read { db in
      try rules.all.map { rule in
        RetentionOutlook(
          rule: rule, today: try Self.count(rule, at: now, most: RetentionOutlook.most, db),
          soon: try Self.count(rule, at: now.adding(hours: 24 * RetentionOutlook.days), most: RetentionOutlook.most, db))
      }
    }
  }

  /// What was erased, newest first; `before` is the last id already shown.
  public func erasures(before: Erasure.ID? = nil, limit: Int = 50, by person: Person) async throws -> [Erasure] {
    try person.require(.agreeToErasure)
    let earlier: Query = before.map { " AND e.id < \($0)" } ?? ""
    // A district's people see their district's reports; files and ratings are for those of the whole city.
    let here: Query =
      person.district.map { " AND e.subject_kind = 'report' AND m.district_id = \($0)" } ?? ""
    return try await house.store.read { db in
      try db.all(
        """
        SELECT e.id, e.part, e.done_at, e.request_id, r.no, i.file_name FROM erasure e
        LEFT JOIN report r ON e.subject_kind = 'report' AND r.id = e.subject_id LEFT JOIN matter m ON m.id = r.matter_id
        LEFT JOIN import i ON e.subject_kind = 'import' AND i.id = e.subject_id
        WHERE e.done_at IS NOT NULL\(earlier)\(here) ORDER BY e.id DESC LIMIT \(limit)
        """
      ).map { row in
        Erasure(
          id: try row.id("id"), part: try row.choice("part"),
          what: try row.optionalText("no") ?? row.optionalText("file_name") ?? "社区工作评价", doneAt: try row.moment("done_at"),
          request: try row.optionalID("request_id"))
      }
    }
  }
}

import Kernel

/// Which entries of the journal somebody looks for.
public struct JournalFilter: Sendable, Hashable {
  public var subject: Subject?
  /// The subject's kind alone; "matter", "account" …
  public var kind: String?
  public var actor: Int64?
  /// Whole days, both included.
  public var from: Day?
  public var through: Day?
  public init(subject: Subject? = nil, kind: String? = nil, actor: Int64? = nil, from: Day? = nil, through: Day? = nil) {
    self.subject = subject
    self.kind = kind
    self.actor = actor
    self.from = from
    self.through = through
  }
}

/// One day's seal.
public struct JournalSeal: Sendable, Hashable {
  public let day: Day
  public let entries: Int
  /// 64 hex digits: to be written down elsewhere, so that the whole journal cannot be replaced unseen.
  public let root: String
  public let sealedAt: Moment
}

extension Journal {
  /// Newest first; `before` is the id of the last entry already shown. Ids carry their time, so days are a range of ids.
  public static func list(_ filter: JournalFilter, before: Int64? = nil, limit: Int = 50, _ db: any Reader) throws -> [JournalEntry] {
    var conditions: [Query] = []
    if let subject = filter.subject {
      conditions.append("subject_kind = \(subject.kind) AND subject_id = \(subject.id)")
    } else if let kind = filter.kind {
      conditions.append("subject_kind = \(kind)")
    }
    if let actor = filter.actor { conditions.append("actor_id = \(actor)") }
    if let from = filter.from { conditions.append("id >= \(IdentifierSource.floor(of: from.start))") }
    if let through = filter.through { conditions.append("id < \(IdentifierSource.floor(of: through.end))") }
    if let before { conditions.append("id < \(before)") }
    return try db.all("SELECT * FROM journal WHERE \(conditions.conjunction) ORDER BY id DESC LIMIT \(limit)").map(entry)
  }

  public static func seals(before: Day? = nil, limit: Int = 14, _ db: any Reader) throws -> [JournalSeal] {
    let condition: Query = before.map { "day < \($0)" } ?? "1 = 1"
    return try db.all("SELECT day, entries, root, sealed_at FROM journal_seal WHERE \(condition) ORDER BY day DESC LIMIT \(limit)").map {
      JournalSeal(
        day: try $0.day("day"), entries: try $0.count("entries"), root: try $0.data("root").hex, sealedAt: try $0.moment("sealed_at"))
    }
  }
  public static func sealCount(_ db: any Reader) throws -> Int { Int(try db.number("SELECT count(*) AS n FROM journal_seal")) }
}

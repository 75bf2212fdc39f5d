import Crypto
import Foundation
import Kernel

/// What a chain, a clock or a job is about.
public struct Subject: Hashable, Sendable, Codable {
  /// "matter", "report", "account", …: the table's name.
  public let kind: String
  public let id: Int64
  public init(_ kind: String, _ id: Int64) {
    self.kind = kind
    self.id = id
  }
  public init<R>(_ kind: String, _ id: Identifier<R>) { self.init(kind, id.raw) }
}

/// Who did it, as the journal names them.
public struct Actor: Hashable, Sendable {
  /// Nil for the program itself, a resident and the hotline.
  public let account: Int64?
  /// "王建国（徐泾中队）", "居民", "系统".
  public let name: String
  public init(account: Int64?, name: String) {
    self.account = account
    self.name = name
  }
  public static let system = Actor(account: nil, name: "系统")
  public static let resident = Actor(account: nil, name: "居民")
}

/// One entry of a chain.
public struct JournalEntry: Sendable {
  public let id: Int64
  public let subject: Subject
  /// 1, 2, 3 … within the subject.
  public let sequence: Int64
  public let at: Moment
  public let actor: Actor
  /// Stable, kebab-case: "matter-dispatched".
  public let action: String
  /// Facts without personal data, as JSON with sorted keys.
  public let detail: String
  /// Words of a person. Outside the hashed part but for their salted hash, so that personal data can be erased and the chain stays whole.
  public let note: String?
  public let noteHash: Data?
  public let before: Data
  public let hash: Data
  public func facts<F: Decodable>(_: F.Type = F.self) throws -> F { try JSONDecoder().decode(F.self, from: Data(detail.utf8)) }
}

/// Append-only chains of what happened: each entry's hash covers the one before it. Corrections are entries, never edits.
public enum Journal {
  public static let migration = Migration(
    "journal-001",
    [
      """
      CREATE TABLE journal (id integer primary key, subject_kind text NOT NULL, subject_id bigint NOT NULL, sequence bigint NOT NULL,
        at bigint NOT NULL, actor_id bigint, actor_name text NOT NULL, action text NOT NULL, detail text NOT NULL,
        note text, note_salt blob, note_hash blob, before_hash blob NOT NULL, hash blob NOT NULL)
      """,
      "CREATE UNIQUE INDEX journal_subject ON journal (subject_kind, subject_id, sequence)",
      "CREATE INDEX journal_actor ON journal (actor_id, id)",
      """
      CREATE TABLE journal_seal (day text PRIMARY KEY, last_id bigint NOT NULL, entries bigint NOT NULL, before_root blob NOT NULL,
        root blob NOT NULL, sealed_at bigint NOT NULL)
      """,
      "CREATE TABLE counter (name text PRIMARY KEY, value bigint NOT NULL)",
    ])

  /// What the program itself has done is asked for by its subject, never by an actor.
  public static let actorsOnly = Migration(
    "journal-002",
    ["DROP INDEX journal_actor", "CREATE INDEX journal_actor ON journal (actor_id, id) WHERE actor_id IS NOT NULL"])

  static let genesis = Data(repeating: 0, count: 32)

  /// Adds an entry to a subject's chain.
  /// - Parameters:
  ///   - facts: no names, phones or free words of a person: those belong into `note`.
  ///   - opening: the subject came into being in this transaction, so there is no entry before this one to look for.
  public static func append(
    _ action: String, on subject: Subject, by actor: Actor, at now: Moment, facts: some Encodable = [String: String](), note: String? = nil,
    opening: Bool = false, ids: IdentifierSource, _ db: any Writer
  ) throws {
    let last =
      opening
      ? nil
      : try db.first(
        """
        SELECT sequence, hash FROM journal WHERE subject_kind = \(subject.kind) AND subject_id = \(subject.id)
        ORDER BY sequence DESC LIMIT 1
        """)
    var chain = Chain()
    if let last { chain = Chain(sequence: try last.int("sequence"), hash: try last.data("hash")) }
    let row = try row(action, on: subject, by: actor, at: now, facts: facts, note: note, after: &chain, ids: ids)
    try db.later(row, into: shape)
  }

  /// Where a subject's chain ends.
  public struct Chain: Sendable {
    var sequence: Int64
    var hash: Data
    /// Of a subject that is only just coming into being.
    public init() { (sequence, hash) = (0, genesis) }
    init(sequence: Int64, hash: Data) { (self.sequence, self.hash) = (sequence, hash) }
  }

  /// What `row` gives, in this order.
  public static let columns = [
    "id", "subject_kind", "subject_id", "sequence", "at", "actor_id", "actor_name", "action", "detail", "note", "note_salt", "note_hash",
    "before_hash", "hash",
  ]
  private static let shape = RowShape("journal", columns)

  /// The entry after a chain's last, for whoever writes many entries and keeps the ends of the chains; everybody else calls `append`.
  public static func row(
    _ action: String, on subject: Subject, by actor: Actor, at now: Moment, facts: some Encodable = [String: String](), note: String? = nil,
    after chain: inout Chain, ids: IdentifierSource
  ) throws -> [SQLValue] {
    let detail = try canonical(facts)
    let salt = note.map { _ in SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) } }
    let noteHash = note.flatMap { note in salt.map { Data(SHA256.hash(data: $0 + Data(note.utf8))) } }
    let (before, sequence) = (chain.hash, chain.sequence + 1)
    let hash = entryHash(
      before: before, subject: subject, sequence: sequence, at: now, actor: actor, action: action, detail: detail, noteHash: noteHash)
    chain = Chain(sequence: sequence, hash: hash)
    let id: Identifier<JournalEntry> = ids.next(at: now)
    func orNull(_ value: (some SQLBindable)?) -> SQLValue { value?.sqlValue ?? .null }
    return [
      id.sqlValue, subject.kind.sqlValue, subject.id.sqlValue, sequence.sqlValue, now.sqlValue, orNull(actor.account), actor.name.sqlValue,
      action.sqlValue, detail.sqlValue, orNull(note), orNull(salt), orNull(noteHash), before.sqlValue, hash.sqlValue,
    ]
  }

  public static func entries(of subject: Subject, _ db: any Reader) throws -> [JournalEntry] {
    try db.all("SELECT * FROM journal WHERE subject_kind = \(subject.kind) AND subject_id = \(subject.id) ORDER BY sequence").map(entry)
  }

  /// Takes away what persons wrote beside a subject's entries. The chain stays whole: it covers the notes' salted hashes.
  public static func eraseNotes(of subject: Subject, _ db: any Writer) throws {
    try db.run(
      """
      UPDATE journal SET note = NULL, note_salt = NULL
      WHERE subject_kind = \(subject.kind) AND subject_id = \(subject.id) AND note IS NOT NULL
      """)
  }
  public static func eraseNotes(_ entries: [Int64], _ db: any Writer) throws {
    try db.run("UPDATE journal SET note = NULL, note_salt = NULL WHERE id IN (\(list: entries))")
  }

  static func entry(_ row: ResultRow) throws -> JournalEntry {
    JournalEntry(
      id: try row.int("id"), subject: Subject(try row.text("subject_kind"), try row.int("subject_id")), sequence: try row.int("sequence"),
      at: try row.moment("at"), actor: Actor(account: try row.optionalInt("actor_id"), name: try row.text("actor_name")),
      action: try row.text("action"), detail: try row.text("detail"), note: try row.optionalText("note"),
      noteHash: try row.optionalData("note_hash"), before: try row.data("before_hash"), hash: try row.data("hash"))
  }

  static func canonical(_ facts: some Encodable) throws -> String {
    if let facts = facts as? [String: String] { return CanonicalJSON.object(facts) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(facts), as: UTF8.self)
  }

  static func entryHash(
    before: Data, subject: Subject, sequence: Int64, at: Moment, actor: Actor, action: String, detail: String, noteHash: Data?
  ) -> Data {
    var fields = HashedFields()
    fields.add(before)
    fields.add(subject.kind)
    fields.add(subject.id)
    fields.add(sequence)
    fields.add(at.milliseconds)
    fields.add(actor.account)
    fields.add(actor.name)
    fields.add(action)
    fields.add(detail)
    fields.add(noteHash ?? Data())
    return Data(fields.hash)
  }
}

extension Journal {
  /// Seals every day before `today` that is not sealed yet: one root over the day's hashes and the root before it.
  public static func seal(before today: Day, at now: Moment, _ db: any Writer) throws {
    let last = try db.first("SELECT last_id, root FROM journal_seal ORDER BY day DESC LIMIT 1")
    var lastID = try last?.int("last_id") ?? 0
    var root = try last?.data("root") ?? genesis
    // Days are told by the identifiers, which only grow: a clock that was set back cannot slip an entry in behind a seal.
    while let next = try db.first("SELECT id FROM journal WHERE id > \(lastID) ORDER BY id LIMIT 1") {
      let day = IdentifierSource.moment(of: try next.int("id")).day
      guard day < today else { return }
      let bound = IdentifierSource.floor(of: day.end)
      var hasher = SHA256()
      hasher.update(data: root)
      var count = 0
      let before = root
      while true {
        let rows = try db.all("SELECT id, hash FROM journal WHERE id > \(lastID) AND id < \(bound) ORDER BY id LIMIT 2000")
        guard let end = rows.last else { break }
        for row in rows { hasher.update(data: try row.data("hash")) }
        count += rows.count
        lastID = try end.int("id")
      }
      root = Data(hasher.finalize())
      try db.run(
        """
        INSERT INTO journal_seal (day, last_id, entries, before_root, root, sealed_at)
        VALUES (\(day), \(lastID), \(count), \(before), \(root), \(now)) ON CONFLICT (day) DO NOTHING
        """)
    }
  }
}

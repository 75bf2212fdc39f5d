import Crypto
import Foundation
import Kernel
import Storage
import StorageSQLite

/// What must be the same in a store, in its back-up and in what is restored from it.
public struct StoreFacts: Codable, Sendable, Equatable {
  public struct JournalFacts: Codable, Sendable, Equatable {
    public var entries: Int
    public var chains: Int
    public var seals: Int
    /// SHA-256 over the last entry of every chain.
    public var heads: String
    /// Day and root of the newest seal.
    public var lastSeal: String?
  }
  /// The steps of its schema.
  public var migrations: [String]
  public var demonstration: Bool
  /// Rows of each table.
  public var tables: [String: Int]
  public var journal: JournalFacts

  /// - Throws: `Refusal` under `code` that names what does not hold in this file.
  static func proven(_ file: SQLiteFile, otherwise refuse: (String) -> Refusal) throws -> StoreFacts {
    do {
      let faults = try file.faults()
      guard faults.isEmpty else { throw refuse("库文件 \(faults.count) 处：\(faults.prefix(3).joined(separator: "；"))") }
      let (facts, verdict) = try file.read { db in
        let verdict = try Journal.verify(db)
        return (try StoreFacts(db, verdict), verdict)
      }
      guard verdict.faults.isEmpty else { throw refuse("日志 \(verdict.faults.count) 处：\(verdict.faults.prefix(3).joined(separator: "；"))") }
      return facts
    } catch StorageError.corrupted(let what) {
      throw refuse("库文件：\(what)")
    }
  }

  public init(_ db: any Reader, _ verdict: JournalVerdict) throws {
    migrations = try db.all("SELECT id FROM migration ORDER BY id").map { try $0.text("id") }
    demonstration = try House.mark("demonstration", db) == "yes"
    tables = [:]
    let names = try db.all(
      """
      SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name
      """)
    for row in names {
      let name = try row.text("name")
      tables[name] = Int(try db.number("SELECT count(*) AS n FROM \"\(raw: name)\""))
    }
    let seal = try db.first("SELECT day, root FROM journal_seal ORDER BY day DESC LIMIT 1")
    journal = JournalFacts(
      entries: verdict.entries, chains: verdict.chains, seals: verdict.seals, heads: try Self.heads(db),
      lastSeal: try seal.map { "\(try $0.text("day")) \(try $0.data("root").hex)" })
  }

  private static func heads(_ db: any Reader) throws -> String {
    var hasher = SHA256()
    var at = ("", Int64.min)
    while true {
      // One row of each chain; the last entry is found by the index.
      let rows = try db.all(
        """
        SELECT subject_kind, subject_id, max(sequence) AS last FROM journal WHERE (subject_kind, subject_id) > (\(at.0), \(at.1))
        GROUP BY subject_kind, subject_id ORDER BY subject_kind, subject_id LIMIT 2000
        """)
      guard let end = rows.last else { break }
      for row in rows {
        let kind = try row.text("subject_kind")
        let id = try row.int("subject_id")
        let last = try row.int("last")
        let head = try db.first(
          "SELECT hash FROM journal WHERE subject_kind = \(kind) AND subject_id = \(id) AND sequence = \(last)")
        hasher.update(data: Data("\(kind) \(id) \(last) \(try head?.data("hash").hex ?? "")\n".utf8))
      }
      at = (try end.text("subject_kind"), try end.int("subject_id"))
    }
    return Data(hasher.finalize()).hex
  }
}

/// A column whose values name files of the vault.
public typealias FileColumn = (table: String, column: String)

enum ReferredFiles {
  /// Every file the store refers to, once each and in the order of the names, in handfuls. A store of an older program may lack some columns.
  static func each(_ columns: [FileColumn], in file: SQLiteFile, _ body: ([String]) throws -> Void) throws {
    let there = try file.read { db in
      try columns.filter { column in
        try db.exists("SELECT name FROM pragma_table_info(\(column.table)) WHERE name = \(column.column)")
      }
    }
    guard !there.isEmpty else { return }
    var last = ""
    while true {
      var query: Query = "SELECT sha256 FROM ("
      for (index, column) in there.enumerated() {
        if index > 0 { query += " UNION " }
        query +=
          "SELECT \(raw: column.column) AS sha256 FROM \(raw: column.table) WHERE \(raw: column.column) > \(last)"
      }
      query += ") ORDER BY sha256 LIMIT 5000"
      let page = query
      let names = try file.read { db in try db.all(page).map { try $0.text("sha256") } }
      guard let end = names.last else { return }
      try body(names)
      last = end
    }
  }
  static func count(_ columns: [FileColumn], in file: SQLiteFile) throws -> Int {
    var count = 0
    try each(columns, in: file) { count += $0.count }
    return count
  }
}

import Kernel
import Moving
import Storage
import StorageSQLite

/// What must be the same in a store, in its back-up and in what is restored from it.
public struct StoreFacts: Codable, Sendable, Equatable {
  /// The steps of its schema.
  public var migrations: [String]
  public var demonstration: Bool
  /// Rows of each table.
  public var tables: [String: Int]
  public var journal: JournalFacts

  /// - Parameter other: what is done meanwhile; it does not touch the file.
  /// - Throws: `Refusal` under `code` that names what does not hold in this file.
  static func proven<T: Sendable>(
    _ file: SQLiteFile, meanwhile other: @escaping @Sendable () throws -> T, otherwise refuse: (String) -> Refusal
  ) throws -> (StoreFacts, T) {
    do {
      // Its structure on one thread, its chains on another: each reads the whole file.
      let (faults, (facts, verdict), rest) = try Together.run {
        let beside = try SQLiteFile(path: file.path)
        let found = try beside.faults()
        try beside.close()
        return found
      } and: {
        try file.read { db in
          let verdict = try Journal.verify(db)
          return (try StoreFacts(db, verdict), verdict)
        }
      } and: {
        try other()
      }
      guard faults.isEmpty else { throw refuse("库文件 \(faults.count) 处：\(faults.prefix(3).joined(separator: "；"))") }
      guard verdict.faults.isEmpty else { throw refuse("日志 \(verdict.faults.count) 处：\(verdict.faults.prefix(3).joined(separator: "；"))") }
      return (facts, rest)
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
    journal = try JournalFacts(db, verdict)
  }
}

import Foundation
import Kernel

/// The proof of the whole journal, asked for on a page and done by the worker: it reads every entry, so no request waits for it.
public enum JournalCheck {
  public static let jobKind = "storage-journal-check"
  static let mark = "journal-check"
  /// Faults that are kept for the page; the command line shows more.
  static let shown = 50

  /// The last proof.
  public struct Result: Sendable, Codable, Equatable {
    public let at: Moment
    public let milliseconds: Int64
    public let entries: Int
    public let chains: Int
    public let seals: Int
    public let faults: Int
    public let first: [String]
    public var isWhole: Bool { faults == 0 }
  }
  struct Payload: Codable { var asked: Int64 }

  /// - Returns: nothing; one proof that waits is enough.
  public static func ask(by actor: Actor, in house: House) async throws {
    let now = house.now()
    try await house.store.write { db in
      try Jobs.enqueue(jobKind, Payload(asked: now.milliseconds), at: now, dedupe: jobKind, now: now, ids: house.ids, db)
      try Journal.append("journal-check-asked", on: Subject("journal", 0), by: actor, at: now, ids: house.ids, db)
    }
  }
  public static func isWaiting(_ db: any Reader) throws -> Bool {
    try db.exists("SELECT id FROM job WHERE kind = \(jobKind) AND state IN ('waiting', 'running') LIMIT 1")
  }
  public static func last(_ db: any Reader) throws -> Result? {
    try House.mark(mark, db).map { try JSONDecoder().decode(Result.self, from: Data($0.utf8)) }
  }

  public static func handler(in house: House) -> JobHandler {
    JobHandler(jobKind) { _ in
      let began = house.now()
      // A proof of a few seconds ago is as good, and it reads everything there is.
      let verdict = try await Freshness.$mayLag.withValue(true) { try await house.store.read { db in try Journal.verify(db) } }
      let now = house.now()
      let result = Result(
        at: now, milliseconds: now.milliseconds(since: began), entries: verdict.entries, chains: verdict.chains, seals: verdict.seals,
        faults: verdict.faults.count, first: Array(verdict.faults.prefix(shown)))
      let text = String(decoding: try JSONEncoder().encode(result), as: UTF8.self)
      try await house.store.write { db in
        try House.setMark(mark, text, db)
        try Journal.append(
          "journal-checked", on: Subject("journal", 0), by: .system, at: now,
          facts: ["entries": String(result.entries), "faults": String(result.faults)], ids: house.ids, db)
      }
    }
  }
}

import Crypto
import Foundation
import Storage

/// What must be the same in the journals of a store and of its copy.
public struct JournalFacts: Codable, Sendable, Equatable {
  public var entries: Int
  public var chains: Int
  public var seals: Int
  /// SHA-256 over the last entry of every chain.
  public var heads: String
  /// Day and root of the newest seal.
  public var lastSeal: String?

  /// - Parameter verdict: of the proof of this journal.
  public init(_ db: any Reader, _ verdict: JournalVerdict) throws {
    let seal = try db.first("SELECT day, root FROM journal_seal ORDER BY day DESC LIMIT 1")
    entries = verdict.entries
    chains = verdict.chains
    seals = verdict.seals
    heads = verdict.heads
    lastSeal = try seal.map { "\(try $0.text("day")) \(try $0.data("root").hex)" }
  }

  /// The same of a journal that is not gone through whole.
  static func heads(_ db: any Reader) throws -> String {
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

import Crypto
import Foundation
import Kernel

/// An entry with all that somebody else needs to prove it.
public struct JournalLink: Sendable {
  public let entry: JournalEntry
  /// Of the note, while there is one.
  public let salt: Data?
}

extension Journal {
  /// A subject's chain from its beginning.
  public static func chain(of subject: Subject, _ db: any Reader) throws -> [JournalLink] {
    try chains(of: subject.kind, [subject.id], db)[subject.id] ?? []
  }
  /// Chains of several subjects of one kind.
  public static func chains(of kind: String, _ ids: [Int64], _ db: any Reader) throws -> [Int64: [JournalLink]] {
    var out: [Int64: [JournalLink]] = [:]
    var rest = ids[...]
    while !rest.isEmpty {
      let some = rest.prefix(200)
      rest = rest.dropFirst(200)
      let rows = try db.all(
        "SELECT * FROM journal WHERE subject_kind = \(kind) AND subject_id IN (\(list: Array(some))) ORDER BY subject_id, sequence")
      for row in rows {
        let link = JournalLink(entry: try entry(row), salt: try row.optionalData("note_salt"))
        out[link.entry.subject.id, default: []].append(link)
      }
    }
    return out
  }

  /// Recomputes one chain.
  /// - Returns: sentences, each with the number of its entry; empty when whole.
  public static func faults(in chain: [JournalLink]) -> [String] {
    var faults: [String] = []
    var (previous, expected) = (genesis, Int64(1))
    for link in chain {
      let e = link.entry
      if e.sequence != expected { faults.append("日志缺第 \(expected) 条") }
      if e.before != previous { faults.append("日志第 \(e.sequence) 条与前一条不衔接") }
      let hash = entryHash(
        before: e.before, subject: e.subject, sequence: e.sequence, at: e.at, actor: e.actor, action: e.action, detail: e.detail,
        noteHash: e.noteHash)
      if hash != e.hash { faults.append("日志第 \(e.sequence) 条内容与哈希不符") }
      if let note = e.note, let salt = link.salt, Data(SHA256.hash(data: salt + Data(note.utf8))) != e.noteHash {
        faults.append("日志第 \(e.sequence) 条附言与哈希不符")
      }
      (previous, expected) = (e.hash, e.sequence + 1)
    }
    return faults
  }
}

import Foundation
import Kernel
import Storage
import Synchronization
import Understanding

/// What other servers on the same store have taken in since this one filled its memory.
extension TextUnderstander {
  static let piece = 500

  /// Reports of other servers.
  /// - Returns: those that are not in the store: their transaction may still be under way.
  public func remember(reports ids: [Int64], from db: any Reader) throws -> [Int64] {
    var missing: [Int64] = []
    let unknown = ids.filter { !repeats.knows(id: $0) }
    for start in stride(from: 0, to: unknown.count, by: Self.piece) {
      let some = Array(unknown[start..<min(start + Self.piece, unknown.count)])
      var found: Set<Int64> = []
      for row in try db.all("\(Self.reports) WHERE r.id IN (\(list: some)) ORDER BY r.id") {
        found.insert(try row.int("id"))
        try remember(row)
      }
      missing += some.filter { !found.contains($0) }
    }
    return missing
  }

  /// Corrections that this process has not learned from.
  public func learnCorrections(from db: any Reader) throws {
    let before = corrected.withLock { $0 }
    var after = Heard(newest: before.newest)
    for row in try db.all("\(Self.corrections) WHERE x.id >= \(before.from) ORDER BY x.id") {
      let id = try row.int("id")
      after.newest = max(after.newest, id)
      after.seen.insert(id)
      if !before.seen.contains(id) { try learn(correction: row) }
    }
    let heardNow = after
    corrected.withLock { $0 = heardNow }
  }

  public func learn(compounds: [Int64], from db: any Reader) throws { for id in compounds { try learn(compound: id, from: db) } }

  /// Something may have been missed: everything since a moment is looked at again.
  public func catchUp(since: Moment, from db: any Reader) throws {
    let from = IdentifierSource.floor(of: since.adding(minutes: -Self.lateMinutes))
    try learnCorrections(from: db)
    var after = from
    while true {
      let ids = try db.all("SELECT id FROM report WHERE id > \(after) ORDER BY id LIMIT \(Self.piece)").map { try $0.int("id") }
      guard let last = ids.last else { break }
      _ = try remember(reports: ids, from: db)
      after = last
    }
    var subjects: [String: [Int64]] = [:]
    for row in try db.all(
      "SELECT DISTINCT subject_kind, subject_id FROM journal WHERE id > \(from) AND subject_kind IN ('compound', 'matter')")
    {
      subjects[try row.text("subject_kind"), default: []].append(try row.int("subject_id"))
    }
    try learn(compounds: subjects["compound", default: []].sorted(), from: db)
    let matters = subjects["matter", default: []]
    for start in stride(from: 0, to: matters.count, by: Self.piece) {
      let some = matters[start..<min(start + Self.piece, matters.count)]
      for row in try db.all(
        "SELECT r.id, m.open FROM report r JOIN matter m ON m.id = r.matter_id WHERE m.id IN (\(list: Array(some)))")
      {
        settled([try row.int("id")], open: try row.bool("open"))
      }
    }
  }
}

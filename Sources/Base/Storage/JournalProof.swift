import Crypto
import Foundation
import Kernel

/// What `longtang audit verify` found.
public struct JournalVerdict: Sendable, Equatable {
  public var entries = 0
  public var chains = 0
  public var seals = 0
  /// SHA-256 over the last entry of every chain, in hexadecimal: the same in a store and in its copy.
  public var heads = ""
  /// Sentences that name the broken entry; empty when whole.
  public var faults: [String] = []
}

extension Journal {
  /// Recomputes every hash, every link and every seal. Needs nothing but the store, so it proves a backup too.
  public static func verify(_ db: any Reader) throws -> JournalVerdict {
    // In the order of the index, so memory does not grow with the journal.
    var walk = ChainWalk()
    var entries = -1
    while walk.verdict.entries > entries {
      entries = walk.verdict.entries
      try db.each(
        """
        SELECT \(raw: ChainWalk.columns) FROM journal
        WHERE (subject_kind, subject_id, sequence) > (\(walk.kind), \(walk.id), \(walk.sequence))
        ORDER BY subject_kind, subject_id, sequence LIMIT \(page)
        """
      ) { try walk.take($0) }
    }
    var verdict = walk.finish()
    try verifySeals(db, &verdict)
    return verdict
  }
  /// Rows that are asked for at once.
  private static let page = 2000

  private static func verifySeals(_ db: any Reader, _ verdict: inout JournalVerdict) throws {
    let seals = try db.all("SELECT day, last_id, entries, root FROM journal_seal ORDER BY day")
    verdict.seals = seals.count
    var lastID: Int64 = 0
    var root = genesis
    for seal in seals {
      var hasher = SHA256()
      hasher.update(data: root)
      let end = try seal.int("last_id")
      var (count, before) = (Int64(0), Int64(-1))
      while count > before {
        before = count
        try db.each("SELECT id, hash FROM journal WHERE id > \(lastID) AND id <= \(end) ORDER BY id LIMIT \(page)") { row in
          lastID = try row.whole(0)
          _ = try row.withBytes(1) { hasher.update(bufferPointer: $0) }
          count += 1
        }
      }
      root = Data(hasher.finalize())
      if try seal.data("root") != root || seal.int("entries") != count { verdict.faults.append("\(try seal.text("day"))：当日封存与记录不符") }
      root = try seal.data("root")
    }
  }
}

/// Goes from entry to entry, chain after chain, and copies no cell that it need not keep.
private struct ChainWalk {
  static let columns =
    "subject_kind, subject_id, sequence, at, actor_id, actor_name, action, detail, note, note_salt, note_hash, before_hash, hash"

  private(set) var verdict = JournalVerdict()
  /// Where it stands.
  private(set) var (kind, id, sequence) = ("", Int64.min, Int64.min)
  private var previous = [UInt8](Journal.genesis)
  private var fields = HashedFields()
  private var heads = SHA256()

  mutating func take(_ row: any PassingRow) throws {
    let id = try row.whole(1)
    let isSameKind = try row.withBytes(0) { kind.utf8.elementsEqual($0) } ?? false
    if !isSameKind || id != self.id {
      endChain()
      if !isSameKind { kind = try row.text(0) }
      self.id = id
      previous.replaceSubrange(0..., with: Journal.genesis)
      verdict.chains += 1
      let first = try row.whole(2)
      if first != 1 { verdict.faults.append("\(kind) \(id)：链首缺失，首条序号为 \(first)") }
    }
    sequence = try row.whole(2)
    verdict.entries += 1
    if try row.withBytes(11, { Self.same($0, previous) }) != true { fault("与前一条不衔接") }
    let hash = try hash(of: row)
    if try row.withBytes(12, { Self.same($0, hash) }) != true { fault("内容与哈希不符") }
    try checkNote(row)
    _ = try row.withBytes(12) { previous.replaceSubrange(0..., with: $0) }
  }

  mutating func finish() -> JournalVerdict {
    endChain()
    verdict.heads = Data(heads.finalize()).hex
    return verdict
  }

  private mutating func endChain() {
    if verdict.chains > 0 { heads.update(data: Data("\(kind) \(id) \(sequence) \(Data(previous).hex)\n".utf8)) }
  }

  /// As `Journal.entryHash` makes it.
  private mutating func hash(of row: any PassingRow) throws -> SHA256Digest {
    fields.removeAll()
    try addBytes(row, 11)
    fields.add(kind)
    fields.add(id)
    fields.add(sequence)
    fields.add(try row.int(3))
    fields.add(try row.int(4))
    for place in 5...7 { try addBytes(row, place) }
    try addBytes(row, 10)
    return fields.hash
  }
  private mutating func addBytes(_ row: any PassingRow, _ place: Int) throws {
    if try row.withBytes(place, { fields.add($0) }) == nil { fields.add("") }
  }

  /// A note that was erased has left its hash behind.
  private mutating func checkNote(_ row: any PassingRow) throws {
    var hasher = SHA256()
    let salted: Void? = try row.withBytes(9) { hasher.update(bufferPointer: $0) }
    guard try row.withBytes(8, { hasher.update(bufferPointer: $0) }) != nil else { return }
    let hash = hasher.finalize()
    if try salted == nil || row.withBytes(10, { Self.same($0, hash) }) != true { fault("附言与哈希不符") }
  }

  private static func same(_ cell: UnsafeRawBufferPointer, _ bytes: some ContiguousBytes) -> Bool {
    bytes.withUnsafeBytes { cell.count == $0.count && cell.elementsEqual($0) }
  }
  private mutating func fault(_ what: String) { verdict.faults.append("\(kind) \(id) 第 \(sequence) 条：\(what)") }
}

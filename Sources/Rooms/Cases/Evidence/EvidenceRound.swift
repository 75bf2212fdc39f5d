import Foundation
import Kernel
import People
import Storage

/// 每晚核对: the files of all exhibits are read again in rounds, a bounded portion each night, newest first.
///
/// A round lasts half of the days within which everything has to be proven (`evidence-proof` of `Data/procedures/limits.json`), so that
/// however old or new an exhibit is, no more than that lies between two proofs of it.
public struct EvidenceRound: Sendable, Codable, Equatable {
  /// The day on which the round began.
  public var began: Day
  /// The next exhibit has at most this id.
  public var cursor: Int64
  /// The night whose portion is being read, and how much of it is left, in bytes.
  public var night: Day
  public var left: Int64
}

/// What one night proved.
public struct EvidenceNight: Sendable, Equatable {
  public let day: Day
  public let began: Moment
  public let ended: Moment
  public let exhibits: Int
  public let files: Int
  public let bytes: Int64
  public let faults: Int
}

/// How the nightly proof stands: for the pages and `/metrics`.
public struct EvidenceStand: Sendable {
  public let last: EvidenceNight?
  /// Exhibits whose last proof found them altered or missing, counted up to 10000.
  public let faulty: Int
}

extension CasesMigrations {
  static let evidenceRound = Migration(
    "cases-009",
    [
      """
      CREATE TABLE evidence_night (day text PRIMARY KEY, began_at bigint NOT NULL, ended_at bigint NOT NULL, exhibits bigint NOT NULL,
        files bigint NOT NULL, bytes bigint NOT NULL, faults bigint NOT NULL)
      """,
      "CREATE INDEX exhibit_fault ON exhibit (id) WHERE fault IS NOT NULL",
    ])
}

extension Cases {
  static let nightJob = "cases-evidence-night"
  static let roundMark = "evidence-round"
  /// What reading one exhibit costs beside its bytes, so that many small ones are a portion too.
  static let exhibitWeight: Int64 = 64 << 10
  /// Exhibits, and bytes, after which what was found is written down.
  static let pieceOfNight = 100
  static let bytesOfPiece: Int64 = 256 << 20

  /// Asks the worker for the night's portion; once is enough, however often it is asked.
  public static func enqueueNight(at now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(nightJob, [String: String](), at: now, dedupe: nightJob, now: now, ids: ids, db)
  }
  public static func evidenceStand(_ db: any Reader) throws -> EvidenceStand {
    let last = try db.first("SELECT * FROM evidence_night ORDER BY day DESC LIMIT 1").map { row in
      EvidenceNight(
        day: Day(iso: try row.text("day")) ?? Moment(milliseconds: 0).day, began: try row.moment("began_at"),
        ended: try row.moment("ended_at"),
        exhibits: try row.count("exhibits"), files: try row.count("files"), bytes: try row.int("bytes"), faults: try row.count("faults"))
    }
    let faulty = try db.number("SELECT count(*) AS n FROM (SELECT id FROM exhibit WHERE fault IS NOT NULL LIMIT 10000) x")
    return EvidenceStand(last: last, faulty: Int(faulty))
  }
  /// Within how many days everything is proven.
  public var evidenceProofDays: Int { limits.value("evidence-proof") }
  /// Nights of one round.
  var nightsOfRound: Int { max(1, evidenceProofDays / 2) }

  /// One night's portion, in pieces. Broken off, the next run of the night goes on where it was.
  /// - Returns: what the night proved.
  @discardableResult
  public func proveNight() async throws -> EvidenceNight? {
    let today = house.now().day
    var round = try await beginNight(today)
    while round.left > 0, let (exhibits, chains) = try await nextPiece(round) {
      let vault = house.vault
      var found: [(exhibit: Exhibit, files: Int, bytes: Int64, faults: [String])] = []
      for exhibit in exhibits {
        // One after the other: a film takes its time, and requests want the bench too.
        let (files, bytes, faults) = try await EvidenceWork.run { try Self.proof(of: exhibit, chains[exhibit.id.raw] ?? [], in: vault) }
        found.append((exhibit, files, Int64(bytes), faults))
        round.left -= Int64(exhibit.file?.size ?? 0) + Self.exhibitWeight
        round.cursor = exhibit.id.raw - 1
        if round.left <= 0 { break }
      }
      try await keep(found, round)
    }
    return try await house.store.read { db in try Self.evidenceStand(db).last.flatMap { $0.day == today ? $0 : nil } }
  }

  /// The round as it stands, with tonight's portion: what is left of the round by the nights that are left of it.
  private func beginNight(_ today: Day) async throws -> EvidenceRound {
    let (nights, now) = (nightsOfRound, house.now())
    return try await house.store.write { db in
      var round = try House.mark(Self.roundMark, db).map { try JSONDecoder().decode(EvidenceRound.self, from: Data($0.utf8)) }
      if let round, round.night == today { return round }
      func rest(below id: Int64) throws -> Int64 {
        try db.number("SELECT coalesce(sum(coalesce(size, 0) + \(Self.exhibitWeight)), 0) AS n FROM exhibit WHERE id <= \(id)")
      }
      // Read sooner than planned, a round waits for its end: what came in since is the first of the next one.
      if round.map({ today.days(since: $0.began) >= nights }) ?? true {
        let newest = try db.number("SELECT coalesce(max(id), 0) AS n FROM exhibit")
        round = EvidenceRound(began: today, cursor: newest, night: today, left: 0)
      }
      guard var round else { throw StorageError.corrupted("no round of evidence") }
      let weight = try rest(below: round.cursor)
      let remaining = Int64(max(1, nights - today.days(since: round.began)))
      round.night = today
      round.left = (weight + remaining - 1) / remaining
      try Self.keep(round, db)
      // A night without anything to read has been one too: an alarm waits for it.
      try db.run(
        """
        INSERT INTO evidence_night (day, began_at, ended_at, exhibits, files, bytes, faults)
        VALUES (\(today.iso), \(now), \(now), 0, 0, 0, 0) ON CONFLICT (day) DO NOTHING
        """)
      return round
    }
  }
  private static func keep(_ round: EvidenceRound, _ db: any Writer) throws {
    try House.setMark(roundMark, String(decoding: try JSONEncoder().encode(round), as: UTF8.self), db)
  }

  /// The exhibits that come next, newest first; nil at the end of the round.
  private func nextPiece(_ round: EvidenceRound) async throws -> (exhibits: [Exhibit], chains: [Int64: [JournalLink]])? {
    try await house.store.read { db in
      var bytes: Int64 = 0
      var exhibits: [Exhibit] = []
      for exhibit in try ExhibitStore.below(round.cursor, limit: Self.pieceOfNight, db) {
        exhibits.append(exhibit)
        bytes += Int64(exhibit.file?.size ?? 0)
        if bytes >= Self.bytesOfPiece { break }
      }
      return exhibits.isEmpty ? nil : (exhibits, try Journal.chains(of: "exhibit", exhibits.map(\.id.raw), db))
    }
  }

  /// What is wrong with one exhibit: its files against their hashes, its row against its chain, the chain in itself.
  static func proof(of exhibit: Exhibit, _ chain: [JournalLink], in vault: FileVault) throws -> (files: Int, bytes: Int, faults: [String]) {
    var (files, bytes) = (0, 0)
    var faults = Journal.faults(in: chain) + differences(exhibit, chain)
    for (name, what) in [(exhibit.file?.sha256, "原件"), (exhibit.shown, "显示用的副本"), (exhibit.thumbnail, "缩略图")] {
      guard let name else { continue }
      files += 1
      do { bytes += try vault.check(name).size } catch let error as VaultError where !error.isPassing {
        faults.append(words(error).replacing("原件", with: what))
      }
    }
    return (files, bytes, faults)
  }

  /// What a piece of the night found, and how far it has come, in one transaction.
  private func keep(
    _ found: [(exhibit: Exhibit, files: Int, bytes: Int64, faults: [String])], _ round: EvidenceRound
  ) async throws {
    let now = house.now()
    try await house.store.write { db in
      for one in found {
        let fault = one.faults.isEmpty ? nil : one.faults.joined(separator: "；")
        try db.later("UPDATE exhibit SET checked_at = \(now), fault = \(fault) WHERE id = \(one.exhibit.id)")
        guard fault != nil else { continue }
        try Journal.append(
          "exhibit-checked", on: one.exhibit.subject, by: .system, at: now, facts: ["number": String(one.exhibit.number), "whole": "no"],
          ids: house.ids, db)
      }
      let (files, bytes) = (found.reduce(0) { $0 + $1.files }, found.reduce(Int64(0)) { $0 + $1.bytes })
      let faulty = found.filter { !$0.faults.isEmpty }
      try db.run(
        """
        UPDATE evidence_night SET ended_at = \(now), exhibits = exhibits + \(found.count), files = files + \(files),
          bytes = bytes + \(bytes), faults = faults + \(faulty.count) WHERE day = \(round.night.iso)
        """)
      try Self.keep(round, db)
      if let first = found.first?.exhibit, let last = found.last?.exhibit {
        try Journal.append(
          "evidence-proved", on: Subject("evidence", 0), by: .system, at: now,
          facts: [
            "exhibits": String(found.count), "files": String(files), "bytes": String(bytes), "faults": String(faulty.count),
            "newest": String(first.id.raw), "oldest": String(last.id.raw),
          ], ids: house.ids, db)
      }
      try tell(faulty.map(\.exhibit), at: now, db)
    }
  }

  /// The leader of the squad looks after the case, the system administrator after the disk and the back-up.
  private func tell(_ faulty: [Exhibit], at now: Moment, _ db: any Writer) throws {
    guard !faulty.isEmpty else { return }
    var numbers: [String] = []
    for (id, exhibits) in Dictionary(grouping: faulty, by: \.caseID).sorted(by: { $0.key.raw < $1.key.raw }) {
      guard let record = try CaseStore.find(id, db) else { continue }
      numbers.append(record.no)
      let which = exhibits.map(\.number).sorted().map { String($0) }
      let named = which.prefix(10).joined(separator: "、") + (which.count > 10 ? "等 \(which.count) 件" : "")
      try notify(
        try leaders(of: record.squad, on: now.day, db), kind: "evidence", caseNo: record.no,
        text: "核对发现证据与登记不符：\(record.title)（\(record.no)）证据 \(named)。请先不要据以作出决定，等原件恢复", at: now, db)
    }
    let cases = numbers.prefix(5).joined(separator: "、") + (numbers.count > 5 ? "等 \(numbers.count) 件" : "")
    let administrators = try db.all("SELECT id FROM account WHERE role = 'systemAdmin' AND state = 'active'").map { try $0.int("id") }
    try notify(
      administrators, kind: "evidence", caseNo: nil,
      text: "核对发现 \(faulty.count) 件证据的文件与登记不符，案件 \(cases)。请用 longtang evidence verify 核对，从备份恢复原件", at: now, db)
  }
}

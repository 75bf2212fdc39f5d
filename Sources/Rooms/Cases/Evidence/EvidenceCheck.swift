import Crypto
import Foundation
import Kernel
import People
import Storage

/// What a proof of a case's evidence found.
public struct EvidenceVerdict: Sendable {
  public struct Fault: Sendable, Equatable {
    /// Of the exhibit; nil when the fault is the case's own.
    public let number: Int?
    public let words: String
    /// "证据 3：原件与登记的哈希不符"
    public var sentence: String { (number.map { "证据 \($0)：" } ?? "案件：") + words }
  }
  public var exhibits = 0
  public var files = 0
  /// Bytes that were read.
  public var bytes = 0
  /// Entries of chains.
  public var entries = 0
  public var faults: [Fault] = []
  public var isWhole: Bool { faults.isEmpty }
}

extension Cases {
  /// Proves every exhibit of a case: its bytes against the hash, its row against the first entry of its chain, the chains in themselves, and
  /// that no number is missing. Changes nothing: also for a store that is only looked at.
  /// - Parameter no: the case's number, whoever asks.
  /// - Throws: `Refusal` `cases-missing`.
  public static func proveEvidence(of no: String, in house: House) async throws -> EvidenceVerdict {
    let (exhibits, chains, own) = try await house.store.read { db in
      guard let row = try db.first("SELECT id FROM case_file WHERE no = \(no)") else { throw Self.missing }
      let id: CaseRecord.ID = try row.id("id")
      let exhibits = try ExhibitStore.list(of: id, db)
      return (
        exhibits, try Journal.chains(of: "exhibit", exhibits.map(\.id.raw), db), try Journal.chain(of: Subject("case", id), db)
      )
    }
    let vault = house.vault
    return try await EvidenceWork.run {
      var verdict = EvidenceVerdict()
      verdict.exhibits = exhibits.count
      verdict.entries = own.count
      verdict.faults += Journal.faults(in: own).map { EvidenceVerdict.Fault(number: nil, words: $0) }
      let numbers = Set(exhibits.map(\.number))
      for number in 1...max(1, numbers.max() ?? 1) where !numbers.isEmpty && !numbers.contains(number) {
        verdict.faults.append(EvidenceVerdict.Fault(number: number, words: "登记不见了"))
      }
      for exhibit in exhibits {
        func fault(_ words: String) { verdict.faults.append(.init(number: exhibit.number, words: words)) }
        let chain = chains[exhibit.id.raw] ?? []
        verdict.entries += chain.count
        let proof = try Self.proof(of: exhibit, chain, in: vault)
        verdict.files += proof.files
        verdict.bytes += proof.bytes
        for words in proof.faults { fault(words) }
      }
      return verdict
    }
  }

  /// What a row says otherwise than the entry that was made when it came in.
  static func differences(_ exhibit: Exhibit, _ chain: [JournalLink]) -> [String] {
    guard let first = chain.first?.entry, first.action == "exhibit-added", let facts = try? first.facts([String: String].self) else {
      return ["日志中没有登记这份证据的记录"]
    }
    var out: [String] = []
    if facts["sha256"] != exhibit.file?.sha256 { out.append("登记的哈希与日志中的不一致") }
    if facts["number"] != String(exhibit.number) { out.append("编号与日志中的不一致") }
    if facts["words"] != Data(SHA256.hash(data: Data(exhibit.words.utf8))).hex { out.append("登记的内容（名称、证明对象、制作人、时间等）与日志中的不一致") }
    let settled = chain.last { ["exhibit-verified", "exhibit-rejected"].contains($0.entry.action) }?.entry.action
    let state: ExhibitState =
      switch settled {
      case "exhibit-verified": .verified
      case "exhibit-rejected": .rejected
      default: exhibit.source == .own || exhibit.maskedOf != nil ? .verified : .pending
      }
    if state != exhibit.state { out.append("查证状态与日志中的不一致") }
    return out
  }

  /// What is wrong with the original bytes; nil when they are what they were.
  static func fault(of exhibit: Exhibit, in vault: FileVault) throws -> String? {
    guard let name = exhibit.file?.sha256 else { return nil }
    do {
      try vault.check(name)
      return nil
    } catch let error as VaultError where !error.isPassing { return words(error) }
  }

  /// The proof that a person asks for: what it finds stays with the exhibits, and each has it in its chain.
  @discardableResult
  public func checkEvidence(of no: String, by person: Person) async throws -> EvidenceVerdict {
    _ = try await record(no, for: person)
    return try await checkEvidence(of: no, actor: person.actor)
  }
  func checkEvidence(of no: String, actor: Actor) async throws -> EvidenceVerdict {
    let verdict = try await Self.proveEvidence(of: no, in: house)
    let now = house.now()
    let faults = Dictionary(grouping: verdict.faults, by: { $0.number ?? 0 }).mapValues { $0.map(\.words).joined(separator: "；") }
    try await house.store.write { db in
      guard let row = try db.first("SELECT id FROM case_file WHERE no = \(no)") else { throw Self.missing }
      let exhibits = try ExhibitStore.list(of: try row.id("id"), db)
      for exhibit in exhibits {
        let fault = faults[exhibit.number]
        try db.later("UPDATE exhibit SET checked_at = \(now), fault = \(fault) WHERE id = \(exhibit.id)")
        try Journal.append(
          "exhibit-checked", on: exhibit.subject, by: actor, at: now,
          facts: ["case": no, "number": String(exhibit.number), "whole": fault == nil ? "yes" : "no"], ids: house.ids, db)
      }
      try Journal.append(
        "case-evidence-checked", on: Subject("case", try row.int("id")), by: actor, at: now,
        facts: ["exhibits": String(verdict.exhibits), "faults": String(verdict.faults.count)], ids: house.ids, db)
    }
    return verdict
  }

  /// Above this many bytes a proof is left to the worker: nobody's page waits for gigabytes.
  static let provenAtOnce = 256 << 20
  static let checkJob = "cases-evidence-check"
  struct CheckOrder: Codable {
    let no: String
    let account: Int64
  }
  /// As `checkEvidence`, or by the worker when there is much to read.
  /// - Returns: nil when the worker does it.
  public func askCheck(of no: String, by person: Person) async throws -> EvidenceVerdict? {
    let record = try await record(no, for: person)
    let bytes = try await house.store.read { db in
      try db.number("SELECT coalesce(sum(size), 0) AS n FROM exhibit WHERE case_id = \(record.id)")
    }
    if bytes <= Self.provenAtOnce { return try await checkEvidence(of: no, by: person) }
    let (now, house) = (house.now(), house)
    try await house.store.write { db in
      try Jobs.enqueue(
        Self.checkJob, CheckOrder(no: no, account: person.id.raw), at: now, dedupe: "\(Self.checkJob)-\(no)", now: now, ids: house.ids, db)
    }
    return nil
  }
  /// What the worker runs for this room.
  public var jobs: [JobHandler] {
    [
      JobHandler(Self.checkJob) { job in
        let order = try job.decode(CheckOrder.self)
        let asker = try await house.store.read { db in try PersonStore.find(Person.ID(order.account), db) }
        _ = try await checkEvidence(of: order.no, actor: asker?.actor ?? .system)
      },
      JobHandler(Self.nightJob) { _ in _ = try await proveNight() },
    ]
  }

  /// - Throws: `Refusal` `cases-missing` for whom it is not there.
  public func record(_ no: String, for person: Person) async throws -> CaseRecord {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      return record
    }
  }

  /// Every file of every exhibit, for `longtang audit verify`.
  public static func verifyFiles(in house: House) async throws -> (files: Int, faults: [String]) {
    var (last, files): (Int64, Int) = (0, 0)
    var faults: [String] = []
    let vault = house.vault
    while true {
      let after = last
      let rows = try await house.store.read { db in
        try db.all(
          """
          SELECT e.id, e.number, e.sha256, e.public_sha256, e.thumbnail_sha256, f.no FROM exhibit e JOIN case_file f ON f.id = e.case_id
          WHERE e.id > \(after) ORDER BY e.id LIMIT 500
          """
        ).map { row in
          (
            id: try row.int("id"), owner: "案件 \(try row.text("no")) 证据 \(try row.int("number"))",
            names: try ["sha256", "public_sha256", "thumbnail_sha256"].compactMap { try row.optionalText($0) }
          )
        }
      }
      guard let end = rows.last else { return (files, faults) }
      for row in rows {
        for name in row.names {
          files += 1
          let fault: VaultError? = try await EvidenceWork.run {
            do { try vault.check(name) } catch let error as VaultError where !error.isPassing { return error }
            return nil
          }
          if let fault { faults.append("\(row.owner) \(name)：\(words(fault))") }
        }
      }
      last = end.id
    }
  }
}

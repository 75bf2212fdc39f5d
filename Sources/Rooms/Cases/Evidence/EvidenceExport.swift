import Crypto
import Foundation
import Kernel
import People
import Storage

/// The evidence of a case as one ZIP that anybody can check without this program: originals, a manifest, their hashes, the chains, and how.
public struct EvidenceExport: Sendable {
  enum Content: Sendable {
    case bytes(Data)
    case file(String)
  }
  /// "C20261121-000003-证据.zip"
  public let fileName: String
  let parts: [(part: EvidenceZip.Part, content: Content)]
  let vault: FileVault

  /// Hands out the ZIP in pieces.
  public func write(_ take: (Data) async throws -> Void) async throws {
    var zip = EvidenceZip()
    for (part, content) in parts {
      try await take(zip.header(of: part))
      switch content {
      case .bytes(let bytes): try await take(bytes)
      case .file(let name):
        let reading = try vault.reading(name)
        var offset = 0
        while offset < part.size {
          let bytes = try reading.bytes(at: offset)
          // Proven when the export was begun; whoever shortens a file since breaks the download, never its meaning.
          guard !bytes.isEmpty else { throw VaultError.altered(name) }
          try await take(bytes.prefix(part.size - offset))
          offset += bytes.count
        }
      }
    }
    try await take(zip.end())
  }
}

extension Cases {
  /// - Throws: `Refusal` `cases-missing`, `cases-exhibit-none`, `cases-exhibit-altered`.
  public func exportEvidence(of no: String, by person: Person) async throws -> EvidenceExport {
    _ = try await record(no, for: person)
    return try await Self.exportEvidence(of: no, actor: person.actor, in: house)
  }
  public static func exportEvidence(of no: String, actor: Actor, in house: House) async throws -> EvidenceExport {
    let vault = house.vault
    let (title, exhibits) = try await house.store.read { db in
      guard let row = try db.first("SELECT id, title FROM case_file WHERE no = \(no)") else { throw Self.missing }
      return (try row.text("title"), try ExhibitStore.list(of: try row.id("id"), db))
    }
    guard !exhibits.isEmpty else { throw Refusal(.conflict, "cases-exhibit-none", "本案还没有证据，没有可导出的。") }
    // Each original is read once for its hash and its checksum before anything is written.
    let originals = try await EvidenceWork.run {
      try exhibits.compactMap { exhibit -> (name: String, part: EvidenceZip.Part)? in
        guard let file = exhibit.file else { return nil }
        var crc: UInt32 = 0
        do {
          let found = try vault.read(file.sha256) { crc = EvidenceZip.crc($0, crc) }
          return (file.sha256, EvidenceZip.Part(name: Self.path(of: exhibit), size: found.size, crc: crc))
        } catch let error as VaultError where !error.isPassing {
          throw Refusal(.conflict, "cases-exhibit-altered", "\(exhibit.name)“\(exhibit.title)”的\(Self.words(error))，没有导出。请先从备份恢复原件。")
        }
      }
    }
    let now = house.now()
    let chains = try await house.store.write { db in
      for exhibit in exhibits {
        try Journal.append(
          "exhibit-exported", on: exhibit.subject, by: actor, at: now, facts: ["case": no, "number": String(exhibit.number)],
          ids: house.ids, db)
      }
      return try Journal.chains(of: "exhibit", exhibits.map(\.id.raw), db)
    }
    let manifest = EvidenceManifest(no: no, title: title, at: now, by: actor.name, exhibits)
    var texts: [(name: String, bytes: Data)] = [
      ("manifest.json", try Self.pretty(manifest)), ("chains.json", try Self.pretty(EvidenceChains(exhibits, chains))),
      ("README.txt", Data(EvidenceReadme.text.utf8)), ("verify.py", Data(EvidenceReadme.script.utf8)),
    ]
    var sums = originals.map { "\($0.name)  \($0.part.name)" }
    sums += texts.map { "\(Data(SHA256.hash(data: $0.bytes)).hex)  \($0.name)" }
    texts.append(("SHA256SUMS", Data((sums.joined(separator: "\n") + "\n").utf8)))
    var parts: [(part: EvidenceZip.Part, content: EvidenceExport.Content)] = []
    for (name, bytes) in texts {
      parts.append((EvidenceZip.Part(name: name, size: bytes.count, crc: EvidenceZip.crc(bytes)), .bytes(bytes)))
    }
    for original in originals { parts.append((original.part, .file(original.name))) }
    return EvidenceExport(fileName: "\(no)-证据.zip", parts: parts, vault: vault)
  }

  /// "originals/003-1a2b3c4d5e6f.jpg": plain letters, so that every system unpacks it.
  static func path(of exhibit: Exhibit) -> String {
    "originals/\(exhibit.number.padded(3))-\(exhibit.file?.sha256.prefix(12) ?? "").\(exhibit.fileEnding)"
  }
  private static func pretty(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }
}

extension Exhibit {
  public var fileEnding: String {
    switch mediaType {
    case "image/jpeg": "jpg"
    case "audio/mpeg": "mp3"
    case "audio/mp4": "m4a"
    case "video/x-msvideo": "avi"
    case "video/mp2t": "ts"
    case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx"
    case "application/octet-stream", nil: "bin"
    case .some(let type): type.split(separator: "/").last.map(String.init) ?? "bin"
    }
  }
}

/// What is in the ZIP, exhibit by exhibit.
struct EvidenceManifest: Encodable {
  struct Entry: Encodable {
    struct File: Encodable {
      let path: String
      let sha256: String
      let size: Int
      let mediaType: String?
    }
    let number: Int
    let kind: String
    let title: String
    let proves: String
    let source: String
    let maker: String
    let madeAt: String?
    let place: String?
    let latitude: Double?
    let longitude: Double?
    let measured: String?
    let instrument: String?
    let device: String?
    let state: String
    let counts: Bool
    let verifiedBy: String?
    let verifiedAt: String?
    let verifiedNote: String?
    let maskedOf: Int?
    let addedBy: String
    let addedAt: String
    let file: File?
    /// The text whose SHA-256 stands in the chain's first entry as `words`.
    let words: String
  }
  let format = "longtang-evidence-1"
  let caseNumber: String
  let caseTitle: String
  let exportedAt: String
  let exportedBy: String
  let exhibits: [Entry]

  init(no: String, title: String, at: Moment, by: String, _ exhibits: [Exhibit]) {
    (caseNumber, caseTitle, exportedAt, exportedBy) = (no, title, at.iso8601, by)
    self.exhibits = exhibits.map { e in
      Entry(
        number: e.number, kind: e.kind.rawValue, title: e.title, proves: e.proves, source: e.source.rawValue, maker: e.maker,
        madeAt: e.madeAt?.iso8601, place: e.place, latitude: e.coordinates?.latitude, longitude: e.coordinates?.longitude,
        measured: e.measure.map { "\($0.value) \($0.unit)" }, instrument: e.measure?.instrument, device: e.deviceName,
        state: e.state.rawValue,
        counts: e.counts, verifiedBy: e.verifiedBy, verifiedAt: e.verifiedAt?.iso8601, verifiedNote: e.verifiedNote, maskedOf: e.maskedOf,
        addedBy: e.addedBy, addedAt: e.addedAt.iso8601,
        file: e.file.map { .init(path: Cases.path(of: e), sha256: $0.sha256, size: $0.size, mediaType: e.mediaType) }, words: e.words)
    }
  }
}

/// The chains of all exhibits, with everything their hashes cover.
struct EvidenceChains: Encodable {
  struct Link: Encodable {
    let sequence: Int64
    /// Milliseconds since 1970-01-01 UTC.
    let at: Int64
    let actorId: Int64?
    let actorName: String
    let action: String
    /// JSON as it was hashed, as text.
    let detail: String
    let note: String?
    let noteSalt: String?
    let noteHash: String?
    let before: String
    let hash: String
    init(_ link: JournalLink) {
      let e = link.entry
      (sequence, at, actorId, actorName) = (e.sequence, e.at.milliseconds, e.actor.account, e.actor.name)
      (action, detail, note) = (e.action, e.detail, e.note)
      (noteSalt, noteHash) = (link.salt?.hex, e.noteHash?.hex)
      (before, hash) = (e.before.hex, e.hash.hex)
    }
  }
  struct Chain: Encodable {
    let number: Int
    let subjectKind = "exhibit"
    let subjectId: Int64
    let entries: [Link]
  }
  let chains: [Chain]
  init(_ exhibits: [Exhibit], _ chains: [Int64: [JournalLink]]) {
    self.chains = exhibits.map { Chain(number: $0.number, subjectId: $0.id.raw, entries: (chains[$0.id.raw] ?? []).map(Link.init)) }
  }
}

import Foundation
import Kernel
import People
import Storage

/// A big file on its way into a case: it may break off and go on, for a week.
public struct ExhibitUpload: Sendable {
  public typealias ID = Identifier<ExhibitUpload>
  public let id: ID
  public let caseID: CaseRecord.ID
  public let account: Int64
  /// As the sender calls it; for showing only.
  public let fileName: String
  /// Bytes it will have.
  public let size: Int
  /// Hash the sender promised, 64 hex digits.
  public let declared: String?
  /// Bytes that are synced: where to go on.
  public let received: Int
  /// Once it is whole and among the files.
  public let sha256: String?
  public let mediaType: String?
  public let at: Moment
  public var isWhole: Bool { sha256 != nil }

  /// Bytes of one file.
  public static let mostBytes = 4 << 30
  /// Bytes of one part.
  public static let partBytes = 8 << 20
  /// Milliseconds that an unfinished one is kept.
  public static let keep: Int64 = 7 * 24 * 3_600_000
  /// Unfinished ones a person may have in one case.
  public static let mostOpen = 200

  /// What its sender is told, be it a page's script or a program.
  public struct State: Encodable, Sendable {
    /// As text: larger than the numbers of a script.
    public let id: String
    public let name: String
    public let size: Int
    /// Bytes that are synced: where to go on.
    public let received: Int
    /// The most bytes of one part.
    public let part: Int
    public let whole: Bool
    public let sha256: String?
  }
  public var state: State {
    State(id: "\(id)", name: fileName, size: size, received: received, part: Self.partBytes, whole: isWhole, sha256: sha256)
  }
}

extension ExhibitUpload {
  static func upload(_ row: ResultRow) throws -> ExhibitUpload {
    ExhibitUpload(
      id: try row.id("id"), caseID: try row.id("case_id"), account: try row.int("account_id"), fileName: try row.text("file_name"),
      size: try row.count("size"), declared: try row.optionalText("declared"), received: try row.count("received"),
      sha256: try row.optionalText("sha256"), mediaType: try row.optionalText("media_type"), at: try row.moment("at"))
  }
  /// Only whoever began it goes on with it, and only while they may see the case.
  static func find(_ id: ID, of no: String, for person: Person, _ db: any Reader) throws -> ExhibitUpload {
    guard let record = try CaseStore.find(no: no, for: person, db) else { throw Cases.missing }
    guard
      let row = try db.first("SELECT * FROM exhibit_upload WHERE id = \(id) AND case_id = \(record.id) AND account_id = \(person.id)")
    else { throw Refusal(.missing, "cases-upload-missing", "没有这个上传，或者它已经登记、已经过期。") }
    return try upload(row)
  }
}

extension Cases {
  /// Announces a file.
  /// - Parameter sha256: what it should come out as, when the sender knows.
  /// - Throws: `Refusal` `cases-upload-size`, `cases-upload-sha`, `cases-upload-many`, and whatever keeps evidence out of the case now.
  public func beginUpload(_ fileName: String, size: Int, sha256: String?, to no: String, by person: Person) async throws -> ExhibitUpload {
    let now = house.now()
    guard (1...ExhibitUpload.mostBytes).contains(size) else {
      throw Refusal(.invalid, "cases-upload-size", "单个文件请控制在 \(ExhibitUpload.mostBytes >> 30) GB 以内，不能是空的。", field: "size")
    }
    let declared = sha256.map { $0.lowercased() }
    if let declared, declared.utf8.count != 64 || !declared.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) {
      throw Refusal(.invalid, "cases-upload-sha", "sha256 应为 64 位十六进制数字。", field: "sha256")
    }
    let name = String(fileName.trimming().prefix(200))
    let id: ExhibitUpload.ID = house.ids.next(at: now)
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      let actor = CaseActor(person.id.raw, try Self.role(for: .collect, in: record, of: person))
      _ = try CaseWorkflow.decide(
        .collect(exhibits: 1), on: record.file, by: actor, under: try law(of: record.file), papers: IssuedPapers(), at: now)
      let open = try db.number("SELECT count(*) AS n FROM exhibit_upload WHERE case_id = \(record.id) AND account_id = \(person.id)")
      guard open < ExhibitUpload.mostOpen else {
        throw Refusal(.limit, "cases-upload-many", "本案还有 \(open) 个文件没有传完或者没有登记，请先处理。")
      }
      try db.run(
        """
        INSERT INTO exhibit_upload (id, case_id, account_id, file_name, size, declared, received, at)
        VALUES (\(id), \(record.id), \(person.id), \(name.isEmpty ? "未命名" : name), \(size), \(declared), 0, \(now))
        """)
      return try ExhibitUpload.find(id, of: no, for: person, db)
    }
  }

  public func upload(_ id: ExhibitUpload.ID, of no: String, for person: Person) async throws -> ExhibitUpload {
    try await house.store.read { db in try ExhibitUpload.find(id, of: no, for: person, db) }
  }
  /// A person's uploads of a case, oldest first.
  public func uploads(of no: String, for person: Person) async throws -> [ExhibitUpload] {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      return try db.all("SELECT * FROM exhibit_upload WHERE case_id = \(record.id) AND account_id = \(person.id) ORDER BY id").map(
        ExhibitUpload.upload)
    }
  }

  /// Takes the next part: synced to disk, then acknowledged. With the last one the file is hashed and goes among the files.
  ///
  /// A part that was not acknowledged is simply sent again from `received` on. After a crash nothing half-written counts.
  /// - Parameter offset: where the part belongs; must be where the last acknowledged one ended. Nil when the sender did not say.
  /// - Throws: `Refusal` `cases-upload-missing`, `cases-upload-busy`, `cases-upload-offset`, `cases-upload-part`, `cases-upload-lost`,
  ///   `cases-upload-differs`.
  public func take(part bytes: Data, at offset: Int?, of id: ExhibitUpload.ID, in no: String, by person: Person) async throws
    -> ExhibitUpload
  {
    let (house, name) = (house, String(id.raw))
    guard bytes.count <= ExhibitUpload.partBytes else {
      throw Refusal(.limit, "cases-upload-part", "每一段请控制在 \(ExhibitUpload.partBytes >> 20) MB 以内。")
    }
    // Unknown ones leave no file behind.
    _ = try await self.upload(id, of: no, for: person)
    guard let offset else {
      throw Refusal(.invalid, "cases-upload-offset", "请在地址里写明从第几字节开始（offset）。", field: "offset")
    }
    guard let part = try house.vault.holdPart(name) else {
      throw Refusal(.conflict, "cases-upload-busy", "这个文件的另一段正在写入，请稍后再试。")
    }
    // From here on nobody else moves it: what the row says stays true.
    let upload = try await house.store.read { db in try ExhibitUpload.find(id, of: no, for: person, db) }
    if upload.isWhole {
      // To hold it was to begin it anew.
      try house.vault.dropPart(name)
      return upload
    }
    guard offset == upload.received else {
      throw Refusal(.conflict, "cases-upload-offset", "应当从第 \(upload.received) 字节接着传。")
    }
    guard offset + bytes.count <= upload.size else {
      throw Refusal(.invalid, "cases-upload-part", "这一段超出了文件的大小 \(upload.size) 字节。")
    }
    guard try part.size >= upload.received else {
      throw Refusal(.conflict, "cases-upload-lost", "先前传的部分已经不在服务器上，请重新选择这个文件上传。")
    }
    if !bytes.isEmpty {
      try await EvidenceWork.run { try part.write(bytes, at: offset) }
      let received = offset + bytes.count
      try await house.store.write { db in _ = try db.run("UPDATE exhibit_upload SET received = \(received) WHERE id = \(id)") }
    }
    guard offset + bytes.count == upload.size else { return try await self.upload(id, of: no, for: person) }
    try await finish(upload, part)
    return try await self.upload(id, of: no, for: person)
  }

  private func finish(_ upload: ExhibitUpload, _ part: VaultPart) async throws {
    let (vault, id, name) = (house.vault, upload.id, String(upload.id.raw))
    do {
      let kept = try await EvidenceWork.run { () throws -> (StoredFile, ExhibitMedia) in
        let (file, beginning) = try vault.keep(part, peek: ExhibitMedia.peek)
        guard file.size == upload.size, upload.declared.map({ $0 == file.sha256 }) ?? true else {
          throw Refusal(.conflict, "cases-upload-differs", "收到的文件与声明的哈希不符（收到 \(file.sha256)），没有保存，请重新上传。")
        }
        return (file, try ExhibitMedia(beginning: beginning))
      }
      try await house.store.write { db in
        _ = try db.run("UPDATE exhibit_upload SET sha256 = \(kept.0.sha256), media_type = \(kept.1.mime) WHERE id = \(id)")
      }
      try vault.dropPart(name)
    } catch let refusal as Refusal {
      // It will never be whole: what came of it goes.
      try await house.store.write { db in _ = try db.run("DELETE FROM exhibit_upload WHERE id = \(id)") }
      try vault.dropPart(name)
      throw refusal
    }
  }

  /// What of a finished upload becomes an exhibit's file.
  public func file(of upload: ExhibitUpload) async throws -> ExhibitFile {
    guard let name = upload.sha256, let type = upload.mediaType else {
      throw Refusal(.conflict, "cases-upload-unfinished", "“\(upload.fileName)”还没有传完。", field: "upload")
    }
    return try await ExhibitIntake.describe(StoredFile(sha256: name, size: upload.size), ExhibitMedia(mime: type), in: house.vault)
  }

  public func dropUpload(_ id: ExhibitUpload.ID, of no: String, by person: Person) async throws {
    let upload = try await upload(id, of: no, for: person)
    try await end([upload])
  }
  /// Ends uploads nobody came back for within a week; run every hour by the worker.
  /// - Returns: how many are gone.
  @discardableResult
  public func clearUploads() async throws -> Int {
    let now = house.now()
    let old = try await house.store.read { db in
      try db.all("SELECT * FROM exhibit_upload WHERE at < \(now.adding(milliseconds: -ExhibitUpload.keep)) ORDER BY at LIMIT 500").map(
        ExhibitUpload.upload)
    }
    try await end(old)
    return old.count
  }
  private func end(_ uploads: [ExhibitUpload]) async throws {
    let now = house.now()
    for upload in uploads {
      try await house.store.write { db in
        try db.run("DELETE FROM exhibit_upload WHERE id = \(upload.id)")
        // A whole one goes the way of files that nobody imported: away, unless something else has the same bytes.
        if let name = upload.sha256 {
          try db.run("INSERT INTO upload (sha256, at) VALUES (\(name), \(now)) ON CONFLICT (sha256) DO NOTHING")
        }
      }
      try house.vault.dropPart(String(upload.id.raw))
    }
  }
}

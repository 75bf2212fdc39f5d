import Crypto
import Foundation
import Kernel
import Storage

/// What a back-up holds; written when everything else of it lies on the disk.
public struct BackupManifest: Codable, Sendable, Equatable {
  static let currentFormat = 2
  /// Its store has empty search tables, to be filled when it is brought back: a program that does not know that must refuse it.
  static let withoutSearch = 2
  public var format = 1
  /// Version of the program that made it.
  public var program: String
  public var at: Moment
  public var facts: StoreFacts
  public var store: Piece
  /// The list of files: a line of SHA-256 and size for each.
  public var list: Piece
  public var files: Int
  /// Bytes of all files.
  public var fileBytes: Int64
  /// Tells which key sealed it; nil when it is not sealed.
  public var key: String?
}

/// The folder of one back-up: `manifest.json`, `manifest.check`, `store.sqlite`, `files.txt`, `files/ab/cd/…`.
struct BackupFolder: Sendable {
  let root: URL
  let cipher: PieceCipher
  static let store = "store.sqlite"
  static let list = "files.txt"
  var manifest: URL { root.appending(path: "manifest.json") }
  var check: URL { root.appending(path: "manifest.check") }
  var store: URL { root.appending(path: Self.store) }
  var list: URL { root.appending(path: Self.list) }
  init(_ root: URL, key: BackupKey?) {
    self.root = root
    cipher = PieceCipher(key: key)
  }
  func file(_ sha256: String) -> URL {
    let name = cipher.key?.name(sha256) ?? sha256
    return root.appending(path: "files/\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(name)")
  }

  // MARK: Manifest

  func write(_ manifest: BackupManifest) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let bytes = try encoder.encode(manifest)
    try put(Data((Self.seal(bytes, cipher.key) + "\n").utf8), check)
    try put(bytes, self.manifest)
  }
  private func put(_ bytes: Data, _ file: URL) throws {
    let temporary = file.appendingPathExtension("new")
    let out = try OutFile(temporary)
    try out.write(bytes)
    try out.finish()
    try Disk.rename(temporary, to: file)
  }
  private static func seal(_ bytes: Data, _ key: BackupKey?) -> String {
    key.map { "hmac-sha256 \($0.seal(bytes))" } ?? "sha256 \(SHA256.hash(data: bytes).hex)"
  }

  /// - Throws: `Refusal` when it is no whole back-up, was altered, needs another key, or is of a newer program.
  func readManifest(known: Set<String>) throws -> BackupManifest {
    let names = try Disk.names(in: root)
    guard !names.isEmpty else { throw Refusal(.missing, BackupRefusal.incomplete, "\(root.path) 中没有备份。") }
    guard names.contains("manifest.json") else {
      throw Refusal(.conflict, BackupRefusal.incomplete, "\(root.path) 是未完成的备份（没有清单），不能用来恢复。")
    }
    guard let bytes = FileManager.default.contents(atPath: manifest.path), let check = FileManager.default.contents(atPath: check.path)
    else { throw BackupRefusal.changed("清单校验 manifest.check 缺失或不可读") }
    let found = String(decoding: check, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    let isSealed = found.hasPrefix("hmac-sha256 ")
    guard let key = cipher.key else {
      if isSealed { throw Refusal(.invalid, BackupRefusal.key, "这份备份已加密，请用 --key-file 给出制作时的密钥文件。") }
      return try open(bytes, found, known)
    }
    guard isSealed else { throw Refusal(.invalid, BackupRefusal.key, "给了密钥文件，但这份备份没有加密。如果它本应加密，请勿使用；否则去掉 --key-file。") }
    // Before the seal is tried, so that a wrong key is not taken for a changed manifest.
    if let claimed = try? JSONDecoder().decode(Claim.self, from: bytes), let id = claimed.key, id != key.id {
      throw Refusal(.invalid, BackupRefusal.key, "密钥不对：这份备份是用另一个密钥文件加密的（编号 \(id)，给出的是 \(key.id)）。")
    }
    return try open(bytes, found, known)
  }
  private struct Claim: Decodable { var key: String? }
  private struct Format: Decodable { var format: Int }

  private func open(_ bytes: Data, _ found: String, _ known: Set<String>) throws -> BackupManifest {
    guard Secrets.same(found, Self.seal(bytes, cipher.key)) else { throw BackupRefusal.changed("清单 manifest.json 与校验值不符") }
    let format = try JSONDecoder().decode(Format.self, from: bytes).format
    guard format <= BackupManifest.currentFormat else { throw newer("清单格式 \(format)") }
    let manifest = try JSONDecoder().decode(BackupManifest.self, from: bytes)
    let unknown = manifest.facts.migrations.filter { !known.contains($0) }
    guard unknown.isEmpty else { throw newer("由 \(manifest.program) 版制作，含 \(unknown.prefix(3).joined(separator: "、"))") }
    return manifest
  }
  private func newer(_ what: String) -> Refusal {
    Refusal(.conflict, BackupRefusal.newer, "备份比本程序新（\(what)），请用制作备份的版本或更新的版本恢复。")
  }

  // MARK: Files

  /// Reads the list and hands out each file's name and size.
  func eachFile(_ manifest: BackupManifest, _ body: (Piece) throws -> Void) throws {
    // Whole before the first line is used.
    guard try cipher.read(list, name: Self.list, { _ in }) == manifest.list else { throw BackupRefusal.changed(Self.list) }
    var rest = Data()
    _ = try cipher.read(list, name: Self.list) { chunk in
      rest += chunk
      while let end = rest.firstIndex(of: 10) {
        let parts = String(decoding: rest[rest.startIndex..<end], as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let size = Int64(parts[1]) else { throw BackupRefusal.changed(Self.list) }
        try body(Piece(size: size, sha256: String(parts[0])))
        rest = rest[(end + 1)...]
      }
    }
  }
}

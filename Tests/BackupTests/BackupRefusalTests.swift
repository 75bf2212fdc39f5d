import Foundation
import Kernel
import Storage
import StorageSQLite
import Testing

@testable import Backup

/// Whatever is wrong is named, has its own code, and leaves nothing that looks like an office.
@Suite struct BackupRefusalTests {
  @Test(arguments: [false, true]) func aFlippedByteIsNamed(sealed: Bool) async throws {
    for part in ["store.sqlite", "files.txt", "manifest.json", "manifest.check", "file"] {
      let scene = try await BackupScene()
      let key = sealed ? try scene.key() : nil
      try await scene.write(3)
      try scene.back(up: key)
      let file = part == "file" ? try scene.backup.someFile : scene.backup.appending(path: part)
      try file.flip(at: part == "manifest.check" ? 20 : nil)
      let refusal = try refusal { try scene.restore(key) }
      #expect(refusal.code == BackupRefusal.altered, "\(part)")
      let name = part == "manifest.check" ? "manifest.json" : part == "file" ? (sealed ? "文件" : file.lastPathComponent) : part
      #expect(sealed && part == "file" || refusal.message.contains(name), "\(part): \(refusal.message)")
      #expect(scene.nothingRestored, "\(part)")
      #expect(
        try Self.code { _ = try BackupRestoring(from: scene.backup, key: key, migrations: BackupScene.migrations, columns: []).prove() }
          == BackupRefusal.altered)
    }
  }
  private static func code(_ body: () throws -> Void) throws -> String { try refusal(body).code }

  @Test func whatIsMissingOrTooLongIsNamed() async throws {
    let scene = try await BackupScene()
    try await scene.write(3)
    try scene.back()
    let file = try scene.backup.someFile
    let bytes = try Data(contentsOf: file)
    try file.change { $0.append(0) }
    #expect(try Self.code { try scene.restore() } == BackupRefusal.altered)
    try FileManager.default.removeItem(at: file)
    #expect(try refusal { try scene.restore() }.message.contains(file.lastPathComponent))
    try bytes.write(to: file)
    try scene.restore()
  }

  /// Somebody who edits the store of a plain back-up can make its sums right again, but not its journal.
  @Test func anEditedJournalIsFoundThoughAllSumsAreRight() async throws {
    let scene = try await BackupScene()
    try await scene.write(3)
    var manifest = try scene.back()
    let folder = BackupFolder(scene.backup, key: nil)
    let store = try SQLiteStore(path: folder.store.path)
    try await store.write { db in try db.run("UPDATE journal SET action = 'photo-lost' WHERE sequence = 1") }
    try await store.close()
    manifest.store = try folder.cipher.read(folder.store, name: "store.sqlite") { _ in }
    for name in ["manifest.json", "manifest.check"] { try FileManager.default.removeItem(at: scene.backup.appending(path: name)) }
    try folder.write(manifest)
    let refusal = try refusal { try scene.restore() }
    #expect(refusal.code == BackupRefusal.altered && refusal.message.contains("日志"))
    #expect(scene.nothingRestored)
  }

  @Test func anUnfinishedOneIsNotRestored() async throws {
    let scene = try await BackupScene()
    #expect(try Self.code { try scene.restore() } == BackupRefusal.incomplete)
    try scene.back()
    try FileManager.default.removeItem(at: scene.backup.appending(path: "manifest.json"))
    #expect(try Self.code { try scene.restore() } == BackupRefusal.incomplete)
  }

  @Test func nothingIsWrittenOverAnything() async throws {
    let scene = try await BackupScene()
    try scene.back()
    #expect(try Self.code { try scene.back() } == BackupRefusal.notEmpty)
    try scene.restore()
    #expect(try Self.code { try scene.restore() } == BackupRefusal.notEmpty)
    #expect(throws: Refusal.self) {
      _ = try scene.key()
      _ = try scene.key()
    }
  }

  @Test func aBackUpOfANewerProgramIsLeftAlone() async throws {
    let scene = try await BackupScene()
    try scene.back()
    let refusal = try refusal { try scene.restore(migrations: House.migrations) }
    #expect(refusal.code == BackupRefusal.newer && refusal.message.contains("scene-001"))
    #expect(scene.nothingRestored)
  }

  @Test func theKeyMustBeTheOne() async throws {
    let scene = try await BackupScene()
    let key = try scene.key()
    try scene.back(up: key)
    #expect(try Self.code { try scene.restore() } == BackupRefusal.key)
    let other = try scene.key("other")
    #expect(try refusal { try scene.restore(other) }.message.contains("密钥不对"))
    #expect(try Self.code { _ = try BackupKey(file: scene.root.appending(path: "none")) } == BackupRefusal.key)
    #expect(try Self.code { _ = try BackupKey(file: scene.backup.appending(path: "manifest.json")) } == BackupRefusal.key)
    try scene.restore(key)
    let mode = try FileManager.default.attributesOfItem(atPath: scene.root.appending(path: "key").path)[.posixPermissions] as? NSNumber
    #expect(mode?.intValue == 0o400)
  }

  /// Who could swap the back-up for a plain one would otherwise decide what the office becomes.
  @Test func aPlainOneIsNotTakenForASealedOne() async throws {
    let scene = try await BackupScene()
    try scene.back()
    let key = try scene.key()
    #expect(try Self.code { try scene.restore(key) } == BackupRefusal.key)
  }

  @Test func anOfficeThatLostAFileIsToldAndTheBackUpIsNamedIncomplete() async throws {
    let scene = try await BackupScene()
    try await scene.write(3)
    let lost = try scene.vault.keep(Data("photo 2".utf8)).sha256
    try scene.vault.setAside(lost)
    try scene.vault.discard(lost)
    let refusal = try refusal { try scene.back() }
    #expect(refusal.code == BackupRefusal.source && refusal.message.contains(lost))
    #expect(!FileManager.default.fileExists(atPath: scene.backup.path))
    #expect(FileManager.default.fileExists(atPath: scene.backup.path + ".incomplete"))
    // The wreck is not built upon.
    #expect(try Self.code { try scene.back() } == BackupRefusal.notEmpty)
  }

  @Test func anOfficeWhoseJournalWasEditedIsTold() async throws {
    let scene = try await BackupScene()
    try await scene.write(3)
    try await scene.store.write { db in try db.run("UPDATE journal SET action = 'photo-lost' WHERE sequence = 1") }
    let refusal = try refusal { try scene.back() }
    #expect(refusal.code == BackupRefusal.source && refusal.message.contains("日志"))
  }

  @Test func spaceIsAskedForBeforeTheDiskIsFull() async throws {
    let scene = try await BackupScene()
    let refused = try refusal { try scene.back(free: { _ in 1_000_000 }) }
    #expect(refused.code == BackupRefusal.space && refused.message.contains("可用 1 MB"))
    try scene.back()
    #expect(try Self.code { try scene.restore(free: { _ in 1_000_000 }) } == BackupRefusal.space)
    #expect(BackupRefusal.system(EROFS, "/x").code == BackupRefusal.permission)
    #expect(BackupRefusal.system(ENOSPC, "/x").code == BackupRefusal.space)
  }
}

@Suite struct PieceCipherTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-piece-\(UUID().uuidString)")

  @Test func chunksKeepTheirOrderAndTheirNumber() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try BackupKey.create(at: folder.appending(path: "key"))
    let cipher = PieceCipher(key: try BackupKey(file: folder.appending(path: "key")))
    let chunk = PieceCipher.chunk
    for size in [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk] {
      let text = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 / 251) })
      let file = folder.appending(path: "piece-\(size)")
      var rest = text
      let piece = try cipher.write(try OutFile(file), name: "a") { count in
        defer { rest = rest.dropFirst(count) }
        return Data(rest.prefix(count))
      }
      var back = Data()
      #expect(try cipher.read(file, name: "a") { back += $0 } == piece)
      #expect(back == text && piece.size == Int64(size))
      // Under another name it does not open: two parts cannot be exchanged.
      #expect(throws: Refusal.self) { try cipher.read(file, name: "b") { _ in } }
    }
    let whole = try Data(contentsOf: folder.appending(path: "piece-\(3 * chunk)"))
    let head = 20
    let step = chunk + PieceCipher.tag
    func part(_ index: Int) -> Data { whole[(head + index * step)..<(head + (index + 1) * step)] }
    let wrong: [String: Data] = [
      "cut": whole.prefix(head + 2 * step), "swapped": whole.prefix(head) + part(1) + part(0) + part(2),
      "doubled": whole.prefix(head) + part(0) + part(0) + part(1) + part(2), "longer": whole + Data([0]), "head": whole.prefix(head),
      "torn": whole.dropLast(5), "empty": Data(),
    ]
    for (name, bytes) in wrong {
      let file = folder.appending(path: name)
      try bytes.write(to: file)
      #expect(throws: Refusal.self, "\(name)") { try cipher.read(file, name: "a") { _ in } }
    }
  }
}

import Foundation
import Kernel
import Storage
import StorageSQLite
import Synchronization
import Testing

@testable import Backup

/// The drill: back up under load, destroy, restore, verify.
@Suite struct DrillTests {
  @Test(arguments: [false, true]) func anOfficeThatBurntDownDuringItsWorkComesBack(sealed: Bool) async throws {
    let scene = try await BackupScene()
    let key = sealed ? try scene.key() : nil
    try await scene.write(80)
    let (before, manifest, after) = try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { while !scene.isOver.load(ordering: .relaxed) { try await scene.write() } }
      }
      while scene.written.load(ordering: .relaxed) < 100 { try await Task.sleep(for: .milliseconds(2)) }
      let before = try await Self.photos(scene.store)
      let manifest = try await Task.detached { try scene.back(up: key) }.value
      let after = try await Self.photos(scene.store)
      scene.isOver.store(true, ordering: .relaxed)
      try await group.waitForAll()
      return (before, manifest, after)
    }
    // The office went on working.
    #expect(after > before)
    try await scene.store.close()
    try FileManager.default.removeItem(at: scene.office)

    #expect(try scene.restore(key) == manifest)
    let store = try SQLiteStore(path: scene.again.appending(path: "store.sqlite").path)
    let vault = try FileVault(root: scene.again.appending(path: "files"))
    let (verdict, rows) = try await store.read { db in
      (try Journal.verify(db), try db.all("SELECT sha256, small_sha256 FROM photo"))
    }
    #expect(verdict.faults.isEmpty)
    #expect(rows.count >= before && rows.count <= after)
    // Each write added a row and an entry: the copy shows no write by half.
    #expect(verdict.entries == rows.count && manifest.facts.tables["photo"] == rows.count)
    for row in rows {
      _ = try vault.bytes(try row.text("sha256"))
      if let small = try row.optionalText("small_sha256") { _ = try vault.bytes(small) }
    }
    // And it can be worked with.
    try await store.write { db in try db.run("INSERT INTO photo (id, sha256) VALUES (0, 'x')") }
    try await store.close()
  }
  private static func photos(_ store: SQLiteStore) async throws -> Int {
    try await store.read { db in Int(try db.number("SELECT count(*) AS n FROM photo")) }
  }

  @Test func aSealedBackUpShowsNeitherStoreNorFilesNorTheirNames() async throws {
    let scene = try await BackupScene()
    try await scene.write(5)
    let manifest = try scene.back(up: try scene.key())
    let all = FileManager.default.enumerator(at: scene.backup, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
    let name = try scene.vault.keep(Data("photo 1".utf8)).sha256
    #expect(!all.contains { $0.lastPathComponent == name })
    for file in all where !file.hasDirectoryPath {
      let bytes = try Data(contentsOf: file)
      #expect(bytes.range(of: Data("photo 1".utf8)) == nil && bytes.range(of: Data("SQLite format".utf8)) == nil)
    }
    #expect(manifest.key != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scene.office.path).allSatisfy { !$0.contains("snapshot") })
  }

  @Test func theCopyOfASealedOneThatWasCutOffIsClearedAway() async throws {
    let scene = try await BackupScene()
    try await scene.write(2)
    for name in ["backup-snapshot.sqlite", "backup-snapshot.sqlite-journal"] {
      try Data(repeating: 7, count: 10_000).write(to: scene.office.appending(path: name))
    }
    let key = try scene.key()
    try scene.back(up: key)
    try scene.restore(key)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scene.office.path).allSatisfy { !$0.contains("snapshot") })
  }

  @Test func theKeysMayBeBackBeforeTheStore() async throws {
    let scene = try await BackupScene()
    try await scene.write(2)
    try scene.back()
    try FileManager.default.createDirectory(at: scene.again.appending(path: "keys"), withIntermediateDirectories: true)
    try scene.restore()
    #expect(FileManager.default.fileExists(atPath: scene.again.appending(path: "store.sqlite").path))
  }
}

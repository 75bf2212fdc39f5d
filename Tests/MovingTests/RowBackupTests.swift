import Backup
import Foundation
import Kernel
import Moving
import Storage
import StorageSQLite
import Synchronization
import TestHouse
import Testing

/// Back-ups of a store that is read row by row, as a database server's is, on the engine under test; brought back into either engine.
@Suite struct RowBackupTests {
  private struct Office {
    let scene: MoveScene
    let store: any Store
    let backup: URL
    func make(_ key: BackupKey? = nil) async throws -> BackupManifest {
      let making = BackupMaking(
        store: RowSource(store, migrations: MoveScene.migrations, search: [MoveScene.search], now: MoveScene.now),
        vault: try FileVault(root: scene.root.appending(path: "files")), columns: MoveScene.columns, program: "test", key: key)
      let (target, scratch) = (backup, scene.root)
      return try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(with: Result { try making.make(at: target, scratch: scratch, now: MoveScene.now) })
        }
      }
    }
    func restoring(_ key: BackupKey? = nil) -> BackupRestoring {
      BackupRestoring(
        from: backup, key: key, migrations: MoveScene.migrations, search: [MoveScene.search], columns: MoveScene.columns)
    }
    func place(_ name: String) -> (root: URL, file: URL, files: URL, keys: URL) {
      let root = scene.root.appending(path: name)
      return (root, root.appending(path: "store.sqlite"), root.appending(path: "files"), root.appending(path: "keys"))
    }
  }
  private func office(photos: Int) async throws -> Office {
    let scene = try MoveScene()
    let store = try scene.empty()
    try await scene.open(store, photos: photos)
    return Office(scene: scene, store: store, backup: scene.root.appending(path: "backup"))
  }
  private func isWhole(_ store: any Store, _ files: URL, _ manifest: BackupManifest) async throws {
    let (verdict, rows) = try await store.read { db in (try Journal.verify(db), try db.all("SELECT sha256 FROM photo")) }
    #expect(verdict.faults.isEmpty && verdict.entries == manifest.facts.journal.entries)
    #expect(rows.count == manifest.facts.tables["photo"] && rows.count == verdict.entries)
    let vault = try FileVault(root: files)
    for row in rows { if let name = try row.optionalText("sha256") { _ = try vault.bytes(name) } }
    #expect(try await MoveScene.hits(store, "楼道").count == rows.count)
  }

  /// The drill: back up under load, destroy, restore, verify.
  @Test(arguments: [false, true]) func anOfficeThatBurntDownDuringItsWorkComesBack(sealed: Bool) async throws {
    let office = try await office(photos: 400)
    let scene = office.scene
    var key: BackupKey?
    if sealed {
      try BackupKey.create(at: scene.root.appending(path: "key"))
      key = try BackupKey(file: scene.root.appending(path: "key"))
    }
    let kept = Acknowledged()
    let left = Counting(1_000_000)
    let (store, ids) = (office.store, scene.ids)
    let load = (0..<2).map { _ in
      Task { () async throws -> Void in
        while !Task.isCancelled {
          let n = left.next()
          // Each write is a row and an entry: a copy that shows one without the other is none of one moment.
          try await store.write { db in try MoveScene.insert(n, nil, ids, db) }
          kept.add(n)
        }
      }
    }
    while kept.all.count < 20 { try await Task.sleep(for: .milliseconds(2)) }
    let before = kept.all.count
    let manifest = try await office.make(key)
    for one in load { one.cancel() }
    for one in load { try await one.value }
    let after = kept.all.count
    #expect(after > before)
    let photos = try #require(manifest.facts.tables["photo"])
    #expect(photos >= 400 + before && photos <= 400 + after + 2)
    try await store.close()
    try FileManager.default.removeItem(at: scene.root.appending(path: "files"))

    // Into the embedded store …
    let one = office.place("one")
    #expect(try office.restoring(key).restore(to: one.root, store: one.file, vault: one.files, keys: one.keys) == manifest)
    let embedded = try SQLiteStore(path: one.file.path)
    try await isWhole(embedded, one.files, manifest)
    try await embedded.write { db in try db.run("DELETE FROM pair") }
    try await embedded.close()
    // … and into the engine under test.
    let other = office.place("other")
    let server = try scene.empty()
    let back = try await office.restoring(key).restore(
      to: other.root, into: server, at: "乙库", file: other.file, vault: other.files, keys: other.keys, now: MoveScene.now)
    #expect(back == manifest)
    try await isWhole(server, other.files, manifest)
    #expect(try await server.read { db in try !StoreMarks.isHalfMoved(db) && StoreMarks.movedTo(db) == nil })
    #expect(try FileManager.default.contentsOfDirectory(atPath: other.root.path) == ["files"])
    try await server.close()
  }

  @Test func aDamagedOneAndAFullDatabaseAreRefusedWithNothingChanged() async throws {
    let office = try await office(photos: 20)
    _ = try await office.make()
    let place = office.place("again")
    let taken = try office.scene.empty()
    try await taken.write { db in try db.run("CREATE TABLE other (id bigint PRIMARY KEY)") }
    let full = try await refusal {
      _ = try await office.restoring().restore(
        to: place.root, into: taken, at: "乙库", file: place.file, vault: place.files, keys: place.keys, now: MoveScene.now)
    }
    #expect(full.code == BackupRefusal.notEmpty && !FileManager.default.fileExists(atPath: place.root.path))
    let store = office.backup.appending(path: "store.sqlite")
    var bytes = try Data(contentsOf: store)
    bytes[bytes.count / 2] ^= 1
    chmod(store.path, 0o600)
    try bytes.write(to: store)
    let empty = try office.scene.empty()
    let damaged = try await refusal {
      _ = try await office.restoring().restore(
        to: place.root, into: empty, at: "乙库", file: place.file, vault: place.files, keys: place.keys, now: MoveScene.now)
    }
    #expect(damaged.code == BackupRefusal.altered)
    #expect(try await empty.read { db in try StoreTables.names(db) } == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.root.path) == [])
  }

  @Test func oneThatWasCutOffIsTakenUpAgain() async throws {
    let office = try await office(photos: 50)
    let manifest = try await office.make()
    let place = office.place("again")
    let server = try office.scene.empty()
    await #expect(throws: CutOffStore.Cut.self) {
      try await office.restoring().restore(
        to: place.root, into: CutOffStore(server, after: 6), at: "乙库", file: place.file, vault: place.files, keys: place.keys,
        now: MoveScene.now)
    }
    // Half of it is no office.
    #expect(try await server.read { db in try StoreMarks.isHalfMoved(db) })
    _ = try await office.restoring().restore(
      to: place.root, into: server, at: "乙库", file: place.file, vault: place.files, keys: place.keys, now: MoveScene.now)
    try await isWhole(server, place.files, manifest)
  }

  @Test func anEarlierProgramWouldNotTakeOneWithoutSearch() async throws {
    let office = try await office(photos: 5)
    #expect(try await office.make().format == 2)
  }
}

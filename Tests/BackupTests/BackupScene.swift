import Foundation
import Kernel
import Moving
import Storage
import StorageSQLite
import Synchronization
import Testing

@testable import Backup

/// An office with photos: every write adds one row, one entry of the journal and one file.
final class BackupScene: Sendable {
  static let migrations =
    House.migrations + [Migration("scene-001", ["CREATE TABLE photo (id integer primary key, sha256 text NOT NULL, small_sha256 text)"])]
  static let columns: [FileColumn] = [("photo", "sha256"), ("photo", "small_sha256"), ("not_yet_there", "sha256")]
  static let now = Moment(milliseconds: 1_790_215_200_000)

  let root = FileManager.default.temporaryDirectory.appending(path: "longtang-backup-\(UUID().uuidString)")
  let store: SQLiteStore
  let vault: FileVault
  let written = Atomic<Int>(0)
  let isOver = Atomic<Bool>(false)
  private let ids = IdentifierSource(node: 1)
  var office: URL { root.appending(path: "office") }
  var backup: URL { root.appending(path: "backup") }
  var again: URL { root.appending(path: "again") }

  init() async throws {
    let office = root.appending(path: "office")
    try FileManager.default.createDirectory(at: office, withIntermediateDirectories: true)
    store = try SQLiteStore(path: office.appending(path: "store.sqlite").path, readers: 2, cacheKilobytes: 2048)
    vault = try FileVault(root: office.appending(path: "files"))
    try await Migrator.migrate(store, Self.migrations, at: Self.now)
  }
  deinit { try? FileManager.default.removeItem(at: root) }

  func write(_ count: Int = 1) async throws {
    for _ in 0..<count {
      let number = written.wrappingAdd(1, ordering: .relaxed).newValue
      let file = try vault.keep(Data("photo \(number)".utf8))
      let small = number % 3 == 0 ? try vault.keep(Data("small \(number % 7)".utf8)) : nil
      try await store.write { [ids] db in
        try db.run("INSERT INTO photo (id, sha256, small_sha256) VALUES (\(number), \(file.sha256), \(small?.sha256))")
        try Journal.append("photo-kept", on: Subject("photo", Int64(number % 20)), by: .system, at: Self.now, ids: ids, db)
      }
    }
  }

  @discardableResult
  func back(up key: BackupKey? = nil, free: (@Sendable (URL) -> Int64?)? = nil) throws -> BackupManifest {
    try BackupMaking(store: store, vault: vault, columns: Self.columns, program: "test", key: key, free: free)
      .make(at: backup, scratch: office, now: Self.now)
  }
  @discardableResult
  func restore(_ key: BackupKey? = nil, migrations: [Migration] = migrations, free: (@Sendable (URL) -> Int64?)? = nil) throws
    -> BackupManifest
  {
    try BackupRestoring(from: backup, key: key, migrations: migrations, columns: Self.columns, free: free).restore(
      to: again, store: again.appending(path: "store.sqlite"), vault: again.appending(path: "files"), keys: again.appending(path: "keys"))
  }
  func key(_ name: String = "key") throws -> BackupKey {
    let file = root.appending(path: name)
    try BackupKey.create(at: file)
    return try BackupKey(file: file)
  }

  /// A folder nobody may take for a whole office.
  var nothingRestored: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: again.path)) ?? []
    return names.isEmpty
  }
}

/// The code and sentence with which `body` refuses.
func refusal(_ body: () throws -> Void) throws -> Refusal {
  do { try body() } catch let refusal as Refusal { return refusal }
  throw Refusal(.invalid, "test", "not refused")
}

extension URL {
  func change(_ body: (inout Data) -> Void) throws {
    var bytes = try Data(contentsOf: self)
    body(&bytes)
    chmod(path, 0o600)
    try bytes.write(to: self)
  }
  func flip(at place: Int? = nil) throws { try change { $0[place ?? $0.count / 2] ^= 1 } }
  /// Some file of the vault in a back-up.
  var someFile: URL {
    get throws {
      let all = FileManager.default.enumerator(at: appending(path: "files"), includingPropertiesForKeys: nil)
      let files = (all?.allObjects as? [URL] ?? []).filter { $0.lastPathComponent.count == 64 }
      return try #require(files.min { $0.path < $1.path })
    }
  }
}

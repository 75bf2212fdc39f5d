import Foundation
import Kernel
import Storage
import StorageSQLite

/// Proves a back-up and brings it back into an empty folder.
public struct BackupRestoring {
  let folder: BackupFolder
  let known: Set<String>
  let columns: [FileColumn]
  let free: (URL) -> Int64?
  let progress: (BackupProgress) -> Void

  /// - Parameters:
  ///   - migrations: all this program knows: a back-up with others is newer than the program.
  ///   - columns: every column that names a file.
  public init(
    from backup: URL, key: BackupKey?, migrations: [Migration], columns: [FileColumn], free: ((URL) -> Int64?)? = nil,
    progress: @escaping (BackupProgress) -> Void = { _ in }
  ) {
    folder = BackupFolder(backup, key: key)
    known = Set(migrations.map(\.id))
    self.columns = columns
    self.free = free ?? Disk.free
    self.progress = progress
  }

  /// Reads every byte and writes nothing.
  public func prove() throws -> BackupManifest {
    let manifest = try folder.readManifest(known: known)
    try folder.prove(manifest, progress)
    return manifest
  }

  /// - Parameters:
  ///   - target: must hold nothing but the folder of seal keys, which may have been brought back first.
  ///   - store: the store's file within it; it appears only after everything has been proven.
  ///   - vault: the folder of files within it.
  public func restore(to target: URL, store: URL, vault: URL, keys: URL) throws -> BackupManifest {
    let manifest = try folder.readManifest(known: known)
    let kept = keys.deletingLastPathComponent().standardizedFileURL.path == target.standardizedFileURL.path ? keys.lastPathComponent : nil
    guard try Disk.names(in: target).allSatisfy({ $0 == kept }) else {
      throw Refusal(.conflict, BackupRefusal.notEmpty, "\(target.path) 不是空目录，没有做任何改动。请恢复到一个新的目录。")
    }
    try Disk.makeFolder(target)
    let needed = manifest.store.size + manifest.fileBytes + 64 << 20
    if let free = free(target), free < needed { throw BackupRefusal.noSpace(target.path, needed: needed, free: free) }
    let temporary = store.appendingPathExtension("restoring")
    do {
      try bringFiles(manifest, vault)
      try bringStore(manifest, temporary)
      try prove(manifest, temporary, vault)
      try Disk.rename(temporary, to: store)
    } catch {
      // The folder was empty: all of this is our own.
      for made in [temporary.path, temporary.path + "-wal", temporary.path + "-shm", vault.path]
      where FileManager.default.fileExists(atPath: made) {
        try? FileManager.default.removeItem(atPath: made)
      }
      throw error
    }
    return manifest
  }

  private func bringFiles(_ manifest: BackupManifest, _ root: URL) throws {
    let vault = try BackupRefusal.translated(root.path) { try FileVault(root: root) }
    var done = 0
    try folder.eachFile(manifest) { piece in
      var bytes = Data()
      let found = try folder.cipher.read(folder.file(piece.sha256), name: piece.sha256) { bytes += $0 }
      guard found == piece else { throw BackupRefusal.changed("文件 \(piece.sha256)") }
      let content = bytes
      _ = try BackupRefusal.translated(root.path) { try vault.keep(content) }
      done += 1
      progress(BackupProgress(stage: .files, done: Int64(done), total: Int64(manifest.files)))
    }
    guard done == manifest.files else { throw BackupRefusal.changed("文件应为 \(manifest.files) 个，清点为 \(done) 个") }
  }

  private func bringStore(_ manifest: BackupManifest, _ file: URL) throws {
    let out = try OutFile(file)
    var done: Int64 = 0
    let found = try folder.cipher.read(folder.store, name: BackupFolder.store) { chunk in
      try out.write(chunk)
      done += Int64(chunk.count)
      progress(BackupProgress(stage: .store, done: done, total: manifest.store.size))
    }
    try out.finish()
    guard found == manifest.store else { throw BackupRefusal.changed(BackupFolder.store) }
  }

  /// What lies in the new folder, not what was meant to be written there.
  private func prove(_ manifest: BackupManifest, _ store: URL, _ root: URL) throws {
    progress(BackupProgress(stage: .proof, done: 0, total: 1))
    let file = try SQLiteFile(path: store.path)
    let facts = try StoreFacts.proven(file) { BackupRefusal.changed($0) }
    guard facts == manifest.facts else { throw BackupRefusal.changed("恢复后的行数或日志与清单不符") }
    progress(BackupProgress(stage: .proof, done: 1, total: 1))
    let vault = try FileVault(root: root)
    var done: Int64 = 0
    try ReferredFiles.each(columns, in: file) { names in
      for name in names {
        do { _ = try vault.bytes(name) } catch is VaultError { throw BackupRefusal.changed("恢复后的文件 \(name)") }
        done += 1
        progress(BackupProgress(stage: .check, done: done, total: Int64(manifest.files)))
      }
    }
    try file.close()
  }
}

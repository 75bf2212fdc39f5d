import Foundation
import Kernel
import Moving
import Storage
import StorageSQLite

/// Proves a back-up and brings it back into an empty folder.
public struct BackupRestoring: Sendable {
  let folder: BackupFolder
  let migrations: [Migration]
  let search: [SearchSource]
  let columns: [FileColumn]
  let free: @Sendable (URL) -> Int64?
  let progress: @Sendable (BackupProgress) -> Void
  private var known: Set<String> { Set(migrations.map(\.id)) }

  /// - Parameters:
  ///   - migrations: all this program knows: a back-up with others is newer than the program.
  ///   - search: how every full-text table is made anew.
  ///   - columns: every column that names a file.
  public init(
    from backup: URL, key: BackupKey?, migrations: [Migration], search: [SearchSource] = [], columns: [FileColumn],
    free: (@Sendable (URL) -> Int64?)? = nil, progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
  ) {
    folder = BackupFolder(backup, key: key)
    self.migrations = migrations
    self.search = search
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
    let manifest = try begin(target, keys: keys, mayHold: [])
    let temporary = store.appendingPathExtension("restoring")
    do {
      try bring(manifest, temporary, vault)
      if manifest.format == BackupManifest.withoutSearch {
        try BackupRefusal.translated(temporary.path) {
          try SQLiteFile.change(path: temporary.path) { db in try StoreCopy.search(search, db, progress: progress) }
        }
      }
      try Disk.rename(temporary, to: store)
    } catch {
      // The folder was empty: all of this is our own.
      Self.remove(Self.pieces(of: temporary) + [vault])
      throw error
    }
    return manifest
  }

  /// Into a database server: the store is brought back into a file first and proven there, then moved as an office that nobody works in.
  /// One that was cut off is taken up again.
  /// - Parameter server: an empty database.
  /// - Parameter file: where the store lies meanwhile, within `target`.
  public func restore(
    to target: URL, into server: any Store, at place: String, file: URL, vault: URL, keys: URL, now: Moment
  ) async throws -> BackupManifest {
    let temporary = file.appendingPathExtension("restoring")
    let isBegun = try await server.read { db in try StoreMarks.isHalfMoved(db) }
    if !isBegun {
      let names = try await server.read { db in try StoreTables.names(db) }
      guard names.isEmpty else {
        throw Refusal(.conflict, BackupRefusal.notEmpty, "\(place) 不是空库，没有做任何改动。请恢复到一个新建的数据库。")
      }
    }
    let ours = Self.pieces(of: temporary) + [vault]
    let manifest = try begin(target, keys: keys, mayHold: isBegun ? ours.map(\.lastPathComponent) : [])
    do {
      for made in Self.pieces(of: temporary) where FileManager.default.fileExists(atPath: made.path) {
        try FileManager.default.removeItem(at: made)
      }
      try bring(manifest, temporary, vault)
    } catch {
      if !isBegun { Self.remove(ours) }
      throw error
    }
    let copy = try SQLiteStore(path: temporary.path, readers: 1)
    try await Migrator.migrate(copy, migrations, at: now)
    let files = try FileVault(root: vault)
    _ = try await Move(
      from: MoveEnd(store: copy, vault: files, place: folder.root.path), to: MoveEnd(store: server, vault: files, place: place),
      migrations: migrations, search: search, columns: columns, progress: progress
    ).run { now }
    try await copy.close()
    for made in Self.pieces(of: temporary) where FileManager.default.fileExists(atPath: made.path) {
      try FileManager.default.removeItem(at: made)
    }
    return manifest
  }

  /// After a failure, which is what the operator is told of.
  private static func remove(_ pieces: [URL]) {
    for made in pieces where FileManager.default.fileExists(atPath: made.path) { try? FileManager.default.removeItem(at: made) }
  }
  private static func pieces(of file: URL) -> [URL] { ["", "-wal", "-shm"].map { URL(fileURLWithPath: file.path + $0) } }

  private func begin(_ target: URL, keys: URL, mayHold: [String]) throws -> BackupManifest {
    let manifest = try folder.readManifest(known: known)
    let kept = keys.deletingLastPathComponent().standardizedFileURL.path == target.standardizedFileURL.path ? keys.lastPathComponent : nil
    guard try Disk.names(in: target).allSatisfy({ $0 == kept || mayHold.contains($0) }) else {
      throw Refusal(.conflict, BackupRefusal.notEmpty, "\(target.path) 不是空目录，没有做任何改动。请恢复到一个新的目录。")
    }
    try Disk.makeFolder(target)
    let needed = manifest.store.size + manifest.fileBytes + 64 << 20
    if let free = free(target), free < needed { throw BackupRefusal.noSpace(target.path, needed: needed, free: free) }
    return manifest
  }
  private func bring(_ manifest: BackupManifest, _ temporary: URL, _ vault: URL) throws {
    try bringFiles(manifest, vault)
    try bringStore(manifest, temporary)
    try prove(manifest, temporary, vault)
  }

  private func bringFiles(_ manifest: BackupManifest, _ root: URL) throws {
    let vault = try BackupRefusal.translated(root.path) { try FileVault(root: root) }
    var done = 0
    try folder.eachFile(manifest) { piece in
      var found: Piece?
      _ = try BackupRefusal.translated(root.path) {
        try vault.keep(pieces: { take in found = try folder.cipher.read(folder.file(piece.sha256), name: piece.sha256, take) })
      }
      guard found == piece else { throw BackupRefusal.changed("文件 \(piece.sha256)") }
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
    let (facts, _) = try StoreFacts.proven(file) {
    } otherwise: {
      BackupRefusal.changed($0)
    }
    guard facts == manifest.facts else { throw BackupRefusal.changed("恢复后的行数或日志与清单不符") }
    progress(BackupProgress(stage: .proof, done: 1, total: 1))
    let vault = try FileVault(root: root)
    var done: Int64 = 0
    let tables = try file.read { db in try StoreTables.all(db) }
    try ReferredFiles.each(columns, in: tables, askNow: { query in try file.read { db in try db.all(query) } }) { names in
      for name in names {
        do { try vault.check(name) } catch is VaultError { throw BackupRefusal.changed("恢复后的文件 \(name)") }
        done += 1
        progress(BackupProgress(stage: .check, done: done, total: Int64(manifest.files)))
      }
    }
    try file.close()
  }
}

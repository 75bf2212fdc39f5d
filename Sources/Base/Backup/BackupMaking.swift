import Crypto
import Foundation
import Kernel
import Moving
import Storage
import StorageSQLite

public typealias BackupProgress = MoveProgress

/// Makes a back-up of a store and its files while the office works.
///
/// The store is copied as it is at one moment, then every file that the copy refers to: files never change and lie in the vault before a
/// row speaks of them, so they are all there. The folder bears the suffix `.incomplete` until everything in it has been read again and
/// proven; only then it gets its name. The seal keys (ADR 0003) are no part of it.
public struct BackupMaking: Sendable {
  let store: any BackupSource
  let vault: FileVault
  let columns: [FileColumn]
  let program: String
  let key: BackupKey?
  let free: @Sendable (URL) -> Int64?
  let progress: @Sendable (BackupProgress) -> Void

  /// - Parameters:
  ///   - columns: every column that names a file.
  ///   - free: bytes that may still be written at a place.
  public init(
    store: any BackupSource, vault: FileVault, columns: [FileColumn], program: String, key: BackupKey?,
    free: (@Sendable (URL) -> Int64?)? = nil, progress: @escaping @Sendable (BackupProgress) -> Void = { _ in }
  ) {
    self.store = store
    self.vault = vault
    self.columns = columns
    self.program = program
    self.key = key
    self.free = free ?? Disk.free
    self.progress = progress
  }

  /// - Parameters:
  ///   - target: a folder that is not there yet, or empty.
  ///   - scratch: where the plain copy lies while it is being sealed; a place as safe as the store's own.
  /// - Throws: `Refusal`; what was written until then stays in `target.incomplete`.
  public func make(at target: URL, scratch: URL, now: Moment) throws -> BackupManifest {
    let lock = try BackupLock(scratch)
    defer { withExtendedLifetime(lock) {} }
    guard try Disk.names(in: target).isEmpty else {
      throw Refusal(.conflict, BackupRefusal.notEmpty, "\(target.path) 不是空目录，没有做任何改动。请给出一个新的目录名。")
    }
    let work = target.deletingLastPathComponent().appending(path: target.lastPathComponent + ".incomplete")
    guard !FileManager.default.fileExists(atPath: work.path) else {
      throw Refusal(.conflict, BackupRefusal.notEmpty, "\(work.path) 是上次没有完成的备份，请删除它，或换一个目录名。")
    }
    try Disk.makeFolder(work)
    do { try room(for: try store.size(), at: key == nil ? work : scratch) } catch {
      // Nothing is in it yet.
      rmdir(work.path)
      throw error
    }
    let folder = BackupFolder(work, key: key)
    // Sealed back-ups leave nothing in plain on the medium that carries them away.
    let plain = key == nil ? folder.store : scratch.appending(path: "backup-snapshot.sqlite")
    if key != nil { try remove(plain) }
    defer { if key != nil { try? remove(plain) } }
    let manifest = try fill(folder, plain, now)
    try prove(folder, manifest)
    try Disk.rename(work, to: target)
    return manifest
  }

  private func fill(_ folder: BackupFolder, _ plain: URL, _ now: Moment) throws -> BackupManifest {
    var bytes: Int64 = 0
    try BackupRefusal.translated(plain.path) {
      try store.copy(to: plain.path, progress: progress)
      bytes = (try FileManager.default.attributesOfItem(atPath: plain.path)[.size] as? NSNumber)?.int64Value ?? 0
    }
    progress(BackupProgress(stage: .proof, done: 0, total: 1))
    let copy = try SQLiteFile(path: plain.path)
    // Synced while it is being proven: the disk is slower than both cores.
    let (facts, hashed) = try StoreFacts.proven(copy) { [key] () -> Piece? in
      if key != nil { return nil }
      try Disk.sync(file: plain)
      return try folder.cipher.read(plain, name: BackupFolder.store) { _ in }
    } otherwise: { fault in
      Refusal(.conflict, BackupRefusal.source, "库本身有损坏，备份不完整：\(fault)。请运行 longtang audit verify，并保留原来的备份。")
    }
    progress(BackupProgress(stage: .proof, done: 1, total: 1))
    if key != nil { try room(for: bytes, at: folder.root) }
    let files = try keepFiles(copy, folder)
    try copy.close()
    let piece: Piece
    if let hashed {
      piece = hashed
    } else {
      let input = try InFile(plain)
      piece = try folder.cipher.write(try OutFile(folder.store), name: BackupFolder.store, from: input.read)
    }
    var manifest = BackupManifest(
      program: program, at: now, facts: facts, store: piece, list: files.list, files: files.count, fileBytes: files.bytes, key: key?.id)
    if !store.copiesSearch { manifest.format = BackupManifest.withoutSearch }
    try folder.write(manifest)
    return manifest
  }

  private func keepFiles(_ copy: SQLiteFile, _ folder: BackupFolder) throws -> (list: Piece, count: Int, bytes: Int64) {
    let tables = try copy.read { db in try StoreTables.all(db) }
    let ask: (Query) throws -> [ResultRow] = { query in try copy.read { db in try db.all(query) } }
    var total: Int64 = 0
    try ReferredFiles.each(columns, in: tables, askNow: ask, { total += Int64($0.count) })
    var lost: [String] = []
    var lines = Data()
    var done: Int64 = 0
    var bytes: Int64 = 0
    var made: Set<URL> = []
    try ReferredFiles.each(columns, in: tables, askNow: ask) { names in
      for name in names {
        let content: StoredFile
        do { content = try vault.check(name) } catch VaultError.missing {
          lost.append("\(name)（缺失）")
          continue
        } catch VaultError.altered {
          lost.append("\(name)（内容已变）")
          continue
        }
        let target = folder.file(name)
        let parent = target.deletingLastPathComponent()
        let isNew = made.insert(parent).inserted
        if isNew { try Disk.makeFolder(parent) }
        // A film is asked for by itself.
        if isNew || content.size > 64 << 20 { try room(for: Int64(content.size), at: folder.root) }
        let reading = try vault.reading(name)
        var offset = 0
        let piece = try folder.cipher.write(try OutFile(target, mode: 0o440), name: name) { count in
          let bytes = try reading.bytes(at: offset, most: count)
          offset += bytes.count
          return bytes
        }
        guard piece.sha256 == name else { throw BackupRefusal.changed("文件 \(name)") }
        lines += Data("\(name) \(piece.size)\n".utf8)
        bytes += piece.size
        done += 1
        progress(BackupProgress(stage: .files, done: done, total: total))
      }
    }
    guard lost.isEmpty else {
      throw Refusal(
        .conflict, BackupRefusal.source,
        "库中引用的文件有 \(lost.count) 个缺失或损坏，备份不完整：\(lost.prefix(5).joined(separator: "、"))。其余文件已在 \(folder.root.path)。")
    }
    for parent in made {
      try Disk.sync(folder: parent)
      try Disk.sync(folder: parent.deletingLastPathComponent())
    }
    if !made.isEmpty { try Disk.sync(folder: folder.root.appending(path: "files")) }
    var rest = lines
    let list = try folder.cipher.write(try OutFile(folder.list), name: BackupFolder.list) { count in
      defer { rest = rest.dropFirst(count) }
      return Data(rest.prefix(count))
    }
    return (list, Int(done), bytes)
  }

  /// Asked before a disk is written full: the same disk may hold the office's own store.
  private func room(for bytes: Int64, at folder: URL) throws {
    let needed = bytes + 64 << 20
    if let free = free(folder), free < needed { throw BackupRefusal.noSpace(folder.path, needed: needed, free: free) }
  }

  private func prove(_ folder: BackupFolder, _ manifest: BackupManifest) throws {
    let read = try folder.readManifest(known: Set(manifest.facts.migrations))
    guard read == manifest else { throw BackupRefusal.changed("写入后读回的清单不同") }
    try folder.prove(manifest, progress)
  }
  private func remove(_ file: URL) throws {
    // With the journal of one that was cut off: SQLite would roll the next copy back by it.
    for path in ["", "-journal", "-wal", "-shm"].map({ file.path + $0 }) {
      guard unlink(path) == 0 || errno == ENOENT else { throw BackupRefusal.system(errno, path) }
    }
  }
}

extension BackupFolder {
  /// Reads every byte again and compares it with the manifest.
  func prove(_ manifest: BackupManifest, _ progress: (BackupProgress) -> Void) throws {
    guard try cipher.read(store, name: Self.store, { _ in }) == manifest.store else { throw BackupRefusal.changed(Self.store) }
    var done = 0
    try eachFile(manifest) { piece in
      guard try cipher.read(file(piece.sha256), name: piece.sha256, { _ in }) == piece else {
        throw BackupRefusal.changed("文件 \(piece.sha256)")
      }
      done += 1
      progress(BackupProgress(stage: .check, done: Int64(done), total: Int64(manifest.files)))
    }
    guard done == manifest.files else { throw BackupRefusal.changed("文件应为 \(manifest.files) 个，清点为 \(done) 个") }
  }
}

/// Two back-ups at once would share the place of the plain copy, and the disk.
final class BackupLock {
  private let fd: Int32
  init(_ scratch: URL) throws {
    let file = scratch.appending(path: "backup.lock")
    fd = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw BackupRefusal.system(errno, file.path) }
    guard flock(fd, LOCK_EX | LOCK_NB) == 0 else {
      close(fd)
      throw Refusal(.unavailable, BackupRefusal.busy, "另一个备份正在进行，请等它完成。")
    }
  }
  deinit { close(fd) }
}

import Foundation
import Intake
import Kernel
import Matters
import Moving
import Storage
import StoragePostgres
import StorageSQLite

/// `longtang migrate --from … --to …`: an office on its way from one store to another.
struct OfficeMove {
  /// One side, as typed.
  enum Side {
    /// The folder of the store, its files and its keys.
    case sqlite(URL)
    case postgres(PostgresTarget)

    init(_ text: String, option: String) throws {
      if text.hasPrefix("sqlite:") {
        self = .sqlite(URL(fileURLWithPath: String(text.dropFirst("sqlite:".count))))
      } else if case .postgres(let target)? = try? Database(text) {
        self = .postgres(target)
      } else {
        throw Refusal(.invalid, "longtang-database", "\(option) 写法有误：应为 sqlite:数据目录，或 postgres: 加 PostgreSQL 连接串。")
      }
    }
    var folder: URL? {
      if case .sqlite(let folder) = self { return folder }
      return nil
    }
    var place: String {
      switch self {
      case .sqlite(let folder): folder.path
      case .postgres(let target): "PostgreSQL（\(target)）"
      }
    }
  }

  let from: Side
  let to: Side
  let config: Config
  /// Where the files of a PostgreSQL side lie.
  private let filesFolder: URL

  init(from: String, to: String, files: String?, config: Config) throws {
    self.from = try Side(from, option: "--from")
    self.to = try Side(to, option: "--to")
    self.config = config
    if self.from.place == self.to.place {
      throw Refusal(.invalid, MoveRefusal.same, "--from 和 --to 是同一个库（\(self.to.place)），没有做任何改动。")
    }
    filesFolder = files.map { URL(fileURLWithPath: $0) } ?? self.from.folder ?? self.to.folder ?? config.store
  }
  private func folder(_ side: Side) -> URL { side.folder ?? filesFolder }
  private func vault(_ side: Side) throws -> FileVault { try FileVault(root: folder(side).appending(path: "files")) }
  private static func file(_ folder: URL) -> URL { folder.appending(path: "store.sqlite") }
  /// A store into which is moved gets its name when it is complete.
  private static func unfinished(_ folder: URL) -> URL { folder.appending(path: "store.sqlite.moving") }

  func run(_ meter: ProgressMeter) async throws -> MoveOutcome {
    let lock = try FolderLock(
      folder(to).appending(path: "move.lock"),
      busy: Refusal(.conflict, "longtang-move-busy", "另一个 longtang migrate 正在往 \(to.place) 迁移，请等它完成。"))
    defer { withExtendedLifetime(lock) {} }
    let source = try openSource()
    do {
      if try await isOnlyUnnamed(source) {
        try name()
        try await source.close()
        var outcome = MoveOutcome()
        outcome.wasResumed = true
        return outcome
      }
      let target = try openTarget()
      let outcome: MoveOutcome
      do {
        outcome = try await Move(
          from: MoveEnd(store: source, vault: try vault(from), place: from.place),
          to: MoveEnd(store: target, vault: try vault(to), place: to.place), migrations: Composition.migrations,
          search: Composition.search, columns: Composition.fileColumns, progress: meter.show
        ).run(now: Wall.now)
      } catch {
        try await target.close()
        throw error
      }
      try await target.close()
      try name()
      try await source.close()
      return outcome
    } catch {
      try await source.close()
      throw error
    }
  }

  private func openSource() throws -> any Store {
    switch from {
    case .sqlite(let folder):
      guard FileManager.default.fileExists(atPath: Self.file(folder).path) else {
        throw Refusal(.missing, MoveRefusal.missing, "\(folder.path) 中没有数据（没有 store.sqlite）。")
      }
      return try SQLiteStore(path: Self.file(folder).path, readers: 2)
    case .postgres(let target): return try PostgresStore(target, readers: 2, logger: StoreFolder.logger(config), use: .look)
    }
  }
  private func openTarget() throws -> any Store {
    switch to {
    case .sqlite(let folder):
      guard !FileManager.default.fileExists(atPath: Self.file(folder).path) else {
        throw Refusal(.conflict, MoveRefusal.notEmpty, "\(folder.path) 中已有库 store.sqlite，没有做任何改动。请换一个目录，或先把它移走。")
      }
      return try SQLiteStore(path: Self.unfinished(folder).path, readers: 2, references: false)
    case .postgres(let target): return try PostgresStore(target, readers: 2, logger: StoreFolder.logger(config))
    }
  }
  /// Cut off after everything but the last renaming.
  private func isOnlyUnnamed(_ source: any Store) async throws -> Bool {
    guard let folder = to.folder, FileManager.default.fileExists(atPath: Self.unfinished(folder).path),
      !FileManager.default.fileExists(atPath: Self.file(folder).path),
      try await source.read({ db in try StoreMarks.movedTo(db) }) != nil
    else { return false }
    let file = try SQLiteFile(path: Self.unfinished(folder).path)
    defer { try? file.close() }
    return try file.read { db in try StoreTables.names(db).contains("migration") && !StoreMarks.isHalfMoved(db) }
  }
  private func name() throws {
    guard let folder = to.folder, FileManager.default.fileExists(atPath: Self.unfinished(folder).path) else { return }
    try SQLiteFile.settle(path: Self.unfinished(folder).path)
    guard rename(Self.unfinished(folder).path, Self.file(folder).path) == 0 else {
      throw StorageError.other("rename \(Self.file(folder).path): \(String(cString: strerror(errno)))")
    }
    let fd = open(folder.path, O_RDONLY | O_DIRECTORY)
    defer { close(fd) }
    guard fd >= 0, fsync(fd) == 0 else { throw StorageError.other("fsync \(folder.path): \(String(cString: strerror(errno)))") }
  }

  /// What to do next, for a person.
  var next: [String] {
    var out: [String] = []
    switch to {
    case .sqlite(let folder): out.append("下一步：把 store.database 设为 sqlite、store.folder 设为 \(folder.path)，重新启动 longtang serve 和 work。")
    case .postgres: out.append("下一步：把 store.database 设为 --to 的内容、store.folder 设为 \(filesFolder.path)，重新启动 longtang serve 和 work。")
    }
    if folder(from).standardizedFileURL != folder(to).standardizedFileURL {
      out.append("身份密钥没有迁移：请把原来的密钥目录（store.keys，默认 \(folder(from).appending(path: "keys").path)）另行移到新的位置。")
    }
    return out
  }
}

extension MoveOutcome {
  var chinese: String {
    guard let journal else { return "迁移早已核对完毕，这次补做了最后一步。" }
    let seconds = Double(still / .milliseconds(1)) / 1000
    return """
      共 \(rows) 行，其中 \(mended) 行在迁移期间有变动，已补齐；文件 \(files) 个。逐行比对一致。
      日志 \(journal.entries) 条、\(journal.chains) 条链，封存 \(journal.seals) 天，核验通过；停写 \((seconds * 10).rounded() / 10) 秒。
      """
  }
}

/// Keeps a second run of the same command away; ends with the process, however that ends.
final class FolderLock {
  private let fd: Int32
  init(_ file: URL, busy: Refusal) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    fd = Foundation.open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw VaultError.io("open \(file.path)", errno) }
    guard flock(fd, LOCK_EX | LOCK_NB) == 0 else {
      close(fd)
      throw busy
    }
  }
  deinit { close(fd) }
}

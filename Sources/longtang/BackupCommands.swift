import ArgumentParser
import Backup
import Foundation
import Intake
import Kernel
import Matters
import Moving
import Storage
import StoragePostgres
import StorageSQLite

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "备份库和全部文件；服务可以照常运行",
    discussion: """
      备份写完后逐字节读回核对，并核验日志；全部通过才去掉目录名上的 .incomplete。
      身份密钥（store.keys 目录）不在备份中，须另行保管：没有密钥，恢复后的姓名、电话和原话无法打开。
      两种库（内嵌库、PostgreSQL）的备份是同一种格式，可以恢复到任一种库。退出码见 docs/operations.md。
      """)
  @OptionGroup var common: Common
  @Option(name: .customLong("to"), help: "备份写到这个目录：还不存在，或是空目录") var target: String
  @Option(help: "用这个密钥文件加密，见 longtang backup-key") var keyFile: String?

  func run() async throws {
    let config = try await common.load()
    // A folder one may not look into is not an empty one.
    if access(config.store.path, R_OK | W_OK | X_OK) != 0, errno == EACCES {
      throw Refusal(.forbidden, BackupRefusal.permission, "没有权限读写 \(config.store.path)。请用运行服务的账户来备份。")
    }
    guard try await StoreFolder.exists(config) else {
      throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据。")
    }
    let key = try keyFile.map { try BackupKey(file: URL(fileURLWithPath: $0)) }
    let target = URL(fileURLWithPath: target)
    let meter = ProgressMeter()
    defer { meter.end() }
    let clock = ContinuousClock.now
    let (store, source) = try StoreFolder.backupSource(config)
    let making = BackupMaking(
      store: source, vault: try FileVault(root: StoreFolder.files(config)), columns: Composition.fileColumns, program: Longtang.version,
      key: key, progress: meter.show)
    let manifest: BackupManifest
    do { manifest = try await making.makeOnThread(at: target, scratch: config.store, now: Wall.now()) } catch {
      try await store.close()
      throw error
    }
    try await store.close()
    meter.end()
    print("备份完成：\(target.path)")
    print(manifest.chinese)
    print(manifest.pace(since: clock))
    print("身份密钥不在备份中，请另行保管：\(config.keys.path)")
  }
}

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "从备份恢复到一个空的数据目录（--data）；store.database 为 PostgreSQL 时恢复到那个空库",
    discussion: """
      恢复后核对全部文件、每张表的行数，并核验日志；有一处不符就不留下库。目录中可以已有身份密钥目录 keys。
      恢复到 PostgreSQL 时中断的，再运行一次会接着做完。退出码见 docs/operations.md。
      """)
  @OptionGroup var common: Common
  @Option(name: .customLong("from"), help: "备份目录") var source: String
  @Option(help: "制作备份时所用的密钥文件") var keyFile: String?
  @Flag(help: "只核对备份，不恢复") var check = false

  func run() async throws {
    let config = try await common.load()
    let key = try keyFile.map { try BackupKey(file: URL(fileURLWithPath: $0)) }
    let meter = ProgressMeter()
    defer { meter.end() }
    let clock = ContinuousClock.now
    let restoring = BackupRestoring(
      from: URL(fileURLWithPath: source), key: key, migrations: Composition.migrations, search: Composition.search,
      columns: Composition.fileColumns, progress: meter.show)
    if check {
      let manifest = try restoring.prove()
      meter.end()
      print("备份完好：\(source)")
      print(manifest.chinese)
      return
    }
    let (file, files) = (StoreFolder.file(config), StoreFolder.files(config))
    let manifest: BackupManifest
    switch config.database {
    case .sqlite: manifest = try restoring.restore(to: config.store, store: file, vault: files, keys: config.keys)
    case .postgres(let target):
      let server = try PostgresStore(target, readers: 2, logger: StoreFolder.logger(config))
      do {
        manifest = try await restoring.restore(
          to: config.store, into: server, at: StoreFolder.place(config), file: file, vault: files, keys: config.keys, now: Wall.now())
      } catch {
        try await server.close()
        throw error
      }
      try await server.close()
    }
    meter.end()
    print("已恢复到 \(StoreFolder.place(config))，文件在 \(config.store.path)")
    print(manifest.chinese)
    print(manifest.pace(since: clock))
    print("请把身份密钥放回 \(config.keys.path)，然后运行 longtang serve。")
  }
}

struct BackupKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup-key", abstract: "新建备份密钥文件", discussion: "密钥丢失后，用它加密的备份无法打开。请另存一份，不要和备份放在一起。")
  @Argument(help: "写到这个文件，须还不存在") var file: String

  func run() async throws {
    let url = URL(fileURLWithPath: file)
    try BackupKey.create(at: url)
    print("已新建备份密钥 \(url.path)，只有本账户可读。请另存一份，不要和备份放在一起。")
  }
}

extension BackupMaking {
  /// A back-up waits for a disk, and for a server, longer than a thread of the concurrency pool may.
  func makeOnThread(at target: URL, scratch: URL, now: Moment) async throws -> BackupManifest {
    try await withCheckedThrowingContinuation { continuation in
      let thread = Thread { continuation.resume(with: Result { try make(at: target, scratch: scratch, now: now) }) }
      thread.stackSize = 8 << 20
      thread.name = "backup"
      thread.start()
    }
  }
}

extension BackupManifest {
  func pace(since began: ContinuousClock.Instant) -> String {
    let seconds = max(0.001, Double(began.duration(to: .now) / .milliseconds(1)) / 1000)
    let pace = Double(store.size + fileBytes) / 1_000_000 / seconds
    return "用时 \((seconds * 10).rounded() / 10) 秒，每秒 \((pace * 10).rounded() / 10) MB，含核验和读回"
  }
  var chinese: String {
    """
    制作于 \(at.text)，程序 \(program)\(facts.demonstration ? "，演示数据" : "")\(key.map { "，已加密（密钥编号 \($0)）" } ?? "，未加密")
    库 \(BackupRefusal.size(store.size))，文件 \(files) 个共 \(BackupRefusal.size(fileBytes))
    诉件 \(facts.tables["report"] ?? 0) 件，事项 \(facts.tables["matter"] ?? 0) 件；日志 \(facts.journal.entries) 条、\(facts.journal.chains) 条链，核验通过
    """
  }
}

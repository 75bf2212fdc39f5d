import ArgumentParser
import Backup
import Foundation
import Kernel
import Matters
import Storage
import StorageSQLite

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "备份库和全部文件；服务可以照常运行",
    discussion: """
      备份写完后逐字节读回核对，并核验日志；全部通过才去掉目录名上的 .incomplete。
      身份密钥（store.keys 目录）不在备份中，须另行保管：没有密钥，恢复后的姓名、电话和原话无法打开。
      退出码：0 完成；2 库或文件本身有损坏；3 空间不足；4 没有权限；5 目录不空；6 密钥缺失或不对；8 写入后核对不符；1 其他。
      """)
  @OptionGroup var common: Common
  @Option(name: .customLong("to"), help: "备份写到这个目录：还不存在，或是空目录") var target: String
  @Option(help: "用这个密钥文件加密，见 longtang backup-key") var keyFile: String?

  func run() async throws {
    try await BackupExit.coded {
      let config = try await common.load()
      try BackupExit.embedded(config)
      // A folder one may not look into is not an empty one.
      if access(config.store.path, R_OK | W_OK | X_OK) != 0, errno == EACCES {
        throw Refusal(.forbidden, BackupRefusal.permission, "没有权限读写 \(config.store.path)。请用运行服务的账户来备份。")
      }
      guard try await StoreFolder.exists(config) else {
        throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据。")
      }
      let key = try keyFile.map { try BackupKey(file: URL(fileURLWithPath: $0)) }
      let store = try SQLiteStore(path: StoreFolder.file(config).path, readers: 1, cacheKilobytes: 2048, writerCacheKilobytes: 2048)
      let meter = ProgressMeter()
      let target = URL(fileURLWithPath: target)
      let making = BackupMaking(
        store: store, vault: try FileVault(root: StoreFolder.files(config)), columns: Matters.fileColumns, program: Longtang.version,
        key: key, progress: meter.show)
      let manifest: BackupManifest
      do { manifest = try making.make(at: target, scratch: config.store, now: Wall.now()) } catch {
        meter.end()
        try await store.close()
        throw error
      }
      meter.end()
      try await store.close()
      print("备份完成：\(target.path)")
      print(manifest.chinese)
      print("身份密钥不在备份中，请另行保管：\(config.keys.path)")
    }
  }
}

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "从备份恢复到一个空的数据目录（--data）",
    discussion: """
      恢复后核对全部文件、每张表的行数，并核验日志；有一处不符就不留下库。目录中可以已有身份密钥目录 keys。
      退出码：0 完成；3 空间不足；4 没有权限；5 目录不空；6 密钥缺失或不对；7 备份未完成；8 备份被改动；9 备份比程序新；1 其他。
      """)
  @OptionGroup var common: Common
  @Option(name: .customLong("from"), help: "备份目录") var source: String
  @Option(help: "制作备份时所用的密钥文件") var keyFile: String?
  @Flag(help: "只核对备份，不恢复") var check = false

  func run() async throws {
    try await BackupExit.coded {
      let config = try await common.load()
      try BackupExit.embedded(config)
      let key = try keyFile.map { try BackupKey(file: URL(fileURLWithPath: $0)) }
      let meter = ProgressMeter()
      defer { meter.end() }
      let restoring = BackupRestoring(
        from: URL(fileURLWithPath: source), key: key, migrations: Composition.migrations, columns: Matters.fileColumns, progress: meter.show
      )
      if check {
        let manifest = try restoring.prove()
        meter.end()
        print("备份完好：\(source)")
        print(manifest.chinese)
      } else {
        let manifest = try restoring.restore(
          to: config.store, store: StoreFolder.file(config), vault: StoreFolder.files(config), keys: config.keys)
        meter.end()
        print("已恢复到 \(config.store.path)")
        print(manifest.chinese)
        print("请把身份密钥放回 \(config.keys.path)，然后运行 longtang serve。")
      }
    }
  }
}

struct BackupKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup-key", abstract: "新建备份密钥文件", discussion: "密钥丢失后，用它加密的备份无法打开。请另存一份，不要和备份放在一起。")
  @Argument(help: "写到这个文件，须还不存在") var file: String

  func run() async throws {
    try await BackupExit.coded {
      let url = URL(fileURLWithPath: file)
      try BackupKey.create(at: url)
      print("已新建备份密钥 \(url.path)，只有本账户可读。请另存一份，不要和备份放在一起。")
    }
  }
}

/// What a script that makes back-ups at night can tell apart.
enum BackupExit {
  static let codes: [String: Int32] = [
    BackupRefusal.source: 2, BackupRefusal.space: 3, BackupRefusal.permission: 4, BackupRefusal.notEmpty: 5, BackupRefusal.key: 6,
    BackupRefusal.incomplete: 7, BackupRefusal.altered: 8, BackupRefusal.newer: 9,
  ]
  static func coded(_ body: () async throws -> Void) async throws {
    do { try await body() } catch let refusal as Refusal {
      FileHandle.standardError.write(Data((refusal.message + "\n").utf8))
      throw ExitCode(codes[refusal.code] ?? 1)
    }
  }
  static func embedded(_ config: Config) throws {
    if case .postgres = config.database {
      throw Refusal(
        .invalid, "longtang-backup-postgres",
        "本命令只用于内嵌库。PostgreSQL 请先用 pg_dump 备份数据库，再复制 \(StoreFolder.files(config).path)，见 docs/backup.md。")
    }
  }
}

extension BackupManifest {
  var chinese: String {
    """
    制作于 \(at.text)，程序 \(program)\(facts.demonstration ? "，演示数据" : "")\(key.map { "，已加密（密钥编号 \($0)）" } ?? "，未加密")
    库 \(BackupRefusal.size(store.size))，文件 \(files) 个共 \(BackupRefusal.size(fileBytes))
    诉件 \(facts.tables["report"] ?? 0) 件，事项 \(facts.tables["matter"] ?? 0) 件；日志 \(facts.journal.entries) 条、\(facts.journal.chains) 条链，核验通过
    """
  }
}

/// Says on standard error how far a long step is: one line that changes on a terminal, now and then a line in a log.
final class ProgressMeter {
  private let isTerminal = isatty(2) == 1
  private var shown = ContinuousClock.now
  private var hasLine = false

  func show(_ progress: BackupProgress) {
    let now = ContinuousClock.now
    guard shown.duration(to: now) >= (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
    shown = now
    let words = "\(progress.stage.chinese) \(progress.total > 0 ? progress.done * 100 / progress.total : 0)%"
    write(isTerminal ? "\r\(words)        " : "\(words)\n")
    hasLine = isTerminal
  }
  func end() {
    if hasLine { write("\r                              \r") }
    hasLine = false
  }
  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

extension BackupProgress.Stage {
  var chinese: String {
    switch self {
    case .store: "复制库"
    case .proof: "核验库和日志"
    case .files: "复制文件"
    case .check: "读回核对"
    }
  }
}

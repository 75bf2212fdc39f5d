import ArgumentParser
import Cases
import Foundation
import Grades
import Kernel
import Matters
import Moving
import Offices
import People
import Storage
import WebSupport

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "建立一个正式的空库：机构和三位管理员，没有任何业务数据")
  @OptionGroup var common: Common
  @Option(help: "机构文件；不给时用 Data/offices/shanghai.json。")
  var offices: String?

  func run() async throws {
    let config = try await common.load()
    let existing = (try? FileManager.default.contentsOfDirectory(atPath: config.store.path)) ?? []
    guard existing.isEmpty else {
      throw Refusal(.conflict, "longtang-not-empty", "\(config.store.path) 不是空目录，没有做任何改动。请换一个目录（LONGTANG_STORE_FOLDER）。")
    }
    if try await StoreFolder.exists(config) {
      throw Refusal(.conflict, "longtang-not-empty", "\(StoreFolder.place(config)) 中已有库，没有做任何改动。请换一个库（LONGTANG_STORE_DATABASE）。")
    }
    let data = try OfficesData(file: offices.map { URL(fileURLWithPath: $0) } ?? config.data.appending(path: "offices/shanghai.json"))
    let house = try await StoreFolder.open(config, as: .command)
    let planted = try await OfficeSeeding.plant(data, in: house)
    let first = [
      NewAccount(login: "system", name: "系统管理员", role: .systemAdmin), NewAccount(login: "security", name: "安全管理员", role: .securityAdmin),
      NewAccount(login: "audit", name: "审计管理员", role: .auditAdmin),
    ]
    let passwords = try await Accounts.plantFirst(first, in: house)
    try await house.store.close()
    print("已在 \(StoreFolder.place(config)) 建库：机构 \(planted.added) 个。")
    print("三位管理员的一次性密码（只显示这一次，首次登录须修改）：")
    for (account, password) in zip(first, passwords) { print("  \(account.name)  \(account.login)  \(password.password)") }
    print("下一步：longtang serve，由安全管理员登录后建立其他账号。密钥在 \(config.keys.path)，请与库分开备份。")
  }
}

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "把库升级到本程序的结构；或者用 --from、--to 把整个机构搬到另一种库",
    discussion: """
      不带参数：升级结构，并按机构文件补齐机构。收缩结构的步骤要等旧版本的程序全部停止，还有在运行的就不做任何改动。
      --from sqlite:/srv/longtang --to 'postgres:host=… dbname=…'：服务照常运行，先复制，最后停写一小段时间逐行比对、核验日志和文件，
      再把原库注明已迁走。中断后再运行一次会接着做。反方向同样。见 docs/operations.md“换库”。
      """)
  @OptionGroup var common: Common
  @Option(help: "从哪里：sqlite:数据目录，或 postgres:连接串") var from: String?
  @Option(help: "到哪里：sqlite:数据目录，或 postgres:连接串；须是空的") var to: String?
  @Option(help: "PostgreSQL 一侧的数据目录（文件在其中的 files）；不给时与另一侧相同") var files: String?
  @Flag(help: "退回已经迁走的库：去掉“已迁走”的标记。新库里之后办理的不会回来") var reopen = false

  func validate() throws {
    if (from == nil) != (to == nil) { throw ValidationError("--from 与 --to 须同时给出。") }
    if reopen, from != nil { throw ValidationError("--reopen 不能与 --from、--to 同时使用。") }
  }

  func run() async throws {
    let config = try await common.load()
    if let from, let to { return try await move(OfficeMove(from: from, to: to, files: files, config: config)) }
    guard try await StoreFolder.exists(config) else {
      throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据，请先运行 longtang init。")
    }
    if reopen { return try await takeBack(config) }
    let lock = try StoreLock.take(config, for: "longtang migrate")
    defer { withExtendedLifetime(lock) {} }
    let house = try await StoreFolder.open(config, as: .command, patient: false)
    let planted = try await OfficeSeeding.plant(try OfficesData(file: config.data.appending(path: "offices/shanghai.json")), in: house)
    try await house.store.close()
    print("库结构已是最新；机构新增 \(planted.added) 个，变更 \(planted.changed) 个。")
  }

  private func move(_ move: OfficeMove) async throws {
    let meter = ProgressMeter()
    defer { meter.end() }
    let outcome = try await move.run(meter)
    meter.end()
    print("\(outcome.wasResumed ? "接着上次的进度，" : "")已从 \(move.from.place) 迁到 \(move.to.place)。")
    print(outcome.chinese)
    print("原库已注明迁走，内容没有改动，请保留到新库稳定为止。")
    for line in move.next { print(line) }
  }

  private func takeBack(_ config: Config) async throws {
    let store = try StoreFolder.evenIfMoved(config)
    let (was, now) = (try await store.read { db in try StoreMarks.movedTo(db) }, Wall.now())
    if was != nil {
      let ids = IdentifierSource(node: Nodes.numbers.upperBound)
      try await store.write { db in
        try StoreMarks.reopen(db)
        try Journal.append("store-reopened", on: Subject("journal", 0), by: .system, at: now, ids: ids, db)
      }
    }
    try await store.close()
    print(was.map { "已退回 \(StoreFolder.place(config))（原标记：\($0)）。之后在新库办理的不在这里，请不要再用新库。" } ?? "这个库没有迁走，没有改动。")
  }
}

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "审计", subcommands: [Verify.self], defaultSubcommand: Verify.self)

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "核验全部日志链、每日封存和保存的每个文件；有问题时退出码为 2")
    @OptionGroup var common: Common
    @Flag(help: "只核验日志，不读文件：文件很多时快得多") var journalOnly = false

    func run() async throws {
      let config = try await common.load()
      guard try await StoreFolder.exists(config) else {
        throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据。")
      }
      // As it is: a proof must not change what it proves.
      let house = try await StoreFolder.look(config)
      let verdict = try await house.store.read { db in try Journal.verify(db) }
      print("日志 \(verdict.entries) 条，\(verdict.chains) 条链，封存 \(verdict.seals) 天。")
      var faults = verdict.faults
      if !journalOnly {
        let files = try await Matters.verifyFiles(in: house) { read in
          if isatty(STDERR_FILENO) != 0 { FileHandle.standardError.write(Data("\r文件 \(read) 个".utf8)) }
        }
        if isatty(STDERR_FILENO) != 0 { FileHandle.standardError.write(Data("\r".utf8)) }
        let evidence = try await Cases.verifyFiles(in: house)
        let inspections = try await Grades.verifyFiles(in: house)
        print("文件 \(files.files + evidence.files + inspections.files) 个。")
        faults += files.faults + evidence.faults + inspections.faults
      }
      try await house.store.close()
      if faults.isEmpty {
        print("核验通过：没有发现改动。")
      } else {
        print("核验不通过，\(faults.count) 处：")
        for fault in faults.prefix(50) { print("  \(fault)") }
        throw ExitCode(2)
      }
    }
  }
}

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "账号（在主机上）", subcommands: [List.self, ResetFactor.self])

  /// For the last security administrator, whom nobody else could let in again.
  struct ResetFactor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reset-factor", abstract: "重设一个账号的两步验证：手机和恢复码都没有了，又没有另一位安全管理员时使用；记入日志")
    @OptionGroup var common: Common
    @Argument(help: "登录名") var login: String
    func run() async throws {
      let config = try await common.load()
      guard try await StoreFolder.exists(config) else {
        throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据。")
      }
      let house = try await StoreFolder.open(config, as: .command)
      let login = login
      let person = try await SecondFactor.resetOnMachine(login: login, in: house)
      try await house.store.close()
      print("已重设 \(person.login)（\(person.name)）的两步验证，所有登录随即失效。")
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "列出账号")
    @OptionGroup var common: Common
    func run() async throws {
      let config = try await common.load()
      guard try await StoreFolder.exists(config) else {
        throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据。")
      }
      let house = try await StoreFolder.look(config)
      var after: String?
      repeat {
        let last = after
        let page = try await house.store.read { db in try AccountStore.list(AccountFilter(), after: last, limit: 500, db) }
        for account in page {
          print(
            "\(account.person.login)\t\(account.person.name)\t\(account.person.role.chinese)\t\(account.person.officeName)\t\(account.state.chinese)"
          )
        }
        after = page.last?.person.login
      } while after != nil
      try await house.store.close()
    }
  }
}

struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "配置", subcommands: [Check.self], defaultSubcommand: Check.self)

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "检查配置并显示结果")
    @OptionGroup var common: Common
    func run() async throws { print(try await common.load().table) }
  }
}

struct RoutesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "routes", abstract: "列出全部地址和谁能打开")
  @OptionGroup var common: Common

  func run() async throws {
    let composition = try await Composition.inMemory(try await common.load())
    for route in composition.book.routes.sorted(by: { ($0.path, $0.method.rawValue) < ($1.path, $1.method.rawValue) }) {
      print(route.method.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0) + "\(route.path)  \(route.policy)")
    }
  }
}

extension Composition {
  /// An empty house in a temporary folder: for looking at what the program is, without any data.
  static func inMemory(_ config: Config) async throws -> Composition {
    var config = config
    let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-\(UUID().uuidString)")
    config.store = folder
    config.database = .sqlite
    config.keys = folder.appending(path: "keys")
    let house = try await StoreFolder.open(config, as: .command)
    defer {
      do { try FileManager.default.removeItem(at: folder) } catch { print("\(folder.path): \(error)") }
    }
    return try await Composition(house, data: config.data, assets: config.assets)
  }
}

struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "schema", abstract: "列出库结构的每一步；docs/schema.sql 是它的留底")

  func run() async throws {
    for migration in Composition.migrations {
      print(migration.text, terminator: "")
    }
  }
}

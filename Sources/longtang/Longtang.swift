import ArgumentParser
import Foundation
import Logging

@main
struct Longtang: AsyncParsableCommand {
  static let version = "0.1.0"
  static let configuration = CommandConfiguration(
    commandName: "longtang", abstract: "弄堂：小区综合执法一体化平台", version: version,
    subcommands: [
      ServeCommand.self, InitCommand.self, DemoCommand.self, WorkCommand.self, MigrateCommand.self, AuditCommand.self, AccountCommand.self,
      ConfigCommand.self, ImportCommand.self, ExplainCommand.self, RoutesCommand.self, SchemaCommand.self, OpenAPICommand.self,
      LabCommand.self, LawCommand.self, WorkflowCommand.self, BenchCommand.self, BenchPlantedCommand.self, BackupCommand.self,
      RestoreCommand.self,
      BackupKeyCommand.self, EvidenceCommand.self,
    ])

  static func main() async {
    FreedMemory.keepLittle()
    do {
      var command = try parseAsRoot()
      if var waiting = command as? any AsyncParsableCommand { try await waiting.run() } else { try command.run() }
    } catch {
      guard let (sentence, code) = Exit.told(error) else { exit(withError: error) }
      FileHandle.standardError.write(Data((sentence + "\n").utf8))
      Foundation.exit(code)
    }
  }
}

/// What every command that touches the store takes.
struct Common: ParsableArguments {
  @Option(name: .long, help: "配置文件（JSON）；不给时用环境变量 LONGTANG_CONFIG 所指的文件，都没有则只用环境变量。")
  var config: String?

  @Option(name: .long, help: "数据目录：库、文件和密钥；优先于其他配置（LONGTANG_STORE_FOLDER、store.folder）。")
  var data: String?

  func load() async throws -> Config { try await Config.load(file: config, store: data) }
  /// Human words go to standard output, the log to standard error.
  func logger(_ label: String, _ config: Config) -> Logger {
    var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = config.logLevel
    return logger
  }
}

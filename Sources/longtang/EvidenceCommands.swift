import ArgumentParser
import Cases
import Foundation
import Kernel
import Storage

/// 证据: proven and carried out of the house from the machine it lies on.
struct EvidenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence", abstract: "核验、导出一件案件的证据", subcommands: [Verify.self, Export.self])

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "逐个核对证据原件的哈希、登记内容和日志链；有改动时列出来，退出码为 2", discussion: "只读不写，服务运行时也可以用。")
    @OptionGroup var common: Common
    @Argument(help: "案件编号，如 C20261121-000003") var no: String

    func run() async throws {
      let config = try await common.load()
      guard try await StoreFolder.exists(config) else {
        throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据。")
      }
      let house = try await StoreFolder.look(config)
      let verdict = try await Cases.proveEvidence(of: no, in: house)
      try await house.store.close()
      print("案件 \(no)：证据 \(verdict.exhibits) 件，文件 \(verdict.files) 个（\(verdict.bytes) 字节），日志 \(verdict.entries) 条。")
      if verdict.isWhole { return print("核验通过：没有发现改动。") }
      print("核验不通过，\(verdict.faults.count) 处：")
      for fault in verdict.faults { print("  \(fault.sentence)") }
      throw ExitCode(2)
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "导出证据：原件、清单、哈希、日志链和核验说明，一个 ZIP", discussion: "收到的人用 sha256sum 和其中的 verify.py 就能核验，不需要本程序。每份证据的日志记下这次导出。")
    @OptionGroup var common: Common
    @Argument(help: "案件编号") var no: String
    @Option(help: "写到哪个文件；已有的不覆盖") var out: String

    func run() async throws {
      let config = try await common.load()
      guard try await StoreFolder.exists(config) else {
        throw Refusal(.missing, "longtang-no-store", "\(StoreFolder.place(config)) 中没有数据。")
      }
      let house = try await StoreFolder.open(config, as: .command)
      do {
        let export = try await Cases.exportEvidence(of: no, actor: .system, in: house)
        let bytes = try await Self.write(export, to: out)
        print("已导出到 \(out)（\(bytes) 字节）。")
      } catch {
        try await house.store.close()
        throw error
      }
      try await house.store.close()
    }

    /// Under another name until it is whole and synced.
    static func write(_ export: EvidenceExport, to path: String) async throws -> Int {
      guard !FileManager.default.fileExists(atPath: path) else {
        throw Refusal(.conflict, "longtang-not-empty", "\(path) 已经有了，没有覆盖。请换一个文件名。")
      }
      let temporary = path + ".part"
      guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]) else {
        throw Refusal(.forbidden, "store-denied", "不能写入 \(path)。请检查目录和权限。")
      }
      let file = try FileHandle(forWritingTo: URL(filePath: temporary))
      do {
        var bytes = 0
        try await export.write { piece in
          try file.write(contentsOf: piece)
          bytes += piece.count
        }
        try file.synchronize()
        try file.close()
        try FileManager.default.moveItem(atPath: temporary, toPath: path)
        return bytes
      } catch {
        try? FileManager.default.removeItem(atPath: temporary)
        throw error
      }
    }
  }
}

import ArgumentParser
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import People
import RestAPI
import Sheets
import Storage

/// Takes a file in from the console, as the import page does, on behalf of somebody who may.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "导入诉件或小区名录",
    discussion: "映射为 Data/mappings 中的文件名（不含 .json），如 hotline、message-board、compounds-default；也可以给出映射文件的路径。")
  @OptionGroup var common: Common
  @Argument(help: "CSV 或 XLSX 文件") var file: String
  @Option(help: "映射") var mapping: String
  @Option(name: .customLong("as"), help: "以哪个账号的身份导入") var login: String
  @Option(help: "无法导入的行写到这个文件") var errors: String?

  func run() async throws {
    let config = try await common.load()
    let composition = try await Composition.open(config, as: .command)
    let loading = composition.loadUnderstanding(config, common.logger("longtang", config), following: true)
    let login = login
    guard let person = try await composition.house.store.read({ db in try PersonStore.find(login: login, db) }) else {
      throw Refusal(.missing, "longtang-no-account", "没有账号 \(login)。")
    }
    let path = mapping.hasSuffix(".json") ? URL(filePath: mapping) : config.data.appending(path: "mappings/\(mapping).json")
    let bytes = try Data(contentsOf: URL(filePath: file), options: .mappedIfSafe)
    let name = URL(filePath: file).lastPathComponent
    if path.lastPathComponent.hasPrefix("compounds") {
      try await compounds(bytes, name, try CompoundMapping(file: path), person, composition)
    } else {
      try await reports(
        bytes, name, try ImportMapping(reading: try Data(contentsOf: path), file: path.lastPathComponent), person, composition)
    }
    loading.cancel()
    await loading.value
    try await composition.house.store.close()
  }

  private func compounds(_ bytes: Data, _ name: String, _ mapping: CompoundMapping, _ person: Person, _ composition: Composition)
    async throws
  {
    let table = try Table.read(file: bytes, name: name)
    let outcome = try await CompoundImport.run(table, mapping: mapping, by: person, in: composition.house)
    print("小区：新增 \(outcome.added)，变更 \(outcome.changed)，未变 \(outcome.unchanged)，未导入 \(outcome.problems.count)。")
    try write(Table(header: ["行号", "原因"], cells: outcome.problems.map { [String($0.line), $0.reason] }))
  }

  private func reports(_ bytes: Data, _ name: String, _ mapping: ImportMapping, _ person: Person, _ composition: Composition) async throws {
    let matters = composition.matters
    let clock = ContinuousClock.now
    let id = try await matters.beginImport(bytes, name: name, mapping: mapping, by: person)
    let work = Task { try await matters.work(import: id) }
    var run = try await matters.importRun(id, for: person).run
    while run.state == .waiting || run.state == .running {
      try await Task.sleep(for: .milliseconds(500))
      run = try await matters.importRun(id, for: person).run
      FileHandle.standardError.write(Data("\r\(run.done) / \(run.lines)".utf8))
      if work.isCancelled { break }
    }
    try await work.value
    let seconds = clock.duration(to: .now) / .seconds(1)
    print(
      "\n诉件：新增 \(run.added)，变更 \(run.changed)，未变 \(run.same)，未导入 \(run.failed)，共 \(run.lines) 行；\(Int(Double(run.lines) / seconds)) 行/秒。")
    try write(try await matters.importErrors(id, for: person))
  }

  private func write(_ table: Table) throws {
    guard let errors, !table.rows.isEmpty else { return }
    try table.csv().write(to: URL(filePath: errors))
    print("未导入的行写在 \(errors)。")
  }
}

/// The story of one matter, for whoever is asked what happened.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "explain", abstract: "说明一个事项的来龙去脉：经过、时限推算、谁查看过、发出了什么")
  @OptionGroup var common: Common
  @Argument(help: "事项或诉件编号") var no: String

  func run() async throws {
    let config = try await common.load()
    let composition = try await Composition.open(config, as: .command)
    for line in try await composition.matters.explain(no) { print(line) }
    try await composition.house.store.close()
  }
}

/// Writes the API's description, which is also served at /api/v1/openapi.json and committed under docs/api.
struct OpenAPICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "openapi", abstract: "输出接口说明（OpenAPI 3.1）")
  @OptionGroup var common: Common

  func run() async throws {
    print(Self.document(of: try await Composition.inMemory(try await common.load())), terminator: "")
  }
  static func document(of composition: Composition) -> String {
    composition.api.openAPI
  }
}

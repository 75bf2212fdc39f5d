import ArgumentParser
import Foundation
import Intake
import Kernel
import Matters
import People
import Pilot
import Storage

/// Measures this program on this machine and prints the table of docs/benchmarks.md.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "性能测量：收件、导入、列表、检索、启动与内存，输出 Markdown 表")
  @OptionGroup var common: Common
  @Option(help: "依次测量的诉件数，逗号分隔。")
  var sizes = "10000,100000,1000000"
  @Option(help: "小区数。")
  var compounds = 13_000
  @Option(help: "每个列表测多少次。")
  var times = 200
  @Option(help: "收件测多少秒。")
  var seconds = 15.0
  @Option(help: "同时收件的客户端数。")
  var clients = 32
  @Option(help: "导入文件的行数；0 不测。")
  var rows = 50_000
  @Option(help: "库建在哪里；不给时建在临时目录，测完删除。")
  var folder: String?

  func run() async throws {
    var config = try await common.load()
    let place =
      folder.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory.appending(path: "longtang-bench-\(getpid())")
    config.store = place
    config.keys = place.appending(path: "keys")
    guard try await !StoreFolder.exists(config) else {
      throw Refusal(.conflict, "longtang-not-empty", "\(StoreFolder.place(config)) 已有库，请换一个目录。")
    }
    let first = try await StoreFolder.open(config, as: .command)
    let house = House(
      store: first.store, vault: first.vault, seals: first.seals, ids: first.ids, isDemonstration: true, now: first.now)
    let yard = try await PilotYard.plant(compounds: compounds, data: config.data, into: house)
    let composition = try await Composition(house, data: config.data, assets: config.assets)
    let wanted = sizes.split(separator: ",").compactMap { Int($0) }.sorted()
    print(
      "机器：\(Self.machine)\n数据：小区 \(compounds) 个，\(house.store.dialect == .sqlite ? "SQLite（WAL，synchronous=FULL）" : "PostgreSQL（synchronous_commit=on）")，\(house.now().day.iso)\n"
    )
    var filled = 0
    var columns: [(size: Int, answers: [BenchLists.Answer])] = []
    for (round, size) in wanted.enumerated() {
      let begun = ContinuousClock.now
      try await yard.fill(size - filled, round: round, into: house)
      filled = size
      note("填充至 \(size) 件用 \(Self.format(begun.duration(to: .now) / .seconds(1))) 秒")
      columns.append((size, try await BenchLists(matters: composition.matters, yard: yard).run(times: times)))
      if round == 0 {
        print(try await intake(yard, house, config))
        if rows > 0 { print(try await importing(yard, house, config)) }
      }
    }
    print(Self.table(columns))
    try await house.store.close()
    let server = try BenchServer(store: config.store, data: config.data, assets: config.assets, port: 18_417)
    try await Task.sleep(for: .seconds(20))
    print("| 启动与内存（\(wanted.last ?? 0) 件） | 结果 |\n|---|---|")
    print("| 启动至首个应答 | \(Self.format(server.startMilliseconds)) ms |\n| 20 秒后常驻内存 | \(Self.format(server.residentMegabytes ?? 0)) MiB |")
    server.stop()
    if folder == nil { try FileManager.default.removeItem(at: place) }
  }

  /// Progress goes to standard error, so that the table can be sent to a file.
  private func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  /// Reports through the real door: sockets, token, understanding, one synced commit each or shared.
  private func intake(_ yard: PilotYard, _ house: House, _ config: Config) async throws -> String {
    let token = try await ApiTokens.issue(for: yard.dispatcher.id, name: "bench", days: 2, by: yard.dispatcher, in: house).token
    let server = try BenchServer(store: config.store, data: config.data, assets: config.assets, port: 18_416)
    defer { server.stop() }
    // Until the reading of Chinese has been loaded, reports wait for it.
    let bodies = yard.words(4000, seed: 99).map { one in
      #"{"content":"\#(one.content)","place":"\#(one.place)","channel":"api","name":"\#(one.name)","phone":"\#(one.phone)"}"#
    }
    let headers = ["Authorization: Bearer \(token)", "Content-Type: application/json"]
    let probe = try BenchClient(port: server.port).send("POST", "/api/v1/reports", headers: headers, body: bodies[0])
    guard probe.status == 201 else { throw BenchTrouble(what: "POST /api/v1/reports: \(probe.status) \(probe.body.prefix(300))") }
    var lines = ["| 收件（HTTP，\(clients) 个客户端，\(Int(seconds)) 秒） | 件/秒 | p50 ms | p99 ms | 失败 |", "|---|---|---|---|---|"]
    for crowd in [1, clients] {
      let result = BenchCrowd.run(
        clients: crowd, seconds: crowd == 1 ? min(5, seconds) : seconds,
        { client, turn, connect in
          let body = bodies[(client * 131 + turn * 7) % bodies.count]
          return try connect().send("POST", "/api/v1/reports", headers: headers, body: body).status == 201
        }, port: server.port)
      lines.append(
        "| \(crowd) 个客户端 | \(Self.format(Double(result.times.count) / result.seconds)) | \(Self.format(result.times.quantile(0.5))) | \(Self.format(result.times.quantile(0.99))) | \(result.wrong) |"
      )
    }
    lines.append("\n启动至首个应答 \(Self.format(server.startMilliseconds)) ms；收件后常驻内存 \(Self.format(server.residentMegabytes ?? 0)) MiB\n")
    return lines.joined(separator: "\n")
  }

  private func importing(_ yard: PilotYard, _ house: House, _ config: Config) async throws -> String {
    let composition = try await Composition(house, data: config.data, assets: config.assets)
    composition.loadUnderstanding(config, common.logger("bench", config))
    let mapping = try ImportMapping(
      reading: Data(contentsOf: config.data.appending(path: "mappings/hotline.json")), file: "hotline.json")
    let file = yard.hotlineFile(rows: rows, at: house.now(), seed: 5)
    _ = try await composition.matters.beginImport(file, name: "bench.csv", mapping: mapping, by: yard.dispatcher)
    let handlers = composition.matters.jobs
    let now = house.now()
    // The understanding must be there first, or its loading would be counted with the rows.
    await composition.matters.understander.ready()
    let begun = ContinuousClock.now
    let work = Self.processorSeconds
    let kinds = handlers.map(\.kind)
    for job in try await house.store.write({ db in try Jobs.claim(kinds: kinds, limit: 4, at: now, db) }) {
      guard let handler = handlers.first(where: { $0.kind == job.kind }) else { continue }
      try await handler.run(job)
      try await house.store.write { db in try Jobs.finish(job.id, at: house.now(), db) }
    }
    let taken = begun.duration(to: .now) / .seconds(1)
    let worked = Self.processorSeconds - work
    let (added, failed) = try await house.store.read { db in
      (try db.number("SELECT sum(added) AS n FROM import"), try db.number("SELECT sum(failed) AS n FROM import"))
    }
    return
      "| 导入（热线 CSV） | 结果 |\n|---|---|\n| 行 | \(rows)（新增 \(added)，未入库 \(failed)） |\n| 用时 | \(Self.format(taken)) 秒 |\n| 速度 | \(Self.format(Double(rows) / taken)) 行/秒 |\n| 处理器时间 | 每行 \(Self.format(worked / Double(rows) * 1_000_000)) µs |\n"
  }

  static func table(_ columns: [(size: Int, answers: [BenchLists.Answer])]) -> String {
    guard let first = columns.first, let last = columns.last else { return "" }
    var lines = [
      "| 列表与检索（p50 / p99 ms，行数） | " + columns.map { "\($0.size) 件" }.joined(separator: " | ") + " | p50 增长 | 目标 p99 |",
      "|---|" + String(repeating: "---|", count: columns.count + 2),
    ]
    for (index, answer) in first.answers.enumerated() {
      let cells = columns.map { "\(format($0.answers[index].middle)) / \(format($0.answers[index].most))（\($0.answers[index].found)）" }
      // Only pages of the same length can be compared.
      let same = last.answers[index].found == answer.found
      let growth = same ? format(last.answers[index].middle / max(answer.middle, 0.001)) + "×" : "—"
      let late = last.answers[index].most > answer.aim ? "**\(format(answer.aim))**" : format(answer.aim)
      lines.append("| \(answer.name) | \(cells.joined(separator: " | ")) | \(growth) | \(late) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
  /// Of this process, user and system.
  static var processorSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
  static func format(_ number: Double) -> String {
    number >= 100 ? String(Int(number.rounded())) : String(format: number >= 10 ? "%.1f" : "%.2f", number)
  }
  static var machine: String {
    let cores = ProcessInfo.processInfo.processorCount
    let memory = ProcessInfo.processInfo.physicalMemory >> 30
    let model = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
      .first { $0.hasPrefix("model name") }?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    return "\(model ?? "?")，\(cores) 核，内存 \(memory) GiB，\(ProcessInfo.processInfo.operatingSystemVersionString)"
  }
}

import Foundation
import Intake
import Kernel
import Matters
import People
import Pilot
import Storage

/// Taking in: by the door, by a file, and beside the least a store can do.
struct BenchIntake {
  let round: BenchRound
  typealias Figure = (String, String, String)

  /// Reports through the real door: sockets, token, understanding, one synced commit each or shared. Then the same by two servers.
  func served(_ yard: PilotYard, _ house: House) async throws -> [Figure] {
    let (place, options) = (round.place, round.options)
    let token = try await ApiTokens.issue(for: yard.dispatcher.id, name: "bench", days: 2, by: yard.dispatcher, in: house).token
    let bodies = yard.words(4000, seed: 99).map { one in
      #"{"content":"\#(one.content)","place":"\#(one.place)","channel":"api","name":"\#(one.name)","phone":"\#(one.phone)"}"#
    }
    let headers = ["Authorization: Bearer \(token)", "Content-Type: application/json"]
    let server = try BenchServer(place, port: 18_416)
    defer { server.stop() }
    var out: [Figure] = [("启动至首个应答", "\(BenchTables.number(server.startMilliseconds)) ms", "1 s")]
    // Until the reading of Chinese has been loaded, reports wait for it.
    let probe = try BenchClient(port: server.port).send("POST", "/api/v1/reports", headers: headers, body: bodies[0])
    guard probe.status == 201 else { throw BenchTrouble(what: "POST /api/v1/reports: \(probe.status) \(probe.body.prefix(300))") }
    try await Task.sleep(for: .seconds(10))
    out.append(("启动后常驻内存", "\(BenchTables.number(server.residentMegabytes ?? 0)) MiB", "400 MB"))
    // One core would be busy with earlier reports otherwise, minutes long in a large store.
    if let seconds = try await server.settled() { out.append(("启动至早先诉件全部记起", "\(BenchTables.number(seconds)) 秒", "")) }
    func measure(_ name: String, _ clients: Int, _ seconds: Double, _ ports: [Int], _ aim: String) -> Figure {
      let result = BenchCrowd.run(
        clients: clients, seconds: seconds,
        { client, turn, connect in
          let body = bodies[(client * 131 + turn * 7) % bodies.count]
          return try connect().send("POST", "/api/v1/reports", headers: headers, body: body).status == 201
        }, ports: ports)
      let wrong = result.wrong == 0 ? "" : "，**失败 \(result.wrong)**"
      return (
        name,
        "每秒 \(BenchTables.number(Double(result.times.count) / result.seconds)) 件，\(BenchTables.number(result.times.quantile(0.5))) / \(BenchTables.number(result.times.quantile(0.99))) ms\(wrong)",
        aim
      )
    }
    let aim = house.store.dialect == .sqlite ? "1000 件/秒，p99 100 ms" : "500 件/秒"
    out.append(measure("收件，1 个客户端（p50 / p99）", 1, min(5, options.seconds), [server.port], ""))
    out.append(measure("收件，\(options.clients) 个客户端（p50 / p99）", options.clients, options.seconds, [server.port], aim))
    out.append(("收件后常驻内存", "\(BenchTables.number(server.residentMegabytes ?? 0)) MiB", "400 MB"))
    if house.store.dialect == .postgres {
      let second = try BenchServer(place, port: 18_417)
      defer { second.stop() }
      let warm = try BenchClient(port: second.port).send("POST", "/api/v1/reports", headers: headers, body: bodies[1])
      guard warm.status == 201 else { throw BenchTrouble(what: "second server: \(warm.status) \(warm.body.prefix(300))") }
      out.append(
        measure("收件，两个服务、\(options.clients) 个客户端", options.clients, options.seconds, [server.port, second.port], ""))
    }
    return out
  }

  func importing(_ yard: PilotYard, _ composition: Composition) async throws -> [Figure] {
    let (config, house, rows) = (round.place.config, composition.house, round.options.rows)
    let mapping = try ImportMapping(
      reading: Data(contentsOf: config.data.appending(path: "mappings/hotline.json")), file: "hotline.json")
    let file = yard.hotlineFile(rows: rows, at: house.now(), seed: 5)
    _ = try await composition.matters.beginImport(file, name: "bench.csv", mapping: mapping, by: yard.dispatcher)
    let handlers = composition.matters.jobs
    let now = house.now()
    let begun = ContinuousClock.now
    let work = BenchCommand.processorSeconds
    let kinds = handlers.map(\.kind)
    for job in try await house.store.write({ db in try Jobs.claim(kinds: kinds, limit: 4, at: now, db) }) {
      guard let handler = handlers.first(where: { $0.kind == job.kind }) else { continue }
      try await handler.run(job)
      try await house.store.write { db in try Jobs.finish(job.id, at: house.now(), db) }
    }
    let taken = begun.duration(to: .now) / .seconds(1)
    let worked = BenchCommand.processorSeconds - work
    let (added, failed) = try await house.store.read { db in
      (try db.number("SELECT sum(added) AS n FROM import"), try db.number("SELECT sum(failed) AS n FROM import"))
    }
    let aim = house.store.dialect == .sqlite ? "5000 行/秒" : ""
    return [
      (
        "导入（热线 CSV，新增 / 未入库）", "\(added) / \(failed) 行，\(BenchTables.number(taken)) 秒，每秒 \(BenchTables.number(Double(rows) / taken)) 行", aim
      ),
      ("导入每行的处理器时间（本程序）", "\(BenchTables.number(worked / Double(rows) * 1_000_000)) µs", ""),
    ]
  }

  /// A report taken in beside the least a store can do for one: a row with its words, one after the other and many at once, all synced.
  func bare(_ yard: PilotYard, _ composition: Composition) async throws -> [Figure] {
    let (house, matters) = (composition.house, composition.matters)
    let words = yard.words(4000, seed: 77)
    try await house.store.write { db in
      try db.run("CREATE TABLE bare (id bigint PRIMARY KEY, no text NOT NULL, at bigint NOT NULL, said text NOT NULL)")
    }
    @Sendable func insert(_ turn: Int) async throws {
      let one = words[turn % words.count]
      let now = house.now()
      let id: Identifier<BenchIntake> = house.ids.next(at: now)
      try await house.store.write { db in
        _ = try db.run("INSERT INTO bare (id, no, at, said) VALUES (\(id), \("B\(id)"), \(now), \(one.content))")
      }
    }
    @Sendable func receive(_ turn: Int) async throws {
      let one = words[turn % words.count]
      var report = NewReport(channel: .api, content: one.content, saidAt: house.now())
      report.place = one.place
      report.callerName = one.name
      report.callerPhone = one.phone
      _ = try await matters.receive(report, by: .system)
    }
    var out: [Figure] = []
    for (name, tasks) in [("一件接一件", 1), ("\(round.options.clients) 件同时", round.options.clients)] {
      let least = try await Self.microseconds(tasks, seconds: 2, insert)
      let whole = try await Self.microseconds(tasks, seconds: 3, receive)
      out.append(
        (
          "收件与仅插入一行之比，\(name)", "\(BenchTables.number(whole.clock / least.clock))（\(Int(whole.clock)) / \(Int(least.clock)) µs）",
          tasks == 1 ? "5" : ""
        ))
      out.append(("其中本程序的处理器时间，\(name)", "\(Int(whole.processor)) / \(Int(least.processor)) µs", ""))
    }
    try await house.store.write { db in _ = try db.run("DROP TABLE bare") }
    return out
  }
  /// Time for each of many, by the clock and of this process's processors.
  private static func microseconds(_ tasks: Int, seconds: Double, _ work: @escaping @Sendable (Int) async throws -> Void) async throws
    -> (clock: Double, processor: Double)
  {
    let (begun, worked) = (ContinuousClock.now, BenchCommand.processorSeconds)
    let turns = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<tasks {
        group.addTask {
          var turn = 0
          while begun.duration(to: .now) < .seconds(seconds) {
            try await work(task * 131 + turn * 7)
            turn += 1
          }
          return turn
        }
      }
      return try await group.reduce(0, +)
    }
    let count = Double(max(1, turns))
    return (begun.duration(to: .now) / .microseconds(1) / count, (BenchCommand.processorSeconds - worked) * 1_000_000 / count)
  }
}

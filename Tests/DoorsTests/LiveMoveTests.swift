import Foundation
import Intake
import Kernel
import Matters
import Storage
import StoragePostgres
import StorageSQLite
import TestHouse
import Testing

@testable import longtang

/// The real program moves an office that the real program serves; it is killed in the middle, and taken up again.
@Suite(.serialized, .enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it"))
struct LiveMoveTests {
  @Test(.timeLimit(.minutes(4))) func anOfficeAtWorkIsMovedToAServerThoughTheMoveIsKilledOnce() async throws {
    // Served from a file, whatever the engine under test is.
    let house = try await LiveHouse.make(embedded: true)
    defer { house.remove() }
    let server = try await LiveServer(store: house.folder, data: house.data)
    let target = try TestPostgres.empty()
    let acknowledged = Box<[String: String]>([:])
    let refused = Box(0)
    let over = Box(false)
    let arguments = ["migrate", "--from", "sqlite:\(house.folder.path)", "--to", "postgres:\(target.target)"]
    let runs = Box<[(status: Int32, text: String)]>([])
    await withTaskGroup(of: Void.self) { group in
      for client in 0..<4 {
        group.addTask {
          var n = 0
          while !over.value {
            let key = "move-\(client)-\(n)"
            n += 1
            do {
              let no = try await CrashTests.post(server.port, house.token, key, expecting: 201)
              acknowledged.change { $0[key] = no }
            } catch { refused.change { $0 += 1 } }
            // An office of flesh and blood; without a pause the copy would chase four machines.
            try? await Task.sleep(for: .milliseconds(30))
          }
        }
      }
      group.addTask {
        while acknowledged.value.count < 12 { try? await Task.sleep(for: .milliseconds(20)) }
        do {
          let killed = try Self.killed(arguments, data: house.data) {
            // As soon as there is something in the new store.
            let rows = try? PostgresErrand.run(target.target, ["SELECT count(*) AS n FROM moving WHERE name LIKE 'table %'"])
            return ((try? rows?.first?.int("n")) ?? 0) > 3
          }
          let second = try LiveServer.run(arguments, data: house.data)
          runs.change { $0 += [killed, second] }
        } catch { Issue.record("\(error)") }
        // Some more that come too late.
        try? await Task.sleep(for: .milliseconds(500))
        over.change { $0 = true }
      }
    }
    try #require(runs.value.count == 2)
    let (first, second) = (runs.value[0], runs.value[1])
    #expect(first.status != 0, "the first move was over before it was killed: \(first.text)")
    #expect(second.status == 0 && second.text.contains("接着上次的进度") && second.text.contains("核验通过"), "\(second.text)")
    let left = acknowledged.value.count
    #expect(left >= 12 && refused.value > 0)

    // The old one says where the office went and takes nothing more; it can still be proven.
    #expect(try await SmallClient.ask(server.port, "GET", "/ready")?.text.contains("moved") == true)
    server.stop()
    let old = try LiveServer.run(["serve", "--data", house.folder.path], data: house.data)
    #expect(old.status == 20 && old.text.contains("已迁走"), "\(old.text)")
    #expect(try LiveServer.run(["audit", "verify", "--data", house.folder.path], data: house.data).status == 0)

    // In the new one everything that was acknowledged is there once, and its numbers go on.
    let again = try await LiveServer(store: house.folder, data: house.data, database: target)
    for (key, no) in acknowledged.value.prefix(5) { #expect(try await CrashTests.post(again.port, house.token, key, expecting: nil) == no) }
    let next = try await CrashTests.post(again.port, house.token, "after the move", expecting: 201)
    again.stop()
    let store = try target.store()
    let numbers = try await store.read { db in try db.all("SELECT no FROM report ORDER BY no").map { try $0.text("no") } }
    try await store.close()
    #expect(Set(numbers).count == numbers.count && Set(acknowledged.value.values).isSubset(of: Set(numbers)) && numbers.contains(next))
    for (_, day) in Dictionary(grouping: numbers, by: { $0.prefix(9) }) {
      #expect(day.compactMap { Int($0.suffix(6)) }.sorted() == Array(1...day.count))
    }
    let proof = try LiveServer.run(["audit", "verify", "--data", house.folder.path], data: house.data, database: target)
    #expect(proof.status == 0 && proof.text.contains("核验通过"), "\(proof.text)")
  }

  /// Runs the program and kills it as soon as `isTime`.
  private static func killed(_ arguments: [String], data: URL, _ isTime: () -> Bool) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = try LiveServer.program
    process.arguments = arguments
    process.environment = LiveServer.environment(port: 0, data: data, database: nil)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    while process.isRunning, !isTime() { usleep(5_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}

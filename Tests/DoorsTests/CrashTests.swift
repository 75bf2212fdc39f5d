import Foundation
import Intake
import Kernel
import Matters
import People
import Storage
import Testing

@testable import longtang

/// The real program, killed while sixteen clients report as fast as they can and an import is under way.
@Suite(.serialized) struct CrashTests {
  static let clients = 16
  static let rows = 2000

  @Test(.timeLimit(.minutes(2))) func whatWasAcknowledgedSurvivesAKill() async throws {
    let house = try await LiveHouse.make { composition, dispatcher in
      let file = WholeHouse.data.appending(path: "mappings/hotline.json")
      let mapping = try ImportMapping(reading: try Data(contentsOf: file), file: "hotline")
      let text =
        "工单编号,来电时间,案件描述,发生地址,诉求类型\n"
        + (1...Self.rows).map { "SH\($0),\($0 % 100 == 0 ? "没有日期" : "2026-09-23 10:00"),第\($0)件：楼道堆放杂物,盈港东路\($0)弄,投诉" }.joined(
          separator: "\n")
      _ = try await composition.matters.beginImport(Data(text.utf8), name: "热线.csv", mapping: mapping, by: dispatcher.person)
    }
    defer { house.remove() }

    // First life: killed in mid-flight.
    let first = try await LiveServer(store: house.folder, data: house.data, database: house.database)
    let acknowledged = Box<[String: String]>([:])
    let tried = Box<[String]>([])
    let over = Box(false)
    let clock = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      for client in 0..<Self.clients {
        group.addTask {
          // Without an end of its own: whatever the machine's speed, something is under way at the kill.
          var n = 0
          while !over.value, !Task.isCancelled {
            let key = "crash-\(client)-\(n)"
            n += 1
            tried.change { $0.append(key) }
            guard let no = try? await Self.post(first.port, house.token, key, expecting: 201) else { continue }
            acknowledged.change { $0[key] = no }
          }
        }
      }
      group.addTask {
        // In mid-flight: something is acknowledged, a part of the import is in, much is still to come.
        var imported = 0
        while acknowledged.value.count < 64 || imported < 250, clock.duration(to: .now) < .seconds(15) {
          imported = (try? await house.look { db in Int(try db.number("SELECT done FROM import")) }) ?? 0
          try? await Task.sleep(for: .milliseconds(20))
        }
        first.kill9()
        over.change { $0 = true }
      }
    }
    #expect(acknowledged.value.count >= 32, "the machine was too slow for this test to mean anything")
    let unanswered = tried.value.count - acknowledged.value.count
    #expect(unanswered > 0, "nothing was under way when the program was killed")
    let begun = try await house.change { db in
      // As if five minutes had passed: a job whose holder died is due again when its lease is over.
      try db.run("UPDATE job SET lease_until = 0 WHERE state = 'running'")
      return try db.first("SELECT state, done FROM import").map { (try $0.text("state"), try $0.count("done")) }
    }
    #expect(begun?.0 == "running" || begun?.0 == "waiting", "the import was over before the kill: \(String(describing: begun))")

    // Second life: everything is sent once more with its key, as clients do that got no answer.
    let second = try await LiveServer(store: house.folder, data: house.data, database: house.database)
    let keys = tried.value
    await withTaskGroup(of: Void.self) { group in
      for client in 0..<Self.clients {
        group.addTask {
          for key in keys where key.hasPrefix("crash-\(client)-") {
            do {
              let no = try await Self.post(second.port, house.token, key, expecting: nil)
              if let before = acknowledged.value[key] {
                #expect(no == before, "\(key) was acknowledged as \(before) and is now \(no)")
              } else {
                acknowledged.change { $0[key] = no }
              }
            } catch { Issue.record("\(key): \(error)") }
          }
        }
      }
    }
    let deadline = ContinuousClock.now + .seconds(40)
    var run: (state: String, row: [Int]) = ("", [])
    while ContinuousClock.now < deadline {
      run = try await house.look { db in
        guard let row = try db.first("SELECT * FROM import") else { return ("", []) }
        return (try row.text("state"), try ["lines", "done", "added", "changed", "same", "failed"].map { try row.count($0) })
      }
      if run.state == "finished" { break }
      try await Task.sleep(for: .milliseconds(300))
    }
    second.stop()

    #expect(run.state == "finished", "the import did not come to its end")
    if run.row.count == 6 {
      #expect(run.row[0] == Self.rows && run.row[1] == Self.rows)
      #expect(run.row[2] + run.row[3] + run.row[4] + run.row[5] == Self.rows, "rows unaccounted for: \(run.row)")
      #expect(run.row[5] == Self.rows / 100)
    }
    let store = try await house.look { db in
      (
        numbers: try db.all("SELECT no FROM report ORDER BY no").map { try $0.text("no") },
        hotline: try db.number("SELECT count(*) AS n FROM report WHERE channel = 'hotline'"),
        matters: try db.all("SELECT no FROM matter ORDER BY no").map { try $0.text("no") },
        orphans: try db.number(
          "SELECT count(*) AS n FROM report r WHERE NOT EXISTS (SELECT 1 FROM promise p WHERE p.report_id = r.id) OR r.matter_id IS NULL"),
        errors: try db.number("SELECT count(*) AS n FROM import_error")
      )
    }
    #expect(store.numbers.count == Set(store.numbers).count)
    #expect(Int(store.hotline) == Self.rows - Self.rows / 100 && Int(store.errors) == Self.rows / 100)
    #expect(store.numbers.count == keys.count + Int(store.hotline), "each report that was sent is there exactly once")
    #expect(Set(acknowledged.value.values).count == keys.count && Set(acknowledged.value.values).isSubset(of: Set(store.numbers)))
    #expect(store.orphans == 0)
    for numbers in [store.numbers, store.matters] {
      // A day that ended during the test begins to count anew.
      for (_, day) in Dictionary(grouping: numbers, by: { $0.prefix(9) }) {
        #expect(
          day.compactMap { Int($0.suffix(6)) }.sorted() == Array(1...day.count), "a gap or a double in the numbers of \(day[0].prefix(9))")
      }
    }
    let proof = try LiveServer.run(["audit", "verify", "--data", house.folder.path], data: house.data, database: house.database)
    #expect(proof.status == 0 && proof.text.contains("核验通过"), "\(proof.text)")
    print(
      "crash test: \(acknowledged.value.count) reports, \(unanswered) unanswered at the kill, import at \(begun?.1 ?? 0) of \(Self.rows) rows"
    )
  }

  /// - Returns: the report's number.
  static func post(_ port: Int, _ token: String, _ key: String, expecting: Int?) async throws -> String {
    let body = try JSONSerialization.data(withJSONObject: ["content": "\(key)：楼道堆放杂物，无人清理。", "place": "盈港东路8900弄"])
    let headers = ["Authorization": "Bearer \(token)", "Idempotency-Key": key, "Content-Type": "application/json"]
    guard let reply = try await SmallClient.ask(port, "POST", "/api/v1/reports", headers, body: body) else {
      throw Refusal(.unavailable, "test-no-answer", "no answer")
    }
    guard expecting.map({ $0 == reply.status }) ?? (200...201).contains(reply.status), let no = reply.json["report"] as? String else {
      throw Refusal(.invalid, "test-status", "\(reply.status) \(reply.text)")
    }
    return no
  }
}

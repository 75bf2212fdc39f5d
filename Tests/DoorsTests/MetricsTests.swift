import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Logging
import People
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

@Suite struct MetricsTests {
  /// One line's value.
  static func value(_ name: String, _ text: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
  }

  @Test func itTellsOfRequestsJobsClocksAndTheStore() async throws {
    let scene = try await WholeHouse.make()
    let report = try await scene.report()
    let now = scene.clock.now
    let house = scene.house
    try await house.store.write { db in
      try Jobs.enqueue("matters-import", ["a": 1], at: now.adding(minutes: -10), now: now, ids: house.ids, db)
      try Jobs.enqueue("matters-import", ["a": 1], at: now.adding(minutes: 10), now: now, ids: house.ids, db)
      try Jobs.enqueue("from-a-newer-program", ["a": 1], at: now.adding(minutes: -1), now: now, ids: house.ids, db)
      try Heartbeat.beat(at: now.adding(minutes: -4), db)
    }
    try await scene.walk { client in
      _ = try await client.ask(.get, "/sign-in")
      _ = try await client.ask(.get, "/progress/no-such-code")
      let answer = try await client.ask(.get, "/metrics")
      #expect(answer.status == .ok && answer.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
      let text = answer.text
      #expect(Self.value(#"longtang_requests_total{route="/sign-in",method="GET",status="200"}"#, text) == "1")
      #expect(Self.value(#"longtang_request_seconds_count{route="/sign-in",method="GET"}"#, text) == "1")
      #expect(Self.value(#"longtang_request_seconds_bucket{route="/sign-in",method="GET",le="+Inf"}"#, text) == "1")
      #expect(Self.value(#"longtang_jobs{kind="matters-import",state="waiting"}"#, text) == "2")
      #expect(Self.value(#"longtang_jobs_oldest_due_seconds{kind="matters-import"}"#, text) == "600")
      #expect(Self.value(#"longtang_jobs_oldest_due_seconds{kind="other"}"#, text) == "60")
      #expect(Self.value("longtang_worker_heartbeat_seconds", text) == "240")
      #expect(Self.value("longtang_clocks_unrung", text) == "0")
      #expect(Self.value("longtang_store_up", text) == "1")
      #expect(Self.value(#"longtang_migrations{state="missing"}"#, text) == "0")
      #expect(Self.value("longtang_store_writes_waiting", text) == "0")
      #expect((Self.value("longtang_store_commit_writes_count", text).flatMap { Int($0) } ?? 0) > 3)
      #expect(Self.value(#"longtang_understanding{stage="loaded"}"#, text) == "1")
      // Nobody and nothing of the office can be told from it.
      for secret in ["no-such-code", "元邑", "盈港东路", "13800001234", "from-a-newer-program", "\(report)"] {
        #expect(!text.contains(secret), "\(secret)")
      }
    }
    // Days later, with nobody who rings: the promise of the report has run out.
    scene.clock.advance(minutes: 60 * 24 * 40)
    try await scene.walk { client in
      let text = try await client.ask(.get, "/metrics").text
      #expect((Self.value("longtang_clocks_unrung", text).flatMap { Int($0) } ?? 0) > 0)
      #expect((Self.value("longtang_clocks_unrung_oldest_seconds", text).flatMap { Int($0) } ?? 0) > 86_400)
    }
  }

  @Test func everyLineIsInPrometheusFormatAndEveryFigureIsExplained() async throws {
    let scene = try await WholeHouse.make()
    let guide = try String(contentsOf: WholeHouse.root.appending(path: "docs/operations.md"), encoding: .utf8)
    try await scene.walk { client in
      _ = try await client.ask(.get, "/sign-in")
      var named: Set<String> = []
      for line in try await client.ask(.get, "/metrics").text.split(separator: "\n") {
        if line.hasPrefix("# HELP ") {
          let name = String(line.split(separator: " ")[2])
          #expect(named.insert(name).inserted, "\(name) is told twice")
          #expect(guide.contains("`\(name)"), "docs/operations.md does not explain \(name)")
        } else if !line.hasPrefix("# TYPE ") {
          #expect(line.wholeMatch(of: /longtang_[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? -?[0-9.e+-]+/) != nil, "\(line)")
        }
      }
      #expect(named.count >= 20)
    }
  }

  @Test(arguments: [("X-Forwarded-For", "192.0.2.7"), ("Forwarded", "for=192.0.2.7"), ("X-Real-IP", "192.0.2.7"), ("Via", "1.1 proxy")])
  func whoComesThroughAProxyIsToldNothing(header: String, value: String) async throws {
    let scene = try await WholeHouse.make()
    let name = try #require(HTTPField.Name(header))
    let admin = try scene.somebody(.systemAdmin)
    try await scene.walk { client in
      let nobody = try await client.ask(.get, "/metrics", headers: [name: value])
      let somebody = try await client.ask(.get, "/metrics", as: admin, headers: [name: value])
      #expect(nobody.status == .notFound && somebody.status == .notFound)
    }
  }

  @Test func withATokenOnlyTheTokenOpens() async throws {
    let plain = try await WholeHouse.make()
    var composition = plain.composition
    composition.metricsToken = "a-token-of-the-monitor"
    let scene = WholeHouse(
      house: plain.house, clock: plain.clock, composition: composition, people: plain.people, compounds: plain.compounds,
      squads: plain.squads)
    let far = try #require(HTTPField.Name("X-Forwarded-For"))
    try await scene.walk { client in
      let without = try await client.ask(.get, "/metrics")
      let wrong = try await client.ask(.get, "/metrics", headers: [.authorization: "Bearer a-token-of-the-monitoR"])
      #expect(without.status == .notFound && wrong.status == .notFound)
      let headers: HTTPFields = [.authorization: "Bearer a-token-of-the-monitor", far: "192.0.2.7"]
      let right = try await client.ask(.get, "/metrics", headers: headers)
      #expect(right.status == .ok)
    }
  }

  @Test func theStatusPageTellsHowTheMachineFares() async throws {
    let scene = try await WholeHouse.make()
    let admin = try scene.somebody(.systemAdmin)
    try await JournalCheck.ask(by: admin.person.actor, in: scene.house)
    let worker = scene.composition.worker(Logger(label: "test"), sessions: .standard)
    while try await worker.runOne() {}
    try await scene.walk { client in
      let page = try await client.ask(.get, "/system", as: admin).text
      for words in ["已运行", "库文件", "等待的作业", "最近核验日志链", "完整", "次落盘", Longtang.version] {
        #expect(page.contains(words), "\(words)")
      }
    }
  }
}

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import People
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

/// Requests that come to two servers of one office.
@Suite(.enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it"))
struct TwoDoorsTests {
  static func app(_ scene: WholeHouse, limits: RateLimits = .off) throws -> (site: Site, app: some ApplicationProtocol) {
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let site = scene.composition.site(publicURL: "http://longtang.test", limits: limits)
    return (site, Application(responder: try scene.composition.router(site, access: quiet).buildResponder(), logger: quiet))
  }

  /// A network that delivers twice, or a person who taps twice behind a proxy that takes turns.
  @Test func theSameFormSentToBothTakesEffectOnce() async throws {
    let servers = try await TwoServers.make()
    for scene in servers.scenes { scene.composition.understander.set(PlainUnderstander()) }
    let somebody = try servers.first.somebody(.officer)
    let body = #"{"content":"楼道堆放杂物，无法通行。","place":"盈港东路8900弄"}"#
    let token = try await servers.token()
    let (one, other) = (try Self.app(servers.first).app, try Self.app(servers.second).app)
    try await one.test(.router) { first in
      try await other.test(.router) { second in
        // Signed in on either: a session is a row.
        for client in [first, second] { #expect(try await client.ask(.get, "/account/password", as: somebody).status == .ok) }
        for round in 0..<6 {
          let headers: HTTPFields = [
            .authorization: "Bearer \(token)", .contentType: "application/json", .idempotencyKey: "the-same-form-\(round)",
          ]
          let answers = try await withThrowingTaskGroup(of: TestResponse.self) { group in
            for client in [first, second, first, second] {
              group.addTask {
                try await client.executeRequest(uri: "/api/v1/reports", method: .post, headers: headers, body: ByteBuffer(string: body))
              }
            }
            return try await group.reduce(into: [TestResponse]()) { $0.append($1) }
          }
          #expect(answers.map(\.status) == Array(repeating: .created, count: 4), "\(answers.map(\.text))")
          // Not four like answers: the very same one.
          #expect(Set(answers.map(\.text)).count == 1)
        }
      }
    }
    #expect(try await servers.first.house.store.read { db in try db.number("SELECT count(*) AS n FROM report") } == 6)
    // What is kept of the answers opens with the keys alone.
    let kept = try await servers.first.house.store.read { db in
      try db.all("SELECT name, answer FROM once").map { try ($0.text("name"), $0.text("answer")) }
    }
    #expect(kept.count == 6 && kept.allSatisfy { $0.1.hasPrefix("v2:") && !$0.0.contains("the-same") })
    try await servers.close()
  }

  @Test func theLimitsHoldForBothTogether() async throws {
    let servers = try await TwoServers.make()
    let bucket = RateLimits.Bucket(perSecond: 0.001, burst: 40)
    let limits = RateLimits(address: bucket, account: .off, publicForm: .off)
    let (one, other) = (try Self.app(servers.first, limits: limits), try Self.app(servers.second, limits: limits))
    let running = zip([one.site, other.site], servers.scenes).map { site, scene in
      Task { await site.exchange.run(scene.house.store, now: scene.house.now, TestPostgres.quiet) }
    }
    try await one.app.test(.router) { first in
      try await other.app.test(.router) { second in
        // The lines for notices may take a moment: what was told before is not heard.
        var passed = 0
        for _ in 0..<40 {
          if try await first.ask(.get, "/sign-in").status == .ok { passed += 1 }
          try await Task.sleep(for: .milliseconds(30))
        }
        #expect(passed == 40)
        #expect(try await first.ask(.get, "/sign-in").status == .tooManyRequests)
        // Whoever was turned away here finds little left there.
        let turnedAway = try await comes { try await second.ask(.get, "/sign-in").status == .tooManyRequests }
        #expect(turnedAway != nil)
      }
    }
    for task in running { task.cancel() }
    for task in running { await task.value }
    try await servers.close()
  }
}

extension HTTPField.Name {
  static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .server
}
extension TwoServers {
  func token() async throws -> String {
    let dispatcher = try first.somebody(.dispatcher).person
    return try await ApiTokens.issue(for: dispatcher.id, name: "测试", days: 1, by: dispatcher, in: first.house).token
  }
}

import HTTPTypes
import HummingbirdTesting
import Storage
import Testing

@testable import WebSupport

@Suite struct WatchTests {
  static let behindProxy = [AddressRange("127.0.0.0/8")].compactMap { $0 }

  @Test func aTrustedProxysNameForTheRequestIsKept() async throws {
    let step = try await Doorstep.make(proxies: Self.behindProxy) { book in
      book.get("/trace", allow: .public) { visit in Answer.text("\(visit.id) \(Trace.id ?? "nobody")") }
    }
    try await step.walk { client in
      let given = "7f3c9a2e51d04b8fa6c2d1e09b83f47a"
      let page = try await client.get("/trace", [requestID: given])
      #expect(page.headers[requestID] == given)
      #expect(page.text == "\(given) \(given)")
      let error = try await client.get("/breaks", [requestID: given])
      #expect(error.text.contains(given))
    }
  }

  @Test(arguments: ["short", "with space in it", "line\u{1}feed-line", "<b>bold-text</b>", String(repeating: "a", count: 65)])
  func whatIsNoNameIsReplacedByOurs(given: String) async throws {
    let trusted = Self.behindProxy
    #expect(RequestID.given(given, by: "127.0.0.1", trusted: trusted) == nil)
  }

  @Test func anybodyElsesNameForTheRequestCountsForNothing() async throws {
    try await Doorstep.make().walk { client in
      let page = try await client.get("/", [requestID: "7f3c9a2e51d04b8fa6c2d1e09b83f47a"])
      #expect(page.headers[requestID]?.count == 10)
    }
    #expect(RequestID.given("7f3c9a2e51d0", by: "192.0.2.7", trusted: Self.behindProxy) == nil)
  }

  @Test func whoDrainsAsksForANewConnectionAndStillServes() async throws {
    let step = try await Doorstep.make()
    try await step.walk { client in
      #expect(try await client.get("/").headers[.connection] == nil)
      step.site.watch.beginDraining()
      let page = try await client.get("/")
      #expect(page.status == .ok && page.headers[.connection] == "close")
    }
  }

  @Test func requestsAreCountedByPatternNotByPath() async throws {
    let step = try await Doorstep.make()
    try await step.walk { client in
      for name in ["secret-one", "secret-two", "secret-three"] { _ = try await client.get("/things/\(name)") }
      _ = try await client.get("/nowhere/at/all")
      _ = try await client.get("/breaks")
    }
    let lines = step.site.watch.requests.lines()
    let things = try #require(lines.first { $0.pattern == "/things/{name}" })
    #expect(things.method == "GET" && things.count == 3 && things.within.last == 3)
    #expect(things.answers.map(\.status) == ["200"] && things.answers.map(\.count) == [3])
    #expect(lines.contains { $0.pattern == "other" && $0.answers.first?.status == "404" })
    #expect(lines.contains { $0.pattern == "/breaks" && $0.answers.first?.status == "500" })
    #expect(!lines.contains { $0.pattern.contains("secret") || $0.pattern.contains("nowhere") })
    #expect(step.site.watch.underWay == 0)
  }
}

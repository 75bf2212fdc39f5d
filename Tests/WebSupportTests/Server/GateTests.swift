import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Storage
import TestHouse
import Testing
import WebSupport

@Suite struct GateTests {
  @Test func whoIsNotSignedInIsSentToSignInAndBack() async throws {
    try await Doorstep.make().walk { client in
      let answer = try await client.get("/mine?day=1")
      #expect(answer.status == .seeOther)
      #expect(answer.headers[.location] == "/sign-in?next=%2Fmine%3Fday%3D1")
      let json = try await client.get("/mine", [.accept: "application/json"])
      #expect(json.status == .unauthorized)
    }
  }

  @Test func aSessionOpensWhatItsRoleMay() async throws {
    let step = try await Doorstep.make()
    let audit = try await step.signIn("audit")
    let system = try await step.signIn("system")
    try await step.walk { client in
      #expect(try await client.get("/mine", [.cookie: audit.cookie]).text == "周审计")
      #expect(try await client.get("/journal", [.cookie: audit.cookie]).status == .ok)
      let refused = try await client.get("/journal", [.cookie: system.cookie])
      #expect(refused.status == .forbidden)
      #expect(refused.text.contains("您的岗位（系统管理员）不能办理此事"))
      // The page keeps the person's navigation, so that they are not lost.
      #expect(refused.text.contains("吴系统"))
    }
  }

  @Test func aSessionEndsByItself() async throws {
    let step = try await Doorstep.make()
    let audit = try await step.signIn("audit")
    step.clock.advance(minutes: 31)
    try await step.walk { client in
      let answer = try await client.get("/mine", [.cookie: audit.cookie])
      #expect(answer.status == .seeOther)
      #expect(answer.setCookies.contains { $0.hasPrefix("longtang=;") && $0.contains("Max-Age=0") })
    }
  }

  @Test func aFormWithoutTheSessionsTokenIsRefused() async throws {
    let step = try await Doorstep.make()
    let audit = try await step.signIn("audit")
    let system = try await step.signIn("system")
    try await step.walk { client in
      #expect(try await client.post("/write", "a=1", [.cookie: audit.cookie]).status == .forbidden)
      #expect(try await client.post("/write", "_csrf=\(system.csrf)", [.cookie: audit.cookie]).status == .forbidden)
      let good = try await client.post("/write", "_csrf=\(audit.csrf)", [.cookie: audit.cookie])
      #expect(good.status == .seeOther)
      #expect(good.headers[.location] == "/mine")
    }
  }

  @Test func aFormOfAnotherSiteIsRefusedEvenWithTheToken() async throws {
    let step = try await Doorstep.make()
    let audit = try await step.signIn("audit")
    let strange: [HTTPFields] = [
      [.cookie: audit.cookie, .origin: "https://evil.example"], [.cookie: audit.cookie, .origin: "null"],
      [.cookie: audit.cookie, fetchSite: "cross-site"], [.cookie: audit.cookie, .origin: "http://longtang.test.evil.example"],
    ]
    let own: HTTPFields = [.cookie: audit.cookie, .origin: "http://longtang.test", fetchSite: "same-origin"]
    try await step.walk { client in
      for headers in strange {
        let answer = try await client.post("/write", "_csrf=\(audit.csrf)", headers)
        #expect(answer.status == .forbidden)
      }
      let answer = try await client.post("/write", "_csrf=\(audit.csrf)", own)
      #expect(answer.status == .seeOther)
    }
  }

  @Test func aPublicFormGoesWithItsCookie() async throws {
    try await Doorstep.make().walk { client in
      let form = try await client.publicForm()
      #expect(!form.cookie.isEmpty && !form.csrf.isEmpty)
      let body = "_csrf=\(form.csrf)&words=%E6%A5%BC%E9%81%93+%E5%A0%86%E7%89%A9"
      #expect(try await client.post("/say", body, [.cookie: form.cookie]).text == "楼道 堆物")
      #expect(try await client.post("/say", body).status == .forbidden)
      let other = try await client.publicForm()
      #expect(try await client.post("/say", body, [.cookie: other.cookie]).status == .forbidden)
      #expect(try await client.post("/say", "words=x", [.cookie: form.cookie]).status == .forbidden)
    }
  }

  @Test func aSecondTapGetsTheFirstAnswer() async throws {
    let step = try await Doorstep.make { book in
      book.post("/count", allow: .public) { visit in
        visit.begin(session: visit.id)
        return Answer.text(visit.id)
      }
    }
    try await step.walk { client in
      let form = try await client.publicForm()
      let body = "_csrf=\(form.csrf)&_once=abcdefgh1"
      let first = try await client.post("/count", body, [.cookie: form.cookie]).text
      let second = try await client.post("/count", body, [.cookie: form.cookie])
      #expect(second.text == first)
      #expect(second.setCookies.contains { $0.hasPrefix("longtang=\(first);") })
      #expect(try await client.post("/count", body + "x", [.cookie: form.cookie]).text != first)
    }
  }

  @Test func aProgramNeedsItsToken() async throws {
    let step = try await Doorstep.make()
    let audit = try await step.signIn("audit")
    // A browser's session is no token: the API cannot be reached by a form of another site.
    let strange: [HTTPFields] = [[:], [.cookie: audit.cookie], [.authorization: "Bearer lt_wrong"], [.authorization: "Basic YTpi"]]
    try await step.walk { client in
      for headers in strange {
        let answer = try await client.get("/api/v1/reports", headers)
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        #expect(answer.headers[.contentType]?.hasPrefix("application/problem+json") == true)
        #expect(answer.text.contains("\"code\":\"door-no-token\""))
      }
    }
  }

  @Test func whatWasDoneIsToldOnceOnTheNextPage() async throws {
    let step = try await Doorstep.make()
    let audit = try await step.signIn("audit")
    try await step.walk { client in
      let done = try await client.post("/write", "_csrf=\(audit.csrf)", [.cookie: audit.cookie])
      let flash = done.setCookies.first { $0.hasPrefix("longtang-flash=") }?.split(separator: ";").first.map(String.init) ?? ""
      let next = try await client.get("/", [.cookie: "\(audit.cookie); \(flash)"])
      #expect(next.text.contains("已保存"))
      #expect(next.setCookies.contains { $0.hasPrefix("longtang-flash=;") })
      let planted = Data(#"{"tone":"good","title":"请拨打假电话"}"#.utf8).base64EncodedString()
      #expect(try await !client.get("/", [.cookie: "longtang-flash=\(planted).0000"]).text.contains("请拨打假电话"))
    }
  }

  @Test func tooManyRequestsWait() async throws {
    let limits = RateLimits(
      address: .init(perSecond: 1, burst: 3), account: .off, publicForm: .init(perSecond: 0.1, burst: 1))
    let step = try await Doorstep.make(limits: limits, proxies: [try #require(AddressRange("127.0.0.0/8"))])
    try await step.walk { client in
      for _ in 0..<3 { #expect(try await client.get("/things/a").status == .ok) }
      let slow = try await client.get("/things/a")
      #expect(slow.status == .tooManyRequests)
      #expect(slow.headers[.retryAfter] == "1")
      // Another client behind the same trusted proxy is not meant.
      #expect(try await client.get("/things/a", [forwarded: "198.51.100.7"]).status == .ok)
      step.clock.advance(milliseconds: 2000)
      #expect(try await client.get("/things/a").status == .ok)
      let form = try await client.publicForm()
      step.clock.advance(milliseconds: 3000)
      #expect(try await client.post("/say", "_csrf=\(form.csrf)&words=a", [.cookie: form.cookie]).status == .ok)
      #expect(try await client.post("/say", "_csrf=\(form.csrf)&words=b", [.cookie: form.cookie]).status == .tooManyRequests)
    }
  }
}

let fetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .server
let forwarded = HTTPField.Name("X-Forwarded-For") ?? .server

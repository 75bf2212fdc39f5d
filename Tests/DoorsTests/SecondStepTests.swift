import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import Kernel
import Logging
import Matters
import NIOCore
import People
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

/// Somebody's browser: keeps its cookie, and the form token of the page it saw last.
final class Browser {
  let client: any TestClientProtocol
  private var jar: [String: String] = [:]
  private(set) var page = ""
  init(_ client: any TestClientProtocol) { self.client = client }

  @discardableResult
  func get(_ path: String) async throws -> TestResponse { try await ask(path, .get, nil) }
  @discardableResult
  func post(_ path: String, _ fields: [(String, String)] = []) async throws -> TestResponse {
    let all = fields + [("_csrf", hidden("_csrf"))]
    return try await ask(path, .post, all.map { "\(SafeURL.encode($0.0))=\(SafeURL.encode($0.1))" }.joined(separator: "&"))
  }
  func hidden(_ name: String) -> String {
    page.split(separator: "name=\"\(name)\" value=\"", maxSplits: 1).dropFirst().first?.split(separator: "\"").first.map(String.init) ?? ""
  }
  var cookie: String { jar.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }

  private func ask(_ path: String, _ method: HTTPRequest.Method, _ form: String?) async throws -> TestResponse {
    var headers: HTTPFields = [.cookie: cookie, .accept: "text/html"]
    if form != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
    let answer = try await client.executeRequest(uri: path, method: method, headers: headers, body: form.map { ByteBuffer(string: $0) })
    for line in answer.headers[values: .setCookie] {
      let pair = line.split(separator: ";")[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      jar[pair[0]] = pair[1]
    }
    if answer.text.contains("_csrf") { page = answer.text }
    return answer
  }
}

/// Coming in with a second factor, page by page, in a real office: nothing here is a demonstration.
@Suite struct SecondStepTests {
  private struct Real: Sendable {
    let house: House
    let clock: TestClock
    let composition: Composition

    static func make() async throws -> Real {
      let clock = TestClock()
      let house = try await TestHouse.make(Array(Composition.migrations.dropFirst(House.migrations.count)), clock: clock)
      let composition = try await Composition(
        house, data: WholeHouse.data, assets: WholeHouse.root.appending(path: "Assets"))
      return Real(house: house, clock: clock, composition: composition)
    }
    func walk(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
      var quiet = Logger(label: "test")
      quiet.logLevel = .critical
      let site = composition.site(publicURL: "http://longtang.test", limits: .off)
      let app = Application(responder: try composition.router(site, access: quiet).buildResponder(), logger: quiet)
      try await app.test(.router) { try await body($0) }
    }
  }
  private static let password = "Wutong-Shu-2026"

  @Test func aFirstSignInLeadsToEnrolmentBeforeAnythingElse() async throws {
    let real = try await Real.make()
    let once = try await Accounts.plantFirst(
      [
        NewAccount(login: "security", name: "郑安全", role: .securityAdmin), NewAccount(login: "audit", name: "周审计", role: .auditAdmin),
      ], in: real.house)
    try await real.walk { client in
      let one = Browser(client)
      try await one.get("/sign-in")
      #expect(
        try await one.post("/sign-in", [("account", "security"), ("password", once[0].password)]).headers[.location] == "/account/password")
      #expect(try await one.get("/accounts").headers[.location] == "/account/password")
      try await one.get("/account/password")
      #expect(
        try await one.post(
          "/account/password", [("old", once[0].password), ("password", Self.password), ("again", Self.password)]
        ).status == .seeOther)
      for path in ["/accounts", "/account", "/more", "/accounts/new"] {
        #expect(try await one.get(path).headers[.location] == "/account/factor", "\(path)")
      }
      // Nor does a public page know who is only half in.
      #expect(try await !one.get("/").text.contains("郑安全"))
      let start = try await one.get("/account/factor")
      #expect(start.text.contains("您的岗位须先开启") && !start.text.contains("href=\"/accounts\""))
      #expect(try await one.post("/account/factor/begin").headers[.location] == "/account/factor/enrol")
      let offer = try await one.get("/account/factor/enrol")
      #expect(offer.text.contains("<svg") && offer.text.contains("手动输入密钥"))
      let shown = try #require(offer.text.firstMatch(of: /<code>([A-Z2-7 ]+)<\/code>/)).1
      let key = String(shown).replacing(" ", with: "")
      let wrong = try await one.post("/account/factor/enrol", [("code", "000000")])
      #expect(wrong.status == .unprocessableContent && wrong.text.contains("验证码不对"))
      // The key stays the same, so that what was scanned goes on.
      #expect(wrong.text.replacing(" ", with: "").contains(key))
      let done = try await one.post("/account/factor/enrol", [("code", Self.code(key, real.clock))])
      let codes = done.text.matches(of: /<li><code>([0-9A-Z-]{14})<\/code>/).map { String($0.1) }
      #expect(done.status == .ok && codes.count == 10)
      #expect(try await one.get("/accounts").status == .ok)
      #expect(try await !one.get("/account/factor").text.contains(codes[0]))

      // Next time: password, then code; then by a recovery code.
      real.clock.advance(minutes: 3)
      let two = Browser(client)
      try await two.get("/sign-in?next=%2Faccounts%2Fnew")
      #expect(
        try await two.post("/sign-in", [("account", "security"), ("password", Self.password), ("next", "/accounts/new")]).headers[.location]
          == "/sign-in/code?next=%2Faccounts%2Fnew")
      let half = two.cookie
      #expect(try await two.get("/accounts").headers[.location] == "/sign-in/code?next=%2Faccounts")
      #expect(try await two.get("/account/password").headers[.location]?.hasPrefix("/sign-in/code") == true)
      #expect(try await two.get("/account/factor").headers[.location]?.hasPrefix("/sign-in/code") == true)
      try await two.get("/sign-in/code?next=%2Faccounts%2Fnew")
      #expect(try await two.post("/sign-in/code", [("code", "000000")]).status == .unprocessableContent)
      #expect(
        try await two.post("/sign-in/code", [("code", ""), ("code", codes[2]), ("next", "/accounts/new")]).headers[.location]
          == "/accounts/new")
      #expect(try await two.get("/accounts").status == .ok)
      // Whoever copied the cookie of the half session has nothing.
      let thief = try await client.executeRequest(
        uri: "/accounts", method: .get, headers: [.cookie: half, .accept: "text/html"], body: nil)
      #expect(thief.headers[.location]?.hasPrefix("/sign-in?") == true)
    }
  }

  /// What cannot be undone, or opens what is sealed, asks again after a quarter of an hour, and then goes on by itself.
  @Test func whatIsSealedAsksAgainAfterAWhile() async throws {
    let scene = try await WholeHouse.make()
    let received = try await scene.matter(in: .accepted)
    let officer = try scene.somebody(.officer)
    let look = "/matters/\(received.matterNo)/reports/\(received.report.id)/look"
    @Sendable func looks() async throws -> Int64 {
      try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM look") }
    }
    let before = try await looks()
    try await scene.walk { client in
      #expect(try await client.ask(.post, look, as: officer, form: "purpose=firstContact").status == .ok)
      scene.clock.advance(minutes: 15)
      let asked = try await client.ask(.post, look, as: officer, form: "purpose=firstContact")
      #expect(asked.status == .forbidden && asked.text.contains("再次确认是您本人") && !asked.text.contains("13800001234"))
      #expect(asked.text.contains("name=\"purpose\" value=\"firstContact\"") && asked.text.contains("action=\"\(look)\""))
      let wrong = try await client.ask(.post, look, as: officer, form: "purpose=firstContact&_confirm=nonsense")
      #expect(wrong.status == .unprocessableContent && wrong.text.contains("密码有误") && !wrong.text.contains("13800001234"))
      #expect(try await looks() == before + 1)
      let right = try await client.ask(.post, look, as: officer, form: "purpose=firstContact&_confirm=route-walk-2026")
      #expect(right.status == .ok && right.text.contains("13800001234"))
      #expect(try await looks() == before + 2)
      #expect(try await client.ask(.post, look, as: officer, form: "purpose=revisit").status == .ok)
    }
  }

  @Test func aFileOfSealedRowsAsksToo() async throws {
    let scene = try await WholeHouse.make()
    let objects = try await OwnObjects.make(scene)
    let dispatcher = try scene.somebody(.dispatcher)
    let path = "/imports/\(objects.values["import"]?.first ?? "")/errors.csv"
    try await scene.walk { client in
      #expect(try await client.ask(.get, path, as: dispatcher).status == .ok)
      scene.clock.advance(minutes: 20)
      #expect(try await client.ask(.get, path, as: dispatcher).headers[.location] == "/account/confirm?next=\(SafeURL.encode(path))")
      let question = try await client.ask(.get, "/account/confirm?next=\(SafeURL.encode(path))", as: dispatcher)
      #expect(question.text.contains("value=\"\(path)\""))
      #expect(try await client.ask(.post, "/account/confirm", as: dispatcher, form: "next=\(path)").status == .unprocessableContent)
      let answer = try await client.ask(.post, "/account/confirm", as: dispatcher, form: "next=\(path)&_confirm=route-walk-2026")
      #expect(answer.headers[.location] == path)
      #expect(try await client.ask(.get, path, as: dispatcher).status == .ok)
    }
  }

  /// The code that an app would show.
  private static func code(_ base32: String, _ clock: TestClock) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var (key, buffer, bits) = (Data(), UInt32(0), 0)
    for character in base32 {
      buffer = (buffer << 5 | UInt32(alphabet.firstIndex(of: character) ?? 0)) & 0xFFFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        key.append(UInt8(buffer >> UInt32(bits) & 0xFF))
      }
    }
    return Totp.code(key, step: Totp.step(at: clock.now))
  }
}

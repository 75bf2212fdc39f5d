import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Offices
import People
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

/// `/api/v1` over the whole program.
@Suite struct ApiTests {
  struct Office: Sendable {
    let composition: Composition
    let house: House
    let tokens: [Role: String]
    let squadCode: String
  }

  static func make() async throws -> Office {
    let house = try await TestHouse.make(Array(Composition.migrations.dropFirst(House.migrations.count)), demonstration: true)
    let composition = try await Composition(
      house, data: RouteWalkTests.root.appending(path: "Data"), assets: RouteWalkTests.root.appending(path: "Assets"))
    composition.understander.set(NoUnderstander())
    try await OfficeSeeding.plant(try OfficesData(file: RouteWalkTests.root.appending(path: "Data/offices/shanghai.json")), in: house)
    let squad = try #require(try await house.store.read { db in try OfficeStore.find(code: "310118107", db) })
    let accounts = [
      NewAccount(login: "pai", name: "赵派", role: .dispatcher, office: squad.district),
      NewAccount(login: "dui", name: "王建国", role: .officer, office: squad.id),
      NewAccount(login: "zhang", name: "陈队", role: .squadLeader, office: squad.id),
      NewAccount(login: "ju", name: "孙局", role: .districtManager, office: squad.district),
    ]
    _ = try await Accounts.plantDemonstration(accounts, password: "api-tests-2026", in: house)
    var tokens: [Role: String] = [:]
    for account in accounts {
      let person = try #require(try await house.store.read { db in try PersonStore.find(login: account.login, db) })
      tokens[account.role] = try await ApiTokens.issue(for: person.id, name: "测试", days: 30, by: person, in: house).token
    }
    return Office(composition: composition, house: house, tokens: tokens, squadCode: squad.code)
  }

  struct Caller {
    let client: any TestClientProtocol
    let tokens: [Role: String]
    func callAsFunction(
      _ method: HTTPRequest.Method, _ path: String, as role: Role?, _ body: [String: Any]? = nil, key: String? = nil, version: Int? = nil,
      range: String? = nil
    ) async throws -> (status: Int, json: [String: Any]) {
      var headers: HTTPFields = [.contentType: "application/json"]
      if let role { headers[.authorization] = "Bearer \(tokens[role] ?? "")" }
      if let key, let name = HTTPField.Name("Idempotency-Key") { headers[name] = key }
      if let version { headers[.ifMatch] = "\"\(version)\"" }
      headers[.range] = range
      let bytes = try body.map { ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys)) }
      let answer = try await client.executeRequest(uri: "/api/v1\(path)", method: method, headers: headers, body: bytes)
      if answer.status.code >= 400 {
        #expect(answer.headers[.contentType]?.hasPrefix("application/problem+json") == true, "\(method) \(path)")
      }
      // A 204 says nothing.
      let json =
        answer.body.readableBytes == 0
        ? [:] : try JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView)) as? [String: Any]
      return (Int(answer.status.code), json ?? [:])
    }
    /// As it is, for what is no JSON.
    func raw(
      _ method: HTTPRequest.Method, _ path: String, as role: Role, _ more: HTTPFields = [:], bytes: Data? = nil
    ) async throws -> TestResponse {
      var headers = more
      headers[.authorization] = "Bearer \(tokens[role] ?? "")"
      return try await client.executeRequest(
        uri: "/api/v1\(path)", method: method, headers: headers, body: bytes.map { ByteBuffer(bytes: Array($0)) })
    }
  }

  static func run(_ body: @Sendable @escaping (Caller, Office) async throws -> Void) async throws {
    let office = try await make()
    let site = office.composition.site(publicURL: "http://longtang.test", limits: .off)
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let app = Application(responder: try office.composition.router(site, access: quiet).buildResponder(), logger: quiet)
    try await app.test(.router) { client in try await body(Caller(client: client, tokens: office.tokens), office) }
  }

  @Test func theCommittedDocumentIsTheServedOne() async throws {
    let office = try await Self.make()
    let committed = try String(contentsOf: RouteWalkTests.root.appending(path: "docs/api/openapi.json"), encoding: .utf8)
    let served = OpenAPICommand.document(of: office.composition)
    #expect(committed == served, "docs/api/openapi.json is old: longtang openapi > docs/api/openapi.json")
  }

  @Test func aReportGoesRoundByTheApi() async throws {
    try await Self.run { call, office in
      let report: [String: Any] = ["content": "楼上把阳台改成卫生间，漏水，电话13800001234", "sourceNo": "X-1", "phone": "13800001234", "name": "王芳"]
      let first = try await call(.post, "/reports", as: .dispatcher, report, key: "key-0001-0001")
      #expect(first.status == 201)
      let no = try #require(first.json["matter"] as? String)
      let reportNo = try #require(first.json["report"] as? String)
      // The same key again, and the same number of the source without any key.
      #expect(try await call(.post, "/reports", as: .dispatcher, report, key: "key-0001-0001").json["report"] as? String == reportNo)
      let again = try await call(.post, "/reports", as: .dispatcher, report)
      #expect(again.status == 200 && again.json["report"] as? String == reportNo && again.json["repeated"] as? Bool == true)
      #expect(try await office.house.store.read { try $0.number("SELECT count(*) AS n FROM report") } == 1)

      // A squad's officer does not see what has not been dispatched to it.
      #expect(try await call(.get, "/matters/\(no)", as: .officer).status == 404)
      let seen = try await call(.get, "/matters/\(no)", as: .dispatcher)
      let version = try #require((seen.json["matter"] as? [String: Any])?["version"] as? Int)
      #expect(
        try await call(.post, "/matters/\(no)/dispatch", as: .dispatcher, ["squad": office.squadCode], version: version).status == 200)
      let late = try await call(.post, "/matters/\(no)/dispatch", as: .dispatcher, ["squad": office.squadCode], version: version)
      #expect(late.status == 409 && late.json["code"] as? String == "matters-changed")
      #expect(try await call(.post, "/matters/\(no)/acceptance", as: .officer, [:]).status == 200)

      let early = try await call(
        .post, "/matters/\(no)/findings", as: .officer,
        ["fact": "confirmed", "factNote": "现场查见改建", "claim": "reasonable", "claimNote": "影响楼下居住"])
      #expect(early.status == 409 && early.json["code"] as? String == "matters-not-visited")
      let file = try await call(.get, "/matters/\(no)", as: .officer)
      let actions = try #require(file.json["actions"] as? [[String: Any]])
      #expect(actions.contains { $0["action"] as? String == "find" && $0["missing"] as? String == "matters-not-visited" })
      let words = ((file.json["reports"] as? [[String: Any]])?.first?["words"] as? String) ?? ""
      #expect(words.contains("漏水") && !words.contains("13800001234"))

      #expect(try await call(.post, "/matters/\(no)/contacts", as: .officer, ["report": reportNo, "outcome": "reached"]).status == 200)
      #expect(try await call(.post, "/matters/\(no)/visits", as: .officer, ["outcome": "seen", "note": "阳台已改卫生间"]).status == 200)
      #expect(
        try await call(
          .post, "/matters/\(no)/findings", as: .officer,
          ["fact": "confirmed", "factNote": "现场查见改建", "claim": "reasonable", "claimNote": "影响楼下居住"]
        )
        .status == 200)
      #expect(try await call(.post, "/matters/\(no)/measures", as: .officer, ["kind": "ordered", "note": "责令十日内恢复"]).status == 200)
      #expect(try await call(.post, "/matters/\(no)/reply", as: .officer, ["outcome": "solved", "text": "已责令恢复原状。"]).status == 200)
      #expect(try await call(.post, "/matters/\(no)/approval", as: .officer, [:]).status == 403)
      #expect(try await call(.post, "/matters/\(no)/approval", as: .squadLeader, [:]).status == 200)
      let closed = try await call(
        .post, "/matters/\(no)/revisits", as: .squadLeader, ["report": reportNo, "satisfaction": "satisfied", "solved": true])
      #expect(closed.json["state"] as? String == "closed")
      #expect(try await call(.get, "/reports/\(reportNo)", as: .officer).json["reply"] as? String == "已责令恢复原状。")
    }
  }

  @Test func badRequestsGetAProblemWithAStableCode() async throws {
    try await Self.run { call, _ in
      #expect(try await call(.get, "/matters", as: nil).status == 401)
      let empty = try await call(.post, "/reports", as: .dispatcher, ["content": "  "])
      #expect(empty.status == 422 && empty.json["code"] != nil)
      let future = try await call(.post, "/reports", as: .dispatcher, ["content": "堆物", "saidAt": "2031-01-01T00:00:00+08:00"])
      #expect(future.status == 422)
      #expect(
        try await call(.post, "/reports", as: .dispatcher, ["content": "堆物", "channel": "hotline"]).json["code"] as? String == "api-channel"
      )
      #expect(
        try await call(.post, "/reports", as: .dispatcher, ["content": "堆物", "compound": "ZZZZZZZZ"]).json["code"] as? String
          == "api-no-compound")
      #expect(try await call(.post, "/reports", as: .officer, ["content": "堆物"]).status == 403)
      #expect(try await call(.get, "/items/no-such", as: nil).status == 404)
      #expect(try await call(.get, "/items/load-bearing-damage", as: nil).json["name"] as? String == "损坏房屋主体和承重结构")
    }
  }
}

import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Matters
import NIOCore
import People
import Storage
import Testing
import WebSupport

@testable import longtang

/// Every field of every body, every parameter and every header that the OpenAPI document names, with what does not belong there.
@Suite struct ApiAttackTests {
  struct Operation: Sendable {
    let method: String
    let path: String
    let fields: [String]
    let query: [String]
    let statuses: Set<Int>
  }

  /// As the served document has them.
  static func operations(_ document: String) throws -> [Operation] {
    let root = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
    let components = root["components"] as? [String: Any]
    let schemas = components?["schemas"] as? [String: Any] ?? [:]
    return (root["paths"] as? [String: Any] ?? [:]).flatMap { path, methods in
      (methods as? [String: Any] ?? [:]).map { method, value in
        let operation = value as? [String: Any] ?? [:]
        let content = (operation["requestBody"] as? [String: Any])?["content"] as? [String: Any]
        let schema = ((content?["application/json"] as? [String: Any])?["schema"] as? [String: Any])?["$ref"] as? String
        let name = schema?.split(separator: "/").last.map(String.init) ?? ""
        let properties = (schemas[name] as? [String: Any])?["properties"] as? [String: Any] ?? [:]
        let parameters = operation["parameters"] as? [[String: Any]] ?? []
        return Operation(
          method: method.uppercased(), path: path, fields: properties.keys.sorted(),
          query: parameters.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String },
          statuses: Set((operation["responses"] as? [String: Any] ?? [:]).keys.compactMap(Int.init)))
      }
    }.sorted { ($0.path, $0.method) < ($1.path, $1.method) }
  }

  /// Values of every type JSON has, none of them meant.
  static let values: [String] =
    BadWords.allCases.map { quoted($0.text) } + [
      "null", "true", "-1", "9223372036854775808", "1e999", "[]", "{}", "[[\"a\"]]", "{\"a\":1}", #""\ud800""#,
    ]
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22: out += "\\\""
      case 0x5C: out += "\\\\"
      case 0..<0x20: out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  @Test func whateverIsSentIsAnsweredAsDocumented() async throws {
    let scene = try await WholeHouse.make()
    let objects = try await OwnObjects.make(scene)
    _ = try await scene.report("别区的事", .far)
    let before = try await Untouched.look(scene)
    let tokens = try await ObjectTableTests.tokens(scene)
    let roles: [Role] = [.dispatcher, .squadLeader, .districtManager]
    let callers = try roles.map { role in try scene.somebody(role) }
    let operations = try Self.operations(OpenAPICommand.document(of: scene.composition))
    #expect(operations.count > 15)
    try await scene.walk { client in
      for operation in operations {
        let path = try #require(objects.path(of: "/api/v1" + operation.path))
        for caller in callers {
          let token = tokens[caller.person.id] ?? ""
          func send(_ uri: String, _ body: String?, _ more: HTTPFields = [:], _ what: String) async throws {
            var headers: HTTPFields = [.authorization: "Bearer \(token)", .contentType: "application/json"]
            for field in more { headers[field.name] = field.value }
            let answer = try await client.executeRequest(
              uri: uri, method: HTTPRequest.Method(operation.method) ?? .get, headers: headers, body: body.map { ByteBuffer(string: $0) })
            let status = Int(answer.status.code)
            #expect(
              operation.statuses.contains(status),
              "\(operation.method) \(operation.path) as \(caller.person.role.rawValue), \(what): \(status)")
            if status >= 400 { Self.check(answer, "\(operation.method) \(operation.path), \(what)") }
          }
          // Nobody without the permission gets as far as the body: one try tells.
          try await send(path, operation.method == "GET" ? nil : "{}", [:], "empty")
          if operation.method != "GET" {
            try await send(path, "<a/>", [.contentType: "text/xml"], "another type")
            try await send(path, "{}", [.ifMatch: "W/\"x\"", HTTPField.Name("Idempotency-Key") ?? .server: "1"], "odd headers")
          }
          for query in operation.query {
            for word in BadWords.allCases where word != .long {
              try await send(path + "?\(query)=\(ShownForm.encoded(word.text))", nil, [:], query)
            }
          }
          let whole = ObjectTableTests.body(of: operation.path)
          for field in operation.fields {
            for value in Self.values {
              try await send(path, Self.replacing(field, by: value, in: whole), [:], "\(field) \(value.prefix(20))")
            }
          }
        }
      }
    }
    #expect(try await Untouched.look(scene) == before)
  }

  /// A whole body with one field put in wrongly, in front: the first of two keys of a name is not the one that counts everywhere.
  static func replacing(_ field: String, by value: String, in body: String) -> String {
    var fields = (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
    fields[field] = nil
    if field != "content" { fields["content"] = nil }
    let rest = fields.keys.sorted().map { key in
      let value = fields[key]
      return "\(quoted(key)):\(value as? Bool == true ? "true" : quoted(value as? String ?? ""))"
    }
    return "{" + (["\(quoted(field)):\(value)"] + rest).joined(separator: ",") + "}"
  }

  /// Problem details, whose status is the answer's, that show nothing of the store.
  static func check(_ answer: TestResponse, _ what: String) {
    let json = (try? JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView)) as? [String: Any]) ?? [:]
    #expect(answer.headers[.contentType]?.hasPrefix("application/problem+json") == true, "\(what)")
    #expect(json["status"] as? Int == Int(answer.status.code), "\(what): \(json)")
    #expect(json["code"] is String && json["detail"] is String, "\(what)")
    #expect(!answer.text.contains("SQLite") && !answer.text.contains("libpq") && !BadWords.splitsHead(answer.headers), "\(what)")
  }

  @Test func aKeyUsedAgainForSomethingElseIsNoSecondTap() async throws {
    let scene = try await WholeHouse.make()
    let tokens = try await ObjectTableTests.tokens(scene)
    let dispatcher = try scene.somebody(.dispatcher)
    let no = try await scene.report().matterNo
    try await scene.walk { client in
      func urge(_ body: String) async throws -> TestResponse {
        let headers: HTTPFields = [
          .authorization: "Bearer \(tokens[dispatcher.person.id] ?? "")", .contentType: "application/json",
          HTTPField.Name("Idempotency-Key") ?? .server: "key-of-one-urge",
        ]
        return try await client.executeRequest(
          uri: "/api/v1/matters/\(no)/urge", method: .post, headers: headers, body: ByteBuffer(string: body))
      }
      let first = try await urge(#"{"note":"请尽快"}"#)
      #expect(first.status == .ok)
      #expect(try await urge(#"{"note":"请尽快"}"#).text == first.text)
      #expect(try await urge("").status == .unprocessableContent)
      #expect(try await urge(#"{"note":5}"#).status == .unprocessableContent)
    }
  }

  @Test func anUnknownKeyIsNamedAndNothingIsStored() async throws {
    let scene = try await WholeHouse.make()
    let tokens = try await ObjectTableTests.tokens(scene)
    let dispatcher = try scene.somebody(.dispatcher)
    try await scene.walk { client in
      let headers: HTTPFields = [.authorization: "Bearer \(tokens[dispatcher.person.id] ?? "")"]
      let answer = try await client.executeRequest(
        uri: "/api/v1/reports", method: .post, headers: headers, body: ByteBuffer(string: #"{"content":"楼道堆物","urgnet":true}"#))
      #expect(answer.status == .unprocessableContent && answer.text.contains("json-unknown-key") && answer.text.contains("urgnet"))
    }
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM report") } == 0)
  }
}

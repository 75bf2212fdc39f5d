import Foundation
import HTTPTypes
import Kernel
import People
import WebSupport

/// One endpoint: what the router registers and what the OpenAPI document says, from one value.
struct ApiEndpoint: Sendable {
  let method: RouteBook.Method
  /// Below "/api/v1".
  let path: String
  /// Nil for endpoints that need no token.
  let permission: Permission?
  let summary: String
  let tag: String
  let query: [Parameter]
  /// The body's schema in the components.
  let body: String?
  let status: Int
  /// Further statuses of success: a report that is there already is answered with 200.
  let others: [Int]
  let answer: ApiSchema
  /// A step of the loop: takes `If-Match` with the version that was seen.
  let versioned: Bool
  /// Takes `Idempotency-Key`.
  let idempotent: Bool
  let handler: RouteBook.Handler

  struct Parameter: Sendable {
    let name: String
    let schema: ApiSchema
  }

  init(
    _ method: RouteBook.Method, _ path: String, _ permission: Permission?, _ tag: String, _ summary: String, query: [Parameter] = [],
    body: String? = nil,
    status: Int = 200, others: [Int] = [], answer: ApiSchema, versioned: Bool = false, idempotent: Bool = false,
    _ handler: @escaping RouteBook.Handler
  ) {
    self.method = method
    self.path = path
    self.permission = permission
    self.tag = tag
    self.summary = summary
    self.query = query
    self.body = body
    self.status = status
    self.others = others
    self.answer = answer
    self.versioned = versioned
    self.idempotent = idempotent
    self.handler = handler
  }

  func register(_ book: inout RouteBook) {
    let policy: Policy = permission.map { .token($0) } ?? .public
    switch method {
    case .get: book.get("/api/v1\(path)", allow: policy, handler)
    case .post: book.post("/api/v1\(path)", allow: policy, limits: .small, checked)
    case .put: book.put("/api/v1\(path)", allow: policy, limits: .small, checked)
    case .patch: book.patch("/api/v1\(path)", allow: policy, limits: .small, checked)
    case .delete: book.delete("/api/v1\(path)", allow: policy, handler)
    }
  }

  /// The handler behind what the document promises of every body and header.
  private var checked: RouteBook.Handler {
    let handler = handler
    let schema = body.flatMap { name in RestRoutes.schemas.first { $0.0 == name }?.1 }
    let idempotent = idempotent
    return { visit in
      // Without a word on its type a body is taken for JSON.
      if let type = visit.headers[.contentType], !Self.isJSON(type) { return try Self.otherType(visit) }
      // A key that is too short to be anybody's own would not be remembered, and its sender would rely on it.
      if idempotent, visit.headers[.apiKey] != nil, visit.once == nil {
        throw Refusal(.invalid, "api-idempotency-key", "Idempotency-Key 须为 8 到 128 个字符，每次登记各不相同。", field: "Idempotency-Key")
      }
      if let schema { try ApiBody.check(visit.body, schema) }
      return try await handler(visit)
    }
  }
  static func isJSON(_ type: String) -> Bool {
    type.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() } == "application/json"
  }
  private static func otherType(_ visit: Visit) throws -> Answer {
    try visit.problem(Refusal(.invalid, "api-content-type", "请求正文须为 application/json。"), .unsupportedMediaType)
  }

  var operation: ApiJSON {
    var fields: [(String, ApiJSON)] = [
      ("summary", .string(summary)), ("tags", .array([.string(tag)])),
      ("operationId", .string(method.rawValue.lowercased() + path.split(separator: "/").map { Self.word($0) }.joined())),
    ]
    fields.append(("security", permission == nil ? .array([]) : .array([.object([("token", .array([]))])])))
    var parameters: [ApiJSON] = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { name in
      .object([
        ("name", .string(String(name.dropFirst().dropLast()))), ("in", .string("path")), ("required", .bool(true)),
        ("schema", ApiSchema.string().json),
      ])
    }
    parameters += query.map { .object([("name", .string($0.name)), ("in", .string("query")), ("schema", $0.schema.json)]) }
    if idempotent {
      parameters.append(
        .object([
          ("name", .string("Idempotency-Key")), ("in", .string("header")), ("schema", ApiSchema.text(8...128, "同一个键只登记一次").json),
        ]))
    }
    if versioned {
      parameters.append(
        .object([
          ("name", .string("If-Match")), ("in", .string("header")),
          ("schema", ApiSchema.formed(.pattern(Self.versionPattern), "看到的版本号；已变化时返回 409").json),
        ]))
    }
    if !parameters.isEmpty { fields.append(("parameters", .array(parameters))) }
    if let body {
      fields.append(
        ("requestBody", .object([("required", .bool(true)), ("content", Self.content("application/json", ApiSchema.ref(body).json))])))
    }
    var responses = ([status] + others).map { code in
      (String(code), ApiJSON.object([("description", .string("成功")), ("content", Self.content("application/json", answer.json))]))
    }
    responses += problems.map { (String($0), .object([("$ref", .string("#/components/responses/\($0)"))])) }
    fields.append(("responses", .object(responses)))
    return .object(fields)
  }
  /// `If-Match` as this API reads it.
  static let versionPattern = "^(\"[0-9]{1,9}\"|[0-9]{1,9})$"

  /// Every status besides success, with what it says.
  static let problems: [(status: Int, says: String)] = [
    (401, "没有带有效的令牌"), (403, "令牌的账号没有这项权限"), (404, "没有，或者不在您的范围内"), (409, "情况已经变化，或者尚缺条件"), (413, "正文过大"),
    (415, "正文不是 application/json"), (422, "内容需要修改"), (429, "过于频繁，Retry-After 秒后再试"), (503, "暂时办不了，Retry-After 秒后再试"),
  ]
  private var problems: [Int] {
    var codes = [429, 503]
    if permission != nil { codes += [401, 403] }
    if path.contains("{") || method != .get { codes.append(404) }
    if method != .get { codes += [409, 413, 415] }
    if method != .get || !query.isEmpty { codes.append(422) }
    return codes.sorted()
  }
  static var responses: ApiJSON {
    .object(
      problems.map { status, says in
        (
          String(status),
          .object([("description", .string(says)), ("content", content("application/problem+json", ApiSchema.ref("Problem").json))])
        )
      })
  }

  private static func content(_ type: String, _ schema: ApiJSON) -> ApiJSON { .object([(type, .object([("schema", schema)]))]) }
  private static func word(_ piece: Substring) -> String {
    let bare = piece.hasPrefix("{") ? "By-" + piece.dropFirst().dropLast() : String(piece)
    return bare.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}

/// The document that describes the API, served and committed.
struct OpenAPIDocument {
  let endpoints: [ApiEndpoint]
  let schemas: [(String, ApiSchema)]

  var text: String {
    var paths: [(String, [(String, ApiJSON)])] = []
    for endpoint in endpoints {
      let operation = (endpoint.method.rawValue.lowercased(), endpoint.operation)
      if let i = paths.firstIndex(where: { $0.0 == endpoint.path }) {
        paths[i].1.append(operation)
      } else {
        paths.append((endpoint.path, [operation]))
      }
    }
    let document = ApiJSON.object([
      ("openapi", .string("3.1.0")),
      (
        "info",
        .object([
          ("title", .string("弄堂 API")), ("version", .string("1")),
          (
            "description",
            .string("登记诉件、查询事项、办理闭环的每一步。错误以 RFC 9457 问题说明返回，code 稳定不变。时间为带时区的 ISO 8601，编号为页面所见的编号。")
          ),
        ])
      ),
      ("servers", .array([.object([("url", .string("/api/v1"))])])),
      ("paths", .object(paths.map { ($0.0, .object($0.1)) })),
      (
        "components",
        .object([
          ("securitySchemes", .object([("token", .object([("type", .string("http")), ("scheme", .string("bearer"))]))])),
          ("responses", ApiEndpoint.responses),
          ("schemas", .object(schemas.map { ($0.0, $0.1.json) })),
        ])
      ),
    ])
    return document.text() + "\n"
  }
}

extension HTTPField.Name {
  static let apiKey = HTTPField.Name("Idempotency-Key") ?? .server
}

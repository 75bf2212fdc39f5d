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
    status: Int = 200, answer: ApiSchema, versioned: Bool = false, idempotent: Bool = false, _ handler: @escaping RouteBook.Handler
  ) {
    self.method = method
    self.path = path
    self.permission = permission
    self.tag = tag
    self.summary = summary
    self.query = query
    self.body = body
    self.status = status
    self.answer = answer
    self.versioned = versioned
    self.idempotent = idempotent
    self.handler = handler
  }

  func register(_ book: inout RouteBook) {
    let policy: Policy = permission.map { .token($0) } ?? .public
    switch method {
    case .get: book.get("/api/v1\(path)", allow: policy, handler)
    case .post: book.post("/api/v1\(path)", allow: policy, limits: .small, handler)
    case .put: book.put("/api/v1\(path)", allow: policy, limits: .small, handler)
    case .patch: book.patch("/api/v1\(path)", allow: policy, limits: .small, handler)
    case .delete: book.delete("/api/v1\(path)", allow: policy, handler)
    }
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
          ("name", .string("Idempotency-Key")), ("in", .string("header")), ("schema", ApiSchema.string("同一个键只登记一次").json),
        ]))
    }
    if versioned {
      parameters.append(
        .object([
          ("name", .string("If-Match")), ("in", .string("header")), ("schema", ApiSchema.string("看到的版本号；已变化时返回 409").json),
        ]))
    }
    if !parameters.isEmpty { fields.append(("parameters", .array(parameters))) }
    if let body {
      fields.append(
        ("requestBody", .object([("required", .bool(true)), ("content", Self.content("application/json", ApiSchema.ref(body).json))])))
    }
    var responses: [(String, ApiJSON)] = [
      (String(status), .object([("description", .string("成功")), ("content", Self.content("application/json", answer.json))]))
    ]
    let problem = ApiJSON.object([
      ("description", .string("问题说明")), ("content", Self.content("application/problem+json", ApiSchema.ref("Problem").json)),
    ])
    responses.append(("default", problem))
    fields.append(("responses", .object(responses)))
    return .object(fields)
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
          ("schemas", .object(schemas.map { ($0.0, $0.1.json) })),
        ])
      ),
    ])
    return document.text() + "\n"
  }
}

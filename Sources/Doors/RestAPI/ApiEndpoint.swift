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
  let body: Body?
  let status: Int
  /// Further statuses of success: a report that is there already is answered with 200.
  let others: [Int]
  let answer: Content
  /// A step of the loop: takes `If-Match` with the version that was seen.
  let versioned: Bool
  /// Takes `Idempotency-Key`.
  let idempotent: Bool
  let handler: RouteBook.Handler

  struct Parameter: Sendable {
    let name: String
    let schema: ApiSchema
    var required = false
  }
  /// What is sent.
  enum Body: Sendable, ExpressibleByStringLiteral {
    /// Of a schema in the components.
    case json(String, BodyLimits = .small)
    /// A part of a file, as it is.
    case bytes
    init(stringLiteral schema: String) { self = .json(schema) }
    var limits: BodyLimits {
      switch self {
      case .json(_, let limits): limits
      case .bytes: .part
      }
    }
  }
  /// What is answered.
  enum Content: Sendable {
    case json(ApiSchema)
    /// A file of this type; one that can be had in parts also by `Range`.
    case file(String, inParts: Bool = false)
    case nothing
    static func ref(_ name: String) -> Content { .json(.ref(name)) }
    static func array(_ item: ApiSchema) -> Content { .json(.array(item)) }

    var takesRange: Bool { if case .file(_, true) = self { true } else { false } }
  }

  init(
    _ method: RouteBook.Method, _ path: String, _ permission: Permission?, _ tag: String, _ summary: String, query: [Parameter] = [],
    body: Body? = nil,
    status: Int = 200, others: [Int] = [], answer: Content, versioned: Bool = false, idempotent: Bool = false,
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
    let limits = body?.limits ?? .small
    switch method {
    case .get: book.get("/api/v1\(path)", allow: policy, handler)
    case .post: book.post("/api/v1\(path)", allow: policy, limits: limits, checked)
    case .put: book.put("/api/v1\(path)", allow: policy, limits: limits, checked)
    case .patch: book.patch("/api/v1\(path)", allow: policy, limits: limits, checked)
    case .delete: book.delete("/api/v1\(path)", allow: policy, limits: limits, checked)
    }
  }

  /// The handler behind what the document promises of every body and header.
  private var checked: RouteBook.Handler {
    let handler = handler
    let name: String? = if case .json(let name, _) = body { name } else { nil }
    let schema = name.flatMap { name in RestRoutes.schemas.first { $0.0 == name }?.1 }
    let wanted = if case .bytes = body { "application/octet-stream" } else { "application/json" }
    let idempotent = idempotent
    return { visit in
      // Without a word on its type a body is taken for what is wanted.
      if let type = visit.headers[.contentType], !Self.isType(type, wanted) {
        return try visit.problem(Refusal(.invalid, "api-content-type", "请求正文须为 \(wanted)。"), .unsupportedMediaType)
      }
      // A key that is too short to be anybody's own would not be remembered, and its sender would rely on it.
      if idempotent, visit.headers[.apiKey] != nil, visit.once == nil {
        throw Refusal(.invalid, "api-idempotency-key", "Idempotency-Key 须为 8 到 128 个字符，每次登记各不相同。", field: "Idempotency-Key")
      }
      if let schema { try ApiBody.check(visit.body, schema) }
      return try await handler(visit)
    }
  }
  static func isType(_ type: String, _ wanted: String) -> Bool {
    type.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() } == wanted
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
    parameters += query.map {
      .object(
        [("name", .string($0.name)), ("in", .string("query"))] + ($0.required ? [("required", .bool(true))] : [])
          + [("schema", $0.schema.json)])
    }
    func header(_ name: String, _ schema: ApiSchema) {
      parameters.append(.object([("name", .string(name)), ("in", .string("header")), ("schema", schema.json)]))
    }
    if idempotent {
      header("Idempotency-Key", .text(8...128, "同一个键只登记一次"))
    }
    if versioned {
      header("If-Match", .formed(.pattern(Self.versionPattern), "看到的版本号；已变化时返回 409"))
    }
    if answer.takesRange {
      header("Range", .string("要的部分，如 bytes=0-1048575、bytes=1048576-、末尾 bytes=-500；一次一段，读不懂的当作没有"))
      header("If-Range", .string("上次得到的 ETag（原件的 SHA-256）；不一致时返回整个文件"))
    }
    if !parameters.isEmpty { fields.append(("parameters", .array(parameters))) }
    if let body {
      let content =
        switch body {
        case .json(let name, _): Self.content("application/json", ApiSchema.ref(name).json)
        case .bytes: Self.content("application/octet-stream", .object([]))
        }
      fields.append(("requestBody", .object([("required", .bool(true)), ("content", content)])))
    }
    var responses = ([status] + others).map { code in (String(code), success("成功")) }
    if answer.takesRange {
      responses.append(("206", success("要的部分，见 Content-Range")))
      responses.append(("416", .object([("$ref", .string("#/components/responses/416"))])))
    }
    responses += problems.map { (String($0), .object([("$ref", .string("#/components/responses/\($0)"))])) }
    fields.append(("responses", .object(responses)))
    return .object(fields)
  }
  private func success(_ says: String) -> ApiJSON {
    let content: ApiJSON? =
      switch answer {
      case .json(let schema): Self.content("application/json", schema.json)
      case .file(let type, _): Self.content(type, .object([]))
      case .nothing: nil
      }
    return .object([("description", .string(says))] + (content.map { [("content", $0)] } ?? []))
  }
  /// `If-Match` as this API reads it.
  static let versionPattern = "^(\"[0-9]{1,9}\"|[0-9]{1,9})$"

  /// Every status besides success, with what it says.
  static let problems: [(status: Int, says: String)] = [
    (401, "没有带有效的令牌"), (403, "令牌的账号没有这项权限"), (404, "没有，或者不在您的范围内"), (409, "情况已经变化，或者尚缺条件"), (413, "正文过大"),
    (415, "正文不是这个接口要的类型"), (416, "要的部分在文件末尾之后"), (422, "内容需要修改"), (429, "过于频繁，Retry-After 秒后再试"), (503, "暂时办不了，Retry-After 秒后再试"),
  ]
  private var problems: [Int] {
    var codes = [429, 503]
    if permission != nil { codes += [401, 403] }
    if path.contains("{") || method != .get { codes.append(404) }
    if method != .get { codes += [409, 413, 415] }
    // A file that is no longer what it was, or cannot be made yet.
    if method == .get, case .file = answer { codes.append(409) }
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

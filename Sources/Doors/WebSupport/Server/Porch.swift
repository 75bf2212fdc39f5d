import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import People
import Storage

/// What Hummingbird carries with a request, and what the doors add.
public struct DoorContext: RequestContext {
  public var coreContext: CoreRequestContextStorage
  let peer: String
  private(set) var requestID: String
  public init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    peer = source.channel.remoteAddress?.ipAddress ?? "127.0.0.1"
    requestID = RequestID.made()
    coreContext.parameters = .init()
    logger[metadataKey: "request"] = .string(requestID)
    logger[metadataKey: "hb.request.id"] = nil
  }
  /// The proxy's name for the request instead of ours.
  func called(_ id: String) -> DoorContext {
    var copy = self
    copy.requestID = id
    copy.logger[metadataKey: "request"] = .string(id)
    return copy
  }
}

/// Around every request, also those that lead nowhere: a limit by address, safe headers, one line in the log.
struct Porch: RouterMiddleware {
  let gatehouse: Gatehouse
  let access: Logger
  let addresses: KnownAddresses
  var site: Site { gatehouse.site }

  func handle(_ request: Request, context: DoorContext, next: (Request, DoorContext) async throws -> Response) async throws -> Response {
    let id = RequestID.given(request.headers[.requestID], by: context.peer, trusted: site.trustedProxies)
    let context = id.map(context.called) ?? context
    site.watch.enter()
    defer { site.watch.leave() }
    return try await Trace.$id.withValue(context.requestID) { try await answer(request, context, next) }
  }

  private func answer(
    _ request: Request, _ context: DoorContext, _ next: (Request, DoorContext) async throws -> Response
  ) async throws -> Response {
    let clock = ContinuousClock.now
    var response: Response
    do {
      // RFC 9112, 3.2: of two hosts a proxy may have gone by the other one.
      guard request.headers[.hostName] == nil else { throw Refusal(.invalid, "door-two-hosts", "请求里写了不止一个主机名，请直接用浏览器打开。") }
      let visit = Visit(request, context, site)
      if !request.uri.path.hasPrefix("/assets/"), let wait = try gatehouse.byAddress.take(visit.address, at: visit.now) {
        throw TooFast(seconds: wait)
      }
      response = try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      response = try await lost(request, context)
    } catch let error {
      let visit = Visit(request, context, site)
      response = Gate.response(try Gate.failed(error, visit, context.logger), visit)
    }
    harden(&response.headers)
    response.headers[.requestID] = context.requestID
    if site.watch.isDraining { response.headers[.connection] = "close" }
    if request.method == .head { response = response.createHeadResponse() }
    let spent = clock.duration(to: .now)
    site.watch.requests.count(
      context.endpointPath, request.method.rawValue, response.status.code,
      seconds: Double(spent.components.seconds)
        + Double(spent.components.attoseconds) / 1e18)
    log(request, context, response, spent)
    return response
  }

  /// Nobody's path. Whoever is signed in keeps their navigation.
  /// Nobody's path, or a path that takes other methods. Whoever is signed in keeps their navigation.
  private func lost(_ request: Request, _ context: DoorContext) async throws -> Response {
    var visit = Visit(request, context, site)
    if let token = visit.cookies[site.sessionCookie], let signedIn = try await SignIn.check(token, lengths: site.sessions, in: site.house) {
      visit = visit.with(signedIn: signedIn)
    }
    guard let allow = addresses.methods(of: visit.path) else { return Gate.response(try Failure.answer(Failure.missing, to: visit), visit) }
    let refusal = Refusal(.invalid, "door-method", "这个地址不支持此操作。")
    return Gate.response(try Failure.answer(refusal, to: visit, .methodNotAllowed).with(.allow, allow), visit)
  }

  static let policy = policy(images: "'self' data: blob:")
  static func policy(images: String) -> String {
    """
    default-src 'self'; script-src 'self'; style-src 'self'; img-src \(images); media-src 'self' blob:; connect-src 'self'; \
    object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'
    """
  }

  private func harden(_ headers: inout HTTPFields) {
    if headers[.contentSecurityPolicy] == nil { headers[.contentSecurityPolicy] = Self.policy }
    headers[.xContentTypeOptions] = "nosniff"
    headers[.frameOptions] = "DENY"
    headers[.referrerPolicy] = "same-origin"
    headers[.permissionsPolicy] = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"
    headers[.openerPolicy] = "same-origin"
    headers[.resourcePolicy] = "same-origin"
    if site.isSecure { headers[.strictTransportSecurity] = "max-age=31536000; includeSubDomains" }
  }

  /// Method, pattern, status, time: no path, query, address or name, so the log needs no more care than the program itself.
  private func log(_ request: Request, _ context: DoorContext, _ response: Response, _ spent: Duration) {
    let milliseconds = spent.components.seconds * 1000 + spent.components.attoseconds / 1_000_000_000_000_000
    access.info(
      "\(request.method.rawValue) \(response.status == .notFound ? "-" : context.endpointPath ?? "-") \(response.status.code) \(milliseconds)ms",
      metadata: ["request": .string(context.requestID)])
  }
}

extension Visit {
  init(_ request: Request, _ context: DoorContext, _ site: Site) {
    var parameters: [String: String] = [:]
    for (name, value) in context.parameters { parameters[String(name)] = String(value) }
    let forwarded = request.headers[values: .forwardedFor]
    var headers = request.headers
    // The server hands on `Host` as the request's authority, not among its headers.
    if let host = request.head.authority { headers[.hostName] = host }
    self.init(
      site: site, id: context.requestID, now: site.house.now(), method: request.method, path: request.uri.path,
      rawQuery: request.uri.query ?? "",
      // A query that cannot be read asks for nothing.
      query: (try? Fields.urlEncoded(request.uri.query ?? "")) ?? Fields(), form: Fields(), files: [], body: Data(),
      headers: headers, peer: context.peer,
      address: ClientAddress.find(peer: context.peer, forwarded: forwarded, trusted: site.trustedProxies), signedIn: nil, program: nil,
      parameters: parameters, cookies: RequestCookies.read(request.headers[values: .cookie]), jar: CookieJar(secure: site.isSecure))
  }
  func with(signedIn: SignedIn) -> Visit { changed { $0.signedIn = signedIn } }
  func withoutSession() -> Visit { changed { $0.signedIn = nil } }
  func with(program: Person) -> Visit { changed { $0.program = program } }
  func with(_ read: ReadBody) -> Visit {
    changed {
      $0.form = read.form
      $0.files = read.files
      $0.body = read.raw
    }
  }
  private func changed(_ change: (inout Visit) -> Void) -> Visit {
    var copy = self
    change(&copy)
    return copy
  }
  /// As it was asked, for coming back after signing in.
  var pathAndQuery: String { rawQuery.isEmpty ? path : "\(path)?\(rawQuery)" }
}

extension RouteBook {
  /// The router of all routes, with the porch around it. Every path answers other methods with 405, and GET also HEAD.
  /// - Throws: `RouteBookError` when the book has problems.
  public func router(_ site: Site, logger: Logger = Logger(label: "access")) throws -> Router<DoorContext> {
    guard problems.isEmpty else { throw RouteBookError(problems: problems) }
    let gatehouse = Gatehouse(site, logger: logger)
    let router = Router(context: DoorContext.self)
    router.add(middleware: Porch(gatehouse: gatehouse, access: logger, addresses: KnownAddresses(routes)))
    for route in routes {
      let gate = Gate(route: route, gatehouse: gatehouse)
      let respond: @Sendable (Request, DoorContext) async throws -> Response = { try await gate.respond(to: $0, $1) }
      router.on(RouterPath(route.path), method: route.method.http, use: respond)
      if route.method == .get { router.on(RouterPath(route.path), method: .head, use: respond) }
    }
    return router
  }
}

public struct RouteBookError: Error, CustomStringConvertible {
  public let problems: [String]
  public var description: String { problems.joined(separator: "\n") }
}

extension RouteBook.Method {
  var http: HTTPRequest.Method {
    switch self {
    case .get: .get
    case .post: .post
    case .put: .put
    case .patch: .patch
    case .delete: .delete
    }
  }
}

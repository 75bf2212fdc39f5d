import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import People
import Storage

/// The state of the doors that outlives a request.
final class Gatehouse: Sendable {
  let site: Site
  let bodies = BodyReader()
  let once = OnceMemory()
  let byAddress: RateLimiter
  let byAccount: RateLimiter
  let byPublicForm: RateLimiter
  /// Nil where no other server shares the store.
  let across: OnceAcross?
  init(_ site: Site, logger: Logger) {
    self.site = site
    let isShared = site.house.store.dialect.isShared
    let names = isShared ? RateNames(site.house.seals) : nil
    byAddress = RateLimiter(site.limits.address, names: names)
    byAccount = RateLimiter(site.limits.account, names: names)
    byPublicForm = RateLimiter(site.limits.publicForm, names: names)
    across = isShared ? OnceAcross(house: site.house, logger: logger) : nil
    site.exchange.join(["address": byAddress, "account": byAccount, "form": byPublicForm])
  }
}

/// Stands before one route: who is it, may they, is the form ours, then the handler, then whatever went wrong as a page.
struct Gate: Sendable {
  let route: RouteBook.Route
  let gatehouse: Gatehouse
  var site: Site { gatehouse.site }

  /// What is open to somebody who has come in only half: the pages of the next step, and the way out. The first is where they are led.
  static func open(in stage: SignInStage) -> [String]? {
    switch stage {
    case .whole: nil
    case .codeDue: ["/sign-in/code", "/sign-out"]
    case .passwordDue: ["/account/password", "/sign-out"]
    case .enrolmentDue: ["/account/factor", "/account/factor/begin", "/account/factor/enrol", "/account/confirm", "/sign-out"]
    }
  }

  func respond(to request: Request, _ context: DoorContext) async throws -> Response {
    var visit = Visit(request, context, site)
    let answer: Answer
    do {
      answer = try await admit(request, &visit)
    } catch let error {
      answer = try Self.failed(error, visit, context.logger)
    }
    return Self.response(answer, visit)
  }

  private func admit(_ request: Request, _ visit: inout Visit) async throws -> Answer {
    switch route.policy {
    case .public:
      try await know(&visit)
      // Somebody half in is nobody yet.
      if let stage = visit.signedIn?.stage, stage == .codeDue || stage == .enrolmentDue { visit = visit.withoutSession() }
    case .signedIn(let permission):
      try await know(&visit)
      guard let signedIn = visit.signedIn else { return try Self.toSignIn(visit) }
      if let open = Self.open(in: signedIn.stage), !open.contains(route.path) { return try Self.onward(signedIn.stage, open[0], visit) }
      if let permission { try signedIn.person.require(permission) }
      try slow(gatehouse.byAccount, String(signedIn.person.id.raw), visit)
      if route.confirmed, route.method == .get, !signedIn.isConfirmed(at: visit.now, site.sessions) {
        return try Confirming.onward(visit)
      }
    case .token(let permission):
      guard let token = Self.bearer(request), let program = try await ApiTokens.check(token, in: site.house) else {
        return try Failure.answer(Refusal(.forbidden, "door-no-token", "请求未带有效的接口令牌。"), to: visit, .unauthorized).unauthorized()
      }
      visit = visit.with(program: program)
      if let permission { try program.require(permission) }
      try slow(gatehouse.byAccount, String(program.id.raw), visit)
    }
    guard route.method != .get else { return try await handle(visit) }
    if visit.program == nil {
      try sameSite(visit)
      if visit.signedIn == nil { try slow(gatehouse.byPublicForm, visit.address, visit) }
    }
    visit = visit.with(try await gatehouse.bodies.read(request, limits: route.limits, from: visit.address))
    if visit.program == nil { try checkToken(visit) }
    if route.confirmed, let asked = try await Confirming.answer(visit) { return asked }
    return try await carryOutOnce(visit)
  }

  private func know(_ visit: inout Visit) async throws {
    guard let token = visit.cookies[site.sessionCookie], !token.isEmpty else { return }
    if let signedIn = try await SignIn.check(token, lengths: site.sessions, in: site.house) {
      visit = visit.with(signedIn: signedIn)
    } else {
      visit.jar.clear(site.sessionCookie)
    }
  }

  /// A browser says whose page sent the form: anything but our own is turned away before its body is read.
  private func sameSite(_ visit: Visit) throws {
    if let site = visit.headers[.fetchSite], site != "same-origin", site != "none" { throw Failure.crossSite }
    guard let sent = visit.headers[.origin] else { return }
    let origin = Origin(URL(string: sent))
    // Reached by another name than the public one (localhost, an address), the page's own host counts as well.
    let own = Origin(URL(string: site.publicURL))
    guard origin != nil, origin == own || origin?.hostAndPort == visit.headers[.hostName]?.lowercased() else { throw Failure.crossSite }
  }

  private func checkToken(_ visit: Visit) throws {
    let given = visit.form[FormTokens.csrfField] ?? visit.headers[HTTPField.Name.csrf] ?? ""
    let expected: String
    if let signedIn = visit.signedIn {
      expected = signedIn.csrf
    } else {
      guard let nonce = visit.cookies[site.formCookie], nonce.utf8.count == 43 else { throw Failure.stale }
      expected = try Visit.publicToken(for: nonce, site.house.seals)
    }
    guard Secrets.same(given, expected) else { throw Failure.stale }
  }

  private func carryOutOnce(_ visit: Visit) async throws -> Answer {
    guard let once = visit.once else { return try await handle(visit) }
    let who = visit.anybody.map { String($0.id.raw) } ?? visit.cookies[site.formCookie] ?? visit.address
    var key = "\(who) \(visit.method.rawValue) \(visit.path) \(once)"
    if visit.program != nil {
      // A program's key with another body is another request: it is not told that the earlier one succeeded.
      key += " " + Secrets.hash(of: "\(visit.headers[.ifMatch].map { "=" + $0 } ?? "") \(String(decoding: visit.body, as: UTF8.self))")
    }
    if let earlier = await gatehouse.once.begin(key, at: visit.now) { return earlier }
    do {
      let (answer, kept) = try await carryOut(visit, key)
      await gatehouse.once.finish(key, kept, at: visit.now)
      return answer
    } catch {
      await gatehouse.once.finish(key, nil, at: visit.now)
      throw error
    }
  }
  /// On this server it is the first; another may have been faster.
  /// - Returns: the answer, and what a second copy gets; nil when that is to be carried out.
  private func carryOut(_ visit: Visit, _ key: String) async throws -> (answer: Answer, kept: Answer?) {
    let claim: String?
    switch try await gatehouse.across?.begin(key, at: visit.now) {
    case .earlier(let earlier): return (earlier, earlier)
    case .mine(let holder): claim = holder
    case nil: claim = nil
    }
    var kept: Answer?
    do {
      let answer = try await spending(visit, key)
      if answer.status.code < 400 {
        // With its cookies: of two taps on "登录" the browser keeps only the second answer.
        var copy = answer
        for line in visit.jar.lines { copy.headers.append(HTTPField(name: .setCookie, value: line)) }
        kept = copy
      }
      if let claim { await gatehouse.across?.finish(key, claim, kept, visit) }
      return (answer, kept)
    } catch {
      if let claim { await gatehouse.across?.finish(key, claim, nil, visit) }
      throw error
    }
  }

  /// For good, where the route says so.
  private func spending(_ visit: Visit, _ key: String) async throws -> Answer {
    guard route.spendsForm else { return try await handle(visit) }
    let (name, now) = (Secrets.hash(of: key), visit.now)
    try await site.house.store.write { db in try SpentForms.spend(name, at: now, db) }
    do {
      let answer = try await handle(visit)
      if answer.status.code >= 400 { try await site.house.store.write { db in try SpentForms.giveBack(name, db) } }
      return answer
    } catch {
      try await site.house.store.write { db in try SpentForms.giveBack(name, db) }
      throw error
    }
  }

  private func handle(_ visit: Visit) async throws -> Answer {
    guard let seconds = site.secondsAfterWrite else { return try await route.handler(visit).answer(to: visit) }
    // Whoever has written reads what they wrote, on whichever server the next page is made.
    let mayLag = route.mayLag && visit.cookies[site.freshCookie] == nil
    if route.method != .get { visit.jar.set(site.freshCookie, "1", seconds: seconds) }
    var answer = try await Freshness.$mayLag.withValue(mayLag) { try await route.handler(visit).answer(to: visit) }
    if mayLag, case .stream(let write, let length) = answer.body {
      answer.body = .stream(
        { writer in try await Freshness.$mayLag.withValue(true) { try await write(&writer) } }, length: length)
    }
    return answer
  }

  private func slow(_ limiter: RateLimiter, _ key: String, _ visit: Visit) throws {
    if let wait = try limiter.take(key, at: visit.now) { throw TooFast(seconds: wait) }
  }

  // MARK: Answers of the doors themselves

  static func toSignIn(_ visit: Visit) throws -> Answer {
    if visit.wantsJSON { return try Failure.answer(Refusal(.forbidden, "door-nobody", "请先登录。"), to: visit, .unauthorized).unauthorized() }
    // After a form there is no page to come back to; the draft waits in the browser on the page before it.
    let target = visit.method == .get || visit.method == .head ? visit.pathAndQuery : visit.back
    return .redirect(target == "/" ? "/sign-in" : "/sign-in?next=\(SafeURL.encode(target))")
  }
  /// To the page of the step that is due; what was asked for comes after it.
  static func onward(_ stage: SignInStage, _ page: String, _ visit: Visit) throws -> Answer {
    if visit.wantsJSON {
      switch stage {
      case .passwordDue: throw Refusal(.forbidden, "door-password-due", "请先修改密码。")
      default: throw Refusal(.forbidden, "door-factor-due", "请先完成两步验证。")
      }
    }
    guard visit.method == .get, visit.pathAndQuery != "/", stage == .codeDue else { return .redirect(page) }
    return .redirect("\(page)?next=\(SafeURL.encode(visit.pathAndQuery))")
  }
  static func bearer(_ request: Request) -> String? {
    guard let header = request.headers[.authorization] else { return nil }
    let parts = header.split(separator: " ", maxSplits: 1)
    return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
  }
  static func failed(_ error: any Error, _ visit: Visit, _ logger: Logger) throws -> Answer {
    switch error {
    case let refusal as Refusal: return try Failure.answer(refusal, to: visit)
    case let refusals as Refusals: return try Failure.answer(refusals, to: visit)
    case let fast as TooFast:
      return try Failure.answer(fast.refusal, to: visit).with(.retryAfter, String(fast.seconds))
    case is VaultError where (error as? VaultError)?.isPassing == true, is StorageError where (error as? StorageError)?.isPassing == true:
      logger.error("store not available", metadata: ["error": "\(error)"])
      return try Failure.answer(Refusal(.unavailable, "door-store", "系统忙，没有完成这次操作，请稍后再试。"), to: visit)
        .with(.retryAfter, "5")
    case VaultError.altered(let name):
      logger.critical("a file is not what it was", metadata: ["file": "\(name)"])
      return try Failure.answer(
        Refusal(.unavailable, "door-file-altered", "这个文件与登记的不一致，已停止提供。请告诉审计管理员核验，并从备份恢复。"), to: visit)
    default:
      // The one place where it is written down. Storage errors name tables, never values.
      logger.error("unforeseen error", metadata: ["error": "\(String(reflecting: type(of: error))): \(error)"])
      return try Failure.unforeseen(to: visit)
    }
  }

  static func response(_ answer: Answer, _ visit: Visit) -> Response {
    var headers = answer.headers
    for line in visit.jar.lines { headers.append(HTTPField(name: .setCookie, value: line)) }
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    switch answer.body {
    case .none: return Response(status: answer.status, headers: headers)
    case .bytes(let bytes):
      return Response(status: answer.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    case .stream(let write, let length):
      return Response(
        status: answer.status, headers: headers,
        body: ResponseBody(contentLength: length) { writer in
          // Written after the porch has been left, still on behalf of the same request.
          try await Trace.$id.withValue(visit.id) { try await write(&writer) }
          try await writer.finish(nil)
        })
    }
  }
}

/// Requests came faster than the limits allow.
struct TooFast: Error {
  let seconds: Int
  var refusal: Refusal { Refusal(.limit, "door-too-fast", "操作过于频繁，请 \(seconds) 秒后再试。") }
}

extension Answer {
  func unauthorized() -> Answer {
    var copy = self
    copy.headers[.wwwAuthenticate] = "Bearer"
    return copy
  }
}
extension HTTPField.Name {
  static let csrf = HTTPField.Name("X-CSRF-Token") ?? .server
}

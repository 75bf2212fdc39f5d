import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import People
import Storage

/// One request, as a handler sees it.
public struct Visit: Sendable {
  public let site: Site
  /// The request's id: in the log, in `X-Request-Id`, and on a page that had to say "error".
  public let id: String
  public let now: Moment
  public let method: HTTPRequest.Method
  /// Without the query, still percent-encoded.
  public let path: String
  let rawQuery: String
  public let query: Fields
  /// Empty unless a form was posted.
  public internal(set) var form: Fields
  public internal(set) var files: [UploadedFile]
  /// What was sent when it was no form: JSON, CSV.
  public internal(set) var body: Data
  public let headers: HTTPFields
  /// The address at the other end of the connection: the client's, or the proxy's.
  let peer: String
  /// The client's address: of the last hop that is not a trusted proxy.
  public let address: String
  /// Nil on a public route when nobody is signed in, and on token routes.
  public internal(set) var signedIn: SignedIn?
  /// The account behind a bearer token.
  public internal(set) var program: Person?
  let parameters: [String: String]
  let cookies: [String: String]
  let jar: CookieJar

  public var house: House { site.house }
  /// Who is acting. On a signed-in or token route there is always somebody.
  public var person: Person {
    get throws(Refusal) {
      guard let person = signedIn?.person ?? program else { throw Refusal(.forbidden, "door-nobody", "请先登录。") }
      return person
    }
  }
  /// The person when there is one; for public routes that show a little more to those they know.
  public var anybody: Person? { signedIn?.person ?? program }
  public var agent: String { headers[.userAgent] ?? "" }

  /// Asked by a program on this machine itself. Whatever came through a proxy did not, even when the proxy runs here.
  public var isLocal: Bool {
    guard Self.loopback.contains(where: { $0.contains(peer) }) else { return false }
    return Self.proxyTraces.allSatisfy { headers[$0] == nil }
  }
  private static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }
  private static let proxyTraces: [HTTPField.Name] =
    [.forwardedFor] + ["Forwarded", "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host", "Via"].compactMap { HTTPField.Name($0) }
  /// Whether the request carries this bearer token.
  public func bears(_ token: String) -> Bool {
    guard let header = headers[.authorization], header.lowercased().hasPrefix("bearer ") else { return false }
    return Secrets.same(header.dropFirst(7).trimmingCharacters(in: .whitespaces), token)
  }

  // MARK: What was asked

  /// A parameter of the path, decoded.
  public func path(_ name: String) throws(Refusal) -> String {
    guard let raw = parameters[name], let value = Fields.decoded(raw.utf8, plusIsSpace: false), !value.isEmpty, value.utf8.count <= 200,
      value.unicodeScalars.allSatisfy({ $0.value >= 32 })
    else { throw Failure.missing }
    return value
  }
  public func pathID<Record>(_ name: String, _: Record.Type = Record.self) throws(Refusal) -> Identifier<Record> {
    guard let id = Identifier<Record>(try path(name)) else { throw Failure.missing }
    return id
  }
  public func files(_ field: String) -> [UploadedFile] { files.filter { $0.field == field } }
  /// The mark that makes a second tap the same request: `_once` of a form, `Idempotency-Key` of the API.
  public var once: String? {
    guard let key = form[FormTokens.onceField] ?? headers[.idempotencyKey], (8...128).contains(key.utf8.count) else { return nil }
    return key
  }
  /// Which bytes of a file are asked for; all of them when `If-Range` knows another content.
  /// - Parameter mark: names the content, as its hash does.
  public func range(of size: Int, mark: String) -> ByteRange {
    if let known = headers[.ifRange], known.trimmingCharacters(in: .whitespaces) != "\"\(mark)\"" { return .whole }
    return ByteRange.read(headers[.range], of: size)
  }
  /// The body as JSON.
  public func decode<Value: Decodable>(_: Value.Type = Value.self) throws(Refusal) -> Value {
    do { return try JSONDecoder().decode(Value.self, from: body) } catch DecodingError.keyNotFound(let key, let context) {
      let at = (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
      throw Refusal(.invalid, "json-missing-key", "缺少字段 \(at)。", field: at)
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context), DecodingError.dataCorrupted(
      let context)
    {
      let at = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw Refusal(.invalid, "json-unreadable", at.isEmpty ? "请求正文不是有效的 JSON。" : "字段 \(at) 的内容无法识别。", field: at.isEmpty ? nil : at)
    } catch { throw Refusal(.invalid, "json-unreadable", "请求正文不是有效的 JSON。") }
  }
  /// Whether the answer should be JSON: the API, or a script of ours that asked for it.
  public var wantsJSON: Bool {
    path.hasPrefix("/api/") || ((headers[.accept] ?? "").contains("application/json") && !(headers[.accept] ?? "").contains("text/html"))
  }
  /// The page's uploader waits for 201 and goes on by itself.
  public var isUpload: Bool { headers[.longtang] == "upload" }
  /// Where the person came from, when that was here; for "返回上一页".
  public var back: String {
    guard let referer = headers[.referer], let url = URL(string: referer) else { return "/" }
    let origin = Origin(url)
    guard origin == Origin(URL(string: site.publicURL)) || origin?.hostAndPort == headers[.hostName]?.lowercased() else { return "/" }
    return LocalPath.safe(url.path(percentEncoded: true) + (url.query(percentEncoded: true).map { "?" + $0 } ?? "")) ?? "/"
  }
  /// Where to go after signing in, as asked by `?next=` or the form's `next`; only on this site.
  public var next: String? { LocalPath.safe(form["next"] ?? query["next"]) }

  // MARK: What is answered

  /// For `UI.form`: the session's token, or for somebody not signed in one that goes with a cookie.
  public func formTokens() throws -> FormTokens {
    FormTokens(csrf: try signedIn?.csrf ?? publicToken(), once: Secrets.token())
  }
  private func publicToken() throws -> String {
    let known = jar.value(of: site.formCookie) ?? cookies[site.formCookie].flatMap { $0.utf8.count == 43 ? $0 : nil }
    let nonce = known ?? Secrets.token()
    // A day, so that a page left open overnight still sends.
    jar.set(site.formCookie, nonce, seconds: 86_400)
    return try Self.publicToken(for: nonce, site.house.seals)
  }
  static func publicToken(for nonce: String, _ seals: SealRing) throws -> String { try seals.tag("form:" + nonce) }

  /// A page with its frame filled in: who, navigation, demonstration band, asset versions, and what was to be told.
  public func page(_ title: String, _ frame: Page.Frame? = nil, active: String = "", wide: Bool = false) -> Page {
    var page = Page(frame ?? (signedIn == nil ? .resident : .staff), title: title, main: .empty)
    if let signedIn {
      page.who = Page.Who(
        name: signedIn.person.name, office: signedIn.person.officeName, role: signedIn.person.role.chinese, csrf: signedIn.csrf)
      // Until somebody is wholly in nothing else opens, so nothing else is offered.
      page.places = signedIn.stage == .whole ? site.places(signedIn.person) : []
    } else {
      page.places = []
    }
    page.active = active
    page.wide = wide
    page.demo = house.isDemonstration
    page.assets = site.assets
    if let flash = takeFlash() { page.notices.append(flash) }
    return page
  }
  /// Shown once at the top of the next page.
  public func flash(_ tone: Tone = .good, _ title: String) throws {
    jar.set(site.flashCookie, try Flash(tone: tone.rawValue, title: title).sealed(house.seals), seconds: 60)
  }
  private func takeFlash() -> HTML? {
    guard let text = cookies[site.flashCookie], !text.isEmpty else { return nil }
    jar.clear(site.flashCookie)
    // A cookie that cannot be opened tells nothing; it is simply dropped.
    guard let flash = try? Flash.open(text, house.seals) else { return nil }
    return UI.notice(Tone(rawValue: flash.tone) ?? .neutral, flash.title)
  }
  /// What a form that went through answers: on to a page, saying so there.
  public func done(_ at: String, saying: String? = nil, _ tone: Tone = .good) throws -> Answer {
    if let saying { try flash(tone, saying) }
    return isUpload ? .created(at) : .redirect(at)
  }
  /// The form again, with what is wrong with it: 422, or the status of the refusal.
  public func again(_ page: Page, after refusal: Refusal? = nil) -> Answer {
    var page = page
    page.problem = true
    return .page(page, refusal.map(Failure.status) ?? .unprocessableContent)
  }
  /// A refusal under a status that is more exact than its kind's.
  public func problem(_ refusal: Refusal, _ status: HTTPResponse.Status) throws -> Answer { try Failure.answer(refusal, to: self, status) }
  /// Begins a session: the cookie holds the token, the store only its hash.
  public func begin(session token: String) { jar.set(site.sessionCookie, token) }
  public func endSession() { jar.clear(site.sessionCookie) }
}

extension HTTPField.Name {
  static let idempotencyKey = known("Idempotency-Key")
  static let longtang = known("X-Longtang")
  static let hostName = known("Host")
  static let requestID = known("X-Request-Id")
  static let forwardedFor = known("X-Forwarded-For")
  static let fetchSite = known("Sec-Fetch-Site")
  static let referrerPolicy = known("Referrer-Policy")
  static let permissionsPolicy = known("Permissions-Policy")
  static let openerPolicy = known("Cross-Origin-Opener-Policy")
  static let resourcePolicy = known("Cross-Origin-Resource-Policy")
  static let frameOptions = known("X-Frame-Options")
  /// A constant of this file that is a valid token by looking at it.
  private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .server }
}

import Compounds
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
import WebSupport

/// A site of its own with a few routes that show what the doors do, reached without a socket.
struct Doorstep: Sendable {
  let house: House
  let clock: TestClock
  let site: Site
  let book: RouteBook

  static let publicURL = "http://longtang.test"

  static func make(
    publicURL: String = Doorstep.publicURL, limits: RateLimits = .off, proxies: [AddressRange] = [], assets: URL? = nil,
    _ more: (inout RouteBook) -> Void = { _ in }
  ) async throws -> Doorstep {
    let clock = TestClock()
    let house = try await TestHouse.make(
      OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all, clock: clock, demonstration: true)
    _ = try await Accounts.plantDemonstration(
      [NewAccount(login: "audit", name: "周审计", role: .auditAdmin), NewAccount(login: "system", name: "吴系统", role: .systemAdmin)],
      password: Doorstep.password, in: house)
    var book = RouteBook()
    book.get("/", allow: .public) { visit in
      var page = visit.page("首页")
      page.main = UI.form("/say", tokens: try visit.formTokens(), UI.field("话", name: "words"))
      return page
    }
    book.get("/mine", allow: .signedIn(nil)) { visit in Answer.text(try visit.person.name) }
    book.get("/journal", allow: .signedIn(.audit)) { _ in Answer.text("journal") }
    book.get("/things/{name}", allow: .public) { visit in Answer.text(try visit.path("name")) }
    book.post("/say", allow: .public) { visit in Answer.text(visit.form.text("words")) }
    book.post("/write", allow: .signedIn(nil)) { visit in try visit.done("/mine", saying: "已保存") }
    book.post("/photos", allow: .public) { visit in
      Answer.text(visit.files("photos").map { "\($0.name):\($0.bytes.count)" }.joined(separator: ","))
    }
    book.get("/breaks", allow: .public) { _ in throw StorageError.other("no such table: secret_table") }
    book.get("/refuses", allow: .public) { visit in
      throw Refusal(visit.query["kind"].flatMap(Refusal.Kind.init) ?? .invalid, "test-refused", "今天不办。", article: "第五条")
    }
    book.get("/api/v1/reports", allow: .token(.exportReports)) { visit in try Answer.json([try visit.person.login]) }
    more(&book)
    if let assets { try AssetFolder(assets).routes(&book) }
    let site = Site(house: house, publicURL: publicURL, trustedProxies: proxies, limits: limits)
    return Doorstep(house: house, clock: clock, site: site, book: book)
  }
  static let password = "longtang-demo-2026"

  func walk(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let app = Application(responder: try book.router(site, logger: quiet).buildResponder(), logger: quiet)
    try await app.test(.router) { try await body($0) }
  }

  /// A session without its form: the cookie and the token that forms carry.
  func signIn(_ login: String) async throws -> (cookie: String, csrf: String) {
    let (token, signedIn) = try await SignIn.signIn(login: login, password: Doorstep.password, address: "192.0.2.1", in: house)
    return ("longtang=\(token)", signedIn.csrf)
  }
}

extension TestClientProtocol {
  func get(_ path: String, _ headers: HTTPFields = [:]) async throws -> TestResponse {
    try await executeRequest(uri: path, method: .get, headers: headers, body: nil)
  }
  func post(_ path: String, _ form: String, _ headers: HTTPFields = [:]) async throws -> TestResponse {
    var headers = headers
    if headers[.contentType] == nil { headers[.contentType] = "application/x-www-form-urlencoded" }
    return try await executeRequest(uri: path, method: .post, headers: headers, body: ByteBuffer(string: form))
  }
  /// The cookie and token of the public form on the first page.
  func publicForm() async throws -> (cookie: String, csrf: String) {
    let page = try await get("/")
    let cookie = page.setCookies.first { $0.hasPrefix("longtang-form=") }?.split(separator: ";").first.map(String.init) ?? ""
    let csrf = page.text.firstMatch(of: /name="_csrf" value="([^"]+)"/).map { String($0.1) } ?? ""
    return (cookie, csrf)
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }
  var setCookies: [String] { headers[values: .setCookie] }
}

import Crypto
import Foundation
import Kernel
import People
import Storage

/// What every door needs to know about where it stands.
public struct Site: Sendable {
  public let house: House
  /// The address people type and QR codes carry: "https://longtang.example.gov.cn", without a slash at the end.
  public let publicURL: String
  public let assets: AssetVersions
  /// Proxies whose `X-Forwarded-For` is believed.
  public let trustedProxies: [AddressRange]
  public let limits: RateLimits
  public let sessions: SessionLengths
  public let watch: DoorWatch
  /// Through it the limits hold for all servers together.
  public let exchange = RateExchange()
  /// The places of the main navigation for a person; the staff's door fills it in.
  public let places: @Sendable (Person) -> [Page.Place]

  public init(
    house: House, publicURL: String, assets: AssetVersions = .init(), trustedProxies: [AddressRange] = [], limits: RateLimits = .standard,
    sessions: SessionLengths = .standard, watch: DoorWatch = DoorWatch(),
    places: @escaping @Sendable (Person) -> [Page.Place] = { _ in Page.officerPlaces }
  ) {
    self.house = house
    var publicURL = publicURL
    while publicURL.hasSuffix("/") { publicURL.removeLast() }
    self.publicURL = publicURL
    self.assets = assets
    self.trustedProxies = trustedProxies
    self.limits = limits
    self.sessions = sessions
    self.watch = watch
    self.places = places
  }

  /// For how many seconds after a form somebody's pages come from where it was written; nil when there is no replica.
  public var secondsAfterWrite: Int?

  public var isSecure: Bool { publicURL.hasPrefix("https://") }
  /// `__Host-` binds a cookie to this very host over TLS; browsers refuse it without TLS.
  var sessionCookie: String { isSecure ? "__Host-longtang" : "longtang" }
  var formCookie: String { isSecure ? "__Host-longtang-form" : "longtang-form" }
  var freshCookie: String { isSecure ? "__Host-longtang-fresh" : "longtang-fresh" }
  var flashCookie: String { isSecure ? "__Host-longtang-flash" : "longtang-flash" }

  /// A complete address of this site, for QR codes and letters.
  public func address(_ path: String) -> String { publicURL + path }
}

/// What is waiting to be told on the next page.
struct Flash: Codable, Sendable {
  let tone: String
  let title: String

  /// Signed: a page never shows as its own word what somebody planted in a cookie.
  func sealed(_ seals: SealRing) throws -> String {
    let payload = Data(try JSONEncoder().encode(self)).base64EncodedString()
    return "\(payload).\(try seals.tag("flash:" + payload))"
  }
  static func open(_ text: String, _ seals: SealRing) throws -> Flash? {
    let parts = text.split(separator: ".").map(String.init)
    guard parts.count == 2, Secrets.same(try seals.tag("flash:" + parts[0]), parts[1]), let data = Data(base64Encoded: parts[0]) else {
      return nil
    }
    return try? JSONDecoder().decode(Flash.self, from: data)
  }
}

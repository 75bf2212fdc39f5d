import Synchronization

/// Reads the `Cookie` header.
enum RequestCookies {
  static func read(_ headers: [String]) -> [String: String] {
    var out: [String: String] = [:]
    for header in headers {
      for pair in header.split(separator: ";") {
        let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { continue }
        let name = halves[0].drop { $0 == " " }
        // The first wins: a cookie planted for a wider path comes later.
        if out[String(name)] == nil { out[String(name)] = String(halves[1]) }
      }
    }
    return out
  }
}

/// Collects the cookies that the answer to one request will set.
final class CookieJar: Sendable {
  private let pending = Mutex<[String: String]>([:])
  let secure: Bool
  init(secure: Bool) { self.secure = secure }

  /// Every cookie of this site is unreadable to scripts, not sent along from other sites' forms, and for the whole host.
  /// - Parameter seconds: nil ends it with the browser.
  func set(_ name: String, _ value: String, seconds: Int? = nil) {
    var line = "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax"
    if secure { line += "; Secure" }
    if let seconds { line += "; Max-Age=\(seconds)" }
    let finished = line
    pending.withLock { $0[name] = finished }
  }
  func clear(_ name: String) { set(name, "", seconds: 0) }
  var lines: [String] { pending.withLock { $0.sorted { $0.key < $1.key }.map(\.value) } }
  func value(of name: String) -> String? {
    pending.withLock { $0[name] }.flatMap { line in
      line.split(separator: ";").first.map { String($0.dropFirst(name.count + 1)) }
    }
  }
}

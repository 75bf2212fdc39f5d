import Foundation

/// Scheme, host and port, by which a browser tells whose page sent a form.
struct Origin: Equatable {
  let scheme: String
  /// "127.0.0.1:8080", without a port when it is the scheme's own.
  let hostAndPort: String

  init?(_ url: URL?) {
    guard let url, let scheme = url.scheme?.lowercased(), let host = url.host(percentEncoded: true)?.lowercased() else { return nil }
    self.scheme = scheme
    let usual = scheme == "https" ? 443 : 80
    hostAndPort = url.port.map { $0 == usual ? host : "\(host):\($0)" } ?? host
  }
}

import Foundation

/// How many files and connections this process may hold open at once.
enum OpenFiles {
  static let wanted: UInt64 = 65_536

  /// Many systems give a service 1,024 until it asks, and some hundred connections that never end would take them all.
  /// What the machine does not allow is left as it is: fewer connections are no reason not to serve.
  static func raise() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < wanted, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(wanted))
    _ = setrlimit(resource, &limit)
  }
}

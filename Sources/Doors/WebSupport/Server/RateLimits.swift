import Kernel
import Synchronization

/// How fast requests may come. A whole squad or a residential tower may share one address, so addresses get more than accounts.
public struct RateLimits: Sendable, Hashable {
  public struct Bucket: Sendable, Hashable {
    /// Requests a second that may go on for ever; 0 switches the limit off.
    public var perSecond: Double
    /// Requests that may come at once.
    public var burst: Double
    public init(perSecond: Double, burst: Double) {
      self.perSecond = perSecond
      self.burst = burst
    }
    public static let off = Bucket(perSecond: 0, burst: 0)
  }
  public var address: Bucket
  public var account: Bucket
  /// Forms of people who are not signed in, by address.
  public var publicForm: Bucket
  public init(address: Bucket, account: Bucket, publicForm: Bucket) {
    self.address = address
    self.account = account
    self.publicForm = publicForm
  }
  public static let standard = RateLimits(
    address: Bucket(perSecond: 100, burst: 600), account: Bucket(perSecond: 20, burst: 120), publicForm: Bucket(perSecond: 0.5, burst: 60))
  public static let off = RateLimits(address: .off, account: .off, publicForm: .off)
}

/// Token buckets in memory: forgotten at a restart and counted per process, which is enough against a flood; failed sign-ins are
/// counted in the store by People.
final class RateLimiter: Sendable {
  private struct Level {
    var tokens: Double
    var at: Int64
  }
  private let levels = Mutex<[String: Level]>([:])
  let bucket: RateLimits.Bucket
  /// Beyond this many keys the full buckets, which tell nothing, are thrown away.
  static let mostKeys = 50_000

  init(_ bucket: RateLimits.Bucket) { self.bucket = bucket }

  /// Seconds to wait, or nil when the request may pass.
  func take(_ key: String, at now: Moment) -> Int? {
    guard bucket.perSecond > 0 else { return nil }
    return levels.withLock { levels in
      if levels.count > Self.mostKeys { forget(&levels, at: now) }
      var level = levels[key] ?? Level(tokens: bucket.burst, at: now.milliseconds)
      level.tokens = filled(level, at: now)
      level.at = max(level.at, now.milliseconds)
      defer { levels[key] = level }
      if level.tokens >= 1 {
        level.tokens -= 1
        return nil
      }
      return max(1, Int(((1 - level.tokens) / bucket.perSecond).rounded(.up)))
    }
  }
  private func filled(_ level: Level, at now: Moment) -> Double {
    min(bucket.burst, level.tokens + Double(max(0, now.milliseconds - level.at)) / 1000 * bucket.perSecond)
  }
  private func forget(_ levels: inout [String: Level], at now: Moment) {
    levels = levels.filter { filled($0.value, at: now) < bucket.burst }
    // A flood from ever new addresses: better to let them start anew than to grow without end.
    if levels.count > Self.mostKeys { levels.removeAll() }
  }
}

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

/// Token buckets in memory, forgotten at a restart, which is enough against a flood; failed sign-ins are counted in the store by People.
/// Servers on one store tell each other what they took, see `RateExchange`.
final class RateLimiter: Sendable {
  private struct Level {
    var tokens: Double
    var at: Int64
    /// Taken here and not told to the other servers.
    var untold = 0.0
  }
  private let levels = Mutex<[String: Level]>([:])
  let bucket: RateLimits.Bucket
  /// Beyond this many keys the full buckets, which tell nothing, are thrown away.
  static let mostKeys = 50_000
  /// What may be taken before the others are told, as a share of the burst.
  static let quietShare = 0.05

  private let names: RateNames?

  /// - Parameter names: for limits that other servers hear of.
  init(_ bucket: RateLimits.Bucket, names: RateNames? = nil) {
    self.bucket = bucket
    self.names = names
  }

  /// - Returns: seconds to wait, or nil when the request may pass.
  func take(_ key: String, at now: Moment) throws -> Int? {
    guard bucket.perSecond > 0 else { return nil }
    let key = try names?.name(key) ?? key
    return levels.withLock { levels in
      if levels.count > Self.mostKeys { forget(&levels, at: now) }
      var level = filled(levels[key], at: now)
      defer { levels[key] = level }
      if level.tokens >= 1 {
        level.tokens -= 1
        level.untold += 1
        return nil
      }
      return max(1, Int(((1 - level.tokens) / bucket.perSecond).rounded(.up)))
    }
  }

  /// What the others should know: names with what was taken since they were last told.
  func told(at now: Moment) -> [(name: String, tokens: Int)] {
    guard bucket.perSecond > 0, names != nil else { return [] }
    let least = max(1, bucket.burst * Self.quietShare)
    return levels.withLock { levels in
      var out: [(String, Int)] = []
      for (key, level) in levels where level.untold >= least && filled(level, at: now).untold >= least {
        out.append((key, Int(level.untold)))
        levels[key]?.untold = 0
      }
      return out
    }
  }
  /// Another server let so many pass. What was more than there was left is owed, up to one burst.
  func heard(_ key: String, tokens: Int, at now: Moment) {
    guard bucket.perSecond > 0 else { return }
    levels.withLock { levels in
      if levels.count > Self.mostKeys { forget(&levels, at: now) }
      var level = filled(levels[key], at: now)
      level.tokens = max(-bucket.burst, level.tokens - Double(tokens))
      levels[key] = level
    }
  }

  private func filled(_ level: Level?, at now: Moment) -> Level {
    guard var level else { return Level(tokens: bucket.burst, at: now.milliseconds) }
    level.tokens = min(bucket.burst, level.tokens + Double(max(0, now.milliseconds - level.at)) / 1000 * bucket.perSecond)
    level.at = max(level.at, now.milliseconds)
    // A bucket that is full here has filled up everywhere: what was taken from it is past.
    if level.tokens >= bucket.burst { level.untold = 0 }
    return level
  }
  private func forget(_ levels: inout [String: Level], at now: Moment) {
    levels = levels.filter { filled($0.value, at: now).tokens < bucket.burst }
    // A flood from ever new addresses: better to let them start anew than to grow without end.
    if levels.count > Self.mostKeys { levels.removeAll() }
  }
}

import Crypto
import Foundation
import Kernel
import Logging
import Storage
import Synchronization

/// Tells the other servers on the store what the limits let pass here, so that they hold for all of them together.
///
/// A busy address or account is told a few times a second, a quiet one never: nobody waits for the store, and what may pass too much is
/// a twentieth of a burst for each server and what comes within `pause`. A notice that is missed makes the limits wider, never narrower.
public final class RateExchange: Sendable {
  private let limiters = Mutex<[String: RateLimiter]>([:])
  private let me = String(Secrets.token().prefix(8))
  static let channel = "rates"
  static let pause = Duration.milliseconds(250)
  /// Entries in one notice, of 30 characters each.
  static let most = 200

  public init() {}

  func join(_ limiters: [String: RateLimiter]) { self.limiters.withLock { $0.merge(limiters) { _, new in new } } }

  /// - Returns: what was taken since the last call, as the other servers hear it.
  func notices(at now: Moment) -> [String] {
    let all = limiters.withLock { $0 }.sorted { $0.key < $1.key }
    let entries = all.flatMap { name, limiter in limiter.told(at: now).map { "\(name):\($0.name):\($0.tokens)" } }
    return stride(from: 0, to: entries.count, by: Self.most).map { start in
      ([me] + entries[start..<min(start + Self.most, entries.count)]).joined(separator: " ")
    }
  }
  func hear(_ notice: String, at now: Moment) {
    let parts = notice.split(separator: " ").map(String.init)
    guard parts.count > 1, parts[0] != me else { return }
    let known = limiters.withLock { $0 }
    for entry in parts.dropFirst() {
      let fields = entry.split(separator: ":").map(String.init)
      guard fields.count == 3, let limiter = known[fields[0]], let tokens = Int(fields[2]), tokens > 0 else { continue }
      limiter.heard(fields[1], tokens: tokens, at: now)
    }
  }

  /// Until it is cancelled.
  public func run(_ store: any Store, now: @escaping @Sendable () -> Moment, _ logger: Logger) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for await notice in store.listen(Self.channel) { self.hear(notice, at: now()) } }
      group.addTask {
        while !Task.isCancelled {
          do { try await Task.sleep(for: Self.pause) } catch { return }
          for notice in self.notices(at: now()) {
            do { try await store.notify(Self.channel, notice) } catch {
              logger.debug("the other servers were not told of the limits", metadata: ["error": "\(error)"])
            }
          }
        }
      }
      await group.waitForAll()
    }
  }
}

/// What a limiter calls an address or an account where others hear of it: a keyed hash, so that a notice names nobody.
final class RateNames: Sendable {
  private let seals: SealRing
  private let key = Mutex<SymmetricKey?>(nil)
  init(_ seals: SealRing) { self.seals = seals }

  func name(_ plain: String) throws -> String {
    let key = try key.withLock { key in
      if let key { return key }
      let fresh = SymmetricKey(data: Data(try seals.tag("rates").utf8))
      key = fresh
      return fresh
    }
    return Data(HMAC<SHA256>.authenticationCode(for: Data(plain.utf8), using: key)).prefix(9).base64EncodedString()
  }
}

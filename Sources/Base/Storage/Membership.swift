import Kernel
import Logging
import Synchronization

/// This process among all that share a store: its number, kept alive while it runs.
public final class Membership: Sendable {
  private struct State {
    var number: Int
    var hasLeft = false
  }
  public let ids: IdentifierSource
  private let card: Nodes.Card
  private let holder: String
  private let state: Mutex<State>
  private let now: @Sendable () -> Moment
  /// Set while this process stands for the leadership.
  private let leadership = Mutex<(any Leadership)?>(nil)

  /// How often a sign of life is given.
  static let pulse = Duration.seconds(10)
  /// How soon the others see that somebody else leads.
  static let look = Duration.seconds(1)

  private init(_ number: Int, _ card: Nodes.Card, _ holder: String, _ now: @escaping @Sendable () -> Moment) {
    ids = IdentifierSource(node: number)
    self.card = card
    self.holder = holder
    self.now = now
    state = Mutex(State(number: number))
  }

  /// - Throws: what `Nodes.take` throws.
  public static func join(_ store: any Store, as card: Nodes.Card, now: @escaping @Sendable () -> Moment) async throws -> Membership {
    let holder = Secrets.token()
    let number = try await store.write { db in try Nodes.take(card, holder: holder, at: now(), db) }
    return Membership(number, card, holder, now)
  }

  public var number: Int { state.withLock { $0.number } }
  func stands(for leadership: any Leadership) { self.leadership.withLock { $0 = leadership } }
  private var isLeading: Bool { leadership.withLock { $0 }?.isHeld ?? false }

  /// Says that the process lives. One whose number has gone to another takes a new one.
  public func renew(_ store: any Store, logger: Logger? = nil) async throws {
    let (holder, card, now, leading) = (holder, card, now, isLeading)
    let (number, hasLeft) = state.withLock { ($0.number, $0.hasLeft) }
    guard !hasLeft else { return }
    if try await store.writeBeside({ db in try Nodes.renew(number, holder: holder, leading: leading, at: now(), db) }) { return }
    let fresh = try await store.write { db in try Nodes.take(card, holder: holder, at: now(), db) }
    state.withLock { $0.number = fresh }
    ids.move(to: fresh)
    logger?.warning("the number of this process had lapsed", metadata: ["before": "\(number)", "now": "\(fresh)"])
  }

  /// Renews until it is cancelled; what fails is tried again at the next pulse.
  func keep(_ store: any Store, logger: Logger) async {
    var said = (at: ContinuousClock.now, leading: false)
    while !Task.isCancelled {
      do { try await Task.sleep(for: Self.look) } catch { return }
      guard said.at.duration(to: .now) >= Self.pulse || said.leading != isLeading else { continue }
      said = (.now, isLeading)
      do { try await renew(store, logger: logger) } catch {
        logger.error("no sign of life could be given", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Gives the number back.
  func leave(_ store: any Store) async throws {
    let number = state.withLock { state in
      state.hasLeft = true
      return state.number
    }
    let (holder, now) = (holder, now)
    try await store.writeBeside { db in try Nodes.leave(number, holder: holder, at: now(), db) }
  }
}

/// A store with this process's place among those that share it: taken when it is opened, given back when it is closed.
public final class JoinedStore: Store {
  private let inner: any Store
  public let membership: Membership
  private let pulse: Task<Void, Never>

  public init(_ inner: any Store, as card: Nodes.Card, logger: Logger, now: @escaping @Sendable () -> Moment) async throws {
    self.inner = inner
    let membership = try await Membership.join(inner, as: card, now: now)
    self.membership = membership
    pulse = Task.detached { await membership.keep(inner, logger: logger) }
  }
  deinit { pulse.cancel() }

  public var dialect: Dialect { inner.dialect }
  public var figures: StoreFigures { inner.figures }
  public func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T { try await inner.read(body) }
  @discardableResult
  public func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T { try await inner.write(body) }
  @discardableResult
  public func writeAlone<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await inner.writeAlone(body)
  }
  @discardableResult
  public func writeBeside<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await inner.writeBeside(body)
  }
  public func leadership() -> any Leadership {
    let leadership = inner.leadership()
    membership.stands(for: leadership)
    return leadership
  }
  public func notify(_ channel: String, _ payload: String) async throws { try await inner.notify(channel, payload) }
  public func listen(_ channel: String) -> AsyncStream<String> { inner.listen(channel) }
  public func close() async throws {
    pulse.cancel()
    await pulse.value
    do { try await membership.leave(inner) } catch {
      // A store that cannot be reached any more is closed all the same: the number comes free with its lease.
      try await inner.close()
      throw error
    }
    try await inner.close()
  }
}

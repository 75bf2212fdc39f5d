import Logging
import Synchronization

/// A store that tells the log of every statement that took too long: its text with placeholders, never a value, and on whose behalf.
public final class WatchedStore: Store {
  private let inner: any Store
  private let watch: StatementWatch
  /// - Parameter threshold: what takes at least as long is told.
  public init(_ inner: any Store, threshold: Duration, logger: Logger) {
    self.inner = inner
    watch = StatementWatch(threshold: threshold, logger: logger)
  }

  public var dialect: Dialect { inner.dialect }
  public var figures: StoreFigures {
    var figures = inner.figures
    figures.slow += watch.count
    return figures
  }
  public func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T {
    // The engines run bodies on threads of their own, where the task and what it carries are not known.
    let (watch, id) = (watch, Trace.id)
    return try await inner.read { db in try body(WatchedReader(db: db, watch: watch, id: id)) }
  }
  @discardableResult
  public func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    let (watch, id) = (watch, Trace.id)
    return try await inner.write { db in try body(WatchedWriter(db: db, watch: watch, id: id)) }
  }
  @discardableResult
  public func writeAlone<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    let (watch, id) = (watch, Trace.id)
    return try await inner.writeAlone { db in try body(WatchedWriter(db: db, watch: watch, id: id)) }
  }
  @discardableResult
  public func writeBeside<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    let (watch, id) = (watch, Trace.id)
    return try await inner.writeBeside { db in try body(WatchedWriter(db: db, watch: watch, id: id)) }
  }
  public func leadership() -> any Leadership { inner.leadership() }
  public func notify(_ channel: String, _ payload: String) async throws { try await inner.notify(channel, payload) }
  public func listen(_ channel: String) -> AsyncStream<String> { inner.listen(channel) }
  public func close() async throws { try await inner.close() }
}

private struct WatchedReader: Reader {
  let db: any Reader
  let watch: StatementWatch
  let id: String?
  var dialect: Dialect { db.dialect }
  func all(_ query: Query) throws -> [ResultRow] { try watch.time(query, id) { try db.all(query) } }
  func each(_ query: Query, _ body: (any PassingRow) throws -> Void) throws { try watch.time(query, id) { try db.each(query, body) } }
}
private struct WatchedWriter: Writer {
  let db: any Writer
  let watch: StatementWatch
  let id: String?
  var dialect: Dialect { db.dialect }
  func all(_ query: Query) throws -> [ResultRow] { try watch.time(query, id) { try db.all(query) } }
  func each(_ query: Query, _ body: (any PassingRow) throws -> Void) throws { try watch.time(query, id) { try db.each(query, body) } }
  @discardableResult func run(_ query: Query) throws -> Int { try watch.time(query, id) { try db.run(query) } }
  func later(_ query: Query) throws { try watch.time(query, id) { try db.later(query) } }
  func settle() throws { try watch.time("settle", id) { try db.settle() } }
  func insert(_ rows: [[SQLValue]], into table: String, columns: [String]) throws {
    try db.insert(rows, into: table, columns: columns)
  }
}

private final class StatementWatch: Sendable {
  private let threshold: Duration
  private let logger: Logger
  private let slow = Atomic<Int>(0)
  /// Longer texts are lists of placeholders.
  static let longest = 2_000

  init(threshold: Duration, logger: Logger) {
    self.threshold = threshold
    self.logger = logger
  }
  var count: Int { slow.load(ordering: .relaxed) }

  func time<T>(_ query: Query, _ id: String?, _ body: () throws -> T) rethrows -> T {
    let began = ContinuousClock.now
    defer {
      let spent = began.duration(to: .now)
      if spent >= threshold { tell(query, id, spent) }
    }
    return try body()
  }
  private func tell(_ query: Query, _ id: String?, _ spent: Duration) {
    slow.add(1, ordering: .relaxed)
    let text = query.rendered { _ in "?" }.sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    logger.warning(
      "slow statement",
      metadata: [
        "ms": "\(Int(spent / .milliseconds(1)))", "request": "\(id ?? "-")", "statement": "\(text.prefix(Self.longest))",
      ])
  }
}

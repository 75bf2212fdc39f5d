import Kernel

/// Looks at the store within one consistent snapshot.
public protocol Reader {
  var dialect: Dialect { get }
  func all(_ query: Query) throws -> [ResultRow]
  /// Row after row, none of them kept. `body` asks nothing of this reader.
  func each(_ query: Query, _ body: (any PassingRow) throws -> Void) throws
}
extension Reader {
  public func each(_ query: Query, _ body: (any PassingRow) throws -> Void) throws { for row in try all(query) { try body(row) } }
  public func first(_ query: Query) throws -> ResultRow? { try all(query).first }
  /// The single whole number of a query such as `SELECT count(*) AS n …`.
  public func number(_ query: Query) throws -> Int64 {
    guard let row = try first(query), case .int(let n)? = row.values.first else { throw StorageError.decoding("not a number") }
    return n
  }
  public func exists(_ query: Query) throws -> Bool { try !all(query).isEmpty }
}

/// Changes the store within one transaction. Bodies are synchronous, so that no network call can sit inside a lock.
public protocol Writer: Reader {
  /// - Returns: how many rows were changed.
  @discardableResult func run(_ query: Query) throws -> Int
  /// A change of which nothing is asked: over a line it goes out together with the next statement that is waited for. Should it fail, that
  /// one throws the error, at the latest the end of the body.
  func later(_ query: Query) throws
  /// The same for a row of a table; a long write gathers them, see `GatheredRows`.
  func later(_ row: [SQLValue], into shape: RowShape) throws
  /// Waits for everything that was put off.
  func settle() throws
  /// Many rows of one table, as fast as the engine takes them.
  func insert(_ rows: [[SQLValue]], into table: String, columns: [String]) throws
}

extension Writer {
  public func later(_ query: Query) throws { try run(query) }
  public func later(_ row: [SQLValue], into shape: RowShape) throws { try later(dialect.insertion(of: row, into: shape)) }
  /// - Parameter values: interpolated one behind the other, in the order of the shape's columns.
  public func later(into shape: RowShape, _ values: Query) throws { try later(values.values, into: shape) }
  public func settle() throws {}
  public func insert(_ rows: [[SQLValue]], into table: String, columns: [String]) throws {
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    for row in rows { try run("INSERT INTO \(raw: table) (\(raw: names)) VALUES (\(list: row))") }
  }

  /// Runs a part that may fail without taking the rest of the transaction with it: a bad row of an import leaves no trace.
  public func attempt<T>(_ part: () throws -> T) throws -> T {
    // What was put off before belongs before the savepoint.
    try settle()
    try run("SAVEPOINT part")
    do {
      let value = try part()
      try settle()
      try run("RELEASE SAVEPOINT part")
      return value
    } catch {
      try run("ROLLBACK TO SAVEPOINT part")
      try run("RELEASE SAVEPOINT part")
      throw error
    }
  }
}

extension Writer {
  /// Tells the listeners of every process when this transaction is committed, and nobody when it is not. An embedded store has no
  /// other process to tell: there it does nothing.
  /// - Parameter payload: less than 8,000 bytes with the channel's name; never personal data.
  public func tell(_ channel: String, _ payload: String) throws {
    if let notice = try dialect.notice(channel, payload) { _ = try all(notice) }
  }
}

/// A store of one engine. What `write` acknowledges has been synced to disk.
public protocol Store: Sendable {
  var dialect: Dialect { get }
  func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T
  /// Runs `body` in a transaction of its own; when it throws, none of its changes remain. Nobody else writes meanwhile, on either engine,
  /// so what `body` has read still holds when it writes. A lost connection makes it run again: it loads and stores, nothing else.
  @discardableResult
  func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T
  /// Like `write`, for a body of many `attempt`s: shares its transaction with nobody.
  @discardableResult
  func writeAlone<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T
  /// A short write that waits for no turn: others write at the same time. Its statements must hold by themselves, that is by a unique
  /// key, a lock of their rows (`Dialect.skipLocked`) or one row's own condition. When the answer to its commit is lost it runs again
  /// although it may have been committed. In the embedded store it is a write like any other.
  @discardableResult
  func writeBeside<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T
  /// Stands for the leadership from the first call until the store is closed.
  func leadership() -> any Leadership
  /// Tells all who listen, in this process and, with a database server, in every other. Nothing is kept: a listener that was away finds
  /// in the store what it missed.
  /// - Parameter payload: less than 8,000 bytes with the channel's name; never personal data.
  func notify(_ channel: String, _ payload: String) async throws
  /// What is told from now on. An empty payload means that something may have been missed.
  func listen(_ channel: String) -> AsyncStream<String>
  /// How it fares; all zero where nobody counts.
  var figures: StoreFigures { get }
  func close() async throws
}
extension Store {
  /// Ends what others still have open to a store that was left. An embedded store needs none of it: its mark is seen with every commit.
  public func endOtherSessions() async throws {
    if dialect == .postgres { try await write { db in try StoreMarks.endOtherSessions(db) } }
  }
  public var figures: StoreFigures { StoreFigures() }
  @discardableResult
  public func writeBeside<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T { try await write(body) }
  public func leadership() -> any Leadership { SoleLeadership() }
  @discardableResult
  public func writeAlone<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T { try await write(body) }
}

public enum StorageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A unique index already holds this value.
  case unique(String)
  case foreignKey(String)
  case check(String)
  /// The store could not be had in time.
  case busy
  case diskFull
  /// The system or the server does not let this user.
  case denied(String)
  /// The disk did not do what it was told; names the operation.
  case disk(String)
  /// The store was written by a newer program; holds the migrations this program does not know.
  case tooNew([String])
  /// A step of the schema could not be carried out; nothing was changed.
  case migration(String, String)
  /// The office was moved elsewhere: whoever still asks here is told where to.
  case moved(String)
  case decoding(String)
  case corrupted(String)
  case other(String)
  /// Trouble of the machine and not of what was asked: the same may succeed later.
  public var isPassing: Bool {
    switch self {
    case .busy, .diskFull, .disk, .moved: true
    default: false
    }
  }
  public var description: String {
    switch self {
    case .unique(let what): "unique: \(what)"
    case .foreignKey(let what): "foreign key: \(what)"
    case .check(let what): "check: \(what)"
    case .busy: "busy"
    case .diskFull: "disk full"
    case .denied(let what): "denied: \(what)"
    case .disk(let what): "disk: \(what)"
    case .tooNew(let ids): "the store is newer than this program: \(ids.joined(separator: ", "))"
    case .migration(let id, let reason): "step \(id) of the schema: \(reason)"
    case .moved(let place): "moved to \(place)"
    case .decoding(let what): "decoding: \(what)"
    case .corrupted(let what): "corrupted: \(what)"
    case .other(let what): what
    }
  }
}

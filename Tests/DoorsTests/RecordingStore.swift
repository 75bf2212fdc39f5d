import Kernel
import Storage

/// A store that remembers every statement it is asked, to be explained afterwards.
final class RecordingStore: Store {
  private let inner: any Store
  private let heard = Box<[Query]>([])
  init(_ inner: any Store) { self.inner = inner }

  var dialect: Dialect { inner.dialect }
  func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T {
    let heard = heard
    return try await inner.read { db in try body(Ear(db: db, heard: heard)) }
  }
  @discardableResult
  func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    let heard = heard
    return try await inner.write { db in try body(Pen(db: db, heard: heard)) }
  }
  func notify(_ channel: String, _ payload: String) async throws { try await inner.notify(channel, payload) }
  func listen(_ channel: String) -> AsyncStream<String> { inner.listen(channel) }
  func close() async throws { try await inner.close() }

  /// What was asked since the last time, each text once.
  func take() -> [Query] {
    var out: [Query] = []
    heard.change { all in
      var seen: Set<String> = []
      out = all.filter { seen.insert($0.rendered { _ in "?" }.sql).inserted }
      all = []
    }
    return out
  }

  /// The engine's plan: lines such as "SEARCH m USING INDEX …".
  func plan(of query: Query) async throws -> [String] {
    if dialect == .postgres { return try await postgresPlan(of: query).kinds }
    let explain: Query = "EXPLAIN QUERY PLAN " + query
    return try await inner.read { db in try db.all(explain).map { try $0.text("detail") } }
  }

  /// What PostgreSQL would do if it might neither read tables row by row nor sort, where it has another way.
  func postgresPlan(of query: Query) async throws -> PostgresPlan {
    let explain: Query = "EXPLAIN (FORMAT JSON) " + query
    let text = try await inner.write { db in
      for way in ["seqscan", "sort"] { try db.run("SET LOCAL enable_\(raw: way) = off") }
      return try db.first(explain)?.cells.first
    }
    guard case .text(let json)? = text else { throw StorageError.decoding("no plan") }
    return try PostgresPlan(json: json)
  }

  private struct Ear: Reader {
    let db: any Reader
    let heard: Box<[Query]>
    var dialect: Dialect { db.dialect }
    func all(_ query: Query) throws -> [ResultRow] {
      heard.change { $0.append(query) }
      return try db.all(query)
    }
  }
  private struct Pen: Writer {
    let db: any Writer
    let heard: Box<[Query]>
    var dialect: Dialect { db.dialect }
    func all(_ query: Query) throws -> [ResultRow] {
      heard.change { $0.append(query) }
      return try db.all(query)
    }
    func run(_ query: Query) throws -> Int {
      heard.change { $0.append(query) }
      return try db.run(query)
    }
    func later(_ query: Query) throws {
      heard.change { $0.append(query) }
      try db.later(query)
    }
    func settle() throws { try db.settle() }
    func insert(_ rows: [[SQLValue]], into table: String, columns: [String]) throws {
      try db.insert(rows, into: table, columns: columns)
    }
  }
}

extension House {
  func over(_ store: any Store) -> House {
    House(store: store, vault: vault, seals: seals, ids: ids, isDemonstration: isDemonstration, now: now)
  }
}

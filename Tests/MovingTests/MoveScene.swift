import Foundation
import Kernel
import Moving
import Storage
import StoragePostgres
import StorageSQLite
import TestHouse
import Testing

/// An office with albums of photos, to be moved: tables that refer to each other and to themselves, keys of two columns, values that may be
/// there once, words to be searched, and files.
final class MoveScene: Sendable {
  static let migrations =
    House.migrations + [
      Migration(
        "scene-001",
        [
          "CREATE TABLE album (id integer primary key, name text NOT NULL, parent_id bigint REFERENCES album (id))",
          "CREATE INDEX album_parent ON album (parent_id)",
          """
          CREATE TABLE photo (id integer primary key, album_id bigint NOT NULL REFERENCES album (id), words text NOT NULL, once text,
            sha256 text, raw blob, part double precision)
          """,
          "CREATE INDEX photo_album ON photo (album_id)", "CREATE UNIQUE INDEX photo_once ON photo (once)",
          "CREATE TABLE pair (a text NOT NULL, b bigint NOT NULL, PRIMARY KEY (a, b))",
        ], searchTables: ["photo_search"])
    ]
  static let search = SearchSource("photo_search", of: "photo") { row in try row.text("words") }
  static let columns: [FileColumn] = [("photo", "sha256"), ("not_yet_there", "sha256")]
  static let now = TestClock.start

  let root = FileManager.default.temporaryDirectory.appending(path: "longtang-move-\(UUID().uuidString)")
  let ids = IdentifierSource(node: 1)

  init() throws { try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(at: root) }

  // MARK: Ends

  /// An embedded store; the same name opens the same one.
  func embedded(_ name: String, references: Bool = true) throws -> SQLiteStore {
    try SQLiteStore(path: root.appending(path: name).path, readers: 2, cacheKilobytes: 2048, references: references)
  }
  /// An empty store of the engine under test.
  func empty() throws -> any Store {
    if TestPostgres.isThere { return try TestPostgres.empty().store() }
    return try embedded("empty-\(UUID().uuidString)", references: false)
  }
  func end(_ store: any Store, _ place: String, files: String = "files") throws -> MoveEnd {
    MoveEnd(store: store, vault: try FileVault(root: root.appending(path: files)), place: place)
  }
  func move(
    _ source: any Store, to target: any Store, files: String = "files", progress: @escaping @Sendable (MoveProgress) -> Void = { _ in }
  ) throws -> Move {
    Move(
      from: try end(source, "甲库"), to: try end(target, "乙库", files: files), migrations: Self.migrations, search: [Self.search],
      columns: Self.columns, progress: progress)
  }

  // MARK: Work

  func office(_ name: String = "office", photos: Int = 300) async throws -> SQLiteStore {
    let store = try embedded(name)
    try await open(store, photos: photos)
    return store
  }
  func open(_ store: any Store, photos: Int) async throws {
    try await Migrator.migrate(store, Self.migrations, at: Self.now)
    try await store.write { db in
      // The child stands before its parent in the order of the keys.
      try db.run("INSERT INTO album (id, name, parent_id) VALUES (9, '相册', NULL)")
      try db.run("INSERT INTO album (id, name, parent_id) VALUES (1, '子相册', 9)")
      for (a, b) in [("甲", 2), ("甲", 1), ("a", .min), ("", .max), ("𠮷", 0), ("ａ", 0)] as [(String, Int64)] {
        try db.run("INSERT INTO pair (a, b) VALUES (\(a), \(b))")
      }
    }
    try await add(0..<photos, to: store)
  }
  func add(_ numbers: Range<Int>, to store: any Store) async throws {
    let vault = try FileVault(root: root.appending(path: "files"))
    let photos = try numbers.map { n in (n, n % 5 == 0 ? try vault.keep(Data("photo \(n % 40)".utf8)).sha256 : nil) }
    try await store.write { [ids] db in
      for (n, sha256) in photos { try Self.insert(n, sha256, ids, db) }
    }
  }
  static func insert(_ n: Int, _ sha256: String?, _ ids: IdentifierSource, _ db: any Writer) throws {
    let words = "第\(n)张：楼道堆放杂物\\\t\n\"'𠮷 ABC-\(n)"
    try db.run(
      """
      INSERT INTO photo (id, album_id, words, once, sha256, raw, part)
      VALUES (\(n), \(n % 2 == 0 ? 9 : 1), \(words), \(n % 3 == 0 ? "o\(n)" : nil), \(sha256), \(n % 4 == 0 ? Data([0, 92, 255, UInt8(n & 255)]) : nil),
        \(Double(n) / 7))
      """)
    try TextSearch.index("photo_search", id: Int64(n), text: words, db)
    try Journal.append("photo-kept", on: Subject("photo", Int64(n % 50)), by: .system, at: now, ids: ids, db)
  }

  // MARK: What there is

  /// Every row of every table.
  static func contents(_ store: any Store, search: [String] = ["photo_search"], but: Set<String> = []) async throws
    -> [String: [[SQLValue]]]
  {
    try await store.read { db in
      var out: [String: [[SQLValue]]] = [:]
      for table in try StoreTables.all(db, search: search) where !but.contains(table.name) {
        out[table.name] = try table.rows(after: nil, limit: nil, db)
      }
      return out
    }
  }
  static func hits(_ store: any Store, _ words: String) async throws -> [Int64] {
    try await store.read { db in
      guard let match = TextSearch.match("photo_search", words, in: db.dialect) else { return [] }
      return try db.all("SELECT id FROM (\(match)) x ORDER BY id").map { try $0.int("id") }
    }
  }
  static func indexes(_ store: any Store) async throws -> [String] {
    try await store.read { db in try db.all(db.dialect.indexes).map { try $0.text("name") } }
  }
}

/// The code with which `body` refuses.
func refusal(_ body: () async throws -> Void) async throws -> Refusal {
  do { try await body() } catch let refusal as Refusal { return refusal }
  throw Refusal(.invalid, "test", "not refused")
}

/// A store that is cut off, as by a kill, when somebody writes for the n-th time.
final class CutOffStore: Store {
  struct Cut: Error {}
  private let inner: any Store
  private let left: Counting
  init(_ inner: any Store, after writes: Int) {
    self.inner = inner
    left = Counting(writes)
  }
  var dialect: Dialect { inner.dialect }
  func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T { try await inner.read(body) }
  @discardableResult func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    guard left.next() >= 0 else { throw Cut() }
    return try await inner.write(body)
  }
  @discardableResult func writeAlone<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    guard left.next() >= 0 else { throw Cut() }
    return try await inner.writeAlone(body)
  }
  func notify(_ channel: String, _ payload: String) async throws { try await inner.notify(channel, payload) }
  func listen(_ channel: String) -> AsyncStream<String> { inner.listen(channel) }
  func close() async throws { try await inner.close() }
}

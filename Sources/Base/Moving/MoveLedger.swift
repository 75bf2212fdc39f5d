import Foundation
import Kernel
import Storage

/// How far a move has come, kept in the store into which is moved, so that one that was cut off goes on where it stood. While the table
/// is there, nobody can open that store for work.
struct MoveLedger: Sendable {
  /// Which office is being moved, and by which program.
  struct Head: Codable, Sendable, Equatable {
    /// Number and hash of the oldest entry of its journal: no other office has the same.
    var origin: String
    var steps: [String]
  }
  enum Stage: String, Codable, Sendable { case rows, indexes, mend, ready }

  let head: Head
  var stage: Stage

  static func begin(_ head: Head, _ migrations: [Migration], at now: Moment, in store: any Store) async throws {
    try await Migrator.migrate(store, migrations, at: now) { db in
      try db.run("CREATE TABLE \(raw: StoreMarks.moving) (name text PRIMARY KEY, value text NOT NULL)")
      // Its rows come with the others.
      try db.run("DELETE FROM migration")
      try put("head", head, db)
      try put("stage", Stage.rows, db)
      // Rows go in faster without, and indexes over all rows are better than such as have grown.
      for row in try db.all(db.dialect.indexes) {
        try put("index \(try row.text("name"))", try row.text("sql"), db)
        try db.run("DROP INDEX \(raw: try row.text("name"))")
      }
      try dropReferences(db)
    }
  }
  /// Tables are filled one after the other, so references hold only at the end.
  static func dropReferences(_ db: any Writer) throws {
    guard let query = db.dialect.references else { return }
    for row in try db.all(query) {
      let (name, holder) = (try row.text("name"), try row.text("holder"))
      try put("reference \(holder) \(name)", try row.text("definition"), db)
      try db.run("ALTER TABLE \"\(raw: holder)\" DROP CONSTRAINT \"\(raw: name)\"")
    }
  }
  /// - Returns: how many there are.
  static func restoreReferences(_ db: any Writer, _ told: (Int64, Int64) -> Void) throws {
    let all = try entries("reference ", db)
    for (index, (name, definition)) in all.enumerated() {
      let parts = name.split(separator: " ").map(String.init)
      try db.run("ALTER TABLE \"\(raw: parts[1])\" ADD CONSTRAINT \"\(raw: parts[2])\" \(raw: definition)")
      told(Int64(index + 1), Int64(all.count))
    }
  }
  static func indexes(_ db: any Reader) throws -> [(name: String, sql: String)] {
    let there = Set(try db.all(db.dialect.indexes).map { try $0.text("name") })
    return try entries("index ", db).map { (String($0.name.dropFirst("index ".count)), $0.value) }.filter { !there.contains($0.0) }
  }

  /// - Returns: nil where no move was begun.
  static func read(_ db: any Reader) throws -> MoveLedger? {
    guard try StoreMarks.isHalfMoved(db), let head: Head = try get("head", db), let stage: Stage = try get("stage", db) else { return nil }
    return MoveLedger(head: head, stage: stage)
  }
  static func set(_ stage: Stage, _ db: any Writer) throws { try put("stage", stage, db) }
  /// The key after which a table still has to be copied.
  static func place(in table: String, _ db: any Reader) throws -> (after: [SQLValue]?, isDone: Bool) {
    guard let place: Place = try get("table \(table)", db) else { return (nil, false) }
    return (place.values, place.isDone)
  }
  static func set(_ table: String, after key: [SQLValue]?, isDone: Bool, _ db: any Writer) throws {
    try put("table \(table)", Place(key, isDone: isDone), db)
  }
  static func close(_ db: any Writer) throws { try db.run("DROP TABLE \(raw: StoreMarks.moving)") }

  /// A key as text: whole numbers and texts are all that our keys are made of.
  private struct Place: Codable {
    var ints: [Int64?] = []
    var texts: [String?] = []
    var isDone: Bool
    init(_ key: [SQLValue]?, isDone: Bool) {
      self.isDone = isDone
      for value in key ?? [] {
        if case .int(let v) = value { ints.append(v) } else { ints.append(nil) }
        if case .text(let v) = value { texts.append(v) } else { texts.append(nil) }
      }
    }
    var values: [SQLValue]? {
      ints.isEmpty ? nil : zip(ints, texts).map { int, text in int.map(SQLValue.int) ?? text.map(SQLValue.text) ?? .null }
    }
  }
  private static func put(_ name: String, _ value: some Encodable, _ db: any Writer) throws {
    let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    try db.run(
      """
      INSERT INTO \(raw: StoreMarks.moving) (name, value) VALUES (\(name), \(text))
      ON CONFLICT (name) DO UPDATE SET value = excluded.value
      """)
  }
  private static func get<V: Decodable>(_ name: String, _ db: any Reader) throws -> V? {
    try db.first("SELECT value FROM \(raw: StoreMarks.moving) WHERE name = \(name)")?.json("value")
  }
  private static func entries(_ start: String, _ db: any Reader) throws -> [(name: String, value: String)] {
    try db.all("SELECT name, value FROM \(raw: StoreMarks.moving) ORDER BY name").compactMap { row in
      let name = try row.text("name")
      return name.hasPrefix(start) ? (name, try row.json("value")) : nil
    }
  }
}

import Kernel
import Storage
import TestHouse
import Testing

/// A long write whose rows are written table by table: on the engine under test, see `TestHouse`.
@Suite struct GatheredRowsTests {
  static let owner = RowShape("owner", "id name")
  static let thing = RowShape("thing", "id owner_id rule")
  static let rule = RowShape("rule", "id words", .once)
  static let order = ["rule", "owner", "thing", "thing_search"]

  static func house() async throws -> House {
    try await TestHouse.make([
      Migration(
        "test-001",
        [
          "CREATE TABLE rule (id text PRIMARY KEY, words text NOT NULL)",
          "CREATE TABLE owner (id integer primary key, name text NOT NULL)",
          """
          CREATE TABLE thing (id integer primary key, owner_id bigint NOT NULL REFERENCES owner (id),
            rule text NOT NULL REFERENCES rule (id))
          """,
        ], searchTables: ["thing_search"])
    ])
  }
  /// A thing is told of before its owner and its rule, as no store would take it row by row.
  static func add(_ id: Int64, _ db: any Writer) throws {
    try db.later(into: thing, "\(id)\(id)\("r\(id % 3)")")
    try TextSearch.index("thing_search", id: id, text: "飞线充电", db)
    try db.later(into: owner, "\(id)\("业主 \(id)")")
    try db.later(into: rule, "\("r\(id % 3)")\("同样的规则")")
  }

  @Test(arguments: [3, 300]) func rowsStandWhereTheyBelong(count: Int64) async throws {
    let house = try await Self.house()
    try await house.store.writeAlone { db in
      try db.run("INSERT INTO rule (id, words) VALUES ('r1', '早先的规则')")
      let db = GatheredRows(db, order: Self.order)
      for id in 1...count { try Self.add(id, db) }
      try db.settle()
    }
    let (things, rules, hits) = try await house.store.read { db in
      let match = try #require(TextSearch.match("thing_search", "飞线", in: db.dialect))
      return (
        try db.number("SELECT count(*) AS n FROM thing t JOIN owner o ON o.id = t.owner_id"),
        try db.all("SELECT words FROM rule ORDER BY id").map { try $0.text("words") }, try db.all(match.hits).count
      )
    }
    #expect(things == count)
    #expect(rules == ["同样的规则", "早先的规则", "同样的规则"])
    #expect(hits == Int(count))
  }

  @Test func whatIsGatheredIsThereForWhoeverAsksOrChangesIt() async throws {
    let house = try await Self.house()
    try await house.store.writeAlone { db in
      let db = GatheredRows(db, order: Self.order)
      for id in Int64(1)...20 { try Self.add(id, db) }
      let seen = try db.number("SELECT count(*) AS n FROM thing")
      try Self.add(21, db)
      let renamed = try db.run("UPDATE owner SET name = '新业主' WHERE id = 21")
      try Self.add(22, db)
      try db.later("DELETE FROM thing WHERE id = 22")
      try db.settle()
      let left = try db.number("SELECT count(*) AS n FROM thing")
      #expect(seen == 20)
      #expect(renamed == 1)
      #expect(left == 21)
    }
  }

  @Test func aRowThatIsRefusedTakesTheWholeWriteWithIt() async throws {
    let house = try await Self.house()
    do {
      try await house.store.writeAlone { db in
        let db = GatheredRows(db, order: Self.order)
        for id in Int64(1)...20 { try Self.add(id, db) }
        try Self.add(7, db)
        try db.settle()
      }
      Issue.record("two things of one number")
    } catch let error as StorageError {
      guard case .unique = error else { throw error }
    }
    #expect(try await house.store.read { db in try db.number("SELECT count(*) AS n FROM owner") } == 0)
  }
}

import Foundation
import Kernel
import Storage
import TestHouse
import Testing

@testable import struct Storage.TextMatch

/// Finding by words, by whose they are and newest first: on the engine under test, see `TestHouse`.
@Suite struct SearchTests {
  static let notes = Migration(
    "test-001", [], searchTables: ["note_search"], searchWindows: ["note_search"], searchBusy: ["note_search"])

  /// As many hits as asked for, walked as a page walks them.
  static func newest(_ phrase: String, marks: [String] = [], below id: Int64, limit: Int, _ db: any Reader) throws -> [Int64] {
    guard let match = TextSearch.match("note_search", phrase, marks: marks, in: db.dialect) else { return [] }
    var out: [Int64] = []
    for window in match.windows(below: id) where out.count < limit {
      out += try db.all("SELECT id FROM (\(match.hits(in: window))) x ORDER BY id DESC LIMIT \(limit - out.count)").map { try $0.int("id") }
    }
    return out
  }

  @Test func theNewestComeFirstHoweverFarApartTheyAre() async throws {
    let house = try await TestHouse.make([Self.notes])
    // A minute, an hour, a day, a month and years apart, as identifiers carry it.
    var generator = SeededGenerator(7)
    var at = TestClock.start
    var ids: [Int64] = []
    for _ in 0..<300 {
      ids.append(house.ids.next(Migration.self, at: at).raw)
      let pause = [1, 60, 1440, 43_200, 200_000][Int.random(in: 0..<5, using: &generator)]
      at = at.adding(minutes: Int.random(in: 1...pause, using: &generator))
    }
    let made = ids
    try await house.store.write { db in
      for (turn, id) in made.enumerated() {
        try TextSearch.index("note_search", id: id, text: turn % 7 == 3 ? "楼道堆物，少见" : "楼道堆物", db)
      }
    }
    try await house.store.read { db in
      for limit in [1, 5, 50, 400] {
        let found = try Self.newest("楼道堆物", below: .max, limit: limit, db)
        #expect(found == Array(made.reversed().prefix(limit)))
      }
      let rare = made.enumerated().filter { $0.offset % 7 == 3 }.map(\.element)
      let (few, older, none) = (
        try Self.newest("少见", below: .max, limit: 50, db), try Self.newest("楼道", below: made[120], limit: 20, db),
        try Self.newest("没有", below: .max, limit: 20, db)
      )
      #expect(few == Array(rare.reversed().prefix(50)))
      #expect(older == Array(made[100..<120].reversed()))
      #expect(none.isEmpty)
    }
  }

  @Test func marksTellWhoseAnEntryIsAndStay() async throws {
    let house = try await TestHouse.make([Self.notes])
    let (own, other) = (TextSearch.mark("队", 7), TextSearch.mark("队", 70))
    try await house.store.write { db in
      for id in Int64(1)...60 {
        try TextSearch.index("note_search", id: id, words: TextSearch.words("飞线充电 7 队7"), marks: [id % 3 == 0 ? own : other], db)
      }
    }
    func hits(_ mark: String) async throws -> [Int64] {
      try await house.store.read { db in try Self.newest("飞线充电", marks: [mark], below: .max, limit: 100, db) }
    }
    #expect(try await hits(own) == (1...60).filter { $0 % 3 == 0 }.reversed())
    // What goes elsewhere is found there too, even when it is told twice.
    for _ in 0..<2 {
      try await house.store.write { db in
        try TextSearch.mark("note_search", rows: "SELECT 10 AS id, \(own) AS marks UNION ALL SELECT 2, \(own)", db)
      }
    }
    #expect(try await hits(own) == ([2, 10] + (1...60).filter { $0 % 3 == 0 }).sorted(by: >))
    #expect(try await hits(other) == (1...60).filter { $0 % 3 != 0 }.reversed())
    // No text and no phrase is a mark.
    try await house.store.read { db in
      let (said, marked, begun) = (
        try Self.newest("队7", below: .max, limit: 100, db), try Self.newest(other, below: .max, limit: 100, db),
        // One character finds all tokens that begin with it.
        try Self.newest("时", below: .max, limit: 100, db) + Self.newest("区", below: .max, limit: 100, db)
      )
      #expect(said.count == 60)
      #expect(marked.isEmpty)
      #expect(begun.isEmpty)
    }
  }
}

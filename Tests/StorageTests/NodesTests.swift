import Foundation
import Kernel
import Storage
import TestHouse
import Testing

/// Processes that share a store: their numbers, their leave and their loss.
@Suite struct NodesTests {
  static func card(_ kind: Node.Kind = .serve, steps: [String] = House.migrations.map(\.id), keys: String = "k") -> Nodes.Card {
    Nodes.Card(kind: kind, version: "1", steps: steps, keys: keys)
  }
  static func join(_ house: House, _ card: Nodes.Card = card()) async throws -> Membership {
    try await Membership.join(house.store, as: card, now: house.now)
  }
  /// As if the process had been silent for so long.
  static func silence(_ number: Int, minutes: Int, _ house: House) async throws {
    try await house.store.write { db in
      _ = try db.run("UPDATE node SET seen_at = seen_at - \(minutes * 60_000) WHERE number = \(number)")
    }
  }

  @Test func everyProcessHasANumberOfItsOwn() async throws {
    let house = try await TestHouse.make()
    let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<12 { group.addTask { try await Self.join(house).number } }
      return try await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(Set(numbers).count == 12 && numbers.allSatisfy(Nodes.numbers.contains))
    let now = house.now()
    #expect(try await house.store.read { db in try Nodes.living(at: now, db).count } == 12)
  }

  @Test func numbersGoRoundBeforeOneIsLentAgain() async throws {
    let house = try await TestHouse.make()
    var last = -1
    for _ in 0..<5 {
      let member = try await JoinedStore(Kept(house.store), as: Self.card(.command), logger: TestPostgres.quiet, now: house.now)
      #expect(member.membership.number > last)
      last = member.membership.number
      try await member.close()
    }
    let now = house.now()
    #expect(try await house.store.read { db in try Nodes.living(at: now, db) }.isEmpty)
    #expect(try await house.store.read { db in try Nodes.lost(at: now, db) }.isEmpty, "whoever took leave is not missed")
    // Round the whole circle: the number that is still held is passed over.
    let held = try await Self.join(house)
    try await house.store.write { db in _ = try db.run("UPDATE counter SET value = \(500 + held.number - 1) WHERE name = 'node'") }
    #expect(try await Self.join(house).number == (held.number + 1) % 500)
  }

  @Test func aSilentProcessIsMissedAndItsNumberRests() async throws {
    let house = try await TestHouse.make()
    let dead = try await Self.join(house)
    try await Self.silence(dead.number, minutes: 1, house)
    let now = house.now()
    let (living, lost) = try await house.store.read { db in (try Nodes.living(at: now, db), try Nodes.lost(at: now, db)) }
    #expect(living.isEmpty && lost.map(\.number) == [dead.number])
    // It may only have stood still: for an hour nobody else gets its number.
    try await house.store.write { db in _ = try db.run("UPDATE counter SET value = \(500 + dead.number - 1) WHERE name = 'node'") }
    #expect(try await Self.join(house).number != dead.number)
    // It comes back, and the number is still its own.
    try await dead.renew(house.store)
    #expect(try await house.store.read { db in try Nodes.lost(at: now, db) }.isEmpty)
  }

  @Test func whoLostItsNumberTakesAnotherBeforeItGoesOn() async throws {
    let house = try await TestHouse.make()
    let stopped = try await Self.join(house)
    let old = stopped.number
    #expect(stopped.ids.node == old)
    try await Self.silence(old, minutes: 120, house)
    try await house.store.write { db in _ = try db.run("UPDATE counter SET value = \(500 + old - 1) WHERE name = 'node'") }
    let heir = try await Self.join(house)
    #expect(heir.number == old)
    try await stopped.renew(house.store)
    #expect(stopped.number != old && stopped.ids.node == stopped.number)
    try await heir.renew(house.store)
    #expect(heir.number == old)
  }

  @Test func identifiersStayApartAndGrowWhenANumberChanges() {
    let ids = IdentifierSource(node: 3)
    let now = TestClock.start
    let before = (0..<5000).map { _ in ids.next(Node.self, at: now).raw }
    ids.move(to: 4)
    let after = (0..<5000).map { _ in ids.next(Node.self, at: now).raw }
    #expect(Set(before + after).count == 10_000)
    #expect(after.allSatisfy { ($0 >> 12) & 511 == 4 })
  }

  @Test(.enabled(if: TestPostgres.isThere)) func twoMachinesWithDifferentKeysDoNotWorkTogether() async throws {
    let house = try await TestHouse.make()
    let first = try await Self.join(house, Self.card(keys: "a"))
    do {
      _ = try await Self.join(house, Self.card(keys: "b"))
      Issue.record("another machine's keys were accepted")
    } catch let refusal as Refusal { #expect(refusal.code == "storage-other-keys") }
    // With nobody there to differ from, whatever keys there are will do.
    try await Self.silence(first.number, minutes: 1, house)
    _ = try await Self.join(house, Self.card(keys: "b"))
  }

  /// Several processes may be the first of a month to seal something.
  @Test func theFirstKeyOfAMonthIsTheKeyOfAll() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-keys-\(UUID().uuidString)")
    defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(error)") } }
    for month in 0..<6 {
      let at = TestClock.start.adding(hours: 24 * 31 * month)
      let boxes = try await withThrowingTaskGroup(of: String.self) { group in
        for n in 0..<8 {
          group.addTask { try SealRing(folder: folder).seal("\(n)", for: Subject("thing", 1), at: at) }
        }
        return try await group.reduce(into: [String]()) { $0.append($1) }
      }
      let other = try SealRing(folder: folder)
      #expect(try boxes.map { try other.open($0, for: Subject("thing", 1)) }.sorted() == (0..<8).map(String.init))
    }
  }
}

/// Stays open when a member closes it: the house of the test goes on.
struct Kept: Store {
  let inner: any Store
  init(_ inner: any Store) { self.inner = inner }
  var dialect: Dialect { inner.dialect }
  func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T { try await inner.read(body) }
  func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T { try await inner.write(body) }
  func notify(_ channel: String, _ payload: String) async throws { try await inner.notify(channel, payload) }
  func listen(_ channel: String) -> AsyncStream<String> { inner.listen(channel) }
  func close() async throws {}
}

import Foundation
import Kernel
import Storage
import TestHouse
import Testing

@Suite struct TrustTests {
  let subject = Subject("matter", 7)

  func house(entries: Int, _ clock: TestClock = TestClock()) async throws -> House {
    let house = try await TestHouse.make(clock: clock)
    for i in 1...entries {
      let now = clock.now
      try await house.store.write { db in
        try Journal.append(
          "test-step", on: Subject("matter", Int64(i % 2)), by: .system, at: now, facts: ["i": String(i)],
          note: i % 3 == 0 ? "第 \(i) 条附言" : nil,
          ids: house.ids, db)
      }
      clock.advance(minutes: 60 * 9)
    }
    return house
  }
  func verdict(_ house: House) async throws -> JournalVerdict { try await house.store.read { db in try Journal.verify(db) } }

  @Test func aWholeJournalVerifiesSealedOrNot() async throws {
    let clock = TestClock()
    let house = try await house(entries: 12, clock)
    #expect(try await verdict(house).faults.isEmpty)
    let today = clock.now.day
    let now = clock.now
    try await house.store.write { db in try Journal.seal(before: today, at: now, db) }
    let sealed = try await verdict(house)
    #expect(sealed.faults.isEmpty && sealed.entries == 12 && sealed.chains == 2 && sealed.seals >= 4)
    try await house.store.write { db in try Journal.seal(before: today, at: now, db) }
    #expect(try await verdict(house).seals == sealed.seals)
  }

  @Test(arguments: [
    "UPDATE journal SET detail = '{\"i\":\"99\"}' WHERE sequence = 3", "UPDATE journal SET actor_name = '别人' WHERE sequence = 2",
    "UPDATE journal SET at = at + 1 WHERE sequence = 2", "DELETE FROM journal WHERE sequence = 2",
    "UPDATE journal SET note = '改过' WHERE note IS NOT NULL",
    "UPDATE journal SET note = '改过', note_salt = NULL WHERE note IS NOT NULL", "UPDATE journal SET note_hash = NULL WHERE note IS NOT NULL",
    "UPDATE journal SET actor_id = 0 WHERE sequence = 2", "UPDATE journal SET hash = before_hash WHERE sequence = 2",
    "DELETE FROM journal WHERE sequence = 6", "UPDATE journal SET sequence = 60 WHERE sequence = 6",
  ]) func tamperingIsNamed(_ statement: String) async throws {
    let clock = TestClock()
    let house = try await house(entries: 12, clock)
    let (today, now) = (clock.now.day, clock.now)
    try await house.store.write { db in
      // The newest entries are only covered from the next day's seal on.
      try Journal.seal(before: today.adding(days: 1), at: now, db)
      try db.run("\(raw: statement)")
    }
    #expect(try await !verdict(house).faults.isEmpty)
  }

  @Test func aNoteMayBeErasedAndTheChainStaysWhole() async throws {
    let house = try await house(entries: 6)
    try await house.store.write { db in try db.run("UPDATE journal SET note = NULL, note_salt = NULL WHERE note IS NOT NULL") }
    #expect(try await verdict(house).faults.isEmpty)
  }

  @Test func sealedTextOpensOnlyForItsOwnRecordAndKey() async throws {
    let clock = TestClock()
    let house = try await TestHouse.make(clock: clock)
    let box = try house.seals.seal("王芳 13800001234", for: subject, at: clock.now)
    #expect(!box.contains("138"))
    #expect(try house.seals.open(box, for: subject) == "王芳 13800001234")
    #expect(throws: SealError.damaged) { try house.seals.open(box, for: Subject("matter", 8)) }
    #expect(throws: SealError.damaged) { try house.seals.open(String(box.dropLast(4)) + "AAAA", for: subject) }
    #expect(throws: SealError.destroyed("2019-01")) { try house.seals.open(box.replacing("2026-09", with: "2019-01"), for: subject) }
    #expect(try house.seals.tag("13800001234") == house.seals.tag("13800001234"))
    #expect(try house.seals.tag("13800001234") != house.seals.tag("13800001235"))
  }

  @Test func filesAreKeptOnceAndAFlippedByteIsNeverServed() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(error)") } }
    let vault = try FileVault(root: folder)
    let bytes = Data("照片".utf8)
    let file = try vault.keep(bytes)
    #expect(try vault.keep(bytes) == file)
    #expect(try vault.bytes(file.sha256) == bytes)
    #expect(throws: VaultError.missing("../../etc/passwd")) { try vault.bytes("../../etc/passwd") }
    let path = folder.appending(path: "\(file.sha256.prefix(2))/\(file.sha256.dropFirst(2).prefix(2))/\(file.sha256)").path
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    try Data("照月".utf8).write(to: URL(filePath: path))
    #expect(throws: VaultError.altered(file.sha256)) { try vault.bytes(file.sha256) }
  }

  @Test func jobsAreClaimedOnceRetriedAndPutAside() async throws {
    let clock = TestClock()
    let house = try await TestHouse.make(clock: clock)
    let start = clock.now
    try await house.store.write { db in
      for _ in 0..<3 { try Jobs.enqueue("a", ["x": 1], at: start, dedupe: "same", now: start, ids: house.ids, db) }
    }
    let claimed = try await withThrowingTaskGroup(of: [Job].self) { group in
      for _ in 0..<8 { group.addTask { try await house.store.write { db in try Jobs.claim(kinds: ["a"], limit: 5, at: start, db) } } }
      return try await group.reduce(into: [Job]()) { $0 += $1 }
    }
    #expect(claimed.count == 1)
    func claim() async throws -> [Job] {
      let now = clock.now
      return try await house.store.write { db in try Jobs.claim(kinds: ["a"], limit: 5, at: now, db) }
    }
    func fail(_ job: Job) async throws {
      let now = clock.now
      try await house.store.write { db in try Jobs.fail(job, error: "网络", at: now, db) }
    }
    // The holder died: the job is due again when its lease ends, not before.
    clock.advance(minutes: 4)
    #expect(try await claim().isEmpty)
    clock.advance(minutes: 2)
    var job = try #require(try await claim().first)
    while job.attempts < Jobs.maxAttempts {
      try await fail(job)
      clock.advance(minutes: 61)
      job = try #require(try await claim().first)
    }
    try await fail(job)
    #expect(try await house.store.read { db in try Jobs.counts(db) } == [.dead: 1])
    let (id, now) = (job.id, clock.now)
    try await house.store.write { db in try Jobs.revive(id, at: now, db) }
    #expect(try await house.store.read { db in try Jobs.counts(db) } == [.waiting: 1])
  }

  @Test func identifiersGrowAndNeverRepeat() {
    let ids = IdentifierSource(node: 3)
    let now = TestClock.start
    var seen: Set<Int64> = []
    var last: Int64 = 0
    for i in 0..<20_000 {
      // Backwards too: a clock that is set back must not hand out an old identity.
      let id: Identifier<Job> = ids.next(at: now.adding(milliseconds: Int64(i % 3 == 0 ? -5000 : i / 10)))
      #expect(seen.insert(id.raw).inserted && id.raw > last)
      last = id.raw
    }
    #expect(IdentifierSource.moment(of: IdentifierSource.floor(of: now)) == now)
  }
}

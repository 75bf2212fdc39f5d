import Foundation
import Kernel
import Logging
import Storage
import Synchronization
import TestHouse
import Testing

@testable import longtang

/// Many workers on one store.
@Suite struct JobsAcrossTests {
  /// Counts how often each job took effect.
  final class Tally: Sendable {
    private let counts = Mutex<[Int: Int]>([:])
    func add(_ n: Int) { counts.withLock { $0[n, default: 0] += 1 } }
    var all: [Int: Int] { counts.withLock { $0 } }
    var total: Int { counts.withLock { $0.values.reduce(0, +) } }
  }
  static func worker(_ house: House, renewal: Duration = .seconds(60), _ run: @escaping @Sendable (Job) async throws -> Void) -> Worker {
    Worker(
      house: house, handlers: [JobHandler("test", run)], ring: {}, prune: { _, _ in }, tidy: {}, logger: TestPostgres.quiet,
      renewal: renewal)
  }
  /// The houses of as many processes as the engine allows: one on an embedded store.
  static func houses(_ clock: TestClock) async throws -> (houses: [House], close: () async throws -> Void) {
    guard TestPostgres.isThere else {
      let house = try await TestHouse.make(clock: clock)
      return ([house, house, house, house], { try await house.store.close() })
    }
    let first = try await TestHouse.make(clock: clock)
    let database = try await TestPostgres.database(House.migrations, at: clock.now)
    let houses = try (0..<4).map { n in
      House(
        store: try database.store(), vault: first.vault, seals: first.seals, ids: IdentifierSource(node: n + 1), isDemonstration: false,
        now: { withExtendedLifetime(database) { clock.now } })
    }
    return (houses, { for house in houses { try await house.store.close() } })
  }
  static func plan(_ count: Int, _ house: House) async throws {
    let now = house.now()
    try await house.store.write { db in
      for n in 0..<count { try Jobs.enqueue("test", ["n": n], at: now, now: now, ids: house.ids, db) }
    }
  }

  @Test func twoHundredJobsUnderFourWorkersRunOnceEach() async throws {
    let clock = TestClock()
    let (houses, close) = try await Self.houses(clock)
    try await Self.plan(200, houses[0])
    let tally = Tally()
    let workers = houses.map { house in
      let worker = Self.worker(house) { job in tally.add(try job.decode([String: Int].self)["n"] ?? -1) }
      return Task { while try await worker.runOne() {} }
    }
    for worker in workers { try await worker.value }
    #expect(tally.all.count == 200 && tally.total == 200)
    #expect(try await houses[0].store.read { db in try Jobs.counts(db) } == [.done: 200])
    try await close()
  }

  /// Without the turn to write: what protects the jobs is the claim itself.
  @Test func claimsStandByThemselves() async throws {
    let clock = TestClock()
    let (houses, close) = try await Self.houses(clock)
    try await Self.plan(120, houses[0])
    let now = clock.now
    let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for house in houses {
        for _ in 0..<4 {
          group.addTask {
            var mine: [Int64] = []
            while true {
              let some = try await house.store.writeBeside { db in try Jobs.claim(kinds: ["test"], limit: 3, at: now, db) }
              if some.isEmpty { return mine }
              mine += some.map(\.id)
            }
          }
        }
      }
      return try await group.reduce(into: [Int64]()) { $0 += $1 }
    }
    // A claim that finds everything locked by others comes back empty-handed and looks again at its next turn.
    let left = try await houses[0].store.write { db in try Jobs.claim(kinds: ["test"], limit: 200, at: now, db) }.map(\.id)
    #expect(claimed.count + left.count == 120 && Set(claimed + left).count == 120)
    try await close()
  }

  @Test func theJobsOfADeadWorkerRunAgainWhenTheirLeaseIsOver() async throws {
    let clock = TestClock()
    let (houses, close) = try await Self.houses(clock)
    try await Self.plan(6, houses[0])
    let begun = Tally()
    let dying = Self.worker(houses[0]) { job in
      begun.add(try job.decode([String: Int].self)["n"] ?? -1)
      // Stands for a process that is no more: it neither finishes nor fails nor renews.
      try await Task.sleep(for: .seconds(3600))
    }
    let lives = (0..<3).map { _ in Task { try await dying.runOne() } }
    #expect(try await comes { begun.total == 3 } != nil)
    for life in lives { life.cancel() }
    for life in lives { _ = await life.result }

    let done = Tally()
    let living = Self.worker(houses[1]) { job in done.add(try job.decode([String: Int].self)["n"] ?? -1) }
    while try await living.runOne() {}
    #expect(done.all.count == 3 && Set(done.all.keys).isDisjoint(with: begun.all.keys))
    clock.advance(minutes: 6)
    while try await living.runOne() {}
    #expect(done.all.count == 6 && done.total == 6)
    #expect(try await houses[0].store.read { db in try Jobs.counts(db) } == [.done: 6])
    try await close()
  }

  @Test func aLongJobKeepsItsLeaseAndALostOneFinishesNothing() async throws {
    let clock = TestClock()
    let (houses, close) = try await Self.houses(clock)
    try await Self.plan(1, houses[0])
    let (go, gone) = AsyncStream<Void>.makeStream()
    let slow = Self.worker(houses[0], renewal: .milliseconds(20)) { _ in for await _ in go {} }
    let work = Task { try await slow.runOne() }
    // Ten minutes of work: the lease is carried on, and nobody else may have the job.
    for _ in 0..<3 {
      clock.advance(minutes: 3)
      let now = clock.now
      let renewed = try await comes {
        let until = try await houses[1].store.read { db in
          try db.first("SELECT lease_until FROM job WHERE state = 'running'")?.moment("lease_until")
        }
        return until == now.adding(milliseconds: Jobs.lease)
      }
      #expect(renewed != nil)
    }
    let now = clock.now
    let isDue = try await houses[1].store.read { db in try Jobs.isDue(kinds: ["test"], at: now, db) }
    #expect(!isDue)
    // It stood still for too long: another has it, and its end is no longer the job's.
    let later = clock.now.adding(minutes: 10)
    let taken = try await houses[1].store.write { db in try Jobs.claim(kinds: ["test"], limit: 1, at: later, db) }
    #expect(taken.count == 1)
    gone.finish()
    #expect(try await work.value)
    #expect(try await houses[0].store.read { db in try Jobs.counts(db) } == [.running: 1])
    try await close()
  }
}

import Foundation
import Kernel
import Storage
import TestHouse
import Testing

/// Writes that share a commit.
@Suite struct SharedCommitTests {
  struct Taken: Error {}

  /// Somebody is refused because of what another has written in the same commit. Whoever then looks must see it: a page that says
  /// “somebody was faster” shows with what. Found by `Faults.Hands.editOneMatter`.
  @Test func aRefusalIsToldAfterTheCommitItWasDecidedIn() async throws {
    let house = try await TestHouse.make([
      Migration("test-001", ["CREATE TABLE seat (id integer primary key, taken_by text)"])
    ])
    let store = house.store
    try await withThrowingTaskGroup(of: Void.self) { group in
      // Those who come meanwhile share the next commit.
      group.addTask { try await store.write { _ in Thread.sleep(forTimeInterval: 0.4) } }
      try await Task.sleep(for: .milliseconds(100))
      group.addTask { try await store.write { db in _ = try db.run("INSERT INTO seat (id, taken_by) VALUES (1, 'first')") } }
      try await Task.sleep(for: .milliseconds(50))
      group.addTask {
        do {
          try await store.write { db in if try db.exists("SELECT id FROM seat") { throw Taken() } }
          Issue.record("nobody was first")
        } catch is Taken {
          let seats = try await store.read { db in try db.number("SELECT count(*) AS n FROM seat") }
          #expect(seats == 1, "refused for what nobody can see")
        }
      }
      try await Task.sleep(for: .milliseconds(50))
      // Keeps that commit open for a while.
      group.addTask { try await store.write { _ in Thread.sleep(forTimeInterval: 0.3) } }
      try await group.waitForAll()
    }
  }

  /// What a refusal was decided on was not committed after all: then nothing is known, and the truth is that it may be tried again.
  @Test func aRefusalWhoseCommitFailsIsNone() async throws {
    let house = try await TestHouse.make([
      Migration(
        "test-001",
        [
          "CREATE TABLE owner (id integer primary key)",
          "CREATE TABLE seat (id integer primary key, owner_id bigint NOT NULL REFERENCES owner (id) DEFERRABLE INITIALLY DEFERRED)",
        ])
    ])
    let store = house.store
    let told = try await withThrowingTaskGroup(of: (any Error)?.self) { group in
      func write(_ body: @Sendable @escaping (any Writer) throws -> Void) {
        group.addTask {
          do {
            try await store.write(body)
            return nil
          } catch { return error }
        }
      }
      write { _ in Thread.sleep(forTimeInterval: 0.4) }
      try await Task.sleep(for: .milliseconds(100))
      // Nobody of that number exists, which the engine only looks at when it commits.
      write { db in _ = try db.run("INSERT INTO seat (id, owner_id) VALUES (1, 99)") }
      try await Task.sleep(for: .milliseconds(50))
      write { db in if try db.exists("SELECT id FROM seat") { throw Taken() } }
      return try await group.reduce(into: []) { if let error = $1 { $0.append(error) } }
    }
    #expect(try await store.read { db in try db.number("SELECT count(*) AS n FROM seat") } == 0)
    #expect(!told.contains { $0 is Taken }, "\(told)")
    #expect(!told.isEmpty)
  }
}

import Foundation
import Kernel
import Storage
import TestHouse
import Testing

@testable import longtang

/// Two programs on one embedded store.
@Suite(.serialized, .enabled(if: !TestPostgres.isThere, "a database server is shared by as many as come"))
struct StoreLockTests {
  @Test(.timeLimit(.minutes(2))) func theSecondIsRefusedAndAKillLeavesNothingBehind() async throws {
    let house = try await LiveHouse.make()
    defer { house.remove() }
    let first = try await LiveServer(store: house.folder, data: house.data)
    let before = try await house.look { db in try db.number("SELECT count(*) AS n FROM journal") }
    for command in [["serve"], ["work"], ["migrate"]] {
      let second = try LiveServer.run(command + ["--data", house.folder.path], data: house.data)
      #expect(second.status == 28, "\(command): \(second.text)")
      #expect(second.text.contains("longtang serve（进程 \(first.pid)）") && second.text.contains("没有做任何改动"), "\(second.text)")
    }
    // What only looks, or is done in a moment, may come beside.
    for command in [["audit", "verify"], ["account", "list"]] {
      #expect(try LiveServer.run(command + ["--data", house.folder.path], data: house.data).status == 0)
    }
    #expect(try await house.look { db in try db.number("SELECT count(*) AS n FROM journal") } == before)
    // No person is needed after a power cut.
    first.kill9()
    let third = try await LiveServer(store: house.folder, data: house.data)
    third.stop()
    #expect(third.status == 0)
  }

  @Test func theLockEndsWithItsHolder() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-lock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record("\(error)") } }
    do {
      let lock = try StoreLock(folder, for: "longtang serve")
      #expect(throws: Refusal.self) { try StoreLock(folder, for: "longtang work") }
      withExtendedLifetime(lock) {}
    }
    _ = try StoreLock(folder, for: "longtang work")
  }
}

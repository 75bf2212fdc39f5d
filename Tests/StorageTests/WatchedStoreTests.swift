import Foundation
import Kernel
import Logging
import Storage
import Synchronization
import TestHouse
import Testing

@Suite struct WatchedStoreTests {
  /// What a log was told.
  struct Ears: LogHandler {
    let lines: Heard
    var metadata: Logger.Metadata {
      get { [:] }
      set {}
    }
    var logLevel: Logger.Level {
      get { .trace }
      set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
      get { nil }
      set {}
    }
    func log(event: LogEvent) {
      lines.kept.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
  }
  final class Heard: Sendable {
    let kept = Mutex<[String]>([])
    var all: [String] { kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Ears(lines: self) } }
  }

  @Test func aSlowStatementIsToldWithItsRequestAndWithoutValues() async throws {
    let heard = Heard()
    // Its folder goes with it.
    let house = try await TestHouse.make()
    defer { withExtendedLifetime(house) {} }
    let store = WatchedStore(house.store, threshold: .zero, logger: heard.logger)
    try await Trace.$id.withValue("7KQ4M9XDAB") {
      try await store.write { db in
        try db.run("INSERT INTO mark (name, value) VALUES (\("geheim"), \("王芳 13800001234"))")
      }
      let found = try await store.read { db in try db.all("SELECT value FROM mark WHERE name = \("geheim")").count }
      #expect(found == 1)
    }
    let lines = heard.all
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.hasPrefix("slow statement") && $0.contains("7KQ4M9XDAB") })
    #expect(lines[0].contains("INSERT INTO mark (name, value) VALUES (?, ?)"))
    #expect(!lines.joined().contains("geheim") && !lines.joined().contains("王芳"))
    #expect(store.figures.slow == 2)
  }

  @Test func whatIsFastIsNotTold() async throws {
    let heard = Heard()
    // Its folder goes with it.
    let house = try await TestHouse.make()
    defer { withExtendedLifetime(house) {} }
    let store = WatchedStore(house.store, threshold: .seconds(60), logger: heard.logger)
    try await store.write { db in try db.run("INSERT INTO mark (name, value) VALUES ('a', 'b')") }
    #expect(heard.all.isEmpty && store.figures.slow == 0)
  }

  /// A failed statement may be the slowest of all.
  @Test func aFailedStatementIsToldAsWell() async throws {
    let heard = Heard()
    // Its folder goes with it.
    let house = try await TestHouse.make()
    defer { withExtendedLifetime(house) {} }
    let store = WatchedStore(house.store, threshold: .zero, logger: heard.logger)
    await #expect(throws: (any Error).self) { try await store.read { db in try db.all("SELECT nothing FROM nowhere").count } }
    #expect(heard.all.count == 1)
  }

  @Test func theStoreCountsHowManyWritesShareACommit() async throws {
    // Its folder goes with it.
    let house = try await TestHouse.make()
    defer { withExtendedLifetime(house) {} }
    let store = house.store
    let before = store.figures
    try await withThrowingTaskGroup(of: Void.self) { group in
      for n in 0..<64 {
        group.addTask {
          _ = try await store.write { db in try db.run("INSERT INTO mark (name, value) VALUES (\("n\(n)"), 'x')") }
        }
      }
      try await group.waitForAll()
    }
    let after = store.figures
    #expect(after.writes - before.writes == 64 && after.waiting == 0)
    #expect(after.sizes.counts.reduce(0, +) == after.commits)
    #expect(after.commits - before.commits <= 64)
  }
}

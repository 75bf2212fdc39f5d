import HTTPTypes
import HummingbirdTesting
import Kernel
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

@Suite struct ReadyTests {
  @Test func readyMeansStoreSchemaAndUnderstanding() async throws {
    let scene = try await WholeHouse.make()
    try await scene.walk { client in
      #expect(try await client.ask(.get, "/ready").text == "ready\n")
      try await scene.house.store.write { db in try db.run("DELETE FROM migration WHERE id = 'matters-001'") }
      let behind = try await client.ask(.get, "/ready")
      #expect(behind.status == .serviceUnavailable && behind.text == "not ready: migrations\n")
      // A newer program was here first: while servers are replaced one after the other, this one goes on.
      try await scene.house.store.write { db in
        try db.run("INSERT INTO migration (id, applied_at) VALUES ('matters-001', 1), ('matters-999', 1)")
      }
      #expect(try await client.ask(.get, "/ready").status == .ok)
      scene.composition.watch.beginDraining()
      #expect(try await client.ask(.get, "/ready").text == "not ready: draining\n")
      #expect(try await client.ask(.get, "/health").status == .ok)
    }
  }

  @Test func untilTheUnderstandingIsThereItIsNotReady() {
    let late = LateUnderstander()
    #expect(late.stage == .loading)
    late.giveUp()
    #expect(late.stage == .missing)
  }

  /// Were it waited for, the test would run into its limit.
  @Test(.timeLimit(.minutes(2))) func aStoreThatDoesNotAnswerIsNotWaitedFor() async throws {
    await #expect(throws: StorageError.busy) {
      try await Patience.ask(.milliseconds(50)) { try await Task.sleep(for: .seconds(600)) }
    }
    #expect(try await Patience.ask(.seconds(5)) { 7 } == 7)
  }
}

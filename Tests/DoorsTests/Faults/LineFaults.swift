import Foundation
import Kernel
import Storage
import TestHouse
import Testing

extension Faults {
  /// Something between two programs breaks, or one of them does not answer for a while.
  @Suite struct Lines {
    /// Every connection to the database is cut again and again, most of them in the middle of a transaction.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.postgres) func toTheDatabaseAreCut(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine, rows: 300)
      defer { office.remove() }
      let server = try await office.start()
      let load = FaultLoad(office, ports: [server.port])
      let (postgres, name) = (try FaultOffice.server().postgres, office.house.database?.name ?? "")
      let cut = Box(0)
      try await load.run {
        for _ in 0..<25 * Faults.rounds {
          let hit = try postgres.errand(
            """
            SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) AS n FROM pg_stat_activity
            WHERE datname = '\(name)' AND (xact_start IS NOT NULL OR random() < 0.1)
            """)
          cut.change { $0 += Int((try? hit.first?.int("n")) ?? 0) }
          try await Task.sleep(for: .milliseconds(100))
        }
        try await load.wait(forMore: 20)
      }
      #expect(cut.value > 5, "no connection was cut")
      await load.settle()
      try await office.endLeases()
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load, rows: 300)
    }

    /// Who asks is gone before the answer, or in the middle of the request, and asks again.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.engines) func toWhoeverAsksAreCut(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine)
      defer { office.remove() }
      let server = try await office.start()
      let load = FaultLoad(office, ports: [server.port], manner: .hangingUp)
      try await load.run { try await load.wait(forMore: 60 * Faults.rounds) }
      await load.settle()
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load)
    }

    /// The database server is alive and deaf for 20 seconds. The programs say so, wait, and go on.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.postgres) func areSilentWhileTheDatabaseIsPaused(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine)
      defer { office.remove() }
      let postgres = try FaultOffice.server().postgres
      let server = try await office.start()
      let load = FaultLoad(office, ports: [server.port])
      try await load.run {
        try await load.wait(forMore: 20)
        postgres.pause()
        do {
          let end = ContinuousClock.now + .seconds(20)
          #expect(try await SmallClient.ask(server.port, "GET", "/ready", patience: 10)?.text.contains("store") == true)
          while ContinuousClock.now < end {
            #expect(try await SmallClient.ask(server.port, "GET", "/health", patience: 5)?.status == 200, "who watches must not kill it")
            try await Task.sleep(for: .seconds(2))
          }
        } catch { Issue.record(error) }
        postgres.resume()
        try await load.wait(forMore: 20)
      }
      await load.settle()
      #expect(try await SmallClient.ask(server.port, "GET", "/ready")?.status == 200)
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load)
    }

    /// Another program holds the embedded store's lock for longer than we wait: whoever wants to write is told so and nothing is half done.
    @Test(.timeLimit(.minutes(4))) func areBusyWhileAnotherHoldsTheStore() async throws {
      let office = try await FaultOffice.make(.sqlite)
      defer { office.remove() }
      let server = try await office.start()
      let load = FaultLoad(office, ports: [server.port])
      try await load.run {
        try await load.wait(forMore: 20)
        try await office.house.change { db in
          try db.run("UPDATE mark SET value = value WHERE name = 'demonstration'")
          Thread.sleep(forTimeInterval: 7)
        }
        try await load.wait(forMore: 20)
      }
      #expect(load.answers(503...503) > 0, "nobody was told to wait")
      await load.settle()
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load)
    }
  }
}

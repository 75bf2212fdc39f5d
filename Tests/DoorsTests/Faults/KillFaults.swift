import Foundation
import Storage
import TestHouse
import Testing

extension Faults {
  /// `kill -9`, as a power cut or the kernel's want of memory would.
  @Suite struct Kills {
    @Test(.timeLimit(.minutes(4)), arguments: Faults.engines) func ofTheServer(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine, rows: 400)
      defer { office.remove() }
      var server = try await office.start()
      let load = FaultLoad(office, ports: [server.port])
      for _ in 0..<Faults.rounds {
        let victim = server
        try await load.run {
          try await load.wait(forMore: 40)
          victim.kill9()
        }
        #expect(load.failures > 0, "nothing was under way when the program was killed")
        try await office.endLeases()
        server = try await office.start()
        await load.settle(ports: [server.port])
      }
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load, rows: 400)
    }

    /// The server takes requests meanwhile; another worker takes up what the first had begun.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.postgres) func ofTheWorker(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine, rows: 600)
      defer { office.remove() }
      let server = try await office.start(.serveWithoutWorker)
      let load = FaultLoad(office, ports: [server.port], programs: 2, residents: 1, officers: 2)
      try await load.run {
        for _ in 0..<Faults.rounds {
          let worker = try await office.start(.work)
          let deadline = ContinuousClock.now + .seconds(20)
          var done = 0
          while done < 100, ContinuousClock.now < deadline {
            done = try await office.house.look { db in Int(try db.number("SELECT done FROM import")) }
            try await Task.sleep(for: .milliseconds(20))
          }
          worker.kill9()
          let state = try await office.house.look { db in try db.first("SELECT state FROM import")?.text("state") }
          #expect(state == "running", "the import was over before the kill")
          try await office.endLeases()
        }
      }
      let worker = try await office.start(.work)
      await load.settle()
      try await office.untilJobsAreDone()
      worker.stop()
      server.stop()
      try await office.expectPromises(load, rows: 600)
    }

    /// The programs stay; they find the server again by themselves.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.postgres) func ofTheDatabase(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine, rows: 300)
      defer { office.remove() }
      let postgres = try FaultOffice.server().postgres
      let server = try await office.start()
      let load = FaultLoad(office, ports: [server.port])
      try await load.run {
        for _ in 0..<Faults.rounds {
          try await load.wait(forMore: 30)
          postgres.kill9()
          try await Task.sleep(for: .seconds(1))
          try postgres.again()
          try await load.wait(forMore: 20)
        }
      }
      await load.settle()
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load, rows: 300)
    }
  }
}

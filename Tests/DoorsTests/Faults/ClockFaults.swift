import Foundation
import Testing

extension Faults {
  /// Somebody sets the machine's clock.
  @Suite struct Clocks {
    /// An hour on and an hour back while everybody works; then the program is started with a clock that shows a time at which it has
    /// already run.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.engines) func areSet(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine, rows: 300)
      defer { office.remove() }
      var server = try await office.start()
      var load = FaultLoad(office, ports: [server.port])
      let hour: Int64 = 3_600_000
      let begun = Box(ContinuousClock.now)
      for _ in 0..<Faults.rounds {
        let running = load
        try await running.run {
          try await running.wait(forMore: 20)
          begun.change { $0 = .now }
          try office.line.begin(.clock(hour))
          try await running.wait(forMore: 40)
          try office.line.begin(.clock(0))
          try await running.wait(forMore: 20)
        }
        await running.settle()
        server.stop()
        // The hour that was lived through once already.
        let since = begun.value.duration(to: .now) / .milliseconds(1)
        try office.line.begin(.clock(hour - Int64(since)))
        server = try await office.start()
        load = FaultLoad(office, ports: [server.port], going: running)
        let again = load
        try await again.run { try await again.wait(forMore: 60) }
        await again.settle()
        try office.line.begin(.clock(0))
      }
      try await office.endLeases()
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load, rows: 300)
    }
  }
}

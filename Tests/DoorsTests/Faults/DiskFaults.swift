import Foundation
import TestHouse
import Testing

extension Faults {
  /// The disk is full, or does not write what it has taken.
  @Suite struct Disks {
    /// Where it happens.
    enum Place: String, Sendable, CustomTestStringConvertible {
      /// The embedded store and the files beside it.
      case embedded
      /// Files of the vault alone, beside a database server.
      case vault
      /// Tables of the database server.
      case tables
      /// Its log, without which it stops.
      case log
      var testDescription: String { rawValue }
      var engine: Engine { self == .embedded ? .sqlite : .postgres }
      var paths: [String] {
        switch self {
        case .embedded: ["store.sqlite", "/files/"]
        case .vault: ["/files/"]
        case .tables: ["/base/"]
        case .log: ["/pg_wal/"]
        }
      }
      func line(of office: FaultOffice) throws -> FaultLine {
        switch self {
        case .embedded, .vault: office.line
        case .tables, .log: try FaultOffice.server().line
        }
      }
    }
    static func places(_ places: Place...) -> [Place] { places.filter { Faults.engines.contains($0.engine) } }

    @Test(.timeLimit(.minutes(4)), arguments: places(.embedded, .vault, .tables, .log)) func areFull(_ place: Place) async throws {
      try await harm(place) { .diskFull($0) }
    }
    @Test(.timeLimit(.minutes(4)), arguments: places(.embedded, .vault, .log)) func doNotSync(_ place: Place) async throws {
      try await harm(place) { .syncFails($0) }
    }

    private func harm(_ place: Place, _ fault: @Sendable @escaping ([String]) -> FaultLine.Fault) async throws {
      let office = try await FaultOffice.make(place.engine, rows: 200)
      defer { office.remove() }
      let server = try await office.start()
      let load = FaultLoad(office, ports: [server.port])
      let line = try place.line(of: office)
      try await load.run {
        for _ in 0..<Faults.rounds {
          try await load.wait(forMore: 25)
          let before = line.failed
          try line.begin(fault(place.paths))
          do {
            // Long enough for everybody to meet it.
            let deadline = ContinuousClock.now + .seconds(8)
            while line.failed < before + 3, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
            try await Task.sleep(for: .milliseconds(700))
          } catch {}
          try line.end()
          #expect(line.failed > before, "nothing met the fault")
          // A database server that cannot write its log stops; somebody starts it again.
          if place == .log { try FaultOffice.server().postgres.recover() }
          try await load.wait(forMore: 25)
        }
      }
      await load.settle()
      #expect(try await SmallClient.ask(server.port, "GET", "/ready")?.status == 200)
      // A job that met the fault as well is tried again; one whose failure could not even be noted, when its lease is over.
      try await office.endLeases()
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load, rows: 200)
    }
  }
}

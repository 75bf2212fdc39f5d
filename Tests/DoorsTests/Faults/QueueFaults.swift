import Foundation
import TestHouse
import Testing

@testable import Storage
@testable import longtang

extension Faults {
  /// What is to be done later stands still, or the journal takes nothing.
  @Suite struct Queues {
    /// Nobody works, then somebody who stops in the middle. Requests go on, and all is done once in the end.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.engines) func standStill(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine, rows: 200)
      defer { office.remove() }
      var server = try await office.start(.serveWithoutWorker)
      let load = FaultLoad(office, ports: [server.port])
      try await load.run { try await load.wait(forMore: 60) }
      await load.settle()
      #expect(load.answers(500...599) == 0, "without a worker everything is taken and waits")
      let waiting = try await office.house.look { db in
        (
          run: try db.first("SELECT state FROM import")?.text("state"),
          jobs: try db.number("SELECT count(*) AS n FROM job WHERE state = 'waiting'"),
          other: try db.number("SELECT count(*) AS n FROM job WHERE state <> 'waiting'")
        )
      }
      #expect(waiting.run == "waiting" && waiting.jobs > 1 && waiting.other == 0, "\(waiting)")

      if engine == .postgres {
        let worker = try await office.start(.work)
        try await load.run {
          for _ in 0..<Faults.rounds {
            try await Task.sleep(for: .milliseconds(300))
            worker.pause()
            try await load.wait(forMore: 20)
            worker.resume()
          }
        }
        await load.settle()
        try await office.untilJobsAreDone()
        worker.stop()
      } else {
        server.stop()
        server = try await office.start()
        try await office.untilJobsAreDone()
      }
      server.stop()
      try await office.expectPromises(load, rows: 200)
    }

    /// The journal takes nothing, or only nothing about matters, so that the refusal comes in the middle of a transaction: then nothing
    /// else of the change has happened either.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.engines) func meetAJournalThatRefuses(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine)
      defer { office.remove() }
      // Nobody keeps time meanwhile: what is planned for later is no change that was asked for.
      let server = try await office.start(.serveWithoutWorker)
      let load = FaultLoad(office, ports: [server.port])
      try await load.run { try await load.wait(forMore: 20) }
      await load.settle()
      for condition in ["NEW.subject_kind = 'matter'", "NEW.id > 0"] {
        let before = try await office.everything()
        try await office.refuse(when: condition)
        let (taken, refused) = (load.acknowledged, load.answers(500...599))
        try await load.run {
          let deadline = ContinuousClock.now + .seconds(10)
          while load.answers(500...599) < refused + 25, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(load.answers(500...599) > refused && load.acknowledged == taken, "a change was acknowledged without its entry")
        let after = try await office.everything()
        #expect(after == before, "\(Set(after).symmetricDifference(before).sorted())")
        #expect(try await SmallClient.ask(server.port, "GET", "/sign-in")?.status == 200)
        try await office.refuse(when: nil)
      }
      await load.settle()
      try await office.untilJobsAreDone()
      server.stop()
      try await office.expectPromises(load, excused: [500, 503])
    }
  }
}

extension FaultOffice {
  /// Lets the database itself refuse entries of the journal; nil lets them in again.
  func refuse(when condition: String?) async throws {
    let database = house.database?.name
    guard let condition else {
      if engine == .sqlite {
        try await house.change { db in _ = try db.run("DROP TRIGGER refuse") }
      } else {
        try Self.server().postgres.errand("DROP TRIGGER refuse ON journal", in: database)
      }
      return
    }
    if engine == .sqlite {
      try await house.change { db in
        _ = try db.run(
          "\(raw: "CREATE TRIGGER refuse BEFORE INSERT ON journal WHEN \(condition) BEGIN SELECT RAISE(ABORT, 'no entry'); END")")
      }
    } else {
      try Self.server().postgres.errand(
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no entry'; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON journal FOR EACH ROW WHEN (\(condition)) EXECUTE FUNCTION refuse()", in: database)
    }
  }

  /// A line for each table with all that is in it, but for what is written down without any change of the office's: signs of life and
  /// sessions.
  func everything() async throws -> [String] {
    let names = Composition.migrations.flatMap(\.statements).compactMap { $0.firstMatch(of: /^CREATE TABLE (\w+)/).map { String($0.1) } }
    let left: Set<String> = ["mark", "session", "sign_in", "clock_rule", "node"]
    return try await house.look { db in
      try names.filter { !left.contains($0) }.sorted().map { name in
        // A job that meets the fault is tried again later: which there are counts, not how often they were begun.
        let columns = name == "job" ? "id, kind, payload" : "*"
        let rows = try db.all("SELECT \(raw: columns) FROM \(raw: name) ORDER BY 1, 2").map { "\($0.values)" }
        return "\(name) \(rows.count) \(Secrets.hash(of: rows.joined(separator: "\n")).prefix(12))"
      }
    }
  }
}

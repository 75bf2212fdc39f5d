import Foundation
import Kernel
import Storage
import Testing

extension Faults {
  /// What people do: press twice, and edit the same thing.
  @Suite struct Hands {
    /// Every request is sent twice at the same moment.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.engines) func pressTwice(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine)
      defer { office.remove() }
      let servers = try await office.servers()
      let load = FaultLoad(office, ports: servers.map(\.port), manner: .twice)
      try await load.run { try await load.wait(forMore: 80 * Faults.rounds) }
      await load.settle()
      try await office.untilJobsAreDone()
      for server in servers { server.stop() }
      #expect(load.answers(500...599) == 0)
      try await office.expectPromises(load, excused: [])
    }

    /// Eight people have the same page open and send their forms at the same moment, five times. One is first; the others are shown
    /// what has changed, with their own words kept.
    @Test(.timeLimit(.minutes(4)), arguments: Faults.engines) func editOneMatter(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine)
      defer { office.remove() }
      let servers = try await office.servers()
      let ports = servers.map(\.port)
      let matter = office.hands[0].matter
      let (statuses, rounds) = (Box<[Int: Int]>([:]), 5 * Faults.rounds)
      for round in 1...rounds {
        var forms: [(FaultCaller, FaultCaller.Filled)] = []
        for (n, hand) in office.hands.enumerated() {
          let caller = FaultCaller(somebody: hand.officer)
          let version = try #require(try await caller.version(of: matter, at: ports[n % ports.count]))
          let words = "第\(round)轮，\(n + 1)号队员的措施"
          forms.append(
            (
              caller,
              caller.fill(
                "/matters/\(matter)/measures",
                [("version", String(version)), ("measures-kind", "ordered"), ("measures-note", words)], once: "\(round)-\(n)-\(UUID())")
            ))
        }
        let said = Box<[SmallClient.Reply]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (n, (caller, form)) in forms.enumerated() {
            group.addTask {
              let reply = try #require(try await caller.send(form, to: ports[n % ports.count]))
              statuses.change { $0[reply.status, default: 0] += 1 }
              guard reply.status == 409 else { return }
              said.change { $0.append(reply) }
              #expect(reply.text.contains("情况已经变化") && reply.text.contains("没有保存"), "the page says what happened")
              #expect(reply.text.contains("第\(round)轮，\(n + 1)号队员的措施"), "what was typed is not lost")
              #expect(!reply.text.contains(">ordered"), "and only that: the program's own word for a choice is none of ours")
            }
          }
          try await group.waitForAll()
        }
        let winner = try await office.house.look { db in
          try db.first("SELECT note FROM measure ORDER BY id DESC LIMIT 1")?.text("note") ?? ""
        }
        #expect(winner.hasPrefix("第\(round)轮"))
        let silent = said.value.filter { !$0.text.contains(winner) }.map {
          $0.text.replacing(/<[^>]*>/, with: " ").split(whereSeparator: \.isWhitespace).suffix(80)
        }
        #expect(silent.isEmpty, "who was faster, and with what: “\(winner)” \(silent)")
      }
      #expect(statuses.value == [303: rounds, 409: 7 * rounds], "\(statuses.value)")
      let (measures, entries) = try await office.house.look { db in
        (
          try db.number("SELECT count(*) AS n FROM measure"),
          try db.number("SELECT count(*) AS n FROM journal WHERE action = 'matter-measure'")
        )
      }
      #expect(measures == rounds && entries == rounds)
      try await office.untilJobsAreDone()
      for server in servers { server.stop() }
      try await office.expectPromises(FaultLoad(office, ports: ports))
    }
  }
}

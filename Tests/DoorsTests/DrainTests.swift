import Foundation
import Kernel
import Storage
import Testing

@testable import longtang

/// The real program is told to end while eight clients ask as fast as they can through something that behaves like a proxy: it sends new
/// requests only where `/ready` said yes a moment ago.
@Suite(.serialized) struct DrainTests {
  @Test(.timeLimit(.minutes(1))) func aRollingRestartFailsNoRequest() async throws {
    let house = try await LiveHouse.make()
    defer { house.remove() }
    let server = try await LiveServer(
      store: house.folder, data: house.data, database: house.database, settings: ["LONGTANG_DRAIN_PAUSE": "2"])
    for _ in 0..<200 {
      if try await SmallClient.ask(server.port, "GET", "/ready")?.status == 200 { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(try await SmallClient.ask(server.port, "GET", "/ready")?.status == 200)

    let isOut = Box(false)
    let (good, bad, closing) = (Box(0), Box<[String]>([]), Box(0))
    let said = Box("")
    await withTaskGroup(of: Void.self) { group in
      for client in 0..<8 {
        group.addTask {
          var n = 0
          while !isOut.value {
            n += 1
            let reply: SmallClient.Reply?
            if client < 2 {
              let body = #"{"content":"楼道堆放杂物，无法通行。","place":"盈港东路8900弄"}"#
              reply = try? await SmallClient.ask(
                server.port, "POST", "/api/v1/reports",
                [
                  "Authorization": "Bearer \(house.token)", "Content-Type": "application/json", "Idempotency-Key": "drain-\(client)-\(n)",
                ], body: Data(body.utf8))
            } else {
              reply = try? await SmallClient.ask(server.port, "GET", "/sign-in")
            }
            if let reply, reply.status < 400 {
              good.change { $0 += 1 }
            } else {
              bad.change { $0.append("client \(client) request \(n): \(reply.map { String($0.status) } ?? "no answer")") }
            }
          }
        }
      }
      group.addTask {
        try? await Task.sleep(for: .milliseconds(400))
        kill(server.pid, SIGTERM)
        let since = ContinuousClock.now
        while since.duration(to: .now) < .seconds(10) {
          let reply = try? await SmallClient.ask(server.port, "GET", "/ready")
          if reply?.status != 200 {
            said.change { $0 = (reply?.text ?? "no answer").trimmingCharacters(in: .whitespacesAndNewlines) }
            break
          }
          try? await Task.sleep(for: .milliseconds(50))
        }
        if let alive = try? await SmallClient.ask(server.port, "GET", "/health"), alive.status == 200 { closing.change { $0 += 1 } }
        // The proxy's next look is half a second away: requests go on meanwhile.
        try? await Task.sleep(for: .milliseconds(500))
        isOut.change { $0 = true }
      }
    }
    server.wait()
    #expect(said.value == "not ready: draining")
    #expect(bad.value.isEmpty, "\(bad.value.prefix(5))")
    #expect(good.value > 20)
    #expect(closing.value == 1, "the process lives while it drains")
    #expect(server.status == 0)
  }
}

import HTTPTypes
import HummingbirdTesting
import Kernel
import People
import Storage
import TestHouse
import Testing

@testable import longtang

/// What the system administrator sees of the programs at work.
@Suite struct NodesPageTests {
  @Test func theProgramsAtWorkAreListedAndALostOneIsNamed() async throws {
    let scene = try await WholeHouse.make()
    let house = scene.house
    let admin = try scene.somebody(.systemAdmin)
    let steps = Composition.migrations.map(\.id)
    let serving = try await Membership.join(
      house.store, as: Nodes.Card(kind: .serve, version: "0.1.0", steps: steps, keys: "k"), now: house.now)
    let lost = try await Membership.join(
      house.store, as: Nodes.Card(kind: .work, version: "0.0.9", steps: steps, keys: "k"), now: house.now)
    try await scene.walk { client in
      let fine = try await client.ask(.get, "/system", as: admin).text
      #expect(fine.contains("网页和接口") && fine.contains("版本 0.0.9") && !fine.contains("失去联系"))
      try await house.store.write { db in
        _ = try db.run("UPDATE node SET seen_at = seen_at - 600000, started_at = started_at - 900000 WHERE number = \(lost.number)")
      }
      let page = try await client.ask(.get, "/system", as: admin).text
      #expect(page.contains("1 个程序没有正常停止") && page.contains("失去联系") && page.contains("最近消息 10 分钟前"))
      let metrics = try await client.ask(.get, "/metrics").text
      #expect(metrics.contains("longtang_nodes_lost 1\n") && metrics.contains("longtang_nodes{kind=\"serve\"} 1\n"))
      // Started again on the same machine: nobody needs to look any more.
      let again = try await Membership.join(
        house.store, as: Nodes.Card(kind: .work, version: "0.1.0", steps: steps, keys: "k"), now: house.now)
      #expect(again.number != lost.number && serving.number != again.number)
      #expect(try await !client.ask(.get, "/system", as: admin).text.contains("失去联系"))
    }
  }
}

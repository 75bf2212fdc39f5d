import HTTPTypes
import HummingbirdTesting
import Kernel
import People
import Storage
import TestHouse
import Testing

@testable import longtang

/// Acts that leave nothing behind by which a second sending could be known.
@Suite struct SpentFormsTests {
  private static func entries(_ scene: WholeHouse) async throws -> Int64 {
    try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM journal") }
  }
  /// Nobody remembers the answers any more: minutes have passed, or the server was started anew.
  private static func forget(_ scene: WholeHouse) async throws {
    scene.clock.advance(minutes: 15)
    try await scene.house.store.write { db in _ = try db.run("DELETE FROM once") }
  }

  @Test func aFormSentAgainLaterToAnotherServerIsToldSo() async throws {
    let scene = try await WholeHouse.make()
    let auditor = try scene.somebody(.auditAdmin)
    try await scene.walk { first in
      let answer = try await first.ask(.post, "/audit/journal/verify", as: auditor, form: "_once=the-first-form")
      #expect(answer.outcome == "r")
    }
    try await Self.forget(scene)
    let before = try await Self.entries(scene)
    try await scene.walk { other in
      let again = try await other.ask(.post, "/audit/journal/verify", as: auditor, form: "_once=the-first-form")
      #expect(again.outcome == "c" && again.text.contains("已经提交过"))
      #expect(try await Self.entries(scene) == before)
      // Whoever opens the page anew may.
      #expect(try await other.ask(.post, "/audit/journal/verify", as: auditor, form: "_once=the-second-form").outcome == "r")
      #expect(try await Self.entries(scene) == before + 1)
    }
  }

  @Test func aFormThatWasRefusedMayBeSentAgain() async throws {
    let scene = try await WholeHouse.make()
    let dispatcher = try scene.somebody(.dispatcher)
    let form = "_once=the-same-form&mapping=hotline&through=2026-09-20&format=csv&from="
    try await scene.walk { client in
      let bad = try await client.ask(.post, "/exports", as: dispatcher, form: form)
      let good = try await client.ask(.post, "/exports", as: dispatcher, form: form + "2026-09-01")
      #expect(bad.outcome == "x" && good.outcome == "o")
    }
    try await Self.forget(scene)
    try await scene.walk { other in
      let again = try await other.ask(.post, "/exports", as: dispatcher, form: form + "2026-09-01")
      #expect(again.outcome == "c")
    }
  }

  @Test func whatIsLongOverIsForgotten() async throws {
    let house = try await TestHouse.make()
    let now = house.now()
    try await house.store.write { db in
      try SpentForms.spend("old", at: now.adding(milliseconds: -SpentForms.keep - 1), db)
      try SpentForms.spend("new", at: now, db)
      try SpentForms.prune(at: now, db)
    }
    #expect(try await house.store.read { db in try db.all("SELECT name FROM spent_form").map { try $0.text("name") } } == ["new"])
  }
}

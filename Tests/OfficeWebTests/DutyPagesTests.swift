import Compounds
import HTTPTypes
import HummingbirdTesting
import Kernel
import NIOCore
import People
import StaffWeb
import Storage
import TestHouse
import Testing
import WebSupport

@Suite struct DutyPagesTests {
  @Test func theLeaderSetsTheWeekAndOthersReadIt() async throws {
    let scene = try await OfficeScene.make()
    let officer = try #require(scene.people["officer"]?.id.description)
    let second = try #require(scene.people["second"]?.id.description)
    let fields = [("week", "2026-09-21"), ("office", scene.squad.description)]
    try await scene.walk { client in
      let leader = try await scene.visitor("leader", client)
      let wrong = try await leader.post("/duty", fields + [("2026-09-24-day", officer), ("2026-09-24-day-second", officer)])
      #expect(wrong.status == .unprocessableContent && wrong.text.contains("不能与值班人员是同一人"))
      #expect(
        try await leader.post("/duty", fields + [("2026-09-24-day", officer), ("2026-09-24-day-second", second)]).status == .seeOther)
      let page = try await scene.visitor("officer", client).get("/duty")
      #expect(page.text.contains("现在值班：王建国") && page.text.contains("李敏") && !page.text.contains("保存本周排班"))
      #expect(try await scene.visitor("officer", client).post("/duty", fields).status == .forbidden)
      // Emptied again.
      #expect(try await leader.post("/duty", fields).status == .seeOther)
      #expect(try await leader.get("/duty").text.contains("现在没有人值班"))
    }
  }

  @Test func aCallIsAnsweredWhereItIsSeen() async throws {
    let scene = try await OfficeScene.make()
    let squad = scene.squad
    let now = scene.clock.now
    let calls = try await scene.house.store.write { db in
      try (0..<2).map { turn in
        try DutyCalls.ring(
          squad, about: Subject("office", squad), reason: "试呼\(turn)", at: now, isWorkday: { _ in true }, ids: scene.house.ids, db)
      }
    }
    try await scene.walk { client in
      let leader = try await scene.visitor("leader", client)
      #expect(try await leader.get("/duty").text.contains("action=\"/duty/calls/\(calls[0])/answer\""))
      #expect(try await leader.post("/duty/calls/\(calls[0])/answer").headers[.location] == "/duty")
      // From the day page one comes back to the day page, and never to another house.
      #expect(try await leader.post("/duty/calls/\(calls[1])/answer", [("next", "/today")]).headers[.location] == "/today")
      #expect(try await leader.post("/duty-calls/\(calls[1])/answer").status == .notFound)
      #expect(try await !leader.get("/duty").text.contains("试呼"))
    }
  }

  @Test func everybodyAppointsTheirOwnDeputy() async throws {
    let scene = try await OfficeScene.make()
    let second = try #require(scene.people["second"]?.id.description)
    let leader = try #require(scene.people["leader"]?.id.description)
    try await scene.walk { client in
      let officer = try await scene.visitor("officer", client)
      #expect(try await officer.post("/account/deputy", [("deputy", second)]).status == .unprocessableContent)
      let days = [("from", "2026-09-24"), ("to", "2026-09-30"), ("reason", "<u>年休假</u>")]
      #expect(try await officer.post("/account/deputy", [("deputy", second)] + days).status == .seeOther)
      let page = try await officer.get("/account/deputy")
      #expect(page.text.contains("正在代理") && page.text.contains("&lt;u&gt;年休假"))
      #expect(try await officer.post("/account/deputy", [("account", leader), ("deputy", second)] + days).status == .forbidden)
      #expect(try await scene.visitor("second", client).get("/account/deputy").text.contains("今天您代理王建国"))
      #expect(try await officer.get("/account").text.contains("今天由李敏代理"))
    }
  }

  @Test func oneEndsOnesOtherSessions() async throws {
    let scene = try await OfficeScene.make()
    try await scene.walk { client in
      let phone = try await scene.visitor("officer", client)
      let desk = try await scene.visitor("officer", client)
      #expect(try await desk.get("/account").text.contains("退出其他 1 处"))
      #expect(try await desk.post("/account/sessions/end-others").status == .seeOther)
      #expect(try await phone.get("/account").status == .seeOther)
      #expect(try await desk.get("/account").status == .ok)
    }
  }

  @Test func theCatalogueNamesItsArticles() async throws {
    let scene = try await OfficeScene.make()
    try await scene.walk { client in
      let leader = try await scene.visitor("leader", client)
      #expect(try await leader.get("/catalogue?q=%E6%89%BF%E9%87%8D").text.contains("承重结构"))
      #expect(try await leader.get("/catalogue/load-bearing-damage").text.contains("《上海市住宅物业管理规定》"))
      #expect(try await leader.get("/catalogue/nothing").status == .notFound)
    }
  }
}

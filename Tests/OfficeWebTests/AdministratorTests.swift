import Compounds
import HTTPTypes
import HummingbirdTesting
import Intake
import Kernel
import Matters
import NIOCore
import People
import StaffWeb
import Storage
import TestHouse
import Testing
import WebSupport

@Suite struct AdministratorTests {
  @Test func anAccountFromItsMakingToItsEnd() async throws {
    let scene = try await OfficeScene.make()
    try await scene.walk { client in
      let security = try await scene.visitor("security", client)
      let wrong = try await security.post("/accounts/new", [("login", "A B"), ("name", "新人"), ("role", "officer")])
      #expect(wrong.status == .unprocessableContent)
      let made = try await security.post(
        "/accounts/new", [("login", "xj2041"), ("name", "<i>新人</i>"), ("role", "officer"), ("office", scene.squad.description)])
      #expect(made.status == .ok && made.text.contains("一次性密码") && made.text.contains("&lt;i&gt;新人"))
      let person = try #require(try await scene.house.store.read { db in try PersonStore.find(login: "xj2041", db) })
      let here = "/accounts/\(person.id)"
      let again = try await security.get(here)
      #expect(!again.text.contains("一次性密码（"))
      #expect(try await security.post(here + "/post", [("role", "systemAdmin")]).status == .conflict)
      #expect(try await security.post(here + "/post", [("role", "squadLeader"), ("office", scene.squad.description)]).status == .seeOther)
      #expect(try await security.post(here + "/reset").text.contains("密码已重设"))
      let token = try await security.post(here + "/tokens", [("name", "热线对接"), ("days", "30")])
      #expect(token.text.contains("lt_"))
      let listed = try await security.get(here + "/tokens")
      #expect(!listed.text.contains("lt_"))
      #expect(try await security.post(here + "/disable").status == .unprocessableContent)
      #expect(try await security.post(here + "/disable", [("reason", "调离")]).status == .seeOther)
      #expect(try await security.get(here).text.contains("停用"))
      #expect(try await security.post(here + "/enable").status == .seeOther)
    }
  }

  @Test func theAuditorSeesLooksButNoIdentity() async throws {
    let scene = try await OfficeScene.make()
    var report = NewReport(channel: .code, content: "阳台改卫生间", saidAt: scene.clock.now)
    report.compound = scene.compound.id.raw
    report.callerName = "王秀芳"
    report.callerPhone = "13812345678"
    let received = try await scene.matters.receive(report, by: .resident)
    let leader = try #require(scene.people["leader"])
    let now = scene.clock.now
    let house = scene.house
    _ = try await house.store.write { db in
      try ReportStore.open(received.report.id, purpose: .firstContact, by: leader.actor, house: house, at: now, db)
    }
    try await scene.walk { client in
      let audit = try await scene.visitor("audit", client)
      for path in ["/audit", "/audit/looks", "/audit/looks?q=\(received.report.no)"] {
        let page = try await audit.get(path)
        #expect(page.text.contains(received.report.no) && page.text.contains("陈队") && page.text.contains("先行联系"))
        #expect(!page.text.contains("王秀芳") && !page.text.contains("13812345678"))
      }
      #expect(try await audit.get("/audit/journal?kind=report&subject=\(received.report.no)").text.contains("查看封存身份"))
      #expect(try await audit.get("/audit/journal?actor=nobody").text.contains("没有登录名"))
      #expect(try await audit.get("/audit/journal?from=2026-09-24&through=2026-09-24").status == .ok)
      #expect(try await audit.get("/audit/sign-ins?q=audit").text.contains("登录成功"))
      #expect(try await audit.post("/audit/journal/verify").status == .seeOther)
      #expect(try await audit.get("/audit").text.contains("正在核验"))
      try await scene.work()
      #expect(try await audit.get("/audit").text.contains("日志链完整"))
    }
  }

  @Test func deadJobsAreSeenAndTriedAgain() async throws {
    let scene = try await OfficeScene.make()
    let now = scene.clock.now
    let house = scene.house
    try await house.store.write { db in
      try Jobs.enqueue("matters-import", ["run": 1], at: now, now: now, ids: house.ids, db)
      try db.run("UPDATE job SET state = 'dead', last_error = '<b>磁盘满</b>'")
    }
    try await scene.walk { client in
      let system = try await scene.visitor("system", client)
      let state = try await system.get("/system")
      #expect(state.text.contains("后台作业没有在运行") && state.text.contains("1 个作业多次失败"))
      let jobs = try await system.get("/system/jobs?state=dead")
      #expect(jobs.text.contains("&lt;b&gt;磁盘满") && jobs.text.contains("重新执行"))
      let id = try await house.store.read { db in try Jobs.list(state: .dead, db).first?.id }
      #expect(try await system.post("/system/jobs/\(try #require(id))/retry").status == .seeOther)
      try await house.store.write { db in try Heartbeat.beat(at: now, db) }
      let alive = try await system.get("/system")
      #expect(!alive.text.contains("后台作业没有在运行"))
    }
  }
}

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

@Suite struct CompoundPagesTests {
  @Test func theFileTellsWhatIsGoingOn() async throws {
    let scene = try await OfficeScene.make()
    var report = NewReport(channel: .code, content: "楼上敲承重墙", saidAt: scene.clock.now)
    report.compound = scene.compound.id.raw
    report.item = "load-bearing-damage"
    _ = try await scene.matters.receive(report, by: .resident)
    try await scene.walk { client in
      let leader = try await scene.visitor("leader", client)
      let page = try await leader.get("/compounds/\(scene.compound.no)")
      #expect(page.status == .ok)
      for words in ["元邑小城", "盈港东路8900弄", "虹景物业有限公司", "元邑居委会", "1,862 户", "损坏房屋主体和承重结构", "城管码", "待派单"] {
        #expect(page.text.contains(words), "\(words)")
      }
      #expect(try await leader.get("/compounds/00000000").status == .notFound)
      #expect(try await leader.get("/compounds?q=%E5%85%83%E9%82%91").text.contains("元邑小城"))
    }
  }

  @Test func theFileLeadsToTheCodeTheMattersAndWhatResidentsSay() async throws {
    let scene = try await OfficeScene.make()
    let here = "/compounds/\(scene.compound.no)"
    try await scene.walk { client in
      #expect(try await scene.visitor("leader", client).get(here).text.contains("还没有居民通过城管码评价"))
      try await scene.matters.rateService(
        squad: scene.squad, compound: scene.compound.id.raw, satisfaction: .basically, words: "<i>来得快</i>，王建国13912345678态度好")
      try await scene.matters.rateService(squad: scene.squad, satisfaction: .dissatisfied, words: "别处的话")
      let page = try await scene.visitor("leader", client).get(here).text
      for end in ["/code-sheet", "/code.png", "/code.svg"] { #expect(page.contains("href=\"\(here)\(end)\""), "\(end)") }
      #expect(page.contains("href=\"/matters?compound=\(scene.compound.id)&amp;group=all\""))
      #expect(page.contains("&lt;i&gt;来得快") && page.contains(Satisfaction.basically.chinese))
      #expect(!page.contains("13912345678") && !page.contains("别处的话"))
    }
  }

  @Test func formsKeepWhatWasTypedAndSayWhatIsWrong() async throws {
    let scene = try await OfficeScene.make()
    try await scene.walk { client in
      let leader = try await scene.visitor("leader", client)
      let answer = try await leader.post(
        "/compounds/new",
        [("name", "<script>alert(1)</script>"), ("squad", scene.squad.description), ("households", "很多"), ("position", "北")])
      #expect(answer.status == .unprocessableContent)
      #expect(!answer.text.contains("<script>alert(1)"))
      #expect(answer.text.contains("&lt;script&gt;alert(1)"))
      #expect(answer.text.contains("请填写数字") && answer.text.contains("经度，纬度"))
      let added = try await leader.post("/compounds/new", [("name", "<b>新城</b>\"一期\""), ("squad", scene.squad.description)])
      #expect(added.status == .seeOther)
      let page = try await leader.get(added.headers[.location] ?? "/")
      #expect(page.text.contains("&lt;b&gt;新城") && !page.text.contains("<b>新城"))
    }
  }

  @Test func whoComesSecondSeesWhatChanged() async throws {
    let scene = try await OfficeScene.make()
    let no = scene.compound.no
    try await scene.walk { client in
      let leader = try await scene.visitor("leader", client)
      let manager = try await scene.visitor("manager", client)
      let seen = try await leader.get("/compounds/\(no)/edit").hidden("seen")
      #expect(!seen.isEmpty)
      scene.clock.advance(minutes: 5)
      let fields = [("name", "元邑小城"), ("squad", scene.squad.description), ("address", "盈港东路8900弄"), ("state", "active"), ("seen", seen)]
      #expect(try await manager.post("/compounds/\(no)/edit", fields + [("households", "1900")]).status == .seeOther)
      let late = try await leader.post("/compounds/\(no)/edit", fields + [("households", "1880")])
      #expect(late.status == .conflict)
      #expect(late.text.contains("孙局") && late.text.contains("1862 → 1900") && late.text.contains("1880"))
    }
    let now = try await scene.house.store.read { db in try CompoundStore.find(no: no, db)?.households }
    #expect(now == 1900)
  }

  @Test func aliasesOfficersAndBuildingsAreKept() async throws {
    let scene = try await OfficeScene.make()
    let here = "/compounds/\(scene.compound.no)"
    let officer = try #require(scene.people["officer"])
    try await scene.walk { client in
      let leader = try await scene.visitor("leader", client)
      #expect(try await leader.post(here + "/aliases", [("alias", "小城")]).status == .seeOther)
      #expect(try await leader.post(here + "/aliases", [("alias", "城")]).status == .unprocessableContent)
      #expect(try await leader.post(here + "/aliases/remove", [("alias", "元邑")]).status == .seeOther)
      #expect(
        try await leader.post(here + "/officer", [("officer", officer.id.description), ("from", scene.clock.now.day.iso)]).status
          == .seeOther)
      #expect(try await leader.post(here + "/buildings", [("names", "1号、2号\n3号")]).status == .seeOther)
      let page = try await leader.get(here)
      #expect(page.text.contains("小城") && page.text.contains("王建国") && page.text.contains("1号、2号、3号"))
    }
  }

  @Test func aRegisterComesInByItsBadRowsToo() async throws {
    let scene = try await OfficeScene.make()
    let csv = "小区名称,小区地址,区,街镇,户数\n徐泾新苑,沪青平公路1号,青浦区,徐泾镇,320\n坏户数,路2号,青浦区,徐泾镇,22861964\n,路3号,青浦区,徐泾镇,12\n"
    try await scene.walk { client in
      let manager = try await scene.visitor("manager", client)
      let preview = try await manager.upload("/compounds/import", file: csv, name: "名册.csv", [("mapping", "compounds-default")])
      #expect(preview.status == .ok && preview.text.contains("新增 1 个") && preview.text.contains("徐泾新苑"))
      let ticket = ["sha", "name", "seal", "mapping"].map { ($0, preview.hidden($0)) }
      #expect(try await scene.count("compound") == 1)
      let begun = try await manager.post("/compounds/import/run", ticket)
      let there = try #require(begun.headers[.location])
      // Only planned so far: the page says so and asks again by itself.
      let waiting = try await manager.get(there)
      let refresh = try #require(HTTPField.Name("Refresh"))
      #expect(begun.status == .seeOther && waiting.text.contains("排队中") && waiting.headers[refresh] == "3")
      #expect(try await scene.count("compound") == 1)
      try await scene.work()
      let done = try await manager.get(there)
      #expect(done.text.contains("已完成") && done.text.contains("第 3 行") && done.headers[refresh] == nil)
      #expect(try await scene.count("compound") == 2)
      #expect(try await manager.get(there + "/errors.csv").text.contains("22861964"))
      #expect(try await scene.visitor("dispatcher", client).get(there).status == .forbidden)
      #expect(try await scene.visitor("system", client).get(there).status == .notFound)
      // The hotline's imports are another list.
      #expect(try await !scene.visitor("dispatcher", client).get("/imports").text.contains("名册.csv"))
      // The same file again changes nothing.
      let again = try await manager.post("/compounds/import/run", ticket)
      try await scene.work()
      let second = try #require(again.headers[.location]?.split(separator: "/").last.flatMap { ImportRun.ID(String($0)) })
      let run = try await scene.matters.registerRun(second, for: try #require(scene.people["manager"])).run
      #expect(run.state == .finished && run.added == 0 && run.same == 1 && run.failed == 2 && run.done == 3)
      #expect(try await scene.count("compound") == 2)
      let errors = try await manager.post("/compounds/import/errors.csv", ticket)
      #expect(errors.text.contains("22861964") && errors.text.contains("行号") && errors.headers[.contentType]?.hasPrefix("text/csv") == true)
      // A ticket is of no use to another.
      let system = try await scene.visitor("system", client)
      #expect(try await system.post("/compounds/import/run", ticket).status == .unprocessableContent)
    }
  }

  @Test func studiosAreTheSquadsOwn() async throws {
    let scene = try await OfficeScene.make()
    try await scene.walk { client in
      let leader = try await scene.visitor("leader", client)
      #expect(try await leader.post("/studios-admin/new", [("name", "")]).status == .unprocessableContent)
      let made = try await leader.post(
        "/studios-admin/new", [("name", "徐泾社区工作室"), ("address", "明珠路1号"), ("hours", "工作日 9:00–17:00"), ("state", "open")])
      #expect(made.status == .seeOther)
      #expect(try await leader.get("/studios-admin").text.contains("徐泾社区工作室"))
      #expect(try await leader.get("/compounds/\(scene.compound.no)").text.contains("明珠路1号"))
    }
  }
}

extension OfficeScene {
  func count(_ table: String) async throws -> Int {
    try await house.store.read { db in Int(try db.number("SELECT count(*) AS n FROM \(raw: table)")) }
  }
}

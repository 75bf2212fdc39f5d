import DoorScene
import Foundation
import Intake
import Kernel
import Matters
import People
import StaffWeb
import Storage
import Testing
import WebSupport

@Suite struct FirmDutyTests {
  private func walk(_ scene: DoorScene, _ body: @escaping @Sendable (Walker) async throws -> Void) async throws {
    try await scene.walk(
      {
        FirmRoutes.register(&$0, matters: scene.matters)
        CodeRoutes.register(&$0)
      }, body)
  }
  /// The form as a patrolman fills it in.
  static func fields(_ discovered: String, _ more: [(String, String)] = []) -> [(String, String)] {
    [
      ("compound", DoorScene.compoundNo), ("place", "8 号楼 802"), ("discovered-at", discovered), ("content", "正在把阳台改成卫生间"),
      ("patrol", "周巡查 9 点巡查"), ("dissuasion", "当面劝阻并发书面通知"), ("outcome", "未停止"), ("item", "kitchen-bathroom-conversion"),
    ] + more
  }

  @Test func aReportWithinTwentyFourHoursIsProven() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let firm = try await walker.signIn("firm")
      let sent = try await walker.post("/firm/report", Self.fields("2026-09-23T10:30"), files: [("a.png", try DoorScene.picture())], firm)
      #expect(sent.status == 303)
      let at = try #require(sent.location)
      let receipt = try await walker.get(at + "/receipt", firm)
      let hash = try await scene.house.store.read { db in try db.first("SELECT sha256 FROM report_file")?.text("sha256") }
      for word in ["自发现起 24 小时内送达", "第五十九条", "2026年9月23日 10:30:00", try #require(hash), "当面劝阻并发书面通知"] {
        #expect(receipt.text.contains(word), "\(word)")
      }
      #expect(try await walker.get(at, firm).text.contains("24 小时内"))
      #expect(try await walker.get(at + "/photos/1?small=1", firm).status == 200)
      #expect(try await walker.get("/firm", firm).text.contains(at))
    }
  }

  @Test func aLateReportSaysSo() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let firm = try await walker.signIn("firm")
      let sent = try await walker.post("/firm/report", Self.fields("2026-09-23T09:59"), firm)
      let receipt = try await walker.get((sent.location ?? "") + "/receipt", firm)
      #expect(receipt.text.contains("超过 24 小时送达"))
      #expect(!receipt.text.contains("自发现起 24 小时内送达"))
    }
  }

  @Test func whatIsMissingIsSaidBesideItsField() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let firm = try await walker.signIn("firm")
      let empty = try await walker.post(
        "/firm/report", [("discovered-at", "2026-09-25T10:00"), ("compound", DoorScene.otherCompoundNo)], firm)
      #expect(empty.status == 422)
      for field in ["compound", "place", "patrol", "dissuasion", "content", "discovered-at"] {
        #expect(empty.text.contains("id=\"f-\(field)-error\"") || field == "discovered-at", "\(field)")
      }
      let future = try await walker.post("/firm/report", Self.fields("2026-09-25T10:00"), firm)
      #expect(future.text.contains("发现时间晚于现在"))
    }
  }

  @Test func theMatterLeadsToWhatMayBeReleased() async throws {
    let scene = try await DoorScene.make()
    let complaint = try await scene.complaint("楼上改卫生间")
    try await scene.walk({
      FirmRoutes.register(&$0, matters: scene.matters)
      StaffRoutes.register(&$0, matters: scene.matters, cases: scene.cases)
    }) { walker in
      let officer = try await walker.signIn("officer")
      let here = "/matters/\(complaint.matterNo)"
      #expect(try await !walker.get(here, officer).text.contains("\(here)/release"))
      let firm = try await walker.signIn("firm")
      #expect(try await walker.post("/firm/report", Self.fields("2026-09-24T08:00"), firm).status == 303)
      let page = try await walker.get(here, officer)
      #expect(page.text.contains("href=\"\(here)/release\"") && page.text.contains("告诉青浦物业办理情况"))
      #expect(try await walker.get(here + "/release", officer).status == 200)
      #expect(try await !walker.get(here, try await walker.signIn("dispatcher")).text.contains("\(here)/release"))
    }
  }

  @Test func aFirmSeesFactsAndNothingThatOthersSaidOrWrote() async throws {
    let scene = try await DoorScene.make()
    let complaint = try await scene.complaint("邻居原话：物业包庇，请为我保密")
    try await walk(scene) { walker in
      let firm = try await walker.signIn("firm")
      let sent = try await walker.post("/firm/report", Self.fields("2026-09-24T08:00"), firm)
      let at = try #require(sent.location)
      #expect(try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM matter") } == 1)
      try await scene.answer(complaint.matterNo, [complaint.report.id], text: "答复原文：已责令恢复原状")
      for path in [at, at + "/receipt", "/firm"] {
        let page = try await walker.get(path, firm)
        #expect(page.status == 200)
        for secret in ["邻居原话", "保密", "王", "内部", "现场笔记", "答复原文", complaint.report.no, complaint.matterNo] {
          #expect(!page.text.contains(secret), "\(path) shows \(secret)")
        }
      }
      let page = try await walker.get(at, firm)
      for fact in ["已接单", "已到现场核查", "属实", "责令改正"] { #expect(page.text.contains(fact)) }

      let officer = try await walker.signIn("officer")
      #expect(try await walker.get("/matters/\(complaint.matterNo)/release", officer).text.contains("青浦物业"))
      let release = try await walker.post(
        "/matters/\(complaint.matterNo)/release", [("firm", String(scene.firm.raw)), ("text", "已责令恢复原状，请配合复查，联系 13800001234")], officer)
      #expect(release.status == 303)
      let told = try await walker.get(at, firm)
      #expect(told.text.contains("请配合复查"))
      #expect(!told.text.contains("13800001234"))
      let wrongFirm = try await walker.post(
        "/matters/\(complaint.matterNo)/release", [("firm", String(scene.otherFirm.raw)), ("text", "x")], officer)
      #expect(wrongFirm.status == 422)
      let stranger = try await walker.signIn("stranger")
      let outside = try await walker.post(
        "/matters/\(complaint.matterNo)/release", [("firm", String(scene.firm.raw)), ("text", "x")], stranger)
      #expect(outside.status == 404)
    }
  }

  @Test func anotherFirmsReportDoesNotExist() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let sent = try await walker.post(
        "/firm/report", Self.fields("2026-09-24T08:00"), files: [("a.png", try DoorScene.picture())], try await walker.signIn("firm"))
      let at = try #require(sent.location)
      let other = try await walker.signIn("firm2")
      for path in [at, at + "/receipt", at + "/photos/1"] { #expect(try await walker.get(path, other).status == 404) }
      #expect(try await !walker.get("/firm", other).text.contains(at))
      for login in ["officer", "committee"] { #expect(try await walker.get(at, try await walker.signIn(login)).status == 403) }
      #expect(try await walker.get(at).location?.hasPrefix("/sign-in") == true)
    }
  }

  @Test func aCommitteePassesOnAndSeesTheAnswer() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let committee = try await walker.signIn("committee")
      let wrong = try await walker.post("/committee/report", [("compound", DoorScene.otherCompoundNo), ("content", "x")], committee)
      #expect(wrong.status == 422)
      let sent = try await walker.post(
        "/committee/topic",
        [("compound", DoorScene.compoundNo), ("nature", "suggestion"), ("content", "希望规范非机动车停放"), ("households", "120")], committee)
      let at = try #require(sent.location)
      let page = try await walker.get(at, committee)
      for word in ["人民建议", "涉及约 120 户", "希望规范非机动车停放"] { #expect(page.text.contains(word)) }
      #expect(try await walker.get("/committee", committee).text.contains(at))
      let other = try await walker.signIn("committee2")
      #expect(try await walker.get(at, other).status == 404)
      let no = try await scene.house.store.read { db in try #require(try db.first("SELECT no FROM matter")).text("no") }
      try await scene.answer(no, [], text: "采纳，十月起划线。")
      #expect(try await walker.get(at, committee).text.contains("采纳，十月起划线。"))
    }
  }

  @Test func codeSheetsAreForOnesOwnCompounds() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let officer = try await walker.signIn("officer")
      let sheet = try await walker.get("/compounds/\(DoorScene.compoundNo)/code-sheet", officer)
      for word in ["元邑小城", "http://longtang.test/c/\(DoorScene.compoundNo)", "演示数据", "<svg xmlns"] { #expect(sheet.text.contains(word)) }
      #expect(try await walker.get("/compounds/\(DoorScene.compoundNo)/code.svg", officer).text.hasPrefix("<svg"))
      #expect(try await walker.get("/compounds/\(DoorScene.compoundNo)/code.png", officer).bytes > 100)
      #expect(try await walker.get("/compounds/\(DoorScene.otherCompoundNo)/code-sheet", officer).status == 404)
      #expect(try await walker.get("/studios/\(DoorScene.studioNo)/code-sheet", officer).text.contains("徐泾社区工作室"))
      let bulk = try await walker.get("/code-sheets", officer)
      #expect(bulk.text.contains("元邑小城"))
      #expect(!bulk.text.contains("别家花园"))
      #expect(try await walker.get("/code-sheets", try await walker.signIn("firm")).status == 403)
    }
  }
}

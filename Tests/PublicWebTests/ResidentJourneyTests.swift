import DoorScene
import Foundation
import HTTPTypes
import Intake
import Kernel
import Matters
import People
import Pictures
import PublicWeb
import Storage
import Testing
import WebSupport

@Suite struct ResidentJourneyTests {
  private func walk(_ scene: DoorScene, _ body: @escaping @Sendable (Walker) async throws -> Void) async throws {
    try await scene.walk({ PublicRoutes.register(&$0, matters: scene.matters, home: { _ in "/today" }) }, body)
  }
  static let form = "/c/\(DoorScene.compoundNo)/report"

  @Test func fromTheCodeToTheRating() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let code = try await walker.get("/c/\(DoorScene.compoundNo.lowercased())")
      #expect(code.status == 200)
      for word in ["元邑小城", "反映问题", "提建议", "咨询", "查进度", "评价社区服务", "看法律说明", "徐泾镇综合行政执法队", "021-59761234", "9:00–17:00"] {
        #expect(code.text.contains(word))
      }
      let session = try await walker.form(Self.form)
      let sent = try await walker.post(
        Self.form, [("content", "楼上正在拆承重墙，我姓王，电话 13812345678"), ("place", "12 号 302 室"), ("phone", "13812345678")],
        files: [("a.jpg", try DoorScene.picture())], session)
      #expect(sent.status == 303)
      let at = try #require(sent.location)
      #expect(at.hasPrefix("/receipt/"))
      let receipt = try await walker.get(at)
      #expect(receipt.status == 200)
      #expect(receipt.text.contains("<svg xmlns"))
      #expect(receipt.text.contains("先行联系您"))
      #expect(receipt.text.contains(/[0-9]+月[0-9]+日前/))
      let number = String(at.dropFirst("/receipt/".count))
      let progress = try await walker.get("/progress/\(number)")
      #expect(progress.status == 200)
      #expect(progress.text.contains("派给执法队"))
      #expect(!progress.text.contains("13812345678"))
      #expect(progress.headers[try #require(HTTPField.Name("X-Robots-Tag"))] == "noindex, nofollow")
      #expect(progress.headers[try #require(HTTPField.Name("Referrer-Policy"))] == "same-origin")
      #expect(!progress.text.contains("请您评价"))

      let (no, report) = try await scene.house.store.read { db in
        let row = try #require(try db.first("SELECT m.no, r.id FROM report r JOIN matter m ON m.id = r.matter_id"))
        return (try row.text("no"), try row.int("id"))
      }
      try await scene.answer(no, [.init(report)])
      let answered = try await walker.form("/progress/\(number)")
      #expect(try await walker.get("/progress/\(number)").text.contains("已责令恢复原状"))
      let empty = try await walker.post("/progress/\(number)/rate", [], answered)
      #expect(empty.status == 422)
      #expect(empty.text.contains("请选择是否满意"))
      let rated = try await walker.post(
        "/progress/\(number)/rate", [("satisfaction", "satisfied"), ("solved", "yes"), ("note", "谢谢")], answered)
      #expect(rated.location == "/progress/\(number)")
      let after = try await walker.get("/progress/\(number)")
      #expect(after.text.contains("已登记的评价：满意"))
      #expect(after.text.contains("已办结"))
    }
  }

  @Test func photosMayComeLater() async throws {
    let scene = try await DoorScene.make()
    let received = try await scene.complaint("楼上改卫生间")
    let code = try #require(received.receipt)
    let pictures = try (0..<11).map { ("p\($0).png", try QRCode.png("照片 \($0)", scale: 3)) }
    try await walk(scene) { walker in
      let here = "/progress/\(code)"
      let form = try await walker.form(here)
      #expect(try await walker.get(here).text.contains("还可以补充 9 张"))
      #expect(try await walker.post(here + "/photos", [], form).text.contains("请先拍照"))
      #expect(try await walker.post(here + "/photos", [], files: [("x.jpg", Data("no picture".utf8))], form).status == 422)
      let sent = try await walker.post(here + "/photos", [], files: Array(pictures[0..<2]), form)
      #expect(sent.status == 303 && sent.location == here)
      // The same ones again are no new ones; more than nine in all are refused beside the field, and none of them is taken.
      #expect(try await walker.post(here + "/photos", [], files: Array(pictures[0..<2]), form).status == 303)
      let many = try await walker.post(here + "/photos", [], files: Array(pictures[2..<10]), form)
      #expect(many.status == 422 && many.text.contains("还可以补充 7 张"))
      #expect(try await walker.get(here).text.contains("照片 2 张"))
      #expect(try await walker.post("/progress/AAAA-BBBB-CCCC/photos", [], files: Array(pictures[0..<1]), form).status == 404)
      let leader = try scene.person("leader")
      let file = try await scene.matters.file(received.matterNo, for: leader)
      #expect(file.reports[0].files.count == 2 && file.story.last?.what == "诉件 \(received.report.no) 补充照片 2 张")
      let thumbnail = try #require(file.reports[0].files[1].thumbnail)
      #expect(try await scene.matters.maySee(file: thumbnail, leader).kind == .thumbnail)
      #expect(file.story.last?.files == file.reports[0].files.map(\.original.sha256))
      try await scene.answer(received.matterNo, [received.report.id])
      try await scene.matters.revisit(
        received.matterNo, report: received.report.id, satisfaction: .satisfied, solved: true, note: "", version: nil, by: leader)
      #expect(try await !walker.get(here).text.contains("补充照片"))
      let late = try await walker.post(here + "/photos", [], files: Array(pictures[10..<11]), form)
      #expect(late.status == 409 && late.text.contains("已办结"))
    }
  }

  @Test func aSecondTapIsTheSameReport() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let session = try await walker.form(Self.form)
      let fields = [("content", "楼道堆物")]
      let first = try await walker.post(Self.form, fields, session, once: "once-once-1")
      let second = try await walker.post(Self.form, fields, session, once: "once-once-1")
      #expect(first.location == second.location)
      #expect(try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM report") } == 1)
    }
  }

  @Test func whatIsWrongIsSaidBesideItsField() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let session = try await walker.form(Self.form)
      let picture = try DoorScene.picture()
      let nothing = try await walker.post(Self.form, [("content", " "), ("phone", "12")], session)
      #expect(nothing.status == 422)
      #expect(nothing.text.contains("id=\"f-content-error\""))
      #expect(nothing.text.contains("id=\"f-phone-error\""))
      let ten = try await walker.post(Self.form, [("content", "堆物")], files: (0..<10).map { ("\($0).jpg", picture) }, session)
      #expect(ten.status == 422)
      #expect(ten.text.contains("照片最多 9 张"))
      let program = try await walker.post(
        Self.form, [("content", "堆物")], files: [("a.jpg", Data("MZ\u{90}\0\u{3}".utf8) + Data(count: 400))], session)
      #expect(program.status == 422)
      #expect(program.text.contains("请上传 JPG、PNG、WebP 或 HEIC 格式的照片"))
      #expect(program.text.contains("id=\"f-photos-error\""))
      #expect(try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM report") } == 0)
    }
  }

  @Test func nobodysMarkupBecomesOurs() async throws {
    let scene = try await DoorScene.make()
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    try await walk(scene) { walker in
      let session = try await walker.form(Self.form)
      let again = try await walker.post(Self.form, [("content", evil), ("place", evil), ("name", evil), ("phone", evil)], session)
      #expect(again.status == 422)
      #expect(again.text.contains("&lt;script&gt;"))
      let sent = try await walker.post(Self.form, [("content", evil), ("place", evil)], session)
      let progress = try await walker.get("/progress/" + (sent.location ?? "").split(separator: "/").suffix(1).joined())
      let pages = [
        again, progress, try await walker.get("/law?q=%3Cscript%3Ealert(1)%3C/script%3E"),
        try await walker.get("/progress?code=%3Cscript%3E"),
        try await walker.get("/report?district=310118&q=%3Cscript%3Ealert(1)"), try await walker.get("/c/%3Cscript%3E"),
      ]
      for page in pages {
        #expect(!page.text.contains("<script>"))
        #expect(!page.text.contains("<img src=x"))
      }
    }
  }

  @Test func aWrongCodeTellsNothing() async throws {
    let scene = try await DoorScene.make()
    let received = try await scene.complaint("楼上漏水")
    #expect(received.receipt != nil)
    try await walk(scene) { walker in
      let pages = [
        try await walker.get("/progress/7KQ4-M9XD-2PWT"), try await walker.get("/progress/short"),
        try await walker.get("/receipt/7KQ4-M9XD-2PWT"),
        try await walker.get("/progress?code=7KQ4-M9XD-2PWT"),
      ]
      for page in pages {
        #expect(page.status == 404)
        #expect(page.text.contains("没有查到这个查询码"))
      }
      let right = try await walker.get("/progress?code=" + (received.receipt ?? "").lowercased().filter { $0 != "-" })
      #expect(right.location == "/progress/\(received.receipt ?? "")")
      #expect(try await walker.get("/c/00000000").status == 404)
      #expect(try await walker.get("/c/00000000").text.contains("没有找到这个城管码"))
    }
  }

  @Test func withoutACodeTheCompoundIsChosen() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      #expect(try await walker.get("/report").text.contains("青浦区"))
      let found = try await walker.get("/report?district=310118&q=%E5%85%83%E9%82%91")
      #expect(found.text.contains(Self.form))
      #expect(!found.text.contains("别家花园"))
      let elsewhere = "/report?district=310118&elsewhere=1"
      let session = try await walker.form(elsewhere)
      let noPlace = try await walker.post("/report", [("district", "310118"), ("content", "堆物")], session)
      #expect(noPlace.status == 422)
      let sent = try await walker.post("/report", [("district", "310118"), ("content", "堆物"), ("place", "盈港东路 1 弄")], session)
      #expect(sent.location?.hasPrefix("/receipt/") == true)
      #expect(
        try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM matter WHERE district_id IS NOT NULL") } == 1)
    }
  }

  @Test func suggestionsAndQuestionsKeepTheirNature() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      for kind in ["suggest", "ask"] {
        let at = "/c/\(DoorScene.studioNo)/\(kind)"
        let sent = try await walker.post(at, [("content", "希望晚上也开放")], try await walker.form(at))
        #expect(sent.status == 303)
      }
      let natures = try await scene.house.store.read { db in
        try db.all("SELECT nature, channel FROM report ORDER BY id").map { "\(try $0.text("nature")) \(try $0.text("channel"))" }
      }
      #expect(natures == ["suggestion studio", "question studio"])
    }
  }

  @Test func theServiceIsRatedApart() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let at = "/c/\(DoorScene.compoundNo)/rate-service"
      let session = try await walker.form(at)
      #expect(try await walker.post(at, [], session).status == 422)
      #expect(try await walker.post(at, [("satisfaction", "soSo"), ("words", "请打 13812345678")], session).status == 303)
    }
    let ratings = try await scene.matters.serviceRatings(for: try scene.person("leader"))
    #expect(ratings.map(\.satisfaction) == [.soSo])
    #expect(ratings.first?.masked.contains("13812345678") == false)
    #expect(try await scene.matters.serviceRatings(for: try scene.person("stranger")).isEmpty)
  }

  @Test func everyPageIsSmallAndReadable() async throws {
    let scene = try await DoorScene.make()
    try await walk(scene) { walker in
      let paths = [
        "/", "/c/\(DoorScene.compoundNo)", "/c/\(DoorScene.studioNo)", Self.form, "/report", "/suggest", "/ask", "/progress", "/law",
        "/law/load-bearing-damage",
        "/studios", "/studios/\(DoorScene.studioNo)", "/privacy", "/help", "/c/\(DoorScene.compoundNo)/rate-service",
      ]
      for path in paths {
        let page = try await walker.get(path)
        #expect(page.status == 200, "\(path)")
        #expect(page.bytes < 60_000, "\(path): \(page.bytes)")
        #expect(page.text.contains("演示数据"))
      }
      #expect(try await walker.get("/law/none").status == 404)
      #expect(try await walker.get("/").text.contains("工作人员登录"))
    }
  }
}

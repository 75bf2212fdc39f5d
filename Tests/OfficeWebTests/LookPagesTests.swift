import Compounds
import Foundation
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

/// What the audit administrator sees of looks at sealed identities.
@Suite struct LookPagesTests {
  private static func report(_ scene: OfficeScene) async throws -> Report {
    var report = NewReport(channel: .code, content: "阳台改卫生间", saidAt: scene.clock.now)
    report.compound = scene.compound.id.raw
    report.callerName = "王秀芳"
    report.callerPhone = "13812345678"
    return try await scene.matters.receive(report, by: .resident).report
  }
  private static func look(_ login: String, at report: Report, _ purpose: ReportStore.Purpose, _ scene: OfficeScene) async throws {
    let person = try #require(scene.people[login])
    let (house, now) = (scene.house, scene.clock.now)
    _ = try await house.store.write { db in
      try ReportStore.open(report.id, purpose: purpose, by: person.actor, house: house, at: now, db)
    }
  }

  @Test func looksAreFoundByPersonPurposeAndDay() async throws {
    let scene = try await OfficeScene.make()
    let report = try await Self.report(scene)
    try await Self.look("leader", at: report, .firstContact, scene)
    scene.clock.advance(minutes: 24 * 60)
    try await Self.look("officer", at: report, .revisit, scene)
    let today = scene.clock.now.day
    try await scene.walk { client in
      let audit = try await scene.visitor("audit", client)
      func names(_ query: String) async throws -> [Bool] {
        let text = try await audit.get("/audit/looks?" + query).text
        return ["陈队", "王建国"].map { text.contains("<b>\($0)") || text.contains(">\($0)<") || text.contains($0) }
      }
      #expect(try await names("") == [true, true])
      #expect(try await names("who=leader") == [true, false])
      #expect(try await names("who=%E7%8E%8B%E5%BB%BA") == [false, true])
      #expect(try await names("purpose=revisit") == [false, true])
      #expect(try await names("from=\(today.iso)") == [false, true])
      #expect(try await names("through=\(today.adding(days: -1).iso)") == [true, false])
      #expect(try await audit.get("/audit/looks?who=nobody-here").text.contains("没有登录名或者姓名"))
      let file = try await audit.get("/audit/looks.csv?who=leader")
      #expect(
        file.headers[.contentType]?.hasPrefix("text/csv") == true && file.headers[.contentDisposition]?.contains("attachment") == true)
      #expect(file.text.contains("leader") && file.text.contains("先行联系") && file.text.contains(report.no))
      #expect(!file.text.contains("officer") && !file.text.contains("王秀芳") && !file.text.contains("13812345678"))
      #expect(try await audit.get("/audit/journal?kind=journal").text.contains("导出查看身份的记录"))
      // A filter travels with the pages.
      for _ in 0..<60 { try await Self.look("leader", at: report, .supervision, scene) }
      let first = try await audit.get("/audit/looks?purpose=supervision").text
      let next = try #require(first.firstMatch(of: /href="([^"]*before=[^"]*)"/)).1
      #expect(next.contains("purpose=supervision"))
      let rest = try await audit.get(String(next).replacing("&amp;", with: "&")).text
      #expect(rest.contains("已显示全部 10 条"))
    }
  }

  @Test func aNameThatWouldRunInASpreadsheetDoesNot() async throws {
    let scene = try await OfficeScene.make()
    let report = try await Self.report(scene)
    let leader = try #require(scene.people["leader"])
    try await scene.house.store.write { db in _ = try db.run("UPDATE account SET name = '=cmd()' WHERE id = \(leader.id)") }
    try await Self.look("leader", at: report, .firstContact, scene)
    try await scene.walk { client in
      let file = try await scene.visitor("audit", client).get("/audit/looks.csv").text
      #expect(file.contains("'=cmd()") && !file.contains(",=cmd()"))
    }
  }

  @Test func whatStandsOutIsShownByDayAndRanksNobody() async throws {
    let scene = try await OfficeScene.make()
    let reports = [try await Self.report(scene), try await Self.report(scene)]
    for i in 0..<LookLog.many { try await Self.look("leader", at: reports[i % 2], .supervision, scene) }
    for _ in 0..<(LookLog.again - 1) { try await Self.look("officer", at: reports[0], .reply, scene) }
    let audit = try #require(scene.people["audit"])
    func unusual() async throws -> [UnusualLooks] {
      let since = scene.clock.now.day.adding(days: -30)
      return try await scene.house.store.read { db in try LookLog.unusual(since: since, by: audit, db) }
    }
    #expect(try await unusual().map(\.kind) == [.repeated, .many])
    try await Self.look("officer", at: reports[0], .reply, scene)
    #expect(try await unusual().count == 3)
    // At night a few are enough; the day is that of Shanghai.
    scene.clock.set(scene.clock.now.day.at(hour: 23, minute: 30))
    for _ in 0..<LookLog.atNight { try await Self.look("second", at: reports[0], .revisit, scene) }
    let night = try #require(try await unusual().first { $0.kind == .night })
    #expect(night.day == scene.clock.now.day && night.looks == LookLog.atNight && night.account == scene.people["second"]?.id)
    try await scene.walk { client in
      let page = try await scene.visitor("audit", client).get("/audit").text
      #expect(page.contains("值得问一问") && page.contains("夜间查看") && page.contains("一天里次数多"))
      #expect(page.contains("/audit/looks?account=\(night.account)&amp;from=\(night.day.iso)&amp;through=\(night.day.iso)"))
    }
  }
}

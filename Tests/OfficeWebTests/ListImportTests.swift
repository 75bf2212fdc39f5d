import Foundation
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

/// Lists of people and of shifts, from a table to accounts and a roster.
@Suite struct ListImportTests {
  @Test func aListOfPeopleBecomesAccountsWithPasswordsShownOnce() async throws {
    let scene = try await OfficeScene.make()
    let csv = """
      工号,姓名,岗位,单位,手机,执法证号
      Q-101,黄强,执法队员,徐泾镇综合行政执法队,13912345678,31-001
      q-102,<b>林芳</b>,中队长,徐泾,,
      officer,王建国,执法队员,徐泾中队,,
      leader,别人,中队长,徐泾中队,,
      q-103,物业甲,物业企业,徐泾中队,,
      q-104,管理员,安全管理员,徐泾中队,,
      Q-101,黄强,执法队员,徐泾中队,,
      q-105,远方,执法队员,天涯中队,,
      坏 名,谁,执法队员,徐泾中队,,
      """
    try await scene.walk { client in
      let security = try await scene.visitor("security", client)
      #expect(try await security.get("/accounts").text.contains("/accounts/import"))
      let before = try await scene.count("account")
      let preview = try await security.upload("/accounts/import", file: csv, name: "名单.csv", [])
      #expect(preview.status == .ok && preview.text.contains("新建 2 个账号") && preview.text.contains("不保存的列：手机、执法证号"))
      for words in ["资料与表中不同", "逐个办理", "与第 2 行重复", "没有找到单位“天涯中队”", "登录名为 2 到 40 位"] {
        #expect(preview.text.contains(words), "\(words)")
      }
      #expect(!preview.text.contains("<b>林芳") && !preview.text.contains("13912345678"))
      #expect(try await scene.count("account") == before)
      let ticket = ["sha", "name", "seal", "mapping"].map { ($0, preview.hidden($0)) }
      let errors = try await security.post("/accounts/import/errors.csv", ticket)
      #expect(errors.text.contains("行号") && errors.text.contains("q-104") && !errors.text.contains("林芳"))
      let done = try await security.post("/accounts/import/run", ticket)
      #expect(done.status == .ok && done.text.contains("只显示这一次") && done.headers[.cacheControl] == "no-store")
      #expect(try await scene.count("account") == before + 2)
      let passwords = done.text.matches(of: /<b class="num">([0-9A-Za-z-]+)<\/b>/).map { String($0.1) }
      #expect(passwords.count == 2)
      let (_, signedIn) = try await SignIn.signIn(login: "q-101", password: passwords[0], address: "192.0.2.7", in: scene.house)
      #expect(signedIn.mustChange && signedIn.person.name == "黄强" && signedIn.person.office == scene.squad)
      // Once more: they are all there, and no password is shown again.
      let again = try await security.post("/accounts/import/run", ticket)
      #expect(again.text.contains("新建 <span class=\"num\">0") || !again.text.contains("一次性密码只显示"))
      #expect(try await scene.count("account") == before + 2)
      #expect(try await scene.visitor("system", client).get("/accounts/import").status == .forbidden)
    }
  }

  @Test func aRosterComesFromATable() async throws {
    let scene = try await OfficeScene.make()
    let officer = try #require(scene.people["officer"])
    let second = try #require(scene.people["second"])
    let leader = try #require(scene.people["leader"])
    try await Duty.set(
      [DutyEntry(day: try #require(Day(iso: "2026-09-28")), shift: .night, account: second.id)], of: scene.squad, by: leader,
      in: scene.house)
    // 25 September is Mid-Autumn: its day shift is the holiday's.
    let csv = """
      日期,班次,值班人员,替补
      2026-09-25,日班,王建国,李敏
      2026年9月28日,白班,officer,
      2026/9/28,夜班,王建国,
      2026-09-28,夜班,李敏,
      2026-09-29,夜班,查无此人,
      2026-09-29,午班,王建国,
      2026-09-29,日班,王建国,王建国
      2026-09-23,日班,王建国,
      """
    try await scene.walk { client in
      let visitor = try await scene.visitor("leader", client)
      #expect(try await visitor.get("/duty").text.contains("/duty/import"))
      let preview = try await visitor.upload("/duty/import", file: csv, name: "排班.csv", [])
      #expect(preview.status == .ok && preview.text.contains("排这 3 班") && preview.text.contains("节假日班") && preview.text.contains("夜班，改排"))
      for words in ["与第 4 行是同一班", "没有在岗人员“查无此人”", "班次“午班”不认识", "不能与值班人员是同一人", "已经过去"] {
        #expect(preview.text.contains(words), "\(words)")
      }
      let ticket = ["sha", "name", "seal", "mapping"].map { ($0, preview.hidden($0)) }
      #expect(try await visitor.post("/duty/import/errors.csv", ticket).text.contains("午班"))
      let done = try await visitor.post("/duty/import/run", ticket)
      #expect(done.headers[.location] == "/duty?week=2026-09-21")
      #expect(try await scene.visitor("officer", client).get("/duty/import").status == .forbidden)
      // Without a column of people there is no roster.
      #expect(try await visitor.upload("/duty/import", file: "日期,班次\n2026-09-28,日班\n", name: "x.csv", []).text.contains("没有“值班”一列"))
    }
    let squad = scene.squad
    let days = (from: try #require(Day(iso: "2026-09-21")), through: try #require(Day(iso: "2026-10-04")))
    let list = try await scene.house.store.read { db in try Duty.list(of: squad, from: days.from, through: days.through, db) }
    #expect(list.map(\.shift) == [.holiday, .day, .night] && list.map(\.account) == [officer.id, officer.id, officer.id])
    #expect(list[0].second == second.id)
  }
}

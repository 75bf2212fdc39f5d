import Figures
import HTTPTypes
import Kernel
import Matters
import Overview
import People
import WebSupport

/// 总览: the month of one's scope at a glance; an officer sees their own work and nobody else's.
struct DashboardPages: Sendable {
  let overview: Overview

  func routes(_ book: inout RouteBook) {
    let seeing = Policy.signedIn(.seeMatters)
    book.get("/dashboard", allow: seeing, mayLag: true) { visit in try await show(visit) }
    book.get("/dashboard/matters", allow: .signedIn(.handleMatters), mayLag: true) { visit in try await own(visit) }
  }

  private func month(_ visit: Visit) throws(Refusal) -> Month {
    try FigureQuery.month(visit.query["month"], "month") ?? Overview.usualMonth(visit.now.day)
  }

  func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    var page = visit.page("总览", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    page.charts = true
    if person.role == .officer {
      page.main = OwnBoardView(board: try await overview.ownBoard(for: person), person: person, now: visit.now).html
    } else {
      let board = try await overview.dashboard(try month(visit), for: person)
      page.main = DashboardView(board: board, overview: overview, person: person, now: visit.now).html
    }
    return page
  }

  /// What a number of an officer's course opens to.
  private func own(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let month = try month(visit)
    let closed = visit.query["of"] != "came"
    let found = try await overview.matters.ownMatters(of: person, closed: closed, in: month)
    let title = "\(FigureQuery.chinese(month))我\(closed ? "办结" : "接手")的事项"
    var page = visit.page(title, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("总览", "/dashboard")]
    page.main = """
      \(UI.heading(title, sub: found.count >= 500 ? "只列出前 500 件" : "\(found.count) 件"))
      \(UI.table(title, MatterWords.columns, found.map { MatterWords.row($0, nil, at: visit.now) }, empty: UI.emptyState("没有这样的事项", "换一个月份看看。", icon: .check)))
      """
    return page
  }
}

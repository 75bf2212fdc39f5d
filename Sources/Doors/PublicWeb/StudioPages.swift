import Compounds
import Kernel
import Offices
import People
import Storage
import WebSupport

/// 社区工作室: where they are, who is there and when, and which compounds they serve.
struct StudioPages: Sendable {
  func routes(_ book: inout RouteBook) {
    book.get("/studios", allow: .public) { visit in try await list(visit) }
    book.get("/studios/{no}", allow: .public) { visit in try await show(visit) }
  }

  private func list(_ visit: Visit) async throws -> Page {
    let (offices, studios) = try await visit.house.store.read { db in
      (OfficeTree(try OfficeStore.all(db)), try StudioStore.list(db).filter { $0.state == .open })
    }
    let byDistrict = Dictionary(grouping: studios) { offices[$0.squad]?.district }
    let districts = offices.offices.filter { $0.kind == .district && byDistrict[$0.id] != nil }
    let chosen = districts.first { $0.code == visit.query["district"] } ?? (districts.count == 1 ? districts.first : nil)
    var page = visit.residentPage("社区工作室")
    if chosen != nil, districts.count > 1 { page.crumbs = [Page.Crumb("社区工作室", "/studios")] }
    let body: HTML
    if let chosen {
      body = HTML.join((byDistrict[chosen.id] ?? []).map { card($0, offices[$0.squad]) }, "\n")
    } else if districts.isEmpty {
      body = UI.emptyState("还没有公布社区工作室", "紧急情况可拨打 12345。", actions: [UI.linkButton("返回首页", "/")])
    } else {
      body = Way.list(
        "选择区",
        districts.map {
          Way(ReportPages.area(of: $0), "\(byDistrict[$0.id]?.count ?? 0) 个工作室", "/studios?district=\(SafeURL.encode($0.code))", .pin)
        })
    }
    page.main = """
      \(UI.heading("社区工作室", sub: chosen.map { "\(ReportPages.area(of: $0))，\(byDistrict[$0.id]?.count ?? 0) 个" } ?? "执法队设在社区的工作室，可以当面反映、咨询"))
      \(body)
      """
    return page
  }
  private func card(_ studio: Studio, _ squad: Office?) -> HTML {
    UI.section(
      studio.name, side: squad.map { HTML(text: $0.short) },
      "\(UI.studioFacts(studio))<p>\(UI.link("服务的小区和更多信息", "/studios/\(studio.no)"))</p>")
  }

  private func show(_ visit: Visit) async throws -> Page {
    let no = try visit.path("no")
    let place = try await CodePlace.find(no, in: visit.house)
    guard let studio = place.studio else { throw Refusal(.missing, "public-no-studio", "没有这个社区工作室。") }
    let squad = place.squad
    let (leaders, compounds) = try await visit.house.store.read { db in
      (
        try PersonStore.active(in: squad.id, roles: [.squadLeader], db).map(\.name),
        try CompoundStore.list(CompoundFilter(squad: squad.id), scope: .city, limit: 400, db).map(\.compound)
      )
    }
    var page = visit.residentPage(studio.name, office: squad.short)
    page.crumbs = [Page.Crumb("社区工作室", "/studios")]
    page.main = """
      \(UI.heading(studio.name, sub: HTML(text: squad.name)))
      \(UI.section("地点和时间", UI.studioFacts(studio) + UI.facts([("负责人", leaders.isEmpty ? nil : HTML(text: leaders.joined(separator: "、")))])))
      \(UI.toolbar([UI.linkButton("反映、建议、咨询", "/c/\(studio.no)", .primary)]))
      \(UI.section("服务的小区", side: UI.number(compounds.count, " 个"), "<ul class=\"links\">\(each: compounds, { "<li>\(UI.link($0.name, "/c/\($0.no)")) <small>\($0.address)</small></li>" })</ul>"))
      \(if: place.studios.count > 1, UI.section("本队其他工作室", "<ul class=\"links\">\(each: place.studios.dropFirst(), { "<li>\(UI.link($0.name, "/studios/\($0.no)")) <small>\($0.address)</small></li>" })</ul>"))
      """
    return page
  }
}

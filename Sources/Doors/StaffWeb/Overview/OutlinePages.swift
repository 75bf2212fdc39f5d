import Foundation
import HTTPTypes
import Kernel
import Overview
import People
import WebSupport

/// 轮廓: brought by the office as GeoJSON, listed with where they are from, taken away again.
struct OutlinePages: Sendable {
  let overview: Overview

  func routes(_ book: inout RouteBook) {
    book.get("/map/outlines", allow: .signedIn(.importCompounds)) { visit in try await show(visit, errors: .none) }
    book.post("/map/outlines", allow: .signedIn(.importCompounds), limits: .init(total: 12 << 20, file: 10 << 20, files: 1)) { visit in
      try await take(visit)
    }
    book.post("/map/outlines/{id}/remove", allow: .signedIn(.importCompounds), limits: .small) { visit in try await remove(visit) }
  }

  private func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let sets = try await overview.outlineSets(for: try visit.person)
    var page = visit.page("轮廓", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")] + (try visit.person.may(.seeMatters) ? [.init("城管地图", "/map")] : [])
    page.problem = !errors.isEmpty
    let typed = visit.form
    let tokens = try visit.formTokens()
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("轮廓", sub: "区界、街镇界、小区范围，画在城管地图上。只收 GeoJSON 的面，坐标要在上海"))
      \(UI.section("导入", UI.form("/map/outlines", tokens: tokens, upload: true, """
        \(UI.field("名称", name: "name", value: typed.text("name"), hint: "这批轮廓是什么，例如“青浦区街镇界”", error: errors["name"]))
        \(UI.field("来源和日期", name: "source", value: typed.text("source"), hint: "例如“区民政局，2025年12月”", error: errors["source"]))
        \(UI.radios("文件里的坐标系", name: "datum", OutlineSet.Datum.allCases.map { .init($0.rawValue, $0.chinese) }, value: typed["datum"] ?? "wgs84"))
        \(UI.file("GeoJSON 文件", name: "file", accept: ".geojson,.json,application/geo+json,application/json", hint: "FeatureCollection，每个要素要有名称（name 或“名称”），最多 8 MB", error: errors["file"]))
        \(UI.button("导入", icon: .upload))
        """)))
      \(UI.section("已导入的轮廓", UI.table("已导入的轮廓", [.init("名称", .what), .init("来源", .meta), .init("个数", .figure), .init("导入", .meta), .init("", .meta)], sets.map { row(
        $0.set, $0.mayRemove, tokens) }, empty: UI.emptyState("还没有轮廓", "没有轮廓地图也能用：有经纬线、比例尺和小区的点。", icon: .pin))))
      """
    return page
  }
  private func row(_ set: OutlineSet, _ mayRemove: Bool, _ tokens: FormTokens) -> UI.Row {
    let button: HTML =
      mayRemove
      ? UI.details(
        "删除", UI.form("/map/outlines/\(set.id)/remove", tokens: tokens, UI.button("删除“\(set.name)”", .secondary, icon: .cross))) : .empty
    return UI.Row(
      nil,
      [
        UI.lines("\(set.name)", "\(set.datum.chinese)"), "\(set.source)", "\(set.outlines)", "\(set.who)，\(UI.time(set.at))", button,
      ])
  }

  private func take(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      let file = visit.files("file").first
      let datum: OutlineSet.Datum = try visit.form.choice("datum") ?? .wgs84
      try await overview.importOutlines(
        file?.bytes ?? .init(), name: visit.form.text("name"), source: visit.form.text("source"), datum: datum, by: try visit.person)
      return try visit.done("/map/outlines", saying: "轮廓已导入")
    }
  }
  private func remove(_ visit: Visit) async throws -> Answer {
    try await overview.removeOutlines(try visit.pathID("id"), by: try visit.person)
    return try visit.done("/map/outlines", saying: "轮廓已删除")
  }
}

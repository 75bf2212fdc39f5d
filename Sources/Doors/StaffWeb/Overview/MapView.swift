import Catalogue
import Figures
import Kernel
import Overview
import People
import WebSupport

struct MapView {
  let map: CityMap
  let overview: Overview
  let person: Person
  let vendor: VendorFolder
  let tiles: MapTiles?
  let today: Day

  private var query: MapQuery { map.query }
  private var period: String {
    query.from == query.through
      ? FigureQuery.chinese(query.from) : "\(FigureQuery.chinese(query.from))至\(FigureQuery.chinese(query.through))"
  }
  private var what: String { query.item.map { overview.item($0) + "的事项" } ?? "有效投诉" }

  private var finding: String {
    guard let first = map.places.max(by: { ($0.count, $1.name) < ($1.count, $0.name) }), first.count > 0 else {
      return "\(period)没有\(what)。"
    }
    let sum = map.places.reduce(0) { $0 + $1.count }
    let hit = map.places.filter { $0.count > 0 }.count
    return "\(period)\(what) \(UI.grouped(sum)) 件，涉及 \(UI.grouped(hit)) 个小区；\(first.name)最多，\(UI.grouped(first.count)) 件。"
  }

  var html: HTML {
    """
    \(UI.heading("城管地图", sub: "\(finding)", actions: [UI.linkButton("热点", "/hotspots", icon: .chart)] + (person.may(.importCompounds) ? [UI.linkButton("轮廓", "/map/outlines", icon: .upload)] : [])))
    \(chooser)
    \(if: !vendor.isComplete, UI.notice(.soon, "这台服务器没有安装交互地图", "下面是服务器画的图。要能缩放，请系统管理员安装软件包 \(VendorFolder.packages)，再重启服务。"))
    \(if: map.isCut, UI.notice(.soon, "小区太多，没有全部画出", "只画了按名称排在前面的 \(UI.grouped(map.places.count + map.lost.count)) 个。"))
    <section class="panel"><header><h2>\(query.measure.chinese)</h2><div class="side">\(period)</div></header>
    <div class="map-frame" data-map="\(MapPages.address("/map/data.json", query))"\(tileAttributes)><div class="map-live" hidden></div>\(MapDrawing(map).svg(finding))</div>
    \(legend)
    <p class="hint">点越大件数越多，颜色越深\(query.measure.chinese)越高；方格是每 \(side) 公里见方里的件数，越深越多。点的颜色和大小说的是小区，不是人。\(query.item == nil ? "" : "选了事项时数的是事项：几个人反映同一件事算一件。")</p></section>
    \(UI.columns(table, side: beside))
    """
  }
  private var side: String {
    map.cellSide == map.cellSide.rounded() ? "\(Int(map.cellSide))" : map.cellSide == 0.25 ? "0.25" : "0.5"
  }
  private var tileAttributes: HTML {
    tiles.map { " data-tiles=\"\($0.template)\" data-credit=\"\($0.credit)\"" } ?? .empty
  }

  private var chooser: HTML {
    UI.form(
      "/map",
      UI.fieldRow([
        UI.select(
          "看什么", name: "by", options: MapQuery.Measure.allCases.map { .init($0.rawValue, $0.chinese) }, value: query.measure.rawValue,
          placeholder: nil),
        UI.select(
          "事项", name: "item", options: overview.catalogue.items.map { .init($0.slug, $0.name) }, value: query.item, placeholder: "全部",
          optional: true),
        UI.field("从哪年哪月", name: "from", value: FigureQuery.text(query.from)),
        UI.field("到哪年哪月", name: "through", value: FigureQuery.text(query.through)), UI.button("画图", .secondary),
      ]))
  }

  private var legend: HTML {
    func tenths(_ value: Int) -> String { value % 10 == 0 ? "\(value / 10)" : "\(value / 10).\(value % 10)" }
    var entries: [(Int, String)] = [(0, query.measure == .rate ? "没有，或者户数未登记、不足 \(MapPlace.fewHouseholds) 户" : "没有")]
    var low = ""
    for (index, step) in map.steps.enumerated() {
      entries.append((index + 1, low.isEmpty ? "\(tenths(step)) 及以下" : "\(low) 以上至 \(tenths(step))"))
      low = tenths(step)
    }
    if !map.steps.isEmpty, map.places.contains(where: { map.level($0) == map.steps.count + 1 }) {
      entries.append((map.steps.count + 1, "\(low) 以上"))
    }
    return """
      <ul class="map-legend" aria-label="图例">\(each: entries, { entry in
        "<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\"><circle class=\"m-dot d\(entry.0)\" cx=\"8\" cy=\"8\" r=\"\(3 + entry.0)\"/></svg>\(entry.1)</li>"
      })</ul>
      """
  }

  private static let most = 30
  private var table: HTML {
    let sorted = map.places.filter { $0.count > 0 || $0.open > 0 }.sorted {
      ($1.value(query.measure) ?? 0, $1.count, $0.name) < ($0.value(query.measure) ?? 0, $0.count, $1.name)
    }
    let rows = sorted.prefix(Self.most).map { place in
      UI.Row("/compounds/\(place.no)", [UI.lines("\(place.name)", "\(place.squad)")] + cells(place))
    }
    return UI.section(
      "图上的小区",
      side:
        "\(sorted.count > Self.most ? "列出前 \(Self.most) 个，共 \(UI.grouped(sorted.count)) 个有件的" : "\(sorted.count) 个有件的") \(UI.link("全部小区的表格", MapPages.address("/map/table.xlsx", query)))",
      UI.table(
        "图上的小区", [.init("小区", .what), .init("件数", .figure), .init("每千户", .figure), .init("在办", .figure)], rows, dense: true,
        empty: "<p class=\"hint\">图上没有有件的小区。</p>"))
  }
  private func cells(_ place: MapPlace) -> [HTML] {
    let rate =
      place.households.map { $0 < MapPlace.fewHouseholds ? "不足 \(MapPlace.fewHouseholds) 户" : DashboardWords.perThousand(place.count, $0) }
      ?? "户数未登记"
    let count: HTML =
      query.item == nil && place.count > 0
      ? UI.link(
        UI.grouped(place.count), DashboardWords.rows(.complaints, .compound, "\(place.id)", from: query.from, through: query.through))
      : "\(UI.grouped(place.count))"
    return [count, "\(rate)", place.open > 0 ? UI.link("\(place.open)", "/matters?compound=\(place.id)") : "0"]
  }

  private var beside: HTML {
    guard !map.lost.isEmpty else {
      return UI.section("不在图上的小区", "<p class=\"hint\">没有：辖区内在管的小区都有上海范围内的坐标。</p>")
    }
    let rows = map.lost.prefix(Self.most).map { place in
      UI.Row(
        "/compounds/\(place.no)",
        [
          UI.lines("\(place.name)", place.position == nil ? "没有登记坐标" : "登记的坐标不在上海"), "\(UI.grouped(place.count))", "\(place.open)",
        ])
    }
    return UI.section(
      "不在图上的小区", side: "\(UI.grouped(map.lost.count)) 个",
      "<p class=\"hint\">件数照样统计。在小区档案里更正坐标后就会出现在图上。</p>"
        + UI.table("不在图上的小区", [.init("小区", .what), .init("件数", .figure), .init("在办", .figure)], rows, dense: true)
        + (map.lost.count > Self.most ? "<p class=\"hint\">只列出前 \(Self.most) 个。</p>" : .empty))
  }
}

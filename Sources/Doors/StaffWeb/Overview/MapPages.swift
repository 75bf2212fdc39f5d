import Figures
import HTTPTypes
import Kernel
import Overview
import People
import Sheets
import Storage
import WebSupport

/// 城管地图: compounds by what was complained of, drawn by the server and, where scripts run, by Leaflet.
struct MapPages: Sendable {
  let overview: Overview
  let vendor: VendorFolder
  let tiles: MapTiles?

  func routes(_ book: inout RouteBook) {
    book.get("/map", allow: .signedIn(.seeMatters), mayLag: true) { visit in try await show(visit) }
    book.get("/map/data.json", allow: .signedIn(.seeMatters), mayLag: true) { visit in try await data(visit) }
    book.get("/map/table.xlsx", allow: .signedIn(.seeMatters), mayLag: true) { visit in try await table(visit) }
    OutlinePages(overview: overview).routes(&book)
  }

  private func query(_ visit: Visit) throws(Refusal) -> MapQuery {
    let now = Month(visit.now.day)
    return MapQuery(
      from: try FigureQuery.month(visit.query["from"], "from") ?? now.adding(-11),
      through: try FigureQuery.month(visit.query["through"], "through") ?? now, item: visit.query["item"],
      measure: try visit.query.choice("by") ?? .rate)
  }
  static func address(_ path: String, _ query: MapQuery) -> String {
    Address.of(
      path,
      [
        ("from", FigureQuery.text(query.from)), ("through", FigureQuery.text(query.through)), ("item", query.item),
        ("by", query.measure.rawValue),
      ])
  }

  func show(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let map = try await overview.map(try query(visit), for: person)
    var page = visit.page("城管地图", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    page.charts = true
    if vendor.isComplete {
      page.sheets = [vendor.address("leaflet.css"), vendor.address("markercluster.css")]
      page.scripts = [vendor.address("leaflet.js"), vendor.address("markercluster.js"), visit.site.assets.address("map.js")]
    }
    page.main = MapView(map: map, overview: overview, person: person, vendor: vendor, tiles: tiles, today: visit.now.day).html
    let answer = Answer.page(page, .ok)
    return tiles.map { answer.picturing($0.origin) } ?? answer
  }

  /// Every compound, those that are not on the map among them.
  private func table(_ visit: Visit) async throws -> Answer {
    let map = try await overview.map(try query(visit), for: try visit.person)
    let rows = (map.places + map.lost).map { place -> [String] in
      let rate = place.households.map { DashboardWords.perThousand(place.count, $0) } ?? ""
      let at = place.position.map { ["\($0.latitude)", "\($0.longitude)"] } ?? ["", ""]
      return [
        place.no, place.name, place.district, place.squad, place.households.map(String.init) ?? "", "\(place.count)", rate, "\(place.open)",
      ] + at
    }
    return ImportForms.xlsx(
      Table(header: ["小区编号", "小区", "区", "执法队", "户数", "件数", "每千户", "在办", "纬度", "经度"], cells: rows), title: "小区", name: "城管地图.xlsx",
      demo: visit.house.isDemonstration)
  }

  /// What the script draws. Rows are lists, because a city has thirteen thousand of them.
  struct Drawn: Encodable {
    struct Place: Encodable {
      let no: String
      let name: String
      let at: [Double]
      let count: Int
      let open: Int
      let households: Int?
      let level: Int
      let radius: Int
      func encode(to encoder: any Encoder) throws {
        var row = encoder.unkeyedContainer()
        try row.encode(no)
        try row.encode(name)
        try row.encode(at)
        try row.encode(count)
        try row.encode(open)
        try row.encode(households)
        try row.encode(level)
        try row.encode(radius)
      }
    }
    struct Named: Encodable {
      let name: String
      let at: [Double]
      let count: Int
    }
    struct Line: Encodable {
      let name: String
      let rings: [[[Double]]]
    }
    struct Square: Encodable {
      let from: [Double]
      let to: [Double]
      let count: Int
      let level: Int
    }
    let places: [Place]
    let labels: [Named]
    let outlines: [Line]
    let cells: [Square]
  }

  func data(_ visit: Visit) async throws -> Answer {
    let map = try await overview.map(try query(visit), for: try visit.person)
    let most = map.places.map(\.count).max() ?? 0
    func at(_ place: Coordinates) -> [Double] {
      let shown = tiles?.isGCJ == true ? place.gcj02 : (place.latitude, place.longitude)
      // Five digits are a metre.
      return [(shown.0 * 100_000).rounded() / 100_000, (shown.1 * 100_000).rounded() / 100_000]
    }
    func corner(_ latitude: Double, _ longitude: Double) -> [Double] {
      Coordinates(latitude: latitude, longitude: longitude).map(at) ?? [latitude, longitude]
    }
    return try .json(
      Drawn(
        places: map.places.compactMap { place in
          place.position.map {
            Drawn.Place(
              no: place.no, name: place.name, at: at($0), count: place.count, open: place.open, households: place.households,
              level: map.level(place), radius: MapDrawing.radius(place.count, most: most))
          }
        }, labels: map.labels.map { Drawn.Named(name: $0.name, at: at($0.at), count: $0.count) },
        outlines: map.outlines.map { outline in
          Drawn.Line(name: outline.name, rings: outline.simplified(metres: 15).rings.map { $0.map(at) })
        },
        cells: map.cells.map {
          Drawn.Square(from: corner($0.south, $0.west), to: corner($0.north, $0.east), count: $0.count, level: $0.level)
        }))
  }
}

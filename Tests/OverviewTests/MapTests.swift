import Figures
import Foundation
import Kernel
import Matters
import People
import Storage
import TestHouse
import TestOffice
import Testing

@testable import Overview

@Suite struct MapTests {
  static func place(
    _ name: String, _ latitude: Double?, _ longitude: Double?, households: Int? = 500, count: Int = 5, open: Int = 1
  ) -> MapPlace {
    let position = latitude.flatMap { latitude in longitude.flatMap { Coordinates(latitude: latitude, longitude: $0) } }
    return MapPlace(
      id: 1, no: "7KQ4M9XD", name: name, squad: "徐泾中队", district: "青浦区", position: position, households: households, count: count,
      open: open)
  }
  static let month = Month(Day(daysSinceEpoch: 20_700))
  static let query = MapQuery(from: month, through: month)

  @Test func whatHasNoPlaceOnTheMapStandsBesideIt() {
    let map = CityMap(
      Self.query,
      [
        Self.place("在图上", 31.19, 121.27), Self.place("没有坐标", nil, nil), Self.place("在北京", 39.9, 116.4), Self.place("写反了", 121.27, 31.19),
      ], outlines: [], byDistrict: true)
    #expect(map.places.map(\.name) == ["在图上"] && map.lost.map(\.name) == ["没有坐标", "在北京", "写反了"])
    #expect(map.labels.map(\.name) == ["青浦区"] && map.cells.reduce(0) { $0 + $1.count } == 5)
    let empty = CityMap(Self.query, [], outlines: [], byDistrict: false)
    #expect(empty.steps.isEmpty && empty.cells.isEmpty && empty.labels.isEmpty)
  }

  @Test func fewHouseholdsMakeNoRate() {
    let (small, unknown, big) = (
      Self.place("小", 31.2, 121.4, households: 20, count: 3), Self.place("不详", 31.2, 121.4, households: nil), Self.place("大", 31.2, 121.4)
    )
    #expect(small.value(.rate) == nil && unknown.value(.rate) == nil && big.value(.rate) == 100)
    #expect(small.value(.count) == 30 && small.value(.open) == 10)
    let map = CityMap(Self.query, [small, unknown, big, Self.place("零", 31.2, 121.4, households: 0)], outlines: [], byDistrict: false)
    #expect([small, unknown].allSatisfy { map.level($0) == 0 } && map.level(big) > 0)
  }

  @Test func aGridCountsEveryComplaintOnce() {
    var places: [MapPlace] = []
    for i in 0..<200 { places.append(Self.place("\(i)", 30.8 + Double(i % 17) * 0.05, 121.0 + Double(i % 23) * 0.04, count: i % 7)) }
    let map = CityMap(Self.query, places, outlines: [], byDistrict: false)
    #expect(map.cells.reduce(0) { $0 + $1.count } == places.reduce(0) { $0 + $1.count })
    #expect(map.cells.allSatisfy { (1...5).contains($0.level) && $0.north > $0.south && $0.east > $0.west })
    #expect(map.steps == map.steps.sorted() && places.allSatisfy { (0...4).contains(map.level($0)) })
  }

  @Test func numbersAreThoseOfTheRows() async throws {
    let scene = try await OverviewScene.make()
    try await scene.year(10, everyDays: 20)
    try await scene.figures.count()
    let leader = try scene.person("leader")
    var query = MapQuery(from: scene.month.adding(-11), through: scene.month)
    let scope = FigureScope(from: query.from, through: query.through)
    // The compound of the scene has no position: it is told beside the map with all its numbers.
    var map = try await scene.overview.map(query, for: leader)
    var one = try #require(map.lost.first)
    #expect(map.places.isEmpty && one.name == "元邑小城")
    #expect(one.count == (try await scene.figures.counts(scope, for: leader))[.complaints] && one.count > 3)
    #expect(one.open == (try await scene.number("SELECT count(*) AS n FROM matter WHERE open = 1")))
    try await scene.office.house.store.write { db in
      _ = try db.run("UPDATE compound SET latitude = 31.19, longitude = 121.27, households = 1862")
    }
    query.item = "pet-feces"
    map = try await scene.overview.map(query, for: leader)
    one = try #require(map.places.first)
    #expect(one.count == (try await scene.number("SELECT count(*) AS n FROM matter WHERE item = 'pet-feces' AND merged_into IS NULL")))
    let others = try await scene.overview.map(query, for: try scene.person("chief"))
    #expect(others.places.isEmpty && others.lost.isEmpty)
    query.item = "no-such-item"
    #expect(try await refusal { _ = try await scene.overview.map(query, for: leader) }?.code == "overview-item")
    query.item = nil
    query.from = scene.month.adding(1)
    #expect(try await refusal { _ = try await scene.overview.map(query, for: leader) }?.code == "figures-period")
  }

  // MARK: Outlines

  static func file(_ features: String) -> Data { Data("{\"type\":\"FeatureCollection\",\"features\":[\(features)]}".utf8) }
  static func feature(_ coordinates: String, name: String = "徐泾镇", kind: String = "Polygon") -> String {
    "{\"type\":\"Feature\",\"properties\":{\"name\":\"\(name)\"},\"geometry\":{\"type\":\"\(kind)\",\"coordinates\":\(coordinates)}}"
  }
  static let square = "[[[121.25,31.17],[121.30,31.17],[121.30,31.21],[121.25,31.21],[121.25,31.17]]]"

  static let refused: [(String, Data)] = [
    ("file", Data()), ("size", Data(repeating: 32, count: OutlineReader.largestFile + 1)), ("json", Data("not json".utf8)),
    ("json", Data("[1,2]".utf8)), ("json", Data("{\"type\":".utf8)), ("shape", Data("{\"type\":\"Topology\"}".utf8)), ("shape", file("")),
    ("shape", file("5")), ("shape", file("{\"type\":\"Feature\",\"properties\":{\"name\":\"x\"},\"geometry\":null}")),
    ("name", file(feature(square, name: ""))), ("name", file(feature(square, name: String(repeating: "长", count: 61)))),
    ("kind", file(feature("[121.25,31.17]", kind: "Point"))), ("kind", file(feature(square, kind: "LineString"))),
    ("ring", file(feature("[]"))), ("ring", file(feature("[[[121.25,31.17],[121.30,31.17],[121.25,31.17]]]"))),
    ("ring", file(feature("[[[121.25,31.17],[121.30,31.17],[121.30,31.21],[121.25,31.21]]]"))),
    ("ring", file(feature("[[[\"121\",31.17],[121.30,31.17],[121.30,31.21],[121.25,31.17]]]"))), ("ring", file(feature("[[1,2,3,4]]"))),
    ("ring", file(feature("\"text\""))), ("swapped", file(feature("[[[31.17,121.25],[31.17,121.30],[31.21,121.30],[31.17,121.25]]]"))),
    ("place", file(feature("[[[116.3,39.9],[116.4,39.9],[116.4,40.0],[116.3,39.9]]]"))),
    ("place", file(feature("[[[344000,3453000],[344100,3453000],[344100,3453100],[344000,3453000]]]"))),
    (
      "crs",
      Data(
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::3857\"}},\"features\":[\(feature(square))]}"
          .utf8)
    ),
  ]
  @Test(arguments: refused.indices) func aFileThatCannotBeTakenSaysWhy(_ index: Int) {
    let (code, file) = Self.refused[index]
    do throws(Refusal) {
      _ = try OutlineReader.read(file, datum: .wgs84)
      Issue.record("\(index): taken")
    } catch { #expect(error.code == "overview-outline-\(code)" && error.field == "file", "\(index): \(error.message)") }
  }

  @Test func outlinesComeInEitherDatum() throws {
    let plain = try OutlineReader.read(Self.file(Self.feature(Self.square)), datum: .wgs84)
    #expect(plain.map(\.name) == ["徐泾镇"] && plain[0].points == 5)
    let moved = try OutlineReader.read(Self.file(Self.feature(Self.square)), datum: .gcj02)
    let (a, b) = (plain[0].rings[0][0], moved[0].rings[0][0])
    // Half a kilometre in Shanghai.
    #expect(abs(a.longitude - b.longitude) > 0.003 && abs(a.longitude - b.longitude) < 0.006)
    let back = b.gcj02
    #expect(abs(back.latitude - a.latitude) < 0.00001 && abs(back.longitude - a.longitude) < 0.00001)
    let several = try OutlineReader.read(
      Self.file(Self.feature("[\(Self.square),\(Self.square)]", kind: "MultiPolygon") + "," + Self.feature(Self.square, name: "夏阳街道")),
      datum: .wgs84)
    #expect(several.map(\.rings.count) == [2, 1])
  }

  @Test func fewerPointsDrawTheSameOutline() throws {
    var ring: [Coordinates] = []
    for i in 0...720 {
      let angle = Double(i % 720) / 720 * 2 * Double.pi
      ring.append(try #require(Coordinates(latitude: 31.2 + 0.1 * sin(angle), longitude: 121.4 + 0.1 * cos(angle))))
    }
    let fine = Outline(name: "圆", rings: [ring])
    let coarse = fine.simplified(metres: 100)
    #expect(coarse.points < 80 && coarse.points > 12 && coarse.rings[0].first == coarse.rings[0].last)
    #expect(fine.simplified(metres: 0.0001).points > 700)
    #expect(try Overview.rings(Overview.text(coarse.rings)) == coarse.rings)
  }

  @Test func outlinesAreKeptOnceAndTakenAwayByTheirOffice() async throws {
    let scene = try await OverviewScene.make()
    let manager = try scene.person("manager")
    let file = Self.file(Self.feature(Self.square))
    let id = try await scene.overview.importOutlines(file, name: "街镇界", source: "区民政局，2025年", datum: .wgs84, by: manager)
    #expect(try await scene.overview.importOutlines(file, name: "街镇界", source: "区民政局，2025年", datum: .wgs84, by: manager) == id)
    #expect(try await scene.number("SELECT count(*) AS n FROM outline") == 1)
    let map = try await scene.overview.map(MapQuery(from: scene.month, through: scene.month), for: try scene.person("leader"))
    #expect(map.outlines.map(\.name) == ["徐泾镇"])
    #expect(
      try await refusal { try await scene.overview.removeOutlines(id, by: try scene.person("leader")) }?.code == "people-not-permitted")
    do {
      try await scene.overview.importOutlines(Data(), name: "", source: "", datum: .wgs84, by: manager)
      Issue.record("taken")
    } catch let wrong as Refusals { #expect(wrong.all.compactMap(\.field) == ["name", "source", "file"]) }
    try await scene.overview.removeOutlines(id, by: try scene.person("system"))
    #expect(try await scene.number("SELECT count(*) AS n FROM outline") == 0)
    #expect(try await refusal { try await scene.overview.removeOutlines(id, by: manager) }?.code == "overview-outline-missing")
  }
}

import Foundation
import Kernel
import Testing

/// The evaluation data beside the checkout, which the product does not need.
private var shared: URL {
  if let named = ProcessInfo.processInfo.environment["LONGTANG_SHARED"] { return URL(filePath: named) }
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  return root.deletingLastPathComponent().appending(path: "shared")
}
private var compounds: URL { shared.appending(path: "data/shanghai/shanghai_residential_compounds.csv") }

@Suite struct DatumTests {
  @Test(arguments: [
    (31.2304, 121.4737), (31.1536, 121.1239), (30.70, 121.34), (31.62, 121.39), (39.9087, 116.3975), (22.54, 114.05), (43.8, 87.6),
  ])
  func goesThereAndBack(latitude: Double, longitude: Double) throws {
    let here = try #require(Coordinates(latitude: latitude, longitude: longitude))
    let (gcj, baidu) = (here.gcj02, here.bd09)
    // The shift is some hundred metres: nobody may mistake one datum for the other unnoticed.
    #expect(abs(gcj.longitude - longitude) > 0.001)
    for back in [
      Coordinates(gcj02Latitude: gcj.latitude, longitude: gcj.longitude),
      Coordinates(bd09Latitude: baidu.latitude, longitude: baidu.longitude),
    ] {
      let back = try #require(back)
      #expect(abs(back.latitude - latitude) < 1e-7)
      #expect(abs(back.longitude - longitude) < 1e-7)
    }
  }

  /// Pairs published with the open implementations (eviltransform; coordtransform), good to the digits given there.
  @Test func agreesWithPublishedPairs() throws {
    let shanghai = try #require(Coordinates(latitude: 31.1774276, longitude: 121.5272106))
    #expect(abs(shanghai.gcj02.latitude - 31.17530398364597) < 1e-6)
    #expect(abs(shanghai.gcj02.longitude - 121.531541859215) < 1e-6)
    let shenzhen = try #require(Coordinates(latitude: 22.543847, longitude: 113.912316))
    #expect(abs(shenzhen.gcj02.latitude - 22.540796131694766) < 1e-6)
    #expect(abs(shenzhen.gcj02.longitude - 113.9171764808363) < 1e-6)
    let beijing = try #require(Coordinates(bd09Latitude: 39.915, longitude: 116.404))
    #expect(abs(beijing.gcj02.latitude - 39.90865673957631) < 1e-5)
    #expect(abs(beijing.gcj02.longitude - 116.39762729119315) < 1e-5)
  }

  @Test func leavesTheRestOfTheWorldAlone() throws {
    let lisbon = try #require(Coordinates(latitude: 38.7223, longitude: -9.1393))
    #expect(lisbon.gcj02 == (38.7223, -9.1393))
    #expect(Coordinates(gcj02Latitude: 38.7223, longitude: -9.1393) == lisbon)
    #expect(Coordinates(bd09Latitude: 38.7223, longitude: -9.1393) == lisbon)
    #expect(Coordinates(bd09Latitude: 200, longitude: 0) == nil)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: compounds.path), "the evaluation data is not beside the checkout"))
  func agreesWithARealTable() throws {
    let lines = try String(contentsOf: compounds, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
    var (rows, worst) = (0, 0.0)
    for line in lines where !line.contains("\"") {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 21, let east = Double(fields[13]), let north = Double(fields[14]), let wgsEast = Double(fields[15]),
        let wgsNorth = Double(fields[16]), let found = Coordinates(bd09Latitude: north, longitude: east)
      else { continue }
      rows += 1
      worst = max(worst, abs(found.latitude - wgsNorth), abs(found.longitude - wgsEast))
    }
    #expect(rows > 4000)
    // Two metres or so: the table was made with an inverse of one step only.
    #expect(worst < 0.00002, "worst \(worst) of \(rows)")
  }
}

import Kernel
import Overview
import WebSupport

/// The map as the server draws it: for browsers without scripts, for paper, and until the script has come.
struct MapDrawing {
  let map: CityMap
  /// More dots than these make a page heavy; the grid shows the others.
  static let mostDots = 200
  private let south: Double
  private let west: Double
  private let north: Double
  private let east: Double
  private static let width = 400.0
  /// Kilometres of one degree.
  private static let (up, across) = (110.87, 95.42)

  init(_ map: CityMap) {
    self.map = map
    let at = map.places.compactMap(\.position)
    let middle = (31.2, 121.45)
    let (low, high) = (at.map(\.latitude).min() ?? middle.0, at.map(\.latitude).max() ?? middle.0)
    let (left, right) = (at.map(\.longitude).min() ?? middle.1, at.map(\.longitude).max() ?? middle.1)
    // At least two kilometres, a margin, and never so flat or so narrow that it cannot be read.
    var tall = max(2, (high - low) * Self.up) * 1.2
    var wide = max(2, (right - left) * Self.across) * 1.2
    wide = max(wide, tall * 0.9)
    tall = max(tall, wide * 0.6)
    south = (low + high) / 2 - tall / 2 / Self.up
    north = (low + high) / 2 + tall / 2 / Self.up
    west = (left + right) / 2 - wide / 2 / Self.across
    east = (left + right) / 2 + wide / 2 / Self.across
  }
  private var scale: Double { Self.width / ((east - west) * Self.across) }
  private var height: Double { (north - south) * Self.up * scale }
  private func x(_ longitude: Double) -> String { tenth((longitude - west) * Self.across * scale) }
  private func y(_ latitude: Double) -> String { tenth((north - latitude) * Self.up * scale) }
  private func tenth(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }

  /// 2 … 9, by the root of the number: the area says how much.
  static func radius(_ count: Int, most: Int) -> Int {
    guard count > 0, most > 0 else { return 2 }
    return 3 + Int((Double(count) / Double(most)).squareRoot() * 6)
  }

  /// - Parameter said: what it shows, for whoever listens.
  func svg(_ said: String) -> HTML {
    let most = map.places.map(\.count).max() ?? 0
    let dots = map.places.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(Self.mostDots)
    return """
      <svg class="map-svg" viewBox="0 0 400 \(tenth(height))" role="img" aria-label="\(said)">\(grid)\(cells)\(outlines)\(each: dots.reversed(), { dot($0, most) })\(labels)\(scaleBar)</svg>
      """
  }
  private var cells: HTML {
    HTML.join(
      map.cells.map { cell in
        let (left, top) = ((cell.west - west) * Self.across * scale, (north - cell.north) * Self.up * scale)
        let side = map.cellSide * scale
        return """
          <rect class="m\(cell.level)" x="\(tenth(left))" y="\(tenth(top))" width="\(tenth(side))" height="\(tenth(side))" fill-opacity="0.7"><title>\(cell.count) 件</title></rect>
          """
      }, "")
  }
  private var outlines: HTML {
    // A third of a unit of the picture is finer than anybody sees.
    HTML.join(
      map.outlines.map { outline in
        let rings = outline.simplified(metres: 1000 / scale / 2).rings
        let path = rings.map { ring in
          "M" + ring.map { "\(x($0.longitude)) \(y($0.latitude))" }.joined(separator: "L") + "Z"
        }.joined()
        return path.isEmpty ? .empty : "<path class=\"m-line\" d=\"\(path)\"><title>\(outline.name)</title></path>"
      }, "")
  }
  private func dot(_ place: MapPlace, _ most: Int) -> HTML {
    guard let at = place.position else { return .empty }
    return """
      <circle class="m-dot d\(map.level(place))" cx="\(x(at.longitude))" cy="\(y(at.latitude))" r="\(Self.radius(place.count, most: most))"><title>\(place.name)：\(place.count) 件，在办 \(place.open) 件</title></circle>
      """
  }
  private var labels: HTML {
    // Where names would stand on each other the one with more to tell stays.
    var taken: [(Double, Double)] = []
    var out = HTML()
    for label in map.labels.sorted(by: { $0.count > $1.count }) {
      let (left, top) = ((label.at.longitude - west) * Self.across * scale, (north - label.at.latitude) * Self.up * scale - 10)
      guard !taken.contains(where: { abs($0.0 - left) < 46 && abs($0.1 - top) < 13 }) else { continue }
      taken.append((left, top))
      out += "<text class=\"m-name\" x=\"\(tenth(min(370, max(30, left))))\" y=\"\(tenth(max(12, top)))\">\(label.name)</text>"
    }
    return out
  }
  /// Lines of a round number of degrees, with their names at the edge.
  private var grid: HTML {
    let step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].first { (east - west) / $0 <= 6 } ?? 0.5
    var out = HTML()
    for number in Int((west / step).rounded(.up))...max(Int((west / step).rounded(.up)), Int((east / step).rounded(.down))) {
      let at = x(Double(number) * step)
      out +=
        "<line class=\"m-grid\" x1=\"\(at)\" x2=\"\(at)\" y1=\"0\" y2=\"\(tenth(height))\"/><text class=\"m-axis\" x=\"\(at)\" y=\"\(tenth(height - 3))\">\(degrees(Double(number) * step))°E</text>"
    }
    for number in Int((south / step).rounded(.up))...max(Int((south / step).rounded(.up)), Int((north / step).rounded(.down))) {
      let at = y(Double(number) * step)
      out +=
        "<line class=\"m-grid\" x1=\"0\" x2=\"400\" y1=\"\(at)\" y2=\"\(at)\"/><text class=\"m-axis\" x=\"2\" y=\"\(at)\">\(degrees(Double(number) * step))°N</text>"
    }
    return out
  }
  private func degrees(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\((hundredths % 100).padded(2))"
  }
  private var scaleBar: HTML {
    let metres = [200, 500, 1000, 2000, 5000, 10_000, 20_000].last { Double($0) / 1000 * scale <= 110 } ?? 200
    let length = Double(metres) / 1000 * scale
    let (right, bottom) = (392.0, height - 12)
    return """
      <line class="m-scale" x1="\(tenth(right - length))" x2="\(tenth(right))" y1="\(tenth(bottom))" y2="\(tenth(bottom))"/><text x="\(tenth(right))" y="\(tenth(bottom - 4))" text-anchor="end">\(metres < 1000 ? "\(metres) 米" : "\(metres / 1000) 公里")</text>
      """
  }
}

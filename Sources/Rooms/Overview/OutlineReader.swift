import Compounds
import Foundation
import Kernel

/// Reads a GeoJSON file of outlines (RFC 7946), and says of what it cannot take which part it is and why. Pure.
enum OutlineReader {
  static let largestFile = 8 << 20
  static let mostOutlines = 2000
  static let mostPoints = 400_000

  static func read(_ file: Data, datum: OutlineSet.Datum) throws(Refusal) -> [Outline] {
    guard !file.isEmpty else { throw refusal("file", "请选择 GeoJSON 文件。") }
    guard file.count <= largestFile else {
      throw refusal("size", "文件有 \(file.count >> 20) MB，最多 8 MB。请按区分开，或者先把轮廓简化。")
    }
    guard let root = (try? JSONSerialization.jsonObject(with: file)) as? [String: Any] else {
      throw refusal("json", "这不是有效的 GeoJSON 文件：内容不是 JSON，或者最外层不是对象。")
    }
    if let crs = (root["crs"] as? [String: Any])?["properties"] as? [String: Any], let name = crs["name"] as? String,
      !["CRS84", "4326", "4490"].contains(where: name.hasSuffix)
    {
      throw refusal("crs", "文件写明坐标系是 \(name.prefix(60))，须先转换为经纬度（WGS-84 或 CGCS2000）。")
    }
    let features: [Any]
    switch root["type"] as? String {
    case "FeatureCollection": features = root["features"] as? [Any] ?? []
    case "Feature": features = [root]
    case let other: throw refusal("shape", "最外层须是 FeatureCollection，这里是 \(other.map { String($0.prefix(30)) } ?? "没有写 type")。")
    }
    guard !features.isEmpty else { throw refusal("shape", "文件里没有要素（features 为空）。") }
    guard features.count <= mostOutlines else { throw refusal("many", "有 \(features.count) 个要素，最多 \(mostOutlines) 个。请分开导入。") }
    var outlines: [Outline] = []
    var points = 0
    for (index, feature) in features.enumerated() {
      let outline = try outline(feature, number: index + 1, datum)
      points += outline.points
      guard points <= mostPoints else { throw refusal("many", "轮廓的点超过 \(mostPoints) 个，请先简化。") }
      outlines.append(outline)
    }
    return outlines
  }

  private static func refusal(_ code: String, _ message: String) -> Refusal {
    Refusal(.invalid, "overview-outline-\(code)", message, field: "file")
  }

  private static func outline(_ feature: Any, number: Int, _ datum: OutlineSet.Datum) throws(Refusal) -> Outline {
    let here = "第 \(number) 个要素"
    guard let feature = feature as? [String: Any], let geometry = feature["geometry"] as? [String: Any] else {
      throw refusal("shape", "\(here)没有 geometry。")
    }
    let properties = feature["properties"] as? [String: Any] ?? [:]
    let names = ["name", "NAME", "Name", "名称", "小区名称", "街镇", "XZQMC"]
    guard let name = names.lazy.compactMap({ (properties[$0] as? String)?.trimming() }).first(where: { !$0.isEmpty }), name.count <= 60
    else {
      throw refusal("name", "\(here)没有名称：properties 里要有 name（或“名称”），不超过 60 字。")
    }
    let polygons: [Any]
    switch geometry["type"] as? String {
    case "Polygon": polygons = [geometry["coordinates"] as Any]
    case "MultiPolygon": polygons = geometry["coordinates"] as? [Any] ?? []
    case let other: throw refusal("kind", "\(here)（\(name)）是 \(other.map { String($0.prefix(30)) } ?? "空的")，只收面：Polygon 或 MultiPolygon。")
    }
    var rings: [[Coordinates]] = []
    for polygon in polygons {
      guard let parts = polygon as? [Any], !parts.isEmpty else { throw refusal("ring", "\(here)（\(name)）的坐标不成面。") }
      for part in parts { rings.append(try ring(part, "\(here)（\(name)）", datum)) }
    }
    guard !rings.isEmpty else { throw refusal("ring", "\(here)（\(name)）没有坐标。") }
    return Outline(name: name, rings: rings)
  }

  private static func ring(_ part: Any, _ here: String, _ datum: OutlineSet.Datum) throws(Refusal) -> [Coordinates] {
    guard let pairs = part as? [Any], pairs.count >= 4 else { throw refusal("ring", "\(here)有一圈不足 4 个点。") }
    var ring: [Coordinates] = []
    ring.reserveCapacity(pairs.count)
    for pair in pairs {
      guard let numbers = pair as? [Any], numbers.count >= 2, let longitude = (numbers[0] as? NSNumber)?.doubleValue,
        let latitude = (numbers[1] as? NSNumber)?.doubleValue
      else { throw refusal("ring", "\(here)有一个点不是“经度，纬度”两个数。") }
      if CompoundRules.longitudes.contains(latitude), CompoundRules.latitudes.contains(longitude) {
        throw refusal("swapped", "\(here)的经度和纬度写反了：GeoJSON 先写经度（121 左右），再写纬度（31 左右）。")
      }
      let at =
        switch datum {
        case .wgs84: Coordinates(latitude: latitude, longitude: longitude)
        case .gcj02: Coordinates(gcj02Latitude: latitude, longitude: longitude)
        }
      guard let at, CompoundRules.isInShanghai(at) else {
        throw refusal("place", "\(here)有一个点（\(short(longitude))，\(short(latitude))）不在上海。如果是平面坐标，请先转换为经纬度。")
      }
      // Seven digits are a centimetre.
      guard let kept = Coordinates(latitude: round(at.latitude), longitude: round(at.longitude)) else { continue }
      ring.append(kept)
    }
    guard ring.first == ring.last else { throw refusal("ring", "\(here)有一圈没有闭合：最后一个点要和第一个点相同。") }
    return ring
  }
  private static func round(_ degrees: Double) -> Double { (degrees * 10_000_000).rounded() / 10_000_000 }
  private static func short(_ number: Double) -> String { number.isFinite ? String((number * 10_000).rounded() / 10_000) : "不是数" }
}

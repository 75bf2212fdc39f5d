import Crypto
import Foundation
import Kernel
import Offices
import People
import Storage

/// The outline of a district, a sub-district or a compound, as an office brought it.
public struct Outline: Sendable, Hashable {
  public let name: String
  /// Closed rings in WGS-84: the outer ones and the holes alike, told apart by drawing them even-odd.
  public let rings: [[Coordinates]]
  public init(name: String, rings: [[Coordinates]]) {
    self.name = name
    self.rings = rings
  }
  public var points: Int { rings.reduce(0) { $0 + $1.count } }

  /// With fewer points, none of the line farther off than so many metres (Douglas and Peucker). Rings too small to be seen are left out.
  public func simplified(metres: Double) -> Outline {
    Outline(name: name, rings: rings.map { Self.simplified($0, metres / 1000) }.filter { $0.count >= 4 })
  }
  private static func simplified(_ ring: [Coordinates], _ kilometres: Double) -> [Coordinates] {
    guard ring.count > 4 else { return ring }
    var kept = Array(repeating: false, count: ring.count)
    kept[0] = true
    kept[ring.count - 1] = true
    // A ring begins where it ends: cut at the point farthest from there.
    func distance(_ p: Coordinates, _ a: Coordinates, _ b: Coordinates) -> Double {
      let (px, py) = ((p.longitude - a.longitude) * CityMap.east, (p.latitude - a.latitude) * CityMap.north)
      let (bx, by) = ((b.longitude - a.longitude) * CityMap.east, (b.latitude - a.latitude) * CityMap.north)
      let length = bx * bx + by * by
      let along = length == 0 ? 0 : min(1, max(0, (px * bx + py * by) / length))
      let (dx, dy) = (px - along * bx, py - along * by)
      return (dx * dx + dy * dy).squareRoot()
    }
    var stack = [(0, ring.count - 1)]
    while let (first, last) = stack.popLast() {
      guard last > first + 1 else { continue }
      var (far, at) = (0.0, first)
      for index in first + 1..<last {
        let off = distance(ring[index], ring[first], ring[last])
        if off > far { (far, at) = (off, index) }
      }
      if far > kilometres {
        kept[at] = true
        stack.append((first, at))
        stack.append((at, last))
      }
    }
    return zip(ring, kept).filter(\.1).map(\.0)
  }
}

/// Outlines brought in one file.
public struct OutlineSet: Sendable, Hashable {
  public typealias ID = Identifier<OutlineSet>
  public let id: ID
  public let name: String
  /// Who made them, and when: "区民政局，2025年12月".
  public let source: String
  public let datum: Datum
  public let outlines: Int
  public let points: Int
  public let at: Moment
  public let who: String
  /// By whom they may be taken away again, beside the administrator of the system.
  public let office: Office.ID?
  /// In what the coordinates of the file were given.
  public enum Datum: String, Sendable, CaseIterable {
    case wgs84, gcj02
    public var chinese: String {
      switch self {
      case .wgs84: "WGS-84（GPS、天地图、CGCS2000）"
      case .gcj02: "GCJ-02（高德、腾讯等地图）"
      }
    }
  }
}

extension Overview {
  /// Reads a file and keeps its outlines.
  /// - Throws: `Refusal` of `OutlineReader`; `overview-outline-title`, `overview-outline-source` together as `Refusals`.
  @discardableResult
  public func importOutlines(_ file: Data, name: String, source: String, datum: OutlineSet.Datum, by person: Person) async throws
    -> OutlineSet.ID
  {
    try person.require(.importCompounds)
    let (name, source) = (name.trimming(), source.trimming())
    var wrong: [Refusal] = []
    if !(2...60).contains(name.count) {
      wrong.append(Refusal(.invalid, "overview-outline-title", "请写这批轮廓是什么，例如“青浦区街镇界”，2 至 60 字。", field: "name"))
    }
    if !(2...200).contains(source.count) {
      wrong.append(Refusal(.invalid, "overview-outline-source", "请写明来源和日期，例如“区民政局，2025年12月”。", field: "source"))
    }
    var outlines: [Outline] = []
    do throws(Refusal) { outlines = try OutlineReader.read(file, datum: datum) } catch { wrong.append(error) }
    guard wrong.isEmpty else { throw Refusals(wrong) }
    let rows = try outlines.map { ($0.name, try Self.text($0.rings), $0.points) }
    let now = house.now()
    let digest = SHA256.hash(data: Data(datum.rawValue.utf8) + file).hex
    return try await house.store.write { db in
      // Sent a second time it says nothing new.
      if let known = try db.first(
        "SELECT id FROM outline_set WHERE digest = \(digest) AND name = \(name) AND COALESCE(office_id, 0) = \(person.office?.raw ?? 0)")
      {
        return try known.id("id")
      }
      let set: OutlineSet.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO outline_set (id, name, source, datum, outlines, points, digest, at, account_id, office_id)
        VALUES (\(set), \(name), \(source), \(datum), \(rows.count), \(rows.reduce(0) { $0 + $1.2 }), \(digest), \(now), \(person.id), \(person.office))
        """)
      for (name, rings, _) in rows {
        let id: Identifier<Outline> = house.ids.next(at: now)
        try db.later("INSERT INTO outline (id, set_id, name, rings) VALUES (\(id), \(set), \(name), \(rings))")
      }
      try Journal.append(
        "outlines-imported", on: Subject("outline_set", set), by: person.actor, at: now,
        facts: ["name": name, "source": source, "datum": datum.rawValue, "outlines": "\(rows.count)"], ids: house.ids, db)
      return set
    }
  }

  /// - Throws: `Refusal` `overview-outline-missing` also for a set of another office.
  public func removeOutlines(_ id: OutlineSet.ID, by person: Person) async throws {
    try person.require(.importCompounds)
    let now = house.now()
    try await house.store.write { db in
      guard let row = try db.first("SELECT name, office_id FROM outline_set WHERE id = \(id)"),
        Self.mayRemove(try row.optionalID("office_id"), person)
      else { throw Refusal(.missing, "overview-outline-missing", "没有这批轮廓，或者它是别的单位导入的。") }
      try db.run("DELETE FROM outline WHERE set_id = \(id)")
      try db.run("DELETE FROM outline_set WHERE id = \(id)")
      try Journal.append(
        "outlines-removed", on: Subject("outline_set", id), by: person.actor, at: now, facts: ["name": try row.text("name")],
        ids: house.ids,
        db)
    }
  }
  static func mayRemove(_ office: Office.ID?, _ person: Person) -> Bool { office == person.office || person.may(.administerSystem) }

  public func outlineSets(for person: Person) async throws -> [(set: OutlineSet, mayRemove: Bool)] {
    try await house.store.read { db in
      try db.all(
        """
        SELECT s.*, a.name AS who FROM outline_set s JOIN account a ON a.id = s.account_id ORDER BY s.id DESC LIMIT 200
        """
      ).map { row in
        let set = OutlineSet(
          id: try row.id("id"), name: try row.text("name"), source: try row.text("source"), datum: try row.choice("datum"),
          outlines: try row.count("outlines"), points: try row.count("points"), at: try row.moment("at"), who: try row.text("who"),
          office: try row.optionalID("office_id"))
        return (set, Self.mayRemove(set.office, person))
      }
    }
  }
  /// Those of all sets, the newest set first.
  static func outlines(_ db: any Reader) throws -> [Outline] {
    try db.all("SELECT name, rings FROM outline ORDER BY id DESC LIMIT 2000").map {
      Outline(name: try $0.text("name"), rings: try rings(try $0.text("rings")))
    }
  }

  // Pairs of longitude and latitude as GeoJSON has them.
  static func text(_ rings: [[Coordinates]]) throws -> String {
    String(decoding: try JSONEncoder().encode(rings.map { $0.map { [$0.longitude, $0.latitude] } }), as: UTF8.self)
  }
  static func rings(_ text: String) throws -> [[Coordinates]] {
    try JSONDecoder().decode([[[Double]]].self, from: Data(text.utf8)).map { ring in
      ring.compactMap { $0.count == 2 ? Coordinates(latitude: $0[1], longitude: $0[0]) : nil }
    }
  }
}

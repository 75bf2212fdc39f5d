import Compounds
import Kernel

/// What the map shows, and by what it is coloured.
public struct MapQuery: Sendable, Hashable {
  public var from: Month
  public var through: Month
  public var item: String?
  public var measure: Measure
  public enum Measure: String, Sendable, CaseIterable {
    case rate, count, open
    public var chinese: String {
      switch self {
      case .rate: "每千户件数"
      case .count: "件数"
      case .open: "在办事项"
      }
    }
  }
  public init(from: Month, through: Month, item: String? = nil, measure: Measure = .rate) {
    self.from = from
    self.through = through
    self.item = item
    self.measure = measure
  }
}

/// A compound on the map, or beside it.
public struct MapPlace: Sendable, Hashable {
  public let id: Int64
  public let no: String
  public let name: String
  public let squad: String
  public let district: String
  public let position: Coordinates?
  public let households: Int?
  /// Complaints of the time; with an item its matters.
  public let count: Int
  public let open: Int

  /// Below this a rate says more than there is to say.
  public static let fewHouseholds = 100
  /// By which it is coloured, in tenths; nil where that cannot be told.
  public func value(_ measure: MapQuery.Measure) -> Int? {
    switch measure {
    case .count: count * 10
    case .open: open * 10
    case .rate: households.flatMap { $0 >= Self.fewHouseholds ? (count * 10_000 + $0 / 2) / $0 : nil }
    }
  }
}

/// The map as data: everything that is drawn, by the server or by a script, and everything that cannot be. Pure.
public struct CityMap: Sendable {
  public let query: MapQuery
  /// With a position in the city.
  public let places: [MapPlace]
  /// Without a position, or with one outside the city: listed, never dropped.
  public let lost: [MapPlace]
  public let outlines: [Outline]
  /// More compounds than are shown.
  public let isCut: Bool
  /// Upper ends of the classes 1, 2 and 3, in tenths; what is above the last is class 4.
  public let steps: [Int]
  public let labels: [Label]
  public let cells: [Cell]
  /// The side of a cell, in kilometres.
  public let cellSide: Double

  public struct Label: Sendable, Hashable {
    public let name: String
    public let at: Coordinates
    public let count: Int
  }
  /// A square of the grid with the complaints of its compounds.
  public struct Cell: Sendable, Hashable {
    public let south: Double
    public let west: Double
    public let north: Double
    public let east: Double
    public let count: Int
    /// 1 … 5
    public let level: Int
  }

  /// - Parameter byDistrict: labels are districts, otherwise squads.
  public init(_ query: MapQuery, _ all: [MapPlace], outlines: [Outline], byDistrict: Bool, isCut: Bool = false) {
    self.query = query
    self.outlines = outlines
    self.isCut = isCut
    func isHere(_ place: MapPlace) -> Bool { place.position.map(CompoundRules.isInShanghai) ?? false }
    let placed = all.filter(isHere)
    places = placed
    lost = all.filter { !isHere($0) }
    let values = placed.compactMap { $0.value(query.measure) }.filter { $0 > 0 }.sorted()
    // Half, three quarters and nine tenths of those that have any.
    steps =
      values.isEmpty
      ? [] : Array(Set([50, 75, 90].map { values[min(values.count - 1, values.count * $0 / 100)] })).sorted()
    var groups: [String: (latitude: Double, longitude: Double, members: Int, count: Int)] = [:]
    for place in placed {
      guard let at = place.position else { continue }
      var group = groups[byDistrict ? place.district : place.squad] ?? (0, 0, 0, 0)
      group = (group.latitude + at.latitude, group.longitude + at.longitude, group.members + 1, group.count + place.count)
      groups[byDistrict ? place.district : place.squad] = group
    }
    labels = groups.compactMap { name, group in
      Coordinates(latitude: group.latitude / Double(group.members), longitude: group.longitude / Double(group.members)).map {
        Label(name: name, at: $0, count: group.count)
      }
    }.sorted { $0.name < $1.name }
    (cells, cellSide) = Self.grid(placed)
  }

  /// 0 for nothing and for what cannot be told.
  public func level(_ place: MapPlace) -> Int {
    guard let value = place.value(query.measure), value > 0 else { return 0 }
    return 1 + steps.prefix(3).filter { value > $0 }.count
  }

  /// Kilometres of one degree at Shanghai's latitude.
  static let north = 110.87
  static let east = 95.42
  private static func grid(_ places: [MapPlace]) -> ([Cell], Double) {
    let at = places.compactMap(\.position)
    guard let south = at.map(\.latitude).min(), let top = at.map(\.latitude).max(), let west = at.map(\.longitude).min(),
      let right = at.map(\.longitude).max()
    else { return ([], 1) }
    let width = max((top - south) * north, (right - west) * east)
    let side = [0.25, 0.5, 1, 2, 3, 5].first { width / $0 <= 24 } ?? 5
    let (high, wide) = (side / north, side / east)
    struct Square: Hashable {
      let row: Int
      let column: Int
    }
    var sums: [Square: Int] = [:]
    for place in places where place.count > 0 {
      guard let at = place.position else { continue }
      // The grid is the same whatever is on the map, so that two maps can be compared.
      let square = Square(row: Int((at.latitude / high).rounded(.down)), column: Int((at.longitude / wide).rounded(.down)))
      sums[square, default: 0] += place.count
    }
    let most = max(1, sums.values.max() ?? 1)
    let cells = sums.map { square, count in
      Cell(
        south: Double(square.row) * high, west: Double(square.column) * wide, north: Double(square.row + 1) * high,
        east: Double(square.column + 1) * wide, count: count,
        // By the root: one square that stands out does not make all others look empty.
        level: min(5, 1 + Int((Double(count) / Double(most)).squareRoot() * 5)))
    }
    return (cells.sorted { ($0.south, $0.west) < ($1.south, $1.west) }, side)
  }
}

import Foundation

/// Conversions between WGS-84 and the two datums of Chinese map services. Source: the formulas published with eviltransform and coordtransform;
/// there is no official text, agreement with the services is within a metre or so.
extension Coordinates {
  /// From GCJ-02 ("Mars" coordinates: Amap, Tencent, Tianditu exports of some offices). Outside China the two are the same.
  public init?(gcj02Latitude latitude: Double, longitude: Double) {
    guard let given = Coordinates(latitude: latitude, longitude: longitude) else { return nil }
    self = given.invert { $0.gcj02 }
  }
  /// From BD-09 (Baidu).
  public init?(bd09Latitude latitude: Double, longitude: Double) {
    guard let given = Coordinates(latitude: latitude, longitude: longitude) else { return nil }
    let gcj = given.isInChina ? given.invert { $0.bd09FromGCJ } : given
    guard let wgs = Coordinates(gcj02Latitude: gcj.latitude, longitude: gcj.longitude) else { return nil }
    self = wgs
  }
  /// This WGS-84 position as a GCJ-02 map shows it.
  public var gcj02: (latitude: Double, longitude: Double) {
    guard isInChina else { return (latitude, longitude) }
    let (x, y) = (longitude - 105, latitude - 35)
    let wave = (20 * sin(6 * x * .pi) + 20 * sin(2 * x * .pi)) * 2 / 3
    var north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * abs(x).squareRoot() + wave
    north += (20 * sin(y * .pi) + 40 * sin(y / 3 * .pi)) * 2 / 3 + (160 * sin(y / 12 * .pi) + 320 * sin(y * .pi / 30)) * 2 / 3
    var east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * abs(x).squareRoot() + wave
    east += (20 * sin(x * .pi) + 40 * sin(x / 3 * .pi)) * 2 / 3 + (150 * sin(x / 12 * .pi) + 300 * sin(x / 30 * .pi)) * 2 / 3
    // Metres to degrees on the ellipsoid of Krasovsky 1940.
    let (axis, eccentricity) = (6_378_245.0, 0.006_693_421_622_965_943_23)
    let radians = latitude / 180 * .pi
    let magic = 1 - eccentricity * sin(radians) * sin(radians)
    let perNorth = axis * (1 - eccentricity) / (magic * magic.squareRoot()) * .pi / 180
    let perEast = axis / magic.squareRoot() * cos(radians) * .pi / 180
    return (latitude + north / perNorth, longitude + east / perEast)
  }
  /// This WGS-84 position as a Baidu map shows it.
  public var bd09: (latitude: Double, longitude: Double) {
    guard isInChina else { return (latitude, longitude) }
    let gcj = gcj02
    return Coordinates(latitude: gcj.latitude, longitude: gcj.longitude)?.bd09FromGCJ ?? gcj
  }
  /// The box outside which the map services shift nothing; generous at the borders, as theirs is.
  public var isInChina: Bool { (72.004...137.8347).contains(longitude) && (0.8293...55.8271).contains(latitude) }

  /// Reads self as GCJ-02.
  private var bd09FromGCJ: (latitude: Double, longitude: Double) {
    let turn = Double.pi * 3000 / 180
    let radius = (longitude * longitude + latitude * latitude).squareRoot() + 0.00002 * sin(latitude * turn)
    let angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * turn)
    return (radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065)
  }
  /// The position that `forward` carries to self, to better than 1e-9 degrees: the shifts are smooth, so a few steps of correction suffice.
  private func invert(_ forward: (Coordinates) -> (latitude: Double, longitude: Double)) -> Coordinates {
    var guess = self
    for _ in 0..<20 {
      let reached = forward(guess)
      let (north, east) = (latitude - reached.latitude, longitude - reached.longitude)
      guard let next = Coordinates(latitude: guess.latitude + north, longitude: guess.longitude + east) else { return guess }
      guess = next
      if abs(north) < 1e-10 && abs(east) < 1e-10 { break }
    }
    return guess
  }
}

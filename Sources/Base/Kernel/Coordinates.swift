/// A position in WGS-84 degrees: the only datum inside the program. Others are converted at the border.
public struct Coordinates: Hashable, Sendable, Codable {
  public let latitude: Double
  public let longitude: Double
  /// Nil outside the globe or when not a number.
  public init?(latitude: Double, longitude: Double) {
    guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
    self.latitude = latitude
    self.longitude = longitude
  }
}

import Foundation

/// A part of a picture as shown upright, in shares of its width and height from the upper left corner.
public struct PhotoArea: Hashable, Sendable {
  public let left: Double
  public let top: Double
  public let width: Double
  public let height: Double
  /// Areas of one picture.
  public static let most = 50
  /// Nil for what is empty or lies outside; what reaches beyond an edge ends there.
  public init?(left: Double, top: Double, width: Double, height: Double) {
    guard left.isFinite, top.isFinite, width.isFinite, height.isFinite, width > 0, height > 0, left < 1, top < 1, left + width > 0,
      top + height > 0
    else { return nil }
    self.left = max(0, left)
    self.top = max(0, top)
    self.width = min(1, left + width) - max(0, left)
    self.height = min(1, top + height) - max(0, top)
  }
}

extension Photo {
  /// The photo for publication with black over some areas: decoded, painted and encoded anew like `publicCopy`, so that nothing of what lies
  /// beneath, nor of the device, is in the bytes.
  /// - Throws: as `publicCopy`.
  public static func masked(_ data: Data, _ areas: [PhotoArea], limits: PhotoLimits = .standard) throws(PictureError) -> Data {
    // From the clean copy: its orientation is the one in which the areas were drawn.
    let clean = try publicCopy(data, limits: limits)
    let type = MediaType.sniff(clean.prefix(64))
    let raster = try Raster(decoding: clean, type: type)
    for area in areas { raster.blacken(area) }
    return type == .png ? try raster.png() : try raster.jpeg(quality: quality)
  }
}

extension Raster {
  /// Whole pixels: one that is touched is black.
  borrowing func blacken(_ area: PhotoArea) {
    let (w, h) = (Double(width), Double(height))
    fill(
      left: Int((area.left * w).rounded(.down)), top: Int((area.top * h).rounded(.down)),
      right: min(width - 1, Int(((area.left + area.width) * w).rounded(.up)) - 1),
      bottom: min(height - 1, Int(((area.top + area.height) * h).rounded(.up)) - 1))
  }
}

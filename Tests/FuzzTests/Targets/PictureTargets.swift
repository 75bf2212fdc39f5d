import Foundation

@testable import Pictures

extension FuzzTarget {
  static let pictures: [FuzzTarget] = [
    FuzzTarget("photo", longest: 4096) { bytes in
      let data = Data(bytes)
      guard let seen = try? Photo.check(data, small) else { return nil }
      if !MediaType.sniff(bytes).isPhoto { return "took a \(MediaType.sniff(bytes))" }
      if seen.width * seen.height > small.pixels { return "\(seen.width) × \(seen.height) pixels" }
      guard let facts = try? Photo.facts(data, small) else { return "no facts of what was taken" }
      return facts.width * facts.height == seen.width * seen.height ? nil : "two sizes"
    },
    FuzzTarget("exif", longest: 1024) { bytes in
      let exif = EXIF(Bytes(Data(bytes)), 0..<bytes.count)
      if !(1...8).contains(exif.orientation) { return "orientation \(exif.orientation)" }
      if let latitude = exif.latitude, !(-90...90).contains(latitude) { return "latitude \(latitude)" }
      if let longitude = exif.longitude, !(-180...180).contains(longitude) { return "longitude \(longitude)" }
      return nil
    },
    // Through the picture library: whatever was taken and can be copied has lost everything but its pixels.
    FuzzTarget("copies", longest: 4096) { bytes in
      guard let copies = try? Photo.copies(Data(bytes), edge: 32, limits: small) else { return nil }
      for copy in [copies.publicCopy, copies.thumbnail] {
        guard let facts = try? Photo.facts(copy) else { return "a copy that cannot be read" }
        if facts.latitude != nil || facts.takenLocal != nil || facts.model != nil { return "a copy that tells where or when" }
      }
      return nil
    },
    FuzzTarget("qr", longest: 3000) { bytes in
      guard let svg = try? QRCode.svg(text(bytes)) else { return nil }
      return svg.hasSuffix("</svg>\n") || svg.hasSuffix("</svg>") ? nil : "no picture"
    },
  ]

  /// Small enough that decoding is quick.
  private static let small: PhotoLimits = {
    var limits = PhotoLimits.standard
    limits.bytes = 1 << 16
    limits.pixels = 16_384
    return limits
  }()
}

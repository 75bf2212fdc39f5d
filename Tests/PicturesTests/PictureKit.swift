import CGD
import Foundation

/// Pictures and their metadata, made byte by byte for the tests.
enum Kit {
  enum Format { case jpeg, png, webp, gif }

  /// A picture whose left upper quarter is red and the rest blue, so that turning can be seen.
  static func picture(_ width: Int, _ height: Int, _ format: Format = .jpeg) -> Data {
    guard let image = gdImageCreateTrueColor(Int32(width), Int32(height)) else { return Data() }
    defer { gdImageDestroy(image) }
    gdImageFilledRectangle(image, 0, 0, Int32(width) - 1, Int32(height) - 1, 0x0000FF)
    gdImageFilledRectangle(image, 0, 0, Int32(width) / 2 - 1, Int32(height) / 2 - 1, 0xFF0000)
    var size: Int32 = 0
    let bytes: UnsafeMutableRawPointer? =
      switch format {
      case .jpeg: gdImageJpegPtr(image, &size, 90)
      case .png: gdImagePngPtr(image, &size)
      case .webp: gdImageWebpPtr(image, &size)
      case .gif: gdImageGifPtr(image, &size)
      }
    guard let bytes else { return Data() }
    defer { gdFree(bytes) }
    return Data(bytes: bytes, count: Int(size))
  }

  /// Colour of one pixel as 0xRRGGBB, and the size.
  static func look(_ data: Data, x: Int = 0, y: Int = 0) -> (width: Int, height: Int, colour: Int)? {
    var copy = Array(data)
    let count = Int32(copy.count)
    guard let image = data.first == 0x89 ? gdImageCreateFromPngPtr(count, &copy) : gdImageCreateFromJpegPtr(count, &copy) else {
      return nil
    }
    defer { gdImageDestroy(image) }
    return (Int(image.pointee.sx), Int(image.pointee.sy), Int(gdImageGetTrueColorPixel(image, Int32(x), Int32(y))) & 0xFF_FFFF)
  }

  static func isRed(_ colour: Int) -> Bool { colour >> 16 > 200 && colour & 0xFF < 80 }

  // MARK: EXIF

  /// A TIFF structure, big-endian, with device, time, place and orientation.
  static func tiff(orientation: Int = 1, latitude: (Int, Int, Int) = (31, 13, 1234), zero: Bool = false) -> Data {
    var body = Data()
    func be16(_ n: Int) -> [UInt8] { [UInt8(n >> 8 & 0xFF), UInt8(n & 0xFF)] }
    func be32(_ n: Int) -> [UInt8] { be16(n >> 16) + be16(n & 0xFFFF) }
    // Values too long for an entry lie behind the three directories, from offset 300.
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
      let field: [UInt8]
      if value.count <= 4 {
        field = value + [UInt8](repeating: 0, count: 4 - value.count)
      } else {
        field = be32(300 + body.count)
        body.append(contentsOf: value)
      }
      return be16(tag) + be16(type) + be32(count) + field
    }
    func ascii(_ tag: Int, _ text: String) -> [UInt8] { entry(tag, 2, text.utf8.count + 1, Array(text.utf8) + [0]) }
    func degrees(_ tag: Int, _ d: (Int, Int, Int)) -> [UInt8] {
      entry(tag, 5, 3, be32(d.0) + be32(1) + be32(d.1) + be32(1) + be32(d.2) + be32(100))
    }
    let main = [
      ascii(0x010F, "Huawei"), ascii(0x0110, "Mate 60 秘密"), entry(0x0112, 3, 1, be16(orientation)), entry(0x8769, 4, 1, be32(120)),
      entry(0x8825, 4, 1, be32(200)),
    ]
    let exif = [ascii(0x9003, "2024:03:05 14:22:01"), ascii(0x9011, "+08:00")]
    let gps = [ascii(1, "N"), degrees(2, zero ? (0, 0, 0) : latitude), ascii(3, "E"), degrees(4, zero ? (0, 0, 0) : (121, 28, 500))]
    var out = Data("MM\0*".utf8) + be32(8)
    for (start, entries) in [(8, main), (120, exif), (200, gps)] {
      out.append(contentsOf: [UInt8](repeating: 0, count: start - out.count))
      out.append(contentsOf: be16(entries.count) + entries.joined() + be32(0))
    }
    out.append(contentsOf: [UInt8](repeating: 0, count: 300 - out.count))
    return out + body
  }

  /// The JPEG with segments put behind its start marker.
  static func with(_ jpeg: Data, exif: Data? = nil, comment: String? = nil, xmp: String? = nil) -> Data {
    var out = Data([0xFF, 0xD8])
    func segment(_ marker: UInt8, _ body: Data) {
      out.append(contentsOf: [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 0xFF)])
      out.append(body)
    }
    if let exif { segment(0xE1, Data("Exif\0\0".utf8) + exif) }
    if let xmp { segment(0xE1, Data("http://ns.adobe.com/xap/1.0/\0\(xmp)".utf8)) }
    if let comment { segment(0xFE, Data(comment.utf8)) }
    return out + jpeg.dropFirst(2)
  }

  /// The smallest HEIC container that has a size, a turn and EXIF; no pixels.
  static func heic(width: Int, height: Int, exif: Data) -> Data {
    func be(_ n: Int, _ width: Int) -> Data { Data((0..<width).reversed().map { UInt8(n >> ($0 * 8) & 0xFF) }) }
    func box(_ name: String, _ body: Data) -> Data { be(body.count + 8, 4) + Data(name.utf8) + body }
    let ftyp = box("ftyp", Data("heic".utf8) + be(0, 4) + Data("mif1heic".utf8))
    let item = be(6, 4) + Data("Exif\0\0".utf8) + exif
    let infe = box("infe", be(2 << 24, 4) + be(7, 2) + be(0, 2) + Data("Exif\0".utf8))
    let iinf = box("iinf", be(0, 4) + be(1, 2) + infe)
    let ispe = box("ispe", be(0, 4) + be(width, 4) + be(height, 4))
    let iprp = box("iprp", box("ipco", box("ispe", be(0, 4) + be(160, 4) + be(120, 4)) + ispe + box("irot", be(1, 1))))
    func meta(_ offset: Int) -> Data {
      let iloc = box("iloc", be(0, 4) + be(0x4400, 2) + be(1, 2) + be(7, 2) + be(0, 2) + be(1, 2) + be(offset, 4) + be(item.count, 4))
      return box("meta", be(0, 4) + iinf + iloc + iprp)
    }
    return ftyp + meta(ftyp.count + meta(0).count + 8) + box("mdat", item)
  }
}

/// SplitMix64: the same inputs on every machine.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

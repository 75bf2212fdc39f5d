import CGD
import Foundation

/// Decoded pixels, held by libgd.
///
/// libgd keeps no shared state between images, so different rasters may be used on different threads at once; one raster
/// belongs to one thread, which not being Sendable ensures. Its only global is the error printer, silenced once below.
struct Raster: ~Copyable {
  private let image: gdImagePtr

  private init(_ image: gdImagePtr) { self.image = image }
  deinit { gdImageDestroy(image) }

  var width: Int { Int(image.pointee.sx) }
  var height: Int { Int(image.pointee.sy) }

  /// libgd would print what is wrong with strangers' files on our standard error.
  private static let silence: Void = gdSetErrorMethod { _, _, _ in }

  /// Only for data whose structure and dimensions `Photo.check` has accepted.
  init(decoding data: Data, type: MediaType) throws(PictureError) {
    Self.silence
    let decoded: gdImagePtr? = data.withUnsafeBytes { raw in
      guard let base = raw.baseAddress, let count = Int32(exactly: raw.count) else { return nil }
      // libgd reads only; its signatures predate const.
      let bytes = UnsafeMutableRawPointer(mutating: base)
      return switch type {
      // Cameras write small mistakes that every viewer overlooks; a cut-off file was refused before.
      case .jpeg: gdImageCreateFromJpegPtrEx(count, bytes, 1)
      case .png: gdImageCreateFromPngPtr(count, bytes)
      case .webp: gdImageCreateFromWebpPtr(count, bytes)
      default: nil
      }
    }
    guard let decoded else { throw .damaged }
    if gdImagePaletteToTrueColor(decoded) == 0 {
      gdImageDestroy(decoded)
      throw PictureError(.unavailable, "服务器暂时不能处理照片，请稍后再试")
    }
    image = decoded
  }

  /// Shrunk so that the longer edge is at most `edge`; never enlarged. On white when `flat`.
  borrowing func fitted(edge: Int, flat: Bool) throws(PictureError) -> Raster {
    let longer = max(width, height)
    let factor = longer > edge ? Double(edge) / Double(longer) : 1
    let out = try Self.blank(max(1, Int((Double(width) * factor).rounded())), max(1, Int((Double(height) * factor).rounded())), flat: flat)
    gdImageAlphaBlending(out.image, flat ? 1 : 0)
    if factor == 1 {
      gdImageCopy(out.image, image, 0, 0, 0, 0, image.pointee.sx, image.pointee.sy)
    } else {
      gdImageCopyResampled(
        out.image, image, 0, 0, 0, 0, out.image.pointee.sx, out.image.pointee.sy, image.pointee.sx, image.pointee.sy)
    }
    return out
  }

  /// Turned and mirrored so that EXIF orientation `orientation` (1…8) becomes 1.
  borrowing func upright(_ orientation: Int) throws(PictureError) -> Raster {
    let (w, h) = (width, height)
    let out = try Self.blank(orientation >= 5 ? h : w, orientation >= 5 ? w : h, flat: false)
    guard let from = image.pointee.tpixels, let to = out.image.pointee.tpixels else {
      throw PictureError(.unavailable, "服务器暂时不能处理照片，请稍后再试")
    }
    for y in 0..<out.height {
      guard let row = to[y] else { continue }
      for x in 0..<out.width {
        let (sx, sy) =
          switch orientation {
          case 2: (w - 1 - x, y)
          case 3: (w - 1 - x, h - 1 - y)
          case 4: (x, h - 1 - y)
          case 5: (y, x)
          case 6: (y, h - 1 - x)
          case 7: (w - 1 - y, h - 1 - x)
          case 8: (w - 1 - y, x)
          default: (x, y)
          }
        if let source = from[sy] { row[x] = source[sx] }
      }
    }
    return out
  }

  private static func blank(_ width: Int, _ height: Int, flat: Bool) throws(PictureError) -> Raster {
    guard let made = gdImageCreateTrueColor(Int32(width), Int32(height)) else {
      throw PictureError(.unavailable, "服务器暂时不能处理照片，请稍后再试")
    }
    gdImageAlphaBlending(made, 0)
    gdImageSaveAlpha(made, flat ? 0 : 1)
    // 0x7F in the highest byte is libgd's "transparent".
    gdImageFilledRectangle(made, 0, 0, Int32(width) - 1, Int32(height) - 1, flat ? 0xFF_FFFF : 0x7FFF_FFFF)
    return Raster(made)
  }

  /// Opaque black, edges included.
  borrowing func fill(left: Int, top: Int, right: Int, bottom: Int) {
    gdImageAlphaBlending(image, 0)
    gdImageFilledRectangle(image, Int32(left), Int32(top), Int32(right), Int32(bottom), 0)
  }

  borrowing func jpeg(quality: Int) throws(PictureError) -> Data {
    var size: Int32 = 0
    return try Self.taken(gdImageJpegPtr(image, &size, Int32(quality)), size)
  }

  borrowing func png() throws(PictureError) -> Data {
    var size: Int32 = 0
    return try Self.taken(gdImagePngPtrEx(image, &size, 6), size)
  }

  private static func taken(_ bytes: UnsafeMutableRawPointer?, _ size: Int32) throws(PictureError) -> Data {
    guard let bytes else { throw PictureError(.unavailable, "服务器暂时不能处理照片，请稍后再试") }
    defer { gdFree(bytes) }
    return Data(bytes: bytes, count: Int(size))
  }

  /// Black squares on white, as a small PNG of two colours. `dark` answers for module (x, y) of `side` × `side`.
  static func modules(side: Int, margin: Int, scale: Int, dark: (Int, Int) -> Bool) throws(PictureError) -> Data {
    let edge = Int32((side + 2 * margin) * scale)
    guard let made = gdImageCreate(edge, edge) else { throw PictureError(.unavailable, "服务器暂时不能生成二维码，请稍后再试") }
    let raster = Raster(made)
    _ = gdImageColorAllocate(made, 255, 255, 255)
    let black = gdImageColorAllocate(made, 0, 0, 0)
    for y in 0..<side {
      for x in 0..<side where dark(x, y) {
        let left = Int32((x + margin) * scale)
        let top = Int32((y + margin) * scale)
        gdImageFilledRectangle(made, left, top, left + Int32(scale) - 1, top + Int32(scale) - 1, black)
      }
    }
    return try raster.png()
  }
}

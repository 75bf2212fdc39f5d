import Foundation

/// Photos from outside: judged by content, and copied without anything that tells about the sender.
///
///     let seen = try Photo.check(bytes)            // before keeping the original
///     let copies = try Photo.copies(bytes)         // one decoding for both
///
/// All functions are pure and may run on any thread. Copying decodes: four bytes a pixel and about a quarter of a second for
/// twelve million, so run it off the request's thread and a few at a time.
public enum Photo {
  public struct Checked: Hashable, Sendable {
    public let type: MediaType
    /// As stored, before turning.
    public let width: Int
    public let height: Int
  }
  public struct Copies: Sendable {
    /// At most 1,600 pixels; PNG when the photo was PNG, otherwise JPEG.
    public let publicCopy: Data
    /// JPEG.
    public let thumbnail: Data
  }

  /// Accepts JPEG, PNG, WebP and HEIC that are whole and within the limits. Nothing is decoded.
  /// - Throws: `PictureError` with a sentence for the sender.
  @discardableResult
  public static func check(_ data: Data, _ limits: PhotoLimits = .standard) throws(PictureError) -> Checked {
    let frame = try frame(data, Bytes(data.prefix(limits.bytes + 1)), limits)
    return Checked(type: frame.type, width: frame.width, height: frame.height)
  }

  /// Size, time, place and device; what is absent or unreadable is nil.
  /// - Throws: as `check`.
  public static func facts(_ data: Data, _ limits: PhotoLimits = .standard) throws(PictureError) -> PhotoFacts {
    let bytes = Bytes(data.prefix(limits.bytes + 1))
    let frame = try frame(data, bytes, limits)
    return PhotoFacts(frame, frame.exif.map { EXIF(bytes, $0) })
  }

  /// The photo for the public page: decoded and encoded anew, upright, at most 1,600 pixels, so that place, time, device and
  /// comments are gone because nothing but pixels is carried over.
  /// - Throws: as `check`; `noCopy` for HEIC.
  public static func publicCopy(_ data: Data, limits: PhotoLimits = .standard) throws(PictureError) -> Data {
    let (frame, orientation) = try ready(data, limits)
    return try encoded(try upright(data, frame, orientation, edge: publicEdge, flat: frame.type != .png), frame.type)
  }

  /// A small JPEG, upright, its longer edge at most `edge` pixels.
  /// - Throws: as `publicCopy`.
  public static func thumbnail(_ data: Data, edge: Int = 320, limits: PhotoLimits = .standard) throws(PictureError) -> Data {
    let (frame, orientation) = try ready(data, limits)
    return try upright(data, frame, orientation, edge: max(16, edge), flat: true).jpeg(quality: quality)
  }

  /// Both copies from one decoding.
  /// - Throws: as `publicCopy`.
  public static func copies(_ data: Data, edge: Int = 320, limits: PhotoLimits = .standard) throws(PictureError) -> Copies {
    let (frame, orientation) = try ready(data, limits)
    let shown = try upright(data, frame, orientation, edge: publicEdge, flat: frame.type != .png)
    let small = try shown.fitted(edge: max(16, edge), flat: true)
    return Copies(publicCopy: try encoded(shown, frame.type), thumbnail: try small.jpeg(quality: quality))
  }

  static let publicEdge = 1600
  static let quality = 82

  private static func frame(_ data: Data, _ bytes: Bytes, _ limits: PhotoLimits) throws(PictureError) -> PictureFrame {
    if data.isEmpty { throw PictureError(.empty, "照片是空的，请重新选择后上传") }
    let type = MediaType.sniff(data.prefix(1024))
    guard type.isPhoto else {
      throw PictureError(.refusedType, "这个文件是\(type.chinese)，请上传 JPG、PNG、WebP 或 HEIC 格式的照片")
    }
    if data.count > limits.bytes { throw PictureError(.tooLarge, "照片超过 \(limits.bytes >> 20) MB，请缩小后上传") }
    let frame = try PictureFrame.read(bytes, type: type)
    let (pixels, overflow) = frame.width.multipliedReportingOverflow(by: frame.height)
    if overflow || pixels > limits.pixels || max(frame.width, frame.height) > limits.edge {
      throw PictureError(.tooManyPixels, "照片有 \(frame.width)×\(frame.height) 像素，太大了，请缩小后上传")
    }
    return frame
  }

  private static func ready(_ data: Data, _ limits: PhotoLimits) throws(PictureError) -> (PictureFrame, Int) {
    let bytes = Bytes(data.prefix(limits.bytes + 1))
    let frame = try frame(data, bytes, limits)
    if frame.type == .heic {
      throw PictureError(.noCopy, "HEIC 照片已按原件保存，但不能生成公开图片；需要公开时请改传 JPG 格式")
    }
    return (frame, frame.exif.map { EXIF(bytes, $0).orientation } ?? 1)
  }

  /// Shrinks before turning, so that the turning is cheap.
  private static func upright(_ data: Data, _ frame: PictureFrame, _ orientation: Int, edge: Int, flat: Bool) throws(PictureError) -> Raster
  {
    let small = try Raster(decoding: data, type: frame.type).fitted(edge: edge, flat: flat)
    return orientation == 1 ? small : try small.upright(orientation)
  }

  private static func encoded(_ raster: borrowing Raster, _ type: MediaType) throws(PictureError) -> Data {
    type == .png ? try raster.png() : try raster.jpeg(quality: quality)
  }
}

import CQRencode
import Foundation

/// QR codes for the posters in lobbies: byte mode, UTF-8, error correction M (15 % may be torn off).
///
/// libqrencode works on its arguments only; any thread may call.
public enum QRCode {
  /// One path of black squares on white, without size of its own: the page decides how large it is.
  /// - Parameter margin: quiet zone in modules; the standard asks for 4.
  /// - Throws: `textTooLong` beyond 2,331 bytes, `empty` for no text.
  public static func svg(_ text: String, margin: Int = 4) throws(PictureError) -> String {
    let code = try Modules(text)
    let margin = max(0, margin)
    let edge = code.side + 2 * margin
    var path = ""
    for y in 0..<code.side {
      var x = 0
      while x < code.side {
        let start = x
        while x < code.side, code.dark(x, y) { x += 1 }
        if x > start { path += "M\(start + margin) \(y + margin)h\(x - start)v1h-\(x - start)z" }
        x += 1
      }
    }
    return
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(edge) \(edge)\" shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"二维码\">"
      + "<path fill=\"#fff\" d=\"M0 0h\(edge)v\(edge)h-\(edge)z\"/><path fill=\"#000\" d=\"\(path)\"/></svg>"
  }

  /// - Parameters:
  ///   - scale: pixels per module, 1…64.
  ///   - margin: quiet zone in modules.
  /// - Throws: as `svg`.
  public static func png(_ text: String, scale: Int = 8, margin: Int = 4) throws(PictureError) -> Data {
    let code = try Modules(text)
    return try Raster.modules(side: code.side, margin: max(0, margin), scale: min(max(1, scale), 64)) { code.dark($0, $1) }
  }

  private struct Modules {
    let side: Int
    private let bits: [UInt8]

    init(_ text: String) throws(PictureError) {
      if text.isEmpty { throw PictureError(.empty, "二维码没有内容") }
      let bytes = Array(text.utf8)
      // Version 0: the smallest that holds the text.
      let made = bytes.withUnsafeBufferPointer { QRcode_encodeData(Int32($0.count), $0.baseAddress, 0, QR_ECLEVEL_M) }
      guard let made else { throw PictureError(.textTooLong, "内容有 \(bytes.count) 字节，二维码放不下") }
      defer { QRcode_free(made) }
      side = Int(made.pointee.width)
      bits = Array(UnsafeBufferPointer(start: made.pointee.data, count: side * side))
    }

    func dark(_ x: Int, _ y: Int) -> Bool { bits[y * side + x] & 1 == 1 }
  }
}

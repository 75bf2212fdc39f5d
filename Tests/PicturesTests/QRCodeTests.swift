import Foundation
import Kernel
import Testing

@testable import Pictures

@Suite struct QRCodeTests {
  static let zbar = ["/usr/bin/zbarimg", "/usr/local/bin/zbarimg", "/opt/homebrew/bin/zbarimg"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(
    .enabled(if: zbar != nil, "zbarimg is not installed; the codes are not read back"),
    arguments: ["https://example.org/c/7K2M9Q", "城管码：上方花园 3号楼"])
  func readsBack(_ text: String) throws {
    let program = try #require(Self.zbar)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("qr-\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    try QRCode.png(text, scale: 6).write(to: file)
    let out = try ChildProcess.run(program, ["--quiet", "--raw", file.path]).output
    #expect(String(decoding: out, as: UTF8.self).trimmingCharacters(in: .newlines) == text)
  }

  @Test func svgAndPngShowTheSameSquares() throws {
    let svg = try QRCode.svg("https://example.org/c/7K2M9Q", margin: 4)
    let png = try QRCode.png("https://example.org/c/7K2M9Q", scale: 1)
    let edge = try #require(Kit.look(png)?.width)
    #expect(svg.contains("viewBox=\"0 0 \(edge) \(edge)\""))
    // The upper row of the first finder pattern: seven dark modules behind the margin.
    #expect(svg.contains("M4 4h7v1h-7z"))
    for x in 4..<11 { #expect(Kit.look(png, x: x, y: 4)?.colour == 0) }
    #expect(Kit.look(png, x: 3, y: 4)?.colour == 0xFF_FFFF && Kit.look(png, x: 11, y: 4)?.colour == 0xFF_FFFF)
    #expect(!svg.contains("<script") && svg.hasPrefix("<svg"))
  }

  @Test func textsThatDoNotFit() {
    #expect(kind { () throws(PictureError) in try QRCode.svg("") } == .empty)
    #expect(kind { () throws(PictureError) in try QRCode.png(String(repeating: "a", count: 2332)) } == .textTooLong)
    #expect(kind { () throws(PictureError) in try QRCode.png(String(repeating: "a", count: 2331), scale: 1) } == nil)
  }
}

import CGD
import Foundation
import Intake
import Kernel
import Pictures
import Storage

/// A few drawn scenes, clearly no photographs: each carries 演示 in its corner.
enum PilotPhotos {
  /// 演示, 50 dots wide, one number a row.
  static let caption: [UInt64] = [
    0x0701C00000180, 0x0391C000001C0, 0x0391C303FFFC0, 0x013FFF8000000, 0x0070070000000, 0x10700E0000000, 0x1C1FFE0000060, 0x0E81C00000070,
    0x0EB1C61FFFFF8, 0x013FFF0007000, 0x0139C70007000, 0x0339C70187000, 0x023FFF01C7300, 0x0639C703C71C0, 0x0639C703870E0, 0x1E39C703070F0,
    0x0E3FFF0707070, 0x0638060E07078, 0x0606380C07038, 0x070F9F100F030, 0x0F1E07803E000, 0x0E7803801E000, 0x068001000C000,
  ]
  enum Scene: Int, CaseIterable { case wires, shed, stair, waste, green, wall }

  /// Draws every scene twice and keeps it as an upload would be kept.
  static func make(in vault: FileVault) throws -> [Int: [ReportFile]] {
    var out: [Int: [ReportFile]] = [:]
    for scene in Scene.allCases {
      for turn in 0..<2 {
        let drawn = draw(scene, turn)
        guard !drawn.isEmpty else { continue }
        try Photo.check(drawn)
        let copies = try Photo.copies(drawn)
        let file = ReportFile(
          original: try vault.keep(drawn), mediaType: "image/jpeg", publicCopy: try vault.keep(copies.publicCopy).sha256,
          thumbnail: try vault.keep(copies.thumbnail).sha256)
        out[scene.rawValue, default: []].append(file)
      }
    }
    return out
  }

  static func scene(of item: String?) -> Scene {
    switch item ?? "" {
    case let slug where slug.contains("wire") || slug.contains("ebike-indoor"): .wires
    case let slug where slug.contains("ebike") || slug.contains("common"): .stair
    case let slug where slug.contains("waste") || slug.contains("litter"): .waste
    case let slug where slug.contains("green") || slug.contains("tree") || slug.contains("pet") || slug.contains("poultry"): .green
    case let slug where slug.contains("construction") || slug.contains("pigeon"): .shed
    default: .wall
    }
  }

  private static func draw(_ scene: Scene, _ turn: Int) -> Data {
    let (w, h): (Int32, Int32) = (960, 720)
    guard let image = gdImageCreateTrueColor(w, h) else { return Data() }
    defer { gdImageDestroy(image) }
    var random = PilotRandom(seed: UInt64(scene.rawValue * 2 + turn + 7))
    func box(_ x: Int, _ y: Int, _ x2: Int, _ y2: Int, _ color: Int32) {
      gdImageFilledRectangle(image, Int32(x), Int32(y), Int32(x2), Int32(y2), color)
    }
    func line(_ x: Int, _ y: Int, _ x2: Int, _ y2: Int, _ width: Int32, _ color: Int32) {
      gdImageSetThickness(image, width)
      gdImageLine(image, Int32(x), Int32(y), Int32(x2), Int32(y2), color)
    }
    box(0, 0, 959, 450, turn == 0 ? 0xBCD3E6 : 0xCFCBC2)
    box(0, 450, 959, 719, scene == .green ? 0x7F9F6B : 0xA8A49C)
    // A house with windows stands in every scene.
    box(120, 90, 840, 560, turn == 0 ? 0xD9CDB8 : 0xC9B8A8)
    for floor in 0..<4 {
      for column in 0..<6 {
        let (x, y) = (150 + column * 115, 115 + floor * 108)
        box(x, y, x + 70, y + 62, random.chance(0.3) ? 0xE8D89A : 0x5F7482)
        line(x + 35, y, x + 35, y + 62, 3, 0xF2EEE6)
      }
    }
    func cycle(_ x: Int, _ y: Int) {
      gdImageSetThickness(image, 6)
      for wheel in [x, x + 96] { gdImageArc(image, Int32(wheel), Int32(y), 62, 62, 0, 360, 0x222222) }
      line(x, y, x + 48, y - 46, 8, 0x9A3030)
      line(x + 48, y - 46, x + 96, y, 8, 0x9A3030)
      line(x + 96, y, x + 84, y - 80, 6, 0x333333)
    }
    switch scene {
    case .wires:
      for wire in 0..<4 { line(185 + wire * 115, 280, 250 + wire * 90, 600, 3, 0x1A1A1A) }
      for one in 0..<4 { cycle(200 + one * 150, 630) }
    case .shed:
      box(300, 330, 640, 560, 0xA9BFCB)
      box(285, 312, 655, 338, 0x3F6FA0)
      for post in 0...4 { line(300 + post * 85, 338, 300 + post * 85, 560, 5, 0x6D7A80) }
    case .stair:
      for step in 0..<7 { box(520 - step * 60, 430 + step * 40, 959, 470 + step * 40, step % 2 == 0 ? 0x918C84 : 0x7F7A73) }
      cycle(260, 640)
      cycle(420, 660)
    case .waste:
      for _ in 0..<38 {
        let (x, y) = (260 + random.below(420), 540 + random.below(120))
        box(x, y, x + 30 + random.below(60), y + 20 + random.below(36), [0x8A6B4A, 0xB9B2A4, 0x5E6B5A, 0xD8D2C6][random.below(4)])
      }
    case .green:
      for row in 0..<5 {
        for bush in 0..<12 { gdImageFilledEllipse(image, Int32(110 + bush * 66), Int32(560 + row * 34), 44, 26, 0x3F7A3A) }
      }
      box(330, 545, 620, 705, 0x7A5A3C)
      for row in 0..<4 { line(340, 570 + row * 36, 610, 570 + row * 36, 8, 0x5FA04E) }
    case .wall:
      box(400, 330, 560, 560, 0x4A4038)
      for _ in 0..<26 {
        let (x, y) = (370 + random.below(230), 545 + random.below(70))
        box(x, y, x + 26, y + 16, 0xA0553F)
      }
    }
    // The caption on its own band, so that nobody takes the drawing for evidence.
    box(760, 640, 959, 719, 0x1B3A5C)
    for (y, row) in caption.enumerated() {
      for x in 0..<50 where row >> UInt64(49 - x) & 1 == 1 { box(785 + x * 3, 645 + y * 3, 787 + x * 3, 647 + y * 3, 0xFFFFFF) }
    }
    var size: Int32 = 0
    guard let bytes = gdImageJpegPtr(image, &size, 82) else { return Data() }
    defer { gdFree(bytes) }
    return Data(bytes: bytes, count: Int(size))
  }
}

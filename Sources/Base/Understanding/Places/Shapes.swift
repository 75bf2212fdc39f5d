/// Which characters look alike: the same phonetic component (祥 洋), or the same four corners (未 末).
struct Shapes: Sendable {
  static let shared = Shapes()

  private static let low = 0x4E00
  /// Groups by character, at most four each; 0 is none.
  private var groups = [SIMD4<UInt16>](repeating: .zero, count: 0x9FFF - Shapes.low + 1)

  init() {
    var filled = groups
    var group: UInt16 = 0
    for table in [ShapesTable.phonetics, ShapesTable.corners] {
      for word in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
        group += 1
        for unit in word.utf16 where FoldedText.isHan(unit) && Int(unit) >= Shapes.low {
          let i = Int(unit) - Shapes.low
          if let free = filled[i].indices.first(where: { filled[i][$0] == 0 }) { filled[i][free] = group }
        }
      }
    }
    groups = filled
  }

  func alike(_ a: UInt16, _ b: UInt16) -> Bool {
    let i = Int(a) - Shapes.low
    let j = Int(b) - Shapes.low
    guard i >= 0, j >= 0, i < groups.count, j < groups.count else { return false }
    for n in 0..<4 where groups[i][n] != 0 {
      for m in 0..<4 where groups[j][m] == groups[i][n] { return true }
    }
    return false
  }
}

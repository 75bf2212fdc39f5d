import Foundation
import Testing

/// Every pair of ink and ground that the style sheet puts together meets WCAG 2.2 AA, in light and in dark.
struct ContrastTests {
  /// Ink, ground, least ratio: 4.5 for text (1.4.3), 3.0 for edges of controls and for what carries meaning (1.4.11).
  static let pairs: [(String, String, Double)] = [
    ("ink", "paper", 7), ("ink", "surface", 7), ("ink", "sunken", 7), ("ink", "neutral-tint", 7), ("ink", "action-tint", 7),
    ("ink-soft", "paper", 4.5), ("ink-soft", "surface", 4.5), ("ink-soft", "neutral-tint", 4.5), ("ink-soft", "action-tint", 4.5),
    ("action", "paper", 4.5), ("action", "surface", 4.5), ("action", "action-tint", 4.5), ("action-deep", "paper", 4.5),
    ("action-deep", "surface", 4.5),
    ("on-action", "action", 4.5), ("on-action", "action-deep", 4.5), ("on-danger", "danger", 4.5),
    ("danger", "paper", 4.5), ("danger", "surface", 4.5), ("danger", "danger-tint", 4.5),
    ("soon", "paper", 4.5), ("soon", "surface", 4.5), ("soon", "soon-tint", 4.5), ("good", "paper", 4.5), ("good", "surface", 4.5),
    ("good", "good-tint", 4.5),
    ("surface", "good", 4.5), ("line-strong", "surface", 3), ("line-strong", "paper", 3), ("focus", "surface", 3), ("focus", "paper", 3),
    ("mark", "surface", 3),
    ("bar-run", "surface", 3), ("bar-soon", "surface", 3), ("bar-over", "surface", 3), ("bar-run", "paper", 3), ("bar-over", "paper", 3),
  ]

  @Test(arguments: [false, true])
  func pairsMeetAA(dark: Bool) throws {
    let tokens = try Self.tokens(dark: dark)
    for (ink, ground, least) in Self.pairs {
      let a = try #require(tokens[ink], "no token --\(ink)")
      let b = try #require(tokens[ground], "no token --\(ground)")
      let ratio = Self.ratio(a, b)
      #expect(ratio >= least, "\(dark ? "dark" : "light"): --\(ink) on --\(ground) is \(String(format: "%.2f", ratio)), needs \(least)")
    }
  }

  @Test func knownRatios() {
    #expect(Self.ratio(0x000000, 0xFFFFFF) == 21)
    #expect(abs(Self.ratio(0x767676, 0xFFFFFF) - 4.54) < 0.01)
  }

  /// Colours by token: the first `:root` block, over it the block of the dark scheme.
  static func tokens(dark: Bool) throws -> [String: Int] {
    let sheet = try AssetFiles.read("app.css")
    let blocks = sheet.components(separatedBy: ":root{").dropFirst().map { $0.prefix { $0 != "}" } }
    var tokens: [String: Int] = [:]
    for block in blocks.prefix(dark ? 2 : 1) {
      for declaration in block.split(separator: ";") {
        let parts = declaration.trimmingCharacters(in: .whitespacesAndNewlines).components(separatedBy: ":#")
        if parts.count == 2, parts[0].hasPrefix("--"), let colour = Int(parts[1], radix: 16) {
          tokens[String(parts[0].dropFirst(2))] = colour
        }
      }
    }
    return tokens
  }

  /// WCAG 2.2, relative luminance and contrast ratio.
  static func ratio(_ a: Int, _ b: Int) -> Double {
    func luminance(_ colour: Int) -> Double {
      func channel(_ shift: Int) -> Double {
        let c = Double((colour >> shift) & 255) / 255
        return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }
    let (x, y) = (luminance(a), luminance(b))
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
  }
}

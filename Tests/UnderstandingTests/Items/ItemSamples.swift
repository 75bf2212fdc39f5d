import Foundation
import Testing
import Understanding

/// The rule file and the invented complaints of this repository.
enum ItemSamples {
  struct Sample: Sendable {
    let text: String
    let slug: String
    let accepted: Set<String>
  }
  static func data(_ name: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("Data/understanding/\(name)"), encoding: .utf8)
  }
  static func reader(corrections: [ItemCorrection] = []) throws -> ItemReader {
    ItemReader(rules: try ItemRules(try data("items.rules")), corrections: corrections)
  }
  /// `id,slug,alt,text`, where a stroke stands for the line break after a subject; no cell needs quoting.
  static func complaints() throws -> [Sample] {
    try data("complaints.csv").split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
      try #require(cells.count == 4)
      let text = cells[3].replacingOccurrences(of: "⏎", with: "\n")
      return Sample(text: text, slug: cells[1], accepted: Set([cells[1]] + cells[2].split(separator: ";").map(String.init)))
    }
  }
}

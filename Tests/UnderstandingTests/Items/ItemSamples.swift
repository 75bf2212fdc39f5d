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
  static let rules = Result { try ItemRules(try data("items.rules")) }
  static let examples = Result { try ItemExamples.read(try data("complaints.csv")) }

  static func reader(corrections: [ItemCorrection] = []) throws -> ItemReader {
    ItemReader(rules: try rules.get(), examples: try examples.get(), corrections: corrections)
  }
  /// One reader for each fifth of the samples, which has not seen that fifth as examples. The rules have.
  static func folds() throws -> [(reader: ItemReader, samples: [Sample])] {
    let all = try complaints()
    let examples = try examples.get()
    return try (0..<5).map { fold in
      let others = examples.indices.filter { $0 % 5 != fold }.map { examples[$0] }
      return (ItemReader(rules: try rules.get(), examples: others), all.indices.filter { $0 % 5 == fold }.map { all[$0] })
    }
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

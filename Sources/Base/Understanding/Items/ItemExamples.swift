/// Sample complaints as they lie in `Data/understanding/complaints.csv`.
public enum ItemExamples {
  /// - Parameter source: `id,slug,alt,text` with a heading; a stroke `⏎` stands for the line break after a subject; no
  ///   cell is quoted, and the text is the rest of the line.
  /// - Throws: `ItemRulesError` with the first line that has fewer cells.
  public static func read(_ source: String) throws(ItemRulesError) -> [ItemCorrection] {
    var examples: [ItemCorrection] = []
    for (index, line) in source.split(whereSeparator: \.isNewline).enumerated() where index > 0 {
      let cells = line.split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false)
      guard cells.count == 4 else { throw ItemRulesError(line: index + 1, message: "样例须有四列") }
      examples.append(ItemCorrection(text: String(cells[3]).replacing("⏎", with: "\n"), slug: String(cells[1])))
    }
    return examples
  }
}

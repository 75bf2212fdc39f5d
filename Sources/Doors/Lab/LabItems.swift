import Foundation
import Sheets
import Understanding

/// `longtang lab items`: reads a labelled or unlabelled file of messages and writes what the item reader makes of it.
public enum LabItems {
  /// - Parameters:
  ///   - input: a CSV file with columns `id` and `text`; with a column `slug` (and `alt`, other acceptable slugs
  ///     separated by `;`) a table of precision and recall by item is printed.
  ///   - out: where `id,slug,score,slug2,slug3` is written.
  ///   - rules: the rule file.
  ///   - examples: the sample complaints. Those that stand in the input too are left out, so that none is measured on
  ///     itself.
  /// - Throws: `ItemRulesError`, `SheetError` or the file system's error.
  public static func run(
    input: String, out: String, rules: String = "Data/understanding/items.rules",
    examples: String = "Data/understanding/complaints.csv"
  ) throws {
    let table = try Table.read(csv: try Data(contentsOf: URL(fileURLWithPath: input)))
    guard let id = table.column("id"), let text = table.column("text") else { throw LabItemsTrouble.columns(table.header) }
    let measured = Set(table.rows.map { $0.cells[text].replacing("⏎", with: "\n") })
    let samples = try ItemExamples.read(try String(contentsOfFile: examples, encoding: .utf8))
    let reader = ItemReader(
      rules: try ItemRules(try String(contentsOfFile: rules, encoding: .utf8)),
      examples: samples.filter { !measured.contains($0.text) })
    let slug = table.column("slug")
    let alt = table.column("alt")
    var cells: [[String]] = []
    var tally = ItemTally()
    let start = ContinuousClock.now
    for row in table.rows {
      let guesses = reader.read(row.cells[text].replacing("⏎", with: "\n")).guesses
      let slugs = guesses.map(\.slug) + ["", "", ""]
      cells.append([row.cells[id], slugs[0], LabItems.decimal(guesses.first?.score ?? 0), slugs[1], slugs[2]])
      if let slug {
        tally.count(gold: row.cells[slug], alt: alt.map { row.cells[$0] } ?? "", guesses: Array(slugs.prefix(3)))
      }
    }
    let seconds = LabItems.seconds(start.duration(to: .now))
    try Table(header: ["id", "slug", "score", "slug2", "slug3"], cells: cells).csv().write(to: URL(fileURLWithPath: out))
    print("\(table.rows.count) 件，\(LabItems.decimal(seconds)) 秒")
    if slug != nil { print(tally.report) }
  }

  static func decimal(_ value: Double) -> String { String(format: "%.4f", value) }
  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}

enum LabItemsTrouble: Error, CustomStringConvertible {
  case columns([String])
  var description: String {
    switch self {
    case .columns(let header): "文件须有 id 和 text 两列，现有：\(header.joined(separator: "、"))"
    }
  }
}

/// Right and wrong by item; a guess that the second annotator's column allows counts as right.
struct ItemTally {
  private var right: [String: Int] = [:]
  private var gold: [String: Int] = [:]
  private var guessed: [String: Int] = [:]
  private var total = 0
  private var accepted = 0
  private var strict = 0
  private var topThree = 0

  mutating func count(gold slug: String, alt: String, guesses: [String]) {
    let allowed = Set([slug] + alt.split(separator: ";").map(String.init))
    let best = guesses.first ?? ""
    let good = allowed.contains(best)
    total += 1
    gold[slug, default: 0] += 1
    guessed[good ? slug : best, default: 0] += 1
    if good { right[slug, default: 0] += 1 }
    accepted += good ? 1 : 0
    strict += best == slug ? 1 : 0
    topThree += allowed.isDisjoint(with: guesses) ? 0 : 1
  }

  var report: String {
    var lines = ["接受 \(share(accepted, total))，严格 \(share(strict, total))，前三 \(share(topThree, total))"]
    for slug in gold.keys.sorted(by: { (gold[$0] ?? 0, $1) > (gold[$1] ?? 0, $0) }) {
      let hit = right[slug] ?? 0
      let name = slug.padding(toLength: 38, withPad: " ", startingAt: 0)
      lines.append("\(name) 件数 \(gold[slug] ?? 0)  查准 \(share(hit, guessed[slug] ?? 0))  查全 \(share(hit, gold[slug] ?? 0))")
    }
    return lines.joined(separator: "\n")
  }

  private func share(_ part: Int, _ whole: Int) -> String { whole == 0 ? "–" : String(format: "%.3f", Double(part) / Double(whole)) }
}

import Foundation
import Kernel
import Sheets
import Understanding

/// Runs a file of texts through the compound locator, for measuring it.
///
/// The register has the columns `compound_id`, `name`, `address`, `district`, and may have `aliases` (split by 、 or ;).
/// Of the queries only the column `query` is read. The answer has `query,compound_id,best_guess,sure,reasons`:
/// `compound_id` stays empty where the text hardly names a compound of the register; `sure` is `yes` where no person would be
/// asked, `best_guess` is the first of what a person would be offered.
public enum LabCompound {
  public static func run(register: String, queries: String, out: String) throws {
    let registered = try Table.read(csv: Data(contentsOf: URL(fileURLWithPath: register)))
    let asked = try Table.read(csv: Data(contentsOf: URL(fileURLWithPath: queries)))
    let query = try column("query", of: asked, in: queries)
    let id = try column("compound_id", of: registered, in: register)
    let entries = try entries(of: registered, in: register)
    let locator = CompoundLocator(entries)
    let clock = ContinuousClock()
    var spent = Duration.zero
    var answered = 0
    var certain = 0
    var answers: [[String]] = []
    for row in asked.rows {
      let text = row.cells[query]
      let start = clock.now
      let guesses = locator.locate(text, limit: 3)
      spent += clock.now - start
      let best = guesses.first.map { registered.rows[Int($0.id)].cells[id] } ?? ""
      let (sure, likely) = (guesses.first?.sure == true, guesses.first?.likely == true)
      if likely { answered += 1 }
      if sure { certain += 1 }
      answers.append([text, likely ? best : "", best, sure ? "yes" : "", guesses.first?.reasons.joined(separator: "；") ?? ""])
    }
    let table = Table(header: ["query", "compound_id", "best_guess", "sure", "reasons"], cells: answers)
    try table.csv(bom: false, escapeFormulas: false).write(to: URL(fileURLWithPath: out), options: .atomic)
    let each = asked.rows.isEmpty ? Duration.zero : spent / asked.rows.count
    print("\(asked.rows.count) queries, \(answered) answered, \(certain) of them surely, \(each) each")
  }

  /// Ids of a register are texts; the row's place stands for them inside.
  private static func entries(of table: Table, in path: String) throws -> [CompoundEntry] {
    let name = try column("name", of: table, in: path)
    let address = try column("address", of: table, in: path)
    let district = try column("district", of: table, in: path)
    let aliases = table.column("aliases")
    return table.rows.enumerated().map { place, row in
      CompoundEntry(
        id: Int64(place), name: row.cells[name],
        aliases: aliases.map { row.cells[$0].split(whereSeparator: { "、;；|".contains($0) }).map(String.init) } ?? [],
        addresses: [row.cells[address]], district: row.cells[district])
    }
  }

  private static func column(_ name: String, of table: Table, in path: String) throws -> Int {
    guard let found = table.column(name) else {
      throw Refusal(.invalid, "lab-column-missing", "文件 \(path) 缺少 \(name) 列，请补上后再试。", field: name)
    }
    return found
  }
}

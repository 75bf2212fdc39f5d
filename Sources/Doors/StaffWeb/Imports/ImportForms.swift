import Foundation
import Kernel
import Matters
import People
import Sheets
import Storage
import WebSupport

/// What the pages of every import share: the ticket of the file that was looked at, and files to take home.
enum ImportForms {
  static func hidden(_ ticket: ImportTicket, mapping: String) -> HTML {
    """
    <input type="hidden" name="sha" value="\(ticket.sha256)"><input type="hidden" name="name" value="\(ticket.fileName)"><input type="hidden" name="seal" value="\(ticket.seal)"><input type="hidden" name="mapping" value="\(mapping)">
    """
  }
  static func ticket(_ visit: Visit, _ person: Person, _ house: House) throws -> (ticket: ImportTicket, file: Data) {
    try ImportTicket.open(
      sha256: visit.form.text("sha"), fileName: visit.form.text("name"), seal: visit.form.text("seal"), for: person, in: house)
  }

  /// A table as CSV that no spreadsheet runs; demonstration data says so in its name and its first row.
  static func csv(_ table: Table, name: String, demo: Bool) -> Answer {
    answer(marked(table, demo).csv(), type: "text/csv; charset=utf-8", name: file(name, "csv", demo))
  }
  static func xlsx(_ table: Table, name: String, demo: Bool) -> Answer {
    answer(
      marked(table, demo).xlsx(title: "诉件"), type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      name: file(name, "xlsx", demo))
  }
  private static func answer(_ bytes: Data, type: String, name: String) -> Answer { .file(bytes, type: type, name: name) }
  static let demoTitle = "演示数据：本表内容均为编造，不得作为工作依据"

  /// A first row above the headings; our own reader passes over such titles.
  private static func marked(_ table: Table, _ demo: Bool) -> Table {
    guard demo else { return table }
    let width = max(1, table.header.count)
    let rest = Array(repeating: "", count: width - 1)
    return Table(header: [demoTitle] + rest, cells: [table.header] + table.rows.map(\.cells))
  }
  private static func file(_ name: String, _ ending: String, _ demo: Bool) -> String {
    let stem = name.split(separator: ".").dropLast(name.contains(".") ? 1 : 0).joined(separator: ".")
    return "\(stem.isEmpty ? name : stem)\(demo ? "-演示数据" : "").\(ending)"
  }
}

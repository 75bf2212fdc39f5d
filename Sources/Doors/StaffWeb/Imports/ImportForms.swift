import Foundation
import HTTPTypes
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

  /// The file of a form, read, and kept until it is imported or a day has passed.
  static func upload(_ visit: Visit, _ house: House) async throws -> (ticket: ImportTicket, table: Table) {
    guard let file = visit.files("file").first, !file.bytes.isEmpty else {
      throw Refusal(.invalid, "staff-import-file", "请选择文件。", field: "file")
    }
    let table = try read(file.bytes, file.name)
    return (try await ImportTicket.keep(file.bytes, name: file.name, for: try visit.person, in: house), table)
  }
  /// The file that was looked at, read again.
  static func table(_ visit: Visit, _ house: House) throws -> (ticket: ImportTicket, table: Table) {
    let (ticket, bytes) = try ticket(visit, try visit.person, house)
    return (ticket, try read(bytes, ticket.fileName))
  }
  static func read(_ file: Data, _ name: String) throws -> Table {
    do throws(SheetError) { return try Table.read(file: file, name: name) } catch {
      throw Refusal(.invalid, error.code, error.message, field: "file")
    }
  }

  /// The button that takes what was looked at, or why there is none.
  static func confirm(_ visit: Visit, _ ticket: ImportTicket, at here: String, ready: Int, label: String) throws -> HTML {
    guard ready > 0 else {
      return UI.notice(.neutral, "没有要写入的内容", "有问题的行改好后再上传。\(UI.link("换一个文件", here))")
    }
    return UI.form(
      here + "/run", tokens: try visit.formTokens(),
      "\(hidden(ticket, mapping: ""))\(UI.toolbar([UI.button(label), UI.linkButton("换一个文件", here)]))")
  }
  /// The rows that are not taken, and the same as a file to mend.
  static func problems(_ visit: Visit, _ rows: [(line: Int, reason: String)], _ ticket: ImportTicket, at here: String) throws -> HTML {
    if rows.isEmpty { return .empty }
    let download = UI.form(
      here + "/errors.csv", tokens: try visit.formTokens(),
      "\(hidden(ticket, mapping: visit.form.text("mapping")))\(UI.button("下载有问题的行（CSV）", .secondary, icon: .download))")
    return UI.section(
      "不能导入的行", id: "problems",
      "\(badRows("不能导入的行", Array(rows.prefix(100))))\(if: rows.count > 100, "<p class=\"hint\">只列出前 100 行，全部在下载的文件里。</p>")\(download)")
  }
  static func badRows(_ caption: String, _ rows: [(line: Int, reason: String)]) -> HTML {
    UI.table(
      caption, [.init("原因", .what), .init("行", .meta)], rows.map { UI.Row(nil, ["\($0.reason)", "第 \($0.line) 行"]) }, dense: true)
  }

  // MARK: Watching

  static func tag(_ run: ImportRun) -> HTML {
    switch run.state {
    case .waiting: UI.tag(run.state.chinese, .neutral, icon: .clock)
    case .running: UI.tag(run.state.chinese, .action, icon: .refresh)
    case .finished: run.failed > 0 ? UI.tag("已完成，有未导入的行", .soon) : UI.tag(run.state.chinese, .good)
    case .failed: UI.tag(run.state.chinese, .danger)
    }
  }
  static func isGoing(_ run: ImportRun) -> Bool { run.state == .waiting || run.state == .running }
  static func progress(_ run: ImportRun) -> HTML {
    guard isGoing(run) else { return .empty }
    let share = run.lines == 0 ? 100 : run.done * 100 / run.lines
    return """
      <p role="status">\(run.state == .waiting ? "正在排队，一会儿就开始。" : "已处理 \(UI.grouped(run.done)) / \(UI.grouped(run.lines)) 行，\(share)%。") 页面每 3 秒自动刷新，离开也会继续导入。</p>
      <progress max="100" value="\(share)" aria-label="导入进度 \(share)%"></progress>
      """
  }
  /// The browser asks again by itself while it goes on, with scripts or without.
  static func watched(_ page: Page, _ run: ImportRun) -> Answer {
    let answer = Answer.page(page, .ok)
    guard isGoing(run), let refresh = HTTPField.Name("Refresh") else { return answer }
    return answer.with(refresh, "3")
  }

  /// A table as CSV that no spreadsheet runs; demonstration data says so in its name and its first row.
  static func csv(_ table: Table, name: String, demo: Bool) -> Answer {
    answer(marked(table, demo).csv(), type: "text/csv; charset=utf-8", name: file(name, "csv", demo))
  }
  static func xlsx(_ table: Table, title: String = "诉件", name: String, demo: Bool) -> Answer {
    answer(
      marked(table, demo).xlsx(title: title), type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
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

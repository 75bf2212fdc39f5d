/// Turns records of any source into header, rows and troubles: one place for what "a row" means.
///
/// Not thread-safe; one reading owns it. The sink answers false to stop.
struct RowAssembler {
  let limits: SheetLimits
  private let sink: (TableEvent) -> Bool
  /// Titles stand above the header in many offices' files, so the first records wait until the header is certain.
  private var waiting: [Table.Row] = []
  private var columns = 0
  private var rowCount = 0
  private var troubleCount = 0
  private var lastTroubleLine = 0
  private(set) var stopped = false

  /// How many records may stand above the header.
  private static let titleDepth = 8

  init(limits: SheetLimits, sink: @escaping (TableEvent) -> Bool) {
    self.limits = limits
    self.sink = sink
  }

  /// Cells of the header; 0 while it is not known.
  var width: Int { columns }

  mutating func add(line: Int, cells: [String]) throws(SheetError) {
    if stopped || cells.allSatisfy(\.isEmpty) { return }
    if columns > 0 { return try place(Table.Row(line: line, cells: cells)) }
    waiting.append(Table.Row(line: line, cells: cells))
    if cells.count(where: { !$0.isEmpty }) >= 3 || waiting.count >= Self.titleDepth { try settleHeader() }
  }

  mutating func trouble(line: Int, _ reason: String) {
    if stopped { return }
    troubleCount += 1
    lastTroubleLine = line
    if troubleCount <= limits.troubles { stopped = !sink(.trouble(RowTrouble(line: line, reason: reason))) }
  }

  mutating func finish() throws(SheetError) {
    if stopped { return }
    if columns == 0 { try settleHeader() }
    if columns == 0 { throw SheetError(.empty, "文件里没有表头和内容，请核对后重新上传") }
    let hidden = troubleCount - limits.troubles
    if hidden > 0 { stopped = !sink(.trouble(RowTrouble(line: lastTroubleLine, reason: "另有 \(hidden) 行不能读取，不再逐一列出"))) }
  }

  /// The first record with three filled cells is the header when only single cells stand above it; otherwise the first record is.
  private mutating func settleHeader() throws(SheetError) {
    guard let first = waiting.first else { return }
    var index = 0
    if let full = waiting.firstIndex(where: { $0.cells.count(where: { !$0.isEmpty }) >= 3 }),
      waiting[..<full].allSatisfy({ $0.cells.count(where: { !$0.isEmpty }) == 1 })
    {
      index = full
    }
    var header = (index == 0 ? first : waiting[index]).cells.map(Self.trimmed)
    while header.last == "" { header.removeLast() }
    if header.count > limits.columns {
      throw SheetError(.tooManyColumns, "表格有 \(header.count) 列，最多可读 \(limits.columns) 列", line: waiting[index].line)
    }
    let rest = waiting[(index + 1)...]
    let line = waiting[index].line
    waiting = []
    columns = header.count
    stopped = !sink(.header(header))
    var seen: Set<String> = [""]
    for name in header where !seen.insert(name).inserted && name != "" {
      trouble(line: line, "表头有两列都叫“\(name)”，只读第一列")
    }
    for row in rest { try place(row) }
  }

  private mutating func place(_ row: Table.Row) throws(SheetError) {
    if stopped { return }
    var row = row
    if row.cells.count > columns {
      if row.cells[columns...].allSatisfy(\.isEmpty) {
        row.cells.removeLast(row.cells.count - columns)
      } else {
        return trouble(line: row.line, "这一行有 \(row.cells.count) 格，表头只有 \(columns) 列，请检查是否多了分隔符")
      }
    } else if row.cells.count < columns {
      if !limits.padShortRows { return trouble(line: row.line, "这一行只有 \(row.cells.count) 格，表头有 \(columns) 列") }
      row.cells.append(contentsOf: repeatElement("", count: columns - row.cells.count))
    }
    rowCount += 1
    if rowCount > limits.cells / columns {
      throw SheetError(.tooLarge, "表格的格子总数超过 \(limits.cells)，请删去空列或分成几个文件", line: row.line)
    }
    if rowCount > limits.rows { throw SheetError(.tooManyRows, "表格超过 \(limits.rows) 行，请分成几个文件", line: row.line) }
    stopped = !sink(.row(row))
  }

  private static func trimmed(_ cell: String) -> String {
    let scalars = cell.unicodeScalars
    func blank(_ s: Unicode.Scalar) -> Bool { s.properties.isWhitespace || s.value == 0xFEFF || s.value == 0x200B }
    guard let start = scalars.firstIndex(where: { !blank($0) }), let end = scalars.lastIndex(where: { !blank($0) }) else { return "" }
    return String(scalars[start...end])
  }
}

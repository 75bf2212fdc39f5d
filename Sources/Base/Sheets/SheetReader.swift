import Foundation

/// The rows of one worksheet (ECMA-376 part 1, 18.3.1.80), handed to the assembler as they come.
struct SheetReader: XMLReader {
  private let strings: [String]
  private let formats: CellFormats
  var rows: RowAssembler

  private var line = 0
  private var cells: [String] = []
  private var size = 0
  private var column = 0
  private var type = ""
  private var style = 0
  private var value: [UInt8] = []
  private var hasValue = false
  private var capturing = false
  private var phonetic = 0
  /// Why the row at hand cannot be read.
  private var fault: String?
  private var ended = false

  init(strings: [String], formats: CellFormats, rows: RowAssembler) {
    self.strings = strings
    self.formats = formats
    self.rows = rows
  }

  var finished: Bool { ended || rows.stopped }

  mutating func open(_ name: String, _ attributes: XMLAttributes) throws(SheetError) {
    switch name {
    case "row":
      let given = attributes["r"].flatMap(Int.init) ?? line + 1
      line = given > line && given <= 1_048_576 ? given : line + 1
      cells.removeAll(keepingCapacity: true)
      size = 0
      column = 0
      fault = nil
    case "c":
      if let reference = attributes["r"], let given = Self.column(reference) { column = given }
      type = attributes["t"] ?? "n"
      style = attributes["s"].flatMap(Int.init) ?? 0
      value.removeAll(keepingCapacity: true)
      hasValue = false
    case "v", "t":
      capturing = phonetic == 0
      hasValue = true
    case "rPh": phonetic += 1
    default: break
    }
  }

  mutating func close(_ name: String) throws(SheetError) {
    switch name {
    case "v", "t": capturing = false
    case "rPh": phonetic -= 1
    case "c":
      if hasValue { place() }
      column += 1
    case "row":
      if let fault { rows.trouble(line: line, fault) } else { try rows.add(line: line, cells: cells) }
    case "sheetData": ended = true
    default: break
    }
  }

  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, literal: Bool) {
    if !capturing { return }
    if literal { value.append(contentsOf: bytes) } else { XMLText.decode(bytes, into: &value) }
  }

  private mutating func place() {
    let raw = String(decoding: value, as: UTF8.self)
    var text = ""
    switch type {
    case "s":
      if let index = Int(raw), strings.indices.contains(index) {
        text = strings[index]
      } else {
        fault = "这一行的第 \(column + 1) 格引用了不存在的文字"
      }
    case "b": text = raw == "1" || raw == "true" ? "TRUE" : "FALSE"
    case "n": text = formats.text(raw, style: style)
    case "d": text = raw.replacingOccurrences(of: "T", with: " ")
    default: text = XMLText.unescape(raw)
    }
    if text.isEmpty { return }
    if text.utf8.contains(0) { fault = "这一行含有空字符（NUL），没有读入" }
    size += text.utf8.count
    if column >= rows.limits.columns {
      fault = "这一行超过 \(rows.limits.columns) 列，没有读入"
    } else if size > rows.limits.recordBytes {
      fault = "这一行超过 \(rows.limits.recordBytes / 1024) KB，没有读入"
    } else {
      while cells.count <= column { cells.append("") }
      cells[column] = text
    }
  }

  /// 0 for "A7", 27 for "AB1"; nil when there are no letters.
  static func column(_ reference: String) -> Int? {
    var n = 0
    for byte in reference.utf8 {
      guard (0x41...0x5A).contains(byte) else { break }
      n = n * 26 + Int(byte - 0x40)
      if n > 20_000 { break }
    }
    return n == 0 ? nil : n - 1
  }
}

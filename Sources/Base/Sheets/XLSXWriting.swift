import Foundation

extension Table {
  /// The table as a workbook: every cell is text (numbers keep their zeros, formulas do not run), the header is bold and stays
  /// in view, columns are as wide as their content.
  ///
  /// More rows than a sheet of Excel holds go on in a second sheet. A cell beyond Excel's 32,767 characters is cut and ends in "…".
  public func xlsx(title: String) -> Data {
    let perSheet = 1_048_575
    let sheetCount = max(1, (rows.count + perSheet - 1) / perSheet)
    let names = (1...sheetCount).map { Self.sheetName(title, number: $0) }
    var zip = ZipWriter()
    zip.add("[Content_Types].xml", WorkbookText.contentTypes(sheetCount))
    zip.add("_rels/.rels", WorkbookText.rootRelations)
    zip.add("xl/workbook.xml", WorkbookText.workbook(names))
    zip.add("xl/_rels/workbook.xml.rels", WorkbookText.relations(sheetCount))
    zip.add("xl/styles.xml", WorkbookText.styles)
    let widths = columnWidths()
    for number in 1...sheetCount {
      let from = (number - 1) * perSheet
      let part = rows[from..<min(from + perSheet, rows.count)]
      zip.add("xl/worksheets/sheet\(number).xml") { write in
        var out = Array(WorkbookText.sheetStart(widths: widths, selected: number == 1).utf8)
        SheetText.row(1, header, heading: true, &out)
        for (i, row) in part.enumerated() {
          SheetText.row(i + 2, row.cells, heading: false, &out)
          if out.count > 256 << 10 {
            write(out)
            out.removeAll(keepingCapacity: true)
          }
        }
        out += Array("</sheetData></worksheet>".utf8)
        write(out)
      }
    }
    return zip.finished()
  }

  /// In characters of the default font; a Chinese character takes two. The first two thousand rows decide.
  private func columnWidths() -> [Int] {
    var widths = header.map { SheetText.width($0) + 2 }
    for row in rows.prefix(2000) {
      for (i, cell) in row.cells.enumerated() where i < widths.count { widths[i] = max(widths[i], SheetText.width(cell)) }
    }
    return widths.map { min(max($0 + 2, 8), 60) }
  }

  /// At most 31 characters, none of []:*?/\ and no apostrophe at the ends.
  static func sheetName(_ title: String, number: Int) -> String {
    let suffix = number > 1 ? " \(number)" : ""
    var name = String(title.unicodeScalars.filter { !"[]:*?/\\".unicodeScalars.contains($0) && $0.value >= 0x20 })
    while name.utf16.count > 31 - suffix.count { name.removeLast() }
    name = name.trimmingCharacters(in: CharacterSet(charactersIn: "' "))
    return (name.isEmpty ? "表" : name) + suffix
  }
}

/// The cells of a sheet as XML.
enum SheetText {
  static func row(_ number: Int, _ cells: [String], heading: Bool, _ out: inout [UInt8]) {
    out.append(contentsOf: "<row r=\"\(number)\">".utf8)
    for (i, cell) in cells.enumerated() where !cell.isEmpty {
      // 1 heading, 2 text, 3 text with line breaks, 4 text that looks like a formula: Excel keeps it text when edited.
      let style = heading ? 1 : FormulaEscape.looksLikeFormula(cell) ? 4 : cell.utf8.contains(0x0A) ? 3 : 2
      out.append(contentsOf: "<c r=\"\(name(i))\(number)\" s=\"\(style)\" t=\"inlineStr\"><is><t xml:space=\"preserve\">".utf8)
      escape(cell, &out)
      out.append(contentsOf: "</t></is></c>".utf8)
    }
    out.append(contentsOf: "</row>".utf8)
  }

  /// "A" for 0, "AB" for 27.
  static func name(_ column: Int) -> String {
    if column < 26 { return String(UnicodeScalar(UInt8(0x41 + column))) }
    var n = column + 1
    var out = ""
    while n > 0 {
      out = String(UnicodeScalar(UInt8(0x41 + (n - 1) % 26))) + out
      n = (n - 1) / 26
    }
    return out
  }

  static func escape(_ cell: String, _ out: inout [UInt8]) {
    var text = cell
    if text.utf8.count > 32_767, text.utf16.count > 32_767 {
      // Whole characters only, so that no half of a pair remains.
      while text.utf16.count > 32_766 { text.removeLast(max(1, (text.utf16.count - 32_766) / 4)) }
      text += "…"
    }
    // Text that already reads like an escape has its underscore escaped, or it would come back as another character.
    if text.utf8.contains(0x5F), text.contains("_x") { text = text.replacingOccurrences(of: "_x", with: "_x005F_x") }
    let ordinary = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x26 && $0 != 0x3C && $0 != 0x3E && $0 != 0xEF }
    if ordinary { return out.append(contentsOf: text.utf8) }
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: out.append(contentsOf: "&amp;".utf8)
      case 0x3C: out.append(contentsOf: "&lt;".utf8)
      case 0x3E: out.append(contentsOf: "&gt;".utf8)
      case 0x00...0x08, 0x0B...0x1F, 0xFFFE, 0xFFFF:
        let hex = String(scalar.value, radix: 16, uppercase: true)
        out.append(contentsOf: "_x\(String(repeating: "0", count: 4 - hex.count))\(hex)_".utf8)
      default: out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
  }

  /// The widest line of a cell, a wide character counted as two.
  static func width(_ cell: String) -> Int {
    var widest = 0
    var line = 0
    for scalar in cell.unicodeScalars.prefix(400) {
      if scalar == "\n" {
        widest = max(widest, line)
        line = 0
      } else {
        line += scalar.value >= 0x1100 ? 2 : 1
      }
    }
    return max(widest, line)
  }
}

/// The fixed parts of a workbook.
enum WorkbookText {
  private static let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  private static let package = "http://schemas.openxmlformats.org/package/2006"

  static func contentTypes(_ sheets: Int) -> String {
    let ours = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    let each = (1...sheets).map {
      "<Override PartName=\"/xl/worksheets/sheet\($0).xml\" ContentType=\"\(ours)worksheet+xml\"/>"
    }
    return head + "<Types xmlns=\"\(package)/content-types\">"
      + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
      + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
      + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"\(ours)sheet.main+xml\"/>"
      + "<Override PartName=\"/xl/styles.xml\" ContentType=\"\(ours)styles+xml\"/>" + each.joined() + "</Types>"
  }

  static let rootRelations =
    head + "<Relationships xmlns=\"\(package)/relationships\">"
    + "<Relationship Id=\"rId1\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"

  static func workbook(_ names: [String]) -> String {
    let sheets = names.enumerated().map { i, name in
      var text: [UInt8] = []
      SheetText.escape(name, &text)
      let quoted = String(decoding: text, as: UTF8.self).replacingOccurrences(of: "\"", with: "&quot;")
      return "<sheet name=\"\(quoted)\" sheetId=\"\(i + 1)\" r:id=\"rId\(i + 1)\"/>"
    }
    return head + "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\"><sheets>" + sheets.joined() + "</sheets></workbook>"
  }

  static func relations(_ sheets: Int) -> String {
    let each = (1...sheets).map { "<Relationship Id=\"rId\($0)\" Type=\"\(office)/worksheet\" Target=\"worksheets/sheet\($0).xml\"/>" }
    return head + "<Relationships xmlns=\"\(package)/relationships\">" + each.joined()
      + "<Relationship Id=\"rId\(sheets + 1)\" Type=\"\(office)/styles\" Target=\"styles.xml\"/></Relationships>"
  }

  /// Number format 49 is "text".
  static let styles =
    head + "<styleSheet xmlns=\"\(main)\">"
    + "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"宋体\"/></font><font><b/><sz val=\"11\"/><name val=\"宋体\"/></font></fonts>"
    + "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>"
    + "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFEDEDED\"/><bgColor indexed=\"64\"/></patternFill></fill></fills>"
    + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    + "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
    + "<cellXfs count=\"5\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
    + "<xf numFmtId=\"49\" fontId=\"1\" fillId=\"2\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\"/>"
    + text("") + text("wrapText=\"1\" ") + text("", quotePrefix: true) + "</cellXfs>"
    + "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"

  private static func text(_ alignment: String, quotePrefix: Bool = false) -> String {
    "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyAlignment=\"1\""
      + (quotePrefix ? " quotePrefix=\"1\"" : "") + "><alignment \(alignment)vertical=\"top\"/></xf>"
  }

  static func sheetStart(widths: [Int], selected: Bool) -> String {
    let columns = widths.enumerated().map {
      "<col min=\"\($0.offset + 1)\" max=\"\($0.offset + 1)\" width=\"\($0.element)\" customWidth=\"1\"/>"
    }
    return head + "<worksheet xmlns=\"\(main)\"><sheetViews><sheetView\(selected ? " tabSelected=\"1\"" : "") workbookViewId=\"0\">"
      + "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
      + (columns.isEmpty ? "" : "<cols>" + columns.joined() + "</cols>") + "<sheetData>"
  }
}

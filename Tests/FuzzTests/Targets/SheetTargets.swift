import Foundation

@testable import Sheets

extension FuzzTarget {
  /// Tables: CSV in its encodings, workbooks as files, and each part of a workbook by itself, which no mutation of a whole file reaches
  /// behind its checksum.
  static let sheets: [FuzzTarget] = [
    FuzzTarget("csv", longest: 4096) { bytes in
      guard let table = try? Table.read(csv: Data(bytes), limits: limits) else { return nil }
      var rows = 0
      // Reading row by row sees what reading at once saw.
      try? Table.each(csv: Data(bytes), limits: limits) { event in
        if case .row = event { rows += 1 }
        return true
      }
      return rows == table.rows.count ? wrong(table) : "\(table.rows.count) rows at once, \(rows) one by one"
    },
    FuzzTarget("sheet", longest: 16_384) { bytes in (try? Table.read(file: Data(bytes), name: "表.xlsx", limits: limits)).flatMap(wrong) },
    FuzzTarget("workbook", longest: 4096) { bytes in
      guard let first = bytes.first else { return nil }
      let parts = whole.indices.map { i in i == Int(first) % whole.count ? (whole[i].0, text(bytes.dropFirst())) : whole[i] }
      var zip = ZipWriter()
      for part in parts { zip.add(part.0, part.1) }
      return (try? Table.read(xlsx: zip.finished(), limits: limits)).flatMap(wrong)
    },
    FuzzTarget("dates", longest: 80) { bytes in
      guard let reading = ChineseDates.parse(text(bytes)) else { return nil }
      if let minute = reading.minute, !(0..<1440).contains(minute) { return "minute \(minute)" }
      guard let again = ChineseDates.parse(reading.iso) else { return "does not read its own \(reading.iso)" }
      return again.daysSinceEpoch == reading.daysSinceEpoch ? nil : "\(reading.iso) became another day"
    },
    FuzzTarget("formulas", longest: 64) { bytes in
      let cell = text(bytes)
      let safe = FormulaEscape.escape(cell)
      if FormulaEscape.looksLikeFormula(safe) { return "still a formula: \(safe)" }
      return FormulaEscape.unescape(safe) == cell || safe == cell ? nil : "\(cell) came back as \(FormulaEscape.unescape(safe))"
    },
  ]

  /// Small enough that a fuzzer reaches them.
  static let limits: SheetLimits = {
    var limits = SheetLimits.standard
    limits.bytes = 1 << 20
    limits.rows = 200
    limits.columns = 40
    limits.cells = 4000
    limits.recordBytes = 4096
    limits.inflatedBytes = 1 << 20
    limits.sharedStrings = 500
    limits.sharedBytes = 1 << 16
    return limits
  }()

  private static func wrong(_ table: Table) -> String? {
    if table.rows.count > limits.rows { return "\(table.rows.count) rows" }
    if let wide = table.rows.first(where: { $0.cells.count > limits.columns }) { return "a row of \(wide.cells.count) cells" }
    return nil
  }

  /// A workbook with all parts that are read.
  private static let whole: [(String, String)] = [
    (
      "xl/worksheets/sheet1.xml",
      #"<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="1"><v>45356.5</v></c></row></sheetData></worksheet>"#
    ),
    ("xl/sharedStrings.xml", "<sst><si><t>日期</t></si></sst>"),
    ("xl/styles.xml", #"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#),
    ("xl/workbook.xml", #"<workbook><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
    (
      "xl/_rels/workbook.xml.rels",
      """
      <Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>\
      <Relationship Id="rId2" Type="http://x/styles" Target="styles.xml"/>\
      <Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>
      """
    ),
    ("_rels/.rels", #"<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
    ("[Content_Types].xml", "<Types/>"),
  ]
}

import CZlib
import Foundation
import Testing

@testable import Sheets

/// A workbook as other programs write them: shared strings, styles, hidden first sheet.
func workbook(
  sheet: String, shared: [String] = [], formats: String = "", styles: [Int] = [0], date1904: Bool = false, hiddenFirst: Bool = false
) -> Data {
  let ns = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
  let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
  let pkg = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\""
  var zip = ZipWriter()
  zip.add(
    "_rels/.rels",
    "<Relationships \(pkg)><Relationship Id=\"a\" Type=\"\(rel)/officeDocument\" Target=\"/xl/workbook.xml\"/></Relationships>")
  zip.add(
    "xl/workbook.xml",
    "<workbook \(ns) xmlns:r=\"\(rel)\"><workbookPr date1904=\"\(date1904 ? 1 : 0)\"/><sheets>"
      + (hiddenFirst ? "<sheet name=\"h\" sheetId=\"9\" state=\"hidden\" r:id=\"r9\"/>" : "")
      + "<sheet name=\"清单\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>")
  zip.add(
    "xl/_rels/workbook.xml.rels",
    "<Relationships \(pkg)><Relationship Id=\"r1\" Type=\"\(rel)/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
      + "<Relationship Id=\"r9\" Type=\"\(rel)/worksheet\" Target=\"worksheets/hidden.xml\"/>"
      + "<Relationship Id=\"r2\" Type=\"\(rel)/sharedStrings\" Target=\"./sharedStrings.xml\"/>"
      + "<Relationship Id=\"r3\" Type=\"\(rel)/styles\" Target=\"../xl/styles.xml\"/></Relationships>")
  zip.add("xl/sharedStrings.xml", "<sst \(ns)>" + shared.map { "<si>\($0)</si>" }.joined() + "</sst>")
  zip.add(
    "xl/styles.xml",
    "<styleSheet \(ns)><numFmts>\(formats)</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"
      + styles.map { "<xf numFmtId=\"\($0)\"/>" }.joined() + "</cellXfs></styleSheet>")
  zip.add("xl/worksheets/hidden.xml", "<worksheet \(ns)><sheetData><row r=\"1\"><c><v>1</v></c></row></sheetData></worksheet>")
  zip.add("xl/worksheets/sheet1.xml", "<?xml version=\"1.0\"?><worksheet \(ns)><!-- c --><sheetData>\(sheet)</sheetData></worksheet>")
  return zip.finished()
}

@Suite struct XLSXReadingTests {
  @Test func everyKindOfCell() throws {
    let bytes = workbook(
      sheet: """
        <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="inlineStr"><is><t>时间</t></is></c><c r="E2" t="str"><v>是否</v></c></row>
        <row r="4"><c r="A4"><v>1.38E10</v></c><c r="B4" t="s"><v>2</v></c><c r="C4" s="1"><v>45356</v></c><c r="E4" t="b"><v>1</v></c></row>
        <row r="5"><c r="A5"><v>0.1</v></c><c r="B5" t="str"><f>A1&amp;"x"</f><v>a&amp;b &#x4E2D;_x000D_</v></c><c r="C5" s="2"><v>45356.598622685</v></c></row>
        <row r="6"><c r="A6"/><c r="B6" s="3"><v>0.5</v></c><c r="C6" s="4"><v>1.25</v></c><c r="D6" t="e"><v>#N/A</v></c></row>
        <row r="7"><c r="A7" t="s"><v>99</v></c></row>
        <row><c><v>8</v></c><c t="inlineStr"><is><r><t>一</t></r><r><t>二</t></r><rPh><t>yi</t></rPh></is></c></row>
        """,
      shared: ["<t>编号</t>", "<r><t>内</t></r><r><t xml:space=\"preserve\">容 </t></r>", "<t><![CDATA[<漏水>]]></t>"],
      formats: "<numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\\ h:mm;@\"/>",
      styles: [0, 14, 176, 20, 46],
      hiddenFirst: true)
    let table = try Table.read(xlsx: bytes)
    #expect(table.header == ["编号", "内容", "时间", "", "是否"])
    #expect(table.rows.map(\.line) == [4, 5, 6, 8])
    #expect(
      table.rows.map(\.cells) == [
        ["13800000000", "<漏水>", "2024-03-05", "", "TRUE"], ["0.1", "a&b 中\r", "2024-03-05 14:22:01", "", ""],
        ["", "12:00:00", "30:00:00", "#N/A", ""], ["8", "一二", "", "", ""],
      ])
    #expect(table.troubles.map(\.line) == [7])
    #expect(try Table.read(file: bytes, name: "a.csv") == table)
  }

  @Test func daysOfBothSystems() {
    #expect(CellFormats(styles: [.date]).text("59", style: 0) == "1900-02-28")
    #expect(CellFormats(styles: [.date]).text("60", style: 0) == "60")
    #expect(CellFormats(styles: [.date]).text("61", style: 0) == "1900-03-01")
    #expect(CellFormats(styles: [.date], from1904: true).text("43894", style: 0) == "2024-03-05")
    #expect(CellFormats(styles: [.date]).text("45355.9999999", style: 0) == "2024-03-05")
  }

  @Test(arguments: [
    ("yyyy-mm-dd", CellFormats.Kind.date), ("[$-804]yyyy\"年\"m\"月\"", .date), ("h:mm AM/PM", .time), ("[h]:mm", .elapsed),
    ("General", .plain),
    ("0.00E+00", .plain), ("[Red]#,##0.00", .plain), ("0\"天\"", .plain), ("0.0\\d", .plain), ("@", .plain), ("m/d/yy h:mm", .date),
    ("#,##0_);[Red](#,##0)", .plain), ("mm:ss.0", .time),
  ]) func formatCodes(_ code: String, _ kind: CellFormats.Kind) { #expect(CellFormats.kind(code: code) == kind) }

  @Test func numbersAsPeopleTypeThem() {
    #expect(CellFormats.plain("188006") == "188006")
    #expect(CellFormats.plain("0.30000000000000004") == "0.3")
    #expect(CellFormats.plain("-3.50") == "-3.5")
    #expect(CellFormats.plain("12.0") == "12")
    #expect(CellFormats.plain("1E400") == "1E400")
  }
}

@Suite struct XLSXWritingTests {
  @Test func roundTrip() throws {
    let table = Table(
      header: ["编号", "内容", "=头"],
      cells: [
        ["007", "第一行\n第二行 <b>&\"'", "=cmd|' /C calc'!A0"], ["2", "\u{1}控制\r字符_x000D_", " 空格 "], ["3", "😀𠮷", ""], ["", "-3.5", "+86"],
      ])
    let bytes = table.xlsx(title: "诉件清单/2024年3月[很长的名字很长的名字很长的名字很长的名字]")
    let back = try Table.read(xlsx: bytes)
    #expect(back.header == table.header && back.rows == table.rows && back.troubles.isEmpty)
    #expect(table.xlsx(title: "甲") == table.xlsx(title: "甲"))
  }
  @Test func cellsBeyondExcelAreCutOnWholeCharacters() throws {
    let long = String(repeating: "😀", count: 20_000)
    let back = try Table.read(xlsx: Table(header: ["a"], cells: [[long]]).xlsx(title: ""))
    let cell = try #require(back.rows.first?.cells.first)
    #expect(cell.utf16.count <= 32_767 && cell.hasSuffix("😀…"))
  }
  @Test func sheetNames() {
    #expect(Table.sheetName("a/b:c?", number: 1) == "abc")
    #expect(Table.sheetName("''", number: 1) == "表")
    #expect(Table.sheetName(String(repeating: "长", count: 50), number: 2).utf16.count == 31)
  }
  @Test func columnNames() {
    #expect([0, 25, 26, 27, 701, 702].map(SheetText.name) == ["A", "Z", "AA", "AB", "ZZ", "AAA"])
    #expect(SheetReader.column("AAA12") == 702 && SheetReader.column("12") == nil)
  }
}

@Suite struct XLSXHostile {
  func kind(_ data: Data, _ limits: SheetLimits = .standard) -> SheetError.Kind? {
    do {
      _ = try Table.read(xlsx: data, limits: limits)
      return nil
    } catch {
      return error.kind
    }
  }
  let row = "<row r=\"1\"><c t=\"inlineStr\"><is><t>a</t></is></c></row>"

  @Test func aBombIsRefusedByRatioAndBySize() {
    let bomb = workbook(sheet: row + String(repeating: "<q>\(String(repeating: " ", count: 1000))</q>", count: 6 << 10))
    #expect(bomb.count < 200_000)
    var limits = SheetLimits.standard
    limits.inflationRatio = 50
    #expect(kind(bomb, limits) == .bomb)
    limits.inflationRatio = 5000
    limits.inflatedBytes = 1 << 20
    #expect(kind(bomb, limits) == .bomb)
    limits.inflatedBytes = 100 << 20
    #expect(kind(bomb, limits) == nil)
  }
  @Test func sharedTextsAreBounded() {
    var limits = SheetLimits.standard
    limits.sharedStrings = 10
    #expect(kind(workbook(sheet: row, shared: [String](repeating: "", count: 11)), limits) == .tooLarge)
    limits.sharedStrings = 100
    limits.sharedBytes = 10
    #expect(kind(workbook(sheet: row, shared: ["<t>123456</t>", "<t>78901</t>"]), limits) == .tooLarge)
  }
  @Test func sizesThatLieAreFound() {
    var bytes = workbook(sheet: row)
    // The size in every central record is made smaller than the truth.
    var at = 0
    while let hit = bytes[at...].firstRange(of: [0x50, 0x4B, 1, 2]) {
      bytes.replaceSubrange((hit.lowerBound + 24)..<(hit.lowerBound + 28), with: [5, 0, 0, 0])
      at = hit.upperBound
    }
    #expect(kind(bytes) == .brokenWorkbook)
  }
  @Test func overlappingPartsAreABomb() {
    var bytes = workbook(sheet: row)
    var at = 0
    while let hit = bytes[at...].firstRange(of: [0x50, 0x4B, 1, 2]) {
      bytes.replaceSubrange((hit.lowerBound + 42)..<(hit.lowerBound + 46), with: [0, 0, 0, 0])
      at = hit.upperBound
    }
    #expect(kind(bytes) == .bomb)
  }
  @Test(arguments: ["../evil.xml", "/etc/passwd", "a\\b", "C:x", "a/../../b"]) func pathTricks(_ name: String) {
    var zip = ZipWriter()
    zip.add(name, "x")
    #expect(kind(zip.finished()) == .brokenWorkbook)
  }
  @Test func doubledNamesAndOtherArchives() {
    var zip = ZipWriter()
    zip.add("a.xml", "x")
    zip.add("A.xml", "x")
    #expect(kind(zip.finished()) == .brokenWorkbook)
    var other = ZipWriter()
    other.add("readme.txt", "x")
    #expect(kind(other.finished()) == .notASheet)
    var limits = SheetLimits.standard
    limits.parts = 3
    #expect(kind(workbook(sheet: row), limits) == .brokenWorkbook)
  }
  @Test func entitiesAreNotExpanded() {
    let sheet = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>" + row
    #expect(kind(workbook(sheet: sheet)) == .brokenWorkbook)
  }
  @Test func cutsAndFlippedBytesNeverCrash() {
    let whole = workbook(sheet: row + "<row><c><v>5</v></c></row>", shared: ["<t>x</t>"])
    for cut in stride(from: 0, to: whole.count, by: 7) { _ = kind(whole.prefix(cut)) }
    var generator = Seeded(state: 11)
    for _ in 0..<2000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1..<6, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = kind(bytes)
    }
  }
  @Test func wrongKindsSayWhat() {
    #expect(kind(Data("a,b".utf8)) == .notASheet)
    #expect(kind(Data()) == .empty)
    #expect {
      try Table.read(file: Data([0xD0, 0xCF, 0x11, 0xE0]), name: "清单.xlsx")
    } throws: {
      ($0 as? SheetError)?.message.hasPrefix("清单.xlsx：这是旧版") == true
    }
  }
  @Test func aRowWithAFarColumnIsATroubleNotMemory() throws {
    let table = try Table.read(
      xlsx: workbook(sheet: row + "<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row><row r=\"3\"><c><v>2</v></c></row>"))
    #expect(table.troubles.map(\.line) == [2] && table.rows.map(\.line) == [3])
  }
}

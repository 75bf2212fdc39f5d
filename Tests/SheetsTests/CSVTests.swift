import Foundation
import Testing

@testable import Sheets

#if canImport(Glibc)
  import Glibc
#endif

/// Text in another encoding, made by the C library so that the reader is not checked against itself.
func encoded(_ text: String, as name: String) -> Data {
  guard let handle = iconv_open(name, "UTF-8"), Int(bitPattern: handle) != -1 else { return Data() }
  defer { iconv_close(handle) }
  var input = Array(text.utf8).map { CChar(bitPattern: $0) }
  var output = [CChar](repeating: 0, count: input.count * 4 + 16)
  var left = input.count
  var room = output.count
  let total = output.count
  let used = input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      var from = source.baseAddress
      var to = target.baseAddress
      _ = iconv(handle, &from, &left, &to, &room)
      return total - room
    }
  }
  return Data(output.prefix(used).map { UInt8(bitPattern: $0) })
}

@Suite struct CSVEncodings {
  let text = "编号,地址,内容\r\n1,上方花园,\"屋顶漏水，\n第二行\"\r\n2,䶮路１号,𠮷屋😀噪音\r\n"

  func check(_ table: Table) {
    #expect(table.header == ["编号", "地址", "内容"])
    #expect(table.rows.map(\.cells) == [["1", "上方花园", "屋顶漏水，\n第二行"], ["2", "䶮路１号", "𠮷屋😀噪音"]])
    #expect(table.rows.map(\.line) == [2, 4])
    #expect(table.troubles == [])
  }

  @Test func utf8WithAndWithoutMark() throws {
    check(try Table.read(csv: Data(text.utf8)))
    check(try Table.read(csv: Data([0xEF, 0xBB, 0xBF] + text.utf8)))
  }
  @Test func gb18030() throws { check(try Table.read(csv: encoded(text, as: "GB18030"))) }
  @Test(arguments: ["UTF-16LE", "UTF-16BE", "UTF-16"]) func utf16(_ name: String) throws {
    check(try Table.read(csv: encoded(text, as: name)))
  }

  @Test func oneBadRowOfGB18030IsATroubleAndTheRestIsRead() throws {
    var bytes = encoded("编号,内容\n1,漏水\n2,", as: "GB18030")
    let bad = bytes.count
    bytes.append(contentsOf: [0xFF, 0x81])
    bytes.append(encoded("声\n3,噪音\n", as: "GB18030"))
    let table = try Table.read(csv: bytes)
    #expect(table.rows.map(\.cells) == [["1", "漏水"], ["3", "噪音"]])
    #expect(table.troubles.map(\.line) == [3])
    #expect(table.troubles[0].reason.contains("GB18030") && table.troubles[0].reason.contains("第 \(bad + 1) 字节"))
  }

  @Test func oneBadRowOfUTF8IsATrouble() throws {
    var bytes = Data("编号,内容\n1,漏水的屋顶一直没有人来修理\n2,".utf8)
    let bad = bytes.count
    bytes.append(contentsOf: [0xC3, 0x28, 0x0A])
    bytes.append(contentsOf: "3,噪音\n".utf8)
    let table = try Table.read(csv: bytes)
    #expect(table.rows.map(\.line) == [2, 4])
    #expect(table.troubles.map(\.line) == [3])
    #expect(table.troubles[0].reason.contains("UTF-8") && table.troubles[0].reason.contains("第 \(bad + 1) 字节"))
  }

  @Test func loneSurrogateIsATrouble() throws {
    var bytes = Data([0xFF, 0xFE]) + encoded("a,b\n1,", as: "UTF-16LE")
    bytes.append(contentsOf: [0x00, 0xD8])
    bytes.append(encoded("\n2,好\n", as: "UTF-16LE"))
    let table = try Table.read(csv: bytes)
    #expect(table.rows.map(\.cells) == [["2", "好"]])
    #expect(table.troubles.map(\.line) == [2])
  }

  @Test(arguments: [8, 9, 10, 11, 64, 1001]) func blockBordersDoNotMatter(_ block: Int) throws {
    let long = "编号,内容\r\n" + (0..<200).map { "\($0),\"屋顶漏水\($0)，\"\"说\"\"\r\n𠮷好\"\r\n" }.joined()
    let bad = encoded(long, as: "GB18030") + Data([0x39, 0x2C, 0xFF, 0xFF, 0x0A]) + encoded("201,末\n", as: "GB18030")
    var rows: [Table.Row] = []
    var troubles: [RowTrouble] = []
    try bad.withUnsafeBytes { raw in
      try CSVDriver.run(raw.bindMemory(to: UInt8.self), limits: .standard, block: block) {
        if case .row(let row) = $0 { rows.append(row) }
        if case .trouble(let trouble) = $0 { troubles.append(trouble) }
        return true
      }
    }
    #expect(rows.count == 201)
    #expect(rows[199].cells == ["199", "屋顶漏水199，\"说\"\r\n𠮷好"])
    #expect(rows.last?.line == 403)
    #expect(troubles.map(\.line) == [402])
  }
}

@Suite struct CSVForms {
  func cells(_ text: String) throws -> [[String]] { try Table.read(csv: Data(text.utf8)).rows.map(\.cells) }

  @Test func delimiters() throws {
    #expect(try cells("a;b;c\n1,5;2;3\n") == [["1,5", "2", "3"]])
    #expect(try cells("a\tb\n1,5\t2\n") == [["1,5", "2"]])
    #expect(try cells("sep=;\r\na;b\r\n1;2\r\n") == [["1", "2"]])
    #expect(try cells("\"a;b;c;d\",x\n1,2\n") == [["1", "2"]])
  }
  @Test(arguments: ["\n", "\r\n", "\r"]) func lineEnds(_ end: String) throws {
    let table = try Table.read(csv: Data(["a,b", "1,2", "", "3,4"].joined(separator: end).utf8))
    #expect(table.rows == [.init(line: 2, cells: ["1", "2"]), .init(line: 4, cells: ["3", "4"])])
  }
  @Test func toleratesWhatExportsDoWrong() throws {
    #expect(try cells("a,b\n5\"管,\"他说\"好\"的\"\n") == [["5\"管", "他说\"好\"的"]])
    #expect(try cells("a,b\n\"x\"\"y\",\"\"\n") == [["x\"y", ""]])
    #expect(try cells("a,b,c\n1\n1,2,3,,\n1,2,") == [["1", "", ""], ["1", "2", "3"], ["1", "2", ""]])
  }
  @Test func titlesAboveTheHeaderAreLeftOut() throws {
    let table = try Table.read(csv: Data("某街道诉件清单,,\n2024年3月,,\n编号,地址,内容\n1,甲路,漏水\n".utf8))
    #expect(table.header == ["编号", "地址", "内容"])
    #expect(table.rows == [.init(line: 4, cells: ["1", "甲路", "漏水"])])
  }
  @Test func columnsByName() throws {
    let table = try Table.read(csv: Data("\u{FEFF}编号, 地 址 ,ＩＤ\n1,2,3\n".utf8))
    #expect(table.column("地址") == 1)
    #expect(table.column("id") == 2)
    #expect(table.column(anyOf: ["诉件编号", "编号"]) == 0)
    #expect(table.column("电话") == nil)
  }
  @Test func onlyAHeaderIsATableWithoutRows() throws {
    let table = try Table.read(csv: Data("编号,地址".utf8))
    #expect(table.header == ["编号", "地址"] && table.rows.isEmpty)
  }
}

@Suite struct CSVBroken {
  func read(_ text: String, _ limits: SheetLimits = .standard) throws(SheetError) -> Table {
    try Table.read(csv: Data(text.utf8), limits: limits)
  }

  @Test func anUnclosedQuoteCostsOneLine() throws {
    let table = try read("a,b\n1,\"open\n2,x\n3,\"y\"\n4,z\n")
    #expect(table.troubles.map(\.line) == [2])
    #expect(table.rows.map(\.cells) == [["2", "x"], ["3", "y"], ["4", "z"]])
    let last = try read("a,b\n1,x\n2,\"open")
    #expect(last.troubles.map(\.line) == [3] && last.rows.count == 1)
  }
  @Test func raggedNULAndDuplicates() throws {
    let table = try read("a,b,a\n1,2,3,4\n1,\0,3\n5,6,7\n")
    #expect(table.troubles.map(\.line) == [1, 2, 3])
    #expect(table.rows.map(\.cells) == [["5", "6", "7"]])
    var strict = SheetLimits.standard
    strict.padShortRows = false
    #expect(try read("a,b\n1\n2,3\n", strict).troubles.map(\.line) == [2])
  }
  @Test func aLineWithoutEnd() throws {
    var limits = SheetLimits.standard
    limits.recordBytes = 1000
    let long = String(repeating: "漏", count: 50_000)
    let table = try read("a,b\n1,\(long)\n2,x\n", limits)
    #expect(table.troubles.map(\.line) == [2] && table.rows.map(\.line) == [3])
    #expect(throws: SheetError.self) { try read(long, limits) }
    let gb = try Table.read(csv: encoded("甲,乙\n1,\(long)\n2,末\n", as: "GB18030"), limits: limits)
    #expect(gb.troubles.map(\.line) == [2] && gb.rows.map(\.cells) == [["2", "末"]])
  }
  @Test func limitsSaySo() {
    var limits = SheetLimits.standard
    limits.rows = 2
    limits.columns = 3
    limits.bytes = 100
    #expect { try read("a\n1\n2\n3\n", limits) } throws: { ($0 as? SheetError)?.kind == .tooManyRows }
    #expect { try read("a,b,c,d\n", limits) } throws: { ($0 as? SheetError)?.kind == .tooManyColumns }
    #expect { try read(String(repeating: "a,b\n", count: 50), limits) } throws: { ($0 as? SheetError)?.kind == .tooLarge }
    #expect { try read("") } throws: { ($0 as? SheetError)?.kind == .empty }
    #expect { try read("\n\n,,\n") } throws: { ($0 as? SheetError)?.kind == .empty }
  }
  @Test func shortRowsUnderAWideHeaderCostNoMemory() throws {
    var limits = SheetLimits.standard
    limits.cells = 3000
    let text = (0..<100).map { "c\($0)" }.joined(separator: ",") + "\n" + String(repeating: "a\n", count: 31)
    #expect { try read(text, limits) } throws: { ($0 as? SheetError)?.kind == .tooLarge }
    var seen = 0
    try Table.each(csv: Data(text.utf8), limits: limits) { event in
      if case .row = event { seen += 1 }
      return true
    }
    #expect(seen == 31)
  }
  @Test func whatIsNoTable() {
    for bytes in [[0x4D, 0x5A, 0x90, 0, 3, 0, 0, 0], [0xD0, 0xCF, 0x11, 0xE0], Array("%PDF-1.7".utf8), [0, 1, 2, 3, 0, 0, 0, 9]]
      as [[UInt8]]
    {
      #expect { try Table.read(csv: Data(bytes)) } throws: { ($0 as? SheetError)?.kind == .notASheet }
    }
  }
  @Test func troublesAreCountedBeyondTheLimit() throws {
    var limits = SheetLimits.standard
    limits.troubles = 2
    let table = try read("a,b\n" + String(repeating: "1,2,3\n", count: 9), limits)
    #expect(table.troubles.count == 3 && table.troubles[2].reason.contains("7 行"))
  }
  @Test func manyUnclosedQuotesEndInAnErrorNotInHours() {
    let text = "a,b,c\n" + String(repeating: "\"\"x\n", count: 400_001)
    #expect { try read(text) } throws: { ($0 as? SheetError)?.kind == .brokenQuotes }
  }
  @Test func randomBytesNeverCrash() {
    var generator = Seeded(state: 7)
    let alphabet: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0x61, 0x00, 0xFF, 0xB0, 0xA1, 0xE6, 0xBC, 0x8F, 0x3B, 0x09]
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0..<80, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      _ = try? Table.read(csv: Data(bytes))
    }
  }
}

/// SplitMix64: the same inputs on every machine.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

@Suite struct CSVStreaming {
  @Test func stopsWhenTold() throws {
    let data = Data("a,b\n1,2\n3,4\n5,6\n".utf8)
    var seen = 0
    try Table.each(csv: data) { event in
      if case .row = event { seen += 1 }
      return seen < 2
    }
    #expect(seen == 2)
  }
  @Test func passesOnWhatTheBodyThrows() {
    struct Mine: Error {}
    #expect(throws: Mine.self) { try Table.each(csv: Data("a\n1\n".utf8)) { _ in throw Mine() } }
  }
}

@Suite struct CSVWritingTests {
  @Test func roundTrip() throws {
    let table = Table(header: ["编号", "内容"], cells: [["1", "他说\"好\"，\n第二行"], ["2", " 空格 "], ["3", "a;b\tc"]])
    let bytes = table.csv()
    #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
    let back = try Table.read(csv: bytes)
    #expect(back.rows.map(\.cells) == table.rows.map(\.cells))
  }
  @Test(arguments: [
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠SUM", " =1", "-", "+", "-1,23", "-.",
    "--5", "=HYPERLINK(\"http://x\")", "-3.5x",
  ]) func formulasAreEscaped(_ cell: String) {
    #expect(FormulaEscape.escape(cell) == "'" + cell)
    #expect(FormulaEscape.unescape("'" + cell) == cell)
  }
  @Test(arguments: ["-3.5", "+5", "-1,234.50", "1e5", "-1E-3", "-5%", "+8613800000000", "-.5", "漏水", "", "3-5号", "a=b", "'引号", "1@2"])
  func othersStay(_ cell: String) { #expect(FormulaEscape.escape(cell) == cell) }
}

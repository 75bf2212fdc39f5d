import Foundation

/// Finds the parts of a workbook that matter: the first visible sheet, the shared strings, the styles.
struct Workbook {
  let sheet: ZipArchive.Entry
  let strings: [String]
  let formats: CellFormats

  init(_ archive: inout ZipArchive) throws(SheetError) {
    let roots = try Self.relations(of: "", in: &archive)
    let book = roots.first { $0.type == "officeDocument" }?.target ?? "xl/workbook.xml"
    guard let bookEntry = archive.entry(book) else { throw SheetError(.notASheet, "压缩包里没有工作簿，请上传 XLSX 或 CSV 文件") }
    var sheets = SheetListReader()
    try Self.parse(bookEntry, &archive, &sheets)
    let relations = try Self.relations(of: book, in: &archive)
    let targets = Dictionary(relations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let visible = sheets.sheets.first { !$0.hidden && targets[$0.relation]?.type == "worksheet" }
    guard let visible, let target = targets[visible.relation]?.target, let sheet = archive.entry(target) else {
      throw SheetError(.empty, "工作簿里没有可见的工作表")
    }
    self.sheet = sheet
    var styles = StyleReader()
    if let target = relations.first(where: { $0.type == "styles" })?.target, let entry = archive.entry(target) {
      try Self.parse(entry, &archive, &styles)
    }
    formats = CellFormats(styles: styles.kinds, from1904: sheets.from1904)
    var shared = SharedStringReader(archive.limits)
    if let target = relations.first(where: { $0.type == "sharedStrings" })?.target, let entry = archive.entry(target) {
      try Self.parse(entry, &archive, &shared)
    }
    strings = shared.strings
  }

  static func parse(_ entry: ZipArchive.Entry, _ archive: inout ZipArchive, _ reader: inout some XMLReader) throws(SheetError) {
    var scanner = XMLScanner()
    var wanted = true
    try archive.read(entry) { (block) throws(SheetError) -> Bool in
      wanted = try scanner.feed(block, &reader)
      return wanted
    }
    if wanted { try scanner.end() }
  }

  /// The relations of a part ("" for the package), with targets as names in the container.
  private static func relations(of part: String, in archive: inout ZipArchive) throws(SheetError) -> [RelationReader.Relation] {
    let slash = part.lastIndex(of: "/").map { part.index(after: $0) } ?? part.startIndex
    let folder = part[..<slash]
    guard let entry = archive.entry("\(folder)_rels/\(part[slash...]).rels") else { return [] }
    var reader = RelationReader()
    try parse(entry, &archive, &reader)
    return reader.relations.compactMap { relation in
      guard let target = resolved(relation.target, in: folder) else { return nil }
      return .init(id: relation.id, type: relation.type, target: target)
    }
  }

  /// Nil when the target leaves the container.
  static func resolved(_ target: String, in folder: Substring) -> String? {
    var steps: [Substring] = target.hasPrefix("/") ? [] : folder.split(separator: "/")
    for step in target.split(separator: "/") {
      if step == "." { continue }
      if step == ".." {
        if steps.isEmpty { return nil }
        steps.removeLast()
      } else {
        steps.append(step)
      }
    }
    return steps.joined(separator: "/")
  }
}

private struct RelationReader: XMLReader {
  struct Relation {
    let id: String
    /// The last step of the type's address: "worksheet", "styles".
    let type: String
    let target: String
  }
  var relations: [Relation] = []
  let finished = false
  mutating func open(_ name: String, _ attributes: XMLAttributes) {
    guard name == "Relationship", attributes["TargetMode"] != "External" else { return }
    guard let id = attributes["Id"], let type = attributes["Type"], let target = attributes["Target"] else { return }
    relations.append(Relation(id: id, type: type.split(separator: "/").last.map(String.init) ?? "", target: target))
  }
  mutating func close(_ name: String) {}
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, literal: Bool) {}
}

private struct SheetListReader: XMLReader {
  var sheets: [(relation: String, hidden: Bool)] = []
  var from1904 = false
  let finished = false
  mutating func open(_ name: String, _ attributes: XMLAttributes) {
    if name == "sheet" {
      // The relation's attribute is r:id; "sheetId" is another.
      sheets.append((attributes["id"] ?? "", attributes["state"] == "hidden" || attributes["state"] == "veryHidden"))
    } else if name == "workbookPr" {
      from1904 = ["1", "true"].contains(attributes["date1904"] ?? "")
    }
  }
  mutating func close(_ name: String) {}
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, literal: Bool) {}
}

private struct StyleReader: XMLReader {
  var kinds: [CellFormats.Kind] = []
  private var codes: [Int: CellFormats.Kind] = [:]
  private var inCells = false
  let finished = false
  mutating func open(_ name: String, _ attributes: XMLAttributes) {
    switch name {
    case "numFmt":
      if let id = attributes["numFmtId"].flatMap(Int.init), let code = attributes["formatCode"] { codes[id] = CellFormats.kind(code: code) }
    case "cellXfs": inCells = true
    // Excel itself knows at most 65,490 styles.
    case "xf" where inCells && kinds.count < 65_536:
      let id = attributes["numFmtId"].flatMap(Int.init) ?? 0
      kinds.append(codes[id] ?? CellFormats.builtIn(id))
    default: break
    }
  }
  mutating func close(_ name: String) { if name == "cellXfs" { inCells = false } }
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, literal: Bool) {}
}

private struct SharedStringReader: XMLReader {
  private let limits: SheetLimits
  var strings: [String] = []
  private var size = 0
  private var current: [UInt8] = []
  private var inText = false
  private var phonetic = 0
  let finished = false
  init(_ limits: SheetLimits) { self.limits = limits }
  mutating func open(_ name: String, _ attributes: XMLAttributes) {
    switch name {
    case "si": current.removeAll(keepingCapacity: true)
    case "t": inText = phonetic == 0
    // How a Japanese workbook says a word aloud is no part of the word.
    case "rPh": phonetic += 1
    default: break
    }
  }
  mutating func close(_ name: String) throws(SheetError) {
    switch name {
    case "si":
      size += current.count
      if strings.count >= limits.sharedStrings || size > limits.sharedBytes { throw SheetError(.tooLarge, "工作簿的文字过多，请分成几个文件") }
      strings.append(XMLText.unescape(String(decoding: current, as: UTF8.self)))
    case "t": inText = false
    case "rPh": phonetic -= 1
    default: break
    }
  }
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, literal: Bool) {
    if !inText { return }
    if literal { current.append(contentsOf: bytes) } else { XMLText.decode(bytes, into: &current) }
  }
}

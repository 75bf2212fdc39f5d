import Foundation

extension Table {
  /// Reads the first visible sheet of an XLSX workbook.
  ///
  /// Dates come as `2024-03-05` or `2024-03-05 14:22:01`, booleans as TRUE and FALSE, formulas as the value last computed.
  /// - Throws: `SheetError` when the workbook is damaged, encrypted, empty, or inflates beyond the limits.
  public static func read(xlsx: Data, limits: SheetLimits = .standard) throws(SheetError) -> Table {
    var table = Table(header: [])
    try scan(xlsx: xlsx, limits: limits) { event in
      switch event {
      case .header(let header): table.header = header
      case .row(let row): table.rows.append(row)
      case .trouble(let trouble): table.troubles.append(trouble)
      }
      return true
    }
    return table
  }

  /// Reads a file by what it contains; the name only serves the message.
  public static func read(file data: Data, name: String, limits: SheetLimits = .standard) throws(SheetError) -> Table {
    switch FileKind(data.prefix(16)) {
    case .workbook: return try read(xlsx: data, limits: limits)
    case .text: return try read(csv: data, limits: limits)
    case .oldExcel, .html, .otherBinary:
      let refused = FileKind(data.prefix(16)).refusedAsCSV ?? SheetError(.notASheet, "这不是表格文件")
      throw SheetError(refused.kind, name.isEmpty ? refused.message : "\(name)：\(refused.message)")
    }
  }

  /// Reads a CSV or XLSX file row by row and keeps none; see `each(csv:)`.
  public static func each(file data: Data, limits: SheetLimits = .standard, _ body: (TableEvent) throws -> Bool) throws {
    guard FileKind(data.prefix(16)) == .workbook else { return try each(csv: data, limits: limits, body) }
    try passingErrors(body) { sink throws(SheetError) in try scan(xlsx: data, limits: limits.unkept, sink: sink) }
  }

  static func scan(xlsx: Data, limits: SheetLimits, sink: @escaping (TableEvent) -> Bool) throws(SheetError) {
    if xlsx.isEmpty { throw SheetError(.empty, "文件是空的，请核对后重新上传") }
    if xlsx.count > limits.bytes { throw SheetError(.tooLarge, "文件有 \(xlsx.count >> 20) MB，最多可读 \(limits.bytes >> 20) MB") }
    switch FileKind(xlsx.prefix(16)) {
    case .workbook: break
    case .text: throw SheetError(.notASheet, "这不是 XLSX 工作簿")
    case .oldExcel, .html, .otherBinary: if let refused = FileKind(xlsx.prefix(16)).refusedAsCSV { throw refused }
    }
    let result: Result<Void, SheetError> = xlsx.withUnsafeBytes { raw in
      Result { () throws(SheetError) in
        var archive = try ZipArchive(raw, limits: limits)
        let book = try Workbook(&archive)
        var reader = SheetReader(strings: book.strings, formats: book.formats, rows: RowAssembler(limits: limits, sink: sink))
        try Workbook.parse(book.sheet, &archive, &reader)
        try reader.rows.finish()
      }
    }
    try result.get()
  }

  /// Lets a throwing body stand where the readers want one that only answers.
  static func passingErrors(
    _ body: (TableEvent) throws -> Bool, _ run: (@escaping (TableEvent) -> Bool) throws(SheetError) -> Void
  ) throws {
    var thrown: (any Error)?
    try withoutActuallyEscaping(body) { body in
      try run { event in
        do {
          return try body(event)
        } catch {
          thrown = error
          return false
        }
      }
    }
    if let thrown { throw thrown }
  }
}

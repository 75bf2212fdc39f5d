import Foundation

extension Table {
  /// Reads a CSV file of an office: UTF-8 with or without mark, GB18030 (GBK, GB2312) or UTF-16; separated by comma,
  /// semicolon or tab; quoted as RFC 4180 says, with tolerance for what real exports do wrong.
  ///
  /// A row that cannot be decoded or split becomes a trouble; the others are read.
  /// - Throws: `SheetError` when the file as a whole is no table or breaks a limit.
  public static func read(csv: Data, limits: SheetLimits = .standard) throws(SheetError) -> Table {
    var table = Table(header: [])
    try scan(csv: csv, limits: limits) { event in
      switch event {
      case .header(let header): table.header = header
      case .row(let row): table.rows.append(row)
      case .trouble(let trouble): table.troubles.append(trouble)
      }
      return true
    }
    return table
  }

  /// Reads a CSV file row by row and keeps none, for files of any length. `body` answers false to stop early.
  ///
  /// For a file on disk pass `Data(contentsOf: url, options: .mappedIfSafe)`; memory then stays at a few blocks.
  /// - Throws: `SheetError`, or what `body` throws.
  public static func each(csv: Data, limits: SheetLimits = .standard, _ body: (TableEvent) throws -> Bool) throws {
    try passingErrors(body) { sink throws(SheetError) in try scan(csv: csv, limits: limits.unkept, sink: sink) }
  }

  static func scan(csv: Data, limits: SheetLimits, sink: @escaping (TableEvent) -> Bool) throws(SheetError) {
    if csv.isEmpty { throw SheetError(.empty, "文件是空的，请核对后重新上传") }
    if csv.count > limits.bytes { throw SheetError(.tooLarge, "文件有 \(csv.count >> 20) MB，最多可读 \(limits.bytes >> 20) MB") }
    if let refused = FileKind(csv.prefix(16)).refusedAsCSV { throw refused }
    let result: Result<Void, SheetError> = csv.withUnsafeBytes { raw in
      let bytes = raw.bindMemory(to: UInt8.self)
      return Result { () throws(SheetError) in try CSVDriver.run(bytes, limits: limits, sink: sink) }
    }
    try result.get()
  }
}

import Foundation

/// What the first bytes say a file is, whatever its name.
enum FileKind: Equatable {
  case workbook
  /// Excel 97–2003, or an encrypted workbook: both stand in an OLE container.
  case oldExcel
  case otherBinary
  case html
  case text

  init(_ start: Data) {
    let b = Array(start)
    func begins(_ magic: [UInt8]) -> Bool { b.starts(with: magic) }
    if begins([0x50, 0x4B, 0x03, 0x04]) || begins([0x50, 0x4B, 0x05, 0x06]) {
      self = .workbook
    } else if begins([0xD0, 0xCF, 0x11, 0xE0]) {
      self = .oldExcel
    } else if begins([0xFF, 0xD8, 0xFF]) || begins([0x89, 0x50, 0x4E, 0x47]) || begins(Array("%PDF".utf8))
      || begins([0x7F, 0x45, 0x4C, 0x46]) || begins([0x4D, 0x5A, 0x90]) || begins(Array("Rar!".utf8)) || begins([0x37, 0x7A, 0xBC, 0xAF])
      || begins([0x1F, 0x8B])
    {
      self = .otherBinary
    } else if String(decoding: b, as: UTF8.self).lowercased().hasPrefix("<html")
      || String(decoding: b, as: UTF8.self).lowercased().hasPrefix("<!doctype")
    {
      self = .html
    } else {
      self = .text
    }
  }

  /// Why it cannot be read as CSV; nil when it can be tried.
  var refusedAsCSV: SheetError? {
    switch self {
    case .text: nil
    case .workbook: SheetError(.notASheet, "这是 XLSX 工作簿，不是 CSV 文件")
    case .oldExcel: SheetError(.notASheet, "这是旧版 Excel（.xls）或加密的工作簿，请另存为不加密的 XLSX 后再上传")
    case .html: SheetError(.notASheet, "这是网页，不是表格，请用表格软件另存为 XLSX 后再上传")
    case .otherBinary: SheetError(.notASheet, "这不是表格文件，请上传 CSV 或 XLSX 文件")
    }
  }
}

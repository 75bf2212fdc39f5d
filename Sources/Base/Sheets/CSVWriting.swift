import Foundation

extension Table {
  /// The table as CSV: UTF-8, comma, CRLF, RFC 4180 quoting.
  ///
  /// - Parameters:
  ///   - bom: Excel in Chinese reads a file without mark as GBK, so the mark is on by default.
  ///   - escapeFormulas: see `FormulaEscape`; switch off only for files that no spreadsheet opens.
  public func csv(bom: Bool = true, escapeFormulas: Bool = true) -> Data {
    var out: [UInt8] = bom ? [0xEF, 0xBB, 0xBF] : []
    out.reserveCapacity(rows.count * 64)
    Self.write(header, escapeFormulas, &out)
    for row in rows { Self.write(row.cells, escapeFormulas, &out) }
    return Data(out)
  }

  private static func write(_ cells: [String], _ escape: Bool, _ out: inout [UInt8]) {
    for (i, cell) in cells.enumerated() {
      if i > 0 { out.append(0x2C) }
      let text = escape ? FormulaEscape.escape(cell) : cell
      // A record of one empty cell would be an empty line; tabs and semicolons are quoted so that no reader splits there.
      let quote =
        text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D || $0 == 0x3B || $0 == 0x09 }
        || text.utf8.first == 0x20 || text.utf8.last == 0x20 || (cells.count == 1 && text.isEmpty)
      if !quote {
        out.append(contentsOf: text.utf8)
        continue
      }
      out.append(0x22)
      for byte in text.utf8 {
        if byte == 0x22 { out.append(0x22) }
        out.append(byte)
      }
      out.append(0x22)
    }
    out.append(0x0D)
    out.append(0x0A)
  }
}

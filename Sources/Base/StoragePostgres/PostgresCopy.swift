import CPostgres
import Foundation
import Storage

/// Many rows of one table by COPY, in the server's text format.
extension PostgresConnection {
  /// Bytes sent at once.
  private static let piece = 256 << 10

  func copy(_ rows: [[SQLValue]], into table: String, columns: [String]) throws {
    if rows.isEmpty { return }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    try startCopy("COPY \"\(table)\" (\(names)) FROM STDIN")
    var line = CopyLine()
    for row in rows {
      line.add(row)
      if line.bytes.count >= Self.piece { try send(&line) }
    }
    try send(&line)
    try endCopy()
  }
  private func send(_ line: inout CopyLine) throws {
    let sent = line.bytes.withUnsafeBytes { PQputCopyData(link, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count)) }
    line.bytes.removeAll(keepingCapacity: true)
    if sent != 1 { throw reached(PostgresFailure(result: nil, link: link)) }
  }
}

/// Rows as COPY reads them: values between tabs, rows between line ends, `\N` for nothing.
struct CopyLine {
  var bytes: [UInt8] = []

  mutating func add(_ row: [SQLValue]) {
    for (index, value) in row.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: "\t")) }
      add(value)
    }
    bytes.append(UInt8(ascii: "\n"))
  }
  private mutating func add(_ value: SQLValue) {
    switch value {
    case .null: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "N")]
    case .int(let v): bytes += Array(String(v).utf8)
    case .double(let v): bytes += Array(String(v).utf8)
    case .text(let v):
      for byte in v.utf8 {
        switch byte {
        case UInt8(ascii: "\\"): bytes += [byte, byte]
        case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
        case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
        case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
        default: bytes.append(byte)
        }
      }
    case .blob(let v):
      // `\\x…`: the first backslash guards the second from COPY.
      bytes += [UInt8(ascii: "\\"), UInt8(ascii: "\\"), UInt8(ascii: "x")]
      for byte in v {
        bytes.append(Self.digits[Int(byte >> 4)])
        bytes.append(Self.digits[Int(byte & 15)])
      }
    }
  }
  private static let digits = Array("0123456789abcdef".utf8)
}

import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Splits UTF-8 bytes into records of RFC 4180, forgiving what real exports do wrong:
/// a quote inside a bare cell is text; a lone quote inside a quoted cell is text; CR, LF and CRLF all end a record.
///
/// A quote that is never closed would swallow the rest of the file. Such a line is given up alone and reading goes on at the
/// next physical line; how much may be read twice for that is bounded.
struct RecordScanner {
  struct Cell {
    var start: Int
    var end: Int
    /// Holds `""`, each of which stands for one quote.
    var doubled: Bool
  }
  enum Outcome {
    /// `cells` holds one record.
    case record
    /// The line was given up, for this reason.
    case trouble(String)
    /// The record does not end in these bytes and more will come.
    case needMore
    case end
  }

  let delimiter: UInt8
  let limits: SheetLimits
  private(set) var cells: [Cell] = []
  /// The physical line at which the next record begins.
  private(set) var line: Int
  /// The physical line at which the record or trouble just answered began.
  private(set) var recordLine = 1
  /// Where the next record begins in the buffer.
  var position = 0
  /// Inside a line that is too long for the limit: everything up to its end is passed over.
  private var skipping = false
  private var rereadBudget = 128 << 20

  private static let quote: UInt8 = 0x22
  private static let lf: UInt8 = 0x0A
  private static let cr: UInt8 = 0x0D

  init(delimiter: UInt8, limits: SheetLimits, line: Int = 1) {
    self.line = line
    self.delimiter = delimiter
    self.limits = limits
  }

  /// - Parameters:
  ///   - last: nothing follows these bytes.
  ///   - width: cells of the header, 0 when not yet known.
  mutating func next(_ bytes: UnsafeBufferPointer<UInt8>, last: Bool, width: Int) throws(SheetError) -> Outcome {
    if skipping {
      guard skipLine(bytes, last: last) else { return last ? .end : .needMore }
    }
    recordLine = line
    if position >= bytes.count { return last ? .end : .needMore }
    let from = position
    let bound = min(bytes.count, from + limits.recordBytes)
    let final = last && bound == bytes.count
    cells.removeAll(keepingCapacity: true)
    var i = from
    var newlines = 0
    var loneQuote = false

    while true {
      if i < bound, bytes[i] == Self.quote {
        let start = i + 1
        var doubled = false
        var lineEndSeen = false
        var searched = start
        i = start
        while true {
          guard let q = Self.find(Self.quote, bytes, from: i, to: bound) else {
            if bound == bytes.count && !last { return .needMore }
            return try giveUp(bytes, last: last, reach: bound, "引号没有闭合")
          }
          if q + 1 == bound, !final {
            if bound == bytes.count { return .needMore }
            return try giveUp(bytes, last: last, reach: bound, "引号没有闭合")
          }
          let after = q + 1 < bound ? bytes[q + 1] : Self.lf
          if after == Self.quote {
            doubled = true
            i = q + 2
          } else if after == delimiter || after == Self.lf || after == Self.cr {
            newlines += Self.lineEnds(bytes, from: start, to: q)
            append(Cell(start: start, end: q, doubled: doubled))
            i = q + 1
            break
          } else {
            loneQuote = true
            // A quote that opens a cell in a later line: the one that opened this cell was never closed.
            let before = bytes[q - 1]
            if before == delimiter || before == Self.lf || before == Self.cr {
              lineEndSeen = lineEndSeen || Self.find(Self.lf, bytes, from: searched, to: q) != nil
              searched = q
              if lineEndSeen { return try giveUp(bytes, last: last, reach: q, "引号没有闭合") }
            }
            i = q + 1
          }
        }
      } else {
        let start = i
        while i < bound {
          let byte = bytes[i]
          if byte == delimiter || byte == Self.lf || byte == Self.cr { break }
          i += 1
        }
        if i == bound, !final {
          if bound == bytes.count { return .needMore }
          return tooLong(bytes, last: last)
        }
        append(Cell(start: start, end: i, doubled: false))
      }
      if i >= bound {
        if !final { return tooLong(bytes, last: last) }
        break
      }
      if bytes[i] == delimiter {
        i += 1
        // A delimiter as the very last byte is followed by one empty cell.
        if i == bound {
          if !final { return bound == bytes.count ? .needMore : tooLong(bytes, last: last) }
          append(Cell(start: i, end: i, doubled: false))
          break
        }
        continue
      }
      if bytes[i] == Self.cr {
        if i + 1 == bytes.count, !last { return .needMore }
        i += i + 1 < bytes.count && bytes[i + 1] == Self.lf ? 2 : 1
      } else {
        i += 1
      }
      break
    }
    if newlines > 0, loneQuote, width > 0, count != width {
      return try giveUp(bytes, last: last, reach: i, "引号不成对")
    }
    if count > limits.columns {
      if width == 0 { throw SheetError(.tooManyColumns, "表格有 \(count) 列，最多可读 \(limits.columns) 列", line: recordLine) }
      let reason = "这一行有 \(count) 格，最多可读 \(limits.columns) 格"
      line += newlines + 1
      position = i
      return .trouble(reason)
    }
    line += newlines + 1
    position = i
    return .record
  }

  /// Cells of the current record, also those beyond the limit that were not kept.
  private var count: Int { cells.count + dropped }
  private var dropped = 0

  private mutating func append(_ cell: Cell) {
    if cells.isEmpty { dropped = 0 }
    if cells.count <= limits.columns { cells.append(cell) } else { dropped += 1 }
  }

  private mutating func giveUp(
    _ bytes: UnsafeBufferPointer<UInt8>, last: Bool, reach: Int, _ what: String
  ) throws(SheetError) -> Outcome {
    rereadBudget -= reach - position
    if rereadBudget < 0 { throw SheetError(.brokenQuotes, "文件里的引号大量不成对，请用表格软件重新导出后上传", line: line) }
    _ = skipLine(bytes, last: last)
    return .trouble("这一行的\(what)，没有读入")
  }

  private mutating func tooLong(_ bytes: UnsafeBufferPointer<UInt8>, last: Bool) -> Outcome {
    _ = skipLine(bytes, last: last)
    return .trouble("这一行超过 \(limits.recordBytes / 1024) KB，没有读入")
  }

  /// Moves behind the end of the physical line; false when it does not end in these bytes, and the next call goes on.
  private mutating func skipLine(_ bytes: UnsafeBufferPointer<UInt8>, last: Bool) -> Bool {
    skipping = true
    var i = position
    while i < bytes.count, bytes[i] != Self.lf, bytes[i] != Self.cr { i += 1 }
    if i >= bytes.count {
      position = i
      return false
    }
    if bytes[i] == Self.cr {
      if i + 1 == bytes.count, !last {
        // The LF of this CRLF may come with the next bytes; stay on the CR.
        position = i
        return false
      }
      if i + 1 < bytes.count, bytes[i + 1] == Self.lf { i += 1 }
    }
    position = i + 1
    line += 1
    skipping = false
    return true
  }

  private static func find(_ byte: UInt8, _ bytes: UnsafeBufferPointer<UInt8>, from: Int, to: Int) -> Int? {
    guard from < to, let base = bytes.baseAddress, let hit = memchr(base + from, Int32(byte), to - from) else { return nil }
    return UnsafeRawPointer(hit) - UnsafeRawPointer(base)
  }

  private static func lineEnds(_ bytes: UnsafeBufferPointer<UInt8>, from: Int, to: Int) -> Int {
    var n = 0
    var i = from
    while i < to {
      if bytes[i] == lf {
        n += 1
      } else if bytes[i] == cr {
        n += 1
        if i + 1 < to, bytes[i + 1] == lf { i += 1 }
      }
      i += 1
    }
    return n
  }
}
